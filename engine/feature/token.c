/* token.c - the features that depend on one token alone: word, stem, character n-grams,
 * lexicon classes, marks.
 * It must not know the token's neighbours.  Invariant: a pure function of bytes, kind,
 * reading and the lexicon, so that a caller may remember the result. */
#include <string.h>

#include "base/hash.h"
#include "feature/internal.h"
#include "text/utf8.h"

/* Beginnings and ends of ^key$ in code points.  Those within say nothing more that the
 * labelled comments could show, and would be three times as many. */
enum { NGRAM_MIN = 2, NGRAM_MAX = 5, NGRAM_CODEPOINTS = 64 };

/* Marks whose loss in the key may matter for the meaning of the word. */
#define LOST_BY_FOLDING                                                                    \
    (TEXT_MARK_TEH_MARBUTA | TEXT_MARK_ALEF_MAKSURA | TEXT_MARK_HAMZA | TEXT_MARK_REPEATED | \
     TEXT_MARK_CAPITALS | TEXT_MARK_ELONGATED)

typedef struct id_list {
    uint64_t *ids;
    uint32_t count;
    uint64_t sketch[16]; /* a bit for the low bits of each id: most ids are new at a glance */
} id_list;

static bool holds(const id_list *list, uint64_t id)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* Add unless it is there; the word itself comes first and is never a repetition. */
static void add(id_list *list, uint64_t id)
{
    uint64_t *sketch = &list->sketch[id >> 6 & 15];
    const uint64_t bit = UINT64_C(1) << (id & 63);
    if ((*sketch & bit) != 0 && holds(list, id)) {
        return;
    }
    *sketch |= bit;
    if (list->count < EXTRACT_MAX_TOKEN_FEATURES) {
        list->ids[list->count++] = id;
    }
}

static void add_named(extractor *x, id_list *list, feature_template kind, const char *name,
                      nz_language reading, const char *text, size_t len)
{
    uint64_t id = feature_id(kind, reading, text, len);
    add(list, id);
    if (x->namer != NULL) {
        feature_name(x, id, name, reading, text, len);
    }
}

static void add_number(extractor *x, id_list *list, feature_template kind, const char *name,
                       int first, int second)
{
    uint64_t id = feature_number(kind, first, second);
    add(list, id);
    feature_name_number(x, id, name, first, second);
}

/* The first and the last code points of "^key$". */
static void add_characters(extractor *x, id_list *list, const text_word *word,
                           nz_language reading)
{
    char bounded[TEXT_MAX_TOKEN_BYTES * 2 + 3];
    if (word->key_len > TEXT_MAX_TOKEN_BYTES * 2) {
        return;
    }
    bounded[0] = '^';
    memcpy(bounded + 1, word->key, word->key_len);
    bounded[word->key_len + 1] = '$';
    uint32_t starts[NGRAM_CODEPOINTS + 1];
    uint32_t count = 0;
    const char *end = bounded + word->key_len + 2;
    for (const char *at = bounded; at < end && count < NGRAM_CODEPOINTS;) {
        starts[count++] = (uint32_t)(at - bounded);
        (void)utf8_next(&at);
        starts[count] = (uint32_t)(at - bounded);
    }
    for (uint32_t n = NGRAM_MIN; n <= NGRAM_MAX; n++) {
        if (n < count) {
            add_named(x, list, FEATURE_CHARACTERS, "c", reading, bounded, starts[n]);
            add_named(x, list, FEATURE_CHARACTERS, "c", reading, bounded + starts[count - n],
                      starts[count] - starts[count - n]);
        }
    }
}

static void add_lexicon(extractor *x, id_list *list, const lexicon_entry *entry)
{
    if (entry->polarity != 0) {
        add_number(x, list, FEATURE_POLARITY, "polarity", entry->polarity, 0);
        add_number(x, list, FEATURE_POLARITY, "polarity", entry->polarity > 0 ? 1 : -1, 1);
    }
    if (entry->emoji_class != 0) {
        add_number(x, list, FEATURE_EMOJI, "emoji", entry->emoji_class, 0);
    }
    for (uint32_t i = 0; i < entry->concept_count; i++) {
        add_number(x, list, FEATURE_CONCEPT, "concept", entry->concepts[i], 0);
    }
    for (int bit = 0; bit < 6; bit++) {
        if (entry->flags & 1u << bit) {
            add_number(x, list, FEATURE_MODIFIER, "modifier", bit, 0);
        }
    }
}

