/* csv.c - one pass over the window of the source: find the cells of a row, copy the row's
 * bytes into the block, decode only the cells that need it.  It knows no columns by name.
 * Invariant: a row is taken whole or not at all; nothing is remembered between two rows but
 * the counters in csv. */
#include "csv.h"

#include <string.h>

enum {
    SMALLEST_WINDOW = 64 * 1024,
    /* After so many quotes that never closed the file does not use quotes for line ends:
     * from then on a quote ends with its line, so that reading stays linear. */
    UNCLOSED_LIMIT = 1000
};

typedef enum scan_end { SCAN_ROW, SCAN_MORE, SCAN_UNCLOSED, SCAN_LONG, SCAN_WIDE } scan_end;

/* A cell that is found but not yet decoded. */
enum { CELL_DOUBLED = 2, CELL_ESCAPED = 4, CELL_LOOSE = 8 };

typedef struct scan {
    const char *start, *p, *end;
    bool final;       /* nothing follows end */
    bool quotes;
    const char *line_end; /* a quote must close before it; NULL: line ends do not matter */
    uint64_t lines;       /* line ends inside quoted cells */
    const char *stop; /* where the row's bytes end, before its line end */
} scan;

void csv_init(csv *c, const char *delimiter, bool quotes, bool escapes)
{
    memset(c, 0, sizeof *c);
    c->delimiter_size = strlen(delimiter);
    if (c->delimiter_size >= sizeof c->delimiter)
        c->delimiter_size = sizeof c->delimiter - 1;
    memcpy(c->delimiter, delimiter, c->delimiter_size);
    c->quotes = quotes;
    c->escapes = escapes;
    c->line = 1;
    c->quote_window = ROW_LIMIT;
    c->stop['\r'] = c->stop['\n'] = 1;
    c->stop[(unsigned char)delimiter[0]] = 1;
    if (escapes)
        c->stop['\\'] = 1;
}

/* ---- cells */

static bool at_delimiter(const csv *c, const char *p, const char *end)
{
    if (*p != c->delimiter[0])
        return false;
    return c->delimiter_size == 1
           || ((size_t)(end - p) >= c->delimiter_size
               && memcmp(p, c->delimiter, c->delimiter_size) == 0);
}

/* Move p to the end of a bare cell: a delimiter, a line end or the end of the window.
 * Hot: one table look-up a byte. */
static const char *bare_end(const csv *c, const char *p, const char *end, uint32_t *flags)
{
    for (;;) {
        while (p < end && c->stop[(unsigned char)*p] == 0)
            p++;
        if (p == end || *p == '\r' || *p == '\n' || at_delimiter(c, p, end))
            return p;
        if (*p == '\\' && c->escapes)
            *flags |= CELL_ESCAPED;
        p++;
    }
}

/* Lines that end between two places; CR LF is one. */
static uint64_t line_ends(const char *p, const char *end)
{
    uint64_t lines = 0;
    for (; p < end; p++)
        lines += *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));
    return lines;
}

static const char *first_line_end(const char *p, const char *end)
{
    while (p < end && *p != '\r' && *p != '\n')
        p++;
    return p;
}

/* After the opening quote at p - 1: find the end of the cell.  A quote in the middle of a
 * cell that stays on its line is kept; one in a cell that has crossed a line end means that
 * the opening quote was a stray one. */
static scan_end quoted_end(csv *c, scan *s, const char **after, uint32_t *flags)
{
    const char *from = s->p + 1, *p = from;
    for (;;) {
        const char *quote = memchr(p, '"', (size_t)(s->end - p));
        if (s->line_end != NULL && (quote == NULL || quote > s->line_end))
            return SCAN_UNCLOSED;
        if (quote == NULL) {
            size_t seen = (size_t)(s->end - s->start);
            if (!s->final && seen < c->quote_window)
                return SCAN_MORE;
            if (!s->final && line_ends(from, s->end) == 0)
                return SCAN_LONG;
            return SCAN_UNCLOSED;
        }
        if (quote + 1 == s->end && !s->final)
            return SCAN_MORE;
        if (quote + 1 < s->end && quote[1] == '"') {
            *flags |= CELL_DOUBLED;
            p = quote + 2;
            continue;
        }
        uint64_t lines = line_ends(from, quote);
        const char *next = quote + 1;
        if (next == s->end || *next == '\r' || *next == '\n' || at_delimiter(c, next, s->end)) {
            s->lines += lines;
            *after = next;
            return SCAN_ROW;
        }
        if (lines > 0)
            return SCAN_UNCLOSED;
        *flags |= CELL_LOOSE;
        *after = bare_end(c, next, s->end, flags);
        return SCAN_ROW;
    }
}

