/* matrix.h - all rows as sparse data in the factored form of the score: comments x distinct
 * tokens, tokens x features, comments x cross features.  Made once for all heads, through
 * the very extractor that prediction uses, on all threads.
 *
 * It must not know labels or weights.
 * Invariant: numbers of tokens and features follow the order of the rows, whatever the
 * number of threads. */
#ifndef NZ_TRAIN_MATRIX_H
#define NZ_TRAIN_MATRIX_H

#include "feature/extract.h"
#include "train/containers.h"
#include "train/rows.h"

typedef struct matrix_token {
    const char *bytes;
    uint32_t len;
    uint8_t kind, reading;
    bool digits;          /* its key holds digits */
    uint64_t hash;
    uint64_t first;       /* its features are token_features[first .. first + count) */
    uint32_t count;       /* the first of them is the word itself */
} matrix_token;

typedef struct matrix_feature {
    uint64_t id;
    uint8_t template_;
    bool digits;
} matrix_feature;

typedef struct matrix {
    uint32_t row_count;
    uint64_t *token_start;  /* [row_count + 1] */
    array row_tokens;       /* uint32_t: numbers of the distinct tokens of a row ... */
    array row_counts;       /* uint8_t: ... and their f(count) in 1/16 */
    uint64_t *order_start;  /* [row_count + 1] */
    array row_order;        /* uint32_t: which of the row's distinct tokens stands there */
    uint64_t *cross_start;  /* [row_count + 1] */
    array row_cross;        /* uint32_t: features, one item an occurrence */
    uint8_t *language;      /* [row_count] nz_language */
    uint64_t *identity;     /* [row_count] equal for comments of the same words */
    bool *repeated;         /* [row_count] a training row before it has this identity */
    array tokens;           /* matrix_token */
    array token_features;   /* uint32_t */
    array features;         /* matrix_feature */
    arena memory;           /* bytes of the tokens */
} matrix;

typedef bool (*matrix_watch)(void *context, double done);

/* Read all rows.  words and rules are borrowed during the call.  watch may be NULL. */
NZ_NODISCARD nz_status matrix_build(matrix *out, const rows *r, const lexicon *words,
                                    const rules *rule_set, team *threads, matrix_watch watch,
                                    void *context, nz_error *err);
void matrix_free(matrix *m);

static inline const matrix_token *matrix_token_at(const matrix *m, uint32_t token)
{
    return &ARRAY_AT(matrix_token, &m->tokens, token);
}
static inline const uint32_t *matrix_token_features(const matrix *m, uint32_t token)
{
    return &ARRAY_AT(uint32_t, &m->token_features, matrix_token_at(m, token)->first);
}

#endif
