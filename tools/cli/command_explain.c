/* command_explain.c - `nazar explain`: the words that decided.
 * For people: the text with its words coloured by their weight for the sentiment (green for,
 * red against ...), then for each head the strongest items and the total they add up to.
 * Right-to-left text is isolated (U+2068 ... U+2069); labels and weights stand
 * on lines of their own, left to right.  For programs: the JSON of `classify --evidence`.
 * Invariant: every total is the sum of the items, shown or summed up as "others". */
#include "answer.h"
#include "command.h"
#include "channel.h"
#include "json_span.h"
#include "model_file.h"
#include "options.h"
#include "output.h"
#include "rating.h"
#include "table.h"
#include "table_view.h"
#include "writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ITEMS_SHOWN = 8, TEXT_SHOWN = 48 };

#define GREEN "\033[32m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

typedef struct explain {
    schema heads;
    layout shape; /* for the JSON answer alone */
    nz_session *session;
    output *out;
    bytes page;
    bool json, colour, bad;
    double rating, rating_max;
    uint32_t channel;
} explain;

/* ---- for people */

/* Weight of each byte for the answer's label of one head. */
static double *byte_weights(const nz_evidence *items, uint32_t count, uint32_t head, size_t size)
{
    double *weights = memory_resize(NULL, (size + 1) * sizeof *weights);
    for (size_t i = 0; i <= size; i++)
        weights[i] = 0.0;
    for (uint32_t k = 0; k < count; k++) {
        const nz_evidence *e = &items[k];
        if (e->head != head)
            continue;
        for (size_t i = e->begin; i < e->end && i < size; i++)
            weights[i] += e->weight;
        for (size_t i = e->begin2; i < e->end2 && i < size; i++)
            weights[i] += e->weight;
    }
    return weights;
}

/* The text in pieces of one weight, isolated as a whole: its words keep their order. */
static void print_coloured(explain *x, const char *text, size_t size, const double *weights)
{
    bytes *out = &x->page;
    bool rtl = holds_rtl(text, size);
    bytes_text(out, rtl ? ISOLATE : "");
    for (size_t begin = 0, end; begin < size; begin = end) {
        for (end = begin + 1; end < size && weights[end] == weights[begin]; end++)
            continue;
        double w = weights[begin];
        bool strong = fabs(w) >= 1.0;
        if (x->colour && fabs(w) >= 0.05) {
            bytes_text(out, strong ? BOLD : "");
            bytes_text(out, w > 0.0 ? GREEN : RED);
        }
        write_clean(out, text + begin, end - begin);
        if (x->colour && fabs(w) >= 0.05)
            bytes_text(out, PLAIN);
    }
    bytes_text(out, rtl ? POP_ISOLATE : "");
    bytes_byte(out, '\n');
}

static int by_weight(const void *a, const void *b)
{
    double x = fabs(((const nz_evidence *)a)->weight), y = fabs(((const nz_evidence *)b)->weight);
    return x < y ? 1 : x > y ? -1 : 0;
}

static void print_span(bytes *out, const char *text, size_t size, uint32_t begin, uint32_t end)
{
    if (end > size || begin >= end)
        return;
    size_t length = end - begin, cut = length;
    if (length > TEXT_SHOWN) {
        cut = TEXT_SHOWN;
        while (cut > 0 && ((unsigned char)text[begin + cut] & 0xC0) == 0x80)
            cut--;
    }
    bytes_text(out, " ");
    write_isolated(out, text + begin, cut);
    if (cut < length)
        bytes_text(out, "...");
}

static void print_item(explain *x, const nz_evidence *e, const char *text, size_t size)
{
    const char *colour = !x->colour ? "" : e->weight > 0.0 ? GREEN : RED;
    bytes_format(&x->page, "    %s%+8.3f%s  %-8s", colour, e->weight, x->colour ? PLAIN : "",
                 nz_evidence_kind_name((nz_evidence_kind)e->kind));
    print_span(&x->page, text, size, e->begin, e->end);
    if (e->begin2 < e->end2) {
        bytes_text(&x->page, " +");
        print_span(&x->page, text, size, e->begin2, e->end2);
    }
    bytes_byte(&x->page, '\n');
}

