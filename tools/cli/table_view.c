/* table_view.c - cells padded by the columns that they take on a terminal. */
#include "table_view.h"

#include "utf8_text.h"

#include <string.h>

#define ELLIPSIS "\xE2\x80\xA6"

enum { ID_WIDTH = 10, LANGUAGE_WIDTH = 8, PRIORITY_WIDTH = 8, SURE_WIDTH = 11, LEAST_TEXT = 20 };

bool holds_rtl(const char *text, size_t size)
{
    bool rtl = false;
    for (size_t at = 0; at < size && !rtl;)
        rtl = utf8_is_rtl(utf8_next(text, size, &at));
    return rtl;
}

void write_clean(bytes *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        uint32_t code = utf8_next(text, size, &at);
        /* Controls could move the cursor; marks of direction could break the isolation. */
        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E)
            || (code >= 0x2066 && code <= 0x2069))
            bytes_byte(out, ' ');
        else if (code == 0xFFFD)
            bytes_text(out, "\xEF\xBF\xBD");
        else
            bytes_append(out, text + begin, at - begin);
    }
}

void write_isolated(bytes *out, const char *text, size_t size)
{
    bool rtl = holds_rtl(text, size);
    bytes_text(out, rtl ? ISOLATE : "");
    write_clean(out, text, size);
    bytes_text(out, rtl ? POP_ISOLATE : "");
}

/* A cell of exactly width columns and two spaces behind it. */
static void write_padded(bytes *out, const char *text, size_t size, size_t width, bool last)
{
    size_t columns = 0, at = 0, fit = 0;
    bool whole = utf8_columns(text, size) <= width;
    while (!whole && at < size) {
        size_t next = at;
        columns += (size_t)utf8_width(utf8_next(text, size, &next));
        if (columns > width - 1)
            break;
        at = fit = next;
    }
    size_t shown = whole ? size : fit;
    write_isolated(out, text, shown);
    size_t used = utf8_columns(text, shown);
    if (!whole) {
        bytes_text(out, ELLIPSIS);
        used++;
    }
    if (last)
        return;
    for (; used < width + 2; used++)
        bytes_byte(out, ' ');
}

/* Widest name of a head's labels, at least the column's own name. */
static size_t head_width(const schema *s, uint32_t head, const char *title)
{
    size_t width = strlen(title);
    uint32_t count = head == NZ_NONE ? 0 : nz_model_label_count(s->model, head);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = schema_label(s, head, i);
        size_t columns = utf8_columns(name, strlen(name));
        width = columns > width ? columns : width;
    }
    return width > 18 ? 18 : width;
}

static size_t team_width(const schema *s)
{
    size_t width = 4;
    const char *name;
    for (uint32_t i = 0; (name = nz_model_team_name(s->model, i)) != NULL; i++)
        width = strlen(name) > width ? strlen(name) : width;
    return width > 18 ? 18 : width;
}

typedef struct widths {
    size_t category, sentiment, type, team, text;
} widths;

static widths view_widths(const layout *l)
{
    const schema *s = l->heads;
    widths w = {head_width(s, s->category, "category"), head_width(s, s->sentiment, "sentiment"),
                head_width(s, s->type, "type"), team_width(s), 0};
    size_t used = ID_WIDTH + LANGUAGE_WIDTH + PRIORITY_WIDTH + SURE_WIDTH + w.category
                  + w.sentiment + w.type + w.team + 8 * 2;
    size_t all = l->view_width > 0 ? (size_t)l->view_width : 120;
    w.text = all > used + LEAST_TEXT ? all - used : LEAST_TEXT;
    return w;
}

static void write_word(bytes *out, const char *text, size_t width)
{
    write_padded(out, text, strlen(text), width, false);
}

void table_view_header(const layout *l, bytes *out)
{
    widths w = view_widths(l);
    write_word(out, "id", ID_WIDTH);
    write_word(out, "language", LANGUAGE_WIDTH);
    write_word(out, "category", w.category);
    write_word(out, "sentiment", w.sentiment);
    write_word(out, "type", w.type);
    write_word(out, "team", w.team);
    write_word(out, "priority", PRIORITY_WIDTH);
    write_word(out, "confidence", SURE_WIDTH);
    bytes_text(out, "text\n");
}

static void write_answer(const layout *l, const widths *w, const answer *a, bytes *out)
{
    const schema *s = l->heads;
    double p;
    char number[40];
    bytes text = {number, 0, sizeof number};
    if (a->status == ANSWER_ERROR) {
        write_word(out, "error", LANGUAGE_WIDTH);
        write_word(out, "", w->category + w->sentiment + w->type + w->team + PRIORITY_WIDTH
                                + SURE_WIDTH + 5 * 2);
        return;
    }
    write_word(out, nz_language_code(nz_result_language(a->result)), LANGUAGE_WIDTH);
    write_word(out, schema_single(s, a->result, s->category, &p), w->category);
    write_word(out, schema_single(s, a->result, s->sentiment, &p), w->sentiment);
    write_word(out, schema_single(s, a->result, s->type, &p), w->type);
    write_word(out, schema_team(s, a->result), w->team);
    bytes_format(&text, "%8u", (unsigned)nz_result_priority(a->result));
    write_padded(out, text.data, text.size, PRIORITY_WIDTH, false);
    text.size = 0;
    bytes_format(&text, "%3.0f%% %s", answer_confidence(s, a->result) * 100.0,
                 nz_band_name(nz_result_band(a->result)));
    write_padded(out, text.data, text.size, SURE_WIDTH, false);
}

void table_view_row(const layout *l, const block *b, const row *r, const fields *f,
                    const answer *a, const table_cell *masked, bytes *out)
{
    widths w = view_widths(l);
    char number[40];
    bytes id = {number, 0, sizeof number};
    if (l->view_id >= 0 && f->cells[l->view_id].data != NULL) {
        const table_cell *c = &f->cells[l->view_id];
        write_padded(out, c->data, c->size, ID_WIDTH, false);
    } else {
        bytes_format(&id, "%llu", (unsigned long long)(b->first_number + (size_t)(r - b->rows)));
        write_padded(out, id.data, id.size, ID_WIDTH, false);
    }
    write_answer(l, &w, a, out);
    if (a->status == ANSWER_ERROR) {
        bytes_text(out, a->error);
    } else if (l->text_columns > 0) {
        const table_cell *text = masked != NULL ? &masked[0] : &f->cells[0];
        write_padded(out, text->data == NULL ? "" : text->data, text->size, w.text, true);
    }
    bytes_byte(out, '\n');
}
