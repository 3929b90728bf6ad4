/* taxonomy.c - see taxonomy.h; the only door to jansson for reading.
 * It must not know what labels mean, but for the names of the heads that have a part in
 * the derived fields.  Invariant: that of taxonomy.h. */
#include "train/taxonomy.h"

#include <jansson.h>
#include <string.h>

/* A file that is being read: where to put things, whom to tell. */
typedef struct reading {
    taxonomy *t;
    const char *path;
    nz_error *err;
} reading;

static nz_status wrong(const reading *r, const char *where, const char *what)
{
    return status_fail(r->err, NZ_E_DATA, "%s: %s: %s", r->path, where, what);
}

static nz_status no_memory(const reading *r)
{
    return status_no_memory(r->err);
}

static const char *keep(const reading *r, const char *text)
{
    return arena_copy(&r->t->memory, text, strlen(text));
}

/* Optional string member; *out is NULL when it is not there. */
static nz_status take_string(const reading *r, const json_t *object, const char *key,
                             const char **out)
{
    const char *text = json_string_value(json_object_get(object, key));
    *out = text == NULL ? NULL : keep(r, text);
    return text != NULL && *out == NULL ? no_memory(r) : NZ_OK;
}

/* An array member and room for its items. */
static nz_status take_array(const reading *r, const json_t *object, const char *key,
                            size_t item_size, const json_t **array, void *items, uint32_t *count)
{
    *array = json_object_get(object, key);
    *count = (uint32_t)json_array_size(*array);
    void *room = arena_alloc_zero(&r->t->memory, (*count + 1u) * item_size);
    memcpy(items, &room, sizeof room);
    return room == NULL ? no_memory(r) : NZ_OK;
}

/* ---- heads and labels ------------------------------------------------------------- */

uint32_t taxonomy_find_head(const taxonomy *t, const char *name)
{
    for (uint32_t h = 0; h < t->head_count; h++) {
        if (strcmp(t->heads[h].name, name) == 0) {
            return h;
        }
    }
    return NZ_NONE;
}

uint32_t taxonomy_find_label(const taxonomy_head *head, const char *name, size_t len)
{
    for (uint32_t k = 0; k < head->label_count; k++) {
        if (strlen(head->labels[k].name) == len && memcmp(head->labels[k].name, name, len) == 0) {
            return k;
        }
    }
    return NZ_NONE;
}

static nz_status read_label(const reading *r, const json_t *item, taxonomy_head *head,
                            model_label *label)
{
    const char *name = json_string_value(json_object_get(item, "name"));
    if (name == NULL || name[0] == '\0') {
        return wrong(r, head->name, "every label needs a \"name\"");
    }
    if (taxonomy_find_label(head, name, strlen(name)) != NZ_NONE) {
        return wrong(r, head->name, "the same label stands twice");
    }
    label->name = keep(r, name);
    if (label->name == NULL) {
        return no_memory(r);
    }
    NZ_TRY(take_string(r, item, "fa", &label->title_fa));
    NZ_TRY(take_string(r, item, "ar", &label->title_ar));
    return take_string(r, item, "en", &label->title_en);
}

static nz_status read_labels(const reading *r, const json_t *item, taxonomy_head *head)
{
    const json_t *array;
    model_label *labels;
    uint32_t count;
    NZ_TRY(take_array(r, item, "labels", sizeof *labels, &array, &labels, &count));
    if (count == 0 || count > MODEL_MAX_LABELS || (head->kind == NZ_HEAD_BINARY && count != 1) ||
        (head->kind == NZ_HEAD_SINGLE && count < 2)) {
        return wrong(r, head->name, "a single head has 2 to 4096 labels, a multi head 1 to 4096, "
                                    "a binary head exactly one");
    }
    head->labels = labels;
    for (uint32_t k = 0; k < count; k++) {
        NZ_TRY(read_label(r, json_array_get(array, k), head, &labels[k]));
        head->label_count = k + 1;
    }
    return NZ_OK;
}

