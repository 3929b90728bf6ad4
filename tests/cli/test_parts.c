/* test_parts.c - the small parts of the command: places in JSON, ratings, column names,
 * terminal widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "detect.h"
#include "json_span.h"
#include "rating.h"
#include "utf8_text.h"

static void assert_removed(const char *line, const char *wanted, size_t count)
{
    bytes out = {0};
    assert_int_equal(json_span_remove(line, strlen(line), "nazar", &out), count);
    assert_string_equal(bytes_string(&out), wanted);
    bytes_free(&out);
}

static void test_members_are_removed(void **state)
{
    (void)state;
    assert_removed("{\"a\":1}", "{\"a\":1}", 0);
    assert_removed("{\"nazar\":1}", "{}", 1);
    assert_removed("{ \"nazar\" : {\"x\":[1,\"}\"]} , \"b\":2}", "{  \"b\":2}", 1);
    assert_removed("{\"a\":1 , \"nazar\":\"q\\\"\" }", "{\"a\":1 }", 1);
    assert_removed("{\"nazar\":1,\"a\":2,\"nazar\":3}", "{\"a\":2}", 2);
    assert_removed("{\"a\":{\"nazar\":1}}", "{\"a\":{\"nazar\":1}}", 0);
    assert_removed("{\"\\u006eazar\":1,\"a\":\"nazar\"}", "{\"a\":\"nazar\"}", 1);
    assert_removed("{}", "{}", 0);
}

static void test_spans_of_values(void **state)
{
    (void)state;
    const char *line = "{\"a\" : [1,{\"b\":2}] ,\"b\":-1.5e3}";
    size_t from = 0;
    json_span span;
    assert_true(json_span_next(line, strlen(line), NULL, &from, &span));
    assert_true(span.first && !span.last);
    assert_memory_equal(line + span.begin, "[1,{\"b\":2}]", span.end - span.begin);
    assert_true(json_span_next(line, strlen(line), "b", &from, &span));
    assert_true(!span.first && span.last);
    assert_memory_equal(line + span.begin, "-1.5e3", 6);
    assert_int_equal(span.end - span.begin, 6);
}

static void assert_string(const char *text, size_t size, const char *wanted)
{
    bytes out = {0};
    json_write_string(&out, text, size);
    assert_string_equal(bytes_string(&out), wanted);
    bytes_free(&out);
}

static void test_strings_are_written(void **state)
{
    (void)state;
    assert_string("a\"\\\n\t\r\x01/", 8, "\"a\\\"\\\\\\n\\t\\r\\u0001/\"");
    assert_string("a\0b", 3, "\"a\\u0000b\"");
    assert_string(u8"\u0646\U0001F600", 6, u8"\"\u0646\U0001F600\"");
    assert_string("\xFF\xE2\x82\xED\xA0\x80", 6,
                  u8"\"\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

static void test_ratings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double rating, max; /* -1: none */
    } cases[] = {{"4", 4, 0},         {" 4.5 ", 4.5, 0},     {"4,5", 4.5, 0},
                 {"3/5", 3, 5},       {"7 out of 10", 7, 10}, {u8"\u0664", 4, 0},
                 {u8"\u06F4\u066B\u06F5", 4.5, 0},
                 {u8"\u06F9 \u0627\u0632 \u06F1\u06F0", 9, 10},
                 {u8"\u0663 \u0645\u0646 \u0665", 3, 5},
                 {u8"\u2605\u2605\u2605\u2606\u2606", 3, 5},
                 {"", -1, 0},         {"good", -1, 0},       {"4 stars", -1, 0},
                 {"-1", -1, 0},       {"4/0", -1, 0},        {"1e3", -1, 0},
                 {"4.", -1, 0},       {"1.2.3", -1, 0},      {"nan", -1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double rating = -1.0, max = 0.0;
        bool good = rating_parse(cases[i].text, strlen(cases[i].text), &rating, &max);
        assert_int_equal(good, cases[i].rating >= 0.0);
        if (good) {
            assert_true(rating - cases[i].rating < 1e-9 && cases[i].rating - rating < 1e-9);
            assert_true(max == cases[i].max);
        }
    }
    assert_true(rating_guess_max(5) == 5 && rating_guess_max(6) == 10);
    assert_true(rating_guess_max(100) == 100 && rating_guess_max(101) == 0);
}

static bool same(const char *a, const char *b)
{
    return detect_same_name(a, strlen(a), b, strlen(b));
}

static void test_names_of_columns(void **state)
{
    (void)state;
    assert_true(same("Review_Text", " review text"));
    assert_true(same(u8"\u0645\u062A\u0646\u200C\u0646\u0638\u0631",
                     u8"\u0645\u062A\u0646 \u0646\u0638\u0631"));
    assert_true(same(u8"\u062A\u0639\u0644\u064A\u0642", u8"\u062A\u0639\u0644\u06CC\u0642"));
    assert_false(same("text", "texts"));
    assert_false(same("text", ""));
    static const char *const columns[] = {"id", "description", "Comment"};
    assert_int_equal(detect_text_column(columns, 3), 2);
    assert_int_equal(detect_text_column(columns, 1), SIZE_MAX);
}

static void test_widths(void **state)
{
    (void)state;
    assert_int_equal(utf8_columns("abc", 3), 3);
    assert_int_equal(utf8_columns(u8"\u0639\u064E\u0644\u200C\u06CC", 10 + 1), 3);
    assert_int_equal(utf8_columns(u8"\U0001F600\u4E2D", 7), 4);
    assert_int_equal(utf8_columns("\xFF", 1), 1);
    assert_true(utf8_is_rtl(0x0646) && !utf8_is_rtl('a') && !utf8_is_rtl(0x4E2D));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_are_removed), cmocka_unit_test(test_spans_of_values),
        cmocka_unit_test(test_strings_are_written), cmocka_unit_test(test_ratings),
        cmocka_unit_test(test_names_of_columns),    cmocka_unit_test(test_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
