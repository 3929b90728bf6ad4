/* string_store.h - many strings by number in bounded memory: the first 32 MiB of them stay
 * in memory, the rest goes to a temporary file that has no name.
 * Invariant: what was added comes back byte for byte, or the call says that it cannot. */
#ifndef NAZAR_CLI_STRING_STORE_H
#define NAZAR_CLI_STRING_STORE_H

#include "bytes.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct string_store {
    bytes head;       /* the strings that are in memory, one after the other */
    FILE *tail;       /* the rest */
    uint64_t size;    /* bytes of all strings */
    uint64_t *begins; /* [count + 1] places of the strings in head and tail taken together */
    size_t count, capacity;
} string_store;

/* false: the temporary file cannot be written (errno says why). */
bool string_store_add(string_store *s, const char *data, size_t size);
/* Append string number index to out.  false: no such string, or the file cannot be read. */
bool string_store_get(string_store *s, uint64_t index, bytes *out);
void string_store_free(string_store *s);

#endif /* NAZAR_CLI_STRING_STORE_H */
