/* command_train.c - nazar train: labelled files in, a model file out, and a closing table
 * that says in plain words what is good and what is weak.
 * Invariant: no model file appears unless everything went well. */
#include "command.h"
#include "labelled.h"
#include "options.h"
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char about[] =
    "Train a model on labelled comments: tables or JSONL with a column text and any of\n"
    "category, sentiment, type, types, reason, question (and rating, rating_max, channel,\n"
    "split, source, weight, drawn). A label that is missing is not trained on that row. Rows\n"
    "with split=dev are not trained on: they calibrate and measure.";

static const char examples[] =
    "  nazar train --data mine.csv -o mine.nzm\n"
    "  nazar train --data a.jsonl --data b.csv -o mine.nzm --max-bytes 4000000 --jobs 4\n";

typedef struct train_options {
    option_list data;
    const char *output, *taxonomy, *lexicons, *probes;
    double l2, class_weight, max_bytes, seed;
    unsigned jobs, min_comments, min_ngrams, max_features, max_iterations, vectors;
    bool quiet;
} train_options;

/* ---- where taxonomy, lexicons and probes are ------------------------------------------ */

/* The tree this program was built from, found from the place of its model; else here. */
#define SOURCE_MODEL_TAIL "/models/default.nzm"
#ifndef NZ_SOURCE_MODEL
#define NZ_SOURCE_MODEL "." SOURCE_MODEL_TAIL
#endif

/* The installed file, else that of the source tree; NULL when there is neither. */
static const char *find_default(char path[4096], const char *installed, const char *source)
{
    char program[2048];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size > 0) {
        program[size] = '\0';
        char *slash = strrchr(program, '/');
        if (slash != NULL)
            *slash = '\0';
        int len = snprintf(path, 4096, "%s/../share/nazar/%s", program, installed);
        if (len > 0 && len < 4096 && access(path, R_OK) == 0)
            return path;
    }
    int root = (int)(sizeof NZ_SOURCE_MODEL - sizeof SOURCE_MODEL_TAIL);
    int len = snprintf(path, 4096, "%.*s/%s", root, NZ_SOURCE_MODEL, source);
    return len > 0 && len < 4096 && access(path, R_OK) == 0 ? path : NULL;
}

/* ---- rows ------------------------------------------------------------------------------ */

static int add_row(void *context, const nz_row *row, const char *path, uint64_t line)
{
    nz_error err = NZ_ERROR_INIT;
    if (nz_trainer_add(context, row, &err) == NZ_OK)
        return EXIT_DONE;
    say_at(path, line, "%s", err.message);
    return err.status == NZ_E_MEMORY ? EXIT_FAILED : EXIT_INPUT;
}

static int read_data(nz_trainer *trainer, const option_list *files, labelled_counts *counts,
                     bool quiet)
{
    labelled_heads heads = {{NULL}, 0};
    for (const char *name; (name = nz_trainer_head_name(trainer, (uint32_t)heads.count)) != NULL;)
        heads.names[heads.count++] = name;
    for (size_t i = 0; i < files->count; i++) {
        nz_error err = NZ_ERROR_INIT;
        int code = labelled_read(files->items[i], &heads, add_row, trainer, counts, quiet);
        if (code != EXIT_DONE)
            return code;
        if (strcmp(files->items[i], "-") != 0
            && nz_trainer_note_input(trainer, files->items[i], &err) != NZ_OK) {
            say_at(files->items[i], 0, "%s", err.message);
            return EXIT_INPUT;
        }
    }
    return EXIT_DONE;
}

/* ---- progress ---------------------------------------------------------------------------- */

typedef struct watching {
    const char *stage, *head;
    double begin, last;
    bool quiet;
} watching;

static const char *in_words(const char *stage)
{
    static const char *const words[][2] = {
        {"read", "reading comments"}, {"vectors", "learning vectors"},         {"select", "choosing features"},
        {"fit", "fitting"},                   {"prune", "dropping what decides little"},
        {"fit again", "fitting what is left"}, {"cross-fit", "fitting without a fifth, five times"},
        {"calibrate", "calibrating"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], stage) == 0)
            return words[i][1];
    return stage;
}

