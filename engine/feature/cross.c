/* cross.c - the features that need several tokens: bigrams, negation scope, fixed
 * expressions, intensified and contrasted polarity, what a good or bad word is about, the
 * balance of good and bad words.
 *
 * All of it works on extract_info (hashes and flags), never on letters; the rules, which
 * need letters, are in cross_rules.c.
 * It must not know weights.  Invariant: linear in the number of tokens. */
#include <string.h>

#include "base/hash.h"
#include "feature/internal.h"

/* How far a good or bad word and what it is about may stand apart, in words. */
enum { ABOUT_WINDOW = 4, DEFAULT_REACH = 3, BALANCE_CAP = 3, LENGTH_BINS = 8 };

/* One token that takes part: words, numbers, emoji ...; punctuation only ends clauses. */
typedef struct cross_word {
    const extract_info *info;
    uint32_t token;
    uint32_t clause;    /* number of the clause it stands in */
    uint8_t negated;    /* under a negator */
    uint8_t covered;    /* inside a fixed expression */
    uint8_t contrasted; /* behind a contrast word in its sentence */
    int8_t intensified; /* 1 behind an intensifier, -1 behind a downtoner */
    uint32_t negator;   /* word that negates it */
} cross_word;

typedef struct cross_run {
    extractor *x;
    const text_document *document;
    cross_word *words;
    uint32_t count;
    nz_status status; /* first failure; later calls do nothing */
} cross_run;

static void emit(cross_run *run, uint64_t feature, uint32_t first, uint32_t second,
                 nz_evidence_kind kind)
{
    buffer *cross = &run->x->cross;
    if (cross->capacity - cross->size < sizeof(extract_cross) && run->status == NZ_OK) {
        run->status = buffer_reserve(cross, sizeof(extract_cross));
    }
    if (run->status == NZ_OK) {
        extract_cross *item = (void *)(cross->bytes + cross->size);
        item->feature = feature;
        item->first = run->words[first].token;
        item->second = run->words[second].token;
        item->kind = (uint32_t)kind;
        cross->size += sizeof *item;
    }
}

static void emit_number(cross_run *run, feature_template kind, const char *name, int a, int b,
                        uint32_t first, uint32_t second, nz_evidence_kind evidence)
{
    uint64_t id = feature_number(kind, a, b);
    emit(run, id, first, second, evidence);
    if (run->x->namer != NULL) {
        feature_name_number(run->x, id, name, a, b);
    }
}

/* A feature of one or two hashes: named by template, since the words are not at hand. */
static void emit_hashed(cross_run *run, feature_template kind, const char *name, uint64_t a,
                        uint64_t b, uint32_t first, uint32_t second, nz_evidence_kind evidence)
{
    uint64_t id = hash_pair(run->x->template_ids[kind], hash_pair(a, b));
    emit(run, id, first, second, evidence);
    if (run->x->namer != NULL) {
        const text_token *tokens = run->document->tokens;
        const text_token *t = &tokens[run->words[first].token];
        const text_token *u = &tokens[run->words[second].token];
        feature_name(run->x, id, name, NZ_LANG_OTHER, run->document->text + t->begin,
                     u->end > t->begin ? u->end - t->begin : 0);
    }
}

static int sign_of(const cross_word *w)
{
    return (w->info->polarity > 0) - (w->info->polarity < 0);
}

/* ---- the words that take part -------------------------------------------------------- */

static bool takes_part(nz_token_kind kind)
{
    return kind != NZ_TOKEN_PUNCTUATION && kind != NZ_TOKEN_SYMBOL;
}

static nz_status collect(cross_run *run, const extract_distinct *distinct,
                         const uint32_t *token_distinct)
{
    extractor *x = run->x;
    buffer_clear(&x->words);
    NZ_TRY(buffer_reserve(&x->words, run->document->token_count * sizeof(cross_word)));
    run->words = (void *)x->words.bytes;
    run->count = 0;
    uint32_t clause = 0;
    bool contrasted = false;
    for (uint32_t i = 0; i < run->document->token_count; i++) {
        const text_token *t = &run->document->tokens[i];
        const extract_info *info = &distinct[token_distinct[i]].slot->info;
        if (takes_part((nz_token_kind)t->kind)) {
            cross_word *w = &run->words[run->count++];
            *w = (cross_word){.info = info, .token = i};
            if (info->flags & LEXICON_CONTRAST) {
                clause++;
                contrasted = true;
            }
            w->clause = clause;
            w->contrasted = contrasted && !(info->flags & LEXICON_CONTRAST);
        }
        if (t->flags & (TEXT_TOKEN_CLAUSE_END | TEXT_TOKEN_SENTENCE_END)) {
            clause++;
        }
        if (t->flags & TEXT_TOKEN_SENTENCE_END) {
            contrasted = false;
        }
    }
    return NZ_OK;
}

