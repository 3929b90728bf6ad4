/* codepoint_table.c - prints engine/text/codepoint_table.inc from ICU's character data and
 * lexicons/fold.tsv:  codepoint_table lexicons/fold.tsv > engine/text/codepoint_table.inc
 *
 * It must not know tokens.  Invariant: the output depends on ICU's Unicode version (it must
 * be UNICODE_MAJOR) and on fold.tsv alone. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "text/codepoint.h"

enum {
    UNICODE_MAJOR = 15,
    CODEPOINTS = 0x110000,
    BLOCK = 128,
    BLOCKS = CODEPOINTS / BLOCK,
    MAX_ROWS = 4096,
    MAX_SEQUENCE_VALUES = 4096,
    MAX_OVERRIDES = 256,
    MAX_EXPANSION = 32
};

typedef struct override {
    uint32_t codepoint;
    uint32_t own, fold; /* AS_IS, or 0 to drop */
} override;

#define AS_IS UINT32_MAX

typedef struct generator {
    const UNormalizer2 *nfc, *nfkc;
    override overrides[MAX_OVERRIDES];
    size_t override_count;
    codepoint_info rows[MAX_ROWS];
    size_t row_count;
    uint32_t sequences[MAX_SEQUENCE_VALUES];
    size_t sequence_count;
    uint16_t row_of[CODEPOINTS];
    uint16_t block_of[BLOCKS];
    size_t block_count;
    size_t block_first[BLOCKS]; /* the code point where a distinct block was first met */
} generator;

static void die(const char *what, unsigned detail)
{
    fprintf(stderr, "codepoint_table: %s (%X)\n", what, detail);
    exit(1);
}

/* ---- lexicons/fold.tsv */

static uint32_t parse_target(const char *field)
{
    if (field[0] == '=') {
        return AS_IS;
    }
    return field[0] == '-' ? 0 : (uint32_t)strtoul(field, NULL, 16);
}

static void read_overrides(generator *g, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        die("cannot open fold.tsv", 0);
    }
    char line[512];
    bool header = true;
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        char codepoint[16], own[16], fold[16], reason[400];
        if (line[0] == '#') {
            continue;
        }
        if (sscanf(line, "%15[^\t]\t%15[^\t]\t%15[^\t]\t%399[^\n]", codepoint, own, fold,
                   reason) != 4) {
            die("fold.tsv: a line needs codepoint, own, fold and reason, line", number);
        }
        if (header) {
            header = false;
            continue;
        }
        if (g->override_count == MAX_OVERRIDES) {
            die("fold.tsv: too many lines", number);
        }
        g->overrides[g->override_count++] = (override){
            (uint32_t)strtoul(codepoint, NULL, 16), parse_target(own), parse_target(fold)};
    }
    fclose(file);
}

static const override *find_override(const generator *g, uint32_t codepoint)
{
    for (size_t i = 0; i < g->override_count; i++) {
        if (g->overrides[i].codepoint == codepoint) {
            return &g->overrides[i];
        }
    }
    return NULL;
}

/* ---- classes */

static bool is_between(uint32_t codepoint, uint32_t first, uint32_t last)
{
    return codepoint >= first && codepoint <= last;
}

/* Symbols that are emoji only when U+FE0F follows: text by habit, not pictures. */
static bool is_text_symbol(uint32_t c)
{
    return c < 0x2300;
}

static codepoint_class letter_class(uint32_t codepoint)
{
    UErrorCode code = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)codepoint, &code);
    if (script == USCRIPT_LATIN) {
        return CODEPOINT_LATIN;
    }
    return script == USCRIPT_ARABIC ? CODEPOINT_ARABIC : CODEPOINT_LETTER;
}

