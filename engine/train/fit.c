/* fit.c - see fit.h.  Every sum over rows, tokens or features is made by one thread in one
 * order (gather by rows, then by columns), so the threads never race and never reorder.
 * It must not know texts.  Invariant: padding lanes stay zero throughout. */
#include "train/fit.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "numeric/dense.h"
#include "numeric/logistic.h"

/* Pieces are fixed by the data alone. */
enum { PIECES = 128 };

/* Weak priors of what is not a feature: a rating or channel row, a bias; and a source's
 * intercept, which must be free to take the source's share of labels. */
static const float meta_l2 = 0.1f;
static const float bias_l2 = 0.001f;
static const float source_l2 = 0.01f;

struct fit_problem {
    fit_options options;
    team *threads;
    nz_head_kind kind;
    uint32_t lanes, stride;
    uint32_t row_count, token_count, feature_count, channel_count, source_count;
    uint32_t dims;    /* of the vectors, 0: none */
    factors a;
    float *vectors;   /* [features][dims] */
    float *dense;     /* [rows][dims]: f * vectors of the row's features, before g */
    float *scale;     /* [features] s */
    float *g;         /* [rows] */
    uint32_t *bin;    /* [rows] rating bin, or NZ_NONE */
    uint32_t *channel; /* [rows] or NZ_NONE */
    uint32_t *source; /* [rows] or NZ_NONE */
    uint32_t *label;  /* [rows] of a single head */
    uint8_t *set;     /* [rows][lanes] of another */
    uint8_t *taught;  /* [sources][lanes]: labels of a single head that some row of the source has */
    float *own_weight; /* [rows] */
    float *weight;    /* [rows] of this training, class weights included */
    float *lane_weight; /* [2 * lanes] */
    float *w_eff;     /* [features][stride] */
    float *v;         /* [tokens][stride]: values, then gradients */
    float *z;         /* [rows][stride]: scores, then residuals */
    double *meta_part; /* [PIECES][metas][stride] */
    double *loss_part; /* [PIECES] */
    float *vector_part; /* [dims][stride] */
    double *vector_sum; /* [dims][stride] */
    const float *x;   /* of the evaluation under way */
    float *gradient;
    fit_watch watch;
    void *watch_context;
    double total_weight;
};

/* ---- layout of a solution: features, rating bins, channels, sources, bias, vectors ------------------ */

static uint32_t meta_count(const fit_problem *p)
{
    return EXTRACT_RATING_BINS + p->channel_count + p->source_count + 1;
}
static size_t at_feature(const fit_problem *p, uint32_t feature)
{
    return (size_t)feature * p->stride;
}
static size_t at_meta(const fit_problem *p, uint32_t meta)
{
    return at_feature(p, p->feature_count) + (size_t)meta * p->stride;
}
static size_t at_vectors(const fit_problem *p)
{
    return at_meta(p, meta_count(p));
}
static uint32_t meta_channel(uint32_t channel)
{
    return EXTRACT_RATING_BINS + channel;
}
static uint32_t meta_source(const fit_problem *p, uint32_t source)
{
    return EXTRACT_RATING_BINS + p->channel_count + source;
}
static uint32_t meta_bias(const fit_problem *p)
{
    return meta_count(p) - 1;
}

void fit_set_iterations(fit_problem *p, uint32_t most)
{
    p->options.max_iterations = most;
}

uint32_t fit_lanes(const fit_problem *p)
{
    return p->lanes;
}

size_t fit_size(const fit_problem *p)
{
    return at_vectors(p) + (size_t)p->dims * p->stride;
}

void fit_set_weight(const fit_problem *p, float *x, uint32_t feature, uint32_t lane, float value)
{
    x[at_feature(p, feature) + lane] = p->scale[feature] == 0.0f ? 0.0f
                                                                 : value / p->scale[feature];
}

float fit_rating(const fit_problem *p, const float *x, uint32_t bin, uint32_t lane)
{
    return x[at_meta(p, bin) + lane];
}

float fit_channel(const fit_problem *p, const float *x, uint32_t channel, uint32_t lane)
{
    return x[at_meta(p, meta_channel(channel)) + lane];
}

