/* trainer.h - the state that the stages of a training run share.  The stages, in order:
 *   plan.c     which heads are trained, on which rows, what is held out
 *   learn.c    a group of heads: select, fit, prune to the budget, fit again, round
 *   judge.c    calibrate every head on held-out rows and measure it
 *   content.c  the description of the model file, its probes and provenance
 *   run.c      the public doors
 * Nobody outside engine/train includes it.
 * Invariant: what a stage leaves here is whole; a failed stage leaves nothing to save. */
#ifndef NZ_TRAIN_TRAINER_H
#define NZ_TRAIN_TRAINER_H

#include "base/buffer.h"
#include "train/calibrate.h"
#include "train/fit.h"
#include "train/lexicons.h"
#include "train/quantise.h"

enum { TRAINER_FOLDS = 5 };

typedef struct trainer_input {
    const char *name; /* without folders */
    uint64_t size;
    uint32_t crc;
} trainer_input;

typedef struct trainer_head {
    bool trained;
    uint32_t group, first_lane;  /* where its lanes lie */
    uint32_t *rows;              /* [row_count] numbers of the rows that know it */
    uint32_t row_count;
    uint8_t *role;               /* [row_count] trainer_role */
    uint32_t *label_train, *label_dev; /* [labels] rows that hold each */
    uint32_t folds;              /* 0: scores are those of dev rows */
    bool folds_drawn_only;       /* rows of unknown drawing always train: too many to refit on */
    float *held;                 /* [row_count][labels] cross-fitted scores, when folds */
    calibration calibration;
    nz_head_report report;
    nz_label_report *labels;
} trainer_head;

typedef enum trainer_role {
    ROLE_TRAIN = 0,
    ROLE_HELD = 1,   /* for calibration and scores */
    ROLE_UNUSED = 2  /* held out, but repeats a training comment */
} trainer_role;

typedef struct trainer_group {
    const char *name;
    uint32_t lanes;
    uint64_t row_count;  /* labelled rows of its heads */
    uint8_t *use;        /* [rows] of the matrix: does a head of it know the row? */
    uint32_t *comments;  /* [features of the matrix] in this group's comments */
    uint32_t max_rows;   /* what the budget leaves it */
    space space;
    float *weights;      /* [space.count][lanes] */
    float *rating;       /* [EXTRACT_RATING_BINS][lanes] */
    float *channel;      /* [channels][lanes] */
    float *bias;         /* [lanes] */
    quantised rows;
} trainer_group;

struct nz_trainer {
    nz_trainer_options options; /* with the defaults filled in; paths are not kept */
    fit_options fit;
    taxonomy taxonomy;
    buffer lexicon_block, rule_block;
    lexicon *lexicon;
    rules *rules;
    lexicons_count lexicon_count;
    remarks remarks;
    rows rows;
    array inputs;       /* trainer_input */
    array probe_texts;  /* trainer_probe */
    arena memory;       /* what lives as long as the trainer */
    team *team;
    matrix matrix;
    uint32_t *all_comments; /* [features of the matrix] */
    uint32_t comment_count; /* different training comments */
    double *g;              /* [rows] */
    embedding embedding;    /* of all training comments */
    trainer_head *heads;    /* [taxonomy.head_count] */
    trainer_group *groups;  /* [group_count], that with the most rows first */
    uint32_t group_count;
    bool fitted;
    nz_train_callback callback; /* of the nz_trainer_fit() under way */
    void *payload;
    nz_train_progress progress;
};

typedef struct trainer_probe {
    const char *text;
    uint32_t len;
} trainer_probe;

/* Tell the caller; false when it asks to stop. */
bool trainer_tell(nz_trainer *t, const char *stage, const char *head, double done,
                  uint32_t iteration, double loss);
nz_status trainer_cancelled(nz_error *err);

NZ_NODISCARD nz_status trainer_plan(nz_trainer *t, nz_error *err);
NZ_NODISCARD nz_status trainer_learn(nz_trainer *t, nz_error *err);
NZ_NODISCARD nz_status trainer_judge(nz_trainer *t, nz_error *err);
NZ_NODISCARD nz_status trainer_write(nz_trainer *t, buffer *out, nz_error *err);

/* Is row i of the head left out of one fold, and measured by it? */
static inline bool trainer_cross_fitted(const nz_trainer *t, const trainer_head *head, uint32_t i)
{
    return head->folds != 0 && head->role[i] == ROLE_TRAIN &&
           (!head->folds_drawn_only ||
            rows_at(&t->rows, head->rows[i])->drawn != ROWS_DRAWN_UNKNOWN);
}

/* Logits of a head's rows by the rounded weights: z [row_count][labels]. */
NZ_NODISCARD nz_status trainer_score(nz_trainer *t, uint32_t head, float *z, nz_error *err);

#endif
