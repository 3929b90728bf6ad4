/* test_language.c - language of golden comments (language_golden.tsv), votes, readings.
 *
 * The golden comments are our own.  On the tenth of ../shared/data that the table was not
 * trained on and on ../shared/labels the same code reaches the figures in the commit log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/language.h"
#include "text/scan.h"

#define CAP (1u << 20)

typedef struct scanned {
    buffer tokens;
    nz_language language;
} scanned;

static text_token *tokens_of(scanned *s)
{
    return (text_token *)(void *)s->tokens.bytes;
}

static uint32_t count_of(const scanned *s)
{
    return (uint32_t)(s->tokens.size / sizeof(text_token));
}

static void read_text(scanned *s, const char *text)
{
    buffer_init(&s->tokens, NULL, CAP);
    assert_int_equal(scan_tokens(text, (uint32_t)strlen(text), &s->tokens), NZ_OK);
    s->language = language_decide(text, tokens_of(s), count_of(s));
}

static nz_language language_of(const char *text)
{
    scanned s;
    read_text(&s, text);
    buffer_free(&s.tokens);
    return s.language;
}

/* Reading of the token that begins with word. */
static int reading_of(const char *text, const char *word)
{
    scanned s;
    read_text(&s, text);
    const char *found = strstr(text, word);
    assert_non_null(found);
    int reading = -1;
    for (uint32_t i = 0; i < count_of(&s); i++) {
        if (tokens_of(&s)[i].begin == (uint32_t)(found - text)) {
            reading = tokens_of(&s)[i].reading;
        }
    }
    buffer_free(&s.tokens);
    return reading;
}

static uint32_t words_in(const char *text)
{
    scanned s;
    read_text(&s, text);
    uint32_t words = 0;
    for (uint32_t i = 0; i < count_of(&s); i++) {
        words += tokens_of(&s)[i].kind == NZ_TOKEN_WORD;
    }
    buffer_free(&s.tokens);
    return words;
}

typedef struct score {
    uint32_t right, all;
} score;

static void golden_comments_have_their_language(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_TEST_DIR "/text/language_golden.tsv", "rb");
    assert_non_null(file);
    score by_length[3] = {{0, 0}}; /* up to 1 word, 2 or 3, 4 and more */
    char line[2048];
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (line[0] == '#' || tab == NULL || strcmp(line, "language\ttext") == 0) {
            continue;
        }
        *tab = '\0';
        const char *text = tab + 1;
        const char *got = nz_language_code(language_of(text));
        uint32_t words = words_in(text);
        score *s = &by_length[words < 2 ? 0 : words < 4 ? 1 : 2];
        s->all++;
        s->right += strcmp(got, line) == 0;
        if (strcmp(got, line) != 0) {
            print_message("%s, not %s (%u words): %s\n", got, line, words, text);
        }
    }
    fclose(file);
    for (int i = 0; i < 3; i++) {
        print_message("%s words: %u of %u\n", i == 0 ? "0-1" : i == 1 ? "2-3" : "4+",
                      by_length[i].right, by_length[i].all);
    }
    assert_true(by_length[0].all >= 40 && by_length[1].all >= 100 && by_length[2].all >= 200);
    assert_true(by_length[2].right * 100 >= by_length[2].all * 99);
    assert_true(by_length[1].right * 100 >= by_length[1].all * 95);
    assert_true(by_length[0].right * 100 >= by_length[0].all * 80);
}

static void votes_are_of_the_token_alone(void **state)
{
    (void)state;
    int16_t votes[LANGUAGE_CLASS_COUNT], again[LANGUAGE_CLASS_COUNT];
    static const char khayli[] = "\u062e\u06cc\u0644\u06cc"; /* "very" in Persian */
    language_votes(khayli, strlen(khayli), NZ_TOKEN_WORD, votes);
    assert_true(votes[LANGUAGE_FA] > votes[LANGUAGE_AR]);
    assert_true(votes[LANGUAGE_FA] > 0 && votes[LANGUAGE_EN] < 0);
    language_votes(khayli, strlen(khayli), NZ_TOKEN_WORD, again);
    assert_memory_equal(votes, again, sizeof(votes));
    language_votes("delivery", 8, NZ_TOKEN_WORD, votes);
    assert_true(votes[LANGUAGE_EN] > votes[LANGUAGE_LATIN] && votes[LANGUAGE_FA] < 0);
    language_votes("DELIVERY", 8, NZ_TOKEN_WORD, again);
    assert_memory_equal(votes, again, sizeof(votes));
}

static void brands_and_other_kinds_say_nothing(void **state)
{
    (void)state;
    static const int16_t none[LANGUAGE_CLASS_COUNT] = {0};
    int16_t votes[LANGUAGE_CLASS_COUNT];
    language_votes("Samsung", 7, NZ_TOKEN_WORD, votes);
    assert_memory_equal(votes, none, sizeof(none));
    language_votes("hp", 2, NZ_TOKEN_WORD, votes);
    assert_memory_equal(votes, none, sizeof(none));
    language_votes("delivery", 8, NZ_TOKEN_MENTION, votes);
    assert_memory_equal(votes, none, sizeof(none));
    language_votes("", 0, NZ_TOKEN_WORD, votes);
    assert_memory_equal(votes, none, sizeof(none));
}

