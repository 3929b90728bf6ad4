/* normalise.c - letters: NFC where the code-point table asks for it, then each code point
 * to the own letters of the reading, then elongation.
 *
 * It must not know sentences, stems or features.
 * Invariant: a form is at most TEXT_MAX_TOKEN_BYTES long and its own form; so is a key. */
#include "text/normalise.h"

#include <string.h>

#include "text/codepoint.h"
#include "text/icu.h"
#include "text/persian.h"
#include "text/utf8.h"
#include "text/words.h"

enum {
    MAX_LETTERS = TEXT_MAX_TOKEN_BYTES, /* code points of a form */
    MAX_RUNS = 4,                       /* elongated letters that are tried with one and two */
    MAX_PASSES = 4                      /* until a form is its own form */
};

enum letter {
    HAMZA = 0x0621,
    ALEF_MADDA = 0x0622,
    ALEF_HAMZA_ABOVE = 0x0623,
    WAW_HAMZA = 0x0624,
    ALEF_HAMZA_BELOW = 0x0625,
    YEH_HAMZA = 0x0626,
    ALEF = 0x0627,
    TEH_MARBUTA = 0x0629,
    GHAIN_END = 0x063A,
    FEH = 0x0641,
    QAF = 0x0642,
    KAF = 0x0643,
    LAM = 0x0644,
    WAW = 0x0648,
    ALEF_MAKSURA = 0x0649,
    YEH = 0x064A,
    MADDA_ABOVE = 0x0653,
    HAMZA_BELOW = 0x0655,
    PEH = 0x067E,
    TCHEH = 0x0686,
    JEH = 0x0698,
    VEH = 0x06A4,
    KEHEH = 0x06A9,
    GAF = 0x06AF,
    FARSI_YEH = 0x06CC
};

typedef struct letters {
    uint32_t at[MAX_LETTERS];
    size_t count;
    size_t bytes; /* in UTF-8 */
} letters;

struct normaliser {
    nz_allocator allocator;
    letters form, candidate;
    char bytes[TEXT_MAX_TOKEN_BYTES], composed[3 * TEXT_MAX_TOKEN_BYTES];
};

nz_status normaliser_new(normaliser **out, const nz_allocator *allocator, nz_error *err)
{
    nz_allocator own = allocator != NULL ? *allocator : memory_default();
    *out = memory_new_zero(&own, 1, sizeof **out);
    if (*out == NULL) {
        return status_no_memory(err);
    }
    (*out)->allocator = own;
    return NZ_OK;
}

void normaliser_free(normaliser *n)
{
    if (n != NULL) {
        nz_allocator allocator = n->allocator;
        memory_free(&allocator, n, 1, sizeof *n);
    }
}

/* ---- one letter */

