/* score.c - sums of rows, totals, logits, calibration.
 * It must not know texts.  Invariant: that of score.h. */
#include "predict/score.h"

#include <math.h>
#include <string.h>

enum { MAX_PENDING = 512 };

/* ---- one token ------------------------------------------------------------------ */

static inline void add_row(int32_t *restrict lanes, const int8_t *restrict row, uint32_t count,
                           int32_t weight)
{
    /* A product and no shift: shifting a negative number left is undefined. */
    const int32_t factor = weight * (1 << row[0]);
    const int8_t *weights = row + MODEL_ROW_HEADER;
    for (uint32_t i = 0; i < count; i++) {
        lanes[i] += weights[i] * factor;
    }
}

uint32_t score_longest_row(const nz_model *model)
{
    uint32_t longest = 0;
    for (uint32_t g = 0; g < model->content->group_count; g++) {
        uint32_t bytes = model->content->groups[g].row_bytes;
        longest = bytes > longest ? bytes : longest;
    }
    return longest;
}

/* Sixteen lanes at once, which compilers do not find by themselves here.  GCC and clang make
 * plain code of it where there are no vectors; the arithmetic is the same everywhere. */
typedef int8_t weights16 __attribute__((vector_size(16)));
typedef int16_t lanes16 __attribute__((vector_size(32)));
typedef int8_t weights8 __attribute__((vector_size(8)));
typedef int16_t lanes8 __attribute__((vector_size(16)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Rows are a multiple of 8 long. */
ALWAYS_INLINE void add_narrow(int16_t *sum, const int8_t *row, uint32_t row_bytes)
{
    const int16_t factor = (int16_t)(1 << row[0]);
    uint32_t at = 0;
    for (; at + 16 <= row_bytes; at += 16) {
        weights16 weights;
        lanes16 lanes;
        memcpy(&weights, row + at, sizeof weights);
        memcpy(&lanes, sum + at, sizeof lanes);
        lanes += __builtin_convertvector(weights, lanes16) * factor;
        memcpy(sum + at, &lanes, sizeof lanes);
    }
    if (at < row_bytes) {
        weights8 weights;
        lanes8 lanes;
        memcpy(&weights, row + at, sizeof weights);
        memcpy(&lanes, sum + at, sizeof lanes);
        lanes += __builtin_convertvector(weights, lanes8) * factor;
        memcpy(sum + at, &lanes, sizeof lanes);
    }
}

ALWAYS_INLINE void widen(const score_scratch *scratch, uint32_t row_bytes)
{
    int32_t *restrict wide = scratch->wide;
    int16_t *restrict narrow = scratch->narrow;
    for (uint32_t i = 0; i < row_bytes; i++) {
        wide[i] += narrow[i];
        narrow[i] = 0;
    }
}

/* Rows of eight bytes are summed in a register.  Returns the bound that sums are under. */
ALWAYS_INLINE uint32_t add_short_rows(const score_scratch *scratch, const int8_t *const *rows,
                                      uint32_t count, uint32_t bound)
{
    lanes8 sum;
    memcpy(&sum, scratch->narrow, sizeof sum);
    for (uint32_t i = 0; i < count; i++) {
        weights8 weights;
        memcpy(&weights, rows[i], sizeof weights);
        const uint32_t most = 128u << rows[i][0];
        if (bound + most > INT16_MAX) {
            memcpy(scratch->narrow, &sum, sizeof sum);
            widen(scratch, sizeof weights);
            sum = (lanes8){0};
            bound = 0;
        }
        bound += most;
        sum += __builtin_convertvector(weights, lanes8) * (int16_t)(1 << rows[i][0]);
    }
    memcpy(scratch->narrow, &sum, sizeof sum);
    return bound;
}

ALWAYS_INLINE uint32_t add_long_rows(const score_scratch *scratch, uint32_t row_bytes,
                                     const int8_t *const *rows, uint32_t count, uint32_t bound)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t most = 128u << rows[i][0];
        if (bound + most > INT16_MAX) {
            widen(scratch, row_bytes);
            bound = 0;
        }
        bound += most;
        add_narrow(scratch->narrow, rows[i], row_bytes);
    }
    return bound;
}

