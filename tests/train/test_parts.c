/* test_parts.c - the parts of training on their own: metrics against closed forms,
 * calibration that finds a known map, labels as people write them, the taxonomy's rules,
 * threads that share pieces. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "numeric/logistic.h"
#include "train/calibrate.h"
#include "train/containers.h"
#include "train/gold.h"
#include "train/metrics.h"
#include "train/select.h"
#include "train/taxonomy.h"
#include "train/templates.h"

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%.9g is not %.9g within %g", got, want, tolerance);
    }
}

/* ---- metrics ---------------------------------------------------------------------------- */

static void figures_have_their_closed_forms(void **state)
{
    (void)state;
    metrics_counts c = {6, 2, 4};
    near(metrics_precision(c), 0.75, 1e-12);
    near(metrics_recall(c), 0.6, 1e-12);
    near(metrics_f1(c), 2 * 0.75 * 0.6 / 1.35, 1e-12);
    metrics_counts labels[3] = {{6, 2, 4}, {0, 1, 0}, {5, 0, 0}};
    /* A label that no row holds is no part of the mean. */
    near(metrics_macro_f1(labels, 3), (metrics_f1(c) + 1.0) / 2, 1e-12);
    near(metrics_micro_f1(labels, 3), 22.0 / (22.0 + 3 + 4), 1e-12);
    assert_true(isnan(metrics_macro_f1(labels, 0)));
    /* 20 rows: yes 6 right, 2 false, 4 missed; so no: 8 right, 4 false, 2 missed. */
    near(metrics_binary_macro_f1(c, 20), (12.0 / 18 + 16.0 / 22) / 2, 1e-12);
}

static void calibration_error_is_the_mean_gap(void **state)
{
    (void)state;
    metrics_reliability m = {{0}, {0}, {0}};
    for (int i = 0; i < 10; i++) {
        metrics_reliability_add(&m, 0.9, i < 6, 1.0); /* 0.9 said, 0.6 right */
        metrics_reliability_add(&m, 0.5, i < 5, 1.0);
    }
    near(metrics_ece(&m), 0.15, 1e-12);
    metrics_reliability_add(&m, 1.0, 1.0, 1.0); /* the upper edge has a bin */
}

static void mcnemar_is_binomial(void **state)
{
    (void)state;
    double exact, mid;
    metrics_mcnemar(1, 9, &exact, &mid);
    near(exact, 2 * 11.0 / 1024, 1e-12);
    near(mid, 2 * 11.0 / 1024 - 10.0 / 1024, 1e-12);
    metrics_mcnemar(0, 0, &exact, &mid);
    near(exact, 1.0, 0);
    metrics_mcnemar(5, 5, &exact, &mid);
    near(exact, 1.0, 1e-12);
}

static void chance_is_seeded(void **state)
{
    (void)state;
    uint64_t a = 7, b = 7;
    uint32_t seen[5] = {0};
    for (int i = 0; i < 5000; i++) {
        uint32_t x = metrics_random_below(&a, 5);
        assert_int_equal(x, metrics_random_below(&b, 5));
        seen[x]++;
    }
    for (int k = 0; k < 5; k++) {
        assert_in_range(seen[k], 900, 1100);
    }
    const double sorted[] = {0, 1, 2, 3, 4};
    near(metrics_quantile(sorted, 5, 0.5), 2, 0);
    near(metrics_quantile(sorted, 5, 0.125), 0.5, 1e-12);
}

/* ---- calibration --------------------------------------------------------------------------- */

enum { ROWS = 6000 };

static void calibration_finds_a_known_map(void **state)
{
    (void)state;
    static float z[ROWS], weight[ROWS];
    static uint8_t set[ROWS], language[ROWS];
    float slopes[MODEL_LANGUAGES], intercepts[MODEL_LANGUAGES], threshold;
    uint64_t seed = 11;
    for (int i = 0; i < ROWS; i++) {
        z[i] = (float)metrics_random_below(&seed, 8001) / 1000.0f - 4.0f;
        language[i] = i % 2 ? NZ_LANG_FA : NZ_LANG_EN;
        double slope = i % 2 ? 0.5 : 2.0, intercept = i % 2 ? -1.0 : 0.5;
        double p = logistic_sigmoid(slope * (double)z[i] + intercept);
        set[i] = (double)metrics_random_below(&seed, 1u << 30) < p * (double)(1u << 30);
        weight[i] = 1.0f;
    }
    calibration c = {slopes, intercepts, &threshold};
    calibration_rows in = {NZ_HEAD_BINARY, 1, ROWS, z, NULL, set, language, weight};
    assert_int_equal(calibration_fit(&c, &in, NULL), NZ_OK);
    near(slopes[NZ_LANG_FA], 0.5, 0.06);
    near(intercepts[NZ_LANG_FA], -1.0, 0.12);
    near(slopes[NZ_LANG_EN], 2.0, 0.25);
    near(intercepts[NZ_LANG_EN], 0.5, 0.15);
    /* A language without rows has the map of all together. */
    assert_true(slopes[NZ_LANG_AR] > 0.5f && slopes[NZ_LANG_AR] < 2.0f);
    assert_int_equal(calibration_thresholds(&c, &in, NULL), NZ_OK);
    assert_true(threshold >= 0.25f && threshold <= 0.6f);
}

