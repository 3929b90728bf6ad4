/* plan.c - which heads can be trained and on which rows; what is held out; which heads
 * share a group.
 * It must not know features.  Invariant: a row is never both trained on and measured. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "train/trainer.h"

/* Held-out rows that are enough to calibrate; rows that are too many to leave each out of one of
 * five fits: then only those of known drawing are, or, when none are known, a tenth is held out. */
enum { LEAST_DEV = 40, MANY_ROWS = 20000, LEAST_DRAWN = 1000, TENTHS = 10 };

static nz_status take_room(nz_trainer *t, trainer_head *head, uint32_t labels, nz_error *err)
{
    head->rows = arena_alloc(&t->memory, (head->row_count + 1u) * sizeof *head->rows);
    head->role = arena_alloc_zero(&t->memory, head->row_count + 1u);
    head->label_train = arena_alloc_zero(&t->memory, (labels + 1u) * sizeof *head->label_train);
    head->label_dev = arena_alloc_zero(&t->memory, (labels + 1u) * sizeof *head->label_dev);
    head->labels = arena_alloc_zero(&t->memory, labels * sizeof *head->labels);
    head->calibration.slopes = arena_alloc(&t->memory, MODEL_LANGUAGES * sizeof(float));
    head->calibration.intercepts =
        arena_alloc(&t->memory, (size_t)MODEL_LANGUAGES * labels * sizeof(float));
    head->calibration.thresholds = arena_alloc(&t->memory, labels * sizeof(float));
    bool whole = head->rows != NULL && head->role != NULL && head->label_train != NULL &&
                 head->label_dev != NULL && head->labels != NULL &&
                 head->calibration.slopes != NULL && head->calibration.intercepts != NULL &&
                 head->calibration.thresholds != NULL;
    return whole ? NZ_OK : status_no_memory(err);
}

static nz_status list_rows(nz_trainer *t, uint32_t h, nz_error *err)
{
    trainer_head *head = &t->heads[h];
    uint32_t count = rows_count(&t->rows);
    for (uint32_t i = 0; i < count; i++) {
        head->row_count += rows_label(&t->rows, i, h) != NZ_NONE;
    }
    NZ_TRY(take_room(t, head, t->rows.heads[h].label_count, err));
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rows_label(&t->rows, i, h) != NZ_NONE) {
            head->rows[at++] = i;
        }
    }
    return NZ_OK;
}

/* ---- what is held out ------------------------------------------------------------------- */

static void hold_out(nz_trainer *t, trainer_head *head)
{
    uint32_t dev = 0, train = 0, drawn = 0;
    for (uint32_t i = 0; i < head->row_count; i++) {
        const labelled_row *r = rows_at(&t->rows, head->rows[i]);
        head->role[i] = !r->dev ? ROLE_TRAIN
                        : t->matrix.repeated[head->rows[i]] ? ROLE_UNUSED
                                                            : ROLE_HELD;
        dev += head->role[i] == ROLE_HELD;
        train += head->role[i] == ROLE_TRAIN;
        drawn += head->role[i] == ROLE_TRAIN && r->drawn != ROWS_DRAWN_UNKNOWN;
    }
    if (dev >= LEAST_DEV) {
        return;
    }
    head->folds_drawn_only = train >= MANY_ROWS && drawn >= LEAST_DRAWN;
    head->folds = train >= MANY_ROWS && !head->folds_drawn_only ? 0 : TRAINER_FOLDS;
    /* All comments of the same words fall on the same side. */
    for (uint32_t i = 0; head->folds == 0 && i < head->row_count; i++) {
        uint64_t identity = t->matrix.identity[head->rows[i]];
        if (head->role[i] == ROLE_TRAIN &&
            hash_pair(identity, t->options.seed) % TENTHS == 0) {
            head->role[i] = ROLE_HELD;
        }
    }
}

static void count_labels(nz_trainer *t, uint32_t h)
{
    trainer_head *head = &t->heads[h];
    const gold_head *gold = &t->rows.heads[h];
    for (uint32_t i = 0; i < head->row_count; i++) {
        bool train = head->role[i] == ROLE_TRAIN, held = head->role[i] == ROLE_HELD;
        head->report.train_rows += train;
        bool measured = held || trainer_cross_fitted(t, head, i);
        head->report.dev_rows += measured;
        for (uint32_t k = 0; k < gold->label_count; k++) {
            bool has = gold->kind == NZ_HEAD_SINGLE
                           ? rows_label(&t->rows, head->rows[i], h) == k
                           : rows_set(&t->rows, head->rows[i], h)[k] != 0;
            head->label_train[k] += has && train;
            head->label_dev[k] += has && measured;
        }
    }
}

/* ---- which heads --------------------------------------------------------------------------- */

