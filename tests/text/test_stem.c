/* test_stem.c - stems against golden_stem.tsv, libstemmer's published English vocabulary,
 * Arabic in its own letters, and Persian beside Snowball 3.1's Persian stemmer.
 *
 * Where ours and Snowball's Persian part (about a quarter of its vocabulary), and why:
 *   - Snowball keeps verb forms apart (آمدند, بکن); ours leads them to the past stem, and
 *     keeps نـ on negated ones.
 *   - Snowball strips an, in, am, im, id, ash wherever three letters are left, so that
 *     names and loans lose their end (میدان -> مید, کارمند -> کار, بالکان -> بالک); ours
 *     strips what is ambiguous only after a word of persian_word.tsv.
 *   - Snowball strips derivation too (دانشگاه -> دانش, ثروتمند -> ثروت); ours does not.
 *   - Snowball keeps the one-letter endings of speech (قیمتی, پوستش, نظری), which
 *     comments are full of; ours strips them after known words.
 *   - Snowball's stems keep the half-space and آ; ours are folded keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "golden.h"
#include "text/persian.h"
#include "text/stem.h"
#include "text/text.h"

static void stems_are_golden(void **state)
{
    (void)state;
    golden g;
    text_reader *reader = NULL;
    unsigned rows = 0, failures = 0;
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    assert_true(golden_open(&g, NZ_TEST_DIR, "text/golden_stem.tsv"));
    assert_true(golden_next(&g));
    while (golden_next(&g)) {
        text_word word;
        assert_int_equal(g.count, 5);
        assert_int_equal(text_analyse(reader, g.column[2], strlen(g.column[2]), NZ_TOKEN_WORD,
                                      golden_language(g.column[1]), &word), NZ_OK);
        bool negated = (word.marks & TEXT_MARK_NEGATED) != 0;
        if (strcmp(word.stem, g.column[3]) != 0 || negated != (strcmp(g.column[4], "yes") == 0)) {
            print_message("%s %s: stem %s, %s\n", g.column[0], g.column[2], word.stem,
                          negated ? "negated" : "not negated");
            failures++;
        }
        rows++;
    }
    text_reader_free(reader);
    assert_true(rows > 150);
    assert_int_equal(failures, 0);
}

typedef struct own_stem {
    stemmer *stemmer;
    buffer out;
} own_stem;

static void own_stem_open(own_stem *s)
{
    nz_allocator allocator = memory_default();
    assert_int_equal(stemmer_new(&s->stemmer, NULL, NULL), NZ_OK);
    buffer_init(&s->out, &allocator, 8192);
}

static void own_stem_close(own_stem *s)
{
    stemmer_free(s->stemmer);
    buffer_free(&s->out);
}

static const char *stem_of(own_stem *s, const char *form, nz_language reading)
{
    uint32_t marks = 0;
    buffer_clear(&s->out);
    assert_int_equal(stem_form(s->stemmer, form, strlen(form), reading, &s->out, &marks), NZ_OK);
    assert_int_equal(buffer_append_byte(&s->out, 0), NZ_OK);
    return (const char *)s->out.bytes;
}

/* libstemmer's Arabic knows ي and ك: folded letters get another stem, so a test that it is
 * given its own.  yaktubun with Arabic and with Persian yeh and kaf. */
static void arabic_is_stemmed_in_its_own_letters(void **state)
{
    (void)state;
    static const char own[] = "\u0633\u064a\u0643\u062a\u0628\u0648\u0646";
    static const char folded[] = "\u0633\u06cc\u06a9\u062a\u0628\u0648\u0646";
    own_stem s;
    own_stem_open(&s);
    char first[256];
    strncpy(first, stem_of(&s, own, NZ_LANG_AR), sizeof first - 1);
    first[255] = '\0';
    assert_true(strlen(first) < strlen(own));
    assert_true(strlen(stem_of(&s, folded, NZ_LANG_AR)) > strlen(first));
    own_stem_close(&s);

    text_reader *reader = NULL;
    text_word word;
    char stem[256];
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    assert_int_equal(text_analyse(reader, own, strlen(own), NZ_TOKEN_WORD, NZ_LANG_AR, &word), NZ_OK);
    memcpy(stem, word.stem, word.stem_len + 1);
    assert_int_equal(text_analyse(reader, folded, strlen(folded), NZ_TOKEN_WORD, NZ_LANG_AR, &word),
                     NZ_OK);
    assert_string_equal(word.stem, stem);
    assert_true(strlen(stem) < strlen(own));
    text_reader_free(reader);
}

/* The vocabulary is that of a newer Snowball than Debian 12's 2.2.0: the few rules changed
 * since then may differ, nothing more. */
