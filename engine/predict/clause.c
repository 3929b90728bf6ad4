/* clause.c - a comment's clauses, each with its own answer.
 *
 * A clause ends where the text room says so or before a contrast word ("but"); one with fewer
 * than two words joins its neighbour.  A clause is scored like a comment made of its tokens
 * and of the cross-token features that lie inside it; what is known beside the text (rating,
 * channel) speaks of the whole comment and is left out.
 * It must not know how tokens are scored.  Invariant: clauses are in order, do not overlap and
 * hold every token; the work is linear in tokens and cross-token features. */
#include <string.h>

#include "predict/session.h"

enum { MIN_WORDS = 2 };

/* Arrays in the session's scratch bytes. */
typedef struct splitter {
    nz_session *s;
    uint32_t token_count, cross_count;
    uint32_t *clause_of;   /* [token_count] */
    uint32_t *first_token; /* [token_count + 1]: of each clause, and one past the last */
    uint32_t *first_cross; /* [token_count + 1]: like first_token, into by_clause */
    uint32_t *by_clause;   /* [cross_count]: cross-token features, clause after clause */
    uint32_t *counts;      /* [distinct_count]: occurrences in the current clause; else 0 */
    uint32_t clause_count;
} splitter;

static nz_status prepare(splitter *p)
{
    const extract_result *d = &p->s->document;
    const size_t tokens = d->document.token_count;
    const size_t numbers = tokens + 2 * (tokens + 1) + d->cross_count + d->distinct_count;
    buffer *b = &p->s->scratch_bytes;
    buffer_clear(b);
    NZ_TRY(buffer_append_zero(b, numbers * sizeof(uint32_t)));
    p->token_count = d->document.token_count;
    p->cross_count = d->cross_count;
    p->clause_of = (void *)b->bytes;
    p->first_token = p->clause_of + tokens;
    p->first_cross = p->first_token + tokens + 1;
    p->by_clause = p->first_cross + tokens + 1;
    p->counts = p->by_clause + d->cross_count;
    return NZ_OK;
}

/* ---- splitting ------------------------------------------------------------------------ */

static const extract_info *info_of(const splitter *p, uint32_t token)
{
    const extract_result *d = &p->s->document;
    return &d->distinct[d->token_distinct[token]].slot->info;
}

static bool starts_clause(const splitter *p, uint32_t token)
{
    const text_token *tokens = p->s->document.document.tokens;
    return token == 0 || (tokens[token - 1].flags & TEXT_TOKEN_CLAUSE_END) != 0 ||
           (info_of(p, token)->flags & LEXICON_CONTRAST) != 0;
}

/* A new clause begins only when the one before it has words enough; what is left at the end
 * with too few joins the last one.  So a short clause joins the one behind it. */
static void split(splitter *p)
{
    const text_token *tokens = p->s->document.document.tokens;
    uint32_t words = MIN_WORDS;
    p->clause_count = 0;
    for (uint32_t i = 0; i < p->token_count; i++) {
        if (starts_clause(p, i) && words >= MIN_WORDS) {
            p->first_token[p->clause_count++] = i;
            words = 0;
        }
        words += tokens[i].kind == NZ_TOKEN_WORD;
    }
    if (p->clause_count > 1 && words < MIN_WORDS) {
        p->clause_count--;
    }
    p->first_token[p->clause_count] = p->token_count;
    for (uint32_t c = 0; c < p->clause_count; c++) {
        for (uint32_t i = p->first_token[c]; i < p->first_token[c + 1]; i++) {
            p->clause_of[i] = c;
        }
    }
}

/* The clause that holds both ends of a cross-token feature, or NZ_NONE. */
static uint32_t clause_of_cross(const splitter *p, uint32_t i)
{
    const extract_cross *c = &p->s->document.cross[i];
    uint32_t clause = p->clause_of[c->first];
    return clause == p->clause_of[c->second] ? clause : NZ_NONE;
}

