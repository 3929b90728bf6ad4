/* options.h - options of a command: one table drives parsing and --help (libpopt).
 * It checks that values have the right form, not what they mean.
 * Invariant: strings live until options_free(). */
#ifndef NAZAR_CLI_OPTIONS_H
#define NAZAR_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum option_kind {
    OPTION_FLAG,   /* bool * */
    OPTION_TEXT,   /* const char ** */
    OPTION_LIST,   /* option_list *: may be given several times */
    OPTION_NUMBER, /* double * */
    OPTION_COUNT   /* unsigned *: a whole number of at least 1 */
} option_kind;

typedef struct option_list {
    const char **items;
    size_t count, capacity;
} option_list;

typedef struct option {
    const char *name; /* long name, without dashes; NULL ends the table */
    char letter;      /* '\0': none */
    option_kind kind;
    void *target;
    const char *help;
    const char *value; /* what the value is called in --help */
} option;

typedef struct command_line {
    const char *command;
    const char *usage;    /* "[OPTIONS] [FILES|-]" */
    const char *about;    /* one or two lines */
    const char *examples; /* lines, each a command that runs */
    option_list arguments; /* filled: what is left */
    option_list texts;     /* owner of every string */
    int exit_code;         /* filled: when options_parse() says to end */
} command_line;

/* false: end with line->exit_code (--help was asked for, or the usage is wrong). */
bool options_parse(command_line *line, const option *table, int argc, char **argv);
void options_free(command_line *line);

void option_list_add(option_list *list, const char *text);
void option_list_free(option_list *list);

#endif /* NAZAR_CLI_OPTIONS_H */
