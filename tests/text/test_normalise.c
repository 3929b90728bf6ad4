/* test_normalise.c - forms and keys against golden_form.tsv, idempotence, limits, and
 * Unicode's own normalisation test: canonically equivalent spellings have one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "text/normalise.h"
#include "text/text.h"
#include "text/utf8.h"
#include "text/words.h"

static text_reader *reader;

static int open_reader(void **state)
{
    (void)state;
    return text_reader_new(&reader, NULL, NULL) == NZ_OK ? 0 : -1;
}

static int close_reader(void **state)
{
    (void)state;
    text_reader_free(reader);
    return 0;
}

static text_word analyse(const char *bytes, size_t len, nz_token_kind kind, nz_language reading)
{
    text_word word;
    assert_int_equal(text_analyse(reader, bytes, len, kind, reading, &word), NZ_OK);
    assert_true(word.form_len > 0 && word.key_len > 0 && word.stem_len > 0);
    assert_int_equal(strlen(word.form), word.form_len);
    return word;
}

static void forms_and_keys_are_golden(void **state)
{
    (void)state;
    golden g;
    unsigned failures = 0, rows = 0;
    assert_true(golden_open(&g, NZ_TEST_DIR, "text/golden_form.tsv"));
    assert_true(golden_next(&g)); /* names of the columns */
    while (golden_next(&g)) {
        assert_int_equal(g.count, 6);
        text_word word = analyse(g.column[2], strlen(g.column[2]), NZ_TOKEN_WORD,
                                 golden_language(g.column[1]));
        bool same = strcmp(word.form, g.column[3]) == 0 && strcmp(word.key, g.column[4]) == 0 &&
                    word.marks == strtoul(g.column[5], NULL, 16);
        if (!same) {
            print_message("%s %s: form %s, key %s, marks %x\n", g.column[0], g.column[2], word.form,
                          word.key, (unsigned)word.marks);
        }
        failures += !same;
        rows++;
    }
    assert_true(rows > 150);
    assert_int_equal(failures, 0);
}

/* Forms and keys, analysed again, give the same key; keys are their own keys. */
static bool is_stable(const char *bytes, size_t len, nz_language reading)
{
    char form[2048], key[2048];
    text_word word = analyse(bytes, len, NZ_TOKEN_WORD, reading);
    assert_true(word.form_len < sizeof form && word.key_len < sizeof key);
    size_t form_len = word.form_len, key_len = word.key_len;
    memcpy(form, word.form, form_len);
    memcpy(key, word.key, key_len);
    word = analyse(form, form_len, NZ_TOKEN_WORD, reading);
    bool stable = word.form_len == form_len && memcmp(word.form, form, form_len) == 0 &&
                  word.key_len == key_len && memcmp(word.key, key, key_len) == 0;
    if (!stable) {
        print_message("%d: form %.*s key %.*s, again %s %s\n", (int)reading, (int)form_len, form,
                      (int)key_len, key, word.form, word.key);
        return false;
    }
    word = analyse(key, key_len, NZ_TOKEN_WORD, reading);
    stable = word.key_len == key_len && memcmp(word.key, key, key_len) == 0;
    if (!stable) {
        print_message("%d: %.*s key %.*s, key again %s\n", (int)reading, (int)len, bytes,
                      (int)key_len, key, word.key);
    }
    return stable;
}