static void arabic_keyboard_does_not_make_persian_arabic(void **state)
{
    (void)state;
    /* "very good, I am satisfied" with Arabic yeh and kaf. */
    assert_int_equal(language_of("\u062e\u064a\u0644\u064a \u062e\u0648\u0628\u0647 "
                                 "\u0645\u0646 \u0643\u0647 \u0631\u0627\u0636\u064a\u0645"),
                     NZ_LANG_FA);
    /* "I do not like the service", with Persian kaf and yeh. */
    assert_int_equal(language_of("\u0645\u0634 \u0639\u0627\u062c\u0628\u0646\u06cc "
                                 "\u0627\u0644\u062e\u062f\u0645\u0629 "
                                 "\u0639\u0646\u062f\u06a9\u0645"),
                     NZ_LANG_AR);
}

static void nothing_written_is_other(void **state)
{
    (void)state;
    assert_int_equal(language_of(""), NZ_LANG_OTHER);
    assert_int_equal(language_of("  \n"), NZ_LANG_OTHER);
    assert_int_equal(language_of("5/5 \U0001F600 !!!"), NZ_LANG_OTHER);
    assert_int_equal(language_decide("", NULL, 0), NZ_LANG_OTHER);
}

static void readings_follow_the_comment(void **state)
{
    (void)state;
    /* An English name in a Persian comment is read as English, the rest as Persian. */
    static const char persian[] = "\u06af\u0648\u0634\u06cc Galaxy \u062e\u0648\u0628\u0647 "
                                  "\u0631\u0627\u0636\u06cc\u0645";
    assert_int_equal(language_of(persian), NZ_LANG_FA);
    assert_int_equal(reading_of(persian, "Galaxy"), NZ_LANG_EN);
    assert_int_equal(reading_of(persian, "\u062e\u0648\u0628\u0647"), NZ_LANG_FA);
    static const char finglish[] = "kheili khoob bood mamnoon 5";
    assert_int_equal(reading_of(finglish, "khoob"), NZ_LANG_FA);
    assert_int_equal(reading_of(finglish, "5"), NZ_LANG_OTHER);
    static const char arabizi[] = "el akl kan 7elw awy";
    assert_int_equal(reading_of(arabizi, "7elw"), NZ_LANG_AR);
    assert_int_equal(reading_of("the food was great", "great"), NZ_LANG_EN);
}

static void mixed_comments_read_each_part_for_itself(void **state)
{
    (void)state;
    static const char mixed[] = "very good service "
                                "\u0648\u0627\u0642\u0639\u0627 \u0645\u0645\u0646\u0648\u0646 "
                                "\u0627\u0632 \u0634\u0645\u0627";
    assert_int_equal(language_of(mixed), NZ_LANG_MIXED);
    assert_int_equal(reading_of(mixed, "good"), NZ_LANG_EN);
    assert_int_equal(reading_of(mixed, "\u0634\u0645\u0627"), NZ_LANG_FA);
}

static void other_languages_are_not_read_as_persian(void **state)
{
    (void)state;
    /* Sorani: "thanks for your service". */
    static const char kurdish[] = "\u0632\u06c6\u0631 \u0633\u0648\u067e\u0627\u0633 "
                                  "\u0628\u06c6 \u0626\u06ce\u0648\u06d5";
    assert_int_equal(language_of(kurdish), NZ_LANG_OTHER);
    assert_int_equal(reading_of(kurdish, "\u0633\u0648\u067e\u0627\u0633"), NZ_LANG_OTHER);
}

static void any_bytes_length_is_safe(void **state)
{
    (void)state;
    static char text[40000];
    static text_token tokens[20000];
    for (uint32_t i = 0; i < 20000; i++) {
        text[2 * i] = (char)('a' + i % 26);
        text[2 * i + 1] = ' ';
        tokens[i] = (text_token){2 * i, 2 * i + 1, NZ_TOKEN_WORD, 0, 0, 0};
    }
    (void)language_decide(text, tokens, 20000);
    text_token whole = {0, 40000, NZ_TOKEN_WORD, 0, 0, 0};
    (void)language_decide(text, &whole, 1);
    assert_in_range(whole.reading, NZ_LANG_OTHER, NZ_LANG_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_comments_have_their_language),
        cmocka_unit_test(votes_are_of_the_token_alone),
        cmocka_unit_test(brands_and_other_kinds_say_nothing),
        cmocka_unit_test(arabic_keyboard_does_not_make_persian_arabic),
        cmocka_unit_test(nothing_written_is_other),
        cmocka_unit_test(readings_follow_the_comment),
        cmocka_unit_test(mixed_comments_read_each_part_for_itself),
        cmocka_unit_test(other_languages_are_not_read_as_persian),
        cmocka_unit_test(any_bytes_length_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
