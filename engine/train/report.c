/* report.c - figures as Markdown for people and as JSON for programs.
 * It must not know how figures are made.
 * Invariant: both say the same; no number depends on the program's locale. */
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/evaluation.h"

nz_status report_print(buffer *out, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (len < 0) {
        return NZ_E_INTERNAL;
    }
    return buffer_append(out, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1);
}

/* ---- the parts that both formats go through ------------------------------------------------- */

/* One head on one part of the rows. */
typedef struct part {
    const evaluation_head *head;
    const char *language; /* NULL: all */
    const char *source;   /* NULL: all */
    figures figures;
} part;

typedef nz_status (*take_part)(void *context, const part *p);

typedef struct walking {
    nz_evaluation *e;
    take_part take;
    void *context;
    uint32_t *list;
    nz_error *err;
} walking;

static nz_status visit(walking *w, const evaluation_head *head, int language, uint32_t source)
{
    part p = {head, language < 0 ? NULL : nz_language_code((nz_language)language),
              source == NZ_NONE ? NULL : ARRAY_AT(const char *, &w->e->source_names, source),
              {0}};
    uint32_t count = figures_slice(head, language, source, w->list);
    if (count == 0) {
        return NZ_OK;
    }
    arena memory;
    arena_init(&memory, NULL, 4096, 0);
    nz_status status = figures_find(&p.figures, head, w->list, count, w->e->options.resamples,
                                    w->e->options.seed, &memory, w->err);
    if (status == NZ_OK) {
        status = w->take(w->context, &p);
        status = status == NZ_E_MEMORY ? status_no_memory(w->err) : status;
    }
    arena_free(&memory);
    return status;
}

static nz_status visit_head(walking *w, const evaluation_head *head)
{
    NZ_TRY(visit(w, head, -1, NZ_NONE));
    static const int order[] = {NZ_LANG_FA, NZ_LANG_AR, NZ_LANG_EN, NZ_LANG_MIXED, NZ_LANG_OTHER};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        NZ_TRY(visit(w, head, order[i], NZ_NONE));
    }
    for (uint32_t s = 0; s < w->e->source_names.count; s++) {
        NZ_TRY(visit(w, head, -1, s));
    }
    return NZ_OK;
}

static nz_status walk(nz_evaluation *e, take_part take, void *context, nz_error *err)
{
    nz_allocator memory = memory_default();
    nz_status status = NZ_OK;
    for (uint32_t h = 0; status == NZ_OK && h < e->head_count; h++) {
        const evaluation_head *head = &e->heads[h];
        size_t room = head->records.count;
        walking w = {e, take, context, memory_new(&memory, room, sizeof *w.list), err};
        status = w.list == NULL ? status_no_memory(err) : visit_head(&w, head);
        memory_free(&memory, w.list, room, sizeof *w.list);
    }
    return status;
}

/* ---- Markdown ---------------------------------------------------------------------------------- */

/* A share as a percentage with one decimal, "-" when there is none; at most 7 bytes. */
static void percent(char cell[24], double value)
{
    if (!isfinite(value)) {
        memcpy(cell, "-", 2);
        return;
    }
    long tenths = lround(value * 1000.0);
    (void)snprintf(cell, 24, "%ld.%ld", tenths / 10, labs(tenths % 10));
}

static nz_status print_interval(buffer *out, double value, interval range)
{
    char at[24], low[24], high[24];
    percent(at, value);
    percent(low, range.low);
    percent(high, range.high);
    return report_print(out, " %s (%s to %s) |", at, low, high);
}

typedef struct markdown {
    buffer *out;
    const evaluation_head *head; /* whose table is open */
} markdown;

