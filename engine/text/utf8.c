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

/* Well-formed characters from at on, one by one, up to the first that is not. */
static size_t valid_prefix_slow(const unsigned char *b, size_t at, size_t len)
{
    while (at < len) {
        uint32_t bad;
        uint32_t step = character_length(b + at, len - at, &bad);
        if (step == 0) {
            break;
        }
        at += step;
    }
    return at;
}

/* A state machine without jumps (a comment changes between one and two bytes a character
 * in every word).  A state is the place of its six bits in an entry; they hold the state
 * that the entry's byte leads to.  0 is the error, and what an entry does not name. */
enum {
    BROKEN = 0,
    BOUNDARY = 6, /* between characters */
    NEED_1 = 12,  /* so many continuation bytes are missing */
    NEED_2 = 18,
    NEED_3 = 24,
    AFTER_E0 = 30, /* leads whose second byte is restricted */
    AFTER_ED = 36,
    AFTER_F0 = 42,
    AFTER_F4 = 48
};

#define GO(from, to) ((uint64_t)(to) << (from))
#define ASCII GO(BOUNDARY, BOUNDARY)
#define ANY_CONTINUATION (GO(NEED_1, BOUNDARY) | GO(NEED_2, NEED_1) | GO(NEED_3, NEED_2))
#define CONTINUATION_8 (ANY_CONTINUATION | GO(AFTER_ED, NEED_1) | GO(AFTER_F4, NEED_2))
#define CONTINUATION_9 (ANY_CONTINUATION | GO(AFTER_ED, NEED_1) | GO(AFTER_F0, NEED_2))
#define CONTINUATION_AB (ANY_CONTINUATION | GO(AFTER_E0, NEED_1) | GO(AFTER_F0, NEED_2))
#define LEAD_2 GO(BOUNDARY, NEED_1)
#define LEAD_3 GO(BOUNDARY, NEED_2)
#define LEAD_4 GO(BOUNDARY, NEED_3)
#define TIMES_2(x) x, x
#define TIMES_4(x) TIMES_2(x), TIMES_2(x)
#define TIMES_16(x) TIMES_4(x), TIMES_4(x), TIMES_4(x), TIMES_4(x)
#define TIMES_64(x) TIMES_16(x), TIMES_16(x), TIMES_16(x), TIMES_16(x)

static const uint64_t transitions[256] = {
    TIMES_64(ASCII), TIMES_64(ASCII),                                       /* 00..7F */
    TIMES_16(CONTINUATION_8), TIMES_16(CONTINUATION_9),                     /* 80..9F */
    TIMES_16(CONTINUATION_AB), TIMES_16(CONTINUATION_AB),                   /* A0..BF */
    TIMES_2(0), TIMES_2(LEAD_2), TIMES_4(LEAD_2), TIMES_4(LEAD_2), TIMES_4(LEAD_2),
    TIMES_16(LEAD_2),                                                       /* C0..DF */
    GO(BOUNDARY, AFTER_E0), TIMES_4(LEAD_3), TIMES_4(LEAD_3), TIMES_4(LEAD_3),
    GO(BOUNDARY, AFTER_ED), TIMES_2(LEAD_3),                                /* E0..EF */
    GO(BOUNDARY, AFTER_F0), TIMES_2(LEAD_4), LEAD_4, GO(BOUNDARY, AFTER_F4) /* F0..F4 */
};

size_t utf8_valid_prefix(const char *bytes, size_t len)
{
    const unsigned char *b = (const unsigned char *)bytes;
    uint64_t state = BOUNDARY;
    size_t at = 0;
    while (len - at >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, b + at, sizeof word);
        if ((word & HIGH_BITS) != 0 || (state & 63) != BOUNDARY) {
            for (size_t i = 0; i < sizeof word; i++) {
                state = transitions[b[at + i]] >> (state & 63);
            }
            if ((state & 63) == BROKEN) {
                break;
            }
        }
        at += sizeof word;
    }
    /* The rest, or the word with the error: from the start of the character before, which
     * may reach into it. */
    if (at > 0) {
        do {
            at--;
        } while (at > 0 && is_continuation(b[at]));
    }
    return valid_prefix_slow(b, at, len);
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
