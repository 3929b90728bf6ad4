/* join.h - one token out of what people write apart: می خواهم, کتاب ها, "do n't", "wi-fi".
 *
 * It must not know stems or features; which words join is asked of persian.h and words.h.
 * Invariant: tokens stay in order, spans do not overlap, none is lost. */
#ifndef NZ_TEXT_JOIN_H
#define NZ_TEXT_JOIN_H

#include "text/text.h"

/* Is a word neither a prefix nor a suffix nor "n't"?  Two such words never join, whatever
 * their reading, but for a hyphen; a caller that knows sets TEXT_TOKEN_ALONE. */
bool join_stands_alone(const char *bytes, uint32_t len);

/* Join neighbours of tokens (readings decided) in place; returns how many are left. */
uint32_t join_tokens(const char *text, text_token *tokens, uint32_t count);

#endif
