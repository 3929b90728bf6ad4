/* containers.h - what the rooms of training store things in: a growable array, a map from
 * 64-bit ids to dense numbers, and a team of threads that shares out numbered pieces.
 *
 * It must not know rows, features or heads.
 * Invariant: which thread does a piece never shows in a result. */
#ifndef NZ_TRAIN_CONTAINERS_H
#define NZ_TRAIN_CONTAINERS_H

#include "base/memory.h"

/* ---- array: items of one size, growing at the end ------------------------------- */

typedef struct array {
    void *items;
    size_t count, capacity;
    size_t item_size;
} array;

void array_init(array *a, size_t item_size);
void array_free(array *a);
/* n fresh zeroed items at the end, or NULL when memory is exhausted. */
void *array_push(array *a, size_t n);
/* Copy one item to the end. */
NZ_NODISCARD nz_status array_add(array *a, const void *item);
#define ARRAY_AT(type, a, i) (((type *)(a)->items)[i])

/* ---- idmap: id -> 0, 1, 2 ... in order of first appearance ---------------------- */

typedef struct idmap {
    uint64_t *keys;
    uint32_t *values; /* NZ_NONE marks a free place */
    size_t capacity;  /* power of two */
    uint32_t count;
} idmap;

void idmap_init(idmap *m);
void idmap_free(idmap *m);
/* The number of id, or NZ_NONE. */
uint32_t idmap_find(const idmap *m, uint64_t id);
/* The number of id, which becomes count when it is new; NZ_E_MEMORY. */
NZ_NODISCARD nz_status idmap_add(idmap *m, uint64_t id, uint32_t *number);

/* ---- team ---------------------------------------------------------------------- */

typedef struct team team;

/* threads 0: one per processor that this process may use.  At most 256. */
NZ_NODISCARD nz_status team_new(team **out, uint32_t threads, nz_error *err);
void team_free(team *t);
uint32_t team_size(const team *t);

/* One piece of work: piece 0 .. pieces - 1, done by worker 0 .. team_size - 1. */
typedef void (*team_work)(void *context, uint32_t piece, uint32_t worker);
/* Do all pieces, on all threads, and wait. */
void team_run(team *t, team_work work, void *context, uint32_t pieces);

/* Bounds of piece i when n items are cut into equal pieces. */
static inline uint32_t team_cut(uint32_t n, uint32_t pieces, uint32_t i)
{
    return (uint32_t)((uint64_t)n * i / pieces);
}

#endif