float fit_bias(const fit_problem *p, const float *x, uint32_t lane)
{
    return x[at_meta(p, meta_bias(p)) + lane];
}

bool fit_shows_metadata(uint64_t seed, uint64_t row_number)
{
    return hash_pair(seed, row_number) & 1u;
}

/* ---- building ------------------------------------------------------------------------------ */

static float *floats(size_t count)
{
    nz_allocator memory = memory_default();
    return memory_new_zero(&memory, count, sizeof(float));
}

static void release(void *items, size_t count, size_t size)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, items, count, size);
}

static nz_status make_room(fit_problem *p)
{
    nz_allocator memory = memory_default();
    size_t n = p->row_count;
    p->scale = floats(p->feature_count);
    p->g = floats(n);
    p->bin = memory_new(&memory, n, sizeof *p->bin);
    p->channel = memory_new(&memory, n, sizeof *p->channel);
    p->source = memory_new(&memory, n, sizeof *p->source);
    p->label = memory_new(&memory, n, sizeof *p->label);
    p->set = memory_new_zero(&memory, n * p->lanes, 1);
    p->taught = memory_new_zero(&memory, (size_t)p->source_count * p->lanes, 1);
    p->own_weight = floats(n);
    p->weight = floats(n);
    p->lane_weight = floats((size_t)2 * p->lanes);
    p->w_eff = floats((size_t)p->feature_count * p->stride);
    p->v = floats((size_t)p->token_count * p->stride);
    p->z = floats(n * p->stride);
    p->meta_part = memory_new(&memory, (size_t)PIECES * meta_count(p) * p->stride,
                              sizeof *p->meta_part);
    p->loss_part = memory_new(&memory, PIECES, sizeof *p->loss_part);
    bool whole = p->scale != NULL && p->g != NULL && p->bin != NULL && p->channel != NULL &&
                 p->source != NULL && p->label != NULL && p->set != NULL && p->taught != NULL &&
                 p->own_weight != NULL && p->weight != NULL && p->lane_weight != NULL &&
                 p->w_eff != NULL && p->v != NULL && p->z != NULL && p->meta_part != NULL &&
                 p->loss_part != NULL;
    return whole ? NZ_OK : NZ_E_MEMORY;
}

void fit_problem_free(fit_problem *p)
{
    if (p == NULL) {
        return;
    }
    size_t n = p->row_count;
    release(p->vectors, (size_t)p->feature_count * p->dims, sizeof *p->vectors);
    release(p->dense, n * p->dims, sizeof *p->dense);
    release(p->vector_part, (size_t)p->dims * p->stride, sizeof *p->vector_part);
    release(p->vector_sum, (size_t)p->dims * p->stride, sizeof *p->vector_sum);
    release(p->scale, p->feature_count, sizeof *p->scale);
    release(p->g, n, sizeof *p->g);
    release(p->bin, n, sizeof *p->bin);
    release(p->channel, n, sizeof *p->channel);
    release(p->source, n, sizeof *p->source);
    release(p->label, n, sizeof *p->label);
    release(p->set, n * p->lanes, 1);
    release(p->taught, (size_t)p->source_count * p->lanes, 1);
    release(p->own_weight, n, sizeof *p->own_weight);
    release(p->weight, n, sizeof *p->weight);
    release(p->lane_weight, (size_t)2 * p->lanes, sizeof *p->lane_weight);
    release(p->w_eff, (size_t)p->feature_count * p->stride, sizeof *p->w_eff);
    release(p->v, (size_t)p->token_count * p->stride, sizeof *p->v);
    release(p->z, n * p->stride, sizeof *p->z);
    release(p->meta_part, (size_t)PIECES * meta_count(p) * p->stride, sizeof *p->meta_part);
    release(p->loss_part, PIECES, sizeof *p->loss_part);
    factors_free(&p->a);
    release(p, 1, sizeof *p);
}

