/* hash.h - the 64-bit hash that names features, and CRC-32C for files.
 *
 * It must not know what is hashed.  Invariant: both functions are part of the model
 * format and never change; tests/base holds their vectors.  Neither is meant to
 * resist an attacker: tables that grow with input compare keys in full. */
#ifndef NZ_BASE_HASH_H
#define NZ_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Hash of len unsigned bytes, read little-endian, under a seed. */
uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed);
/* Avalanche of one word: the 64-bit finaliser of MurmurHash3 (Appleby). */
static inline uint64_t hash_finish(uint64_t h)
{
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h;
}
/* Hash of two hashes, order matters.  Inline: it names every pair of words. */
static inline uint64_t hash_pair(uint64_t first, uint64_t second)
{
    return hash_finish((first * UINT64_C(0xc4ceb9fe1a85ec53) + UINT64_C(0x9e3779b97f4a7c15)) ^
                       second);
}
/* Are these len bytes the same?  For keys of words, in line: short ones need no call. */
static inline bool hash_equal_bytes(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    if (len >= 8) {
        for (size_t i = 0; i + 8 < len; i += 8) {
            memcpy(&x, a + i, 8);
            memcpy(&y, b + i, 8);
            if (x != y) {
                return false;
            }
        }
        memcpy(&x, a + len - 8, 8); /* the last ones overlap */
        memcpy(&y, b + len - 8, 8);
        return x == y;
    }
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}
/* CRC-32C (Castagnoli, reflected) of bytes, continuing from crc (0 to start). */
uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
