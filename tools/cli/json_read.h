/* json_read.h - the one door to simdjson (C++ behind it, C in front): named members of one
 * JSON object.  Strict after RFC 8259; numbers of any size are accepted, malformed UTF-8 is
 * repaired.  It knows nothing of rows.
 * Invariant: a line is either read whole or refused; nothing throws. */
#ifndef NAZAR_CLI_JSON_READ_H
#define NAZAR_CLI_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_reader json_reader; /* one per thread */

typedef enum json_kind {
    JSON_ABSENT = 0,
    JSON_NULL,
    JSON_STRING, /* data: decoded */
    JSON_NUMBER, /* data: as it is written */
    JSON_BOOL,   /* data: "true" or "false" */
    JSON_ARRAY,  /* data: its strings joined by ';', or JSON text when it holds others */
    JSON_OBJECT  /* data: JSON text */
} json_kind;

/* data is valid until the next call with the same reader. */
typedef struct json_value {
    json_kind kind;
    const char *data;
    size_t size;
} json_value;

typedef enum json_outcome {
    JSON_READ = 0,
    JSON_REPAIRED,   /* read after malformed UTF-8 became U+FFFD: see json_repaired() */
    JSON_MALFORMED,  /* no JSON */
    JSON_NO_OBJECT,  /* JSON, but no object */
    JSON_NO_MEMORY
} json_outcome;

json_reader *json_reader_new(void); /* NULL: out of memory */
void json_reader_free(json_reader *reader);

/* Read the object in line[0..size): for each name its member, the last one when there are
 * several of that name. */
json_outcome json_read(json_reader *reader, const char *line, size_t size,
                       const char *const *names, size_t count, json_value *values);
/* The line as it was read, after JSON_REPAIRED. */
const char *json_repaired(const json_reader *reader, size_t *size);
/* Call visit for each member's name of the object that was read last. */
void json_member_names(const json_reader *reader,
                       void (*visit)(void *context, const char *name, size_t size),
                       void *context);

#ifdef __cplusplus
}
#endif
#endif /* NAZAR_CLI_JSON_READ_H */
