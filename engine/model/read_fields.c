/* read_fields.c - the sections of fields: HEAD, TAXO, META, SELF.
 * It must not know the container.  Invariant: every index that is stored in the content was
 * compared with the size of its table here. */
#include <string.h>

#include "model/view.h"
#include "text/text.h"

/* ---- HEAD -------------------------------------------------------------------- */

/* Least bytes of one group, head and label, so that counts are bounded by the section. */
enum { GROUP_BYTES = 12, HEAD_BYTES = 60, LABEL_BYTES = 21 };

static void read_group(model_group *g, uint32_t features, cursor *c)
{
    g->lane_count = cursor_u32(c);
    g->row_bytes = cursor_u32(c);
    g->row_count = cursor_u32(c);
    if (c->status >= 0 && (g->lane_count == 0 || g->lane_count > MODEL_MAX_LABELS ||
                           g->row_bytes != format_row_bytes(g->lane_count) ||
                           g->row_count > features)) {
        cursor_fail(c, "the sizes of a group cannot be");
    }
}

static void read_index(model_index *x, cursor *c)
{
    x->feature_count = cursor_u32(c);
    x->slot_count = cursor_u32(c);
    x->bucket_count = cursor_u32(c);
    x->seed = cursor_u64(c);
    if (c->status >= 0 &&
        (x->feature_count > MODEL_MAX_ROWS || x->slot_count < x->feature_count ||
         x->slot_count > FORMAT_MAX_SLOTS || (x->feature_count == 0) != (x->slot_count == 0) ||
         (x->feature_count == 0) != (x->bucket_count == 0))) {
        cursor_fail(c, "the sizes of the index cannot be");
    }
}

static const char *read_title(cursor *c)
{
    uint32_t len;
    const char *title = cursor_string(c, FORMAT_MAX_NAME, &len);
    return len != 0 ? title : NULL;
}

static const model_label *read_labels(uint32_t count, cursor *c)
{
    model_label *labels = cursor_alloc(c, count, sizeof *labels);
    for (uint32_t i = 0; labels != NULL && i < count; i++) {
        labels[i].name = cursor_name(c);
        labels[i].title_fa = read_title(c);
        labels[i].title_ar = read_title(c);
        labels[i].title_en = read_title(c);
        for (uint32_t j = 0; c->status >= 0 && j < i; j++) {
            if (strcmp(labels[i].name, labels[j].name) == 0) {
                cursor_fail(c, "two labels of a head share a name");
            }
        }
    }
    return labels;
}

static void read_head(model_head *h, cursor *c)
{
    h->name = cursor_name(c);
    uint32_t kind = cursor_below(c, NZ_HEAD_BINARY + 1, false);
    h->kind = (nz_head_kind)kind;
    h->label_count = cursor_count(c, 1, MODEL_MAX_LABELS, LABEL_BYTES);
    h->group = cursor_u32(c);
    h->first_lane = cursor_u32(c);
    if (h->kind == NZ_HEAD_BINARY && h->label_count > 1) {
        cursor_fail(c, "a binary head has more than one label");
    }
    h->labels = read_labels(h->label_count, c);
    h->thresholds = cursor_floats(c, h->label_count);
    h->slopes = cursor_floats(c, MODEL_LANGUAGES);
    h->intercepts = cursor_floats(c, (size_t)MODEL_LANGUAGES * h->label_count);
}

static bool share_lanes(const model_head *a, const model_head *b)
{
    return a->group == b->group && a->first_lane < b->first_lane + b->label_count &&
           b->first_lane < a->first_lane + a->label_count;
}

