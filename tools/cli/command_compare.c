/* command_compare.c - nazar compare: two models on the same labelled comments, and whether
 * the difference is more than chance.  Invariant: both answer every row, in one order. */
#include "command.h"
#include "measure.h"
#include "options.h"

#include <string.h>

static const char about[] =
    "Compare two models on the same labelled comments, head by head: McNemar's test on the\n"
    "rows that one of them alone gets right, and the paired bootstrap of macro-F1. The verdict\n"
    "is on stdout; with --fail-if-worse a worse second model ends with exit code 1.";

static const char examples[] =
    "  nazar compare old.nzm new.nzm --data test.csv\n"
    "  nazar compare old.nzm new.nzm --data labels.jsonl --split dev --fail-if-worse\n";

typedef struct compare_options {
    option_list data;
    const char *split;
    double seed;
    unsigned resamples;
    bool fail_if_worse, quiet;
} compare_options;

typedef struct comparing {
    measure first, second;
    const char *split;
} comparing;

static int take_row(void *context, const nz_row *row, const char *path, uint64_t line)
{
    comparing *c = context;
    if (!measure_wants(row, c->split))
        return EXIT_DONE;
    int code = measure_row(&c->first, row, path, line);
    return code != EXIT_DONE ? code : measure_row(&c->second, row, path, line);
}

static int compare(const compare_options *o, comparing *c)
{
    static const char *const verdicts[] = {"no head differs beyond chance",
                                           "the second model is better",
                                           "the second model is worse"};
    labelled_heads heads = {{NULL}, 0};
    labelled_counts counts = {0, 0};
    measure_heads(&c->first, &heads);
    measure_heads(&c->second, &heads);
    for (size_t i = 0; i < o->data.count; i++) {
        int code = labelled_read(o->data.items[i], &heads, take_row, c, &counts, o->quiet);
        if (code != EXIT_DONE)
            return code;
    }
    nz_error err = NZ_ERROR_INIT;
    nz_verdict verdict;
    const char *text;
    size_t len;
    uint64_t labelled;
    (void)nz_evaluation_rows(c->first.evaluation, &labelled);
    if (labelled == 0) {
        say("no row has a label that the first model knows; columns are called like its heads");
        return EXIT_INPUT;
    }
    if (nz_evaluation_compare(c->first.evaluation, c->second.evaluation, &verdict, &text, &len,
                              &err) != NZ_OK) {
        say("%s", err.message);
        return EXIT_FAILED;
    }
    int code = measure_write("-", text, len);
    say("%s", verdicts[verdict]);
    if (code == EXIT_DONE && o->fail_if_worse && verdict == NZ_VERDICT_WORSE)
        return EXIT_FAILED;
    return code != EXIT_DONE ? code : counts.unreadable != 0 ? EXIT_ROWS : EXIT_DONE;
}

static int run(compare_options *o, const option_list *arguments)
{
    if (arguments->count < 2 || (arguments->count == 2 && o->data.count == 0)) {
        say("compare: name two models and the labelled files: nazar compare A B --data FILE");
        return EXIT_USAGE;
    }
    for (size_t i = 2; i < arguments->count; i++)
        option_list_add(&o->data, arguments->items[i]);
    if (!(o->seed >= 0.0 && o->seed < 9e15)) {
        say("compare: --seed takes a number that is not negative");
        return EXIT_USAGE;
    }
    nz_evaluation_options options = NZ_EVALUATION_OPTIONS_INIT;
    options.resamples = o->resamples;
    options.seed = (uint64_t)o->seed;
    comparing c = {{NULL, NULL, NULL}, {NULL, NULL, NULL}, o->split};
    int code = measure_open(&c.first, arguments->items[0], &options);
    if (code == EXIT_DONE)
        code = measure_open(&c.second, arguments->items[1], &options);
    if (code == EXIT_DONE)
        code = compare(o, &c);
    measure_close(&c.first);
    measure_close(&c.second);
    return code;
}

int command_compare(int argc, char **argv)
{
    compare_options o = {.seed = 1.0};
    const option table[] = {
        {"data", '\0', OPTION_LIST, &o.data, "labelled comments; may be given several times",
         "FILE"},
        {"split", '\0', OPTION_TEXT, &o.split, "only rows of this split, for example dev", "NAME"},
        {"fail-if-worse", '\0', OPTION_FLAG, &o.fail_if_worse,
         "exit code 1 when the second model is worse", NULL},
        {"resamples", '\0', OPTION_COUNT, &o.resamples, "of the bootstrap (1000)", "N"},
        {"seed", '\0', OPTION_NUMBER, &o.seed, "of the bootstrap (1)", "N"},
        {"quiet", 'q', OPTION_FLAG, &o.quiet, "say nothing but errors", NULL},
        {0}};
    command_line line = {.command = "compare", .usage = "MODEL_A MODEL_B --data FILE...",
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
