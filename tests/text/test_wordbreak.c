/* test_wordbreak.c - our tokens against Unicode's default word boundaries: every difference
 * is of a class that wordbreak_exceptions.tsv names with its reason, and every class there
 * is met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/codepoint.h"
#include "text/scan.h"
#include "text/utf8.h"

enum { MAX_CHARACTERS = 64, MAX_RULES = 32 };

typedef struct rule {
    char id[32];
    int count;
} rule;

typedef struct test_case {
    uint32_t characters[MAX_CHARACTERS + 1]; /* one 0 behind the last */
    bool breaks[MAX_CHARACTERS]; /* a boundary in front of the character */
    size_t count;
    char text[MAX_CHARACTERS * 4];
    uint32_t offsets[MAX_CHARACTERS + 1];
} test_case;

/* "÷ 0061 × 0308 ÷ # comment" */
static bool parse_case(char *line, test_case *c)
{
    bool is_break = true;
    size_t len = 0;
    c->count = 0;
    line[strcspn(line, "#\n")] = '\0';
    for (char *at = line; *at != '\0';) {
        if (strncmp(at, "\xC3\xB7", 2) == 0 || strncmp(at, "\xC3\x97", 2) == 0) {
            is_break = at[1] == '\xB7';
            at += 2;
        } else if (*at == ' ' || *at == '\t') {
            at++;
        } else {
            char *next;
            uint32_t character = (uint32_t)strtoul(at, &next, 16);
            assert_true(next != at && c->count < MAX_CHARACTERS);
            c->characters[c->count] = character;
            c->breaks[c->count] = is_break;
            c->offsets[c->count++] = (uint32_t)len;
            len += utf8_encode(character, c->text + len);
            at = next;
        }
    }
    c->offsets[c->count] = (uint32_t)len;
    return c->count != 0;
}

/* The token that holds the byte, NULL when it is outside of all. */
static const text_token *token_at(const text_token *tokens, size_t count, uint32_t offset)
{
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].begin <= offset && offset < tokens[i].end) {
            return &tokens[i];
        }
    }
    return NULL;
}

static bool is_unseen(uint32_t c)
{
    codepoint_class class_ = codepoint_class_of(c);
    return class_ == CODEPOINT_INVISIBLE || class_ == CODEPOINT_ZWNJ || class_ == CODEPOINT_ZWJ;
}

static bool is_either(uint32_t a, uint32_t b, uint32_t wanted)
{
    return a == wanted || b == wanted;
}

/* We join what Unicode breaks. */
static const char *explain_join(const test_case *c, size_t at)
{
    uint32_t left = c->characters[at - 1];
    uint32_t right = c->characters[at];
    codepoint_class a = codepoint_class_of(left);
    codepoint_class b = codepoint_class_of(right);
    if (a == CODEPOINT_REGIONAL && b == CODEPOINT_REGIONAL) {
        return "flag-joiner";
    }
    if (left == right && a != CODEPOINT_LATIN && a != CODEPOINT_LETTER && a != CODEPOINT_DIGIT) {
        return "run";
    }
    const uint32_t katakana = 0x3031; /* the one letter of the test that is no letter there */
    bool mixed = is_either(left, right, katakana) || a == CODEPOINT_MARK ||
                 (right == '\'' && c->characters[at + 1] == katakana);
    bool word = b == CODEPOINT_LATIN || b == CODEPOINT_LETTER || b == CODEPOINT_DIGIT ||
                right == '\'';
    return mixed && word ? "scripts" : NULL;
}

static bool is_attached(uint32_t c)
{
    return is_unseen(c) || codepoint_class_of(c) == CODEPOINT_MARK;
}

/* We break what Unicode joins, between two tokens.  Marks and unseen characters behind the
 * sign that decides are looked past, as Unicode does. */
static const char *explain_break(const test_case *c, size_t at)
{
    size_t base = at - 1;
    while (base > 0 && is_attached(c->characters[base])) {
        base--;
    }
    uint32_t left = c->characters[base];
    uint32_t right = c->characters[at];
    bool marked = is_attached(c->characters[at - 1]) || is_attached(c->characters[at + 1]);
    if (is_either(left, right, '_')) {
        return "low-line";
    }
    if (is_either(left, right, ':')) {
        return "colon";
    }
    if (is_either(left, right, '\'')) {
        return "apostrophe";
    }
    if (is_either(left, right, '"')) {
        return "quotation";
    }
    if (codepoint_class_of(left) == CODEPOINT_REGIONAL && marked) {
        return "flag-joiner";
    }
    bool number = codepoint_class_of(left) == CODEPOINT_DIGIT || left == '.' || left == ',';
    return number && marked ? "mark-in-number" : NULL;
}

