/* test_codepoint.c - the code-point table: golden rows, and its laws over every scalar. */
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "text/codepoint.h"

static const char *const class_names[CODEPOINT_CLASS_COUNT] = {
    "other",  "space",   "newline", "invisible", "zwnj",     "zwj",      "variation",   "latin",
    "arabic", "letter",  "mark",    "tatweel",   "digit",    "emoji",    "modifier",    "regional",
    "punctuation", "symbol"};

static void print_own(char *out, size_t size, uint32_t c, bool fold)
{
    const codepoint_info *info = codepoint_lookup(c);
    size_t used = 0;
    out[0] = '\0';
    if (info->sequence_len == 0) {
        uint32_t value = fold ? codepoint_fold(info, c) : codepoint_own(info, c);
        bool dropped = (fold ? info->fold_step : info->own_step) == CODEPOINT_DROP;
        snprintf(out, size, dropped ? "-" : "%04X", value);
        return;
    }
    for (size_t i = 0; i < info->sequence_len; i++) {
        uint32_t value = codepoint_sequence(info)[i];
        value = fold ? codepoint_fold(codepoint_lookup(value), value) : value;
        used += (size_t)snprintf(out + used, size - used, i == 0 ? "%04X" : " %04X", value);
    }
}

static void golden_rows(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_TEST_DIR "/text/codepoint.tsv", "r");
    assert_non_null(file);
    char line[512];
    int rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char code[16], class_[16], own[128], fold[128], actual[128];
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(
            sscanf(line, "%15[^\t]\t%15[^\t]\t%127[^\t]\t%127[^\t]", code, class_, own, fold), 4);
        uint32_t c = (uint32_t)strtoul(code, NULL, 16);
        assert_string_equal(class_names[codepoint_lookup(c)->class_], class_);
        print_own(actual, sizeof actual, c, false);
        assert_string_equal(actual, own);
        print_own(actual, sizeof actual, c, true);
        assert_string_equal(actual, fold);
        rows++;
    }
    fclose(file);
    assert_true(rows > 100);
}

/* own(own) = own, fold(fold) = fold, fold(own) = fold. */
static void check_laws(uint32_t c, uint32_t value, bool fold)
{
    const codepoint_info *info = codepoint_lookup(value);
    if (info->sequence_len != 0 || (value != 0 && codepoint_own(info, value) != value)) {
        fail_msg("U+%04X gives U+%04X, which is not its own form", c, value);
    }
    if (fold && value != 0 && codepoint_fold(info, value) != value) {
        fail_msg("U+%04X folds to U+%04X, which folds on", c, value);
    }
}

static void both_columns_are_idempotent(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        const codepoint_info *info = codepoint_lookup(c);
        if (info->sequence_len != 0) {
            for (size_t i = 0; i < info->sequence_len; i++) {
                check_laws(c, codepoint_sequence(info)[i], false);
            }
            continue;
        }
        uint32_t own = codepoint_own(info, c);
        uint32_t fold = codepoint_fold(info, c);
        check_laws(c, own, false);
        check_laws(c, fold, true);
        if (own != 0) {
            assert_int_equal(codepoint_fold(codepoint_lookup(own), own), fold);
        }
    }
}

static void classes_agree_with_each_other(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        const codepoint_info *info = codepoint_lookup(c);
        assert_true(info->class_ < CODEPOINT_CLASS_COUNT);
        assert_int_equal(codepoint_class_of(c), info->class_);
        assert_int_equal(info->digit <= 9, info->class_ == CODEPOINT_DIGIT);
        bool unseen = info->class_ == CODEPOINT_INVISIBLE || info->class_ == CODEPOINT_ZWNJ ||
                      info->class_ == CODEPOINT_ZWJ || info->class_ == CODEPOINT_VARIATION ||
                      info->class_ == CODEPOINT_TATWEEL;
        if (unseen) {
            assert_true(info->own_step == CODEPOINT_DROP && info->fold_step == CODEPOINT_DROP);
        }
    }
    assert_ptr_equal(codepoint_lookup(UINT32_MAX), codepoint_lookup(0x10FFFF));
}

/* Where no neighbour matters and Unicode's NFC is one letter, ours is its case fold. */
static void own_letters_are_nfc(void **state)
{
    (void)state;
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
    UVersionInfo version;
    u_getUnicodeVersion(version);
    if (version[0] != 15) {
        print_message("ICU has Unicode %u, not 15: skipped\n", version[0]);
        skip();
    }
    for (uint32_t c = 0; c < 0x110000; c++) {
        const codepoint_info *info = codepoint_lookup(c);
        uint32_t own = codepoint_own(info, c);
        if (info->sequence_len != 0 || own == 0 || (info->flags & CODEPOINT_NEEDS_ICU) != 0) {
            continue;
        }
        if (!unorm2_isInert(nfc, (UChar32)own)) {
            assert_true(unorm2_hasBoundaryBefore(nfc, (UChar32)own));
        }
        if (info->class_ == CODEPOINT_LETTER) {
            assert_int_equal(own, u_foldCase((UChar32)own, U_FOLD_CASE_DEFAULT));
        }
    }
}

static bool has_flag(uint32_t c, uint8_t flag)
{
    return (codepoint_lookup(c)->flags & flag) != 0;
}

static void flags_say_what_they_should(void **state)
{
    (void)state;
    static const uint32_t sentence[] = {'.',    '!',    '?',    0x061F, 0x06D4,
                                        0x2026, 0xFF01, 0x3002, 0x203C};
    static const uint32_t clause[] = {',', ';', ':', 0x060C, 0x061B, 0x2014, 0xFF0C};
    static const uint32_t non_joiner[] = {0x0627, 0x062F, 0x0630, 0x0631,
                                          0x0632, 0x0698, 0x0648, 0x0621};
    static const uint32_t joiner[] = {0x0628, 0x06CC, 0x0647, 0x06A9, 0x0645, 0x0646};
    for (size_t i = 0; i < sizeof sentence / sizeof *sentence; i++) {
        assert_true(has_flag(sentence[i], CODEPOINT_SENTENCE));
        assert_false(has_flag(sentence[i], CODEPOINT_CLAUSE));
    }
    for (size_t i = 0; i < sizeof clause / sizeof *clause; i++) {
        assert_true(has_flag(clause[i], CODEPOINT_CLAUSE));
        assert_false(has_flag(clause[i], CODEPOINT_SENTENCE));
    }
    for (size_t i = 0; i < sizeof non_joiner / sizeof *non_joiner; i++) {
        assert_true(has_flag(non_joiner[i], CODEPOINT_NON_JOINER));
    }
    for (size_t i = 0; i < sizeof joiner / sizeof *joiner; i++) {
        assert_false(has_flag(joiner[i], CODEPOINT_NON_JOINER));
    }
    assert_true(has_flag('A', CODEPOINT_UPPER) && !has_flag('a', CODEPOINT_UPPER));
    assert_true(has_flag(0x0654, CODEPOINT_NEEDS_ICU) && has_flag(0x0301, CODEPOINT_NEEDS_ICU));
    assert_false(has_flag(0x0627, CODEPOINT_NEEDS_ICU) || has_flag(0x064E, CODEPOINT_NEEDS_ICU));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_rows),
        cmocka_unit_test(both_columns_are_idempotent),
        cmocka_unit_test(classes_agree_with_each_other),
        cmocka_unit_test(own_letters_are_nfc),
        cmocka_unit_test(flags_say_what_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
