/* fuzz_normalize.c - any bytes through the public normaliser: what nazar.h promises of tokens
 * holds, and a normaliser that has seen other texts gives what a new one gives. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nazar/nazar.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

/* Only a run of controls that begins with a NUL may read as an empty string. */
static void check_string(const char *s, bool of_nul)
{
    REQUIRE(s != NULL && (s[0] != '\0' || of_nul));
    REQUIRE(utf8_valid_prefix(s, strlen(s)) == strlen(s));
}

static void check_tokens(const nz_token *tokens, size_t count, const uint8_t *text, size_t size)
{
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        const nz_token *t = &tokens[i];
        REQUIRE(t->begin >= end && t->end > t->begin && t->end <= size);
        REQUIRE(t->kind < NZ_TOKEN_KIND_COUNT && t->language <= NZ_LANG_EN && t->flags == 0);
        const bool of_nul = text[t->begin] == 0;
        check_string(t->form, of_nul);
        check_string(t->key, of_nul);
        check_string(t->stem, of_nul);
        end = t->end;
    }
}

static bool same_token(const nz_token *a, const nz_token *b)
{
    return a->begin == b->begin && a->end == b->end && a->kind == b->kind &&
           a->language == b->language && strcmp(a->form, b->form) == 0 &&
           strcmp(a->key, b->key) == 0 && strcmp(a->stem, b->stem) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static nz_normalizer *old; /* kept to the end of the process */
    nz_normalizer *fresh = NULL;
    const nz_token *tokens[2];
    size_t counts[2];
    nz_language languages[2];
    REQUIRE(old != NULL || nz_normalizer_new(&old, NULL, NULL) == NZ_OK);
    REQUIRE(nz_normalizer_new(&fresh, NULL, NULL) == NZ_OK);
    for (int i = 0; i < 2; i++) {
        REQUIRE(nz_normalizer_run(i == 0 ? old : fresh, (const char *)data, size, &tokens[i],
                                  &counts[i], &languages[i], NULL) == NZ_OK);
    }
    check_tokens(tokens[0], counts[0], data, size);
    REQUIRE(languages[0] <= NZ_LANG_MIXED && languages[0] == languages[1]);
    REQUIRE(counts[0] == counts[1]);
    for (size_t i = 0; i < counts[0]; i++) {
        REQUIRE(same_token(&tokens[0][i], &tokens[1][i]));
    }
    nz_normalizer_free(fresh);
    return 0;
}
