/* test_utf8.c - UTF-8: against ICU, against the published test file, against itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/ustring.h>

#include "text/utf8.h"

/* Repair with ICU: decode with U+FFFD for each maximal subpart, encode again. */
static size_t icu_repair(const char *bytes, size_t len, char *out, size_t room)
{
    UChar wide[64];
    int32_t wide_len = 0;
    int32_t out_len = 0;
    UErrorCode code = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide, 64, &wide_len, bytes, (int32_t)len, 0xFFFD, NULL, &code);
    u_strToUTF8(out, (int32_t)room, &out_len, wide, wide_len, &code);
    assert_true(U_SUCCESS(code));
    return (size_t)out_len;
}

static void check_against_icu(buffer *out, buffer *fixes, const char *bytes, size_t len)
{
    char expected[128];
    size_t expected_len = icu_repair(bytes, len, expected, sizeof expected);
    buffer_clear(out);
    buffer_clear(fixes);
    assert_int_equal(utf8_repair(bytes, len, out, fixes), NZ_OK);
    assert_int_equal(out->size, expected_len);
    assert_memory_equal(out->bytes, expected, expected_len);
    assert_int_equal(utf8_valid_prefix(expected, expected_len), expected_len);
    bool valid = expected_len == len && memcmp(expected, bytes, len) == 0;
    size_t prefix = utf8_valid_prefix(bytes, len);
    assert_int_equal(prefix == len, valid);
    assert_memory_equal(expected, bytes, prefix);
    const utf8_fix *list = (const utf8_fix *)(const void *)fixes->bytes;
    size_t count = fixes->size / sizeof *list;
    assert_int_equal(utf8_original_offset(list, count, (uint32_t)out->size), len);
}

static void every_scalar_goes_there_and_back(void **state)
{
    (void)state;
    for (uint32_t codepoint = 0; codepoint < 0x110000; codepoint++) {
        char bytes[4];
        uint32_t len = utf8_encode(codepoint, bytes);
        bool scalar = codepoint < 0xD800 || codepoint > 0xDFFF;
        assert_int_equal(utf8_valid_prefix(bytes, len), scalar ? len : 0);
        uint32_t decoded = 0;
        assert_int_equal(utf8_decode(bytes, len, &decoded), scalar ? len : 0);
        if (scalar) {
            const char *at = bytes;
            assert_int_equal(utf8_next(&at), codepoint);
            assert_int_equal(at - bytes, len);
            assert_int_equal(decoded, codepoint);
            /* A character cut short is none. */
            assert_int_equal(utf8_valid_prefix(bytes, len - 1), 0);
        }
    }
}

static void short_strings_agree_with_icu(void **state)
{
    (void)state;
    buffer out, fixes;
    buffer_init(&out, NULL, 4096);
    buffer_init(&fixes, NULL, 4096);
    char bytes[16];
    for (uint32_t pair = 0; pair < 0x10000; pair++) {
        bytes[0] = (char)(pair >> 8);
        bytes[1] = (char)pair;
        check_against_icu(&out, &fixes, bytes, 2);
    }
    /* Three bytes, sampled by a step that is prime to 2^24. */
    for (uint32_t i = 0; i < 300000; i++) {
        uint32_t triple = i * 2654435761u >> 8;
        bytes[0] = (char)(triple >> 16);
        bytes[1] = (char)(triple >> 8);
        bytes[2] = (char)triple;
        check_against_icu(&out, &fixes, bytes, 3);
    }
    /* Longer ones from bytes that matter. */
    static const unsigned char hard[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
                                         0xC1, 0xC2, 0xD8, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
                                         0xF4, 0xF5, 0xFF};
    uint64_t random = 1;
    for (uint32_t i = 0; i < 300000; i++) {
        for (size_t k = 0; k < 14; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[k] = (char)hard[(random >> 40) % sizeof hard];
        }
        check_against_icu(&out, &fixes, bytes, 4 + i % 11);
    }
    buffer_free(&out);
    buffer_free(&fixes);
}

