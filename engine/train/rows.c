/* rows.c - see rows.h.  It must not know how a text is read.
 * Invariant: a row that is refused leaves nothing behind. */
#include "train/rows.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "feature/extract.h"
#include "text/text.h"

enum { HEADS_BLOCK = 1 << 20 };

nz_status rows_init(rows *r, const taxonomy *t, nz_error *err)
{
    memset(r, 0, sizeof *r);
    r->taxonomy = t;
    arena_init(&r->memory, NULL, HEADS_BLOCK, 0);
    array_init(&r->items, sizeof(labelled_row));
    array_init(&r->labels, sizeof(uint32_t));
    array_init(&r->sets, 1);
    idmap_init(&r->sources);
    r->heads = arena_alloc_zero(&r->memory, t->head_count * sizeof *r->heads);
    for (uint32_t h = 0; r->heads != NULL && h < t->head_count; h++) {
        const taxonomy_head *from = &t->heads[h];
        const char **names = arena_alloc(&r->memory, from->label_count * sizeof *names);
        if (names == NULL) {
            return status_no_memory(err);
        }
        for (uint32_t k = 0; k < from->label_count; k++) {
            names[k] = from->labels[k].name;
        }
        r->heads[h] = (gold_head){from->name, from->kind, from->label_count, names, from->none};
    }
    return r->heads == NULL ? status_no_memory(err) : NZ_OK;
}

void rows_free(rows *r)
{
    array_free(&r->items);
    array_free(&r->labels);
    array_free(&r->sets);
    idmap_free(&r->sources);
    arena_free(&r->memory);
}

uint32_t rows_label(const rows *r, uint32_t i, uint32_t head)
{
    uint32_t label = ARRAY_AT(uint32_t, &r->labels, (size_t)i * r->taxonomy->head_count + head);
    return r->heads[head].kind == NZ_HEAD_MULTI && label != NZ_NONE ? 0 : label;
}

const uint8_t *rows_set(const rows *r, uint32_t i, uint32_t head)
{
    static const uint8_t answers[2] = {1, 0}; /* by GOLD_YES, GOLD_NO */
    uint32_t label = ARRAY_AT(uint32_t, &r->labels, (size_t)i * r->taxonomy->head_count + head);
    return r->heads[head].kind == NZ_HEAD_MULTI ? &ARRAY_AT(uint8_t, &r->sets, label)
                                                : &answers[label];
}

/* ---- adding ---------------------------------------------------------------------------- */

/* Labels of the row into labels [head_count]; sets grow by what multi heads need. */
static nz_status read_gold(rows *r, const nz_row *in, uint64_t number, uint32_t *labels,
                           bool *empty, nz_error *err)
{
    for (uint32_t i = 0; i < in->gold_count; i++) {
        const nz_gold *g = &in->gold[i];
        uint32_t h = g->head == NULL ? NZ_NONE : taxonomy_find_head(r->taxonomy, g->head);
        if (h == NZ_NONE) {
            return status_fail(err, NZ_E_ARGUMENT, "row %llu: the taxonomy has no such head",
                               (unsigned long long)number);
        }
        const gold_head *head = &r->heads[h];
        size_t place = r->sets.count;
        uint8_t *set = NULL;
        if (head->kind == NZ_HEAD_MULTI) {
            set = array_push(&r->sets, head->label_count);
            if (set == NULL || place > UINT32_MAX - MODEL_MAX_LABELS) {
                return status_no_memory(err);
            }
        }
        gold_answer answer;
        NZ_TRY(gold_read(head, g->value, g->value_len, number, &answer, set, err));
        labels[h] = answer.label;
        empty[h] = answer.empty;
        if (head->kind == NZ_HEAD_MULTI && answer.label != NZ_NONE) {
            labels[h] = (uint32_t)place;
        }
    }
    return NZ_OK;
}

/* What an empty value means, and what follows from other heads. */
/* May no label of the head but its "none" stand beside this type? */
static bool leaves_none_alone(const taxonomy *t, uint32_t h, uint32_t type_label)
{
    const model_taxonomy *said = &t->rules;
    uint32_t left = t->heads[h].label_count - 1;
    for (uint32_t i = 0; i < said->forbidden_count; i++) {
        const model_term a = said->forbidden[i].a, b = said->forbidden[i].b;
        const model_term other = a.head == said->type_head ? b : a;
        const model_term type = a.head == said->type_head ? a : b;
        left -= type.head == said->type_head && type.label == type_label && other.head == h &&
                other.label != t->heads[h].none;
    }
    return left == 0;
}

/* Beside a type that has no reasons the answer is "none" without asking, so such rows would
 * only teach the head to say nothing: it learns from those where there is a choice. */
static void drop_forgone_gold(const taxonomy *t, uint32_t *labels)
{
    const uint32_t type = t->rules.type_head;
    for (uint32_t h = 0; type != NZ_NONE && labels[type] != NZ_NONE && h < t->head_count; h++) {
        if (h != type && t->heads[h].none != NZ_NONE && labels[h] != NZ_NONE &&
            leaves_none_alone(t, h, labels[type])) {
            labels[h] = NZ_NONE;
        }
    }
}

