/* tiny_content.h - the smallest content that is a model, without any text; and resealing: new
 * checksums for a file whose bytes a test has changed, so that the checks behind them run. */
#ifndef NZ_TESTS_TINY_CONTENT_H
#define NZ_TESTS_TINY_CONTENT_H

#include <string.h>

#include "base/endian.h"
#include "model/format.h"

/* The second group has the later half of the first one's features, and as many of its own. */
enum { TINY_ROWS = 40, TINY_LANES = 2, TINY_ROW_BYTES = 8, TINY_CHANNELS = 1,
       TINY_SECOND = 20, TINY_FEATURES = TINY_SECOND + TINY_ROWS };

typedef struct tiny {
    uint64_t features[TINY_FEATURES]; /* the first TINY_ROWS are those of group 0 */
    uint64_t second_features[TINY_ROWS]; /* the last TINY_ROWS of them */
    int8_t rows[TINY_ROWS * TINY_ROW_BYTES];
    int8_t second_rows[TINY_ROWS * TINY_ROW_BYTES];
    float floats[(2 + 11 + TINY_CHANNELS) * TINY_LANES];
    float zeros[16];
    model_label labels[3];
    model_head heads[2];
    model_group groups[2];
    const char *teams[1];
    model_channel channels[1];
    model_route routes[1];
    model_points points[1];
    model_meta meta[2];
    model_probe probes[1];
    model_content content;
} tiny;

/* The struct points into itself: fill it where it stays. */
static inline void tiny_fill(tiny *t)
{
    memset(t, 0, sizeof *t);
    for (int i = 0; i < TINY_FEATURES; i++) {
        t->features[i] = hash_bytes(&i, sizeof i, 7);
    }
    memcpy(t->second_features, t->features + TINY_SECOND, sizeof t->second_features);
    for (int i = 0; i < TINY_ROWS; i++) {
        int8_t *row = t->rows + i * TINY_ROW_BYTES;
        row[0] = (int8_t)(i % 8);
        row[1] = (int8_t)(i * 3);
        for (int k = 0; k < TINY_LANES; k++) {
            row[MODEL_ROW_HEADER + k] = (int8_t)(i * 5 + k * 31);
        }
        t->second_rows[i * TINY_ROW_BYTES] = (int8_t)(i % 3);
        t->second_rows[i * TINY_ROW_BYTES + MODEL_ROW_HEADER] = (int8_t)(i + 1);
    }
    for (size_t i = 0; i < sizeof t->floats / sizeof *t->floats; i++) {
        t->floats[i] = 0.25f * (float)(i + 1);
    }
    t->labels[0] = (model_label){"good", "\xd8\xae\xd9\x88\xd8\xa8", NULL, "Good"};
    t->labels[1] = (model_label){"bad", NULL, NULL, NULL};
    t->labels[2] = (model_label){"applies", NULL, NULL, NULL};
    t->heads[0] = (model_head){"sentiment", NZ_HEAD_SINGLE, 2, 0, 0, t->labels, t->zeros,
                               t->floats, t->floats};
    t->heads[1] = (model_head){"question", NZ_HEAD_BINARY, 1, 1, 0, t->labels + 2, t->zeros,
                               t->floats, t->floats};
    t->groups[0] = (model_group){.lane_count = TINY_LANES, .row_bytes = TINY_ROW_BYTES,
                                 .row_count = TINY_ROWS, .features = t->features,
                                 .rows = t->rows, .scales = t->floats,
                                 .biases = t->floats + TINY_LANES,
                                 .rating_rows = t->floats + 2 * TINY_LANES,
                                 .channel_rows = t->floats + 13 * TINY_LANES};
    t->groups[1] = t->groups[0];
    t->groups[1].lane_count = 1;
    t->groups[1].features = t->second_features;
    t->groups[1].rows = t->second_rows;
    t->teams[0] = "support";
    t->channels[0] = (model_channel){"ticket", "no", NZ_NONE};
    t->routes[0] = (model_route){0, 1, {{0, 1}, {0, 0}, {0, 0}, {0, 0}}};
    t->points[0] = (model_points){"bad", 20, 1, {{0, 1}, {0, 0}, {0, 0}, {0, 0}}};
    t->meta[0] = (model_meta){"model.name", "tiny"};
    t->meta[1] = (model_meta){"train.rows", "40"};
    t->probes[0] = (model_probe){NZ_LANG_EN, "one\ntwo", 7, UINT64_C(0x0123456789abcdef)};
    t->content = (model_content){
        .heads = t->heads, .head_count = 2, .groups = t->groups, .group_count = 2,
        .norm_floor = 0.5f, .norm_unknown = 32,
        .taxonomy = {t->teams, 1, t->channels, 1, NULL, 0, t->routes, 1, t->points, 1, NZ_NONE, 0,
                     NZ_NONE, NZ_NONE, NZ_NONE, NZ_NONE, 1, NZ_NONE, NZ_NONE, NZ_NONE, 0, NZ_NONE,
                     0.8f, 0.5f, 0.5f},
        .lexicon = "lexicon", .lexicon_size = 7, .rules = "rule", .rules_size = 4,
        .probes = t->probes, .probe_count = 1, .meta = t->meta, .meta_count = 2};
}

/* Entry i of the section table, or NULL when the header is no header. */
static inline unsigned char *tiny_entry(unsigned char *file, size_t size, uint32_t i)
{
    size_t at = FORMAT_HEADER_BYTES + (size_t)i * FORMAT_ENTRY_BYTES;
    return at + FORMAT_ENTRY_BYTES <= size && i < load_le32(file + HEADER_SECTION_COUNT)
               ? file + at : NULL;
}

/* The entry of a section, of several groups' that of the last one, or NULL. */
static inline unsigned char *tiny_find(unsigned char *file, size_t size, const char *id)
{
    unsigned char *entry, *found = NULL;
    for (uint32_t i = 0; (entry = tiny_entry(file, size, i)) != NULL; i++) {
        found = memcmp(entry, id, 4) == 0 ? entry : found;
    }
    return found;
}

/* Bytes of a section: a test changes them and reseals. */
static inline unsigned char *tiny_section(unsigned char *file, size_t size, const char *id)
{
    unsigned char *entry = tiny_find(file, size, id);
    return entry != NULL ? file + load_le64(entry + ENTRY_OFFSET) : NULL;
}

/* New checksums for everything that lies inside of the file. */
static inline void tiny_reseal(unsigned char *file, size_t size)
{
    unsigned char *entry;
    if (size < FORMAT_HEADER_BYTES) {
        return;
    }
    for (uint32_t i = 0; (entry = tiny_entry(file, size, i)) != NULL; i++) {
        uint64_t offset = load_le64(entry + ENTRY_OFFSET), bytes = load_le64(entry + ENTRY_SIZE);
        if (offset <= size && bytes <= size - offset) {
            store_le32(entry + ENTRY_CRC, hash_crc32c(0, file + offset, (size_t)bytes));
        }
    }
    uint64_t table = (uint64_t)load_le32(file + HEADER_SECTION_COUNT) *
                     load_le32(file + HEADER_ENTRY_SIZE);
    if (table <= size - FORMAT_HEADER_BYTES) {
        store_le32(file + HEADER_TABLE_CRC,
                   hash_crc32c(0, file + FORMAT_HEADER_BYTES, (size_t)table));
    }
    store_le32(file + HEADER_CRC, hash_crc32c(0, file, HEADER_CRC));
}

#endif
