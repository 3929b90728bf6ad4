/* detect.c - guesses about a file.  Delimiters are judged by how evenly they cut the rows of
 * the sample; headers by names that people give to columns in three languages, then by how
 * the first row differs from those below it.  It reads nothing itself.
 * Invariant: no guess depends on anything but its arguments. */
#include "detect.h"

#include "utf8_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SAMPLE_LIMIT = 64 * 1024, HEADER_CELL_LIMIT = 60, SAMPLE_ROWS = 200 };

/* In the order in which they are preferred. */
static const char *const text_names[] = {
    /* English */
    u8"text", u8"comment", u8"review", u8"body", u8"comment text", u8"review text",
    u8"review body", u8"reviewtext", u8"comments", u8"reviews", u8"feedback", u8"message",
    u8"content", u8"verbatim", u8"opinion", u8"tweet", u8"response", u8"answer", u8"description",
    u8"notes", u8"note", u8"customer comment",
    /* Persian: nazar, matn, didgah, payam ... */
    u8"\u0646\u0638\u0631", u8"\u0645\u062a\u0646 \u0646\u0638\u0631", u8"\u0645\u062a\u0646",
    u8"\u062f\u06cc\u062f\u06af\u0627\u0647", u8"\u0646\u0638\u0631\u0627\u062a",
    u8"\u06a9\u0627\u0645\u0646\u062a", u8"\u067e\u06cc\u0627\u0645",
    u8"\u0628\u0627\u0632\u062e\u0648\u0631\u062f",
    u8"\u062a\u0648\u0636\u06cc\u062d\u0627\u062a", u8"\u062a\u0648\u0636\u06cc\u062d",
    u8"\u0634\u0631\u062d", u8"\u067e\u0627\u0633\u062e",
    u8"\u0645\u062a\u0646 \u067e\u06cc\u0627\u0645",
    u8"\u0645\u062a\u0646 \u062f\u06cc\u062f\u06af\u0627\u0647",
    u8"\u0646\u0638\u0631 \u0645\u0634\u062a\u0631\u06cc",
    /* Arabic: taliq, nass, murajaa, ray, risala ... */
    u8"\u062a\u0639\u0644\u064a\u0642",
    u8"\u0646\u0635 \u0627\u0644\u062a\u0639\u0644\u064a\u0642", u8"\u0646\u0635",
    u8"\u0627\u0644\u062a\u0639\u0644\u064a\u0642", u8"\u0627\u0644\u0646\u0635",
    u8"\u0645\u0631\u0627\u062c\u0639\u0629",
    u8"\u0627\u0644\u0645\u0631\u0627\u062c\u0639\u0629",
    u8"\u0646\u0635 \u0627\u0644\u0645\u0631\u0627\u062c\u0639\u0629", u8"\u0631\u0623\u064a",
    u8"\u0627\u0644\u0631\u0623\u064a", u8"\u0631\u0633\u0627\u0644\u0629",
    u8"\u0627\u0644\u0631\u0633\u0627\u0644\u0629",
    u8"\u0646\u0635 \u0627\u0644\u0631\u0633\u0627\u0644\u0629",
    u8"\u062a\u0639\u0644\u064a\u0642\u0627\u062a",
    u8"\u0627\u0644\u062a\u0639\u0644\u064a\u0642\u0627\u062a",
    u8"\u0645\u062d\u062a\u0648\u0649", u8"\u0627\u0644\u0645\u062d\u062a\u0648\u0649",
    u8"\u0645\u0644\u0627\u062d\u0638\u0627\u062a",
    u8"\u0627\u0644\u0645\u0644\u0627\u062d\u0638\u0627\u062a",
    u8"\u0645\u0644\u0627\u062d\u0638\u0629",
    NULL};

