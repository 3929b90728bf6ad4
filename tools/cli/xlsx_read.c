/* xlsx_read.c - the parts of a workbook, each a small state machine over expat's events:
 * workbook (which sheet), relations (where it lies), shared strings, the sheet itself.
 * It knows SpreadsheetML and no columns by name.
 * Invariant: the file is hostile: every number taken from it is checked, a DTD is refused. */
#include "xlsx_read.h"

#include "command.h"
#include "string_store.h"

#include <errno.h>
#include <expat.h>
#include <minizip/unzip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_CHUNK = 16 * 1024, COLUMNS_LIMIT = 16384, NAME_LIMIT = 256 };

typedef enum value_type { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_BOOL } value_type;

struct xlsx {
    source *input;
    unzFile zip;
    XML_Parser parser;
    const char *failure; /* why reading stopped; NULL: it goes on */
    bool done;

    /* workbook and relations */
    size_t sheets;
    char sheet_name[NAME_LIMIT], sheet_id[NAME_LIMIT];
    char sheet_path[NAME_LIMIT], strings_path[NAME_LIMIT];

    string_store strings;

    /* the cell and row being read */
    bytes value;
    bool in_value;    /* character data belongs to the value */
    bool in_phonetic; /* inside <rPh>: a reading aid, no text */
    value_type type;
    block *rows;
    row *current;
    uint64_t line; /* row number in the sheet */
    bool row_has_text;
};

/* ---- small helpers */

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static bool is_element(const char *name, const char *wanted)
{
    return strcmp(local_name(name), wanted) == 0;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void copy_name(char *to, const char *from)
{
    (void)snprintf(to, NAME_LIMIT, "%s", from == NULL ? "" : from);
}

static void stop(xlsx *x, const char *why)
{
    if (x->failure == NULL)
        x->failure = why;
    (void)XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL refuse_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                                   const XML_Char *public_id, int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    stop(data, "it holds a document type declaration, which no spreadsheet writes");
}

/* ---- reading a part of the package */

static bool part_open(xlsx *x, const char *path, XML_StartElementHandler start,
                      XML_EndElementHandler end, XML_CharacterDataHandler text)
{
    if (*path == '/')
        path++;
    if (unzLocateFile(x->zip, path, 2) != UNZ_OK || unzOpenCurrentFile(x->zip) != UNZ_OK)
        return false;
    if (x->parser != NULL)
        XML_ParserFree(x->parser);
    x->parser = XML_ParserCreate(NULL);
    if (x->parser == NULL)
        return false;
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, start, end);
    XML_SetCharacterDataHandler(x->parser, text);
    XML_SetStartDoctypeDeclHandler(x->parser, refuse_doctype);
    return true;
}

/* Parse the next piece of the open part; *more is false after its last one. */
static bool part_step(xlsx *x, bool *more)
{
    void *buffer = XML_GetBuffer(x->parser, PART_CHUNK);
    int n = buffer == NULL ? -1 : unzReadCurrentFile(x->zip, buffer, PART_CHUNK);
    if (n < 0) {
        x->failure = "its zip data is damaged";
        return false;
    }
    *more = n > 0;
    if (XML_ParseBuffer(x->parser, n, n == 0) != XML_STATUS_OK && x->failure == NULL)
        x->failure = "its XML is damaged";
    if (!*more && unzCloseCurrentFile(x->zip) == UNZ_CRCERROR && x->failure == NULL)
        x->failure = "its checksum is wrong";
    return x->failure == NULL;
}

static bool part_whole(xlsx *x)
{
    bool more = true;
    while (more)
        if (!part_step(x, &more))
            return false;
    return true;
}

/* ---- workbook and relations: where the first visible sheet lies */

static void XMLCALL workbook_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    xlsx *x = data;
    if (!is_element(name, "sheet"))
        return;
    const char *state = attribute(attributes, "state");
    x->sheets++;
    if (x->sheet_id[0] != '\0' || (state != NULL && strcmp(state, "visible") != 0))
        return;
    copy_name(x->sheet_name, attribute(attributes, "name"));
    copy_name(x->sheet_id, attribute(attributes, "id"));
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void part_path(char *to, const char *target)
{
    (void)snprintf(to, NAME_LIMIT, "%s%s", *target == '/' ? "" : "xl/", target);
}

