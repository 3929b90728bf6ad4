/* bytes.h - a growable run of bytes: rows on their way in and out.
 * The command has nothing to fall back on without memory, so running out of it ends the
 * process with a message; callers therefore check nothing.
 * Invariant: size <= capacity; data is NULL only while capacity is 0. */
#ifndef NAZAR_CLI_BYTES_H
#define NAZAR_CLI_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct bytes {
    char *data;
    size_t size;
    size_t capacity;
} bytes;

/* realloc() that ends the process when there is no memory.  size 0 frees. */
void *memory_resize(void *pointer, size_t size);
/* Room for at least one more element of an array; doubles it. */
void *array_grow(void *array, size_t *capacity, size_t element_size);

/* Make room for more further bytes. */
void bytes_reserve(bytes *b, size_t more);
void bytes_free(bytes *b);
/* snprintf() at the end. */
void bytes_format(bytes *b, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

static inline void bytes_append(bytes *b, const void *data, size_t size)
{
    if (b->capacity - b->size < size)
        bytes_reserve(b, size);
    if (size != 0)
        memcpy(b->data + b->size, data, size);
    b->size += size;
}

static inline void bytes_text(bytes *b, const char *text)
{
    bytes_append(b, text, strlen(text));
}

static inline void bytes_byte(bytes *b, char byte)
{
    if (b->size == b->capacity)
        bytes_reserve(b, 1);
    b->data[b->size++] = byte;
}

/* What begins at a place; readable text also where there never was any (data is NULL then). */
static inline const char *bytes_at(const bytes *b, size_t place)
{
    return b->data == NULL ? "" : b->data + place;
}

/* A NUL after the end that is not counted. */
static inline const char *bytes_string(bytes *b)
{
    bytes_reserve(b, 1);
    b->data[b->size] = '\0';
    return b->data;
}

#endif /* NAZAR_CLI_BYTES_H */
