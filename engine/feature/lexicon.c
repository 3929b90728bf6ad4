/* lexicon.c - the block of lexicon entries: read, looked up, built.
 *
 * Block, little-endian: u32 entry count, u32 expression count, then entries of 24 bytes and
 * expressions of 16, each sorted by key.  It must not know texts or weights.
 * Invariant: the tables hold no key twice, and every probe ends at a free place. */
#include "feature/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/hash.h"

enum {
    BLOCK_HEADER = 8,
    ENTRY_BYTES = 24,
    EXPRESSION_BYTES = 16,
    MAX_ENTRIES = 1 << 22
};

enum { FILTER_BITS = 131072 };

struct lexicon {
    nz_allocator allocator;
    lexicon_entry *entries;
    lexicon_expression *expressions;
    uint32_t entry_count, expression_count;
    /* Open addressing: place + 1 of the entry, 0 is free; at most half full. */
    uint32_t *entry_table, *expression_table;
    uint32_t entry_mask, expression_mask;
    /* A bit for each entry and expression: most words and almost all runs of words are known
     * to be none without leaving the nearest cache. */
    uint64_t entry_bits[FILTER_BITS / 64];
    uint64_t expression_bits[FILTER_BITS / 64];
};

static uint32_t table_mask(uint32_t count)
{
    uint32_t size = 16;
    while (size < 2 * count + 2) {
        size *= 2;
    }
    return size - 1;
}

static void read_entry(const unsigned char *at, lexicon_entry *e)
{
    e->key = load_le64(at);
    e->flags = load_le32(at + 8);
    e->polarity = (int8_t)at[12];
    e->reach = at[13];
    e->emoji_class = at[14];
    e->concept_count = at[15];
    memcpy(e->concepts, at + 16, LEXICON_MAX_CONCEPTS);
}

static void read_expression(const unsigned char *at, lexicon_expression *e)
{
    e->key = load_le64(at);
    e->length = at[8];
    e->class_ = at[9];
    e->polarity = (int8_t)at[10];
    e->reserved = 0;
}

/* Insert place; false when the key is there already. */
static bool insert(uint32_t *table, uint32_t mask, uint64_t key, uint32_t place,
                   const void *items, size_t item_size)
{
    uint32_t at = (uint32_t)key & mask;
    for (; table[at] != 0; at = (at + 1) & mask) {
        uint64_t other;
        memcpy(&other, (const char *)items + (table[at] - 1) * item_size, sizeof other);
        if (other == key) {
            return false;
        }
    }
    table[at] = place + 1;
    return true;
}

static nz_status corrupt(nz_error *err)
{
    return status_fail(err, NZ_E_MODEL_CORRUPT, "lexicon block is damaged; retrain the model");
}

/* The tables use the low half of the hash. */
static uint32_t bit_of(uint64_t key)
{
    return (uint32_t)(key >> 32) & (FILTER_BITS - 1);
}

static void set_bit(uint64_t *bits, uint64_t key)
{
    bits[bit_of(key) / 64] |= UINT64_C(1) << bit_of(key) % 64;
}

static bool may_hold(const uint64_t *bits, uint64_t key)
{
    return (bits[bit_of(key) / 64] >> bit_of(key) % 64 & 1) != 0;
}

static nz_status load_items(lexicon *l, const unsigned char *bytes, nz_error *err)
{
    for (uint32_t i = 0; i < l->entry_count; i++, bytes += ENTRY_BYTES) {
        lexicon_entry *e = &l->entries[i];
        read_entry(bytes, e);
        if (e->polarity < -3 || e->polarity > 3 || e->concept_count > LEXICON_MAX_CONCEPTS ||
            !insert(l->entry_table, l->entry_mask, e->key, i, l->entries, sizeof *e)) {
            return corrupt(err);
        }
        set_bit(l->entry_bits, e->key);
    }
    for (uint32_t i = 0; i < l->expression_count; i++, bytes += EXPRESSION_BYTES) {
        lexicon_expression *e = &l->expressions[i];
        read_expression(bytes, e);
        if (e->length < 2 || e->length > LEXICON_MAX_EXPRESSION || e->polarity < -3 ||
            e->polarity > 3 ||
            !insert(l->expression_table, l->expression_mask, e->key, i, l->expressions, sizeof *e)) {
            return corrupt(err);
        }
        set_bit(l->expression_bits, e->key);
    }
    return NZ_OK;
}

