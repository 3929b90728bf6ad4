/* codepoint.h - what one code point is and what it folds to: a two-stage table made
 * from ICU 72 (Unicode 15) and lexicons/fold.tsv by tools/dev/codepoint_table.
 *
 * It must not know tokens or languages beyond the two fold columns.
 * Invariant: the table is a pure function of its two sources; check regenerates it. */
#ifndef NZ_TEXT_CODEPOINT_H
#define NZ_TEXT_CODEPOINT_H

#include <stdint.h>

typedef enum codepoint_class {
    CODEPOINT_OTHER = 0,    /* unassigned, private, controls that are no space */
    CODEPOINT_SPACE,        /* white space but line breaks */
    CODEPOINT_NEWLINE,
    CODEPOINT_INVISIBLE,    /* bidi controls, U+200B, U+FEFF, U+2060..2064, U+00AC, U+00AD, ...:
                             * dropped; the last two and U+200F are typed for U+200C */
    CODEPOINT_ZWNJ,         /* U+200C */
    CODEPOINT_ZWJ,
    CODEPOINT_VARIATION,    /* U+FE0E, U+FE0F */
    CODEPOINT_LATIN,        /* Latin letters */
    CODEPOINT_ARABIC,       /* letters of the Arabic script */
    CODEPOINT_LETTER,       /* letters of any other script */
    CODEPOINT_MARK,         /* combining marks */
    CODEPOINT_TATWEEL,
    CODEPOINT_DIGIT,        /* decimal digits; codepoint_digit() is their value */
    CODEPOINT_EMOJI,        /* emoji presentation or pictographic */
    CODEPOINT_EMOJI_MODIFIER,
    CODEPOINT_REGIONAL,     /* regional indicators of flags */
    CODEPOINT_PUNCTUATION,
    CODEPOINT_SYMBOL,       /* currency, mathematics, other symbols */
    CODEPOINT_CLASS_COUNT
} codepoint_class;

/* A row is shared by all code points that are alike, so what a letter becomes stands as
 * a difference: read it with codepoint_own() and codepoint_fold(). */
typedef struct codepoint_info {
    uint8_t class_;       /* codepoint_class */
    uint8_t digit;        /* 0..9, or 255 */
    uint8_t flags;        /* CODEPOINT_* below */
    uint8_t sequence_len; /* not 0: the own form is codepoint_sequence(), fold each of it */
    int32_t own_step;     /* own - codepoint, or CODEPOINT_DROP; or index of the sequence */
    int32_t fold_step;    /* fold - codepoint, or CODEPOINT_DROP */
} codepoint_info;

#define CODEPOINT_DROP INT32_MIN

#define CODEPOINT_NEEDS_ICU 1u   /* composes with what stands before it: ask ICU for NFC */
#define CODEPOINT_UPPER 2u       /* an upper-case letter */
#define CODEPOINT_NON_JOINER 4u  /* Arabic letter that does not join to the left */
#define CODEPOINT_SENTENCE 8u    /* . ! ? ؟ ۔ and alike */
#define CODEPOINT_CLAUSE 16u     /* , ، ; ؛ : and alike */

/* Information on any scalar value.  Never fails. */
const codepoint_info *codepoint_lookup(uint32_t codepoint);
/* The code points of a sequence (lam-alef, ﷼, ...): sequence_len values in own letters. */
const uint32_t *codepoint_sequence(const codepoint_info *info);

/* The normalised letter: case folded, presentation form resolved, harakat and tatweel
 * gone, digits ASCII.  0: dropped.  Only when sequence_len is 0. */
static inline uint32_t codepoint_own(const codepoint_info *info, uint32_t codepoint)
{
    return info->own_step == CODEPOINT_DROP ? 0 : codepoint + (uint32_t)info->own_step;
}

/* The own letter folded to the shared key letter (ي ى -> ی, ك -> ک, أ إ آ -> ا, ...).
 * 0: dropped.  Only when sequence_len is 0. */
static inline uint32_t codepoint_fold(const codepoint_info *info, uint32_t codepoint)
{
    return info->fold_step == CODEPOINT_DROP ? 0 : codepoint + (uint32_t)info->fold_step;
}

/* Classes of the code points below U+0800 (ASCII, Latin, Arabic), one load. */
extern const uint8_t codepoint_low_class[0x800];

static inline codepoint_class codepoint_class_of(uint32_t codepoint)
{
    return (codepoint_class)(codepoint < 0x800 ? codepoint_low_class[codepoint]
                                               : codepoint_lookup(codepoint)->class_);
}

#endif
