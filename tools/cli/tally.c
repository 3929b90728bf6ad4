/* tally.c - counting answers and telling a person what came out, in ten lines. */
#include "tally.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>

static size_t label_room(const schema *s, uint32_t head)
{
    return head == NZ_NONE ? 0 : nz_model_label_count(s->model, head);
}

void tally_init(tally_plan *plan, const schema *heads)
{
    plan->heads = heads;
    plan->category = TALLY_LABELS;
    plan->sentiment = plan->category + label_room(heads, heads->category);
    plan->type = plan->sentiment + label_room(heads, heads->sentiment);
    plan->reason = plan->type + label_room(heads, heads->type);
    plan->size = plan->reason + label_room(heads, heads->reason);
}

static void count_label(uint64_t *counts, size_t begin, const nz_result *result, uint32_t head)
{
    uint32_t label = head == NZ_NONE ? NZ_NONE : nz_result_label(result, head, NULL);
    if (label != NZ_NONE)
        counts[begin + label]++;
}

void tally_count(const tally_plan *plan, uint64_t *counts, const answer *a, size_t text_bytes)
{
    counts[TALLY_ROWS]++;
    counts[TALLY_STATUS + a->status]++;
    counts[TALLY_TEXT_BYTES] += text_bytes;
    if (a->status == ANSWER_ERROR)
        return;
    const schema *s = plan->heads;
    uint32_t flags = nz_result_flags(a->result), team = nz_result_team(a->result);
    counts[TALLY_REVIEW] += (flags & NZ_RESULT_NEEDS_REVIEW) != 0;
    counts[TALLY_REPAIRED] += (flags & NZ_RESULT_REPAIRED) != 0;
    counts[TALLY_RULE_LIMIT] += (flags & NZ_RESULT_RULE_LIMIT) != 0;
    unsigned language = nz_result_language(a->result), band = nz_result_band(a->result);
    counts[TALLY_LANGUAGE + (language < 5 ? language : 0)]++;
    counts[TALLY_BAND + (band < 3 ? band : 0)]++;
    uint32_t priority = nz_result_priority(a->result);
    counts[TALLY_URGENT + (priority >= 40) + (priority >= 70)]++;
    if (team < TALLY_TEAMS)
        counts[TALLY_TEAM + team]++;
    count_label(counts, plan->category, a->result, s->category);
    count_label(counts, plan->sentiment, a->result, s->sentiment);
    count_label(counts, plan->type, a->result, s->type);
    count_label(counts, plan->reason, a->result, s->reason);
}

void tally_add(const tally_plan *plan, uint64_t *sum, const uint64_t *counts)
{
    for (size_t i = 0; i < plan->size; i++)
        sum[i] += counts[i];
}

/* ---- summary */

typedef struct entry {
    const char *name;
    uint64_t count;
} entry;

static int by_count(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* "name 12 (34%), name 5 (14%) ... and 3 more", the commonest first. */
static void say_entries(const char *title, entry *entries, size_t count, size_t most)
{
    uint64_t total = 0;
    size_t used = 0, rest = 0;
    bytes words = {0};
    qsort(entries, count, sizeof *entries, by_count);
    for (size_t i = 0; i < count; i++)
        total += entries[i].count;
    for (size_t i = 0; i < count && entries[i].count > 0; i++) {
        if (used == most) {
            rest++;
            continue;
        }
        bytes_format(&words, "%s%s %llu (%.0f%%)", used > 0 ? ", " : "", entries[i].name,
                     (unsigned long long)entries[i].count,
                     100.0 * (double)entries[i].count / (double)total);
        used++;
    }
    if (rest > 0)
        bytes_format(&words, " and %zu more", rest);
    if (used > 0)
        say("  %-10s %s", title, bytes_string(&words));
    bytes_free(&words);
}

static void say_head(const tally_plan *plan, const uint64_t *sum, const char *title,
                     uint32_t head, size_t begin)
{
    size_t count = label_room(plan->heads, head);
    entry *entries = memory_resize(NULL, (count + 1) * sizeof *entries);
    size_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = schema_label(plan->heads, head, i);
        if (*name != '\0')
            entries[n++] = (entry){name, sum[begin + i]};
    }
    say_entries(title, entries, n, 6);
    free(entries);
}