/* ---- fixed expressions: before negation, whose words they may hold -------------------- */

static const lexicon_expression *longest_expression(const cross_run *run, uint32_t at,
                                                    uint32_t *length)
{
    const lexicon_expression *best = NULL;
    uint64_t keys = run->words[at].info->key;
    for (uint32_t n = 1; n < LEXICON_MAX_EXPRESSION && at + n < run->count; n++) {
        keys = hash_pair(keys, run->words[at + n].info->key);
        const lexicon_expression *found = lexicon_find_expression(run->x->lexicon, keys);
        if (found != NULL && found->length == n + 1) {
            best = found;
            *length = n + 1;
        }
    }
    return best;
}

static void find_expressions(cross_run *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t length = 0;
        const lexicon_expression *e = NULL;
        if (run->words[i].info->flags & LEXICON_STARTS_EXPRESSION) {
            e = longest_expression(run, i, &length);
        }
        if (e == NULL) {
            continue;
        }
        uint32_t last = i + length - 1;
        emit_hashed(run, FEATURE_EXPRESSION, "expression", e->key, 0, i, last, NZ_EVIDENCE_PAIR);
        emit_number(run, FEATURE_EXPRESSION_CLASS, "expression class", e->class_, e->polarity, i,
                    last, NZ_EVIDENCE_PAIR);
        for (uint32_t k = i; k <= last; k++) {
            run->words[k].covered = 1;
        }
        i = last;
    }
}

/* ---- modifiers ---------------------------------------------------------------------- */

/* Apply the modifier at m to the words of its side, reach and clause. */
static void apply_modifier(cross_run *run, uint32_t m)
{
    const extract_info *info = run->words[m].info;
    uint32_t reach = info->reach != 0 ? info->reach : DEFAULT_REACH;
    bool after = (info->flags & LEXICON_SIDE_AFTER) != 0;
    for (uint32_t step = 1; step <= reach; step++) {
        if (after ? m < step : m + step >= run->count) {
            return;
        }
        cross_word *w = &run->words[after ? m - step : m + step];
        if (w->clause != run->words[m].clause || w->covered) {
            return;
        }
        /* An emoji speaks for itself: a negator does not reach it. */
        if (w->info->kind == NZ_TOKEN_EMOJI || w->info->kind == NZ_TOKEN_EMOTICON) {
            continue;
        }
        if (info->flags & LEXICON_NEGATOR) {
            w->negated = 1;
            w->negator = m;
        } else if (info->flags & LEXICON_INTENSIFIER) {
            w->intensified = 1;
        } else if (info->flags & LEXICON_DOWNTONER) {
            w->intensified = -1;
        }
    }
}

static void apply_modifiers(cross_run *run)
{
    const uint32_t modifiers = LEXICON_NEGATOR | LEXICON_INTENSIFIER | LEXICON_DOWNTONER;
    for (uint32_t i = 0; i < run->count; i++) {
        if ((run->words[i].info->flags & modifiers) && !run->words[i].covered) {
            apply_modifier(run, i);
        }
    }
}

static void emit_modified(cross_run *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        const cross_word *w = &run->words[i];
        int polarity = w->covered ? 0 : w->info->polarity;
        if (w->negated) {
            uint32_t from = w->negator < i ? w->negator : i;
            uint32_t to = w->negator < i ? i : w->negator;
            emit_hashed(run, FEATURE_SCOPE, "scope", w->info->stem, 0, from, to,
                        NZ_EVIDENCE_SCOPE);
            if (polarity != 0) {
                emit_number(run, FEATURE_SCOPE_POLARITY, "scope polarity", polarity, 0, from, to,
                            NZ_EVIDENCE_SCOPE);
            }
        }
        if (polarity != 0 && w->intensified != 0) {
            emit_number(run, FEATURE_INTENSIFIED, "intensified", polarity, w->intensified, i, i,
                        NZ_EVIDENCE_PAIR);
        }
        if (polarity != 0 && w->contrasted) {
            emit_number(run, FEATURE_CONTRASTED, "contrasted", sign_of(w), w->negated, i, i,
                        NZ_EVIDENCE_PAIR);
        }
    }
}