/* Counting sort, so that no clause looks at another one's features. */
static void sort_cross(splitter *p)
{
    for (uint32_t i = 0; i < p->cross_count; i++) {
        uint32_t clause = clause_of_cross(p, i);
        if (clause != NZ_NONE) {
            p->first_cross[clause]++;
        }
    }
    uint32_t sum = 0;
    for (uint32_t c = 0; c < p->clause_count; c++) {
        sum += p->first_cross[c];
        p->first_cross[c] = sum; /* the end of the clause, moved to its start below */
    }
    p->first_cross[p->clause_count] = sum;
    for (uint32_t i = p->cross_count; i-- > 0;) {
        uint32_t clause = clause_of_cross(p, i);
        if (clause != NZ_NONE) {
            p->by_clause[--p->first_cross[clause]] = i;
        }
    }
}

/* ---- scoring -------------------------------------------------------------------------- */

static void sum_tokens(splitter *p, uint32_t clause, score_sum *sum)
{
    const extract_result *d = &p->s->document;
    const uint32_t begin = p->first_token[clause], end = p->first_token[clause + 1];
    for (uint32_t i = begin; i < end; i++) {
        p->counts[d->token_distinct[i]]++;
    }
    for (uint32_t i = begin; i < end; i++) {
        uint32_t distinct = d->token_distinct[i];
        if (p->counts[distinct] != 0) {
            const memo_entry *e = session_entry(&d->distinct[distinct]);
            score_add_token(sum, memo_lanes(e), e->norm,
                            extract_count_weight(p->counts[distinct]));
            p->counts[distinct] = 0;
        }
    }
}

static void sum_cross(const splitter *p, uint32_t begin, uint32_t end, score_sum *sum)
{
    for (uint32_t g = 0; g < p->s->model->content->group_count; g++) {
        for (uint32_t i = begin; i < end; i++) {
            const int8_t *row = session_row(p->s, g, p->by_clause[i]);
            if (row != NULL) {
                score_add_row(sum, g, row);
            }
        }
    }
}

/* The best label of a head by itself, or NZ_NONE when there is no such head. */
static uint32_t best_of(const splitter *p, uint32_t head, double factor)
{
    const score_meta nothing = {NZ_NONE, NZ_NONE};
    if (head == NZ_NONE) {
        return NZ_NONE;
    }
    const uint32_t count = p->s->model->content->heads[head].label_count;
    uint32_t best = 0;
    double top = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        double value = score_label(&p->s->clause_sum, head, i, p->s->result.language, factor,
                                   &nothing);
        if (i == 0 || value > top) {
            best = i;
            top = value;
        }
    }
    return best;
}

static nz_status add_clause(splitter *p, uint32_t clause)
{
    const text_document *d = &p->s->document.document;
    const model_taxonomy *t = &p->s->model->content->taxonomy;
    score_sum *sum = &p->s->clause_sum;
    score_begin(sum);
    sum_tokens(p, clause, sum);
    sum_cross(p, p->first_cross[clause], p->first_cross[clause + 1], sum);
    score_end(sum);
    const double factor = score_length_factor(p->s->model, sum->norm);
    nz_clause item = {0};
    item.begin = text_original_offset(d, d->tokens[p->first_token[clause]].begin);
    item.end = text_original_offset(d, d->tokens[p->first_token[clause + 1] - 1].end);
    item.category = best_of(p, t->category_head, factor);
    item.sentiment = best_of(p, t->sentiment_head, factor);
    item.type = best_of(p, t->type_head, factor);
    return buffer_append(&p->s->result.clauses, &item, sizeof item);
}

nz_status clause_collect(nz_session *s, nz_error *err)
{
    splitter p = {.s = s};
    if (prepare(&p) < 0) {
        return status_no_memory(err);
    }
    split(&p);
    sort_cross(&p);
    for (uint32_t c = 0; c < p.clause_count; c++) {
        if (add_clause(&p, c) < 0) {
            return status_no_memory(err);
        }
    }
    return NZ_OK;
}
