/* learn.c - one group of heads after another: candidates, fit, pruning to the budget, fit
 * again on what is left, rounding.
 * It must not know files.
 * Invariant: the weights that are kept were fitted with the very norm and features that
 * prediction will have. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/trainer.h"

/* Bytes of a feature beside its row: fingerprint, and its share of the hash's pilots. */
static const double index_bytes = 5.0;
/* What the rest of the file takes at most beside lexicon and rules. */
enum { OTHER_BYTES = 400000 };

/* Training comments behind a word with a vector, and how far the vectors may move a weight
 * relative to what the word may on its own: measured on the development rows. */
enum { VECTOR_COMMENTS = 10 };
static const double vector_strength = 0.35;

/* ---- candidates and budget ----------------------------------------------------------------- */

static void *keep_zero(nz_trainer *t, size_t count, size_t size)
{
    size_t bytes;
    return memory_multiply(count == 0 ? 1 : count, size, &bytes) ? arena_alloc_zero(&t->memory, bytes)
                                                                 : NULL;
}

static double cost_of(const trainer_group *g)
{
    return (double)((MODEL_ROW_HEADER + g->lanes + 7u) & ~7u) + index_bytes;
}

/* What a head may learn from comments that it has no labels for: there must be more of them. */
static bool uses_vectors(const nz_trainer *t, const trainer_head *head)
{
    return t->options.vectors != 0 && head->trained &&
           head->report.train_rows < t->comment_count / 2;
}

/* A feature with a vector is a candidate when about enough of the group's comments to come will
 * hold it, although none of those with a label does. */
static void expect_comments(const nz_trainer *t, trainer_group *g)
{
    if (t->embedding.dims == 0) {
        return;
    }
    uint64_t labelled = 0;
    for (uint32_t i = 0; i < t->matrix.row_count; i++) {
        labelled += g->use[i] && !t->matrix.repeated[i];
    }
    for (uint32_t f = 0; f < t->matrix.features.count; f++) {
        uint32_t expected = (uint32_t)(t->all_comments[f] * labelled / t->comment_count);
        if (embed_vector(&t->embedding, f) != NULL && g->comments[f] < expected) {
            g->comments[f] = expected;
        }
    }
}

static nz_status find_candidates(nz_trainer *t, trainer_group *g, uint32_t number, nz_error *err)
{
    g->use = keep_zero(t, t->matrix.row_count, 1);
    g->comments = keep_zero(t, t->matrix.features.count, sizeof *g->comments);
    if (g->use == NULL || g->comments == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        const trainer_head *head = &t->heads[h];
        for (uint32_t i = 0; head->trained && head->group == number && i < head->row_count; i++) {
            g->use[head->rows[i]] |= head->role[i] == ROLE_TRAIN;
        }
    }
    NZ_TRY(select_count(&t->matrix, &t->rows, g->use, t->team, g->comments, err));
    expect_comments(t, g);
    select_options options = {t->options.min_comments, t->options.min_comments_ngram,
                              t->options.max_features};
    return select_space(&g->space, &t->matrix, g->comments, t->all_comments, t->comment_count,
                        &options, err);
}

/* Share the bytes: a group that needs less than an equal share leaves the rest to others. */
static void share_budget(nz_trainer *t)
{
    double left = (double)t->options.max_bytes - OTHER_BYTES - (double)t->lexicon_block.size -
                  (double)t->rule_block.size;
    bool settled[MODEL_MAX_GROUPS] = {false};
    for (uint32_t round = 0; round < t->group_count; round++) {
        uint32_t open = 0, smallest = NZ_NONE;
        for (uint32_t i = 0; i < t->group_count; i++) {
            double need = cost_of(&t->groups[i]) * (double)t->groups[i].space.count;
            open += !settled[i];
            if (!settled[i] && (smallest == NZ_NONE ||
                                need < cost_of(&t->groups[smallest]) *
                                           (double)t->groups[smallest].space.count)) {
                smallest = i;
            }
        }
        trainer_group *g = &t->groups[smallest];
        double share = left > 0.0 ? left / open : 0.0;
        double need = cost_of(g) * (double)g->space.count;
        double given = need < share ? need : share;
        g->max_rows = (uint32_t)(given / cost_of(g));
        left -= given;
        settled[smallest] = true;
    }
}

