/* test_file.c - whole files: read, map, copy, and replaced as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", "nazar_file_XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/model", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder); /* fails when a temporary file was left behind */
}

static unsigned entries(void)
{
    unsigned count = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        count += e->d_name[0] != '.';
    }
    closedir(d);
    return count;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    file_bytes f;
    assert_int_equal(file_write(path, "first, and longer", 17, &a, NULL), NZ_OK);
    assert_int_equal(file_write(path, "second", 6, &a, NULL), NZ_OK);
    assert_int_equal(entries(), 1);
    for (int map = 0; map < 2; map++) {
        assert_int_equal(file_read(&f, path, 100, map != 0, &a, NULL), NZ_OK);
        assert_int_equal(f.size, 6);
        assert_memory_equal(f.bytes, "second", 6);
        assert_int_equal((uintptr_t)f.bytes % 64, 0);
        assert_int_equal(f.mapped, map != 0);
        file_bytes_free(&f, &a);
        file_bytes_free(&f, &a); /* twice does no harm */
    }
}

static void an_empty_file_is_no_failure(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    file_bytes f;
    assert_int_equal(file_write(path, "", 0, &a, NULL), NZ_OK);
    for (int map = 0; map < 2; map++) {
        assert_int_equal(file_read(&f, path, 100, map != 0, &a, NULL), NZ_OK);
        assert_int_equal(f.size, 0);
        assert_non_null(f.bytes);
        file_bytes_free(&f, &a);
    }
}

static void what_is_no_file_is_said(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    nz_error err = NZ_ERROR_INIT;
    file_bytes f;
    char fifo[128];
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(file_read(&f, "no/such/file", 100, false, &a, &err), NZ_E_IO);
    assert_int_equal(err.detail, ENOENT);
    assert_int_equal(file_read(&f, folder, 100, false, &a, &err), NZ_E_IO);
    assert_int_equal(err.detail, EISDIR);
    assert_non_null(strstr(err.message, "directory"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(file_read(&f, fifo, 100, false, &a, &err), NZ_E_IO); /* and no hanging */
    assert_int_equal(unlink(fifo), 0);
    assert_int_equal(file_write(path, "0123456789", 10, &a, NULL), NZ_OK);
    assert_int_equal(file_read(&f, path, 9, false, &a, &err), NZ_E_LIMIT);
    file_bytes_free(&f, &a); /* after a failure too */
}

static void a_failed_write_leaves_nothing(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    nz_error err = NZ_ERROR_INIT;
    char inside[160];
    unsigned before = entries();
    snprintf(inside, sizeof inside, "%s/none/model", folder);
    assert_int_equal(file_write(inside, "x", 1, &a, &err), NZ_E_IO);
    assert_int_equal(err.detail, ENOENT);
    assert_int_equal(file_write(folder, "x", 1, &a, &err), NZ_E_IO); /* over a directory */
    assert_int_equal(entries(), before);
    char beside[160];
    snprintf(beside, sizeof beside, "%s.part.%ld.0", folder, (long)getpid());
    assert_int_not_equal(access(beside, F_OK), 0);
}

static void copies_are_aligned(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    file_bytes f;
    assert_int_equal(file_copy(&f, "abc", 3, &a, NULL), NZ_OK);
    assert_int_equal((uintptr_t)f.bytes % 64, 0);
    assert_memory_equal(f.bytes, "abc", 3);
    file_bytes_free(&f, &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(an_empty_file_is_no_failure),
        cmocka_unit_test(what_is_no_file_is_said),
        cmocka_unit_test(a_failed_write_leaves_nothing),
        cmocka_unit_test(copies_are_aligned),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
