/* words.c - lookup in the generated word tables (open addressing, FNV-1a).
 *
 * It must not know rules.  Invariant: the hash is that of tools/dev/word_tables.py. */
#include "text/words.h"

#include <string.h>

#include "text/arabic_tables.inc"
#include "text/english_tables.inc"
#include "text/persian_tables.inc"

typedef struct word_table {
    const word_entry *entries;
    const uint32_t *slots; /* 1 + index of an entry, below the high half of its hash; or 0 */
    uint32_t mask;
} word_table;

#define WORD_TABLE(name) \
    {name##_entries, name##_slots, sizeof name##_slots / sizeof name##_slots[0] - 1}

static const word_table tables[] = {
    [NZ_LANG_FA] = WORD_TABLE(persian),
    [NZ_LANG_AR] = WORD_TABLE(arabic),
    [NZ_LANG_EN] = WORD_TABLE(english),
};

static uint32_t hash_key(const char *key, size_t len)
{
    uint32_t hash = 0x811C9DC5u;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)key[i]) * 0x01000193u;
    }
    return hash;
}

const word_entry *words_find(nz_language language, const char *key, size_t len)
{
    if (language < NZ_LANG_FA || language > NZ_LANG_EN) {
        return NULL;
    }
    const word_table *table = &tables[language];
    const uint32_t hash = hash_key(key, len);
    for (uint32_t at = hash & table->mask; table->slots[at] != 0; at = (at + 1) & table->mask) {
        const uint32_t slot = table->slots[at];
        const word_entry *entry = &table->entries[(slot & 0xffff) - 1];
        if (slot >> 16 == hash >> 16 && entry->len == len && memcmp(entry->key, key, len) == 0) {
            return entry;
        }
    }
    return NULL;
}
