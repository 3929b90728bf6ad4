/* utf8.c - check, decode, encode and repair UTF-8.
 *
 * It must not know what the characters mean.
 * Invariant: no byte at or behind bytes + len is read, and what the repair yields is
 * well-formed. */
#include "text/utf8.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static inline bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0u) == 0x80;
}

/* Smallest and largest second byte after a lead byte (Unicode 15.0, table 3-7): they rule
 * out overlong forms, surrogates and what lies above U+10FFFF. */
static inline bool is_second(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_continuation(second);
    }
}

/* Bytes that a lead byte promises, 0 for a byte that begins nothing. */
static inline uint32_t sequence_length(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return 0;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Length of the well-formed character at bytes, or 0 and the length of the maximal
 * subpart of an ill-formed one in *bad (1 at least). */
static uint32_t character_length(const unsigned char *bytes, size_t len, uint32_t *bad)
{
    uint32_t expected = sequence_length(bytes[0]);
    *bad = 1;
    if (expected < 2) {
        return expected;
    }
    if (len < 2 || !is_second(bytes[0], bytes[1])) {
        return 0;
    }
    for (uint32_t i = 2; i < expected; i++) {
        if (i >= len || !is_continuation(bytes[i])) {
            *bad = i;
            return 0;
        }
    }
    return expected;
}

/* Comments are mostly ASCII or mostly two-byte letters: both are taken without a call,
 * ASCII eight bytes at a time. */
size_t utf8_valid_prefix(const char *bytes, size_t len)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t at = 0;
    while (at < len) {
        if (b[at] < 0x80) {
            uint64_t word;
            while (len - at >= sizeof word) {
                memcpy(&word, b + at, sizeof word);
                if ((word & HIGH_BITS) != 0) {
                    break;
                }
                at += sizeof word;
            }
            while (at < len && b[at] < 0x80) {
                at++;
            }
            continue;
        }
        while (len - at >= 2 && b[at] >= 0xC2 && b[at] < 0xE0 && is_continuation(b[at + 1])) {
            at += 2;
        }
        if (at < len && b[at] >= 0x80) {
            uint32_t bad;
            uint32_t step = character_length(b + at, len - at, &bad);
            if (step == 0) {
                return at;
            }
            at += step;
        }
    }
    return at;
}

uint32_t utf8_decode(const char *bytes, size_t len, uint32_t *codepoint)
{
    uint32_t bad;
    uint32_t step = len == 0 ? 0 : character_length((const unsigned char *)bytes, len, &bad);
    if (step != 0) {
        const char *at = bytes;
        *codepoint = utf8_next(&at);
    }
    return step;
}

uint32_t utf8_encode(uint32_t codepoint, char *out)
{
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if (codepoint < 0x800) {
        out[0] = (char)(0xC0u | codepoint >> 6);
        out[1] = (char)(0x80u | (codepoint & 0x3Fu));
        return 2;
    }
    if (codepoint < 0x10000) {
        out[0] = (char)(0xE0u | codepoint >> 12);
        out[1] = (char)(0x80u | (codepoint >> 6 & 0x3Fu));
        out[2] = (char)(0x80u | (codepoint & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | codepoint >> 18);
    out[1] = (char)(0x80u | (codepoint >> 12 & 0x3Fu));
    out[2] = (char)(0x80u | (codepoint >> 6 & 0x3Fu));
    out[3] = (char)(0x80u | (codepoint & 0x3Fu));
    return 4;
}

nz_status utf8_repair(const char *bytes, size_t len, buffer *out, buffer *fixes)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t base = out->size; /* offsets count from the text's own start */
    uint32_t delta = 0;
    size_t at = 0;
    while (at < len) {
        size_t good = utf8_valid_prefix(bytes + at, len - at);
        NZ_TRY(buffer_append(out, bytes + at, good));
        at += good;
        if (at == len) {
            break;
        }
        uint32_t bad;
        (void)character_length((const unsigned char *)bytes + at, len - at, &bad);
        at += bad;
        NZ_TRY(buffer_append(out, replacement, sizeof replacement - 1));
        uint32_t behind = (uint32_t)(out->size - base);
        utf8_fix fix = {behind, (uint32_t)at - behind};
        if (fix.delta != delta) {
            NZ_TRY(buffer_append(fixes, &fix, sizeof fix));
            delta = fix.delta;
        }
    }
    return NZ_OK;
}

uint32_t utf8_original_offset(const utf8_fix *fixes, size_t count, uint32_t offset)
{
    size_t low = 0; /* fixes before low begin at or before offset */
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fixes[middle].repaired_offset <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? offset : offset + fixes[low - 1].delta;
}
