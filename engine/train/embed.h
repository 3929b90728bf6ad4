/* embed.h - a dense vector for every common word, learnt without labels from all training
 * comments: the leading singular vectors of the positive pointwise mutual information of
 * words that stand near each other (Levy, Goldberg, Dagan 2015, "Improving distributional
 * similarity with lessons learned from word embeddings", equations 3 and 5).  A comment's
 * vector is the scaled sum of its words', so that weights on it fold into the words' own
 * weights after a fit: prediction does not know of them.
 *
 * It must not know labels or heads.
 * Invariant: the vectors do not depend on the number of threads. */
#ifndef NZ_TRAIN_EMBED_H
#define NZ_TRAIN_EMBED_H

#include "train/select.h"

typedef struct embedding {
    uint32_t dims;    /* 0: there are none, for the words are too few */
    space words;      /* features that have a vector: each is the word itself of some token */
    float *vectors;   /* [words.count][dims] */
} embedding;

typedef struct embed_options {
    uint32_t dims;
    uint32_t min_comments; /* training comments behind a vector */
    double strength;       /* length of a vector, relative to the word's own scale */
    uint64_t seed;
} embed_options;

/* comments [features of the matrix], total: of all training rows. */
NZ_NODISCARD nz_status embed_learn(embedding *out, const matrix *m, const rows *r,
                                   const uint32_t *comments, uint32_t total,
                                   const embed_options *options, team *threads, nz_error *err);
void embed_free(embedding *e);

/* The vector of a feature of the matrix, or NULL. */
const float *embed_vector(const embedding *e, uint32_t feature);

#endif
