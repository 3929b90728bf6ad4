/* test_text.c - the door of the room: spans, joined tokens, canonical keys of every kind,
 * limits, offsets of repaired text, no allocation once warm, and the public normaliser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "text/text.h"

/* libc, counting the calls that ask for memory. */
static void *count_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
    nz_allocator libc = memory_default();
    *(unsigned *)context += new_size != 0;
    return libc.resize(libc.context, ptr, old_size, new_size);
}

typedef struct fixture {
    text_reader *reader;
    unsigned allocations;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.allocations = 0;
    nz_allocator counting = {&f.allocations, count_resize};
    *state = &f;
    return text_reader_new(&f.reader, &counting, NULL) == NZ_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    text_reader_free(((fixture *)*state)->reader);
    return 0;
}

static text_document read_all(fixture *f, const char *text)
{
    text_document document;
    assert_int_equal(text_read(f->reader, text, strlen(text), false, &document, NULL), NZ_OK);
    return document;
}

/* kind:key of every token; a joined span is marked by +. */
static void describe(fixture *f, const char *text, char *out, size_t size)
{
    text_document d = read_all(f, text);
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < d.token_count; i++) {
        const text_token *t = &d.tokens[i];
        text_word word;
        assert_int_equal(text_analyse(f->reader, d.text + t->begin, t->end - t->begin,
                                      (nz_token_kind)t->kind, (nz_language)t->reading, &word),
                         NZ_OK);
        int n = snprintf(out + used, size - used, "%s%s%s%s%s", i == 0 ? "" : " | ", word.key,
                         word.marks & TEXT_MARK_REPEATED ? "*" : "",
                         (t->flags & TEXT_TOKEN_JOINED) != 0 ? "+" : "",
                         word.marks & TEXT_MARK_NEGATED ? "-" : "");
        used += (size_t)n;
        assert_true(used < size);
    }
}

static void texts_are_golden(void **state)
{
    golden g;
    char answer[2048];
    unsigned failures = 0, rows = 0;
    assert_true(golden_open(&g, NZ_TEST_DIR, "text/golden_text.tsv"));
    assert_true(golden_next(&g));
    while (golden_next(&g)) {
        assert_int_equal(g.count, 3);
        describe(*state, g.column[1], answer, sizeof answer);
        if (strcmp(answer, g.column[2]) != 0) {
            print_message("%s: %s\n  want %s\n  have %s\n", g.column[0], g.column[1], g.column[2],
                          answer);
            failures++;
        }
        rows++;
    }
    assert_true(rows >= 60);
    assert_int_equal(failures, 0);
}

static void spans_are_ordered_and_inside(void **state)
{
    golden g;
    assert_true(golden_open(&g, NZ_TEST_DIR, "text/golden_text.tsv"));
    while (golden_next(&g)) {
        text_document d = read_all(*state, g.column[1]);
        uint32_t end = 0;
        for (uint32_t i = 0; i < d.token_count; i++) {
            assert_true(d.tokens[i].begin >= end && d.tokens[i].end > d.tokens[i].begin);
            end = d.tokens[i].end;
        }
        assert_true(end <= d.len);
    }
}

