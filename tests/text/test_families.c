/* test_families.c - the spelling families of three languages have one key each, the pairs of
 * apart_*.tsv do not meet (or a mark keeps their difference), and short comments get the
 * expected language.  Data: families_LL.tsv, apart_LL.tsv, language_LL.tsv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/text.h"

enum { MAX_LINE = 8192, MAX_COLUMNS = 16, SIGNATURE = 4096 };

static const char *const languages[] = {"fa", "ar", "en"};

typedef struct totals {
    unsigned cases, failures, rules;
    char last_rule[64];
} totals;

typedef void (*row_check)(text_reader *reader, char *columns[], int count, nz_language language,
                          totals *out);

static int split(char *line, char *columns[MAX_COLUMNS])
{
    int count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && count < MAX_COLUMNS; count++) {
        columns[count] = at;
        at = strchr(at, '\t');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

static void for_each_row(const char *name, nz_language only, row_check check, totals *out)
{
    text_reader *reader = NULL;
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    for (int l = 0; l < 3; l++) {
        char path[1024], line[MAX_LINE];
        snprintf(path, sizeof path, "%s/text/%s_%s.tsv", NZ_TEST_DIR, name, languages[l]);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        bool head = true;
        while (fgets(line, sizeof line, file) != NULL) {
            char *columns[MAX_COLUMNS];
            if (line[0] == '#' || line[0] == '\n') {
                continue;
            }
            if (!head && (only == NZ_LANG_OTHER || only == (nz_language)(l + 1))) {
                int count = split(line, columns);
                check(reader, columns, count, (nz_language)(l + 1), out);
            }
            head = false;
        }
        fclose(file);
    }
    text_reader_free(reader);
}

/* The keys of a text, joined by a space; with marks also what folding lost. */
static void signature(text_reader *reader, const char *text, bool with_marks, char out[SIGNATURE])
{
    text_document document;
    size_t used = 0;
    out[0] = '\0';
    assert_int_equal(text_read(reader, text, strlen(text), false, &document, NULL), NZ_OK);
    for (uint32_t i = 0; i < document.token_count; i++) {
        const text_token *t = &document.tokens[i];
        text_word word;
        assert_int_equal(text_analyse(reader, document.text + t->begin, t->end - t->begin,
                                      (nz_token_kind)t->kind, (nz_language)t->reading, &word),
                         NZ_OK);
        int n = snprintf(out + used, SIGNATURE - used, "%s ", word.key);
        used += (size_t)n;
        if (with_marks) {
            /* How a typed number is spelled stays in its form. */
            n = snprintf(out + used, SIGNATURE - used, "{%u %s %s} ", (unsigned)word.marks,
                         word.form, word.stem);
            used += (size_t)n;
        }
    }
}

static void check_family(text_reader *reader, char *columns[], int count, nz_language language,
                         totals *out)
{
    (void)language;
    char first[SIGNATURE], other[SIGNATURE];
    signature(reader, columns[1], false, first);
    out->cases++;
    if (strcmp(out->last_rule, columns[0]) != 0) {
        out->rules++;
        snprintf(out->last_rule, sizeof out->last_rule, "%s", columns[0]);
    }
    for (int i = 2; i < count; i++) {
        if (columns[i][0] == '\0') {
            continue;
        }
        signature(reader, columns[i], false, other);
        if (strcmp(first, other) != 0) {
            printf("family %s: %s -> %s but %s -> %s\n", columns[0], columns[1], first, columns[i],
                   other);
            out->failures++;
            return;
        }
    }
}

static void check_apart(text_reader *reader, char *columns[], int count, nz_language language,
                        totals *out)
{
    (void)language;
    char a[SIGNATURE], b[SIGNATURE];
    assert_true(count >= 2);
    signature(reader, columns[0], true, a);
    signature(reader, columns[1], true, b);
    out->cases++;
    if (strcmp(a, b) == 0) {
        printf("must stay apart: %s and %s, both %s\n", columns[0], columns[1], a);
        out->failures++;
    }
}

static unsigned word_count(const char *text)
{
    unsigned words = 0;
    for (const char *at = text; *at != '\0';) {
        at += strspn(at, " ");
        words += *at != '\0';
        at += strcspn(at, " ");
    }
    return words;
}

/* [0]: two or three words, [1]: four or more. */
static totals by_length[2];

static void check_language(text_reader *reader, char *columns[], int count, nz_language language,
                           totals *out)
{
    (void)language;
    (void)out;
    assert_true(count >= 2);
    text_document document;
    unsigned words = word_count(columns[1]);
    assert_int_equal(text_read(reader, columns[1], strlen(columns[1]), false, &document, NULL),
                     NZ_OK);
    if (words < 2) {
        return;
    }
    totals *t = &by_length[words >= 4];
    t->cases++;
    if (strcmp(nz_language_code(document.language), columns[0]) != 0) {
        printf("language: %s expected, %s found: %s\n", columns[0],
               nz_language_code(document.language), columns[1]);
        t->failures++;
    }
}

static void families(void **state)
{
    (void)state;
    static const unsigned least[] = {0, 80, 80, 40};
    unsigned rules = 0;
    for (int l = NZ_LANG_FA; l <= NZ_LANG_EN; l++) {
        totals t = {0};
        for_each_row("families", (nz_language)l, check_family, &t);
        printf("%s: %u families, %u runs of rules, %u failures\n", languages[l - 1], t.cases, t.rules,
               t.failures);
        assert_true(t.cases >= least[l]);
        assert_int_equal(t.failures, 0);
        rules += t.rules;
    }
    assert_true(rules >= 12);
}

static void apart(void **state)
{
    (void)state;
    totals t = {0};
    for_each_row("apart", NZ_LANG_OTHER, check_apart, &t);
    printf("%u pairs, %u failures\n", t.cases, t.failures);
    assert_true(t.cases >= 200);
    assert_int_equal(t.failures, 0);
}

static void language(void **state)
{
    (void)state;
    totals unused = {0};
    for_each_row("language", NZ_LANG_OTHER, check_language, &unused);
    printf("two or three words: %u wrong of %u; four or more: %u of %u\n", by_length[0].failures,
           by_length[0].cases, by_length[1].failures, by_length[1].cases);
    assert_true(by_length[0].failures * 100 <= by_length[0].cases * 5);
    assert_true(by_length[1].failures * 100 <= by_length[1].cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families),
        cmocka_unit_test(apart),
        cmocka_unit_test(language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
