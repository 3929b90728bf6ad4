/* scan.h - from valid UTF-8 to token spans with kinds, by our own rules over the
 * code-point table (ICU's break iterators change between versions and hosts).
 *
 * Words end where letters of the Arabic script meet digits or other letters; Latin letters
 * and digits make one word (iPhone13, B2B, 7elw).  What is typed as one thing stays one:
 * URLs, e-mail addresses, amounts with their currency, ratings, versions, emoji sequences.
 * Runs of one emoji and of like punctuation are one token.  Space, invisible characters,
 * HTML tags and character entities are in no token; the invisible ones may stand inside of
 * a word.  CLAUSE_END and SENTENCE_END stand on the punctuation that ends it, or on the
 * last token before a line break (a clause) or an empty line (a sentence), and on the last
 * token of the text.
 *
 * It must not know languages.  Invariant: that of text.h; time is linear in the text. */
#ifndef NZ_TEXT_SCAN_H
#define NZ_TEXT_SCAN_H

#include "base/buffer.h"
#include "text/text.h"

/* Append the tokens (array of text_token, reading OTHER) of valid UTF-8 to tokens. */
NZ_NODISCARD nz_status scan_tokens(const char *text, uint32_t len, buffer *tokens);

#endif