static void golden_words_are_stable(void **state)
{
    (void)state;
    static const char *const files[] = {"text/golden_form.tsv", "text/golden_stem.tsv"};
    unsigned failures = 0;
    for (size_t f = 0; f < 2; f++) {
        golden g;
        assert_true(golden_open(&g, NZ_TEST_DIR, files[f]));
        assert_true(golden_next(&g));
        while (golden_next(&g)) {
            failures += !is_stable(g.column[2], strlen(g.column[2]), golden_language(g.column[1]));
        }
    }
    assert_int_equal(failures, 0);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Letters, marks, joiners and digits that the rules speak of, and any code point at all. */
static uint32_t random_codepoint(uint32_t *seed)
{
    static const uint32_t ranges[][2] = {
        {0x61, 0x7A}, {0x41, 0x5A}, {0x610, 0x61A}, {0x621, 0x655}, {0x66E, 0x6D5},
        {0x200B, 0x200F}, {0xFB50, 0xFBB1}, {0xFE70, 0xFEFC}, {0xC0, 0x17F}, {0x300, 0x345},
        {0xA0, 0xD7FF}, {0xE000, 0x1FFFF}, {0x627, 0x628}, {0x653, 0x655},
    };
    size_t r = next_random(seed) % (sizeof ranges / sizeof ranges[0]);
    return ranges[r][0] + next_random(seed) % (ranges[r][1] - ranges[r][0] + 1);
}

static void random_words_are_stable(void **state)
{
    (void)state;
    uint32_t seed = 20;
    unsigned failures = 0;
    for (unsigned i = 0; i < 40000; i++) {
        char word[64];
        size_t len = 0;
        unsigned letters = 1 + next_random(&seed) % 8;
        for (unsigned l = 0; l < letters; l++) {
            uint32_t c = random_codepoint(&seed);
            unsigned times = next_random(&seed) % 8 == 0 ? 3 : 1;
            while (times-- > 0 && len + 4 < sizeof word) {
                len += utf8_encode(c, word + len);
            }
        }
        failures += !is_stable(word, len, (nz_language)(i % 4));
    }
    assert_int_equal(failures, 0);
}

static void long_tokens_are_cut_between_characters(void **state)
{
    (void)state;
    char word[601];
    for (size_t i = 0; i < 300; i++) {
        memcpy(word + 1 + 2 * i, i % 2 == 0 ? "\xD8\xA8" : "\xD8\xAF", 2);
    }
    word[0] = 'a'; /* the limit falls into the middle of a letter */
    for (nz_language reading = NZ_LANG_OTHER; reading <= NZ_LANG_EN; reading++) {
        text_word cut = analyse(word, sizeof word, NZ_TOKEN_WORD, reading);
        assert_true(cut.form_len <= TEXT_MAX_TOKEN_BYTES);
        assert_int_equal(utf8_valid_prefix(cut.form, cut.form_len), cut.form_len);
        assert_true(is_stable(word, sizeof word, reading));
    }
}

/* Ligatures that expand to sentences do not grow without bound. */
static void expansions_are_bounded(void **state)
{
    (void)state;
    char word[255];
    for (size_t i = 0; i < sizeof word; i += 3) {
        memcpy(word + i, "\xEF\xB7\xBA", 3); /* U+FDFA */
    }
    text_word cut = analyse(word, sizeof word, NZ_TOKEN_WORD, NZ_LANG_AR);
    assert_true(cut.form_len <= TEXT_MAX_TOKEN_BYTES);
    assert_true(is_stable(word, sizeof word, NZ_LANG_AR));
}

static void words_of_signs_alone_are_not_empty(void **state)
{
    (void)state;
    static const char *const words[] = {"\u0640\u0640", "\u064b", "\u200c\u200c", "\u0654", "_", "#"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (int kind = 0; kind < NZ_TOKEN_KIND_COUNT; kind++) {
            (void)analyse(words[i], strlen(words[i]), (nz_token_kind)kind, NZ_LANG_FA);
        }
    }
}

/* ---- Unicode's data */

static size_t read_sequence(const char *field, char *out)
{
    size_t len = 0;
    char *end = NULL;
    for (const char *at = field; *at != '\0' && *at != ';'; at = *end == ' ' ? end + 1 : end) {
        len += utf8_encode((uint32_t)strtoul(at, &end, 16), out + len);
    }
    out[len] = '\0';
    return len;
}

static bool have_one_form(const char *fields[3], nz_language reading)
{
    char form[3][2048];
    for (int i = 0; i < 3; i++) {
        char bytes[512];
        size_t len = read_sequence(fields[i], bytes);
        text_word word = analyse(bytes, len, NZ_TOKEN_WORD, reading);
        memcpy(form[i], word.form, word.form_len + 1);
    }
    return strcmp(form[0], form[1]) == 0 && strcmp(form[0], form[2]) == 0;
}

/* U+2000 and U+2001 alone are spaces: nothing is left of such a "word", it is kept as typed,
 * and what it is kept as differs.  The scanner never makes a token of them. */
static bool is_exception(const char *field)
{
    return strncmp(field, "2000;", 5) == 0 || strncmp(field, "2001;", 5) == 0;
}

static void canonical_equivalents_share_a_form(void **state)
{
    (void)state;
    char line[4096];
    unsigned rows = 0, failures = 0, excepted = 0;
    FILE *file = golden_shared("hostile/unicode-15/NormalizationTest.txt.gz");
    if (file == NULL) {
        print_message("skipped: no hostile/unicode-15 in the shared corpora\n");
        skip();
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || line[0] == '@') {
            continue;
        }
        const char *fields[3] = {line, NULL, NULL};
        for (int i = 1; i < 3; i++) {
            fields[i] = strchr(fields[i - 1], ';') + 1;
        }
        rows++;
        for (nz_language reading = NZ_LANG_OTHER; reading <= NZ_LANG_EN; reading++) {
            if (have_one_form(fields, reading)) {
                continue;
            }
            if (is_exception(line)) {
                excepted++;
            } else if (failures++ < 20) {
                print_message("reading %d: %.60s\n", (int)reading, line);
            }
        }
    }
    (void)pclose(file);
    print_message("%u lines, %u excepted, %u failures\n", rows, excepted, failures);
    assert_true(rows > 19000);
    assert_int_equal(failures, 0);
    assert_int_equal(excepted, 2 * 4);
}

