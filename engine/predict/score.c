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

bool score_token(const nz_model *model, const uint64_t *ids, uint32_t count,
                 const score_scratch *scratch, int16_t *lanes, uint16_t *norm)
{
    const model_content *content = model->content;
    bool known = false;
    *norm = (uint16_t)content->norm_unknown;
    memset(scratch->lanes, 0, model->lane_count * sizeof *scratch->lanes);
    for (uint32_t g = 0; g < content->group_count; g++) {
        const model_group *group = &content->groups[g];
        model_find_rows(group, ids, count, scratch->rows);
        if (g == 0 && count != 0 && scratch->rows[0] != NULL) {
            *norm = (uint8_t)scratch->rows[0][1];
        }
        for (uint32_t i = 0; i < count; i++) {
            if (scratch->rows[i] != NULL) {
                add_row(scratch->lanes + model->group_lane[g], scratch->rows[i],
                        group->lane_count, 1);
                known = true;
            }
        }
    }
    for (uint32_t i = 0; i < model->lane_count; i++) {
        int32_t v = scratch->lanes[i];
        v = v > INT16_MAX ? INT16_MAX : v;
        lanes[i] = (int16_t)(v < INT16_MIN ? INT16_MIN : v);
    }
    return known;
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
