/* taxonomy.h - the taxonomy file: heads, labels, teams, channels, forbidden pairs, routes,
 * priority.  The only reader of its JSON.
 *
 * It must not know rows or weights.
 * Invariant: after taxonomy_read() every head, label and team that something refers to
 * exists. */
#ifndef NZ_TRAIN_TAXONOMY_H
#define NZ_TRAIN_TAXONOMY_H

#include "model/model.h"

/* What a label of another head says of a derived binary head. */
typedef enum taxonomy_says { TAXONOMY_SILENT = 0, TAXONOMY_YES, TAXONOMY_NO } taxonomy_says;

typedef struct taxonomy_head {
    const char *name;
    nz_head_kind kind;
    const char *group;          /* heads of one group share their features */
    uint32_t label_count;
    const model_label *labels;
    uint32_t empty;             /* answer to an empty text, or NZ_NONE */
    uint32_t none;              /* label that stands for "nothing stated", or NZ_NONE */
    uint32_t derived_head;      /* a binary head may follow from this one, or NZ_NONE */
    const uint8_t *derived;     /* [labels of derived_head] taxonomy_says */
} taxonomy_head;

typedef struct taxonomy {
    arena memory;
    const taxonomy_head *heads;
    uint32_t head_count;
    model_taxonomy rules; /* head numbers are those of this list */
} taxonomy;

NZ_NODISCARD nz_status taxonomy_read(taxonomy *out, const char *path, nz_error *err);
void taxonomy_free(taxonomy *t);

/* Index of a head or label, or NZ_NONE. */
uint32_t taxonomy_find_head(const taxonomy *t, const char *name);
uint32_t taxonomy_find_label(const taxonomy_head *head, const char *name, size_t len);

/* The rules for a model that holds only some heads: new_head[old] is its number there, or
 * NZ_NONE.  Rules that speak of a missing head are left out.  *out borrows from t. */
NZ_NODISCARD nz_status taxonomy_restrict(taxonomy *t, const uint32_t *new_head,
                                         model_taxonomy *out, nz_error *err);

#endif
