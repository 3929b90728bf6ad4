/* remarks.c - see remarks.h.  It must not know what it is told. */
#include "train/remarks.h"

#include <stdarg.h>
#include <stdio.h>

void remarks_init(remarks *r)
{
    array_init(&r->lines, REMARK_BYTES);
    r->more = 0;
}

void remarks_free(remarks *r)
{
    array_free(&r->lines);
}

void remarks_add(remarks *r, const char *format, ...)
{
    if (r->lines.count >= REMARKS_MAX) {
        r->more++;
        return;
    }
    char *line = array_push(&r->lines, 1);
    if (line != NULL) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(line, REMARK_BYTES, format, args);
        va_end(args);
    }
}

const char *remarks_line(const remarks *r, uint32_t index)
{
    return index < r->lines.count ? (const char *)r->lines.items + (size_t)index * REMARK_BYTES
                                  : NULL;
}
