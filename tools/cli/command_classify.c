/* command_classify.c - the options of `nazar classify`; classify_run.c does the work. */
#include "classify.h"
#include "command.h"

#include <string.h>
#include <unistd.h>

static const char about[] =
    "Label the comments of FILES (or of stdin): CSV, TSV, JSONL, XLSX or plain lines in and\n"
    "out, the same rows in the same order, every row answered. Format, header, encoding and\n"
    "text column are found out and reported. TSV cells written anew escape tab, line feed,\n"
    "carriage return, backslash and a leading quote as \\t \\n \\r \\\\ \\\". A file is written\n"
    "beside its name and renamed when it is whole; after a kill --resume goes on from\n"
    "FILE.part.";

static const char examples[] =
    "  printf 'id,text\\n1,the app crashes on login\\n' | nazar classify --format table -\n"
    "  printf 'great support!\\n' | nazar classify - --evidence\n"
    "  printf 'too expensive\\n' | nazar classify - --format xlsx -o answers.xlsx\n";

static bool reads_stdin(const option_list *inputs)
{
    return inputs->count == 0 || strcmp(inputs->items[0], "-") == 0;
}

static bool check(const classify_options *o, const option_list *inputs)
{
    static const char *const titles[] = {"id", "fa", "ar", "en"};
    table_format format;
    bool known = o->labels == NULL;
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        known = known || strcmp(o->labels, titles[i]) == 0;
    if (!known)
        say("--labels takes id, fa, ar or en");
    else if (!parse_table_format(o->input_format, false, &format))
        say("--input-format takes csv, tsv, jsonl, lines or xlsx");
    else if (!parse_table_format(o->format, true, &format))
        say("--format takes csv, tsv, jsonl, xlsx or table");
    else if (o->delimiter != NULL && (*o->delimiter == '\0' || strlen(o->delimiter) > 4
                                      || strpbrk(o->delimiter, "\"\r\n") != NULL))
        say("--delimiter takes one character, or tab");
    else if (!(o->min_confidence >= 0.0 && o->min_confidence <= 1.0))
        say("--min-confidence takes a probability from 0 to 1, for example 0.6");
    else if (o->rating_max < 0.0)
        say("--rating-max takes the highest possible rating, for example 5");
    else if (inputs->count == 0 && isatty(STDIN_FILENO) == 1)
        say("classify: name the files to read, or - for stdin; `nazar classify --help` says more");
    else if (o->resume && (o->output == NULL || strcmp(o->output, "-") == 0))
        say("--resume needs -o FILE: what went to stdout cannot be taken up again");
    else if (o->resume && reads_stdin(inputs))
        say("--resume needs a file to read: stdin cannot be read again");
    else
        return true;
    return false;
}

static bool check_stdin(const option_list *inputs)
{
    for (size_t i = 1; i < inputs->count; i++)
        if (strcmp(inputs->items[i], "-") == 0) {
            say("stdin (-) must be the first input, and only once");
            return false;
        }
    return true;
}

int command_classify(int argc, char **argv)
{
    classify_options o = {0};
    const option known[] = {
        {"output", 'o', OPTION_TEXT, &o.output, "write to FILE (else stdout)", "FILE"},
        {"model", 'm', OPTION_TEXT, &o.model, "model file (else the installed one)", "FILE"},
        {"format", 'f', OPTION_TEXT, &o.format,
         "csv, tsv, jsonl, xlsx, or table for people (else by the name of -o, else like the "
         "input; lines give jsonl)",
         "FORMAT"},
        {"input-format", '\0', OPTION_TEXT, &o.input_format,
         "csv, tsv, jsonl, lines or xlsx (else found out)", "FORMAT"},
        {"text-column", 't', OPTION_LIST, &o.text_columns,
         "column of the text, by name or number; several are joined", "COLUMN"},
        {"no-header", '\0', OPTION_FLAG, &o.no_header, "the first row is data", NULL},
        {"delimiter", 'd', OPTION_TEXT, &o.delimiter, "of the input's cells (else found out)",
         "CHARACTER"},
        {"encoding", '\0', OPTION_TEXT, &o.encoding,
         "of the input, as iconv names it, for example windows-1256", "NAME"},
        {"id-column", '\0', OPTION_TEXT, &o.id_column, "column that names a row in --format table",
         "COLUMN"},
        {"rating-column", '\0', OPTION_TEXT, &o.rating_column, "column of the customer's rating",
         "COLUMN"},
        {"rating-max", '\0', OPTION_NUMBER, &o.rating_max, "highest possible rating (else guessed)",
         "NUMBER"},
        {"channel-column", '\0', OPTION_TEXT, &o.channel_column,
         "column of the channel (ticket, chat, nps_survey ...)", "COLUMN"},
        {"channel", '\0', OPTION_TEXT, &o.channel, "channel of all rows", "NAME"},
        {"date-column", '\0', OPTION_TEXT, &o.date_column, "column of the date (kept as it is)",
         "COLUMN"},
        {"labels", '\0', OPTION_TEXT, &o.labels, "labels as id (default), or named in fa, ar, en",
         "LANGUAGE"},
        {"min-confidence", '\0', OPTION_NUMBER, &o.min_confidence,
         "below it a row needs review (else the model's own)", "P"},
        {"evidence", 'e', OPTION_FLAG, &o.evidence, "add the words that decided (jsonl)", NULL},
        {"clauses", '\0', OPTION_FLAG, &o.clauses, "add an answer for each clause (jsonl)", NULL},
        {"redact", '\0', OPTION_FLAG, &o.redact, "mask personal data in the text", NULL},
        {"spreadsheet-safe", '\0', OPTION_FLAG, &o.spreadsheet_safe,
         "put ' before cells that a spreadsheet would run as formulas", NULL},
        {"excel", '\0', OPTION_FLAG, &o.excel, "begin with a byte order mark, for Excel", NULL},
        {"resume", '\0', OPTION_FLAG, &o.resume, "go on where a killed run stopped (needs -o)",
         NULL},
        {"jobs", 'j', OPTION_COUNT, &o.jobs, "threads (else one a processor)", "N"},
        {"quiet", 'q', OPTION_FLAG, &o.quiet, "no report, no progress, no summary", NULL},
        {NULL, '\0', OPTION_FLAG, NULL, NULL, NULL}};
    command_line line = {.command = "classify", .usage = "[OPTIONS] [FILES|-]", .about = about,
                         .examples = examples};
    int code = EXIT_USAGE;
    if (!options_parse(&line, known, argc, argv))
        code = line.exit_code;
    else if (check(&o, &line.arguments) && check_stdin(&line.arguments)) {
        if (o.delimiter != NULL && strcmp(o.delimiter, "tab") == 0)
            o.delimiter = "\t";
        if (o.delimiter != NULL && strcmp(o.delimiter, "\\t") == 0)
            o.delimiter = "\t";
        if (line.arguments.count == 0)
            option_list_add(&line.arguments, "-");
        code = classify_run(&o, &line.arguments);
    }
    option_list_free(&o.text_columns);
    options_free(&line);
    return code;
}
