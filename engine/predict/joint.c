/* joint.c - the best answer of the joint heads that the taxonomy allows.
 *
 * The sum of log p over the heads differs from the sum of calibrated logits by a constant of
 * the comment, so logits are compared and no logarithm is needed.
 * It must not know label names.  Invariant: no allowed answer has a larger sum; among equal
 * ones the first by labels in order of the heads, each best first, wins. */
#include <string.h>

#include "predict/session.h"

static bool forbidden(const handle_joint *j, uint32_t a, uint32_t b)
{
    return (j->forbidden[(size_t)a * j->words + b / 64] >> b % 64 & 1) != 0;
}

/* May joint label number stand beside the picks of the heads before it? */
static bool fits(const handle_joint *j, const uint32_t *picks, uint32_t depth, uint32_t number)
{
    for (uint32_t i = 0; i < depth; i++) {
        if (forbidden(j, picks[i], number)) {
            return false;
        }
    }
    return true;
}

static uint32_t best_label(const double *values, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++) {
        best = values[i] > values[best] ? i : best;
    }
    return best;
}

/* Labels of a head, best first; ties keep their order. */
static void sort_labels(const double *values, uint32_t count, uint32_t *order)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        for (; at > 0 && values[order[at - 1]] < values[i]; at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

typedef struct search {
    const handle_joint *joint;
    const double *values[HANDLE_JOINT_HEADS];   /* calibrated logits of a head */
    const uint32_t *order[HANDLE_JOINT_HEADS];  /* its labels, best first */
    uint32_t counts[HANDLE_JOINT_HEADS];
    double rest[HANDLE_JOINT_HEADS + 1];        /* the best that this head and later ones add */
    uint32_t picks[HANDLE_JOINT_HEADS];         /* joint numbers */
    uint32_t best[HANDLE_JOINT_HEADS];
    double best_sum;
    bool found;
} search;

/* Branch and bound, four heads deep at most.  Labels come best first, so the first one whose
 * bound is not better ends its head. */
static void descend(search *s, uint32_t depth, double sum)
{
    if (depth >= HANDLE_JOINT_HEADS || depth == s->joint->head_count) {
        s->found = true;
        s->best_sum = sum;
        memcpy(s->best, s->picks, sizeof s->best);
        return;
    }
    for (uint32_t i = 0; i < s->counts[depth]; i++) {
        uint32_t label = s->order[depth][i];
        double with = sum + s->values[depth][label];
        if (s->found && with + s->rest[depth + 1] <= s->best_sum) {
            return;
        }
        uint32_t number = s->joint->first[depth] + label;
        if (fits(s->joint, s->picks, depth, number)) {
            s->picks[depth] = number;
            descend(s, depth + 1, with);
        }
    }
}

static void search_all(search *s, const nz_model *model, const double *calibrated,
                       uint32_t *order)
{
    const handle_joint *j = s->joint;
    for (uint32_t i = 0; i < j->head_count; i++) {
        s->values[i] = calibrated + model->label_base[j->heads[i]];
        s->counts[i] = model->content->heads[j->heads[i]].label_count;
        s->order[i] = order + j->first[i];
        sort_labels(s->values[i], s->counts[i], order + j->first[i]);
    }
    for (uint32_t i = j->head_count; i-- > 0;) {
        s->rest[i] = s->rest[i + 1] + s->values[i][s->order[i][0]];
    }
    descend(s, 0, 0.0);
}

void joint_choose(const handle_joint *joint, const nz_model *model, const double *calibrated,
                  uint32_t *order, uint32_t *chosen)
{
    uint32_t picks[HANDLE_JOINT_HEADS];
    bool allowed = true;
    for (uint32_t i = 0; i < joint->head_count; i++) {
        const uint32_t head = joint->heads[i];
        uint32_t label = best_label(calibrated + model->label_base[head],
                                    model->content->heads[head].label_count);
        chosen[head] = label;
        picks[i] = joint->first[i] + label;
        allowed = allowed && (joint->forbidden == NULL || fits(joint, picks, i, picks[i]));
    }
    if (allowed) {
        return;
    }
    search s = {.joint = joint};
    search_all(&s, model, calibrated, order);
    for (uint32_t i = 0; s.found && i < joint->head_count; i++) { /* else all is forbidden */
        chosen[joint->heads[i]] = s.best[i] - joint->first[i];
    }
}
