/* result.c - the getters of a result.  Nothing is computed here but the centred logit.
 * Invariant: an index out of range gives 0, NULL or NZ_NONE and reads nothing. */
#include "predict/session.h"

uint32_t nz_result_flags(const nz_result *r)
{
    return r != NULL ? r->flags : 0;
}

nz_language nz_result_language(const nz_result *r)
{
    return r != NULL ? r->language : NZ_LANG_OTHER;
}

/* The label's number in the flat arrays, or NZ_NONE. */
static uint32_t number_of(const nz_result *r, uint32_t head, uint32_t label)
{
    const model_head *h = r != NULL ? handle_head(r->model, head) : NULL;
    return h != NULL && label < h->label_count ? r->model->label_base[head] + label : NZ_NONE;
}

uint32_t nz_result_label(const nz_result *r, uint32_t head, double *p)
{
    uint32_t shown = NZ_NONE; /* the label whose probability is given */
    uint32_t label = NZ_NONE;
    if (r != NULL && head < r->model->content->head_count) {
        const model_taxonomy *t = &r->model->content->taxonomy;
        switch (r->model->content->heads[head].kind) {
        case NZ_HEAD_SINGLE:
            shown = r->chosen[head];
            label = head == t->reason_head && shown == t->reason_none ? NZ_NONE : shown;
            break;
        case NZ_HEAD_BINARY:
            shown = 0;
            label = r->chosen[head];
            break;
        case NZ_HEAD_MULTI:
            if (r->list_counts[head] != 0) {
                shown = label = r->lists[r->model->label_base[head]];
            }
            break;
        }
    }
    if (p != NULL) {
        uint32_t number = number_of(r, head, shown);
        *p = number != NZ_NONE ? r->probs[number] : 0.0;
    }
    return label;
}

const double *nz_result_probs(const nz_result *r, uint32_t head)
{
    uint32_t first = number_of(r, head, 0);
    return first != NZ_NONE ? r->probs + first : NULL;
}

const uint32_t *nz_result_labels(const nz_result *r, uint32_t head, uint32_t *count)
{
    uint32_t first = number_of(r, head, 0);
    bool multi = first != NZ_NONE && r->model->content->heads[head].kind == NZ_HEAD_MULTI;
    if (count != NULL) {
        *count = multi ? r->list_counts[head] : 0;
    }
    return multi ? r->lists + first : NULL;
}

double nz_result_score(const nz_result *r)
{
    return r != NULL ? r->score : 0.0;
}

const char *nz_result_solicited(const nz_result *r)
{
    return r != NULL ? r->solicited : "no";
}

uint32_t nz_result_team(const nz_result *r)
{
    return r != NULL ? r->team : NZ_NONE;
}

uint32_t nz_result_priority(const nz_result *r)
{
    return r != NULL ? r->priority : 0;
}

const char *nz_result_priority_why(const nz_result *r)
{
    return r != NULL ? (const char *)r->why.bytes : "";
}

nz_band nz_result_band(const nz_result *r)
{
    return r != NULL ? r->band : NZ_BAND_LOW;
}

const char *nz_band_name(nz_band band)
{
    return band == NZ_BAND_HIGH ? "high" : band == NZ_BAND_MEDIUM ? "medium" : "low";
}

const char *nz_evidence_kind_name(nz_evidence_kind kind)
{
    static const char *const names[] = {"token", "pair", "scope", "rule", "rating", "channel",
                                        "bias", "rest"};
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "rest";
}

const nz_evidence *nz_result_evidence(const nz_result *r, uint32_t *count)
{
    if (count != NULL) {
        *count = r != NULL ? (uint32_t)(r->evidence.size / sizeof(nz_evidence)) : 0;
    }
    return r != NULL ? (const void *)r->evidence.bytes : NULL;
}

double nz_result_logit(const nz_result *r, uint32_t head, uint32_t label)
{
    uint32_t number = number_of(r, head, label);
    if (number == NZ_NONE) {
        return 0.0;
    }
    const model_head *h = &r->model->content->heads[head];
    if (h->kind != NZ_HEAD_SINGLE) {
        return r->calibrated[number];
    }
    double sum = 0.0;
    for (uint32_t i = 0; i < h->label_count; i++) {
        sum += r->calibrated[r->model->label_base[head] + i];
    }
    return r->calibrated[number] - sum / h->label_count;
}

const nz_clause *nz_result_clauses(const nz_result *r, uint32_t *count)
{
    if (count != NULL) {
        *count = r != NULL ? (uint32_t)(r->clauses.size / sizeof(nz_clause)) : 0;
    }
    return r != NULL ? (const void *)r->clauses.bytes : NULL;
}
