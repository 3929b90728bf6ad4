/* test_joint.c - the joint answer against every combination, on random scores and pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "predict/session.h"

enum { HEADS = 4 };
static const uint32_t sizes[HEADS] = {4, 3, 6, 5};

/* A model with four single heads and no more than the joint search reads. */
typedef struct fake {
    model_head heads[HEADS];
    model_content content;
    nz_model model;
    uint64_t bits[32];
    double logits[32];
} fake;

static uint32_t random_state = 1;
static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

/* About `percent` of all pairs of labels of different heads are forbidden. */
static void fake_fill(fake *f, uint32_t percent)
{
    memset(f, 0, sizeof *f);
    handle_joint *j = &f->model.joint;
    j->head_count = HEADS;
    for (uint32_t h = 0; h < HEADS; h++) {
        f->heads[h].label_count = sizes[h];
        f->model.label_base[h] = j->label_count;
        j->heads[h] = h;
        j->first[h] = j->label_count;
        j->label_count += sizes[h];
    }
    j->words = 1;
    j->forbidden = f->bits;
    for (uint32_t h = 0; h < HEADS; h++) {
        for (uint32_t a = j->first[h]; a < j->first[h] + sizes[h]; a++) {
            f->logits[a] = (double)(next_random() % 2000) / 100.0 - 10.0;
            for (uint32_t b = 0; b < j->first[h]; b++) {
                if (next_random() % 100 < percent) {
                    f->bits[a] |= UINT64_C(1) << b;
                    f->bits[b] |= UINT64_C(1) << a;
                }
            }
        }
    }
    f->content.heads = f->heads;
    f->content.head_count = HEADS;
    f->model.content = &f->content;
}

static bool allowed(const fake *f, const uint32_t *labels)
{
    for (uint32_t a = 0; a < HEADS; a++) {
        for (uint32_t b = 0; b < a; b++) {
            uint32_t x = f->model.joint.first[a] + labels[a];
            uint32_t y = f->model.joint.first[b] + labels[b];
            if ((f->bits[x] >> y & 1) != 0) {
                return false;
            }
        }
    }
    return true;
}

static double sum_of(const fake *f, const uint32_t *labels)
{
    double sum = 0.0;
    for (uint32_t h = 0; h < HEADS; h++) {
        sum += f->logits[f->model.joint.first[h] + labels[h]];
    }
    return sum;
}

/* Best sum over all combinations; false when none is allowed. */
static bool brute_force(const fake *f, double *best)
{
    bool found = false;
    uint32_t l[HEADS];
    for (l[0] = 0; l[0] < sizes[0]; l[0]++) {
        for (l[1] = 0; l[1] < sizes[1]; l[1]++) {
            for (l[2] = 0; l[2] < sizes[2]; l[2]++) {
                for (l[3] = 0; l[3] < sizes[3]; l[3]++) {
                    if (allowed(f, l) && (!found || sum_of(f, l) > *best)) {
                        *best = sum_of(f, l);
                        found = true;
                    }
                }
            }
        }
    }
    return found;
}

static void equals_brute_force(void **state)
{
    (void)state;
    unsigned searched = 0, hopeless = 0;
    for (uint32_t round = 0; round < 4000; round++) {
        fake f;
        uint32_t order[32], chosen[HEADS], independent[HEADS];
        double best = 0.0;
        fake_fill(&f, round % 80);
        joint_choose(&f.model.joint, &f.model, f.logits, order, chosen);
        for (uint32_t h = 0; h < HEADS; h++) {
            independent[h] = 0;
            for (uint32_t i = 1; i < sizes[h]; i++) {
                const double *logits = f.logits + f.model.joint.first[h];
                independent[h] = logits[i] > logits[independent[h]] ? i : independent[h];
            }
        }
        searched += !allowed(&f, independent);
        if (!brute_force(&f, &best)) {
            hopeless++; /* all is forbidden: the independent answer stands */
            assert_memory_equal(chosen, independent, sizeof chosen);
            continue;
        }
        assert_true(allowed(&f, chosen));
        assert_true(sum_of(&f, chosen) > best - 1e-9);
    }
    assert_true(searched > 1000 && hopeless > 10);
}

static void without_pairs_heads_are_independent(void **state)
{
    (void)state;
    fake f;
    uint32_t order[32], chosen[HEADS];
    fake_fill(&f, 0);
    f.model.joint.forbidden = NULL;
    joint_choose(&f.model.joint, &f.model, f.logits, order, chosen);
    double best = 0.0;
    assert_true(brute_force(&f, &best));
    assert_true(sum_of(&f, chosen) == best);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_brute_force),
        cmocka_unit_test(without_pairs_heads_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
