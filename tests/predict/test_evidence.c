/* test_evidence.c - evidence adds up to the logit on random models and texts, its spans are
 * those of the text, and clauses cover the tokens in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "predict/session.h"
#include "predict/small_model.h"

/* A small model, opened, with a session. */
typedef struct opened {
    small_model small;
    nz_model *model;
    nz_session *session;
} opened;

static void open_seed(opened *o, uint64_t seed)
{
    small_model_make(&o->small, seed);
    assert_int_equal(nz_model_open_memory(&o->model, o->small.bytes.bytes, o->small.bytes.size,
                                          NULL, NULL), NZ_OK);
    assert_int_equal(nz_session_new(&o->session, o->model, NULL, NULL), NZ_OK);
}

static void close_opened(opened *o)
{
    nz_session_free(o->session);
    nz_model_free(o->model);
    small_model_free(&o->small);
}

static const nz_result *explain(opened *o, const char *text, size_t len, uint32_t channel,
                                double rating)
{
    nz_comment c = NZ_COMMENT_INIT;
    const nz_result *r = NULL;
    c.text = text;
    c.text_len = len;
    c.channel = channel;
    c.rating = rating;
    c.rating_max = 5.0;
    c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
    assert_int_equal(nz_session_classify(o->session, &c, &r, NULL), NZ_OK);
    return r;
}

/* Every (head, label) that is explained: sum, order, number. Returns how many there are. */
static uint32_t check_sums(const nz_result *r, size_t text_len)
{
    uint32_t count, groups = 0;
    const nz_evidence *items = nz_result_evidence(r, &count);
    for (uint32_t i = 0; i < count; groups++) {
        const uint32_t head = items[i].head, label = items[i].label, first = i;
        double sum = 0.0;
        for (; i < count && items[i].head == head && items[i].label == label; i++) {
            sum += items[i].weight;
            assert_true(items[i].begin <= items[i].end && items[i].end <= text_len);
            assert_true(items[i].begin2 <= items[i].end2 && items[i].end2 <= text_len);
            assert_true(items[i].kind <= NZ_EVIDENCE_REST);
            if (i > first && items[i].kind != NZ_EVIDENCE_REST) {
                assert_true(fabs(items[i].weight) <= fabs(items[i - 1].weight));
            }
            bool in_text = items[i].kind <= NZ_EVIDENCE_RULE;
            assert_true((items[i].begin != items[i].end) == in_text);
        }
        assert_true(i - first <= 65);
        double logit = nz_result_logit(r, head, label);
        if (fabs(sum - logit) > 1e-8 * (1.0 + fabs(logit))) {
            fail_msg("head %u label %u: items %.10f, logit %.10f", head, label, sum, logit);
        }
    }
    return groups;
}

static void items_add_up(void **state)
{
    (void)state;
    static char text[16 * 600 + 1];
    for (uint64_t seed = 1; seed <= 12; seed++) {
        opened o;
        open_seed(&o, seed);
        for (uint32_t round = 0; round < 60; round++) {
            size_t len = small_text(&o.small, round % 20 == 0 ? 500 : 1 + round % 30, text);
            uint32_t channel = round % 4 == 3 ? NZ_NONE : round % 4;
            const nz_result *r = explain(&o, text, len, channel, round % 7 - 1.0);
            uint32_t listed;
            (void)nz_result_labels(r, SMALL_TYPES, &listed);
            assert_int_equal(check_sums(r, len), SMALL_HEADS - 1 + listed);
        }
        close_opened(&o);
    }
}

static bool has_kind(const nz_result *r, uint32_t kind)
{
    uint32_t count;
    const nz_evidence *items = nz_result_evidence(r, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind == kind) {
            return true;
        }
    }
    return false;
}

static void kinds_appear_when_they_are_there(void **state)
{
    (void)state;
    opened o;
    open_seed(&o, 3);
    static const char text[] = "the app crashes, not good but the support is great";
    const nz_result *r = explain(&o, text, sizeof text - 1, 1, 4.0);
    assert_true(has_kind(r, NZ_EVIDENCE_TOKEN));
    assert_true(has_kind(r, NZ_EVIDENCE_PAIR));
    assert_true(has_kind(r, NZ_EVIDENCE_RATING));
    assert_true(has_kind(r, NZ_EVIDENCE_CHANNEL));
    assert_true(has_kind(r, NZ_EVIDENCE_BIAS));
    r = explain(&o, text, sizeof text - 1, NZ_NONE, -1.0);
    assert_false(has_kind(r, NZ_EVIDENCE_RATING));
    assert_false(has_kind(r, NZ_EVIDENCE_CHANNEL));
    assert_false(has_kind(r, NZ_EVIDENCE_REST));
    close_opened(&o);
}