static void add_marks(extractor *x, id_list *list, const text_word *word, nz_language reading,
                      int polarity)
{
    for (int bit = 0; bit < 16; bit++) {
        if (word->marks & 1u << bit) {
            int sign = (polarity > 0) - (polarity < 0);
            add_number(x, list, FEATURE_MARK, "mark", bit, sign);
        }
    }
    if (word->marks & LOST_BY_FOLDING) {
        unsigned char lost[2] = {(unsigned char)(word->marks & LOST_BY_FOLDING),
                                 (unsigned char)((word->marks & LOST_BY_FOLDING) >> 8)};
        uint64_t id = hash_pair(feature_id(FEATURE_WORD, reading, word->key, word->key_len),
                                feature_id(FEATURE_MARKED_WORD, reading, lost, sizeof lost));
        add(list, id);
        feature_name(x, id, "marked", reading, word->key, word->key_len);
    }
}

static bool has_letters(nz_token_kind kind)
{
    return kind == NZ_TOKEN_WORD || kind == NZ_TOKEN_HASHTAG;
}

/* The lexicon's entry of the key; else that of the stem, which speaks for all its forms. */
static const lexicon_entry *entry_of(const extractor *x, const extract_info *info)
{
    const lexicon_entry *entry = lexicon_find(x->lexicon, info->key);
    return entry != NULL ? entry : lexicon_find(x->lexicon, info->stem);
}

/* A word that negates itself (نمی‌خرم, don't) also negates its neighbours, unless the
 * lexicon knows it as a word of its own (ناراضی, بی‌مزه). */
static void infer_negator(extract_info *info, const text_word *word, nz_language reading,
                          const lexicon_entry *entry)
{
    if (!(word->marks & TEXT_MARK_NEGATED) || (info->flags & LEXICON_NEGATOR) ||
        (entry != NULL && (entry->polarity != 0 || entry->concept_count != 0))) {
        return;
    }
    info->flags |= LEXICON_NEGATOR;
    if (reading == NZ_LANG_FA) {
        info->flags |= LEXICON_SIDE_AFTER; /* the Persian verb closes its clause */
    }
    info->reach = reading == NZ_LANG_AR ? 2 : 3;
}

static void fill_info(const extractor *x, extract_info *info, const text_word *word,
                      nz_token_kind kind, nz_language reading, const lexicon_entry *entry)
{
    info->kind = (uint8_t)kind;
    info->marks = (uint8_t)word->marks;
    if (entry != NULL) {
        info->entry = (entry->flags & LEXICON_KNOWN) != 0 ? entry : NULL;
        info->flags = entry->flags;
        info->polarity = entry->polarity;
        info->reach = entry->reach;
        /* Expressions start at this very key, not at a sister form of its stem. */
        if (entry->key != info->key) {
            info->flags &= ~LEXICON_STARTS_EXPRESSION;
        }
    }
    infer_negator(info, word, reading, entry);
    info->trigger = first_trigger(x, info->key);
    if (info->trigger != NZ_NONE) {
        info->flags |= LEXICON_TRIGGERS_RULE;
    }
}

nz_status extract_token(extractor *x, const char *bytes, uint32_t len, nz_token_kind kind,
                        nz_language reading, extract_info *info,
                        uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES], uint32_t *count)
{
    text_word word;
    id_list list = {ids, 0, {0}};
    memset(info, 0, sizeof *info);
    NZ_TRY(text_analyse(x->reader, bytes, len, kind, reading, &word));
    info->key = feature_id(FEATURE_WORD, reading, word.key, word.key_len);
    info->stem = feature_id(FEATURE_WORD, reading, word.stem, word.stem_len);
    const lexicon_entry *entry = entry_of(x, info);
    fill_info(x, info, &word, kind, reading, entry);
    if (word.key_len == len && memcmp(word.key, bytes, len) == 0) {
        info->flags |= EXTRACT_KEY_IS_TEXT;
    } else if (rules_count(x->rules) != 0) {
        const keytext_token token = {bytes, len, (uint8_t)kind, (uint8_t)reading, info->key};
        keytext_keep(&x->keys, &token, word.key, word.key_len);
    }

    add_named(x, &list, FEATURE_WORD, "w", reading, word.key, word.key_len);
    if (has_letters(kind)) {
        add_named(x, &list, FEATURE_STEM, "s", reading, word.stem, word.stem_len);
    }
    if (entry != NULL) {
        add_lexicon(x, &list, entry);
    }
    add_marks(x, &list, &word, reading, info->polarity);
    if (has_letters(kind)) {
        add_characters(x, &list, &word, reading);
    }
    *count = list.count;
    return NZ_OK;
}
