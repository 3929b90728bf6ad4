/* test_softmax.c - our exp against the C library's, and what probabilities must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "predict/softmax.h"

static void exp_is_close(void **state)
{
    (void)state;
    double worst = 0.0;
    for (int i = -699000; i <= 699000; i += 7) {
        double x = i / 1000.0 + 1e-4 / 3.0;
        double error = fabs(softmax_exp(x) / exp(x) - 1.0);
        worst = error > worst ? error : worst;
    }
    assert_true(worst < 1e-13);
    assert_true(softmax_exp(0.0) == 1.0);
}

static void exp_has_ends(void **state)
{
    (void)state;
    assert_true(softmax_exp(-701.0) == 0.0);
    assert_true(softmax_exp(-1e300) == 0.0);
    assert_true(isfinite(softmax_exp(1e300)));
    assert_true(softmax_exp(1e300) == softmax_exp(700.0));
}

static void softmax_sums_to_one(void **state)
{
    (void)state;
    double logits[37], probs[37];
    for (uint32_t count = 1; count <= 37; count++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < count; i++) {
            logits[i] = sin(i * 7.0 + count) * 30.0;
        }
        softmax_single(logits, count, probs);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(probs[i] >= 0.0 && probs[i] <= 1.0);
            sum += probs[i];
        }
        assert_true(fabs(sum - 1.0) < 1e-12);
    }
}

static void softmax_keeps_ratios(void **state)
{
    (void)state;
    const double logits[3] = {1000.0, 1001.0, -1000.0};
    double probs[3];
    softmax_single(logits, 3, probs);
    assert_true(fabs(probs[1] / probs[0] - exp(1.0)) < 1e-12);
    assert_true(probs[2] == 0.0);
}

static void sigmoid_is_symmetric(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        const double logits[2] = {i * 0.13, -i * 0.13};
        double probs[2];
        softmax_sigmoid(logits, 2, probs);
        assert_true(fabs(probs[0] + probs[1] - 1.0) < 1e-13);
        assert_true(fabs(probs[0] - 1.0 / (1.0 + exp(-logits[0]))) < 1e-13);
    }
    const double far[2] = {1e9, -1e9};
    double probs[2];
    softmax_sigmoid(far, 2, probs);
    assert_true(probs[0] == 1.0 && probs[1] >= 0.0 && probs[1] < 1e-300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_close),
        cmocka_unit_test(exp_has_ends),
        cmocka_unit_test(softmax_sums_to_one),
        cmocka_unit_test(softmax_keeps_ratios),
        cmocka_unit_test(sigmoid_is_symmetric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
