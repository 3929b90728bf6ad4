/* test_transliterate.c - dictionaries, spelling families, rules and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/transliterate.h"

static const char *spelled(const char *word, nz_language reading)
{
    static char out[128];
    size_t len = transliterate_word(word, strlen(word), reading, out, sizeof(out));
    assert_int_equal(len, strlen(out));
    return out;
}

/* Every spelling of a dictionary gives its word: the table is sorted, and the skeletons that
 * the generator makes are those that the engine looks up. */
static void check_dictionary(const char *path, nz_language reading, uint32_t least)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char line[1024];
    uint32_t count = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (line[0] == '#' || tab == NULL || strcmp(line, "latin\tword") == 0) {
            continue;
        }
        *tab = '\0';
        for (char *at = line; *at != '\0';) {
            size_t len = strcspn(at, " ");
            char after = at[len];
            at[len] = '\0';
            assert_string_equal(spelled(at, reading), tab + 1);
            count++;
            at += len + (after != '\0');
        }
    }
    fclose(file);
    assert_true(count >= least);
}

static void every_dictionary_entry_is_found(void **state)
{
    (void)state;
    check_dictionary(NZ_SOURCE_DIR "/lexicons/finglish.tsv", NZ_LANG_FA, 1500);
    check_dictionary(NZ_SOURCE_DIR "/lexicons/arabizi.tsv", NZ_LANG_AR, 1500);
}

/* Spellings separated by a space, NULL at the end; all of them give word, or only one and
 * the same thing when word is NULL. */
typedef struct family {
    nz_language reading;
    const char *spellings, *word;
} family;

static void check_families(const family *f)
{
    for (; f->spellings != NULL; f++) {
        char all[256], first[128] = "";
        (void)snprintf(all, sizeof(all), "%s", f->spellings);
        for (char *at = all; *at != '\0';) {
            size_t len = strcspn(at, " ");
            char after = at[len];
            at[len] = '\0';
            const char *got = spelled(at, f->reading);
            if (first[0] == '\0') {
                (void)snprintf(first, sizeof(first), "%s", got);
            }
            if (strcmp(got, f->word != NULL ? f->word : first) != 0) {
                print_message("%s: %s\n", at, got);
            }
            assert_string_equal(got, f->word != NULL ? f->word : first);
            assert_true(got[0] != '\0');
            at += len + (after != '\0');
        }
    }
}

static void families_meet_in_the_usual_spelling(void **state)
{
    (void)state;
    static const family families[] = {
        {NZ_LANG_FA, "khoob khub xub khob khooob khuub", "\u062e\u0648\u0628"},
        {NZ_LANG_FA, "kheili kheyli khili xeili kheiliii", "\u062e\u06cc\u0644\u06cc"},
        {NZ_LANG_FA, "mamnoon mamnun mamnoun mamnoonn", "\u0645\u0645\u0646\u0648\u0646"},
        {NZ_LANG_FA, "aali awli aly aaliii", "\u0639\u0627\u0644\u06cc"},
        {NZ_LANG_FA, "vaghean vaqean vaghan", "\u0648\u0627\u0642\u0639\u0627"},
        {NZ_LANG_FA, "gheymat gheimat qeymat", "\u0642\u06cc\u0645\u062a"},
        {NZ_LANG_FA, "ghashang qashang", "\u0642\u0634\u0646\u06af"},
        {NZ_LANG_FA, "chera cheraa", "\u0686\u0631\u0627"},
        /* suffixes behind known words */
        {NZ_LANG_FA, "ketabha", "\u06a9\u062a\u0627\u0628\u0647\u0627"},
        {NZ_LANG_FA, "forooshgaham", "\u0641\u0631\u0648\u0634\u06af\u0627\u0647\u0645"},
        {NZ_LANG_AR, "7elw helw 7elo helou 7elwww", "\u062d\u0644\u0648"},
        {NZ_LANG_AR, "7elwa helwa helwe 7elweh", "\u062d\u0644\u0648\u0629"},
        {NZ_LANG_AR, "mesh mish msh mush", "\u0645\u0634"},
        {NZ_LANG_AR, "khedma 5edma khidma", "\u062e\u062f\u0645\u0629"},
        {NZ_LANG_AR, "elkhedma el5edma", "\u0627\u0644\u062e\u062f\u0645\u0629"},
        {NZ_LANG_AR, "eltawseel altawseel", "\u0627\u0644\u062a\u0648\u0635\u064a\u0644"},
        {NZ_LANG_AR, "mushkila moshkela mushkla", "\u0645\u0634\u0643\u0644\u0629"},
        {NZ_LANG_AR, "3ayez 3ayiz", "\u0639\u0627\u064a\u0632"},
        {NZ_LANG_OTHER, NULL, NULL}};
    check_families(families);
}

static void vowel_variants_of_unknown_words_meet(void **state)
{
    (void)state;
    static const family families[] = {
        {NZ_LANG_FA, "zarboolak zarbulak zarboulak zarbullak", NULL},
        {NZ_LANG_FA, "pishnamaz peeshnamaz pishnamaaz", NULL},
        {NZ_LANG_FA, "gharghareh qarqare ghaarghare", NULL},
        {NZ_LANG_FA, "tarkhineh tarxine tarkheene", NULL},
        {NZ_LANG_AR, "manjoos manjous mangoos", NULL},
        {NZ_LANG_AR, "barqooq barqouq", NULL},
        {NZ_LANG_AR, "za7eef za7iif", NULL},
        {NZ_LANG_AR, "5arbata kharbata kharbatah kharbate", NULL},
        {NZ_LANG_OTHER, NULL, NULL}};
    check_families(families);
}

static void what_cannot_be_read_gives_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "123", "a.b", "caf\u00e9", "iphone13", "Khoob", NULL};
    for (const char *const *word = bad; *word != NULL; word++) {
        assert_string_equal(spelled(*word, NZ_LANG_FA), "");
    }
    assert_string_equal(spelled("khoob", NZ_LANG_EN), "");
    assert_string_equal(spelled("0kb", NZ_LANG_AR), "");
    char longest[300];
    memset(longest, 'k', sizeof(longest));
    for (size_t i = 0; i + 1 < sizeof(longest); i++) {
        longest[i] = (char)('a' + i % 20);
    }
    longest[sizeof(longest) - 1] = '\0';
    assert_string_equal(spelled(longest, NZ_LANG_AR), "");
}

/* Every room size: either the whole word or nothing, and never a byte behind. */
static void output_stays_in_its_room(void **state)
{
    (void)state;
    static const char *const words[] = {"khoob", "ketabha", "zarboolak", "elkhedma", "manjoos"};
    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        nz_language reading = w < 3 ? NZ_LANG_FA : NZ_LANG_AR;
        char whole[64], out[64];
        size_t len = transliterate_word(words[w], strlen(words[w]), reading, whole, sizeof(whole));
        assert_true(len > 0);
        for (size_t room = 0; room < sizeof(out); room++) {
            memset(out, 0x55, sizeof(out));
            size_t got = transliterate_word(words[w], strlen(words[w]), reading, out, room);
            assert_int_equal(got, room > len ? len : 0);
            for (size_t i = room; i < sizeof(out); i++) {
                assert_int_equal(out[i], 0x55);
            }
            if (got > 0) {
                assert_string_equal(out, whole);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dictionary_entry_is_found),
        cmocka_unit_test(families_meet_in_the_usual_spelling),
        cmocka_unit_test(vowel_variants_of_unknown_words_meet),
        cmocka_unit_test(what_cannot_be_read_gives_nothing),
        cmocka_unit_test(output_stays_in_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
