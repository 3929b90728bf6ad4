/* write.c - the description of a model as the bytes of models/FORMAT.md.
 * It must not know texts.  Invariant: what it hands out was read back by model_read(), and the
 * same content gives the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "feature/extract.h"
#include "model/format.h"

typedef struct writer {
    buffer *out;
    size_t start;       /* of the file in out */
    uint32_t section_count;
    uint32_t at;        /* sections written so far */
    const nz_allocator *allocator;
    nz_error *err;
} writer;

/* Where everything goes: the features of all groups together, and their rows in each. */
typedef struct layout {
    const nz_allocator *allocator;
    uint64_t *features; /* [count], sorted; room for `room` */
    size_t count, room;
    uint32_t *row_of[MODEL_MAX_GROUPS]; /* [count]: row in the content's group, or NZ_NONE */
    index_tables index;
} layout;

/* ---- fields -------------------------------------------------------------------- */

/* NULL is written as the empty string. */
static nz_status put_string(buffer *b, const char *text, size_t len)
{
    if (len > UINT32_MAX - 1) {
        return NZ_E_LIMIT;
    }
    NZ_TRY(buffer_append_u32(b, (uint32_t)len));
    NZ_TRY(buffer_append(b, text, len));
    return buffer_append_byte(b, 0);
}

static nz_status put_name(buffer *b, const char *name)
{
    return put_string(b, name != NULL ? name : "", name != NULL ? strlen(name) : 0);
}

static nz_status put_floats(buffer *b, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        NZ_TRY(buffer_append_f32(b, values != NULL ? values[i] : 0.0f));
    }
    return NZ_OK;
}

static nz_status put_numbers(buffer *b, const uint32_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        NZ_TRY(buffer_append_u32(b, values[i]));
    }
    return NZ_OK;
}

static nz_status put_terms(buffer *b, const model_term *terms, uint32_t count)
{
    if (count > FORMAT_MAX_TERMS) {
        return NZ_E_LIMIT;
    }
    NZ_TRY(buffer_append_u32(b, count));
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t term[2] = {terms[i].head, terms[i].label};
        NZ_TRY(put_numbers(b, term, 2));
    }
    return NZ_OK;
}

/* ---- sections of fields ---------------------------------------------------------- */

static nz_status put_meta(buffer *b, const model_content *content)
{
    NZ_TRY(buffer_append_u32(b, content->meta_count));
    for (uint32_t i = 0; i < content->meta_count; i++) {
        NZ_TRY(put_name(b, content->meta[i].key));
        NZ_TRY(put_name(b, content->meta[i].value));
    }
    return NZ_OK;
}

static nz_status put_head(buffer *b, const model_head *h)
{
    const uint32_t numbers[4] = {(uint32_t)h->kind, h->label_count, h->group, h->first_lane};
    NZ_TRY(put_name(b, h->name));
    NZ_TRY(put_numbers(b, numbers, 4));
    for (uint32_t i = 0; i < h->label_count; i++) {
        NZ_TRY(put_name(b, h->labels[i].name));
        NZ_TRY(put_name(b, h->labels[i].title_fa));
        NZ_TRY(put_name(b, h->labels[i].title_ar));
        NZ_TRY(put_name(b, h->labels[i].title_en));
    }
    NZ_TRY(put_floats(b, h->thresholds, h->label_count));
    NZ_TRY(put_floats(b, h->slopes, MODEL_LANGUAGES));
    return put_floats(b, h->intercepts, (size_t)MODEL_LANGUAGES * h->label_count);
}

static nz_status put_heads(buffer *b, const model_content *content, const index_tables *t)
{
    const uint32_t sizes[3] = {t->count, t->slot_count, t->bucket_count};
    NZ_TRY(buffer_append_u32(b, content->head_count));
    NZ_TRY(buffer_append_u32(b, content->group_count));
    NZ_TRY(buffer_append_f32(b, content->norm_floor));
    NZ_TRY(buffer_append_u32(b, content->norm_unknown));
    NZ_TRY(put_numbers(b, sizes, 3));
    NZ_TRY(buffer_append_u64(b, t->seed));
    for (uint32_t i = 0; i < content->group_count; i++) {
        const model_group *g = &content->groups[i];
        const uint32_t numbers[3] = {g->lane_count, g->row_bytes, g->row_count};
        NZ_TRY(put_numbers(b, numbers, 3));
    }
    for (uint32_t i = 0; i < content->head_count; i++) {
        NZ_TRY(put_head(b, &content->heads[i]));
    }
    return NZ_OK;
}