static void XMLCALL relation_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    xlsx *x = data;
    const char *id = attribute(attributes, "Id"), *type = attribute(attributes, "Type");
    const char *target = attribute(attributes, "Target");
    if (!is_element(name, "Relationship") || id == NULL || type == NULL || target == NULL)
        return;
    if (strcmp(id, x->sheet_id) == 0)
        part_path(x->sheet_path, target);
    if (ends_with(type, "/sharedStrings"))
        part_path(x->strings_path, target);
}

/* ---- text: <t> of shared and inline strings */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Spreadsheets write control characters as _x000D_; turn those below 128 back. */
static void decode_escapes(bytes *b, size_t from)
{
    char *data = b->data;
    size_t n = from;
    for (size_t i = from; i < b->size; i++) {
        if (i + 6 < b->size && data[i] == '_' && data[i + 1] == 'x' && data[i + 2] == '0'
            && data[i + 3] == '0' && data[i + 6] == '_') {
            int high = hex_digit(data[i + 4]), low = hex_digit(data[i + 5]);
            if (high >= 0 && high < 8 && low >= 0) {
                data[n++] = (char)(high * 16 + low);
                i += 6;
                continue;
            }
        }
        data[n++] = data[i];
    }
    b->size = n;
}

static void XMLCALL take_text(void *data, const XML_Char *text, int size)
{
    xlsx *x = data;
    /* A text that long is refused later; there is no need to keep all of it. */
    if (x->in_value && !x->in_phonetic && x->value.size <= TEXT_LIMIT)
        bytes_append(&x->value, text, (size_t)size);
}

static void XMLCALL strings_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    xlsx *x = data;
    (void)attributes;
    if (is_element(name, "si"))
        x->value.size = 0;
    else if (is_element(name, "rPh"))
        x->in_phonetic = true;
    else if (is_element(name, "t"))
        x->in_value = true;
}

static void XMLCALL strings_end(void *data, const XML_Char *name)
{
    xlsx *x = data;
    if (is_element(name, "t")) {
        x->in_value = false;
    } else if (is_element(name, "rPh")) {
        x->in_phonetic = false;
    } else if (is_element(name, "si")) {
        decode_escapes(&x->value, 0);
        if (!string_store_add(&x->strings, x->value.data, x->value.size))
            stop(x, "its texts do not fit the temporary folder; set TMPDIR to one with room");
    }
}

/* ---- the sheet */

/* "BC12" -> column 54; SIZE_MAX when it is no reference. */
static size_t reference_column(const char *reference)
{
    size_t column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column < COLUMNS_LIMIT; reference++)
        column = column * 26 + (size_t)(*reference - 'A' + 1);
    return column == 0 || column > COLUMNS_LIMIT ? SIZE_MAX : column - 1;
}

static void row_begin(xlsx *x, const char *reference)
{
    unsigned long long line = reference == NULL ? 0 : strtoull(reference, NULL, 10);
    x->line = line > x->line ? line : x->line + 1;
    x->current = block_add_row(x->rows, x->line);
    x->row_has_text = false;
}

static void cell_begin(xlsx *x, const char **attributes)
{
    if (x->current == NULL)
        return;
    const char *reference = attribute(attributes, "r"), *type = attribute(attributes, "t");
    size_t column = reference == NULL ? SIZE_MAX : reference_column(reference);
    while (column != SIZE_MAX && x->current->cells < column)
        block_add_cell(x->rows, x->current, x->rows->text.size, 0, 0);
    x->value.size = 0;
    x->type = type == NULL || strcmp(type, "n") == 0 ? VALUE_NUMBER
              : strcmp(type, "s") == 0               ? VALUE_SHARED
              : strcmp(type, "b") == 0               ? VALUE_BOOL
                                                     : VALUE_TEXT;
}

/* 0.1 is stored as 0.10000000000000001: 15 digits are what a spreadsheet shows. */
static void add_number(xlsx *x, bytes *to)
{
    char *end;
    const char *text = bytes_string(&x->value);
    double number = strtod(text, &end);
    if (x->value.size == 0 || *end != '\0')
        bytes_append(to, x->value.data, x->value.size);
    else
        bytes_format(to, "%.15g", number);
}

