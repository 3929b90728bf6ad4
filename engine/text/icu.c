/* icu.c - NFC through ICU's UTF-16 interface, on the stack.
 *
 * It must not know tokens.  Invariant: no allocation of ours, ICU's instance is a
 * constant of the library. */
#include "text/icu.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

nz_status icu_nfc(const char *bytes, size_t len, char *out, size_t *out_len)
{
    UChar wide[ICU_MAX_BYTES];
    UChar composed[3 * ICU_MAX_BYTES];
    UErrorCode code = U_ZERO_ERROR;
    int32_t wide_len = 0;
    int32_t utf8_len = 0;
    if (len > ICU_MAX_BYTES) {
        return NZ_E_INTERNAL;
    }
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
    u_strFromUTF8(wide, (int32_t)ICU_MAX_BYTES, &wide_len, bytes, (int32_t)len, &code);
    int32_t composed_len =
        unorm2_normalize(nfc, wide, wide_len, composed, (int32_t)(3 * ICU_MAX_BYTES), &code);
    u_strToUTF8(out, (int32_t)(3 * len), &utf8_len, composed, composed_len, &code);
    if (U_FAILURE(code)) {
        return NZ_E_INTERNAL;
    }
    *out_len = (size_t)utf8_len;
    return NZ_OK;
}

void icu_version(char out[20])
{
    UVersionInfo version;
    _Static_assert(U_MAX_VERSION_STRING_LENGTH <= 20, "room for any version");
    u_getVersion(version);
    u_versionToString(version, out);
}
