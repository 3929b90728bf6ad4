/* factors.c - see factors.h.  It must not know what the numbers stand for.
 * Invariant: that of factors.h. */
#include "train/factors.h"

#include <string.h>

void factors_free(factors *a)
{
    sparse_free(&a->row_token);
    sparse_free(&a->token_row);
    sparse_free(&a->token_feature);
    sparse_free(&a->feature_token);
    sparse_free(&a->row_cross);
    sparse_free(&a->cross_row);
}

/* Tokens of these rows, numbered by first appearance: map [matrix tokens], or NZ_NONE. */
static uint32_t number_tokens(const matrix *m, const uint32_t *rows_used, uint32_t count,
                              uint32_t *map, uint64_t *items)
{
    uint32_t tokens = 0;
    memset(map, 0xff, m->tokens.count * sizeof *map);
    *items = 0;
    for (uint32_t r = 0; r < count; r++) {
        uint64_t end = m->token_start[rows_used[r] + 1];
        *items += end - m->token_start[rows_used[r]];
        for (uint64_t i = m->token_start[rows_used[r]]; i < end; i++) {
            uint32_t token = ARRAY_AT(uint32_t, &m->row_tokens, i);
            if (map[token] == NZ_NONE) {
                map[token] = tokens++;
            }
        }
    }
    return tokens;
}

static nz_status join_tokens(factors *out, const matrix *m, const uint32_t *rows_used,
                             uint32_t count, const uint32_t *map, uint32_t tokens, uint64_t items)
{
    sparse *a = &out->row_token;
    NZ_TRY(sparse_new(a, count, tokens, items, true));
    uint64_t at = 0;
    for (uint32_t r = 0; r < count; r++) {
        a->start[r] = at;
        uint64_t end = m->token_start[rows_used[r] + 1];
        for (uint64_t i = m->token_start[rows_used[r]]; i < end; i++, at++) {
            a->col[at] = map[ARRAY_AT(uint32_t, &m->row_tokens, i)];
            a->value[at] = (float)ARRAY_AT(uint8_t, &m->row_counts, i) / 16.0f;
        }
    }
    return sparse_transpose(a, &out->token_row);
}

static nz_status join_features(factors *out, const matrix *m, const space *s, const uint32_t *map,
                               uint32_t tokens)
{
    nz_allocator memory = memory_default();
    uint32_t *token_of = memory_new(&memory, tokens, sizeof *token_of);
    if (token_of == NULL) {
        return NZ_E_MEMORY;
    }
    uint64_t items = 0, at = 0;
    for (uint32_t t = 0; t < m->tokens.count; t++) {
        const uint32_t *features = matrix_token_features(m, t);
        if (map[t] != NZ_NONE) {
            token_of[map[t]] = t;
            for (uint32_t k = 0; k < matrix_token_at(m, t)->count; k++) {
                items += s->local[features[k]] != NZ_NONE;
            }
        }
    }
    sparse *a = &out->token_feature;
    nz_status status = sparse_new(a, tokens, s->count, items, false);
    for (uint32_t t = 0; status == NZ_OK && t < tokens; t++) {
        const uint32_t *features = matrix_token_features(m, token_of[t]);
        a->start[t] = at;
        for (uint32_t k = 0; k < matrix_token_at(m, token_of[t])->count; k++) {
            if (s->local[features[k]] != NZ_NONE) {
                a->col[at++] = s->local[features[k]];
            }
        }
    }
    memory_free(&memory, token_of, tokens, sizeof *token_of);
    return status < 0 ? status : sparse_transpose(a, &out->feature_token);
}

static nz_status join_cross(factors *out, const matrix *m, const space *s,
                            const uint32_t *rows_used, uint32_t count)
{
    sparse *a = &out->row_cross;
    uint64_t items = 0, at = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t r = 0; r < count; r++) {
            if (pass == 1) {
                a->start[r] = at;
            }
            uint64_t end = m->cross_start[rows_used[r] + 1];
            for (uint64_t i = m->cross_start[rows_used[r]]; i < end; i++) {
                uint32_t local = s->local[ARRAY_AT(uint32_t, &m->row_cross, i)];
                if (local == NZ_NONE) {
                    continue;
                }
                if (pass == 1) {
                    a->col[at++] = local;
                }
                items += pass == 0;
            }
        }
        if (pass == 0) {
            NZ_TRY(sparse_new(a, count, s->count, items, false));
        }
    }
    return sparse_transpose(a, &out->cross_row);
}

nz_status factors_new(factors *out, const matrix *m, const space *s, const uint32_t *rows_used,
                      uint32_t count)
{
    nz_allocator memory = memory_default();
    memset(out, 0, sizeof *out);
    uint32_t *map = memory_new(&memory, m->tokens.count, sizeof *map);
    if (map == NULL) {
        return NZ_E_MEMORY;
    }
    uint64_t items;
    uint32_t tokens = number_tokens(m, rows_used, count, map, &items);
    nz_status status = join_tokens(out, m, rows_used, count, map, tokens, items);
    if (status == NZ_OK) {
        status = join_features(out, m, s, map, tokens);
    }
    if (status == NZ_OK) {
        status = join_cross(out, m, s, rows_used, count);
    }
    memory_free(&memory, map, m->tokens.count, sizeof *map);
    if (status < 0) {
        factors_free(out);
    }
    return status;
}