static nz_status put_channels_and_teams(buffer *b, const model_taxonomy *t)
{
    NZ_TRY(buffer_append_u32(b, t->team_count));
    for (uint32_t i = 0; i < t->team_count; i++) {
        NZ_TRY(put_name(b, t->teams[i]));
    }
    NZ_TRY(buffer_append_u32(b, t->channel_count));
    for (uint32_t i = 0; i < t->channel_count; i++) {
        NZ_TRY(put_name(b, t->channels[i].name));
        NZ_TRY(put_name(b, t->channels[i].solicited));
        NZ_TRY(buffer_append_u32(b, t->channels[i].type_label));
    }
    return NZ_OK;
}

static nz_status put_rules_of_answer(buffer *b, const model_taxonomy *t)
{
    NZ_TRY(buffer_append_u32(b, t->forbidden_count));
    for (uint32_t i = 0; i < t->forbidden_count; i++) {
        const model_forbidden *f = &t->forbidden[i];
        const uint32_t numbers[4] = {f->a.head, f->a.label, f->b.head, f->b.label};
        NZ_TRY(put_numbers(b, numbers, 4));
    }
    NZ_TRY(buffer_append_u32(b, t->route_count));
    for (uint32_t i = 0; i < t->route_count; i++) {
        NZ_TRY(buffer_append_u32(b, t->routes[i].team));
        NZ_TRY(put_terms(b, t->routes[i].terms, t->routes[i].term_count));
    }
    NZ_TRY(buffer_append_u32(b, t->points_count));
    for (uint32_t i = 0; i < t->points_count; i++) {
        NZ_TRY(put_name(b, t->points[i].name));
        NZ_TRY(buffer_append_u32(b, (uint32_t)t->points[i].points));
        NZ_TRY(put_terms(b, t->points[i].terms, t->points[i].term_count));
    }
    return NZ_OK;
}

static nz_status put_taxonomy(buffer *b, const model_taxonomy *t)
{
    const uint32_t numbers[12] = {
        t->category_head, t->sentiment_head, t->polarity_head, t->type_head,
        t->types_head, t->reason_head, t->question_head, t->type_none,
        t->reason_none, t->empty_category, t->empty_sentiment, t->empty_type};
    NZ_TRY(put_channels_and_teams(b, t));
    NZ_TRY(put_rules_of_answer(b, t));
    NZ_TRY(put_numbers(b, numbers, 12));
    NZ_TRY(buffer_append_f32(b, t->band_high));
    NZ_TRY(buffer_append_f32(b, t->band_medium));
    return buffer_append_f32(b, t->min_confidence);
}

static nz_status put_probes(buffer *b, const model_content *content)
{
    NZ_TRY(buffer_append_u32(b, content->probe_count));
    for (uint32_t i = 0; i < content->probe_count; i++) {
        const model_probe *p = &content->probes[i];
        NZ_TRY(buffer_append_u32(b, (uint32_t)p->language));
        NZ_TRY(put_string(b, p->text, p->len));
        NZ_TRY(buffer_append_u64(b, p->digest));
    }
    return NZ_OK;
}

/* ---- the index ---------------------------------------------------------------------- */

static nz_status put_pilots(buffer *b, const index_tables *t)
{
    for (uint32_t i = 0; i < t->bucket_count; i++) {
        NZ_TRY(buffer_append_u16(b, t->pilots[i]));
    }
    return NZ_OK;
}

/* Fingerprints, each with its row of the first group, or with zeros. */
static nz_status put_entries(buffer *b, const model_content *content, const layout *l)
{
    const model_group *g = &content->groups[0];
    NZ_TRY(buffer_reserve(b, (size_t)l->index.count * (MODEL_ENTRY_HEADER + g->row_bytes)));
    for (uint32_t place = 0; place < l->index.count; place++) {
        const uint32_t row = l->row_of[0][l->index.source[place]];
        NZ_TRY(buffer_append_u32(b, l->index.fingerprints[place]));
        NZ_TRY(row == NZ_NONE ? buffer_append_zero(b, g->row_bytes)
                              : buffer_append(b, g->rows + (size_t)row * g->row_bytes,
                                              g->row_bytes));
    }
    return NZ_OK;
}

