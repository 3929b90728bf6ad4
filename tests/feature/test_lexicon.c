/* test_lexicon.c - the lexicon block: what is added is found, order does not matter, damage is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hash.h"
#include "feature/lexicon.h"

static void build(buffer *out, const uint64_t *keys, uint32_t count, bool backwards)
{
    lexicon_builder *b = NULL;
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(lexicon_builder_new(&b, NULL, &err), NZ_OK);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = backwards ? count - 1 - i : i;
        int polarity = (int)(k % 7) - 3;
        assert_int_equal(lexicon_builder_add(b, keys[k], k & 63u, polarity, k % 5, 0, k % 9), NZ_OK);
        assert_int_equal(lexicon_builder_add(b, keys[k], 0, 0, 0, 0, 10 + k % 3), NZ_OK);
    }
    uint64_t phrase[3] = {keys[0], keys[1], keys[2]};
    assert_int_equal(lexicon_builder_add_expression(b, phrase, 3, 4, -2), NZ_OK);
    buffer_init(out, NULL, 1u << 24);
    assert_int_equal(lexicon_builder_finish(b, out, &err), NZ_OK);
    lexicon_builder_free(b);
}

enum { KEYS = 500 };

static void make_keys(uint64_t keys[KEYS])
{
    for (uint32_t i = 0; i < KEYS; i++) {
        keys[i] = hash_bytes(&i, sizeof i, 9);
    }
}

static void what_is_added_is_found(void **state)
{
    (void)state;
    uint64_t keys[KEYS];
    make_keys(keys);
    buffer block;
    build(&block, keys, KEYS, false);
    lexicon *l = NULL;
    assert_int_equal(lexicon_open(&l, block.bytes, block.size, NULL, NULL), NZ_OK);
    for (uint32_t i = 3; i < KEYS; i++) {
        const lexicon_entry *e = lexicon_find(l, keys[i]);
        assert_non_null(e);
        assert_int_equal(e->polarity, (int)(i % 7) - 3);
        assert_int_equal(e->flags, (i & 63u) | LEXICON_KNOWN);
        assert_int_equal(e->concept_count, i % 9 == 0 ? 1 : 2);
    }
    assert_null(lexicon_find(l, 12345));
    uint64_t phrase = hash_pair(hash_pair(keys[0], keys[1]), keys[2]);
    const lexicon_expression *x = lexicon_find_expression(l, phrase);
    assert_non_null(x);
    assert_int_equal(x->length, 3);
    assert_int_equal(x->polarity, -2);
    assert_true((lexicon_find(l, keys[0])->flags & LEXICON_STARTS_EXPRESSION) != 0);
    assert_null(lexicon_find_expression(l, hash_pair(keys[0], keys[1])));
    lexicon_free(l);
    buffer_free(&block);
}

static void order_of_adding_does_not_show(void **state)
{
    (void)state;
    uint64_t keys[KEYS];
    make_keys(keys);
    buffer a, b;
    build(&a, keys, KEYS, false);
    build(&b, keys, KEYS, true);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
    buffer_free(&a);
    buffer_free(&b);
}

static void a_damaged_block_is_refused(void **state)
{
    (void)state;
    uint64_t keys[KEYS];
    make_keys(keys);
    buffer block;
    build(&block, keys, 20, false);
    for (size_t cut = 0; cut < block.size; cut++) {
        lexicon *l = NULL;
        assert_int_equal(lexicon_open(&l, block.bytes, cut, NULL, NULL), NZ_E_MODEL_CORRUPT);
        assert_null(l);
    }
    memcpy(block.bytes + 8 + 24, block.bytes + 8, 8); /* a key twice */
    lexicon *l = NULL;
    assert_int_equal(lexicon_open(&l, block.bytes, block.size, NULL, NULL), NZ_E_MODEL_CORRUPT);
    buffer_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_found),
        cmocka_unit_test(order_of_adding_does_not_show),
        cmocka_unit_test(a_damaged_block_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
