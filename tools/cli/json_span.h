/* json_span.h - where things stand in the bytes of a JSON object that is known to be valid:
 * simdjson's tree forgets that, and the output must leave the input's bytes untouched.
 * Invariant: it is only called on a line that json_read() has accepted. */
#ifndef NAZAR_CLI_JSON_SPAN_H
#define NAZAR_CLI_JSON_SPAN_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_span {
    size_t name_begin; /* of the member's name, at its quote */
    size_t begin, end; /* of its value */
    size_t next;       /* after the comma that follows it, or at the closing brace */
    bool first, last;
} json_span;

/* The member called name at or after place *from (0 at first); *from moves on.  false: no
 * further one. */
bool json_span_next(const char *line, size_t size, const char *name, size_t *from,
                    json_span *span);

/* Append line[0..size) without its members called name; returns how many there were. */
size_t json_span_remove(const char *line, size_t size, const char *name, bytes *out);
/* Append text as a JSON string with its quotes.  Malformed UTF-8 becomes U+FFFD. */
void json_write_string(bytes *out, const char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif /* NAZAR_CLI_JSON_SPAN_H */
