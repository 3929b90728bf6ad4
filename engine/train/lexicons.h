/* lexicons.h - from the tables of lexicons/ to the two blocks that a model carries: what
 * is known of keys and expressions, and the rules.
 *
 * An entry is looked up by the key that the engine itself finds for its spelling, so one
 * spelling of a family is enough.
 * It must not know rows or weights.  Invariant: the same tables give the same blocks. */
#ifndef NZ_TRAIN_LEXICONS_H
#define NZ_TRAIN_LEXICONS_H

#include "base/buffer.h"
#include "train/remarks.h"

typedef struct lexicons_count {
    uint32_t files, words, expressions, rules;
} lexicons_count;

/* Append the blocks to lexicon_block and rule_block.  folder NULL: empty blocks.
 * What cannot be used is remarked on and left out; a table that is no table is NZ_E_DATA. */
NZ_NODISCARD nz_status lexicons_read(const char *folder, buffer *lexicon_block,
                                     buffer *rule_block, lexicons_count *count, remarks *notes,
                                     nz_error *err);

/* Call line(context, bytes, len, number) for every line that is neither empty nor a comment;
 * the carriage return is cut off. */
typedef nz_status (*lexicons_line)(void *context, const char *line, size_t len, uint32_t number);
NZ_NODISCARD nz_status lexicons_lines(const char *path, lexicons_line line, void *context,
                                      nz_error *err);

#endif
