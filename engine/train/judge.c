/* judge.c - every head on rows that its weights have not seen: calibration, thresholds,
 * scores, and whether rounding changed answers.
 * It must not know how weights were found.
 * Invariant: no row with the role ROLE_TRAIN is measured, unless by cross-fitting. */
#include <math.h>
#include <string.h>

#include "train/metrics.h"
#include "train/trainer.h"

/* Rows drawn at random that are enough to leave the others nearly out of account. */
static const double enough_random = 100.0;
static const float share_of_unknown = 0.02f;
/* Rows on which the rounded model is compared with the exact one. */
enum { COMPARED_ROWS = 20000 };

/* ---- scores of the rounded model ---------------------------------------------------------- */

static void add_metadata(const nz_trainer *t, const trainer_group *g, uint32_t row_number,
                         uint32_t lane, float *z)
{
    const labelled_row *r = rows_at(&t->rows, row_number);
    *z += g->bias[lane];
    if (!fit_shows_metadata(t->fit.seed, row_number)) {
        return;
    }
    if (r->rating_bin != ROWS_NO_RATING) {
        *z += g->rating[(size_t)r->rating_bin * g->lanes + lane];
    }
    if (r->channel != NZ_NONE) {
        *z += g->channel[(size_t)r->channel * g->lanes + lane];
    }
}

nz_status trainer_score(nz_trainer *t, uint32_t h, float *z, nz_error *err)
{
    const trainer_head *head = &t->heads[h];
    const trainer_group *g = &t->groups[head->group];
    uint32_t labels = t->rows.heads[h].label_count;
    nz_allocator memory = memory_default();
    size_t room = (size_t)head->row_count * g->lanes;
    float *all = memory_new(&memory, room, sizeof *all);
    if (all == NULL) {
        return status_no_memory(err);
    }
    nz_status status = quantised_score(&g->rows, &t->matrix, &g->space, t->g, head->rows,
                                       head->row_count, t->team, all, err);
    for (uint32_t i = 0; status == NZ_OK && i < head->row_count; i++) {
        for (uint32_t k = 0; k < labels; k++) {
            uint32_t lane = head->first_lane + k;
            float value = all[(size_t)i * g->lanes + lane];
            add_metadata(t, g, head->rows[i], lane, &value);
            z[(size_t)i * labels + k] = value;
        }
    }
    memory_free(&memory, all, room, sizeof *all);
    return status;
}

/* ---- did rounding change answers? ------------------------------------------------------------- */

/* Exact score of one row and lane. */
static double exact_score(const nz_trainer *t, const trainer_group *g, uint32_t r, uint32_t lane)
{
    const matrix *m = &t->matrix;
    double sum = 0.0;
    for (uint64_t i = m->token_start[r]; i < m->token_start[r + 1]; i++) {
        uint32_t token = ARRAY_AT(uint32_t, &m->row_tokens, i);
        const uint32_t *features = matrix_token_features(m, token);
        double f = ARRAY_AT(uint8_t, &m->row_counts, i) / 16.0;
        for (uint32_t k = 0; k < matrix_token_at(m, token)->count; k++) {
            uint32_t local = g->space.local[features[k]];
            sum += local == NZ_NONE ? 0.0 : f * (double)g->weights[(size_t)local * g->lanes + lane];
        }
    }
    for (uint64_t i = m->cross_start[r]; i < m->cross_start[r + 1]; i++) {
        uint32_t local = g->space.local[ARRAY_AT(uint32_t, &m->row_cross, i)];
        sum += local == NZ_NONE ? 0.0 : (double)g->weights[(size_t)local * g->lanes + lane];
    }
    float z = (float)(t->g[r] * sum);
    add_metadata(t, g, r, lane, &z);
    return (double)z;
}