/* ---- fitting ------------------------------------------------------------------------------------ */

typedef struct fitting {
    nz_trainer *t;
    trainer_group *g;
    uint32_t head;
    const char *stage;
} fitting;

static bool watch_fit(void *context, uint32_t iteration, uint32_t most, double loss)
{
    const fitting *f = context;
    return trainer_tell(f->t, f->stage, f->t->rows.heads[f->head].name,
                        (double)iteration / most, iteration, loss);
}

static void role_weights(const nz_trainer *t, const trainer_head *head, float *weights)
{
    for (uint32_t i = 0; i < head->row_count; i++) {
        weights[i] = head->role[i] == ROLE_TRAIN ? rows_at(&t->rows, head->rows[i])->weight : 0.0f;
    }
}

/* Copy a solution's parts into the lanes of the group. */
static void take_solution(nz_trainer *t, trainer_group *g, uint32_t h, fit_problem *p,
                          const float *x)
{
    uint32_t first = t->heads[h].first_lane, labels = fit_lanes(p), stride = sparse_stride(labels);
    const float *weights = fit_weights(p, x);
    for (uint32_t f = 0; f < g->space.count; f++) {
        memcpy(g->weights + (size_t)f * g->lanes + first, weights + (size_t)f * stride,
               labels * sizeof *weights);
    }
    for (uint32_t k = 0; k < labels; k++) {
        for (uint32_t b = 0; b < EXTRACT_RATING_BINS; b++) {
            g->rating[b * g->lanes + first + k] = fit_rating(p, x, b, k);
        }
        for (uint32_t c = 0; c < t->taxonomy.rules.channel_count; c++) {
            g->channel[c * g->lanes + first + k] = fit_channel(p, x, c, k);
        }
        g->bias[first + k] = fit_bias(p, x, k);
    }
}

static void start_from(const trainer_group *g, uint32_t first, const fit_problem *p, float *x)
{
    for (uint32_t f = 0; f < g->space.count; f++) {
        for (uint32_t k = 0; k < fit_lanes(p); k++) {
            fit_set_weight(p, x, f, k, g->weights[(size_t)f * g->lanes + first + k]);
        }
    }
}

static bool in_fold(const nz_trainer *t, const trainer_head *head, uint32_t i, uint32_t fold)
{
    return trainer_cross_fitted(t, head, i) &&
           t->matrix.identity[head->rows[i]] % TRAINER_FOLDS == fold;
}

/* Fit five times, each time without a fifth of the comments, and keep the scores of that fifth.
 * Every fit starts from zero: started from the solution on all rows and stopped early, it would
 * still remember the fifth, and the calibration would come out too sure. */
static nz_status fit_folds(fitting *f, fit_problem *p, float *weights, float *x, nz_error *err)
{
    nz_trainer *t = f->t;
    trainer_head *head = &t->heads[f->head];
    uint32_t lanes = fit_lanes(p);
    nz_allocator memory = memory_default();
    size_t room = (size_t)head->row_count * lanes;
    float *z = memory_new(&memory, room, sizeof *z);
    head->held = keep_zero(t, room, sizeof *head->held);
    nz_status status = z == NULL || head->held == NULL ? status_no_memory(err) : NZ_OK;
    fit_set_iterations(p, t->fit.max_iterations * 2 / 3 + 1);
    for (uint32_t fold = 0; status == NZ_OK && fold < TRAINER_FOLDS; fold++) {
        role_weights(t, head, weights);
        for (uint32_t i = 0; i < head->row_count; i++) {
            if (in_fold(t, head, i, fold)) {
                weights[i] = 0.0f;
            }
        }
        memset(x, 0, fit_size(p) * sizeof *x);
        status = fit_train(p, weights, x, watch_fit, f, err);
        if (status == NZ_OK) {
            fit_score(p, x, z);
        }
        for (uint32_t i = 0; status == NZ_OK && i < head->row_count; i++) {
            if (in_fold(t, head, i, fold)) {
                memcpy(head->held + (size_t)i * lanes, z + (size_t)i * lanes, lanes * sizeof *z);
            }
        }
    }
    memory_free(&memory, z, room, sizeof *z);
    return status;
}

