/* file.h - whole files: read or map one, and write one so that a reader sees the old
 * file or the new one, never half of it.
 *
 * It must not know what the bytes mean.  Invariant: bytes handed out are aligned to 64;
 * a failed write leaves the target as it was and no temporary file behind. */
#ifndef NZ_BASE_FILE_H
#define NZ_BASE_FILE_H

#include "base/memory.h"

typedef struct file_bytes {
    const unsigned char *bytes; /* never NULL after success, also when size is 0 */
    size_t size;
    void *block;       /* what holds them: allocated, or mapped */
    size_t block_size;
    bool mapped;
} file_bytes;

/* Read (or map) the regular file at path, at most cap bytes.  NZ_E_IO with errno in
 * detail, NZ_E_LIMIT over the cap, NZ_E_MEMORY. */
NZ_NODISCARD nz_status file_read(file_bytes *out, const char *path, size_t cap, bool map,
                                 const nz_allocator *allocator, nz_error *err);
/* A copy of bytes that are already in memory, aligned to 64. */
NZ_NODISCARD nz_status file_copy(file_bytes *out, const void *bytes, size_t size,
                                 const nz_allocator *allocator, nz_error *err);
void file_bytes_free(file_bytes *f, const nz_allocator *allocator);

/* Write beside path, fsync, rename over path, fsync the folder. */
NZ_NODISCARD nz_status file_write(const char *path, const void *bytes, size_t size,
                                  const nz_allocator *allocator, nz_error *err);

#endif