/* Same best label, or the same side of 0 in every lane. */
static bool same_answer(nz_head_kind kind, uint32_t labels, const float *rounded,
                        const double *exact)
{
    uint32_t best = 0, best_exact = 0;
    for (uint32_t k = 0; k < labels; k++) {
        best = rounded[k] > rounded[best] ? k : best;
        best_exact = exact[k] > exact[best_exact] ? k : best_exact;
        if (kind != NZ_HEAD_SINGLE && (rounded[k] > 0.0f) != (exact[k] > 0.0)) {
            return false;
        }
    }
    return kind != NZ_HEAD_SINGLE || best == best_exact;
}

static double agreement(const nz_trainer *t, uint32_t h, const float *z)
{
    const trainer_head *head = &t->heads[h];
    const trainer_group *g = &t->groups[head->group];
    uint32_t labels = t->rows.heads[h].label_count, same = 0, seen = 0;
    uint32_t step = head->row_count / COMPARED_ROWS + 1;
    double exact[MODEL_MAX_LABELS];
    for (uint32_t i = 0; i < head->row_count; i += step) {
        for (uint32_t k = 0; k < labels; k++) {
            exact[k] = exact_score(t, g, head->rows[i], head->first_lane + k);
        }
        same += same_answer(t->rows.heads[h].kind, labels, z + (size_t)i * labels, exact);
        seen++;
    }
    return seen == 0 ? NAN : (double)same / seen;
}

/* ---- held-out rows of a head --------------------------------------------------------------------- */

typedef struct held_rows {
    calibration_rows in;
    float *z;
    uint32_t *label;
    uint8_t *set, *language;
    float *weight;
    uint32_t room;
} held_rows;

static void held_free(held_rows *held)
{
    nz_allocator memory = memory_default();
    size_t room = held->room, lanes = held->in.lanes;
    memory_free(&memory, held->z, room * lanes, sizeof *held->z);
    memory_free(&memory, held->label, room, sizeof *held->label);
    memory_free(&memory, held->set, room * lanes, 1);
    memory_free(&memory, held->language, room, 1);
    memory_free(&memory, held->weight, room, sizeof *held->weight);
}

static nz_status held_new(held_rows *held, uint32_t room, uint32_t lanes, nz_error *err)
{
    nz_allocator memory = memory_default();
    memset(held, 0, sizeof *held);
    held->room = room;
    held->in.lanes = lanes;
    held->z = memory_new(&memory, (size_t)room * lanes, sizeof *held->z);
    held->label = memory_new(&memory, room, sizeof *held->label);
    held->set = memory_new(&memory, (size_t)room * lanes, 1);
    held->language = memory_new(&memory, room, 1);
    held->weight = memory_new(&memory, room, sizeof *held->weight);
    if (held->z == NULL || held->label == NULL || held->set == NULL || held->language == NULL ||
        held->weight == NULL) {
        held_free(held);
        return status_no_memory(err);
    }
    return NZ_OK;
}

static bool is_measured(const nz_trainer *t, const trainer_head *head, uint32_t i)
{
    return head->role[i] == ROLE_HELD || trainer_cross_fitted(t, head, i);
}

static void add_held(const nz_trainer *t, uint32_t h, uint32_t i, const float *z, held_rows *held)
{
    const trainer_head *head = &t->heads[h];
    const labelled_row *r = rows_at(&t->rows, head->rows[i]);
    uint32_t at = held->in.count++, lanes = held->in.lanes;
    memcpy(held->z + (size_t)at * lanes, z + (size_t)i * lanes, lanes * sizeof *z);
    held->label[at] = rows_label(&t->rows, head->rows[i], h);
    if (held->in.kind != NZ_HEAD_SINGLE) {
        memcpy(held->set + (size_t)at * lanes, rows_set(&t->rows, head->rows[i], h), lanes);
    }
    held->language[at] = t->matrix.language[head->rows[i]];
    held->weight[at] = r->drawn;
}

/* Rows drawn at random speak for the wild; where there are enough of them, rows of unknown
 * origin hardly count. */
