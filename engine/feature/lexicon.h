/* lexicon.h - what the lexicons say of a key: polarity, modifiers, concepts, and fixed
 * expressions over several keys.
 *
 * A lexicon is built from the tables of lexicons/ by the trainer (lexicon_builder) and
 * lives in the model as one block of bytes; lexicon_open() reads it in place.
 * It must not know texts or weights: only hashes of keys.
 * Invariant: after lexicon_open() every lookup is in bounds. */
#ifndef NZ_FEATURE_LEXICON_H
#define NZ_FEATURE_LEXICON_H

#include "base/buffer.h"

/* Flags of a key. */
#define LEXICON_NEGATOR 1u
#define LEXICON_INTENSIFIER 2u
#define LEXICON_DOWNTONER 4u
#define LEXICON_CONTRAST 8u
#define LEXICON_WISH 16u
#define LEXICON_CONDITION 32u
#define LEXICON_SIDE_AFTER 64u     /* the modifier acts on what precedes it */
#define LEXICON_STARTS_EXPRESSION 128u
#define LEXICON_TRIGGERS_RULE 256u
#define LEXICON_KNOWN 512u         /* stands in some table */

/* Most keys of one expression. */
#define LEXICON_MAX_EXPRESSION 6u
/* Most concepts that one key is listed under. */
#define LEXICON_MAX_CONCEPTS 4u

typedef struct lexicon_entry {
    uint64_t key;      /* hash of key and reading */
    uint32_t flags;
    int8_t polarity;
    uint8_t reach;
    uint8_t emoji_class; /* 0: no emoji entry */
    uint8_t concept_count;
    uint8_t concepts[LEXICON_MAX_CONCEPTS]; /* 1-based places in the list of concept names */
} lexicon_entry;

typedef struct lexicon_expression {
    uint64_t key;     /* hash of all its keys in order */
    uint8_t length;   /* keys */
    uint8_t class_;   /* 1-based place in the list of expression classes */
    int8_t polarity;
    uint8_t reserved;
} lexicon_expression;

typedef struct lexicon lexicon;

/* Read a block made by lexicon_builder_finish(); bytes are borrowed. */
NZ_NODISCARD nz_status lexicon_open(lexicon **out, const void *bytes, size_t size,
                                    const nz_allocator *allocator, nz_error *err);
void lexicon_free(lexicon *l);

/* The entry of a key, or NULL. */
const lexicon_entry *lexicon_find(const lexicon *l, uint64_t key);
/* The expression of these keys, combined by hash_pair from left to right, or NULL. */
const lexicon_expression *lexicon_find_expression(const lexicon *l, uint64_t keys);
uint32_t lexicon_entry_count(const lexicon *l);

/* ---- Building ------------------------------------------------------------- */

typedef struct lexicon_builder lexicon_builder;
NZ_NODISCARD nz_status lexicon_builder_new(lexicon_builder **out, const nz_allocator *allocator,
                                           nz_error *err);
void lexicon_builder_free(lexicon_builder *b);
/* Merge into the entry of key: flags are or-ed, polarity and reach replace 0, the concept
 * (1-based, 0: none) is added. */
NZ_NODISCARD nz_status lexicon_builder_add(lexicon_builder *b, uint64_t key, uint32_t flags,
                                           int polarity, unsigned reach, unsigned emoji_class,
                                           unsigned concept_id);
NZ_NODISCARD nz_status lexicon_builder_add_expression(lexicon_builder *b, const uint64_t *keys,
                                                      uint32_t count, unsigned class_,
                                                      int polarity);
/* Append the block to out: the same entries in any order give the same bytes. */
NZ_NODISCARD nz_status lexicon_builder_finish(lexicon_builder *b, buffer *out, nz_error *err);

#endif