/* A line when something new begins, and every ten seconds. */
static int watch(void *payload, const nz_train_progress *p)
{
    watching *w = payload;
    double now = progress_clock();
    bool fresh = w->stage == NULL || strcmp(w->stage, p->stage) != 0 || w->head != p->head;
    if (w->quiet || (!fresh && now - w->last < 10.0))
        return 0;
    w->stage = p->stage;
    w->head = p->head;
    w->last = now;
    const char *colon = p->head != NULL ? " " : "", *head = p->head != NULL ? p->head : "";
    if (p->iteration > 1)
        say("%6.1f s  %s%s%s, step %u, loss %.4f a row", now - w->begin, in_words(p->stage), colon,
            head, (unsigned)p->iteration, p->loss);
    else
        say("%6.1f s  %s%s%s", now - w->begin, in_words(p->stage), colon, head);
    return 0;
}

/* ---- the closing table ---------------------------------------------------------------------- */

static void show_percent(char cell[16], double value)
{
    if (isfinite(value))
        (void)snprintf(cell, 16, "%.1f", 100.0 * value);
    else
        (void)snprintf(cell, 16, "-");
}

static void show_head(const nz_trainer *trainer, uint32_t index, const nz_head_report *h)
{
    char accuracy[16], macro[16], majority[16], error[16];
    show_percent(accuracy, h->accuracy);
    show_percent(macro, h->macro_f1);
    show_percent(majority, h->majority_accuracy);
    show_percent(error, h->calibration_error);
    fprintf(stderr, "\n%s: %u rows trained on, %u measured%s; right %s (always the commonest: %s), "
            "macro-F1 %s, calibration error %s\n", h->name, (unsigned)h->train_rows,
            (unsigned)h->dev_rows, h->cross_fitted != 0 ? " by cross-fitting" : "", accuracy,
            majority, macro, error);
    for (uint32_t k = 0; k < h->label_count; k++) {
        const nz_label_report *l = nz_trainer_label_report(trainer, index, k);
        char precision[16], recall[16], f1[16];
        show_percent(precision, l->precision);
        show_percent(recall, l->recall);
        show_percent(f1, l->f1);
        fprintf(stderr, "  %-24s %8u rows %7u measured   precision %5s  recall %5s  F1 %5s\n",
                l->name, (unsigned)l->train_rows, (unsigned)l->dev_rows, precision, recall, f1);
    }
}

static void show_report(const nz_trainer *trainer)
{
    const nz_head_report *h;
    for (uint32_t i = 0; (h = nz_trainer_head_report(trainer, i)) != NULL; i++)
        show_head(trainer, i, h);
    const char *remark;
    for (uint32_t i = 0; (remark = nz_trainer_remark(trainer, i)) != NULL; i++)
        fprintf(stderr, "%s- %s\n", i == 0 ? "\nWhat to know:\n" : "", remark);
}

/* ---- the command -------------------------------------------------------------------------------- */

static int exit_code_of(nz_status status)
{
    return status == NZ_E_DATA || status == NZ_E_RULE_SYNTAX ? EXIT_INPUT : EXIT_FAILED;
}

static int train(const train_options *o, nz_trainer *trainer)
{
    nz_error err = NZ_ERROR_INIT;
    labelled_counts counts = {0, 0};
    watching w = {NULL, NULL, progress_clock(), 0.0, o->quiet};
    int code = read_data(trainer, &o->data, &counts, o->quiet);
    if (code != EXIT_DONE)
        return code;
    nz_status status = nz_trainer_fit(trainer, watch, &w, &err);
    if (status != NZ_OK) {
        say("%s", err.message);
        return exit_code_of(status);
    }
    if (!o->quiet)
        show_report(trainer);
    status = nz_trainer_save(trainer, o->output, &err);
    if (status != NZ_OK) {
        say_at(o->output, 0, "%s", err.message);
        return EXIT_FAILED;
    }
    if (!o->quiet)
        say("%s is written and proved (%.0f s)", o->output, progress_clock() - w.begin);
    return counts.unreadable != 0 ? EXIT_ROWS : EXIT_DONE;
}

/* Fail now rather than after an hour: the folder of the output must take a file. */
static bool output_is_writable(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (len >= sizeof folder)
        return false;
    memcpy(folder, slash == NULL ? "." : path, len);
    folder[len] = '\0';
    return access(folder, W_OK) == 0;
}