static void settle_weights(held_rows *held)
{
    double random = 0.0;
    for (uint32_t i = 0; i < held->in.count; i++) {
        random += held->weight[i] == 1.0f;
    }
    for (uint32_t i = 0; i < held->in.count; i++) {
        if (held->weight[i] == ROWS_DRAWN_UNKNOWN) {
            held->weight[i] = random >= enough_random ? share_of_unknown : 1.0f;
        }
    }
}

static nz_status collect_held(nz_trainer *t, uint32_t h, const float *z, held_rows *held,
                              nz_error *err)
{
    const trainer_head *head = &t->heads[h];
    uint32_t lanes = t->rows.heads[h].label_count;
    NZ_TRY(held_new(held, head->row_count, lanes, err));
    held->in.kind = t->rows.heads[h].kind;
    const float *scores = head->folds != 0 ? head->held : z;
    for (uint32_t i = 0; i < head->row_count; i++) {
        if (is_measured(t, head, i)) {
            add_held(t, h, i, scores, held);
        }
    }
    settle_weights(held);
    held->in.z = held->z;
    held->in.label = held->label;
    held->in.set = held->set;
    held->in.language = held->language;
    held->in.weight = held->weight;
    return NZ_OK;
}

/* ---- scores ----------------------------------------------------------------------------------------- */

typedef struct tally {
    metrics_counts labels[MODEL_MAX_LABELS];
    metrics_reliability reliability;
    double right, rows;
} tally;

static void tally_single(tally *s, const double *p, uint32_t lanes, uint32_t gold)
{
    uint32_t best = 0;
    for (uint32_t k = 1; k < lanes; k++) {
        best = p[k] > p[best] ? k : best;
    }
    s->labels[best].tp += best == gold;
    s->labels[best].fp += best != gold;
    s->labels[gold].fn += best != gold;
    s->right += best == gold;
    metrics_reliability_add(&s->reliability, p[best], best == gold, 1.0);
}

static void tally_independent(tally *s, const double *p, uint32_t lanes, const uint8_t *set,
                              const float *thresholds)
{
    bool right = true;
    for (uint32_t k = 0; k < lanes; k++) {
        bool says = p[k] >= (double)thresholds[k];
        s->labels[k].tp += says && set[k];
        s->labels[k].fp += says && !set[k];
        s->labels[k].fn += !says && set[k];
        right = right && says == (set[k] != 0);
        metrics_reliability_add(&s->reliability, p[k], set[k], 1.0);
    }
    s->right += right;
}

static double majority(const trainer_head *head, nz_head_kind kind, uint32_t labels)
{
    double all = head->report.dev_rows, top = 0.0;
    for (uint32_t k = 0; k < labels; k++) {
        top = head->label_dev[k] > top ? head->label_dev[k] : top;
    }
    if (kind == NZ_HEAD_BINARY) {
        top = top > all - top ? top : all - top;
    }
    return all > 0.0 && kind != NZ_HEAD_MULTI ? top / all : NAN;
}

static void measure(nz_trainer *t, uint32_t h, const held_rows *held, tally *s)
{
    trainer_head *head = &t->heads[h];
    const gold_head *gold = &t->rows.heads[h];
    double p[MODEL_MAX_LABELS];
    memset(s, 0, sizeof *s);
    for (uint32_t i = 0; i < held->in.count; i++) {
        const float *z = held->z + (size_t)i * gold->label_count;
        calibration_apply(&head->calibration, gold->kind, gold->label_count, z, held->language[i],
                          p);
        if (gold->kind == NZ_HEAD_SINGLE) {
            tally_single(s, p, gold->label_count, held->label[i]);
        } else {
            tally_independent(s, p, gold->label_count, held->set + (size_t)i * gold->label_count,
                              head->calibration.thresholds);
        }
        s->rows += 1.0;
    }
    nz_head_report *report = &head->report;
    report->accuracy = s->rows > 0.0 ? s->right / s->rows : NAN;
    report->macro_f1 = gold->kind == NZ_HEAD_BINARY
                           ? metrics_binary_macro_f1(s->labels[0], s->rows)
                           : metrics_macro_f1(s->labels, gold->label_count);
    report->calibration_error = metrics_ece(&s->reliability);
    report->majority_accuracy = majority(head, gold->kind, gold->label_count);
    for (uint32_t k = 0; k < gold->label_count; k++) {
        head->labels[k] = (nz_label_report){gold->labels[k],
                                            head->label_train[k],
                                            head->label_dev[k],
                                            metrics_precision(s->labels[k]),
                                            metrics_recall(s->labels[k]),
                                            metrics_f1(s->labels[k])};
    }
}

