/* extract.h - THE feature schema: from a text to the numbers that are scored, the same
 * for training and for prediction.
 *
 *   score(label) = g(N) * ( sum over DISTINCT tokens t of f(count t) * v(t)
 *                         + sum over cross-token features c of row(c) )
 *                + sum of metadata rows + bias
 *   v(t) = sum of row(j) over the features j of token t;   N = sum of f(count t) * u(t)
 *
 * What depends on one token alone (its bytes, kind and reading) comes from
 * extract_token() and may be remembered by the caller; what depends on several comes
 * from extract_document() and needs of each token no more than extract_info.
 *
 * It must not know: weights, labels, heads, files.
 * Invariant: a feature id depends on the text, the lexicon, the rules and
 * EXTRACT_SCHEMA_VERSION alone. */
#ifndef NZ_FEATURE_EXTRACT_H
#define NZ_FEATURE_EXTRACT_H

#include "feature/lexicon.h"
#include "feature/rules.h"
#include "text/text.h"

/* Raised whenever a feature id or its meaning changes. */
#define EXTRACT_SCHEMA_VERSION 2u

/* Most features of one token; further n-grams of an absurd word are left out. */
#define EXTRACT_MAX_TOKEN_FEATURES 320u

/* What cross-token features need to know of a token. */
typedef struct extract_info {
    uint64_t key;     /* hash of the key and reading */
    uint64_t stem;    /* hash of the stem and reading */
    const lexicon_entry *entry; /* of the key, else of the stem; NULL: neither is known */
    uint32_t flags;   /* LEXICON_* of lexicon.h */
    uint32_t trigger; /* place of its first rule trigger, where LEXICON_TRIGGERS_RULE is set */
    int8_t polarity;  /* -3..3 */
    uint8_t kind;     /* nz_token_kind */
    uint8_t reach;    /* of a modifier, in words */
    uint8_t marks;    /* low byte of text_word.marks */
} extract_info;

/* In extract_info.flags, above those of lexicon.h: the key is the token's bytes. */
#define EXTRACT_KEY_IS_TEXT (1u << 31)

/* The caller's record of a token begins with this: filled from extract_token(), the rest
 * is bookkeeping of extract_document(). */
typedef struct extract_slot {
    extract_info info;
    uint32_t stamp;    /* comment that saw it last; set to 0 when the slot is made */
    uint32_t lasting;  /* 1: it stays until extractor_forget() and may be found without asking */
    uint32_t distinct; /* its place in extract_result.distinct */
} extract_slot;

/* Finds (or makes) the slot of a token.  bytes are valid during the call.  NULL means out
 * of memory.  A slot must stay valid until the extract_document() call returns; a lasting one
 * is remembered for the token's bytes, kind and reading, and the next time nobody is asked. */
typedef struct extract_resolver {
    void *context;
    extract_slot *(*resolve)(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                             nz_language reading);
} extract_resolver;

/* Told of a token some places before it is resolved, so that the caller can ask for memory
 * ahead.  Same arguments as resolve.  Of one whose slot is remembered the extractor asks for
 * the first lines itself. */
typedef void (*extract_expect)(void *context, const char *bytes, uint32_t len,
                               nz_token_kind kind, nz_language reading);

typedef struct extract_distinct {
    extract_slot *slot;
    uint32_t count;       /* occurrences in this comment */
    uint32_t first_token; /* index of the first occurrence */
} extract_distinct;

typedef struct extract_cross {
    uint64_t feature;
    uint32_t first, second; /* token indexes; equal when there is one span */
    uint32_t kind;          /* NZ_EVIDENCE_PAIR, SCOPE or RULE */
} extract_cross;

typedef struct extract_result {
    text_document document;
    const uint32_t *token_distinct; /* [document.token_count]: index into distinct */
    const extract_distinct *distinct;
    uint32_t distinct_count;
    const extract_cross *cross; /* one item an occurrence: equal features add up */
    uint32_t cross_count;
    uint32_t rule_limit_hits;   /* rules that were skipped at a match limit */
} extract_result;

typedef struct extractor extractor;

/* Scratch of one thread over a shared lexicon and shared rules (both borrowed). */
NZ_NODISCARD nz_status extractor_new(extractor **out, const lexicon *words, const rules *patterns,
                                     const nz_allocator *allocator, nz_error *err);
void extractor_free(extractor *x);
/* From now on no lasting slot of before is used again. */
void extractor_forget(extractor *x);
/* expect may be NULL, which is where it begins. */
void extractor_set_expect(extractor *x, extract_expect expect, void *context);

/* Features of one token: ids[0] is the word itself (the one that carries the norm u), all
 * ids are distinct.  Returns their number in *count, at most EXTRACT_MAX_TOKEN_FEATURES.
 * A pure function of its arguments.  NZ_E_MEMORY only. */
NZ_NODISCARD nz_status extract_token(extractor *x, const char *bytes, uint32_t len,
                                     nz_token_kind kind, nz_language reading, extract_info *info,
                                     uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES], uint32_t *count);

/* Read a comment.  *out is borrowed until the next call. */
NZ_NODISCARD nz_status extract_document(extractor *x, const char *text, size_t len,
                                        bool reject_utf8, const extract_resolver *resolver,
                                        extract_result *out, nz_error *err);

/* The text room's reader of this extractor, for redaction. */
text_reader *extractor_reader(extractor *x);

/* f(count) in 1/16: 1 + ln(count), at most 4. */
uint32_t extract_count_weight(uint32_t count);

/* Metadata features: a place in the model's table of metadata rows. */
#define EXTRACT_RATING_BINS 11u /* 0..10: rating / rating_max in tenths, rounded */
/* Bin of a rating, or NZ_NONE when it is unknown or out of range. */
uint32_t extract_rating_bin(double rating, double rating_max);

/* ---- Explaining features to people (training only; slow) --------------------- */

/* Called for every feature of a text with its readable name, e.g. "w:fa:خوب", "c:en:^goo",
 * "scope:fa:خوب".  The name is valid during the call. */
typedef void (*extract_namer)(void *context, uint64_t feature, const char *name);
void extractor_set_namer(extractor *x, extract_namer namer, void *context);

#endif