/* Every kind's key, read as a token of that kind again, is itself. */
static void keys_of_all_kinds_are_their_own(void **state)
{
    static const char *const samples[] = {
        ":-)", "(:", ":)))", "xD", ":'(", ">:(", "<3", "^^", "T_T", "\U0001F44D\U0001F3FD",
        "\U0001F602\U0001F602\U0001F602", "\u2764\uFE0F", "!!!", "?!?!", "\u061f", "\u060c", "...",
        "\u2026", "\u00ab", "4/5", "9 out of 10", "1,200.50", "\u06f1\u06f2\u066c\u06f0\u06f0\u06f0",
        "20%", "hahaha", "#good_app", "\u2605\u2605\u2605\u2605\u2606", "v1.2", "\u20ac\u20ac",
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        for (int kind = 1; kind < NZ_TOKEN_KIND_COUNT; kind++) {
            char form[512], key[512];
            text_word word;
            assert_int_equal(text_analyse(f->reader, samples[i], strlen(samples[i]),
                                          (nz_token_kind)kind, NZ_LANG_EN, &word), NZ_OK);
            assert_true(word.form_len > 0 && word.key_len > 0 && word.stem_len > 0);
            memcpy(form, word.form, word.form_len + 1);
            memcpy(key, word.key, word.key_len + 1);
            assert_int_equal(text_analyse(f->reader, form, strlen(form), (nz_token_kind)kind,
                                          NZ_LANG_EN, &word), NZ_OK);
            if (strcmp(word.form, form) != 0 || strcmp(word.key, key) != 0) {
                print_message("%s %s: form %s then %s, key %s then %s\n",
                              nz_token_kind_name((nz_token_kind)kind), samples[i], form, word.form,
                              key, word.key);
            }
            assert_string_equal(word.form, form);
            assert_string_equal(word.key, key);
        }
    }
}

static void a_warm_reader_does_not_allocate(void **state)
{
    fixture *f = *state;
    char answer[2048];
    for (int round = 0; round < 3; round++) {
        golden g;
        unsigned before = f->allocations;
        assert_true(golden_open(&g, NZ_TEST_DIR, "text/golden_text.tsv"));
        while (golden_next(&g)) {
            describe(f, g.column[1], answer, sizeof answer);
        }
        assert_true(round == 0 || f->allocations == before);
    }
}

static void broken_text_is_repaired_or_refused(void **state)
{
    fixture *f = *state;
    static const char text[] = "ab\xFF cd";
    text_document d;
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(text_read(f->reader, text, 6, true, &d, &err), NZ_E_UTF8);
    assert_int_equal(err.offset, 2);
    assert_int_equal(text_read(f->reader, text, 6, false, &d, &err), NZ_OK);
    assert_true(d.repaired);
    assert_int_equal(d.len, 8);
    const text_token *last = &d.tokens[d.token_count - 1];
    assert_int_equal(text_original_offset(&d, last->begin), 4);
    assert_int_equal(text_original_offset(&d, last->end), 6);
}

static void limits_are_kept(void **state)
{
    fixture *f = *state;
    text_document d;
    nz_error err = NZ_ERROR_INIT;
    char *big = calloc(1, TEXT_MAX_BYTES + 1);
    assert_non_null(big);
    memset(big, '!', TEXT_MAX_BYTES + 1);
    for (size_t i = 0; i < TEXT_MAX_BYTES; i += 2) {
        big[i] = 'a'; /* as many tokens as there can be */
    }
    assert_int_equal(text_read(f->reader, big, TEXT_MAX_BYTES + 1, false, &d, &err), NZ_E_LIMIT);
    assert_true(strlen(err.message) > 0);
    assert_int_equal(text_read(f->reader, big, TEXT_MAX_BYTES, false, &d, &err), NZ_OK);
    assert_int_equal(d.token_count, TEXT_MAX_BYTES);
    memset(big, 0xFF, TEXT_MAX_BYTES); /* every byte is repaired */
    assert_int_equal(text_read(f->reader, big, TEXT_MAX_BYTES, false, &d, &err), NZ_OK);
    assert_int_equal(d.len, 3 * TEXT_MAX_BYTES);
    free(big);
}

static void empty_text_has_no_tokens(void **state)
{
    fixture *f = *state;
    text_document d;
    assert_int_equal(text_read(f->reader, NULL, 0, true, &d, NULL), NZ_OK);
    assert_int_equal(d.token_count, 0);
    assert_int_equal(d.language, NZ_LANG_OTHER);
    assert_int_equal(read_all(f, " \n\t ").token_count, 0);
}

static void personal_data_is_masked(void **state)
{
    fixture *f = *state;
    static const char text[] = "mail me: someone@example.com \xFF";
    const char *out = NULL;
    size_t len = 0;
    assert_int_equal(text_redact(f->reader, text, sizeof text - 1, &out, &len, NULL), NZ_OK);
    assert_int_equal(strlen(out), len);
    assert_null(strstr(out, "someone"));
    assert_non_null(strstr(out, "mail me"));
}

