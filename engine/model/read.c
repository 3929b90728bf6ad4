/* read.c - the container: header, section table, checksums, and the arrays of the groups.
 * It must not know what labels mean.  Invariant: nothing is used before it was checked, and
 * a file of n bytes never asks for more than a small multiple of n bytes of memory. */
#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "feature/extract.h"
#include "model/view.h"

const format_kind format_kinds[SECTION_KINDS] = {
    [SECTION_META] = {"META", FORMAT_BYTES}, [SECTION_HEAD] = {"HEAD", FORMAT_BYTES},
    [SECTION_TAXO] = {"TAXO", FORMAT_BYTES}, [SECTION_LEXI] = {"LEXI", FORMAT_BYTES},
    [SECTION_RULE] = {"RULE", FORMAT_BYTES}, [SECTION_SELF] = {"SELF", FORMAT_BYTES},
    [SECTION_PILT] = {"PILT", FORMAT_U16},   [SECTION_RMAP] = {"RMAP", FORMAT_U32},
    [SECTION_FEAT] = {"FEAT", FORMAT_BYTES}, [SECTION_HAVE] = {"HAVE", FORMAT_U32},
    [SECTION_ROWS] = {"ROWS", FORMAT_I8},    [SECTION_LANE] = {"LANE", FORMAT_F32},
};

uint32_t format_element_size(uint32_t type)
{
    static const uint8_t sizes[] = {1, 1, 2, 4, 4};
    return type < sizeof sizes ? sizes[type] : 0;
}

/* A section as found; bytes is NULL while it was not. */
typedef struct section {
    const unsigned char *bytes;
    uint64_t size;
} section;

typedef struct reader {
    const unsigned char *file;
    uint64_t size;
    uint32_t section_count, entry_size;
    uint64_t end; /* of the last section read so far */
    section single[SECTION_FIRST_OF_GROUP];
    section group[MODEL_MAX_GROUPS][SECTION_KINDS - SECTION_FIRST_OF_GROUP];
    nz_error *err;
} reader;

static nz_status corrupt(const reader *r, uint64_t offset, const char *reason)
{
    return status_fail_at(r->err, NZ_E_MODEL_CORRUPT, offset, 0,
                          "the model file is damaged (%s): get it anew", reason);
}

static nz_status wrong_sum(const reader *r, uint64_t offset, const char *what)
{
    return status_fail_at(r->err, NZ_E_MODEL_CHECKSUM, offset, 0,
                          "the model file is damaged (checksum of the %s): get it anew", what);
}

/* ---- header ------------------------------------------------------------------- */

static nz_status check_magic(const reader *r)
{
    size_t shown = r->size < 8 ? (size_t)r->size : 8;
    if (shown == 0 || memcmp(r->file, FORMAT_MAGIC, shown) != 0) {
        return status_fail_at(r->err, NZ_E_MODEL_MAGIC, 0, 0,
                              "not a nazar model: choose a .nzm file made by nazar train");
    }
    return r->size >= FORMAT_HEADER_BYTES ? NZ_OK : corrupt(r, r->size, "it ends in the header");
}

static nz_status check_version(const reader *r)
{
    const uint16_t one = 1;
    uint32_t major = load_le16(r->file + HEADER_MAJOR);
    if (*(const unsigned char *)&one != 1) {
        return status_fail(r->err, NZ_E_MODEL_VERSION,
                           "models are read on little-endian machines only");
    }
    if (major > FORMAT_MAJOR) {
        return status_fail_at(r->err, NZ_E_MODEL_VERSION, HEADER_MAJOR, 0,
                              "the model has format %u, this nazar reads up to %u: install a "
                              "newer nazar or retrain with this one", (unsigned)major,
                              (unsigned)FORMAT_MAJOR);
    }
    if (major != 0 && major < FORMAT_MAJOR) {
        return status_fail_at(r->err, NZ_E_MODEL_VERSION, HEADER_MAJOR, 0,
                              "the model has the old format %u, this nazar reads %u: retrain it "
                              "with this nazar", (unsigned)major, (unsigned)FORMAT_MAJOR);
    }
    return major == 0 ? corrupt(r, HEADER_MAJOR, "format version 0") : NZ_OK;
}

