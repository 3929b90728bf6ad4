/* extract.c - the doors of the feature room: one extractor a thread, one document after
 * another.  Token features are in token.c, cross-token features in cross.c.
 * It must not know weights.  Invariant: that of extract.h. */
#include "feature/extract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "feature/internal.h"

/* Places between hearing of a token and needing it: a few hundred nanoseconds of work, as
 * long as memory takes to answer. */
enum { EXPECT_AHEAD = 8 };

/* The number of a note is its age, with kind and reading in the low bits: the same bytes in
 * another reading are another token. */
enum { NOTE_AGE = 256 };

/* ---- making and freeing ------------------------------------------------------- */

static int compare_triggers(const void *a, const void *b)
{
    const rule_trigger *x = a, *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    if (x->rule != y->rule) {
        return x->rule < y->rule ? -1 : 1;
    }
    return (x->set > y->set) - (x->set < y->set);
}

static nz_status add_trigger(extractor *x, const char *bytes, size_t len, nz_language reading,
                             uint32_t rule, uint32_t set)
{
    text_word word;
    NZ_TRY(text_analyse(x->reader, bytes, len, NZ_TOKEN_WORD, reading, &word));
    if (x->trigger_count == x->trigger_capacity) {
        uint32_t capacity = x->trigger_capacity == 0 ? 256 : x->trigger_capacity * 2;
        rule_trigger *grown = memory_grow(&x->allocator, x->triggers, x->trigger_capacity,
                                          capacity, sizeof *grown);
        if (grown == NULL) {
            return NZ_E_MEMORY;
        }
        x->triggers = grown;
        x->trigger_capacity = capacity;
    }
    rule_trigger *t = &x->triggers[x->trigger_count++];
    t->key = feature_id(FEATURE_WORD, reading, word.key, word.key_len);
    t->rule = rule;
    t->set = set;
    return NZ_OK;
}

/* Every word of "a b & c d" under the rule's language, or under all three. */
static nz_status add_triggers(extractor *x, uint32_t rule)
{
    nz_language language = rules_language(x->rules, rule);
    uint32_t set = 0;
    for (const char *at = rules_triggers(x->rules, rule); *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (len == 1 && *at == '&') {
            set++;
            at += 1 + (at[1] == ' ');
            continue;
        }
        for (int reading = NZ_LANG_FA; len != 0 && reading <= NZ_LANG_EN; reading++) {
            if (language == NZ_LANG_OTHER || (int)language == reading) {
                NZ_TRY(add_trigger(x, at, len, (nz_language)reading, rule, set));
            }
        }
        at += len + (at[len] == ' ');
    }
    x->rule_states[rule].sets = set + 1;
    return NZ_OK;
}

static nz_status prepare(extractor *x, nz_error *err)
{
    NZ_TRY(text_reader_new(&x->reader, &x->allocator, err));
    if (rules_count(x->rules) != 0 && keytext_init(&x->keys, &x->allocator) < 0) {
        return status_no_memory(err);
    }
    if (rules_count(x->rules) != 0) {
        x->rule_states = memory_new_zero(&x->allocator, rules_count(x->rules),
                                         sizeof *x->rule_states);
        if (x->rule_states == NULL) {
            return status_no_memory(err);
        }
    }
    x->rule_clock = RULES_MAX_SPAN + 1; /* of 0 nothing was seen */
    NZ_TRY(rules_scratch_new(&x->matcher, x->rules, &x->allocator, err));
    for (uint32_t rule = 0; rule < rules_count(x->rules); rule++) {
        if (add_triggers(x, rule) < 0) {
            return status_no_memory(err);
        }
    }
    if (x->trigger_count != 0) {
        qsort(x->triggers, x->trigger_count, sizeof *x->triggers, compare_triggers);
    }
    return NZ_OK;
}