/* ---- sections of groups ------------------------------------------------------------ */

static nz_status put_have(buffer *b, const layout *l, uint32_t group)
{
    for (uint32_t word = 0; word < format_bitmap_words(l->index.count); word++) {
        uint32_t bits = 0;
        for (uint32_t i = 0; i < 32 && word * 32 + i < l->index.count; i++) {
            const uint32_t feature = l->index.source[word * 32 + i];
            bits |= (uint32_t)(l->row_of[group][feature] != NZ_NONE) << i;
        }
        NZ_TRY(buffer_append_u32(b, bits));
    }
    return NZ_OK;
}

/* Rows by place; those of the first group are in the index. */
static nz_status put_rows(buffer *b, const model_content *content, const layout *l,
                          uint32_t group)
{
    const model_group *g = &content->groups[group];
    for (uint32_t place = 0; group != 0 && place < l->index.count; place++) {
        const uint32_t row = l->row_of[group][l->index.source[place]];
        if (row != NZ_NONE) {
            NZ_TRY(buffer_append(b, g->rows + (size_t)row * g->row_bytes, g->row_bytes));
        }
    }
    return NZ_OK;
}

static nz_status put_lanes(buffer *b, const model_group *g, uint32_t channel_count)
{
    NZ_TRY(put_floats(b, g->scales, g->lane_count));
    NZ_TRY(put_floats(b, g->biases, g->lane_count));
    NZ_TRY(put_floats(b, g->rating_rows, (size_t)EXTRACT_RATING_BINS * g->lane_count));
    return put_floats(b, g->channel_rows, (size_t)channel_count * g->lane_count);
}

/* ---- the container ------------------------------------------------------------------ */

static nz_status put_payload(buffer *b, const model_content *content, const layout *l,
                             format_section kind, uint32_t instance)
{
    const index_tables *t = &l->index;
    switch (kind) {
    case SECTION_META: return put_meta(b, content);
    case SECTION_HEAD: return put_heads(b, content, t);
    case SECTION_TAXO: return put_taxonomy(b, &content->taxonomy);
    case SECTION_LEXI: return buffer_append(b, content->lexicon, content->lexicon_size);
    case SECTION_RULE: return buffer_append(b, content->rules, content->rules_size);
    case SECTION_SELF: return put_probes(b, content);
    case SECTION_PILT: return put_pilots(b, t);
    case SECTION_RMAP: return put_numbers(b, t->remap, t->slot_count - t->count);
    case SECTION_FEAT: return put_entries(b, content, l);
    case SECTION_HAVE: return put_have(b, l, instance);
    case SECTION_ROWS: return put_rows(b, content, l, instance);
    case SECTION_LANE:
        return put_lanes(b, &content->groups[instance], content->taxonomy.channel_count);
    case SECTION_KINDS: break;
    }
    return NZ_E_INTERNAL;
}

/* Append one section at its aligned place and fill its entry in the table. */
static nz_status put_section(writer *w, const model_content *content, const layout *l,
                             format_section kind, uint32_t instance)
{
    size_t length = w->out->size - w->start;
    size_t padding = (FORMAT_ALIGN - length % FORMAT_ALIGN) % FORMAT_ALIGN;
    NZ_TRY(buffer_append_zero(w->out, padding));
    const size_t offset = length + padding;
    NZ_TRY(put_payload(w->out, content, l, kind, instance));
    const size_t size = w->out->size - w->start - offset;
    const uint32_t element = format_element_size(format_kinds[kind].type);
    unsigned char *file = w->out->bytes + w->start;
    unsigned char *entry = file + FORMAT_HEADER_BYTES + (size_t)w->at++ * FORMAT_ENTRY_BYTES;
    memcpy(entry + ENTRY_ID, format_kinds[kind].id, 4);
    store_le32(entry + ENTRY_FLAGS, FORMAT_CRITICAL);
    store_le64(entry + ENTRY_OFFSET, offset);
    store_le64(entry + ENTRY_SIZE, size);
    store_le64(entry + ENTRY_COUNT, size / element);
    store_le32(entry + ENTRY_TYPE, format_kinds[kind].type);
    store_le32(entry + ENTRY_ELEMENT_SIZE, element);
    store_le32(entry + ENTRY_CRC, hash_crc32c(0, file + offset, size));
    store_le32(entry + ENTRY_INSTANCE, instance);
    return NZ_OK;
}

