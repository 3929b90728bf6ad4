/* session.c - one thread's work: read a comment, find or make its tokens' vectors, sum,
 * score, answer.
 * It must not know file formats.  Invariant: the result depends on the model, the comment and
 * the options alone, never on what the session saw before. */
#include "predict/session.h"

#include <string.h>

#include "predict/softmax.h"

#define DEFAULT_MEMO_BYTES ((size_t)48 << 20)
#define MEMO_MAX_KEY 48u             /* longer tokens hardly come again */
#define OVERFLOW_KEEP ((size_t)1 << 20)
#define SESSION_FLAGS (NZ_SESSION_REJECT_UTF8 | NZ_SESSION_NO_MEMO)
#define COMMENT_FLAGS (NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES)

static void expect(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                   nz_language reading);

/* ---- making and freeing ------------------------------------------------------------- */

static nz_status new_tables(nz_session *s)
{
    const nz_model *m = s->model;
    const size_t lanes = m->lane_count, labels = m->label_count;
    const size_t heads = m->content->head_count;
    arena *a = &s->tables;
    nz_result *r = &s->result;
    const size_t row = score_longest_row(m);
    s->scratch.narrow = arena_alloc_zero(a, row * sizeof *s->scratch.narrow);
    s->scratch.wide = arena_alloc_zero(a, row * sizeof *s->scratch.wide);
    s->scratch.rows = arena_alloc_zero(a, EXTRACT_MAX_TOKEN_FEATURES * sizeof *s->scratch.rows);
    s->scratch.places =
        arena_alloc_zero(a, EXTRACT_MAX_TOKEN_FEATURES * sizeof *s->scratch.places);
    s->ids = arena_alloc_zero(a, EXTRACT_MAX_TOKEN_FEATURES * sizeof *s->ids);
    s->sum.part = arena_alloc_zero(a, lanes * sizeof *s->sum.part);
    s->sum.totals = arena_alloc_zero(a, lanes * sizeof *s->sum.totals);
    s->clause_sum.part = arena_alloc_zero(a, lanes * sizeof *s->clause_sum.part);
    s->clause_sum.totals = arena_alloc_zero(a, lanes * sizeof *s->clause_sum.totals);
    s->scratch.wide_vectors = score_wide_vectors();
    s->order = arena_alloc_zero(a, (m->joint.label_count + 1) * sizeof *s->order);
    r->calibrated = arena_alloc_zero(a, labels * sizeof *r->calibrated);
    r->probs = arena_alloc_zero(a, labels * sizeof *r->probs);
    r->lists = arena_alloc_zero(a, labels * sizeof *r->lists);
    r->chosen = arena_alloc_zero(a, heads * sizeof *r->chosen);
    r->list_counts = arena_alloc_zero(a, heads * sizeof *r->list_counts);
    const void *made[] = {s->scratch.narrow, s->scratch.wide, s->scratch.rows,
                          s->scratch.places, s->ids,
                          s->sum.part, s->sum.totals, s->clause_sum.part, s->clause_sum.totals,
                          s->order, r->calibrated, r->probs, r->lists, r->chosen, r->list_counts};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (made[i] == NULL) {
            return NZ_E_MEMORY;
        }
    }
    return NZ_OK;
}

static void init_buffers(nz_session *s)
{
    /* Caps follow from the longest text: what they bound is at most a few items a token. */
    const size_t cap = SIZE_MAX / 4;
    buffer_init(&s->features, &s->allocator, cap);
    buffer_init(&s->places, &s->allocator, cap);
    buffer_init(&s->rows, &s->allocator, cap);
    buffer_init(&s->scratch_bytes, &s->allocator, cap);
    buffer_init(&s->result.why, &s->allocator, cap);
    buffer_init(&s->result.evidence, &s->allocator, cap);
    buffer_init(&s->result.clauses, &s->allocator, cap);
}