static void complete_gold(const rows *r, uint32_t *labels, const bool *empty)
{
    const taxonomy *t = r->taxonomy;
    uint32_t type = t->rules.type_head;
    for (uint32_t h = 0; h < t->head_count; h++) {
        /* An empty reason is "none" on a row whose type is known; else nobody looked. */
        if (empty[h] && t->heads[h].none != NZ_NONE && type != NZ_NONE &&
            labels[type] != NZ_NONE) {
            labels[h] = t->heads[h].none;
        }
    }
    drop_forgone_gold(t, labels);
    for (uint32_t h = 0; h < t->head_count; h++) {
        uint32_t from = t->heads[h].derived_head;
        if (from != NZ_NONE && labels[h] == NZ_NONE && labels[from] != NZ_NONE) {
            uint8_t says = t->heads[h].derived[labels[from]];
            labels[h] = says == TAXONOMY_YES ? (uint32_t)GOLD_YES
                        : says == TAXONOMY_NO ? (uint32_t)GOLD_NO
                                              : NZ_NONE;
        }
    }
}

/* How far a row speaks for the wild.  Written ones stand for the channels that no public source
 * shows: surveys, sales notes, cancellations.  More than a quarter costs the frequent kinds. */
static float drawn_share(const char *drawn)
{
    if (drawn == NULL || drawn[0] == '\0') {
        return ROWS_DRAWN_UNKNOWN;
    }
    if (strcmp(drawn, "random") == 0) {
        return 1.0f;
    }
    return strcmp(drawn, "uncertain_or_random") == 0 ? 0.5f
           : strcmp(drawn, "written") == 0           ? 0.25f
                                                     : 0.1f;
}

static nz_status fill_row(rows *r, const nz_row *in, labelled_row *out, nz_error *err)
{
    const char *split = in->split == NULL ? "" : in->split;
    out->text = arena_copy(&r->memory, in->text == NULL ? "" : in->text, in->text_len);
    if (out->text == NULL) {
        return status_no_memory(err);
    }
    out->len = (uint32_t)in->text_len;
    out->weight = in->weight < 0.0 ? 1.0f : (float)in->weight;
    out->dev = strcmp(split, "dev") == 0;
    out->drawn = drawn_share(in->drawn);
    uint32_t bin = extract_rating_bin(in->rating, in->rating_max);
    out->rating_bin = bin == NZ_NONE ? ROWS_NO_RATING : (uint8_t)bin;
    out->channel = NZ_NONE;
    for (uint32_t c = 0; in->channel != NULL && c < r->taxonomy->rules.channel_count; c++) {
        if (strcmp(r->taxonomy->rules.channels[c].name, in->channel) == 0) {
            out->channel = c;
        }
    }
    out->source = NZ_NONE;
    if (in->source != NULL && in->source[0] != '\0' &&
        idmap_add(&r->sources, hash_bytes(in->source, strlen(in->source), 0), &out->source) < 0) {
        return status_no_memory(err);
    }
    return NZ_OK;
}

static bool is_left_out(const nz_row *in)
{
    return in->split != NULL && in->split[0] != '\0' && strcmp(in->split, "train") != 0 &&
           strcmp(in->split, "dev") != 0;
}

static nz_status check_row(const nz_row *in, uint64_t number, nz_error *err)
{
    if (in->text_len > TEXT_MAX_BYTES) {
        return status_fail(err, NZ_E_LIMIT, "row %llu: the text is over 1 MiB",
                           (unsigned long long)number);
    }
    if (!isfinite(in->weight) || in->weight > 1e6) {
        return status_fail(err, NZ_E_DATA, "row %llu: the weight is not a number up to 1,000,000",
                           (unsigned long long)number);
    }
    return NZ_OK;
}

nz_status rows_add(rows *r, const nz_row *in, nz_error *err)
{
    uint64_t number = in->number != 0 ? in->number : rows_count(r) + r->left_out + r->unlabelled + 1;
    uint32_t labels[MODEL_MAX_HEADS], known = 0;
    bool empty[MODEL_MAX_HEADS] = {false};
    uint32_t heads = r->taxonomy->head_count;
    NZ_TRY(check_row(in, number, err));
    memset(labels, 0xff, sizeof labels);
    size_t sets = r->sets.count;
    nz_status status = read_gold(r, in, number, labels, empty, err);
    if (status < 0 || is_left_out(in)) {
        r->sets.count = sets;
        r->left_out += status == NZ_OK;
        return status;
    }
    complete_gold(r, labels, empty);
    for (uint32_t h = 0; h < heads; h++) {
        known += labels[h] != NZ_NONE;
    }
    if (known == 0) {
        r->unlabelled++;
        return NZ_OK;
    }
    if (rows_count(r) >= ROWS_MAX) {
        return status_fail(err, NZ_E_LIMIT, "more than %u rows", ROWS_MAX);
    }
    labelled_row fresh = {0};
    NZ_TRY(fill_row(r, in, &fresh, err));
    fresh.number = number;
    uint32_t *place = array_push(&r->labels, heads);
    if (place == NULL || array_add(&r->items, &fresh) < 0) {
        return status_no_memory(err);
    }
    memcpy(place, labels, heads * sizeof *labels);
    return NZ_OK;
}
