/* table_view.h - answers as an aligned table for people: fixed widths, so that it streams.
 * Right-to-left text is isolated (U+2068 ... U+2069), so that columns stay in their places.
 * Invariant: it is for reading only; no program should parse it. */
#ifndef NAZAR_CLI_TABLE_VIEW_H
#define NAZAR_CLI_TABLE_VIEW_H

#include "writer.h"

void table_view_header(const layout *l, bytes *out);
void table_view_row(const layout *l, const block *b, const row *r, const fields *f,
                    const answer *a, const table_cell *masked, bytes *out);

/* Append a text isolated from what stands around it when it holds right-to-left letters.
 * Control characters become spaces. */
void write_isolated(bytes *out, const char *text, size_t size);

#endif /* NAZAR_CLI_TABLE_VIEW_H */
