/* embed.c - see embed.h: the text as one line of numbered words, which words stand near each
 * word, their mutual information, its singular vectors.
 * It must not know what vectors are used for.  Invariant: that of embed.h. */
#include "train/embed.h"

#include <math.h>
#include <string.h>

#include "numeric/sparse.h"
#include "numeric/svd.h"

/* Pieces are fixed by the data alone. */
enum { PIECES = 256, SPARE = 12, ROUNDS = 3 };
/* Words at most so far apart are neighbours; the nearer count more (Levy et al., section 3.1). */
enum { WINDOW = 5 };

typedef struct learning {
    const matrix *m;
    const rows *rows;
    const space *words;
    team *threads;
    array line;       /* uint32_t: words of all comments, NZ_NONE for others and between comments */
    uint64_t *start;  /* [words + 1]: where a word's places begin ... */
    uint64_t *place;  /* ... in the line */
    uint32_t **near;  /* [threads][words], zero between words */
    double *mass;     /* [words] weights of its neighbours in sum */
    double *smooth;   /* [words] mass ^ 0.75, in sum 1 */
    array *col;       /* [PIECES] uint32_t: neighbours with information ... */
    array *value;     /* [PIECES] float: ... and how much */
    uint64_t *end;    /* [words + 1] sizes of the rows, then their ends */
    nz_status *status; /* [PIECES] */
    sparse info, back; /* words x words, and its transpose */
    uint32_t lanes;
    const float *x;
    float *z, *y;
} learning;

/* ---- the line of words ------------------------------------------------------------------------ */

/* The words alone of the features in enough comments. */
static nz_status choose_words(space *out, const matrix *m, const uint32_t *comments,
                              uint32_t total, uint32_t least, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t *counts = memory_new_zero(&memory, m->features.count, sizeof *counts);
    if (counts == NULL) {
        return status_no_memory(err);
    }
    for (uint32_t t = 0; t < m->tokens.count; t++) {
        if (matrix_token_at(m, t)->count != 0) {
            uint32_t word = matrix_token_features(m, t)[0];
            counts[word] = comments[word];
        }
    }
    select_options options = {least, least, UINT32_MAX};
    nz_status status = select_space(out, m, counts, comments, total, &options, err);
    memory_free(&memory, counts, m->features.count, sizeof *counts);
    return status;
}

static uint32_t word_of(const learning *l, uint32_t token)
{
    return matrix_token_at(l->m, token)->count == 0
               ? NZ_NONE
               : l->words->local[matrix_token_features(l->m, token)[0]];
}

static nz_status lay_line(learning *l)
{
    const matrix *m = l->m;
    for (uint32_t r = 0; r < m->row_count; r++) {
        if (rows_at(l->rows, r)->dev || m->repeated[r]) {
            continue;
        }
        size_t count = (size_t)(m->order_start[r + 1] - m->order_start[r]);
        uint32_t *to = array_push(&l->line, count + WINDOW);
        if (to == NULL) {
            return NZ_E_MEMORY;
        }
        for (size_t i = 0; i < count; i++) {
            uint32_t which = ARRAY_AT(uint32_t, &m->row_order, m->order_start[r] + i);
            to[i] = word_of(l, ARRAY_AT(uint32_t, &m->row_tokens, m->token_start[r] + which));
        }
        memset(to + count, 0xff, WINDOW * sizeof *to);
    }
    return NZ_OK;
}

