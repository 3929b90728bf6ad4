/* tally.h - what a run counts, as one flat array of numbers: workers fill theirs, the writer
 * adds them up in order, the journal keeps them, the summary shows them.
 * Invariant: adding tallies is adding arrays; no index depends on the data. */
#ifndef NAZAR_CLI_TALLY_H
#define NAZAR_CLI_TALLY_H

#include "answer.h"

enum {
    TALLY_ROWS = 0,
    TALLY_STATUS, /* [4], by answer_status */
    TALLY_BLANK = TALLY_STATUS + 4,
    TALLY_RAGGED,          /* rows with more or fewer cells than columns */
    TALLY_REPAIRED,        /* rows with malformed UTF-8 */
    TALLY_REPLACED,        /* answers of an earlier run that were replaced */
    TALLY_RATING_UNUSED,   /* rating cells that are no rating */
    TALLY_CHANNEL_UNKNOWN, /* channel cells that no channel has as its name */
    TALLY_RULE_LIMIT,
    TALLY_REVIEW,
    TALLY_TEXT_BYTES,
    TALLY_LANGUAGE, /* [5], by nz_language */
    TALLY_BAND = TALLY_LANGUAGE + 5, /* [3], by nz_band: how sure the answers are */
    TALLY_URGENT = TALLY_BAND + 3,   /* [3], priority from 0, from 40, from 70 */
    TALLY_TEAM = TALLY_URGENT + 3,   /* [TALLY_TEAMS] */
    TALLY_TEAMS = 8,
    TALLY_LABELS = TALLY_TEAM + TALLY_TEAMS /* then category, sentiment, type, reason */
};

typedef struct tally_plan {
    const schema *heads;
    size_t category, sentiment, type, reason; /* where the labels of the heads begin */
    size_t size;                              /* numbers in all */
} tally_plan;

void tally_init(tally_plan *plan, const schema *heads);
void tally_count(const tally_plan *plan, uint64_t *counts, const answer *a, size_t text_bytes);
void tally_add(const tally_plan *plan, uint64_t *sum, const uint64_t *counts);

/* The summary on stderr: at most ten lines, labels by their names in the output. */
void tally_summary(const tally_plan *plan, const uint64_t *sum, double seconds,
                   uint64_t rows_before, const char *output);

#endif /* NAZAR_CLI_TALLY_H */