static bool is_between(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

static bool is_persian_letter(uint32_t c)
{
    return (is_between(c, HAMZA, GHAIN_END) && c != TEH_MARBUTA) || c == FEH || c == QAF ||
           is_between(c, LAM, WAW) || c == PEH || c == TCHEH || c == JEH || c == KEHEH ||
           c == GAF || c == FARSI_YEH;
}

/* Letters that Arabs write for foreign sounds are their own too. */
static bool is_arabic_letter(uint32_t c)
{
    return is_between(c, HAMZA, GHAIN_END) || is_between(c, FEH, YEH) || c == PEH || c == TCHEH ||
           c == JEH || c == VEH || c == GAF;
}

static uint32_t fold_letter(uint32_t own)
{
    const codepoint_info *info = codepoint_lookup(own);
    return info->sequence_len != 0 ? own : codepoint_fold(info, own);
}

static uint32_t arabic_letter(uint32_t own)
{
    if (is_arabic_letter(own)) {
        return own;
    }
    switch (fold_letter(own)) {
    case FARSI_YEH:
        return YEH;
    case KEHEH:
        return KAF;
    default:
        return fold_letter(own);
    }
}

/* A letter of the code-point table as the reading writes it; 0: dropped. */
static uint32_t letter_of(uint32_t own, nz_language reading)
{
    /* What NFC could not compose (heh with hamza above is the ezafe) is no letter. */
    if (is_between(own, MADDA_ABOVE, HAMZA_BELOW)) {
        return 0;
    }
    if (codepoint_class_of(own) != CODEPOINT_ARABIC) {
        return own;
    }
    switch (reading) {
    case NZ_LANG_FA:
        return is_persian_letter(own) ? own : fold_letter(own);
    case NZ_LANG_AR:
        return arabic_letter(own);
    default:
        return own;
    }
}

static uint32_t bytes_of(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Past the limit the rest of the form is cut: the cut form is its own form again. */
static void push(letters *to, uint32_t c)
{
    if (c != 0 && to->count < MAX_LETTERS && to->bytes + bytes_of(c) <= TEXT_MAX_TOKEN_BYTES) {
        to->at[to->count++] = c;
        to->bytes += bytes_of(c);
    }
}

/* ---- a token's letters */

typedef struct case_count {
    uint32_t capitals, letters;
} case_count;

static void count_case(case_count *count, const codepoint_info *info)
{
    if (info->class_ == CODEPOINT_LATIN) {
        count->letters++;
        count->capitals += (info->flags & CODEPOINT_UPPER) != 0;
    }
}

static void push_codepoint(letters *to, uint32_t c, const codepoint_info *info, nz_language reading,
                           bool keep_space)
{
    const uint32_t *sequence = info->sequence_len == 0 ? NULL : codepoint_sequence(info);
    size_t count = info->sequence_len == 0 ? 1 : info->sequence_len;
    for (size_t i = 0; i < count; i++) {
        uint32_t own = info->sequence_len == 0 ? codepoint_own(info, c) : sequence[i];
        if (own != 0 && (keep_space || (own != ' ' && own != '\n'))) {
            push(to, letter_of(own, reading));
        }
    }
}

/* The letters of len bytes into n->form. */
static void read_letters(normaliser *n, const char *bytes, size_t len, nz_language reading,
                         bool keep_space, uint32_t *marks)
{
    case_count count = {0, 0};
    const char *at = bytes;
    n->form.count = 0;
    n->form.bytes = 0;
    while (at < bytes + len) {
        uint32_t c = utf8_next(&at);
        const codepoint_info *info = codepoint_lookup(c);
        count_case(&count, info);
        if (info->class_ == CODEPOINT_MARK && info->sequence_len == 0 &&
            codepoint_own(info, c) == 0) {
            *marks |= TEXT_MARK_DIACRITICS;
        }
        if (c == TEH_MARBUTA && reading == NZ_LANG_FA) {
            *marks |= TEXT_MARK_TEH_MARBUTA;
        }
        push_codepoint(&n->form, c, info, reading, keep_space);
    }
    if (count.letters >= 2 && count.capitals == count.letters) {
        *marks |= TEXT_MARK_CAPITALS;
    }
}

static bool needs_icu(const char *bytes, size_t len)
{
    const char *at = bytes;
    while (at < bytes + len) {
        uint32_t c = utf8_next(&at);
        if (c >= 0x80 && (codepoint_lookup(c)->flags & CODEPOINT_NEEDS_ICU) != 0) {
            return true;
        }
    }
    return false;
}

static size_t write_letters(const letters *from, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < from->count; i++) {
        len += utf8_encode(from->at[i], out + len);
    }
    return len;
}

/* Compose and read until nothing changes: dropping a joiner may bring a mark to its letter. */
static nz_status read_composed(normaliser *n, const char *bytes, size_t len, nz_language reading,
                               bool keep_space, uint32_t *marks)
{
    memcpy(n->bytes, bytes, len);
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        size_t composed_len = 0;
        NZ_TRY(icu_nfc(n->bytes, len, n->composed, &composed_len));
        read_letters(n, n->composed, composed_len, reading, keep_space, marks);
        size_t read_len = n->form.bytes;
        bool same = read_len == len;
        char form[TEXT_MAX_TOKEN_BYTES];
        (void)write_letters(&n->form, form);
        same = same && memcmp(form, n->bytes, len) == 0;
        memcpy(n->bytes, form, read_len);
        len = read_len;
        if (same) {
            break;
        }
    }
    return NZ_OK;
}

/* ---- elongation */

typedef struct letter_run {
    size_t begin, len;
} letter_run;

static bool is_letter(uint32_t c)
{
    switch (codepoint_class_of(c)) {
    case CODEPOINT_LATIN:
    case CODEPOINT_ARABIC:
    case CODEPOINT_LETTER:
        return true;
    default:
        return false;
    }
}

static size_t run_length(const letters *form, size_t at)
{
    size_t end = at + 1;
    while (end < form->count && form->at[end] == form->at[at]) {
        end++;
    }
    return is_letter(form->at[at]) ? end - at : 1;
}

static size_t count_long_runs(const letters *form)
{
    size_t runs = 0;
    for (size_t at = 0, len; at < form->count; at += len) {
        len = run_length(form, at);
        runs += len >= 3;
    }
    return runs;
}

/* The form with its long runs cut to one letter, or to two where doubled has the bit. */
static void cut_runs(const letters *form, unsigned doubled, letters *out)
{
    size_t run = 0;
    out->count = 0;
    out->bytes = 0;
    for (size_t at = 0, len; at < form->count; at += len) {
        len = run_length(form, at);
        size_t keep = len;
        if (len >= 3) {
            keep = run < MAX_RUNS && (doubled >> run & 1u) != 0 ? 2 : 1;
            run++;
        }
        for (size_t i = 0; i < keep; i++) {
            push(out, form->at[at]);
        }
    }
}