static void a_long_text_leaves_a_rest(void **state)
{
    (void)state;
    opened o;
    char text[4096];
    size_t len = 0;
    open_seed(&o, 4);
    for (uint32_t i = 0; i < 300; i++) { /* n-grams of known words under many spellings */
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%c%c ",
                                small_words[i % 20], 'a' + (char)(i % 26), 'a' + (char)(i / 26));
    }
    const nz_result *r = explain(&o, text, len, NZ_NONE, -1.0);
    assert_true(has_kind(r, NZ_EVIDENCE_REST));
    (void)check_sums(r, len);
    close_opened(&o);
}

/* Spans speak of the bytes passed in, also when they were repaired. */
static void spans_are_of_the_original(void **state)
{
    (void)state;
    opened o;
    open_seed(&o, 5);
    static const char text[] = "\xff\xff great";
    const nz_result *r = explain(&o, text, sizeof text - 1, NZ_NONE, -1.0);
    uint32_t count;
    const nz_evidence *items = nz_result_evidence(r, &count);
    bool found = false;
    for (uint32_t i = 0; i < count; i++) {
        found = found || (items[i].kind == NZ_EVIDENCE_TOKEN && items[i].begin == 3 &&
                          items[i].end == 8);
    }
    assert_true(found);
    close_opened(&o);
}

/* ---- clauses --------------------------------------------------------------------------- */

static void clauses_split_where_they_should(void **state)
{
    (void)state;
    opened o;
    uint32_t count;
    open_seed(&o, 6);
    static const char text[] = "the app crashes, support is great but delivery is late";
    const nz_clause *c = nz_result_clauses(explain(&o, text, sizeof text - 1, NZ_NONE, -1.0),
                                           &count);
    assert_int_equal(count, 3);
    assert_int_equal(c[0].begin, 0);
    assert_int_equal(c[0].end, 16);
    assert_int_equal(c[1].begin, 17);
    assert_int_equal(c[1].end, 33);
    assert_int_equal(c[2].begin, 34);
    assert_int_equal(c[2].end, sizeof text - 1);
    close_opened(&o);
}

/* A clause is answered as a comment of the same words would be. */
static void a_clause_is_scored_like_a_comment(void **state)
{
    (void)state;
    opened o;
    char text[1024];
    open_seed(&o, 7);
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t count;
        size_t len = small_text(&o.small, 2 + round % 4, text);
        for (size_t i = 0; i < len; i++) {
            text[i] = text[i] == '.' || text[i] == '!' || text[i] == ',' ? ' ' : text[i];
        }
        const nz_result *r = explain(&o, text, len, NZ_NONE, -1.0);
        const nz_clause *c = nz_result_clauses(r, &count);
        if (count != 1) {
            continue; /* a contrast word stood in it */
        }
        const double *values = r->calibrated + o.model->label_base[SMALL_SENTIMENT];
        for (uint32_t l = 0; l < 4; l++) {
            assert_true(values[l] <= values[c[0].sentiment]);
        }
        values = r->calibrated + o.model->label_base[SMALL_TYPE];
        for (uint32_t l = 0; l < SMALL_TYPE_COUNT; l++) {
            assert_true(values[l] <= values[c[0].type]);
        }
    }
    close_opened(&o);
}

static void clauses_are_in_order(void **state)
{
    (void)state;
    opened o;
    static char text[16 * 300 + 1];
    open_seed(&o, 8);
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t count;
        size_t len = small_text(&o.small, 1 + round, text);
        const nz_clause *c = nz_result_clauses(explain(&o, text, len, 0, 1.0), &count);
        assert_true(count >= 1);
        for (uint32_t i = 0; i < count; i++) {
            assert_true(c[i].begin < c[i].end && c[i].end <= len);
            assert_true(i == 0 || c[i - 1].end <= c[i].begin);
            assert_true(c[i].category < 4 && c[i].sentiment < 4 && c[i].type < 13);
        }
    }
    close_opened(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_add_up),
        cmocka_unit_test(kinds_appear_when_they_are_there),
        cmocka_unit_test(a_long_text_leaves_a_rest),
        cmocka_unit_test(spans_are_of_the_original),
        cmocka_unit_test(clauses_split_where_they_should),
        cmocka_unit_test(a_clause_is_scored_like_a_comment),
        cmocka_unit_test(clauses_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