static void few_rows_move_nothing(void **state)
{
    (void)state;
    const float z[2] = {3.0f, -3.0f}, weight[2] = {1.0f, 1.0f};
    const uint8_t set[2] = {0, 1}, language[2] = {1, 1};
    float slopes[MODEL_LANGUAGES], intercepts[MODEL_LANGUAGES], threshold;
    calibration c = {slopes, intercepts, &threshold};
    calibration_rows in = {NZ_HEAD_BINARY, 1, 2, z, NULL, set, language, weight};
    assert_int_equal(calibration_fit(&c, &in, NULL), NZ_OK);
    near(slopes[1], 1.0, 0);
    near(intercepts[1], 0.0, 0);
}

/* ---- labels ----------------------------------------------------------------------------------- */

static void labels_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const char *const names[] = {"bug", "praise", "churn"};
    gold_head multi = {"types", NZ_HEAD_MULTI, 3, names, NZ_NONE};
    gold_head single = {"type", NZ_HEAD_SINGLE, 3, names, NZ_NONE};
    gold_head binary = {"flag", NZ_HEAD_BINARY, 1, names, NZ_NONE};
    gold_answer answer;
    uint8_t set[3];
    assert_int_equal(gold_read(&multi, "churn; bug", 10, 1, &answer, set, NULL), NZ_OK);
    assert_true(set[0] == 1 && set[1] == 0 && set[2] == 1 && answer.label == 0);
    assert_int_equal(gold_read(&multi, "none", 4, 1, &answer, set, NULL), NZ_OK);
    assert_true(set[0] == 0 && set[2] == 0 && answer.label == 0);
    assert_int_equal(gold_read(&multi, "bug;odd", 7, 1, &answer, set, NULL), NZ_E_DATA);
    assert_int_equal(gold_read(&single, " praise\r", 8, 1, &answer, NULL, NULL), NZ_OK);
    assert_int_equal(answer.label, 1);
    assert_int_equal(gold_read(&single, "", 0, 1, &answer, NULL, NULL), NZ_OK);
    assert_true(answer.empty && answer.label == NZ_NONE);
    assert_int_equal(gold_read(&binary, "false", 5, 1, &answer, NULL, NULL), NZ_OK);
    assert_int_equal(answer.label, GOLD_NO);
    assert_int_equal(gold_read(&binary, "bug", 3, 1, &answer, NULL, NULL), NZ_OK);
    assert_int_equal(answer.label, GOLD_YES);
    assert_int_equal(gold_read(&binary, "perhaps", 7, 1, &answer, NULL, NULL), NZ_E_DATA);
}

/* ---- taxonomy ------------------------------------------------------------------------------------ */

static nz_status read_text(const char *json, taxonomy *t, nz_error *err)
{
    char path[64];
    (void)snprintf(path, sizeof path, "test_parts_%ld.json", (long)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(json, file) >= 0);
    assert_int_equal(fclose(file), 0);
    nz_status status = taxonomy_read(t, path, err);
    assert_int_equal(remove(path), 0);
    return status;
}

#define HEADS \
    "{\"version\":1,\"heads\":[" \
    "{\"name\":\"a\",\"kind\":\"single\",\"labels\":[{\"name\":\"x\"},{\"name\":\"y\"}," \
    "{\"name\":\"z\"}],\"empty\":\"z\"}," \
    "{\"name\":\"b\",\"kind\":\"single\",\"labels\":[{\"name\":\"p\"},{\"name\":\"q\"}]}]," \
    "\"teams\":[\"one\",\"two\"],"

static void short_forms_become_pairs(void **state)
{
    (void)state;
    taxonomy t;
    nz_error err = NZ_ERROR_INIT;
    nz_status status = read_text(
        HEADS "\"forbidden\":[[{\"head\":\"a\",\"not\":[\"x\"]},{\"head\":\"b\",\"labels\":"
              "[\"p\",\"q\"]}]],\"routes\":[{\"team\":\"two\",\"when\":[{\"head\":\"b\","
              "\"label\":\"q\"}]},{\"team\":\"one\",\"when\":[]}]}", &t, &err);
    if (status != NZ_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(t.rules.forbidden_count, 4);
    assert_int_equal(t.rules.forbidden[0].a.label, 1);
    assert_int_equal(t.rules.forbidden[3].b.label, 1);
    assert_int_equal(t.rules.routes[0].team, 1);
    assert_int_equal(t.heads[0].empty, 2);
    /* A model without b keeps only what speaks of a. */
    const uint32_t without_b[2] = {0, NZ_NONE};
    model_taxonomy small;
    assert_int_equal(taxonomy_restrict(&t, without_b, &small, NULL), NZ_OK);
    assert_int_equal(small.forbidden_count, 0);
    assert_int_equal(small.route_count, 1);
    taxonomy_free(&t);
}

static void a_bad_taxonomy_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"version\":1,\"heads\":[}",
        "{\"version\":2,\"heads\":[]}",
        "{\"version\":1,\"heads\":[]}",
        "{\"version\":1,\"heads\":[{\"name\":\"a\",\"kind\":\"single\",\"labels\":[{\"name\":"
        "\"x\"},{\"name\":\"x\"}]}]}",
        HEADS "\"forbidden\":[[{\"head\":\"a\",\"label\":\"x\"},{\"head\":\"c\",\"label\":\"p\"}]]}",
        HEADS "\"forbidden\":[[{\"head\":\"a\",\"label\":\"x\"},{\"head\":\"b\",\"label\":\"w\"}]]}",
        HEADS "\"routes\":[{\"team\":\"three\",\"when\":[]}]}",
        HEADS "\"bands\":{\"high\":2}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        taxonomy t;
        nz_error err = NZ_ERROR_INIT;
        if (read_text(bad[i], &t, &err) != NZ_E_DATA) {
            fail_msg("taxonomy %zu was taken", i);
        }
        assert_true(strstr(err.message, ".json") != NULL);
    }
}

