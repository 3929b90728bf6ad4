/* writer.c - rows of tables and lines of JSON.  A table's cells go through one function a
 * format (write_cell); the input's bytes are passed on untouched wherever they fit.
 * Invariant: every row of a table has the header's cells; what a ragged row has beyond them
 * stands after the last nz_ cell. */
#include "writer.h"

#include "detect.h"
#include "json_span.h"
#include "table_view.h"

#include <stdlib.h>
#include <string.h>

static const char *const nz_columns[NZ_COLUMNS] = {
    "nz_status",    "nz_language", "nz_category",  "nz_category_p", "nz_sentiment",
    "nz_sentiment_p", "nz_score",  "nz_type",      "nz_type_p",     "nz_types",
    "nz_question",  "nz_reason",   "nz_solicited", "nz_team",       "nz_priority",
    "nz_priority_why", "nz_band",  "nz_needs_review", "nz_error"};

const char *writer_column(size_t index)
{
    return nz_columns[index];
}

/* ---- layout */

static bool is_answer_column(const layout *l, const char *name)
{
    if (l->out == TABLE_JSONL)
        return strcmp(name, "nazar") == 0;
    for (size_t i = 0; i < NZ_COLUMNS; i++)
        if (strcmp(name, nz_columns[i]) == 0)
            return true;
    return l->in == TABLE_JSONL && strcmp(name, "nazar") == 0;
}

void layout_init(layout *l, const reader *input)
{
    l->in = reader_format(input);
    l->columns = reader_columns(input);
    l->names = reader_names(input);
    l->crlf = reader_crlf(input) && l->in != TABLE_XLSX;
    bool same = l->in == l->out;
    memcpy(l->delimiter, l->out == TABLE_TSV ? "\t" : ",", 2);
    if (same && reader_delimiter(input)[0] != '\0')
        memcpy(l->delimiter, reader_delimiter(input), sizeof l->delimiter);
    l->quotes = l->out == TABLE_CSV || (same && reader_quotes(input));
    l->dropped = memory_resize(NULL, l->columns + 1);
    l->dropped_count = 0;
    for (size_t i = 0; i < l->columns; i++) {
        l->dropped[i] = is_answer_column(l, l->names[i]);
        l->dropped_count += l->dropped[i];
    }
    l->raw_rows = same && (l->out == TABLE_CSV || l->out == TABLE_TSV) && l->dropped_count == 0
                  && !l->safe;
}

void layout_free(layout *l)
{
    free(l->dropped);
    l->dropped = NULL;
}

/* ---- cells of tables */

static bool needs_quotes(const layout *l, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = data[i];
        if (c == '"' || c == '\n' || c == '\r'
            || (c == l->delimiter[0] && strncmp(data + i, l->delimiter,
                                                strlen(l->delimiter) < size - i
                                                    ? strlen(l->delimiter) : size - i) == 0))
            return true;
    }
    return false;
}

static void write_quoted(const layout *l, const char *data, size_t size, bool guard, bytes *out)
{
    bool quotes = needs_quotes(l, data, size);
    if (quotes)
        bytes_byte(out, '"');
    if (guard)
        bytes_byte(out, '\'');
    if (!quotes) {
        bytes_append(out, data, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '"')
            bytes_byte(out, '"');
        bytes_byte(out, data[i]);
    }
    bytes_byte(out, '"');
}

static void write_escaped(const char *data, size_t size, bool guard, bytes *out)
{
    if (guard)
        bytes_byte(out, '\'');
    for (size_t i = 0; i < size; i++) {
        char c = data[i];
        char name = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? '\\' : '\0';
        if (c == '"' && i == 0)
            name = '"'; /* or a reader would take the cell for a quoted one */
        if (name != '\0') {
            bytes_byte(out, '\\');
            c = name;
        }
        bytes_byte(out, c);
    }
}

static void write_record(uint8_t kind, const char *data, size_t size, bytes *out)
{
    uint32_t length = (uint32_t)size;
    bytes_byte(out, (char)kind);
    bytes_append(out, &length, sizeof length);
    bytes_append(out, data, size);
}

/* A cell that a spreadsheet would take for a formula. */
static bool is_formula(const char *data, size_t size)
{
    return size > 0 && memchr("=+-@\t\r\n", data[0], 7) != NULL;
}

