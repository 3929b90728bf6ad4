/* small_model.h - a whole model of a few hundred features, made in memory by the test that
 * needs one: seven heads in two groups, channels, forbidden pairs, routes, priority, probes.
 *
 * Weights are pseudo-random but for a few words ("great", "terrible", ...) that point where
 * a reader would expect.  Everything is static inline, so that a test needs no other file. */
#ifndef NZ_TESTS_SMALL_MODEL_H
#define NZ_TESTS_SMALL_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "feature/slots.h"
#include "model/model.h"

/* Words that the small model knows, in three languages (ASCII and escapes). */
static const char *const small_words[] = {
    "great", "terrible", "crash", "crashes", "app", "delivery", "late", "price", "expensive",
    "please", "add", "dark", "mode", "refund", "support", "never", "answered", "love", "hate",
    "cancel", "subscription", "why", "not", "good", "bad", "slow", "fast", "but", "the", "is",
    "\xd8\xb9\xd8\xa7\xd9\x84\xdb\x8c", "\xd8\xa8\xd8\xaf", "\xda\xa9\xd9\x86\xd8\xaf",
    "\xd9\x85\xd9\x85\xd8\xaa\xd8\xa7\xd8\xb2", "\xd8\xb3\xd9\x8a\xd8\xa6",
};
enum {
    SMALL_WORDS = sizeof small_words / sizeof *small_words,
    SMALL_CATEGORY = 0,
    SMALL_SENTIMENT,
    SMALL_POLARITY,
    SMALL_TYPE,
    SMALL_TYPES,
    SMALL_REASON,
    SMALL_QUESTION,
    SMALL_HEADS,
    SMALL_TYPE_COUNT = 13, /* the last is none */
    SMALL_REASONS = 6,     /* the last is none */
    SMALL_MAX_FEATURES = 8192
};

typedef struct small_model {
    buffer bytes;      /* the file */
    buffer lexicon_block;
    uint64_t random;
    uint64_t *features;
    uint32_t feature_count;
    int8_t *rows[2];
    float *floats[2];  /* as in the section LANE */
} small_model;