/* Labels that some, but not all, training rows hold. */
static uint32_t varied_labels(const trainer_head *head, const gold_head *gold)
{
    uint32_t varied = 0;
    for (uint32_t k = 0; k < gold->label_count; k++) {
        varied += head->label_train[k] != 0 && head->label_train[k] != head->report.train_rows;
    }
    return varied;
}

static const char *only_label(const trainer_head *head, const gold_head *gold)
{
    for (uint32_t k = 0; k < gold->label_count; k++) {
        if (head->label_train[k] != 0) {
            return gold->labels[k];
        }
    }
    return "none of its labels";
}

static nz_status decide(nz_trainer *t, uint32_t h, nz_error *err)
{
    trainer_head *head = &t->heads[h];
    const gold_head *gold = &t->rows.heads[h];
    if (head->report.train_rows == 0) {
        remarks_add(&t->remarks, "%s: no row is labelled; the model will not answer it",
                    gold->name);
        return NZ_OK;
    }
    if (varied_labels(head, gold) != 0) {
        head->trained = true;
        return NZ_OK;
    }
    if (t->taxonomy.heads[h].derived_head != NZ_NONE || gold->kind != NZ_HEAD_SINGLE) {
        remarks_add(&t->remarks, "%s: every row says the same (%s); the model will not answer it",
                    gold->name, only_label(head, gold));
        return NZ_OK;
    }
    return status_fail(err, NZ_E_DATA,
                       "%s: every labelled row says %s; add rows with other labels, or leave the "
                       "column out", gold->name, only_label(head, gold));
}

/* One line for the labels without rows, one for those with too few. */
static void remark_rare(nz_trainer *t, uint32_t h)
{
    enum { FEW_ROWS = 30, LIST_BYTES = 150 };
    const trainer_head *head = &t->heads[h];
    const gold_head *gold = &t->rows.heads[h];
    for (int missing = 1; head->trained && missing >= 0; missing--) {
        char list[LIST_BYTES] = "";
        uint32_t count = 0;
        for (uint32_t k = 0; k < gold->label_count; k++) {
            uint32_t found = head->label_train[k];
            size_t used = strlen(list);
            if (missing ? found == 0 : found != 0 && found < FEW_ROWS) {
                count++;
                (void)snprintf(list + used, LIST_BYTES - used, missing ? " %s" : " %s (%u)",
                               gold->labels[k], (unsigned)found);
            }
        }
        if (count != 0) {
            remarks_add(&t->remarks, missing ? "%s: can never be answered, for no row says it:%s"
                                             : "%s: fewer than 30 rows, better 200 each:%s",
                        gold->name, list);
        }
    }
}

/* ---- groups ---------------------------------------------------------------------------------- */

static uint32_t group_of(nz_trainer *t, const char *name)
{
    for (uint32_t i = 0; i < t->group_count; i++) {
        if (strcmp(t->groups[i].name, name) == 0) {
            return i;
        }
    }
    t->groups[t->group_count].name = name;
    return t->group_count++;
}

/* The group with the most rows comes first: it knows the most words, and their norms. */
static void most_rows_first(nz_trainer *t)
{
    for (uint32_t i = 1; i < t->group_count; i++) {
        for (uint32_t k = i; k > 0 && t->groups[k].row_count > t->groups[k - 1].row_count; k--) {
            trainer_group swap = t->groups[k];
            t->groups[k] = t->groups[k - 1];
            t->groups[k - 1] = swap;
        }
    }
}

static nz_status group_heads(nz_trainer *t, nz_error *err)
{
    t->groups = arena_alloc_zero(&t->memory, MODEL_MAX_GROUPS * sizeof *t->groups);
    if (t->groups == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        const char *name = t->taxonomy.heads[h].group;
        if (!t->heads[h].trained) {
            continue;
        }
        uint32_t g = t->group_count < MODEL_MAX_GROUPS ? group_of(t, name) : 0;
        t->groups[g].row_count += t->heads[h].row_count;
    }
    most_rows_first(t);
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        if (t->heads[h].trained) {
            t->heads[h].group = group_of(t, t->taxonomy.heads[h].group);
            trainer_group *g = &t->groups[t->heads[h].group];
            t->heads[h].first_lane = g->lanes;
            g->lanes += t->rows.heads[h].label_count;
        }
    }
    return NZ_OK;
}

nz_status trainer_plan(nz_trainer *t, nz_error *err)
{
    bool any = false;
    t->heads = arena_alloc_zero(&t->memory, t->taxonomy.head_count * sizeof *t->heads);
    if (t->heads == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        NZ_TRY(list_rows(t, h, err));
        hold_out(t, &t->heads[h]);
        count_labels(t, h);
        NZ_TRY(decide(t, h, err));
        remark_rare(t, h);
        any = any || t->heads[h].trained;
    }
    if (!any) {
        return status_fail(err, NZ_E_DATA, "no head has training rows with two different labels; "
                                           "name the label columns after the heads of the taxonomy");
    }
    return group_heads(t, err);
}
