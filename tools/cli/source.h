/* source.h - the bytes of one input as UTF-8: a file or stdin, unpacked when it is gzip,
 * decoded by its byte order mark or by the encoding asked for.  It knows no rows.
 * Invariant: what source_peek() shows is contiguous, and memory is bounded by the largest
 * `want` that a reader asks for. */
#ifndef NAZAR_CLI_SOURCE_H
#define NAZAR_CLI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct source source;

/* path "-" is stdin; encoding NULL: by byte order mark, else UTF-8.  Returns 0 or the exit
 * code after a message. */
int source_open(source **out, const char *path, const char *encoding);
void source_close(source *s);

/* Show at least want bytes from the current place, fewer only at the end of the input.
 * false: the input cannot be read on (a message was written). */
bool source_peek(source *s, size_t want, const char **data, size_t *size);
/* Move on; n is at most what the last peek showed. */
void source_consume(source *s, size_t n);
/* True once the last peek showed everything that is left. */
bool source_at_end(const source *s);

const char *source_name(const source *s);
/* "UTF-8", "UTF-8 with BOM", "UTF-16LE", "WINDOWS-1256" ... */
const char *source_encoding(const source *s);
bool source_is_gzip(const source *s);
/* How many characters could not be decoded and became U+FFFD (not counting UTF-8 input). */
uint64_t source_undecoded(const source *s);
/* Bytes read from the file so far, and its size (0: not known), for the progress bar. */
uint64_t source_bytes_read(const source *s);
uint64_t source_bytes_total(const source *s);
/* A descriptor of a seekable file that holds the whole input as it is (unpacked): for
 * formats that must seek.  Call it before anything is consumed.  -1 after a message. */
int source_seekable(source *s);
/* True when path is the very file that descriptor fd has open. */
bool source_same_file(const char *path, int fd);
/* The same for two paths, when both exist. */
bool source_same_path(const char *a, const char *b);

#endif /* NAZAR_CLI_SOURCE_H */
