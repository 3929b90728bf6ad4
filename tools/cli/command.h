/* command.h - what every subcommand shares: the exit codes and the words on stderr.
 *
 * main.c holds the table of commands; a command is a function of argc and argv, with
 * argv[0] its own name.  No message of a command ever holds a comment's text. */
#ifndef NAZAR_CLI_COMMAND_H
#define NAZAR_CLI_COMMAND_H

#include <stdint.h>

/* What the process tells its caller (README, "Exit codes"). */
enum {
    EXIT_DONE = 0,   /* every row is answered */
    EXIT_FAILED = 1, /* an internal failure, or the output cannot be written */
    EXIT_USAGE = 2,
    EXIT_ROWS = 3, /* finished, but some rows could not be read: they are counted */
    EXIT_MODEL = 4,
    EXIT_INPUT = 5 /* an input that cannot be used at all */
};

#if defined(__GNUC__)
#define CLI_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CLI_PRINTF(text, first)
#endif

/* "nazar: WHAT" on stderr, one line; say what is wrong, then what to do. */
void say(const char *format, ...) CLI_PRINTF(1, 2);
/* "nazar: FILE:LINE: WHAT"; line 0 leaves the line out, file "-" is called stdin. */
void say_at(const char *file, uint64_t line, const char *format, ...) CLI_PRINTF(3, 4);

struct bytes;
/* Write data to stdout.  Returns the exit code: a closed pipe is no failure. */
int print_data(const struct bytes *data);

int command_classify(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_normalize(int argc, char **argv);
int command_selftest(int argc, char **argv);
#ifdef NZ_HAVE_TRAIN
int command_train(int argc, char **argv);
int command_evaluate(int argc, char **argv);
int command_compare(int argc, char **argv);
#endif

#endif /* NAZAR_CLI_COMMAND_H */