static nz_status print_slice(void *context, const part *p)
{
    markdown *m = context;
    const figures *f = &p->figures;
    char micro[24], majority[24], majority_macro[24];
    if (m->head != p->head) {
        m->head = p->head;
        NZ_TRY(report_print(m->out, "\n## %s\n\n| rows of | rows | accuracy | macro-F1 | micro-F1 "
                                    "| calibration error | always the commonest: accuracy, "
                                    "macro-F1 |\n|---|---|---|---|---|---|---|\n",
                            p->head->gold.name));
    }
    percent(micro, f->micro_f1);
    percent(majority, f->majority_accuracy);
    percent(majority_macro, f->majority_macro_f1);
    NZ_TRY(report_print(m->out, "| %.80s | %u |",
                        p->language != NULL ? p->language : p->source != NULL ? p->source : "all",
                        (unsigned)f->rows));
    NZ_TRY(print_interval(m->out, f->accuracy, f->accuracy_interval));
    NZ_TRY(print_interval(m->out, f->macro_f1, f->macro_f1_interval));
    NZ_TRY(report_print(m->out, " %s |", micro));
    NZ_TRY(print_interval(m->out, f->ece, f->ece_interval));
    return report_print(m->out, " %s, %s |\n", majority, majority_macro);
}

static nz_status print_confusion(buffer *out, const part *p)
{
    uint32_t labels = p->head->gold.label_count;
    NZ_TRY(report_print(out, "\n%s: rows are the true labels, columns the answers\n\n| |",
                        p->head->gold.name));
    for (uint32_t k = 0; k < labels; k++) {
        NZ_TRY(report_print(out, " %.40s |", p->head->gold.labels[k]));
    }
    NZ_TRY(report_print(out, "\n|---|"));
    for (uint32_t k = 0; k < labels; k++) {
        NZ_TRY(report_print(out, "---|"));
    }
    for (uint32_t g = 0; g < labels; g++) {
        NZ_TRY(report_print(out, "\n| %.40s |", p->head->gold.labels[g]));
        for (uint32_t k = 0; k < labels; k++) {
            NZ_TRY(report_print(out, " %u |", (unsigned)p->figures.confusion[g * labels + k]));
        }
    }
    return report_print(out, "\n");
}

/* Labels and confusion, over all rows and by language. */
static nz_status print_labels(void *context, const part *p)
{
    markdown *m = context;
    const figures *f = &p->figures;
    if (p->source != NULL) {
        return NZ_OK;
    }
    NZ_TRY(report_print(m->out, "\n### %s, %s\n\n| label | rows | precision | recall | F1 |\n"
                                "|---|---|---|---|---|\n",
                        p->head->gold.name, p->language != NULL ? p->language : "all"));
    for (uint32_t k = 0; k < p->head->gold.label_count; k++) {
        char precision[24], recall[24], f1[24];
        percent(precision, metrics_precision(f->labels[k]));
        percent(recall, metrics_recall(f->labels[k]));
        percent(f1, metrics_f1(f->labels[k]));
        NZ_TRY(report_print(m->out, "| %.80s | %u | %s | %s | %s |\n", p->head->gold.labels[k],
                            (unsigned)f->label_rows[k], precision, recall, f1));
    }
    return f->confusion != NULL && p->language == NULL ? print_confusion(m->out, p) : NZ_OK;
}

static nz_status write_markdown(nz_evaluation *e, nz_error *err)
{
    buffer *out = &e->report;
    buffer_clear(out);
    nz_status status = report_print(
        out, "# Evaluation\n\n%llu rows, %llu of them with a label. Shares in percent, with 95%% "
             "bootstrap intervals (%u resamples, seed %llu).\n",
        (unsigned long long)e->rows, (unsigned long long)e->labelled,
        (unsigned)e->options.resamples, (unsigned long long)e->options.seed);
    if (status < 0) {
        return status_no_memory(err);
    }
    markdown m = {out, NULL};
    NZ_TRY(walk(e, print_slice, &m, err));
    if (report_print(out, "\n## Labels\n") < 0) {
        return status_no_memory(err);
    }
    uint32_t resamples = e->options.resamples;
    e->options.resamples = 1; /* no interval is shown here */
    status = walk(e, print_labels, &m, err);
    e->options.resamples = resamples;
    return status;
}

static nz_status hand_out(nz_evaluation *e, const char **text, size_t *len, nz_error *err)
{
    if (buffer_append_byte(&e->report, 0) < 0) {
        return status_no_memory(err);
    }
    *text = (const char *)e->report.bytes;
    if (len != NULL) {
        *len = e->report.size - 1;
    }
    return NZ_OK;
}

