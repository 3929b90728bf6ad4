/* view.h - what read.c (the container) and read_fields.c (the sections of fields) share.
 * Invariant: that of model.h. */
#ifndef NZ_MODEL_VIEW_H
#define NZ_MODEL_VIEW_H

#include "model/cursor.h"
#include "model/format.h"

struct model_view {
    model_content content;
    arena memory;
    nz_allocator allocator;
};

/* Fill the part of the content that a section holds.  HEAD comes first: the others point
 * into its tables. */
NZ_NODISCARD nz_status view_read_heads(model_content *content, cursor *c);
NZ_NODISCARD nz_status view_read_taxonomy(model_content *content, cursor *c);
NZ_NODISCARD nz_status view_read_meta(model_content *content, cursor *c);
NZ_NODISCARD nz_status view_read_probes(model_content *content, cursor *c);

#endif
