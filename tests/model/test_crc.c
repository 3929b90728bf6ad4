/* test_crc.c - the fast CRC-32C against its bitwise definition, at every length and split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

static uint32_t bitwise(uint32_t crc, const unsigned char *bytes, size_t len)
{
    crc = ~crc;
    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82f63b78u : 0u);
        }
    }
    return ~crc;
}

static void equals_the_definition(void **state)
{
    (void)state;
    unsigned char bytes[2048];
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(x >> 24);
    }
    for (size_t start = 0; start < 9; start++) {
        for (size_t len = 0; len < 100; len++) {
            assert_int_equal(hash_crc32c(0, bytes + start, len), bitwise(0, bytes + start, len));
        }
    }
    assert_int_equal(hash_crc32c(0, bytes, sizeof bytes), bitwise(0, bytes, sizeof bytes));
}

static void continues_at_every_split(void **state)
{
    (void)state;
    const unsigned char bytes[] = "the quick brown fox jumps over the lazy dog, twice a day";
    const uint32_t whole = bitwise(0, bytes, sizeof bytes);
    for (size_t split = 0; split <= sizeof bytes; split++) {
        uint32_t crc = hash_crc32c(0, bytes, split);
        assert_int_equal(hash_crc32c(crc, bytes + split, sizeof bytes - split), whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_definition),
        cmocka_unit_test(continues_at_every_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
