/* table_view.h - answers as an aligned table for people: fixed widths, so that it streams.
 * Right-to-left text is isolated (U+2068 ... U+2069), so that columns stay in their places.
 * Invariant: it is for reading only; no program should parse it. */
#ifndef NAZAR_CLI_TABLE_VIEW_H
#define NAZAR_CLI_TABLE_VIEW_H

#include "writer.h"

void table_view_header(const layout *l, bytes *out);
void table_view_row(const layout *l, const block *b, const row *r, const fields *f,
                    const answer *a, const table_cell *masked, bytes *out);

/* Append a text whose control characters and marks of direction are spaces. */
void write_clean(bytes *out, const char *text, size_t size);
bool holds_rtl(const char *text, size_t size);
#define ISOLATE "\xE2\x81\xA8"     /* U+2068 FIRST STRONG ISOLATE */
#define POP_ISOLATE "\xE2\x81\xA9" /* U+2069 POP DIRECTIONAL ISOLATE */
/* Append a text isolated from what stands around it when it holds right-to-left letters, and
 * clean. */
void write_isolated(bytes *out, const char *text, size_t size);

#endif /* NAZAR_CLI_TABLE_VIEW_H */
