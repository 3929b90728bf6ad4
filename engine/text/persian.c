/* persian.c - verb forms are parsed as prefix + stem + ending + object, other words lose
 * suffixes; a reading whose base is a known word is preferred to one that is not.
 *
 * It must not know tokens.  Invariant: no rule leaves fewer letters than its table says,
 * and a word of the tables is never cut. */
#include "text/persian.h"

#include <string.h>

#include "text/text.h"
#include "text/words.h"

typedef enum suffix_when {
    AFTER_ANY,
    AFTER_KNOWN,
    AFTER_NOUN,
    AFTER_ADJECTIVE,
    AFTER_HEH,
    AFTER_YEH
} suffix_when;

typedef struct persian_suffix {
    const char *text;
    uint8_t len;
    uint8_t when;
    uint8_t least; /* letters that must be left */
    bool apart;
} persian_suffix;

#include "text/persian_suffixes.inc"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
enum { LETTER_BYTES = 2, MAX_ROUNDS = 3, MAX_KEY = TEXT_MAX_TOKEN_BYTES };

#define ALEF "\u0627"
#define BEH "\u0628"
#define HEH "\u0647"
#define NOON "\u0646"
#define YEH "\u06cc"

typedef struct slice {
    const char *text;
    size_t len;
} slice;

/* The last byte is looked at first: of a hundred suffixes it leaves a few. */
static inline bool ends_with(slice word, const char *suffix, size_t len)
{
    if (len == 0) {
        return true;
    }
    return word.len >= len && word.text[word.len - 1] == suffix[len - 1] &&
           memcmp(word.text + word.len - len, suffix, len) == 0;
}

static bool begins_with(slice word, const char *prefix, size_t len)
{
    return word.len >= len && memcmp(word.text, prefix, len) == 0;
}

static slice cut_front(slice word, size_t len)
{
    return (slice){word.text + len, word.len - len};
}

static slice cut_back(slice word, size_t len)
{
    return (slice){word.text, word.len - len};
}

static const word_entry *find(slice word)
{
    return words_find(NZ_LANG_FA, word.text, word.len);
}

/* ---- words of the tables */

static bool is_own_stem(const word_entry *entry)
{
    return entry->stem != NULL && strcmp(entry->stem, entry->key) == 0;
}

/* Words of persian_exception.tsv that are their own stem count as nouns: سایت, نوبت. */
static bool is_noun(const word_entry *entry)
{
    if (entry == NULL || (entry->flags & WORD_FUNCTION) != 0) {
        return false;
    }
    return (entry->flags & WORD_NOUN) != 0 ||
           (is_own_stem(entry) && entry->len >= 3 * LETTER_BYTES);
}

static bool is_adjective(const word_entry *entry)
{
    return entry != NULL &&
           (entry->flags & (WORD_ADJECTIVE | WORD_NEGATIVE | WORD_BEYOND)) != 0 &&
           (entry->flags & (WORD_PAST | WORD_FUNCTION)) == 0;
}

static bool is_whole(const word_entry *entry)
{
    return entry != NULL &&
           (entry->stem != NULL || (entry->flags & (WORD_NOUN | WORD_ADJECTIVE | WORD_FUNCTION |
                                                    WORD_NEGATIVE | WORD_BEYOND)) != 0);
}

/* ---- verbs */

typedef enum verb_prefix_kind { DURATIVE, BARE, SUBJUNCTIVE, NEGATION } verb_prefix_kind;

typedef struct verb_prefix {
    const char *text;
    uint8_t len;
    uint8_t kind;
    bool negative;
} verb_prefix;

static const verb_prefix verb_prefixes[] = {
    {"\u0646\u0645\u06cc", 6, DURATIVE, true},  /* nemi */
    {"\u0647\u0645\u06cc", 6, DURATIVE, false}, /* hami */
    {"\u0645\u06cc", 4, DURATIVE, false},       /* mi */
    {"", 0, BARE, false},
    {BEH, LETTER_BYTES, SUBJUNCTIVE, false},
    {NOON, LETTER_BYTES, NEGATION, true},
};

typedef struct verb_ending {
    const char *text;
    size_t len;
    const char *standard; /* differs from text when the form is a spoken one */
} verb_ending;
#define ENDING(text, standard) {text, sizeof(text) - 1, standard}

