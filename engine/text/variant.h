/* variant.h - from the key of one spelling to the key of its family: spoken Persian
 * (میخوام), English contractions (don't, dont), British and American spelling.
 *
 * It must not know letters below the key, stems or features.
 * Invariant: the standard of a standard key is itself. */
#ifndef NZ_TEXT_VARIANT_H
#define NZ_TEXT_VARIANT_H

#include <stddef.h>
#include <stdint.h>

#include "nazar/nazar.h"
#include "text/text.h"

/* Room for any result. */
#define VARIANT_ROOM (TEXT_MAX_TOKEN_BYTES + 64u)

/* Key of the family of a folded word (len <= TEXT_MAX_TOKEN_BYTES) into out; 0 when the
 * word is its own family's key.  *marks: COLLOQUIAL, and NEGATED for don't and alike. */
size_t variant_standard(const char *key, size_t len, nz_language reading, char *out,
                        uint32_t *marks);

#endif
