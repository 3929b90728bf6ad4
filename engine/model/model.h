/* model.h - what a model file holds: the plain description that the trainer fills and the
 * writer stores (model_content), and the checked read-only view that prediction uses.
 *
 * Layout of scores.  Every label of every head is a lane.  Lanes lie in groups; a group
 * has one row of int8 for each feature that says something about its labels:
 *     row[0] = shift, 0..7;  row[1] = norm u, unsigned (first group only, else 0);
 *     row[2 + i] = weight of lane i, so that
 *     real weight of lane i = (row[2 + i] << shift) * scale[i].
 * Token sums are int32, clamped to int16 when the token is done (so that a memo of int16
 * and no memo give the same bits); comment totals are sums of weight16 * f(count), with f
 * in 1/16, in int64.  u of a word that the first group does not know is norm_unknown.
 *     logit[i] = g * total[i] * scale[i] / 16 + meta[i] + bias[i]
 *     g = 1 / sqrt(N / 16 / 32 + norm_floor)          (u is stored in 1/32; f in 1/16)
 * Calibration is affine by head and language:
 *     calibrated[i] = slope[head][language] * logit[i] + intercept[head][language][i]
 *
 * It must not know texts.  Invariant: after model_read() every index and size in the view
 * is in bounds and every float is finite; no other file checks them. */
#ifndef NZ_MODEL_MODEL_H
#define NZ_MODEL_MODEL_H

#include "base/buffer.h"

#define MODEL_MAX_HEADS 64u
#define MODEL_MAX_LABELS 4096u
#define MODEL_MAX_GROUPS 16u
#define MODEL_MAX_ROWS (1u << 28)
#define MODEL_LANGUAGES 5u       /* nz_language: calibration has one set each */
#define MODEL_ROW_HEADER 2u      /* bytes before the lanes: shift, norm */
#define MODEL_NORM_UNIT 32.0     /* u is stored in 1/32 */

/* A label and its names for people, by language. */
typedef struct model_label {
    const char *name;
    const char *title_fa, *title_ar, *title_en; /* NULL: none */
} model_label;

typedef struct model_head {
    const char *name;
    nz_head_kind kind;
    uint32_t label_count;
    uint32_t group;       /* its lanes lie in this group ... */
    uint32_t first_lane;  /* ... from this lane on, one a label */
    const model_label *labels;
    const float *thresholds;  /* [label_count] multi, binary: probability from which it applies */
    const float *slopes;      /* [MODEL_LANGUAGES] */
    const float *intercepts;  /* [MODEL_LANGUAGES][label_count] */
} model_head;

typedef struct model_group {
    uint32_t lane_count;       /* labels of its heads */
    uint32_t row_bytes;        /* MODEL_ROW_HEADER + lane_count, rounded up to 8 */
    uint32_t row_count;
    const uint64_t *features;  /* content: [row_count] feature ids, any order; NULL in a view */
    const int8_t *rows;        /* [row_count][row_bytes]; a view's first group has none here: its
                                * rows lie in the index, beside the fingerprints */
    const float *scales;       /* [lane_count] */
    const float *biases;       /* [lane_count] */
    const float *rating_rows;  /* [EXTRACT_RATING_BINS][lane_count] */
    const float *channel_rows; /* [channel_count][lane_count] */
    const struct model_have *have; /* in a view: which places of the index have a row */
} model_group;

/* Of MODEL_HAVE_PLACES places, which have a row, and how many before them have one. */
typedef struct model_have {
    uint64_t bits;
    uint64_t rank;
} model_have;
#define MODEL_HAVE_PLACES 64u

/* The index of a view: from a feature id to its place, by a perfect hash with fingerprints
 * (FORMAT.md).  One for all groups, so that a feature is looked up once. */
typedef struct model_index {
    uint32_t feature_count;       /* in any group */
    uint32_t slot_count;          /* >= feature_count */
    uint32_t bucket_count;
    uint64_t seed;
    const uint16_t *pilots;       /* [bucket_count] */
    const uint32_t *remap;        /* [slot_count - feature_count]: places of the slots past it */
    const unsigned char *entries; /* [feature_count][entry_bytes]: fingerprint, row of group 0 */
    uint32_t entry_bytes;
} model_index;
#define MODEL_ENTRY_HEADER 4u     /* bytes of the fingerprint */

/* (head, label) pairs are the alphabet of the taxonomy's rules. */
typedef struct model_term {
    uint32_t head, label;
} model_term;

/* These two never stand together in an answer. */
typedef struct model_forbidden {
    model_term a, b;
} model_forbidden;

/* First route whose terms all hold names the team; a route without terms always holds. */
typedef struct model_route {
    uint32_t team;
    uint32_t term_count; /* 0..4 */
    model_term terms[4];
} model_route;

/* Priority is the sum of the points of the parts whose terms all hold, cut to 0..100. */
typedef struct model_points {
    const char *name; /* as shown in priority_why */
    int32_t points;
    uint32_t term_count; /* 0..4 */
    model_term terms[4];
} model_points;

