/* content.c - what training found, as the description of a model file: heads and groups,
 * probes, provenance.
 * It must not know how the file is laid out.
 * Invariant: no time, path or comment goes into a model; the same run gives the same
 * description. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/dense.h"
#include "text/icu.h"
#include "train/trainer.h"

enum { PROBE_WORDS = 5000, PROBE_WORD_COMMENTS = 5, VALUE_BYTES = 160, PROBES_MAX = 4096 };

typedef struct describing {
    nz_trainer *t;
    arena memory;
    nz_error *err;
    uint32_t new_head[MODEL_MAX_HEADS]; /* number in the model, or NZ_NONE */
    model_content content;
    array probes; /* model_probe */
    array meta;   /* model_meta */
} describing;

static nz_status no_memory(const describing *d)
{
    return status_no_memory(d->err);
}

/* ---- heads and groups ------------------------------------------------------------------- */

static nz_status describe_heads(describing *d)
{
    nz_trainer *t = d->t;
    model_head *heads = arena_alloc_zero(&d->memory, MODEL_MAX_HEADS * sizeof *heads);
    if (heads == NULL) {
        return no_memory(d);
    }
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        const taxonomy_head *from = &t->taxonomy.heads[h];
        const trainer_head *head = &t->heads[h];
        d->new_head[h] = head->trained ? d->content.head_count : NZ_NONE;
        if (head->trained) {
            heads[d->content.head_count++] = (model_head){
                from->name, from->kind, from->label_count, head->group, head->first_lane,
                from->labels, head->calibration.thresholds, head->calibration.slopes,
                head->calibration.intercepts};
        }
    }
    d->content.heads = heads;
    return NZ_OK;
}

static nz_status describe_groups(describing *d)
{
    nz_trainer *t = d->t;
    model_group *groups = arena_alloc_zero(&d->memory, MODEL_MAX_GROUPS * sizeof *groups);
    if (groups == NULL) {
        return no_memory(d);
    }
    for (uint32_t i = 0; i < t->group_count; i++) {
        const trainer_group *from = &t->groups[i];
        model_group *to = &groups[i];
        to->lane_count = from->lanes;
        to->row_bytes = from->rows.row_bytes;
        to->row_count = from->rows.count;
        to->features = from->rows.features;
        to->rows = from->rows.rows;
        to->scales = from->rows.scales;
        to->biases = from->bias;
        to->rating_rows = from->rating;
        to->channel_rows = from->channel;
    }
    d->content.groups = groups;
    d->content.group_count = t->group_count;
    d->content.norm_floor = (float)SELECT_NORM_FLOOR;
    d->content.norm_unknown = SELECT_NORM_UNKNOWN;
    return NZ_OK;
}

/* ---- probes ----------------------------------------------------------------------------------- */

static nz_status add_probe(describing *d, extractor *x, nz_language language, const char *text,
                           size_t len)
{
    model_probe probe = {language, text, (uint32_t)len, 0};
    NZ_TRY(model_probe_digest(x, &probe, &probe.digest, d->err));
    return array_add(&d->probes, &probe) < 0 ? no_memory(d) : NZ_OK;
}

typedef struct frequent {
    uint32_t comments, token;
} frequent;

static int compare_frequent(const void *a, const void *b)
{
    const frequent *x = a, *y = b;
    if (x->comments != y->comments) {
        return x->comments > y->comments ? -1 : 1;
    }
    return (x->token > y->token) - (x->token < y->token);
}

static bool may_be_probe(const matrix_token *token, nz_language language)
{
    return token->kind == NZ_TOKEN_WORD && token->reading == (uint8_t)language &&
           !token->digits && token->len < 64 && memchr(token->bytes, '\n', token->len) == NULL;
}

/* In how many different training comments each token stands, in this very spelling. */
static nz_status count_tokens(describing *d, uint32_t **out)
{
    const matrix *m = &d->t->matrix;
    uint32_t *count = arena_alloc_zero(&d->memory, (m->tokens.count + 1) * sizeof *count);
    *out = count;
    if (count == NULL) {
        return no_memory(d);
    }
    for (uint32_t r = 0; r < m->row_count; r++) {
        if (rows_at(&d->t->rows, r)->dev || m->repeated[r]) {
            continue;
        }
        for (uint64_t i = m->token_start[r]; i < m->token_start[r + 1]; i++) {
            count[ARRAY_AT(uint32_t, &m->row_tokens, i)]++;
        }
    }
    return NZ_OK;
}

