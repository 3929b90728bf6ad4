/* message.c - every word that the command says on stderr goes through here: one line, with
 * the file and the line it speaks of.  It must not be handed a comment's text.
 * Invariant: a message is written with one call, so that lines of threads never mix. */
#include "command.h"

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void message_write(const char *where, const char *format, va_list arguments)
{
    char line[2048];
    int head = snprintf(line, sizeof line, "nazar: %s", where);
    if (head < 0 || (size_t)head >= sizeof line - 2)
        head = (int)sizeof line - 2;
    int tail = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, arguments);
    size_t size = strlen(line);
    if (tail < 0)
        size = (size_t)head;
    line[size] = '\n';
    /* Nothing can be said about a stderr that does not take words. */
    ssize_t written = write(STDERR_FILENO, line, size + 1);
    (void)written;
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    message_write("", format, arguments);
    va_end(arguments);
}

void say_at(const char *file, uint64_t line, const char *format, ...)
{
    char where[1024];
    const char *name = strcmp(file, "-") == 0 ? "stdin" : file;
    if (line == 0)
        (void)snprintf(where, sizeof where, "%s: ", name);
    else
        (void)snprintf(where, sizeof where, "%s:%llu: ", name, (unsigned long long)line);
    va_list arguments;
    va_start(arguments, format);
    message_write(where, format, arguments);
    va_end(arguments);
}