/* Cells of one row, as spans relative to s->start; CELL_* flags say what is to decode. */
static scan_end scan_row(csv *c, scan *s, block *b, row *r)
{
    for (;;) {
        uint32_t flags = 0;
        const char *begin = s->p, *after;
        if (r->cells == CELLS_LIMIT)
            return SCAN_WIDE;
        if (s->quotes && s->p < s->end && *s->p == '"') {
            scan_end end = quoted_end(c, s, &after, &flags);
            if (end != SCAN_ROW)
                return end;
            /* Loose quotes: only the opening one is taken away. */
            begin++;
            size_t size = (size_t)(after - begin);
            if (size > 0 && after[-1] == '"')
                size--;
            block_add_cell(b, r, (size_t)(begin - s->start), size, flags);
        } else {
            after = bare_end(c, s->p, s->end, &flags);
            block_add_cell(b, r, (size_t)(begin - s->start), (size_t)(after - begin), flags);
        }
        /* A delimiter or a CR at the very end may go on in what is not here yet. */
        if (!s->final && (size_t)(s->end - after) < c->delimiter_size + 1)
            return SCAN_MORE;
        s->p = after;
        if (after == s->end || *after == '\r' || *after == '\n') {
            s->stop = after;
            return SCAN_ROW;
        }
        s->p += c->delimiter_size;
    }
}

/* ---- decoding */

static size_t decode_doubled(char *to, const char *from, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        to[n++] = from[i];
        if (from[i] == '"' && i + 1 < size && from[i + 1] == '"')
            i++;
    }
    return n;
}

static size_t decode_escapes(char *to, const char *from, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        char byte = from[i];
        if (byte == '\\' && i + 1 < size) {
            char next = from[i + 1];
            char plain = next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r'
                         : next == '\\' || next == '"' ? next : '\0';
            if (plain != '\0') {
                byte = plain;
                i++;
            }
        }
        to[n++] = byte;
    }
    return n;
}

/* Turn the spans that scan_row() found into spans of the block's text. */
static void finish_cells(block *b, row *r)
{
    for (uint32_t i = 0; i < r->cells; i++) {
        cell *c = &b->cells[r->first_cell + i];
        c->begin += r->begin;
        uint32_t flags = c->flags;
        c->flags = 0;
        if ((flags & (CELL_DOUBLED | CELL_ESCAPED)) == 0)
            continue;
        bytes_reserve(&b->text, c->size);
        char *to = b->text.data + b->text.size;
        const char *from = b->text.data + c->begin;
        size_t size = (flags & CELL_DOUBLED) != 0 ? decode_doubled(to, from, c->size)
                                                  : decode_escapes(to, from, c->size);
        c->begin = (uint32_t)b->text.size;
        c->size = (uint32_t)size;
        b->text.size += size;
    }
}

/* ---- rows */

static void drop_row(block *b, const row *r)
{
    b->cell_count = r->first_cell;
    b->count--;
}

/* The bytes of the line end at p: CR LF, LF or CR. */
static size_t line_end_size(const char *p, const char *end)
{
    if (p == end)
        return 0;
    return *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
}

static void take_row(csv *c, source *s, block *b, row *r, const scan *sc)
{
    size_t size = (size_t)(sc->stop - sc->start);
    size_t end = line_end_size(sc->stop, sc->end);
    if (c->line == 1)
        c->crlf = end == 2;
    bytes_append(&b->text, sc->start, size);
    r->size = (uint32_t)size;
    r->flags = size == 0 ? ROW_BLANK | ROW_PLAIN : r->error == ROW_OK ? ROW_PLAIN : 0;
    finish_cells(b, r);
    c->line += sc->lines + (end > 0);
    source_consume(s, size + end);
}