typedef struct cells {
    const layout *l;
    bytes *out;
    bool first;
} cells;

static void write_cell(cells *c, uint8_t kind, const char *data, size_t size)
{
    const layout *l = c->l;
    if (l->out == TABLE_XLSX) {
        write_record(kind, data, size, c->out);
        return;
    }
    if (!c->first)
        bytes_text(c->out, l->delimiter);
    c->first = false;
    bool guard = l->safe && is_formula(data, size);
    if (guard && kind == CELL_VALUE) {
        /* A negative number of ours: a space keeps it a number everywhere. */
        bytes_byte(c->out, ' ');
        guard = false;
    }
    if (l->quotes)
        write_quoted(l, data, size, guard, c->out);
    else
        write_escaped(data, size, guard, c->out);
}

static void write_text_cell(cells *c, const char *text)
{
    write_cell(c, CELL_TEXT, text, strlen(text));
}

static void end_row(cells *c)
{
    if (c->l->out == TABLE_XLSX)
        write_record(CELL_ROW, "", 0, c->out);
    else
        bytes_text(c->out, c->l->crlf ? "\r\n" : "\n");
}

static void write_decimal_cell(cells *c, double p)
{
    char digits[40];
    bytes text = {digits, 0, sizeof digits};
    write_decimals(&text, p);
    write_cell(c, CELL_VALUE, text.data, text.size);
}

static void write_single_cells(cells *c, const nz_result *result, uint32_t head)
{
    double p;
    write_text_cell(c, schema_single(c->l->heads, result, head, &p));
    if (p < 0.0)
        write_text_cell(c, "");
    else
        write_decimal_cell(c, p);
}

static void write_types_cell(cells *c, const nz_result *result)
{
    uint32_t head = c->l->heads->types, count = 0;
    const uint32_t *labels = head == NZ_NONE ? NULL : nz_result_labels(result, head, &count);
    bytes joined = {0};
    for (uint32_t i = 0; labels != NULL && i < count; i++) {
        if (i > 0)
            bytes_byte(&joined, ';');
        bytes_text(&joined, schema_label(c->l->heads, head, labels[i]));
    }
    write_cell(c, CELL_TEXT, joined.size == 0 ? "" : joined.data, joined.size);
    bytes_free(&joined);
}

static void write_truth_cell(cells *c, bool truth)
{
    write_cell(c, CELL_TRUTH, truth ? "true" : "false", truth ? 4 : 5);
}

static void write_result_cells(cells *c, const nz_result *result)
{
    const schema *heads = c->l->heads;
    double p;
    char number[16];
    bytes digits = {number, 0, sizeof number};
    write_text_cell(c, nz_language_code(nz_result_language(result)));
    write_single_cells(c, result, heads->category);
    write_single_cells(c, result, heads->sentiment);
    write_decimal_cell(c, nz_result_score(result));
    write_single_cells(c, result, heads->type);
    write_types_cell(c, result);
    write_truth_cell(c, schema_question(heads, result));
    write_text_cell(c, schema_single(heads, result, heads->reason, &p));
    write_text_cell(c, nz_result_solicited(result));
    write_text_cell(c, schema_team(heads, result));
    bytes_format(&digits, "%u", (unsigned)nz_result_priority(result));
    write_cell(c, CELL_VALUE, digits.data, digits.size);
    write_text_cell(c, nz_result_priority_why(result));
    write_text_cell(c, nz_band_name(nz_result_band(result)));
    write_truth_cell(c, (nz_result_flags(result) & NZ_RESULT_NEEDS_REVIEW) != 0);
}

static void write_answer_cells(cells *c, const answer *a)
{
    write_text_cell(c, answer_status_name(a->status));
    if (a->status == ANSWER_ERROR)
        for (size_t i = 2; i < NZ_COLUMNS; i++)
            write_text_cell(c, "");
    else
        write_result_cells(c, a->result);
    write_text_cell(c, a->error);
}

/* ---- the input's cells */

/* Which of the leading text fields shows this column, or SIZE_MAX. */
static size_t masked_index(const layout *l, const fields *f, size_t column,
                           const table_cell *masked)
{
    for (size_t i = 0; masked != NULL && i < l->text_columns; i++)
        if (f->columns[i] == column)
            return i;
    return SIZE_MAX;
}