static nz_status check_header(reader *r)
{
    const unsigned char *h = r->file;
    NZ_TRY(check_magic(r));
    if (hash_crc32c(0, h, HEADER_CRC) != load_le32(h + HEADER_CRC)) {
        return wrong_sum(r, 0, "header");
    }
    NZ_TRY(check_version(r));
    r->section_count = load_le32(h + HEADER_SECTION_COUNT);
    r->entry_size = load_le32(h + HEADER_ENTRY_SIZE);
    if (load_le64(h + HEADER_FILE_SIZE) != r->size) {
        return corrupt(r, r->size, "its size is not the one that it states");
    }
    if (load_le32(h + HEADER_SIZE) != FORMAT_HEADER_BYTES ||
        load_le64(h + HEADER_TABLE_OFFSET) != FORMAT_HEADER_BYTES ||
        load_le64(h + HEADER_RESERVED) != 0 || r->section_count == 0 ||
        r->section_count > FORMAT_MAX_SECTIONS || r->entry_size < FORMAT_ENTRY_BYTES ||
        r->entry_size > FORMAT_MAX_ENTRY_BYTES || r->entry_size % 8 != 0) {
        return corrupt(r, HEADER_SIZE, "a field of the header");
    }
    uint64_t table_bytes = (uint64_t)r->section_count * r->entry_size; /* at most 64 KiB */
    if (table_bytes > r->size - FORMAT_HEADER_BYTES) {
        return corrupt(r, r->size, "it ends in the section table");
    }
    if (hash_crc32c(0, h + FORMAT_HEADER_BYTES, (size_t)table_bytes) !=
        load_le32(h + HEADER_TABLE_CRC)) {
        return wrong_sum(r, FORMAT_HEADER_BYTES, "section table");
    }
    r->end = FORMAT_HEADER_BYTES + table_bytes;
    return NZ_OK;
}

static nz_status check_schema(const reader *r)
{
    uint64_t schema = load_le64(r->file + HEADER_SCHEMA);
    if (schema == EXTRACT_SCHEMA_VERSION) {
        return NZ_OK;
    }
    return status_fail_at(r->err, NZ_E_MODEL_PROBE, HEADER_SCHEMA, 0,
                          "the model was trained with feature schema %llu, this nazar has %u: "
                          "retrain, or install the nazar that wrote it",
                          (unsigned long long)schema, (unsigned)EXTRACT_SCHEMA_VERSION);
}

/* ---- section table ------------------------------------------------------------- */

static uint32_t find_kind(const unsigned char *id)
{
    for (uint32_t kind = 0; kind < SECTION_KINDS; kind++) {
        if (memcmp(id, format_kinds[kind].id, 4) == 0) {
            return kind;
        }
    }
    return SECTION_KINDS;
}

/* The section starts at the next multiple of 64, after zeros, and lies in the file. */
static nz_status check_place(reader *r, uint64_t offset, uint64_t size)
{
    uint64_t expected = (r->end + FORMAT_ALIGN - 1) & ~(uint64_t)(FORMAT_ALIGN - 1);
    if (offset != expected || offset > r->size || size > r->size - offset) {
        return corrupt(r, offset, "a section lies outside of its place");
    }
    for (uint64_t i = r->end; i < offset; i++) {
        if (r->file[i] != 0) {
            return corrupt(r, i, "padding is not zero");
        }
    }
    r->end = offset + size;
    return NZ_OK;
}

