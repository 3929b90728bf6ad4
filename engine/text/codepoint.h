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
    CODEPOINT_INVISIBLE,    /* bidi controls, U+FEFF, U+00AD, U+2060..2064, ...: dropped */
    CODEPOINT_ZWNJ,         /* U+200C, and what is typed for it between Arabic letters */
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

typedef struct codepoint_info {
    uint8_t class_;       /* codepoint_class */
    uint8_t digit;        /* 0..9, or 255 */
    uint8_t flags;        /* CODEPOINT_* below */
    uint8_t sequence_len; /* 0: own is the result; else own is an index of sequences */
    uint32_t own;         /* normalised: case folded, presentation form resolved; 0: dropped */
    uint32_t fold;        /* `own` folded to the shared key letter; 0: dropped */
} codepoint_info;

#define CODEPOINT_NEEDS_ICU 1u   /* composes with a neighbour: ask ICU for the sequence */
#define CODEPOINT_UPPER 2u       /* an upper-case letter */
#define CODEPOINT_NON_JOINER 4u  /* Arabic letter that does not join to the left */
#define CODEPOINT_SENTENCE 8u    /* . ! ? ؟ ۔ and alike */
#define CODEPOINT_CLAUSE 16u     /* , ، ; ؛ : and alike */

/* Information on any scalar value.  Never fails. */
const codepoint_info *codepoint_lookup(uint32_t codepoint);
/* The code points of a sequence (lam-alef, ﷼, ...): sequence_len values. */
const uint32_t *codepoint_sequence(const codepoint_info *info);

#endif
