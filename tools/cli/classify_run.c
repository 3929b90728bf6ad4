/* classify_run.c - one run: open the inputs, the model and the output, push every block of
 * rows through the pipeline, say what came out.
 * Three parties share the run: the reader fills slots, workers answer them with a session of
 * their own, the writer writes them in order.  Nothing that two of them touch is written
 * while the pipeline runs.
 * Invariant: a row that was read is a row that is written. */
#define _XOPEN_SOURCE 700 /* mkstemp, TIOCGWINSZ */
#include "classify.h"

#include "channel.h"
#include "command.h"
#include "detect.h"
#include "fields.h"
#include "model_file.h"
#include "output.h"
#include "pipeline.h"
#include "progress.h"
#include "rating.h"
#include "source.h"
#include "tally.h"
#include "writer.h"
#include "xlsx_write.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    FAULTS_SHOWN = 10,
    CLOSED_PIPE = -1 /* in the place of an exit code: end quietly */
};

/* A signal can speak to the run through a variable of the process alone. */
static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
    stop_asked = number;
}

/* What a worker owns. */
typedef struct worker_state {
    nz_session *session;
    fields cells;
    bytes text;     /* texts of several columns joined */
    bytes masks;    /* masked texts, one after the other */
    table_cell *masked;
    bytes refusal;  /* message of the engine for one row */
} worker_state;

typedef struct run {
    const classify_options *options;
    const option_list *inputs;
    table_options reading;
    reader *first;     /* stays open: names and layout point into it */
    reader *current;   /* the one being read; first or owned */
    size_t next_input;
    uint64_t bytes_total, bytes_before;

    nz_model *model;
    schema heads;
    run_columns columns;
    layout shape;
    uint32_t channel;  /* of --channel, NZ_NONE without */

    worker_state *workers;
    unsigned jobs;

    output *out;
    xlsx_writer *book;
    char *book_path;   /* of a temporary file, NULL when the part itself is written */
    tally_plan counting;
    uint64_t *sum;
    uint64_t rows;        /* written, blank ones too */
    uint64_t skip;        /* still to pass over, when resuming */
    uint64_t rows_before; /* answered before this run */
    uint64_t faults_said;
    progress bar;
} run;

/* ---- reading: in the calling thread */

static int open_next(run *r)
{
    if (r->current != NULL && r->current != r->first)
        reader_close(r->current);
    r->current = NULL;
    if (r->next_input == r->inputs->count)
        return 0;
    size_t index = r->next_input++;
    if (index == 0) {
        r->current = r->first;
        return 1;
    }
    table_options quiet = r->reading;
    quiet.quiet = true;
    return reader_open(&r->current, r->inputs->items[index], &quiet) == 0 ? 1 : -1;
}

/* Rows that a resumed output holds already.  true: all of the block. */
static bool skip_rows(run *r, block *b)
{
    size_t skipped = r->skip < b->count ? (size_t)r->skip : b->count;
    r->skip -= skipped;
    b->count -= skipped;
    b->first_number += skipped;
    memmove(b->rows, b->rows + skipped, b->count * sizeof *b->rows);
    return b->count == 0;
}

static int fill_slot(void *context, slot *s)
{
    run *r = context;
    for (;;) {
        if (stop_asked != 0)
            return 0;
        if (r->current == NULL) {
            int got = open_next(r);
            if (got <= 0)
                return got;
        }
        int got = reader_fill(r->current, &s->rows);
        if (got < 0)
            return -1;
        if (got > 0) {
            s->input = r->next_input - 1;
            s->rows.bytes_read += r->bytes_before;
            if (skip_rows(r, &s->rows))
                continue;
            return 1;
        }
        r->bytes_before += reader_bytes_total(r->current);
        int next = open_next(r);
        if (next <= 0)
            return next;
    }
}

/* ---- answering: in the workers */

static void add_fault(slot *s, uint64_t line, row_error error)
{
    if (s->fault_count == s->fault_capacity)
        s->faults = array_grow(s->faults, &s->fault_capacity, sizeof *s->faults);
    s->faults[s->fault_count++] = (fault){line, row_error_text(error)};
}

