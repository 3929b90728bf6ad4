/* internal.h - what the files of this room share: the extractor's state, the names of
 * the templates, and how a feature id is made.  Nobody outside engine/feature includes it.
 *
 * Invariant: every id is feature_id(template, reading, bytes) or a pair of such ids. */
#ifndef NZ_FEATURE_INTERNAL_H
#define NZ_FEATURE_INTERNAL_H

#include "feature/extract.h"
#include "feature/keytext.h"

/* The templates.  Values are part of the schema: append, never renumber. */
typedef enum feature_template {
    FEATURE_WORD = 1,        /* key */
    FEATURE_STEM = 2,        /* stem */
    FEATURE_CHARACTERS = 3,  /* n-gram of ^key$ */
    FEATURE_POLARITY = 4,    /* class -3..3 of the lexicon */
    FEATURE_CONCEPT = 5,
    FEATURE_EMOJI = 6,       /* class of an emoji */
    FEATURE_MODIFIER = 7,    /* negator, intensifier, ... */
    FEATURE_MARK = 8,        /* elongated, capitals, ... */
    FEATURE_MARKED_WORD = 9, /* key with the marks that folding lost */
    FEATURE_BIGRAM = 10,
    FEATURE_SKIP_BIGRAM = 11,
    FEATURE_SCOPE = 12,          /* a stem under negation */
    FEATURE_SCOPE_POLARITY = 13, /* a polarity class under negation */
    FEATURE_EXPRESSION = 14,     /* a fixed expression itself */
    FEATURE_EXPRESSION_CLASS = 15,
    FEATURE_INTENSIFIED = 16,    /* a polarity class behind an intensifier or downtoner */
    FEATURE_CONTRASTED = 17,     /* a polarity class behind a contrast word */
    FEATURE_ABOUT = 18,          /* a concept beside a polarity class */
    FEATURE_BALANCE = 19,        /* how many good and bad words */
    FEATURE_LENGTH = 20,
    FEATURE_RULE = 21,
    FEATURE_OPENING = 22,        /* stem of the first word */
    FEATURE_CLOSING = 23         /* stem of the last word */
} feature_template;
#define FEATURE_TEMPLATES 24

/* A trigger key and the set of the rule's keys that it belongs to. */
typedef struct rule_trigger {
    uint64_t key;
    uint32_t rule;
    uint32_t set;
} rule_trigger;

/* What is known of a rule while comments are read. */
typedef struct rule_state {
    uint64_t seen[RULES_MAX_SETS]; /* rule_clock of the last key of each set */
    uint32_t sets;
    uint32_t comment;  /* stamp of the comment in which it last had a run ... */
    uint32_t last_run; /* ... this one of rule_runs */
    uint32_t found;    /* stamp of the comment in which it last matched */
} rule_state;

struct extractor {
    nz_allocator allocator;
    text_reader *reader;
    const lexicon *lexicon;
    const rules *rules;
    rules_scratch *matcher;
    rule_trigger *triggers; /* sorted by key, then rule */
    uint32_t trigger_count, trigger_capacity;
    uint32_t stamp;         /* of the current comment, never 0 */
    uint32_t notes;         /* age of the notes that name lasting slots, in steps of 256 */
    buffer distinct;        /* extract_distinct[] */
    buffer token_distinct;  /* uint32_t[] */
    buffer noted;           /* extract_slot *[]: by token, from its note; NULL: ask */
    buffer cross;           /* extract_cross[] */
    uint64_t template_ids[FEATURE_TEMPLATES]; /* feature_number(template, 0, 0) */
    keytext keys;           /* spellings of keys, for the subject */
    buffer words;           /* cross_word[] of cross.c */
    buffer subject;         /* folded keys of the comment, where rules need them */
    buffer subject_ends;    /* uint32_t[]: where each token's key ends in the subject */
    rule_state *rule_states; /* [rules_count] */
    uint64_t rule_clock;    /* place of this comment's first token among all that were read */
    buffer rule_runs;       /* of cross_rules.c */
    buffer needed;          /* one byte a token: is it part of the subject? */
    buffer name;            /* readable feature name under construction */
    extract_expect expect;
    void *expect_context;
    extract_namer namer;
    void *namer_context;
};

uint64_t feature_id(feature_template kind, nz_language reading, const void *bytes, size_t len);
/* Ids of small numbers (a class, a concept, a bin). */
uint64_t feature_number(feature_template kind, int first, int second);

/* Tell the namer, when there is one.  Text may be NULL. */
void feature_name(extractor *x, uint64_t id, const char *kind, nz_language reading,
                  const char *text, size_t len);
void feature_name_number(extractor *x, uint64_t id, const char *kind, int first, int second);

/* Place of the first trigger with this key in x->triggers, or NZ_NONE. */
uint32_t first_trigger(const extractor *x, uint64_t key);

/* The rules' features behind those in x->cross. */
NZ_NODISCARD nz_status cross_rules(extractor *x, const text_document *document,
                                   const extract_distinct *distinct,
                                   const uint32_t *token_distinct, uint32_t *limit_hits);
/* Cross-token features of the document's tokens into x->cross. */
NZ_NODISCARD nz_status cross_features(extractor *x, const text_document *document,
                                      const extract_distinct *distinct,
                                      const uint32_t *token_distinct, uint32_t *limit_hits);

#endif