/* A member that names one of the head's labels. */
static nz_status take_own_label(const reading *r, const json_t *item, const char *key,
                                const taxonomy_head *head, uint32_t *out)
{
    const char *name = json_string_value(json_object_get(item, key));
    *out = name == NULL ? NZ_NONE : taxonomy_find_label(head, name, strlen(name));
    if (name != NULL && *out == NZ_NONE) {
        return status_fail(r->err, NZ_E_DATA, "%s: head %s: \"%s\" names no label of it", r->path,
                           head->name, key);
    }
    return NZ_OK;
}

static nz_status read_kind(const reading *r, const json_t *item, taxonomy_head *head)
{
    const char *kind = json_string_value(json_object_get(item, "kind"));
    kind = kind == NULL ? "" : kind;
    if (strcmp(kind, "single") == 0) {
        head->kind = NZ_HEAD_SINGLE;
    } else if (strcmp(kind, "multi") == 0) {
        head->kind = NZ_HEAD_MULTI;
    } else if (strcmp(kind, "binary") == 0) {
        head->kind = NZ_HEAD_BINARY;
    } else {
        return wrong(r, head->name, "\"kind\" is single, multi or binary");
    }
    return NZ_OK;
}

static nz_status read_head(const reading *r, const json_t *item, taxonomy_head *head)
{
    const char *name = json_string_value(json_object_get(item, "name"));
    if (name == NULL || name[0] == '\0') {
        return wrong(r, "heads", "every head needs a \"name\"");
    }
    if (taxonomy_find_head(r->t, name) != NZ_NONE) {
        return wrong(r, name, "the same head stands twice");
    }
    head->name = keep(r, name);
    if (head->name == NULL) {
        return no_memory(r);
    }
    NZ_TRY(take_string(r, item, "group", &head->group));
    head->group = head->group == NULL ? "" : head->group;
    head->derived_head = NZ_NONE;
    NZ_TRY(read_kind(r, item, head));
    NZ_TRY(read_labels(r, item, head));
    NZ_TRY(take_own_label(r, item, "empty", head, &head->empty));
    return take_own_label(r, item, "none", head, &head->none);
}

static nz_status read_heads(const reading *r, const json_t *root)
{
    const json_t *array;
    taxonomy_head *heads;
    uint32_t count;
    NZ_TRY(take_array(r, root, "heads", sizeof *heads, &array, &heads, &count));
    if (count == 0 || count > MODEL_MAX_HEADS) {
        return wrong(r, "heads", "1 to 64 heads are needed");
    }
    r->t->heads = heads;
    for (uint32_t h = 0; h < count; h++) {
        NZ_TRY(read_head(r, json_array_get(array, h), &heads[h]));
        r->t->head_count = h + 1;
    }
    return NZ_OK;
}

/* ---- a binary head that follows from another ---------------------------------------- */

static nz_status mark_derived(const reading *r, const taxonomy_head *from, const json_t *names,
                              taxonomy_says says, uint8_t *derived)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        uint32_t k = name == NULL ? NZ_NONE : taxonomy_find_label(from, name, strlen(name));
        if (k == NZ_NONE) {
            return wrong(r, from->name, "\"derived\" names a label that is not there");
        }
        derived[k] = (uint8_t)says;
    }
    return NZ_OK;
}

/* "derived": {"head": H, "yes": [labels], "no": [labels]}; a head called polarity that says
 * nothing follows from sentiment, positive against negative. */
