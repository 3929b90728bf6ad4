/* score.h - from feature ids and rows to logits, exactly as model.h states it.
 *
 * Everything before the logits is integer arithmetic, so the order of tokens, a memo, the
 * instruction set and the number of threads cannot change a bit.
 * It must not know texts, memos, labels.
 * Invariant: no sum overflows: a token's lane is clamped to int16, a count weight is at most
 * 64, so 512 additions stay below 2^30 and are then moved to int64. */
#ifndef NZ_PREDICT_SCORE_H
#define NZ_PREDICT_SCORE_H

#include "predict/handle.h"

/* Scratch of sums of rows.  The sums have the layout of a row, header and all, so that whole
 * words of memory are added; what they hold in the header's place means nothing. */
typedef struct score_scratch {
    int16_t *narrow;     /* [longest row of a group] */
    int32_t *wide;       /* the same */
    const int8_t **rows; /* [EXTRACT_MAX_TOKEN_FEATURES] */
    uint32_t *places;    /* the same */
    bool wide_vectors;   /* use them: only where score_wide_vectors() says so */
} score_scratch;

/* Has this processor vectors of 32 bytes?  The sums are the same without. */
bool score_wide_vectors(void);

/* Length of narrow and wide. */
uint32_t score_longest_row(const nz_model *model);

/* Sum of a token's rows, clamped, into lanes[lane_count]; its norm u in 1/32 (ids[0] carries
 * it) into *norm.  Returns whether any feature is known. */
bool score_token(const nz_model *model, const uint64_t *ids, uint32_t count,
                 const score_scratch *scratch, int16_t *lanes, uint16_t *norm);

/* Totals of one comment or clause. */
typedef struct score_sum {
    const nz_model *model;
    int32_t *part;    /* [lane_count] */
    int64_t *totals;  /* [lane_count], in 1/16; complete after score_end() */
    uint64_t norm;    /* in 1/16/32 */
    uint32_t pending; /* additions in part */
} score_sum;

void score_begin(score_sum *s);
/* Add weight (1/16, at most 64) times the lanes of a token. */
void score_add_token(score_sum *s, const int16_t *lanes, uint16_t norm, uint32_t weight);
/* Add one cross-token feature's row of a group. */
void score_add_row(score_sum *s, uint32_t group, const int8_t *row);
/* Move the known places (not NZ_NONE) to the front.  Returns how many there are. */
uint32_t score_keep_known(uint32_t *places, uint32_t count);
/* Rows of known places in a group, those that there are; memory is asked for them.  Of the
 * first group a row for every place.  Returns how many.  Hot. */
uint32_t score_find_rows(const model_content *content, uint32_t group, const uint32_t *places,
                         uint32_t count, const int8_t **rows);
/* Add the rows of many cross-token features of a group.  Hot. */
void score_add_rows(score_sum *s, const score_scratch *scratch, uint32_t group,
                    const int8_t *const *rows, uint32_t count);
void score_end(score_sum *s);

/* g(N): the factor that takes the length of a comment out. */
double score_length_factor(const nz_model *model, uint64_t norm);

/* Rows of what is known beside the text; NULL or out of range: unknown. */
typedef struct score_meta {
    uint32_t rating_bin; /* NZ_NONE: unknown */
    uint32_t channel;    /* NZ_NONE: unknown */
} score_meta;
/* What the metadata adds to the logit of a lane of group. */
double score_meta_value(const nz_model *model, uint32_t group, uint32_t lane,
                        const score_meta *meta);

/* Calibrated logit of a label from the totals. */
double score_label(const score_sum *s, uint32_t head, uint32_t label, nz_language language,
                   double factor, const score_meta *meta);

#endif
