/* index.c - the perfect hash from feature ids to places: building it and asking it.
 * It must not know what a row holds.  Invariant: the tables depend on the set of features
 * alone, never on their order, on time or on an address. */
#include <string.h>

#include "model/format.h"

#define KEYS_PER_BUCKET 4u
#define PILOTS 65536u
#define MAX_BUCKET 64u /* a Poisson mean of 4 never comes near; a seed that does is dropped */
#define MAX_SEEDS 16u

/* ---- building ---------------------------------------------------------------- */

/* Scratch of one attempt. */
typedef struct builder {
    const uint64_t *features;
    uint32_t count;
    uint64_t *hashes;      /* [count], grouped by bucket */
    uint32_t *origin;      /* [count]: number in features of hashes[i] */
    uint32_t *begin;       /* [bucket_count + 1]: first hash of a bucket */
    uint32_t *order;       /* [bucket_count]: buckets, largest first */
    uint32_t *owner;       /* [slot_count]: number in hashes + 1; 0: free */
    index_tables *tables;
} builder;

/* Counting sort of the hashes by bucket. */
static void group_by_bucket(builder *b)
{
    index_tables *t = b->tables;
    memset(b->begin, 0, ((size_t)t->bucket_count + 1) * sizeof *b->begin);
    for (uint32_t i = 0; i < b->count; i++) {
        uint64_t h = hash_pair(b->features[i], t->seed);
        b->begin[index_range(h, t->bucket_count) + 1]++;
    }
    for (uint32_t bucket = 0; bucket < t->bucket_count; bucket++) {
        b->begin[bucket + 1] += b->begin[bucket];
    }
    /* order is free until the buckets are sorted: it serves as the fill marks. */
    memcpy(b->order, b->begin, (size_t)t->bucket_count * sizeof *b->order);
    for (uint32_t i = 0; i < b->count; i++) {
        uint64_t h = hash_pair(b->features[i], t->seed);
        uint32_t at = b->order[index_range(h, t->bucket_count)]++;
        b->hashes[at] = h;
        b->origin[at] = i;
    }
}

/* Buckets by size, largest first, then by number.  False when one is absurdly large. */
static bool sort_buckets(builder *b)
{
    uint32_t starts[MAX_BUCKET + 1] = {0};
    const uint32_t bucket_count = b->tables->bucket_count;
    for (uint32_t bucket = 0; bucket < bucket_count; bucket++) {
        uint32_t size = b->begin[bucket + 1] - b->begin[bucket];
        if (size > MAX_BUCKET) {
            return false;
        }
        starts[MAX_BUCKET - size]++;
    }
    uint32_t sum = 0;
    for (uint32_t rank = 0; rank <= MAX_BUCKET; rank++) {
        uint32_t here = starts[rank];
        starts[rank] = sum;
        sum += here;
    }
    for (uint32_t bucket = 0; bucket < bucket_count; bucket++) {
        uint32_t size = b->begin[bucket + 1] - b->begin[bucket];
        b->order[starts[MAX_BUCKET - size]++] = bucket;
    }
    return true;
}

