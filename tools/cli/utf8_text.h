/* utf8_text.h - the little that the command needs to know about UTF-8 to write clean output
 * and aligned tables.  The engine has its own, richer tables: nothing here decides a label.
 * Invariant: no function reads past the length it is given. */
#ifndef NAZAR_CLI_UTF8_TEXT_H
#define NAZAR_CLI_UTF8_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Length of the well-formed sequence at p, of which left > 0 bytes are there; 0 when it is
 * malformed, *bad is then how many bytes one U+FFFD stands for. */
size_t utf8_length(const unsigned char *p, size_t left, size_t *bad);
/* The code point at text[*at], which moves on; U+FFFD for malformed bytes. */
uint32_t utf8_next(const char *text, size_t size, size_t *at);
/* Columns that a code point takes on a terminal: 0, 1 or 2. */
int utf8_width(uint32_t code);
/* Columns of a text. */
size_t utf8_columns(const char *text, size_t size);
/* True for letters and signs of a right-to-left script. */
bool utf8_is_rtl(uint32_t code);

#ifdef __cplusplus
}
#endif
#endif /* NAZAR_CLI_UTF8_TEXT_H */
