/* hash.c - feature hash and CRC-32C.  It must not know what is hashed.
 * Invariant: results are the same on every host and never change. */
#include "base/hash.h"

#include "base/endian.h"

/* Odd constants of good avalanche: the two of MurmurHash3's 64-bit finaliser
 * (Appleby) and the 64-bit golden ratio. */
#define MIX_A UINT64_C(0xff51afd7ed558ccd)
#define MIX_B UINT64_C(0xc4ceb9fe1a85ec53)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* The last 0..7 bytes, little-endian; loads may overlap, which writes a byte twice. */
static inline uint64_t load_tail(const unsigned char *b, size_t left)
{
    if (left >= 4) {
        return load_le32(b) | (uint64_t)load_le32(b + left - 4) << (8 * (left - 4));
    }
    if (left == 0) {
        return 0;
    }
    const size_t middle = left / 2, last = left - 1;
    return b[0] | (uint64_t)b[middle] << (8 * middle) | (uint64_t)b[last] << (8 * last);
}

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
    const unsigned char *b = bytes;
    uint64_t h = seed ^ (GOLDEN * ((uint64_t)len + 1));
    size_t left = len;
    for (; left >= 8; left -= 8, b += 8) {
        h = (h ^ load_le64(b)) * MIX_A;
        h ^= h >> 32;
    }
    h = (h ^ load_tail(b, left)) * MIX_B;
    return hash_finish(h);
}

#include "base/crc32c_table.inc"

/* Eight bytes a step, one table look-up each ("slicing by 8", Kounavis and Berry 2005). */
uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len)
{
    const unsigned char *b = bytes;
    crc = ~crc;
    for (; len >= 8; len -= 8, b += 8) {
        uint32_t low = crc ^ load_le32(b);
        uint32_t high = load_le32(b + 4);
        crc = crc_table[7][low & 0xffu] ^ crc_table[6][low >> 8 & 0xffu] ^
              crc_table[5][low >> 16 & 0xffu] ^ crc_table[4][low >> 24] ^
              crc_table[3][high & 0xffu] ^ crc_table[2][high >> 8 & 0xffu] ^
              crc_table[1][high >> 16 & 0xffu] ^ crc_table[0][high >> 24];
    }
    for (size_t i = 0; i < len; i++) {
        crc = crc_table[0][(crc ^ b[i]) & 0xffu] ^ (crc >> 8);
    }
    return ~crc;
}
