/* test_format.c - what is written can be read, and nothing else: round trip, truncation at
 * every length, every single bit flipped, forged values under right checksums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "model/tiny_content.h"

/* A model file in aligned memory. */
typedef struct image {
    unsigned char *bytes;
    size_t size;
} image;

static image image_of(const model_content *content)
{
    buffer out;
    nz_error err = NZ_ERROR_INIT;
    buffer_init(&out, NULL, 1u << 24);
    if (model_write(content, &out, &err) != NZ_OK) {
        fail_msg("model_write: %s", err.message);
    }
    image made = {aligned_alloc(64, (out.size + 127) / 64 * 64), out.size};
    assert_non_null(made.bytes);
    memcpy(made.bytes, out.bytes, out.size);
    buffer_free(&out);
    return made;
}

static image tiny_image(void)
{
    tiny t;
    tiny_fill(&t);
    return image_of(&t.content);
}

/* Status of reading; a view that comes is freed. */
static nz_status read_status(const unsigned char *bytes, size_t size, nz_error *err)
{
    model_view *view = NULL;
    nz_status status = model_read(&view, bytes, size, NULL, err);
    assert_true((status < 0) == (view == NULL));
    model_view_free(view);
    return status;
}

static void round_trip_keeps_everything(void **state)
{
    (void)state;
    tiny t;
    tiny_fill(&t);
    image file = image_of(&t.content);
    model_view *view = NULL;
    assert_int_equal(model_read(&view, file.bytes, file.size, NULL, NULL), NZ_OK);
    const model_content *c = model_view_content(view);
    assert_int_equal(c->head_count, 2);
    assert_string_equal(c->heads[0].name, "sentiment");
    assert_string_equal(c->heads[0].labels[0].title_fa, t.labels[0].title_fa);
    assert_null(c->heads[0].labels[0].title_ar);
    assert_string_equal(c->heads[0].labels[1].name, "bad");
    assert_int_equal(c->heads[1].kind, NZ_HEAD_BINARY);
    assert_memory_equal(c->heads[0].slopes, t.floats, MODEL_LANGUAGES * sizeof(float));
    assert_memory_equal(c->heads[0].intercepts, t.floats, 2 * MODEL_LANGUAGES * sizeof(float));
    assert_true(c->norm_floor == 0.5f && c->norm_unknown == 32);
    assert_string_equal(c->taxonomy.teams[0], "support");
    assert_string_equal(c->taxonomy.channels[0].name, "ticket");
    assert_int_equal(c->taxonomy.routes[0].terms[0].label, 1);
    assert_int_equal(c->taxonomy.points[0].points, 20);
    assert_int_equal(c->taxonomy.sentiment_head, 0);
    assert_int_equal(c->taxonomy.type_head, NZ_NONE);
    assert_string_equal(c->meta[1].value, "40");
    assert_int_equal(c->probes[0].len, 7);
    assert_true(c->probes[0].digest == t.probes[0].digest);
    assert_int_equal(c->lexicon_size, 7);
    assert_memory_equal(c->lexicon, "lexicon", 7);
    assert_memory_equal(c->rules, "rule", 4);
    assert_memory_equal(c->groups[0].scales, t.floats, sizeof t.floats);
    assert_int_equal(c->index.feature_count, TINY_FEATURES);
    for (int i = 0; i < TINY_FEATURES; i++) {
        const int8_t *first = model_find_row(c, 0, t.features[i]);
        const int8_t *second = model_find_row(c, 1, t.features[i]);
        assert_true((first != NULL) == (i < TINY_ROWS));
        assert_true((second != NULL) == (i >= TINY_SECOND));
        if (first != NULL) {
            assert_memory_equal(first, t.rows + i * TINY_ROW_BYTES, TINY_ROW_BYTES);
        }
        if (second != NULL) {
            assert_memory_equal(second, t.second_rows + (i - TINY_SECOND) * TINY_ROW_BYTES,
                                TINY_ROW_BYTES);
        }
    }
    assert_null(model_find_row(c, 0, 12345));
    assert_null(model_find_row(c, 1, 12345));
    model_view_free(view);
    free(file.bytes);
}

