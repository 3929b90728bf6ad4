/* answer.c - from probabilities to the answer: labels, lists, and the derived fields of the
 * taxonomy (solicited, team, priority, band, needs review).
 * It must not know texts or label names beyond the taxonomy's numbers.
 * Invariant: the chosen labels of the joint heads are allowed together, if any choice is. */
#include <string.h>

#include "predict/session.h"

/* ---- labels ------------------------------------------------------------------------- */

static const double *probs_of(const nz_result *r, uint32_t head)
{
    return r->probs + r->model->label_base[head];
}

static uint32_t *list_of(nz_result *r, uint32_t head)
{
    return r->lists + r->model->label_base[head];
}

static bool in_list(const nz_result *r, uint32_t head, uint32_t label)
{
    const uint32_t *list = r->lists + r->model->label_base[head];
    for (uint32_t i = 0; i < r->list_counts[head]; i++) {
        if (list[i] == label) {
            return true;
        }
    }
    return false;
}

/* Insert behind the first `fixed` labels, by falling probability. */
static void list_insert(nz_result *r, uint32_t head, uint32_t label, uint32_t fixed)
{
    uint32_t *list = list_of(r, head);
    const double *probs = probs_of(r, head);
    uint32_t at = r->list_counts[head]++;
    for (; at > fixed && probs[list[at - 1]] < probs[label]; at--) {
        list[at] = list[at - 1];
    }
    list[at] = label;
}

static void list_remove(nz_result *r, uint32_t head, uint32_t label)
{
    uint32_t *list = list_of(r, head);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->list_counts[head]; i++) {
        if (list[i] != label) {
            list[kept++] = list[i];
        }
    }
    r->list_counts[head] = kept;
}

static bool type_is_none(const nz_result *r)
{
    const model_taxonomy *t = &r->model->content->taxonomy;
    return t->type_head != NZ_NONE && t->type_none != NZ_NONE &&
           r->chosen[t->type_head] == t->type_none;
}

/* The label of `types` that the main type stands for, or NZ_NONE. */
static uint32_t main_of_types(const nz_result *r)
{
    const model_taxonomy *t = &r->model->content->taxonomy;
    if (t->type_head == NZ_NONE || t->types_head == NZ_NONE || type_is_none(r)) {
        return NZ_NONE;
    }
    return r->model->types_of_type[r->chosen[t->type_head]];
}

static void fill_list(nz_result *r, uint32_t head)
{
    const model_head *h = &r->model->content->heads[head];
    const bool types = head == r->model->content->taxonomy.types_head;
    const uint32_t first = types ? main_of_types(r) : NZ_NONE;
    const double *probs = probs_of(r, head);
    r->list_counts[head] = 0;
    if (types && type_is_none(r)) {
        return; /* "not feedback" stands alone */
    }
    if (first != NZ_NONE) {
        list_insert(r, head, first, 0);
    }
    for (uint32_t i = 0; i < h->label_count; i++) {
        if (i != first && probs[i] >= (double)h->thresholds[i]) {
            list_insert(r, head, i, first != NZ_NONE);
        }
    }
}

static uint32_t best_label(const double *probs, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++) {
        best = probs[i] > probs[best] ? i : best;
    }
    return best;
}

static void choose_labels(nz_session *s)
{
    nz_result *r = &s->result;
    const model_content *content = s->model->content;
    for (uint32_t h = 0; h < content->head_count; h++) {
        const model_head *head = &content->heads[h];
        const double *probs = probs_of(r, h);
        r->list_counts[h] = 0;
        r->chosen[h] = NZ_NONE;
        if (head->kind == NZ_HEAD_SINGLE) {
            r->chosen[h] = best_label(probs, head->label_count);
        } else if (head->kind == NZ_HEAD_BINARY && probs[0] >= (double)head->thresholds[0]) {
            r->chosen[h] = 0;
        }
    }
    joint_choose(&s->model->joint, s->model, r->calibrated, s->order, r->chosen);
    for (uint32_t h = 0; h < content->head_count; h++) {
        if (content->heads[h].kind == NZ_HEAD_MULTI) {
            fill_list(r, h);
        }
    }
}