/* Fit one head in the group's space; the last time cross-fit as well, when it needs that. */
static nz_status fit_head(fitting *f, bool last, nz_error *err)
{
    nz_trainer *t = f->t;
    trainer_head *head = &t->heads[f->head];
    nz_allocator memory = memory_default();
    fit_problem *p = NULL;
    fit_options options = t->fit;
    if (!last) {
        /* Enough to see which features count; what is kept is fitted to the end. */
        options.max_iterations = options.max_iterations / 3 + 1;
    }
    NZ_TRY(fit_problem_new(&p, &t->matrix, &t->rows, t->g, &f->g->space,
                           uses_vectors(t, head) ? &t->embedding : NULL, f->head, head->rows,
                           head->row_count, &options, t->team, err));
    float *x = memory_new_zero(&memory, fit_size(p), sizeof *x);
    float *weights = memory_new(&memory, head->row_count, sizeof *weights);
    nz_status status = x == NULL || weights == NULL ? status_no_memory(err) : NZ_OK;
    if (status == NZ_OK) {
        start_from(f->g, head->first_lane, p, x);
        role_weights(t, head, weights);
        status = fit_train(p, weights, x, watch_fit, f, err);
    }
    if (status == NZ_OK) {
        take_solution(t, f->g, f->head, p, x);
    }
    if (status == NZ_OK && last && head->folds != 0) {
        f->stage = "cross-fit";
        status = fit_folds(f, p, weights, x, err);
    }
    memory_free(&memory, weights, head->row_count, sizeof *weights);
    memory_free(&memory, x, fit_size(p), sizeof *x);
    fit_problem_free(p);
    return status;
}

static nz_status fit_group(nz_trainer *t, uint32_t number, const char *stage, bool last,
                           nz_error *err)
{
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        if (t->heads[h].trained && t->heads[h].group == number) {
            fitting f = {t, &t->groups[number], h, stage};
            NZ_TRY(fit_head(&f, last, err));
        }
    }
    return NZ_OK;
}

/* ---- pruning ---------------------------------------------------------------------------------------- */

typedef struct ranked {
    double worth;
    uint32_t feature;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->worth != y->worth) {
        return x->worth > y->worth ? -1 : 1;
    }
    return (x->feature > y->feature) - (x->feature < y->feature);
}

/* How much the answers would move without a feature: comments * weight^2; a word of the
 * first group also carries a norm, without which its comments would be scaled wrongly. */
static void rank(const nz_trainer *t, const trainer_group *g, bool first, ranked *list)
{
    static const double norm_worth = 1e-3;
    for (uint32_t f = 0; f < g->space.count; f++) {
        double top = 0.0, comments = (double)g->comments[g->space.feature[f]];
        for (uint32_t k = 0; k < g->lanes; k++) {
            double w = (double)g->weights[(size_t)f * g->lanes + k];
            top = w * w > top ? w * w : top;
        }
        list[f] = (ranked){comments * top, f};
    }
    for (uint32_t i = 0; first && i < t->matrix.tokens.count; i++) {
        if (matrix_token_at(&t->matrix, i)->count == 0) {
            continue;
        }
        uint32_t word = matrix_token_features(&t->matrix, i)[0];
        uint32_t local = g->space.local[word];
        if (local != NZ_NONE) {
            double comments = (double)t->all_comments[word];
            double off = (127.0 - select_norm(t->all_comments[word], t->comment_count)) / 32.0;
            double worth = norm_worth * comments * off * off;
            list[local].worth = list[local].worth > worth ? list[local].worth : worth;
        }
    }
    qsort(list, g->space.count, sizeof *list, compare_ranked);
}

