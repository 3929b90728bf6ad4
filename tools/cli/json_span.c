/* json_span.c - skipping over valid JSON, and writing strings.  It does not judge: see
 * json_read.h for what is JSON.
 * Invariant: it never reads past the line, whatever is in it. */
#include "json_span.h"

#include "utf8_text.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(const char *line, size_t size, size_t i)
{
    while (i < size && is_space(line[i]))
        i++;
    return i;
}

/* i is at the opening quote; returns the place after the closing one. */
static size_t skip_string(const char *line, size_t size, size_t i)
{
    for (i++; i < size && line[i] != '"'; i++)
        if (line[i] == '\\')
            i++;
    return i < size ? i + 1 : size;
}

static size_t skip_value(const char *line, size_t size, size_t i)
{
    size_t depth = 0;
    while (i < size) {
        char c = line[i];
        if (c == '"') {
            i = skip_string(line, size, i);
            if (depth == 0)
                return i;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c)))
            return i;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return i + 1;
        i++;
    }
    return size;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Does the quoted name at p say `name`?  Names that we look for are plain ASCII or UTF-8;
 * \u escapes of ASCII are understood, so that "\u006eazar" is seen. */
static bool name_equals(const char *p, size_t size, const char *name)
{
    size_t i = 1, n = strlen(name), k = 0;
    while (i + 1 < size) {
        char c = p[i++];
        if (c == '\\' && p[i] == 'u' && i + 5 < size && p[i + 1] == '0' && p[i + 2] == '0') {
            int high = hex_value(p[i + 3]), low = hex_value(p[i + 4]);
            if (high < 0 || high > 7 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 5;
        } else if (c == '\\') {
            c = p[i++];
        }
        if (k == n || c != name[k++])
            return false;
    }
    return k == n;
}

bool json_span_next(const char *line, size_t size, const char *name, size_t *from,
                    json_span *span)
{
    size_t i = *from;
    bool first = i == 0;
    if (first)
        i = skip_space(line, size, 0) + 1;
    for (;;) {
        i = skip_space(line, size, i);
        if (i >= size || line[i] != '"')
            return false;
        span->first = first;
        span->name_begin = i;
        i = skip_string(line, size, i);
        size_t name_size = i - span->name_begin;
        i = skip_space(line, size, i) + 1; /* the colon */
        span->begin = skip_space(line, size, i);
        span->end = skip_value(line, size, span->begin);
        i = skip_space(line, size, span->end);
        span->last = i >= size || line[i] != ',';
        span->next = span->last ? i : i + 1;
        i = *from = span->next;
        first = false;
        if (name == NULL || name_equals(line + span->name_begin, name_size, name))
            return true;
        if (span->last)
            return false;
    }
}

size_t json_span_remove(const char *line, size_t size, const char *name, bytes *out)
{
    size_t from = 0, copied = 0, removed = 0, start = out->size;
    json_span span;
    while (json_span_next(line, size, name, &from, &span)) {
        bytes_append(out, line + copied, span.name_begin - copied);
        copied = span.next;
        removed++;
        if (!span.last)
            continue;
        /* The last member goes: so does the comma before it. */
        while (out->size > start && is_space(out->data[out->size - 1]))
            out->size--;
        if (out->size > start && out->data[out->size - 1] == ',')
            out->size--;
        break;
    }
    bytes_append(out, line + copied, size - copied);
    return removed;
}

/* ---- writing */

static void write_escaped(bytes *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char named = c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c == '"' || c == '\\'
                 ? (char)c : '\0';
    bytes_byte(out, '\\');
    if (named != '\0') {
        bytes_byte(out, named);
        return;
    }
    const char code[5] = {'u', '0', '0', digits[c >> 4], digits[c & 15]};
    bytes_append(out, code, sizeof code);
}

void json_write_string(bytes *out, const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    bytes_reserve(out, size + 2);
    bytes_byte(out, '"');
    for (size_t i = 0; i < size;) {
        size_t run = i;
        while (run < size && p[run] >= 0x20 && p[run] < 0x7F && p[run] != '"' && p[run] != '\\')
            run++;
        bytes_append(out, text + i, run - i);
        if ((i = run) == size)
            break;
        if (p[i] < 0x80) {
            if (p[i] == 0x7F)
                bytes_byte(out, 0x7F);
            else
                write_escaped(out, p[i]);
            i++;
            continue;
        }
        size_t bad, n = utf8_length(p + i, size - i, &bad);
        if (n > 0)
            bytes_append(out, text + i, n);
        else
            bytes_append(out, "\xEF\xBF\xBD", 3);
        i += n > 0 ? n : bad;
    }
    bytes_byte(out, '"');
}
