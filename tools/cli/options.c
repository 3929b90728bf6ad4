/* options.c - our table of options turned into popt's, and the values copied out of it.
 * popt is included here alone. */
#include "options.h"

#include "bytes.h"
#include "command.h"

#include <errno.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELP = 10000 };

void option_list_add(option_list *list, const char *text)
{
    if (list->count == list->capacity)
        list->items = array_grow(list->items, &list->capacity, sizeof *list->items);
    list->items[list->count++] = text;
}

void option_list_free(option_list *list)
{
    free(list->items);
    *list = (option_list){0};
}

static const char *keep(command_line *line, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_resize(NULL, size);
    memcpy(copy, text, size);
    option_list_add(&line->texts, copy);
    return copy;
}

void options_free(command_line *line)
{
    for (size_t i = 0; i < line->texts.count; i++)
        free((void *)(uintptr_t)line->texts.items[i]);
    option_list_free(&line->texts);
    option_list_free(&line->arguments);
}

/* ---- values */

static bool take_number(const command_line *line, const option *o, const char *text)
{
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    bool whole = o->kind == OPTION_COUNT;
    if (end == text || *end != '\0' || errno != 0 || number != number
        || (whole && (number < 1 || number > 1000000 || number != (double)(unsigned)number))) {
        say("%s: --%s takes a %s, for example --%s %s", line->command, o->name,
            whole ? "whole number of at least 1" : "number", o->name, whole ? "4" : "0.5");
        return false;
    }
    if (whole)
        *(unsigned *)o->target = (unsigned)number;
    else
        *(double *)o->target = number;
    return true;
}

static bool take_value(command_line *line, const option *o, const char *text)
{
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)o->target = true;
        return true;
    case OPTION_TEXT:
        *(const char **)o->target = keep(line, text);
        return true;
    case OPTION_LIST:
        option_list_add(o->target, keep(line, text));
        return true;
    default:
        return take_number(line, o, text);
    }
}

/* ---- popt */

static struct poptOption *popt_table(const option *table, size_t *count)
{
    size_t n = 0;
    while (table[n].name != NULL)
        n++;
    struct poptOption *popt = memory_resize(NULL, (n + 2) * sizeof *popt);
    memset(popt, 0, (n + 2) * sizeof *popt);
    for (size_t i = 0; i < n; i++) {
        popt[i].longName = table[i].name;
        popt[i].shortName = table[i].letter;
        popt[i].argInfo = table[i].kind == OPTION_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
        popt[i].val = (int)i + 1;
        popt[i].descrip = table[i].help;
        popt[i].argDescrip = table[i].value;
    }
    popt[n].longName = "help";
    popt[n].shortName = 'h';
    popt[n].argInfo = POPT_ARG_NONE;
    popt[n].val = HELP;
    popt[n].descrip = "show this help";
    *count = n;
    return popt;
}

static void print_help(const command_line *line, poptContext context)
{
    printf("%s\n\n", line->about);
    poptPrintHelp(context, stdout, 0);
    printf("\nExamples:\n%s", line->examples);
}

static bool read_options(command_line *line, const option *table, poptContext context)
{
    int code;
    while ((code = poptGetNextOpt(context)) >= 0) {
        if (code == HELP) {
            print_help(line, context);
            line->exit_code = fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
            return false;
        }
        char *value = poptGetOptArg(context);
        bool taken = take_value(line, &table[code - 1], value == NULL ? "" : value);
        free(value);
        if (!taken)
            return false;
    }
    if (code < -1) {
        say("%s: %s: %s; `nazar %s --help` lists the options", line->command,
            poptBadOption(context, POPT_BADOPTION_NOALIAS), poptStrerror(code), line->command);
        return false;
    }
    const char *argument;
    while ((argument = poptGetArg(context)) != NULL)
        option_list_add(&line->arguments, keep(line, argument));
    return true;
}

bool options_parse(command_line *line, const option *table, int argc, char **argv)
{
    size_t count;
    struct poptOption *popt = popt_table(table, &count);
    bytes usage = {0};
    bytes_format(&usage, "%s", line->usage);
    char name[64];
    (void)snprintf(name, sizeof name, "nazar %s", line->command);
    /* popt prints argv[0] in its help. */
    const char **arguments = memory_resize(NULL, ((size_t)argc + 1) * sizeof *arguments);
    for (int i = 0; i < argc; i++)
        arguments[i] = argv[i];
    arguments[argc] = NULL;
    arguments[0] = name;
    poptContext context = poptGetContext(NULL, argc, arguments, popt, 0);
    line->exit_code = EXIT_USAGE;
    bool go_on = false;
    if (context != NULL) {
        poptSetOtherOptionHelp(context, bytes_string(&usage));
        go_on = read_options(line, table, context);
        poptFreeContext(context);
    }
    bytes_free(&usage);
    free(arguments);
    free(popt);
    return go_on;
}
