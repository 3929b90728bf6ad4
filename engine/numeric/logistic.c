/* logistic.c - see logistic.h.  It must not know where scores come from.
 * Invariant: the maximum is subtracted before any exp. */
#include "numeric/logistic.h"

#include <math.h>
#include <stddef.h>

double logistic_sigmoid(double z)
{
    if (z >= 0.0) {
        return 1.0 / (1.0 + exp(-z));
    }
    double e = exp(z);
    return e / (1.0 + e);
}

void logistic_softmax(double *z, uint32_t lanes)
{
    double top = z[0], sum = 0.0;
    for (uint32_t k = 1; k < lanes; k++) {
        top = z[k] > top ? z[k] : top;
    }
    for (uint32_t k = 0; k < lanes; k++) {
        z[k] = exp(z[k] - top);
        sum += z[k];
    }
    for (uint32_t k = 0; k < lanes; k++) {
        z[k] /= sum;
    }
}

double logistic_single(float *z, uint32_t lanes, uint32_t label, float weight)
{
    /* loss = log sum exp(z - top) - (z_label - top) */
    float top = z[0], sum = 0.0f;
    for (uint32_t k = 1; k < lanes; k++) {
        top = z[k] > top ? z[k] : top;
    }
    float chosen = z[label] - top;
    for (uint32_t k = 0; k < lanes; k++) {
        z[k] = expf(z[k] - top);
        sum += z[k];
    }
    float factor = weight / sum;
    for (uint32_t k = 0; k < lanes; k++) {
        z[k] *= factor;
    }
    z[label] -= weight;
    return (double)weight * (log((double)sum) - (double)chosen);
}

double logistic_independent(float *z, uint32_t lanes, const uint8_t *y, float weight,
                            const float *lane_weight)
{
    double loss = 0.0;
    for (uint32_t k = 0; k < lanes; k++) {
        float w = lane_weight == NULL ? weight : weight * lane_weight[2 * k + (y[k] != 0)];
        /* With m = z for y = 0 and -z for y = 1: loss = log(1 + exp(m)). */
        float m = y[k] ? -z[k] : z[k];
        float e = expf(-fabsf(m));
        loss += (double)w * ((m > 0.0f ? (double)m : 0.0) + log1p((double)e));
        float wrong = m > 0.0f ? 1.0f / (1.0f + e) : e / (1.0f + e);
        z[k] = y[k] ? -wrong * w : wrong * w;
    }
    return loss;
}