static const char *const other_names[] = {
    /* English */
    u8"id", u8"number", u8"no", u8"row", u8"date", u8"time", u8"created at", u8"rating",
    u8"rating max", u8"stars", u8"star", u8"score", u8"channel", u8"source", u8"language",
    u8"lang", u8"category", u8"sentiment", u8"label", u8"type", u8"types", u8"reason",
    u8"question", u8"name", u8"user", u8"user id", u8"title", u8"product", u8"app", u8"version",
    u8"url", u8"phone", u8"email", u8"split", u8"weight", u8"nps", u8"csat", u8"ces",
    /* Persian: shenase, radif, tarikh, emtiyaz ... */
    u8"\u0634\u0646\u0627\u0633\u0647", u8"\u0634\u0645\u0627\u0631\u0647",
    u8"\u0631\u062f\u06cc\u0641", u8"\u062a\u0627\u0631\u06cc\u062e",
    u8"\u0627\u0645\u062a\u06cc\u0627\u0632", u8"\u0633\u062a\u0627\u0631\u0647",
    u8"\u06a9\u0627\u0646\u0627\u0644", u8"\u0645\u0646\u0628\u0639",
    u8"\u0632\u0628\u0627\u0646", u8"\u0646\u0627\u0645", u8"\u06a9\u0627\u0631\u0628\u0631",
    u8"\u0639\u0646\u0648\u0627\u0646", u8"\u0645\u062d\u0635\u0648\u0644", u8"\u06a9\u062f",
    u8"\u0628\u0631\u0686\u0633\u0628", u8"\u062f\u0633\u062a\u0647", u8"\u0646\u0648\u0639",
    u8"\u0627\u062d\u0633\u0627\u0633",
    /* Arabic: raqm, tarikh, taqyim, qanat ... */
    u8"\u0627\u0644\u0631\u0642\u0645", u8"\u0631\u0642\u0645",
    u8"\u0627\u0644\u0645\u0639\u0631\u0641", u8"\u0645\u0639\u0631\u0641",
    u8"\u0627\u0644\u062a\u0627\u0631\u064a\u062e", u8"\u062a\u0627\u0631\u064a\u062e",
    u8"\u0627\u0644\u062a\u0642\u064a\u064a\u0645", u8"\u062a\u0642\u064a\u064a\u0645",
    u8"\u0627\u0644\u0646\u062c\u0648\u0645", u8"\u0627\u0644\u0642\u0646\u0627\u0629",
    u8"\u0627\u0644\u0645\u0635\u062f\u0631", u8"\u0627\u0644\u0644\u063a\u0629",
    u8"\u0627\u0644\u0627\u0633\u0645", u8"\u0627\u0644\u0645\u0633\u062a\u062e\u062f\u0645",
    u8"\u0627\u0644\u0639\u0646\u0648\u0627\u0646", u8"\u0627\u0644\u0645\u0646\u062a\u062c",
    u8"\u0627\u0644\u0641\u0626\u0629", u8"\u0627\u0644\u0646\u0648\u0639",
    u8"\u0627\u0644\u062a\u0635\u0646\u064a\u0641",
    u8"\u0627\u0644\u0645\u0634\u0627\u0639\u0631",
    NULL};

/* ---- names of columns */

/* The letter under which a name is compared; 0 for what does not count. */
static uint32_t name_fold(uint32_t code)
{
    if (code >= 'A' && code <= 'Z')
        return code + 32;
    switch (code) {
    case '_':
    case '-':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ':':
    case 0xA0:
    case 0x200C: /* zero width non-joiner */
    case 0xFEFF:
        return 0;
    case 0x064A: /* Arabic yeh and alef maksura: Farsi yeh */
    case 0x0649:
        return 0x06CC;
    case 0x0643: /* Arabic kaf: keheh */
        return 0x06A9;
    case 0x0629: /* teh marbuta: heh */
        return 0x0647;
    default:
        return code;
    }
}

static uint32_t name_next(const char *name, size_t size, size_t *at)
{
    uint32_t letter = 0;
    while (letter == 0 && *at < size)
        letter = name_fold(utf8_next(name, size, at));
    return letter;
}

bool detect_same_name(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t i = 0, k = 0;
    for (;;) {
        uint32_t left = name_next(a, a_size, &i), right = name_next(b, b_size, &k);
        if (left != right)
            return false;
        if (left == 0)
            return true;
    }
}

static bool known_name(const char *name, size_t size)
{
    for (size_t i = 0; text_names[i] != NULL; i++)
        if (detect_same_name(name, size, text_names[i], strlen(text_names[i])))
            return true;
    for (size_t i = 0; other_names[i] != NULL; i++)
        if (detect_same_name(name, size, other_names[i], strlen(other_names[i])))
            return true;
    return false;
}

size_t detect_text_column(const char *const *names, size_t count)
{
    for (size_t k = 0; text_names[k] != NULL; k++)
        for (size_t i = 0; i < count; i++)
            if (detect_same_name(names[i], strlen(names[i]), text_names[k],
                                 strlen(text_names[k])))
                return i;
    return SIZE_MAX;
}

bool detect_number(const char *text, size_t size)
{
    size_t digits = 0, points = 0;
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        uint32_t code = utf8_next(text, size, &at);
        if ((code >= '0' && code <= '9') || (code >= 0x660 && code <= 0x669)
            || (code >= 0x6F0 && code <= 0x6F9))
            digits++;
        else if (code == '.' || code == ',' || code == 0x66B)
            points++;
        else if (!(begin == 0 && (code == '-' || code == '+')) && code != ' ')
            return false;
    }
    return digits > 0 && points <= 1;
}