/* The items of one head and label: the strongest, the rest in one line, the total. */
static void print_head(explain *x, const answer *a, const nz_evidence *items, uint32_t count,
                       uint32_t head, uint32_t label, const char *text, size_t size)
{
    nz_evidence *mine = memory_resize(NULL, (count + 1) * sizeof *mine);
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++)
        if (items[i].head == head && items[i].label == label)
            mine[n++] = items[i];
    qsort(mine, n, sizeof *mine, by_weight);
    const double *p = nz_result_probs(a->result, head);
    bytes_format(&x->page, "  %s: %s%s%s  %.1f%%\n",
                 nz_model_head_name(x->heads.model, head), x->colour ? BOLD : "",
                 schema_label(&x->heads, head, label), x->colour ? PLAIN : "",
                 p == NULL ? 0.0 : p[label] * 100.0);
    double total = 0.0, others = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        total += mine[i].weight;
        if (i < ITEMS_SHOWN)
            print_item(x, &mine[i], text, size);
        else
            others += mine[i].weight;
    }
    if (n > ITEMS_SHOWN)
        bytes_format(&x->page, "    %+8.3f  others   (%u items)\n", others, n - ITEMS_SHOWN);
    if (n > 0)
        bytes_format(&x->page, "    %+8.3f  total\n", total);
    free(mine);
}

static void print_answer(explain *x, const answer *a, const char *text, size_t size)
{
    uint32_t count = 0;
    const nz_evidence *items = nz_result_evidence(a->result, &count);
    double *weights = byte_weights(items, count, x->heads.sentiment, size);
    print_coloured(x, text, size, weights);
    free(weights);
    for (uint32_t head = 0; head < nz_model_head_count(x->heads.model); head++) {
        nz_head_kind kind = nz_model_head_kind(x->heads.model, head);
        uint32_t labels = 0, label = nz_result_label(a->result, head, NULL);
        const uint32_t *list = nz_result_labels(a->result, head, &labels);
        if (kind != NZ_HEAD_MULTI && label != NZ_NONE
            && *schema_label(&x->heads, head, label) != '\0')
            print_head(x, a, items, count, head, label, text, size);
        for (uint32_t i = 0; kind == NZ_HEAD_MULTI && list != NULL && i < labels; i++)
            print_head(x, a, items, count, head, list[i], text, size);
    }
    bytes_format(&x->page, "  language: %s   team: %s   priority: %u (%s)   confidence: %s%s\n\n",
                 nz_language_code(nz_result_language(a->result)),
                 schema_team(&x->heads, a->result), (unsigned)nz_result_priority(a->result),
                 nz_result_priority_why(a->result), nz_band_name(nz_result_band(a->result)),
                 a->status == ANSWER_NO_EVIDENCE ? "   no known word: this is a guess"
                 : a->status == ANSWER_EMPTY     ? "   the text is empty"
                                                 : "");
}

/* ---- one text */

static void print_refusal(explain *x, const char *why)
{
    answer a = {ANSWER_ERROR, NULL, why};
    if (!x->json)
        return;
    bytes_text(&x->page, "{\"text\":null,\"nazar\":");
    write_answer_json(&x->shape, &a, &x->page);
    bytes_text(&x->page, "}\n");
}

static bool explain_text(explain *x, const char *file, uint64_t line, const char *text,
                         size_t size)
{
    nz_comment comment = NZ_COMMENT_INIT;
    nz_error error = NZ_ERROR_INIT;
    answer a = {ANSWER_OK, NULL, ""};
    comment.text = text;
    comment.text_len = size;
    comment.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
    comment.rating = x->rating;
    comment.rating_max = x->rating_max;
    comment.channel = x->channel;
    x->page.size = 0;
    if (nz_session_classify(x->session, &comment, &a.result, &error) != NZ_OK) {
        say_at(file, line, "%s", error.message);
        x->bad = true;
        print_refusal(x, error.message);
    } else {
        uint32_t flags = nz_result_flags(a.result);
        a.status = (flags & NZ_RESULT_EMPTY) != 0         ? ANSWER_EMPTY
                   : (flags & NZ_RESULT_NO_EVIDENCE) != 0 ? ANSWER_NO_EVIDENCE
                                                          : ANSWER_OK;
        if (x->json) {
            bytes_text(&x->page, "{\"text\":");
            json_write_string(&x->page, text, size);
            bytes_text(&x->page, ",\"nazar\":");
            write_answer_json(&x->shape, &a, &x->page);
            bytes_text(&x->page, "}\n");
        } else {
            print_answer(x, &a, text, size);
        }
    }
    return output_write(x->out, x->page.data, x->page.size);
}

static int explain_file(explain *x, const char *path, const char *column, const char *encoding)
{
    const char *const names[] = {column != NULL ? column : "text"};
    const table_options reading = {.format = column != NULL ? TABLE_AUTO : TABLE_LINES,
                                   .encoding = encoding, .quiet = true};
    table *t;
    table_row r;
    int got, code = table_open(&t, path, &reading, names, 1);
    if (code != 0)
        return code;
    if (!table_has(t, 0)) {
        say_at(path, 0, "has no column %s; name the one that holds the comments with "
               "--text-column", names[0]);
        table_close(t);
        return EXIT_INPUT;
    }
    while ((got = table_next(t, &r)) > 0) {
        if (r.error != NULL || r.cells[0].data == NULL) {
            say_at(path, r.line, "%s", r.error != NULL ? r.error : "the row has no text");
            x->bad = true;
        } else if (!explain_text(x, path, r.line, r.cells[0].data, r.cells[0].size)) {
            break;
        }
    }
    table_close(t);
    return got < 0 ? EXIT_INPUT : got == 0 ? 0 : output_closed(x->out) ? -1 : EXIT_FAILED;
}