static nz_status read_derived(const reading *r, const json_t *item, taxonomy_head *head)
{
    json_t *rule = json_object_get(item, "derived");
    json_t *usual = NULL;
    if (rule == NULL && strcmp(head->name, "polarity") == 0) {
        usual = json_pack("{s:s, s:[s], s:[s]}", "head", "sentiment", "yes", "positive", "no",
                          "negative");
        rule = usual;
    }
    const char *name = json_string_value(json_object_get(rule, "head"));
    uint32_t from = name == NULL ? NZ_NONE : taxonomy_find_head(r->t, name);
    nz_status status = NZ_OK;
    if (from != NZ_NONE && head->kind == NZ_HEAD_BINARY) {
        const taxonomy_head *other = &r->t->heads[from];
        uint8_t *derived = arena_alloc_zero(&r->t->memory, other->label_count);
        status = derived == NULL ? no_memory(r) : NZ_OK;
        if (status == NZ_OK) {
            status = mark_derived(r, other, json_object_get(rule, "yes"), TAXONOMY_YES, derived);
        }
        if (status == NZ_OK) {
            status = mark_derived(r, other, json_object_get(rule, "no"), TAXONOMY_NO, derived);
        }
        head->derived_head = from;
        head->derived = derived;
    } else if (usual == NULL && rule != NULL) {
        status = wrong(r, head->name, "\"derived\" needs a binary head and names another head");
    }
    json_decref(usual);
    return status;
}

/* ---- terms: {"head", "label"}, {"head", "labels": [..]}, {"head", "not": [..]} -------- */

static bool names_label(const json_t *names, const char *label)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name != NULL && strcmp(name, label) == 0) {
            return true;
        }
    }
    return false;
}

static nz_status check_names(const reading *r, const json_t *names, const taxonomy_head *head)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name == NULL || taxonomy_find_label(head, name, strlen(name)) == NZ_NONE) {
            return wrong(r, head->name, "a rule names a label that is not there");
        }
    }
    return NZ_OK;
}

/* chosen [label_count of the head] becomes 1 for every label that the term means. */
static nz_status read_labels_of_term(const reading *r, const json_t *item, uint32_t *head,
                                     uint8_t *chosen)
{
    const char *name = json_string_value(json_object_get(item, "head"));
    *head = name == NULL ? NZ_NONE : taxonomy_find_head(r->t, name);
    if (*head == NZ_NONE) {
        return wrong(r, "a rule", "\"head\" names no head of this file");
    }
    const taxonomy_head *h = &r->t->heads[*head];
    const char *label = json_string_value(json_object_get(item, "label"));
    const json_t *labels = json_object_get(item, "labels"), *not = json_object_get(item, "not");
    NZ_TRY(check_names(r, labels, h));
    NZ_TRY(check_names(r, not, h));
    uint32_t count = 0;
    for (uint32_t k = 0; k < h->label_count; k++) {
        const char *own = h->labels[k].name;
        chosen[k] = (label != NULL && strcmp(label, own) == 0) || names_label(labels, own) ||
                    (not != NULL && !names_label(not, own));
        count += chosen[k];
    }
    return count == 0 ? wrong(r, h->name, "a rule means none of its labels") : NZ_OK;
}

/* Up to 4 terms that must all hold; each means exactly one label. */
static nz_status read_terms(const reading *r, const json_t *array, model_term *terms,
                            uint32_t *count)
{
    uint8_t chosen[MODEL_MAX_LABELS];
    *count = (uint32_t)json_array_size(array);
    if (*count > 4) {
        return wrong(r, "\"when\"", "at most 4 terms");
    }
    for (uint32_t i = 0; i < *count; i++) {
        NZ_TRY(read_labels_of_term(r, json_array_get(array, i), &terms[i].head, chosen));
        uint32_t found = 0;
        for (uint32_t k = 0; k < r->t->heads[terms[i].head].label_count; k++) {
            if (chosen[k]) {
                terms[i].label = k;
                found++;
            }
        }
        if (found != 1) {
            return wrong(r, "\"when\"", "a term names exactly one label");
        }
    }
    return NZ_OK;
}

/* ---- teams, channels, forbidden pairs, routes, priority --------------------------------- */

static nz_status read_teams(const reading *r, const json_t *root)
{
    const json_t *array;
    const char **teams;
    uint32_t count;
    NZ_TRY(take_array(r, root, "teams", sizeof *teams, &array, &teams, &count));
    for (uint32_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(array, i));
        if (name == NULL) {
            return wrong(r, "teams", "a team is a string");
        }
        teams[i] = keep(r, name);
        if (teams[i] == NULL) {
            return no_memory(r);
        }
    }
    r->t->rules.teams = teams;
    r->t->rules.team_count = count;
    return NZ_OK;
}

