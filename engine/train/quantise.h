/* quantise.h - float weights to the integer rows of model.h, and the scores that those
 * rows give, computed as prediction computes them.
 *
 * It must not know heads or labels: lanes are enough.
 * Invariant: on the training tokens no sum of rows reaches the clamp of int16. */
#ifndef NZ_TRAIN_QUANTISE_H
#define NZ_TRAIN_QUANTISE_H

#include "train/select.h"

typedef struct quantised {
    uint32_t lanes, row_bytes;
    uint32_t room;       /* rows that fit */
    uint32_t count;      /* rows kept: those that say something, and words that carry a norm */
    uint32_t space_count;
    uint64_t *features;  /* [count] ids */
    int8_t *rows;        /* [count][row_bytes] */
    uint32_t *row_of;    /* [space_count] or NZ_NONE */
    float *scales;       /* [lanes] */
} quantised;

/* weights [s->count][lanes].  norms: the rows carry the words' norms (first group). */
NZ_NODISCARD nz_status quantise_rows(quantised *out, const matrix *m, const space *s,
                                     const float *weights, uint32_t lanes, bool norms,
                                     const uint32_t *all_comments, uint32_t total, nz_error *err);
void quantised_free(quantised *q);

/* Text part of the logits, z [count][lanes], of the rows listed. */
NZ_NODISCARD nz_status quantised_score(const quantised *q, const matrix *m, const space *s,
                                       const double *g, const uint32_t *rows_used, uint32_t count,
                                       team *threads, float *z, nz_error *err);

#endif