/* Each lane of each group belongs to exactly one head. */
static void check_lanes(const model_content *content, cursor *c)
{
    uint32_t lanes = 0, labels = 0; /* at most 16 * 4,096 and 4,096 */
    for (uint32_t g = 0; g < content->group_count; g++) {
        lanes += content->groups[g].lane_count;
    }
    for (uint32_t i = 0; c->status >= 0 && i < content->head_count; i++) {
        const model_head *h = &content->heads[i];
        labels += h->label_count;
        if (h->group >= content->group_count ||
            h->first_lane > content->groups[h->group].lane_count ||
            h->label_count > content->groups[h->group].lane_count - h->first_lane) {
            cursor_fail(c, "a head lies outside of its group");
        }
        for (uint32_t j = 0; c->status >= 0 && j < i; j++) {
            if (share_lanes(h, &content->heads[j])) {
                cursor_fail(c, "two heads share a lane");
            } else if (strcmp(h->name, content->heads[j].name) == 0) {
                cursor_fail(c, "two heads share a name");
            }
        }
    }
    if (c->status >= 0 && labels != lanes) {
        cursor_fail(c, "lanes and labels differ in number");
    }
}

nz_status view_read_heads(model_content *content, cursor *c)
{
    content->head_count = cursor_count(c, 1, MODEL_MAX_HEADS, HEAD_BYTES);
    content->group_count = cursor_count(c, 1, MODEL_MAX_GROUPS, GROUP_BYTES);
    content->norm_floor = cursor_f32(c);
    content->norm_unknown = cursor_below(c, FORMAT_MAX_NORM_UNKNOWN + 1, false);
    if (content->norm_floor < 0.0f) {
        cursor_fail(c, "the norm's floor is negative");
    }
    read_index(&content->index, c);
    model_group *groups = cursor_alloc(c, content->group_count, sizeof *groups);
    model_head *heads = cursor_alloc(c, content->head_count, sizeof *heads);
    if (c->status < 0) {
        return c->status;
    }
    for (uint32_t i = 0; i < content->group_count; i++) {
        read_group(&groups[i], content->index.feature_count, c);
    }
    uint32_t labels = 0;
    for (uint32_t i = 0; i < content->head_count && c->status >= 0; i++) {
        read_head(&heads[i], c);
        labels += heads[i].label_count;
        if (labels > MODEL_MAX_LABELS) {
            cursor_fail(c, "there are too many labels");
        }
    }
    content->groups = groups;
    content->heads = heads;
    check_lanes(content, c);
    return cursor_finish(c);
}

/* ---- TAXO -------------------------------------------------------------------- */

static const model_head *head_or_null(const model_content *content, uint32_t head)
{
    return head < content->head_count ? &content->heads[head] : NULL;
}

static model_term read_term(const model_content *content, cursor *c)
{
    model_term term;
    term.head = cursor_below(c, content->head_count, false);
    const model_head *head = head_or_null(content, term.head);
    term.label = cursor_below(c, head != NULL ? head->label_count : 0, false);
    return term;
}

static uint32_t read_terms(const model_content *content, model_term *terms, cursor *c)
{
    uint32_t count = cursor_count(c, 0, FORMAT_MAX_TERMS, 8);
    for (uint32_t i = 0; i < count; i++) {
        terms[i] = read_term(content, c);
    }
    return count;
}

static void read_teams(model_taxonomy *t, cursor *c)
{
    t->team_count = cursor_count(c, 0, FORMAT_MAX_TEAMS, 6);
    const char **teams = cursor_alloc(c, t->team_count, sizeof *teams);
    for (uint32_t i = 0; teams != NULL && i < t->team_count; i++) {
        teams[i] = cursor_name(c);
    }
    t->teams = teams;
}

static void check_solicited(const char *name, cursor *c)
{
    static const char *const allowed[] = {"nps", "csat", "ces", "survey", "no"};
    for (size_t i = 0; name != NULL && i < sizeof allowed / sizeof *allowed; i++) {
        if (strcmp(name, allowed[i]) == 0) {
            return;
        }
    }
    cursor_fail(c, "a channel asks for an unknown kind of survey");
}

static void read_channels(model_taxonomy *t, cursor *c)
{
    t->channel_count = cursor_count(c, 0, FORMAT_MAX_CHANNELS, 16);
    model_channel *channels = cursor_alloc(c, t->channel_count, sizeof *channels);
    for (uint32_t i = 0; channels != NULL && i < t->channel_count; i++) {
        channels[i].name = cursor_name(c);
        channels[i].solicited = cursor_name(c);
        channels[i].type_label = cursor_u32(c); /* compared when the head is known */
        check_solicited(channels[i].solicited, c);
    }
    t->channels = channels;
}

