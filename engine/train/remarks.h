/* remarks.h - plain-language remarks that training collects for its closing report: what
 * was left out, what is weak.
 * It must not know who shows them.  Invariant: one remark is one line, never comment text. */
#ifndef NZ_TRAIN_REMARKS_H
#define NZ_TRAIN_REMARKS_H

#include "train/containers.h"

typedef struct remarks {
    array lines;     /* char[REMARK_BYTES] */
    uint32_t more;   /* not kept: over REMARKS_MAX */
} remarks;
enum { REMARK_BYTES = 240, REMARKS_MAX = 400 };

void remarks_init(remarks *r);
void remarks_free(remarks *r);
/* A remark that finds no memory is lost; nothing else depends on it. */
void remarks_add(remarks *r, const char *format, ...) NZ_PRINTF(2, 3);
/* NULL past the last. */
const char *remarks_line(const remarks *r, uint32_t index);

#endif
