/* hash.h - the 64-bit hash that names features, and CRC-32C for files.
 *
 * It must not know what is hashed.  Invariant: both functions are part of the model
 * format and never change; tests/base holds their vectors.  Neither is meant to
 * resist an attacker: tables that grow with input compare keys in full. */
#ifndef NZ_BASE_HASH_H
#define NZ_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Hash of len unsigned bytes, read little-endian, under a seed. */
uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed);
/* Hash of two hashes, order matters. */
uint64_t hash_pair(uint64_t first, uint64_t second);
/* CRC-32C (Castagnoli, reflected) of bytes, continuing from crc (0 to start). */
uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