/* ---- format */

static const struct {
    const char *ending;
    table_format format;
} endings[] = {{".csv", TABLE_CSV},     {".tsv", TABLE_TSV},     {".tab", TABLE_TSV},
               {".jsonl", TABLE_JSONL}, {".ndjson", TABLE_JSONL}, {".xlsx", TABLE_XLSX},
               {".xlsm", TABLE_XLSX},   {".txt", TABLE_LINES}};

table_format detect_format_by_name(const char *path)
{
    size_t size = strlen(path);
    if (size > 3 && strcasecmp(path + size - 3, ".gz") == 0)
        size -= 3;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i].ending);
        if (size > n && strncasecmp(path + size - n, endings[i].ending, n) == 0)
            return endings[i].format;
    }
    return TABLE_AUTO;
}

static const char *const delimiters[] = {",", "\t", ";", "|", u8"\u061b"};
enum { DELIMITERS = sizeof delimiters / sizeof delimiters[0] };

/* How one delimiter cuts the rows of the sample. */
typedef struct cut {
    size_t rows, first, equal, enough; /* cells of the first row; rows with as many, or more */
    size_t good_quotes, bad_quotes;    /* cells that begin with a quote and end with one */
    bool named;                        /* the first row holds a known column name */
} cut;

static bool delimiter_at(const char *p, const char *end, const char *delimiter, size_t n)
{
    return (size_t)(end - p) >= n && memcmp(p, delimiter, n) == 0;
}

/* End of the cell at p < end.  A quoted one that does not close properly counts as bad and is
 * taken as a bare one, so that a stray quote does not hide the rest of the sample. */
static const char *sample_cell(const char *p, const char *end, const char *delimiter, cut *c)
{
    size_t n = strlen(delimiter);
    if (*p == '"') {
        const char *q = p + 1;
        while (q < end && (*q != '"' || (q + 1 < end && q[1] == '"')))
            q += *q == '"' ? 2 : 1;
        if (q < end && (q + 1 == end || q[1] == '\n' || q[1] == '\r'
                        || delimiter_at(q + 1, end, delimiter, n))) {
            c->good_quotes++;
            return q + 1;
        }
        c->bad_quotes++;
    }
    while (p < end && *p != '\n' && *p != '\r' && !delimiter_at(p, end, delimiter, n))
        p++;
    return p;
}

static bool named_cell(const char *p, const char *end)
{
    if (end - p >= 2 && *p == '"') {
        p++;
        end--;
    }
    return known_name(p, (size_t)(end - p));
}

static void sample_cut(const char *data, size_t size, bool whole, const char *delimiter, cut *c)
{
    const char *p = data, *end = data + size;
    memset(c, 0, sizeof *c);
    while (p < end && c->rows < SAMPLE_ROWS) {
        size_t cells = 0;
        const char *start = p;
        for (;;) {
            const char *from = p;
            p = p < end ? sample_cell(p, end, delimiter, c) : p;
            cells++;
            c->named = c->named || (c->rows == 0 && named_cell(from, p));
            if (p >= end || *p == '\n' || *p == '\r')
                break;
            p += strlen(delimiter);
        }
        if (p >= end && !whole && c->rows > 0)
            break; /* the sample ends inside the row */
        if (p > start) {
            c->first = c->rows == 0 ? cells : c->first;
            c->equal += cells == c->first;
            c->enough += cells >= c->first;
            c->rows++;
        }
        p += p + 1 < end && *p == '\r' && p[1] == '\n' ? 2 : 1;
    }
}

static double cut_score(const cut *c)
{
    if (c->rows == 0 || c->first < 2)
        return 0.0;
    double equal = (double)c->equal / (double)c->rows;
    double enough = (double)c->enough / (double)c->rows;
    /* Commas in comments that nobody quoted leave rows with too many cells. */
    return equal >= 0.7 ? 1.0 + equal : enough >= 0.9 ? enough : 0.0;
}

static const char *best_delimiter(const char *data, size_t size, bool whole, cut *best)
{
    const char *found = NULL;
    double score = 0.0;
    for (size_t i = 0; i < DELIMITERS; i++) {
        cut c;
        sample_cut(data, size, whole, delimiters[i], &c);
        double s = cut_score(&c) + (c.named && c.first > 1 ? 0.5 : 0.0);
        if (cut_score(&c) > 0.0 && s > score) {
            score = s;
            found = delimiters[i];
            *best = c;
        }
    }
    return found;
}

static void set_delimiter(detected *out, const char *delimiter)
{
    (void)snprintf(out->delimiter, sizeof out->delimiter, "%s", delimiter);
}

