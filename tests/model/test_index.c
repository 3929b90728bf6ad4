/* test_index.c - the perfect hash: every stored feature finds its own place, others find none,
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

/* An index over the tables; entries hold the fingerprint and the number of the feature. */
static model_index index_over(const index_tables *t, unsigned char *entries)
{
    for (uint32_t place = 0; place < t->count; place++) {
        memcpy(entries + (size_t)place * 8, &t->fingerprints[place], 4);
        memcpy(entries + (size_t)place * 8 + 4, &t->source[place], 4);
    }
    return (model_index){.feature_count = t->count, .slot_count = t->slot_count,
                         .bucket_count = t->bucket_count, .seed = t->seed, .pilots = t->pilots,
                         .remap = t->remap, .entries = entries, .entry_bytes = 8};
}

static uint32_t find_one(const model_index *x, uint64_t feature)
{
    uint32_t place;
    model_find(x, &feature, 1, &place);
    return place;
}

static void check_set(uint32_t count, uint64_t salt)
{
    uint64_t *features = make_features(count, salt);
    index_tables t;
    assert_int_equal(index_build(&t, features, count, NULL, NULL), NZ_OK);
    unsigned char *entries = calloc((size_t)count + 1, 8);
    model_index x = index_over(&t, entries);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = find_one(&x, features[i]);
        assert_true(place < count);
        assert_int_equal(t.source[place], i);
    }
    uint32_t strangers = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        strangers += find_one(&x, hash_pair(i, 99)) != NZ_NONE;
    }
    assert_int_equal(strangers, 0); /* expected: 100000 / 2^32 */
    free(entries);
    free(features);
    index_free(&t);
}

static void every_feature_finds_its_place(void **state)
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
    unsigned char *entries = calloc(500, 8);
    model_index x = index_over(&t, entries);
    uint64_t asked[150]; /* more than two batches */
    uint32_t found[150];
    for (uint32_t i = 0; i < 150; i++) {
        asked[i] = i % 3 == 0 ? hash_pair(i, 77) : features[i * 3];
    }
    for (uint32_t count = 0; count <= 150; count++) {
        model_find(&x, asked, count, found);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(found[i], find_one(&x, asked[i]));
            assert_true((found[i] == NZ_NONE) == (i % 3 == 0));
        }
    }
    free(entries);
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
    for (uint32_t place = 0; place < count; place++) {
        assert_int_equal(a.source[place], count - 1 - b.source[place]);
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
        cmocka_unit_test(every_feature_finds_its_place),
        cmocka_unit_test(many_at_once_equal_one_by_one),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(twins_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
