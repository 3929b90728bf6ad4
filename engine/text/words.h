/* words.h - the words that the text rules know by heart, by their folded key.
 *
 * Compiled from lexicons/ by tools/dev/word_tables.py.  It must not know rules: what a
 * flag permits is decided in persian.c, variant.c and normalise.c.
 * Invariant: read-only tables; a lookup is one hash and one comparison of the whole key. */
#ifndef NZ_TEXT_WORDS_H
#define NZ_TEXT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "nazar/nazar.h"

#define WORD_NOUN 1u
#define WORD_ADJECTIVE 2u
#define WORD_FUNCTION 4u  /* takes no suffix */
#define WORD_NEGATIVE 8u  /* a negation is part of it: بی‌مزه, don't */
#define WORD_BEYOND 16u   /* looks negated and is not: بی‌نظیر */
#define WORD_PAST 32u     /* past stem of a Persian verb */
#define WORD_PRESENT 64u  /* present stem of a Persian verb */
#define WORD_BARE 128u    /* its present stands without prefix: دارم */
#define WORD_DOUBLED 256u /* rightly holds a letter twice */
#define WORD_PREFIX 512u  /* English: words that begin so take the standard beginning */
#define WORD_ISE 1024u    /* the same, before the endings of -ise */

typedef struct word_entry {
    const char *key;
    const char *stem;     /* exception: its stem; else NULL */
    const char *standard; /* key of the standard spelling; else NULL */
    const char *past;     /* past stem: the standard one */
    const char *lemma;    /* present stem: the past stem of its verb */
    const char *present;  /* present stem: the standard one */
    uint16_t len;
    uint16_t flags;
} word_entry;

/* The entry of a folded word in the table of FA, AR or EN; NULL if there is none. */
const word_entry *words_find(nz_language language, const char *key, size_t len);

#endif
