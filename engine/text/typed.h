/* typed.h - canonical forms of tokens that are no words: numbers, ratings, emoji,
 * emoticons, punctuation, and the class keys such as <url> that stand for all of a kind.
 *
 * Input is what normalise_form() and normalise_fold() leave: ASCII digits, no spaces.
 * It must not know words or languages.  Invariant: the canonical of a canonical is itself. */
#ifndef NZ_TEXT_TYPED_H
#define NZ_TEXT_TYPED_H

#include "text/text.h"

/* The key that all tokens of a kind share ("<url>"); NULL when each has its own. */
const char *typed_class_key(nz_token_kind kind);
/* "<rating:hi>", "<rating:mid>" or "<rating:lo>" of a canonical rating "9/10". */
const char *typed_rating_key(const char *form, size_t len);

/* Rewrite len bytes at form in place, never longer; returns the new length, not 0.
 * *marks: REPEATED.  form has room for at least 16 bytes. */
size_t typed_canonical(nz_token_kind kind, char *form, size_t len, uint32_t *marks);

#endif
