/* cross_rules.c - which rules may match, where, and what they find.
 *
 * A rule runs on the tokens around its triggers alone: where a key of each of its sets stands
 * within RULES_MAX_SPAN tokens, on these and as many on both sides.  So a long comment costs
 * no more than its few places in question, and only these are spelled out.
 * It must not know weights.  Invariant: linear in the number of tokens and triggers; a rule
 * gives at most one feature a comment. */
#include <stdlib.h>
#include <string.h>

#include "feature/internal.h"

/* One run of a rule over tokens [from, to). */
typedef struct rule_run {
    uint32_t rule, from, to;
} rule_run;

typedef struct rules_pass {
    extractor *x;
    const text_document *document;
    const extract_distinct *distinct;
    const uint32_t *token_distinct;
} rules_pass;

static const extract_info *info_of(const rules_pass *p, uint32_t token)
{
    return &p->distinct[p->token_distinct[token]].slot->info;
}

/* ---- where rules may match --------------------------------------------------------------- */

/* Do all sets of the rule have a key within the span before `now`? */
static bool sets_are_near(const rule_state *state, uint64_t now)
{
    for (uint32_t set = 0; set < state->sets; set++) {
        if (state->seen[set] + RULES_MAX_SPAN < now) {
            return false;
        }
    }
    return true;
}

/* A run around token i, joined with the rule's last one of this comment where they touch. */
static nz_status add_run(rules_pass *p, rule_state *state, uint32_t rule, uint32_t i)
{
    buffer *runs = &p->x->rule_runs;
    const uint32_t from = i > RULES_MAX_SPAN ? i - RULES_MAX_SPAN : 0;
    const uint32_t left = p->document->token_count - i;
    const uint32_t to = i + (left > RULES_MAX_SPAN ? RULES_MAX_SPAN + 1 : left);
    rule_run *last = state->comment == p->x->stamp
                         ? (rule_run *)(void *)runs->bytes + state->last_run : NULL;
    if (last != NULL && from <= last->to) {
        last->to = to;
        return NZ_OK;
    }
    const rule_run fresh = {rule, from, to};
    state->comment = p->x->stamp;
    state->last_run = (uint32_t)(runs->size / sizeof fresh);
    return buffer_append(runs, &fresh, sizeof fresh);
}

/* Note the triggers that token i is; add a run for each rule that is complete with it. */
static nz_status take_triggers(rules_pass *p, uint32_t i, const extract_info *info)
{
    extractor *x = p->x;
    const uint64_t now = x->rule_clock + i;
    for (uint32_t t = info->trigger; t < x->trigger_count && x->triggers[t].key == info->key; t++) {
        rule_state *state = &x->rule_states[x->triggers[t].rule];
        state->seen[x->triggers[t].set] = now;
        if (sets_are_near(state, now)) {
            NZ_TRY(add_run(p, state, x->triggers[t].rule, i));
        }
    }
    return NZ_OK;
}

static nz_status find_runs(rules_pass *p)
{
    extractor *x = p->x;
    buffer_clear(&x->rule_runs);
    for (uint32_t i = 0; i < p->document->token_count; i++) {
        const extract_info *info = info_of(p, i);
        if (info->flags & LEXICON_TRIGGERS_RULE) {
            NZ_TRY(take_triggers(p, i, info));
        }
    }
    /* No key of this comment is near to one of the next. */
    x->rule_clock += p->document->token_count + RULES_MAX_SPAN + 1;
    return NZ_OK;
}

/* ---- spelling them out ---------------------------------------------------------------------- */

/* The key of a token as it is spelled, behind the subject. */
static nz_status spell_key(extractor *x, const text_document *document, const text_token *t,
                           const extract_info *info)
{
    const char *bytes = document->text + t->begin;
    const uint32_t len = t->end - t->begin;
    if (info->flags & EXTRACT_KEY_IS_TEXT) {
        return buffer_append(&x->subject, bytes, len);
    }
    const keytext_token token = {bytes, len, t->kind, t->reading, info->key};
    uint32_t key_len = 0;
    const char *spelling = keytext_find(&x->keys, &token, &key_len);
    if (spelling != NULL) {
        return buffer_append(&x->subject, spelling, key_len);
    }
    text_word word;
    NZ_TRY(text_analyse(x->reader, bytes, len, (nz_token_kind)t->kind, (nz_language)t->reading,
                        &word));
    keytext_keep(&x->keys, &token, word.key, word.key_len);
    return buffer_append(&x->subject, word.key, word.key_len);
}

