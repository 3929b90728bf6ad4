/* evaluate.c - rows with their answers, collected for the report.
 * It must not know how figures are made.
 * Invariant: a row that is refused leaves no record behind. */
#include <math.h>
#include <string.h>

#include "model/model.h"
#include "train/evaluation.h"

enum { DEFAULT_RESAMPLES = 1000, SETS_MAX = 4096 };

/* ---- heads of the model -------------------------------------------------------------------- */

static nz_status describe_head(nz_evaluation *e, uint32_t number, nz_error *err)
{
    evaluation_head *h = &e->heads[number];
    nz_head_kind kind = nz_model_head_kind(e->model, number);
    uint32_t labels = nz_model_label_count(e->model, number);
    const char **names = arena_alloc_zero(&e->memory, (labels + 1u) * sizeof *names);
    if (names == NULL) {
        return status_no_memory(err);
    }
    uint32_t none = NZ_NONE;
    for (uint32_t k = 0; k < labels; k++) {
        names[k] = nz_model_label_name(e->model, number, k);
        none = kind == NZ_HEAD_SINGLE && strcmp(names[k], "none") == 0 ? k : none;
    }
    if (kind == NZ_HEAD_BINARY) {
        size_t len = strlen(names[0]);
        char *not = arena_alloc(&e->memory, len + 5);
        if (not == NULL) {
            return status_no_memory(err);
        }
        memcpy(not, "not ", 4);
        memcpy(not + 4, names[0], len + 1);
        names[1] = not;
    }
    h->model_labels = labels;
    h->model_head = number;
    h->gold = (gold_head){nz_model_head_name(e->model, number), kind,
                          kind == NZ_HEAD_BINARY ? 2 : labels, names, none};
    array_init(&h->records, sizeof(evaluation_record));
    array_init(&h->sets, 1);
    array_init(&h->probabilities, sizeof(float));
    return NZ_OK;
}

static nz_status describe_model(nz_evaluation *e, nz_error *err)
{
    uint32_t count = nz_model_head_count(e->model);
    e->heads = arena_alloc_zero(&e->memory, (count + 1u) * sizeof *e->heads);
    if (e->heads == NULL) {
        return status_no_memory(err);
    }
    for (; e->head_count < count; e->head_count++) {
        NZ_TRY(describe_head(e, e->head_count, err));
    }
    e->sentiment = nz_model_find_head(e->model, "sentiment");
    e->polarity = nz_model_find_head(e->model, "polarity");
    e->type = nz_model_find_head(e->model, "type");
    return NZ_OK;
}

nz_status nz_evaluation_new(nz_evaluation **out, const nz_model *model,
                            const nz_evaluation_options *opts, nz_error *err)
{
    nz_allocator memory = memory_default();
    static const nz_evaluation_options usual = NZ_EVALUATION_OPTIONS_INIT;
    opts = opts != NULL ? opts : &usual;
    if (out == NULL || model == NULL || opts->struct_size != sizeof *opts) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_evaluation_new: a NULL or a wrong struct_size");
    }
    *out = NULL;
    nz_evaluation *e = memory_new_zero(&memory, 1, sizeof *e);
    if (e == NULL) {
        return status_no_memory(err);
    }
    e->model = model;
    e->options = *opts;
    e->options.resamples = opts->resamples != 0 ? opts->resamples : DEFAULT_RESAMPLES;
    arena_init(&e->memory, NULL, 1u << 14, 0);
    array_init(&e->source_names, sizeof(const char *));
    buffer_init(&e->report, NULL, (size_t)1 << 30);
    nz_status status = describe_model(e, err);
    if (status < 0) {
        nz_evaluation_free(e);
        return status;
    }
    *out = e;
    return NZ_OK;
}

void nz_evaluation_free(nz_evaluation *evaluation)
{
    if (evaluation == NULL) {
        return;
    }
    for (uint32_t h = 0; h < evaluation->head_count; h++) {
        array_free(&evaluation->heads[h].records);
        array_free(&evaluation->heads[h].sets);
        array_free(&evaluation->heads[h].probabilities);
    }
    array_free(&evaluation->source_names);
    buffer_free(&evaluation->report);
    arena_free(&evaluation->memory);
    nz_allocator memory = memory_default();
    memory_free(&memory, evaluation, 1, sizeof *evaluation);
}

