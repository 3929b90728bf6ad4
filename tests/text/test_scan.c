/* test_scan.c - tokens: golden spans, flags, the invariants of text.h on any input, linear
 * time on inputs made to be slow, and every emoji of Unicode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "text/codepoint.h"
#include "text/scan.h"
#include "text/utf8.h"

static const char *const kind_names[NZ_TOKEN_KIND_COUNT] = {
    "word",  "number",  "percent", "price", "rating",   "version",  "date",        "time",
    "phone", "url",     "email",   "mention", "hashtag", "emoji",   "emoticon",    "laughter",
    "punctuation", "symbol"};

enum { MAX_LINE = 4096, SCRATCH_CAP = 64 << 20 };

static const text_token *scan(buffer *tokens, const char *text, size_t len, size_t *count)
{
    buffer_clear(tokens);
    assert_int_equal(scan_tokens(text, (uint32_t)len, tokens), NZ_OK);
    assert_int_equal(tokens->size % sizeof(text_token), 0);
    *count = tokens->size / sizeof(text_token);
    return (const text_token *)(const void *)tokens->bytes;
}

/* "kind:span" of every token, with a tab in front of each. */
static void print_tokens(const char *text, const text_token *tokens, size_t count, char *out,
                         size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(out + used, room - used, "\t%s:%.*s", kind_names[tokens[i].kind],
                                 (int)(tokens[i].end - tokens[i].begin), text + tokens[i].begin);
        assert_true(used < room);
    }
}

static void golden_spans(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_TEST_DIR "/text/scan.tsv", "r");
    assert_non_null(file);
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    char line[MAX_LINE], actual[MAX_LINE];
    int cases = 0;
    int failures = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "# ", 2) == 0 && strchr(line, '\t') == NULL) {
            continue; /* a heading; texts that begin with # have tokens behind a tab */
        }
        line[strcspn(line, "\n")] = '\0';
        size_t text_len = strcspn(line, "\t");
        size_t count;
        const text_token *list = scan(&tokens, line, text_len, &count);
        print_tokens(line, list, count, actual, sizeof actual);
        if (cases++ != 0 && strcmp(actual, line + text_len) != 0) {
            print_error("%.*s\n  expected%s\n  actual  %s\n", (int)text_len, line, line + text_len,
                        actual);
            failures++;
        }
    }
    fclose(file);
    buffer_free(&tokens);
    assert_int_equal(failures, 0);
    assert_true(cases > 100);
}

/* ---- flags: one letter a token, s space before, c clause ends, S sentence ends */

static void check_flags(const char *text, const char *expected)
{
    buffer tokens;
    char actual[256];
    size_t used = 0, count;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    const text_token *list = scan(&tokens, text, strlen(text), &count);
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(actual + used, sizeof actual - used, "%s%s%s%s", i == 0 ? "" : " ",
                                 (list[i].flags & TEXT_TOKEN_SPACE_BEFORE) != 0 ? "s" : "-",
                                 (list[i].flags & TEXT_TOKEN_CLAUSE_END) != 0 ? "c" : "",
                                 (list[i].flags & TEXT_TOKEN_SENTENCE_END) != 0 ? "S" : "");
        assert_int_equal(list[i].flags & ~0xDu, 0);
        assert_int_equal(list[i].reading, NZ_LANG_OTHER);
    }
    assert_string_equal(actual, expected);
    buffer_free(&tokens);
}

static void flags_tell_clauses_and_sentences(void **state)
{
    (void)state;
    check_flags("a b", "s scS");
    check_flags("a, b", "s -c scS");
    check_flags("a. b", "s -cS scS");
    check_flags("1,000 b", "s scS");
    check_flags("3.5 b", "s scS");
    check_flags("a\nb", "sc scS");
    check_flags("a\r\nb", "sc scS");
    check_flags("a\n\nb", "scS scS");
    check_flags("a\r\n \r\nb", "scS scS");
    check_flags("a<br>b", "sc scS");
    check_flags("a (b) c", "s s - - scS");
    check_flags("a!!! b", "s -cS scS");
    check_flags("a: b; c", "s -c s -c scS");
    check_flags("a\xD8\x9F b", "s -cS scS"); /* Arabic question mark */
    check_flags("a\xD8\x8C b", "s -c scS");  /* Arabic comma */
    check_flags("a\xE2\x80\xA6 b", "s -cS scS");
    check_flags("a\xC2\xA0"
                "b",
                "s scS");
    check_flags("a&nbsp;b", "s scS");
    check_flags("\nb", "scS");
    check_flags("a.", "s -cS");
}

/* ---- invariants */

static bool is_outside(const char *text, size_t begin, size_t end)
{
    const char *at = text + begin;
    const char *stop = text + end;
    while (at < stop) {
        codepoint_class class_ = codepoint_class_of(utf8_next(&at));
        if (class_ != CODEPOINT_SPACE && class_ != CODEPOINT_NEWLINE &&
            class_ != CODEPOINT_INVISIBLE && class_ != CODEPOINT_ZWNJ && class_ != CODEPOINT_ZWJ &&
            class_ != CODEPOINT_VARIATION) {
            return false;
        }
    }
    return true;
}