static void order_of_features_changes_no_byte(void **state)
{
    (void)state;
    tiny t;
    tiny_fill(&t);
    image first = image_of(&t.content);
    for (int i = 0; i < TINY_ROWS / 2; i++) { /* reverse features and rows together */
        int k = TINY_ROWS - 1 - i;
        uint64_t feature = t.features[i];
        t.features[i] = t.features[k];
        t.features[k] = feature;
        for (int b = 0; b < TINY_ROW_BYTES; b++) {
            int8_t byte = t.rows[i * TINY_ROW_BYTES + b];
            t.rows[i * TINY_ROW_BYTES + b] = t.rows[k * TINY_ROW_BYTES + b];
            t.rows[k * TINY_ROW_BYTES + b] = byte;
        }
    }
    image second = image_of(&t.content);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    free(first.bytes);
    free(second.bytes);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    image file = tiny_image();
    for (size_t size = 0; size < file.size; size++) {
        nz_error err = NZ_ERROR_INIT;
        assert_true(read_status(file.bytes, size, &err) < 0);
        assert_true(err.message[0] != '\0');
    }
    unsigned char *longer = aligned_alloc(64, (file.size + 128) / 64 * 64);
    memcpy(longer, file.bytes, file.size);
    longer[file.size] = 0;
    assert_int_equal(read_status(longer, file.size + 1, NULL), NZ_E_MODEL_CORRUPT);
    free(longer);
    free(file.bytes);
}

static void every_bit_flip_is_refused(void **state)
{
    (void)state;
    image file = tiny_image();
    for (size_t i = 0; i < file.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            file.bytes[i] ^= (unsigned char)(1u << bit);
            nz_status status = read_status(file.bytes, file.size, NULL);
            if (status >= 0) {
                fail_msg("bit %d of byte %zu may be flipped", bit, i);
            }
            file.bytes[i] ^= (unsigned char)(1u << bit);
        }
    }
    assert_int_equal(read_status(file.bytes, file.size, NULL), NZ_OK);
    free(file.bytes);
}

static void foreign_and_newer_files_say_so(void **state)
{
    (void)state;
    image file = tiny_image();
    nz_error err = NZ_ERROR_INIT;
    unsigned char text[64] __attribute__((aligned(64))) = "id,text\n1,good\n";
    assert_int_equal(read_status(text, sizeof text, &err), NZ_E_MODEL_MAGIC);
    assert_int_equal(read_status(text, 0, &err), NZ_E_MODEL_MAGIC);
    assert_int_equal(read_status(file.bytes, 8, &err), NZ_E_MODEL_CORRUPT);

    store_le16(file.bytes + HEADER_MAJOR, FORMAT_MAJOR + 1);
    tiny_reseal(file.bytes, file.size);
    assert_int_equal(read_status(file.bytes, file.size, &err), NZ_E_MODEL_VERSION);
    assert_non_null(strstr(err.message, "install"));
    store_le16(file.bytes + HEADER_MAJOR, FORMAT_MAJOR);

    store_le16(file.bytes + HEADER_MINOR, FORMAT_MINOR + 9);
    tiny_reseal(file.bytes, file.size);
    assert_int_equal(read_status(file.bytes, file.size, &err), NZ_OK);

    store_le64(file.bytes + HEADER_SCHEMA, 999);
    tiny_reseal(file.bytes, file.size);
    assert_int_equal(read_status(file.bytes, file.size, &err), NZ_E_MODEL_PROBE);
    assert_non_null(strstr(err.message, "retrain"));

    assert_int_equal(read_status(file.bytes + 1, file.size - 1, &err), NZ_E_ARGUMENT);
    free(file.bytes);
}