/* ---- the command */

typedef struct explain_options {
    const char *model, *labels, *column, *encoding, *channel, *rating;
    bool files;
} explain_options;

static int prepare(explain *x, const nz_model *model, const explain_options *o)
{
    const char *plain = getenv("NO_COLOR");
    nz_error error = NZ_ERROR_INIT;
    const output_plan plan = {0};
    schema_init(&x->heads, model, o->labels);
    x->shape = (layout){.heads = &x->heads, .evidence = true, .clauses = true};
    x->colour = !x->json && isatty(STDOUT_FILENO) == 1 && (plain == NULL || *plain == '\0');
    x->rating = x->rating_max = -1.0;
    x->channel = NZ_NONE;
    if (o->rating != NULL) {
        x->rating_max = 5.0;
        if (!rating_parse(o->rating, strlen(o->rating), &x->rating, &x->rating_max)
            || x->rating > x->rating_max) {
            say("--rating takes a rating, for example 2 (out of 5) or 7/10");
            return EXIT_USAGE;
        }
    }
    if (o->channel != NULL) {
        x->channel = channel_find(model, o->channel, strlen(o->channel));
        if (x->channel == NZ_NONE) {
            channel_say_names(model, o->channel);
            return EXIT_USAGE;
        }
    }
    if (nz_session_new(&x->session, model, NULL, &error) != NZ_OK) {
        say("no session can be opened: %s", error.message);
        return EXIT_FAILED;
    }
    return output_open(&x->out, &plan);
}

static int explain_all(explain *x, const option_list *arguments, const explain_options *o)
{
    int code = 0;
    bool files = o->files || o->column != NULL;
    if (arguments->count == 0)
        return explain_file(x, "-", o->column, o->encoding);
    for (size_t i = 0; code == 0 && i < arguments->count; i++) {
        const char *argument = arguments->items[i];
        if (files || strcmp(argument, "-") == 0)
            code = explain_file(x, argument, o->column, o->encoding);
        else if (!explain_text(x, "argument", i + 1, argument, strlen(argument)))
            code = output_closed(x->out) ? -1 : EXIT_FAILED;
    }
    return code;
}

static int run(explain *x, const option_list *arguments, const explain_options *o)
{
    nz_model *model;
    int code = model_file_open(&model, o->model, NULL);
    if (code != 0)
        return code;
    code = prepare(x, model, o);
    if (code == 0)
        code = explain_all(x, arguments, o);
    output_close(x->out, false);
    nz_session_free(x->session);
    nz_model_free(model);
    bytes_free(&x->page);
    if (code != 0)
        return code < 0 ? EXIT_DONE : code;
    return x->bad ? EXIT_ROWS : EXIT_DONE;
}

int command_explain(int argc, char **argv)
{
    explain x = {0};
    explain_options o = {0};
    const option known[] = {
        {"json", '\0', OPTION_FLAG, &x.json, "one JSON object a text, with evidence and clauses",
         NULL},
        {"files", 'f', OPTION_FLAG, &o.files, "the arguments are files of lines, not texts", NULL},
        {"text-column", 't', OPTION_TEXT, &o.column,
         "the arguments are tables or JSONL with this column of texts", "COLUMN"},
        {"model", 'm', OPTION_TEXT, &o.model, "model file (else the installed one)", "FILE"},
        {"labels", '\0', OPTION_TEXT, &o.labels, "labels as id (default), or named in fa, ar, en",
         "LANGUAGE"},
        {"rating", '\0', OPTION_TEXT, &o.rating, "the customer's rating, as 2 (out of 5) or 7/10",
         "RATING"},
        {"channel", '\0', OPTION_TEXT, &o.channel, "channel of the texts", "NAME"},
        {"encoding", '\0', OPTION_TEXT, &o.encoding, "of the files, for example windows-1256",
         "NAME"},
        {NULL, '\0', OPTION_FLAG, NULL, NULL, NULL}};
    command_line line = {.command = "explain", .usage = "[OPTIONS] [TEXT ...|-]",
                         .about = "Show the words that decided: for each label the items that "
                                  "speak for it and against\nit, in natural logarithms of odds; "
                                  "they add up to the total.",
                         .examples = "  nazar explain 'the app crashes on login'\n"
                                     "  echo 'great support' | nazar explain --json -\n"};
    int code;
    if (!options_parse(&line, known, argc, argv))
        code = line.exit_code;
    else
        code = run(&x, &line.arguments, &o);
    options_free(&line);
    return code;
}
