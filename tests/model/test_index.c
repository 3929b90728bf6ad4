/* test_index.c - the perfect hash: every stored feature finds its own row, others find none,
 * and the tables depend on the set of features alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/format.h"

static uint64_t *make_features(uint32_t count, uint64_t salt)
{
    uint64_t *features = malloc(((size_t)count + 1) * sizeof *features);
    assert_non_null(features);
    for (uint32_t i = 0; i < count; i++) {
        features[i] = salt == 0 ? i : hash_pair(i, salt); /* 0: plain small numbers */
    }
    return features;
}

/* A group over the tables; row i of the tables holds the place of its feature. */
static model_group group_over(const index_tables *t, const int8_t *rows)
{
    model_group g = {.lane_count = 6, .row_bytes = 8, .row_count = t->count, .rows = rows,
                     .pilots = t->pilots, .fingerprints = t->fingerprints,
                     .bucket_count = t->bucket_count, .slot_count = t->slot_count,
                     .remap = t->remap, .seed = t->seed};
    return g;
}

static void check_set(uint32_t count, uint64_t salt)
{
    uint64_t *features = make_features(count, salt);
    index_tables t;
    assert_int_equal(index_build(&t, features, count, NULL, NULL), NZ_OK);
    int8_t *rows = calloc((size_t)count + 1, 8);
    for (uint32_t row = 0; row < count; row++) {
        memcpy(rows + (size_t)row * 8, &t.source[row], sizeof t.source[row]);
    }
    model_group g = group_over(&t, rows);
    for (uint32_t i = 0; i < count; i++) {
        const int8_t *row = model_find_row(&g, features[i]);
        uint32_t source;
        assert_non_null(row);
        memcpy(&source, row, sizeof source);
        assert_int_equal(source, i);
    }
    uint32_t strangers = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        strangers += model_find_row(&g, hash_pair(i, 99)) != NULL;
    }
    assert_int_equal(strangers, 0); /* expected: 100000 / 2^32 */
    free(rows);
    free(features);
    index_free(&t);
}

static void every_feature_finds_its_row(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 1000, 300000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        check_set(counts[i], 0);
        check_set(counts[i], 1);
    }
}

static void many_at_once_equal_one_by_one(void **state)
{
    (void)state;
    uint64_t *features = make_features(500, 3);
    index_tables t;
    assert_int_equal(index_build(&t, features, 500, NULL, NULL), NZ_OK);
    int8_t *rows = calloc(500, 8);
    model_group g = group_over(&t, rows);
    uint64_t asked[100];
    const int8_t *found[100];
    for (uint32_t i = 0; i < 100; i++) {
        asked[i] = i % 3 == 0 ? hash_pair(i, 77) : features[i * 5];
    }
    for (uint32_t count = 0; count <= 100; count++) {
        model_find_rows(&g, asked, count, found);
        for (uint32_t i = 0; i < count; i++) {
            assert_ptr_equal(found[i], model_find_row(&g, asked[i]));
            assert_true((found[i] == NULL) == (i % 3 == 0));
        }
    }
    free(rows);
    free(features);
    index_free(&t);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    const uint32_t count = 5000;
    uint64_t *features = make_features(count, 5);
    index_tables a, b;
    assert_int_equal(index_build(&a, features, count, NULL, NULL), NZ_OK);
    for (uint32_t i = 0; i < count / 2; i++) {
        uint64_t feature = features[i];
        features[i] = features[count - 1 - i];
        features[count - 1 - i] = feature;
    }
    assert_int_equal(index_build(&b, features, count, NULL, NULL), NZ_OK);
    assert_int_equal(a.bucket_count, b.bucket_count);
    assert_memory_equal(a.pilots, b.pilots, a.bucket_count * sizeof *a.pilots);
    assert_memory_equal(a.fingerprints, b.fingerprints, count * sizeof *a.fingerprints);
    assert_memory_equal(a.remap, b.remap, (a.slot_count - count) * sizeof *a.remap);
    for (uint32_t row = 0; row < count; row++) {
        assert_int_equal(a.source[row], count - 1 - b.source[row]);
    }
    free(features);
    index_free(&a);
    index_free(&b);
}

static void twins_are_refused(void **state)
{
    (void)state;
    uint64_t *features = make_features(100, 6);
    nz_error err = NZ_ERROR_INIT;
    index_tables t;
    features[80] = features[3];
    assert_int_equal(index_build(&t, features, 100, NULL, &err), NZ_E_DATA);
    for (uint32_t i = 0; i < 100; i++) {
        features[i] = 42;
    }
    assert_int_equal(index_build(&t, features, 100, NULL, &err), NZ_E_DATA);
    free(features);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_feature_finds_its_row),
        cmocka_unit_test(many_at_once_equal_one_by_one),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(twins_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