nz_status nz_evaluation_markdown(nz_evaluation *evaluation, const char **out, size_t *len,
                                 nz_error *err)
{
    if (evaluation == NULL || out == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_evaluation_markdown: a NULL");
    }
    *out = NULL;
    NZ_TRY(write_markdown(evaluation, err));
    return hand_out(evaluation, out, len, err);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

/* null for what has no value. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *range(interval r)
{
    return json_pack("[o, o]", number(r.low), number(r.high));
}

static json_t *labels_of(const part *p)
{
    json_t *list = json_array();
    for (uint32_t k = 0; k < p->head->gold.label_count; k++) {
        metrics_counts c = p->figures.labels[k];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:I, s:o, s:o, s:o}", "label", p->head->gold.labels[k], "rows",
                            (json_int_t)p->figures.label_rows[k], "precision",
                            number(metrics_precision(c)), "recall", number(metrics_recall(c)),
                            "f1", number(metrics_f1(c))));
    }
    return list;
}

/* Rows are true labels, columns answers; null for a multi head. */
static json_t *confusion_of(const part *p)
{
    uint32_t labels = p->head->gold.label_count;
    if (p->figures.confusion == NULL) {
        return json_null();
    }
    json_t *rows = json_array();
    for (uint32_t g = 0; g < labels; g++) {
        json_t *cells = json_array();
        for (uint32_t k = 0; k < labels; k++) {
            (void)json_array_append_new(cells, json_integer(p->figures.confusion[g * labels + k]));
        }
        (void)json_array_append_new(rows, cells);
    }
    return rows;
}

static nz_status append_part(void *context, const part *p)
{
    const figures *f = &p->figures;
    json_t *item = json_pack(
        "{s:s, s:s?, s:s?, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "head",
        p->head->gold.name, "language", p->language, "source", p->source, "rows",
        (json_int_t)f->rows, "accuracy", number(f->accuracy), "accuracy_interval",
        range(f->accuracy_interval), "macro_f1", number(f->macro_f1), "macro_f1_interval",
        range(f->macro_f1_interval), "micro_f1", number(f->micro_f1), "calibration_error",
        number(f->ece), "calibration_error_interval", range(f->ece_interval), "majority_accuracy",
        number(f->majority_accuracy), "majority_macro_f1", number(f->majority_macro_f1), "labels",
        labels_of(p), "confusion", confusion_of(p));
    return item == NULL || json_array_append_new(context, item) != 0 ? NZ_E_MEMORY : NZ_OK;
}

static int append_text(const char *bytes, size_t len, void *context)
{
    return buffer_append(context, bytes, len) < 0 ? -1 : 0;
}

static nz_status write_json(nz_evaluation *e, json_t *parts, nz_error *err)
{
    buffer_clear(&e->report);
    NZ_TRY(walk(e, append_part, parts, err));
    json_t *root = json_pack("{s:i, s:I, s:I, s:I, s:I, s:O}", "version", 1, "rows",
                             (json_int_t)e->rows, "labelled_rows", (json_int_t)e->labelled,
                             "resamples", (json_int_t)e->options.resamples, "seed",
                             (json_int_t)e->options.seed, "parts", parts);
    bool whole = root != NULL && json_dump_callback(root, append_text, &e->report,
                                                    JSON_INDENT(1) | JSON_REAL_PRECISION(6)) == 0;
    json_decref(root);
    return whole && buffer_append_byte(&e->report, '\n') == NZ_OK ? NZ_OK : status_no_memory(err);
}

nz_status nz_evaluation_json(nz_evaluation *evaluation, const char **out, size_t *len,
                             nz_error *err)
{
    if (evaluation == NULL || out == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_evaluation_json: a NULL");
    }
    *out = NULL;
    json_t *parts = json_array();
    nz_status status = parts == NULL ? status_no_memory(err) : write_json(evaluation, parts, err);
    json_decref(parts);
    return status < 0 ? status : hand_out(evaluation, out, len, err);
}
