/* calibrate.c - see calibrate.h.  It must not know where scores come from.
 * Invariant: the same rows give the same map. */
#include "train/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/lbfgs.h"
#include "numeric/logistic.h"

/* Strength of the priors in rows: the pooled map near (1, 0), a language near the pooled. */
static const double pooled_strength = 2.0;
static const double language_strength = 20.0;
/* A language with less weight than this keeps the pooled map. */
static const double least_weight = 30.0;
/* Bounds of a threshold, and the least positives that may move one. */
static const double threshold_low = 0.25, threshold_high = 0.6;
enum { LEAST_POSITIVES = 10, ALL_LANGUAGES = MODEL_LANGUAGES };

/* x = (ln slope, intercepts) */
typedef struct problem {
    const calibration_rows *in;
    uint32_t language; /* or ALL_LANGUAGES */
    double strength;
    const float *centre; /* [1 + lanes] */
    float *z;            /* [lanes] */
} problem;

static double evaluate(void *context, const float *x, float *g)
{
    const problem *p = context;
    const calibration_rows *in = p->in;
    double slope = exp((double)x[0]), loss = 0.0, slope_gradient = 0.0;
    double gradient[MODEL_MAX_LABELS] = {0};
    for (uint32_t r = 0; r < in->count; r++) {
        if (p->language != ALL_LANGUAGES && in->language[r] != p->language) {
            continue;
        }
        const float *z = in->z + (size_t)r * in->lanes;
        for (uint32_t k = 0; k < in->lanes; k++) {
            p->z[k] = (float)(slope * (double)z[k]) + x[1 + k];
        }
        loss += in->kind == NZ_HEAD_SINGLE
                    ? logistic_single(p->z, in->lanes, in->label[r], in->weight[r])
                    : logistic_independent(p->z, in->lanes, in->set + (size_t)r * in->lanes,
                                           in->weight[r], NULL);
        for (uint32_t k = 0; k < in->lanes; k++) {
            gradient[k] += (double)p->z[k];
            slope_gradient += (double)p->z[k] * slope * (double)z[k];
        }
    }
    for (uint32_t i = 0; i <= in->lanes; i++) {
        double off = (double)x[i] - (double)p->centre[i];
        loss += 0.5 * p->strength * off * off;
        g[i] = (float)((i == 0 ? slope_gradient : gradient[i - 1]) + p->strength * off);
    }
    return loss;
}

void calibration_reset(calibration *c, uint32_t lanes)
{
    for (uint32_t l = 0; l < MODEL_LANGUAGES; l++) {
        c->slopes[l] = 1.0f;
    }
    memset(c->intercepts, 0, (size_t)MODEL_LANGUAGES * lanes * sizeof *c->intercepts);
    for (uint32_t k = 0; k < lanes; k++) {
        c->thresholds[k] = 0.5f;
    }
}

static double weight_of(const calibration_rows *in, uint32_t language)
{
    double sum = 0.0;
    for (uint32_t r = 0; r < in->count; r++) {
        if (language == ALL_LANGUAGES || in->language[r] == language) {
            sum += (double)in->weight[r];
        }
    }
    return sum;
}

static void store(calibration *c, uint32_t lanes, uint32_t language, const float *x)
{
    c->slopes[language] = (float)exp((double)x[0]);
    memcpy(c->intercepts + (size_t)language * lanes, x + 1, lanes * sizeof *x);
}

static nz_status fit_all(calibration *c, const calibration_rows *in, float *block, nz_error *err)
{
    uint32_t n = in->lanes + 1;
    float *pooled = block, *x = block + n, *zero = block + 2 * n;
    problem p = {in, ALL_LANGUAGES, pooled_strength, zero, block + 3 * n};
    lbfgs_options options = lbfgs_default_options();
    options.past_tolerance = 1e-8;
    NZ_TRY(lbfgs_minimise(n, pooled, evaluate, NULL, &p, &options, NULL, err));
    p.centre = pooled;
    p.strength = language_strength;
    for (uint32_t l = 0; l < MODEL_LANGUAGES; l++) {
        memcpy(x, pooled, n * sizeof *x);
        p.language = l;
        if (weight_of(in, l) >= least_weight) {
            NZ_TRY(lbfgs_minimise(n, x, evaluate, NULL, &p, &options, NULL, err));
        }
        store(c, in->lanes, l, x);
    }
    return NZ_OK;
}