static const verb_ending present_endings[] = {
    ENDING("\u06cc\u0645", "\u06cc\u0645"), /* im */
    ENDING("\u06cc\u062f", "\u06cc\u062f"), /* id */
    ENDING("\u0646\u062f", "\u0646\u062f"), /* and */
    ENDING("\u06cc\u0646", "\u06cc\u062f"), /* in -> id */
    ENDING("\u0645", "\u0645"),             /* am */
    ENDING("\u06cc", "\u06cc"),             /* i */
    ENDING("\u062f", "\u062f"),             /* ad */
    ENDING("\u0647", "\u062f"),             /* e -> ad */
    ENDING("\u0646", "\u0646\u062f"),       /* an -> and */
    ENDING("", ""),                         /* imperative */
};

static const verb_ending past_endings[] = {
    ENDING("\u06cc\u0645", "\u06cc\u0645"),
    ENDING("\u06cc\u062f", "\u06cc\u062f"),
    ENDING("\u0646\u062f", "\u0646\u062f"),
    ENDING("\u06cc\u0646", "\u06cc\u062f"),
    ENDING("\u0645", "\u0645"),
    ENDING("\u06cc", "\u06cc"),
    ENDING("\u0646", "\u0646"), /* infinitive, or spoken plural */
    ENDING("", ""),
};

/* The participle in -e and its auxiliaries: shode, shodeam, shodeast ... */
static const verb_ending participle_endings[] = {
    ENDING("\u0647\u0627\u0633\u062a", "\u0647\u0627\u0633\u062a"), /* e ast */
    ENDING("\u0647\u0627\u06cc\u0645", "\u0647\u0627\u06cc\u0645"), /* e im */
    ENDING("\u0647\u0627\u06cc\u062f", "\u0647\u0627\u06cc\u062f"), /* e id */
    ENDING("\u0647\u0627\u06cc\u0646", "\u0647\u0627\u06cc\u062f"), /* e in -> e id */
    ENDING("\u0647\u0627\u0646\u062f", "\u0647\u0627\u0646\u062f"), /* e and */
    ENDING("\u0647\u0627\u0646", "\u0647\u0627\u0646\u062f"),       /* e an -> e and */
    ENDING("\u0647\u0627\u0645", "\u0647\u0627\u0645"),             /* e am */
    ENDING("\u0647\u0627\u06cc", "\u0647\u0627\u06cc"),             /* e i */
    ENDING("\u0647", "\u0647"),
};

/* Objects that a finite verb may carry, the standard spelling second. */
static const verb_ending objects[] = {
    ENDING("", ""),
    ENDING("\u0634", "\u0634"),                         /* ash */
    ENDING("\u0634\u0648\u0646", "\u0634\u0627\u0646"), /* shun */
    ENDING("\u0634\u0627\u0646", "\u0634\u0627\u0646"), /* shan */
    ENDING("\u062a\u0648\u0646", "\u062a\u0627\u0646"), /* tun */
    ENDING("\u062a\u0627\u0646", "\u062a\u0627\u0646"), /* tan */
    ENDING("\u062a", "\u062a"),                         /* at */
};

typedef struct verb_form {
    const verb_prefix *prefix;
    bool glide; /* a ی between prefix and stem: بیاید */
    const char *stem; /* the standard one of its tense */
    const char *ending; /* standard */
    const char *object; /* standard */
    const char *lemma;
    bool negative, participle;
    bool spoken;     /* asked: look at spoken stems; answered: not the standard spelling */
    bool saw_spoken; /* a spoken stem was passed over */
} verb_form;

/* The present of most verbs needs می or ب: only some may stand bare, with an ending. */
static bool present_fits(const verb_prefix *prefix, const word_entry *stem, const char *ending)
{
    bool one_letter = stem->len <= LETTER_BYTES;
    switch (prefix->kind) {
    case DURATIVE:
        return ending[0] != '\0';
    case BARE:
        return ending[0] != '\0' && (stem->flags & WORD_BARE) != 0 && !one_letter;
    default:
        return ending[0] != '\0' || !one_letter;
    }
}

static const char *standard_stem(const word_entry *entry, uint16_t tense)
{
    return tense == WORD_PAST ? entry->past : entry->present;
}

