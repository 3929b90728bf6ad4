/* select.h - which features a group of heads may use, how strong each may become, and the
 * norm that scales a comment.
 *
 * It must not know weights.
 * Invariant: a feature that spells text is only kept when enough different comments hold
 * it, and never when it holds digits. */
#ifndef NZ_TRAIN_SELECT_H
#define NZ_TRAIN_SELECT_H

#include "train/matrix.h"

/* Features of a group: numbers 0 .. count - 1 stand for features of the matrix. */
typedef struct space {
    uint32_t count;
    uint32_t matrix_count;  /* features of the matrix */
    uint32_t *feature;      /* [count] number in the matrix, rising */
    uint32_t *local;        /* [matrix_count] number here, or NZ_NONE */
    float *scale;           /* [count] s = template scale * idf */
} space;

typedef struct select_options {
    uint32_t min_comments, min_comments_ngram;
    uint32_t max_features;
} select_options;

/* In how many different training comments each feature stands: all of them, or those whose
 * row is marked in `use` [rows]. */
NZ_NODISCARD nz_status select_count(const matrix *m, const rows *r, const uint8_t *use,
                                    team *threads, uint32_t *comments, nz_error *err);

/* idf of a feature, scaled so that its square fits the norm byte: 0 .. below 2. */
double select_idf(uint32_t comments, uint32_t total);
/* Norm byte u of a word. */
uint8_t select_norm(uint32_t comments, uint32_t total);

/* The features with enough comments; over max_features those in most comments.
 * comments: in this group's rows; all_comments and total: in all training rows. */
NZ_NODISCARD nz_status select_space(space *out, const matrix *m, const uint32_t *comments,
                                    const uint32_t *all_comments, uint32_t total,
                                    const select_options *options, nz_error *err);
/* The features of `from` that are marked in keep [from->count]. */
NZ_NODISCARD nz_status select_narrow(space *out, const space *from, const uint8_t *keep,
                                     nz_error *err);
void space_free(space *s);

/* g of every row: 1 / sqrt(N + floor), N from the words of the first group's space (NULL:
 * no words are known). */
void select_scale_rows(const matrix *m, const space *words, const uint32_t *all_comments,
                       uint32_t total, double floor, team *threads, double *g);

/* u of every word that the model does not know: that of a word in one comment. */
#define SELECT_NORM_UNKNOWN 127u
#define SELECT_NORM_FLOOR 0.5

#endif
