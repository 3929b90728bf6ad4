/* endian.h - little-endian loads and stores by bytes, for files and for hashing.
 * It must not know what the numbers mean.  Invariant: no alignment is assumed. */
#ifndef NZ_BASE_ENDIAN_H
#define NZ_BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint16_t load_le16(const void *at)
{
    const unsigned char *b = at;
    return (uint16_t)(b[0] | (uint16_t)b[1] << 8);
}

static inline uint32_t load_le32(const void *at)
{
    const unsigned char *b = at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t load_le64(const void *at)
{
    const unsigned char *b = at;
    return (uint64_t)load_le32(b) | (uint64_t)load_le32(b + 4) << 32;
}

static inline float load_lef32(const void *at)
{
    uint32_t bits = load_le32(at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double load_lef64(const void *at)
{
    uint64_t bits = load_le64(at);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void store_le16(void *at, uint16_t value)
{
    unsigned char *b = at;
    b[0] = (unsigned char)value;
    b[1] = (unsigned char)(value >> 8);
}

static inline void store_le32(void *at, uint32_t value)
{
    unsigned char *b = at;
    b[0] = (unsigned char)value;
    b[1] = (unsigned char)(value >> 8);
    b[2] = (unsigned char)(value >> 16);
    b[3] = (unsigned char)(value >> 24);
}

static inline void store_le64(void *at, uint64_t value)
{
    unsigned char *b = at;
    store_le32(b, (uint32_t)value);
    store_le32(b + 4, (uint32_t)(value >> 32));
}

#endif