static nz_status prepare(nz_session *s, const nz_session_options *o, nz_error *err)
{
    const nz_model *m = s->model;
    size_t memo_bytes = o->memo_bytes != 0 ? o->memo_bytes : DEFAULT_MEMO_BYTES;
    s->flags = o->flags;
    s->max_text_bytes = o->max_text_bytes != 0 && o->max_text_bytes < TEXT_MAX_BYTES
                            ? o->max_text_bytes : TEXT_MAX_BYTES;
    s->min_confidence = o->min_confidence > 0.0 ? o->min_confidence
                                                : (double)m->content->taxonomy.min_confidence;
    s->sum.model = m;
    s->clause_sum.model = m;
    s->result.model = m;
    arena_init(&s->tables, &s->allocator, 16384, 0);
    init_buffers(s);
    memo_init(&s->tokens, m->lane_count, memo_bytes / 2 + 1, (uintptr_t)s, &s->allocator);
    memo_init(&s->older, m->lane_count, memo_bytes / 2 + 1, (uintptr_t)s, &s->allocator);
    memo_init(&s->overflow, m->lane_count, 0, (uintptr_t)s, &s->allocator);
    if (new_tables(s) < 0) {
        return status_no_memory(err);
    }
    NZ_TRY(extractor_new(&s->x, m->lexicon, m->rules, &s->allocator, err));
    if ((s->flags & NZ_SESSION_NO_MEMO) == 0) {
        extractor_set_expect(s->x, expect, s);
    }
    return NZ_OK;
}

nz_status nz_session_new(nz_session **out, const nz_model *model, const nz_session_options *opts,
                         nz_error *err)
{
    nz_session_options o = NZ_SESSION_OPTIONS_INIT;
    if (out == NULL || model == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_session_new needs out and model");
    }
    *out = NULL;
    if ((opts != NULL && !handle_copy_struct(&o, sizeof o, opts)) ||
        (o.flags & ~SESSION_FLAGS) != 0 || !(o.min_confidence >= 0.0 && o.min_confidence <= 1.0)) {
        return status_fail(err, NZ_E_ARGUMENT,
                           "unknown session options: use NZ_SESSION_OPTIONS_INIT");
    }
    nz_allocator a = o.allocator != NULL ? *o.allocator : model->allocator;
    nz_session *s = memory_new_zero(&a, 1, sizeof *s);
    if (s == NULL) {
        return status_no_memory(err);
    }
    s->allocator = a;
    s->model = model;
    nz_status status = prepare(s, &o, err);
    if (status < 0) {
        nz_session_free(s);
        return status;
    }
    *out = s;
    return NZ_OK;
}

void nz_session_free(nz_session *s)
{
    if (s == NULL) {
        return;
    }
    nz_allocator a = s->allocator;
    extractor_free(s->x);
    memo_free(&s->tokens);
    memo_free(&s->older);
    memo_free(&s->overflow);
    buffer_free(&s->features);
    buffer_free(&s->places);
    buffer_free(&s->rows);
    buffer_free(&s->scratch_bytes);
    buffer_free(&s->result.why);
    buffer_free(&s->result.evidence);
    buffer_free(&s->result.clauses);
    arena_free(&s->tables);
    memory_free(&a, s, 1, sizeof *s);
}

/* ---- tokens --------------------------------------------------------------------------- */

/* The slow path: all features of the token, their rows, the sum. */
static bool fill_entry(nz_session *s, memo_entry *e, const char *bytes, uint32_t len)
{
    uint32_t count = 0;
    if (extract_token(s->x, bytes, len, (nz_token_kind)e->kind, (nz_language)e->reading,
                      &e->slot.info, s->ids, &count) < 0) {
        return false;
    }
    e->known = score_token(s->model, s->ids, count, &s->scratch, memo_lanes(e), &e->norm);
    return true;
}

static memo_entry *make_entry(nz_session *s, uint64_t hash, const char *bytes, uint32_t len,
                              nz_token_kind kind, nz_language reading)
{
    memo_entry *e = NULL;
    if (len <= MEMO_MAX_KEY && !s->memo_full && (s->flags & NZ_SESSION_NO_MEMO) == 0) {
        e = memo_add(&s->tokens, hash, bytes, len, kind, reading);
        s->memo_full = e == NULL;
        if (e != NULL) {
            e->slot.lasting = 1;
        }
    }
    if (e == NULL) {
        e = memo_add(&s->overflow, hash, bytes, len, kind, reading);
    }
    if (e == NULL || fill_entry(s, e, bytes, len)) {
        return e;
    }
    memo_clear(&s->tokens, SIZE_MAX); /* out of memory: the empty entry must not be found again */
    extractor_forget(s->x);
    return NULL;
}

/* A token of the older half moves to the younger one; where that is full it stays, valid until
 * the next comment. */
static memo_entry *keep_older(nz_session *s, memo_entry *old, uint64_t hash, const char *bytes)
{
    memo_entry *e = s->memo_full ? NULL
                                 : memo_add(&s->tokens, hash, bytes, old->len,
                                            (nz_token_kind)old->kind, (nz_language)old->reading);
    if (e == NULL) {
        s->memo_full = true;
        return old;
    }
    e->slot.info = old->slot.info;
    e->slot.lasting = 1;
    e->norm = old->norm;
    e->known = old->known;
    memcpy(memo_lanes(e), memo_lanes(old), s->model->lane_count * sizeof(int16_t));
    return e;
}

