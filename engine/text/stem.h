/* stem.h - stems of own-letter words: libstemmer for Arabic and English, our light
 * suffix stripper for Persian (tables in lexicons/persian_*.tsv).
 *
 * It must not know folded letters: libstemmer's Arabic rules know ي and ك, not ی and ک.
 * Invariant: what inverts meaning (نـ نا بی لا غير un- -less) is never stripped. */
#ifndef NZ_TEXT_STEM_H
#define NZ_TEXT_STEM_H

#include "base/buffer.h"
#include "text/text.h"

typedef struct stemmer stemmer;
/* One per thread.  NZ_E_INTERNAL when libstemmer lacks Arabic or English. */
NZ_NODISCARD nz_status stemmer_new(stemmer **out, const nz_allocator *allocator, nz_error *err);
void stemmer_free(stemmer *s);
/* Append the stem of an own-letter form to out; the form itself for other readings. */
NZ_NODISCARD nz_status stem_form(stemmer *s, const char *form, size_t len, nz_language reading,
                                 buffer *out, uint32_t *marks);

#endif