static void say_languages(const uint64_t *sum)
{
    entry entries[5];
    for (unsigned i = 0; i < 5; i++)
        entries[i] = (entry){nz_language_code((nz_language)i), sum[TALLY_LANGUAGE + i]};
    say_entries("language", entries, 5, 5);
}

static void say_priority(const uint64_t *sum)
{
    say("  %-10s 70 to 100: %llu, 40 to 69: %llu, below: %llu", "priority",
        (unsigned long long)sum[TALLY_URGENT + 2], (unsigned long long)sum[TALLY_URGENT + 1],
        (unsigned long long)sum[TALLY_URGENT]);
    say("  %-10s high %llu, medium %llu, low %llu; needs review %llu", "confidence",
        (unsigned long long)sum[TALLY_BAND + NZ_BAND_HIGH],
        (unsigned long long)sum[TALLY_BAND + NZ_BAND_MEDIUM],
        (unsigned long long)sum[TALLY_BAND + NZ_BAND_LOW],
        (unsigned long long)sum[TALLY_REVIEW]);
}

static void say_teams(const tally_plan *plan, const uint64_t *sum)
{
    entry entries[TALLY_TEAMS];
    size_t n = 0;
    const char *name;
    while (n < TALLY_TEAMS
           && (name = nz_model_team_name(plan->heads->model, (uint32_t)n)) != NULL) {
        entries[n] = (entry){name, sum[TALLY_TEAM + n]};
        n++;
    }
    say_entries("team", entries, n, TALLY_TEAMS);
}

/* What a careful reader should know about the input; one line. */
static void say_remarks(const uint64_t *sum)
{
    static const struct {
        int index;
        const char *words;
    } remarks[] = {{TALLY_RAGGED, "rows with another number of cells than columns"},
                   {TALLY_BLANK, "blank lines kept"},
                   {TALLY_REPAIRED, "texts with malformed UTF-8"},
                   {TALLY_REPLACED, "earlier answers replaced"},
                   {TALLY_RATING_UNUSED, "ratings that are none"},
                   {TALLY_CHANNEL_UNKNOWN, "unknown channels"},
                   {TALLY_RULE_LIMIT, "texts that hit a rule's limit"}};
    bytes words = {0};
    for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++)
        if (sum[remarks[i].index] > 0)
            bytes_format(&words, "%s%llu %s", words.size > 0 ? ", " : "",
                         (unsigned long long)sum[remarks[i].index], remarks[i].words);
    if (words.size > 0)
        say("  %-10s %s", "input", bytes_string(&words));
    bytes_free(&words);
}

void tally_summary(const tally_plan *plan, const uint64_t *sum, double seconds,
                   uint64_t rows_before, const char *output)
{
    const schema *s = plan->heads;
    uint64_t rows = sum[TALLY_ROWS];
    double rate = seconds > 0.0 ? (double)(rows - rows_before) / seconds : 0.0;
    say("%llu rows into %s in %.1f s (%.0f rows/s): ok %llu, empty %llu, no evidence %llu, "
        "error %llu", (unsigned long long)rows, output, seconds, rate,
        (unsigned long long)sum[TALLY_STATUS + ANSWER_OK],
        (unsigned long long)sum[TALLY_STATUS + ANSWER_EMPTY],
        (unsigned long long)sum[TALLY_STATUS + ANSWER_NO_EVIDENCE],
        (unsigned long long)sum[TALLY_STATUS + ANSWER_ERROR]);
    say_languages(sum);
    say_head(plan, sum, "category", s->category, plan->category);
    say_head(plan, sum, "sentiment", s->sentiment, plan->sentiment);
    say_head(plan, sum, "type", s->type, plan->type);
    say_head(plan, sum, "reason", s->reason, plan->reason);
    say_teams(plan, sum);
    say_priority(sum);
    say_remarks(sum);
}