/* Entry of a stem of that tense; of a spoken one only when spoken ones are asked for. */
static const word_entry *find_tense(slice stem, uint16_t tense, verb_form *form)
{
    const word_entry *entry = stem.len == 0 ? NULL : find(stem);
    if (entry == NULL || (entry->flags & tense) == 0) {
        return NULL;
    }
    bool standard = strcmp(standard_stem(entry, tense), entry->key) == 0;
    form->saw_spoken |= !standard;
    return standard || form->spoken ? entry : NULL;
}

/* The stem between prefix and ending.  After ب and ن a stem in alef has a ی before it:
 * بیاید, نیامد; so باند and باری are no verbs. */
static const word_entry *find_stem(const verb_prefix *prefix, slice stem, uint16_t tense,
                                   verb_form *form)
{
    bool may_glide = prefix->kind == SUBJUNCTIVE || prefix->kind == NEGATION;
    const word_entry *entry = find_tense(stem, tense, form);
    form->glide = false;
    if (entry != NULL && !(may_glide && begins_with(stem, ALEF, LETTER_BYTES))) {
        return entry;
    }
    if (!may_glide || stem.len <= LETTER_BYTES || !begins_with(stem, YEH, LETTER_BYTES)) {
        return NULL;
    }
    form->glide = true;
    entry = find_tense(cut_front(stem, LETTER_BYTES), tense, form);
    bool in_alef = entry != NULL && strncmp(standard_stem(entry, tense), ALEF, LETTER_BYTES) == 0;
    return in_alef ? entry : NULL;
}

static void fill_form(verb_form *form, const verb_prefix *prefix, const word_entry *stem,
                      uint16_t tense, const verb_ending *ending, const verb_ending *object)
{
    bool past = tense == WORD_PAST;
    form->prefix = prefix;
    form->stem = past ? stem->past : stem->present;
    form->lemma = past ? stem->past : stem->lemma;
    form->ending = ending->standard;
    form->object = object->standard;
    form->negative = prefix->negative || (stem->flags & WORD_NEGATIVE & (past ? ~0u : 0u)) != 0;
    form->spoken = strcmp(stem->key, form->stem) != 0 ||
                   strcmp(ending->text, ending->standard) != 0 ||
                   strcmp(object->text, object->standard) != 0;
}

/* One tense of what stands between prefix and object. */
static bool parse_tense(slice rest, const verb_prefix *prefix, uint16_t tense,
                        const verb_ending *endings, size_t count, const verb_ending *object,
                        verb_form *form)
{
    for (size_t i = 0; i < count; i++) {
        size_t ending_len = endings[i].len;
        if (rest.len <= ending_len || !ends_with(rest, endings[i].text, ending_len)) {
            continue;
        }
        const word_entry *stem =
            find_stem(prefix, cut_back(rest, ending_len), tense, form);
        if (stem == NULL ||
            (tense == WORD_PRESENT && !present_fits(prefix, stem, endings[i].text))) {
            continue;
        }
        fill_form(form, prefix, stem, tense, &endings[i], object);
        return true;
    }
    return false;
}

/* میگفتن can only be the spoken plural, گفتن is the infinitive. */
static void settle_plural(verb_form *form)
{
    if (form->prefix->kind == DURATIVE && strcmp(form->ending, NOON) == 0) {
        form->ending = "\u0646\u062f";
        form->spoken = true;
    }
}

static bool parse_with(slice word, const verb_prefix *prefix, const verb_ending *object,
                       verb_form *form)
{
    size_t prefix_len = prefix->len;
    size_t object_len = object->len;
    if (word.len <= prefix_len + object_len || !begins_with(word, prefix->text, prefix_len) ||
        !ends_with(word, object->text, object_len)) {
        return false;
    }
    slice rest = cut_back(cut_front(word, prefix_len), object_len);
    form->participle = false;
    bool has_past = prefix->kind != SUBJUNCTIVE;
    if (has_past && parse_tense(rest, prefix, WORD_PAST, past_endings, COUNT_OF(past_endings),
                                object, form)) {
        /* An object needs an ending before it, but for ش: گفتش. */
        settle_plural(form);
        return object_len != LETTER_BYTES || form->ending[0] != '\0' ||
               strcmp(object->text, "\u0634") == 0;
    }
    if (has_past && object_len == 0 &&
        parse_tense(rest, prefix, WORD_PAST, participle_endings, COUNT_OF(participle_endings),
                    object, form)) {
        form->participle = true; /* before the present: نیافته is from یافتن */
        return true;
    }
    if (parse_tense(rest, prefix, WORD_PRESENT, present_endings, COUNT_OF(present_endings), object,
                    form)) {
        return object_len == 0 || form->ending[0] != '\0';
    }
    return false;
}