nz_status lexicon_open(lexicon **out, const void *bytes, size_t size,
                       const nz_allocator *allocator, nz_error *err)
{
    *out = NULL;
    const unsigned char *at = bytes;
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    if (size < BLOCK_HEADER) {
        return corrupt(err);
    }
    uint32_t entries = load_le32(at);
    uint32_t expressions = load_le32(at + 4);
    if (entries > MAX_ENTRIES || expressions > MAX_ENTRIES ||
        size != BLOCK_HEADER + (size_t)entries * ENTRY_BYTES +
                    (size_t)expressions * EXPRESSION_BYTES) {
        return corrupt(err);
    }
    lexicon *l = memory_new_zero(&a, 1, sizeof *l);
    if (l == NULL) {
        return status_no_memory(err);
    }
    l->allocator = a;
    l->entry_count = entries;
    l->expression_count = expressions;
    l->entry_mask = table_mask(entries);
    l->expression_mask = table_mask(expressions);
    l->entries = memory_new(&a, entries, sizeof *l->entries);
    l->expressions = memory_new(&a, expressions, sizeof *l->expressions);
    l->entry_table = memory_new_zero(&a, (size_t)l->entry_mask + 1, sizeof(uint32_t));
    l->expression_table = memory_new_zero(&a, (size_t)l->expression_mask + 1, sizeof(uint32_t));
    nz_status status = NZ_OK;
    if (l->entries == NULL || l->expressions == NULL || l->entry_table == NULL ||
        l->expression_table == NULL) {
        status = status_no_memory(err);
    } else {
        status = load_items(l, at + BLOCK_HEADER, err);
    }
    if (status < 0) {
        lexicon_free(l);
        return status;
    }
    *out = l;
    return NZ_OK;
}

void lexicon_free(lexicon *l)
{
    if (l == NULL) {
        return;
    }
    nz_allocator a = l->allocator;
    memory_free(&a, l->entries, l->entry_count, sizeof *l->entries);
    memory_free(&a, l->expressions, l->expression_count, sizeof *l->expressions);
    memory_free(&a, l->entry_table, (size_t)l->entry_mask + 1, sizeof(uint32_t));
    memory_free(&a, l->expression_table, (size_t)l->expression_mask + 1, sizeof(uint32_t));
    memory_free(&a, l, 1, sizeof *l);
}

const lexicon_entry *lexicon_find(const lexicon *l, uint64_t key)
{
    if (!may_hold(l->entry_bits, key)) {
        return NULL;
    }
    for (uint32_t at = (uint32_t)key & l->entry_mask; l->entry_table[at] != 0;
         at = (at + 1) & l->entry_mask) {
        const lexicon_entry *e = &l->entries[l->entry_table[at] - 1];
        if (e->key == key) {
            return e;
        }
    }
    return NULL;
}

const lexicon_expression *lexicon_find_expression(const lexicon *l, uint64_t keys)
{
    if (!may_hold(l->expression_bits, keys)) {
        return NULL;
    }
    for (uint32_t at = (uint32_t)keys & l->expression_mask; l->expression_table[at] != 0;
         at = (at + 1) & l->expression_mask) {
        const lexicon_expression *e = &l->expressions[l->expression_table[at] - 1];
        if (e->key == keys) {
            return e;
        }
    }
    return NULL;
}

uint32_t lexicon_entry_count(const lexicon *l)
{
    return l->entry_count;
}

/* ---- builder ---------------------------------------------------------------- */

struct lexicon_builder {
    nz_allocator allocator;
    buffer entries;     /* array of lexicon_entry, unsorted */
    buffer expressions; /* array of lexicon_expression */
};

nz_status lexicon_builder_new(lexicon_builder **out, const nz_allocator *allocator, nz_error *err)
{
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    lexicon_builder *b = memory_new_zero(&a, 1, sizeof *b);
    *out = b;
    if (b == NULL) {
        return status_no_memory(err);
    }
    b->allocator = a;
    buffer_init(&b->entries, &a, (size_t)MAX_ENTRIES * sizeof(lexicon_entry));
    buffer_init(&b->expressions, &a, (size_t)MAX_ENTRIES * sizeof(lexicon_expression));
    return NZ_OK;
}

void lexicon_builder_free(lexicon_builder *b)
{
    if (b != NULL) {
        nz_allocator a = b->allocator;
        buffer_free(&b->entries);
        buffer_free(&b->expressions);
        memory_free(&a, b, 1, sizeof *b);
    }
}

nz_status lexicon_builder_add(lexicon_builder *b, uint64_t key, uint32_t flags, int polarity,
                              unsigned reach, unsigned emoji_class, unsigned concept_id)
{
    if (polarity < -3 || polarity > 3 || reach > 255 || emoji_class > 255 || concept_id > 255) {
        return NZ_E_ARGUMENT;
    }
    lexicon_entry e;
    memset(&e, 0, sizeof e);
    e.key = key;
    e.flags = flags | LEXICON_KNOWN;
    e.polarity = (int8_t)polarity;
    e.reach = (uint8_t)reach;
    e.emoji_class = (uint8_t)emoji_class;
    if (concept_id != 0) {
        e.concept_count = 1;
        e.concepts[0] = (uint8_t)concept_id;
    }
    return buffer_append(&b->entries, &e, sizeof e);
}

