/* persian.h - the shape of Persian words: verb forms, suffixes, spoken forms, and which
 * neighbours make one word.  Rules over the tables of words.h and lexicons/persian_suffix.tsv.
 *
 * All words are keys: folded letters, no half-space (آ is ا, ئ is ی; see normalise_fold).
 * It must not know other languages, tokens or features.
 * Invariant: pure functions; what negates is never lost (نـ stays in the stem). */
#ifndef NZ_TEXT_PERSIAN_H
#define NZ_TEXT_PERSIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that a stem or a standard form needs beyond the length of its word. */
#define PERSIAN_EXTRA_BYTES 16u

/* Stem of a word into out (room for len + PERSIAN_EXTRA_BYTES); returns its length.
 * Verbs: the past stem, after ن when negated, so that میخواهم and خواستند meet in خواست.
 * *marks receives TEXT_MARK_NEGATED where the word negates. */
size_t persian_stem(const char *word, size_t len, char *out, uint32_t *marks);

/* Key of the standard spelling of a spoken word (میخوام -> میخواهم) into out, the same
 * room; 0 when the word is standard already or unknown. */
size_t persian_standard(const char *word, size_t len, char *out);

/* Does the word stand in the tables, or reduce to one that does? */
bool persian_is_known(const char *word, size_t len);

/* Are a and b, written apart, one word?  می + خواهم, کتاب + ها, شده + است, بی + مزه. */
bool persian_joins(const char *a, size_t a_len, const char *b, size_t b_len);
/* Could a begin, or b end, a word that is written apart?  A cheap first question. */
bool persian_is_prefix(const char *a, size_t a_len);
bool persian_is_suffix(const char *b, size_t b_len);

#endif
