/* handle.h - the opened model: the checked view of the file, what was compiled from it, and
 * the tables that scoring and answering derive from it once.
 *
 * Two numberings are used in this room.  A LANE is a place in a token's vector of int16:
 * group after group, each group padded to a multiple of 8.  A LABEL NUMBER counts the labels
 * of all heads, head after head: label_base[head] + label.
 * It must not know sessions.  Invariant: immutable after nz_model_open(). */
#ifndef NZ_PREDICT_HANDLE_H
#define NZ_PREDICT_HANDLE_H

#include "base/file.h"
#include "feature/extract.h"
#include "model/model.h"

#define HANDLE_JOINT_HEADS 4u

/* The heads that are answered together, and which of their labels exclude each other. */
typedef struct handle_joint {
    uint32_t head_count;
    uint32_t heads[HANDLE_JOINT_HEADS];
    uint32_t first[HANDLE_JOINT_HEADS]; /* number of a head's first label among joint labels */
    uint32_t label_count;               /* of all joint heads */
    uint32_t words;                     /* 64-bit words of one row of forbidden */
    const uint64_t *forbidden;          /* [label_count][words] bits; NULL: all is allowed */
} handle_joint;

struct nz_model {
    nz_allocator allocator;
    file_bytes file;
    model_view *view;
    const model_content *content;
    lexicon *lexicon;
    rules *rules;
    arena memory; /* the tables below */

    uint32_t lane_count;               /* padded lanes of all groups */
    uint32_t label_count;              /* labels of all heads */
    uint32_t group_lane[MODEL_MAX_GROUPS];
    uint32_t label_base[MODEL_MAX_HEADS];
    uint32_t head_lane[MODEL_MAX_HEADS]; /* lane of a head's label 0 */
    const double *lane_scale;          /* [lane_count]: scale / 16, for totals in 1/16 */
    const double *lane_bias;           /* [lane_count] */

    handle_joint joint;
    const model_forbidden *list_pairs; /* the forbidden pairs with a label of a multi head */
    uint32_t list_pair_count;
    const uint32_t *types_of_type;     /* [labels of type]: label of types of that name */
    const char *const *types_solicited; /* [labels of types]: "nps", ... or NULL */
    const char *const *type_solicited; /* [labels of type] */
};

/* The head, or NULL when there is none. */
static inline const model_head *handle_head(const nz_model *model, uint32_t head)
{
    return head < model->content->head_count ? &model->content->heads[head] : NULL;
}

/* Derive the tables of a model whose content is set.  NZ_E_MEMORY only. */
NZ_NODISCARD nz_status handle_prepare(nz_model *model, nz_error *err);

/* Copy a struct of the caller into ours: at least known bytes must be there, later bytes that
 * we do not know must be zero.  False when struct_size was never issued. */
bool handle_copy_struct(void *to, size_t known, const void *from);

#endif
