/* transliterate.c - Finglish and Arabizi words in Arabic letters.
 *
 * A word is looked up as it is written; then by its skeleton, which usual variants share
 * (oo = u, kh = x, 7 = h, doubled letters); then without an affix; and is spelled by rule
 * when all that fails.  It must not know sentences or features.
 * Invariant: a pure function of the word; nothing is written past out_size. */
#include "text/transliterate.h"

#include <string.h>

#include "text/utf8.h"

/* Both fit every entry (checked when the table is made) and what rules make of a word. */
#define LATIN_SIZE 20
#define WORD_SIZE 32
#define MAX_LATIN 32u /* longer "words" are no words */

typedef struct transliterate_entry {
    char latin[LATIN_SIZE];
    char word[WORD_SIZE];
} transliterate_entry;

#include "text/transliterate_table.inc"

typedef struct dictionary {
    const transliterate_entry *entries; /* ascending by bytes */
    size_t count;
} dictionary;

typedef struct replacement {
    const char *from, *to;
} replacement;

static dictionary dictionary_of(nz_language reading)
{
    if (reading == NZ_LANG_FA) {
        return (dictionary){finglish_entries,
                            sizeof(finglish_entries) / sizeof(finglish_entries[0])};
    }
    return (dictionary){arabizi_entries, sizeof(arabizi_entries) / sizeof(arabizi_entries[0])};
}

