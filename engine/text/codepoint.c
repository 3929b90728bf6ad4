/* codepoint.c - the lookup in the generated two-stage table.
 *
 * It must not know tokens.  Invariant: every uint32_t has a row; what is no code point
 * has that of U+10FFFF. */
#include "text/codepoint.h"

#include "text/codepoint_table.inc"

const codepoint_info *codepoint_lookup(uint32_t codepoint)
{
    uint32_t c = codepoint <= 0x10FFFF ? codepoint : 0x10FFFF;
    uint32_t block = codepoint_blocks[c / CODEPOINT_BLOCK];
    return &codepoint_rows[codepoint_cells[block * CODEPOINT_BLOCK + c % CODEPOINT_BLOCK]];
}

const uint32_t *codepoint_sequence(const codepoint_info *info)
{
    return codepoint_sequences + info->own_step;
}
