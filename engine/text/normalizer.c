/* normalizer.c - nz_normalizer_*: the text room for people who want no model, and the
 * names of its kinds and languages.
 *
 * It must not know features or models.  Invariant: spans speak of the bytes passed in,
 * strings live in the arena until the next call. */
#include <string.h>

#include "text/text.h"

enum { ARENA_BLOCK = 1 << 16 };

struct nz_normalizer {
    nz_allocator allocator;
    text_reader *reader;
    arena strings;
};

const char *nz_token_kind_name(nz_token_kind kind)
{
    static const char *const names[NZ_TOKEN_KIND_COUNT] = {
        [NZ_TOKEN_WORD] = "word",         [NZ_TOKEN_NUMBER] = "number",
        [NZ_TOKEN_PERCENT] = "percent",   [NZ_TOKEN_PRICE] = "price",
        [NZ_TOKEN_RATING] = "rating",     [NZ_TOKEN_VERSION] = "version",
        [NZ_TOKEN_DATE] = "date",         [NZ_TOKEN_TIME] = "time",
        [NZ_TOKEN_PHONE] = "phone",       [NZ_TOKEN_URL] = "url",
        [NZ_TOKEN_EMAIL] = "email",       [NZ_TOKEN_MENTION] = "mention",
        [NZ_TOKEN_HASHTAG] = "hashtag",   [NZ_TOKEN_EMOJI] = "emoji",
        [NZ_TOKEN_EMOTICON] = "emoticon", [NZ_TOKEN_LAUGHTER] = "laughter",
        [NZ_TOKEN_PUNCTUATION] = "punctuation", [NZ_TOKEN_SYMBOL] = "symbol",
    };
    return (unsigned)kind < NZ_TOKEN_KIND_COUNT ? names[kind] : "unknown";
}

const char *nz_language_code(nz_language language)
{
    switch (language) {
    case NZ_LANG_FA:
        return "fa";
    case NZ_LANG_AR:
        return "ar";
    case NZ_LANG_EN:
        return "en";
    case NZ_LANG_MIXED:
        return "mixed";
    default:
        return "other";
    }
}

nz_status nz_normalizer_new(nz_normalizer **out, const nz_allocator *allocator, nz_error *err)
{
    if (out == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_normalizer_new: out is NULL");
    }
    *out = NULL;
    nz_allocator own = allocator != NULL ? *allocator : memory_default();
    nz_normalizer *n = memory_new_zero(&own, 1, sizeof *n);
    if (n == NULL) {
        return status_no_memory(err);
    }
    n->allocator = own;
    arena_init(&n->strings, &own, ARENA_BLOCK, 0);
    nz_status status = text_reader_new(&n->reader, &own, err);
    if (status < 0) {
        nz_normalizer_free(n);
        return status;
    }
    *out = n;
    return NZ_OK;
}

void nz_normalizer_free(nz_normalizer *normalizer)
{
    if (normalizer == NULL) {
        return;
    }
    nz_allocator allocator = normalizer->allocator;
    text_reader_free(normalizer->reader);
    arena_free(&normalizer->strings);
    memory_free(&allocator, normalizer, 1, sizeof *normalizer);
}

static nz_status copy_token(nz_normalizer *n, const text_document *document,
                            const text_token *token, nz_token *out, nz_error *err)
{
    text_word word;
    nz_status status =
        text_analyse(n->reader, document->text + token->begin, token->end - token->begin,
                     (nz_token_kind)token->kind, (nz_language)token->reading, &word);
    if (status < 0) {
        return status == NZ_E_MEMORY
                   ? status_no_memory(err)
                   : status_fail(err, status, "a token could not be analysed: please report");
    }
    out->begin = text_original_offset(document, token->begin);
    out->end = text_original_offset(document, token->end);
    out->kind = token->kind;
    out->language = token->reading;
    out->flags = 0;
    out->reserved = 0;
    out->form = arena_copy(&n->strings, word.form, word.form_len);
    out->key = arena_copy(&n->strings, word.key, word.key_len);
    out->stem = arena_copy(&n->strings, word.stem, word.stem_len);
    return out->form == NULL || out->key == NULL || out->stem == NULL ? status_no_memory(err)
                                                                      : NZ_OK;
}

nz_status nz_normalizer_run(nz_normalizer *normalizer, const char *text, size_t len,
                            const nz_token **tokens, size_t *count, nz_language *language,
                            nz_error *err)
{
    text_document document;
    size_t bytes;
    if (normalizer == NULL || tokens == NULL || count == NULL || (text == NULL && len != 0)) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_normalizer_run: an argument is NULL");
    }
    *tokens = NULL;
    *count = 0;
    arena_reset(&normalizer->strings);
    NZ_TRY(text_read(normalizer->reader, text, len, false, &document, err));
    if (!memory_multiply(document.token_count, sizeof(nz_token), &bytes)) {
        return status_no_memory(err);
    }
    nz_token *list = arena_alloc_zero(&normalizer->strings, bytes == 0 ? 1 : bytes);
    if (list == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t i = 0; i < document.token_count; i++) {
        NZ_TRY(copy_token(normalizer, &document, &document.tokens[i], &list[i], err));
    }
    *tokens = list;
    *count = document.token_count;
    if (language != NULL) {
        *language = document.language;
    }
    return NZ_OK;
}
