/* file.c - whole files over POSIX calls.  It must not know what the bytes mean.
 * Invariant: every call is checked, also close(): a full disk may first show there. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_ALIGN = 64 };

/* strerror() shares a buffer between threads and speaks the locale's language. */
static const char *reason(int code)
{
    switch (code) {
    case ENOENT: return "no such file";
    case EACCES: return "permission denied";
    case EISDIR: return "it is a directory, not a file";
    case ENOTDIR: return "a part of the path is no directory";
    case ENOSPC: return "no space left on the device";
    case EROFS: return "the file system is read-only";
    case EMFILE: return "too many open files";
    case ENAMETOOLONG: return "the name is too long";
    case EFBIG: return "the file would be too large";
    case EIO: return "the device failed";
    default: return "the system refused (see the error number)";
    }
}

static nz_status fail_io(nz_error *err, const char *what, const char *path, int code)
{
    return status_fail_at(err, NZ_E_IO, UINT64_MAX, code, "%s: %s: %s", what, reason(code), path);
}

static nz_status new_block(file_bytes *out, size_t size, const nz_allocator *allocator,
                           nz_error *err)
{
    size_t block_size;
    if (!memory_add(size, FILE_ALIGN, &block_size)) {
        return status_no_memory(err);
    }
    out->block = memory_new(allocator, block_size, 1);
    if (out->block == NULL) {
        return status_no_memory(err);
    }
    out->block_size = block_size;
    out->mapped = false;
    out->size = size;
    uintptr_t at = (uintptr_t)out->block;
    out->bytes = (unsigned char *)out->block + (FILE_ALIGN - at % FILE_ALIGN) % FILE_ALIGN;
    return NZ_OK;
}

nz_status file_copy(file_bytes *out, const void *bytes, size_t size,
                    const nz_allocator *allocator, nz_error *err)
{
    memset(out, 0, sizeof *out);
    NZ_TRY(new_block(out, size, allocator, err));
    if (size != 0) {
        memcpy((unsigned char *)out->block + (out->bytes - (unsigned char *)out->block), bytes,
               size);
    }
    return NZ_OK;
}

void file_bytes_free(file_bytes *f, const nz_allocator *allocator)
{
    if (f->block == NULL) {
        return;
    }
    if (f->mapped) {
        (void)munmap(f->block, f->block_size);
    } else {
        memory_free(allocator, f->block, f->block_size, 1);
    }
    memset(f, 0, sizeof *f);
}

static nz_status read_whole(file_bytes *out, int fd, const char *path, size_t size,
                            const nz_allocator *allocator, nz_error *err)
{
    NZ_TRY(new_block(out, size, allocator, err));
    unsigned char *to = (unsigned char *)out->block + (out->bytes - (unsigned char *)out->block);
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            int code = got < 0 ? errno : EIO; /* shorter than fstat() said: it changed */
            file_bytes_free(out, allocator);
            return fail_io(err, "cannot read", path, code);
        }
        done += (size_t)got;
    }
    return NZ_OK;
}

static nz_status map_whole(file_bytes *out, int fd, const char *path, size_t size, nz_error *err)
{
    void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) {
        return fail_io(err, "cannot map", path, errno);
    }
    out->block = at;
    out->block_size = size;
    out->bytes = at;
    out->size = size;
    out->mapped = true;
    return NZ_OK;
}

static nz_status read_open_file(file_bytes *out, int fd, const char *path, size_t cap, bool map,
                                const nz_allocator *allocator, nz_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return fail_io(err, "cannot read", path, errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return fail_io(err, "cannot read", path, EISDIR);
    }
    if (!S_ISREG(info.st_mode)) {
        return status_fail_at(err, NZ_E_IO, UINT64_MAX, EINVAL, "not a regular file: %s", path);
    }
    if (info.st_size < 0 || (uint64_t)info.st_size > cap) {
        return status_fail(err, NZ_E_LIMIT, "larger than the limit of %zu bytes: %s", cap, path);
    }
    size_t size = (size_t)info.st_size;
    if (map && size != 0) { /* mmap() of nothing is an error */
        return map_whole(out, fd, path, size, err);
    }
    return read_whole(out, fd, path, size, allocator, err);
}

nz_status file_read(file_bytes *out, const char *path, size_t cap, bool map,
                    const nz_allocator *allocator, nz_error *err)
{
    memset(out, 0, sizeof *out);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0) {
        return fail_io(err, "cannot open", path, errno);
    }
    nz_status status = read_open_file(out, fd, path, cap, map, allocator, err);
    (void)close(fd);
    return status;
}

/* ---- writing ---------------------------------------------------------------- */

static int write_all(int fd, const unsigned char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = write(fd, bytes + done, size - done);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return put < 0 ? errno : EIO;
        }
        done += (size_t)put;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

/* A rename lasts only when its folder is on disk too.  Some file systems cannot sync a
 * folder; the file itself is whole either way, so that is no failure. */
static void sync_folder(char *path)
{
    char *slash = strrchr(path, '/');
    const char *folder = ".";
    if (slash == path) {
        folder = "/";
    } else if (slash != NULL) {
        *slash = '\0';
        folder = path;
    }
    int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

static int create_beside(char *temporary, size_t room, const char *path, int *fd)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        int len = snprintf(temporary, room, "%s.part.%ld.%u", path, (long)getpid(), attempt);
        if (len < 0 || (size_t)len >= room) {
            return ENAMETOOLONG;
        }
        *fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (*fd >= 0) {
            return 0;
        }
        if (errno != EEXIST) {
            return errno;
        }
    }
    return EEXIST;
}

nz_status file_write(const char *path, const void *bytes, size_t size,
                     const nz_allocator *allocator, nz_error *err)
{
    const size_t room = strlen(path) + 48;
    char *temporary = memory_new(allocator, room, 1);
    if (temporary == NULL) {
        return status_no_memory(err);
    }
    int fd = -1;
    int code = create_beside(temporary, room, path, &fd);
    if (code == 0) {
        code = write_all(fd, bytes, size);
        if (close(fd) != 0 && code == 0) {
            code = errno;
        }
        if (code == 0 && rename(temporary, path) != 0) {
            code = errno;
        }
        if (code != 0) {
            (void)unlink(temporary);
        } else {
            sync_folder(temporary); /* the same folder as path's */
        }
    }
    memory_free(allocator, temporary, room, 1);
    return code == 0 ? NZ_OK : fail_io(err, "cannot write", path, code);
}