static bool is_boundary(const char *text, size_t len, size_t at)
{
    return at == len || ((unsigned char)text[at] & 0xC0u) != 0x80;
}

/* markup: HTML may stand outside of tokens too. */
static void check_invariants(buffer *tokens, const char *text, size_t len, bool markup)
{
    size_t count;
    const text_token *list = scan(tokens, text, len, &count);
    size_t before = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(list[i].begin < list[i].end);
        assert_true(list[i].begin >= before && list[i].end <= len);
        assert_true(is_boundary(text, len, list[i].begin) && is_boundary(text, len, list[i].end));
        assert_true(list[i].kind < NZ_TOKEN_KIND_COUNT);
        assert_true(markup || is_outside(text, before, list[i].begin));
        assert_false(is_outside(text, list[i].begin, list[i].end));
        before = list[i].end;
    }
    assert_true(markup || is_outside(text, before, len));
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void invariants_hold_on_random_text(void **state)
{
    (void)state;
    static const uint32_t pool[] = {
        'a', 'b', 'h', 'v', 'T', 'x', 'D', '0', '1', '2', '5', '9', '.', ',', '/', ':', '-', '_',
        '@', '#', '<', '>', '&', ';', '(', ')', '\'', '"', '+', '$', '%', '*', '^', '=', ' ', '\n',
        '\r', '\t', '?', '!', '\0', 0x7F, 0xAC, 0xAD, 0xA0, 0xE9, 0x300, 0x5D0, 0x60C, 0x61F, 0x61C,
        0x627, 0x647, 0x62E, 0x645, 0x6CC, 0x6A9, 0x640, 0x64E, 0x654, 0x660, 0x665, 0x6F1, 0x6F9,
        0x66A, 0x66B, 0x66C, 0x6D4, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2019, 0x2026, 0x2028,
        0x20AC, 0x20E3, 0x2122, 0x2764, 0x3042, 0x4E2D, 0xFDF2, 0xFDFC, 0xFEFB, 0xFE0F, 0xFEFF,
        0xFF03, 0xFF21, 0xFFFD, 0xE000, 0x1F1EE, 0x1F1F7, 0x1F44D, 0x1F3FD, 0x1F468, 0xE0067,
        0xE007F};
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    uint64_t random = 7;
    char text[256];
    for (int round = 0; round < 400000; round++) {
        size_t len = 0;
        bool markup = false;
        for (size_t i = 2 + next_random(&random) % 30; i > 0; i--) {
            uint32_t c = pool[next_random(&random) % (sizeof pool / sizeof *pool)];
            markup |= c == '<' || c == '&';
            len += utf8_encode(c, text + len);
        }
        check_invariants(&tokens, text, len, markup);
    }
    buffer_free(&tokens);
}

static void every_code_point_alone_keeps_the_invariants(void **state)
{
    (void)state;
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[12];
        if (c >= 0xD800 && c <= 0xDFFF) {
            continue;
        }
        uint32_t len = utf8_encode(c, text);
        check_invariants(&tokens, text, len, c == '<' || c == '&');
        text[len] = 'a';
        len += 1 + utf8_encode(c, text + len + 1);
        check_invariants(&tokens, text, len, c == '<' || c == '&');
    }
    buffer_free(&tokens);
}

static bool is_part_of_word(codepoint_class class_)
{
    return class_ == CODEPOINT_ARABIC || class_ == CODEPOINT_MARK || class_ == CODEPOINT_TATWEEL;
}

/* The fast path of the scanner takes these for parts of a word without a look. */
static void fast_ranges_are_words(void **state)
{
    (void)state;
    for (uint32_t c = 0x620; c <= 0x6D3; c++) {
        assert_true(is_part_of_word(codepoint_class_of(c)) || (c >= 0x660 && c <= 0x66F));
    }
    /* Each of them ends up in one word, wherever it stands among eight. */
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    for (uint32_t c = 0x600; c <= 0x6FF; c++) {
        for (size_t place = 0; place < 8; place++) {
            char text[32];
            size_t len = 0, count;
            for (size_t i = 0; i < 8; i++) {
                len += utf8_encode(i == place ? c : 0x645, text + len);
            }
            const text_token *list = scan(&tokens, text, len, &count);
            codepoint_class class_ = codepoint_class_of(c);
            bool word = is_part_of_word(class_);
            bool dropped = class_ == CODEPOINT_INVISIBLE && (place == 0 || place == 7);
            bool inside = word || (class_ == CODEPOINT_INVISIBLE && !dropped);
            if (inside && (count != 1 || list[0].end != len)) {
                fail_msg("U+%04X at %zu splits a word", c, place);
            }
            assert_true(inside || dropped || count > 1);
        }
    }
    buffer_free(&tokens);
}

/* ---- time and memory */