static nz_status read_channel(const reading *r, const json_t *item, model_channel *channel)
{
    const char *name = json_string_value(json_object_get(item, "name"));
    const char *solicited = json_string_value(json_object_get(item, "solicited"));
    const char *type = json_string_value(json_object_get(item, "type"));
    if (name == NULL) {
        return wrong(r, "channels", "every channel needs a \"name\"");
    }
    channel->name = keep(r, name);
    channel->solicited = keep(r, solicited == NULL ? "no" : solicited);
    channel->type_label = NZ_NONE;
    uint32_t types = taxonomy_find_head(r->t, "types");
    if (type != NULL && types != NZ_NONE) {
        channel->type_label = taxonomy_find_label(&r->t->heads[types], type, strlen(type));
        if (channel->type_label == NZ_NONE) {
            return wrong(r, name, "\"type\" names no label of the head types");
        }
    }
    return channel->name == NULL || channel->solicited == NULL ? no_memory(r) : NZ_OK;
}

static nz_status read_channels(const reading *r, const json_t *root)
{
    const json_t *array;
    model_channel *channels;
    uint32_t count;
    NZ_TRY(take_array(r, root, "channels", sizeof *channels, &array, &channels, &count));
    for (uint32_t i = 0; i < count; i++) {
        NZ_TRY(read_channel(r, json_array_get(array, i), &channels[i]));
    }
    r->t->rules.channels = channels;
    r->t->rules.channel_count = count;
    return NZ_OK;
}

/* Every pair of a label of one side with a label of the other. */
static nz_status add_pairs(const reading *r, const json_t *pair, model_forbidden *out,
                           uint32_t *count)
{
    uint8_t left[MODEL_MAX_LABELS], right[MODEL_MAX_LABELS];
    uint32_t a, b;
    NZ_TRY(read_labels_of_term(r, json_array_get(pair, 0), &a, left));
    NZ_TRY(read_labels_of_term(r, json_array_get(pair, 1), &b, right));
    if (a == b) {
        return wrong(r, "forbidden", "the two sides are of different heads");
    }
    for (uint32_t i = 0; i < r->t->heads[a].label_count; i++) {
        for (uint32_t k = 0; left[i] && k < r->t->heads[b].label_count; k++) {
            if (right[k]) {
                if (out != NULL) {
                    out[*count] = (model_forbidden){{a, i}, {b, k}};
                }
                (*count)++;
            }
        }
    }
    return NZ_OK;
}

static nz_status read_forbidden(const reading *r, const json_t *root)
{
    const json_t *array = json_object_get(root, "forbidden");
    uint32_t count = 0, filled = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        NZ_TRY(add_pairs(r, json_array_get(array, i), NULL, &count));
    }
    model_forbidden *pairs = arena_alloc_zero(&r->t->memory, (count + 1u) * sizeof *pairs);
    if (pairs == NULL) {
        return no_memory(r);
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        NZ_TRY(add_pairs(r, json_array_get(array, i), pairs, &filled));
    }
    r->t->rules.forbidden = pairs;
    r->t->rules.forbidden_count = count;
    return NZ_OK;
}

static nz_status read_routes(const reading *r, const json_t *root)
{
    const json_t *array;
    model_route *routes;
    uint32_t count;
    NZ_TRY(take_array(r, root, "routes", sizeof *routes, &array, &routes, &count));
    for (uint32_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, i);
        const char *team = json_string_value(json_object_get(item, "team"));
        routes[i].team = NZ_NONE;
        for (uint32_t k = 0; team != NULL && k < r->t->rules.team_count; k++) {
            if (strcmp(r->t->rules.teams[k], team) == 0) {
                routes[i].team = k;
            }
        }
        if (routes[i].team == NZ_NONE) {
            return wrong(r, "routes", "\"team\" names none of the teams");
        }
        NZ_TRY(read_terms(r, json_object_get(item, "when"), routes[i].terms,
                          &routes[i].term_count));
    }
    r->t->rules.routes = routes;
    r->t->rules.route_count = count;
    return NZ_OK;
}