typedef struct model_channel {
    const char *name;
    const char *solicited; /* "nps", "csat", "ces", "survey" or "no" */
    uint32_t type_label;   /* label that it adds to the head `types`, or NZ_NONE */
} model_channel;

typedef struct model_taxonomy {
    const char *const *teams;
    uint32_t team_count;
    const model_channel *channels;
    uint32_t channel_count;
    const model_forbidden *forbidden;
    uint32_t forbidden_count;
    const model_route *routes;
    uint32_t route_count;
    const model_points *points;
    uint32_t points_count;
    /* Heads with a part in the derived fields; NZ_NONE when the model has none. */
    uint32_t category_head, sentiment_head, polarity_head, type_head, types_head, reason_head,
        question_head;
    uint32_t type_none;      /* label of the type head that means "not feedback" */
    uint32_t reason_none;    /* label of the reason head that means "no reason stated" */
    /* Answer of an empty text: labels of category, sentiment, type. */
    uint32_t empty_category, empty_sentiment, empty_type;
    float band_high, band_medium; /* least p of the weakest of category, sentiment, type */
    float min_confidence;         /* below it: needs review */
} model_taxonomy;

typedef struct model_meta {
    const char *key, *value; /* keys lower.dotted, sorted, unique */
} model_meta;

/* A probe: a text, or (language != OTHER) single words separated by a line feed. */
typedef struct model_probe {
    nz_language language;
    const char *text;
    uint32_t len;
    uint64_t digest; /* of all feature ids, in order */
} model_probe;

typedef struct model_content {
    const model_head *heads;
    uint32_t head_count;
    const model_group *groups;
    uint32_t group_count;
    model_index index;     /* of a view; the writer makes it */
    float norm_floor;
    uint32_t norm_unknown; /* in 1/32 */
    model_taxonomy taxonomy;
    const void *lexicon;   /* block of lexicon.h */
    size_t lexicon_size;
    const void *rules;     /* block of rules.h */
    size_t rules_size;
    const model_probe *probes;
    uint32_t probe_count;
    const model_meta *meta;
    uint32_t meta_count;
} model_content;

/* ---- Writing ---------------------------------------------------------------- */

/* Append the file's bytes to out.  The same content gives the same bytes. */
NZ_NODISCARD nz_status model_write(const model_content *content, buffer *out, nz_error *err);

/* ---- Reading ---------------------------------------------------------------- */

typedef struct model_view model_view;

/* Check bytes (64-byte aligned, borrowed) wholly and make the view.
 * @return NZ_OK, NZ_E_MEMORY or NZ_E_MODEL_MAGIC, VERSION, CORRUPT, CHECKSUM, SECTION. */
NZ_NODISCARD nz_status model_read(model_view **out, const void *bytes, size_t size,
                                  const nz_allocator *allocator, nz_error *err);
void model_view_free(model_view *view);
/* The same description that was written, pointing into the bytes. */
const model_content *model_view_content(const model_view *view);
/* Places of features in the index, NZ_NONE for an unknown one, with the memory traffic
 * overlapped.  Hot. */
void model_find(const model_index *index, const uint64_t *features, uint32_t count,
                uint32_t *places);

/* Has the feature at this place a row in the group? */
static inline bool model_has_row(const model_group *group, uint32_t place)
{
    return (group->have[place / MODEL_HAVE_PLACES].bits >> place % MODEL_HAVE_PLACES & 1) != 0;
}

/* The bits of a word that are set: in plain arithmetic, since without a flag for newer
 * processors the compiler's own is a call (Warren, Hacker's Delight, 2nd ed., figure 5-2). */
static inline uint64_t model_count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return x * UINT64_C(0x0101010101010101) >> 56;
}

/* How many places before this one have a row in the group: the number of its own row. */
static inline uint64_t model_rank(const model_group *group, uint32_t place)
{
    const model_have *h = &group->have[place / MODEL_HAVE_PLACES];
    const uint64_t before = (UINT64_C(1) << place % MODEL_HAVE_PLACES) - 1;
    return h->rank + model_count_bits(h->bits & before);
}

/* Row of the first group beside a fingerprint: zeros where the feature has none. */
static inline const int8_t *model_first_row(const model_index *index, uint32_t place)
{
    return (const int8_t *)(index->entries + (size_t)place * index->entry_bytes +
                            MODEL_ENTRY_HEADER);
}

/* Row of a place in a group, or NULL. */
const int8_t *model_row(const model_content *content, uint32_t group, uint32_t place);
/* Row of a feature in a group, or NULL. */
const int8_t *model_find_row(const model_content *content, uint32_t group, uint64_t feature);

/* ---- Probes ----------------------------------------------------------------- */

struct extractor;
/* Digest of the features that this build computes for a probe. */
NZ_NODISCARD nz_status model_probe_digest(struct extractor *x, const model_probe *probe,
                                          uint64_t *digest, nz_error *err);
/* NZ_E_MODEL_PROBE, saying which probe and what to do, unless all digests agree. */
NZ_NODISCARD nz_status model_probe_check(struct extractor *x, const model_content *content,
                                         nz_error *err);

#endif
