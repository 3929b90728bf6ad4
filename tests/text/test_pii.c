/* test_pii.c - masking: golden pairs, bytes that stay, malformed input, linear time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "text/pii.h"

enum { MAX_LINE = 2048, CAP = 64 << 20 };

static void redact(buffer *out, const char *text, size_t len)
{
    buffer_clear(out);
    assert_int_equal(pii_redact(text, len, out), NZ_OK);
    assert_int_equal(buffer_append_byte(out, '\0'), NZ_OK);
}

static void golden_pairs(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_TEST_DIR "/text/pii.tsv", "r");
    assert_non_null(file);
    buffer out;
    buffer_init(&out, NULL, CAP);
    char line[MAX_LINE];
    int masked = 0, kept = 0, failures = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        char *expected = strchr(line, '\t');
        assert_non_null(expected);
        *expected++ = '\0';
        char *why = strchr(expected, '\t');
        assert_non_null(why);
        *why++ = '\0';
        redact(&out, line, strlen(line));
        if (strcmp((const char *)out.bytes, expected) != 0) {
            print_error("%s\n  expected %s\n  actual   %s\n  %s", line, expected, out.bytes, why);
            failures++;
        }
        masked += strcmp(line, expected) != 0;
        kept += strcmp(line, expected) == 0;
    }
    fclose(file);
    buffer_free(&out);
    assert_int_equal(failures, 0);
    assert_true(masked > 40 && kept > 30);
}

/* Masking what is masked changes nothing, and text around it stays byte for byte. */
static void masks_are_stable_and_the_rest_is_untouched(void **state)
{
    (void)state;
    static const char text[] =
        "a\xFF\x80 09121234567 \xD9\xF0\x9F\x91 \0 ali@example.com\xC0 @ali_x";
    static const char expected[] = "a\xFF\x80 [phone] \xD9\xF0\x9F\x91 \0 [email]\xC0 [handle]";
    buffer out, again;
    buffer_init(&out, NULL, CAP);
    buffer_init(&again, NULL, CAP);
    redact(&out, text, sizeof text - 1);
    assert_int_equal(out.size, sizeof expected);
    assert_memory_equal(out.bytes, expected, sizeof expected);
    redact(&again, (const char *)out.bytes, out.size - 1);
    assert_int_equal(again.size, out.size);
    assert_memory_equal(again.bytes, out.bytes, out.size);
    buffer_free(&out);
    buffer_free(&again);
}

/* Bytes that no rule names come back as they are, whatever they are. */
static void random_bytes_without_digits_stay(void **state)
{
    (void)state;
    buffer out;
    buffer_init(&out, NULL, CAP);
    uint64_t random = 3;
    char text[64];
    for (int round = 0; round < 200000; round++) {
        size_t len = 1 + (size_t)round % sizeof text;
        for (size_t i = 0; i < len; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            char byte = (char)(random >> 40);
            /* '@' may begin a handle, the Arabic and ASCII digits a number. */
            text[i] = byte == '@' || (byte >= '0' && byte <= '9') ? ' ' : byte;
        }
        buffer_clear(&out);
        assert_int_equal(pii_redact(text, len, &out), NZ_OK);
        if (memchr(out.bytes, ']', out.size) == NULL || out.size == len) {
            assert_int_equal(out.size, len);
            assert_memory_equal(out.bytes, text, len);
        }
    }
    buffer_free(&out);
}

static void slow_inputs_take_linear_time(void **state)
{
    (void)state;
    static const char *const units[] = {
        "@", "a@",   "a.", "1",       "1 ",       "1-",   "0",            "+",           "(",
        "(1)", "+1 ", "IR1 ", "a", "http://", "\xD9\xA1", "\xFF", "\xE2\x80\x8C", "09121234567 "};
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    buffer out;
    buffer_init(&out, NULL, CAP);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit = strlen(units[i]);
        for (size_t at = 0; at < SIZE; at++) {
            text[at] = units[i][at % unit];
        }
        clock_t begin = clock();
        redact(&out, text, SIZE);
        double taken = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (taken > 2.0) {
            fail_msg("%s repeated takes %.2f s", units[i], taken);
        }
    }
    buffer_free(&out);
    free(text);
}

static void a_full_buffer_is_an_error(void **state)
{
    (void)state;
    buffer out;
    buffer_init(&out, NULL, 8);
    assert_int_equal(pii_redact("0123456789 is long", 18, &out), NZ_E_LIMIT);
    assert_int_equal(pii_redact(NULL, 0, &out), NZ_OK);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_pairs),
        cmocka_unit_test(masks_are_stable_and_the_rest_is_untouched),
        cmocka_unit_test(random_bytes_without_digits_stay),
        cmocka_unit_test(slow_inputs_take_linear_time),
        cmocka_unit_test(a_full_buffer_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