static codepoint_class special_class(uint32_t c)
{
    switch (c) {
    case 0x200C:
        return CODEPOINT_ZWNJ;
    case 0x200D:
        return CODEPOINT_ZWJ;
    case 0x0640:
        return CODEPOINT_TATWEEL;
    case 0x00AC: /* typed for U+200C on Persian keyboards of old */
        return CODEPOINT_INVISIBLE;
    case 0x0A: case 0x0B: case 0x0C: case 0x0D: case 0x85: case 0x2028: case 0x2029:
        return CODEPOINT_NEWLINE;
    case 0xFE0E: case 0xFE0F:
        return CODEPOINT_VARIATION;
    case 0x06DD: /* end of ayah: a format character that is seen */
        return CODEPOINT_SYMBOL;
    case 0x2139: /* information source: a sign, though its category is that of a letter */
        return CODEPOINT_SYMBOL;
    case 0xFFFC: /* stands for an object that the text lost */
        return CODEPOINT_INVISIBLE;
    default:
        return CODEPOINT_CLASS_COUNT;
    }
}

static codepoint_class category_class(uint32_t c)
{
    switch (u_charType((UChar32)c)) {
    case U_UPPERCASE_LETTER: case U_LOWERCASE_LETTER: case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER: case U_OTHER_LETTER: case U_LETTER_NUMBER:
        return letter_class(c);
    case U_NON_SPACING_MARK: case U_ENCLOSING_MARK: case U_COMBINING_SPACING_MARK:
        return CODEPOINT_MARK;
    case U_DECIMAL_DIGIT_NUMBER:
        return CODEPOINT_DIGIT;
    case U_DASH_PUNCTUATION: case U_START_PUNCTUATION: case U_END_PUNCTUATION:
    case U_CONNECTOR_PUNCTUATION: case U_OTHER_PUNCTUATION: case U_INITIAL_PUNCTUATION:
    case U_FINAL_PUNCTUATION:
        return CODEPOINT_PUNCTUATION;
    case U_MATH_SYMBOL: case U_CURRENCY_SYMBOL: case U_MODIFIER_SYMBOL: case U_OTHER_SYMBOL:
    case U_OTHER_NUMBER:
        return CODEPOINT_SYMBOL;
    case U_FORMAT_CHAR:
        return CODEPOINT_INVISIBLE;
    default:
        return CODEPOINT_OTHER;
    }
}

static codepoint_class class_of(uint32_t c)
{
    codepoint_class special = special_class(c);
    if (special != CODEPOINT_CLASS_COUNT) {
        return special;
    }
    if (u_isUWhiteSpace((UChar32)c)) {
        return CODEPOINT_SPACE;
    }
    if (is_between(c, 0x1F3FB, 0x1F3FF)) {
        return CODEPOINT_EMOJI_MODIFIER;
    }
    if (u_hasBinaryProperty((UChar32)c, UCHAR_REGIONAL_INDICATOR)) {
        return CODEPOINT_REGIONAL;
    }
    if (u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC) && !is_text_symbol(c)) {
        return CODEPOINT_EMOJI;
    }
    if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
        return CODEPOINT_INVISIBLE;
    }
    return category_class(c);
}

/* ---- what a code point becomes */

/* Signs of vocalised and Quranic text; hamza and madda (0653..0655) compose and stay. */
static bool is_haraka(uint32_t c)
{
    if (u_charType((UChar32)c) == U_OTHER_SYMBOL) {
        return false;
    }
    return is_between(c, 0x0610, 0x061A) || is_between(c, 0x064B, 0x0652) ||
           is_between(c, 0x0656, 0x065F) || c == 0x0670 || is_between(c, 0x06D6, 0x06DC) ||
           is_between(c, 0x06DF, 0x06E8) || is_between(c, 0x06EA, 0x06ED) ||
           is_between(c, 0x08CA, 0x08E1) || is_between(c, 0x08E3, 0x08FF);
}

/* Ranges whose compatibility forms are resolved.  Not all of NFKC: it would lose the
 * difference between x² and x2, the sign of ™ and the fraction of ½. */
