/* memory.h - the only place that allocates: sized resize through nz_allocator, and
 * an arena for what lives as long as one call or one build.
 *
 * It must not know what is stored.  Invariant: every size that reaches the
 * allocator was computed with overflow checks. */
#ifndef NZ_BASE_MEMORY_H
#define NZ_BASE_MEMORY_H

#include <stdbool.h>

#include "base/status.h"

/* a * b and a + b in size_t; false (and *out untouched) on overflow. */
bool memory_multiply(size_t a, size_t b, size_t *out);
bool memory_add(size_t a, size_t b, size_t *out);

/* The allocator that a NULL option means. */
nz_allocator memory_default(void);

/* malloc, calloc, realloc and free through allocator; NULL on failure or overflow.
 * Sizes are count * size bytes; freeing needs the same count and size.  A NULL allocator is
 * libc's. */
void *memory_new(const nz_allocator *allocator, size_t count, size_t size);
void *memory_new_zero(const nz_allocator *allocator, size_t count, size_t size);
void *memory_grow(const nz_allocator *allocator, void *ptr, size_t old_count, size_t new_count,
                  size_t size);
void memory_free(const nz_allocator *allocator, void *ptr, size_t count, size_t size);

/* Arena: blocks that are filled from the front and given back all at once.
 * Not thread-safe.  Pointers stay valid until reset or free. */
typedef struct arena_block arena_block;
typedef struct arena {
    nz_allocator allocator;
    arena_block *first;   /* oldest block, kept by reset */
    arena_block *current;
    size_t block_size;    /* bytes of a fresh block */
    size_t used_bytes;    /* handed out since the last reset */
    size_t limit_bytes;   /* cap of used_bytes; 0 is no cap */
} arena;

void arena_init(arena *a, const nz_allocator *allocator, size_t block_size, size_t limit_bytes);
/* size bytes aligned to 16, or NULL when memory or the cap is exhausted. */
void *arena_alloc(arena *a, size_t size);
void *arena_alloc_zero(arena *a, size_t size);
/* A NUL-terminated copy of len bytes. */
char *arena_copy(arena *a, const char *bytes, size_t len);
/* Forget everything, keep the memory. */
void arena_reset(arena *a);
void arena_free(arena *a);

#endif