/* The file with one more section of id at its end. */
static image with_extra_section(const image *file, const char *id, uint32_t flags)
{
    const uint32_t count = load_le32(file->bytes + HEADER_SECTION_COUNT);
    const size_t old_start =
        (FORMAT_HEADER_BYTES + (size_t)count * FORMAT_ENTRY_BYTES + 63) / 64 * 64;
    const size_t new_start =
        (FORMAT_HEADER_BYTES + (size_t)(count + 1) * FORMAT_ENTRY_BYTES + 63) / 64 * 64;
    const size_t shift = new_start - old_start;
    const size_t extra_at = (file->size + shift + 63) / 64 * 64;
    image made = {aligned_alloc(64, extra_at + 64), extra_at + 5};
    memset(made.bytes, 0, extra_at + 64);
    memcpy(made.bytes, file->bytes, FORMAT_HEADER_BYTES + (size_t)count * FORMAT_ENTRY_BYTES);
    memcpy(made.bytes + new_start, file->bytes + old_start, file->size - old_start);
    memcpy(made.bytes + extra_at, "extra", 5);
    store_le32(made.bytes + HEADER_SECTION_COUNT, count + 1);
    store_le64(made.bytes + HEADER_FILE_SIZE, made.size);
    for (uint32_t i = 0; i < count; i++) {
        unsigned char *entry = tiny_entry(made.bytes, made.size, i);
        store_le64(entry + ENTRY_OFFSET, load_le64(entry + ENTRY_OFFSET) + shift);
    }
    unsigned char *entry = tiny_entry(made.bytes, made.size, count);
    memcpy(entry, id, 4);
    store_le32(entry + ENTRY_FLAGS, flags);
    store_le64(entry + ENTRY_OFFSET, extra_at);
    store_le64(entry + ENTRY_SIZE, 5);
    store_le64(entry + ENTRY_COUNT, 5);
    store_le32(entry + ENTRY_ELEMENT_SIZE, 1);
    tiny_reseal(made.bytes, made.size);
    return made;
}

static void unknown_sections_are_skipped_or_refused(void **state)
{
    (void)state;
    image file = tiny_image();
    nz_error err = NZ_ERROR_INIT;
    image skipped = with_extra_section(&file, "NAME", 0);
    assert_int_equal(read_status(skipped.bytes, skipped.size, &err), NZ_OK);
    image refused = with_extra_section(&file, "VECS", FORMAT_CRITICAL);
    assert_int_equal(read_status(refused.bytes, refused.size, &err), NZ_E_MODEL_SECTION);
    image twice = with_extra_section(&file, "META", FORMAT_CRITICAL);
    assert_int_equal(read_status(twice.bytes, twice.size, &err), NZ_E_MODEL_CORRUPT);
    image flags = with_extra_section(&file, "NAME", 2);
    assert_int_equal(read_status(flags.bytes, flags.size, &err), NZ_E_MODEL_CORRUPT);
    skipped.bytes[skipped.size - 1] ^= 1; /* skipped, but its checksum is not */
    assert_int_equal(read_status(skipped.bytes, skipped.size, &err), NZ_E_MODEL_CHECKSUM);
    free(skipped.bytes);
    free(refused.bytes);
    free(twice.bytes);
    free(flags.bytes);
    free(file.bytes);
}

/* Each forgery is one write of four bytes into a section, resealed. */
typedef struct forgery {
    const char *section;
    size_t at;
    uint32_t value;
} forgery;

