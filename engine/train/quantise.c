/* quantise.c - see quantise.h.  A lane's scale spreads its largest weight (or token sum)
 * over the integers; a row's shift trades range for precision.
 * It must not know how weights were found.  Invariant: that of quantise.h. */
#include "train/quantise.h"

#include <math.h>
#include <string.h>

#include "model/model.h"

/* 127 << 7 is the largest row value; sums stay this far below the clamp at 32767. */
static const double row_top = 127.0 * 128.0;
static const double sum_top = 32000.0;

static uint32_t row_bytes_of(uint32_t lanes)
{
    return (MODEL_ROW_HEADER + lanes + 7u) & ~7u;
}

static nz_status quantised_new(quantised *q, uint32_t space_count, uint32_t lanes, nz_error *err)
{
    nz_allocator memory = memory_default();
    memset(q, 0, sizeof *q);
    q->lanes = lanes;
    q->row_bytes = row_bytes_of(lanes);
    q->room = q->space_count = space_count;
    q->features = memory_new(&memory, q->room, sizeof *q->features);
    q->rows = memory_new_zero(&memory, (size_t)q->room * q->row_bytes, 1);
    q->row_of = memory_new(&memory, space_count, sizeof *q->row_of);
    q->scales = memory_new(&memory, lanes, sizeof *q->scales);
    if (q->features == NULL || q->rows == NULL || q->row_of == NULL || q->scales == NULL) {
        quantised_free(q);
        return status_no_memory(err);
    }
    return NZ_OK;
}

void quantised_free(quantised *q)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, q->features, q->room, sizeof *q->features);
    memory_free(&memory, q->rows, (size_t)q->room * q->row_bytes, 1);
    memory_free(&memory, q->row_of, q->space_count, sizeof *q->row_of);
    memory_free(&memory, q->scales, q->lanes, sizeof *q->scales);
    memset(q, 0, sizeof *q);
}

/* ---- scales ---------------------------------------------------------------------------- */

/* Largest |weight| and |sum over a token's features| of one lane. */
static void find_extremes(const matrix *m, const space *s, const float *weights, uint32_t lanes,
                          double *weight_top, double *token_top)
{
    double sum[MODEL_MAX_LABELS];
    for (uint32_t f = 0; f < s->count; f++) {
        for (uint32_t k = 0; k < lanes; k++) {
            double w = fabs((double)weights[(size_t)f * lanes + k]);
            weight_top[k] = w > weight_top[k] ? w : weight_top[k];
        }
    }
    for (uint32_t t = 0; t < m->tokens.count; t++) {
        const uint32_t *features = matrix_token_features(m, t);
        memset(sum, 0, lanes * sizeof *sum);
        for (uint32_t i = 0; i < matrix_token_at(m, t)->count; i++) {
            uint32_t local = s->local[features[i]];
            for (uint32_t k = 0; local != NZ_NONE && k < lanes; k++) {
                sum[k] += (double)weights[(size_t)local * lanes + k];
            }
        }
        for (uint32_t k = 0; k < lanes; k++) {
            token_top[k] = fabs(sum[k]) > token_top[k] ? fabs(sum[k]) : token_top[k];
        }
    }
}