/* ---- pairs ------------------------------------------------------------------------------- */

/* Is the word a good, a bad or a modifying one?  Skip bigrams of others hardly ever tell. */
static bool says_something(const cross_word *w)
{
    const uint32_t modifiers = LEXICON_NEGATOR | LEXICON_INTENSIFIER | LEXICON_DOWNTONER;
    return w->info->polarity != 0 || (w->info->flags & modifiers) != 0;
}

static void emit_bigrams(cross_run *run)
{
    for (uint32_t i = 0; i + 1 < run->count; i++) {
        const cross_word *a = &run->words[i], *b = &run->words[i + 1];
        emit_hashed(run, FEATURE_BIGRAM, "pair", a->info->key, b->info->key, i, i + 1,
                    NZ_EVIDENCE_PAIR);
        if (i + 2 < run->count && run->words[i + 2].clause == a->clause &&
            (says_something(a) || says_something(&run->words[i + 2]))) {
            emit_hashed(run, FEATURE_SKIP_BIGRAM, "skip pair", a->info->stem,
                        run->words[i + 2].info->stem, i, i + 2, NZ_EVIDENCE_PAIR);
        }
    }
}

/* What a good or bad word is about: each concept near it in its clause. */
static void emit_about(cross_run *run, uint32_t i)
{
    const cross_word *w = &run->words[i];
    int sign = w->negated ? -sign_of(w) : sign_of(w);
    uint32_t from = i > ABOUT_WINDOW ? i - ABOUT_WINDOW : 0;
    for (uint32_t k = from; k <= i + ABOUT_WINDOW && k < run->count; k++) {
        const cross_word *other = &run->words[k];
        const lexicon_entry *entry = other->info->entry;
        if (k == i || entry == NULL || other->clause != w->clause) {
            continue;
        }
        for (uint32_t c = 0; c < entry->concept_count; c++) {
            emit_number(run, FEATURE_ABOUT, "about", entry->concepts[c], sign,
                        k < i ? k : i, k < i ? i : k, NZ_EVIDENCE_PAIR);
        }
    }
}

static void emit_balance(cross_run *run)
{
    int good = 0, bad = 0;
    uint32_t first_word = NZ_NONE, last_word = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        const cross_word *w = &run->words[i];
        if (w->info->kind == NZ_TOKEN_WORD) {
            first_word = first_word == NZ_NONE ? i : first_word;
            last_word = i;
        }
        if (w->covered || sign_of(w) == 0) {
            continue;
        }
        int sign = w->negated ? -sign_of(w) : sign_of(w);
        good += sign > 0;
        bad += sign < 0;
        emit_about(run, i);
    }
    emit_number(run, FEATURE_BALANCE, "balance", good < BALANCE_CAP ? good : BALANCE_CAP,
                bad < BALANCE_CAP ? bad : BALANCE_CAP, 0, 0, NZ_EVIDENCE_PAIR);
    int bin = 0;
    for (uint32_t n = run->count; n > 1 && bin < LENGTH_BINS; n /= 2) {
        bin++;
    }
    emit_number(run, FEATURE_LENGTH, "length", bin, 0, 0, 0, NZ_EVIDENCE_PAIR);
    if (first_word != NZ_NONE) {
        emit_hashed(run, FEATURE_OPENING, "opening", run->words[first_word].info->stem, 0,
                    first_word, first_word, NZ_EVIDENCE_PAIR);
        emit_hashed(run, FEATURE_CLOSING, "closing", run->words[last_word].info->stem, 0,
                    last_word, last_word, NZ_EVIDENCE_PAIR);
    }
}

nz_status cross_features(extractor *x, const text_document *document,
                         const extract_distinct *distinct, const uint32_t *token_distinct,
                         uint32_t *limit_hits)
{
    cross_run run = {x, document, NULL, 0, NZ_OK};
    NZ_TRY(collect(&run, distinct, token_distinct));
    if (run.count == 0) {
        return NZ_OK;
    }
    find_expressions(&run);
    apply_modifiers(&run);
    emit_bigrams(&run);
    emit_modified(&run);
    emit_balance(&run);
    NZ_TRY(run.status);
    return cross_rules(x, document, distinct, token_distinct, limit_hits);
}