static void forged_values_are_refused(void **state)
{
    (void)state;
    static const forgery forgeries[] = {
        {"HEAD", 0, 0},            /* no heads */
        {"HEAD", 0, 65},           /* more heads than may be */
        {"HEAD", 0, 0xffffffffu},
        {"HEAD", 4, 17},           /* groups */
        {"HEAD", 8, 0x7f800000u},  /* norm floor: infinity */
        {"HEAD", 8, 0xbf800000u},  /* norm floor: -1 */
        {"HEAD", 12, 70000},       /* norm of unknown words */
        {"HEAD", 16, 0x10000001u}, /* features */
        {"HEAD", 20, 3},           /* slots < features */
        {"HEAD", 20, 0xffffffffu},
        {"HEAD", 24, 0xffffffffu}, /* buckets */
        {"HEAD", 36, 0},           /* lanes */
        {"HEAD", 36, 4},           /* a lane without a label */
        {"HEAD", 40, 16},          /* row bytes */
        {"HEAD", 44, 61},          /* more rows than features */
        {"HEAD", 44, 39},          /* fewer than the bits say */
        {"HEAD", 60, 0xfffffff0u}, /* length of the first head's name */
        {"HEAD", 74, 9},           /* kind of the first head */
        {"HEAD", 78, 5000},        /* its labels */
        {"HEAD", 82, 1},           /* its group: where the other head's lane lies */
        {"HEAD", 86, 1},           /* its first lane: the second label has none */
        {"TAXO", 0, 0xffffffffu},  /* teams */
        {"TAXO", 0, 0},            /* then everything behind is read askew */
        {"META", 0, 3},
        {"META", 8, 0x4d4d4d4du},  /* upper case in a key */
        {"SELF", 0, 0x00ffffffu},
        {"SELF", 4, 4},            /* language of a probe */
        {"RMAP", 0, TINY_FEATURES}, /* a place that is not there */
        {"FEAT", 4, 8},            /* shift of a row of the first group */
        {"FEAT", 8, 0x01000000u},  /* its padding */
        {"HAVE", 0, 0},            /* rows that no feature has */
        {"HAVE", 4, 0xffffffffu},  /* features past the last one */
        {"ROWS", 0, 8},            /* shift */
        {"ROWS", 0, 0xff},         /* a negative shift */
        {"ROWS", 4, 0x01000000u},  /* padding of a row */
        {"LANE", 4, 0x7fc00000u},  /* NaN */
        {"LANE", 8, 0xff800000u},  /* -infinity */
    };
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        image file = tiny_image();
        nz_error err = NZ_ERROR_INIT;
        unsigned char *section = tiny_section(file.bytes, file.size, forgeries[i].section);
        assert_non_null(section);
        store_le32(section + forgeries[i].at, forgeries[i].value);
        tiny_reseal(file.bytes, file.size);
        if (read_status(file.bytes, file.size, &err) != NZ_E_MODEL_CORRUPT) {
            fail_msg("forgery %zu (%s) was not refused as corrupt", i, forgeries[i].section);
        }
        free(file.bytes);
    }
}

static void forged_table_is_refused(void **state)
{
    (void)state;
    static const struct {
        int field;
        uint64_t value;
        bool wide;
    } forgeries[] = {
        {ENTRY_OFFSET, 0, true},          {ENTRY_OFFSET, UINT64_MAX - 63, true},
        {ENTRY_OFFSET, 65, true},         {ENTRY_SIZE, UINT64_MAX, true},
        {ENTRY_SIZE, 1u << 30, true},     {ENTRY_COUNT, 3, true},
        {ENTRY_COUNT, UINT64_MAX, true},  {ENTRY_ELEMENT_SIZE, 0, false},
        {ENTRY_ELEMENT_SIZE, 2, false},   {ENTRY_TYPE, 77, false},
        {ENTRY_INSTANCE, 0, false},       {ENTRY_INSTANCE, 0xffffffffu, false},
    };
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        image file = tiny_image();
        unsigned char *entry = tiny_find(file.bytes, file.size, "ROWS");
        if (forgeries[i].wide) {
            store_le64(entry + forgeries[i].field, forgeries[i].value);
        } else {
            store_le32(entry + forgeries[i].field, (uint32_t)forgeries[i].value);
        }
        tiny_reseal(file.bytes, file.size);
        assert_int_equal(read_status(file.bytes, file.size, NULL), NZ_E_MODEL_CORRUPT);
        free(file.bytes);
    }
}

/* Random changes under right checksums: refused, or every look-up stays in bounds (the
 * sanitizers and this test's own comparison watch). */
static void mutated_models_stay_in_bounds(void **state)
{
    (void)state;
    image file = tiny_image();
    unsigned char *copy = aligned_alloc(64, (file.size + 63) / 64 * 64);
    uint32_t x = 12345;
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        memcpy(copy, file.bytes, file.size);
        for (int change = 0; change <= round % 3; change++) {
            x = x * 1664525u + 1013904223u;
            size_t at = FORMAT_HEADER_BYTES + (x >> 4) % (file.size - FORMAT_HEADER_BYTES);
            x = x * 1664525u + 1013904223u;
            copy[at] = (unsigned char)(x >> 24);
        }
        tiny_reseal(copy, file.size);
        model_view *view = NULL;
        if (model_read(&view, copy, file.size, NULL, NULL) < 0) {
            continue;
        }
        accepted++;
        const model_content *c = model_view_content(view);
        const model_group *g = &c->groups[c->group_count - 1];
        const int8_t *entries = (const int8_t *)c->index.entries;
        for (uint64_t feature = 0; feature < 200; feature++) {
            const uint64_t id = feature * UINT64_C(0x9e3779b97f4a7c15);
            const int8_t *row = model_find_row(c, 0, id);
            assert_true(row == NULL || (row >= entries && row + c->groups[0].row_bytes <=
                                        entries + (size_t)c->index.feature_count *
                                                      c->index.entry_bytes));
            row = c->group_count > 1 ? model_find_row(c, c->group_count - 1, id) : NULL;
            assert_true(row == NULL || (row >= g->rows && row + g->row_bytes <=
                                        g->rows + (size_t)g->row_count * g->row_bytes));
        }
        model_view_free(view);
    }
    assert_true(accepted > 100); /* or the test would look at nothing */
    free(copy);
    free(file.bytes);
}

