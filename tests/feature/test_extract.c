/* test_extract.c - the feature schema: token features are pure and distinct, negation keeps to its
 * scope and spares emoji, fixed expressions come before negation, counts and bins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "feature/internal.h"
#include "feature/slots.h"

enum { NAMES = 65536 };

/* A lexicon of a few English words: not (negates what follows), good, bad, very; "no problem". */
typedef struct fixture {
    buffer block;
    lexicon *words;
    rules *patterns;
    extractor *x;
    token_slots slots;
    char names[NAMES]; /* "|name|name|" of the features told last */
    size_t names_len;
} fixture;

static uint64_t key_of(const char *word)
{
    return feature_id(FEATURE_WORD, NZ_LANG_EN, word, strlen(word));
}

static void note_name(void *context, uint64_t feature, const char *name)
{
    fixture *f = context;
    (void)feature;
    size_t len = strlen(name);
    if (f->names_len + len + 2 < NAMES) {
        memcpy(f->names + f->names_len, name, len);
        f->names_len += len;
        f->names[f->names_len++] = '|';
        f->names[f->names_len] = '\0';
    }
}

static int setup(void **state)
{
    static fixture f;
    static const char rule[] = "wish\0en\0wish\0\\bi wish\\b";
    memset(&f, 0, sizeof f);
    lexicon_builder *b = NULL;
    uint64_t no_problem[2] = {key_of("no"), key_of("problem")};
    assert_int_equal(lexicon_builder_new(&b, NULL, NULL), NZ_OK);
    assert_int_equal(lexicon_builder_add(b, key_of("not"), LEXICON_NEGATOR, 0, 3, 0, 0), NZ_OK);
    assert_int_equal(lexicon_builder_add(b, key_of("no"), LEXICON_NEGATOR, 0, 3, 0, 0), NZ_OK);
    assert_int_equal(lexicon_builder_add(b, key_of("very"), LEXICON_INTENSIFIER, 0, 2, 0, 0), NZ_OK);
    assert_int_equal(lexicon_builder_add(b, key_of("good"), 0, 2, 0, 0, 0), NZ_OK);
    assert_int_equal(lexicon_builder_add(b, key_of("problem"), 0, -2, 0, 0, 0), NZ_OK);
    assert_int_equal(lexicon_builder_add_expression(b, no_problem, 2, 4, 1), NZ_OK);
    buffer_init(&f.block, NULL, 1u << 20);
    assert_int_equal(lexicon_builder_finish(b, &f.block, NULL), NZ_OK);
    lexicon_builder_free(b);
    assert_int_equal(lexicon_open(&f.words, f.block.bytes, f.block.size, NULL, NULL), NZ_OK);
    assert_int_equal(rules_open(&f.patterns, rule, sizeof rule, NULL, NULL), NZ_OK);
    assert_int_equal(extractor_new(&f.x, f.words, f.patterns, NULL, NULL), NZ_OK);
    f.slots.x = f.x;
    extractor_set_namer(f.x, note_name, &f);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    extractor_free(f->x);
    rules_free(f->patterns);
    lexicon_free(f->words);
    buffer_free(&f->block);
    return 0;
}

static extract_result read_text(fixture *f, const char *text)
{
    extract_resolver resolver = {&f->slots, slots_resolve};
    extract_result result;
    f->slots.count = 0;
    f->names_len = 0;
    f->names[0] = '\0';
    assert_int_equal(extract_document(f->x, text, strlen(text), false, &resolver, &result, NULL), NZ_OK);
    return result;
}

static unsigned of_kind(const extract_result *result, nz_evidence_kind kind)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < result->cross_count; i++) {
        count += result->cross[i].kind == (uint32_t)kind;
    }
    return count;
}

static void token_features_are_pure_and_distinct(void **state)
{
    fixture *f = *state;
    uint64_t a[EXTRACT_MAX_TOKEN_FEATURES], b[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t n, m;
    extract_info x, y;
    assert_int_equal(extract_token(f->x, "goodness", 8, NZ_TOKEN_WORD, NZ_LANG_EN, &x, a, &n), NZ_OK);
    assert_int_equal(extract_token(f->x, "other", 5, NZ_TOKEN_WORD, NZ_LANG_EN, &y, b, &m), NZ_OK);
    assert_int_equal(extract_token(f->x, "goodness", 8, NZ_TOKEN_WORD, NZ_LANG_EN, &y, b, &m), NZ_OK);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n * sizeof *a);
    assert_true(x.key == y.key && x.stem == y.stem && x.flags == y.flags);
    assert_true(a[0] == key_of("goodness"));
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = i + 1; k < n; k++) {
            assert_true(a[i] != a[k]);
        }
    }
    /* ما is "we" in Persian and "not" in Arabic: the reading is part of the feature. */
    assert_int_equal(extract_token(f->x, "\xd9\x85\xd8\xa7", 4, NZ_TOKEN_WORD, NZ_LANG_FA, &x, a, &n), NZ_OK);
    assert_int_equal(extract_token(f->x, "\xd9\x85\xd8\xa7", 4, NZ_TOKEN_WORD, NZ_LANG_AR, &y, b, &m), NZ_OK);
    assert_true(a[0] != b[0] && x.key != y.key);
}