static void fill_rows(fit_problem *p, const rows *r, const double *g, uint32_t head,
                      const uint32_t *rows_used)
{
    for (uint32_t i = 0; i < p->row_count; i++) {
        uint32_t number = rows_used[i];
        const labelled_row *from = rows_at(r, number);
        bool shows = fit_shows_metadata(p->options.seed, number);
        p->g[i] = (float)g[number];
        p->bin[i] = shows && from->rating_bin != ROWS_NO_RATING ? from->rating_bin : NZ_NONE;
        p->channel[i] = shows ? from->channel : NZ_NONE;
        p->source[i] = from->source;
        p->own_weight[i] = from->dev ? 0.0f : from->weight;
        p->label[i] = rows_label(r, number, head);
        if (p->kind != NZ_HEAD_SINGLE) {
            memcpy(p->set + (size_t)i * p->lanes, rows_set(r, number, head), p->lanes);
        } else if (from->source != NZ_NONE && p->own_weight[i] != 0.0f) {
            p->taught[(size_t)from->source * p->lanes + p->label[i]] = 1;
        }
    }
}

/* A source of stars knows good and bad but no mixed: its rows speak of the choice between the
 * labels that it has, and say nothing of the others.  (Conditioning on the candidate set; a
 * source with one label says nothing at all.) */
static void leave_out_untaught(const fit_problem *p, uint32_t r, float *z)
{
    static const float impossible = -1e30f;
    if (p->kind != NZ_HEAD_SINGLE || p->source[r] == NZ_NONE) {
        return;
    }
    const uint8_t *taught = p->taught + (size_t)p->source[r] * p->lanes;
    for (uint32_t k = 0; k < p->lanes; k++) {
        /* A held-out row may have a label that its source does not teach. */
        if (!taught[k] && k != p->label[r]) {
            z[k] = impossible;
        }
    }
}

/* What the vectors say of every row. */
static nz_status take_vectors(fit_problem *p, const space *s, const embedding *e)
{
    if (e == NULL || e->dims == 0) {
        return NZ_OK;
    }
    nz_allocator memory = memory_default();
    p->dims = e->dims;
    size_t room = (size_t)p->token_count * p->dims;
    float *tokens = floats(room);
    p->vectors = floats((size_t)p->feature_count * p->dims);
    p->dense = floats((size_t)p->row_count * p->dims);
    p->vector_part = floats((size_t)p->dims * p->stride);
    p->vector_sum = memory_new(&memory, (size_t)p->dims * p->stride, sizeof *p->vector_sum);
    bool whole = tokens != NULL && p->vectors != NULL && p->dense != NULL &&
                 p->vector_part != NULL && p->vector_sum != NULL;
    for (uint32_t f = 0; whole && f < p->feature_count; f++) {
        const float *vector = embed_vector(e, s->feature[f]);
        if (vector != NULL) {
            memcpy(p->vectors + (size_t)f * p->dims, vector, p->dims * sizeof *vector);
        }
    }
    if (whole) {
        sparse_gather(&p->a.token_feature, 0, p->token_count, p->vectors, p->dims, tokens);
        sparse_gather(&p->a.row_token, 0, p->row_count, tokens, p->dims, p->dense);
        sparse_gather(&p->a.row_cross, 0, p->row_count, p->vectors, p->dims, p->dense);
    }
    release(tokens, room, sizeof *tokens);
    return whole ? NZ_OK : NZ_E_MEMORY;
}

nz_status fit_problem_new(fit_problem **out, const matrix *m, const rows *r, const double *g,
                          const space *s, const embedding *e, uint32_t head, const uint32_t *rows_used,
                          uint32_t count, const fit_options *options, team *threads,
                          nz_error *err)
{
    nz_allocator memory = memory_default();
    fit_problem *p = memory_new_zero(&memory, 1, sizeof *p);
    *out = NULL;
    if (p == NULL) {
        return status_no_memory(err);
    }
    p->options = *options;
    p->threads = threads;
    p->kind = r->heads[head].kind;
    p->lanes = r->heads[head].label_count;
    p->stride = sparse_stride(p->lanes);
    p->row_count = count;
    p->feature_count = s->count;
    p->channel_count = r->taxonomy->rules.channel_count;
    p->source_count = r->sources.count;
    nz_status status = factors_new(&p->a, m, s, rows_used, count);
    p->token_count = p->a.token_feature.rows;
    if (status < 0 || make_room(p) < 0 || take_vectors(p, s, e) < 0) {
        fit_problem_free(p);
        return status_no_memory(err);
    }
    memcpy(p->scale, s->scale, s->count * sizeof *p->scale);
    fill_rows(p, r, g, head, rows_used);
    *out = p;
    return NZ_OK;
}

