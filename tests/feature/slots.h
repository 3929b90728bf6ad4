/* slots.h - the plainest resolver of an extractor: every token of a test's texts in an array.
 * It must not know weights.  Invariant: a slot stays where it is until count is set to 0. */
#ifndef NZ_TESTS_SLOTS_H
#define NZ_TESTS_SLOTS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feature/extract.h"

enum { SLOTS_MAX = 256, SLOTS_BYTES = 64 };

typedef struct token_slot {
    extract_slot slot; /* first: the extractor sees the token as its slot */
    char bytes[SLOTS_BYTES];
    uint32_t len;
    int kind, reading;
} token_slot;

typedef struct token_slots {
    extractor *x;
    token_slot slots[SLOTS_MAX];
    uint32_t count;
} token_slots;

static inline extract_slot *slots_resolve(void *context, const char *bytes, uint32_t len,
                                          nz_token_kind kind, nz_language reading)
{
    token_slots *t = context;
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t count;
    for (uint32_t i = 0; i < t->count; i++) {
        token_slot *s = &t->slots[i];
        if (s->len == len && s->kind == (int)kind && s->reading == (int)reading &&
            memcmp(s->bytes, bytes, len) == 0) {
            return &s->slot;
        }
    }
    if (t->count == SLOTS_MAX || len > SLOTS_BYTES) {
        fprintf(stderr, "a test has more or longer tokens than its slots\n");
        abort();
    }
    token_slot *s = &t->slots[t->count++];
    memset(s, 0, sizeof *s);
    memcpy(s->bytes, bytes, len);
    s->len = len;
    s->kind = (int)kind;
    s->reading = (int)reading;
    return extract_token(t->x, bytes, len, kind, reading, &s->slot.info, ids, &count) < 0
               ? NULL : &s->slot;
}

#endif