static bool parse_stems(slice word, bool spoken, verb_form *form)
{
    for (size_t o = 0; o < COUNT_OF(objects); o++) {
        for (size_t p = 0; p < COUNT_OF(verb_prefixes); p++) {
            form->spoken = spoken;
            if (parse_with(word, &verb_prefixes[p], &objects[o], form)) {
                return true;
            }
        }
    }
    return false;
}

/* Standard stems first: میروند is رو + ند, not the spoken past of راندن. */
static bool parse_verb(slice word, verb_form *form)
{
    form->saw_spoken = false;
    return parse_stems(word, false, form) || (form->saw_spoken && parse_stems(word, true, form));
}

/* ---- writing */

static size_t put(char *out, size_t at, const char *text)
{
    size_t len = strlen(text);
    memcpy(out + at, text, len);
    return at + len;
}

static size_t put_slice(char *out, slice word)
{
    memcpy(out, word.text, word.len);
    return word.len;
}

static size_t put_verb_stem(char *out, const verb_form *form, uint32_t *marks)
{
    size_t at = 0;
    if (form->negative) {
        *marks |= TEXT_MARK_NEGATED;
    }
    if (form->prefix->negative) {
        at = put(out, at, NOON);
    }
    at = put(out, at, form->lemma);
    /* شده and نشده say what has become of a thing: they stay apart from شد. */
    return form->participle && form->prefix->kind != DURATIVE ? put(out, at, HEH) : at;
}

/* ---- suffixes */

static bool suffix_fits(const persian_suffix *suffix, slice base, bool known_only)
{
    if (base.len < (size_t)suffix->least * LETTER_BYTES) {
        return false;
    }
    const word_entry *entry = find(base);
    bool known = is_noun(entry) || is_adjective(entry);
    switch (suffix->when) {
    case AFTER_KNOWN:
        return known;
    case AFTER_NOUN:
        return is_noun(entry);
    case AFTER_ADJECTIVE:
        return is_adjective(entry);
    case AFTER_HEH:
        return ends_with(base, HEH, LETTER_BYTES) && (known || !known_only);
    case AFTER_YEH:
        return ends_with(base, YEH, LETTER_BYTES) && known;
    default:
        return known || !known_only;
    }
}

/* The word without a suffix that fits, the word itself if none does.  With known_only the
 * shortest that leaves a known word (کارتم is کارت + م), else the longest.  The table is
 * sorted by length, the longest first. */
static slice strip_suffix(slice word, bool known_only)
{
    slice found = word;
    for (size_t i = 0; i < COUNT_OF(persian_suffixes); i++) {
        const persian_suffix *suffix = &persian_suffixes[i];
        if (!ends_with(word, suffix->text, suffix->len)) {
            continue;
        }
        slice base = cut_back(word, suffix->len);
        if (suffix_fits(suffix, base, known_only)) {
            found = base;
            if (!known_only) {
                break;
            }
        }
    }
    return found;
}

/* خانهای is خانه + ای, for خانه is known and خان is not: known bases come first. */
static slice strip_once(slice word)
{
    slice base = strip_suffix(word, true);
    return base.len != word.len ? base : strip_suffix(word, false);
}

/* A verb, unless a known word with a suffix is likelier: نیازی is نیاز + ی. */
static bool is_verb(slice word, verb_form *form)
{
    if (!parse_verb(word, form)) {
        return false;
    }
    bool doubtful = form->prefix->kind == SUBJUNCTIVE || form->prefix->kind == NEGATION;
    slice base = doubtful ? strip_suffix(word, true) : word;
    return base.len == word.len || base.len < 3 * LETTER_BYTES;
}

/* بیکیفیت: بی before a noun, where the tables do not say otherwise. */
static bool is_without(slice word)
{
    static const char bi[] = BEH YEH;
    return word.len >= 5 * LETTER_BYTES && begins_with(word, bi, sizeof bi - 1) &&
           is_noun(find(cut_front(word, sizeof bi - 1)));
}