/* A cell that is there but null is an empty text; one that is not there is none. */
static bool is_there(const fields *f, size_t i)
{
    return f->cells[i].data != NULL
           || (f->format == TABLE_JSONL && f->values[i].kind == JSON_NULL);
}

static row_error take_text(const run *r, worker_state *w, table_cell *text)
{
    const fields *f = &w->cells;
    size_t there = 0;
    *text = (table_cell){"", 0};
    for (size_t i = 0; i < r->columns.texts; i++)
        there += is_there(f, i);
    if (there == 0)
        return ROW_NO_TEXT;
    if (r->columns.texts == 1) {
        if (f->cells[0].data != NULL)
            *text = f->cells[0];
    } else {
        w->text.size = 0;
        for (size_t i = 0; i < r->columns.texts; i++) {
            if (f->cells[i].size == 0)
                continue;
            if (w->text.size > 0)
                bytes_byte(&w->text, '\n');
            bytes_append(&w->text, f->cells[i].data, f->cells[i].size);
        }
        *text = (table_cell){w->text.size > 0 ? w->text.data : "", w->text.size};
    }
    return text->size > TEXT_LIMIT ? ROW_TEXT_LIMIT : ROW_OK;
}

static void take_rating(const run *r, const fields *f, nz_comment *comment, uint64_t *counts)
{
    const run_columns *c = &r->columns;
    if (c->rating < 0)
        return;
    const table_cell *given = &f->cells[c->rating];
    double rating, max = c->scale > 0.0 ? c->scale : -1.0, other;
    if (c->rating_max >= 0 && f->cells[c->rating_max].data != NULL
        && rating_parse(f->cells[c->rating_max].data, f->cells[c->rating_max].size, &other,
                        &(double){0.0}))
        max = other;
    if (given->data == NULL || given->size == 0)
        return;
    if (!rating_parse(given->data, given->size, &rating, &max) || max <= 0.0 || rating > max) {
        counts[TALLY_RATING_UNUSED]++;
        return;
    }
    comment->rating = rating;
    comment->rating_max = max;
}

static void take_channel(const run *r, const fields *f, nz_comment *comment, uint64_t *counts)
{
    comment->channel = r->channel;
    if (r->columns.channel < 0 || f->cells[r->columns.channel].size == 0)
        return;
    const table_cell *given = &f->cells[r->columns.channel];
    comment->channel = channel_find(r->model, given->data, given->size);
    counts[TALLY_CHANNEL_UNKNOWN] += comment->channel == NZ_NONE;
}

/* Mask one text at the end of w->masks; its place is put into cell i for now. */
static bool mask_one(worker_state *w, size_t i, const char *text, size_t size)
{
    const char *out;
    size_t out_size;
    if (nz_session_redact(w->session, text, size, &out, &out_size, NULL) != NZ_OK)
        return false;
    w->masked[i].size = out_size;
    bytes_append(&w->masks, out, out_size);
    return true;
}

/* Before the text is answered: the session gives its results one at a time.  What cannot be
 * masked is not shown. */
static const table_cell *mask_texts(const run *r, worker_state *w, const block *b, const row *line,
                                    bool object)
{
    if (!r->options->redact)
        return NULL;
    w->masks.size = 0;
    size_t count = object ? r->columns.texts : 1;
    for (size_t i = 0; i < r->columns.texts; i++)
        w->masked[i] = (table_cell){NULL, 0};
    for (size_t i = 0; i < count; i++) {
        table_cell shown = w->cells.cells[i];
        if (!object)
            shown = (table_cell){bytes_at(&b->text, line->begin), line->size};
        if (shown.size > 0 && !mask_one(w, i, shown.data, shown.size))
            w->masked[i].size = 0;
    }
    const char *at = w->masks.data;
    for (size_t i = 0; i < r->columns.texts; i++) {
        w->masked[i].data = at == NULL ? "" : at;
        at = at == NULL ? NULL : at + w->masked[i].size;
    }
    return w->masked;
}