/* The row's line with every quote as a plain byte: what is left of a row whose quote never
 * closes.  The window holds the line whole, or as much of it as is looked at. */
static scan_end take_unclosed(csv *c, source *s, block *b, row *r, scan sc)
{
    b->cell_count = r->first_cell;
    r->cells = 0;
    r->error = ROW_UNCLOSED;
    sc.p = sc.start;
    sc.quotes = false;
    sc.lines = 0;
    scan_end end = scan_row(c, &sc, b, r);
    if (end != SCAN_ROW)
        return end;
    c->unclosed++;
    if (c->quote_window > SMALLEST_WINDOW)
        c->quote_window /= 2;
    take_row(c, s, b, r, &sc);
    return end;
}

/* Keep the cells that are whole and the beginning of the one that is not; the rest of the
 * row is passed over up to its line end. */
static void take_cut(csv *c, source *s, block *b, row *r, const scan *sc, row_error error)
{
    size_t whole = 0;
    if (r->cells > 0) {
        const cell *last = &b->cells[b->cell_count - 1];
        whole = (size_t)last->begin + last->size;
    }
    size_t rest = (size_t)(sc->end - sc->start) - whole;
    size_t keep = whole + (rest < CUT_LIMIT ? rest : CUT_LIMIT);
    while (keep > whole && keep < whole + rest && ((unsigned char)sc->start[keep] & 0xC0) == 0x80)
        keep--;
    r->error = error;
    if (error == ROW_TOO_LONG) {
        size_t begin = (size_t)(sc->p - sc->start);
        if (begin < keep)
            block_add_cell(b, r, begin, keep - begin, 0);
    }
    bytes_append(&b->text, sc->start, keep);
    r->size = (uint32_t)keep;
    finish_cells(b, r);
    c->line += sc->lines;
    c->skipping = true;
    source_consume(s, keep);
}

/* Pass over the rest of a cut row.  true when its line end is behind us. */
static bool skip_line(csv *c, source *s)
{
    const char *data;
    size_t size;
    while (source_peek(s, 2, &data, &size) && size > 0) {
        size_t n = 0;
        while (n < size && data[n] != '\n' && data[n] != '\r')
            n++;
        if (n == size || (n + 1 == size && !source_at_end(s))) {
            source_consume(s, n);
            if (n == size)
                continue;
            if (!source_peek(s, 2, &data, &size))
                return false;
            n = 0;
        }
        source_consume(s, n + line_end_size(data + n, data + size));
        c->line++;
        break;
    }
    c->skipping = false;
    return true;
}

/* One row into the block; false at the end or on failure of the source. */
static bool next_row(csv *c, source *s, block *b)
{
    size_t want = 64 * 1024;
    for (;;) {
        const char *data;
        size_t size;
        if (!source_peek(s, want, &data, &size) || size == 0)
            return false;
        row *r = block_add_row(b, c->line);
        scan sc = {.start = data, .p = data, .end = data + size, .final = source_at_end(s),
                   .quotes = c->quotes};
        if (c->quotes && c->unclosed >= UNCLOSED_LIMIT)
            sc.line_end = first_line_end(data, data + size);
        scan_end end = scan_row(c, &sc, b, r);
        if (end == SCAN_UNCLOSED)
            end = take_unclosed(c, s, b, r, sc);
        else if (end == SCAN_ROW)
            take_row(c, s, b, r, &sc);
        if (end == SCAN_ROW)
            return true;
        if (end == SCAN_MORE && size < ROW_LIMIT) {
            drop_row(b, r);
            want = size * 2 < ROW_LIMIT ? size * 2 : ROW_LIMIT;
            continue;
        }
        take_cut(c, s, b, r, &sc, end == SCAN_WIDE ? ROW_TOO_WIDE : ROW_TOO_LONG);
        return true;
    }
}

bool csv_fill(csv *c, source *s, block *b, size_t max_rows)
{
    while (!block_full(b) && (max_rows == 0 || b->count < max_rows)) {
        if (c->skipping && !skip_line(c, s))
            break;
        if (!next_row(c, s, b))
            break;
    }
    return b->count > 0;
}
