/* sparse.c - the gather kernel, specialised by the number of lanes, and the transpose.
 * It must not know what rows and columns are.  Invariant: that of sparse.h. */
#include "numeric/sparse.h"

#include <string.h>

nz_status sparse_new(sparse *out, uint32_t rows, uint32_t cols, uint64_t count, bool with_values)
{
    nz_allocator memory = memory_default();
    memset(out, 0, sizeof *out);
    out->start = memory_new_zero(&memory, (size_t)rows + 1, sizeof *out->start);
    if (out->start == NULL) {
        return NZ_E_MEMORY;
    }
    out->rows = rows;
    out->cols = cols;
    out->start[rows] = count; /* what sparse_free() gives back */
    out->col = memory_new(&memory, count, sizeof *out->col);
    out->value = with_values ? memory_new(&memory, count, sizeof *out->value) : NULL;
    if (out->col == NULL || (with_values && out->value == NULL)) {
        sparse_free(out);
        return NZ_E_MEMORY;
    }
    return NZ_OK;
}

void sparse_free(sparse *a)
{
    nz_allocator memory = memory_default();
    if (a->start != NULL) {
        uint64_t count = sparse_count(a);
        memory_free(&memory, a->col, count, sizeof *a->col);
        memory_free(&memory, a->value, count, sizeof *a->value);
        memory_free(&memory, a->start, (size_t)a->rows + 1, sizeof *a->start);
    }
    memset(a, 0, sizeof *a);
}

uint64_t sparse_count(const sparse *a)
{
    return a->start == NULL ? 0 : a->start[a->rows];
}

nz_status sparse_transpose(const sparse *a, sparse *out)
{
    uint64_t count = sparse_count(a);
    NZ_TRY(sparse_new(out, a->cols, a->rows, count, a->value != NULL));
    out->start[out->rows] = 0;
    for (uint64_t i = 0; i < count; i++) {
        out->start[(uint64_t)a->col[i] + 1]++;
    }
    for (uint32_t c = 0; c < out->rows; c++) {
        out->start[c + 1] += out->start[c];
    }
    /* start[c] moves to the end of column c, which is where c + 1 begins. */
    for (uint32_t r = 0; r < a->rows; r++) {
        for (uint64_t i = a->start[r]; i < a->start[r + 1]; i++) {
            uint64_t at = out->start[a->col[i]]++;
            out->col[at] = r;
            if (a->value != NULL) {
                out->value[at] = a->value[i];
            }
        }
    }
    memmove(out->start + 1, out->start, (size_t)out->rows * sizeof *out->start);
    out->start[0] = 0;
    return NZ_OK;
}

uint32_t sparse_stride(uint32_t lanes)
{
    return lanes == 1 ? 1 : (lanes + 3u) & ~3u;
}

/* Inlined with a constant stride, so that the compiler keeps the sums in registers. */
static inline void gather_fixed(const sparse *a, uint32_t begin, uint32_t end,
                                const float *restrict x, uint32_t stride, float *restrict y)
{
    float sum[32];
    for (uint32_t r = begin; r < end; r++) {
        for (uint32_t k = 0; k < stride; k++) {
            sum[k] = 0.0f;
        }
        for (uint64_t i = a->start[r]; i < a->start[r + 1]; i++) {
            const float *row = x + (size_t)a->col[i] * stride;
            float value = a->value != NULL ? a->value[i] : 1.0f;
            for (uint32_t k = 0; k < stride; k++) {
                sum[k] += value * row[k];
            }
        }
        float *out = y + (size_t)r * stride;
        for (uint32_t k = 0; k < stride; k++) {
            out[k] += sum[k];
        }
    }
}

static void gather_any(const sparse *a, uint32_t begin, uint32_t end, const float *restrict x,
                       uint32_t stride, float *restrict y)
{
    for (uint32_t r = begin; r < end; r++) {
        float *out = y + (size_t)r * stride;
        for (uint64_t i = a->start[r]; i < a->start[r + 1]; i++) {
            const float *row = x + (size_t)a->col[i] * stride;
            float value = a->value != NULL ? a->value[i] : 1.0f;
            for (uint32_t k = 0; k < stride; k++) {
                out[k] += value * row[k];
            }
        }
    }
}

void sparse_gather(const sparse *a, uint32_t begin, uint32_t end, const float *restrict x,
                   uint32_t stride, float *restrict y)
{
    switch (stride) {
    case 1: gather_fixed(a, begin, end, x, 1, y); break;
    case 4: gather_fixed(a, begin, end, x, 4, y); break;
    case 8: gather_fixed(a, begin, end, x, 8, y); break;
    case 12: gather_fixed(a, begin, end, x, 12, y); break;
    case 16: gather_fixed(a, begin, end, x, 16, y); break;
    case 20: gather_fixed(a, begin, end, x, 20, y); break;
    case 24: gather_fixed(a, begin, end, x, 24, y); break;
    default: gather_any(a, begin, end, x, stride, y); break;
    }
}
