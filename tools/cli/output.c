/* output.c - checked writes, and a regular file that appears whole or not at all.
 * Order on disk: the part is made durable, then the journal says how far it is; the rename
 * comes last, then the folder is made durable. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "output.h"

#include "bytes.h"
#include "command.h"
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHECKPOINT_BYTES = 16 * 1024 * 1024, CHECKPOINT_SECONDS = 2 };

struct output {
    char *path;      /* final name; "stdout" for messages when there is none */
    char *part;      /* NULL when written directly */
    char *journal_path;
    int fd;
    journal *log;    /* NULL without a part */
    bool closed, failed, finished, resumed;
    uint64_t size, rows;
    uint64_t checkpoint_size;
    time_t checkpoint_time;
    uint64_t *values;
    size_t n_values;
};

static char *join(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    char *text = memory_resize(NULL, n + m + 1);
    memcpy(text, a, n);
    memcpy(text + n, b, m + 1);
    return text;
}

static int open_fail(output *o, const char *what)
{
    say_at(o->part != NULL ? o->part : o->path, 0, "%s: %s; choose another -o FILE", what,
           strerror(errno));
    return EXIT_FAILED;
}

/* One writer at a time: a second one would mix its rows into the same part. */
static bool lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES);
}

static int begin_part(output *o, const output_plan *plan)
{
    journal_state state = {.identity = plan->identity, .values = o->values,
                           .n_values = o->n_values};
    int code = 0;
    if (plan->resume)
        code = journal_read(o->journal_path, o->path, &state);
    if (code != 0)
        return code;
    struct stat st;
    if (fstat(o->fd, &st) != 0)
        return open_fail(o, "cannot be looked at");
    if ((uint64_t)st.st_size < state.bytes) {
        say_at(o->part, 0, "is shorter than its journal says; remove it to begin again");
        return EXIT_FAILED;
    }
    if (ftruncate(o->fd, (off_t)state.bytes) != 0 || lseek(o->fd, 0, SEEK_END) < 0)
        return open_fail(o, "cannot be cut to its last checkpoint");
    o->rows = state.rows;
    o->size = o->checkpoint_size = state.bytes;
    o->resumed = state.bytes > 0;
    o->log = journal_open(o->journal_path, &state);
    return o->log != NULL ? 0 : EXIT_FAILED;
}

