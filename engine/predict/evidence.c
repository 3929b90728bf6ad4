/* evidence.c - what every token, pair, rule and fact added to the logit of a chosen label.
 *
 * Calibration is affine and everything before it is a sum, so a logit is exactly the sum of
 * its parts.  For a single-choice head all parts are centred: the mean over the head's labels
 * is taken away, so that a part speaks for the label or against it.
 * It must not know how labels are chosen.
 * Invariant: the items of a (head, label) add up to nz_result_logit() but for rounding. */
#include <string.h>

#include "predict/session.h"

enum { MAX_ITEMS = 64 }; /* of one (head, label); the others are summed into one */

/* One (head, label) that is being explained. */
typedef struct target {
    const nz_session *session;
    const model_head *head;
    uint32_t head_index, label;
    uint32_t lane;      /* of the head's label 0 */
    double slope;
    double text_factor; /* slope * g: from a scaled total to the logit */
    nz_evidence items[MAX_ITEMS]; /* strongest first */
    uint32_t count;
    double rest;        /* sum of the items that did not fit */
    bool has_rest;
} target;

/* ---- values ------------------------------------------------------------------------- */

/* The share of label in values of all labels of its head. */
static double share(const target *t, double (*value)(const target *t, uint32_t label,
                                                     const void *context),
                    const void *context)
{
    double own = value(t, t->label, context);
    if (t->head->kind != NZ_HEAD_SINGLE) {
        return own;
    }
    double sum = 0.0;
    for (uint32_t i = 0; i < t->head->label_count; i++) {
        sum += value(t, i, context);
    }
    return own - sum / t->head->label_count;
}

/* A token's lanes times its count weight. */
typedef struct counted_lanes {
    const int16_t *lanes;
    uint32_t weight;
} counted_lanes;

static double token_value(const target *t, uint32_t label, const void *context)
{
    const counted_lanes *c = context;
    const uint32_t lane = t->lane + label;
    return t->text_factor * ((double)c->lanes[lane] * (double)c->weight) *
           t->session->model->lane_scale[lane];
}

static double row_value(const target *t, uint32_t label, const void *context)
{
    const int8_t *row = context;
    const uint32_t lane = t->lane + label;
    int32_t weight = row[MODEL_ROW_HEADER + t->head->first_lane + label] * (1 << row[0]) * 16;
    return t->text_factor * (double)weight * t->session->model->lane_scale[lane];
}

static double meta_value(const target *t, uint32_t label, const void *context)
{
    return t->slope * score_meta_value(t->session->model, t->head->group,
                                       t->head->first_lane + label, context);
}

static double bias_value(const target *t, uint32_t label, const void *context)
{
    const float *intercepts = context;
    return t->slope * t->session->model->lane_bias[t->lane + label] + (double)intercepts[label];
}

/* ---- items -------------------------------------------------------------------------- */

static double strength(const nz_evidence *e)
{
    return e->weight < 0.0 ? -e->weight : e->weight;
}

/* Keep the strongest; equal ones stay in the order in which they came. */
static void add_item(target *t, nz_evidence item)
{
    if (item.weight == 0.0) {
        return;
    }
    item.head = t->head_index;
    item.label = t->label;
    if (t->count == MAX_ITEMS) {
        t->has_rest = true;
        if (strength(&item) <= strength(&t->items[MAX_ITEMS - 1])) {
            t->rest += item.weight;
            return;
        }
        t->rest += t->items[--t->count].weight;
    }
    uint32_t at = t->count++;
    for (; at > 0 && strength(&t->items[at - 1]) < strength(&item); at--) {
        t->items[at] = t->items[at - 1];
    }
    t->items[at] = item;
}

static void set_span(const nz_session *s, uint32_t token, uint32_t *begin, uint32_t *end)
{
    const text_document *d = &s->document.document;
    *begin = text_original_offset(d, d->tokens[token].begin);
    *end = text_original_offset(d, d->tokens[token].end);
}

