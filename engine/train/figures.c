/* figures.c - the numbers of a head on some of its rows, with bootstrap intervals.
 * It must not know formats.  Invariant: the same records and seed give the same numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/evaluation.h"

static const evaluation_record *record_at(const evaluation_head *h, uint32_t i)
{
    return &ARRAY_AT(evaluation_record, &h->records, i);
}

static const uint8_t *sets_of(const evaluation_head *h, const evaluation_record *r)
{
    return &ARRAY_AT(uint8_t, &h->sets, (size_t)r->gold * 2 * h->model_labels);
}

bool figures_right(const evaluation_head *head, uint32_t record)
{
    const evaluation_record *r = record_at(head, record);
    if (head->gold.kind != NZ_HEAD_MULTI) {
        return r->gold == r->said;
    }
    const uint8_t *sets = sets_of(head, r);
    return memcmp(sets, sets + head->model_labels, head->model_labels) == 0;
}

/* Add a record to the counts of its labels. */
static void count_record(const evaluation_head *h, const evaluation_record *r,
                         metrics_counts *counts)
{
    if (h->gold.kind == NZ_HEAD_MULTI) {
        const uint8_t *gold = sets_of(h, r), *said = gold + h->model_labels;
        for (uint32_t k = 0; k < h->model_labels; k++) {
            counts[k].tp += gold[k] && said[k];
            counts[k].fp += !gold[k] && said[k];
            counts[k].fn += gold[k] && !said[k];
        }
        return;
    }
    if (r->gold == r->said) {
        counts[r->gold].tp += 1.0;
    } else {
        counts[r->gold].fn += 1.0;
        if (r->said < h->gold.label_count) {
            counts[r->said].fp += 1.0;
        }
    }
}

static void count_confidence(const evaluation_head *h, const evaluation_record *r,
                             metrics_reliability *m)
{
    if (h->gold.kind != NZ_HEAD_MULTI) {
        metrics_reliability_add(m, (double)r->p, r->gold == r->said, 1.0);
        return;
    }
    const uint8_t *gold = sets_of(h, r);
    const float *p = &ARRAY_AT(float, &h->probabilities, (size_t)r->gold * h->model_labels);
    for (uint32_t k = 0; k < h->model_labels; k++) {
        metrics_reliability_add(m, (double)p[k], gold[k], 1.0);
    }
}

double figures_macro_f1(const evaluation_head *head, const uint32_t *records, uint32_t count,
                        metrics_counts *counts)
{
    memset(counts, 0, head->gold.label_count * sizeof *counts);
    for (uint32_t i = 0; i < count; i++) {
        count_record(head, record_at(head, records[i]), counts);
    }
    return metrics_macro_f1(counts, head->gold.label_count);
}

uint32_t figures_slice(const evaluation_head *head, int language, uint32_t source, uint32_t *list)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < head->records.count; i++) {
        const evaluation_record *r = record_at(head, i);
        if ((language < 0 || r->language == language) &&
            (source == NZ_NONE || r->source == source)) {
            list[count++] = i;
        }
    }
    return count;
}

/* ---- the numbers themselves ------------------------------------------------------------------ */

static void count_all(figures *f, const evaluation_head *h, const uint32_t *records, uint32_t count)
{
    metrics_reliability confidence = {{0}, {0}, {0}};
    uint32_t right = 0, labels = h->gold.label_count;
    for (uint32_t i = 0; i < count; i++) {
        const evaluation_record *r = record_at(h, records[i]);
        count_record(h, r, f->labels);
        count_confidence(h, r, &confidence);
        right += figures_right(h, records[i]);
        if (f->confusion != NULL && r->said < labels) {
            f->confusion[(size_t)r->gold * labels + r->said]++;
        }
    }
    f->rows = count;
    f->accuracy = count == 0 ? NAN : (double)right / count;
    f->macro_f1 = metrics_macro_f1(f->labels, labels);
    f->micro_f1 = metrics_micro_f1(f->labels, labels);
    f->ece = metrics_ece(&confidence);
    for (uint32_t k = 0; k < labels; k++) {
        f->label_rows[k] = (uint32_t)(f->labels[k].tp + f->labels[k].fn);
    }
}