static void an_absurd_word_keeps_to_the_limit(void **state)
{
    fixture *f = *state;
    char word[200];
    for (size_t i = 0; i < sizeof word; i++) {
        word[i] = (char)('a' + i * 7 % 26);
    }
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t count;
    extract_info info;
    assert_int_equal(extract_token(f->x, word, sizeof word, NZ_TOKEN_WORD, NZ_LANG_EN, &info, ids, &count), NZ_OK);
    assert_true(count <= EXTRACT_MAX_TOKEN_FEATURES);
}

static void negation_keeps_to_its_reach_and_clause(void **state)
{
    fixture *f = *state;
    extract_result result = read_text(f, "not good");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 2); /* the stem and its polarity */
    result = read_text(f, "not, good");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 0);
    result = read_text(f, "not one two three good");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 3);
    assert_null(strstr(f->names, "scope polarity"));
}

static void negation_spares_emoji(void **state)
{
    fixture *f = *state;
    extract_result result = read_text(f, "not \xf0\x9f\x98\x80");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 0);
}

static void fixed_expressions_come_before_negation(void **state)
{
    fixture *f = *state;
    extract_result result = read_text(f, "no problem");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 0);
    assert_non_null(strstr(f->names, "expression class"));
    result = read_text(f, "no big problem");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_SCOPE), 3);
    assert_null(strstr(f->names, "expression class"));
}

static void equal_tokens_are_one_distinct(void **state)
{
    fixture *f = *state;
    extract_result result = read_text(f, "good good very good");
    assert_int_equal(result.document.token_count, 4);
    assert_int_equal(result.distinct_count, 2);
    assert_int_equal(result.distinct[0].count, 3);
    assert_int_equal(result.token_distinct[3], 0);
    assert_non_null(strstr(f->names, "intensified"));
}

static void a_rule_points_at_its_words(void **state)
{
    fixture *f = *state;
    extract_result result = read_text(f, "well i wish it had maps");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_RULE), 1);
    for (uint32_t i = 0; i < result.cross_count; i++) {
        if (result.cross[i].kind == NZ_EVIDENCE_RULE) {
            assert_int_equal(result.cross[i].first, 1);
            assert_int_equal(result.cross[i].second, 2);
        }
    }
    result = read_text(f, "a wish");
    assert_int_equal(of_kind(&result, NZ_EVIDENCE_RULE), 0);
}

static void counts_weigh_logarithmically(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 40; c++) {
        double exact = fmin(64.0, floor(16.0 * (1.0 + log((double)c)) + 0.5));
        assert_int_equal(extract_count_weight(c), (int)exact);
    }
    assert_int_equal(extract_count_weight(UINT32_MAX), 64);
}

static void ratings_fall_into_tenths(void **state)
{
    (void)state;
    assert_int_equal(extract_rating_bin(5, 5), 10);
    assert_int_equal(extract_rating_bin(0, 10), 0);
    assert_int_equal(extract_rating_bin(3, 5), 6);
    assert_int_equal(extract_rating_bin(6, 5), NZ_NONE);
    assert_int_equal(extract_rating_bin(-1, 5), NZ_NONE);
    assert_int_equal(extract_rating_bin((double)NAN, 5), NZ_NONE);
    assert_int_equal(extract_rating_bin(3, (double)NAN), NZ_NONE);
    assert_int_equal(extract_rating_bin(3, (double)INFINITY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_features_are_pure_and_distinct),
        cmocka_unit_test(an_absurd_word_keeps_to_the_limit),
        cmocka_unit_test(negation_keeps_to_its_reach_and_clause),
        cmocka_unit_test(negation_spares_emoji),
        cmocka_unit_test(fixed_expressions_come_before_negation),
        cmocka_unit_test(equal_tokens_are_one_distinct),
        cmocka_unit_test(a_rule_points_at_its_words),
        cmocka_unit_test(counts_weigh_logarithmically),
        cmocka_unit_test(ratings_fall_into_tenths),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