static void the_shipped_taxonomy_is_read(void **state)
{
    (void)state;
    taxonomy t;
    nz_error err = NZ_ERROR_INIT;
    if (taxonomy_read(&t, NZ_SOURCE_DIR "/models/taxonomy.json", &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_not_equal(t.rules.type_none, NZ_NONE);
    assert_int_not_equal(t.rules.reason_none, NZ_NONE);
    assert_int_not_equal(t.rules.forbidden_count, 0);
    uint32_t polarity = taxonomy_find_head(&t, "polarity");
    assert_int_equal(t.heads[polarity].derived_head, t.rules.sentiment_head);
    taxonomy_free(&t);
}

/* ---- features --------------------------------------------------------------------------------------- */

static void digits_of_three_scripts_are_seen(void **state)
{
    (void)state;
    assert_true(template_has_digits("w:en:win10"));
    assert_true(template_has_digits("w:ar:\xd9\xa3"));
    assert_true(template_has_digits("w:fa:\xdb\xb4"));
    assert_false(template_has_digits("w:fa:\xd8\xae\xd9\x88\xd8\xa8"));
    assert_true(template_is_ngram(template_find("c:en:^goo")));
    assert_false(template_is_ngram(template_find("w:en:good")));
    assert_true(template_find("skip pair::a b") != template_find("pair::a b"));
    assert_int_equal(template_find("never heard of:x"), 0);
}

static void norms_fall_with_frequency(void **state)
{
    (void)state;
    assert_int_equal(select_norm(1, 100000), SELECT_NORM_UNKNOWN);
    assert_true(select_norm(100, 100000) < select_norm(10, 100000));
    near(select_idf(1, 100000), 1.99, 1e-9);
    assert_true(select_idf(100000, 100000) > 0.0);
}

/* ---- threads ------------------------------------------------------------------------------------------ */

typedef struct work {
    uint32_t done[1000];
} work;

static void do_piece(void *context, uint32_t piece, uint32_t worker)
{
    (void)worker;
    ((work *)context)->done[piece]++;
}

static void every_piece_is_done_once(void **state)
{
    (void)state;
    for (uint32_t threads = 1; threads <= 4; threads++) {
        team *t;
        assert_int_equal(team_new(&t, threads, NULL), NZ_OK);
        for (int round = 0; round < 50; round++) {
            work w = {{0}};
            team_run(t, do_piece, &w, 1000);
            for (int i = 0; i < 1000; i++) {
                assert_int_equal(w.done[i], 1);
            }
        }
        team_free(t);
    }
}

static void numbers_follow_first_appearance(void **state)
{
    (void)state;
    idmap m;
    idmap_init(&m);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t number;
        assert_int_equal(idmap_add(&m, (uint64_t)(i % 5000) * 1000003u, &number), NZ_OK);
        assert_int_equal(number, i % 5000);
    }
    assert_int_equal(m.count, 5000);
    assert_int_equal(idmap_find(&m, 1), NZ_NONE);
    idmap_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_have_their_closed_forms),
        cmocka_unit_test(calibration_error_is_the_mean_gap),
        cmocka_unit_test(mcnemar_is_binomial),
        cmocka_unit_test(chance_is_seeded),
        cmocka_unit_test(calibration_finds_a_known_map),
        cmocka_unit_test(few_rows_move_nothing),
        cmocka_unit_test(labels_are_read_as_people_write_them),
        cmocka_unit_test(short_forms_become_pairs),
        cmocka_unit_test(a_bad_taxonomy_is_refused),
        cmocka_unit_test(the_shipped_taxonomy_is_read),
        cmocka_unit_test(digits_of_three_scripts_are_seen),
        cmocka_unit_test(norms_fall_with_frequency),
        cmocka_unit_test(every_piece_is_done_once),
        cmocka_unit_test(numbers_follow_first_appearance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
