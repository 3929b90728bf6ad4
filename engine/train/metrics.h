/* metrics.h - counts of right and wrong, and the figures made from them.
 *
 * It must not know rows, models or formats.
 * Invariant: a figure without a denominator is NaN, never 0 in disguise. */
#ifndef NZ_TRAIN_METRICS_H
#define NZ_TRAIN_METRICS_H

#include <stddef.h>
#include <stdint.h>

/* Of one label. */
typedef struct metrics_counts {
    double tp, fp, fn;
} metrics_counts;

double metrics_precision(metrics_counts c);
double metrics_recall(metrics_counts c);
/* 2 tp / (2 tp + fp + fn); NaN when nobody says the label and nothing holds it. */
double metrics_f1(metrics_counts c);
/* Mean F1 of the labels that have rows (tp + fn > 0); NaN when there is none. */
double metrics_macro_f1(const metrics_counts *counts, uint32_t labels);
/* Mean F1 of yes and no, from the counts of yes and the number of rows. */
double metrics_binary_macro_f1(metrics_counts yes, double rows);
/* F1 of all labels pooled. */
double metrics_micro_f1(const metrics_counts *counts, uint32_t labels);

/* Expected calibration error: 15 equal bins of confidence p, |mean p - share right| weighed
 * by rows (Guo et al. 2017, equation 3). */
enum { METRICS_BINS = 15 };
typedef struct metrics_reliability {
    double rows[METRICS_BINS], confidence[METRICS_BINS], right[METRICS_BINS];
} metrics_reliability;
void metrics_reliability_add(metrics_reliability *m, double p, double right, double weight);
double metrics_ece(const metrics_reliability *m);

/* McNemar's test on discordant pairs: b rows only the first gets right, c only the second.
 * Exact two-sided binomial p, and its mid-p (Fagerland et al. 2013). */
void metrics_mcnemar(uint64_t b, uint64_t c, double *exact, double *mid_p);

/* Small, seeded, the same everywhere (SplitMix64, Steele et al. 2014). */
uint64_t metrics_random(uint64_t *state);
/* Uniform in 0 .. n - 1. */
uint32_t metrics_random_below(uint64_t *state, uint32_t n);
/* The value below which the share q of the sorted values lies, interpolated. */
double metrics_quantile(const double *sorted, uint32_t n, double q);

#endif