static nz_status check_elements(const reader *r, const unsigned char *entry, uint64_t size)
{
    uint32_t type = load_le32(entry + ENTRY_TYPE);
    uint32_t element = load_le32(entry + ENTRY_ELEMENT_SIZE);
    uint64_t count = load_le64(entry + ENTRY_COUNT);
    if (element == 0 || element != format_element_size(type) || size % element != 0 ||
        count != size / element) {
        return corrupt(r, (uint64_t)(entry - r->file), "count and size of a section differ");
    }
    return NZ_OK;
}

static nz_status store_section(reader *r, const unsigned char *entry, uint32_t kind,
                               section found)
{
    uint32_t instance = load_le32(entry + ENTRY_INSTANCE);
    bool of_group = kind >= SECTION_FIRST_OF_GROUP;
    if (instance >= (of_group ? MODEL_MAX_GROUPS : 1u)) {
        return corrupt(r, (uint64_t)(entry - r->file), "the number of a section");
    }
    section *to = of_group ? &r->group[instance][kind - SECTION_FIRST_OF_GROUP]
                           : &r->single[kind];
    if (to->bytes != NULL) {
        return corrupt(r, (uint64_t)(entry - r->file), "a section comes twice");
    }
    if (load_le32(entry + ENTRY_TYPE) != format_kinds[kind].type) {
        return corrupt(r, (uint64_t)(entry - r->file), "the element type of a section");
    }
    *to = found;
    return NZ_OK;
}

static nz_status read_entry(reader *r, const unsigned char *entry)
{
    uint32_t flags = load_le32(entry + ENTRY_FLAGS);
    uint64_t offset = load_le64(entry + ENTRY_OFFSET);
    uint64_t size = load_le64(entry + ENTRY_SIZE);
    NZ_TRY(check_place(r, offset, size));
    if ((flags & ~FORMAT_CRITICAL) != 0) {
        return corrupt(r, (uint64_t)(entry - r->file), "unknown flags of a section");
    }
    section found = {r->file + offset, size};
    uint32_t kind = find_kind(entry + ENTRY_ID);
    if (kind == SECTION_KINDS && (flags & FORMAT_CRITICAL) != 0) {
        return status_fail_at(r->err, NZ_E_MODEL_SECTION, (uint64_t)(entry - r->file), 0,
                              "the model holds a part that this nazar does not know: install a "
                              "newer nazar or retrain with this one");
    }
    if (hash_crc32c(0, found.bytes, (size_t)size) != load_le32(entry + ENTRY_CRC)) {
        return wrong_sum(r, offset, kind < SECTION_KINDS ? format_kinds[kind].id : "extra part");
    }
    NZ_TRY(check_elements(r, entry, size));
    return kind == SECTION_KINDS ? NZ_OK : store_section(r, entry, kind, found);
}

static nz_status read_table(reader *r)
{
    for (uint32_t i = 0; i < r->section_count; i++) {
        NZ_TRY(read_entry(r, r->file + FORMAT_HEADER_BYTES + (size_t)i * r->entry_size));
    }
    if (r->end != r->size) {
        return corrupt(r, r->end, "bytes follow the last section");
    }
    for (uint32_t kind = 0; kind < SECTION_FIRST_OF_GROUP; kind++) {
        if (r->single[kind].bytes == NULL) {
            return corrupt(r, 0, "a section is missing");
        }
    }
    return NZ_OK;
}

/* ---- the index ------------------------------------------------------------------ */

static nz_status bad_row(const reader *r, const int8_t *row)
{
    return corrupt(r, (uint64_t)((const unsigned char *)row - r->file), "a row");
}

/* A shift that can be, and zeros behind the lanes. */
static bool is_row(const model_group *g, const int8_t *row)
{
    int bad = row[0] < 0 || row[0] > FORMAT_MAX_SHIFT;
    for (uint32_t j = MODEL_ROW_HEADER + g->lane_count; j < g->row_bytes; j++) {
        bad |= row[j] != 0;
    }
    return !bad;
}