static void english_stems_are_snowballs(void **state)
{
    (void)state;
    FILE *words = golden_shared("hostile/snowball-vocab/english/voc.txt.gz");
    FILE *stems = golden_shared("hostile/snowball-vocab/english/output.txt.gz");
    if (words == NULL || stems == NULL) {
        print_message("skipped: no hostile/snowball-vocab in the shared corpora\n");
        skip();
    }
    own_stem s;
    char word[256], stem[256];
    unsigned rows = 0, differences = 0;
    own_stem_open(&s);
    while (fgets(word, sizeof word, words) != NULL && fgets(stem, sizeof stem, stems) != NULL) {
        word[strcspn(word, "\r\n")] = '\0';
        stem[strcspn(stem, "\r\n")] = '\0';
        rows++;
        if (word[0] != '\0' && strcmp(stem_of(&s, word, NZ_LANG_EN), stem) != 0) {
            differences++;
        }
    }
    own_stem_close(&s);
    (void)pclose(words);
    (void)pclose(stems);
    print_message("%u words, %u stems of another version\n", rows, differences);
    assert_true(rows > 20000);
    assert_true(differences * 200 < rows);
}

/* Never empty, never longer than the room, and as Snowball's on most words. */
static void persian_vocabulary_is_stemmed_within_bounds(void **state)
{
    (void)state;
    FILE *words = golden_shared("hostile/snowball-vocab/persian/voc.txt.gz");
    FILE *stems = golden_shared("hostile/snowball-vocab/persian/output.txt.gz");
    if (words == NULL || stems == NULL) {
        print_message("skipped: no hostile/snowball-vocab in the shared corpora\n");
        skip();
    }
    text_reader *reader = NULL;
    char line[512], other[512];
    unsigned rows = 0, same = 0, shorter = 0, longer = 0;
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    while (fgets(line, sizeof line, words) != NULL && fgets(other, sizeof other, stems) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        other[strcspn(other, "\r\n")] = '\0';
        if (line[0] == '\0' || other[0] == '\0') {
            continue;
        }
        text_word word;
        char stem[512];
        assert_int_equal(text_analyse(reader, line, strlen(line), NZ_TOKEN_WORD, NZ_LANG_FA, &word),
                         NZ_OK);
        assert_true(word.stem_len >= 1 && word.stem_len <= strlen(line) + 64);
        memcpy(stem, word.stem, word.stem_len + 1);
        assert_int_equal(text_analyse(reader, other, strlen(other), NZ_TOKEN_WORD, NZ_LANG_FA, &word),
                         NZ_OK);
        rows++;
        same += strcmp(stem, word.key) == 0;
        shorter += strlen(stem) < word.key_len;
        longer += strlen(stem) > word.key_len;
    }
    (void)pclose(words);
    (void)pclose(stems);
    text_reader_free(reader);
    print_message("%u words: %u as Snowball, ours shorter %u, longer %u\n", rows, same, shorter,
                  longer);
    assert_true(rows > 1000);
    assert_true(same * 2 > rows);
}

static void neighbours_join_where_they_make_a_word(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool joins;
    } pairs[] = {
        {"\u0645\u06cc", "\u062e\u0648\u0627\u0647\u0645", true},        /* mi khaham */
        {"\u0646\u0645\u06cc", "\u0634\u0647", true},                    /* nemi she */
        {"\u0645\u06cc", "\u0646\u0627\u0628", false},                   /* wine, pure */
        {"\u06a9\u062a\u0627\u0628", "\u0647\u0627", true},              /* ketab ha */
        {"\u0648", "\u0647\u0627", false},                               /* and, ha */
        {"\u0628\u0632\u0631\u06af", "\u062a\u0631", true},              /* bozorg tar */
        {"\u062f\u0633\u062a\u0645\u0627\u0644", "\u062a\u0631", false}, /* a wet tissue */
        {"\u0634\u062f\u0647", "\u0627\u0633\u062a", true},              /* shode ast */
        {"\u062e\u0648\u0628", "\u0627\u0633\u062a", false},             /* khub ast */
        {"\u0628\u06cc", "\u0645\u0632\u0647", true},                    /* bi maze */
        {"\u0628\u06cc", "\u0648", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool joins = persian_joins(pairs[i].a, strlen(pairs[i].a), pairs[i].b, strlen(pairs[i].b));
        if (joins != pairs[i].joins) {
            print_message("%s %s\n", pairs[i].a, pairs[i].b);
        }
        assert_int_equal(joins, pairs[i].joins);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems_are_golden),
        cmocka_unit_test(arabic_is_stemmed_in_its_own_letters),
        cmocka_unit_test(english_stems_are_snowballs),
        cmocka_unit_test(persian_vocabulary_is_stemmed_within_bounds),
        cmocka_unit_test(neighbours_join_where_they_make_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
