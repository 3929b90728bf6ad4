/* evaluation.h - the state of a measurement, shared by evaluate.c (rows in), figures.c (the
 * numbers), report.c (JSON and Markdown) and compare.c (two models).
 *
 * It uses the public face of models only.  Nobody outside engine/train includes it.
 * Invariant: one record a row and head whose label is known. */
#ifndef NZ_TRAIN_EVALUATION_H
#define NZ_TRAIN_EVALUATION_H

#include "base/buffer.h"
#include "nazar/nazar_train.h"
#include "train/containers.h"
#include "train/gold.h"
#include "train/metrics.h"

/* One row of one head. */
typedef struct evaluation_record {
    uint32_t row;        /* number of the row, from 0 */
    uint32_t gold, said; /* labels; binary: GOLD_YES, GOLD_NO; multi: place in sets and p */
    float p;             /* of what was said */
    uint32_t source;     /* or NZ_NONE */
    uint8_t language;    /* nz_language */
} evaluation_record;

typedef struct evaluation_head {
    gold_head gold;       /* a binary head has the two labels X and "not X" here */
    uint32_t model_labels; /* as in the model */
    uint32_t model_head;
    array records;        /* evaluation_record */
    array sets;           /* multi: uint8_t, gold labels then said labels of each record */
    array probabilities;  /* multi: float, one a label of each record */
} evaluation_head;

struct nz_evaluation {
    const nz_model *model;
    nz_evaluation_options options;
    arena memory;
    evaluation_head *heads;
    uint32_t head_count;
    uint32_t sentiment, polarity, type; /* heads of these names, or NZ_NONE */
    array source_names;   /* const char * */
    uint64_t rows, labelled;
    buffer report;
};

/* ---- figures ------------------------------------------------------------------------- */

typedef struct interval {
    double low, high;
} interval;

/* Of a head on some of its records. */
typedef struct figures {
    uint32_t rows;
    double accuracy, macro_f1, micro_f1, ece;
    double majority_accuracy, majority_macro_f1;
    interval accuracy_interval, macro_f1_interval, ece_interval;
    metrics_counts *labels; /* [labels] */
    uint32_t *label_rows;   /* [labels] gold rows */
    uint32_t *confusion;    /* [labels][labels] gold x said; NULL for a multi head */
} figures;

/* records [count] are numbers of head->records.  Everything lies in memory. */
NZ_NODISCARD nz_status figures_find(figures *out, const evaluation_head *head,
                                    const uint32_t *records, uint32_t count, uint32_t resamples,
                                    uint64_t seed, arena *memory, nz_error *err);
/* Macro-F1 of records (repetitions allowed), for resampling; counts [labels] is scratch. */
double figures_macro_f1(const evaluation_head *head, const uint32_t *records, uint32_t count,
                        metrics_counts *counts);
/* Was the record answered right?  Multi: all labels. */
bool figures_right(const evaluation_head *head, uint32_t record);

/* Numbers of the records in a language (or -1) and source (or NZ_NONE): list [all]. */
uint32_t figures_slice(const evaluation_head *head, int language, uint32_t source,
                       uint32_t *list);

/* ---- text ------------------------------------------------------------------------------ */

/* printf to the end of the report; NZ_E_MEMORY. */
NZ_NODISCARD nz_status report_print(buffer *out, const char *format, ...) NZ_PRINTF(2, 3);

#endif
