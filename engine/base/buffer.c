/* buffer.c - the growable byte buffer.  It must not know what the bytes mean. */
#include "base/buffer.h"

#include <string.h>

#include "base/endian.h"

void buffer_init(buffer *b, const nz_allocator *allocator, size_t cap)
{
    b->allocator = allocator != NULL ? *allocator : memory_default();
    b->bytes = NULL;
    b->size = 0;
    b->capacity = 0;
    b->cap = cap;
}

void buffer_free(buffer *b)
{
    memory_free(&b->allocator, b->bytes, b->capacity, 1);
    b->bytes = NULL;
    b->size = 0;
    b->capacity = 0;
}

void buffer_clear(buffer *b)
{
    b->size = 0;
}

nz_status buffer_reserve(buffer *b, size_t extra)
{
    if (extra > b->cap - b->size) {
        return NZ_E_LIMIT;
    }
    size_t needed = b->size + extra;
    if (needed <= b->capacity) {
        return NZ_OK;
    }
    size_t grown = b->capacity < b->cap / 2 ? b->capacity * 2 : b->cap;
    if (grown < needed) {
        grown = needed;
    }
    if (grown < 256 && b->cap >= 256) {
        grown = 256;
    }
    void *bytes = memory_grow(&b->allocator, b->bytes, b->capacity, grown, 1);
    if (bytes == NULL) {
        return NZ_E_MEMORY;
    }
    b->bytes = bytes;
    b->capacity = grown;
    return NZ_OK;
}

nz_status buffer_append(buffer *b, const void *bytes, size_t len)
{
    NZ_TRY(buffer_reserve(b, len));
    if (len != 0) {
        memcpy(b->bytes + b->size, bytes, len);
        b->size += len;
    }
    return NZ_OK;
}

nz_status buffer_append_byte(buffer *b, unsigned char byte)
{
    return buffer_append(b, &byte, 1);
}

nz_status buffer_append_zero(buffer *b, size_t len)
{
    NZ_TRY(buffer_reserve(b, len));
    if (len != 0) {
        memset(b->bytes + b->size, 0, len);
        b->size += len;
    }
    return NZ_OK;
}

nz_status buffer_append_u16(buffer *b, uint16_t value)
{
    unsigned char bytes[2];
    store_le16(bytes, value);
    return buffer_append(b, bytes, sizeof bytes);
}

nz_status buffer_append_u32(buffer *b, uint32_t value)
{
    unsigned char bytes[4];
    store_le32(bytes, value);
    return buffer_append(b, bytes, sizeof bytes);
}

nz_status buffer_append_u64(buffer *b, uint64_t value)
{
    unsigned char bytes[8];
    store_le64(bytes, value);
    return buffer_append(b, bytes, sizeof bytes);
}

nz_status buffer_append_f32(buffer *b, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return buffer_append_u32(b, bits);
}

nz_status buffer_append_f64(buffer *b, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return buffer_append_u64(b, bits);
}