/* A token that the younger half does not know. */
static memo_entry *find_elsewhere(nz_session *s, uint64_t hash, const char *bytes, uint32_t len,
                                  nz_token_kind kind, nz_language reading)
{
    memo_entry *e = NULL;
    if (s->overflow.entry_count != 0) {
        e = memo_find(&s->overflow, hash, bytes, len, kind, reading);
    }
    if (e == NULL && s->older.entry_count != 0) {
        e = memo_find(&s->older, hash, bytes, len, kind, reading);
        return e != NULL ? keep_older(s, e, hash, bytes) : NULL;
    }
    return e;
}

/* A token will be resolved soon: ask for its cell. */
static void expect(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                   nz_language reading)
{
    const nz_session *s = context;
    memo_prefetch_cell(&s->tokens, memo_hash(&s->tokens, bytes, len, kind, reading));
}

/* The extractor's resolver: one hash and one probe for a token that is known. */
static extract_slot *resolve(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                             nz_language reading)
{
    nz_session *s = context;
    const uint64_t hash = memo_hash(&s->tokens, bytes, len, kind, reading);
    memo_entry *e = memo_find(&s->tokens, hash, bytes, len, kind, reading);
    if (e == NULL) {
        e = find_elsewhere(s, hash, bytes, len, kind, reading);
    }
    if (e == NULL) {
        e = make_entry(s, hash, bytes, len, kind, reading);
    }
    return e != NULL ? &e->slot : NULL;
}

/* ---- scoring -------------------------------------------------------------------------- */

/* Places of the cross-token features in the model, and room for their rows. */
static nz_status find_cross_features(nz_session *s)
{
    const extract_result *d = &s->document;
    buffer_clear(&s->features);
    buffer_clear(&s->places);
    buffer_clear(&s->rows);
    NZ_TRY(buffer_reserve(&s->features, d->cross_count * sizeof(uint64_t)));
    NZ_TRY(buffer_reserve(&s->places, 2 * d->cross_count * sizeof(uint32_t)));
    NZ_TRY(buffer_reserve(&s->rows, d->cross_count * sizeof(int8_t *)));
    uint64_t *features = (void *)s->features.bytes;
    for (uint32_t i = 0; i < d->cross_count; i++) {
        features[i] = d->cross[i].feature;
    }
    model_find(&s->model->content->index, features, d->cross_count, (void *)s->places.bytes);
    return NZ_OK;
}

/* Add the rows of all cross-token features. */
static void sum_cross(nz_session *s)
{
    const uint32_t count = s->document.cross_count;
    const model_content *content = s->model->content;
    if (count == 0) { /* and perhaps no buffers yet */
        return;
    }
    uint32_t *known = (uint32_t *)(void *)s->places.bytes + count; /* evidence needs the others */
    const int8_t **rows = (void *)s->rows.bytes;
    memcpy(known, s->places.bytes, count * sizeof *known);
    const uint32_t left = score_keep_known(known, count);
    for (uint32_t g = 0; g < content->group_count && left != 0; g++) {
        const uint32_t found = score_find_rows(content, g, known, left, rows);
        score_add_rows(&s->sum, &s->scratch, g, rows, found);
    }
}

/* Totals of the whole comment.  Returns whether any of its tokens is known. */
static bool sum_comment(nz_session *s)
{
    const extract_result *d = &s->document;
    uint32_t known = 0;
    score_begin(&s->sum);
    for (uint32_t i = 0; i < d->distinct_count; i++) {
        const memo_entry *e = session_entry(&d->distinct[i]);
        if (i + 4 < d->distinct_count) {
            const char *ahead = (const char *)session_entry(&d->distinct[i + 4]);
            __builtin_prefetch(ahead + 64);
            __builtin_prefetch(ahead + 128);
            __builtin_prefetch(ahead + 192);
        }
        known |= e->known;
        score_add_token(&s->sum, memo_lanes(e), e->norm,
                        extract_count_weight(d->distinct[i].count));
    }
    sum_cross(s);
    score_end(&s->sum);
    return known != 0;
}