static int run(train_options *o, const option_list *arguments)
{
    char taxonomy[4096], lexicons[4096], probes[4096];
    for (size_t i = 0; i < arguments->count; i++)
        option_list_add(&o->data, arguments->items[i]);
    if (o->data.count == 0 || o->output == NULL) {
        say("train: name the labelled files with --data FILE and the model with -o MODEL");
        return EXIT_USAGE;
    }
    if (!output_is_writable(o->output)) {
        say_at(o->output, 0, "the folder of the model cannot be written to");
        return EXIT_FAILED;
    }
    nz_trainer_options options = NZ_TRAINER_OPTIONS_INIT;
    options.taxonomy = o->taxonomy != NULL
                           ? o->taxonomy
                           : find_default(taxonomy, "taxonomy.json", "models/taxonomy.json");
    options.lexicons = o->lexicons != NULL ? o->lexicons
                                           : find_default(lexicons, "lexicons", "lexicons");
    options.probes = o->probes != NULL ? o->probes
                                       : find_default(probes, "probes", "models/probes");
    if (options.taxonomy == NULL) {
        say("train: there is no default taxonomy; name one with --taxonomy FILE");
        return EXIT_USAGE;
    }
    if (!(o->class_weight >= 0.0 && o->class_weight <= 1.0) || !(o->l2 >= 0.0)
        || !(o->seed >= 0.0 && o->seed < 9e15) || !(o->max_bytes >= 0.0 && o->max_bytes < 4e9)) {
        say("train: --class-weight is 0 to 1, --l2, --seed and --max-bytes are not negative");
        return EXIT_USAGE;
    }
    options.threads = o->jobs;
    options.seed = (uint64_t)o->seed;
    options.l2 = o->l2;
    options.class_weight = o->class_weight;
    options.max_bytes = (uint64_t)o->max_bytes;
    options.max_features = o->max_features;
    options.min_comments = o->min_comments;
    options.min_comments_ngram = o->min_ngrams;
    options.max_iterations = o->max_iterations;
    options.vectors = o->vectors;

    nz_error err = NZ_ERROR_INIT;
    nz_trainer *trainer = NULL;
    nz_status status = nz_trainer_new(&trainer, &options, &err);
    if (status != NZ_OK) {
        say("%s", err.message);
        return status == NZ_E_IO ? EXIT_INPUT : exit_code_of(status);
    }
    int code = train(o, trainer);
    nz_trainer_free(trainer);
    return code;
}

int command_train(int argc, char **argv)
{
    train_options o = {.seed = 1.0, .vectors = 100};
    const option table[] = {
        {"data", '\0', OPTION_LIST, &o.data, "labelled comments; may be given several times",
         "FILE"},
        {"output", 'o', OPTION_TEXT, &o.output, "the model file to write", "MODEL"},
        {"taxonomy", '\0', OPTION_TEXT, &o.taxonomy, "heads and labels", "FILE"},
        {"lexicons", '\0', OPTION_TEXT, &o.lexicons, "folder of the word tables", "DIR"},
        {"probes", '\0', OPTION_TEXT, &o.probes, "folder of texts that guard the model", "DIR"},
        {"seed", '\0', OPTION_NUMBER, &o.seed, "of all that is drawn by lot (1)", "N"},
        {"l2", '\0', OPTION_NUMBER, &o.l2, "strength of the prior (1)", "X"},
        {"class-weight", '\0', OPTION_NUMBER, &o.class_weight,
         "0: labels count as they come, 1: all labels count the same (0)", "X"},
        {"max-bytes", '\0', OPTION_NUMBER, &o.max_bytes, "of the model file (23500000)", "N"},
        {"max-features", '\0', OPTION_COUNT, &o.max_features, "candidates of a group", "N"},
        {"min-comments", '\0', OPTION_COUNT, &o.min_comments,
         "different comments behind a word (2)", "N"},
        {"min-ngrams", '\0', OPTION_COUNT, &o.min_ngrams,
         "different comments behind a pair or a piece of a word (5)", "N"},
        {"iterations", '\0', OPTION_COUNT, &o.max_iterations, "at most, of one fit (150)", "N"},
        {"vectors", '\0', OPTION_COUNT, &o.vectors,
         "dimensions of word vectors from all rows, for heads that few know; 0: none (100)", "N"},
        {"jobs", 'j', OPTION_COUNT, &o.jobs, "threads (one a processor)", "N"},
        {"quiet", 'q', OPTION_FLAG, &o.quiet, "say nothing but errors", NULL},
        {0}};
    command_line line = {.command = "train", .usage = "--data FILE... -o MODEL", .about = about,
                         .examples = examples};
    if (!options_parse(&line, table, argc, argv)) {
        option_list_free(&o.data);
        return line.exit_code;
    }
    int code = run(&o, &line.arguments);
    option_list_free(&o.data);
    options_free(&line);
    return code;
}
