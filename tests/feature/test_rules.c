/* test_rules.c - rules: what is refused, what matches, and that an evil pattern ends at its limit
 * and says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "feature/rules.h"

#define RULE(name, language, triggers, pattern) \
    name "\0" language "\0" triggers "\0" pattern "\0"

static nz_status try_open(const char *block, size_t size, nz_error *err)
{
    rules *r = NULL;
    nz_status status = rules_open(&r, block, size, NULL, err);
    rules_free(r);
    return status;
}

static void what_cannot_be_a_rule_is_refused(void **state)
{
    (void)state;
    nz_error err = NZ_ERROR_INIT;
    static const char no_trigger[] = RULE("r", "en", "", "please");
    static const char empty_set[] = RULE("r", "en", "a & ", "please");
    static const char many_sets[] = RULE("r", "en", "a & b & c & d & e", "please");
    static const char bad_pattern[] = RULE("r", "en", "a", "a(b");
    static const char verb[] = RULE("r", "en", "a", "(*LIMIT_MATCH=9)a");
    static const char torn[] = "name\0en\0trigger\0pattern-without-end";
    assert_int_equal(try_open(no_trigger, sizeof no_trigger - 1, &err), NZ_E_RULE_SYNTAX);
    assert_non_null(strstr(err.message, "trigger"));
    assert_int_equal(try_open(empty_set, sizeof empty_set - 1, &err), NZ_E_RULE_SYNTAX);
    assert_int_equal(try_open(many_sets, sizeof many_sets - 1, &err), NZ_E_RULE_SYNTAX);
    assert_int_equal(try_open(bad_pattern, sizeof bad_pattern - 1, &err), NZ_E_RULE_SYNTAX);
    assert_int_equal(err.offset, 3);
    assert_int_equal(try_open(verb, sizeof verb - 1, &err), NZ_E_RULE_SYNTAX);
    assert_int_equal(try_open(torn, sizeof torn - 1, &err), NZ_E_MODEL_CORRUPT);
    assert_int_equal(try_open("", 0, &err), NZ_OK);
}

static void a_rule_matches_and_tells_where(void **state)
{
    (void)state;
    static const char block[] = RULE("request", "en", "add", "\\bplease add\\b");
    rules *r = NULL;
    rules_scratch *s = NULL;
    assert_int_equal(rules_open(&r, block, sizeof block - 1, NULL, NULL), NZ_OK);
    assert_int_equal(rules_scratch_new(&s, r, NULL, NULL), NZ_OK);
    assert_int_equal(rules_count(r), 1);
    assert_string_equal(rules_name(r, 0), "request");
    assert_int_equal(rules_language(r, 0), NZ_LANG_EN);
    assert_null(rules_name(r, 1));
    rules_match m;
    bool found, limited;
    rules_match_one(s, 0, "so please add dark", 18, &m, &found, &limited);
    assert_true(found && !limited);
    assert_int_equal(m.begin, 3);
    assert_int_equal(m.end, 13);
    rules_match_one(s, 0, "so please adds", 14, &m, &found, &limited);
    assert_true(!found && !limited);
    rules_scratch_free(s);
    rules_free(r);
}

static void an_evil_pattern_hits_its_limit(void **state)
{
    (void)state;
    static const char block[] = RULE("evil", "en", "a", "(a+)+$");
    char subject[60];
    memset(subject, 'a', sizeof subject);
    subject[sizeof subject - 1] = 'b';
    rules *r = NULL;
    rules_scratch *s = NULL;
    assert_int_equal(rules_open(&r, block, sizeof block - 1, NULL, NULL), NZ_OK);
    assert_int_equal(rules_scratch_new(&s, r, NULL, NULL), NZ_OK);
    rules_match m;
    bool found, limited;
    rules_match_one(s, 0, subject, sizeof subject, &m, &found, &limited);
    assert_true(limited && !found);
    rules_scratch_free(s);
    rules_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_a_rule_is_refused),
        cmocka_unit_test(a_rule_matches_and_tells_where),
        cmocka_unit_test(an_evil_pattern_hits_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
