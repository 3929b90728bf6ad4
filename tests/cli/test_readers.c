/* test_readers.c - the door of table.h from inside the process: rows that cross the reader's
 * chunks at every place, columns by name in every format, spilled strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "string_store.h"
#include "table.h"

/* A file without a name that holds data; its path is put into path. */
static int temporary(const char *data, size_t size, char path[32])
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fflush(file), 0);
    int fd = dup(fileno(file));
    fclose(file);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    snprintf(path, 32, "/dev/fd/%d", fd);
    return fd;
}

static void assert_cell(const table_cell *c, const char *wanted)
{
    if (wanted == NULL) {
        assert_null(c->data);
        return;
    }
    assert_non_null(c->data);
    assert_int_equal(c->size, strlen(wanted));
    assert_memory_equal(c->data, wanted, c->size);
}

static const char *const names[] = {"text", "types", "rating"};

static void check_format(table_format format, const char *data)
{
    char path[32];
    table *t;
    table_row row;
    const table_options options = {.format = format, .quiet = true};
    int fd = temporary(data, strlen(data), path);
    assert_int_equal(table_open(&t, path, &options, names, 3), 0);
    assert_true(table_has(t, 0));
    assert_int_equal(table_next(t, &row), 1);
    assert_null(row.error);
    assert_int_equal(row.number, 1);
    assert_cell(&row.cells[0], "a \"b\", c");
    assert_cell(&row.cells[1], "praise;review");
    assert_cell(&row.cells[2], "4.50");
    assert_int_equal(table_next(t, &row), 1);
    assert_int_equal(row.number, 2);
    assert_cell(&row.cells[0], "d");
    assert_cell(&row.cells[2], format == TABLE_JSONL ? NULL : "");
    assert_int_equal(table_next(t, &row), 0);
    table_close(t);
    close(fd);
}

static void test_same_cells_in_every_format(void **state)
{
    (void)state;
    check_format(TABLE_CSV, "types,Text,rating\npraise;review,\"a \"\"b\"\", c\",4.50\n,d,\n");
    check_format(TABLE_CSV, "rating;TYPES;text\r\n"
                            "4.50;\"praise;review\";\"a \"\"b\"\", c\"\r\n;;d");
    check_format(TABLE_TSV, "types\ttext\trating\npraise;review\ta \"b\", c\t4.50\n\td\t\n");
    check_format(TABLE_JSONL, "{\"types\":[\"praise\",\"review\"],\"rating\":4.50,"
                              "\"text\":\"a \\\"b\\\", c\"}\n{\"text\":\"d\",\"rating\":null}");
}

static void test_absent_columns(void **state)
{
    (void)state;
    char path[32];
    table *t;
    table_row row;
    const table_options options = {.format = TABLE_CSV, .quiet = true};
    int fd = temporary("id,text\n1,a\n2\n", 14, path);
    assert_int_equal(table_open(&t, path, &options, names, 3), 0);
    assert_false(table_has(t, 1));
    assert_int_equal(table_next(t, &row), 1);
    assert_null(row.cells[1].data);
    assert_int_equal(table_next(t, &row), 1);
    assert_null(row.cells[0].data);
    assert_int_equal(row.line, 3);
    table_close(t);
    close(fd);
}

/* A quoted cell with every kind of special byte is moved over the end of the first chunk
 * (256 KiB), byte by byte: the cells must not notice. */
static void test_rows_over_chunks(void **state)
{
    (void)state;
    static const char odd[] = "9,\"x\r\n\"\"y\"\", z\",7\r\n10,last,8\r\n";
    enum { CHUNK = 256 * 1024 };
    char *data = malloc(CHUNK + 256);
    assert_non_null(data);
    for (size_t shift = 0; shift <= sizeof odd; shift++) {
        size_t size = (size_t)snprintf(data, 64, "id,text,types\r\n0,");
        memset(data + size, 'w', CHUNK - shift - size);
        size = CHUNK - shift;
        size += (size_t)snprintf(data + size, 64, ",1\r\n");
        memcpy(data + size, odd, sizeof odd - 1);
        size += sizeof odd - 1;
        char path[32];
        table *t;
        table_row row;
        const table_options options = {.format = TABLE_CSV, .quiet = true};
        int fd = temporary(data, size, path);
        assert_int_equal(table_open(&t, path, &options, names, 2), 0);
        assert_int_equal(table_next(t, &row), 1);
        assert_cell(&row.cells[1], "1");
        assert_int_equal(table_next(t, &row), 1);
        assert_null(row.error);
        assert_cell(&row.cells[0], "x\r\n\"y\", z");
        assert_cell(&row.cells[1], "7");
        assert_int_equal(table_next(t, &row), 1);
        assert_int_equal(row.line, 5);
        assert_cell(&row.cells[0], "last");
        assert_int_equal(table_next(t, &row), 0);
        table_close(t);
        close(fd);
    }
    free(data);
}

static void test_strings_in_memory_and_file(void **state)
{
    (void)state;
    enum { COUNT = 5000, SIZE = 10000 }; /* 50 MB: beyond what stays in memory */
    string_store store = {0};
    bytes out = {0};
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (unsigned i = 0; i < COUNT; i++) {
        memset(text, (int)('a' + i % 26), SIZE);
        memcpy(text, &i, sizeof i);
        assert_true(string_store_add(&store, text, SIZE));
    }
    assert_true(string_store_add(&store, "", 0));
    assert_non_null(store.tail);
    for (unsigned i = 0; i < COUNT; i += 97) {
        unsigned got;
        out.size = 0;
        assert_true(string_store_get(&store, i, &out));
        assert_int_equal(out.size, SIZE);
        memcpy(&got, out.data, sizeof got);
        assert_int_equal(got, i);
        assert_int_equal(out.data[SIZE - 1], 'a' + i % 26);
    }
    out.size = 0;
    assert_true(string_store_get(&store, COUNT, &out));
    assert_int_equal(out.size, 0);
    assert_false(string_store_get(&store, COUNT + 1, &out));
    string_store_free(&store);
    bytes_free(&out);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_cells_in_every_format),
        cmocka_unit_test(test_absent_columns),
        cmocka_unit_test(test_rows_over_chunks),
        cmocka_unit_test(test_strings_in_memory_and_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
