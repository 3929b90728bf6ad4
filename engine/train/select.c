/* select.c - see select.h.  It must not know labels.
 * Invariant: ties are broken by the order of first appearance, never by chance. */
#include "train/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "train/templates.h"

/* ---- counting ----------------------------------------------------------------------- */

enum { SHARDS_MAX = 4 };

typedef struct counting {
    const matrix *m;
    const rows *rows;
    const uint8_t *use;
    uint32_t shards;
    uint32_t *counts; /* [shards][features] */
    uint32_t *last;   /* [shards][features] row + 1 that was counted last */
} counting;

static void count_one(uint32_t *counts, uint32_t *last, uint32_t feature, uint32_t stamp)
{
    if (last[feature] != stamp) {
        last[feature] = stamp;
        counts[feature]++;
    }
}

static void count_shard(void *context, uint32_t shard, uint32_t worker)
{
    const counting *c = context;
    const matrix *m = c->m;
    (void)worker;
    uint32_t *counts = c->counts + (size_t)shard * m->features.count;
    uint32_t *last = c->last + (size_t)shard * m->features.count;
    uint32_t end = team_cut(m->row_count, c->shards, shard + 1);
    for (uint32_t r = team_cut(m->row_count, c->shards, shard); r < end; r++) {
        if (rows_at(c->rows, r)->dev || m->repeated[r] || (c->use != NULL && !c->use[r])) {
            continue;
        }
        for (uint64_t i = m->token_start[r]; i < m->token_start[r + 1]; i++) {
            uint32_t token = ARRAY_AT(uint32_t, &m->row_tokens, i);
            const uint32_t *features = matrix_token_features(m, token);
            for (uint32_t k = 0; k < matrix_token_at(m, token)->count; k++) {
                count_one(counts, last, features[k], r + 1);
            }
        }
        for (uint64_t i = m->cross_start[r]; i < m->cross_start[r + 1]; i++) {
            count_one(counts, last, ARRAY_AT(uint32_t, &m->row_cross, i), r + 1);
        }
    }
}

nz_status select_count(const matrix *m, const rows *r, const uint8_t *use, team *threads,
                       uint32_t *comments, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t shards = team_size(threads) < SHARDS_MAX ? team_size(threads) : SHARDS_MAX;
    size_t room = (size_t)shards * m->features.count;
    counting c = {m, r, use, shards, NULL, NULL};
    c.counts = memory_new_zero(&memory, room, sizeof *c.counts);
    c.last = memory_new_zero(&memory, room, sizeof *c.last);
    bool whole = c.counts != NULL && c.last != NULL;
    if (whole) {
        team_run(threads, count_shard, &c, shards);
        memset(comments, 0, m->features.count * sizeof *comments);
        for (uint32_t s = 0; s < shards; s++) {
            for (size_t f = 0; f < m->features.count; f++) {
                comments[f] += c.counts[s * m->features.count + f];
            }
        }
    }
    memory_free(&memory, c.counts, room, sizeof *c.counts);
    memory_free(&memory, c.last, room, sizeof *c.last);
    return whole ? NZ_OK : status_no_memory(err);
}

/* ---- idf and norm ---------------------------------------------------------------------- */

double select_idf(uint32_t comments, uint32_t total)
{
    double n = total < 1 ? 1.0 : (double)total;
    double df = comments < 1 ? 1.0 : (double)comments;
    df = df > n ? n : df;
    /* 127 / 32 is the largest norm, 1.99 its root, that of a word in one comment. */
    return 1.99 * (log(n / df) + 1.0) / (log(n) + 1.0);
}

uint8_t select_norm(uint32_t comments, uint32_t total)
{
    double idf = select_idf(comments, total);
    double u = floor(idf * idf * MODEL_NORM_UNIT + 0.5);
    return (uint8_t)(u > 127.0 ? 127.0 : u);
}

typedef struct scaling {
    const matrix *m;
    const space *words;
    const uint32_t *all_comments;
    uint32_t total;
    double floor;
    double *g;
} scaling;

enum { SCALE_PIECES = 64 };

static uint32_t norm_of_token(const scaling *s, uint32_t token)
{
    const matrix_token *t = matrix_token_at(s->m, token);
    if (t->count == 0 || s->words == NULL) {
        return SELECT_NORM_UNKNOWN;
    }
    uint32_t word = matrix_token_features(s->m, token)[0];
    return s->words->local[word] == NZ_NONE ? SELECT_NORM_UNKNOWN
                                            : select_norm(s->all_comments[word], s->total);
}