static row_error classify_text(const run *r, worker_state *w, const table_cell *text,
                               uint64_t *counts, answer *a)
{
    nz_comment comment = NZ_COMMENT_INIT;
    comment.text = text->data;
    comment.text_len = text->size;
    comment.flags = (r->options->evidence ? NZ_WANT_EVIDENCE : 0)
                    | (r->options->clauses ? NZ_WANT_CLAUSES : 0);
    take_rating(r, &w->cells, &comment, counts);
    take_channel(r, &w->cells, &comment, counts);
    nz_error error = NZ_ERROR_INIT;
    nz_status status = nz_session_classify(w->session, &comment, &a->result, &error);
    if (status != NZ_OK) {
        w->refusal.size = 0;
        bytes_format(&w->refusal, "%s: %s", nz_status_name(status), error.message);
        a->error = bytes_string(&w->refusal);
        return ROW_REFUSED;
    }
    uint32_t flags = nz_result_flags(a->result);
    a->status = (flags & NZ_RESULT_EMPTY) != 0         ? ANSWER_EMPTY
                : (flags & NZ_RESULT_NO_EVIDENCE) != 0 ? ANSWER_NO_EVIDENCE
                                                       : ANSWER_OK;
    return ROW_OK;
}

static void answer_row(run *r, worker_state *w, slot *s, const row *line)
{
    answer a = {ANSWER_ERROR, NULL, ""};
    table_cell text = {"", 0};
    row_error error = fields_take(&w->cells, &s->rows, line);
    bool object = error != ROW_NOT_JSON && error != ROW_NOT_OBJECT
                  && (error == ROW_OK || w->cells.format != TABLE_JSONL);
    if (error == ROW_OK)
        error = take_text(r, w, &text);
    const table_cell *masked = mask_texts(r, w, &s->rows, line, object);
    if (error == ROW_OK)
        error = classify_text(r, w, &text, s->counts, &a);
    if (error != ROW_OK) {
        add_fault(s, line->line, error);
        a.status = ANSWER_ERROR;
        a.result = NULL;
        if (*a.error == '\0')
            a.error = row_error_text(error);
    }
    if (w->cells.repaired)
        s->counts[TALLY_REPAIRED]++;
    if (w->cells.format != TABLE_JSONL && line->error == ROW_OK)
        s->counts[TALLY_RAGGED] += line->cells != r->shape.columns;
    tally_count(&r->counting, s->counts, &a, text.size);
    s->counts[TALLY_REPLACED] += writer_row(&r->shape, &s->rows, line, &w->cells, &a, masked,
                                            &s->out);
}

/* A blank line of a table with several columns is no comment: it stays as it is. */
static bool keep_blank(const run *r, slot *s, const row *line)
{
    if ((line->flags & ROW_BLANK) == 0 || r->shape.columns < 2)
        return false;
    s->counts[TALLY_BLANK]++;
    if (r->shape.out == TABLE_CSV || r->shape.out == TABLE_TSV)
        bytes_text(&s->out, r->shape.crlf ? "\r\n" : "\n");
    return true;
}

static void answer_slot(void *context, unsigned number, slot *s)
{
    run *r = context;
    worker_state *w = &r->workers[number];
    s->out.size = 0;
    s->fault_count = 0;
    memset(s->counts, 0, r->counting.size * sizeof *s->counts);
    for (size_t i = 0; i < s->rows.count; i++)
        if (!keep_blank(r, s, &s->rows.rows[i]))
            answer_row(r, w, s, &s->rows.rows[i]);
}

/* ---- writing: one slot at a time, in order */

static void say_faults(run *r, const slot *s)
{
    if (s->fault_count > 0)
        progress_end(&r->bar);
    for (size_t i = 0; i < s->fault_count; i++) {
        r->faults_said++;
        if (r->faults_said <= FAULTS_SHOWN)
            say_at(r->inputs->items[s->input], s->faults[i].line, "%s", s->faults[i].text);
        else if (r->faults_said == FAULTS_SHOWN + 1)
            say("further bad rows are only counted; the output names each in nz_error");
    }
}

