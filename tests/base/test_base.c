/* test_base.c - checked sizes, arena, buffer cap, frozen hash vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/hash.h"

static void sizes_do_not_wrap(void **state)
{
    (void)state;
    size_t out = 7;
    assert_false(memory_multiply(SIZE_MAX, 2, &out));
    assert_false(memory_add(SIZE_MAX, 1, &out));
    assert_int_equal(out, 7);
    assert_true(memory_multiply(3, 5, &out));
    assert_int_equal(out, 15);
}

static void crc_has_its_published_check_value(void **state)
{
    (void)state;
    assert_int_equal(hash_crc32c(0, "123456789", 9), 0xe3069283u);
    uint32_t half = hash_crc32c(0, "12345", 5);
    assert_int_equal(hash_crc32c(half, "6789", 4), 0xe3069283u);
}

static void hash_vectors_are_frozen(void **state)
{
    (void)state;
    assert_true(hash_bytes("", 0, 0) == UINT64_C(0x62e644ad06b573af));
    assert_true(hash_bytes("nazar", 5, 1) == UINT64_C(0x730c5a8d68e93bc3));
    assert_true(hash_bytes("0123456789abcdef!", 17, 2) == UINT64_C(0x974aa7b3aa4753cb));
    assert_true(hash_pair(1, 2) != hash_pair(2, 1));
}

static void buffer_keeps_its_cap(void **state)
{
    (void)state;
    buffer b;
    buffer_init(&b, NULL, 10);
    assert_int_equal(buffer_append(&b, "12345678", 8), NZ_OK);
    assert_int_equal(buffer_append(&b, "abc", 3), NZ_E_LIMIT);
    assert_int_equal(b.size, 8);
    assert_int_equal(buffer_append(&b, "ab", 2), NZ_OK);
    buffer_free(&b);
}

static void arena_reuses_its_blocks(void **state)
{
    (void)state;
    arena a;
    arena_init(&a, NULL, 1024, 4096);
    void *first = arena_alloc(&a, 100);
    assert_non_null(first);
    assert_non_null(arena_alloc(&a, 2000));
    assert_null(arena_alloc(&a, 4000));
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_do_not_wrap),
        cmocka_unit_test(crc_has_its_published_check_value),
        cmocka_unit_test(hash_vectors_are_frozen),
        cmocka_unit_test(buffer_keeps_its_cap),
        cmocka_unit_test(arena_reuses_its_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
