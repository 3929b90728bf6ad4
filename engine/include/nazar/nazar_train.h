/** nazar_train.h - train a model from labelled comments, and measure one.
 *
 *  A separate library (nazar_train, over OpenBLAS); programs that only classify do not
 *  need it.  The calls and structs here may still change between minor versions.
 *
 *  Training: nz_trainer_new(), nz_trainer_add() for every row, nz_trainer_fit(), read the
 *  report, nz_trainer_save().  Measuring: nz_evaluation_new(), nz_evaluation_add() for every
 *  row, nz_evaluation_markdown() or _json().  Conventions are those of nazar.h; a handle is
 *  used by one thread at a time, the trainer starts threads of its own while it fits. */
#ifndef NAZAR_NAZAR_TRAIN_H
#define NAZAR_NAZAR_TRAIN_H

#include "nazar/nazar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Labelled rows --------------------------------------------------------- */

/** What is known of one head.  Strings need not end in NUL.
 *  single: the label's name ("" means its "none" label when the row names another label).
 *  multi:  names separated by ';'; "" or "none" means that none of them applies.
 *  binary: true, false, 1, 0, yes, no, or the label's name. */
typedef struct nz_gold {
    const char *head;
    const char *value;
    size_t value_len;
} nz_gold;

/** One comment and what people said of it.  Everything is copied.  NULL means unknown. */
typedef struct nz_row {
    uint32_t struct_size;
    uint32_t gold_count;
    const nz_gold *gold; /* heads that are missing are not trained or measured on this row */
    const char *text;
    size_t text_len;
    double rating, rating_max; /* negative: unknown */
    const char *channel;
    const char *split;    /* "train", "dev"; another name ("test") is left out of training */
    const char *source;   /* rows of one source share their label shares; never in the model */
    const char *drawn;    /* "random": drawn as comments come; calibration goes by these */
    const char *language; /* of the row, for reports; NULL: as the engine finds it */
    double weight;        /* 0 is allowed; negative: 1 */
    uint64_t number;      /* for messages: the row's number in its file; 0: count them */
} nz_row;
#define NZ_ROW_INIT \
    {(uint32_t)sizeof(nz_row), 0, NULL, NULL, 0, -1.0, -1.0, NULL, NULL, NULL, NULL, NULL, -1.0, 0}

/* ---- Training -------------------------------------------------------------- */

typedef struct nz_trainer nz_trainer;

typedef struct nz_trainer_options {
    uint32_t struct_size;
    uint32_t threads;         /* 0: one per processor; the model does not depend on it */
    const char *taxonomy;     /* path of taxonomy.json; needed */
    const char *lexicons;     /* folder of the tables, or NULL: none */
    const char *probes;       /* folder of *.txt, or NULL: none */
    uint64_t seed;
    double l2;                /* strength of the prior; 0: the default */
    double class_weight;      /* 0: as they come, 1: every label weighs the same in sum */
    uint64_t max_bytes;       /* of the model file; 0: 23.5 MB */
    uint32_t max_features;    /* candidates of one group of heads; 0: the default */
    uint32_t min_comments;    /* different comments behind a kept word; 0: 2 */
    uint32_t min_comments_ngram; /* the same for n-grams and pairs; 0: 5 */
    uint32_t max_iterations;  /* of one fit; 0: the default */
    uint32_t vectors;         /* dimensions of word vectors, learnt from all rows for heads that
                               * few of them know; 0: none */
} nz_trainer_options;
#define NZ_TRAINER_OPTIONS_INIT \
    {(uint32_t)sizeof(nz_trainer_options), 0, NULL, NULL, NULL, 1, 0.0, 0.0, 0, 0, 0, 0, 0, 100}

/** Read taxonomy, lexicons and probes.
 *  @return NZ_OK, NZ_E_ARGUMENT, NZ_E_IO, NZ_E_DATA (with file and line), NZ_E_RULE_SYNTAX,
 *  NZ_E_MEMORY. */
NZ_API nz_status nz_trainer_new(nz_trainer **out, const nz_trainer_options *opts, nz_error *err);
NZ_API void nz_trainer_free(nz_trainer *trainer);

/** Name of a head of the taxonomy, NULL past the last: the columns that labels may have. */
NZ_API const char *nz_trainer_head_name(const nz_trainer *trainer, uint32_t head);

/** Add a row.  NZ_E_DATA names the row's number, what is wrong and what is allowed. */
NZ_API nz_status nz_trainer_add(nz_trainer *trainer, const nz_row *row, nz_error *err);
/** Note a file in the model's provenance: its name without folders, size and CRC-32C. */
NZ_API nz_status nz_trainer_note_input(nz_trainer *trainer, const char *path, nz_error *err);