static nz_status read_priority(const reading *r, const json_t *root)
{
    const json_t *array;
    model_points *points;
    uint32_t count;
    NZ_TRY(take_array(r, root, "priority", sizeof *points, &array, &points, &count));
    for (uint32_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, i);
        const char *name = json_string_value(json_object_get(item, "name"));
        json_int_t value = json_integer_value(json_object_get(item, "points"));
        if (name == NULL || value < -100 || value > 100) {
            return wrong(r, "priority", "a part needs a \"name\" and \"points\" from -100 to 100");
        }
        points[i].name = keep(r, name);
        points[i].points = (int32_t)value;
        if (points[i].name == NULL) {
            return no_memory(r);
        }
        NZ_TRY(read_terms(r, json_object_get(item, "when"), points[i].terms,
                          &points[i].term_count));
    }
    r->t->rules.points = points;
    r->t->rules.points_count = count;
    return NZ_OK;
}

/* ---- the whole file ------------------------------------------------------------------------ */

static nz_status take_fraction(const reading *r, const json_t *object, const char *key,
                               double usual, float *out)
{
    const json_t *item = json_object_get(object, key);
    double value = item == NULL ? usual : json_number_value(item);
    if (!(value >= 0.0 && value <= 1.0)) {
        return wrong(r, key, "a probability lies between 0 and 1");
    }
    *out = (float)value;
    return NZ_OK;
}

static uint32_t empty_label(const taxonomy *t, uint32_t head)
{
    return head == NZ_NONE ? NZ_NONE : t->heads[head].empty;
}

static void find_known_heads(taxonomy *t)
{
    model_taxonomy *m = &t->rules;
    m->category_head = taxonomy_find_head(t, "category");
    m->sentiment_head = taxonomy_find_head(t, "sentiment");
    m->polarity_head = taxonomy_find_head(t, "polarity");
    m->type_head = taxonomy_find_head(t, "type");
    m->types_head = taxonomy_find_head(t, "types");
    m->reason_head = taxonomy_find_head(t, "reason");
    m->question_head = taxonomy_find_head(t, "question");
    m->empty_category = empty_label(t, m->category_head);
    m->empty_sentiment = empty_label(t, m->sentiment_head);
    m->empty_type = empty_label(t, m->type_head);
    m->type_none = m->type_head == NZ_NONE                  ? NZ_NONE
                   : t->heads[m->type_head].none != NZ_NONE ? t->heads[m->type_head].none
                                                            : m->empty_type;
    m->reason_none = m->reason_head == NZ_NONE ? NZ_NONE : t->heads[m->reason_head].none;
}

static nz_status read_root(const reading *r, const json_t *root)
{
    if (json_integer_value(json_object_get(root, "version")) != 1) {
        return wrong(r, "version", "this nazar reads taxonomies of version 1");
    }
    NZ_TRY(read_heads(r, root));
    for (uint32_t h = 0; h < r->t->head_count; h++) {
        const json_t *item = json_array_get(json_object_get(root, "heads"), h);
        NZ_TRY(read_derived(r, item, (taxonomy_head *)&r->t->heads[h]));
    }
    find_known_heads(r->t);
    NZ_TRY(read_teams(r, root));
    NZ_TRY(read_channels(r, root));
    NZ_TRY(read_forbidden(r, root));
    NZ_TRY(read_routes(r, root));
    NZ_TRY(read_priority(r, root));
    const json_t *bands = json_object_get(root, "bands");
    NZ_TRY(take_fraction(r, bands, "high", 0.8, &r->t->rules.band_high));
    NZ_TRY(take_fraction(r, bands, "medium", 0.5, &r->t->rules.band_medium));
    return take_fraction(r, root, "min_confidence", 0.5, &r->t->rules.min_confidence);
}