static bool write_bytes(run *r, const bytes *b)
{
    if (b->size == 0)
        return true;
    return r->book != NULL ? xlsx_writer_add(r->book, b->data, b->size)
                           : output_write(r->out, b->data, b->size);
}

static bool emit_slot(void *context, slot *s)
{
    run *r = context;
    say_faults(r, s);
    if (!write_bytes(r, &s->out))
        return false;
    tally_add(&r->counting, r->sum, s->counts);
    r->rows += s->rows.count;
    progress_show(&r->bar, s->rows.bytes_read, r->sum[TALLY_ROWS]);
    return stop_asked == 0 && output_checkpoint(r->out, r->rows);
}

static void begin_slot(void *context, slot *s)
{
    const run *r = context;
    s->counts = memory_resize(NULL, r->counting.size * sizeof *s->counts);
}

static void end_slot(void *context, slot *s)
{
    (void)context;
    free(s->counts);
}

/* ---- opening */

/* Tables that go into one output must have the same columns in the same order. */
static bool same_columns(const reader *a, const reader *b)
{
    bool lines_a = reader_format(a) == TABLE_JSONL, lines_b = reader_format(b) == TABLE_JSONL;
    if (lines_a || lines_b)
        return lines_a && lines_b;
    if (reader_format(a) != reader_format(b) || reader_columns(a) != reader_columns(b)
        || strcmp(reader_delimiter(a), reader_delimiter(b)) != 0)
        return false;
    for (size_t i = 0; i < reader_columns(a); i++)
        if (strcmp(reader_names(a)[i], reader_names(b)[i]) != 0)
            return false;
    return true;
}

/* Every input is opened once before anything is written, so that a missing or different one
 * is told at once. */
static int open_inputs(run *r)
{
    int code = reader_open(&r->first, r->inputs->items[0], &r->reading);
    if (code != 0)
        return code;
    r->bytes_total = reader_bytes_total(r->first);
    for (size_t i = 1; i < r->inputs->count; i++) {
        reader *other;
        if (strcmp(r->inputs->items[i], "-") == 0) {
            say("stdin must be the first input, and only once");
            return EXIT_USAGE;
        }
        table_options quiet = r->reading;
        quiet.quiet = true;
        code = reader_open(&other, r->inputs->items[i], &quiet);
        if (code != 0)
            return code;
        bool same = same_columns(r->first, other);
        r->bytes_total += reader_bytes_total(other);
        reader_close(other);
        if (!same) {
            say_at(r->inputs->items[i], 0, "has another format, delimiter or other columns than "
                   "%s; classify it into an output of its own", r->inputs->items[0]);
            return EXIT_INPUT;
        }
    }
    return 0;
}

static int choose_formats(run *r)
{
    const classify_options *o = r->options;
    table_format format;
    (void)parse_table_format(o->format, true, &format);
    table_format in = reader_format(r->first);
    if (format == TABLE_AUTO && o->output != NULL)
        format = detect_format_by_name(o->output);
    if (format == TABLE_AUTO || format == TABLE_LINES)
        format = in == TABLE_LINES ? TABLE_JSONL : in;
    if ((o->evidence || o->clauses) && format != TABLE_JSONL) {
        say("--evidence and --clauses need room that a table has not; add --format jsonl");
        return EXIT_USAGE;
    }
    if (o->resume && (format == TABLE_XLSX || format == TABLE_VIEW)) {
        say("--resume cannot go on with a %s output; use --format csv, tsv or jsonl",
            table_format_name(format));
        return EXIT_USAGE;
    }
    r->shape.out = format;
    return 0;
}

static int terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    long asked = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize size;
    if (asked > 0 && asked < 1000)
        return (int)asked;
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

