/* cursor.h - reads the fields of one section, one after another, and remembers failure.
 *
 * It must not know which fields.  Invariant: never reads past the section; after a
 * failure every read gives 0 or NULL and the first reason stays. */
#ifndef NZ_MODEL_CURSOR_H
#define NZ_MODEL_CURSOR_H

#include "base/memory.h"

typedef struct cursor {
    const unsigned char *at, *end;
    const unsigned char *file; /* start of the file: for offsets in messages */
    const char *section;       /* four letters */
    arena *memory;             /* what is copied lives here */
    nz_error *err;
    nz_status status;          /* NZ_OK, NZ_E_MODEL_CORRUPT or NZ_E_MEMORY */
} cursor;

/* Fail at the current place unless something failed before. */
void cursor_fail(cursor *c, const char *reason);
uint32_t cursor_u32(cursor *c);
uint64_t cursor_u64(cursor *c);
/* Finite, else the cursor fails. */
float cursor_f32(cursor *c);
/* A count from low to high whose elements take at least element_bytes each. */
uint32_t cursor_count(cursor *c, uint32_t low, uint32_t high, size_t element_bytes);
/* A number below limit; or NZ_NONE when none_allowed. */
uint32_t cursor_below(cursor *c, uint32_t limit, bool none_allowed);
/* A string inside the section, of at most cap bytes; its length in *len (may be NULL). */
const char *cursor_string(cursor *c, uint32_t cap, uint32_t *len);
/* A string of 1 to 255 bytes without control characters. */
const char *cursor_name(cursor *c);
/* count finite floats, copied. */
const float *cursor_floats(cursor *c, size_t count);
/* Zeroed room for count structs of size bytes; NULL after a failure or when count is 0. */
void *cursor_alloc(cursor *c, size_t count, size_t size);
/* The status; fails when bytes are left. */
NZ_NODISCARD nz_status cursor_finish(cursor *c);

#endif