/* All places of each word, in order. */
static nz_status find_places(learning *l)
{
    nz_allocator memory = memory_default();
    uint32_t words = l->words->count;
    l->start = memory_new_zero(&memory, (size_t)words + 2, sizeof *l->start);
    l->place = memory_new(&memory, l->line.count, sizeof *l->place);
    if (l->start == NULL || l->place == NULL) {
        return NZ_E_MEMORY;
    }
    const uint32_t *line = l->line.items;
    for (size_t i = 0; i < l->line.count; i++) {
        l->start[line[i] == NZ_NONE ? words + 1 : line[i] + 2] += line[i] != NZ_NONE;
    }
    for (uint32_t w = 2; w <= words; w++) {
        l->start[w] += l->start[w - 1];
    }
    for (size_t i = 0; i < l->line.count; i++) {
        if (line[i] != NZ_NONE) {
            l->place[l->start[line[i] + 1]++] = i;
        }
    }
    return NZ_OK;
}

/* ---- neighbours ---------------------------------------------------------------------------------- */

/* Weights of the neighbours of a word, into near [words]. */
static void look_around(const learning *l, uint32_t word, uint32_t *near)
{
    const uint32_t *line = l->line.items;
    size_t size = l->line.count;
    for (uint64_t i = l->start[word]; i < l->start[word + 1]; i++) {
        size_t at = (size_t)l->place[i];
        for (uint32_t far = 1; far <= WINDOW; far++) {
            if (at >= far && line[at - far] != NZ_NONE) {
                near[line[at - far]] += WINDOW + 1 - far;
            }
            if (at + far < size && line[at + far] != NZ_NONE) {
                near[line[at + far]] += WINDOW + 1 - far;
            }
        }
    }
}

static void weigh_piece(void *context, uint32_t piece, uint32_t worker)
{
    learning *l = context;
    uint32_t *near = l->near[worker], words = l->words->count;
    uint32_t end = team_cut(words, PIECES, piece + 1);
    for (uint32_t w = team_cut(words, PIECES, piece); w < end; w++) {
        look_around(l, w, near);
        for (uint32_t c = 0; c < words; c++) {
            l->mass[w] += (double)near[c];
        }
        memset(near, 0, words * sizeof *near);
    }
}

/* Context distribution smoothing: P(c) ~ mass(c) ^ 0.75 (their equation 5). */
static void smooth_masses(learning *l)
{
    double sum = 0.0;
    for (uint32_t w = 0; w < l->words->count; w++) {
        l->smooth[w] = pow(l->mass[w], 0.75);
        sum += l->smooth[w];
    }
    for (uint32_t w = 0; w < l->words->count; w++) {
        l->smooth[w] /= sum > 0.0 ? sum : 1.0;
    }
}

/* max(0, log(P(c | w) / P(c))), their equation 3. */
static nz_status inform_word(learning *l, uint32_t piece, uint32_t w, uint32_t *near)
{
    look_around(l, w, near);
    for (uint32_t c = 0; c < l->words->count; c++) {
        if (near[c] == 0) {
            continue;
        }
        float value = (float)log((double)near[c] / l->mass[w] / l->smooth[c]);
        near[c] = 0;
        if (value > 0.0f) {
            NZ_TRY(array_add(&l->col[piece], &c));
            NZ_TRY(array_add(&l->value[piece], &value));
            l->end[w + 1]++;
        }
    }
    return NZ_OK;
}

static void inform_piece(void *context, uint32_t piece, uint32_t worker)
{
    learning *l = context;
    uint32_t words = l->words->count, end = team_cut(words, PIECES, piece + 1);
    for (uint32_t w = team_cut(words, PIECES, piece); w < end; w++) {
        nz_status status = inform_word(l, piece, w, l->near[worker]);
        l->status[piece] = status < 0 ? status : l->status[piece];
    }
}

/* The pieces as one sparse matrix, and its transpose. */
static nz_status join_pieces(learning *l)
{
    uint32_t words = l->words->count;
    for (uint32_t w = 0; w < words; w++) {
        l->end[w + 1] += l->end[w];
    }
    NZ_TRY(sparse_new(&l->info, words, words, l->end[words], true));
    memcpy(l->info.start, l->end, ((size_t)words + 1) * sizeof *l->end);
    uint64_t at = 0;
    for (uint32_t i = 0; i < PIECES; i++) {
        NZ_TRY(l->status[i]);
        size_t count = l->col[i].count;
        if (count != 0) {
            memcpy(l->info.col + at, l->col[i].items, count * sizeof *l->info.col);
            memcpy(l->info.value + at, l->value[i].items, count * sizeof *l->info.value);
        }
        at += count;
        array_free(&l->col[i]);
        array_free(&l->value[i]);
    }
    return sparse_transpose(&l->info, &l->back);
}