static void remark_weak(nz_trainer *t, uint32_t h)
{
    const trainer_head *head = &t->heads[h];
    const nz_head_report *r = &head->report;
    if (r->dev_rows < 100) {
        remarks_add(&t->remarks, "%s: only %u rows to measure it on; its scores are guesses",
                    r->name, (unsigned)r->dev_rows);
    }
    if (r->accuracy <= r->majority_accuracy) {
        remarks_add(&t->remarks, "%s: no better than always answering the commonest label",
                    r->name);
    }
    if (r->quantised_agreement < 0.98) {
        remarks_add(&t->remarks, "%s: rounding changed %.1f%% of the answers (2%% is expected at "
                                 "most)", r->name, 100.0 * (1.0 - r->quantised_agreement));
    }
    for (uint32_t k = 0; k < r->label_count; k++) {
        const nz_label_report *l = &head->labels[k];
        if (l->dev_rows >= 10 && l->f1 < 0.5) {
            remarks_add(&t->remarks, "%s: %s is often missed or wrongly given (F1 %.0f)", r->name,
                        l->name, 100.0 * l->f1);
        }
    }
}

/* ---- one head --------------------------------------------------------------------------------------- */

static nz_status judge_head(nz_trainer *t, uint32_t h, float *z, tally *s, nz_error *err)
{
    trainer_head *head = &t->heads[h];
    const gold_head *gold = &t->rows.heads[h];
    head->report.name = gold->name;
    head->report.label_count = gold->label_count;
    head->report.cross_fitted = head->folds;
    head->report.features = t->groups[head->group].rows.count;
    calibration_reset(&head->calibration, gold->label_count);
    NZ_TRY(trainer_score(t, h, z, err));
    head->report.quantised_agreement = agreement(t, h, z);
    held_rows held;
    NZ_TRY(collect_held(t, h, z, &held, err));
    nz_status status = calibration_fit(&head->calibration, &held.in, err);
    /* A head that follows from another is a plain two-way question: its threshold is 0.5. */
    if (status == NZ_OK && t->taxonomy.heads[h].derived_head == NZ_NONE) {
        status = calibration_thresholds(&head->calibration, &held.in, err);
    }
    if (status == NZ_OK) {
        measure(t, h, &held, s);
        remark_weak(t, h);
    }
    held_free(&held);
    return status;
}

nz_status trainer_judge(nz_trainer *t, nz_error *err)
{
    nz_allocator memory = memory_default();
    tally *s = memory_new(&memory, 1, sizeof *s);
    nz_status status = s == NULL ? status_no_memory(err) : NZ_OK;
    for (uint32_t h = 0; status == NZ_OK && h < t->taxonomy.head_count; h++) {
        if (!t->heads[h].trained) {
            continue;
        }
        if (!trainer_tell(t, "calibrate", t->rows.heads[h].name, -1.0, 0, 0.0)) {
            status = trainer_cancelled(err);
            break;
        }
        size_t room = (size_t)t->heads[h].row_count * t->rows.heads[h].label_count;
        float *z = memory_new(&memory, room, sizeof *z);
        status = z == NULL ? status_no_memory(err) : judge_head(t, h, z, s, err);
        memory_free(&memory, z, room, sizeof *z);
    }
    memory_free(&memory, s, 1, sizeof *s);
    return status;
}