/* The commonest single words of a language as one probe. */
static nz_status add_words(describing *d, extractor *x, nz_language language,
                           const uint32_t *comments)
{
    const matrix *m = &d->t->matrix;
    array list;
    array_init(&list, sizeof(frequent));
    nz_status status = NZ_OK;
    for (uint32_t t = 0; status == NZ_OK && t < m->tokens.count; t++) {
        frequent item = {comments[t], t};
        if (comments[t] >= PROBE_WORD_COMMENTS && may_be_probe(matrix_token_at(m, t), language)) {
            status = array_add(&list, &item) < 0 ? no_memory(d) : NZ_OK;
        }
    }
    if (status == NZ_OK && list.count != 0) {
        qsort(list.items, list.count, sizeof(frequent), compare_frequent);
        size_t count = list.count < PROBE_WORDS ? list.count : PROBE_WORDS, len = 0;
        char *text = arena_alloc(&d->memory, count * 64);
        status = text == NULL ? no_memory(d) : NZ_OK;
        for (size_t i = 0; status == NZ_OK && i < count; i++) {
            const matrix_token *token = matrix_token_at(m, ARRAY_AT(frequent, &list, i).token);
            if (i != 0) {
                text[len++] = '\n';
            }
            memcpy(text + len, token->bytes, token->len);
            len += token->len;
        }
        if (status == NZ_OK) {
            status = add_probe(d, x, language, text, len);
        }
    }
    array_free(&list);
    return status;
}

static nz_status describe_probes(describing *d)
{
    nz_trainer *t = d->t;
    extractor *x = NULL;
    uint32_t *comments;
    NZ_TRY(count_tokens(d, &comments));
    NZ_TRY(extractor_new(&x, t->lexicon, t->rules, NULL, d->err));
    nz_status status = NZ_OK;
    for (size_t i = 0; status == NZ_OK && i < t->probe_texts.count && i < PROBES_MAX; i++) {
        const trainer_probe *p = &ARRAY_AT(trainer_probe, &t->probe_texts, i);
        status = add_probe(d, x, NZ_LANG_OTHER, p->text, p->len);
    }
    for (int language = NZ_LANG_FA; status == NZ_OK && language <= NZ_LANG_EN; language++) {
        status = add_words(d, x, (nz_language)language, comments);
    }
    extractor_free(x);
    d->content.probes = d->probes.items;
    d->content.probe_count = (uint32_t)d->probes.count;
    return status;
}

/* ---- provenance ------------------------------------------------------------------------------------ */

static nz_status add_meta(describing *d, const char *key, const char *value)
{
    model_meta item = {arena_copy(&d->memory, key, strlen(key)),
                       arena_copy(&d->memory, value, strlen(value))};
    if (item.key == NULL || item.value == NULL) {
        return no_memory(d);
    }
    return array_add(&d->meta, &item) < 0 ? no_memory(d) : NZ_OK;
}

static nz_status add_number(describing *d, const char *key, uint64_t value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return add_meta(d, key, text);
}

/* Four decimals with a point, whatever the program's locale. */
static nz_status add_decimal(describing *d, const char *key, double value)
{
    char text[48];
    if (!isfinite(value) || fabs(value) > 1e9) {
        return add_meta(d, key, "unknown");
    }
    unsigned long long tens = (unsigned long long)floor(fabs(value) * 10000.0 + 0.5);
    (void)snprintf(text, sizeof text, "%s%llu.%04llu", value < 0.0 ? "-" : "", tens / 10000u,
                   tens % 10000u);
    return add_meta(d, key, text);
}

static nz_status describe_inputs(describing *d)
{
    const nz_trainer *t = d->t;
    for (size_t i = 0; i < t->inputs.count; i++) {
        const trainer_input *in = &ARRAY_AT(trainer_input, &t->inputs, i);
        char key[48], value[VALUE_BYTES];
        (void)snprintf(key, sizeof key, "input.%03u", (unsigned)i);
        (void)snprintf(value, sizeof value, "%.100s %llu bytes crc32c %08x", in->name,
                       (unsigned long long)in->size, (unsigned)in->crc);
        NZ_TRY(add_meta(d, key, value));
    }
    return NZ_OK;
}

