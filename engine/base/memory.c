/* memory.c - checked sizes, the allocator door, and the arena.
 * It must not know what is stored.  Invariant: a block never moves. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool memory_multiply(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b) {
        return false;
    }
    *out = a * b;
    return true;
}

bool memory_add(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b) {
        return false;
    }
    *out = a + b;
    return true;
}

static void *libc_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

static const nz_allocator libc_allocator = {NULL, libc_resize};

nz_allocator memory_default(void)
{
    return libc_allocator;
}

static const nz_allocator *or_libc(const nz_allocator *allocator)
{
    return allocator != NULL ? allocator : &libc_allocator;
}

void *memory_new(const nz_allocator *allocator, size_t count, size_t size)
{
    size_t bytes;
    if (!memory_multiply(count, size, &bytes)) {
        return NULL;
    }
    allocator = or_libc(allocator);
    return allocator->resize(allocator->context, NULL, 0, bytes == 0 ? 1 : bytes);
}

void *memory_new_zero(const nz_allocator *allocator, size_t count, size_t size)
{
    void *ptr = memory_new(allocator, count, size);
    if (ptr != NULL) {
        memset(ptr, 0, count * size);
    }
    return ptr;
}

void *memory_grow(const nz_allocator *allocator, void *ptr, size_t old_count, size_t new_count,
                  size_t size)
{
    size_t bytes;
    if (!memory_multiply(new_count, size, &bytes)) {
        return NULL;
    }
    allocator = or_libc(allocator);
    return allocator->resize(allocator->context, ptr, old_count * size, bytes == 0 ? 1 : bytes);
}

void memory_free(const nz_allocator *allocator, void *ptr, size_t count, size_t size)
{
    if (ptr != NULL) {
        allocator = or_libc(allocator);
        (void)allocator->resize(allocator->context, ptr, count * size, 0);
    }
}

/* ---- arena ----------------------------------------------------------------- */

enum { ARENA_ALIGN = 16 };

struct arena_block {
    arena_block *next;
    size_t capacity; /* bytes behind the header */
    size_t used;
    size_t padding;  /* keeps the header a multiple of ARENA_ALIGN */
};

static unsigned char *block_bytes(arena_block *block)
{
    return (unsigned char *)(block + 1);
}

void arena_init(arena *a, const nz_allocator *allocator, size_t block_size, size_t limit_bytes)
{
    a->allocator = allocator != NULL ? *allocator : memory_default();
    a->first = NULL;
    a->current = NULL;
    a->block_size = block_size < 1024 ? 1024 : block_size;
    a->used_bytes = 0;
    a->limit_bytes = limit_bytes;
}

/* The next block that holds size bytes: a kept one, else a new one after current. */
static arena_block *block_for(arena *a, size_t size)
{
    arena_block *next = a->current != NULL ? a->current->next : a->first;
    if (next != NULL && next->capacity >= size) {
        next->used = 0;
        return next;
    }
    size_t capacity = size > a->block_size ? size : a->block_size;
    size_t bytes;
    if (!memory_add(capacity, sizeof(arena_block), &bytes)) {
        return NULL;
    }
    arena_block *block = memory_new(&a->allocator, bytes, 1);
    if (block == NULL) {
        return NULL;
    }
    block->capacity = capacity;
    block->used = 0;
    block->padding = 0;
    block->next = next;
    if (a->current != NULL) {
        a->current->next = block;
    } else {
        a->first = block;
    }
    return block;
}

void *arena_alloc(arena *a, size_t size)
{
    if (size > SIZE_MAX - ARENA_ALIGN) {
        return NULL;
    }
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (a->limit_bytes != 0 && size > a->limit_bytes - a->used_bytes) {
        return NULL;
    }
    if (a->current == NULL || a->current->capacity - a->current->used < size) {
        arena_block *block = block_for(a, size);
        if (block == NULL) {
            return NULL;
        }
        a->current = block;
    }
    void *ptr = block_bytes(a->current) + a->current->used;
    a->current->used += size;
    a->used_bytes += size;
    return ptr;
}

void *arena_alloc_zero(arena *a, size_t size)
{
    void *ptr = arena_alloc(a, size);
    if (ptr != NULL) {
        memset(ptr, 0, size);
    }
    return ptr;
}

char *arena_copy(arena *a, const char *bytes, size_t len)
{
    if (len == SIZE_MAX) {
        return NULL;
    }
    char *copy = arena_alloc(a, len + 1);
    if (copy != NULL) {
        if (len != 0) {
            memcpy(copy, bytes, len);
        }
        copy[len] = '\0';
    }
    return copy;
}

void arena_reset(arena *a)
{
    a->current = a->first;
    if (a->current != NULL) {
        a->current->used = 0;
    }
    a->used_bytes = 0;
}

void arena_free(arena *a)
{
    for (arena_block *block = a->first; block != NULL;) {
        arena_block *next = block->next;
        memory_free(&a->allocator, block, block->capacity + sizeof(arena_block), 1);
        block = next;
    }
    a->first = NULL;
    a->current = NULL;
    a->used_bytes = 0;
}