static inline uint64_t small_random(small_model *s)
{
    s->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t x = s->random;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* In [-1, 1). */
static inline float small_signed(small_model *s)
{
    return (float)((double)(int64_t)small_random(s) / 9223372036854775808.0);
}

static inline void small_require(bool condition)
{
    if (!condition) {
        abort(); /* a helper of tests: whatever fails here fails the test */
    }
}

/* ---- labels and taxonomy --------------------------------------------------------------- */

#define SMALL_LABEL(name) {name, NULL, NULL, NULL}
static const model_label small_category[] = {
    {"product", "\xd9\x85\xd8\xad\xd8\xb5\xd9\x88\xd9\x84", NULL, "Product"},
    SMALL_LABEL("service"), SMALL_LABEL("sales"), SMALL_LABEL("unclear")};
static const model_label small_sentiment[] = {
    {"positive", "\xd9\x85\xd8\xab\xd8\xa8\xd8\xaa", NULL, NULL},
    {"negative", "\xd9\x85\xd9\x86\xd9\x81\xdb\x8c", NULL, NULL},
    {"neutral", "\xd8\xae\xd9\x86\xd8\xab\xdb\x8c", NULL, NULL},
    {"mixed", "\xd8\xa2\xd9\x85\xdb\x8c\xd8\xae\xd8\xaa\xd9\x87", NULL, NULL}};
static const model_label small_polarity[] = {SMALL_LABEL("positive")};
static const model_label small_type[SMALL_TYPE_COUNT] = {
    SMALL_LABEL("product_feedback"), SMALL_LABEL("feature_request"), SMALL_LABEL("bug_report"),
    SMALL_LABEL("review"), SMALL_LABEL("complaint"), SMALL_LABEL("praise"), SMALL_LABEL("survey"),
    SMALL_LABEL("nps"), SMALL_LABEL("csat"), SMALL_LABEL("ces"), SMALL_LABEL("sales_objection"),
    SMALL_LABEL("churn"), SMALL_LABEL("none")};
static const model_label small_reason[SMALL_REASONS] = {
    SMALL_LABEL("too_expensive"), SMALL_LABEL("late_delivery"), SMALL_LABEL("crash"),
    SMALL_LABEL("no_follow_up"), SMALL_LABEL("missing_feature"), SMALL_LABEL("none")};
static const model_label small_question[] = {SMALL_LABEL("question")};

static const float small_thresholds[SMALL_TYPE_COUNT] = {.5f, .5f, .5f, .5f, .5f, .5f, .5f,
                                                         .5f, .5f, .5f, .5f, .5f, .5f};
static const float small_slopes[MODEL_LANGUAGES] = {1.0f, 1.25f, 0.75f, 1.5f, 1.0f};
static const float small_intercepts[MODEL_LANGUAGES * SMALL_TYPE_COUNT] = {.1f, -.2f, .3f, 0.f,
                                                                          -.4f, .25f};

static inline model_head small_head(const char *name, nz_head_kind kind, uint32_t label_count,
                                    uint32_t group, uint32_t first_lane,
                                    const model_label *labels)
{
    model_head h = {name, kind, label_count, group, first_lane, labels, small_thresholds,
                    small_slopes, small_intercepts};
    return h;
}

/* The heads, in the order of the enum; group 0: sentiment and polarity, 1: the rest. */
static inline void small_heads(model_head heads[SMALL_HEADS])
{
    heads[SMALL_CATEGORY] = small_head("category", NZ_HEAD_SINGLE, 4, 1, 0, small_category);
    heads[SMALL_SENTIMENT] = small_head("sentiment", NZ_HEAD_SINGLE, 4, 0, 0, small_sentiment);
    heads[SMALL_POLARITY] = small_head("polarity", NZ_HEAD_BINARY, 1, 0, 4, small_polarity);
    heads[SMALL_TYPE] = small_head("type", NZ_HEAD_SINGLE, 13, 1, 4, small_type);
    heads[SMALL_TYPES] = small_head("types", NZ_HEAD_MULTI, 12, 1, 17, small_type);
    heads[SMALL_REASON] = small_head("reason", NZ_HEAD_SINGLE, SMALL_REASONS, 1, 29, small_reason);
    heads[SMALL_QUESTION] = small_head("question", NZ_HEAD_BINARY, 1, 1, 35, small_question);
}
enum { SMALL_LANES_0 = 5, SMALL_LANES_1 = 36, SMALL_CHANNELS = 3 };

static const char *const small_teams[] = {"product", "support", "marketing_sales"};
static const model_channel small_channels[SMALL_CHANNELS] = {
    {"ticket", "no", NZ_NONE}, {"nps_survey", "nps", 7}, {"survey", "survey", 6}};
static const model_forbidden small_forbidden[] = {
    {{SMALL_TYPE, 5}, {SMALL_SENTIMENT, 1}},  /* praise, negative */
    {{SMALL_TYPE, 5}, {SMALL_SENTIMENT, 2}},  /* praise, neutral */
    {{SMALL_TYPE, 12}, {SMALL_CATEGORY, 0}},  /* none with a desk */
    {{SMALL_TYPE, 12}, {SMALL_CATEGORY, 1}},
    {{SMALL_TYPE, 12}, {SMALL_CATEGORY, 2}},
    {{SMALL_REASON, 2}, {SMALL_TYPE, 1}},
    {{SMALL_TYPES, 5}, {SMALL_SENTIMENT, 1}}, /* listed praise, negative */
};
static const model_route small_routes[] = {
    {2, 1, {{SMALL_TYPE, 10}, {0, 0}, {0, 0}, {0, 0}}},
    {1, 1, {{SMALL_CATEGORY, 1}, {0, 0}, {0, 0}, {0, 0}}},
    {2, 1, {{SMALL_CATEGORY, 2}, {0, 0}, {0, 0}, {0, 0}}},
    {0, 0, {{0, 0}, {0, 0}, {0, 0}, {0, 0}}}};
static const model_points small_points[] = {
    {"complaint", 25, 1, {{SMALL_TYPE, 4}, {0, 0}, {0, 0}, {0, 0}}},
    {"negative", 20, 1, {{SMALL_SENTIMENT, 1}, {0, 0}, {0, 0}, {0, 0}}},
    {"praise", -30, 1, {{SMALL_TYPE, 5}, {0, 0}, {0, 0}, {0, 0}}},
    {"negative complaint", 70, 2, {{SMALL_TYPE, 4}, {SMALL_SENTIMENT, 1}, {0, 0}, {0, 0}}},
    {"anything", 7, 0, {{0, 0}, {0, 0}, {0, 0}, {0, 0}}}};

static inline model_taxonomy small_taxonomy(void)
{
    model_taxonomy t = {
        small_teams, 3, small_channels, SMALL_CHANNELS,
        small_forbidden, sizeof small_forbidden / sizeof *small_forbidden,
        small_routes, sizeof small_routes / sizeof *small_routes,
        small_points, sizeof small_points / sizeof *small_points,
        SMALL_CATEGORY, SMALL_SENTIMENT, SMALL_POLARITY, SMALL_TYPE, SMALL_TYPES, SMALL_REASON,
        SMALL_QUESTION, 12, SMALL_REASONS - 1, 3, 2, 12, 0.8f, 0.5f, 0.4f};
    return t;
}

/* ---- features -------------------------------------------------------------------------- */

static inline void small_add_feature(small_model *s, uint64_t feature)
{
    for (uint32_t i = 0; i < s->feature_count; i++) {
        if (s->features[i] == feature) {
            return;
        }
    }
    small_require(s->feature_count < SMALL_MAX_FEATURES);
    s->features[s->feature_count++] = feature;
}

static inline nz_language small_reading(const char *word)
{
    return (unsigned char)word[0] < 0x80 ? NZ_LANG_EN : NZ_LANG_FA;
}

/* The lexicon: "but" is a contrast word, "not" a negator.  Their keys come from an extractor
 * over an empty lexicon. */
static inline void small_make_lexicon(small_model *s, const rules *no_rules)
{
    buffer empty;
    lexicon_builder *b = NULL;
    lexicon *l = NULL;
    extractor *x = NULL;
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t count;
    extract_info info;
    buffer_init(&empty, NULL, 1u << 20);
    small_require(lexicon_builder_new(&b, NULL, NULL) >= 0);
    small_require(lexicon_builder_finish(b, &empty, NULL) >= 0);
    small_require(lexicon_open(&l, empty.bytes, empty.size, NULL, NULL) >= 0);
    small_require(extractor_new(&x, l, no_rules, NULL, NULL) >= 0);
    small_require(extract_token(x, "but", 3, NZ_TOKEN_WORD, NZ_LANG_EN, &info, ids, &count) >= 0);
    small_require(lexicon_builder_add(b, info.key, LEXICON_CONTRAST, 0, 0, 0, 0) >= 0);
    small_require(extract_token(x, "not", 3, NZ_TOKEN_WORD, NZ_LANG_EN, &info, ids, &count) >= 0);
    small_require(lexicon_builder_add(b, info.key, LEXICON_NEGATOR, 0, 3, 0, 0) >= 0);
    small_require(lexicon_builder_finish(b, &s->lexicon_block, NULL) >= 0);
    extractor_free(x);
    lexicon_free(l);
    lexicon_builder_free(b);
    buffer_free(&empty);
}

/* All features of the words, and cross-token features of sentences made of them. */
static inline void small_collect(small_model *s, extractor *x)
{
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t count;
    extract_info info;
    for (uint32_t i = 0; i < SMALL_WORDS; i++) {
        const char *word = small_words[i];
        small_require(extract_token(x, word, (uint32_t)strlen(word), NZ_TOKEN_WORD,
                                    small_reading(word), &info, ids, &count) >= 0);
        for (uint32_t k = 0; k < count; k++) {
            small_add_feature(s, ids[k]);
        }
    }
    static const char *const texts[] = {
        "the app crashes, not good but the support is great", "delivery is late and expensive",
        "please add dark mode", "love the app", "never answered my refund"};
    token_slots *slots = calloc(1, sizeof *slots);
    small_require(slots != NULL);
    for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        extract_result r;
        slots->x = x;
        const extract_resolver resolver = {slots, slots_resolve};
        small_require(extract_document(x, texts[i], strlen(texts[i]), false, &resolver, &r,
                                       NULL) >= 0);
        for (uint32_t k = 0; k < r.cross_count; k++) {
            small_add_feature(s, r.cross[k].feature);
        }
    }
    free(slots);
}