static int open_part(output *o, const output_plan *plan, const struct stat *existing)
{
    o->part = join(o->path, ".part");
    o->journal_path = join(o->part, ".journal");
    o->fd = open(o->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (o->fd < 0)
        return open_fail(o, "cannot be created");
    if (!lock(o->fd)) {
        say_at(o->part, 0, "is being written by another process; wait for it or choose "
               "another -o FILE");
        (void)close(o->fd);
        o->fd = -1;
        return EXIT_FAILED;
    }
    if (existing != NULL)
        (void)fchmod(o->fd, existing->st_mode & 0777);
    return begin_part(o, plan);
}

static int open_named(output *o, const output_plan *plan)
{
    struct stat st;
    bool exists = stat(plan->path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        o->path = join(plan->path, "");
        o->fd = open(plan->path, O_WRONLY | O_CLOEXEC);
        return o->fd < 0 ? open_fail(o, "cannot be written") : 0;
    }
    /* A link stays a link: the file that it names is replaced. */
    o->path = exists ? realpath(plan->path, NULL) : join(plan->path, "");
    if (o->path == NULL) {
        o->path = join(plan->path, "");
        return open_fail(o, "cannot be resolved");
    }
    return open_part(o, plan, exists ? &st : NULL);
}

int output_open(output **out, const output_plan *plan)
{
    output *o = memory_resize(NULL, sizeof *o);
    memset(o, 0, sizeof *o);
    *out = NULL;
    o->fd = -1;
    o->values = plan->values;
    o->n_values = plan->n_values;
    o->checkpoint_time = time(NULL);
    int code = 0;
    if (plan->path == NULL || strcmp(plan->path, "-") == 0) {
        o->path = join("stdout", "");
        o->fd = STDOUT_FILENO;
    } else {
        code = open_named(o, plan);
    }
    if (code == 0 && plan->resume && o->part == NULL) {
        say_at(o->path, 0, "cannot be resumed: it is no regular file; use -o FILE");
        code = EXIT_USAGE;
    }
    if (code != 0)
        output_close(o, true);
    else
        *out = o;
    return code;
}

uint64_t output_rows(const output *o)
{
    return o->rows;
}

bool output_resumed(const output *o)
{
    return o->resumed;
}

bool output_is_part(const output *o)
{
    return o->part != NULL;
}

const char *output_part_path(const output *o)
{
    return o->part;
}

const char *output_name(const output *o)
{
    return o->path;
}

int output_descriptor(const output *o)
{
    return o->fd;
}

bool output_closed(const output *o)
{
    return o->closed;
}

static bool write_fail(output *o, const char *what)
{
    if (errno == EPIPE)
        o->closed = true;
    else if (!o->failed)
        say_at(o->part != NULL ? o->part : o->path, 0, "%s: %s; make room or choose another "
               "-o FILE, no output was finished", what, strerror(errno));
    o->failed = true;
    return false;
}

bool output_write(output *o, const char *data, size_t size)
{
    if (o->failed)
        return false;
    o->size += size;
    while (size > 0) {
        ssize_t n = write(o->fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return write_fail(o, "cannot be written");
        data += n;
        size -= (size_t)n;
    }
    return true;
}

bool output_checkpoint_now(output *o, uint64_t rows)
{
    o->rows = rows;
    o->checkpoint_size = o->size;
    o->checkpoint_time = time(NULL);
    if (o->log == NULL || o->failed)
        return !o->failed;
    if (fdatasync(o->fd) != 0 && errno != EINVAL)
        return write_fail(o, "cannot be made durable");
    if (!journal_add(o->log, &(journal_state){.rows = rows, .bytes = o->size,
                                              .values = o->values, .n_values = o->n_values}))
        return write_fail(o, "its journal cannot be written");
    return true;
}

bool output_checkpoint(output *o, uint64_t rows)
{
    if (o->log == NULL)
        return !o->failed;
    bool due = o->size - o->checkpoint_size >= CHECKPOINT_BYTES
               || time(NULL) - o->checkpoint_time >= CHECKPOINT_SECONDS;
    return due ? output_checkpoint_now(o, rows) : !o->failed;
}

/* The rename itself is durable once the folder is. */
static void sync_folder(const char *path)
{
    char *folder = join(path, "");
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder] = '\0';
    int fd = open(slash == NULL ? "." : folder, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        /* Some file systems cannot do that for a folder: the rename stands all the same. */
        (void)fsync(fd);
        (void)close(fd);
    }
    free(folder);
}

bool output_finish(output *o)
{
    if (o->failed)
        return false;
    if (o->part != NULL) {
        if (fsync(o->fd) != 0 && errno != EINVAL)
            return write_fail(o, "cannot be made durable");
        if (rename(o->part, o->path) != 0)
            return write_fail(o, "cannot be given its name");
        sync_folder(o->path);
        (void)unlink(o->journal_path);
    }
    o->finished = true;
    int fd = o->fd;
    o->fd = -1;
    if (close(fd) != 0 && errno != EINTR)
        return write_fail(o, "cannot be closed");
    return true;
}

void output_close(output *o, bool keep)
{
    if (o == NULL)
        return;
    /* Removed before the lock goes with the descriptor: nobody else's part is hit. */
    if (o->part != NULL && o->fd >= 0 && !o->finished && !keep) {
        (void)unlink(o->part);
        (void)unlink(o->journal_path);
    }
    journal_close(o->log);
    if (o->fd > STDERR_FILENO)
        (void)close(o->fd);
    free(o->path);
    free(o->part);
    free(o->journal_path);
    free(o);
}