static nz_status put_sections(writer *w, const model_content *content,
                              const layout *l)
{
    NZ_TRY(buffer_append_zero(w->out, FORMAT_HEADER_BYTES +
                                      (size_t)w->section_count * FORMAT_ENTRY_BYTES));
    for (uint32_t kind = 0; kind < SECTION_FIRST_OF_GROUP; kind++) {
        NZ_TRY(put_section(w, content, l, (format_section)kind, 0));
    }
    for (uint32_t group = 0; group < content->group_count; group++) {
        for (uint32_t kind = SECTION_FIRST_OF_GROUP; kind < SECTION_KINDS; kind++) {
            NZ_TRY(put_section(w, content, l, (format_section)kind, group));
        }
    }
    return NZ_OK;
}

static void fill_header(const writer *w)
{
    unsigned char *h = w->out->bytes + w->start;
    memcpy(h, FORMAT_MAGIC, 8);
    store_le16(h + HEADER_MAJOR, FORMAT_MAJOR);
    store_le16(h + HEADER_MINOR, FORMAT_MINOR);
    store_le32(h + HEADER_SIZE, FORMAT_HEADER_BYTES);
    store_le64(h + HEADER_FILE_SIZE, w->out->size - w->start);
    store_le32(h + HEADER_SECTION_COUNT, w->section_count);
    store_le32(h + HEADER_ENTRY_SIZE, FORMAT_ENTRY_BYTES);
    store_le64(h + HEADER_TABLE_OFFSET, FORMAT_HEADER_BYTES);
    store_le64(h + HEADER_SCHEMA, EXTRACT_SCHEMA_VERSION);
    store_le32(h + HEADER_TABLE_CRC,
               hash_crc32c(0, h + FORMAT_HEADER_BYTES,
                           (size_t)w->section_count * FORMAT_ENTRY_BYTES));
    store_le32(h + HEADER_CRC, hash_crc32c(0, h, HEADER_CRC));
}

/* A model that cannot be read must not be written: the reader knows every rule. */
static nz_status prove(const writer *w)
{
    const size_t size = w->out->size - w->start;
    size_t room_size;
    unsigned char *room = memory_add(size, FORMAT_ALIGN, &room_size)
                              ? memory_new(w->allocator, room_size, 1) : NULL;
    if (room == NULL) {
        return status_no_memory(w->err);
    }
    unsigned char *aligned = room + (FORMAT_ALIGN - (uintptr_t)room % FORMAT_ALIGN) % FORMAT_ALIGN;
    memcpy(aligned, w->out->bytes + w->start, size);
    model_view *view = NULL;
    nz_error why = NZ_ERROR_INIT;
    nz_status status = model_read(&view, aligned, size, w->allocator, &why);
    model_view_free(view);
    memory_free(w->allocator, room, room_size, 1);
    if (status < 0 && status != NZ_E_MEMORY) {
        return status_fail(w->err, NZ_E_DATA, "this content makes no valid model: %s", why.message);
    }
    return status < 0 ? status_no_memory(w->err) : NZ_OK;
}

static nz_status write_file(writer *w, const model_content *content, const layout *l)
{
    nz_status status = put_sections(w, content, l);
    if (status >= 0) {
        fill_header(w);
        status = prove(w);
    } else if (status == NZ_E_MEMORY) {
        status = status_no_memory(w->err);
    } else {
        status = status_fail(w->err, status, "the model is larger than its buffer or its format "
                             "allows");
    }
    if (status < 0) {
        w->out->size = w->start;
    }
    return status;
}

