/* command_normalize.c - `nazar normalize`: the keys that all spellings of a word share, line
 * by line.  It needs no model. */
#include "bytes.h"
#include "command.h"
#include "json_span.h"
#include "options.h"
#include "output.h"
#include "table.h"

#include <nazar/nazar.h>
#include <string.h>
#include <unistd.h>

typedef struct normalize {
    nz_normalizer *normalizer;
    output *out;
    bytes line;
    bool json, stems;
    bool bad; /* a line was refused */
} normalize;

static void write_text(bytes *out, const char *text)
{
    json_write_string(out, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

static void write_token(bytes *out, const nz_token *t)
{
    bytes_format(out, "{\"begin\":%u,\"end\":%u,\"kind\":", t->begin, t->end);
    write_text(out, nz_token_kind_name((nz_token_kind)t->kind));
    bytes_text(out, ",\"language\":");
    write_text(out, nz_language_code((nz_language)t->language));
    bytes_text(out, ",\"form\":");
    write_text(out, t->form);
    bytes_text(out, ",\"key\":");
    write_text(out, t->key);
    bytes_text(out, ",\"stem\":");
    write_text(out, t->stem);
    bytes_byte(out, '}');
}

static void write_tokens(normalize *n, const char *text, size_t size, const nz_token *tokens,
                         size_t count, nz_language language)
{
    if (!n->json) {
        for (size_t i = 0; i < count; i++) {
            if (i > 0)
                bytes_byte(&n->line, ' ');
            bytes_text(&n->line, n->stems ? tokens[i].stem : tokens[i].key);
        }
        bytes_byte(&n->line, '\n');
        return;
    }
    bytes_text(&n->line, "{\"text\":");
    json_write_string(&n->line, text, size);
    bytes_text(&n->line, ",\"language\":");
    write_text(&n->line, nz_language_code(language));
    bytes_text(&n->line, ",\"tokens\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_byte(&n->line, ',');
        write_token(&n->line, &tokens[i]);
    }
    bytes_text(&n->line, "]}\n");
}

/* One line in, one line out; a refused one gives an empty line and a message. */
static bool normalize_text(normalize *n, const char *file, uint64_t line, const char *text,
                           size_t size)
{
    const nz_token *tokens = NULL;
    size_t count = 0;
    nz_language language = NZ_LANG_OTHER;
    nz_error error = NZ_ERROR_INIT;
    n->line.size = 0;
    if (nz_normalizer_run(n->normalizer, text, size, &tokens, &count, &language, &error)
        != NZ_OK) {
        say_at(file, line, "%s", error.message);
        n->bad = true;
        count = 0;
    }
    write_tokens(n, text, size, tokens, count, language);
    return output_write(n->out, n->line.data, n->line.size);
}

static int normalize_file(normalize *n, const char *path, const char *encoding)
{
    static const char *const names[] = {"text"};
    const table_options reading = {.format = TABLE_LINES, .encoding = encoding, .quiet = true};
    table *t;
    table_row row;
    int got, code = table_open(&t, path, &reading, names, 1);
    if (code != 0)
        return code;
    while ((got = table_next(t, &row)) > 0) {
        const table_cell *text = &row.cells[0];
        if (row.error != NULL) {
            say_at(path, row.line, "%s", row.error);
            n->bad = true;
        }
        if (!normalize_text(n, path, row.line, text->data, row.error != NULL ? 0 : text->size))
            break;
    }
    table_close(t);
    return got < 0 ? EXIT_INPUT : got == 0 ? 0 : output_closed(n->out) ? -1 : EXIT_FAILED;
}

static int normalize_all(normalize *n, const option_list *arguments, const char *encoding,
                         bool files)
{
    int code = 0;
    if (arguments->count == 0)
        return normalize_file(n, "-", encoding);
    for (size_t i = 0; code == 0 && i < arguments->count; i++) {
        const char *argument = arguments->items[i];
        if (files || strcmp(argument, "-") == 0)
            code = normalize_file(n, argument, encoding);
        else if (!normalize_text(n, "argument", i + 1, argument, strlen(argument)))
            code = output_closed(n->out) ? -1 : EXIT_FAILED;
    }
    return code;
}

static int run(normalize *n, const option_list *arguments, const char *encoding, bool files)
{
    nz_error error = NZ_ERROR_INIT;
    const output_plan plan = {0};
    if (nz_normalizer_new(&n->normalizer, NULL, &error) != NZ_OK) {
        say("the normaliser cannot start: %s", error.message);
        return EXIT_FAILED;
    }
    int code = output_open(&n->out, &plan);
    if (code == 0)
        code = normalize_all(n, arguments, encoding, files);
    output_close(n->out, false);
    nz_normalizer_free(n->normalizer);
    bytes_free(&n->line);
    if (code != 0)
        return code < 0 ? EXIT_DONE : code;
    return n->bad ? EXIT_ROWS : EXIT_DONE;
}

int command_normalize(int argc, char **argv)
{
    normalize n = {0};
    bool files = false;
    const char *encoding = NULL;
    const option known[] = {
        {"json", '\0', OPTION_FLAG, &n.json,
         "tokens with begin, end, kind, language, form, key, stem", NULL},
        {"stems", '\0', OPTION_FLAG, &n.stems, "print stems instead of keys", NULL},
        {"files", 'f', OPTION_FLAG, &files, "the arguments are files of lines, not texts", NULL},
        {"encoding", '\0', OPTION_TEXT, &encoding, "of the files, for example windows-1256",
         "NAME"},
        {NULL, '\0', OPTION_FLAG, NULL, NULL, NULL}};
    command_line line = {.command = "normalize", .usage = "[OPTIONS] [TEXT ...|-]",
                         .about = "Print the keys of each TEXT, or of each line of stdin, joined "
                                  "by spaces:\nspellings of one word have one key.",
                         .examples = "  nazar normalize 'Looooved it, the APP is great'\n"
                                     "  echo 'does not work' | nazar normalize --json -\n"};
    int code;
    if (!options_parse(&line, known, argc, argv))
        code = line.exit_code;
    else
        code = run(&n, &line.arguments, encoding, files);
    options_free(&line);
    return code;
}