static void add_tokens(target *t)
{
    const extract_result *d = &t->session->document;
    for (uint32_t i = 0; i < d->distinct_count; i++) {
        const memo_entry *e = session_entry(&d->distinct[i]);
        const counted_lanes c = {memo_lanes(e), extract_count_weight(d->distinct[i].count)};
        nz_evidence item = {.kind = NZ_EVIDENCE_TOKEN};
        item.weight = share(t, token_value, &c);
        set_span(t->session, d->distinct[i].first_token, &item.begin, &item.end);
        add_item(t, item);
    }
}

/* A pair and a scope show two spans; a rule shows all that lies between its ends. */
static void set_cross_spans(const nz_session *s, const extract_cross *c, nz_evidence *item)
{
    set_span(s, c->first, &item->begin, &item->end);
    if (c->first == c->second) {
        return;
    }
    set_span(s, c->second, &item->begin2, &item->end2);
    if (c->kind == NZ_EVIDENCE_RULE) {
        item->end = item->end2 > item->end ? item->end2 : item->end;
        item->begin2 = item->end2 = 0;
    }
}

static void add_cross(target *t)
{
    const extract_result *d = &t->session->document;
    for (uint32_t i = 0; i < d->cross_count; i++) {
        const int8_t *row = session_row(t->session, t->head->group, i);
        if (row != NULL) {
            nz_evidence item = {.kind = d->cross[i].kind};
            item.weight = share(t, row_value, row);
            set_cross_spans(t->session, &d->cross[i], &item);
            add_item(t, item);
        }
    }
}

static void add_facts(target *t)
{
    const nz_session *s = t->session;
    const float *intercepts = t->head->intercepts + (size_t)s->result.language *
                                                        t->head->label_count;
    const score_meta rating = {s->meta.rating_bin, NZ_NONE};
    const score_meta channel = {NZ_NONE, s->meta.channel};
    nz_evidence item = {.kind = NZ_EVIDENCE_RATING};
    item.weight = share(t, meta_value, &rating);
    add_item(t, item);
    item.kind = NZ_EVIDENCE_CHANNEL;
    item.weight = share(t, meta_value, &channel);
    add_item(t, item);
    item.kind = NZ_EVIDENCE_BIAS;
    item.weight = share(t, bias_value, intercepts);
    add_item(t, item);
}

static nz_status explain(nz_session *s, uint32_t head, uint32_t label)
{
    target t = {.session = s, .head = &s->model->content->heads[head], .head_index = head,
                .label = label, .lane = s->model->head_lane[head]};
    t.slope = (double)t.head->slopes[s->result.language];
    t.text_factor = t.slope * s->factor;
    add_tokens(&t);
    add_cross(&t);
    add_facts(&t);
    NZ_TRY(buffer_append(&s->result.evidence, t.items, t.count * sizeof *t.items));
    if (!t.has_rest) {
        return NZ_OK;
    }
    const nz_evidence rest = {.head = head, .label = label, .kind = NZ_EVIDENCE_REST,
                              .weight = t.rest};
    return buffer_append(&s->result.evidence, &rest, sizeof rest);
}

nz_status evidence_collect(nz_session *s, nz_error *err)
{
    const nz_result *r = &s->result;
    for (uint32_t h = 0; h < s->model->content->head_count; h++) {
        nz_status status = NZ_OK;
        switch (s->model->content->heads[h].kind) {
        case NZ_HEAD_SINGLE: status = explain(s, h, r->chosen[h]); break;
        case NZ_HEAD_BINARY: status = explain(s, h, 0); break; /* also why it does not apply */
        case NZ_HEAD_MULTI:
            for (uint32_t i = 0; i < r->list_counts[h] && status >= 0; i++) {
                status = explain(s, h, r->lists[s->model->label_base[h] + i]);
            }
            break;
        }
        if (status < 0) {
            return status_no_memory(err);
        }
    }
    return NZ_OK;
}