nz_status extractor_new(extractor **out, const lexicon *words, const rules *patterns,
                        const nz_allocator *allocator, nz_error *err)
{
    *out = NULL;
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    extractor *x = memory_new_zero(&a, 1, sizeof *x);
    if (x == NULL) {
        return status_no_memory(err);
    }
    x->allocator = a;
    x->notes = NOTE_AGE;
    x->lexicon = words;
    x->rules = patterns;
    for (int kind = 0; kind < FEATURE_TEMPLATES; kind++) {
        x->template_ids[kind] = feature_number((feature_template)kind, 0, 0);
    }
    /* Caps follow from TEXT_MAX_BYTES: a token has at least one byte. */
    size_t cap = (size_t)3 * TEXT_MAX_BYTES + 64;
    buffer_init(&x->distinct, &a, cap * sizeof(extract_distinct));
    buffer_init(&x->token_distinct, &a, cap * sizeof(uint32_t));
    buffer_init(&x->noted, &a, cap * sizeof(extract_slot *));
    buffer_init(&x->cross, &a, cap * 32 * sizeof(extract_cross));
    buffer_init(&x->words, &a, cap * 64);
    buffer_init(&x->subject, &a, cap * 8);
    buffer_init(&x->subject_ends, &a, cap * sizeof(uint32_t));
    buffer_init(&x->rule_runs, &a, cap * 32);
    buffer_init(&x->needed, &a, cap);
    buffer_init(&x->name, &a, 4096);
    nz_status status = prepare(x, err);
    if (status < 0) {
        extractor_free(x);
        return status;
    }
    *out = x;
    return NZ_OK;
}

void extractor_free(extractor *x)
{
    if (x == NULL) {
        return;
    }
    nz_allocator a = x->allocator;
    text_reader_free(x->reader);
    rules_scratch_free(x->matcher);
    keytext_free(&x->keys);
    memory_free(&a, x->triggers, x->trigger_capacity, sizeof *x->triggers);
    buffer_free(&x->distinct);
    buffer_free(&x->token_distinct);
    buffer_free(&x->noted);
    buffer_free(&x->cross);
    buffer_free(&x->words);
    buffer_free(&x->subject);
    buffer_free(&x->subject_ends);
    memory_free(&a, x->rule_states, rules_count(x->rules), sizeof *x->rule_states);
    buffer_free(&x->rule_runs);
    buffer_free(&x->needed);
    buffer_free(&x->name);
    memory_free(&a, x, 1, sizeof *x);
}

text_reader *extractor_reader(extractor *x)
{
    return x->reader;
}

void extractor_set_namer(extractor *x, extract_namer namer, void *context)
{
    x->namer = namer;
    x->namer_context = context;
}

void extractor_forget(extractor *x)
{
    if (x->noted.capacity != 0) { /* those of the comment that is being read */
        memset(x->noted.bytes, 0, x->noted.capacity);
    }
    x->notes += NOTE_AGE;
    if (x->notes == 0) { /* after 2^24 times ages come again, and old notes must not */
        text_clear_notes(x->reader);
        x->notes = NOTE_AGE;
    }
}

void extractor_set_expect(extractor *x, extract_expect expect, void *context)
{
    x->expect = expect;
    x->expect_context = context;
}

