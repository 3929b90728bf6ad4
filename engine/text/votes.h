/* votes.h - a bounded memory of what the first pass over a comment needs to know of a word:
 * its votes for the languages, its script, whether it may be part of a word written apart.
 *
 * All of it depends on the word's bytes alone, and the bytes are compared in full, so that
 * what is remembered can change nothing but the time.  A caller may leave a note with a word,
 * which is gone when the word is.  It must not know languages, tokens or what a note means.
 * Invariant: fixed size; a word that is looked up may push another one out. */
#ifndef NZ_TEXT_VOTES_H
#define NZ_TEXT_VOTES_H

#include <stdbool.h>

#include "base/memory.h"

#define VOTES_KNOWN 1u
#define VOTES_SILENT 2u
#define VOTES_EMOJI_NAME 4u
#define VOTES_ALONE 8u /* neither a prefix nor a suffix that people write apart */

typedef struct votes_word {
    int16_t vote[4];
    uint16_t letters;
    uint8_t script;
    uint8_t flags; /* VOTES_* */
} votes_word;

/* What somebody else knows of a word: valid under its number alone, which is never 0. */
typedef struct votes_note {
    void *value;
    uint32_t number; /* 0: none was left */
} votes_note;

/* Longer words are not remembered. */
#define VOTES_MAX_KEY 28u

/* One line of the processor's cache. */
typedef struct votes_slot {
    votes_note note;
    char key[VOTES_MAX_KEY];
    uint32_t tag;  /* bits of the hash and the length of the key; 0: free */
    uint32_t used; /* when it was last asked for */
    votes_word word;
} votes_slot;

typedef struct votes_memo {
    nz_allocator allocator;
    void *memory;
    votes_slot *slots; /* in memory, on a line's boundary */
    uint32_t clock;
} votes_memo;

NZ_NODISCARD nz_status votes_init(votes_memo *m, const nz_allocator *allocator);
void votes_free(votes_memo *m);

/* hash_bytes() of a word, for all calls below. */
uint64_t votes_hash(const char *bytes, uint32_t len);
/* Ask for the memory that votes_find() reads. */
void votes_expect(const votes_memo *m, uint64_t hash);
/* The slot of a word; *found: it is filled, else the caller fills slot->word now.  NULL for a
 * word that is not remembered. */
votes_slot *votes_find(votes_memo *m, uint64_t hash, const char *bytes, uint32_t len,
                       bool *found);
/* A slot's number, which is never 0, for votes_note_of(). */
uint32_t votes_number(const votes_memo *m, const votes_slot *slot);
void votes_clear_notes(votes_memo *m);
/* The note of a word that had this number, or NULL when another one has pushed it out. */
votes_note *votes_note_of(const votes_memo *m, uint32_t number, const char *bytes, uint32_t len);

#endif
