/* scan.h - from valid UTF-8 to token spans with kinds, by our own rules over the
 * code-point table (ICU's break iterators change between versions and hosts).
 *
 * It must not know languages.  Invariant: that of text.h. */
#ifndef NZ_TEXT_SCAN_H
#define NZ_TEXT_SCAN_H

#include "base/buffer.h"
#include "text/text.h"

/* Append the tokens (array of text_token, reading OTHER) of valid UTF-8 to tokens. */
NZ_NODISCARD nz_status scan_tokens(const char *text, uint32_t len, buffer *tokens);

#endif