static nz_status find_scales(quantised *q, const matrix *m, const space *s, const float *weights,
                             nz_error *err)
{
    nz_allocator memory = memory_default();
    double *tops = memory_new_zero(&memory, (size_t)2 * q->lanes, sizeof *tops);
    if (tops == NULL) {
        return status_no_memory(err);
    }
    find_extremes(m, s, weights, q->lanes, tops, tops + q->lanes);
    for (uint32_t k = 0; k < q->lanes; k++) {
        double by_row = tops[k] / row_top, by_token = tops[q->lanes + k] / sum_top;
        double scale = by_row > by_token ? by_row : by_token;
        q->scales[k] = scale > 0.0 ? (float)scale : 1.0f;
    }
    memory_free(&memory, tops, (size_t)2 * q->lanes, sizeof *tops);
    return NZ_OK;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* The lanes of one row; false when all of them are 0. */
static bool fill_row(const quantised *q, const float *weights, int8_t *row)
{
    double top = 0.0;
    for (uint32_t k = 0; k < q->lanes; k++) {
        double value = fabs((double)weights[k] / (double)q->scales[k]);
        top = value > top ? value : top;
    }
    int shift = 0;
    while (shift < 7 && top > 127.49 * (double)(1 << shift)) {
        shift++;
    }
    bool says = false;
    for (uint32_t k = 0; k < q->lanes; k++) {
        double value = (double)weights[k] / (double)q->scales[k] / (double)(1 << shift);
        value = floor(value + 0.5);
        value = value > 127.0 ? 127.0 : value < -127.0 ? -127.0 : value;
        row[MODEL_ROW_HEADER + k] = (int8_t)value;
        says = says || value != 0.0;
    }
    row[0] = (int8_t)(says ? shift : 0);
    return says;
}

/* Marks the features that are the word itself of some token. */
static void mark_words(const matrix *m, const space *s, uint8_t *word)
{
    for (uint32_t t = 0; t < m->tokens.count; t++) {
        if (matrix_token_at(m, t)->count != 0) {
            uint32_t local = s->local[matrix_token_features(m, t)[0]];
            if (local != NZ_NONE) {
                word[local] = 1;
            }
        }
    }
}

nz_status quantise_rows(quantised *out, const matrix *m, const space *s, const float *weights,
                        uint32_t lanes, bool norms, const uint32_t *all_comments, uint32_t total,
                        nz_error *err)
{
    nz_allocator memory = memory_default();
    NZ_TRY(quantised_new(out, s->count, lanes, err));
    uint8_t *word = memory_new_zero(&memory, s->count, 1);
    nz_status status = word == NULL ? status_no_memory(err) : find_scales(out, m, s, weights, err);
    if (status == NZ_OK && norms) {
        mark_words(m, s, word);
    }
    for (uint32_t f = 0; status == NZ_OK && f < s->count; f++) {
        int8_t *row = out->rows + (size_t)out->count * out->row_bytes;
        bool says = fill_row(out, weights + (size_t)f * lanes, row);
        if (!says && !word[f]) {
            out->row_of[f] = NZ_NONE;
            continue;
        }
        row[1] = word[f] ? (int8_t)select_norm(all_comments[s->feature[f]], total) : 0;
        out->features[out->count] = ARRAY_AT(matrix_feature, &m->features, s->feature[f]).id;
        out->row_of[f] = out->count++;
    }
    memory_free(&memory, word, s->count, 1);
    if (status < 0) {
        quantised_free(out);
    }
    return status;
}

/* ---- scores --------------------------------------------------------------------------------- */

enum { PIECES = 64 };

typedef struct scoring {
    const quantised *q;
    const matrix *m;
    const space *s;
    const double *g;
    const uint32_t *rows_used;
    uint32_t count;
    int16_t *tokens; /* [matrix tokens][lanes] */
    float *z;
} scoring;

static const int8_t *row_of(const scoring *s, uint32_t feature)
{
    uint32_t local = s->s->local[feature];
    uint32_t row = local == NZ_NONE ? NZ_NONE : s->q->row_of[local];
    return row == NZ_NONE ? NULL : s->q->rows + (size_t)row * s->q->row_bytes;
}

static void sum_tokens(void *context, uint32_t piece, uint32_t worker)
{
    const scoring *s = context;
    uint32_t lanes = s->q->lanes, tokens = (uint32_t)s->m->tokens.count;
    int32_t sum[MODEL_MAX_LABELS];
    (void)worker;
    for (uint32_t t = team_cut(tokens, PIECES, piece); t < team_cut(tokens, PIECES, piece + 1);
         t++) {
        const uint32_t *features = matrix_token_features(s->m, t);
        memset(sum, 0, lanes * sizeof *sum);
        for (uint32_t i = 0; i < matrix_token_at(s->m, t)->count; i++) {
            const int8_t *row = row_of(s, features[i]);
            for (uint32_t k = 0; row != NULL && k < lanes; k++) {
                sum[k] += row[MODEL_ROW_HEADER + k] * (1 << row[0]);
            }
        }
        for (uint32_t k = 0; k < lanes; k++) {
            int32_t v = sum[k] > INT16_MAX ? INT16_MAX : sum[k] < INT16_MIN ? INT16_MIN : sum[k];
            s->tokens[(size_t)t * lanes + k] = (int16_t)v;
        }
    }
}

static void score_one(const scoring *s, uint32_t r, float *z)
{
    uint32_t lanes = s->q->lanes;
    int64_t total[MODEL_MAX_LABELS];
    memset(total, 0, lanes * sizeof *total);
    for (uint64_t i = s->m->token_start[r]; i < s->m->token_start[r + 1]; i++) {
        const int16_t *v =
            s->tokens + (size_t)ARRAY_AT(uint32_t, &s->m->row_tokens, i) * lanes;
        int32_t f = ARRAY_AT(uint8_t, &s->m->row_counts, i);
        for (uint32_t k = 0; k < lanes; k++) {
            total[k] += (int64_t)v[k] * f;
        }
    }
    for (uint64_t i = s->m->cross_start[r]; i < s->m->cross_start[r + 1]; i++) {
        const int8_t *row = row_of(s, ARRAY_AT(uint32_t, &s->m->row_cross, i));
        for (uint32_t k = 0; row != NULL && k < lanes; k++) {
            total[k] += (int64_t)row[MODEL_ROW_HEADER + k] * (1 << row[0]) * 16;
        }
    }
    for (uint32_t k = 0; k < lanes; k++) {
        z[k] = (float)(s->g[r] * (double)total[k] * (double)s->q->scales[k] / 16.0);
    }
}

static void score_rows(void *context, uint32_t piece, uint32_t worker)
{
    const scoring *s = context;
    (void)worker;
    uint32_t end = team_cut(s->count, PIECES, piece + 1);
    for (uint32_t i = team_cut(s->count, PIECES, piece); i < end; i++) {
        score_one(s, s->rows_used[i], s->z + (size_t)i * s->q->lanes);
    }
}

nz_status quantised_score(const quantised *q, const matrix *m, const space *s, const double *g,
                          const uint32_t *rows_used, uint32_t count, team *threads, float *z,
                          nz_error *err)
{
    nz_allocator memory = memory_default();
    size_t room = m->tokens.count * q->lanes;
    scoring work = {q, m, s, g, rows_used, count, NULL, z};
    work.tokens = memory_new(&memory, room, sizeof *work.tokens);
    if (work.tokens == NULL) {
        return status_no_memory(err);
    }
    team_run(threads, sum_tokens, &work, PIECES);
    team_run(threads, score_rows, &work, PIECES);
    memory_free(&memory, work.tokens, room, sizeof *work.tokens);
    return NZ_OK;
}