static size_t key_of(const letters *form, char key[TEXT_MAX_TOKEN_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < form->count; i++) {
        uint32_t folded = fold_letter(form->at[i]);
        bool fits = folded != 0 && len + 4 <= TEXT_MAX_TOKEN_BYTES;
        len += fits ? utf8_encode(folded, key + len) : 0;
    }
    return len;
}

/* Does the word stand in the tables as it is (www, xxl)?  Suffixes must not explain it:
 * the end of تیممم is no pair of pronouns. */
static bool is_listed(const letters *form, nz_language reading)
{
    char key[TEXT_MAX_TOKEN_BYTES];
    return words_find(reading, key, key_of(form, key)) != NULL;
}

static bool is_known(const letters *form, nz_language reading)
{
    char key[TEXT_MAX_TOKEN_BYTES];
    size_t len = key_of(form, key);
    return reading == NZ_LANG_FA ? persian_is_known(key, len)
                                 : words_find(reading, key, len) != NULL;
}

/* Letters written three times or more: the spelling of a known word if there is one, one
 * letter before two; else one letter, the commoner case in all three languages. */
static void undo_elongation(normaliser *n, nz_language reading, uint32_t *marks)
{
    size_t runs = count_long_runs(&n->form);
    if (runs == 0 || is_listed(&n->form, reading)) {
        return;
    }
    unsigned choices = 1u << (runs < MAX_RUNS ? runs : MAX_RUNS);
    *marks |= TEXT_MARK_ELONGATED;
    for (unsigned doubled = 0; doubled < choices; doubled++) {
        cut_runs(&n->form, doubled, &n->candidate);
        if (is_known(&n->candidate, reading)) {
            n->form = n->candidate;
            return;
        }
    }
    cut_runs(&n->form, 0, &n->candidate);
    n->form = n->candidate;
}

/* ---- the two doors */

/* The longest prefix of at most TEXT_MAX_TOKEN_BYTES that ends between code points. */
static size_t cut_length(const char *bytes, size_t len)
{
    if (len <= TEXT_MAX_TOKEN_BYTES) {
        return len;
    }
    len = TEXT_MAX_TOKEN_BYTES;
    while (len > 0 && ((unsigned char)bytes[len] & 0xC0) == 0x80) {
        len--;
    }
    return len;
}

nz_status normalise_form(normaliser *n, const char *bytes, size_t len, nz_token_kind kind,
                         nz_language reading, buffer *out, uint32_t *marks)
{
    len = cut_length(bytes, len);
    if (needs_icu(bytes, len)) {
        NZ_TRY(read_composed(n, bytes, len, reading, false, marks));
    } else {
        read_letters(n, bytes, len, reading, false, marks);
    }
    if (kind == NZ_TOKEN_WORD || kind == NZ_TOKEN_HASHTAG) {
        undo_elongation(n, reading, marks);
    }
    if (n->form.count == 0) { /* nothing but signs that are dropped: they are the word */
        return buffer_append(out, bytes, len);
    }
    NZ_TRY(buffer_reserve(out, n->form.bytes));
    out->size += write_letters(&n->form, (char *)out->bytes + out->size);
    return NZ_OK;
}

static uint32_t mark_of(uint32_t c)
{
    switch (c) {
    case TEH_MARBUTA:
        return TEXT_MARK_TEH_MARBUTA;
    case ALEF_MAKSURA:
        return TEXT_MARK_ALEF_MAKSURA;
    case ALEF_MADDA:
    case ALEF_HAMZA_ABOVE:
    case ALEF_HAMZA_BELOW:
    case WAW_HAMZA:
    case YEH_HAMZA:
        return TEXT_MARK_HAMZA;
    default:
        return 0;
    }
}

nz_status normalise_fold(const char *form, size_t len, nz_language reading, buffer *out,
                         uint32_t *marks)
{
    const char *at = form;
    size_t begin = out->size;
    uint32_t before = 0;
    /* Room for every letter at its longest, asked for once. */
    NZ_TRY(buffer_reserve(out, 4 * len));
    while (at < form + len) {
        uint32_t c = utf8_next(&at);
        uint32_t folded = fold_letter(c);
        *marks |= mark_of(c);
        /* Persian leaves the last hamza of املاء out. */
        if (c == HAMZA && reading == NZ_LANG_FA && at == form + len && before == ALEF) {
            *marks |= TEXT_MARK_HAMZA;
            continue;
        }
        if (folded != 0) {
            out->size += utf8_encode(folded, (char *)out->bytes + out->size);
        }
        before = folded;
    }
    return out->size == begin ? buffer_append(out, form, len) : NZ_OK;
}