/* ---- weights --------------------------------------------------------------------------- */

static inline model_group small_group(small_model *s, uint32_t index, uint32_t lanes)
{
    model_group g = {.lane_count = lanes, .row_bytes = (MODEL_ROW_HEADER + lanes + 7u) & ~7u,
                     .row_count = s->feature_count, .features = s->features};
    int8_t *rows = s->rows[index] = calloc(s->feature_count, g.row_bytes);
    const size_t floats = (size_t)(2 + EXTRACT_RATING_BINS + SMALL_CHANNELS) * lanes;
    float *values = s->floats[index] = calloc(floats, sizeof *values);
    small_require(rows != NULL && values != NULL);
    for (uint32_t i = 0; i < s->feature_count; i++) {
        int8_t *row = rows + (size_t)i * g.row_bytes;
        row[0] = (int8_t)(small_random(s) % 3);
        row[1] = (int8_t)(index == 0 ? small_random(s) % 256 : 0);
        for (uint32_t k = 0; k < lanes; k++) {
            row[MODEL_ROW_HEADER + k] = (int8_t)small_random(s);
        }
    }
    for (size_t i = 0; i < floats; i++) {
        values[i] = i < lanes ? 0.004f + 0.001f * (float)(i % 5) : small_signed(s);
    }
    g.rows = rows;
    g.scales = values;
    g.biases = values + lanes;
    g.rating_rows = values + (size_t)2 * lanes;
    g.channel_rows = g.rating_rows + (size_t)EXTRACT_RATING_BINS * lanes;
    return g;
}