/* ---- scores ---------------------------------------------------------------------------------- */

static void scale_weights(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    uint32_t end = team_cut(p->feature_count, PIECES, piece + 1);
    for (uint32_t f = team_cut(p->feature_count, PIECES, piece); f < end; f++) {
        float s = p->scale[f];
        const float *from = p->x + at_feature(p, f);
        float *to = p->w_eff + at_feature(p, f);
        for (uint32_t k = 0; k < p->stride; k++) {
            to[k] = s * from[k];
        }
    }
}

static void value_tokens(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    uint32_t begin = team_cut(p->token_count, PIECES, piece);
    uint32_t end = team_cut(p->token_count, PIECES, piece + 1);
    memset(p->v + (size_t)begin * p->stride, 0,
           (size_t)(end - begin) * p->stride * sizeof *p->v);
    sparse_gather(&p->a.token_feature, begin, end, p->w_eff, p->stride, p->v);
}

static void add_lanes(const float *from, uint32_t lanes, float *to)
{
    for (uint32_t k = 0; k < lanes; k++) {
        to[k] += from[k];
    }
}

/* z of rows begin .. end - 1; it holds already what the vectors say. */
static void score_rows(fit_problem *p, uint32_t begin, uint32_t end, bool with_sources)
{
    sparse_gather(&p->a.row_token, begin, end, p->v, p->stride, p->z);
    sparse_gather(&p->a.row_cross, begin, end, p->w_eff, p->stride, p->z);
    for (uint32_t r = begin; r < end; r++) {
        float *z = p->z + (size_t)r * p->stride;
        for (uint32_t k = 0; k < p->lanes; k++) {
            z[k] *= p->g[r];
        }
        add_lanes(p->x + at_meta(p, meta_bias(p)), p->lanes, z);
        if (p->bin[r] != NZ_NONE) {
            add_lanes(p->x + at_meta(p, p->bin[r]), p->lanes, z);
        }
        if (p->channel[r] != NZ_NONE) {
            add_lanes(p->x + at_meta(p, meta_channel(p->channel[r])), p->lanes, z);
        }
        if (with_sources && p->source[r] != NZ_NONE) {
            add_lanes(p->x + at_meta(p, meta_source(p, p->source[r])), p->lanes, z);
        }
    }
}

static void score_piece(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    score_rows(p, team_cut(p->row_count, PIECES, piece), team_cut(p->row_count, PIECES, piece + 1),
               false);
}

/* BLAS works on one thread alone: a small part of the time. */
static void score_vectors(fit_problem *p)
{
    memset(p->z, 0, (size_t)p->row_count * p->stride * sizeof *p->z);
    if (p->dims != 0) {
        dense_add_product(p->dense, p->row_count, p->dims, p->x + at_vectors(p), p->stride, p->z);
    }
}

const float *fit_weights(fit_problem *p, const float *x)
{
    p->x = x;
    team_run(p->threads, scale_weights, p, PIECES);
    if (p->dims != 0) {
        dense_add_product(p->vectors, p->feature_count, p->dims, x + at_vectors(p), p->stride,
                          p->w_eff);
    }
    return p->w_eff;
}

void fit_score(fit_problem *p, const float *x, float *z)
{
    p->x = x;
    team_run(p->threads, scale_weights, p, PIECES);
    team_run(p->threads, value_tokens, p, PIECES);
    score_vectors(p);
    team_run(p->threads, score_piece, p, PIECES);
    for (uint32_t r = 0; r < p->row_count; r++) {
        memcpy(z + (size_t)r * p->lanes, p->z + (size_t)r * p->stride, p->lanes * sizeof *z);
    }
}

/* ---- loss and gradient -------------------------------------------------------------------------- */

static void add_residual(const fit_problem *p, double *part, uint32_t meta, const float *d)
{
    double *to = part + (size_t)meta * p->stride;
    for (uint32_t k = 0; k < p->lanes; k++) {
        to[k] += (double)d[k];
    }
}