static bool is_compatibility_form(uint32_t c)
{
    return is_between(c, 0xFB50, 0xFDFF) || is_between(c, 0xFE70, 0xFEFE) ||
           is_between(c, 0xFF01, 0xFF5E) || is_between(c, 0xFFE0, 0xFFE6) ||
           is_between(c, 0xFB00, 0xFB06) || is_between(c, 0x1D400, 0x1D7FF);
}

/* A thousand ideographs with a canonical singleton each: ICU is asked for them. */
static bool is_left_to_icu(uint32_t c)
{
    return is_between(c, 0xF900, 0xFAFF) || is_between(c, 0x2F800, 0x2FA1F);
}

/* Case folding of single code points, root locale: U+0130 has a simple lower case only
 * there, and the dotless i stays what it is. */
static uint32_t fold_case(uint32_t c)
{
    return c == 0x0130 ? 'i' : (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

static bool is_dropped(uint32_t c)
{
    switch (class_of(c)) {
    case CODEPOINT_INVISIBLE: case CODEPOINT_ZWNJ: case CODEPOINT_ZWJ: case CODEPOINT_VARIATION:
    case CODEPOINT_TATWEEL:
        return true;
    default:
        return is_haraka(c);
    }
}

/* One code point of an expansion in own letters; 0: dropped. */
static uint32_t own_letter(const generator *g, uint32_t c)
{
    const override *found = find_override(g, c);
    if (found != NULL && found->own != AS_IS) {
        return found->own;
    }
    if (is_dropped(c)) {
        return 0;
    }
    int digit = u_charDigitValue((UChar32)c);
    if (u_charType((UChar32)c) == U_DECIMAL_DIGIT_NUMBER && digit >= 0) {
        return '0' + (uint32_t)digit;
    }
    switch (class_of(c)) {
    case CODEPOINT_SPACE:
        return ' ';
    case CODEPOINT_NEWLINE:
        return '\n';
    default:
        return fold_case(c);
    }
}

static size_t own_letters(const generator *g, uint32_t c, uint32_t out[MAX_EXPANSION])
{
    UChar wide[2], expanded[MAX_EXPANSION];
    UErrorCode code = U_ZERO_ERROR;
    int32_t wide_len = 0;
    const override *found = find_override(g, c);
    if (found != NULL && found->own != AS_IS) {
        out[0] = found->own;
        return found->own != 0;
    }
    if (is_left_to_icu(c)) {
        out[0] = c;
        return 1;
    }
    U16_APPEND_UNSAFE(wide, wide_len, c);
    const UNormalizer2 *form = is_compatibility_form(c) ? g->nfkc : g->nfc;
    int32_t len = unorm2_normalize(form, wide, wide_len, expanded, MAX_EXPANSION, &code);
    if (U_FAILURE(code)) {
        die("normalisation failed", c);
    }
    size_t count = 0;
    bool isolated = false; /* U+FE70..: a space that carries a mark */
    for (int32_t i = 0; i < len;) {
        UChar32 next;
        U16_NEXT(expanded, i, len, next);
        isolated |= next == ' ' && i == 1 && len > 1;
        uint32_t own = own_letter(g, (uint32_t)next);
        if (own != 0 && !isolated) {
            out[count++] = own;
        }
    }
    return count;
}

/* The base letter of a Latin letter with accents, else the letter itself. */
static uint32_t without_accents(const generator *g, uint32_t c)
{
    UChar text[MAX_EXPANSION];
    UErrorCode code = U_ZERO_ERROR;
    int32_t len = unorm2_getDecomposition(g->nfc, (UChar32)c, text, MAX_EXPANSION, &code);
    return len > 1 && text[0] >= 'a' && text[0] <= 'z' ? text[0] : c;
}

static uint32_t key_letter(const generator *g, uint32_t own)
{
    const override *found = find_override(g, own);
    if (found != NULL && found->fold != AS_IS) {
        return found->fold;
    }
    if (is_between(own, 0x0300, 0x036F) || is_between(own, 0x0653, 0x0655)) {
        return 0;
    }
    return without_accents(g, own);
}

/* ---- flags */

static bool ends_sentence(uint32_t c)
{
    return c == 0x2026 || c == 0xFF0E || u_hasBinaryProperty((UChar32)c, UCHAR_S_TERM);
}

static bool ends_clause(uint32_t c)
{
    return c == 0x2014 || c == 0x2015 || c == 0xFF0C ||
           u_hasBinaryProperty((UChar32)c, UCHAR_TERMINAL_PUNCTUATION);
}

static bool joins_not_left(uint32_t c)
{
    int32_t type = u_getIntPropertyValue((UChar32)c, UCHAR_JOINING_TYPE);
    return type == U_JT_RIGHT_JOINING || type == U_JT_NON_JOINING;
}

static uint8_t flags_of(const generator *g, uint32_t c, codepoint_class class_)
{
    uint8_t flags = 0;
    bool reorders = u_getCombiningClass((UChar32)c) != 0 && !is_dropped(c);
    if (is_left_to_icu(c) || reorders || !unorm2_hasBoundaryBefore(g->nfc, (UChar32)c)) {
        flags |= is_dropped(c) ? 0 : CODEPOINT_NEEDS_ICU;
    }
    if (u_isUUppercase((UChar32)c) || u_istitle((UChar32)c)) {
        flags |= CODEPOINT_UPPER;
    }
    if (class_ == CODEPOINT_ARABIC && joins_not_left(c)) {
        flags |= CODEPOINT_NON_JOINER;
    }
    if (class_ == CODEPOINT_PUNCTUATION && ends_sentence(c)) {
        flags |= CODEPOINT_SENTENCE;
    } else if (class_ == CODEPOINT_PUNCTUATION && ends_clause(c)) {
        flags |= CODEPOINT_CLAUSE;
    }
    return flags;
}

/* ---- rows */

static int32_t step_to(uint32_t from, uint32_t to)
{
    return to == 0 ? CODEPOINT_DROP : (int32_t)to - (int32_t)from;
}

static int32_t add_sequence(generator *g, const uint32_t *values, size_t count)
{
    if (g->sequence_count + count > MAX_SEQUENCE_VALUES) {
        die("too many sequences", 0);
    }
    memcpy(g->sequences + g->sequence_count, values, count * sizeof *values);
    g->sequence_count += count;
    return (int32_t)(g->sequence_count - count);
}

static codepoint_info row_of(generator *g, uint32_t c)
{
    codepoint_info row = {0};
    uint32_t own[MAX_EXPANSION];
    if (is_between(c, 0xD800, 0xDFFF)) {
        row.digit = 255;
        return row;
    }
    size_t count = own_letters(g, c, own);
    codepoint_class class_ = class_of(c);
    /* A letter in disguise (fullwidth, mathematical) is the letter. */
    if (count == 1 && is_compatibility_form(c)) {
        class_ = class_of(own[0]);
    }
    if (count == 0 && class_ == CODEPOINT_ARABIC) {
        class_ = CODEPOINT_MARK; /* a haraka in isolated form */
    }
    row.class_ = (uint8_t)class_;
    row.digit = class_ == CODEPOINT_DIGIT ? (uint8_t)(own[0] - '0') : 255;
    row.flags = flags_of(g, c, class_);
    row.own_step = step_to(c, count == 0 ? 0 : own[0]);
    row.fold_step = step_to(c, count == 0 ? 0 : key_letter(g, own[0]));
    if (count > 1) {
        row.sequence_len = (uint8_t)count;
        row.own_step = add_sequence(g, own, count);
        row.fold_step = 0;
    }
    return row;
}

static uint16_t intern_row(generator *g, const codepoint_info *row)
{
    for (size_t i = 0; i < g->row_count; i++) {
        if (memcmp(&g->rows[i], row, sizeof *row) == 0) {
            return (uint16_t)i;
        }
    }
    if (g->row_count == MAX_ROWS) {
        die("too many rows", 0);
    }
    g->rows[g->row_count] = *row;
    return (uint16_t)g->row_count++;
}

static void fill(generator *g)
{
    for (uint32_t c = 0; c < CODEPOINTS; c++) {
        codepoint_info row = row_of(g, c);
        g->row_of[c] = intern_row(g, &row);
    }
    for (size_t block = 0; block < BLOCKS; block++) {
        const uint16_t *rows = g->row_of + block * BLOCK;
        size_t same = 0;
        while (same < g->block_count &&
               memcmp(g->row_of + g->block_first[same], rows, BLOCK * sizeof *rows) != 0) {
            same++;
        }
        if (same == g->block_count) {
            g->block_first[g->block_count++] = block * BLOCK;
        }
        g->block_of[block] = (uint16_t)same;
    }
}

/* ---- output */

static void print_value(size_t i, size_t per_line, unsigned value)
{
    printf("%s%u,", i % per_line == 0 ? "\n    " : " ", value);
}

static void print_step(int32_t step)
{
    if (step == CODEPOINT_DROP) {
        printf("CODEPOINT_DROP");
    } else {
        printf("%d", step);
    }
}

static void print_tables(const generator *g)
{
    printf("/* generated by tools/dev/codepoint_table.c from ICU (Unicode %d) and "
           "lexicons/fold.tsv: do not edit */\n", UNICODE_MAJOR);
    printf("\n#define CODEPOINT_BLOCK %d\n", BLOCK);
    printf("\nstatic const codepoint_info codepoint_rows[%zu] = {\n", g->row_count);
    for (size_t i = 0; i < g->row_count; i++) {
        const codepoint_info *row = &g->rows[i];
        printf("    {%u, %u, %u, %u, ", row->class_, row->digit, row->flags, row->sequence_len);
        print_step(row->own_step);
        printf(", ");
        print_step(row->fold_step);
        printf("},\n");
    }
    printf("};\n\nstatic const uint32_t codepoint_sequences[%zu] = {", g->sequence_count);
    for (size_t i = 0; i < g->sequence_count; i++) {
        print_value(i, 12, g->sequences[i]);
    }
    printf("\n};\n\nstatic const uint16_t codepoint_blocks[%d] = {", BLOCKS);
    for (size_t i = 0; i < BLOCKS; i++) {
        print_value(i, 20, g->block_of[i]);
    }
    printf("\n};\n\nstatic const uint16_t codepoint_cells[%zu] = {", g->block_count * BLOCK);
    for (size_t i = 0; i < g->block_count * BLOCK; i++) {
        print_value(i, 20, g->row_of[g->block_first[i / BLOCK] + i % BLOCK]);
    }
    printf("\n};\n\nconst uint8_t codepoint_low_class[0x800] = {");
    for (size_t i = 0; i < 0x800; i++) {
        print_value(i, 24, g->rows[g->row_of[i]].class_);
    }
    printf("\n};\n");
}

int main(int argc, char **argv)
{
    static generator g;
    UVersionInfo version;
    UErrorCode code = U_ZERO_ERROR;
    if (argc != 2) {
        fprintf(stderr, "usage: codepoint_table lexicons/fold.tsv > codepoint_table.inc\n");
        return 2;
    }
    u_getUnicodeVersion(version);
    if (version[0] != UNICODE_MAJOR) {
        fprintf(stderr, "codepoint_table: ICU has Unicode %u, the table is made from %d\n",
                version[0], UNICODE_MAJOR);
        return 77;
    }
    g.nfc = unorm2_getNFCInstance(&code);
    g.nfkc = unorm2_getNFKCInstance(&code);
    if (U_FAILURE(code)) {
        die(u_errorName(code), 0);
    }
    read_overrides(&g, argv[1]);
    fill(&g);
    print_tables(&g);
    fprintf(stderr, "codepoint_table: %zu rows, %zu blocks, %zu sequence values\n", g.row_count,
            g.block_count, g.sequence_count);
    return 0;
}