/* A known channel says what was asked for; it never becomes the main type. */
static void add_channel_type(nz_session *s)
{
    nz_result *r = &s->result;
    const model_taxonomy *t = &s->model->content->taxonomy;
    if (s->meta.channel == NZ_NONE || t->types_head == NZ_NONE || type_is_none(r)) {
        return;
    }
    const uint32_t label = t->channels[s->meta.channel].type_label;
    if (label == NZ_NONE) {
        return;
    }
    const uint32_t first = main_of_types(r);
    r->probs[s->model->label_base[t->types_head] + label] = 1.0;
    if (label != first) {
        list_remove(r, t->types_head, label);
        list_insert(r, t->types_head, label, first != NZ_NONE);
    }
}

/* ---- terms -------------------------------------------------------------------------- */

static bool holds(const nz_result *r, model_term term)
{
    if (r->model->content->heads[term.head].kind == NZ_HEAD_MULTI) {
        return in_list(r, term.head, term.label);
    }
    return r->chosen[term.head] == term.label;
}

static bool all_hold(const nz_result *r, const model_term *terms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!holds(r, terms[i])) {
            return false;
        }
    }
    return true;
}

/* Of two labels that both stand and must not: the one in a list goes; of two in lists, the
 * less probable one. */
static void drop_forbidden(nz_result *r)
{
    const nz_model *m = r->model;
    for (uint32_t i = 0; i < m->list_pair_count; i++) {
        model_term a = m->list_pairs[i].a, b = m->list_pairs[i].b;
        if (!holds(r, a) || !holds(r, b)) {
            continue;
        }
        bool a_listed = m->content->heads[a.head].kind == NZ_HEAD_MULTI;
        bool b_listed = m->content->heads[b.head].kind == NZ_HEAD_MULTI;
        bool drop_a = a_listed && (!b_listed ||
                                   probs_of(r, a.head)[a.label] < probs_of(r, b.head)[b.label]);
        model_term gone = drop_a ? a : b;
        list_remove(r, gone.head, gone.label);
    }
}

/* ---- derived fields ------------------------------------------------------------------ */

static const char *solicited(const nz_session *s)
{
    const nz_result *r = &s->result;
    const nz_model *m = s->model;
    const model_taxonomy *t = &m->content->taxonomy;
    if (s->meta.channel != NZ_NONE && strcmp(t->channels[s->meta.channel].solicited, "no") != 0) {
        return t->channels[s->meta.channel].solicited;
    }
    if (t->type_head != NZ_NONE && m->type_solicited[r->chosen[t->type_head]] != NULL) {
        return m->type_solicited[r->chosen[t->type_head]];
    }
    for (uint32_t i = 0; t->types_head != NZ_NONE && i < r->list_counts[t->types_head]; i++) {
        uint32_t label = r->lists[m->label_base[t->types_head] + i];
        if (m->types_solicited[label] != NULL) {
            return m->types_solicited[label];
        }
    }
    return "no";
}

static uint32_t team(const nz_result *r)
{
    const model_taxonomy *t = &r->model->content->taxonomy;
    for (uint32_t i = 0; i < t->route_count; i++) {
        if (all_hold(r, t->routes[i].terms, t->routes[i].term_count)) {
            return t->routes[i].team;
        }
    }
    return NZ_NONE;
}

static nz_status append_number(buffer *b, int32_t value)
{
    char digits[12];
    size_t at = sizeof digits;
    uint32_t left = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (value < 0) {
        digits[--at] = '-';
    }
    return buffer_append(b, digits + at, sizeof digits - at);
}