static nz_status learn_neighbours(learning *l)
{
    team_run(l->threads, weigh_piece, l, PIECES);
    smooth_masses(l);
    team_run(l->threads, inform_piece, l, PIECES);
    return join_pieces(l);
}

/* ---- vectors ---------------------------------------------------------------------------------- */

static void gather_piece(learning *l, const sparse *a, const float *x, float *y, uint32_t piece)
{
    uint32_t begin = team_cut(a->rows, PIECES, piece), end = team_cut(a->rows, PIECES, piece + 1);
    memset(y + (size_t)begin * l->lanes, 0, (size_t)(end - begin) * l->lanes * sizeof *y);
    sparse_gather(a, begin, end, x, l->lanes, y);
}

static void to_neighbours(void *context, uint32_t piece, uint32_t worker)
{
    learning *l = context;
    (void)worker;
    gather_piece(l, &l->back, l->x, l->z, piece);
}

static void to_words(void *context, uint32_t piece, uint32_t worker)
{
    learning *l = context;
    (void)worker;
    gather_piece(l, &l->info, l->z, l->y, piece);
}

/* Neighbours are the rows of the matrix whose right singular vectors are wanted. */
static bool product(void *context, const float *x, uint32_t lanes, float *y)
{
    learning *l = context;
    l->x = x;
    l->y = y;
    l->lanes = lanes;
    team_run(l->threads, to_neighbours, l, PIECES);
    team_run(l->threads, to_words, l, PIECES);
    return true;
}

/* Dimensions by the root of their singular value (their section 3.3), then one length for all. */
static void scale_vectors(embedding *e, const double *values, double strength)
{
    for (uint32_t w = 0; w < e->words.count; w++) {
        float *v = e->vectors + (size_t)w * e->dims;
        double square = 0.0;
        for (uint32_t k = 0; k < e->dims; k++) {
            v[k] *= (float)sqrt(values[k]);
            square += (double)v[k] * (double)v[k];
        }
        float factor = square > 0.0 ? (float)(strength / sqrt(square)) * e->words.scale[w] : 0.0f;
        for (uint32_t k = 0; k < e->dims; k++) {
            v[k] *= factor;
        }
    }
}

static nz_status find_vectors(embedding *out, learning *l, const embed_options *o, nz_error *err)
{
    nz_allocator memory = memory_default();
    uint32_t words = l->words->count, lanes = o->dims + SPARE;
    svd_options how = {o->dims, SPARE, ROUNDS, o->seed};
    double *values = memory_new(&memory, o->dims, sizeof *values);
    out->vectors = memory_new(&memory, (size_t)words * o->dims, sizeof *out->vectors);
    l->z = memory_new(&memory, (size_t)words * lanes, sizeof *l->z);
    nz_status status = values == NULL || out->vectors == NULL || l->z == NULL
                           ? status_no_memory(err)
                           : svd_right(product, l, words, &how, out->vectors, values, err);
    if (status == NZ_OK) {
        scale_vectors(out, values, o->strength);
    }
    memory_free(&memory, values, o->dims, sizeof *values);
    memory_free(&memory, l->z, (size_t)words * lanes, sizeof *l->z);
    return status;
}

/* ---- the whole -------------------------------------------------------------------------------- */

