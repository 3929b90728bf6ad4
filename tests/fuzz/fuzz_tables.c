/* fuzz_tables.c - any bytes as a CSV, TSV, JSONL, plain or XLSX file (the first byte says
 * which) through the door of table.h: rows are numbered without a gap, cells can be read, and
 * nothing crashes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) ((condition) ? (void)0 : abort())

/* The messages of a million damaged files are not wanted. */
void say(const char *format, ...)
{
    (void)format;
}

void say_at(const char *file, uint64_t line, const char *format, ...)
{
    (void)file, (void)line, (void)format;
}

static volatile unsigned sink;

static void read_rows(const char *path, table_format format)
{
    static const char *const names[] = {"text", "n", "id"};
    const table_options options = {.format = format, .quiet = true};
    table *t;
    table_row row;
    uint64_t number = 0;
    if (table_open(&t, path, &options, names, 3) != 0) {
        REQUIRE(t == NULL);
        return;
    }
    while (table_next(t, &row) > 0) {
        REQUIRE(row.number == ++number);
        for (size_t i = 0; i < 3; i++)
            for (size_t k = 0; k < row.cells[i].size; k++)
                sink += (unsigned char)row.cells[i].data[k];
    }
    table_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char kinds[] = "ACTJLX";
    static int fd = -1;
    char path[32];
    if (size == 0)
        return 0;
    const char *kind = memchr(kinds, data[0], sizeof kinds - 1);
    if (fd < 0) {
        FILE *file = tmpfile();
        REQUIRE(file != NULL);
        fd = fileno(file); /* stays open for the life of the process */
    }
    REQUIRE(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    REQUIRE(write(fd, data + 1, size - 1) == (ssize_t)(size - 1) && lseek(fd, 0, SEEK_SET) == 0);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    static const table_format formats[] = {TABLE_AUTO,  TABLE_CSV,   TABLE_TSV,
                                           TABLE_JSONL, TABLE_LINES, TABLE_XLSX};
    read_rows(path, kind == NULL ? TABLE_AUTO : formats[kind - kinds]);
    return 0;
}