static void offsets_lead_back_to_the_original(void **state)
{
    (void)state;
    /* a, two bad bytes, b, a cut character, c */
    static const char bytes[] = "a\xFF\xC0"
                                "b\xF0\x9F\x98"
                                "c";
    buffer out, fixes;
    buffer_init(&out, NULL, 4096);
    buffer_init(&fixes, NULL, 4096);
    assert_int_equal(utf8_repair(bytes, sizeof bytes - 1, &out, &fixes), NZ_OK);
    assert_int_equal(out.size, 12);
    const utf8_fix *list = (const utf8_fix *)(const void *)fixes.bytes;
    size_t count = fixes.size / sizeof *list;
    static const uint32_t pairs[][2] = {{0, 0}, {1, 1}, {4, 2}, {7, 3}, {8, 4}, {11, 7}, {12, 8}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(utf8_original_offset(list, count, pairs[i][0]), pairs[i][1]);
    }
    buffer_free(&out);
    buffer_free(&fixes);
}

static void a_full_buffer_is_an_error(void **state)
{
    (void)state;
    buffer out, fixes;
    buffer_init(&out, NULL, 5);
    buffer_init(&fixes, NULL, 4096);
    assert_int_equal(utf8_repair("\xFF\xFF", 2, &out, &fixes), NZ_E_LIMIT);
    buffer_free(&out);
    buffer_free(&fixes);
}

static size_t parse_hex(const char *hex, size_t len, char *out)
{
    size_t count = 0;
    int high = -1;
    for (size_t i = 0; i < len; i++) {
        const char *digits = "0123456789abcdef";
        char lower = (char)(hex[i] | 0x20);
        const char *found = hex[i] == ' ' ? NULL : memchr(digits, lower, 16);
        if (found == NULL) {
            continue;
        }
        int value = (int)(found - digits);
        if (high < 0) {
            high = value;
        } else {
            out[count++] = (char)(high << 4 | value);
            high = -1;
        }
    }
    return count;
}

/* Lines "id:invalid hex:bytes:skipped:replaced" and "id:valid hex:bytes". */
static void published_cases_are_repaired_as_they_say(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_SHARED_DIR "/hostile/utf8tests/utf8tests.txt", "rb");
    if (file == NULL) {
        print_message("utf8tests are not there: skipped\n");
        skip();
        return;
    }
    buffer out, fixes;
    buffer_init(&out, NULL, 4096);
    buffer_init(&fixes, NULL, 4096);
    char line[1024];
    int cases = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *kind = strchr(line, ':');
        if (line[0] == '#' || kind == NULL) {
            continue;
        }
        bool invalid = strncmp(kind, ":invalid hex:", 13) == 0;
        if (!invalid && strncmp(kind, ":valid hex:", 11) != 0) {
            continue;
        }
        char *field = kind + (invalid ? 13 : 11);
        size_t field_len = strcspn(field, ":\r\n");
        char bytes[256], expected[256];
        size_t len = parse_hex(field, field_len, bytes);
        size_t expected_len = len;
        memcpy(expected, bytes, len);
        if (invalid) {
            char *replaced = strchr(field + field_len + 1, ':') + 1;
            expected_len = parse_hex(replaced, strcspn(replaced, "\r\n"), expected);
        }
        buffer_clear(&out);
        buffer_clear(&fixes);
        assert_int_equal(utf8_repair(bytes, len, &out, &fixes), NZ_OK);
        assert_int_equal(out.size, expected_len);
        assert_memory_equal(out.bytes, expected, expected_len);
        assert_int_equal(utf8_valid_prefix(bytes, len) < len, invalid);
        cases++;
    }
    fclose(file);
    buffer_free(&out);
    buffer_free(&fixes);
    print_message("utf8tests: %d cases\n", cases);
    assert_true(cases > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_goes_there_and_back),
        cmocka_unit_test(short_strings_agree_with_icu),
        cmocka_unit_test(offsets_lead_back_to_the_original),
        cmocka_unit_test(a_full_buffer_is_an_error),
        cmocka_unit_test(published_cases_are_repaired_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