static void write_input_cell(cells *c, const block *b, const row *r, const fields *f,
                             const table_cell *masked, size_t column)
{
    size_t mask = masked_index(c->l, f, column, masked);
    if (mask != SIZE_MAX && (c->l->in == TABLE_JSONL || column < r->cells)) {
        write_cell(c, CELL_TEXT, masked[mask].data, masked[mask].size);
    } else if (c->l->in == TABLE_JSONL) {
        size_t index = c->l->first_member + column;
        bool number = f->values[index].kind == JSON_NUMBER;
        const table_cell *v = &f->cells[index];
        write_cell(c, number ? CELL_VALUE : CELL_TEXT, v->data == NULL ? "" : v->data, v->size);
    } else if (column < r->cells) {
        const cell *v = &b->cells[r->first_cell + column];
        write_cell(c, (v->flags & ROW_CELL_NUMBER) != 0 ? CELL_VALUE : CELL_TEXT,
                   cell_data(b, v), v->size);
    } else {
        write_cell(c, CELL_TEXT, "", 0);
    }
}

static bool may_pass_raw(const layout *l, const row *r, const table_cell *masked)
{
    return l->raw_rows && (r->flags & ROW_PLAIN) != 0 && masked == NULL
           && r->cells <= l->columns;
}

static void write_table_row(const layout *l, const block *b, const row *r, const fields *f,
                            const answer *a, const table_cell *masked, bytes *out)
{
    cells c = {l, out, true};
    if (may_pass_raw(l, r, masked)) {
        bytes_append(out, bytes_at(&b->text, r->begin), r->size);
        c.first = false;
        for (size_t i = r->cells; i < l->columns; i++)
            write_cell(&c, CELL_TEXT, "", 0);
    } else {
        for (size_t i = 0; i < l->columns; i++)
            if (!l->dropped[i])
                write_input_cell(&c, b, r, f, masked, i);
    }
    write_answer_cells(&c, a);
    if (l->in != TABLE_JSONL)
        for (size_t i = l->columns; i < r->cells; i++)
            write_input_cell(&c, b, r, f, NULL, i);
    end_row(&c);
}

void writer_header(const layout *l, bytes *out)
{
    if (l->out == TABLE_JSONL)
        return;
    if (l->out == TABLE_VIEW) {
        table_view_header(l, out);
        return;
    }
    if (l->bom && l->out != TABLE_XLSX)
        bytes_text(out, "\xEF\xBB\xBF");
    cells c = {l, out, true};
    for (size_t i = 0; i < l->columns; i++)
        if (!l->dropped[i])
            write_text_cell(&c, l->names[i]);
    for (size_t i = 0; i < NZ_COLUMNS; i++)
        write_text_cell(&c, nz_columns[i]);
    end_row(&c);
}

/* ---- JSON lines */

/* Cells of a table as an object, left open: names that come twice get a number. */
static void write_object(const layout *l, const block *b, const row *r, const fields *f,
                         const table_cell *masked, bytes *out)
{
    bytes_byte(out, '{');
    bool first = true;
    for (size_t i = 0; i < l->columns; i++) {
        if (l->dropped[i])
            continue;
        size_t twins = 0;
        for (size_t k = 0; k < i; k++)
            twins += strcmp(l->names[k], l->names[i]) == 0;
        bytes name = {0};
        bytes_text(&name, l->names[i]);
        if (twins > 0)
            bytes_format(&name, "_%zu", twins + 1);
        if (!first)
            bytes_byte(out, ',');
        first = false;
        json_write_string(out, bytes_string(&name), name.size);
        bytes_free(&name);
        bytes_byte(out, ':');
        size_t mask = masked_index(l, f, i, masked);
        if (i >= r->cells)
            bytes_text(out, "null");
        else if (mask != SIZE_MAX)
            json_write_string(out, masked[mask].data, masked[mask].size);
        else {
            const cell *v = &b->cells[r->first_cell + i];
            json_write_string(out, cell_data(b, v), v->size);
        }
    }
    if (r->cells > l->columns) {
        bytes_text(out, first ? "\"nazar_more\":[" : ",\"nazar_more\":[");
        for (size_t i = l->columns; i < r->cells; i++) {
            const cell *v = &b->cells[r->first_cell + i];
            if (i > l->columns)
                bytes_byte(out, ',');
            json_write_string(out, cell_data(b, v), v->size);
        }
        bytes_byte(out, ']');
    }
}

