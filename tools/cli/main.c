/* main.c - the command `nazar`: one table of subcommands, nothing else.
 * Invariant: stdout carries data only; words go to stderr; a closed pipe ends quietly. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <nazar/nazar.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command;

static const command commands[] = {
    {"classify", command_classify, "label the comments of files: same rows, same order"},
    {"explain", command_explain, "show the words that decided"},
#ifdef NZ_HAVE_TRAIN
    {"train", command_train, "train a model on labelled comments"},
    {"evaluate", command_evaluate, "measure a model on labelled comments"},
    {"compare", command_compare, "measure two models on the same comments"},
#endif
    {"inspect", command_inspect, "show what a model file holds"},
    {"normalize", command_normalize, "show the keys that spellings share"},
    {"selftest", command_selftest, "check that this build and its model work"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int print_help(FILE *to)
{
    fprintf(to, "nazar %s - reads customer comments in Persian, Arabic and English\n\n"
            "Usage: nazar COMMAND [OPTIONS] ...\n\nCommands:\n", nz_version_string());
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\nnazar COMMAND --help says more.  Exit codes: 0 all rows answered, 1 internal or "
            "output\nfailure, 2 usage, 3 finished with bad rows, 4 model refused, 5 input "
            "unusable.\n\nExamples:\n  nazar classify comments.csv -o answers.csv\n"
            "  echo 'the app crashes on login' | nazar explain -\n");
    return fflush(to) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* A descriptor that the caller closed would be given to the next file that is opened, and
 * words for stderr would end up in it. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &ignore, NULL);

    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_help(stdout);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("nazar %s\n", nz_version_string());
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (argc < 2)
        (void)print_help(stderr);
    else
        say("%s is no command; `nazar --help` lists them", name);
    return EXIT_USAGE;
}
