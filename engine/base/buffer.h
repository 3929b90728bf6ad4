/* buffer.h - a growable byte buffer with a cap that is given when it is made.
 *
 * It must not know what the bytes mean.  Invariant: size <= capacity <= cap, and
 * a failed append leaves the buffer as it was. */
#ifndef NZ_BASE_BUFFER_H
#define NZ_BASE_BUFFER_H

#include "base/memory.h"

typedef struct buffer {
    nz_allocator allocator;
    unsigned char *bytes;
    size_t size;
    size_t capacity;
    size_t cap; /* most bytes that it may ever hold */
} buffer;

void buffer_init(buffer *b, const nz_allocator *allocator, size_t cap);
void buffer_free(buffer *b);
void buffer_clear(buffer *b);
/* Room for extra more bytes.  NZ_E_LIMIT past the cap, NZ_E_MEMORY. */
NZ_NODISCARD nz_status buffer_reserve(buffer *b, size_t extra);
NZ_NODISCARD nz_status buffer_append(buffer *b, const void *bytes, size_t len);
NZ_NODISCARD nz_status buffer_append_byte(buffer *b, unsigned char byte);
/* Append len zero bytes. */
NZ_NODISCARD nz_status buffer_append_zero(buffer *b, size_t len);
/* Little-endian integers, whatever the host. */
NZ_NODISCARD nz_status buffer_append_u16(buffer *b, uint16_t value);
NZ_NODISCARD nz_status buffer_append_u32(buffer *b, uint32_t value);
NZ_NODISCARD nz_status buffer_append_u64(buffer *b, uint64_t value);
NZ_NODISCARD nz_status buffer_append_f32(buffer *b, float value);
NZ_NODISCARD nz_status buffer_append_f64(buffer *b, double value);

#endif
