/* memo.h - tokens and their vectors, found again by their bytes in full, kind and reading.
 *
 * One table is the bounded memo that outlives comments; another holds what a single comment
 * needs beyond it (long tokens, no memo, memo full), so that a slot never moves or vanishes
 * while a comment is being read.
 * It must not know weights.  Invariant: an entry is never moved or given back before
 * memo_clear(); what is found does not depend on what was stored before. */
#ifndef NZ_PREDICT_MEMO_H
#define NZ_PREDICT_MEMO_H

#include "feature/extract.h"

/* A token.  Behind it lie its lanes, then its bytes. */
typedef struct memo_entry {
    extract_slot slot;  /* first: the extractor sees an entry as its slot */
    uint32_t len;
    uint16_t norm;      /* u in 1/32 */
    uint8_t kind, reading;
    uint32_t known;     /* 1: some feature of it is in the model */
} memo_entry;

typedef struct memo_cell {
    uint64_t hash;
    memo_entry *entry; /* NULL: free */
} memo_cell;

typedef struct memo {
    nz_allocator allocator;
    uint64_t seed;
    memo_cell *cells;    /* open addressing, at most half full */
    uint32_t cell_count; /* power of two */
    uint32_t entry_count;
    uint32_t lane_count; /* multiple of 8 */
    size_t limit_bytes;  /* of cells and entries together; 0: none */
    arena entries;
} memo;

/* Lanes of an entry: right behind it. */
static inline int16_t *memo_lanes(const memo_entry *e)
{
    return (int16_t *)(uintptr_t)(e + 1);
}

/* The seed should differ between sessions: input that makes one table slow then does not know
 * the next one.  Results never depend on it. */
void memo_init(memo *m, uint32_t lane_count, size_t limit_bytes, uint64_t seed,
               const nz_allocator *allocator);
void memo_free(memo *m);
/* Forget every entry, keep the memory; beyond keep_bytes it is given back. */
void memo_clear(memo *m, size_t keep_bytes);

uint64_t memo_hash(const memo *m, const char *bytes, uint32_t len, nz_token_kind kind,
                   nz_language reading);
/* Ask memory for what memo_find() reads first. */
static inline void memo_prefetch_cell(const memo *m, uint64_t hash)
{
    if (m->cell_count != 0) {
        __builtin_prefetch(&m->cells[hash & (m->cell_count - 1)]);
    }
}
/* The entry of a token, or NULL. */
memo_entry *memo_find(const memo *m, uint64_t hash, const char *bytes, uint32_t len,
                      nz_token_kind kind, nz_language reading);
/* A new entry for a token that memo_find() did not find: zeroed, with its bytes.  NULL when
 * the limit is reached, the table is crowded around this hash, or memory is out. */
memo_entry *memo_add(memo *m, uint64_t hash, const char *bytes, uint32_t len, nz_token_kind kind,
                     nz_language reading);

#endif