static void writer_refuses_what_cannot_be_read(void **state)
{
    (void)state;
    tiny t;
    buffer out;
    nz_error err = NZ_ERROR_INIT;
    buffer_init(&out, NULL, 1u << 20);
    assert_int_equal(buffer_append(&out, "before", 6), NZ_OK);

    tiny_fill(&t);
    t.features[7] = t.features[21];
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    tiny_fill(&t);
    t.floats[0] = NAN;
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    tiny_fill(&t);
    t.heads[1].first_lane = 1;
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    tiny_fill(&t);
    t.heads[1].group = 0; /* a lane that the other head has */
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    tiny_fill(&t);
    t.meta[1].key = "model.name";
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    tiny_fill(&t);
    t.labels[1].name = "good";
    assert_int_equal(model_write(&t.content, &out, &err), NZ_E_DATA);
    assert_non_null(strstr(err.message, "labels"));
    assert_int_equal(out.size, 6); /* a failure leaves the buffer as it was */

    tiny_fill(&t);
    buffer small;
    buffer_init(&small, NULL, 1000);
    assert_int_equal(model_write(&t.content, &small, &err), NZ_E_LIMIT);
    buffer_free(&small);
    buffer_free(&out);
}

static void a_group_without_features_is_a_model(void **state)
{
    (void)state;
    tiny t;
    tiny_fill(&t);
    t.groups[0].row_count = 0;
    image file = image_of(&t.content);
    model_view *view = NULL;
    assert_int_equal(model_read(&view, file.bytes, file.size, NULL, NULL), NZ_OK);
    const model_content *c = model_view_content(view);
    assert_null(model_find_row(c, 0, t.features[0]));
    assert_null(model_find_row(c, 0, t.features[TINY_SECOND]));
    assert_non_null(model_find_row(c, 1, t.features[TINY_SECOND]));
    model_view_free(view);
    free(file.bytes);
}

static void a_model_without_features_is_a_model(void **state)
{
    (void)state;
    tiny t;
    tiny_fill(&t);
    t.groups[0].row_count = t.groups[1].row_count = 0;
    image file = image_of(&t.content);
    model_view *view = NULL;
    assert_int_equal(model_read(&view, file.bytes, file.size, NULL, NULL), NZ_OK);
    assert_null(model_find_row(model_view_content(view), 1, t.features[TINY_SECOND]));
    model_view_free(view);
    free(file.bytes);
}

/* Version 1 had another index: its reader is gone, and says so. */
static void older_formats_say_so(void **state)
{
    (void)state;
    image file = tiny_image();
    nz_error err = NZ_ERROR_INIT;
    store_le16(file.bytes + HEADER_MAJOR, FORMAT_MAJOR - 1);
    tiny_reseal(file.bytes, file.size);
    assert_int_equal(read_status(file.bytes, file.size, &err), NZ_E_MODEL_VERSION);
    assert_non_null(strstr(err.message, "retrain"));
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip_keeps_everything),
        cmocka_unit_test(order_of_features_changes_no_byte),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_bit_flip_is_refused),
        cmocka_unit_test(foreign_and_newer_files_say_so),
        cmocka_unit_test(unknown_sections_are_skipped_or_refused),
        cmocka_unit_test(forged_values_are_refused),
        cmocka_unit_test(forged_table_is_refused),
        cmocka_unit_test(mutated_models_stay_in_bounds),
        cmocka_unit_test(writer_refuses_what_cannot_be_read),
        cmocka_unit_test(a_group_without_features_is_a_model),
        cmocka_unit_test(a_model_without_features_is_a_model),
        cmocka_unit_test(older_formats_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