size_t persian_stem(const char *word_text, size_t len, char *out, uint32_t *marks)
{
    slice word = {word_text, len};
    for (int round = 0; round <= MAX_ROUNDS; round++) {
        const word_entry *entry = find(word);
        if (entry != NULL && (entry->flags & WORD_NEGATIVE) != 0) {
            *marks |= TEXT_MARK_NEGATED;
        }
        if (entry != NULL && entry->stem != NULL) {
            return put(out, 0, entry->stem);
        }
        if (is_whole(entry)) {
            break;
        }
        verb_form form;
        if (round == 0 && is_verb(word, &form)) {
            return put_verb_stem(out, &form, marks);
        }
        slice base = round == MAX_ROUNDS ? word : strip_once(word);
        if (base.len == word.len) {
            break;
        }
        word = base;
    }
    if (is_without(word) && !is_whole(find(word))) {
        *marks |= TEXT_MARK_NEGATED;
    }
    return put_slice(out, word);
}

/* ---- spoken words */

/* کتابا, کتابای, کتابایی: the spoken plural of a known noun. */
static size_t put_plural(slice word, char *out)
{
    static const char *const spoken[] = {ALEF YEH YEH, ALEF YEH, ALEF};
    for (size_t i = 0; i < COUNT_OF(spoken); i++) {
        size_t len = strlen(spoken[i]);
        if (!ends_with(word, spoken[i], len)) {
            continue;
        }
        slice base = cut_back(word, len);
        const word_entry *entry = base.len < 3 * LETTER_BYTES ? NULL : find(base);
        bool in_vowel = ends_with(base, ALEF, LETTER_BYTES) || ends_with(base, HEH, LETTER_BYTES);
        if (entry == NULL || (entry->flags & WORD_NOUN) == 0 || in_vowel) {
            continue;
        }
        size_t at = put_slice(out, base);
        at = put(out, at, HEH);
        return put(out, at, spoken[i]);
    }
    return 0;
}

/* راضیام is راضیم: the copula after ی is written with and without its alef. */
static size_t put_copula(slice word, char *out)
{
    static const char *const endings[] = {"\u0627\u0645", "\u0627\u06cc\u0645",
                                          "\u0627\u06cc\u062f", "\u0627\u0646\u062f"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t len = strlen(endings[i]);
        slice base = {word.text, ends_with(word, endings[i], len) ? word.len - len : 0};
        if (ends_with(base, YEH, LETTER_BYTES) && is_adjective(find(base))) {
            size_t at = put_slice(out, base);
            return put(out, at, endings[i] + LETTER_BYTES);
        }
    }
    return 0;
}

static size_t put_standard_verb(const verb_form *form, char *out)
{
    size_t at = put(out, 0, form->prefix->text);
    bool glide = form->glide && strncmp(form->stem, ALEF, LETTER_BYTES) == 0;
    at = put(out, at, glide ? YEH : "");
    at = put(out, at, form->stem);
    at = put(out, at, form->ending);
    return put(out, at, form->object);
}

size_t persian_standard(const char *word_text, size_t len, char *out)
{
    slice word = {word_text, len};
    const word_entry *entry = find(word);
    if (entry != NULL && entry->standard != NULL) {
        return put(out, 0, entry->standard);
    }
    if (is_whole(entry) || len > MAX_KEY) {
        return 0;
    }
    verb_form form;
    if (!is_verb(word, &form)) {
        size_t copula_len = put_copula(word, out);
        return copula_len != 0 ? copula_len : put_plural(word, out);
    }
    if (!form.spoken) {
        return 0;
    }
    size_t out_len = put_standard_verb(&form, out);
    /* کنه stays: its standard spelling کند is also the word for "slow". */
    return is_whole(find((slice){out, out_len})) ? 0 : out_len;
}

bool persian_is_known(const char *word_text, size_t len)
{
    slice word = {word_text, len};
    verb_form form;
    return find(word) != NULL || parse_verb(word, &form) ||
           strip_suffix(word, true).len != word.len;
}

/* ---- words written apart */

#define SLICE(text) {text, sizeof(text) - 1}
static const slice verb_prefix_words[] = {SLICE("\u0645\u06cc"), SLICE("\u0646\u0645\u06cc"),
                                          SLICE("\u0647\u0645\u06cc")}; /* mi, nemi, hami */
static const slice negating_words[] = {SLICE("\u0628\u06cc"), SLICE("\u0646\u0627"),
                                       SLICE("\u063a\u06cc\u0631")}; /* bi, na, gheyr */