static const char *explain(const test_case *c, size_t at, const text_token *tokens, size_t count,
                           bool joined)
{
    uint32_t left = c->characters[at - 1];
    uint32_t right = c->characters[at];
    const text_token *before = token_at(tokens, count, c->offsets[at] - 1);
    const text_token *behind = token_at(tokens, count, c->offsets[at]);
    if (joined) {
        return explain_join(c, at);
    }
    if (before == NULL && behind == NULL) {
        return "outside";
    }
    if (before == NULL && codepoint_class_of(right) == CODEPOINT_MARK) {
        return "mark-after-space";
    }
    if (before == NULL || behind == NULL) {
        return is_unseen(before == NULL ? left : right) ? "invisible-edge" : NULL;
    }
    return explain_break(c, at);
}

static size_t load_rules(rule *rules)
{
    FILE *file = fopen(NZ_TEST_DIR "/text/wordbreak_exceptions.tsv", "r");
    assert_non_null(file);
    char line[512];
    size_t count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t len = strcspn(line, "\t");
        if (line[0] != '#') {
            assert_true(count < MAX_RULES && len < sizeof rules->id && strlen(line + len) > 20);
            memcpy(rules[count].id, line, len);
            rules[count].id[len] = '\0';
            rules[count++].count = 0;
        }
    }
    fclose(file);
    return count;
}

/* Number of boundaries that differ and that no rule explains. */
static int check_case(const test_case *c, buffer *tokens, rule *rules, size_t rule_count)
{
    int unexplained = 0;
    buffer_clear(tokens);
    assert_int_equal(scan_tokens(c->text, c->offsets[c->count], tokens), NZ_OK);
    const text_token *list = (const text_token *)(const void *)tokens->bytes;
    size_t count = tokens->size / sizeof *list;
    for (size_t at = 1; at < c->count; at++) {
        const text_token *before = token_at(list, count, c->offsets[at] - 1);
        bool joined = before != NULL && before == token_at(list, count, c->offsets[at]);
        if (joined != c->breaks[at]) {
            continue;
        }
        const char *id = explain(c, at, list, count, joined);
        size_t i = 0;
        while (i < rule_count && (id == NULL || strcmp(rules[i].id, id) != 0)) {
            i++;
        }
        if (i < rule_count) {
            rules[i].count++;
            continue;
        }
        print_error("no rule (%s): we %s %04X and %04X in", id == NULL ? "-" : id,
                    joined ? "join" : "break", c->characters[at - 1], c->characters[at]);
        for (size_t k = 0; k < c->count; k++) {
            print_error(" %04X", c->characters[k]);
        }
        print_error("\n");
        unexplained++;
    }
    return unexplained;
}

static void differences_have_reasons(void **state)
{
    (void)state;
    FILE *file = popen("gzip -dc 2>/dev/null '" NZ_SHARED_DIR
                       "/hostile/unicode-15/WordBreakTest.txt.gz'", "r");
    assert_non_null(file);
    rule rules[MAX_RULES];
    size_t rule_count = load_rules(rules);
    buffer tokens;
    buffer_init(&tokens, NULL, 1 << 20);
    char line[4096];
    int cases = 0, boundaries = 0, unexplained = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        test_case c;
        if (parse_case(line, &c)) {
            c.characters[c.count] = 0;
            unexplained += check_case(&c, &tokens, rules, rule_count);
            boundaries += (int)c.count - 1;
            cases++;
        }
    }
    pclose(file);
    buffer_free(&tokens);
    if (cases == 0) {
        print_message("WordBreakTest.txt is not there: skipped\n");
        skip();
    }
    int explained = 0;
    for (size_t i = 0; i < rule_count; i++) {
        print_message("%-16s %5d\n", rules[i].id, rules[i].count);
        explained += rules[i].count;
    }
    print_message("%d cases, %d boundaries: %d as Unicode has them, %d by a rule of ours\n", cases,
                  boundaries, boundaries - explained - unexplained, explained);
    assert_int_equal(unexplained, 0);
    for (size_t i = 0; i < rule_count; i++) {
        assert_true(rules[i].count > 0); /* an exception that nothing needs must go */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(differences_have_reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
