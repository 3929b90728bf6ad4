/* keytext.c - sets of two slots; the one asked for longer ago gives way.
 * It must not know words.  Invariant: that of keytext.h. */
#include "feature/keytext.h"

#include <string.h>

#include "base/hash.h"

/* 4 MiB, and none where there are no rules to spell for. */
enum { SETS = 16384, WAYS = 2 };

nz_status keytext_init(keytext *k, const nz_allocator *allocator)
{
    k->allocator = *allocator;
    k->clock = 0;
    k->slots = memory_new_zero(allocator, SETS * WAYS, sizeof *k->slots);
    return k->slots != NULL ? NZ_OK : NZ_E_MEMORY;
}

void keytext_free(keytext *k)
{
    memory_free(&k->allocator, k->slots, SETS * WAYS, sizeof *k->slots);
    k->slots = NULL;
}

static keytext_slot *set_of(const keytext *k, uint64_t key)
{
    return k->slots + (key & (SETS - 1)) * WAYS;
}

/* Never 0, which marks a free slot. */
static uint32_t tick(keytext *k)
{
    k->clock++;
    k->clock += k->clock == 0;
    return k->clock;
}

const char *keytext_find(keytext *k, const keytext_token *t, uint32_t *key_len)
{
    keytext_slot *set = set_of(k, t->key);
    for (int way = 0; way < WAYS; way++) {
        keytext_slot *s = &set[way];
        if (s->used != 0 && s->key == t->key && s->len == t->len && s->kind == t->kind &&
            s->reading == t->reading && hash_equal_bytes(s->text, t->bytes, t->len)) {
            s->used = tick(k);
            *key_len = s->key_len;
            return s->text + s->len;
        }
    }
    return NULL;
}

void keytext_keep(keytext *k, const keytext_token *t, const char *text, uint32_t key_len)
{
    uint32_t known_len;
    if (t->len > KEYTEXT_ROOM || key_len > KEYTEXT_ROOM - t->len ||
        keytext_find(k, t, &known_len) != NULL) {
        return;
    }
    keytext_slot *set = set_of(k, t->key);
    const uint32_t now = tick(k);
    keytext_slot *s = now - set[0].used >= now - set[1].used ? &set[0] : &set[1];
    s->key = t->key;
    s->used = now;
    s->kind = t->kind;
    s->reading = t->reading;
    s->len = (uint8_t)t->len;
    s->key_len = (uint8_t)key_len;
    memcpy(s->text, t->bytes, t->len);
    memcpy(s->text + t->len, text, key_len);
}
