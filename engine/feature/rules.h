/* rules.h - PCRE2 rules over the folded keys of a comment; the only door to PCRE2.
 *
 * A rule names sets of trigger keys, "a b & c d": it runs only on comments that hold one of
 * each set, and a rule without a trigger is refused.  Most comments hold a frequent word and
 * few the other one too, so that a second set saves most runs of a rule.
 *
 * Patterns live in the model as text and are compiled at open under limits (match, depth,
 * heap); a match that hits a limit is counted, never read as "no match".
 * It must not know weights.  Invariant: the result does not depend on JIT being there. */
#ifndef NZ_FEATURE_RULES_H
#define NZ_FEATURE_RULES_H

#include "base/buffer.h"

typedef struct rules rules;           /* immutable, shared */
typedef struct rules_scratch rules_scratch; /* one thread */

/* Compile a block: repeated { name NUL language NUL triggers NUL pattern NUL }.
 * NZ_E_RULE_SYNTAX names the rule and the byte in its pattern. */
NZ_NODISCARD nz_status rules_open(rules **out, const void *bytes, size_t size,
                                  const nz_allocator *allocator, nz_error *err);
void rules_free(rules *r);
uint32_t rules_count(const rules *r);
const char *rules_name(const rules *r, uint32_t rule);
/* The rule's language: NZ_LANG_FA, AR, EN, or OTHER for every language. */
nz_language rules_language(const rules *r, uint32_t rule);
#define RULES_MAX_SETS 4u
/* A match holds at most this many tokens. */
#define RULES_MAX_SPAN 16u
/* Trigger keys of a rule, separated by one space; sets of them by " & ", at most
 * RULES_MAX_SETS. */
const char *rules_triggers(const rules *r, uint32_t rule);

NZ_NODISCARD nz_status rules_scratch_new(rules_scratch **out, const rules *r,
                                         const nz_allocator *allocator, nz_error *err);
void rules_scratch_free(rules_scratch *s);

/* Version of the PCRE2 that is linked, such as "10.42 2022-12-11", into out. */
void rules_library_version(char out[64]);

typedef struct rules_match {
    uint32_t rule;
    uint32_t begin, end; /* bytes of the subject */
} rules_match;

/* First match of a rule in subject (valid UTF-8).  *found tells; at a limit *found is false
 * and *limited true. */
void rules_match_one(rules_scratch *s, uint32_t rule, const char *subject, size_t len,
                     rules_match *out, bool *found, bool *limited);

#endif
