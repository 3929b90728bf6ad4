/* join.h - one token out of what people write apart: می خواهم, کتاب ها, "do n't", "wi-fi".
 *
 * It must not know stems or features; which words join is asked of persian.h and words.h.
 * Invariant: tokens stay in order, spans do not overlap, none is lost. */
#ifndef NZ_TEXT_JOIN_H
#define NZ_TEXT_JOIN_H

#include "text/text.h"

/* Join neighbours of tokens (readings decided) in place; returns how many are left. */
uint32_t join_tokens(const char *text, text_token *tokens, uint32_t count);

#endif