/* Every allocation fails once: an error, no leak, no crash. */
typedef struct failing {
    unsigned left;
} failing;

static void *fail_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
    failing *f = context;
    nz_allocator libc = memory_default();
    if (new_size != 0 && f->left-- == 0) {
        f->left = 0;
        return NULL;
    }
    return libc.resize(libc.context, ptr, old_size, new_size);
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    static const char text[] = "\xFFgood don't #app_x 4/5 \U0001F600";
    bool whole = false;
    for (unsigned n = 0; n < 60 && !whole; n++) {
        failing f = {n};
        nz_allocator allocator = {&f, fail_resize};
        nz_normalizer *normalizer = NULL;
        const nz_token *tokens = NULL;
        size_t count = 0;
        nz_status status = nz_normalizer_new(&normalizer, &allocator, NULL);
        if (status == NZ_OK) {
            status = nz_normalizer_run(normalizer, text, sizeof text - 1, &tokens, &count, NULL,
                                       NULL);
        }
        assert_true(status == NZ_OK || status == NZ_E_MEMORY);
        whole = status == NZ_OK;
        nz_normalizer_free(normalizer);
    }
    assert_true(whole);
}

static void the_public_normalizer_speaks_of_the_bytes_passed_in(void **state)
{
    (void)state;
    static const char text[] = "\xFF The APP isn't good!!";
    nz_normalizer *normalizer = NULL;
    const nz_token *tokens = NULL;
    size_t count = 0;
    nz_language language = NZ_LANG_OTHER;
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(nz_normalizer_new(&normalizer, NULL, &err), NZ_OK);
    assert_int_equal(nz_normalizer_run(normalizer, text, sizeof text - 1, &tokens, &count,
                                       &language, &err), NZ_OK);
    assert_int_equal(count, 6);
    assert_int_equal(language, NZ_LANG_EN);
    assert_int_equal(tokens[1].begin, 2);
    assert_int_equal(tokens[1].end, 5);
    assert_string_equal(tokens[2].key, "app");
    assert_string_equal(tokens[3].form, "isn't");
    assert_string_equal(tokens[3].key, "isnt");
    assert_int_equal(tokens[3].end - tokens[3].begin, 5);
    assert_string_equal(tokens[5].key, "!");
    assert_int_equal(nz_normalizer_run(normalizer, NULL, 3, &tokens, &count, NULL, &err),
                     NZ_E_ARGUMENT);
    assert_int_equal(nz_normalizer_new(NULL, NULL, &err), NZ_E_ARGUMENT);
    nz_normalizer_free(normalizer);
    nz_normalizer_free(NULL);
}

static void names_are_stable(void **state)
{
    (void)state;
    assert_string_equal(nz_token_kind_name(NZ_TOKEN_WORD), "word");
    assert_string_equal(nz_token_kind_name(NZ_TOKEN_SYMBOL), "symbol");
    assert_string_equal(nz_token_kind_name(NZ_TOKEN_KIND_COUNT), "unknown");
    assert_string_equal(nz_language_code(NZ_LANG_FA), "fa");
    assert_string_equal(nz_language_code(NZ_LANG_MIXED), "mixed");
    assert_string_equal(nz_language_code((nz_language)77), "other");
    for (int kind = 0; kind < NZ_TOKEN_KIND_COUNT; kind++) {
        assert_non_null(nz_token_kind_name((nz_token_kind)kind));
    }
}

#define WITH_READER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_READER(texts_are_golden),
        WITH_READER(spans_are_ordered_and_inside),
        WITH_READER(keys_of_all_kinds_are_their_own),
        WITH_READER(a_warm_reader_does_not_allocate),
        WITH_READER(broken_text_is_repaired_or_refused),
        WITH_READER(limits_are_kept),
        WITH_READER(empty_text_has_no_tokens),
        WITH_READER(personal_data_is_masked),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(the_public_normalizer_speaks_of_the_bytes_passed_in),
        cmocka_unit_test(names_are_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