static nz_status make_room(learning *l)
{
    nz_allocator memory = memory_default();
    uint32_t words = l->words->count, size = team_size(l->threads);
    array_init(&l->line, sizeof(uint32_t));
    l->mass = memory_new_zero(&memory, words, sizeof *l->mass);
    l->smooth = memory_new_zero(&memory, words, sizeof *l->smooth);
    l->end = memory_new_zero(&memory, (size_t)words + 1, sizeof *l->end);
    l->col = memory_new_zero(&memory, PIECES, sizeof *l->col);
    l->value = memory_new_zero(&memory, PIECES, sizeof *l->value);
    l->status = memory_new_zero(&memory, PIECES, sizeof *l->status);
    l->near = memory_new_zero(&memory, size, sizeof *l->near);
    bool whole = l->mass != NULL && l->smooth != NULL && l->end != NULL && l->col != NULL &&
                 l->value != NULL && l->status != NULL && l->near != NULL;
    for (uint32_t i = 0; whole && i < PIECES; i++) {
        array_init(&l->col[i], sizeof(uint32_t));
        array_init(&l->value[i], sizeof(float));
    }
    for (uint32_t i = 0; whole && i < size; i++) {
        l->near[i] = memory_new_zero(&memory, words, sizeof **l->near);
        whole = l->near[i] != NULL;
    }
    return whole ? NZ_OK : NZ_E_MEMORY;
}

static void let_go(learning *l)
{
    nz_allocator memory = memory_default();
    uint32_t words = l->words->count, size = team_size(l->threads);
    for (uint32_t i = 0; l->near != NULL && i < size; i++) {
        memory_free(&memory, l->near[i], words, sizeof **l->near);
    }
    for (uint32_t i = 0; l->col != NULL && l->value != NULL && i < PIECES; i++) {
        array_free(&l->col[i]);
        array_free(&l->value[i]);
    }
    memory_free(&memory, l->near, size, sizeof *l->near);
    memory_free(&memory, l->col, PIECES, sizeof *l->col);
    memory_free(&memory, l->value, PIECES, sizeof *l->value);
    memory_free(&memory, l->status, PIECES, sizeof *l->status);
    memory_free(&memory, l->mass, words, sizeof *l->mass);
    memory_free(&memory, l->smooth, words, sizeof *l->smooth);
    memory_free(&memory, l->end, (size_t)words + 1, sizeof *l->end);
    memory_free(&memory, l->start, (size_t)words + 2, sizeof *l->start);
    memory_free(&memory, l->place, l->line.count, sizeof *l->place);
    array_free(&l->line);
    sparse_free(&l->info);
    sparse_free(&l->back);
}

nz_status embed_learn(embedding *out, const matrix *m, const rows *r, const uint32_t *comments,
                      uint32_t total, const embed_options *options, team *threads, nz_error *err)
{
    memset(out, 0, sizeof *out);
    NZ_TRY(choose_words(&out->words, m, comments, total, options->min_comments, err));
    learning l = {.m = m, .rows = r, .words = &out->words, .threads = threads};
    if (out->words.count < 2 * options->dims) {
        space_free(&out->words);
        return NZ_OK;
    }
    out->dims = options->dims;
    nz_status status = NZ_OK;
    if (make_room(&l) < 0 || lay_line(&l) < 0 || find_places(&l) < 0 || learn_neighbours(&l) < 0) {
        status = status_no_memory(err);
    }
    if (status == NZ_OK) {
        status = find_vectors(out, &l, options, err);
    }
    let_go(&l);
    if (status < 0) {
        embed_free(out);
    }
    return status;
}

void embed_free(embedding *e)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, e->vectors, (size_t)e->words.count * e->dims, sizeof *e->vectors);
    space_free(&e->words);
    memset(e, 0, sizeof *e);
}

const float *embed_vector(const embedding *e, uint32_t feature)
{
    uint32_t local = e->dims == 0 ? NZ_NONE : e->words.local[feature];
    return local == NZ_NONE ? NULL : e->vectors + (size_t)local * e->dims;
}