nz_status calibration_fit(calibration *c, const calibration_rows *in, nz_error *err)
{
    nz_allocator memory = memory_default();
    calibration_reset(c, in->lanes);
    if (weight_of(in, ALL_LANGUAGES) < least_weight) {
        return NZ_OK; /* too little to say anything */
    }
    size_t room = 4 * ((size_t)in->lanes + 1);
    float *block = memory_new_zero(&memory, room, sizeof *block);
    if (block == NULL) {
        return status_no_memory(err);
    }
    nz_status status = fit_all(c, in, block, err);
    memory_free(&memory, block, room, sizeof *block);
    return status;
}

void calibration_apply(const calibration *c, nz_head_kind kind, uint32_t lanes, const float *z,
                       uint8_t language, double *p)
{
    double slope = (double)c->slopes[language];
    const float *intercept = c->intercepts + (size_t)language * lanes;
    for (uint32_t k = 0; k < lanes; k++) {
        double t = slope * (double)z[k] + (double)intercept[k];
        p[k] = kind == NZ_HEAD_SINGLE ? t : logistic_sigmoid(t);
    }
    if (kind == NZ_HEAD_SINGLE) {
        logistic_softmax(p, lanes);
    }
}

/* ---- thresholds ------------------------------------------------------------------------------ */

typedef struct scored {
    double p;
    float weight;
    uint32_t row;
    bool positive;
} scored;

static int compare_scored(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->p != y->p) {
        return x->p > y->p ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

/* The middle of the gap below the place where F1 = 2 tp / (2 tp + fp + fn) is best. */
static double best_threshold(const scored *list, uint32_t count)
{
    double positives = 0.0, tp = 0.0, fp = 0.0, best = -1.0, at = 0.5;
    for (uint32_t i = 0; i < count; i++) {
        positives += list[i].positive ? (double)list[i].weight : 0.0;
    }
    for (uint32_t i = 0; i < count; i++) {
        tp += list[i].positive ? (double)list[i].weight : 0.0;
        fp += list[i].positive ? 0.0 : (double)list[i].weight;
        double next = i + 1 < count ? list[i + 1].p : 0.0;
        double f1 = 2.0 * tp / (tp + fp + positives);
        if (list[i].p > next && f1 > best) {
            best = f1;
            at = 0.5 * (list[i].p + next);
        }
    }
    return at < threshold_low ? threshold_low : at > threshold_high ? threshold_high : at;
}

nz_status calibration_thresholds(calibration *c, const calibration_rows *in, nz_error *err)
{
    nz_allocator memory = memory_default();
    scored *list = memory_new(&memory, in->count, sizeof *list);
    double *p = memory_new(&memory, (size_t)in->count * in->lanes, sizeof *p);
    nz_status status = list == NULL || p == NULL ? status_no_memory(err) : NZ_OK;
    for (uint32_t r = 0; status == NZ_OK && r < in->count; r++) {
        size_t at = (size_t)r * in->lanes;
        calibration_apply(c, in->kind, in->lanes, in->z + at, in->language[r], p + at);
    }
    for (uint32_t k = 0; status == NZ_OK && in->kind != NZ_HEAD_SINGLE && k < in->lanes; k++) {
        uint32_t positives = 0;
        for (uint32_t r = 0; r < in->count; r++) {
            size_t at = (size_t)r * in->lanes + k;
            list[r] = (scored){p[at], in->weight[r], r, in->set[at] != 0};
            positives += in->set[at];
        }
        if (positives >= LEAST_POSITIVES) {
            qsort(list, in->count, sizeof *list, compare_scored);
            c->thresholds[k] = (float)best_threshold(list, in->count);
        }
    }
    memory_free(&memory, list, in->count, sizeof *list);
    memory_free(&memory, p, (size_t)in->count * in->lanes, sizeof *p);
    return status;
}
