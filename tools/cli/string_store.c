/* string_store.c - strings by number, the first in memory, the rest in a file. */
#include "string_store.h"

#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum { HEAD_LIMIT = 32 * 1024 * 1024 };

bool string_store_add(string_store *s, const char *data, size_t size)
{
    if (s->count + 1 >= s->capacity)
        s->begins = array_grow(s->begins, &s->capacity, sizeof *s->begins);
    s->begins[s->count] = s->size;
    if (s->tail == NULL && s->head.size + size <= HEAD_LIMIT) {
        bytes_append(&s->head, data, size);
    } else {
        if (s->tail == NULL && (s->tail = tmpfile()) == NULL)
            return false;
        if (size > 0 && fwrite(data, 1, size, s->tail) != size)
            return false;
    }
    s->size += size;
    s->begins[++s->count] = s->size;
    return true;
}

bool string_store_get(string_store *s, uint64_t index, bytes *out)
{
    if (index >= s->count)
        return false;
    uint64_t begin = s->begins[index];
    size_t size = (size_t)(s->begins[index + 1] - begin);
    if (begin + size <= s->head.size) {
        bytes_append(out, s->head.data + begin, size);
        return true;
    }
    if (s->tail == NULL || fflush(s->tail) != 0)
        return false;
    bytes_reserve(out, size);
    off_t at = (off_t)(begin - s->head.size);
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(fileno(s->tail), out->data + out->size + done, size - done,
                          at + (off_t)done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    out->size += size;
    return true;
}

void string_store_free(string_store *s)
{
    if (s->tail != NULL)
        (void)fclose(s->tail);
    bytes_free(&s->head);
    free(s->begins);
    *s = (string_store){0};
}
