/* compare.c - two models on the same rows: is the difference more than chance?
 *
 * McNemar's test looks at the rows that exactly one of them gets right; the paired bootstrap
 * draws rows once for both and looks at the difference of macro-F1.
 * It must not know models.  Invariant: only rows that both have answered are compared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/evaluation.h"

/* Chance of being wrong that a verdict accepts. */
static const double level = 0.05;

typedef struct comparison {
    const evaluation_head *first, *second;
    uint32_t *a, *b; /* [count] records of the same rows */
    uint32_t count;
    uint64_t only_first, only_second; /* right */
    double exact, mid_p;
    double macro_first, macro_second;
    interval difference; /* second - first */
} comparison;

/* Records are in the order of their rows in both: merge. */
static void pair_records(comparison *c)
{
    uint32_t i = 0, k = 0;
    while (i < c->first->records.count && k < c->second->records.count) {
        uint32_t row_a = ARRAY_AT(evaluation_record, &c->first->records, i).row;
        uint32_t row_b = ARRAY_AT(evaluation_record, &c->second->records, k).row;
        if (row_a == row_b) {
            c->a[c->count] = i;
            c->b[c->count++] = k;
        }
        i += row_a <= row_b;
        k += row_b <= row_a;
    }
}

static void count_discordant(comparison *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        bool first = figures_right(c->first, c->a[i]), second = figures_right(c->second, c->b[i]);
        c->only_first += first && !second;
        c->only_second += second && !first;
    }
    metrics_mcnemar(c->only_first, c->only_second, &c->exact, &c->mid_p);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static nz_status bootstrap(comparison *c, uint32_t resamples, uint64_t seed, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t labels = c->first->gold.label_count > c->second->gold.label_count
                          ? c->first->gold.label_count
                          : c->second->gold.label_count;
    metrics_counts *counts = memory_new(&memory, labels, sizeof *counts);
    double *values = memory_new(&memory, resamples, sizeof *values);
    uint32_t *drawn = memory_new(&memory, (size_t)2 * c->count, sizeof *drawn);
    nz_status status = counts == NULL || values == NULL || drawn == NULL ? status_no_memory(err)
                                                                         : NZ_OK;
    uint32_t kept = 0;
    for (uint32_t s = 0; status == NZ_OK && s < resamples; s++) {
        for (uint32_t i = 0; i < c->count; i++) {
            uint32_t at = metrics_random_below(&seed, c->count);
            drawn[i] = c->a[at];
            drawn[c->count + i] = c->b[at];
        }
        double first = figures_macro_f1(c->first, drawn, c->count, counts);
        double second = figures_macro_f1(c->second, drawn + c->count, c->count, counts);
        if (isfinite(second - first)) {
            values[kept++] = second - first;
        }
    }
    if (status == NZ_OK) {
        qsort(values, kept, sizeof *values, compare_doubles);
        c->difference = (interval){metrics_quantile(values, kept, level / 2),
                                   metrics_quantile(values, kept, 1.0 - level / 2)};
        c->macro_first = figures_macro_f1(c->first, c->a, c->count, counts);
        c->macro_second = figures_macro_f1(c->second, c->b, c->count, counts);
    }
    memory_free(&memory, counts, labels, sizeof *counts);
    memory_free(&memory, values, resamples, sizeof *values);
    memory_free(&memory, drawn, (size_t)2 * c->count, sizeof *drawn);
    return status;
}

/* Worse or better when either test says so; two tests that contradict each other are "same". */
static nz_verdict verdict_of(const comparison *c)
{
    bool differs = c->mid_p < level;
    bool better = (differs && c->only_second > c->only_first) || c->difference.low > 0.0;
    bool worse = (differs && c->only_second < c->only_first) || c->difference.high < 0.0;
    return better == worse ? NZ_VERDICT_SAME : better ? NZ_VERDICT_BETTER : NZ_VERDICT_WORSE;
}

static const char *in_words(nz_verdict v)
{
    return v == NZ_VERDICT_SAME     ? "no difference beyond chance"
           : v == NZ_VERDICT_BETTER ? "the second is better"
                                    : "the second is worse";
}

/* Tenths of a percent, as whole number and decimal of either sign. */
static nz_status print_share(buffer *out, double value, bool sign)
{
    if (!isfinite(value)) {
        return report_print(out, "-");
    }
    long tenths = lround(value * 1000.0);
    return report_print(out, "%s%ld.%ld", tenths < 0 ? "-" : sign ? "+" : "", labs(tenths) / 10,
                        labs(tenths) % 10);
}

