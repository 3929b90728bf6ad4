/* progress.c - draws the line at most ten times a second.  NO_COLOR keeps it plain. */
#include "progress.h"

#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 30 };

double progress_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void progress_begin(progress *p, uint64_t total_bytes, bool quiet)
{
    *p = (progress){.total = total_bytes, .begin = progress_clock()};
    p->last = p->begin;
    p->shown = !quiet && isatty(STDERR_FILENO) == 1;
}

static void put(const bytes *line)
{
    ssize_t written = write(STDERR_FILENO, line->data, line->size);
    (void)written; /* a terminal that has gone needs no progress */
}

static void format_left(bytes *line, double seconds)
{
    unsigned s = seconds > 359999.0 ? 359999 : (unsigned)seconds;
    if (s >= 3600)
        bytes_format(line, ", %u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
    else
        bytes_format(line, ", %u:%02u left", s / 60, s % 60);
}

void progress_show(progress *p, uint64_t bytes_done, uint64_t rows)
{
    double now = progress_clock();
    if (!p->shown || now - p->last < 0.1)
        return;
    p->last = now;
    double spent = now - p->begin;
    const char *plain = getenv("NO_COLOR");
    bool colour = plain == NULL || *plain == '\0';
    bytes line = {0};
    bytes_text(&line, "\r\033[K");
    if (p->total > 0) {
        double part = (double)bytes_done / (double)p->total;
        unsigned full = part >= 1.0 ? BAR : (unsigned)(part * BAR);
        bytes_text(&line, colour ? "\033[32m" : "");
        for (unsigned i = 0; i < BAR; i++)
            bytes_byte(&line, i < full ? '#' : '.');
        bytes_format(&line, "%s %3.0f%% ", colour ? "\033[0m" : "", part * 100.0);
    }
    bytes_format(&line, "%llu rows, %.0f rows/s, %.1f MB/s", (unsigned long long)rows,
                 (double)rows / spent, (double)bytes_done / spent / 1e6);
    if (p->total > 0 && bytes_done > 0 && bytes_done <= p->total)
        format_left(&line, spent * (double)(p->total - bytes_done) / (double)bytes_done);
    put(&line);
    bytes_free(&line);
    p->drawn = true;
}

void progress_end(progress *p)
{
    static const bytes clear = {(char *)(uintptr_t)"\r\033[K", 4, 4};
    if (p->drawn)
        put(&clear);
    p->drawn = false;
}