/* "complaint 25 + negative 20": every part that counted, in the taxonomy's order. */
static nz_status priority(nz_result *r)
{
    const model_taxonomy *t = &r->model->content->taxonomy;
    int64_t sum = 0;
    buffer_clear(&r->why);
    for (uint32_t i = 0; i < t->points_count; i++) {
        const model_points *p = &t->points[i];
        if (p->points == 0 || !all_hold(r, p->terms, p->term_count)) {
            continue;
        }
        sum += p->points;
        if (r->why.size != 0) {
            NZ_TRY(buffer_append(&r->why, " + ", 3));
        }
        NZ_TRY(buffer_append(&r->why, p->name, strlen(p->name)));
        NZ_TRY(buffer_append_byte(&r->why, ' '));
        NZ_TRY(append_number(&r->why, p->points));
    }
    r->priority = sum < 0 ? 0 : sum > 100 ? 100 : (uint32_t)sum;
    return buffer_append_byte(&r->why, 0);
}

/* An answer is as sure as its weakest part: category, sentiment and type. */
static void confidence(nz_session *s)
{
    nz_result *r = &s->result;
    const model_taxonomy *t = &s->model->content->taxonomy;
    const uint32_t heads[3] = {t->category_head, t->sentiment_head, t->type_head};
    double weakest = 1.0;
    for (uint32_t i = 0; i < 3; i++) {
        if (heads[i] != NZ_NONE) {
            double p = probs_of(r, heads[i])[r->chosen[heads[i]]];
            weakest = p < weakest ? p : weakest;
        }
    }
    r->band = weakest >= (double)t->band_high     ? NZ_BAND_HIGH
              : weakest >= (double)t->band_medium ? NZ_BAND_MEDIUM
                                                  : NZ_BAND_LOW;
    if (weakest < s->min_confidence) {
        r->flags |= NZ_RESULT_NEEDS_REVIEW;
    }
}

static nz_status derive(nz_session *s, nz_error *err)
{
    nz_result *r = &s->result;
    r->solicited = solicited(s);
    r->team = team(r);
    confidence(s);
    return priority(r) < 0 ? status_no_memory(err) : NZ_OK;
}

nz_status answer_comment(nz_session *s, nz_error *err)
{
    nz_result *r = &s->result;
    const uint32_t polarity = s->model->content->taxonomy.polarity_head;
    choose_labels(s);
    add_channel_type(s);
    drop_forbidden(r);
    r->score = polarity != NZ_NONE ? 2.0 * probs_of(r, polarity)[0] - 1.0 : 0.0;
    return derive(s, err);
}

/* ---- no text ------------------------------------------------------------------------- */

static void state_label(nz_result *r, uint32_t head, uint32_t label)
{
    if (head != NZ_NONE && label != NZ_NONE) {
        const model_head *h = &r->model->content->heads[head];
        double *probs = r->probs + r->model->label_base[head];
        for (uint32_t i = 0; i < h->label_count; i++) {
            probs[i] = i == label ? 1.0 : 0.0;
        }
        r->chosen[head] = label;
    }
}

/* Heads that the taxonomy is silent about: even chances, the first label, nothing applies. */
static void state_nothing(nz_result *r)
{
    const model_content *content = r->model->content;
    for (uint32_t h = 0; h < content->head_count; h++) {
        const model_head *head = &content->heads[h];
        double *probs = r->probs + r->model->label_base[h];
        const bool single = head->kind == NZ_HEAD_SINGLE;
        r->chosen[h] = single ? 0 : NZ_NONE;
        r->list_counts[h] = 0;
        for (uint32_t i = 0; i < head->label_count; i++) {
            probs[i] = single ? 1.0 / head->label_count : 0.0;
            r->calibrated[r->model->label_base[h] + i] = 0.0;
        }
    }
}

nz_status answer_empty(nz_session *s, nz_error *err)
{
    nz_result *r = &s->result;
    const model_taxonomy *t = &s->model->content->taxonomy;
    r->flags |= NZ_RESULT_EMPTY;
    state_nothing(r);
    state_label(r, t->category_head, t->empty_category);
    state_label(r, t->sentiment_head, t->empty_sentiment);
    state_label(r, t->type_head, t->empty_type);
    state_label(r, t->reason_head, t->reason_none);
    r->score = 0.0;
    return derive(s, err);
}
