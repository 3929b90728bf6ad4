/* test_open.c - opening a model: what is refused, with which status, and what the message says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "model/tiny_content.h"
#include "predict/small_model.h"

static small_model small;
static char path[64];

static int make_file(void **state)
{
    (void)state;
    nz_allocator a = memory_default();
    small_model_make(&small, 2);
    snprintf(path, sizeof path, "nazar_open_%ld.nzm", (long)getpid());
    return file_write(path, small.bytes.bytes, small.bytes.size, &a, NULL);
}

static int remove_file(void **state)
{
    (void)state;
    small_model_free(&small);
    return unlink(path);
}

static nz_status open_status(const void *data, size_t size, nz_error *err)
{
    nz_model *model = (void *)&small;
    nz_status status = nz_model_open_memory(&model, data, size, NULL, err);
    assert_true((status < 0) == (model == NULL));
    nz_model_free(model);
    return status;
}

static void a_file_opens_read_or_mapped(void **state)
{
    (void)state;
    nz_model_options opts = NZ_MODEL_OPTIONS_INIT;
    for (uint32_t map = 0; map < 2; map++) {
        nz_model *model = NULL;
        nz_session *session = NULL;
        const nz_result *r = NULL;
        nz_comment c = NZ_COMMENT_INIT;
        c.text = "great";
        c.text_len = 5;
        opts.flags = map * NZ_MODEL_MAP;
        assert_int_equal(nz_model_open(&model, path, &opts, NULL), NZ_OK);
        assert_string_equal(nz_model_meta(model, "model.name"), "small");
        assert_int_equal(nz_session_new(&session, model, NULL, NULL), NZ_OK);
        assert_int_equal(nz_session_classify(session, &c, &r, NULL), NZ_OK);
        nz_session_free(session);
        nz_model_free(model);
    }
}

static void what_is_no_model_is_said(void **state)
{
    (void)state;
    nz_model *model = NULL;
    nz_error err = NZ_ERROR_INIT;
    nz_model_options opts = NZ_MODEL_OPTIONS_INIT;
    assert_int_equal(nz_model_open(&model, "no/such.nzm", NULL, &err), NZ_E_IO);
    assert_non_null(strstr(err.message, "no such file"));
    assert_int_equal(nz_model_open(&model, ".", NULL, &err), NZ_E_IO);
    assert_non_null(strstr(err.message, "directory"));
    assert_int_equal(nz_model_open(&model, NULL, NULL, &err), NZ_E_ARGUMENT);
    opts.flags = 64;
    assert_int_equal(nz_model_open(&model, path, &opts, &err), NZ_E_ARGUMENT);
    assert_null(model);
    assert_int_equal(open_status("", 0, &err), NZ_E_MODEL_MAGIC);
    assert_int_equal(open_status("text,label\n", 11, &err), NZ_E_MODEL_MAGIC);
    assert_non_null(strstr(err.message, ".nzm"));
}

static void damage_is_refused(void **state)
{
    (void)state;
    nz_error err = NZ_ERROR_INIT;
    size_t size = small.bytes.size;
    unsigned char *copy = malloc(size);
    for (size_t cut = 0; cut < size; cut += 97) {
        assert_true(open_status(small.bytes.bytes, cut, &err) <= NZ_E_MODEL_MAGIC);
    }
    for (size_t at = 0; at < size; at += 61) {
        memcpy(copy, small.bytes.bytes, size);
        copy[at] ^= (unsigned char)(1u << at % 8);
        assert_true(open_status(copy, size, &err) <= NZ_E_MODEL_MAGIC);
    }
    free(copy);
}

static void other_features_are_refused(void **state)
{
    (void)state;
    nz_error err = NZ_ERROR_INIT;
    size_t size = small.bytes.size;
    unsigned char *copy = malloc(size);
    memcpy(copy, small.bytes.bytes, size);
    unsigned char *probes = tiny_section(copy, size, "SELF");
    assert_non_null(probes);
    uint32_t len = load_le32(probes + 8); /* count, language, length, text, NUL, digest */
    probes[12 + len + 1] ^= 1;
    tiny_reseal(copy, size);
    assert_int_equal(open_status(copy, size, &err), NZ_E_MODEL_PROBE);
    assert_non_null(strstr(err.message, "probe 0"));
    assert_non_null(strstr(err.message, "retrain"));
    free(copy);
}

/* An allocator that fails at the n-th request and counts what is out. */
typedef struct failing {
    long left;
    long blocks;
} failing;

static void *failing_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
    failing *f = context;
    nz_allocator a = memory_default();
    if (new_size == 0) {
        f->blocks -= ptr != NULL;
        return a.resize(a.context, ptr, old_size, 0);
    }
    if (f->left-- <= 0) {
        return NULL;
    }
    f->blocks += ptr == NULL;
    return a.resize(a.context, ptr, old_size, new_size);
}

/* Open, classify with everything, close; the status of the first failure. */
static nz_status whole_life(failing *f)
{
    nz_allocator allocator = {f, failing_resize};
    nz_model_options opts = NZ_MODEL_OPTIONS_INIT;
    nz_model *model = NULL;
    nz_session *session = NULL;
    const nz_result *r = NULL;
    nz_comment c = NZ_COMMENT_INIT;
    opts.allocator = &allocator;
    c.text = "the app crashes, not good but the support is great";
    c.text_len = strlen(c.text);
    c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
    nz_status status = nz_model_open_memory(&model, small.bytes.bytes, small.bytes.size, &opts,
                                            NULL);
    if (status >= 0) {
        status = nz_session_new(&session, model, NULL, NULL);
    }
    if (status >= 0) {
        status = nz_session_classify(session, &c, &r, NULL);
    }
    nz_session_free(session);
    nz_model_free(model);
    return status;
}

static void every_failed_allocation_is_survived(void **state)
{
    (void)state;
    long n = 0;
    for (;; n++) {
        failing f = {n, 0};
        nz_status status = whole_life(&f);
        assert_int_equal(f.blocks, 0);
        if (status == NZ_OK && f.left >= 0) {
            break;
        }
        /* A refused memo entry is no failure: the overflow takes it. */
        assert_true(status == NZ_E_MEMORY || status == NZ_OK);
        assert_true(n < 100000);
    }
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_opens_read_or_mapped),
        cmocka_unit_test(what_is_no_model_is_said),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(other_features_are_refused),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
