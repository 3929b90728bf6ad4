/* metrics.c - see metrics.h.  It must not know what is counted.
 * Invariant: no figure depends on the order of rows. */
#include "train/metrics.h"

#include <math.h>

static double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : NAN;
}

double metrics_precision(metrics_counts c)
{
    return ratio(c.tp, c.tp + c.fp);
}

double metrics_recall(metrics_counts c)
{
    return ratio(c.tp, c.tp + c.fn);
}

double metrics_f1(metrics_counts c)
{
    return ratio(2.0 * c.tp, 2.0 * c.tp + c.fp + c.fn);
}

double metrics_macro_f1(const metrics_counts *counts, uint32_t labels)
{
    double sum = 0.0, seen = 0.0;
    for (uint32_t k = 0; k < labels; k++) {
        if (counts[k].tp + counts[k].fn > 0.0) {
            sum += metrics_f1(counts[k]);
            seen += 1.0;
        }
    }
    return ratio(sum, seen);
}

double metrics_binary_macro_f1(metrics_counts yes, double rows)
{
    /* What is no error of yes is right for no; its errors change places. */
    metrics_counts both[2] = {yes, {rows - yes.tp - yes.fp - yes.fn, yes.fn, yes.fp}};
    return metrics_macro_f1(both, 2);
}

double metrics_micro_f1(const metrics_counts *counts, uint32_t labels)
{
    metrics_counts all = {0, 0, 0};
    for (uint32_t k = 0; k < labels; k++) {
        all.tp += counts[k].tp;
        all.fp += counts[k].fp;
        all.fn += counts[k].fn;
    }
    return metrics_f1(all);
}

void metrics_reliability_add(metrics_reliability *m, double p, double right, double weight)
{
    int bin = (int)(p * METRICS_BINS);
    bin = bin < 0 ? 0 : bin >= METRICS_BINS ? METRICS_BINS - 1 : bin;
    m->rows[bin] += weight;
    m->confidence[bin] += weight * p;
    m->right[bin] += weight * right;
}

double metrics_ece(const metrics_reliability *m)
{
    double off = 0.0, all = 0.0;
    for (int b = 0; b < METRICS_BINS; b++) {
        off += fabs(m->confidence[b] - m->right[b]);
        all += m->rows[b];
    }
    return ratio(off, all);
}

void metrics_mcnemar(uint64_t b, uint64_t c, double *exact, double *mid_p)
{
    uint64_t n = b + c, low = b < c ? b : c;
    if (n == 0) {
        *exact = *mid_p = 1.0;
        return;
    }
    /* Binomial(n, 1/2): sum of the probabilities of 0 .. low, in logarithms. */
    double tail = 0.0, at_low = 0.0;
    for (uint64_t k = 0; k <= low; k++) {
        at_low = exp(lgamma((double)n + 1.0) - lgamma((double)k + 1.0) -
                     lgamma((double)(n - k) + 1.0) - (double)n * log(2.0));
        tail += at_low;
    }
    *exact = fmin(1.0, 2.0 * tail);
    *mid_p = fmin(1.0, 2.0 * tail - at_low);
}

uint64_t metrics_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t metrics_random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(((metrics_random(state) >> 32) * n) >> 32);
}

double metrics_quantile(const double *sorted, uint32_t n, double q)
{
    if (n == 0) {
        return NAN;
    }
    double at = q * (double)(n - 1);
    uint32_t low = (uint32_t)at;
    uint32_t high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}