static const slice ast = SLICE("\u0627\u0633\u062a");

static bool equals(slice a, slice b)
{
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static bool is_one_of(slice word, const slice *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (equals(word, words[i])) {
            return true;
        }
    }
    return false;
}

bool persian_is_prefix(const char *a, size_t a_len)
{
    slice word = {a, a_len};
    return is_one_of(word, verb_prefix_words, COUNT_OF(verb_prefix_words)) ||
           is_one_of(word, negating_words, COUNT_OF(negating_words));
}

/* The table is sorted by length, the longest first: most words are longer than all of it. */
static const persian_suffix *find_suffix(slice word)
{
    for (size_t i = 0; i < COUNT_OF(persian_suffixes); i++) {
        const persian_suffix *suffix = &persian_suffixes[i];
        if (suffix->len < word.len) {
            break;
        }
        if (suffix->len == word.len && suffix->apart &&
            memcmp(suffix->text, word.text, word.len) == 0) {
            return suffix;
        }
    }
    return NULL;
}

bool persian_is_suffix(const char *b, size_t b_len)
{
    slice word = {b, b_len};
    return find_suffix(word) != NULL || equals(word, ast);
}

/* The joined spelling, for rules that look the whole word up; 0 if it is too long. */
static size_t concatenate(slice a, slice b, char out[MAX_KEY])
{
    if (a.len + b.len > MAX_KEY) {
        return 0;
    }
    memcpy(out, a.text, a.len);
    memcpy(out + a.len, b.text, b.len);
    return a.len + b.len;
}

static bool joins_as_verb(slice a, slice b)
{
    char whole[MAX_KEY];
    size_t len = concatenate(a, b, whole);
    verb_form form;
    return len != 0 && parse_verb((slice){whole, len}, &form) && form.prefix->kind == DURATIVE;
}

static bool joins_as_negated(slice a, slice b)
{
    char whole[MAX_KEY];
    size_t len = concatenate(a, b, whole);
    const word_entry *entry = len == 0 ? NULL : find((slice){whole, len});
    if (entry != NULL) {
        return (entry->flags & (WORD_NEGATIVE | WORD_BEYOND)) != 0;
    }
    return is_without((slice){whole, len});
}

static bool is_participle(slice word)
{
    verb_form form;
    return parse_verb(word, &form) && form.participle;
}

/* A finite verb takes no suffix: «نخرید ها» is an interjection. */
static bool takes_suffix(slice word)
{
    const word_entry *entry = find(word);
    if (entry != NULL && (entry->flags & WORD_FUNCTION) != 0) {
        return false;
    }
    if (is_noun(entry) || is_adjective(entry)) {
        return true;
    }
    verb_form form;
    if (word.len < 2 * LETTER_BYTES || find_suffix(word) != NULL) {
        return false;
    }
    return !parse_verb(word, &form) || form.participle;
}

static bool joins_as_suffix(slice a, slice b)
{
    static const char tar[] = "\u062a\u0631";
    if (equals(b, ast)) { /* shode ast, not khub ast */
        return is_participle(a);
    }
    const persian_suffix *suffix = find_suffix(b);
    if (suffix == NULL || !takes_suffix(a)) {
        return false;
    }
    const word_entry *entry = find(a);
    if (begins_with(b, tar, sizeof tar - 1)) { /* tar is also "wet": dastmal-e tar */
        return is_adjective(entry) || (entry == NULL && a.len >= 3 * LETTER_BYTES);
    }
    if (begins_with(b, ALEF, LETTER_BYTES)) {
        bool after_yeh = ends_with(a, YEH, LETTER_BYTES) && is_adjective(entry);
        return ends_with(a, HEH, LETTER_BYTES) ? a.len >= 3 * LETTER_BYTES : after_yeh;
    }
    return suffix_fits(suffix, a, false);
}

bool persian_joins(const char *a_text, size_t a_len, const char *b_text, size_t b_len)
{
    slice a = {a_text, a_len};
    slice b = {b_text, b_len};
    if (is_one_of(a, verb_prefix_words, COUNT_OF(verb_prefix_words))) {
        return joins_as_verb(a, b);
    }
    if (is_one_of(a, negating_words, COUNT_OF(negating_words))) {
        return joins_as_negated(a, b);
    }
    return joins_as_suffix(a, b);
}
