/* resume.c - records "nazar1 IDENTITY ROWS BYTES N V1 ... VN CRC", one a line. */
#include "resume.h"

#include "bytes.h"
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

struct journal {
    int fd;
    uint32_t identity;
    bytes line;
};

static uint32_t checksum(const char *data, size_t size)
{
    return (uint32_t)crc32(crc32(0L, Z_NULL, 0), (const unsigned char *)data, (uInt)size);
}

static void format_record(bytes *line, uint32_t identity, const journal_state *state)
{
    line->size = 0;
    bytes_format(line, "nazar1 %08x %llu %llu %zu", (unsigned)identity,
                 (unsigned long long)state->rows, (unsigned long long)state->bytes,
                 state->n_values);
    for (size_t i = 0; i < state->n_values; i++)
        bytes_format(line, " %llu", (unsigned long long)state->values[i]);
    bytes_format(line, " %08x\n", (unsigned)checksum(line->data, line->size));
}

/* One record without its line end.  false: torn, damaged or of another shape. */
static bool parse_record(const char *line, size_t size, uint32_t *identity, journal_state *state)
{
    const char *end = line + size;
    char *p;
    if (size < 16 || strncmp(line, "nazar1 ", 7) != 0 || end[-9] != ' ')
        return false;
    if ((uint32_t)strtoul(end - 8, NULL, 16) != checksum(line, size - 9))
        return false;
    *identity = (uint32_t)strtoul(line + 7, &p, 16);
    state->rows = strtoull(p, &p, 10);
    state->bytes = strtoull(p, &p, 10);
    if (strtoull(p, &p, 10) != state->n_values)
        return false;
    for (size_t i = 0; i < state->n_values; i++)
        state->values[i] = strtoull(p, &p, 10);
    return true;
}

int journal_read(const char *path, const char *output, journal_state *state)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    int code = 0;
    uint32_t identity;
    while (code == 0 && (size = getline(&line, &capacity, file)) > 0) {
        if (line[size - 1] != '\n' || !parse_record(line, (size_t)size - 1, &identity, state))
            break; /* the process was killed while it wrote this one */
        if (identity == state->identity)
            continue;
        say_at(output, 0, "was begun with other inputs, options or another model; leave out "
               "--resume to begin again, or repeat the first command");
        code = EXIT_USAGE;
    }
    free(line);
    (void)fclose(file);
    return code;
}

journal *journal_open(const char *path, const journal_state *state)
{
    journal *j = memory_resize(NULL, sizeof *j);
    *j = (journal){.identity = state->identity};
    /* The new journal replaces the old one in one step: a kill in between loses neither. */
    bytes fresh = {0};
    bytes_format(&fresh, "%s.new", path);
    j->fd = open(bytes_string(&fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (j->fd < 0 || !journal_add(j, state) || rename(fresh.data, path) != 0) {
        say_at(path, 0, "cannot be written: %s; choose another -o FILE", strerror(errno));
        (void)unlink(fresh.data);
        journal_close(j);
        j = NULL;
    }
    bytes_free(&fresh);
    return j;
}

bool journal_add(journal *j, const journal_state *state)
{
    format_record(&j->line, j->identity, state);
    for (size_t done = 0; done < j->line.size;) {
        ssize_t n = write(j->fd, j->line.data + done, j->line.size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        done += (size_t)n;
    }
    return fdatasync(j->fd) == 0 || errno == EINVAL;
}

void journal_close(journal *j)
{
    if (j == NULL)
        return;
    if (j->fd >= 0)
        (void)close(j->fd);
    bytes_free(&j->line);
    free(j);
}