static nz_status print_head(buffer *out, const comparison *c, nz_verdict verdict)
{
    /* p in ten thousandths: no locale can put a comma into it. */
    unsigned exact = (unsigned)lround(c->exact * 10000.0);
    unsigned mid_p = (unsigned)lround(c->mid_p * 10000.0);
    NZ_TRY(report_print(out, "| %s | %u | %llu | %llu | %u.%04u | %u.%04u | ", c->first->gold.name,
                        (unsigned)c->count, (unsigned long long)c->only_first,
                        (unsigned long long)c->only_second, exact / 10000, exact % 10000,
                        mid_p / 10000, mid_p % 10000));
    NZ_TRY(print_share(out, c->macro_first, false));
    NZ_TRY(report_print(out, " | "));
    NZ_TRY(print_share(out, c->macro_second, false));
    NZ_TRY(report_print(out, " | "));
    NZ_TRY(print_share(out, c->difference.low, true));
    NZ_TRY(report_print(out, " to "));
    NZ_TRY(print_share(out, c->difference.high, true));
    return report_print(out, " | %s |\n", in_words(verdict));
}

static nz_status compare_head(nz_evaluation *e, const evaluation_head *first,
                              const evaluation_head *second, bool *better, bool *worse,
                              nz_error *err)
{
    nz_allocator memory = memory_default();
    size_t room = first->records.count;
    comparison c = {0};
    c.first = first;
    c.second = second;
    c.a = memory_new(&memory, room, sizeof *c.a);
    c.b = memory_new(&memory, room, sizeof *c.b);
    nz_status status = c.a == NULL || c.b == NULL ? status_no_memory(err) : NZ_OK;
    if (status == NZ_OK) {
        pair_records(&c);
    }
    if (status == NZ_OK && c.count != 0) {
        count_discordant(&c);
        status = bootstrap(&c, e->options.resamples, e->options.seed, err);
        nz_verdict verdict = verdict_of(&c);
        if (status == NZ_OK && print_head(&e->report, &c, verdict) < 0) {
            status = status_no_memory(err);
        }
        *better = *better || verdict == NZ_VERDICT_BETTER;
        *worse = *worse || verdict == NZ_VERDICT_WORSE;
    }
    memory_free(&memory, c.a, room, sizeof *c.a);
    memory_free(&memory, c.b, room, sizeof *c.b);
    return status;
}

static const evaluation_head *same_head(const nz_evaluation *e, const evaluation_head *like)
{
    for (uint32_t h = 0; h < e->head_count; h++) {
        if (strcmp(e->heads[h].gold.name, like->gold.name) == 0 &&
            e->heads[h].gold.kind == like->gold.kind) {
            return &e->heads[h];
        }
    }
    return NULL;
}

nz_status nz_evaluation_compare(nz_evaluation *first, const nz_evaluation *second,
                                nz_verdict *verdict, const char **out, size_t *len, nz_error *err)
{
    if (first == NULL || second == NULL || verdict == NULL || out == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_evaluation_compare: a NULL");
    }
    *out = NULL;
    if (first->rows != second->rows) {
        return status_fail(err, NZ_E_ARGUMENT, "the two models did not answer the same rows");
    }
    bool better = false, worse = false;
    buffer_clear(&first->report);
    nz_status status = report_print(
        &first->report,
        "| head | rows | only the first right | only the second right | McNemar p (exact) | "
        "(mid-p) | macro-F1 first | second | difference, 95%% | verdict |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t h = 0; status == NZ_OK && h < first->head_count; h++) {
        const evaluation_head *other = same_head(second, &first->heads[h]);
        if (other != NULL) {
            status = compare_head(first, &first->heads[h], other, &better, &worse, err);
        }
    }
    NZ_TRY(status);
    *verdict = worse ? NZ_VERDICT_WORSE : better ? NZ_VERDICT_BETTER : NZ_VERDICT_SAME;
    if (buffer_append_byte(&first->report, 0) < 0) {
        return status_no_memory(err);
    }
    *out = (const char *)first->report.bytes;
    if (len != NULL) {
        *len = first->report.size - 1;
    }
    return NZ_OK;
}
