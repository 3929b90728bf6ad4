/* stem.c - libstemmer's handles, and the way to our own stemmer for Persian.
 *
 * It must not know folded letters where libstemmer is asked.
 * Invariant: that of stem.h: what inverts meaning is kept. */
#include "text/stem.h"

#include <string.h>

#include <libstemmer.h>

#include "text/normalise.h"
#include "text/persian.h"
#include "text/words.h"

enum { STEM_ROOM = TEXT_MAX_TOKEN_BYTES + 64 };

struct stemmer {
    nz_allocator allocator;
    struct sb_stemmer *arabic, *english;
    buffer key;
};

nz_status stemmer_new(stemmer **out, const nz_allocator *allocator, nz_error *err)
{
    nz_allocator own = allocator != NULL ? *allocator : memory_default();
    *out = NULL;
    stemmer *s = memory_new_zero(&own, 1, sizeof *s);
    if (s == NULL) {
        return status_no_memory(err);
    }
    s->allocator = own;
    buffer_init(&s->key, &own, 8 * STEM_ROOM);
    s->arabic = sb_stemmer_new("arabic", "UTF_8");
    s->english = sb_stemmer_new("english", "UTF_8");
    if (s->arabic == NULL || s->english == NULL) {
        stemmer_free(s);
        return status_fail(err, NZ_E_INTERNAL,
                           "libstemmer has no Arabic or no English: install Snowball 2.0 or newer");
    }
    *out = s;
    return NZ_OK;
}

void stemmer_free(stemmer *s)
{
    if (s == NULL) {
        return;
    }
    nz_allocator allocator = s->allocator;
    if (s->arabic != NULL) {
        sb_stemmer_delete(s->arabic);
    }
    if (s->english != NULL) {
        sb_stemmer_delete(s->english);
    }
    buffer_free(&s->key);
    memory_free(&allocator, s, 1, sizeof *s);
}

static nz_status stem_snowball(struct sb_stemmer *handle, const char *form, size_t len, buffer *out)
{
    const sb_symbol *stem = sb_stemmer_stem(handle, (const sb_symbol *)form, (int)len);
    if (stem == NULL) {
        return NZ_E_MEMORY;
    }
    int stem_len = sb_stemmer_length(handle);
    return stem_len <= 0 ? buffer_append(out, form, len)
                         : buffer_append(out, stem, (size_t)stem_len);
}

/* libstemmer on Arabic letters, but for words of arabic_exception.tsv: it would cut the
 * preposition off بدون and the first letters off سيارة. */
static nz_status stem_arabic(stemmer *s, const char *form, size_t len, buffer *out)
{
    uint32_t folding = 0;
    buffer_clear(&s->key);
    NZ_TRY(normalise_fold(form, len, NZ_LANG_AR, &s->key, &folding));
    const word_entry *entry = words_find(NZ_LANG_AR, (const char *)s->key.bytes, s->key.size);
    if (entry != NULL && entry->stem != NULL) {
        return buffer_append(out, entry->stem, strlen(entry->stem));
    }
    return stem_snowball(s->arabic, form, len, out);
}

static nz_status stem_persian(stemmer *s, const char *form, size_t len, buffer *out,
                              uint32_t *marks)
{
    char stem[STEM_ROOM];
    uint32_t folding = 0; /* the caller's business, not the stem's */
    buffer_clear(&s->key);
    NZ_TRY(normalise_fold(form, len, NZ_LANG_FA, &s->key, &folding));
    if (s->key.size > TEXT_MAX_TOKEN_BYTES) {
        return buffer_append(out, form, len);
    }
    size_t stem_len = persian_stem((const char *)s->key.bytes, s->key.size, stem, marks);
    return buffer_append(out, stem, stem_len);
}

nz_status stem_form(stemmer *s, const char *form, size_t len, nz_language reading, buffer *out,
                    uint32_t *marks)
{
    switch (len > TEXT_MAX_TOKEN_BYTES ? NZ_LANG_OTHER : reading) {
    case NZ_LANG_FA:
        return stem_persian(s, form, len, out, marks);
    case NZ_LANG_AR:
        return stem_arabic(s, form, len, out);
    case NZ_LANG_EN:
        return stem_snowball(s->english, form, len, out);
    default:
        return buffer_append(out, form, len);
    }
}