/* hash_pair is one to one in its first argument, so equal hashes are equal features. */
static bool has_twins(const builder *b)
{
    for (uint32_t bucket = 0; bucket < b->tables->bucket_count; bucket++) {
        for (uint32_t i = b->begin[bucket]; i < b->begin[bucket + 1]; i++) {
            for (uint32_t j = i + 1; j < b->begin[bucket + 1]; j++) {
                if (b->hashes[i] == b->hashes[j]) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Do all keys of a bucket find free and different slots under this pilot? */
static bool pilot_fits(const builder *b, uint32_t begin, uint32_t size, uint32_t pilot,
                       uint32_t *slots)
{
    for (uint32_t i = 0; i < size; i++) {
        slots[i] = index_slot(b->hashes[begin + i], pilot, b->tables->slot_count);
        if (b->owner[slots[i]] != 0) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (slots[j] == slots[i]) {
                return false;
            }
        }
    }
    return true;
}

static bool place_bucket(builder *b, uint32_t bucket)
{
    uint32_t slots[MAX_BUCKET];
    const uint32_t begin = b->begin[bucket];
    const uint32_t size = b->begin[bucket + 1] - begin;
    for (uint32_t pilot = 0; pilot < PILOTS; pilot++) {
        if (pilot_fits(b, begin, size, pilot, slots)) {
            for (uint32_t i = 0; i < size; i++) {
                b->owner[slots[i]] = begin + i + 1;
            }
            b->tables->pilots[bucket] = (uint16_t)pilot;
            return true;
        }
    }
    return false;
}

static bool place_all(builder *b)
{
    memset(b->owner, 0, (size_t)b->tables->slot_count * sizeof *b->owner);
    for (uint32_t i = 0; i < b->tables->bucket_count; i++) {
        if (!place_bucket(b, b->order[i])) {
            return false;
        }
    }
    return true;
}

/* Slots past the last place are sent to the free ones before it, in order. */
static void assign_places(builder *b)
{
    index_tables *t = b->tables;
    uint32_t free_place = 0;
    for (uint32_t slot = 0; slot < t->slot_count; slot++) {
        uint32_t place = slot;
        if (slot >= t->count) {
            t->remap[slot - t->count] = 0;
            if (b->owner[slot] == 0) {
                continue;
            }
            while (b->owner[free_place] != 0) {
                free_place++;
            }
            place = free_place++;
            t->remap[slot - t->count] = place;
        } else if (b->owner[slot] == 0) {
            continue;
        }
        uint32_t at = b->owner[slot] - 1;
        t->fingerprints[place] = (uint32_t)b->hashes[at];
        t->source[place] = b->origin[at];
    }
}

static nz_status search(builder *b, nz_error *err)
{
    for (uint64_t seed = 1; seed <= MAX_SEEDS; seed++) {
        b->tables->seed = seed;
        group_by_bucket(b);
        bool sorted = sort_buckets(b);
        if (seed == 1 && sorted && has_twins(b)) {
            return status_fail(err, NZ_E_DATA, "a feature stands twice in the model");
        }
        if (sorted && place_all(b)) {
            assign_places(b);
            return NZ_OK;
        }
    }
    return status_fail(err, NZ_E_DATA, "no perfect hash for %u features: one stands in it often",
                       b->count);
}

static nz_status new_tables(index_tables *t)
{
    const nz_allocator *a = &t->allocator;
    t->pilots = memory_new_zero(a, t->bucket_count, sizeof *t->pilots);
    t->remap = memory_new_zero(a, t->slot_count - t->count, sizeof *t->remap);
    t->fingerprints = memory_new_zero(a, t->count, sizeof *t->fingerprints);
    t->source = memory_new_zero(a, t->count, sizeof *t->source);
    bool whole = t->pilots != NULL && t->remap != NULL && t->fingerprints != NULL &&
                 t->source != NULL;
    return whole ? NZ_OK : NZ_E_MEMORY;
}

static nz_status build_in_scratch(index_tables *t, const uint64_t *features, nz_error *err)
{
    const nz_allocator *a = &t->allocator;
    builder b = {.features = features, .count = t->count, .tables = t};
    b.hashes = memory_new(a, t->count, sizeof *b.hashes);
    b.origin = memory_new(a, t->count, sizeof *b.origin);
    b.begin = memory_new(a, (size_t)t->bucket_count + 1, sizeof *b.begin);
    b.order = memory_new(a, t->bucket_count, sizeof *b.order);
    b.owner = memory_new(a, t->slot_count, sizeof *b.owner);
    bool whole = b.hashes != NULL && b.origin != NULL && b.begin != NULL && b.order != NULL &&
                 b.owner != NULL;
    nz_status status = whole ? search(&b, err) : status_no_memory(err);
    memory_free(a, b.hashes, t->count, sizeof *b.hashes);
    memory_free(a, b.origin, t->count, sizeof *b.origin);
    memory_free(a, b.begin, (size_t)t->bucket_count + 1, sizeof *b.begin);
    memory_free(a, b.order, t->bucket_count, sizeof *b.order);
    memory_free(a, b.owner, t->slot_count, sizeof *b.owner);
    return status;
}

nz_status index_build(index_tables *out, const uint64_t *features, uint32_t count,
                      const nz_allocator *allocator, nz_error *err)
{
    memset(out, 0, sizeof *out);
    out->allocator = allocator != NULL ? *allocator : memory_default();
    out->count = count;
    out->seed = 1;
    if (count == 0) {
        return NZ_OK;
    }
    out->bucket_count = (count + KEYS_PER_BUCKET - 1) / KEYS_PER_BUCKET;
    out->slot_count = count + count / 32;
    nz_status status = new_tables(out) < 0 ? status_no_memory(err)
                                           : build_in_scratch(out, features, err);
    if (status < 0) {
        index_free(out);
    }
    return status;
}

void index_free(index_tables *t)
{
    memory_free(&t->allocator, t->pilots, t->bucket_count, sizeof *t->pilots);
    memory_free(&t->allocator, t->remap, t->slot_count - t->count, sizeof *t->remap);
    memory_free(&t->allocator, t->fingerprints, t->count, sizeof *t->fingerprints);
    memory_free(&t->allocator, t->source, t->count, sizeof *t->source);
    t->pilots = NULL;
    t->remap = t->fingerprints = t->source = NULL;
}

/* ---- asking ------------------------------------------------------------------ */

static inline uint32_t fingerprint_at(const model_index *x, uint32_t place)
{
    uint32_t fingerprint;
    memcpy(&fingerprint, x->entries + (size_t)place * x->entry_bytes, sizeof fingerprint);
    return fingerprint;
}

/* Three passes over a small batch: a pilot and an entry are two places of memory, and each
 * pass asks for what the next one reads. */
void model_find(const model_index *x, const uint64_t *features, uint32_t count, uint32_t *places)
{
    enum { BATCH = 64 };
    uint64_t hashes[BATCH];
    for (uint32_t start = 0; start < count; start += BATCH) {
        const uint32_t n = count - start < BATCH ? count - start : BATCH;
        uint32_t *at = places + start;
        if (x->feature_count == 0) {
            memset(at, 0xff, n * sizeof *at); /* NZ_NONE */
            continue;
        }
        for (uint32_t i = 0; i < n; i++) {
            hashes[i] = hash_pair(features[start + i], x->seed);
            at[i] = index_range(hashes[i], x->bucket_count);
            __builtin_prefetch(&x->pilots[at[i]]);
        }
        for (uint32_t i = 0; i < n; i++) {
            const uint32_t slot = index_slot(hashes[i], x->pilots[at[i]], x->slot_count);
            at[i] = slot < x->feature_count ? slot : x->remap[slot - x->feature_count];
            __builtin_prefetch(x->entries + (size_t)at[i] * x->entry_bytes);
        }
        for (uint32_t i = 0; i < n; i++) {
            at[i] = fingerprint_at(x, at[i]) == (uint32_t)hashes[i] ? at[i] : NZ_NONE;
        }
    }
}

const int8_t *model_row(const model_content *content, uint32_t group, uint32_t place)
{
    const model_group *g = &content->groups[group];
    if (place == NZ_NONE || !model_has_row(g, place)) {
        return NULL;
    }
    return group == 0 ? model_first_row(&content->index, place)
                      : g->rows + (size_t)model_rank(g, place) * g->row_bytes;
}

const int8_t *model_find_row(const model_content *content, uint32_t group, uint64_t feature)
{
    uint32_t place;
    model_find(&content->index, &feature, 1, &place);
    return model_row(content, group, place);
}