static void scale_piece(void *context, uint32_t piece, uint32_t worker)
{
    const scaling *s = context;
    const matrix *m = s->m;
    (void)worker;
    uint32_t end = team_cut(m->row_count, SCALE_PIECES, piece + 1);
    for (uint32_t r = team_cut(m->row_count, SCALE_PIECES, piece); r < end; r++) {
        uint64_t n = 0;
        for (uint64_t i = m->token_start[r]; i < m->token_start[r + 1]; i++) {
            n += (uint64_t)ARRAY_AT(uint8_t, &m->row_counts, i) *
                 norm_of_token(s, ARRAY_AT(uint32_t, &m->row_tokens, i));
        }
        /* f counts in 1/16, u in 1/32 (model.h). */
        s->g[r] = 1.0 / sqrt((double)n / 16.0 / MODEL_NORM_UNIT + s->floor);
    }
}

void select_scale_rows(const matrix *m, const space *words, const uint32_t *all_comments,
                       uint32_t total, double floor, team *threads, double *g)
{
    scaling s = {m, words, all_comments, total, floor, g};
    team_run(threads, scale_piece, &s, SCALE_PIECES);
}

/* ---- spaces ------------------------------------------------------------------------------- */

static nz_status space_new(space *s, uint32_t count, uint32_t matrix_count, nz_error *err)
{
    nz_allocator memory = memory_default();
    memset(s, 0, sizeof *s);
    s->count = count;
    s->matrix_count = matrix_count;
    s->feature = memory_new(&memory, count, sizeof *s->feature);
    s->local = memory_new(&memory, matrix_count, sizeof *s->local);
    s->scale = memory_new(&memory, count, sizeof *s->scale);
    if (s->feature == NULL || s->local == NULL || s->scale == NULL) {
        space_free(s);
        return status_no_memory(err);
    }
    memset(s->local, 0xff, matrix_count * sizeof *s->local);
    return NZ_OK;
}

void space_free(space *s)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, s->feature, s->count, sizeof *s->feature);
    memory_free(&memory, s->local, s->matrix_count, sizeof *s->local);
    memory_free(&memory, s->scale, s->count, sizeof *s->scale);
    memset(s, 0, sizeof *s);
}

static bool may_stay(const matrix_feature *f, uint32_t comments, const select_options *options)
{
    if (template_spells_text(f->template_) && f->digits) {
        return false;
    }
    uint32_t least = template_is_ngram(f->template_) ? options->min_comments_ngram
                                                     : options->min_comments;
    return comments >= least;
}

/* Least number of comments that keeps at most max_features of the candidates. */
static uint32_t least_comments(const matrix *m, const uint32_t *comments,
                               const select_options *options)
{
    enum { LEVELS = 4096 };
    uint32_t histogram[LEVELS] = {0}, total = 0;
    for (size_t f = 0; f < m->features.count; f++) {
        if (may_stay(&ARRAY_AT(matrix_feature, &m->features, f), comments[f], options)) {
            histogram[comments[f] < LEVELS ? comments[f] : LEVELS - 1]++;
            total++;
        }
    }
    uint32_t level = 0;
    for (; total > options->max_features && level < LEVELS - 1; level++) {
        total -= histogram[level];
    }
    return level;
}

nz_status select_space(space *out, const matrix *m, const uint32_t *comments,
                       const uint32_t *all_comments, uint32_t total,
                       const select_options *options, nz_error *err)
{
    uint32_t least = least_comments(m, comments, options), count = 0;
    for (size_t f = 0; f < m->features.count; f++) {
        count += comments[f] >= least &&
                 may_stay(&ARRAY_AT(matrix_feature, &m->features, f), comments[f], options);
    }
    NZ_TRY(space_new(out, count, (uint32_t)m->features.count, err));
    uint32_t at = 0;
    for (uint32_t f = 0; f < m->features.count; f++) {
        const matrix_feature *feature = &ARRAY_AT(matrix_feature, &m->features, f);
        if (comments[f] >= least && may_stay(feature, comments[f], options)) {
            out->feature[at] = f;
            out->local[f] = at;
            out->scale[at] = template_scale(feature->template_) *
                             (float)select_idf(all_comments[f], total);
            at++;
        }
    }
    return NZ_OK;
}

nz_status select_narrow(space *out, const space *from, const uint8_t *keep, nz_error *err)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        count += keep[i] != 0;
    }
    NZ_TRY(space_new(out, count, from->matrix_count, err));
    uint32_t at = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        if (keep[i]) {
            out->feature[at] = from->feature[i];
            out->local[from->feature[i]] = at;
            out->scale[at++] = from->scale[i];
        }
    }
    return NZ_OK;
}