nz_status lexicon_builder_add_expression(lexicon_builder *b, const uint64_t *keys, uint32_t count,
                                         unsigned class_, int polarity)
{
    if (count < 2 || count > LEXICON_MAX_EXPRESSION || class_ > 255 || polarity < -3 ||
        polarity > 3) {
        return NZ_E_ARGUMENT;
    }
    lexicon_expression e;
    memset(&e, 0, sizeof e);
    e.key = keys[0];
    for (uint32_t i = 1; i < count; i++) {
        e.key = hash_pair(e.key, keys[i]);
    }
    e.length = (uint8_t)count;
    e.class_ = (uint8_t)class_;
    e.polarity = (int8_t)polarity;
    NZ_TRY(buffer_append(&b->expressions, &e, sizeof e));
    return lexicon_builder_add(b, keys[0], LEXICON_STARTS_EXPRESSION, 0, 0, 0, 0);
}

/* Total orders, so that the order of adding does not show: by key, then by content. */
static int compare_entries(const void *a, const void *b)
{
    const lexicon_entry *x = a, *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    if (x->polarity != y->polarity) {
        return abs(x->polarity) > abs(y->polarity) ||
                       (abs(x->polarity) == abs(y->polarity) && x->polarity < y->polarity)
                   ? -1
                   : 1;
    }
    if (x->reach != y->reach) {
        return x->reach > y->reach ? -1 : 1;
    }
    if (x->emoji_class != y->emoji_class) {
        return x->emoji_class > y->emoji_class ? -1 : 1;
    }
    return (int)x->concepts[0] - (int)y->concepts[0];
}

static int compare_expressions(const void *a, const void *b)
{
    const lexicon_expression *x = a, *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    if (x->class_ != y->class_) {
        return x->class_ < y->class_ ? -1 : 1;
    }
    return (int)x->polarity - (int)y->polarity;
}

static void merge_into(lexicon_entry *into, const lexicon_entry *from)
{
    into->flags |= from->flags;
    if (into->polarity == 0) {
        into->polarity = from->polarity;
    }
    if (into->reach == 0) {
        into->reach = from->reach;
    }
    if (into->emoji_class == 0) {
        into->emoji_class = from->emoji_class;
    }
    for (uint32_t c = 0; c < from->concept_count; c++) {
        if (memchr(into->concepts, from->concepts[c], into->concept_count) == NULL &&
            into->concept_count < LEXICON_MAX_CONCEPTS) {
            into->concepts[into->concept_count++] = from->concepts[c];
        }
    }
}

/* Sort and merge in place; returns how many are left. */
static uint32_t unite_entries(lexicon_entry *e, uint32_t count)
{
    if (count == 0) {
        return 0; /* qsort() takes no NULL */
    }
    qsort(e, count, sizeof *e, compare_entries);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept != 0 && e[kept - 1].key == e[i].key) {
            merge_into(&e[kept - 1], &e[i]);
        } else {
            e[kept++] = e[i];
        }
    }
    return kept;
}

static uint32_t unite_expressions(lexicon_expression *e, uint32_t count)
{
    if (count == 0) {
        return 0; /* qsort() takes no NULL */
    }
    qsort(e, count, sizeof *e, compare_expressions);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || e[kept - 1].key != e[i].key) {
            e[kept++] = e[i];
        }
    }
    return kept;
}

static nz_status write_entry(buffer *out, const lexicon_entry *e)
{
    unsigned char at[ENTRY_BYTES] = {0};
    store_le64(at, e->key);
    store_le32(at + 8, e->flags);
    at[12] = (unsigned char)e->polarity;
    at[13] = e->reach;
    at[14] = e->emoji_class;
    at[15] = e->concept_count;
    memcpy(at + 16, e->concepts, LEXICON_MAX_CONCEPTS);
    return buffer_append(out, at, sizeof at);
}

static nz_status write_expression(buffer *out, const lexicon_expression *e)
{
    unsigned char at[EXPRESSION_BYTES] = {0};
    store_le64(at, e->key);
    at[8] = e->length;
    at[9] = e->class_;
    at[10] = (unsigned char)e->polarity;
    return buffer_append(out, at, sizeof at);
}

nz_status lexicon_builder_finish(lexicon_builder *b, buffer *out, nz_error *err)
{
    lexicon_entry *entries = (lexicon_entry *)(void *)b->entries.bytes;
    lexicon_expression *expressions = (lexicon_expression *)(void *)b->expressions.bytes;
    uint32_t entry_count =
        unite_entries(entries, (uint32_t)(b->entries.size / sizeof(lexicon_entry)));
    uint32_t expression_count = unite_expressions(
        expressions, (uint32_t)(b->expressions.size / sizeof(lexicon_expression)));
    b->entries.size = entry_count * sizeof(lexicon_entry);
    b->expressions.size = expression_count * sizeof(lexicon_expression);

    nz_status status = buffer_append_u32(out, entry_count);
    if (status == NZ_OK) {
        status = buffer_append_u32(out, expression_count);
    }
    for (uint32_t i = 0; status == NZ_OK && i < entry_count; i++) {
        status = write_entry(out, &entries[i]);
    }
    for (uint32_t i = 0; status == NZ_OK && i < expression_count; i++) {
        status = write_expression(out, &expressions[i]);
    }
    return status < 0 ? status_fail(err, status, "the lexicon does not fit into memory") : NZ_OK;
}
