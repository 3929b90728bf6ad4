/* test_vectors.c - word vectors from made-up comments of two topics: neighbours come out alike,
 * and weights on the vectors fold into the words' own weights without a change of any score. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "nazar/nazar_train.h"
#include "train/trainer.h"

enum { COMMENTS = 600, TOPIC_WORDS = 12, DIMS = 4 };

static const char *const topics[2][TOPIC_WORDS] = {
    {"courier", "parcel", "driver", "doorstep", "address", "van", "box", "street", "delivery",
     "route", "waiting", "gate"},
    {"screen", "battery", "charger", "camera", "keyboard", "speaker", "cable", "button", "sound",
     "memory", "pixel", "cover"}};

/* Six words of one topic; the desk of every fourth comment is known, the feeling of all. */
static void add_comment(nz_trainer *t, uint32_t number)
{
    char text[256] = "";
    uint64_t lot = number;
    for (int i = 0; i < 6; i++) {
        lot = hash_pair(lot, (uint64_t)i);
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s ", topics[number % 2][lot % TOPIC_WORDS]);
    }
    nz_gold gold[2] = {{"sentiment", lot % 3 == 0 ? "positive" : "negative", 8},
                       {"category", number % 2 == 0 ? "service" : "product", 7}};
    nz_row row = NZ_ROW_INIT;
    nz_error err = NZ_ERROR_INIT;
    row.text = text;
    row.text_len = strlen(text);
    row.gold = gold;
    row.gold_count = number / 2 % 4 == 0 ? 2 : 1;
    assert_int_equal(nz_trainer_add(t, &row, &err), NZ_OK);
}

static int make_trainer(void **state)
{
    nz_trainer_options o = NZ_TRAINER_OPTIONS_INIT;
    nz_trainer *t = NULL;
    o.taxonomy = NZ_SOURCE_DIR "/models/taxonomy.json";
    o.threads = 2;
    o.vectors = DIMS;
    assert_int_equal(nz_trainer_new(&t, &o, NULL), NZ_OK);
    for (uint32_t i = 0; i < COMMENTS; i++) {
        add_comment(t, i);
    }
    assert_int_equal(nz_trainer_fit(t, NULL, NULL, NULL), NZ_OK);
    *state = t;
    return 0;
}

static int free_trainer(void **state)
{
    nz_trainer_free(*state);
    return 0;
}

static const float *vector_of(const nz_trainer *t, const char *word)
{
    for (uint32_t i = 0; i < t->matrix.tokens.count; i++) {
        const matrix_token *token = matrix_token_at(&t->matrix, i);
        if (token->len == strlen(word) && memcmp(token->bytes, word, token->len) == 0) {
            return embed_vector(&t->embedding, matrix_token_features(&t->matrix, i)[0]);
        }
    }
    return NULL;
}

static double cosine(const float *a, const float *b)
{
    double dot = 0.0, aa = 0.0, bb = 0.0;
    for (int k = 0; k < DIMS; k++) {
        dot += (double)a[k] * (double)b[k];
        aa += (double)a[k] * (double)a[k];
        bb += (double)b[k] * (double)b[k];
    }
    return dot / sqrt(aa * bb);
}

static void words_of_a_topic_are_alike(void **state)
{
    const nz_trainer *t = *state;
    assert_int_equal(t->embedding.dims, DIMS);
    double within = 0.0, across = 0.0;
    for (int i = 0; i < TOPIC_WORDS; i++) {
        for (int k = 0; k < TOPIC_WORDS; k++) {
            const float *a = vector_of(t, topics[0][i]), *b = vector_of(t, topics[0][k]);
            const float *c = vector_of(t, topics[1][k]);
            assert_true(a != NULL && b != NULL && c != NULL);
            within += i == k ? 0.0 : cosine(a, b);
            across += cosine(a, c);
        }
    }
    assert_true(within / (TOPIC_WORDS * (TOPIC_WORDS - 1)) >
                across / (TOPIC_WORDS * TOPIC_WORDS) + 0.3);
}

static uint32_t head_number(const nz_trainer *t, const char *name)
{
    uint32_t h = 0;
    while (strcmp(t->taxonomy.heads[h].name, name) != 0) {
        h++;
    }
    return h;
}

static fit_problem *new_problem(nz_trainer *t, const embedding *e)
{
    uint32_t h = head_number(t, "category");
    const trainer_head *head = &t->heads[h];
    fit_problem *p = NULL;
    assert_int_equal(fit_problem_new(&p, &t->matrix, &t->rows, t->g,
                                     &t->groups[head->group].space, e, h, head->rows,
                                     head->row_count, &t->fit, t->team, NULL), NZ_OK);
    return p;
}

static void folding_changes_no_score(void **state)
{
    nz_trainer *t = *state;
    static float with[COMMENTS * 8], without[COMMENTS * 8];
    const trainer_head *head = &t->heads[head_number(t, "category")];
    nz_allocator memory = memory_default();
    fit_problem *p = new_problem(t, &t->embedding), *plain = new_problem(t, NULL);
    uint32_t lanes = fit_lanes(p), stride = sparse_stride(lanes);
    float *x = memory_new_zero(&memory, fit_size(p), sizeof *x);
    float *y = memory_new_zero(&memory, fit_size(plain), sizeof *y);
    assert_int_equal(fit_size(p), fit_size(plain) + DIMS * stride);
    assert_int_equal(fit_train(p, NULL, x, NULL, NULL, NULL), NZ_OK);
    /* The vectors come last. */
    double used = 0.0;
    for (size_t i = fit_size(plain); i < fit_size(p); i++) {
        used += fabs((double)x[i]);
    }
    assert_true(used > 0.1);
    const float *folded = fit_weights(p, x);
    uint32_t features = t->groups[head->group].space.count;
    memcpy(y, x, fit_size(plain) * sizeof *y);
    for (uint32_t f = 0; f < features; f++) {
        for (uint32_t k = 0; k < lanes; k++) {
            fit_set_weight(plain, y, f, k, folded[f * stride + k]);
        }
    }
    fit_score(p, x, with);
    fit_score(plain, y, without);
    for (uint32_t i = 0; i < head->row_count * lanes; i++) {
        assert_true(fabsf(with[i] - without[i]) < 1e-4f);
    }
    memory_free(&memory, x, fit_size(p), sizeof *x);
    memory_free(&memory, y, fit_size(plain), sizeof *y);
    fit_problem_free(p);
    fit_problem_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_a_topic_are_alike),
        cmocka_unit_test(folding_changes_no_score),
    };
    return cmocka_run_group_tests(tests, make_trainer, free_trainer);
}