/* ---- the generated tables */

/* The generator's fold() and the engine's agree: every word is found by its key. */
static void tables_are_found_by_key(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"persian_word.tsv", "fa"}, {"persian_exception.tsv", "fa"}, {"colloquial_fa.tsv", "fa"},
        {"arabic_exception.tsv", "ar"}, {"variant_en.tsv", "en"}};
    normaliser *n = NULL;
    buffer form, key;
    unsigned missing = 0;
    assert_int_equal(normaliser_new(&n, NULL, NULL), NZ_OK);
    nz_allocator allocator = memory_default();
    buffer_init(&form, &allocator, 4096);
    buffer_init(&key, &allocator, 4096);
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        golden g;
        nz_language reading = golden_language(files[f][1]);
        assert_true(golden_open(&g, NZ_SOURCE_DIR "/lexicons", files[f][0]));
        assert_true(golden_next(&g));
        while (golden_next(&g)) {
            uint32_t marks = 0;
            buffer_clear(&form);
            buffer_clear(&key);
            assert_int_equal(normalise_form(n, g.column[0], strlen(g.column[0]), NZ_TOKEN_WORD,
                                            reading, &form, &marks), NZ_OK);
            assert_int_equal(normalise_fold((const char *)form.bytes, form.size, reading, &key,
                                            &marks), NZ_OK);
            if (words_find(reading, (const char *)key.bytes, key.size) == NULL) {
                print_message("%s: %s is not found by its key\n", files[f][0], g.column[0]);
                missing++;
            }
        }
    }
    buffer_free(&form);
    buffer_free(&key);
    normaliser_free(n);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_keys_are_golden),
        cmocka_unit_test(golden_words_are_stable),
        cmocka_unit_test(random_words_are_stable),
        cmocka_unit_test(long_tokens_are_cut_between_characters),
        cmocka_unit_test(expansions_are_bounded),
        cmocka_unit_test(words_of_signs_alone_are_not_empty),
        cmocka_unit_test(canonical_equivalents_share_a_form),
        cmocka_unit_test(tables_are_found_by_key),
    };
    return cmocka_run_group_tests(tests, open_reader, close_reader);
}