static void score_comment(nz_session *s)
{
    nz_result *r = &s->result;
    const model_content *content = s->model->content;
    bool known = sum_comment(s);
    s->factor = score_length_factor(s->model, s->sum.norm);
    for (uint32_t h = 0; h < content->head_count; h++) {
        const model_head *head = &content->heads[h];
        double *calibrated = r->calibrated + s->model->label_base[h];
        double *probs = r->probs + s->model->label_base[h];
        for (uint32_t i = 0; i < head->label_count; i++) {
            calibrated[i] = score_label(&s->sum, h, i, r->language, s->factor, &s->meta);
        }
        if (head->kind == NZ_HEAD_SINGLE) {
            softmax_single(calibrated, head->label_count, probs);
        } else {
            softmax_sigmoid(calibrated, head->label_count, probs);
        }
    }
    if (!known && s->meta.rating_bin == NZ_NONE && s->meta.channel == NZ_NONE) {
        r->flags |= NZ_RESULT_NO_EVIDENCE;
    }
}

/* ---- one comment ------------------------------------------------------------------------ */

static void begin_comment(nz_session *s, const nz_comment *c)
{
    nz_result *r = &s->result;
    if (s->memo_full) { /* a new generation: words in use survive, the others are forgotten */
        memo younger = s->older;
        memo_clear(&younger, SIZE_MAX);
        s->older = s->tokens;
        s->tokens = younger;
        s->memo_full = false;
        extractor_forget(s->x); /* what is asked for again shall move to the younger half */
    }
    memo_clear(&s->overflow, OVERFLOW_KEEP);
    buffer_clear(&r->evidence);
    buffer_clear(&r->clauses);
    r->flags = 0;
    /* A rating_max that is no sensible number would make the bin one neither. */
    bool rated = c->rating_max > 0.0 && c->rating_max < 1e9;
    s->meta.rating_bin = rated ? extract_rating_bin(c->rating, c->rating_max) : NZ_NONE;
    s->meta.channel = c->channel < s->model->content->taxonomy.channel_count ? c->channel : NZ_NONE;
}

static nz_status read_comment(nz_session *s, const nz_comment *c, nz_error *err)
{
    const extract_resolver resolver = {s, resolve};
    nz_result *r = &s->result;
    NZ_TRY(extract_document(s->x, c->text_len != 0 ? c->text : "", c->text_len,
                            (s->flags & NZ_SESSION_REJECT_UTF8) != 0, &resolver, &s->document,
                            err));
    r->language = s->document.document.language;
    r->flags |= s->document.document.repaired ? NZ_RESULT_REPAIRED : 0;
    r->flags |= s->document.rule_limit_hits != 0 ? NZ_RESULT_RULE_LIMIT : 0;
    return find_cross_features(s) < 0 ? status_no_memory(err) : NZ_OK;
}

static nz_status classify(nz_session *s, const nz_comment *c, nz_error *err)
{
    begin_comment(s, c);
    NZ_TRY(read_comment(s, c, err));
    if (s->document.document.token_count == 0) {
        return answer_empty(s, err);
    }
    score_comment(s);
    NZ_TRY(answer_comment(s, err));
    if ((c->flags & NZ_WANT_EVIDENCE) != 0) {
        NZ_TRY(evidence_collect(s, err));
    }
    if ((c->flags & NZ_WANT_CLAUSES) != 0) {
        NZ_TRY(clause_collect(s, err));
    }
    return NZ_OK;
}

nz_status nz_session_classify(nz_session *s, const nz_comment *comment, const nz_result **out,
                              nz_error *err)
{
    nz_comment c = NZ_COMMENT_INIT;
    if (out != NULL) {
        *out = NULL;
    }
    if (s == NULL || comment == NULL || out == NULL ||
        !handle_copy_struct(&c, sizeof c, comment) || (c.flags & ~COMMENT_FLAGS) != 0 ||
        (c.text == NULL && c.text_len != 0)) {
        return status_fail(err, NZ_E_ARGUMENT,
                           "nz_session_classify needs a comment made with NZ_COMMENT_INIT");
    }
    if (c.text_len > s->max_text_bytes) {
        return status_fail(err, NZ_E_LIMIT, "the text has %zu bytes, the limit is %u", c.text_len,
                           (unsigned)s->max_text_bytes);
    }
    NZ_TRY(classify(s, &c, err));
    *out = &s->result;
    return NZ_OK;
}

nz_status nz_session_redact(nz_session *s, const char *text, size_t len, const char **out,
                            size_t *out_len, nz_error *err)
{
    if (s == NULL || out == NULL || out_len == NULL || (text == NULL && len != 0)) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_session_redact needs text, out and out_len");
    }
    if (len > s->max_text_bytes) {
        return status_fail(err, NZ_E_LIMIT, "the text has %zu bytes, the limit is %u", len,
                           (unsigned)s->max_text_bytes);
    }
    return text_redact(extractor_reader(s->x), len != 0 ? text : "", len, out, out_len, err);
}