static int plan_columns(run *r)
{
    const classify_options *o = r->options;
    bool members = r->shape.out != TABLE_JSONL && r->shape.out != TABLE_VIEW
                   && reader_format(r->first) == TABLE_JSONL;
    int code = run_columns_choose(&r->columns, r->first, o, members);
    if (code != 0)
        return code;
    char words[512];
    run_columns_describe(&r->columns, r->first, words, sizeof words);
    reader_report(r->first, words);
    r->shape.heads = &r->heads;
    r->shape.bom = o->excel;
    r->shape.safe = o->spreadsheet_safe;
    r->shape.evidence = o->evidence;
    r->shape.clauses = o->clauses;
    layout_init(&r->shape, r->first);
    r->shape.first_member = r->columns.members;
    r->shape.text_columns = r->columns.texts;
    r->shape.view_id = r->columns.id;
    r->shape.view_width = terminal_width();
    if (r->shape.dropped_count > 0 && !o->quiet)
        say_at(r->inputs->items[0], 0, "%zu columns of an earlier run are replaced",
               r->shape.dropped_count);
    if (members && !o->quiet)
        say_at(r->inputs->items[0], 0, "the columns are the %zu members of the first rows; "
               "members that come later are left out, --format jsonl keeps them",
               reader_columns(r->first));
    return 0;
}

static int open_model(run *r, uint32_t *identity)
{
    const classify_options *o = r->options;
    int code = model_file_open(&r->model, o->model, identity);
    if (code != 0)
        return code;
    schema_init(&r->heads, r->model, o->labels);
    tally_init(&r->counting, &r->heads);
    r->sum = memory_resize(NULL, r->counting.size * sizeof *r->sum);
    memset(r->sum, 0, r->counting.size * sizeof *r->sum);
    r->channel = NZ_NONE;
    if (o->channel != NULL) {
        r->channel = channel_find(r->model, o->channel, strlen(o->channel));
        if (r->channel == NZ_NONE) {
            channel_say_names(r->model, o->channel);
            return EXIT_USAGE;
        }
    }
    return 0;
}

static int open_workers(run *r)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    r->jobs = r->options->jobs > 0 ? r->options->jobs : online > 0 ? (unsigned)online : 1;
    if (r->jobs > 256)
        r->jobs = 256;
    r->workers = memory_resize(NULL, r->jobs * sizeof *r->workers);
    memset(r->workers, 0, r->jobs * sizeof *r->workers);
    nz_session_options options = NZ_SESSION_OPTIONS_INIT;
    options.min_confidence = r->options->min_confidence;
    for (unsigned i = 0; i < r->jobs; i++) {
        worker_state *w = &r->workers[i];
        nz_error error = NZ_ERROR_INIT;
        if (nz_session_new(&w->session, r->model, &options, &error) != NZ_OK) {
            say("no session can be opened: %s; use fewer --jobs", error.message);
            return EXIT_FAILED;
        }
        fields_init(&w->cells, r->first, r->columns.names.items, r->columns.names.count);
        w->masked = memory_resize(NULL, (r->columns.texts + 1) * sizeof *w->masked);
    }
    return 0;
}

/* ---- output */

static uint32_t add_text(uint32_t sum, const char *text)
{
    return (uint32_t)crc32(sum, (const unsigned char *)(text == NULL ? "\1" : text),
                           (uInt)strlen(text == NULL ? "\1" : text) + 1);
}