/* Of this process: another one's work is no slowness of ours. */
static double seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void slow_inputs_take_linear_time(void **state)
{
    (void)state;
    static const char *const units[] = {
        "@", "a@", "a.", "a-a@", "#", "<", "<b", "&", "&a", "(", ":(", ")", "1", "1.", "1/", "1-",
        "1 ", "+", "+1", "0 ", "+0", "h", "http://", "http://(", "www.", "x.com", "x.com:", "'",
        "a'", "_", "a_", ".", "!", "-", "^", "$", "$1", "%", "SAR 1 ", "1 out of ", "v1.", "a.b.c.",
        "\xCC\x80",
        "\xE2\x80\x8C", "\xD8\xA7", "\xD9\x87", "\xD8\xA7\xE2\x80\x8C", "\xD9\x80", "\xD9\xA1",
        "\xF0\x9F\x91\x8D", "\xF0\x9F\x91\x8D\xE2\x80\x8D", "\xF0\x9F\x87\xAE", "\xEF\xB8\x8F",
        "1\xEF\xB8\x8F\xE2\x83\xA3", "\xF0\x9F\x91\x8D\xF0\x9F\x91\x8E", "\x01", "\xEF\xBF\xBD",
        "1\xD8\xA7", "\xC2\xAC", "a\xC2\xAD", "mailto:a@b.co", "12:", "1,", "1,000,", "0912 "};
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    double worst = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t unit = strlen(units[i]);
        size_t len = SIZE / unit * unit;
        for (size_t at = 0; at < len; at++) {
            text[at] = units[i][at % unit];
        }
        double begin = seconds();
        size_t count;
        (void)scan(&tokens, text, len, &count);
        double taken = seconds() - begin;
        worst = taken > worst ? taken : worst;
        /* A quadratic pass over a megabyte takes minutes; a linear one a few seconds at most,
         * on a busy machine under a sanitizer. */
        if (taken > 10.0) {
            fail_msg("%s repeated takes %.2f s", units[i], taken);
        }
    }
    print_message("slowest megabyte: %.3f s\n", worst);
    buffer_free(&tokens);
    free(text);
}

static void a_full_buffer_is_an_error(void **state)
{
    (void)state;
    buffer tokens;
    buffer_init(&tokens, NULL, 3 * sizeof(text_token));
    assert_int_equal(scan_tokens("a b c", 5, &tokens), NZ_OK);
    assert_int_equal(tokens.size, 3 * sizeof(text_token));
    buffer_clear(&tokens);
    assert_int_equal(scan_tokens("a b c d", 7, &tokens), NZ_E_LIMIT);
    assert_int_equal(tokens.size, 0);
    assert_int_equal(scan_tokens(NULL, 0, &tokens), NZ_OK);
    buffer_free(&tokens);
}

static void tokens_are_appended(void **state)
{
    (void)state;
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    assert_int_equal(scan_tokens("a b", 3, &tokens), NZ_OK);
    assert_int_equal(scan_tokens("c", 1, &tokens), NZ_OK);
    const text_token *list = (const text_token *)(const void *)tokens.bytes;
    assert_int_equal(tokens.size, 3 * sizeof *list);
    assert_int_equal(list[2].begin, 0);
    assert_int_equal(list[2].end, 1);
    buffer_free(&tokens);
}

/* ---- emoji-test.txt: "1F600 FE0F ; fully-qualified # ..." */

static void every_emoji_is_one_token(void **state)
{
    (void)state;
    FILE *file = popen("gzip -dc 2>/dev/null '" NZ_SHARED_DIR
                       "/hostile/unicode-15/emoji-test.txt.gz'", "r");
    assert_non_null(file);
    buffer tokens;
    buffer_init(&tokens, NULL, SCRATCH_CAP);
    char line[512];
    int cases = 0, other = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char text[128];
        size_t len = 0, count;
        char *at = line;
        char *status = strchr(line, ';');
        if (line[0] == '#' || status == NULL) {
            continue;
        }
        for (char *next; at < status; at = next) {
            unsigned long c = strtoul(at, &next, 16);
            if (next == at) {
                break;
            }
            len += utf8_encode((uint32_t)c, text + len);
        }
        const text_token *list = scan(&tokens, text, len, &count);
        assert_int_equal(count, 1);
        assert_int_equal(list[0].begin, 0);
        cases++;
        if (list[0].kind != NZ_TOKEN_EMOJI) {
            /* Signs such as the arrows are emoji only with U+FE0F. */
            assert_non_null(strstr(status, "unqualified"));
            other++;
            continue;
        }
        assert_int_equal(list[0].end, len);
    }
    pclose(file);
    buffer_free(&tokens);
    if (cases == 0) {
        print_message("emoji-test.txt is not there: skipped\n");
        skip();
    }
    print_message("emoji: %d sequences, %d of them text without U+FE0F\n", cases, other);
    assert_true(cases > 4000 && other < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_spans),
        cmocka_unit_test(flags_tell_clauses_and_sentences),
        cmocka_unit_test(invariants_hold_on_random_text),
        cmocka_unit_test(every_code_point_alone_keeps_the_invariants),
        cmocka_unit_test(fast_ranges_are_words),
        cmocka_unit_test(slow_inputs_take_linear_time),
        cmocka_unit_test(a_full_buffer_is_an_error),
        cmocka_unit_test(tokens_are_appended),
        cmocka_unit_test(every_emoji_is_one_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