/* Sum of at most 2^16 rows into scratch->wide: in 16 bits as long as no sum can leave them
 * (a weight is at most 128 << shift), so that most rows cost one addition a vector. */
ALWAYS_INLINE void sum_rows_inline(const score_scratch *scratch, uint32_t row_bytes,
                                   const int8_t *const *rows, uint32_t count)
{
    memset(scratch->narrow, 0, row_bytes * sizeof *scratch->narrow);
    memset(scratch->wide, 0, row_bytes * sizeof *scratch->wide);
    if (row_bytes == sizeof(weights8)) {
        (void)add_short_rows(scratch, rows, count, 0);
    } else {
        (void)add_long_rows(scratch, row_bytes, rows, count, 0);
    }
    widen(scratch, row_bytes);
}

static void sum_rows_plain(const score_scratch *scratch, uint32_t row_bytes,
                           const int8_t *const *rows, uint32_t count)
{
    sum_rows_inline(scratch, row_bytes, rows, count);
}

/* The same code for processors with vectors of 32 bytes. */
#if defined(__x86_64__)
__attribute__((target("avx2")))
static void sum_rows_wide(const score_scratch *scratch, uint32_t row_bytes,
                          const int8_t *const *rows, uint32_t count)
{
    sum_rows_inline(scratch, row_bytes, rows, count);
}

bool score_wide_vectors(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}
#else
#define sum_rows_wide sum_rows_plain

bool score_wide_vectors(void)
{
    return false;
}
#endif

static inline void sum_rows(const score_scratch *scratch, uint32_t row_bytes,
                            const int8_t *const *rows, uint32_t count)
{
    if (scratch->wide_vectors) {
        sum_rows_wide(scratch, row_bytes, rows, count);
    } else {
        sum_rows_plain(scratch, row_bytes, rows, count);
    }
}

uint32_t score_keep_known(uint32_t *places, uint32_t count)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; i++) { /* no jumps: which ones are known is past guessing */
        const uint32_t place = places[i];
        places[left] = place;
        left += place != NZ_NONE;
    }
    return left;
}

uint32_t score_find_rows(const model_content *content, uint32_t group, const uint32_t *places,
                         uint32_t count, const int8_t **rows)
{
    const model_group *g = &content->groups[group];
    if (group == 0) { /* where there is none, zeros */
        for (uint32_t i = 0; i < count; i++) {
            rows[i] = model_first_row(&content->index, places[i]);
        }
        return count;
    }
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) { /* no jumps: a place without a row is overwritten */
        rows[found] = g->rows + (size_t)model_rank(g, places[i]) * g->row_bytes;
        found += model_has_row(g, places[i]);
    }
    for (uint32_t i = 0; i < found; i++) {
        __builtin_prefetch(rows[i]);
        __builtin_prefetch(rows[i] + g->row_bytes - 1);
    }
    return found;
}

bool score_token(const nz_model *model, const uint64_t *ids, uint32_t count,
                 const score_scratch *scratch, int16_t *lanes, uint16_t *norm)
{
    const model_content *content = model->content;
    uint32_t *places = scratch->places;
    *norm = (uint16_t)content->norm_unknown;
    memset(lanes, 0, model->lane_count * sizeof *lanes);
    model_find(&content->index, ids, count, places);
    if (count != 0 && places[0] != NZ_NONE && model_has_row(&content->groups[0], places[0])) {
        *norm = (uint8_t)model_first_row(&content->index, places[0])[1];
    }
    const uint32_t known = score_keep_known(places, count);
    for (uint32_t g = 0; g < content->group_count && known != 0; g++) {
        const model_group *group = &content->groups[g];
        const uint32_t rows = score_find_rows(content, g, places, known, scratch->rows);
        if (rows == 0) {
            continue;
        }
        sum_rows(scratch, group->row_bytes, scratch->rows, rows);
        int16_t *out = lanes + model->group_lane[g];
        const int32_t *wide = scratch->wide + MODEL_ROW_HEADER;
        for (uint32_t i = 0; i < group->lane_count; i++) {
            int32_t v = wide[i] > INT16_MAX ? INT16_MAX : wide[i];
            out[i] = (int16_t)(v < INT16_MIN ? INT16_MIN : v);
        }
    }
    return known != 0;
}