/* Inputs are known by name, size and time of change; options by what they do to the output. */
static uint32_t run_identity(const run *r, uint32_t model)
{
    const classify_options *o = r->options;
    const char *const texts[] = {nz_version_string(), o->labels, o->input_format, o->encoding,
                                 o->delimiter, o->rating_column, o->channel_column, o->channel,
                                 table_format_name(r->shape.out)};
    const unsigned flags = o->no_header | o->evidence << 1 | o->clauses << 2 | o->redact << 3
                           | o->excel << 4 | o->spreadsheet_safe << 5;
    char numbers[256];
    uint32_t sum = model;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        sum = add_text(sum, texts[i]);
    for (size_t i = 0; i < r->columns.names.count; i++)
        sum = add_text(sum, r->columns.names.items[i]);
    (void)snprintf(numbers, sizeof numbers, "%u %.17g %.17g", flags, o->min_confidence,
                   r->columns.scale);
    sum = add_text(sum, numbers);
    for (size_t i = 0; i < r->inputs->count; i++) {
        struct stat st;
        if (stat(r->inputs->items[i], &st) != 0)
            continue;
        (void)snprintf(numbers, sizeof numbers, "%lld %lld", (long long)st.st_size,
                       (long long)st.st_mtime);
        sum = add_text(add_text(sum, r->inputs->items[i]), numbers);
    }
    return sum;
}

/* A spreadsheet is written by a library into a file: the part itself, or a temporary one
 * that is copied to where the output goes. */