static nz_status read_index(const reader *r, model_content *content)
{
    model_index *x = &content->index;
    const section *pilots = &r->single[SECTION_PILT], *remap = &r->single[SECTION_RMAP];
    const section *entries = &r->single[SECTION_FEAT];
    x->entry_bytes = MODEL_ENTRY_HEADER + content->groups[0].row_bytes;
    if (pilots->size != (uint64_t)x->bucket_count * 2 ||
        remap->size != (uint64_t)(x->slot_count - x->feature_count) * 4 ||
        entries->size != (uint64_t)x->feature_count * x->entry_bytes) {
        return corrupt(r, 0, "the size of a section of the index");
    }
    x->pilots = (const void *)pilots->bytes;
    x->remap = (const void *)remap->bytes;
    x->entries = entries->bytes;
    for (uint32_t i = 0; i < x->slot_count - x->feature_count; i++) {
        if (x->remap[i] >= x->feature_count) {
            return corrupt(r, 0, "a slot of the index");
        }
    }
    for (uint32_t place = 0; place < x->feature_count; place++) {
        if (!is_row(&content->groups[0], model_first_row(x, place))) {
            return bad_row(r, model_first_row(x, place));
        }
    }
    return NZ_OK;
}

/* ---- groups -------------------------------------------------------------------- */

static nz_status check_rows(const reader *r, const model_group *g)
{
    for (uint32_t i = 0; i < g->row_count; i++) {
        const int8_t *row = g->rows + (size_t)i * g->row_bytes;
        if (!is_row(g, row)) {
            return bad_row(r, row);
        }
    }
    return NZ_OK;
}

/* The bitmap of the places that have a row, with ranks that make it one look-up. */
static nz_status read_have(const reader *r, model_view *view, model_group *g, const section *s)
{
    const uint32_t places = view->content.index.feature_count;
    const uint32_t words = format_bitmap_words(places);
    const uint32_t *bits = (const void *)s->bytes;
    if (s->size != (uint64_t)words * 4) {
        return corrupt(r, 0, "the size of a group's section");
    }
    model_have *have = arena_alloc_zero(&view->memory, ((size_t)words / 2 + 1) * sizeof *have);
    if (have == NULL) {
        return status_no_memory(r->err);
    }
    uint64_t rank = 0;
    for (uint32_t i = 0; i < words; i++) {
        if (i % 2 == 0) {
            have[i / 2].rank = rank;
        }
        have[i / 2].bits |= (uint64_t)bits[i] << (i % 2 == 0 ? 0 : 32);
        rank += model_count_bits(bits[i]);
    }
    if (rank != g->row_count || (places % 32 != 0 && bits[words - 1] >> places % 32 != 0)) {
        return corrupt(r, 0, "the rows of a group are not as many as its features");
    }
    g->have = have;
    return NZ_OK;
}

static nz_status read_lanes(const reader *r, model_group *g, const section *s, size_t count)
{
    const float *lanes = (const void *)s->bytes;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(lanes[i])) {
            return corrupt(r, (uint64_t)(s->bytes - r->file) + 4 * i, "a number is not finite");
        }
    }
    g->scales = lanes;
    g->biases = lanes + g->lane_count;
    g->rating_rows = lanes + (size_t)2 * g->lane_count;
    g->channel_rows = g->rating_rows + (size_t)EXTRACT_RATING_BINS * g->lane_count;
    return NZ_OK;
}

