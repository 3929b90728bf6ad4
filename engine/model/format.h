/* format.h - the numbers of models/FORMAT.md, and the index's arithmetic, shared by the
 * reader and the writer.  It must not know what the sections mean to prediction.
 * Invariant: agrees with FORMAT.md to the byte. */
#ifndef NZ_MODEL_FORMAT_H
#define NZ_MODEL_FORMAT_H

#include "base/hash.h"
#include "model/model.h"

#define FORMAT_MAGIC "\x89NZM\r\n\x1a\n"
#define FORMAT_MAJOR 2u
#define FORMAT_MINOR 0u
#define FORMAT_HEADER_BYTES 64u
#define FORMAT_ENTRY_BYTES 48u
#define FORMAT_MAX_ENTRY_BYTES 256u
#define FORMAT_MAX_SECTIONS 256u
#define FORMAT_ALIGN 64u
#define FORMAT_CRITICAL 1u

/* Places in the header. */
enum {
    HEADER_MAJOR = 8,
    HEADER_MINOR = 10,
    HEADER_SIZE = 12,
    HEADER_FILE_SIZE = 16,
    HEADER_SECTION_COUNT = 24,
    HEADER_ENTRY_SIZE = 28,
    HEADER_TABLE_OFFSET = 32,
    HEADER_SCHEMA = 40,
    HEADER_TABLE_CRC = 48,
    HEADER_RESERVED = 52,
    HEADER_CRC = 60
};

/* Places in a section entry. */
enum {
    ENTRY_ID = 0,
    ENTRY_FLAGS = 4,
    ENTRY_OFFSET = 8,
    ENTRY_SIZE = 16,
    ENTRY_COUNT = 24,
    ENTRY_TYPE = 32,
    ENTRY_ELEMENT_SIZE = 36,
    ENTRY_CRC = 40,
    ENTRY_INSTANCE = 44
};

typedef enum format_type {
    FORMAT_BYTES = 0,
    FORMAT_I8 = 1,
    FORMAT_U16 = 2,
    FORMAT_U32 = 3,
    FORMAT_F32 = 4
} format_type;

/* Sections, in the order in which they are written: those of a group come last. */
typedef enum format_section {
    SECTION_META = 0,
    SECTION_HEAD,
    SECTION_TAXO,
    SECTION_LEXI,
    SECTION_RULE,
    SECTION_SELF,
    SECTION_PILT,
    SECTION_RMAP,
    SECTION_FEAT,
    SECTION_HAVE,
    SECTION_ROWS,
    SECTION_LANE,
    SECTION_KINDS
} format_section;
#define SECTION_FIRST_OF_GROUP SECTION_HAVE

typedef struct format_kind {
    char id[5];
    uint8_t type; /* format_type */
} format_kind;
extern const format_kind format_kinds[SECTION_KINDS];
/* Bytes of one element of a type; 0 for an unknown type. */
uint32_t format_element_size(uint32_t type);

/* Caps beyond those of model.h. */
#define FORMAT_MAX_FILE ((uint64_t)1 << 40)
#define FORMAT_MAX_NAME 255u
#define FORMAT_MAX_VALUE (1u << 20)
#define FORMAT_MAX_META 4096u
#define FORMAT_MAX_TEAMS 256u
#define FORMAT_MAX_CHANNELS 256u
#define FORMAT_MAX_FORBIDDEN 65536u
#define FORMAT_MAX_ROUTES 4096u
#define FORMAT_MAX_POINTS 4096u
#define FORMAT_MAX_TERMS 4u
#define FORMAT_MAX_PROBES 4096u
#define FORMAT_MAX_PROBE_TEXT (1u << 18)
#define FORMAT_MAX_JOINT_LABELS 2048u
#define FORMAT_MAX_NORM_UNKNOWN 65535u
#define FORMAT_MAX_SLOTS (1u << 29)
#define FORMAT_MAX_SHIFT 7

/* row_bytes of a group with this many lanes. */
static inline uint32_t format_row_bytes(uint32_t lane_count)
{
    return (MODEL_ROW_HEADER + lane_count + 7u) & ~7u;
}

/* Words of a bitmap with a bit for each of this many places. */
static inline uint32_t format_bitmap_words(uint32_t places)
{
    return places / 32 + (places % 32 != 0);
}

/* ---- the index (FORMAT.md, "from a feature id to its place") ------------------- */

static inline uint32_t index_range(uint64_t x, uint32_t n)
{
    return (uint32_t)(((x >> 32) * n) >> 32);
}

static inline uint32_t index_slot(uint64_t h, uint32_t pilot, uint32_t slot_count)
{
    uint64_t x = (h ^ (pilot * UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ (x >> 32)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return index_range(x, slot_count);
}

/* What index_build() makes; arrays belong to it until index_free(). */
typedef struct index_tables {
    nz_allocator allocator;
    uint32_t count, slot_count, bucket_count;
    uint64_t seed;
    uint16_t *pilots;       /* [bucket_count] */
    uint32_t *remap;        /* [slot_count - count] */
    uint32_t *fingerprints; /* [count], by place */
    uint32_t *source;       /* [count]: place -> number in features */
} index_tables;

/* NZ_E_DATA when a feature comes twice, NZ_E_MEMORY. */
NZ_NODISCARD nz_status index_build(index_tables *out, const uint64_t *features, uint32_t count,
                                   const nz_allocator *allocator, nz_error *err);
void index_free(index_tables *t);

#endif
