/* fuzz_text.c - any bytes through decoding, tokenising, normalising and masking: the invariants
 * of text.h hold, nothing crashes. */
#include <stdint.h>
#include <stdlib.h>

#include "text/text.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

static void check_tokens(text_reader *reader, const text_document *document, size_t original)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < document->token_count; i++) {
        const text_token *t = &document->tokens[i];
        REQUIRE(t->begin >= end && t->end > t->begin && t->end <= document->len);
        REQUIRE(t->kind < NZ_TOKEN_KIND_COUNT && t->reading <= NZ_LANG_EN);
        REQUIRE(text_original_offset(document, t->end) <= original);
        end = t->end;
        text_word word;
        if (text_analyse(reader, document->text + t->begin, t->end - t->begin,
                         (nz_token_kind)t->kind, (nz_language)t->reading, &word) == NZ_OK) {
            REQUIRE(word.key_len > 0 && word.stem_len > 0 && word.form_len > 0);
            REQUIRE(utf8_valid_prefix(word.key, word.key_len) == word.key_len);
            REQUIRE(utf8_valid_prefix(word.stem, word.stem_len) == word.stem_len);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static text_reader *reader;
    if (reader == NULL && text_reader_new(&reader, NULL, NULL) < 0) {
        abort();
    }
    text_document document;
    const char *text = size == 0 ? "" : (const char *)data;
    if (text_read(reader, text, size, false, &document, NULL) == NZ_OK) {
        REQUIRE(utf8_valid_prefix(document.text, document.len) == document.len);
        check_tokens(reader, &document, size);
    }
    const char *masked;
    size_t masked_len;
    if (text_redact(reader, text, size, &masked, &masked_len, NULL) == NZ_OK) {
        REQUIRE(masked[masked_len] == '\0');
    }
    return 0;
}