/* Replace the values of the members called name by a masked text. */
static void mask_members(const char *name, const table_cell *text, bytes *line)
{
    bytes changed = {0};
    size_t from = 0, copied = 0;
    json_span span;
    while (json_span_next(line->data, line->size, name, &from, &span)) {
        bytes_append(&changed, line->data + copied, span.begin - copied);
        json_write_string(&changed, text->data, text->size);
        copied = span.end;
        if (span.last)
            break;
    }
    bytes_append(&changed, line->data + copied, line->size - copied);
    bytes_free(line);
    *line = changed;
}

/* A member "nazar" is seldom there: a look for its letters (by the rarest), or for an escape
 * that could stand for one, comes before a look for the member. */
static bool may_hold_answer(const char *line, size_t size)
{
    const char *end = line + size, *p = line;
    while ((p = memchr(p, 'z', (size_t)(end - p))) != NULL) {
        if (p - line >= 2 && end - p >= 4 && memcmp(p - 2, "nazar\"", 6) == 0)
            return true;
        p++;
    }
    for (p = line; (p = memchr(p, '\\', (size_t)(end - p))) != NULL; p++)
        if (end - p >= 4 && memcmp(p, "\\u00", 4) == 0)
            return true;
    return false;
}

/* Append the object without its last brace, ready for one more member. */
static size_t open_object(const char *line, size_t size, bytes *out)
{
    size_t removed = 0, start = out->size;
    if (may_hold_answer(line, size))
        removed = json_span_remove(line, size, "nazar", out);
    else
        bytes_append(out, line, size);
    while (out->size > start && out->data[out->size - 1] != '}')
        out->size--;
    if (out->size > start)
        out->size--;
    size_t last = out->size;
    while (last > start && strchr(" \t\r\n", out->data[last - 1]) != NULL)
        last--;
    if (last > start && out->data[last - 1] != '{')
        bytes_byte(out, ',');
    return removed;
}

static size_t write_json_line(const layout *l, const fields *f, const table_cell *masked,
                              bytes *out)
{
    if (masked == NULL)
        return open_object(f->line, f->line_size, out);
    bytes line = {0};
    bytes_append(&line, f->line, f->line_size);
    for (size_t i = 0; i < l->text_columns; i++)
        if (f->cells[i].data != NULL)
            mask_members(f->names[i], &masked[i], &line);
    size_t removed = open_object(line.data, line.size, out);
    bytes_free(&line);
    return removed;
}

static size_t write_json_row(const layout *l, const block *b, const row *r, const fields *f,
                             const answer *a, const table_cell *masked, bytes *out)
{
    size_t replaced = 0;
    bool object = l->in != TABLE_JSONL
                  || (r->error == ROW_OK && a->error != row_error_text(ROW_NOT_JSON)
                      && a->error != row_error_text(ROW_NOT_OBJECT));
    if (!object) {
        bytes_text(out, "{\"nazar_raw\":");
        const table_cell raw = {bytes_at(&b->text, r->begin), r->size};
        const table_cell *shown = masked != NULL ? &masked[0] : &raw;
        json_write_string(out, shown->data, shown->size);
        bytes_byte(out, ',');
    } else if (l->in == TABLE_JSONL) {
        replaced = write_json_line(l, f, masked, out);
    } else {
        write_object(l, b, r, f, masked, out);
        if (out->data[out->size - 1] != '{')
            bytes_byte(out, ',');
    }
    bytes_text(out, "\"nazar\":");
    write_answer_json(l, a, out);
    bytes_text(out, "}\n");
    return replaced;
}

size_t writer_row(const layout *l, const block *b, const row *r, const fields *f,
                  const answer *a, const table_cell *masked, bytes *out)
{
    if (l->out == TABLE_JSONL)
        return write_json_row(l, b, r, f, a, masked, out);
    if (l->out == TABLE_VIEW)
        table_view_row(l, b, r, f, a, masked, out);
    else
        write_table_row(l, b, r, f, a, masked, out);
    return 0;
}