static void loss_piece(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    uint32_t begin = team_cut(p->row_count, PIECES, piece);
    uint32_t end = team_cut(p->row_count, PIECES, piece + 1);
    double *part = p->meta_part + (size_t)piece * meta_count(p) * p->stride;
    memset(part, 0, (size_t)meta_count(p) * p->stride * sizeof *part);
    double loss = 0.0;
    score_rows(p, begin, end, true);
    for (uint32_t r = begin; r < end; r++) {
        float *d = p->z + (size_t)r * p->stride;
        if (p->weight[r] == 0.0f) {
            memset(d, 0, p->stride * sizeof *d);
            continue;
        }
        leave_out_untaught(p, r, d);
        loss += p->kind == NZ_HEAD_SINGLE
                    ? logistic_single(d, p->lanes, p->label[r], p->weight[r])
                    : logistic_independent(d, p->lanes, p->set + (size_t)r * p->lanes,
                                           p->weight[r], p->lane_weight);
        add_residual(p, part, meta_bias(p), d);
        if (p->bin[r] != NZ_NONE) {
            add_residual(p, part, p->bin[r], d);
        }
        if (p->channel[r] != NZ_NONE) {
            add_residual(p, part, meta_channel(p->channel[r]), d);
        }
        if (p->source[r] != NZ_NONE) {
            add_residual(p, part, meta_source(p, p->source[r]), d);
        }
        for (uint32_t k = 0; k < p->lanes; k++) {
            d[k] *= p->g[r];
        }
    }
    p->loss_part[piece] = loss;
}

static void back_to_tokens(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    uint32_t begin = team_cut(p->token_count, PIECES, piece);
    uint32_t end = team_cut(p->token_count, PIECES, piece + 1);
    memset(p->v + (size_t)begin * p->stride, 0,
           (size_t)(end - begin) * p->stride * sizeof *p->v);
    sparse_gather(&p->a.token_row, begin, end, p->z, p->stride, p->v);
}

/* Gradient of the features and, in loss_part, their share of the prior. */
static void back_to_features(void *context, uint32_t piece, uint32_t worker)
{
    fit_problem *p = context;
    (void)worker;
    uint32_t begin = team_cut(p->feature_count, PIECES, piece);
    uint32_t end = team_cut(p->feature_count, PIECES, piece + 1);
    float l2 = (float)p->options.l2;
    double prior = 0.0;
    memset(p->gradient + at_feature(p, begin), 0,
           (size_t)(end - begin) * p->stride * sizeof *p->gradient);
    sparse_gather(&p->a.feature_token, begin, end, p->v, p->stride, p->gradient);
    sparse_gather(&p->a.cross_row, begin, end, p->z, p->stride, p->gradient);
    for (uint32_t f = begin; f < end; f++) {
        float *to = p->gradient + at_feature(p, f);
        const float *w = p->x + at_feature(p, f);
        for (uint32_t k = 0; k < p->stride; k++) {
            to[k] = p->scale[f] * to[k] + l2 * w[k];
            prior += (double)(w[k] * w[k]);
        }
    }
    p->loss_part[piece] = 0.5 * p->options.l2 * prior;
}

static double sum_parts(const fit_problem *p)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < PIECES; i++) {
        sum += p->loss_part[i];
    }
    return sum;
}

static float l2_of_meta(const fit_problem *p, uint32_t meta)
{
    return meta == meta_bias(p)          ? bias_l2
           : meta >= meta_source(p, 0) ? source_l2
                                       : meta_l2;
}

static double back_to_metas(fit_problem *p)
{
    double prior = 0.0;
    size_t part = (size_t)meta_count(p) * p->stride;
    for (uint32_t meta = 0; meta < meta_count(p); meta++) {
        float l2 = l2_of_meta(p, meta);
        for (uint32_t k = 0; k < p->stride; k++) {
            double sum = 0.0;
            for (uint32_t i = 0; i < PIECES; i++) {
                sum += p->meta_part[i * part + (size_t)meta * p->stride + k];
            }
            double w = (double)p->x[at_meta(p, meta) + k];
            p->gradient[at_meta(p, meta) + k] = (float)(sum + (double)l2 * w);
            prior += 0.5 * (double)l2 * w * w;
        }
    }
    return prior;
}