/* A first line "sep=;" is an instruction to spreadsheets. */
static void take_sep_line(const char *data, size_t size, detected *out)
{
    if (size < 6 || strncasecmp(data, "sep=", 4) != 0)
        return;
    size_t at = 4;
    (void)utf8_next(data, size, &at);
    size_t n = at - 4;
    if (at >= size || (data[at] != '\n' && data[at] != '\r') || data[4] == '\r'
        || data[4] == '\n')
        return;
    memcpy(out->delimiter, data + 4, n);
    out->delimiter[n] = '\0';
    out->skip = at + (data[at] == '\r' && at + 1 < size && data[at + 1] == '\n' ? 2 : 1);
}

static table_format format_by_content(const char *data, size_t size, bool whole)
{
    size_t i = 0;
    while (i < size && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t'))
        i++;
    if (size >= 4 && memcmp(data, "PK\x03\x04", 4) == 0)
        return TABLE_XLSX;
    if (i < size && data[i] == '{')
        return TABLE_JSONL;
    if (size >= 5 && strncasecmp(data, "sep=", 4) == 0)
        return TABLE_CSV;
    cut c;
    const char *delimiter = best_delimiter(data, size, whole, &c);
    if (delimiter == NULL || c.rows < 2
        || !(c.named || *delimiter == '\t' || (c.first >= 3 && c.rows >= 4)))
        return TABLE_LINES;
    return *delimiter == '\t' ? TABLE_TSV : TABLE_CSV;
}

void detect_format(const char *path, const char *data, size_t size, bool whole,
                   const table_options *options, detected *out)
{
    memset(out, 0, sizeof *out);
    whole = whole && size <= SAMPLE_LIMIT;
    size_t sample = size < SAMPLE_LIMIT ? size : SAMPLE_LIMIT;
    out->format = options->format != TABLE_AUTO ? options->format : detect_format_by_name(path);
    /* A name may be wrong about a spreadsheet: its content cannot. */
    if (options->format == TABLE_AUTO && size >= 4 && memcmp(data, "PK\x03\x04", 4) == 0)
        out->format = TABLE_XLSX;
    if (out->format == TABLE_AUTO)
        out->format = format_by_content(data, sample, whole);
    if (out->format == TABLE_CSV)
        take_sep_line(data, size, out);
    if (options->delimiter != NULL)
        set_delimiter(out, options->delimiter);
    cut c = {0};
    if (out->format == TABLE_CSV && out->delimiter[0] == '\0') {
        const char *delimiter = best_delimiter(data, sample, whole, &c);
        set_delimiter(out, delimiter == NULL ? "," : delimiter);
    }
    out->quotes = true;
    if (out->format == TABLE_TSV) {
        if (out->delimiter[0] == '\0')
            set_delimiter(out, "\t");
        sample_cut(data, sample, whole, out->delimiter, &c);
        out->quotes = c.bad_quotes == 0;
        out->escapes = !out->quotes || c.good_quotes == 0;
    }
}

/* ---- header */

static bool header_like_cell(const char *text, size_t size)
{
    return size > 0 && utf8_columns(text, size) <= HEADER_CELL_LIMIT
           && memchr(text, '\n', size) == NULL && !detect_number(text, size);
}

/* Does column k look different below the first row: numbers, or far longer text? */
static bool column_differs(const block *b, uint32_t k)
{
    size_t rows = 0, numbers = 0, bytes_below = 0;
    const cell *head = &b->cells[b->rows[0].first_cell + k];
    for (size_t i = 1; i < b->count && i < SAMPLE_ROWS; i++) {
        const row *r = &b->rows[i];
        if (k >= r->cells)
            continue;
        const cell *c = &b->cells[r->first_cell + k];
        rows += c->size > 0;
        bytes_below += c->size;
        numbers += detect_number(cell_data(b, c), c->size);
    }
    if (rows == 0)
        return false;
    return numbers * 10 >= rows * 9 || (head->size <= 40 && bytes_below >= rows * head->size * 3);
}

bool detect_header(const block *b)
{
    if (b->count == 0)
        return false;
    const row *head = &b->rows[0];
    for (uint32_t k = 0; k < head->cells; k++) {
        const cell *c = &b->cells[head->first_cell + k];
        if (known_name(cell_data(b, c), c->size))
            return true;
    }
    bool differs = false;
    for (uint32_t k = 0; k < head->cells; k++) {
        const cell *c = &b->cells[head->first_cell + k];
        if (!header_like_cell(cell_data(b, c), c->size))
            return false;
        differs = differs || column_differs(b, k);
    }
    return differs;
}