static int open_book(run *r)
{
    if (output_is_part(r->out)) {
        r->book = xlsx_writer_open(output_part_path(r->out));
        return r->book != NULL ? 0 : EXIT_FAILED;
    }
    const char *folder = getenv("TMPDIR");
    bytes path = {0};
    bytes_format(&path, "%s/nazar-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
    r->book_path = path.data;
    int fd = mkstemp(r->book_path);
    if (fd < 0) {
        say("no temporary file can be made: %s; set TMPDIR to a folder with room",
            strerror(errno));
        return EXIT_FAILED;
    }
    (void)close(fd);
    r->book = xlsx_writer_open(r->book_path);
    return r->book != NULL ? 0 : EXIT_FAILED;
}

static int refuse_own_input(const run *r)
{
    int fd = output_descriptor(r->out);
    for (size_t i = 0; i < r->inputs->count; i++)
        if (source_same_file(r->inputs->items[i], fd)
            || source_same_path(r->inputs->items[i], output_name(r->out))) {
            say_at(r->inputs->items[i], 0, "is input and output at once; name another file "
                   "with -o");
            return EXIT_USAGE;
        }
    return 0;
}

static int open_output(run *r, uint32_t model)
{
    output_plan plan = {.path = r->options->output, .resume = r->options->resume,
                        .identity = run_identity(r, model), .values = r->sum,
                        .n_values = r->counting.size};
    for (size_t i = 0; plan.path != NULL && i < r->inputs->count; i++)
        if (source_same_path(r->inputs->items[i], plan.path)) {
            say_at(plan.path, 0, "is input and output at once; name another file with -o");
            return EXIT_USAGE;
        }
    int code = output_open(&r->out, &plan);
    if (code == 0)
        code = refuse_own_input(r);
    if (code == 0 && r->shape.out == TABLE_XLSX)
        code = open_book(r);
    if (code != 0)
        return code;
    r->rows = r->skip = output_rows(r->out);
    r->rows_before = r->sum[TALLY_ROWS];
    r->faults_said = r->sum[TALLY_STATUS + ANSWER_ERROR];
    if (r->skip > 0 && !r->options->quiet)
        say_at(output_name(r->out), 0, "goes on after %llu rows", (unsigned long long)r->skip);
    if (output_resumed(r->out))
        return 0;
    bytes header = {0};
    writer_header(&r->shape, &header);
    bool written = write_bytes(r, &header) && output_checkpoint_now(r->out, 0);
    bytes_free(&header);
    return written ? 0 : output_closed(r->out) ? CLOSED_PIPE : EXIT_FAILED;
}

static bool copy_book(run *r)
{
    enum { CHUNK = 64 * 1024 };
    FILE *file = fopen(r->book_path, "rb");
    char *chunk = memory_resize(NULL, CHUNK);
    size_t n;
    bool good = file != NULL;
    while (good && (n = fread(chunk, 1, CHUNK, file)) > 0)
        good = output_write(r->out, chunk, n);
    good = good && ferror(file) == 0;
    if (file != NULL)
        (void)fclose(file);
    free(chunk);
    return good;
}

static bool finish_output(run *r)
{
    if (r->book != NULL) {
        uint64_t cut = 0;
        bool good = xlsx_writer_close(r->book, &cut);
        r->book = NULL;
        if (cut > 0)
            say("%llu texts were cut to the 32,767 characters that a cell can hold; use "
                "--format csv or jsonl to keep them", (unsigned long long)cut);
        if (!good || (r->book_path != NULL && !copy_book(r)))
            return false;
    }
    return output_finish(r->out);
}

/* ---- the run */

static void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask_to_stop;
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static int stopped_by_signal(run *r)
{
    bool resumable = output_is_part(r->out) && r->shape.out != TABLE_XLSX;
    if (resumable)
        resumable = output_checkpoint_now(r->out, r->rows);
    if (resumable)
        say("stopped after %llu rows; the same command with --resume goes on",
            (unsigned long long)r->rows);
    return 128 + (int)stop_asked;
}

static int run_pipeline(run *r)
{
    const pipeline plan = {.jobs = r->jobs, .context = r, .fill = fill_slot,
                           .work = answer_slot, .emit = emit_slot, .begin = begin_slot,
                           .end = end_slot};
    double begin = progress_clock();
    progress_begin(&r->bar, r->bytes_total, r->options->quiet);
    pipeline_end end = pipeline_run(&plan);
    progress_end(&r->bar);
    if (stop_asked != 0)
        return stopped_by_signal(r);
    if (end == PIPELINE_INPUT_FAILED)
        return EXIT_INPUT;
    if (end == PIPELINE_STOPPED || !finish_output(r))
        return output_closed(r->out) ? EXIT_DONE : EXIT_FAILED;
    if (!r->options->quiet)
        tally_summary(&r->counting, r->sum, progress_clock() - begin, r->rows_before,
                      output_name(r->out));
    return r->sum[TALLY_STATUS + ANSWER_ERROR] > 0 ? EXIT_ROWS : EXIT_DONE;
}

static void run_close(run *r, bool keep)
{
    for (unsigned i = 0; i < r->jobs && r->workers != NULL; i++) {
        nz_session_free(r->workers[i].session);
        fields_free(&r->workers[i].cells);
        bytes_free(&r->workers[i].text);
        bytes_free(&r->workers[i].masks);
        bytes_free(&r->workers[i].refusal);
        free(r->workers[i].masked);
    }
    free(r->workers);
    uint64_t cut;
    if (r->book != NULL)
        (void)xlsx_writer_close(r->book, &cut);
    if (r->book_path != NULL)
        (void)unlink(r->book_path);
    free(r->book_path);
    output_close(r->out, keep);
    layout_free(&r->shape);
    run_columns_free(&r->columns);
    nz_model_free(r->model);
    if (r->current != r->first)
        reader_close(r->current);
    reader_close(r->first);
    free(r->sum);
}

int classify_run(const classify_options *options, const option_list *inputs)
{
    run r = {.options = options, .inputs = inputs};
    r.reading = (table_options){.encoding = options->encoding, .delimiter = options->delimiter,
                                .no_header = options->no_header, .quiet = options->quiet};
    (void)parse_table_format(options->input_format, false, &r.reading.format);
    uint32_t model = 0;
    bool named = options->output != NULL && strcmp(options->output, "-") != 0;
    int code = open_inputs(&r);
    if (code == 0)
        code = choose_formats(&r);
    if (code == 0)
        code = plan_columns(&r);
    if (code == 0)
        code = open_model(&r, named ? &model : NULL);
    if (code == 0)
        code = open_workers(&r);
    if (code == 0 && named)
        catch_signals();
    if (code == 0)
        code = open_output(&r, model);
    if (code == 0)
        code = run_pipeline(&r);
    /* What was answered so far is kept for --resume when it can be of use. */
    bool keep = r.shape.out != TABLE_XLSX && (options->resume || stop_asked != 0);
    run_close(&r, keep);
    return code == CLOSED_PIPE ? EXIT_DONE : code;
}