uint32_t first_trigger(const extractor *x, uint64_t key)
{
    uint32_t low = 0, high = x->trigger_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (x->triggers[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < x->trigger_count && x->triggers[low].key == key ? low : NZ_NONE;
}

/* ---- ids and names --------------------------------------------------------------- */

uint64_t feature_id(feature_template kind, nz_language reading, const void *bytes, size_t len)
{
    return hash_bytes(bytes, len, (uint64_t)kind << 8 | (uint64_t)reading);
}

uint64_t feature_number(feature_template kind, int first, int second)
{
    unsigned char bytes[2] = {(unsigned char)(first + 128), (unsigned char)(second + 128)};
    return feature_id(kind, NZ_LANG_OTHER, bytes, sizeof bytes);
}

void feature_name(extractor *x, uint64_t id, const char *kind, nz_language reading,
                  const char *text, size_t len)
{
    if (x->namer == NULL) {
        return;
    }
    buffer_clear(&x->name);
    const char *code = reading == NZ_LANG_OTHER ? "" : nz_language_code(reading);
    if (buffer_append(&x->name, kind, strlen(kind)) < 0 || buffer_append(&x->name, ":", 1) < 0 ||
        buffer_append(&x->name, code, strlen(code)) < 0 || buffer_append(&x->name, ":", 1) < 0 ||
        buffer_append(&x->name, text, len) < 0 || buffer_append(&x->name, "", 1) < 0) {
        return; /* a name too long to show is no loss */
    }
    x->namer(x->namer_context, id, (const char *)x->name.bytes);
}

/* A small number in decimal, for names only. */
static size_t decimal(int value, char *out)
{
    size_t len = 0;
    if (value < 0) {
        out[len++] = '-';
        value = -value;
    }
    if (value >= 100) {
        out[len++] = (char)('0' + value / 100 % 10);
    }
    if (value >= 10) {
        out[len++] = (char)('0' + value / 10 % 10);
    }
    out[len++] = (char)('0' + value % 10);
    return len;
}

void feature_name_number(extractor *x, uint64_t id, const char *kind, int first, int second)
{
    if (x->namer != NULL) {
        char text[16];
        size_t len = decimal(first, text);
        text[len++] = ',';
        len += decimal(second, text + len);
        feature_name(x, id, kind, NZ_LANG_OTHER, text, len);
    }
}

/* ---- documents --------------------------------------------------------------------- */

/* A new stamp; after 2^32 comments slots may hold an old equal one, so 0 is skipped and the
 * callers' slots are at worst counted anew: distinct is checked as well. */
static void next_stamp(extractor *x)
{
    x->stamp++;
    if (x->stamp == 0) {
        x->stamp = 1;
    }
}

static bool seen_in_this_comment(const extractor *x, const extract_slot *slot)
{
    const extract_distinct *distinct = (const void *)x->distinct.bytes;
    size_t count = x->distinct.size / sizeof *distinct;
    return slot->stamp == x->stamp && slot->distinct < count &&
           distinct[slot->distinct].slot == slot;
}

static uint32_t note_number(const extractor *x, const text_token *t)
{
    return x->notes | (uint32_t)t->kind << 3 | t->reading;
}

/* Ask for what will be read of a slot, and of the vector that callers put behind it. */
static void prefetch_slot(const extract_slot *slot)
{
    const char *line = (const char *)slot;
    __builtin_prefetch(line, 1);
    __builtin_prefetch(line + 64);
    __builtin_prefetch(line + 128);
    __builtin_prefetch(line + 192);
}

/* Token i, if there is one, will be needed soon: its slot from its note, else the caller is
 * told. */
static void expect_token(extractor *x, const text_document *document, uint32_t i)
{
    if (i >= document->token_count) {
        return;
    }
    const text_token *t = &document->tokens[i];
    const text_note *note = text_note_of(x->reader, document, t);
    extract_slot **noted = (void *)x->noted.bytes; /* room: extract_document() */
    noted[i] = note != NULL && note->number == note_number(x, t) ? note->value : NULL;
    if (noted[i] != NULL) {
        prefetch_slot(noted[i]);
    } else if (x->expect != NULL) {
        x->expect(x->expect_context, document->text + t->begin, t->end - t->begin,
                  (nz_token_kind)t->kind, (nz_language)t->reading);
    }
}

/* Ask the caller for a slot, and note a lasting one. */
static extract_slot *ask_slot(extractor *x, const text_document *document, const text_token *t,
                              const extract_resolver *resolver)
{
    const uint32_t age = x->notes;
    extract_slot *slot =
        resolver->resolve(resolver->context, document->text + t->begin, t->end - t->begin,
                          (nz_token_kind)t->kind, (nz_language)t->reading);
    text_note *note = slot != NULL && slot->lasting && age == x->notes
                          ? text_note_of(x->reader, document, t) : NULL;
    if (note != NULL) {
        note->value = slot;
        note->number = note_number(x, t);
    }
    return slot;
}

/* Find the slot of token i, count it, note which distinct token it is. */
static nz_status take_token(extractor *x, const text_document *document, uint32_t i,
                            const extract_resolver *resolver)
{
    extract_distinct *distinct = (void *)x->distinct.bytes; /* room: extract_document() */
    extract_slot *const *noted = (const void *)x->noted.bytes;
    extract_slot *slot = noted[i] != NULL ? noted[i]
                                          : ask_slot(x, document, &document->tokens[i], resolver);
    if (slot == NULL) {
        return NZ_E_MEMORY;
    }
    if (!seen_in_this_comment(x, slot)) {
        const extract_distinct fresh = {slot, 0, i};
        slot->stamp = x->stamp;
        slot->distinct = (uint32_t)(x->distinct.size / sizeof fresh);
        distinct[slot->distinct] = fresh;
        x->distinct.size += sizeof fresh;
    }
    distinct[slot->distinct].count++;
    uint32_t *token_distinct = (void *)x->token_distinct.bytes; /* room: extract_document() */
    token_distinct[i] = slot->distinct;
    return NZ_OK;
}

nz_status extract_document(extractor *x, const char *text, size_t len, bool reject_utf8,
                           const extract_resolver *resolver, extract_result *out, nz_error *err)
{
    memset(out, 0, sizeof *out);
    NZ_TRY(text_read(x->reader, text, len, reject_utf8, &out->document, err));
    next_stamp(x);
    buffer_clear(&x->distinct);
    buffer_clear(&x->token_distinct);
    buffer_clear(&x->cross);
    const uint32_t tokens = out->document.token_count;
    if (buffer_reserve(&x->distinct, tokens * sizeof(extract_distinct)) < 0 ||
        buffer_reserve(&x->token_distinct, tokens * sizeof(uint32_t)) < 0 ||
        buffer_reserve(&x->noted, tokens * sizeof(extract_slot *)) < 0) {
        return status_no_memory(err);
    }
    for (uint32_t i = 0; i < EXPECT_AHEAD; i++) {
        expect_token(x, &out->document, i);
    }
    for (uint32_t i = 0; i < out->document.token_count; i++) {
        expect_token(x, &out->document, i + EXPECT_AHEAD);
        if (take_token(x, &out->document, i, resolver) < 0) {
            return status_no_memory(err);
        }
    }
    out->distinct = (const void *)x->distinct.bytes;
    out->distinct_count = (uint32_t)(x->distinct.size / sizeof *out->distinct);
    out->token_distinct = (const void *)x->token_distinct.bytes;
    if (cross_features(x, &out->document, out->distinct, out->token_distinct,
                       &out->rule_limit_hits) < 0) {
        return status_no_memory(err);
    }
    out->cross = (const void *)x->cross.bytes;
    out->cross_count = (uint32_t)(x->cross.size / sizeof *out->cross);
    return NZ_OK;
}

/* ---- small functions of the schema ---------------------------------------------------- */

uint32_t extract_count_weight(uint32_t count)
{
    /* round(16 * (1 + ln c)), c = 1..20; 64 (four) from there on. */
    static const uint8_t weights[] = {0,  16, 27, 34, 38, 42, 45, 47, 49, 51, 53,
                                      54, 56, 57, 58, 59, 60, 61, 62, 63, 64};
    return count < sizeof weights ? weights[count] : 64;
}

uint32_t extract_rating_bin(double rating, double rating_max)
{
    /* The negated comparisons also refuse NaN. */
    if (!(rating >= 0.0) || !(rating_max > 0.0) || !(rating <= rating_max)) {
        return NZ_NONE;
    }
    return (uint32_t)floor(10.0 * rating / rating_max + 0.5);
}