/* ---- totals --------------------------------------------------------------------- */

void score_begin(score_sum *s)
{
    memset(s->part, 0, s->model->lane_count * sizeof *s->part);
    memset(s->totals, 0, s->model->lane_count * sizeof *s->totals);
    s->norm = 0;
    s->pending = 0;
}

static void flush(score_sum *s)
{
    for (uint32_t i = 0; i < s->model->lane_count; i++) {
        s->totals[i] += s->part[i];
    }
    memset(s->part, 0, s->model->lane_count * sizeof *s->part);
    s->pending = 0;
}

static inline void count_addition(score_sum *s)
{
    if (++s->pending > MAX_PENDING) {
        flush(s);
        s->pending = 1;
    }
}

void score_add_token(score_sum *s, const int16_t *restrict lanes, uint16_t norm, uint32_t weight)
{
    int32_t *restrict part = s->part;
    const int32_t w = (int16_t)weight;
    count_addition(s);
    s->norm += (uint64_t)norm * weight;
    const uint32_t count = s->model->lane_count & ~7u; /* it is a multiple of 8 already */
    for (uint32_t i = 0; i < count; i++) {
        part[i] += lanes[i] * w;
    }
}

void score_add_row(score_sum *s, uint32_t group, const int8_t *row)
{
    count_addition(s);
    add_row(s->part + s->model->group_lane[group], row,
            s->model->content->groups[group].lane_count, 16);
}

void score_add_rows(score_sum *s, const score_scratch *scratch, uint32_t group,
                    const int8_t *const *rows, uint32_t count)
{
    enum { CHUNK = 1 << 16 };
    const model_group *g = &s->model->content->groups[group];
    int64_t *totals = s->totals + s->model->group_lane[group];
    for (uint32_t at = 0; at < count; at += CHUNK) {
        const uint32_t n = count - at < CHUNK ? count - at : CHUNK;
        sum_rows(scratch, g->row_bytes, rows + at, n);
        for (uint32_t i = 0; i < g->lane_count; i++) {
            totals[i] += (int64_t)scratch->wide[MODEL_ROW_HEADER + i] * 16;
        }
    }
}

void score_end(score_sum *s)
{
    flush(s);
}

/* ---- logits --------------------------------------------------------------------- */

double score_length_factor(const nz_model *model, uint64_t norm)
{
    double n = (double)norm / 16.0 / MODEL_NORM_UNIT + (double)model->content->norm_floor;
    return n > 0.0 ? 1.0 / sqrt(n) : 0.0;
}

double score_meta_value(const nz_model *model, uint32_t group, uint32_t lane,
                        const score_meta *meta)
{
    const model_group *g = &model->content->groups[group];
    double value = 0.0;
    if (meta->rating_bin < EXTRACT_RATING_BINS) {
        value += (double)g->rating_rows[(size_t)meta->rating_bin * g->lane_count + lane];
    }
    if (meta->channel < model->content->taxonomy.channel_count) {
        value += (double)g->channel_rows[(size_t)meta->channel * g->lane_count + lane];
    }
    return value;
}

double score_label(const score_sum *s, uint32_t head, uint32_t label, nz_language language,
                   double factor, const score_meta *meta)
{
    const nz_model *m = s->model;
    const model_head *h = &m->content->heads[head];
    const uint32_t lane = m->head_lane[head] + label;
    double text = factor * (double)s->totals[lane] * m->lane_scale[lane];
    double logit = text + score_meta_value(m, h->group, h->first_lane + label, meta) +
                   m->lane_bias[lane];
    return (double)h->slopes[language] * logit +
           (double)h->intercepts[(size_t)language * h->label_count + label];
}