nz_status taxonomy_read(taxonomy *out, const char *path, nz_error *err)
{
    memset(out, 0, sizeof *out);
    arena_init(&out->memory, NULL, 1u << 16, 1u << 26);
    reading r = {out, path, err};
    json_error_t bad;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &bad);
    if (root == NULL && json_error_code(&bad) == json_error_cannot_open_file) {
        return status_fail(err, NZ_E_IO, "%s: the taxonomy cannot be read", path);
    }
    if (root == NULL) {
        return status_fail(err, NZ_E_DATA, "%s:%d: %.120s", path, bad.line, bad.text);
    }
    nz_status status = read_root(&r, root);
    json_decref(root);
    if (status < 0) {
        taxonomy_free(out);
    }
    return status;
}

void taxonomy_free(taxonomy *t)
{
    arena_free(&t->memory);
    memset(t, 0, sizeof *t);
}

/* ---- rules of a model that lacks some heads --------------------------------------------------- */

static bool move_terms(const uint32_t *new_head, model_term *terms, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        terms[i].head = new_head[terms[i].head];
        if (terms[i].head == NZ_NONE) {
            return false;
        }
    }
    return true;
}

static uint32_t moved(const uint32_t *new_head, uint32_t head)
{
    return head == NZ_NONE ? NZ_NONE : new_head[head];
}

static void move_known_heads(const uint32_t *new_head, model_taxonomy *m)
{
    m->category_head = moved(new_head, m->category_head);
    m->sentiment_head = moved(new_head, m->sentiment_head);
    m->polarity_head = moved(new_head, m->polarity_head);
    m->type_head = moved(new_head, m->type_head);
    m->types_head = moved(new_head, m->types_head);
    m->reason_head = moved(new_head, m->reason_head);
    m->question_head = moved(new_head, m->question_head);
    m->empty_category = m->category_head == NZ_NONE ? NZ_NONE : m->empty_category;
    m->empty_sentiment = m->sentiment_head == NZ_NONE ? NZ_NONE : m->empty_sentiment;
    m->empty_type = m->type_head == NZ_NONE ? NZ_NONE : m->empty_type;
    m->type_none = m->type_head == NZ_NONE ? NZ_NONE : m->type_none;
    m->reason_none = m->reason_head == NZ_NONE ? NZ_NONE : m->reason_none;
}

nz_status taxonomy_restrict(taxonomy *t, const uint32_t *new_head, model_taxonomy *out,
                            nz_error *err)
{
    *out = t->rules;
    model_forbidden *forbidden =
        arena_alloc(&t->memory, (out->forbidden_count + 1u) * sizeof *forbidden);
    model_route *routes = arena_alloc(&t->memory, (out->route_count + 1u) * sizeof *routes);
    model_points *points = arena_alloc(&t->memory, (out->points_count + 1u) * sizeof *points);
    model_channel *channels = arena_alloc(&t->memory, (out->channel_count + 1u) * sizeof *channels);
    if (forbidden == NULL || routes == NULL || points == NULL || channels == NULL) {
        return status_no_memory(err);
    }
    uint32_t f = 0, r = 0, p = 0;
    for (uint32_t i = 0; i < out->forbidden_count; i++) {
        forbidden[f] = out->forbidden[i];
        f += move_terms(new_head, &forbidden[f].a, 1) && move_terms(new_head, &forbidden[f].b, 1);
    }
    for (uint32_t i = 0; i < out->route_count; i++) {
        routes[r] = out->routes[i];
        r += move_terms(new_head, routes[r].terms, routes[r].term_count);
    }
    for (uint32_t i = 0; i < out->points_count; i++) {
        points[p] = out->points[i];
        p += move_terms(new_head, points[p].terms, points[p].term_count);
    }
    bool types = moved(new_head, out->types_head) != NZ_NONE;
    for (uint32_t i = 0; i < out->channel_count; i++) {
        channels[i] = out->channels[i];
        channels[i].type_label = types ? channels[i].type_label : NZ_NONE;
    }
    move_known_heads(new_head, out);
    out->forbidden = forbidden;
    out->forbidden_count = f;
    out->routes = routes;
    out->route_count = r;
    out->points = points;
    out->points_count = p;
    out->channels = channels;
    return NZ_OK;
}
