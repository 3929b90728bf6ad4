/* icu.h - the only door to ICU: canonical composition of short UTF-8 strings.
 *
 * It must not know tokens.  Invariant: the answer depends on the bytes and on Unicode's
 * stable normalisation alone; no locale, no handle that must be closed. */
#ifndef NZ_TEXT_ICU_H
#define NZ_TEXT_ICU_H

#include "base/status.h"

#define ICU_MAX_BYTES 1024u

/* NFC of len (<= ICU_MAX_BYTES) bytes of valid UTF-8 into out (room for 3 * len bytes,
 * the most that NFC can grow); *out_len receives the length.  NZ_E_INTERNAL. */
NZ_NODISCARD nz_status icu_nfc(const char *bytes, size_t len, char *out, size_t *out_len);

/* Version of the ICU that is linked, such as "72.1", into out. */
void icu_version(char out[20]);

#endif