static nz_status check_counts(const model_content *content, nz_error *err)
{
    bool good = content->head_count >= 1 && content->head_count <= MODEL_MAX_HEADS &&
                content->group_count >= 1 && content->group_count <= MODEL_MAX_GROUPS;
    for (uint32_t i = 0; good && i < content->group_count; i++) {
        const model_group *g = &content->groups[i];
        good = g->lane_count >= 1 && g->lane_count <= MODEL_MAX_LABELS &&
               g->row_bytes == format_row_bytes(g->lane_count) && g->row_count <= MODEL_MAX_ROWS;
    }
    return good ? NZ_OK
                : status_fail(err, NZ_E_DATA, "heads, groups, lanes or rows of the model are out "
                              "of range");
}

/* ---- the union of the groups' features ------------------------------------------------ */

static int compare_ids(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Every feature of any group once, sorted, in l->features. */
static nz_status unite_features(layout *l, const model_content *content)
{
    size_t total = 0;
    for (uint32_t g = 0; g < content->group_count; g++) {
        total += content->groups[g].row_count;
    }
    l->room = total;
    l->features = memory_new(l->allocator, total, sizeof *l->features);
    if (l->features == NULL) {
        return NZ_E_MEMORY;
    }
    size_t count = 0;
    for (uint32_t g = 0; g < content->group_count; g++) {
        const model_group *group = &content->groups[g];
        if (group->row_count != 0) {
            memcpy(l->features + count, group->features, group->row_count * sizeof *l->features);
            count += group->row_count;
        }
    }
    if (count != 0) {
        qsort(l->features, count, sizeof *l->features, compare_ids);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || l->features[i] != l->features[i - 1]) {
            l->features[l->count++] = l->features[i];
        }
    }
    return NZ_OK;
}

/* Which row a united feature has in a group. */
static nz_status find_rows_of_group(layout *l, const model_group *g, uint32_t group,
                                    nz_error *err)
{
    l->row_of[group] = memory_new(l->allocator, l->count, sizeof *l->row_of[group]);
    if (l->row_of[group] == NULL) {
        return status_no_memory(err);
    }
    if (l->count != 0) {
        memset(l->row_of[group], 0xff, l->count * sizeof *l->row_of[group]); /* NZ_NONE */
    }
    for (uint32_t row = 0; row < g->row_count; row++) {
        const uint64_t *found = bsearch(&g->features[row], l->features, l->count,
                                        sizeof *l->features, compare_ids);
        uint32_t *to = &l->row_of[group][found - l->features];
        if (*to != NZ_NONE) {
            return status_fail(err, NZ_E_DATA, "a feature stands twice in a group of the model");
        }
        *to = row;
    }
    return NZ_OK;
}

static nz_status lay_out(layout *l, const model_content *content, nz_error *err)
{
    if (unite_features(l, content) < 0) {
        return status_no_memory(err);
    }
    if (l->count > MODEL_MAX_ROWS) {
        return status_fail(err, NZ_E_DATA, "the model has too many features");
    }
    for (uint32_t g = 0; g < content->group_count; g++) {
        NZ_TRY(find_rows_of_group(l, &content->groups[g], g, err));
    }
    return index_build(&l->index, l->features, (uint32_t)l->count, l->allocator, err);
}

static void free_layout(layout *l)
{
    memory_free(l->allocator, l->features, l->room, sizeof *l->features);
    for (uint32_t g = 0; g < MODEL_MAX_GROUPS; g++) {
        memory_free(l->allocator, l->row_of[g], l->count, sizeof *l->row_of[g]);
    }
    index_free(&l->index);
}

nz_status model_write(const model_content *content, buffer *out, nz_error *err)
{
    layout l = {.allocator = &out->allocator, .index.allocator = out->allocator};
    nz_status status = check_counts(content, err);
    if (status >= 0) {
        status = lay_out(&l, content, err);
    }
    if (status >= 0) {
        writer w = {.out = out, .start = out->size, .allocator = &out->allocator, .err = err};
        w.section_count = SECTION_FIRST_OF_GROUP +
                          content->group_count * (SECTION_KINDS - SECTION_FIRST_OF_GROUP);
        status = write_file(&w, content, &l);
    }
    free_layout(&l);
    return status;
}