/* Always answering the commonest label of these very rows. */
static void find_majority(figures *f, const evaluation_head *h)
{
    double top = 0.0, seen = 0.0;
    for (uint32_t k = 0; k < h->gold.label_count; k++) {
        top = f->label_rows[k] > top ? f->label_rows[k] : top;
        seen += f->label_rows[k] != 0;
    }
    bool single = h->gold.kind != NZ_HEAD_MULTI && f->rows != 0;
    f->majority_accuracy = single ? top / f->rows : NAN;
    f->majority_macro_f1 = single ? 2.0 * top / (f->rows + top) / seen : NAN;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* 95% interval; values that are NaN (a resample without any label) are left out. */
static interval interval_of(double *values, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (isfinite(values[i])) {
            values[kept++] = values[i];
        }
    }
    qsort(values, kept, sizeof *values, compare_doubles);
    return (interval){metrics_quantile(values, kept, 0.025), metrics_quantile(values, kept, 0.975)};
}

typedef struct resampling {
    const evaluation_head *head;
    const uint32_t *records;
    uint32_t count;
    uint32_t *drawn;        /* [count] */
    metrics_counts *counts; /* [labels] */
    double *accuracy, *macro_f1, *ece; /* [resamples] */
} resampling;

static void resample(resampling *s, uint64_t *random, uint32_t number)
{
    metrics_reliability confidence = {{0}, {0}, {0}};
    uint32_t right = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        s->drawn[i] = s->records[metrics_random_below(random, s->count)];
        right += figures_right(s->head, s->drawn[i]);
        count_confidence(s->head, record_at(s->head, s->drawn[i]), &confidence);
    }
    s->accuracy[number] = (double)right / s->count;
    s->ece[number] = metrics_ece(&confidence);
    s->macro_f1[number] = figures_macro_f1(s->head, s->drawn, s->count, s->counts);
}

/* Percentile bootstrap over rows (Efron and Tibshirani 1993, chapter 13). */
static nz_status find_intervals(figures *f, const evaluation_head *h, const uint32_t *records,
                                uint32_t count, uint32_t resamples, uint64_t seed, nz_error *err)
{
    nz_allocator memory = memory_default();
    resampling s = {h, records, count, NULL, NULL, NULL, NULL, NULL};
    s.drawn = memory_new(&memory, count, sizeof *s.drawn);
    s.counts = memory_new(&memory, h->gold.label_count, sizeof *s.counts);
    double *values = memory_new(&memory, (size_t)3 * resamples, sizeof *values);
    nz_status status = NZ_OK;
    if (s.drawn == NULL || s.counts == NULL || values == NULL) {
        status = status_no_memory(err);
    } else {
        s.accuracy = values;
        s.macro_f1 = values + resamples;
        s.ece = values + 2 * (size_t)resamples;
        for (uint32_t i = 0; i < resamples; i++) {
            resample(&s, &seed, i);
        }
        f->accuracy_interval = interval_of(s.accuracy, resamples);
        f->macro_f1_interval = interval_of(s.macro_f1, resamples);
        f->ece_interval = interval_of(s.ece, resamples);
    }
    memory_free(&memory, s.drawn, count, sizeof *s.drawn);
    memory_free(&memory, s.counts, h->gold.label_count, sizeof *s.counts);
    memory_free(&memory, values, (size_t)3 * resamples, sizeof *values);
    return status;
}

nz_status figures_find(figures *out, const evaluation_head *head, const uint32_t *records,
                       uint32_t count, uint32_t resamples, uint64_t seed, arena *memory,
                       nz_error *err)
{
    uint32_t labels = head->gold.label_count;
    memset(out, 0, sizeof *out);
    out->labels = arena_alloc_zero(memory, labels * sizeof *out->labels);
    out->label_rows = arena_alloc_zero(memory, labels * sizeof *out->label_rows);
    bool whole = out->labels != NULL && out->label_rows != NULL;
    if (head->gold.kind != NZ_HEAD_MULTI) {
        out->confusion = arena_alloc_zero(memory, (size_t)labels * labels * sizeof *out->confusion);
        whole = whole && out->confusion != NULL;
    }
    if (!whole) {
        return status_no_memory(err);
    }
    count_all(out, head, records, count);
    find_majority(out, head);
    return count == 0 ? NZ_OK
                      : find_intervals(out, head, records, count, resamples, seed, err);
}
