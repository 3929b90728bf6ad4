/* bytes.c - memory of the command: growable runs of bytes, arrays that double, and the one
 * place that gives up when there is none left.  It knows nothing of rows or files. */
#include "bytes.h"

#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *memory_resize(void *pointer, size_t size)
{
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    void *grown = realloc(pointer, size);
    if (grown == NULL) {
        say("out of memory (%zu bytes asked for); use fewer --jobs", size);
        exit(EXIT_FAILED);
    }
    return grown;
}

void *array_grow(void *array, size_t *capacity, size_t element_size)
{
    size_t grown = *capacity < 16 ? 16 : *capacity * 2;
    if (grown > SIZE_MAX / element_size) {
        say("out of memory; use fewer --jobs");
        exit(EXIT_FAILED);
    }
    *capacity = grown;
    return memory_resize(array, grown * element_size);
}

void bytes_reserve(bytes *b, size_t more)
{
    if (b->capacity - b->size >= more)
        return;
    size_t capacity = b->capacity < 64 ? 64 : b->capacity;
    while (capacity - b->size < more)
        capacity = capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;
    b->data = memory_resize(b->data, capacity);
    b->capacity = capacity;
}

void bytes_free(bytes *b)
{
    free(b->data);
    *b = (bytes){0};
}

void bytes_format(bytes *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size > 0) {
        bytes_reserve(b, (size_t)size + 1);
        (void)vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
}