static void cell_end(xlsx *x)
{
    if (x->current == NULL || x->current->cells >= COLUMNS_LIMIT)
        return;
    bytes *text = &x->rows->text;
    size_t begin = text->size;
    uint32_t flags = 0;
    switch (x->type) {
    case VALUE_SHARED:
        if (x->value.size > 0
            && !string_store_get(&x->strings, strtoull(bytes_string(&x->value), NULL, 10), text))
            stop(x, "a cell names a text that is not there");
        break;
    case VALUE_BOOL:
        bytes_text(text, x->value.size > 0 && x->value.data[0] == '1' ? "TRUE" : "FALSE");
        break;
    case VALUE_NUMBER:
        add_number(x, text);
        flags = text->size > begin ? ROW_CELL_NUMBER : 0;
        break;
    case VALUE_TEXT:
        bytes_append(text, x->value.data, x->value.size);
        decode_escapes(text, begin);
        break;
    }
    x->row_has_text = x->row_has_text || text->size > begin;
    block_add_cell(x->rows, x->current, begin, text->size - begin, flags);
    if (text->size - x->current->begin > ROW_LIMIT) {
        x->current->error = ROW_TOO_LONG;
        x->current = NULL;
    }
}

static void XMLCALL sheet_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    xlsx *x = data;
    if (is_element(name, "row"))
        row_begin(x, attribute(attributes, "r"));
    else if (is_element(name, "c"))
        cell_begin(x, attributes);
    else if (is_element(name, "v") || is_element(name, "t"))
        x->in_value = true;
    else if (is_element(name, "rPh"))
        x->in_phonetic = true;
}

static void XMLCALL sheet_end(void *data, const XML_Char *name)
{
    xlsx *x = data;
    if (is_element(name, "v") || is_element(name, "t")) {
        x->in_value = false;
    } else if (is_element(name, "rPh")) {
        x->in_phonetic = false;
    } else if (is_element(name, "c")) {
        cell_end(x);
    } else if (is_element(name, "row")) {
        if (x->current != NULL && !x->row_has_text)
            x->current->flags = ROW_BLANK;
        x->current = NULL;
    }
}

/* ---- the door */

static int open_fail(xlsx *x, const char *why)
{
    say_at(source_name(x->input), 0, "cannot be read as a spreadsheet: %s; open it in a "
           "spreadsheet program and save it again as .xlsx, or as .csv in UTF-8", why);
    xlsx_close(x);
    return EXIT_INPUT;
}

static int open_parts(xlsx *x)
{
    if (!part_open(x, "xl/workbook.xml", workbook_start, NULL, NULL) || !part_whole(x))
        return open_fail(x, x->failure != NULL ? x->failure : "it has no workbook part");
    if (part_open(x, "xl/_rels/workbook.xml.rels", relation_start, NULL, NULL) && !part_whole(x))
        return open_fail(x, x->failure);
    if (x->sheet_path[0] == '\0')
        copy_name(x->sheet_path, "xl/worksheets/sheet1.xml");
    if (x->strings_path[0] != '\0'
        && part_open(x, x->strings_path, strings_start, strings_end, take_text)
        && !part_whole(x))
        return open_fail(x, x->failure);
    if (!part_open(x, x->sheet_path, sheet_start, sheet_end, take_text))
        return open_fail(x, "its first sheet is not there");
    return 0;
}

int xlsx_open(xlsx **out, source *s)
{
    *out = NULL;
    int fd = source_seekable(s);
    if (fd < 0)
        return EXIT_INPUT;
    xlsx *x = memory_resize(NULL, sizeof *x);
    memset(x, 0, sizeof *x);
    x->input = s;
    char path[64];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    x->zip = unzOpen64(path);
    if (x->zip == NULL)
        return open_fail(x, "it is no zip archive, or it is cut off");
    int code = open_parts(x);
    if (code == 0)
        *out = x;
    return code;
}

bool xlsx_fill(xlsx *x, block *b)
{
    x->rows = b;
    /* A row may go on in the next piece: a block ends between two rows. */
    while (!x->done && (!block_full(b) || x->current != NULL)) {
        bool more = true;
        if (!part_step(x, &more)) {
            say_at(source_name(x->input), x->line, "cannot be read on: %s; open it in a "
                   "spreadsheet program and save it again", x->failure);
            return false;
        }
        x->done = !more;
    }
    return b->count > 0;
}

bool xlsx_failed(const xlsx *x)
{
    return x->failure != NULL;
}

const char *xlsx_sheet(const xlsx *x, size_t *sheets)
{
    *sheets = x->sheets;
    return x->sheet_name;
}

void xlsx_close(xlsx *x)
{
    if (x == NULL)
        return;
    if (x->parser != NULL)
        XML_ParserFree(x->parser);
    if (x->zip != NULL)
        (void)unzClose(x->zip);
    string_store_free(&x->strings);
    bytes_free(&x->value);
    free(x);
}
