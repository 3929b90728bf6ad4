/* transliterate.h - Finglish and Arabizi words to Arabic-script keys.
 *
 * "khoob", "khub" and "xub" reach the key of خوب; "7elw" and "helw" that of حلو.
 * It must not know sentences or features.  Invariant: a pure function of the word. */
#ifndef NZ_TEXT_TRANSLITERATE_H
#define NZ_TEXT_TRANSLITERATE_H

#include "text/text.h"

/* The word (lower-case Latin letters and digits) in the own letters of reading (FA or
 * AR), NUL-terminated, into out (room for out_size bytes).  Known words come from
 * lexicons/finglish.tsv and arabizi.tsv; others by a regular spelling that sends common
 * variants of one word to one form.  Returns its length; 0 if it cannot be read so. */
size_t transliterate_word(const char *word, size_t len, nz_language reading, char *out,
                          size_t out_size);

#endif
