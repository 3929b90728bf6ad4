/* test_score.c - sums of rows: wide vectors, narrow ones and plain arithmetic agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "predict/score.h"

enum { ROWS = 300, LONGEST = 80 };

typedef struct fixture {
    int8_t bytes[ROWS][LONGEST];
    const int8_t *rows[ROWS];
    int16_t narrow[LONGEST];
    int32_t wide[LONGEST];
    int32_t part[LONGEST];
    int64_t totals[LONGEST];
    model_group group;
    model_content content;
    nz_model model;
} fixture;

/* Rows of all shifts and weights. */
static void fill(fixture *f, uint32_t row_bytes, uint32_t salt)
{
    memset(f, 0, sizeof *f);
    for (uint32_t i = 0; i < ROWS; i++) {
        for (uint32_t k = 0; k < row_bytes; k++) {
            f->bytes[i][k] = (int8_t)hash_pair(i * 100 + k, salt);
        }
        f->bytes[i][0] = (int8_t)(salt % 2 == 0 ? (int)(hash_pair(i, salt) & 7) : 7);
        if (salt == 3) {
            memset(f->bytes[i] + 1, -128, row_bytes - 1);
        }
        f->rows[i] = f->bytes[i];
    }
    f->group = (model_group){.row_bytes = row_bytes, .lane_count = row_bytes - MODEL_ROW_HEADER};
    f->content = (model_content){.groups = &f->group, .group_count = 1};
    f->model.content = &f->content;
    f->model.lane_count = row_bytes;
}

static void sum_with(fixture *f, bool wide_vectors, uint32_t count)
{
    const score_scratch scratch = {.narrow = f->narrow, .wide = f->wide,
                                   .wide_vectors = wide_vectors};
    score_sum sum = {.model = &f->model, .part = f->part, .totals = f->totals};
    score_begin(&sum);
    score_add_rows(&sum, &scratch, 0, f->rows, count);
    score_end(&sum);
}

static void check(uint32_t row_bytes, uint32_t salt, uint32_t count)
{
    fixture f;
    fill(&f, row_bytes, salt);
    int64_t expected[LONGEST] = {0};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < f.group.lane_count; k++) {
            expected[k] += (int64_t)f.rows[i][MODEL_ROW_HEADER + k] * (1 << f.rows[i][0]) * 16;
        }
    }
    sum_with(&f, false, count);
    assert_memory_equal(f.totals, expected, f.group.lane_count * sizeof *expected);
    if (score_wide_vectors()) {
        sum_with(&f, true, count);
        assert_memory_equal(f.totals, expected, f.group.lane_count * sizeof *expected);
    }
}

static void sums_agree(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 63, 64, 65, 200, ROWS};
    for (uint32_t row_bytes = 8; row_bytes <= LONGEST; row_bytes += 8) {
        for (uint32_t salt = 0; salt < 4; salt++) {
            for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
                check(row_bytes, salt, counts[i]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
