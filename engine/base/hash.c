/* hash.c - feature hash and CRC-32C.  It must not know what is hashed.
 * Invariant: results are the same on every host and never change. */
#include "base/hash.h"

#include "base/endian.h"

/* Odd constants of good avalanche: the two of MurmurHash3's 64-bit finaliser
 * (Appleby) and the 64-bit golden ratio. */
#define MIX_A UINT64_C(0xff51afd7ed558ccd)
#define MIX_B UINT64_C(0xc4ceb9fe1a85ec53)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static uint64_t finish(uint64_t h)
{
    h ^= h >> 33;
    h *= MIX_A;
    h ^= h >> 33;
    h *= MIX_B;
    h ^= h >> 33;
    return h;
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
    uint64_t tail = 0;
    for (size_t i = 0; i < left; i++) {
        tail |= (uint64_t)b[i] << (8 * i);
    }
    h = (h ^ tail) * MIX_B;
    return finish(h);
}

uint64_t hash_pair(uint64_t first, uint64_t second)
{
    return finish((first * MIX_B + GOLDEN) ^ second);
}

/* One table of 256 words, made on first use would need a lock: it is computed by
 * the compiler's constant folding instead, nibble by nibble (two 16-word tables). */
static const uint32_t crc_low[16] = {
    0x00000000u, 0xf26b8303u, 0xe13b70f7u, 0x1350f3f4u, 0xc79a971fu, 0x35f1141cu,
    0x26a1e7e8u, 0xd4ca64ebu, 0x8ad958cfu, 0x78b2dbccu, 0x6be22838u, 0x9989ab3bu,
    0x4d43cfd0u, 0xbf284cd3u, 0xac78bf27u, 0x5e133c24u};
static const uint32_t crc_high[16] = {
    0x00000000u, 0x105ec76fu, 0x20bd8edeu, 0x30e349b1u, 0x417b1dbcu, 0x5125dad3u,
    0x61c69362u, 0x7198540du, 0x82f63b78u, 0x92a8fc17u, 0xa24bb5a6u, 0xb21572c9u,
    0xc38d26c4u, 0xd3d3e1abu, 0xe330a81au, 0xf36e6f75u};

uint32_t hash_crc32c(uint32_t crc, const void *bytes, size_t len)
{
    const unsigned char *b = bytes;
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        uint32_t index = (crc ^ b[i]) & 0xffu;
        crc = crc_low[index & 15u] ^ crc_high[index >> 4] ^ (crc >> 8);
    }
    return ~crc;
}