static nz_status describe_scores(describing *d)
{
    const nz_trainer *t = d->t;
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        const nz_head_report *r = &t->heads[h].report;
        if (!t->heads[h].trained) {
            continue;
        }
        static const char *const names[] = {"rows", "held_rows", "accuracy", "macro_f1",
                                            "calibration_error"};
        const double values[] = {r->train_rows, r->dev_rows, r->accuracy, r->macro_f1,
                                 r->calibration_error};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char key[96];
            (void)snprintf(key, sizeof key, "head.%.60s.%s", r->name, names[i]);
            NZ_TRY(i < 2 ? add_number(d, key, (uint64_t)values[i])
                         : add_decimal(d, key, values[i]));
        }
    }
    return NZ_OK;
}

/* What else has a part in the features; libstemmer does not say its version, and the probes
 * vouch for all three. */
static nz_status describe_libraries(describing *d)
{
    char icu[20], pcre2[64];
    icu_version(icu);
    rules_library_version(pcre2);
    NZ_TRY(add_meta(d, "library.blas", dense_library()));
    NZ_TRY(add_meta(d, "library.icu", icu));
    return add_meta(d, "library.pcre2", pcre2);
}

static nz_status describe_settings(describing *d)
{
    const nz_trainer *t = d->t;
    NZ_TRY(add_meta(d, "nazar.version", nz_version_string()));
    NZ_TRY(add_number(d, "nazar.feature_schema", EXTRACT_SCHEMA_VERSION));
    NZ_TRY(add_number(d, "nazar.text_schema", TEXT_SCHEMA_VERSION));
    NZ_TRY(describe_libraries(d));
    NZ_TRY(add_number(d, "option.seed", t->options.seed));
    NZ_TRY(add_decimal(d, "option.l2", t->options.l2));
    NZ_TRY(add_decimal(d, "option.class_weight", t->options.class_weight));
    NZ_TRY(add_number(d, "option.max_bytes", t->options.max_bytes));
    NZ_TRY(add_number(d, "option.max_features", t->options.max_features));
    NZ_TRY(add_number(d, "option.min_comments", t->options.min_comments));
    NZ_TRY(add_number(d, "option.min_comments_ngram", t->options.min_comments_ngram));
    NZ_TRY(add_number(d, "option.max_iterations", t->options.max_iterations));
    NZ_TRY(add_number(d, "option.vectors", t->options.vectors));
    NZ_TRY(add_number(d, "data.rows", t->matrix.row_count));
    NZ_TRY(add_number(d, "data.comments", t->comment_count));
    NZ_TRY(add_number(d, "data.tokens", t->matrix.tokens.count));
    NZ_TRY(add_number(d, "data.features", t->matrix.features.count));
    NZ_TRY(add_number(d, "lexicon.words", t->lexicon_count.words));
    NZ_TRY(add_number(d, "lexicon.expressions", t->lexicon_count.expressions));
    return add_number(d, "lexicon.rules", t->lexicon_count.rules);
}

static int compare_meta(const void *a, const void *b)
{
    return strcmp(((const model_meta *)a)->key, ((const model_meta *)b)->key);
}

static nz_status describe_meta(describing *d)
{
    NZ_TRY(describe_settings(d));
    NZ_TRY(describe_inputs(d));
    NZ_TRY(describe_scores(d));
    qsort(d->meta.items, d->meta.count, sizeof(model_meta), compare_meta);
    d->content.meta = d->meta.items;
    d->content.meta_count = (uint32_t)d->meta.count;
    return NZ_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static nz_status describe(describing *d)
{
    nz_trainer *t = d->t;
    NZ_TRY(describe_heads(d));
    NZ_TRY(describe_groups(d));
    NZ_TRY(taxonomy_restrict(&t->taxonomy, d->new_head, &d->content.taxonomy, d->err));
    d->content.lexicon = t->lexicon_block.bytes;
    d->content.lexicon_size = t->lexicon_block.size;
    d->content.rules = t->rule_block.bytes;
    d->content.rules_size = t->rule_block.size;
    NZ_TRY(describe_probes(d));
    return describe_meta(d);
}

nz_status trainer_write(nz_trainer *t, buffer *out, nz_error *err)
{
    describing d;
    memset(&d, 0, sizeof d);
    d.t = t;
    d.err = err;
    arena_init(&d.memory, NULL, 1u << 16, 0);
    array_init(&d.probes, sizeof(model_probe));
    array_init(&d.meta, sizeof(model_meta));
    nz_status status = describe(&d);
    if (status == NZ_OK) {
        status = model_write(&d.content, out, err);
    }
    array_free(&d.probes);
    array_free(&d.meta);
    arena_free(&d.memory);
    return status;
}