static const char *find_exact(dictionary d, const char *latin)
{
    size_t low = 0, high = d.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(d.entries[middle].latin, latin);
        if (order == 0) {
            return d.entries[middle].word;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* ---- Skeleton ------------------------------------------------------------- */

/* The same tables, in the same order, stand in tools/dev/language_table.py. */
static const replacement skeleton_persian[] = {
    {"tsh", "c"}, {"ch", "c"}, {"zh", "j"}, {"iy", "i"}, {"ei", "i"}, {"ey", "i"}, {"kh", "x"},
    {"sh", "$"},  {"gh", "q"}, {"oo", "u"}, {"ou", "u"}, {"ow", "u"}, {"ee", "i"}, {"aa", "a"},
    {"o", "u"},   {"y", "i"},  {"'", ""},   {NULL, NULL}};
static const replacement skeleton_arabic[] = {
    {"3'", "q"}, {"7'", "x"}, {"9'", "d"}, {"6'", "z"}, {"th", "t"}, {"dh", "d"}, {"ch", "$"},
    {"kh", "x"}, {"sh", "$"}, {"gh", "q"}, {"ei", "i"}, {"ey", "i"}, {"ay", "i"}, {"ai", "i"},
    {"iy", "i"}, {"ie", "i"}, {"oo", "u"}, {"ou", "u"}, {"ow", "u"}, {"ee", "i"}, {"aa", "a"},
    {"5", "x"},  {"8", "q"},  {"7", "h"},  {"6", "t"},  {"9", "s"},  {"e", "i"},  {"o", "u"},
    {"y", "i"},  {"'", ""},   {NULL, NULL}};

static const replacement *match(const replacement *table, const char *at)
{
    for (; table->from != NULL; table++) {
        if (strncmp(table->from, at, strlen(table->from)) == 0) {
            return table;
        }
    }
    return NULL;
}

/* Final -eh is -e; in Arabizi, where both spell the teh marbuta, -ah and -e are -a. */
static size_t trim_final(char *word, size_t len, nz_language reading)
{
    if (len > 3 && word[len - 1] == 'h' &&
        (word[len - 2] == 'e' || (word[len - 2] == 'a' && reading == NZ_LANG_AR))) {
        len--;
    }
    if (len > 2 && reading == NZ_LANG_AR && word[len - 1] == 'e' && word[len - 2] != 'e') {
        word[len - 1] = 'a';
    }
    word[len] = '\0';
    return len;
}

/* "~" and the skeleton of word into out (room for MAX_LATIN + 2). */
static void make_skeleton(const char *word, nz_language reading, char *out)
{
    char trimmed[MAX_LATIN + 1];
    size_t len = strlen(word);
    memcpy(trimmed, word, len + 1);
    (void)trim_final(trimmed, len, reading);
    const replacement *table = reading == NZ_LANG_FA ? skeleton_persian : skeleton_arabic;
    size_t count = 0;
    out[count++] = '~';
    for (const char *at = trimmed; *at != '\0';) {
        const replacement *r = match(table, at);
        char letter = r != NULL ? r->to[0] : *at;
        at += r != NULL ? strlen(r->from) : 1;
        if (letter != '\0' && letter != out[count - 1]) {
            out[count++] = letter;
        }
    }
    out[count] = '\0';
}

static const char *find_word(dictionary d, const char *latin, nz_language reading)
{
    const char *found = find_exact(d, latin);
    if (found == NULL && strlen(latin) >= 3) {
        char skeleton[MAX_LATIN + 2];
        make_skeleton(latin, reading, skeleton);
        found = find_exact(d, skeleton);
    }
    return found;
}

/* ---- Output --------------------------------------------------------------- */

typedef struct writer {
    char *out;
    size_t size, len;
    bool full;
} writer;

static void put_bytes(writer *w, const char *bytes, size_t len)
{
    if (len >= w->size - w->len) {
        w->full = true;
        return;
    }
    memcpy(w->out + w->len, bytes, len);
    w->len += len;
    w->out[w->len] = '\0';
}

static void put_text(writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static void put_letter(writer *w, uint32_t codepoint)
{
    char bytes[4];
    put_bytes(w, bytes, utf8_encode(codepoint, bytes));
}

/* ---- Affixes -------------------------------------------------------------- */

#define TEH_MARBUTA "\u0629"

/* Longest first: the first that leaves a known word is taken. */
static const replacement suffix_persian[] = {
    {"hashoon", "\u0647\u0627\u0634\u0648\u0646"}, {"hashun", "\u0647\u0627\u0634\u0648\u0646"},
    {"etoon", "\u062a\u0648\u0646"}, {"eton", "\u062a\u0648\u0646"}, {"etun", "\u062a\u0648\u0646"},
    {"atoon", "\u0627\u062a\u0648\u0646"}, {"eshoon", "\u0634\u0648\u0646"},
    {"eshon", "\u0634\u0648\u0646"}, {"eshun", "\u0634\u0648\u0646"},
    {"emoon", "\u0645\u0648\u0646"}, {"emun", "\u0645\u0648\u0646"}, {"tarin", "\u062a\u0631\u06cc\u0646"},
    {"haye", "\u0647\u0627\u06cc"}, {"hash", "\u0647\u0627\u0634"}, {"esho", "\u0634\u0648"},
    {"tar", "\u062a\u0631"}, {"ash", "\u0634"}, {"esh", "\u0634"}, {"ha", "\u0647\u0627"},
    {"am", "\u0645"}, {"et", "\u062a"}, {"ro", "\u0631\u0648"}, {"an", "\u0646"}, {"im", "\u06cc\u0645"},
    {"id", "\u06cc\u062f"}, {"sh", "\u0634"}, {"m", "\u0645"}, {"o", "\u0648"}, {"e", "\u0647"},
    {"i", "\u06cc"}, {NULL, NULL}};
static const replacement suffix_arabic[] = {
    {"ha", "\u0647\u0627"}, {"hom", "\u0647\u0645"}, {"hum", "\u0647\u0645"}, {"kom", "\u0643\u0645"},
    {"kum", "\u0643\u0645"}, {"ko", "\u0643\u0648"}, {"na", "\u0646\u0627"}, {"een", "\u064a\u0646"},
    {"in", "\u064a\u0646"}, {"at", "\u0627\u062a"}, {"ak", "\u0643"}, {"ek", "\u0643"}, {"sh", "\u0634"},
    {"o", "\u0647"}, {"i", "\u064a"}, {"y", "\u064a"}, {NULL, NULL}};
static const replacement prefix_arabic[] = {
    {"wel", "\u0648\u0627\u0644"}, {"wal", "\u0648\u0627\u0644"}, {"bel", "\u0628\u0627\u0644"},
    {"bil", "\u0628\u0627\u0644"}, {"fel", "\u0641\u0627\u0644"}, {"lel", "\u0644\u0644"},
    {"lil", "\u0644\u0644"}, {"el", "\u0627\u0644"}, {"al", "\u0627\u0644"}, {"il", "\u0627\u0644"},
    {NULL, NULL}};

static void put_stem(writer *w, const char *stem, nz_language reading)
{
    size_t len = strlen(stem), marbuta = strlen(TEH_MARBUTA);
    if (reading == NZ_LANG_AR && len > marbuta &&
        strcmp(stem + len - marbuta, TEH_MARBUTA) == 0) { /* the teh opens before a suffix */
        put_bytes(w, stem, len - marbuta);
        put_text(w, "\u062a");
    } else {
        put_bytes(w, stem, len);
    }
}

/* A known word with a suffix behind it. */
static bool put_suffixed(writer *w, dictionary d, const char *latin, nz_language reading)
{
    size_t len = strlen(latin);
    const replacement *s = reading == NZ_LANG_FA ? suffix_persian : suffix_arabic;
    for (; s->from != NULL; s++) {
        size_t suffix = strlen(s->from);
        if (len < suffix + 3 || strcmp(latin + len - suffix, s->from) != 0) {
            continue;
        }
        char stem[MAX_LATIN + 1];
        memcpy(stem, latin, len - suffix);
        stem[len - suffix] = '\0';
        const char *found = find_word(d, stem, reading);
        if (found != NULL) {
            put_stem(w, found, reading);
            put_text(w, s->to);
            return true;
        }
    }
    return false;
}

/* ---- Spelling by rule ----------------------------------------------------- */

/* What a piece of a word stands for: a consonant is its letter, a vowel one of these. */
enum { VOWEL_A = 1, VOWEL_U, VOWEL_I, VOWEL_E, VOWEL_O, VOWEL_LAST = VOWEL_O };

typedef struct sound {
    const char *from;
    uint16_t to;
} sound;

static const sound sounds_persian[] = {
    {"kh", 0x062E}, {"gh", 0x0642}, {"sh", 0x0634}, {"ch", 0x0686}, {"zh", 0x0698},
    {"ei", VOWEL_I}, {"ey", VOWEL_I}, {"iy", VOWEL_I}, {"aa", VOWEL_A}, {"oo", VOWEL_U},
    {"ou", VOWEL_U}, {"ow", VOWEL_U}, {"ee", VOWEL_I}, {"a", VOWEL_A}, {"e", VOWEL_E},
    {"i", VOWEL_I}, {"o", VOWEL_U}, {"u", VOWEL_U}, {"y", VOWEL_I}, {"b", 0x0628},
    {"c", 0x06A9}, {"d", 0x062F}, {"f", 0x0641}, {"g", 0x06AF}, {"h", 0x0647}, {"j", 0x062C},
    {"k", 0x06A9}, {"l", 0x0644}, {"m", 0x0645}, {"n", 0x0646}, {"p", 0x067E}, {"q", 0x0642},
    {"r", 0x0631}, {"s", 0x0633}, {"t", 0x062A}, {"v", 0x0648}, {"w", 0x0648}, {"x", 0x062E},
    {"z", 0x0632}, {NULL, 0}};
static const sound sounds_arabic[] = {
    {"3'", 0x063A}, {"7'", 0x062E}, {"9'", 0x0636}, {"6'", 0x0638}, {"kh", 0x062E},
    {"gh", 0x063A}, {"sh", 0x0634}, {"ch", 0x0634}, {"th", 0x062B}, {"dh", 0x0630},
    {"ei", VOWEL_I}, {"ey", VOWEL_I}, {"ai", VOWEL_I}, {"ay", VOWEL_I}, {"iy", VOWEL_I},
    {"ie", VOWEL_I}, {"aa", VOWEL_A}, {"oo", VOWEL_U}, {"ou", VOWEL_U}, {"ow", VOWEL_U},
    {"ee", VOWEL_I}, {"a", VOWEL_A}, {"e", VOWEL_E}, {"i", VOWEL_I}, {"o", VOWEL_O},
    {"u", VOWEL_O}, {"y", 0x064A}, {"2", 0x0642}, {"3", 0x0639}, {"5", 0x062E},
    {"6", 0x0637}, {"7", 0x062D}, {"8", 0x0642}, {"9", 0x0635}, {"b", 0x0628}, {"c", 0x0643},
    {"d", 0x062F}, {"f", 0x0641}, {"g", 0x062C}, {"h", 0x0647}, {"j", 0x062C}, {"k", 0x0643},
    {"l", 0x0644}, {"m", 0x0645}, {"n", 0x0646}, {"p", 0x0628}, {"q", 0x0642}, {"r", 0x0631},
    {"s", 0x0633}, {"t", 0x062A}, {"v", 0x0641}, {"w", 0x0648}, {"x", 0x0643}, {"z", 0x0632},
    {NULL, 0}};

/* Sounds of the word, doubled ones once.  0 when a letter stands for nothing. */
static uint32_t hear(const char *latin, nz_language reading, uint16_t *heard)
{
    const sound *table = reading == NZ_LANG_FA ? sounds_persian : sounds_arabic;
    uint32_t count = 0;
    for (const char *at = latin; *at != '\0';) {
        if (*at == '\'') {
            at++;
            continue;
        }
        const sound *s = table;
        while (s->from != NULL && strncmp(s->from, at, strlen(s->from)) != 0) {
            s++;
        }
        if (s->from == NULL) {
            return 0;
        }
        at += strlen(s->from);
        if (count == 0 || heard[count - 1] != s->to) {
            heard[count++] = s->to;
        }
    }
    return count;
}

/* Is the sound after at the last consonant, with at most a short vowel behind it? */
static bool last_syllable(const uint16_t *heard, uint32_t count, uint32_t at)
{
    return at + 2 == count ||
           (at + 3 == count && heard[at + 1] > VOWEL_LAST && heard[at + 2] <= VOWEL_LAST);
}

/* A vowel inside a word: long ones are written; a is long where a syllable is last. */
static void put_inner_vowel(writer *w, uint16_t vowel, bool last, nz_language reading)
{
    if (vowel == VOWEL_A && last) {
        put_letter(w, 0x0627);
    } else if (vowel == VOWEL_U) {
        put_letter(w, 0x0648);
    } else if (vowel == VOWEL_I) {
        put_letter(w, reading == NZ_LANG_FA ? 0x06CC : 0x064A);
    }
}

static void put_final_vowel(writer *w, uint16_t vowel, nz_language reading)
{
    if (vowel == VOWEL_E) {
        put_letter(w, reading == NZ_LANG_FA ? 0x0647 : 0x0629);
    } else if (vowel == VOWEL_A) {
        put_letter(w, reading == NZ_LANG_FA ? 0x0627 : 0x0629);
    } else {
        put_inner_vowel(w, vowel == VOWEL_O ? VOWEL_U : vowel, true, reading);
    }
}

static void put_by_rule(writer *w, const char *latin, nz_language reading)
{
    char trimmed[MAX_LATIN + 1];
    uint16_t heard[MAX_LATIN];
    size_t len = strlen(latin);
    memcpy(trimmed, latin, len + 1);
    (void)trim_final(trimmed, len, reading);
    uint32_t count = hear(trimmed, reading, heard);
    for (uint32_t i = 0; i < count; i++) {
        if (heard[i] > VOWEL_LAST) {
            put_letter(w, heard[i]);
        } else if (i == 0) { /* a word never begins with a bare vowel: an alef carries it */
            put_letter(w, 0x0627);
            put_inner_vowel(w, heard[i], false, reading);
        } else if (i + 1 == count) {
            put_final_vowel(w, heard[i], reading);
        } else {
            put_inner_vowel(w, heard[i], last_syllable(heard, count, i), reading);
        }
    }
}

/* ---- Word ----------------------------------------------------------------- */

/* Copy with at most two equal letters in a row; false when it cannot be such a word. */
static bool take_latin(const char *word, size_t len, nz_language reading, char *latin)
{
    size_t count = 0;
    bool letter = false;
    if (len == 0 || len > TEXT_MAX_TOKEN_BYTES) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = word[i];
        bool alphabetic = c >= 'a' && c <= 'z';
        bool digit = c >= '0' && c <= '9';
        if (!alphabetic && !digit && c != '\'') {
            return false;
        }
        letter = letter || alphabetic;
        if (count >= 2 && latin[count - 1] == c && latin[count - 2] == c) {
            continue;
        }
        if (count == MAX_LATIN) {
            return false;
        }
        latin[count++] = c;
    }
    latin[count] = '\0';
    return letter && (reading == NZ_LANG_FA || reading == NZ_LANG_AR);
}

static bool put_known(writer *w, const char *latin, nz_language reading)
{
    dictionary d = dictionary_of(reading);
    const char *found = find_word(d, latin, reading);
    if (found != NULL) {
        put_text(w, found);
        return true;
    }
    return put_suffixed(w, d, latin, reading);
}

size_t transliterate_word(const char *word, size_t len, nz_language reading, char *out,
                          size_t out_size)
{
    char latin[MAX_LATIN + 1];
    writer w = {out, out_size, 0, false};
    if (out_size == 0) {
        return 0;
    }
    out[0] = '\0';
    if (!take_latin(word, len, reading, latin)) {
        return 0;
    }
    if (!put_known(&w, latin, reading)) {
        const char *rest = latin;
        const replacement *prefix = reading == NZ_LANG_AR ? match(prefix_arabic, latin) : NULL;
        if (prefix != NULL && strlen(latin) >= strlen(prefix->from) + 3) {
            put_text(&w, prefix->to);
            rest += strlen(prefix->from);
        }
        if (rest == latin || !put_known(&w, rest, reading)) {
            size_t before = w.len;
            put_by_rule(&w, rest, reading);
            w.len = w.len == before ? 0 : w.len;
        }
    }
    if (w.full || w.len == 0) {
        out[0] = '\0';
        return 0;
    }
    return w.len;
}