/* The residuals in z are multiplied by g already. */
static double back_to_vectors(fit_problem *p)
{
    size_t count = (size_t)p->dims * p->stride;
    const float *u = p->x + at_vectors(p);
    float *gradient = p->gradient + at_vectors(p);
    if (count == 0) {
        return 0.0;
    }
    dense_cross(p->dense, p->dims, p->z, p->stride, p->row_count, p->vector_part, p->vector_sum);
    for (size_t i = 0; i < count; i++) {
        gradient[i] = (float)(p->vector_sum[i] + p->options.l2 * (double)u[i]);
    }
    return 0.5 * p->options.l2 * dense_dot(u, u, count);
}

static double evaluate(void *context, const float *x, float *g)
{
    fit_problem *p = context;
    p->x = x;
    p->gradient = g;
    team_run(p->threads, scale_weights, p, PIECES);
    team_run(p->threads, value_tokens, p, PIECES);
    score_vectors(p);
    team_run(p->threads, loss_piece, p, PIECES);
    double loss = sum_parts(p);
    team_run(p->threads, back_to_tokens, p, PIECES);
    team_run(p->threads, back_to_features, p, PIECES);
    return loss + sum_parts(p) + back_to_metas(p) + back_to_vectors(p);
}

/* ---- training --------------------------------------------------------------------------------------- */

/* weight of a label = (mean count / its count) ^ class_weight */
static float class_factor(double count, double mean, double power)
{
    return count > 0.0 ? (float)pow(mean / count, power) : 1.0f;
}

static void weigh_single(fit_problem *p, const double *count)
{
    double total = 0.0, seen = 0.0;
    for (uint32_t k = 0; k < p->lanes; k++) {
        total += count[k];
        seen += count[k] > 0.0;
    }
    for (uint32_t r = 0; r < p->row_count; r++) {
        p->weight[r] *= class_factor(count[p->label[r]], total / seen, p->options.class_weight);
    }
}

static void set_weights(fit_problem *p, const float *weights)
{
    nz_allocator memory = memory_default();
    double *count = memory_new_zero(&memory, p->lanes, sizeof *count);
    double total = 0.0;
    for (uint32_t r = 0; r < p->row_count; r++) {
        p->weight[r] = weights != NULL ? weights[r] : p->own_weight[r];
        total += (double)p->weight[r];
        for (uint32_t k = 0; count != NULL && k < p->lanes; k++) {
            bool has = p->kind == NZ_HEAD_SINGLE ? p->label[r] == k
                                                 : p->set[(size_t)r * p->lanes + k];
            count[k] += has ? (double)p->weight[r] : 0.0;
        }
    }
    for (uint32_t k = 0; k < p->lanes; k++) {
        p->lane_weight[2 * k] = p->lane_weight[2 * k + 1] = 1.0f;
        if (count != NULL && p->kind != NZ_HEAD_SINGLE && p->options.class_weight != 0.0) {
            p->lane_weight[2 * k + 1] =
                class_factor(count[k], total / 2.0, p->options.class_weight);
            p->lane_weight[2 * k] =
                class_factor(total - count[k], total / 2.0, p->options.class_weight);
        }
    }
    if (count != NULL && p->kind == NZ_HEAD_SINGLE && p->options.class_weight != 0.0) {
        weigh_single(p, count);
    }
    p->total_weight = total > 0.0 ? total : 1.0;
    release(count, p->lanes, sizeof *count);
}

static bool watch_step(void *context, const lbfgs_step *step)
{
    fit_problem *p = context;
    return p->watch == NULL || p->watch(p->watch_context, step->iteration,
                                        p->options.max_iterations, step->value / p->total_weight);
}

nz_status fit_train(fit_problem *p, const float *weights, float *x, fit_watch watch, void *context,
                    nz_error *err)
{
    p->watch = watch;
    p->watch_context = context;
    set_weights(p, weights);
    lbfgs_options options = lbfgs_default_options();
    options.max_iterations = p->options.max_iterations;
    return lbfgs_minimise(fit_size(p), x, evaluate, watch_step, p, &options, NULL, err);
}
