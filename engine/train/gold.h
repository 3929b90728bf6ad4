/* gold.h - what people wrote in a label column, read as labels of a head.
 *
 * It must not know rows, files or models.
 * Invariant: a label that is read exists; a value that is none is refused with the row's
 * number and the labels that are allowed. */
#ifndef NZ_TRAIN_GOLD_H
#define NZ_TRAIN_GOLD_H

#include "base/memory.h"

typedef struct gold_head {
    const char *name;
    nz_head_kind kind;
    uint32_t label_count;
    const char *const *labels;
    uint32_t none; /* label that "" may stand for, or NZ_NONE */
} gold_head;

/* Answers of a binary head. */
enum { GOLD_YES = 0, GOLD_NO = 1 };

typedef struct gold_answer {
    uint32_t label;   /* single: label; binary: GOLD_YES or GOLD_NO; multi: 0; NZ_NONE: unknown */
    bool empty;       /* the value was "" */
} gold_answer;

/* Read value; a multi head fills set [label_count] with 0 and 1. */
NZ_NODISCARD nz_status gold_read(const gold_head *head, const char *value, size_t len,
                                 uint64_t row_number, gold_answer *answer, uint8_t *set,
                                 nz_error *err);

#endif
