/* variant.c - lookups in the word tables, and the regular rules of English.
 *
 * It must not know letters below the key.  Invariant: that of variant.h. */
#include "text/variant.h"

#include <string.h>

#include "text/persian.h"
#include "text/words.h"

enum { MIN_PREFIX = 4 };

static size_t put_parts(char *out, const char *a, size_t a_len, const char *b, size_t b_len)
{
    memcpy(out, a, a_len);
    memcpy(out + a_len, b, b_len);
    return a_len + b_len;
}

/* The endings of a verb in -ise, and of its noun: realis(ed), realis(ation). */
static bool continues_ise(const char *rest, size_t len)
{
    static const char *const endings[] = {"e", "ing", "ation", "able", "or"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending_len = strlen(endings[i]);
        if (len >= ending_len && memcmp(rest, endings[i], ending_len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t english_prefix(const char *key, size_t len, char *out)
{
    for (size_t prefix = len; prefix >= MIN_PREFIX; prefix--) {
        const word_entry *entry = words_find(NZ_LANG_EN, key, prefix);
        if (entry == NULL || entry->standard == NULL) {
            continue;
        }
        const char *rest = key + prefix;
        bool fits = (entry->flags & WORD_PREFIX) != 0 ||
                    ((entry->flags & WORD_ISE) != 0 && continues_ise(rest, len - prefix));
        if (fits) {
            return put_parts(out, entry->standard, strlen(entry->standard), rest, len - prefix);
        }
    }
    return 0;
}

static size_t english_standard(const char *key, size_t len, char *out, uint32_t *marks)
{
    const word_entry *entry = words_find(NZ_LANG_EN, key, len);
    if (entry != NULL && (entry->flags & WORD_NEGATIVE) != 0) {
        *marks |= TEXT_MARK_NEGATED;
    }
    if (entry != NULL && entry->standard != NULL && (entry->flags & WORD_ISE) == 0) {
        return put_parts(out, entry->standard, strlen(entry->standard), "", 0);
    }
    return english_prefix(key, len, out);
}

size_t variant_standard(const char *key, size_t len, nz_language reading, char *out,
                        uint32_t *marks)
{
    size_t out_len = 0;
    if (len > TEXT_MAX_TOKEN_BYTES) {
        return 0;
    }
    if (reading == NZ_LANG_FA) {
        out_len = persian_standard(key, len, out);
        *marks |= out_len != 0 ? TEXT_MARK_COLLOQUIAL : 0;
    } else if (reading == NZ_LANG_EN) {
        out_len = english_standard(key, len, out, marks);
    }
    return out_len;
}
