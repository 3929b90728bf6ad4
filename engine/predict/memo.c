/* memo.c - the token table: linear probing over full hashes, entries in an arena.
 * It must not know weights.  Invariant: at most half of the cells are taken, and no search
 * looks at more than MAX_PROBES of them. */
#include "predict/memo.h"

#include <string.h>

#include "base/hash.h"

#define FIRST_CELLS 256u
#define MAX_CELLS (1u << 30)
/* At half load a run this long does not happen by chance; input made for it is turned away. */
#define MAX_PROBES 256u

/* ---- bytes ------------------------------------------------------------------------ */

static inline uint64_t load64(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t load32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t mix(uint64_t x)
{
    x *= UINT64_C(0xff51afd7ed558ccd);
    return x ^ (x >> 32);
}

/* Not the hash of the model format: this one is never stored, so it may read whole words in
 * the host's order, the last ones overlapping. */
uint64_t memo_hash(const memo *m, const char *bytes, uint32_t len, nz_token_kind kind,
                   nz_language reading)
{
    uint64_t h = m->seed ^ ((uint64_t)len << 16 | (uint64_t)kind << 8 | (uint64_t)reading);
    if (len >= 8) {
        for (uint32_t i = 0; i + 8 < len; i += 8) {
            h = mix(h ^ load64(bytes + i));
        }
        h = mix(h ^ load64(bytes + len - 8));
    } else if (len >= 4) {
        h = mix(h ^ (load32(bytes) | (uint64_t)load32(bytes + len - 4) << 32));
    } else if (len > 0) {
        const unsigned char *b = (const unsigned char *)bytes;
        h = mix(h ^ (b[0] | (uint64_t)b[len / 2] << 8 | (uint64_t)b[len - 1] << 16));
    }
    return mix(h ^ (h >> 29));
}

/* ---- table ------------------------------------------------------------------------ */

void memo_init(memo *m, uint32_t lane_count, size_t limit_bytes, uint64_t seed,
               const nz_allocator *allocator)
{
    memset(m, 0, sizeof *m);
    m->allocator = *allocator;
    m->seed = seed;
    m->lane_count = lane_count;
    m->limit_bytes = limit_bytes;
    arena_init(&m->entries, allocator, 65536, 0);
}

static void free_cells(memo *m)
{
    memory_free(&m->allocator, m->cells, m->cell_count, sizeof *m->cells);
    m->cells = NULL;
    m->cell_count = 0;
}

void memo_free(memo *m)
{
    free_cells(m);
    arena_free(&m->entries);
}

void memo_clear(memo *m, size_t keep_bytes)
{
    if (m->entry_count == 0) {
        return;
    }
    m->entry_count = 0;
    if (m->entries.used_bytes + m->cell_count * sizeof *m->cells > keep_bytes) {
        free_cells(m);
        arena_free(&m->entries);
        return;
    }
    arena_reset(&m->entries);
    memset(m->cells, 0, m->cell_count * sizeof *m->cells);
}

static const char *entry_bytes(const memo *m, const memo_entry *e)
{
    return (const char *)(memo_lanes(e) + m->lane_count);
}

memo_entry *memo_find(const memo *m, uint64_t hash, const char *bytes, uint32_t len,
                      nz_token_kind kind, nz_language reading)
{
    if (m->cell_count == 0) {
        return NULL;
    }
    const uint64_t mask = m->cell_count - 1;
    for (uint64_t i = 0; i < MAX_PROBES; i++) {
        const memo_cell *cell = &m->cells[(hash + i) & mask];
        if (cell->entry == NULL) {
            return NULL;
        }
        const memo_entry *e = cell->entry;
        if (cell->hash == hash && e->len == len && e->kind == kind && e->reading == reading &&
            hash_equal_bytes(entry_bytes(m, e), bytes, len)) {
            return cell->entry;
        }
    }
    return NULL;
}

/* The first free cell for a hash, or NULL after MAX_PROBES. */
static memo_cell *free_cell(memo_cell *cells, uint32_t cell_count, uint64_t hash)
{
    for (uint64_t i = 0; i < MAX_PROBES; i++) {
        memo_cell *cell = &cells[(hash + i) & (cell_count - 1)];
        if (cell->entry == NULL) {
            return cell;
        }
    }
    return NULL;
}

static bool over_limit(const memo *m, size_t cells, size_t extra)
{
    return m->limit_bytes != 0 &&
           cells * sizeof *m->cells + m->entries.used_bytes + extra > m->limit_bytes;
}

/* Twice the cells.  The old table stays when an entry finds no cell in the new one. */
static bool grow(memo *m)
{
    uint32_t count = m->cell_count == 0 ? FIRST_CELLS : m->cell_count * 2;
    if (count > MAX_CELLS || over_limit(m, count, 0)) {
        return false;
    }
    memo_cell *cells = memory_new_zero(&m->allocator, count, sizeof *cells);
    if (cells == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->cell_count; i++) {
        if (m->cells[i].entry != NULL) {
            memo_cell *to = free_cell(cells, count, m->cells[i].hash);
            if (to == NULL) {
                memory_free(&m->allocator, cells, count, sizeof *cells);
                return false;
            }
            *to = m->cells[i];
        }
    }
    free_cells(m);
    m->cells = cells;
    m->cell_count = count;
    return true;
}

memo_entry *memo_add(memo *m, uint64_t hash, const char *bytes, uint32_t len, nz_token_kind kind,
                     nz_language reading)
{
    const size_t lane_bytes = m->lane_count * sizeof(int16_t);
    const size_t size = sizeof(memo_entry) + lane_bytes + len;
    if (m->entry_count >= m->cell_count / 2 && !grow(m)) {
        return NULL;
    }
    memo_cell *cell = free_cell(m->cells, m->cell_count, hash);
    memo_entry *e = cell != NULL && !over_limit(m, m->cell_count, size + 16)
                        ? arena_alloc(&m->entries, size) : NULL;
    if (e == NULL) {
        return NULL;
    }
    memset(e, 0, sizeof *e + lane_bytes);
    e->len = len;
    e->kind = (uint8_t)kind;
    e->reading = (uint8_t)reading;
    memcpy((char *)(memo_lanes(e) + m->lane_count), bytes, len);
    cell->hash = hash;
    cell->entry = e;
    m->entry_count++;
    return e;
}
