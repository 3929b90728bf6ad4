/* votes.c - the memory of words: sets of two slots, the one asked for longer ago gives way.
 * It must not know what is remembered.  Invariant: that of votes.h. */
#include "text/votes.h"

#include <string.h>

#include "base/hash.h"

/* 8 MiB: all but a few in a hundred words of running text are among them. */
enum { SETS = 65536, WAYS = 2, LINE = 64 };

_Static_assert(sizeof(votes_slot) == LINE, "a slot is one line of the cache");

nz_status votes_init(votes_memo *m, const nz_allocator *allocator)
{
    m->allocator = *allocator;
    m->clock = 0;
    m->slots = NULL;
    m->memory = memory_new_zero(allocator, SETS * WAYS + 1, sizeof *m->slots);
    if (m->memory == NULL) {
        return NZ_E_MEMORY;
    }
    uintptr_t begin = ((uintptr_t)m->memory + LINE - 1) & ~(uintptr_t)(LINE - 1);
    m->slots = (votes_slot *)begin;
    return NZ_OK;
}

void votes_free(votes_memo *m)
{
    memory_free(&m->allocator, m->memory, SETS * WAYS + 1, sizeof *m->slots);
    m->memory = NULL;
    m->slots = NULL;
}

uint64_t votes_hash(const char *bytes, uint32_t len)
{
    return hash_bytes(bytes, len, 0);
}

static votes_slot *set_of(const votes_memo *m, uint64_t hash)
{
    return m->slots + (hash >> 32 & (SETS - 1)) * WAYS;
}

void votes_expect(const votes_memo *m, uint64_t hash)
{
    const votes_slot *set = set_of(m, hash);
    __builtin_prefetch(&set[0], 1);
    __builtin_prefetch(&set[1], 1);
}

votes_slot *votes_find(votes_memo *m, uint64_t hash, const char *bytes, uint32_t len,
                       bool *found)
{
    *found = false;
    if (len == 0 || len > VOTES_MAX_KEY) {
        return NULL;
    }
    const uint32_t tag = (uint32_t)hash << 8 | len;
    votes_slot *set = set_of(m, hash);
    m->clock++;
    for (int way = 0; way < WAYS; way++) {
        votes_slot *slot = &set[way];
        if (slot->tag == tag && hash_equal_bytes(slot->key, bytes, len)) {
            slot->used = m->clock;
            *found = true;
            return slot;
        }
    }
    /* Ages wrap around with the clock, which at worst drops the wrong one of the two. */
    votes_slot *slot = m->clock - set[0].used >= m->clock - set[1].used ? &set[0] : &set[1];
    slot->tag = tag;
    slot->used = m->clock;
    slot->note.number = 0;
    memcpy(slot->key, bytes, len);
    return slot;
}

uint32_t votes_number(const votes_memo *m, const votes_slot *slot)
{
    return (uint32_t)(slot - m->slots) + 1;
}

void votes_clear_notes(votes_memo *m)
{
    for (uint32_t i = 0; i < SETS * WAYS; i++) {
        m->slots[i].note.number = 0;
    }
}

votes_note *votes_note_of(const votes_memo *m, uint32_t number, const char *bytes, uint32_t len)
{
    votes_slot *slot = &m->slots[number - 1];
    return (slot->tag & 0xff) == len && hash_equal_bytes(slot->key, bytes, len) ? &slot->note : NULL;
}
