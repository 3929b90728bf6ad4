/* xlsx_write.c - libxlsxwriter behind a small door; it is included here alone. */
#include "xlsx_write.h"

#include "command.h"
#include "utf8_text.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { SHEET_ROWS = 1048576, SHEET_COLUMNS = 16384, CELL_UNITS = 32767 };

struct xlsx_writer {
    const char *path;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
    uint32_t column; /* lxw_col_t would wrap around */
    bool has_header;
    bytes header;    /* records of the first row, for the further sheets */
    bytes text;
    uint64_t cut;
    bool failed;
};

static bool fail(xlsx_writer *w, const char *why)
{
    if (!w->failed)
        say_at(w->path, 0, "cannot be written: %s; make room or choose another -o FILE", why);
    w->failed = true;
    return false;
}

xlsx_writer *xlsx_writer_open(const char *path)
{
    xlsx_writer *w = memory_resize(NULL, sizeof *w);
    memset(w, 0, sizeof *w);
    w->path = path;
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = getenv("TMPDIR")};
    w->book = workbook_new_opt(path, &options);
    if (w->book != NULL)
        w->sheet = workbook_add_worksheet(w->book, NULL);
    if (w->sheet == NULL) {
        (void)fail(w, "the workbook cannot be begun");
        if (w->book != NULL)
            lxw_workbook_free(w->book);
        free(w);
        return NULL;
    }
    return w;
}

/* "_x" and four digits of base 16 and "_": how a workbook writes a control character. */
static bool looks_escaped(const char *text, size_t size)
{
    if (size < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return false;
    for (size_t i = 2; i < 6; i++)
        if (strchr("0123456789abcdefABCDEF", text[i]) == NULL || text[i] == '\0')
            return false;
    return true;
}

/* What XML cannot hold becomes U+FFFD, what it would change is escaped as workbooks do, and
 * what a cell cannot hold is cut. */
static const char *clean_text(xlsx_writer *w, const char *text, size_t size)
{
    w->text.size = 0;
    size_t units = 0;
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        uint32_t code = utf8_next(text, size, &at);
        units += code >= 0x10000 ? 2 : 1;
        if (units > CELL_UNITS) {
            w->cut++;
            break;
        }
        if (code == 0 || code == 0xFFFD || code == 0xFFFE || code == 0xFFFF)
            bytes_text(&w->text, "\xEF\xBF\xBD");
        else if (code == '\r')
            bytes_text(&w->text, "_x000D_");
        else if (code == '_' && looks_escaped(text + begin, size - begin))
            bytes_text(&w->text, "_x005F_");
        else
            bytes_append(&w->text, text + begin, at - begin);
    }
    return bytes_string(&w->text);
}

/* More digits than a double holds would be changed: those stay texts. */
static bool read_number(const char *text, size_t size, double *number)
{
    char *end;
    if (size > 15)
        return false;
    *number = strtod(text, &end);
    return *end == '\0';
}

static bool add_cell(xlsx_writer *w, uint8_t kind, const char *data, size_t size)
{
    if (w->column >= SHEET_COLUMNS)
        return fail(w, "a sheet holds at most 16,384 columns");
    lxw_col_t column = (lxw_col_t)w->column++;
    if (size == 0)
        return true;
    lxw_error error;
    const char *text = clean_text(w, data, size);
    double number;
    if (kind == CELL_VALUE && read_number(text, size, &number))
        error = worksheet_write_number(w->sheet, w->row, column, number, NULL);
    else if (kind == CELL_TRUTH)
        error = worksheet_write_boolean(w->sheet, w->row, column, size == 4, NULL);
    else
        error = worksheet_write_string(w->sheet, w->row, column, text, NULL);
    return error == LXW_NO_ERROR || fail(w, lxw_strerror(error));
}

static bool next_sheet(xlsx_writer *w)
{
    w->sheet = workbook_add_worksheet(w->book, NULL);
    w->row = 0;
    if (w->sheet == NULL)
        return fail(w, "a further sheet cannot be added");
    bytes header = w->header;
    w->header = (bytes){0};
    bool added = xlsx_writer_add(w, header.data, header.size);
    w->header = header;
    return added;
}

bool xlsx_writer_add(xlsx_writer *w, const char *records, size_t size)
{
    for (size_t at = 0; at < size && !w->failed;) {
        uint8_t kind = (uint8_t)records[at];
        uint32_t length;
        memcpy(&length, records + at + 1, sizeof length);
        const char *data = records + at + 1 + sizeof length;
        at += 1 + sizeof length + length;
        if (kind != CELL_ROW) {
            if (w->row == SHEET_ROWS && !next_sheet(w))
                break;
            (void)add_cell(w, kind, data, length);
            continue;
        }
        if (!w->has_header) {
            w->has_header = true;
            bytes_append(&w->header, records, at);
        }
        w->row++;
        w->column = 0;
    }
    return !w->failed;
}

bool xlsx_writer_close(xlsx_writer *w, uint64_t *cut)
{
    lxw_error error = workbook_close(w->book);
    if (error != LXW_NO_ERROR)
        (void)fail(w, lxw_strerror(error));
    bool done = !w->failed;
    *cut = w->cut;
    bytes_free(&w->header);
    bytes_free(&w->text);
    free(w);
    return done;
}