/* Narrow the space to max_rows features and carry their weights over. */
static nz_status prune(nz_trainer *t, trainer_group *g, bool first, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t before = g->space.count;
    ranked *list = memory_new(&memory, before, sizeof *list);
    uint8_t *keep = memory_new_zero(&memory, before, 1);
    nz_status status = list == NULL || keep == NULL ? status_no_memory(err) : NZ_OK;
    if (status == NZ_OK) {
        rank(t, g, first, list);
        for (uint32_t i = 0; i < g->max_rows && i < before; i++) {
            keep[list[i].feature] = 1;
        }
        space narrow;
        status = select_narrow(&narrow, &g->space, keep, err);
        uint32_t at = 0;
        for (uint32_t f = 0; status == NZ_OK && f < before; f++) {
            if (keep[f]) {
                memmove(g->weights + (size_t)at++ * g->lanes, g->weights + (size_t)f * g->lanes,
                        g->lanes * sizeof *g->weights);
            }
        }
        if (status == NZ_OK) {
            space_free(&g->space);
            g->space = narrow;
        }
    }
    memory_free(&memory, list, before, sizeof *list);
    memory_free(&memory, keep, before, 1);
    return status;
}

/* ---- a group, and all of them ------------------------------------------------------------------------- */

static void scale_rows(nz_trainer *t)
{
    select_scale_rows(&t->matrix, &t->groups[0].space, t->all_comments, t->comment_count,
                      SELECT_NORM_FLOOR, t->team, t->g);
}

static nz_status learn_group(nz_trainer *t, uint32_t number, nz_error *err)
{
    trainer_group *g = &t->groups[number];
    g->weights = keep_zero(t, (size_t)g->space.count * g->lanes, sizeof *g->weights);
    g->rating = keep_zero(t, (size_t)EXTRACT_RATING_BINS * g->lanes, sizeof *g->rating);
    g->channel = keep_zero(t, (size_t)t->taxonomy.rules.channel_count * g->lanes,
                           sizeof *g->channel);
    g->bias = keep_zero(t, g->lanes, sizeof *g->bias);
    if (g->weights == NULL || g->rating == NULL || g->channel == NULL || g->bias == NULL) {
        return status_no_memory(err);
    }
    if (g->space.count > g->max_rows) {
        NZ_TRY(fit_group(t, number, "fit", false, err));
        if (!trainer_tell(t, "prune", NULL, -1.0, 0, 0.0)) {
            return trainer_cancelled(err);
        }
        NZ_TRY(prune(t, g, number == 0, err));
        if (number == 0) {
            scale_rows(t);
        }
        NZ_TRY(fit_group(t, number, "fit again", true, err));
    } else {
        NZ_TRY(fit_group(t, number, "fit", true, err));
    }
    return quantise_rows(&g->rows, &t->matrix, &g->space, g->weights, g->lanes, number == 0,
                         t->all_comments, t->comment_count, err);
}

static nz_status learn_vectors(nz_trainer *t, nz_error *err)
{
    bool wanted = false;
    for (uint32_t h = 0; h < t->taxonomy.head_count; h++) {
        wanted = wanted || uses_vectors(t, &t->heads[h]);
    }
    if (!wanted) {
        return NZ_OK;
    }
    if (!trainer_tell(t, "vectors", NULL, -1.0, 0, 0.0)) {
        return trainer_cancelled(err);
    }
    embed_options how = {t->options.vectors, VECTOR_COMMENTS, vector_strength, t->options.seed};
    return embed_learn(&t->embedding, &t->matrix, &t->rows, t->all_comments, t->comment_count,
                       &how, t->team, err);
}

nz_status trainer_learn(nz_trainer *t, nz_error *err)
{
    t->all_comments = keep_zero(t, t->matrix.features.count, sizeof *t->all_comments);
    t->g = keep_zero(t, t->matrix.row_count, sizeof *t->g);
    if (t->all_comments == NULL || t->g == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t i = 0; i < t->matrix.row_count; i++) {
        t->comment_count += !rows_at(&t->rows, i)->dev && !t->matrix.repeated[i];
    }
    NZ_TRY(select_count(&t->matrix, &t->rows, NULL, t->team, t->all_comments, err));
    NZ_TRY(learn_vectors(t, err));
    for (uint32_t i = 0; i < t->group_count; i++) {
        if (!trainer_tell(t, "select", NULL, (double)i / t->group_count, 0, 0.0)) {
            return trainer_cancelled(err);
        }
        NZ_TRY(find_candidates(t, &t->groups[i], i, err));
    }
    share_budget(t);
    scale_rows(t);
    for (uint32_t i = 0; i < t->group_count; i++) {
        NZ_TRY(learn_group(t, i, err));
    }
    return NZ_OK;
}
