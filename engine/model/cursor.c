/* cursor.c - bounded reading of fields.  It must not know which fields.
 * Invariant: at <= end. */
#include "model/cursor.h"

#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "model/format.h"
#include "text/utf8.h"

void cursor_fail(cursor *c, const char *reason)
{
    if (c->status >= 0) {
        c->status = status_fail_at(c->err, NZ_E_MODEL_CORRUPT, (uint64_t)(c->at - c->file), 0,
                                   "model section %s: %s; get the file anew", c->section, reason);
    }
}

/* len bytes, or NULL. */
static const unsigned char *take(cursor *c, size_t len)
{
    if (c->status < 0) {
        return NULL;
    }
    if (len > (size_t)(c->end - c->at)) {
        cursor_fail(c, "a field ends behind the section");
        return NULL;
    }
    const unsigned char *bytes = c->at;
    c->at += len;
    return bytes;
}

uint32_t cursor_u32(cursor *c)
{
    const unsigned char *bytes = take(c, 4);
    return bytes != NULL ? load_le32(bytes) : 0;
}

uint64_t cursor_u64(cursor *c)
{
    const unsigned char *bytes = take(c, 8);
    return bytes != NULL ? load_le64(bytes) : 0;
}

float cursor_f32(cursor *c)
{
    const unsigned char *bytes = take(c, 4);
    float value = bytes != NULL ? load_lef32(bytes) : 0.0f;
    if (!isfinite(value)) {
        cursor_fail(c, "a number is not finite");
        return 0.0f;
    }
    return value;
}

uint32_t cursor_count(cursor *c, uint32_t low, uint32_t high, size_t element_bytes)
{
    uint32_t count = cursor_u32(c);
    if (c->status >= 0 && (count < low || count > high)) {
        cursor_fail(c, "a count is out of range");
    }
    if (c->status >= 0 && element_bytes != 0 && count > (size_t)(c->end - c->at) / element_bytes) {
        cursor_fail(c, "a count is larger than the section");
    }
    return c->status >= 0 ? count : 0;
}

uint32_t cursor_below(cursor *c, uint32_t limit, bool none_allowed)
{
    uint32_t value = cursor_u32(c);
    if (c->status < 0 || (none_allowed && value == NZ_NONE)) {
        return value;
    }
    if (value >= limit) {
        cursor_fail(c, "a number points behind its table");
        return 0;
    }
    return value;
}

const char *cursor_string(cursor *c, uint32_t cap, uint32_t *len_out)
{
    uint32_t len = cursor_u32(c);
    if (len_out != NULL) {
        *len_out = 0;
    }
    if (c->status >= 0 && len > cap) {
        cursor_fail(c, "a string is too long");
    }
    const unsigned char *bytes = take(c, (size_t)len + 1);
    if (bytes == NULL) {
        return NULL;
    }
    if (bytes[len] != 0 || memchr(bytes, 0, len) != NULL) {
        cursor_fail(c, "a string ends elsewhere than it says");
        return NULL;
    }
    if (utf8_valid_prefix((const char *)bytes, len) != len) {
        cursor_fail(c, "a string is not UTF-8");
        return NULL;
    }
    if (len_out != NULL) {
        *len_out = len;
    }
    return (const char *)bytes;
}

const char *cursor_name(cursor *c)
{
    uint32_t len;
    const char *name = cursor_string(c, FORMAT_MAX_NAME, &len);
    if (name != NULL && len == 0) {
        cursor_fail(c, "a name is empty");
    }
    for (uint32_t i = 0; name != NULL && i < len; i++) {
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f) {
            cursor_fail(c, "a name holds a control character");
        }
    }
    return c->status >= 0 ? name : NULL;
}

const float *cursor_floats(cursor *c, size_t count)
{
    if (c->status >= 0 && count > (size_t)(c->end - c->at) / sizeof(float)) {
        cursor_fail(c, "a table of numbers ends behind the section");
    }
    float *values = cursor_alloc(c, count, sizeof *values);
    for (size_t i = 0; values != NULL && i < count; i++) {
        values[i] = cursor_f32(c);
    }
    return values;
}

void *cursor_alloc(cursor *c, size_t count, size_t size)
{
    size_t bytes;
    if (c->status < 0 || count == 0) {
        return NULL;
    }
    void *room = memory_multiply(count, size, &bytes) ? arena_alloc_zero(c->memory, bytes) : NULL;
    if (room == NULL) {
        c->status = status_no_memory(c->err);
    }
    return room;
}

nz_status cursor_finish(cursor *c)
{
    if (c->status >= 0 && c->at != c->end) {
        cursor_fail(c, "bytes are left after the last field");
    }
    return c->status;
}
