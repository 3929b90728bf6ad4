/* command_evaluate.c - nazar evaluate: a model on labelled comments, measured by head,
 * language and source.  Invariant: nothing is fitted here. */
#include "command.h"
#include "measure.h"
#include "options.h"

#include <string.h>

static const char about[] =
    "Measure a model on labelled comments: precision, recall and F1 of every label, macro and\n"
    "micro, confusion, calibration error and bootstrap intervals, by head, language and (with\n"
    "--by source) source, against always answering the commonest label. The report goes to\n"
    "stdout as Markdown unless --json or --markdown name files.";

static const char examples[] =
    "  nazar evaluate --model mine.nzm --data test.csv\n"
    "  nazar evaluate --data labels.jsonl --split dev --json scores.json --markdown scores.md\n";

typedef struct evaluate_options {
    option_list data;
    const char *model, *json, *markdown, *by, *split;
    double seed;
    unsigned resamples;
    bool quiet;
} evaluate_options;

typedef struct measuring {
    measure measure;
    const char *split;
} measuring;

static int take_row(void *context, const nz_row *row, const char *path, uint64_t line)
{
    measuring *m = context;
    return measure_wants(row, m->split) ? measure_row(&m->measure, row, path, line) : EXIT_DONE;
}

static int write_reports(const evaluate_options *o, nz_evaluation *evaluation)
{
    nz_error err = NZ_ERROR_INIT;
    const char *text;
    size_t len;
    int code = EXIT_DONE;
    const char *markdown = o->markdown != NULL ? o->markdown : o->json == NULL ? "-" : NULL;
    if (markdown != NULL) {
        if (nz_evaluation_markdown(evaluation, &text, &len, &err) != NZ_OK) {
            say("%s", err.message);
            return EXIT_FAILED;
        }
        code = measure_write(markdown, text, len);
    }
    if (code == EXIT_DONE && o->json != NULL) {
        if (nz_evaluation_json(evaluation, &text, &len, &err) != NZ_OK) {
            say("%s", err.message);
            return EXIT_FAILED;
        }
        code = measure_write(o->json, text, len);
    }
    return code;
}

static int evaluate(const evaluate_options *o, measuring *m)
{
    labelled_heads heads = {{NULL}, 0};
    labelled_counts counts = {0, 0};
    uint64_t labelled;
    measure_heads(&m->measure, &heads);
    for (size_t i = 0; i < o->data.count; i++) {
        int code = labelled_read(o->data.items[i], &heads, take_row, m, &counts, o->quiet);
        if (code != EXIT_DONE)
            return code;
    }
    uint64_t rows = nz_evaluation_rows(m->measure.evaluation, &labelled);
    if (labelled == 0) {
        say("none of the %llu rows%s%s has a label; columns are called like the model's heads "
            "(`nazar inspect` lists them)", (unsigned long long)rows,
            o->split != NULL ? " of the split " : "", o->split != NULL ? o->split : "");
        return EXIT_INPUT;
    }
    int code = write_reports(o, m->measure.evaluation);
    return code != EXIT_DONE ? code : counts.unreadable != 0 ? EXIT_ROWS : EXIT_DONE;
}

static int run(evaluate_options *o, const option_list *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        option_list_add(&o->data, arguments->items[i]);
    if (o->data.count == 0) {
        say("evaluate: name the labelled files with --data FILE");
        return EXIT_USAGE;
    }
    if ((o->by != NULL && strcmp(o->by, "source") != 0) || !(o->seed >= 0.0 && o->seed < 9e15)) {
        say("evaluate: --by takes source, --seed a number that is not negative");
        return EXIT_USAGE;
    }
    nz_evaluation_options options = NZ_EVALUATION_OPTIONS_INIT;
    options.resamples = o->resamples;
    options.seed = (uint64_t)o->seed;
    options.by_source = o->by != NULL;
    measuring m = {{NULL, NULL, NULL}, o->split};
    int code = measure_open(&m.measure, o->model, &options);
    if (code == EXIT_DONE)
        code = evaluate(o, &m);
    measure_close(&m.measure);
    return code;
}

int command_evaluate(int argc, char **argv)
{
    evaluate_options o = {.seed = 1.0};
    const option table[] = {
        {"data", '\0', OPTION_LIST, &o.data, "labelled comments; may be given several times",
         "FILE"},
        {"model", 'm', OPTION_TEXT, &o.model, "the model (the installed one)", "FILE"},
        {"split", '\0', OPTION_TEXT, &o.split, "only rows of this split, for example dev", "NAME"},
        {"by", '\0', OPTION_TEXT, &o.by, "a part of the report for each source", "source"},
        {"json", '\0', OPTION_TEXT, &o.json, "write the report as JSON", "FILE"},
        {"markdown", '\0', OPTION_TEXT, &o.markdown, "write the report as Markdown", "FILE"},
        {"resamples", '\0', OPTION_COUNT, &o.resamples, "of the bootstrap (1000)", "N"},
        {"seed", '\0', OPTION_NUMBER, &o.seed, "of the bootstrap (1)", "N"},
        {"quiet", 'q', OPTION_FLAG, &o.quiet, "say nothing but errors", NULL},
        {0}};
    command_line line = {.command = "evaluate", .usage = "[--model FILE] --data FILE...",
                         .about = about, .examples = examples};
    if (!options_parse(&line, table, argc, argv)) {
        option_list_free(&o.data);
        return line.exit_code;
    }
    int code = run(&o, &line.arguments);
    option_list_free(&o.data);
    options_free(&line);
    return code;
}