/* Spell the tokens that some run needs, each with a space behind it; x->subject_ends says
 * where the key of each ends.  Tokens of one run are neighbours in the subject too. */
static nz_status spell_subject(const rules_pass *p)
{
    extractor *x = p->x;
    const uint32_t tokens = p->document->token_count;
    const rule_run *runs = (const void *)x->rule_runs.bytes;
    const size_t count = x->rule_runs.size / sizeof *runs;
    buffer_clear(&x->subject);
    buffer_clear(&x->subject_ends);
    buffer_clear(&x->needed);
    NZ_TRY(buffer_append_zero(&x->needed, tokens));
    for (size_t r = 0; r < count; r++) {
        memset(x->needed.bytes + runs[r].from, 1, runs[r].to - runs[r].from);
    }
    NZ_TRY(buffer_reserve(&x->subject_ends, tokens * sizeof(uint32_t)));
    uint32_t *ends = (void *)x->subject_ends.bytes;
    for (uint32_t i = 0; i < tokens; i++) {
        if (x->needed.bytes[i] != 0) {
            NZ_TRY(spell_key(x, p->document, &p->document->tokens[i], info_of(p, i)));
            NZ_TRY(buffer_append(&x->subject, " ", 1));
        }
        ends[i] = (uint32_t)x->subject.size - (x->needed.bytes[i] != 0);
    }
    return NZ_OK;
}

/* ---- running ------------------------------------------------------------------------------------ */

/* Token of the run whose key holds (or ends behind) a byte of the subject. */
static uint32_t token_at(const uint32_t *ends, const rule_run *run, uint32_t byte)
{
    uint32_t low = run->from, high = run->to - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ends[middle] <= byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static nz_status run_rule(extractor *x, const rule_run *run, uint32_t *limit_hits)
{
    const uint32_t *ends = (const void *)x->subject_ends.bytes;
    rule_state *state = &x->rule_states[run->rule];
    rules_match match;
    bool found, limited;
    /* Behind the space of the token before, when that one was spelled. */
    const uint32_t start =
        run->from == 0 ? 0 : ends[run->from - 1] + (x->needed.bytes[run->from - 1] != 0);
    rules_match_one(x->matcher, run->rule, (const char *)x->subject.bytes + start,
                    ends[run->to - 1] - start, &match, &found, &limited);
    *limit_hits += limited;
    if (!found) {
        return NZ_OK;
    }
    state->found = x->stamp;
    match.begin += start;
    match.end += start;
    const char *name = rules_name(x->rules, run->rule);
    extract_cross item;
    item.feature = feature_id(FEATURE_RULE, NZ_LANG_OTHER, name, strlen(name));
    item.first = token_at(ends, run, match.begin);
    item.second = token_at(ends, run, match.end > match.begin ? match.end - 1 : match.begin);
    item.kind = NZ_EVIDENCE_RULE;
    feature_name(x, item.feature, "rule", NZ_LANG_OTHER, name, strlen(name));
    return buffer_append(&x->cross, &item, sizeof item);
}

static int compare_runs(const void *a, const void *b)
{
    const rule_run *x = a, *y = b;
    if (x->rule != y->rule) {
        return x->rule < y->rule ? -1 : 1;
    }
    return (x->from > y->from) - (x->from < y->from);
}

nz_status cross_rules(extractor *x, const text_document *document,
                      const extract_distinct *distinct, const uint32_t *token_distinct,
                      uint32_t *limit_hits)
{
    rules_pass pass = {x, document, distinct, token_distinct};
    if (x->trigger_count == 0) {
        return NZ_OK;
    }
    NZ_TRY(find_runs(&pass));
    if (x->rule_runs.size == 0) {
        return NZ_OK;
    }
    NZ_TRY(spell_subject(&pass));
    rule_run *runs = (void *)x->rule_runs.bytes;
    const size_t count = x->rule_runs.size / sizeof *runs;
    qsort(runs, count, sizeof *runs, compare_runs); /* features come in the order of the rules */
    for (size_t i = 0; i < count; i++) {
        if (x->rule_states[runs[i].rule].found != x->stamp) {
            NZ_TRY(run_rule(x, &runs[i], limit_hits));
        }
    }
    return NZ_OK;
}
