/* test_cross_rules.c - rules run around their triggers alone, and find what the whole comment
 * would show: against every rule on the whole subject, on random comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "feature/internal.h"
#include "feature/slots.h"

enum { WORDS = 12, LONGEST = 400, ROUNDS = 3000 };

#define RULE(name, triggers, pattern) name "\0en\0" triggers "\0" pattern "\0"
static const char block[] = RULE("one", "wish", "\\bi wish\\b")
    RULE("two", "open & never not", "\\b(?:never|not)(?: \\S+){0,6} open\\b")
    RULE("three", "call & again & manager", "\\bcall(?: \\S+){0,3} again(?: \\S+){0,3} manager\\b");
enum { RULES = 3 };
static const char *const vocabulary[WORDS] = {"i",    "wish",  "never",   "not", "open", "call",
                                              "again", "manager", "blue", "sky", "tea",  "cup"};
/* Where each rule's triggers stand in the vocabulary, a bit a word, a mask a set. */
static const uint32_t sets[RULES][3] = {{1u << 1}, {1u << 4, 1u << 2 | 1u << 3},
                                        {1u << 5, 1u << 6, 1u << 7}};

typedef struct fixture {
    buffer bytes;
    lexicon *words;
    rules *patterns;
    rules_scratch *matcher;
    extractor *x;
    token_slots slots;
} fixture;

static int setup(void **state)
{
    static fixture f;
    lexicon_builder *b = NULL;
    memset(&f, 0, sizeof f);
    buffer_init(&f.bytes, NULL, 1u << 16);
    assert_int_equal(lexicon_builder_new(&b, NULL, NULL), NZ_OK);
    assert_int_equal(lexicon_builder_finish(b, &f.bytes, NULL), NZ_OK);
    lexicon_builder_free(b);
    assert_int_equal(lexicon_open(&f.words, f.bytes.bytes, f.bytes.size, NULL, NULL), NZ_OK);
    assert_int_equal(rules_open(&f.patterns, block, sizeof block - 1, NULL, NULL), NZ_OK);
    assert_int_equal(rules_scratch_new(&f.matcher, f.patterns, NULL, NULL), NZ_OK);
    assert_int_equal(extractor_new(&f.x, f.words, f.patterns, NULL, NULL), NZ_OK);
    f.slots.x = f.x;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    extractor_free(f->x);
    rules_scratch_free(f->matcher);
    rules_free(f->patterns);
    lexicon_free(f->words);
    buffer_free(&f->bytes);
    return 0;
}

/* The item of a rule in the result, or NULL; never two. */
static const extract_cross *item_of(const fixture *f, const extract_result *r, uint32_t rule)
{
    const char *name = rules_name(f->patterns, rule);
    const uint64_t id = feature_id(FEATURE_RULE, NZ_LANG_OTHER, name, strlen(name));
    const extract_cross *found = NULL;
    for (uint32_t i = 0; i < r->cross_count; i++) {
        if (r->cross[i].kind == NZ_EVIDENCE_RULE && r->cross[i].feature == id) {
            assert_null(found);
            found = &r->cross[i];
        }
    }
    return found;
}

static extract_result read_text(fixture *f, const char *text)
{
    extract_resolver resolver = {&f->slots, slots_resolve};
    extract_result r;
    assert_int_equal(extract_document(f->x, text, strlen(text), false, &resolver, &r, NULL),
                     NZ_OK);
    return r;
}

/* The rule on the whole comment, when a key of each of its sets stands there. */
static bool matches_somewhere(const fixture *f, uint32_t rule, const char *text, uint32_t words)
{
    for (uint32_t s = 0; s < 3; s++) {
        if (sets[rule][s] != 0 && (sets[rule][s] & words) == 0) {
            return false;
        }
    }
    rules_match match;
    bool found, limited;
    rules_match_one(f->matcher, rule, text, strlen(text), &match, &found, &limited);
    assert_false(limited);
    return found;
}

static void windows_find_what_the_whole_comment_shows(void **state)
{
    fixture *f = *state;
    static char text[LONGEST * 9];
    unsigned hits[RULES] = {0};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t count = 1 + (uint32_t)(hash_pair(round, 1) % (round % 9 == 0 ? LONGEST : 30));
        uint32_t words = 0;
        size_t len = 0;
        for (uint32_t i = 0; i < count; i++) {
            /* Sometimes mostly words that mean nothing, so that triggers are far apart as well. */
            const uint64_t dice = hash_pair(round * 1000 + i, 2);
            const bool plain = dice % 8 >= 1 + round % 4 * 2;
            const uint32_t w = (uint32_t)(plain ? 8 + dice / 8 % 4 : dice / 8 % 8);
            words |= 1u << w;
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i == 0 ? "" : " ",
                                    vocabulary[w]);
        }
        const extract_result r = read_text(f, text);
        for (uint32_t rule = 0; rule < RULES; rule++) {
            const extract_cross *item = item_of(f, &r, rule);
            assert_int_equal(item != NULL, matches_somewhere(f, rule, text, words));
            hits[rule] += item != NULL;
            assert_true(item == NULL || (item->first <= item->second &&
                                         item->second - item->first < RULES_MAX_SPAN));
        }
    }
    for (uint32_t rule = 0; rule < RULES; rule++) {
        assert_true(hits[rule] > 50); /* or the test would look at nothing */
    }
}

static void the_span_is_that_of_the_match(void **state)
{
    fixture *f = *state;
    const extract_result r = read_text(f, "blue sky tea never blue open cup i wish tea");
    const extract_cross *two = item_of(f, &r, 1), *one = item_of(f, &r, 0);
    assert_true(two != NULL && one != NULL);
    assert_int_equal(two->first, 3);
    assert_int_equal(two->second, 5);
    assert_int_equal(one->first, 7);
    assert_int_equal(one->second, 8);
    assert_null(item_of(f, &r, 2));
}

static void keys_of_two_comments_never_meet(void **state)
{
    fixture *f = *state;
    extract_result r = read_text(f, "never");
    r = read_text(f, "open");
    assert_null(item_of(f, &r, 1));
    r = read_text(f, "never open");
    assert_non_null(item_of(f, &r, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_find_what_the_whole_comment_shows),
        cmocka_unit_test(the_span_is_that_of_the_match),
        cmocka_unit_test(keys_of_two_comments_never_meet),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