typedef struct nz_train_progress {
    uint32_t struct_size;
    uint32_t iteration;   /* of the solver; 0 outside of it */
    const char *stage;    /* "read", "vectors", "select", "fit", "prune", "calibrate", "check" */
    const char *head;     /* being fitted, or NULL */
    double done;          /* 0..1 of this stage, or negative: unknown */
    double loss;          /* per row */
} nz_train_progress;
/** Return non-zero to stop with NZ_E_CANCELLED. */
typedef int (*nz_train_callback)(void *payload, const nz_train_progress *progress);

/** Fit every head that has rows.  callback may be NULL; it runs on the calling thread.
 *  @return NZ_OK, NZ_E_DATA (no rows, one class only ...), NZ_E_CANCELLED, NZ_E_MEMORY. */
NZ_API nz_status nz_trainer_fit(nz_trainer *trainer, nz_train_callback callback, void *payload,
                                nz_error *err);

/** One head after nz_trainer_fit().  Scores are those of the held-out rows, or by
 *  cross-fitting when there are none; NaN when there was nothing to measure. */
typedef struct nz_head_report {
    const char *name;
    uint32_t label_count;
    uint32_t train_rows, dev_rows;
    uint32_t cross_fitted;  /* folds, or 0 */
    uint32_t features;      /* rows kept in its group */
    double accuracy, macro_f1, majority_accuracy, calibration_error;
    double quantised_agreement; /* rows with the same answer before and after rounding */
} nz_head_report;
typedef struct nz_label_report {
    const char *name;
    uint32_t train_rows, dev_rows;
    double precision, recall, f1;
} nz_label_report;
/** NULL past the last.  Borrowed until the trainer is freed. */
NZ_API const nz_head_report *nz_trainer_head_report(const nz_trainer *trainer, uint32_t index);
NZ_API const nz_label_report *nz_trainer_label_report(const nz_trainer *trainer, uint32_t index,
                                                      uint32_t label);
/** Plain-language remarks ("type: 3 rows say nps ..."), NULL past the last. */
NZ_API const char *nz_trainer_remark(const nz_trainer *trainer, uint32_t index);

/** Write the model beside path, reopen it, prove that it answers like the model in memory,
 *  then rename it to path.
 *  @return NZ_OK, NZ_E_IO, NZ_E_LIMIT (over max_bytes), NZ_E_MODEL_*, NZ_E_INTERNAL. */
NZ_API nz_status nz_trainer_save(nz_trainer *trainer, const char *path, nz_error *err);

/* ---- Evaluation ------------------------------------------------------------- */

typedef struct nz_evaluation nz_evaluation;

typedef struct nz_evaluation_options {
    uint32_t struct_size;
    uint32_t resamples;   /* of the bootstrap; 0: 1,000 */
    uint64_t seed;
    uint32_t by_source;   /* non-zero: a part for every source */
    uint32_t reserved;
} nz_evaluation_options;
#define NZ_EVALUATION_OPTIONS_INIT {(uint32_t)sizeof(nz_evaluation_options), 0, 1, 0, 0}

/** model is borrowed and must outlive the evaluation. */
NZ_API nz_status nz_evaluation_new(nz_evaluation **out, const nz_model *model,
                                   const nz_evaluation_options *opts, nz_error *err);
NZ_API void nz_evaluation_free(nz_evaluation *evaluation);
/** Add a row with the model's answer to it (from nz_session_classify()).
 *  Heads that the model does not have are passed over.  NZ_E_DATA as nz_trainer_add(). */
NZ_API nz_status nz_evaluation_add(nz_evaluation *evaluation, const nz_row *row,
                                   const nz_result *result, nz_error *err);
/** Rows added, and of them those with a label of any head. */
NZ_API uint64_t nz_evaluation_rows(const nz_evaluation *evaluation, uint64_t *labelled);
/** The report; *out is NUL-terminated and borrowed until the next report or free. */
NZ_API nz_status nz_evaluation_markdown(nz_evaluation *evaluation, const char **out, size_t *len,
                                        nz_error *err);
NZ_API nz_status nz_evaluation_json(nz_evaluation *evaluation, const char **out, size_t *len,
                                    nz_error *err);

typedef enum nz_verdict {
    NZ_VERDICT_SAME = 0,   /* no head differs beyond chance */
    NZ_VERDICT_BETTER = 1, /* the second is better in some head and worse in none */
    NZ_VERDICT_WORSE = 2   /* the second is worse in some head */
} nz_verdict;
/** Compare two models on the same rows, added to both in the same order: McNemar's test
 *  (mid-p; exact) and the paired bootstrap of macro-F1, at the 5% level.
 *  *out belongs to first and is borrowed like a report. */
NZ_API nz_status nz_evaluation_compare(nz_evaluation *first, const nz_evaluation *second,
                                       nz_verdict *verdict, const char **out, size_t *len,
                                       nz_error *err);

#ifdef __cplusplus
}
#endif
#endif /* NAZAR_NAZAR_TRAIN_H */