/* ---- the whole ------------------------------------------------------------------------- */

static const model_meta small_meta[] = {{"model.name", "small"}, {"model.note", ""},
                                        {"train.rows", "0"}};

static inline void small_probes(extractor *x, model_probe probes[3])
{
    static const char *const texts[3] = {"the app crashes, but not great", "great\nterrible",
                                         "late delivery"};
    for (int i = 0; i < 3; i++) {
        probes[i].language = i == 1 ? NZ_LANG_EN : NZ_LANG_OTHER;
        probes[i].text = texts[i];
        probes[i].len = (uint32_t)strlen(probes[i].text);
        small_require(model_probe_digest(x, &probes[i], &probes[i].digest, NULL) >= 0);
    }
}

/* Make the file of a small model into s->bytes.  seed decides the weights. */
static inline void small_model_make(small_model *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->random = seed;
    buffer_init(&s->bytes, NULL, (size_t)1 << 26);
    buffer_init(&s->lexicon_block, NULL, (size_t)1 << 20);
    s->features = calloc(SMALL_MAX_FEATURES, sizeof *s->features);
    small_require(s->features != NULL);

    rules *no_rules = NULL;
    lexicon *l = NULL;
    extractor *x = NULL;
    small_require(rules_open(&no_rules, "", 0, NULL, NULL) >= 0);
    small_make_lexicon(s, no_rules);
    small_require(lexicon_open(&l, s->lexicon_block.bytes, s->lexicon_block.size, NULL, NULL) >= 0);
    small_require(extractor_new(&x, l, no_rules, NULL, NULL) >= 0);
    small_collect(s, x);

    model_head heads[SMALL_HEADS];
    model_probe probes[3];
    small_heads(heads);
    small_probes(x, probes);
    const model_group groups[2] = {small_group(s, 0, SMALL_LANES_0),
                                   small_group(s, 1, SMALL_LANES_1)};
    const model_content content = {
        .heads = heads, .head_count = SMALL_HEADS, .groups = groups, .group_count = 2,
        .norm_floor = 0.5f, .norm_unknown = 40, .taxonomy = small_taxonomy(),
        .lexicon = s->lexicon_block.bytes, .lexicon_size = s->lexicon_block.size,
        .rules = "", .rules_size = 0, .probes = probes, .probe_count = 3,
        .meta = small_meta, .meta_count = 3};
    nz_error err = NZ_ERROR_INIT;
    small_require(model_write(&content, &s->bytes, &err) >= 0);
    extractor_free(x);
    lexicon_free(l);
    rules_free(no_rules);
}

static inline void small_model_free(small_model *s)
{
    buffer_free(&s->bytes);
    buffer_free(&s->lexicon_block);
    free(s->features);
    for (int i = 0; i < 2; i++) {
        free(s->rows[i]);
        free(s->floats[i]);
    }
}

/* A text of n words out of the model's, some unknown ones and punctuation, into out (room for
 * 16 * n + 1 bytes); returns its length. */
static inline size_t small_text(small_model *s, uint32_t n, char *out)
{
    static const char *const others[] = {"zebra", "qwxz", ".", "!", ",", "but", "5", "unheardof"};
    size_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t pick = small_random(s) % (SMALL_WORDS + 8);
        const char *word = pick < SMALL_WORDS ? small_words[pick] : others[pick - SMALL_WORDS];
        size_t word_len = strlen(word);
        memcpy(out + len, word, word_len);
        len += word_len;
        out[len++] = ' ';
    }
    out[len] = '\0';
    return len;
}

#endif