uint64_t nz_evaluation_rows(const nz_evaluation *evaluation, uint64_t *labelled)
{
    if (labelled != NULL) {
        *labelled = evaluation == NULL ? 0 : evaluation->labelled;
    }
    return evaluation == NULL ? 0 : evaluation->rows;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* What the row says of each head; set of a multi head in its own part of sets. */
typedef struct row_gold {
    gold_answer answers[MODEL_MAX_HEADS];
    uint8_t sets[SETS_MAX];
    uint32_t set_at[MODEL_MAX_HEADS];
} row_gold;

static nz_status read_gold(const nz_evaluation *e, const nz_row *row, row_gold *gold,
                           nz_error *err)
{
    uint32_t used = 0;
    uint64_t number = row->number != 0 ? row->number : e->rows + 1;
    for (uint32_t h = 0; h < e->head_count; h++) {
        gold->answers[h] = (gold_answer){NZ_NONE, false};
        gold->set_at[h] = used;
        used += e->heads[h].gold.kind == NZ_HEAD_MULTI ? e->heads[h].model_labels : 0;
    }
    if (used > SETS_MAX) {
        return status_fail(err, NZ_E_LIMIT, "the model has too many labels to be measured");
    }
    for (uint32_t i = 0; i < row->gold_count; i++) {
        const nz_gold *g = &row->gold[i];
        uint32_t h = g->head == NULL ? NZ_NONE : nz_model_find_head(e->model, g->head);
        if (h != NZ_NONE) {
            gold_head head = e->heads[h].gold;
            head.label_count = e->heads[h].model_labels;
            NZ_TRY(gold_read(&head, g->value, g->value_len, number, &gold->answers[h],
                             gold->sets + gold->set_at[h], err));
        }
    }
    return NZ_OK;
}

/* An empty reason means none on a row whose type is known; polarity follows from sentiment. */
static void complete_gold(const nz_evaluation *e, row_gold *gold)
{
    bool typed = e->type != NZ_NONE && gold->answers[e->type].label != NZ_NONE;
    for (uint32_t h = 0; h < e->head_count; h++) {
        if (gold->answers[h].empty && typed && e->heads[h].gold.none != NZ_NONE) {
            gold->answers[h].label = e->heads[h].gold.none;
        }
    }
    if (e->polarity != NZ_NONE && e->sentiment != NZ_NONE &&
        gold->answers[e->polarity].label == NZ_NONE &&
        gold->answers[e->sentiment].label != NZ_NONE) {
        const char *says = e->heads[e->sentiment].gold.labels[gold->answers[e->sentiment].label];
        gold->answers[e->polarity].label = strcmp(says, "positive") == 0   ? (uint32_t)GOLD_YES
                                           : strcmp(says, "negative") == 0 ? (uint32_t)GOLD_NO
                                                                           : NZ_NONE;
    }
}

static nz_status add_multi(evaluation_head *h, const nz_result *result, const uint8_t *gold,
                           evaluation_record *r)
{
    uint32_t labels = h->model_labels, count;
    r->gold = r->said = (uint32_t)(h->sets.count / (2 * labels));
    uint8_t *sets = array_push(&h->sets, (size_t)2 * labels);
    float *p = array_push(&h->probabilities, labels);
    const uint32_t *said = nz_result_labels(result, h->model_head, &count);
    const double *probs = nz_result_probs(result, h->model_head);
    if (sets == NULL || p == NULL) {
        return NZ_E_MEMORY;
    }
    memcpy(sets, gold, labels);
    for (uint32_t i = 0; i < count; i++) {
        sets[labels + said[i]] = 1;
    }
    for (uint32_t k = 0; k < labels; k++) {
        p[k] = (float)probs[k];
    }
    return NZ_OK;
}

static nz_status add_record(evaluation_head *h, const nz_result *result, uint32_t gold,
                            const uint8_t *set, evaluation_record r)
{
    double p = 0.0;
    r.gold = gold;
    if (h->gold.kind == NZ_HEAD_MULTI) {
        NZ_TRY(add_multi(h, result, set, &r));
    } else if (h->gold.kind == NZ_HEAD_BINARY) {
        p = nz_result_probs(result, h->model_head)[0];
        r.said = nz_result_label(result, h->model_head, NULL) == 0 ? GOLD_YES : GOLD_NO;
        r.p = (float)(r.said == GOLD_YES ? p : 1.0 - p);
    } else {
        r.said = nz_result_label(result, h->model_head, &p);
        r.said = r.said == NZ_NONE ? h->gold.none : r.said; /* the empty answer */
        r.p = (float)p;
    }
    return array_add(&h->records, &r);
}

static nz_status number_source(nz_evaluation *e, const char *name, uint32_t *number)
{
    *number = NZ_NONE;
    if (name == NULL || name[0] == '\0' || !e->options.by_source) {
        return NZ_OK;
    }
    for (uint32_t i = 0; i < e->source_names.count; i++) {
        if (strcmp(ARRAY_AT(const char *, &e->source_names, i), name) == 0) {
            *number = i;
            return NZ_OK;
        }
    }
    char *copy = arena_copy(&e->memory, name, strlen(name));
    if (copy == NULL || array_add(&e->source_names, &copy) < 0) {
        return NZ_E_MEMORY;
    }
    *number = (uint32_t)e->source_names.count - 1;
    return NZ_OK;
}

static uint8_t language_of(const nz_row *row, const nz_result *result)
{
    for (int l = NZ_LANG_OTHER; row->language != NULL && l <= NZ_LANG_MIXED; l++) {
        if (strcmp(nz_language_code((nz_language)l), row->language) == 0) {
            return (uint8_t)l;
        }
    }
    return (uint8_t)nz_result_language(result);
}

nz_status nz_evaluation_add(nz_evaluation *evaluation, const nz_row *row, const nz_result *result,
                            nz_error *err)
{
    nz_evaluation *e = evaluation;
    row_gold gold;
    if (e == NULL || row == NULL || result == NULL || row->struct_size != sizeof *row ||
        e->rows >= UINT32_MAX) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_evaluation_add: a NULL or a wrong struct_size");
    }
    NZ_TRY(read_gold(e, row, &gold, err));
    complete_gold(e, &gold);
    evaluation_record r = {(uint32_t)e->rows, 0, 0, 0.0f, NZ_NONE, language_of(row, result)};
    if (number_source(e, row->source, &r.source) < 0) {
        return status_no_memory(err);
    }
    bool any = false;
    for (uint32_t h = 0; h < e->head_count; h++) {
        if (gold.answers[h].label != NZ_NONE) {
            any = true;
            if (add_record(&e->heads[h], result, gold.answers[h].label,
                           gold.sets + gold.set_at[h], r) < 0) {
                return status_no_memory(err);
            }
        }
    }
    e->rows++;
    e->labelled += any;
    return NZ_OK;
}
