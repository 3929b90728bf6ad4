/* session.h - what one thread keeps between comments, and the result that it lends out:
 * shared by the files of this room that read, score, answer and explain.
 *
 * It must not know the command.  Invariant: everything that a result points to belongs to
 * its session and stays until the session's next call. */
#ifndef NZ_PREDICT_SESSION_H
#define NZ_PREDICT_SESSION_H

#include "base/buffer.h"
#include "predict/memo.h"
#include "predict/score.h"

struct nz_result {
    const nz_model *model;
    uint32_t flags;
    nz_language language;
    double *calibrated;    /* [label_count], by label number (handle.h) */
    double *probs;         /* [label_count] */
    uint32_t *chosen;      /* [head_count]: label of a single head; 0 or NZ_NONE of a binary one */
    uint32_t *lists;       /* [label_count]: labels of a multi head that apply, at its base */
    uint32_t *list_counts; /* [head_count] */
    double score;
    const char *solicited;
    uint32_t team, priority;
    nz_band band;
    buffer why;            /* NUL-terminated once answered */
    buffer evidence;       /* nz_evidence[] */
    buffer clauses;        /* nz_clause[] */
};

struct nz_session {
    nz_allocator allocator;
    const nz_model *model;
    uint32_t flags;
    uint32_t max_text_bytes;
    double min_confidence;
    extractor *x;
    memo tokens;           /* the memo's younger half; empty with NZ_SESSION_NO_MEMO */
    memo older;            /* its older half: what is asked for again moves to the younger */
    memo overflow;         /* tokens of this comment that the memo does not hold */
    bool memo_full;        /* the halves change places before the next comment */
    arena tables;          /* the fixed arrays below and in result */
    score_scratch scratch;
    uint64_t *ids;         /* [EXTRACT_MAX_TOKEN_FEATURES] */
    score_sum sum;
    score_sum clause_sum;
    uint32_t *order;       /* [joint labels]: scratch of the joint search */
    buffer features;       /* uint64_t[]: cross-token features of this comment */
    buffer places;         /* uint32_t[]: their places in the model, NZ_NONE for unknown ones */
    buffer rows;           /* const int8_t *[]: the rows of a group that there are */
    buffer scratch_bytes;  /* of clause.c */
    extract_result document;
    score_meta meta;
    double factor;         /* g of this comment */
    nz_result result;
};

static inline const memo_entry *session_entry(const extract_distinct *d)
{
    return (const memo_entry *)(const void *)d->slot;
}

/* Row of cross-token feature i in a group, or NULL. */
static inline const int8_t *session_row(const nz_session *s, uint32_t group, uint32_t i)
{
    const uint32_t *places = (const void *)s->places.bytes;
    return model_row(s->model->content, group, places[i]);
}

/* answer.c: labels, derived fields and flags from the calibrated logits and probabilities. */
NZ_NODISCARD nz_status answer_comment(nz_session *s, nz_error *err);
/* The stated answer of a comment without text. */
NZ_NODISCARD nz_status answer_empty(nz_session *s, nz_error *err);
/* joint.c: chosen labels of the joint heads: the best sum of log p that is allowed. */
void joint_choose(const handle_joint *joint, const nz_model *model, const double *calibrated,
                  uint32_t *order, uint32_t *chosen);
/* evidence.c and clause.c: what was asked for beside the answer. */
NZ_NODISCARD nz_status evidence_collect(nz_session *s, nz_error *err);
NZ_NODISCARD nz_status clause_collect(nz_session *s, nz_error *err);

#endif
