/* normalise.h - one token in its language's own letters, and the fold of own letters
 * to the key of the spelling family.
 *
 * It must not know sentences, stems or features.
 * Invariant: both are idempotent, and neither ever makes a word empty. */
#ifndef NZ_TEXT_NORMALISE_H
#define NZ_TEXT_NORMALISE_H

#include "base/buffer.h"
#include "text/text.h"

typedef struct normaliser normaliser;
NZ_NODISCARD nz_status normaliser_new(normaliser **out, const nz_allocator *allocator,
                                      nz_error *err);
void normaliser_free(normaliser *n);

/* Append the token's own-letter form to out; *marks receives TEXT_MARK_*. */
NZ_NODISCARD nz_status normalise_form(normaliser *n, const char *bytes, size_t len,
                                      nz_token_kind kind, nz_language reading, buffer *out,
                                      uint32_t *marks);
/* Append the folded key of own letters to out. */
NZ_NODISCARD nz_status normalise_fold(const char *form, size_t len, nz_language reading,
                                      buffer *out, uint32_t *marks);

#endif
