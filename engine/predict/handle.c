/* handle.c - opening a model, the tables derived from it, and its getters.
 * It must not know sessions.  Invariant: a half-opened model is never handed out. */
#include "predict/handle.h"

#include <string.h>

/* Larger than any model that a writer may make; refuses a wrong file early. */
#define MAX_MODEL_BYTES ((size_t)2 << 30)

bool handle_copy_struct(void *to, size_t known, const void *from)
{
    uint32_t size;
    memcpy(&size, from, sizeof size);
    if (size < known || size > 4096) {
        return false;
    }
    const unsigned char *bytes = from;
    for (size_t i = known; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    memcpy(to, from, known);
    return true;
}

/* ---- derived tables ------------------------------------------------------------- */

static nz_status prepare_lanes(nz_model *m)
{
    const model_content *content = m->content;
    for (uint32_t g = 0; g < content->group_count; g++) {
        m->group_lane[g] = m->lane_count;
        m->lane_count += (content->groups[g].lane_count + 7u) & ~7u;
    }
    for (uint32_t h = 0; h < content->head_count; h++) {
        const model_head *head = &content->heads[h];
        m->label_base[h] = m->label_count;
        m->head_lane[h] = m->group_lane[head->group] + head->first_lane;
        m->label_count += head->label_count;
    }
    double *scale = arena_alloc_zero(&m->memory, m->lane_count * sizeof *scale);
    double *bias = arena_alloc_zero(&m->memory, m->lane_count * sizeof *bias);
    if (scale == NULL || bias == NULL) {
        return NZ_E_MEMORY;
    }
    for (uint32_t g = 0; g < content->group_count; g++) {
        for (uint32_t i = 0; i < content->groups[g].lane_count; i++) {
            scale[m->group_lane[g] + i] = (double)content->groups[g].scales[i] / 16.0;
            bias[m->group_lane[g] + i] = (double)content->groups[g].biases[i];
        }
    }
    m->lane_scale = scale;
    m->lane_bias = bias;
    return NZ_OK;
}

/* Number of a label among the joint labels, or NZ_NONE. */
static uint32_t joint_number(const handle_joint *j, model_term term)
{
    for (uint32_t i = 0; i < j->head_count; i++) {
        if (j->heads[i] == term.head) {
            return j->first[i] + term.label;
        }
    }
    return NZ_NONE;
}

static nz_status prepare_joint(nz_model *m)
{
    const model_taxonomy *t = &m->content->taxonomy;
    const uint32_t heads[HANDLE_JOINT_HEADS] = {t->category_head, t->sentiment_head, t->type_head,
                                                t->reason_head};
    handle_joint *j = &m->joint;
    for (uint32_t i = 0; i < HANDLE_JOINT_HEADS; i++) {
        const model_head *head = handle_head(m, heads[i]);
        if (head != NULL) {
            j->heads[j->head_count] = heads[i];
            j->first[j->head_count++] = j->label_count;
            j->label_count += head->label_count;
        }
    }
    j->words = (j->label_count + 63) / 64;
    uint64_t *bits = arena_alloc_zero(&m->memory, (size_t)j->label_count * j->words * 8);
    model_forbidden *pairs = arena_alloc_zero(&m->memory, t->forbidden_count * sizeof *pairs);
    if (bits == NULL || pairs == NULL) {
        return NZ_E_MEMORY;
    }
    for (uint32_t i = 0; i < t->forbidden_count; i++) {
        uint32_t a = joint_number(j, t->forbidden[i].a), b = joint_number(j, t->forbidden[i].b);
        if (a == NZ_NONE || b == NZ_NONE) { /* the reader saw to it that one is of a multi head */
            pairs[m->list_pair_count++] = t->forbidden[i];
            continue;
        }
        bits[(size_t)a * j->words + b / 64] |= UINT64_C(1) << b % 64;
        bits[(size_t)b * j->words + a / 64] |= UINT64_C(1) << a % 64;
    }
    j->forbidden = t->forbidden_count != 0 ? bits : NULL;
    m->list_pairs = pairs;
    return NZ_OK;
}

static uint32_t find_label(const model_head *head, const char *name)
{
    for (uint32_t i = 0; head != NULL && i < head->label_count; i++) {
        if (strcmp(head->labels[i].name, name) == 0) {
            return i;
        }
    }
    return NZ_NONE;
}

/* The kinds of survey that a label of type or types may state. */
static const char *solicited_name(const char *label)
{
    static const char *const kinds[] = {"nps", "csat", "ces", "survey"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(label, kinds[i]) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

static const char *const *solicited_names(nz_model *m, const model_head *head)
{
    uint32_t count = head != NULL ? head->label_count : 0;
    const char **names = arena_alloc_zero(&m->memory, (count + 1) * sizeof *names);
    for (uint32_t i = 0; names != NULL && i < count; i++) {
        names[i] = solicited_name(head->labels[i].name);
    }
    return names;
}

static nz_status prepare_types(nz_model *m)
{
    const model_head *type = handle_head(m, m->content->taxonomy.type_head);
    const model_head *types = handle_head(m, m->content->taxonomy.types_head);
    uint32_t count = type != NULL ? type->label_count : 0;
    uint32_t *map = arena_alloc_zero(&m->memory, (count + 1) * sizeof *map);
    m->type_solicited = solicited_names(m, type);
    m->types_solicited = solicited_names(m, types);
    if (map == NULL || m->type_solicited == NULL || m->types_solicited == NULL) {
        return NZ_E_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        map[i] = find_label(types, type->labels[i].name);
    }
    m->types_of_type = map;
    return NZ_OK;
}

nz_status handle_prepare(nz_model *m, nz_error *err)
{
    bool good = prepare_lanes(m) >= 0 && prepare_joint(m) >= 0 && prepare_types(m) >= 0;
    return good ? NZ_OK : status_no_memory(err);
}

/* ---- opening --------------------------------------------------------------------- */

static nz_status check_probes(const nz_model *m, nz_error *err)
{
    extractor *x = NULL;
    NZ_TRY(extractor_new(&x, m->lexicon, m->rules, &m->allocator, err));
    nz_status status = model_probe_check(x, m->content, err);
    extractor_free(x);
    return status;
}

/* The file's bytes are there: check them, compile what is text, prove the features. */
static nz_status open_bytes(nz_model *m, nz_error *err)
{
    NZ_TRY(model_read(&m->view, m->file.bytes, m->file.size, &m->allocator, err));
    m->content = model_view_content(m->view);
    NZ_TRY(lexicon_open(&m->lexicon, m->content->lexicon, m->content->lexicon_size,
                        &m->allocator, err));
    NZ_TRY(rules_open(&m->rules, m->content->rules, m->content->rules_size, &m->allocator, err));
    NZ_TRY(check_probes(m, err));
    return handle_prepare(m, err);
}

static nz_status new_model(nz_model **out, const nz_model_options *opts, uint32_t *flags,
                           nz_error *err)
{
    nz_model_options o = NZ_MODEL_OPTIONS_INIT;
    if ((opts != NULL && !handle_copy_struct(&o, sizeof o, opts)) ||
        (o.flags & ~NZ_MODEL_MAP) != 0) {
        return status_fail(err, NZ_E_ARGUMENT, "unknown model options: use NZ_MODEL_OPTIONS_INIT");
    }
    nz_allocator a = o.allocator != NULL ? *o.allocator : memory_default();
    nz_model *m = memory_new_zero(&a, 1, sizeof *m);
    if (m == NULL) {
        return status_no_memory(err);
    }
    m->allocator = a;
    arena_init(&m->memory, &a, 16384, 0);
    *flags = o.flags;
    *out = m;
    return NZ_OK;
}

/* Hand out a model whose bytes were loaded with status, or give it back. */
static nz_status finish_open(nz_model **out, nz_model *m, nz_status status, nz_error *err)
{
    if (status >= 0) {
        status = open_bytes(m, err);
    }
    if (status < 0) {
        nz_model_free(m);
        return status;
    }
    *out = m;
    return NZ_OK;
}

nz_status nz_model_open(nz_model **out, const char *path, const nz_model_options *opts,
                        nz_error *err)
{
    nz_model *m = NULL;
    uint32_t flags = 0;
    if (out == NULL || path == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_model_open needs out and path");
    }
    *out = NULL;
    NZ_TRY(new_model(&m, opts, &flags, err));
    nz_status status = file_read(&m->file, path, MAX_MODEL_BYTES, (flags & NZ_MODEL_MAP) != 0,
                                 &m->allocator, err);
    return finish_open(out, m, status, err);
}

nz_status nz_model_open_memory(nz_model **out, const void *data, size_t size,
                               const nz_model_options *opts, nz_error *err)
{
    nz_model *m = NULL;
    uint32_t flags = 0;
    if (out == NULL || (data == NULL && size != 0)) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_model_open_memory needs out and data");
    }
    *out = NULL;
    NZ_TRY(new_model(&m, opts, &flags, err));
    nz_status status = file_copy(&m->file, data, size, &m->allocator, err);
    return finish_open(out, m, status, err);
}

void nz_model_free(nz_model *m)
{
    if (m == NULL) {
        return;
    }
    nz_allocator a = m->allocator;
    arena_free(&m->memory);
    rules_free(m->rules);
    lexicon_free(m->lexicon);
    model_view_free(m->view);
    file_bytes_free(&m->file, &a);
    memory_free(&a, m, 1, sizeof *m);
}

/* ---- getters: out of range is 0, NULL or NZ_NONE ---------------------------------- */

uint32_t nz_model_head_count(const nz_model *m)
{
    return m != NULL ? m->content->head_count : 0;
}

static const model_head *head_at(const nz_model *m, uint32_t head)
{
    return m != NULL ? handle_head(m, head) : NULL;
}

const char *nz_model_head_name(const nz_model *m, uint32_t head)
{
    const model_head *h = head_at(m, head);
    return h != NULL ? h->name : NULL;
}

nz_head_kind nz_model_head_kind(const nz_model *m, uint32_t head)
{
    const model_head *h = head_at(m, head);
    return h != NULL ? h->kind : NZ_HEAD_SINGLE;
}

uint32_t nz_model_find_head(const nz_model *m, const char *name)
{
    for (uint32_t i = 0; name != NULL && i < nz_model_head_count(m); i++) {
        if (strcmp(m->content->heads[i].name, name) == 0) {
            return i;
        }
    }
    return NZ_NONE;
}

uint32_t nz_model_label_count(const nz_model *m, uint32_t head)
{
    const model_head *h = head_at(m, head);
    return h != NULL ? h->label_count : 0;
}

static const model_label *label_at(const nz_model *m, uint32_t head, uint32_t label)
{
    const model_head *h = head_at(m, head);
    return h != NULL && label < h->label_count ? &h->labels[label] : NULL;
}

const char *nz_model_label_name(const nz_model *m, uint32_t head, uint32_t label)
{
    const model_label *l = label_at(m, head, label);
    return l != NULL ? l->name : NULL;
}

const char *nz_model_label_title(const nz_model *m, uint32_t head, uint32_t label,
                                 const char *lang)
{
    const model_label *l = label_at(m, head, label);
    const char *title = NULL;
    if (l == NULL) {
        return NULL;
    }
    if (lang != NULL && strcmp(lang, "fa") == 0) {
        title = l->title_fa;
    } else if (lang != NULL && strcmp(lang, "ar") == 0) {
        title = l->title_ar;
    } else if (lang != NULL && strcmp(lang, "en") == 0) {
        title = l->title_en;
    }
    return title != NULL ? title : l->name;
}

const char *nz_model_team_name(const nz_model *m, uint32_t team)
{
    return m != NULL && team < m->content->taxonomy.team_count ? m->content->taxonomy.teams[team]
                                                               : NULL;
}

const char *nz_model_channel_name(const nz_model *m, uint32_t channel)
{
    return m != NULL && channel < m->content->taxonomy.channel_count
               ? m->content->taxonomy.channels[channel].name : NULL;
}

uint32_t nz_model_find_channel(const nz_model *m, const char *name)
{
    for (uint32_t i = 0; m != NULL && name != NULL && i < m->content->taxonomy.channel_count;
         i++) {
        if (strcmp(m->content->taxonomy.channels[i].name, name) == 0) {
            return i;
        }
    }
    return NZ_NONE;
}

const char *nz_model_meta_key(const nz_model *m, uint32_t index)
{
    return m != NULL && index < m->content->meta_count ? m->content->meta[index].key : NULL;
}

const char *nz_model_meta_value(const nz_model *m, uint32_t index)
{
    return m != NULL && index < m->content->meta_count ? m->content->meta[index].value : NULL;
}

const char *nz_model_meta(const nz_model *m, const char *key)
{
    for (uint32_t i = 0; m != NULL && key != NULL && i < m->content->meta_count; i++) {
        if (strcmp(m->content->meta[i].key, key) == 0) {
            return m->content->meta[i].value;
        }
    }
    return NULL;
}