static void read_forbidden(const model_content *content, model_taxonomy *t, cursor *c)
{
    t->forbidden_count = cursor_count(c, 0, FORMAT_MAX_FORBIDDEN, 16);
    model_forbidden *pairs = cursor_alloc(c, t->forbidden_count, sizeof *pairs);
    for (uint32_t i = 0; pairs != NULL && i < t->forbidden_count; i++) {
        pairs[i].a = read_term(content, c);
        pairs[i].b = read_term(content, c);
        if (pairs[i].a.head == pairs[i].b.head) {
            cursor_fail(c, "a forbidden pair lies in one head");
        }
    }
    t->forbidden = pairs;
}

static void read_routes(const model_content *content, model_taxonomy *t, cursor *c)
{
    t->route_count = cursor_count(c, 0, FORMAT_MAX_ROUTES, 8);
    model_route *routes = cursor_alloc(c, t->route_count, sizeof *routes);
    for (uint32_t i = 0; routes != NULL && i < t->route_count; i++) {
        routes[i].team = cursor_below(c, t->team_count, false);
        routes[i].term_count = read_terms(content, routes[i].terms, c);
    }
    t->routes = routes;
}

static void read_points(const model_content *content, model_taxonomy *t, cursor *c)
{
    t->points_count = cursor_count(c, 0, FORMAT_MAX_POINTS, 14);
    model_points *points = cursor_alloc(c, t->points_count, sizeof *points);
    for (uint32_t i = 0; points != NULL && i < t->points_count; i++) {
        points[i].name = cursor_name(c);
        points[i].points = (int32_t)cursor_u32(c);
        points[i].term_count = read_terms(content, points[i].terms, c);
        if (points[i].points < -1000 || points[i].points > 1000) {
            cursor_fail(c, "the points of a part are out of range");
        }
    }
    t->points = points;
}

/* A head with a part in the derived fields: the right kind, or none. */
static uint32_t read_known_head(const model_content *content, nz_head_kind kind, cursor *c)
{
    uint32_t head = cursor_below(c, content->head_count, true);
    if (c->status >= 0 && head != NZ_NONE && content->heads[head].kind != kind) {
        cursor_fail(c, "a head of the taxonomy has the wrong kind");
    }
    return c->status >= 0 ? head : NZ_NONE;
}

/* A label of a head that may be missing; then there is no label either. */
static uint32_t read_known_label(const model_content *content, uint32_t head, bool none_allowed,
                                 cursor *c)
{
    const model_head *h = head_or_null(content, head);
    uint32_t label = cursor_below(c, h != NULL ? h->label_count : 0, none_allowed || h == NULL);
    return c->status >= 0 ? label : NZ_NONE;
}

static float read_probability(cursor *c)
{
    float value = cursor_f32(c);
    if (value < 0.0f || value > 1.0f) {
        cursor_fail(c, "a probability is not between 0 and 1");
    }
    return value;
}

static void read_known_heads(const model_content *content, model_taxonomy *t, cursor *c)
{
    t->category_head = read_known_head(content, NZ_HEAD_SINGLE, c);
    t->sentiment_head = read_known_head(content, NZ_HEAD_SINGLE, c);
    t->polarity_head = read_known_head(content, NZ_HEAD_BINARY, c);
    t->type_head = read_known_head(content, NZ_HEAD_SINGLE, c);
    t->types_head = read_known_head(content, NZ_HEAD_MULTI, c);
    t->reason_head = read_known_head(content, NZ_HEAD_SINGLE, c);
    t->question_head = read_known_head(content, NZ_HEAD_BINARY, c);
    t->type_none = read_known_label(content, t->type_head, true, c);
    t->reason_none = read_known_label(content, t->reason_head, true, c);
    t->empty_category = read_known_label(content, t->category_head, false, c);
    t->empty_sentiment = read_known_label(content, t->sentiment_head, false, c);
    t->empty_type = read_known_label(content, t->type_head, false, c);
}

static bool is_joint(const model_taxonomy *t, uint32_t head)
{
    return head == t->category_head || head == t->sentiment_head || head == t->type_head ||
           head == t->reason_head;
}

