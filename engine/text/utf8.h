/* utf8.h - check, decode, encode and repair UTF-8.
 *
 * Repair follows the Unicode recommendation (The Unicode Standard 15.0, section 3.9,
 * "maximal subpart"), as ICU, Python and browsers do: one U+FFFD per maximal subpart.
 * It must not know what the characters mean. */
#ifndef NZ_TEXT_UTF8_H
#define NZ_TEXT_UTF8_H

#include "base/buffer.h"

/* Number of leading bytes that are well-formed UTF-8 (len when all are). */
size_t utf8_valid_prefix(const char *bytes, size_t len);

/* Decode one code point of valid text at *at (at < end) and move *at behind it. */
static inline uint32_t utf8_next(const char **at)
{
    const unsigned char *b = (const unsigned char *)*at;
    if (b[0] < 0x80) {
        *at += 1;
        return b[0];
    }
    if (b[0] < 0xE0) {
        *at += 2;
        return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3Fu);
    }
    if (b[0] < 0xF0) {
        *at += 3;
        return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 | (b[2] & 0x3Fu);
    }
    *at += 4;
    return (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3F) << 12 |
           (uint32_t)(b[2] & 0x3F) << 6 | (b[3] & 0x3Fu);
}

/* Decode the character at bytes, well-formed or not: returns its length and sets
 * *codepoint, or returns 0 (and leaves *codepoint) where none begins or len is 0. */
uint32_t utf8_decode(const char *bytes, size_t len, uint32_t *codepoint);

/* Encode a scalar value into out (room for 4); returns the number of bytes. */
uint32_t utf8_encode(uint32_t codepoint, char *out);

/* One repaired place: from this byte of the repaired text on, add delta (modulo 2^32)
 * to get the byte in the original. */
typedef struct utf8_fix {
    uint32_t repaired_offset;
    uint32_t delta;
} utf8_fix;

/* Append the repaired text to out and the fixes (array of utf8_fix) to fixes. */
NZ_NODISCARD nz_status utf8_repair(const char *bytes, size_t len, buffer *out, buffer *fixes);
/* Map an offset of the repaired text back, at a character's start or the text's end;
 * count fixes in ascending order. */
uint32_t utf8_original_offset(const utf8_fix *fixes, size_t count, uint32_t offset);

#endif
