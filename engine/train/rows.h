/* rows.h - the labelled rows of a training run, copied and checked as they come.
 *
 * It must not know features or weights.
 * Invariant: every label, channel and bin that is stored exists in the taxonomy. */
#ifndef NZ_TRAIN_ROWS_H
#define NZ_TRAIN_ROWS_H

#include "nazar/nazar_train.h"
#include "train/containers.h"
#include "train/gold.h"
#include "train/taxonomy.h"

#define ROWS_NO_RATING 0xffu
#define ROWS_DRAWN_UNKNOWN (-1.0f)
/* A model remembers no more rows than this. */
#define ROWS_MAX 50000000u

typedef struct labelled_row {
    const char *text;
    uint32_t len;
    float weight;
    float drawn;        /* 1: drawn at random, less: picked; or ROWS_DRAWN_UNKNOWN */
    uint32_t channel;   /* or NZ_NONE */
    uint32_t source;    /* or NZ_NONE */
    uint8_t rating_bin; /* or ROWS_NO_RATING */
    bool dev;
    uint64_t number;
} labelled_row;

typedef struct rows {
    const taxonomy *taxonomy;
    arena memory;
    gold_head *heads;      /* [taxonomy->head_count] */
    array items;           /* labelled_row */
    array labels;          /* uint32_t [row][head]: as gold_answer.label; multi: place in sets */
    array sets;            /* uint8_t: a multi head's labels one behind another */
    idmap sources;
    uint64_t left_out;     /* rows of a split that is neither train nor dev */
    uint64_t unlabelled;
} rows;

NZ_NODISCARD nz_status rows_init(rows *r, const taxonomy *t, nz_error *err);
void rows_free(rows *r);
NZ_NODISCARD nz_status rows_add(rows *r, const nz_row *in, nz_error *err);

static inline uint32_t rows_count(const rows *r)
{
    return (uint32_t)r->items.count;
}
static inline const labelled_row *rows_at(const rows *r, uint32_t i)
{
    return &ARRAY_AT(labelled_row, &r->items, i);
}
/* Single: the label; binary: GOLD_YES or GOLD_NO; multi: 0; NZ_NONE when unknown. */
uint32_t rows_label(const rows *r, uint32_t i, uint32_t head);
/* Labels of a multi or binary head as 0 and 1 [label_count]; the head is known. */
const uint8_t *rows_set(const rows *r, uint32_t i, uint32_t head);

#endif
