/* calibrate.h - from scores to honest probabilities: an affine map by head and language,
 * and the threshold of every label, both from rows that the weights have not seen.
 *
 *   calibrated[k] = slope[language] * z[k] + intercept[language][k]
 *
 * minimises the log-loss under a prior that holds a language near all languages together,
 * and all languages near slope 1 and intercept 0: few rows move little.
 * It must not know features.  Invariant: every slope is positive and finite. */
#ifndef NZ_TRAIN_CALIBRATE_H
#define NZ_TRAIN_CALIBRATE_H

#include "model/model.h"

/* Held-out rows of one head. */
typedef struct calibration_rows {
    nz_head_kind kind;
    uint32_t lanes, count;
    const float *z;          /* [count][lanes] */
    const uint32_t *label;   /* [count] of a single head, else NULL */
    const uint8_t *set;      /* [count][lanes] of another, else NULL */
    const uint8_t *language; /* [count] */
    const float *weight;     /* [count] */
} calibration_rows;

typedef struct calibration {
    float *slopes;     /* [MODEL_LANGUAGES] */
    float *intercepts; /* [MODEL_LANGUAGES][lanes] */
    float *thresholds; /* [lanes] */
} calibration;

/* Slope 1, intercept 0, thresholds 0.5. */
void calibration_reset(calibration *c, uint32_t lanes);
/* Fit slopes and intercepts. */
NZ_NODISCARD nz_status calibration_fit(calibration *c, const calibration_rows *in, nz_error *err);
/* Thresholds that give each label its best F1, within bounds; 0.5 for a rare label. */
NZ_NODISCARD nz_status calibration_thresholds(calibration *c, const calibration_rows *in,
                                              nz_error *err);
/* Probabilities p [lanes] of one row. */
void calibration_apply(const calibration *c, nz_head_kind kind, uint32_t lanes, const float *z,
                       uint8_t language, double *p);

#endif