/* Two labels of the joint heads, or one of a multi head and any other: nothing else could
 * be kept apart. */
static void check_forbidden(const model_content *content, const model_taxonomy *t, cursor *c)
{
    for (uint32_t i = 0; i < t->forbidden_count && c->status >= 0; i++) {
        uint32_t a = t->forbidden[i].a.head, b = t->forbidden[i].b.head;
        if (content->heads[a].kind != NZ_HEAD_MULTI && content->heads[b].kind != NZ_HEAD_MULTI &&
            !(is_joint(t, a) && is_joint(t, b))) {
            cursor_fail(c, "a forbidden pair names a head that is not answered jointly");
        }
    }
}

static void check_taxonomy(const model_content *content, const model_taxonomy *t, cursor *c)
{
    const uint32_t joint[4] = {t->category_head, t->sentiment_head, t->type_head, t->reason_head};
    uint32_t labels = 0;
    check_forbidden(content, t, c);
    for (uint32_t i = 0; i < 4; i++) {
        const model_head *h = head_or_null(content, joint[i]);
        labels += h != NULL ? h->label_count : 0;
        for (uint32_t j = 0; j < i; j++) {
            if (joint[i] != NZ_NONE && joint[i] == joint[j]) {
                cursor_fail(c, "one head has two parts in the taxonomy");
            }
        }
    }
    if (labels > FORMAT_MAX_JOINT_LABELS) {
        cursor_fail(c, "category, sentiment, type and reason have too many labels");
    }
    const model_head *types = head_or_null(content, t->types_head);
    for (uint32_t i = 0; i < t->channel_count && c->status >= 0; i++) {
        uint32_t label = t->channels[i].type_label;
        if (label != NZ_NONE && (types == NULL || label >= types->label_count)) {
            cursor_fail(c, "a channel names a type that is not there");
        }
    }
}

nz_status view_read_taxonomy(model_content *content, cursor *c)
{
    model_taxonomy *t = &content->taxonomy;
    read_teams(t, c);
    read_channels(t, c);
    read_forbidden(content, t, c);
    read_routes(content, t, c);
    read_points(content, t, c);
    read_known_heads(content, t, c);
    t->band_high = read_probability(c);
    t->band_medium = read_probability(c);
    t->min_confidence = read_probability(c);
    if (c->status >= 0) {
        check_taxonomy(content, t, c);
    }
    return cursor_finish(c);
}

/* ---- META and SELF ----------------------------------------------------------- */

static void check_key(const char *key, const char *previous, cursor *c)
{
    if (key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.")] != '\0') {
        cursor_fail(c, "a key holds other characters than a-z 0-9 _ .");
    } else if (previous != NULL && strcmp(previous, key) >= 0) {
        cursor_fail(c, "keys are not sorted");
    }
}

nz_status view_read_meta(model_content *content, cursor *c)
{
    uint32_t count = cursor_count(c, 0, FORMAT_MAX_META, 11);
    model_meta *meta = cursor_alloc(c, count, sizeof *meta);
    for (uint32_t i = 0; meta != NULL && i < count; i++) {
        meta[i].key = cursor_name(c);
        meta[i].value = cursor_string(c, FORMAT_MAX_VALUE, NULL);
        if (c->status < 0) {
            break;
        }
        check_key(meta[i].key, i > 0 ? meta[i - 1].key : NULL, c);
    }
    content->meta = meta;
    content->meta_count = count;
    return cursor_finish(c);
}

nz_status view_read_probes(model_content *content, cursor *c)
{
    uint32_t count = cursor_count(c, 0, FORMAT_MAX_PROBES, 17);
    model_probe *probes = cursor_alloc(c, count, sizeof *probes);
    for (uint32_t i = 0; probes != NULL && i < count; i++) {
        uint32_t language = cursor_below(c, NZ_LANG_EN + 1, false);
        probes[i].language = (nz_language)language;
        probes[i].text = cursor_string(c, FORMAT_MAX_PROBE_TEXT, &probes[i].len);
        probes[i].digest = cursor_u64(c);
    }
    content->probes = probes;
    content->probe_count = count;
    return cursor_finish(c);
}