static nz_status read_group_arrays(const reader *r, model_view *view, uint32_t number)
{
    model_group *g = (model_group *)&view->content.groups[number]; /* still being made */
    const section *s = r->group[number];
    const section *rows = &s[SECTION_ROWS - SECTION_FIRST_OF_GROUP];
    const section *lanes = &s[SECTION_LANE - SECTION_FIRST_OF_GROUP];
    /* At most 2^28 rows of 4,104 bytes and 270 * 4,096 floats: no overflow in 64 bits. */
    const uint64_t lane_floats =
        (uint64_t)(2 + EXTRACT_RATING_BINS + view->content.taxonomy.channel_count) *
        g->lane_count;
    for (uint32_t i = 0; i < SECTION_KINDS - SECTION_FIRST_OF_GROUP; i++) {
        if (s[i].bytes == NULL) {
            return corrupt(r, 0, "a section of a group is missing");
        }
    }
    if (rows->size != (number == 0 ? 0 : (uint64_t)g->row_count * g->row_bytes) ||
        lanes->size != lane_floats * 4) {
        return corrupt(r, 0, "the size of a group's section");
    }
    NZ_TRY(read_have(r, view, g, &s[SECTION_HAVE - SECTION_FIRST_OF_GROUP]));
    if (number != 0) {
        g->rows = (const void *)rows->bytes;
        NZ_TRY(check_rows(r, g));
    }
    return read_lanes(r, g, lanes, (size_t)lane_floats);
}

/* The groups were described in HEAD; their arrays are sections of their own. */
static nz_status read_groups(const reader *r, model_view *view)
{
    NZ_TRY(read_index(r, &view->content));
    for (uint32_t i = 0; i < MODEL_MAX_GROUPS; i++) {
        if (i < view->content.group_count) {
            NZ_TRY(read_group_arrays(r, view, i));
            continue;
        }
        for (uint32_t k = 0; k < SECTION_KINDS - SECTION_FIRST_OF_GROUP; k++) {
            if (r->group[i][k].bytes != NULL) {
                return corrupt(r, 0, "a section of a group that is not there");
            }
        }
    }
    return NZ_OK;
}

/* ---- the whole ------------------------------------------------------------------ */

typedef nz_status (*fields_reader)(model_content *content, cursor *c);

static nz_status read_fields(const reader *r, model_view *view, format_section kind,
                             fields_reader read)
{
    const section *s = &r->single[kind];
    cursor c = {s->bytes, s->bytes + s->size, r->file, format_kinds[kind].id,
                &view->memory, r->err, NZ_OK};
    return read(&view->content, &c);
}

static nz_status read_content(reader *r, model_view *view)
{
    NZ_TRY(check_header(r));
    NZ_TRY(read_table(r));
    NZ_TRY(check_schema(r));
    NZ_TRY(read_fields(r, view, SECTION_HEAD, view_read_heads));
    NZ_TRY(read_fields(r, view, SECTION_TAXO, view_read_taxonomy));
    NZ_TRY(read_fields(r, view, SECTION_META, view_read_meta));
    NZ_TRY(read_fields(r, view, SECTION_SELF, view_read_probes));
    NZ_TRY(read_groups(r, view));
    view->content.lexicon = r->single[SECTION_LEXI].bytes;
    view->content.lexicon_size = (size_t)r->single[SECTION_LEXI].size;
    view->content.rules = r->single[SECTION_RULE].bytes;
    view->content.rules_size = (size_t)r->single[SECTION_RULE].size;
    return NZ_OK;
}

nz_status model_read(model_view **out, const void *bytes, size_t size,
                     const nz_allocator *allocator, nz_error *err)
{
    *out = NULL;
    if ((uintptr_t)bytes % FORMAT_ALIGN != 0) {
        return status_fail(err, NZ_E_ARGUMENT, "the bytes of a model must be aligned to 64");
    }
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    model_view *view = memory_new_zero(&a, 1, sizeof *view);
    if (view == NULL) {
        return status_no_memory(err);
    }
    view->allocator = a;
    arena_init(&view->memory, &a, 16384, 0);
    reader r = {.file = bytes, .size = size, .err = err};
    nz_status status = read_content(&r, view);
    if (status < 0) {
        model_view_free(view);
        return status;
    }
    *out = view;
    return NZ_OK;
}

void model_view_free(model_view *view)
{
    if (view != NULL) {
        nz_allocator a = view->allocator;
        arena_free(&view->memory);
        memory_free(&a, view, 1, sizeof *view);
    }
}

const model_content *model_view_content(const model_view *view)
{
    return &view->content;
}
