/* span.h - how far something that begins here reaches: a URL, a phone number, a price,
 * an emoji ...  Shared by the scanner and the masking of personal data.
 *
 * Each function looks at [at, end) only, takes well-formed and malformed bytes alike, and
 * returns a length in bytes, 0 when nothing of its kind begins at `at`.  What stands
 * before `at` is the caller's to judge.
 * It must not know tokens before or behind.  Invariant: no byte is looked at from more than
 * a fixed number of places, so that a caller that moves on stays linear. */
#ifndef NZ_TEXT_SPAN_H
#define NZ_TEXT_SPAN_H

#include <stdbool.h>

#include "nazar/nazar.h"
#include "text/codepoint.h"
#include "text/utf8.h"

/* The character at `at` and its length; 0 (and U+FFFD) at the end or at malformed bytes. */
static inline uint32_t span_peek(const char *at, const char *end, uint32_t *codepoint)
{
    if (at < end && (unsigned char)*at < 0x80) {
        *codepoint = (unsigned char)*at;
        return 1;
    }
    *codepoint = 0xFFFD;
    return at < end ? utf8_decode(at, (size_t)(end - at), codepoint) : 0;
}

static inline bool span_is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool span_is_ascii_word(char c)
{
    return span_is_ascii_letter(c) || (c >= '0' && c <= '9');
}

/* The digit at `at` in any script: its length, and its value in *digit. */
uint32_t span_digit(const char *at, const char *end, uint32_t *digit);

/* ---- span_web.c */
/* http://..., www...., or a bare domain under a well-known top level. */
uint32_t span_url(const char *at, const char *end);
uint32_t span_email(const char *at, const char *end);
uint32_t span_mention(const char *at, const char *end); /* @name */
uint32_t span_hashtag(const char *at, const char *end); /* #word_word, not #1 */
/* An HTML tag or character entity; *line_break: the tag breaks the line (<br>, <p>). */
uint32_t span_markup(const char *at, const char *end, bool *line_break);

/* ---- span_number.c */
/* A number that begins with a digit, and what it counts: NUMBER, PERCENT, PRICE, RATING,
 * VERSION, DATE or TIME. */
uint32_t span_number(const char *at, const char *end, nz_token_kind *kind);
/* A currency sign and an amount: $10. */
uint32_t span_price(const char *at, const char *end);
/* A percent sign and an amount, as right-to-left keyboards put it. */
uint32_t span_percent(const char *at, const char *end);
/* A currency sign, or white space and a currency word with its multiplier. */
uint32_t span_currency(const char *at, const char *end);
/* Is this whole word of Latin letters the code of a currency (SAR, USD)? */
bool span_is_currency_code(const char *word, size_t len);

/* ---- span_phone.c */
enum { SPAN_CHAIN_DIGITS = 24, SPAN_CHAIN_GROUPS = 8 };

/* Digits of any script in groups, with what people put between the groups. */
typedef struct span_chain {
    char digits[SPAN_CHAIN_DIGITS];            /* ASCII */
    uint8_t count;                             /* digits */
    uint8_t group_count;
    uint8_t digits_until[SPAN_CHAIN_GROUPS];   /* digits in the groups up to this one */
    uint32_t length_until[SPAN_CHAIN_GROUPS];  /* bytes up to the end of this group */
    bool dashed[SPAN_CHAIN_GROUPS];            /* no white space before this group */
    bool plus;                                 /* + stands before it */
    bool open;                                 /* ( stands before it, ) behind its first group */
} span_chain;

/* The chain at `at` (a digit, + or an opening parenthesis); false if there is none.  A
 * group that would go beyond the limits is left out. */
bool span_read_chain(const char *at, const char *end, span_chain *chain);
/* Do the first groups of the chain spell a telephone number? */
bool span_chain_is_phone(const span_chain *chain, uint32_t groups);
uint32_t span_phone(const char *at, const char *end);

/* ---- span_emoji.c */
/* One emoji (a whole sequence), or a run of the same one. */
uint32_t span_emoji(const char *at, const char *end);
/* An emoticon such as :-) or (: ; before is the character in front, 0 at the start. */
uint32_t span_emoticon(const char *at, const char *end, uint32_t before);
/* The same for one made of letters: xD, T_T, o_O; the whole word. */
bool span_is_letter_emoticon(const char *word, size_t len);

#endif
