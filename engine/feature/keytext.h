/* keytext.h - a bounded memory of how the keys of tokens are spelled, so that the subject of
 * the rules need not be analysed again word by word.
 *
 * A token is found by its bytes, kind and reading, compared in full; its key's hash only says
 * where to look.  It must not know documents or rules.
 * Invariant: fixed size; a token that is kept may push another one out. */
#ifndef NZ_FEATURE_KEYTEXT_H
#define NZ_FEATURE_KEYTEXT_H

#include <stdint.h>

#include "base/memory.h"

/* A token with its key; longer ones are not kept.  A slot is two lines of the cache. */
#define KEYTEXT_ROOM 112u

typedef struct keytext_token {
    const char *bytes;
    uint32_t len;
    uint8_t kind, reading;
    uint64_t key; /* hash of the key */
} keytext_token;

typedef struct keytext_slot {
    uint64_t key;
    uint32_t used; /* when it was last asked for; 0: free */
    uint8_t kind, reading;
    uint8_t len, key_len;
    char text[KEYTEXT_ROOM]; /* the token, then the spelling of its key */
} keytext_slot;

typedef struct keytext {
    nz_allocator allocator;
    keytext_slot *slots;
    uint32_t clock;
} keytext;

NZ_NODISCARD nz_status keytext_init(keytext *k, const nz_allocator *allocator);
void keytext_free(keytext *k);
/* The spelling of a token's key, borrowed until the next keytext_keep(), or NULL. */
const char *keytext_find(keytext *k, const keytext_token *t, uint32_t *key_len);
void keytext_keep(keytext *k, const keytext_token *t, const char *text, uint32_t key_len);

#endif
