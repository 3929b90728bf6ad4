/* test_session.c - a session's answers: the score against a plain reference, the same bits with
 * and without a memo, getters out of range, empty text, what a channel changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "predict/session.h"
#include "predict/small_model.h"

static small_model small;
static nz_model *model;

static int open_model(void **state)
{
    (void)state;
    nz_error err = NZ_ERROR_INIT;
    small_model_make(&small, 1);
    if (nz_model_open_memory(&model, small.bytes.bytes, small.bytes.size, NULL, &err) < 0) {
        print_error("%s\n", err.message);
        return -1;
    }
    return 0;
}

static int close_model(void **state)
{
    (void)state;
    nz_model_free(model);
    small_model_free(&small);
    return 0;
}

static nz_session *new_session(uint32_t flags, uint32_t memo_bytes)
{
    nz_session_options o = NZ_SESSION_OPTIONS_INIT;
    nz_session *s = NULL;
    o.flags = flags;
    o.memo_bytes = memo_bytes;
    assert_int_equal(nz_session_new(&s, model, &o, NULL), NZ_OK);
    return s;
}

static nz_comment comment_of(const char *text)
{
    nz_comment c = NZ_COMMENT_INIT;
    c.text = text;
    c.text_len = strlen(text);
    return c;
}

static const nz_result *classify(nz_session *s, nz_comment c)
{
    const nz_result *r = NULL;
    nz_error err = NZ_ERROR_INIT;
    if (nz_session_classify(s, &c, &r, &err) != NZ_OK) {
        fail_msg("classify: %s", err.message);
    }
    return r;
}

/* ---- the score against a plain reference ----------------------------------------------- */

/* Real weight of one feature for one label, out of the file's rows. */
static double weight_of(uint32_t head, uint32_t label, uint64_t feature)
{
    const model_head *h = &model->content->heads[head];
    const model_group *g = &model->content->groups[h->group];
    const int8_t *row = model_find_row(model->content, h->group, feature);
    uint32_t lane = h->first_lane + label;
    return row == NULL ? 0.0
                       : ldexp(row[MODEL_ROW_HEADER + lane], row[0]) * (double)g->scales[lane];
}

static double norm_of(uint64_t word)
{
    const int8_t *row = model_find_row(model->content, 0, word);
    return (row == NULL ? model->content->norm_unknown : (uint8_t)row[1]) / 32.0;
}

/* model.h's formula in plain doubles, without lanes, memo or integers. */
static double reference_logit(extractor *x, const char *text, uint32_t head, uint32_t label)
{
    static token_slots slots;
    extract_result r;
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    double total = 0.0, norm = 0.0;
    slots.x = x;
    slots.count = 0;
    const extract_resolver resolver = {&slots, slots_resolve};
    assert_int_equal(extract_document(x, text, strlen(text), false, &resolver, &r, NULL), NZ_OK);
    for (uint32_t i = 0; i < r.distinct_count; i++) {
        const token_slot *s = (const void *)r.distinct[i].slot;
        extract_info info;
        uint32_t count;
        double f = extract_count_weight(r.distinct[i].count) / 16.0;
        assert_int_equal(extract_token(x, s->bytes, s->len, (nz_token_kind)s->kind,
                                       (nz_language)s->reading, &info, ids, &count), NZ_OK);
        for (uint32_t k = 0; k < count; k++) {
            total += f * weight_of(head, label, ids[k]);
        }
        norm += f * norm_of(ids[0]);
    }
    for (uint32_t i = 0; i < r.cross_count; i++) {
        total += weight_of(head, label, r.cross[i].feature);
    }
    const model_head *h = &model->content->heads[head];
    double logit = total / sqrt(norm + (double)model->content->norm_floor) +
                   (double)model->content->groups[h->group].biases[h->first_lane + label];
    nz_language language = r.document.language;
    return (double)h->slopes[language] * logit +
           (double)h->intercepts[(size_t)language * h->label_count + label];
}

static void scores_follow_the_formula(void **state)
{
    (void)state;
    extractor *x = NULL;
    nz_session *s = new_session(0, 0);
    char text[1024];
    assert_int_equal(extractor_new(&x, model->lexicon, model->rules, NULL, NULL), NZ_OK);
    for (uint32_t round = 0; round < 60; round++) {
        small_text(&small, 1 + round % 30, text);
        const nz_result *r = classify(s, comment_of(text));
        for (uint32_t h = 0; h < SMALL_HEADS; h++) {
            for (uint32_t l = 0; l < nz_model_label_count(model, h); l++) {
                double expected = reference_logit(x, text, h, l);
                double got = r->calibrated[model->label_base[h] + l];
                if (fabs(got - expected) > 1e-9 * (1.0 + fabs(expected))) {
                    fail_msg("round %u head %u label %u: %.12f, not %.12f", round, h, l, got,
                             expected);
                }
            }
        }
    }
    extractor_free(x);
    nz_session_free(s);
}

/* ---- the memo changes nothing ---------------------------------------------------------- */

static void assert_same(const nz_result *a, const nz_result *b)
{
    assert_int_equal(nz_result_flags(a), nz_result_flags(b));
    assert_memory_equal(a->calibrated, b->calibrated, model->label_count * sizeof(double));
    assert_memory_equal(a->probs, b->probs, model->label_count * sizeof(double));
    assert_memory_equal(a->chosen, b->chosen, SMALL_HEADS * sizeof(uint32_t));
    assert_memory_equal(a->list_counts, b->list_counts, SMALL_HEADS * sizeof(uint32_t));
    assert_string_equal(nz_result_priority_why(a), nz_result_priority_why(b));
    uint32_t count_a, count_b;
    const nz_evidence *items_a = nz_result_evidence(a, &count_a);
    const nz_evidence *items_b = nz_result_evidence(b, &count_b);
    assert_int_equal(count_a, count_b);
    assert_memory_equal(items_a, items_b, count_a * sizeof *items_a);
}

static void memo_changes_no_bit(void **state)
{
    (void)state;
    nz_session *with = new_session(0, 0), *without = new_session(NZ_SESSION_NO_MEMO, 0);
    nz_session *tight = new_session(0, 16384), *none = new_session(0, 1);
    static char text[16 * 400 + 1];
    for (uint32_t round = 0; round < 1500; round++) {
        small_text(&small, round % 97 == 0 ? 300 : 1 + round % 25, text);
        if (round % 5 == 0) { /* fresh words, also longer than a memo key, fill the memo */
            snprintf(text, sizeof text, "good fresh%u %060u great", round, round);
        }
        nz_comment c = comment_of(text);
        c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
        const nz_result *expected = classify(without, c);
        assert_same(expected, classify(with, c));
        assert_same(expected, classify(tight, c));
        assert_same(expected, classify(none, c));
        assert_same(expected, classify(with, c)); /* warm */
    }
    assert_int_equal(without->tokens.entry_count, 0);
    assert_true(with->tokens.entry_count > 300);
    assert_true(tight->tokens.entry_count < 100); /* it did start anew */
    assert_true(tight->tokens.entries.used_bytes <= 16384);
    nz_session_free(with);
    nz_session_free(without);
    nz_session_free(tight);
    nz_session_free(none);
}

/* One comment with more distinct tokens than the memo holds: slots stay valid. */
static void one_comment_larger_than_the_memo(void **state)
{
    (void)state;
    nz_session *tight = new_session(0, 16384), *without = new_session(NZ_SESSION_NO_MEMO, 0);
    size_t size = 200000, len = 0;
    char *text = malloc(size);
    for (uint32_t i = 0; len + 32 < size; i++) {
        len += (size_t)snprintf(text + len, size - len, "w%u great ", i * 2654435761u);
    }
    nz_comment c = comment_of(text);
    assert_same(classify(without, c), classify(tight, c));
    c = comment_of("great app");
    assert_same(classify(without, c), classify(tight, c));
    assert_true(tight->overflow.entries.used_bytes < 4096); /* what it took is given back */
    free(text);
    nz_session_free(tight);
    nz_session_free(without);
}

/* ---- answers --------------------------------------------------------------------------- */

static void empty_text_is_answered(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    static const char *const texts[] = {"", " ", "\n\t  \r\n"};
    for (size_t i = 0; i < 3; i++) {
        nz_comment c = comment_of(texts[i]);
        double p = 0.0;
        c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
        const nz_result *r = classify(s, c);
        assert_int_equal(nz_result_flags(r), NZ_RESULT_EMPTY);
        assert_int_equal(nz_result_label(r, SMALL_CATEGORY, &p), 3);
        assert_true(p == 1.0);
        assert_int_equal(nz_result_label(r, SMALL_SENTIMENT, NULL), 2);
        assert_int_equal(nz_result_label(r, SMALL_TYPE, NULL), 12);
        assert_int_equal(nz_result_label(r, SMALL_REASON, NULL), NZ_NONE);
        assert_int_equal(nz_result_label(r, SMALL_QUESTION, NULL), NZ_NONE);
        assert_true(nz_result_score(r) == 0.0);
        uint32_t count = 9;
        (void)nz_result_labels(r, SMALL_TYPES, &count);
        assert_int_equal(count, 0);
        (void)nz_result_clauses(r, &count);
        assert_int_equal(count, 0);
        assert_string_equal(nz_result_solicited(r), "no");
        assert_string_equal(nz_result_priority_why(r), "anything 7");
    }
    nz_comment none = NZ_COMMENT_INIT; /* text NULL, length 0 */
    assert_int_equal(nz_result_flags(classify(s, none)), NZ_RESULT_EMPTY);
    nz_session_free(s);
}

static void unknown_words_are_the_prior(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    nz_comment c = comment_of("zzxq qqjj");
    assert_true((nz_result_flags(classify(s, c)) & NZ_RESULT_NO_EVIDENCE) != 0);
    assert_true((nz_result_flags(classify(s, comment_of("great"))) & NZ_RESULT_NO_EVIDENCE) == 0);
    c.channel = 0;
    assert_true((nz_result_flags(classify(s, c)) & NZ_RESULT_NO_EVIDENCE) == 0);
    nz_session_free(s);
}

static void forbidden_pairs_never_stand(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    char text[1024];
    unsigned changed = 0;
    for (uint32_t round = 0; round < 3000; round++) {
        small_text(&small, 1 + round % 20, text);
        const nz_result *r = classify(s, comment_of(text));
        for (size_t i = 0; i < sizeof small_forbidden / sizeof *small_forbidden; i++) {
            const model_forbidden *f = &small_forbidden[i];
            bool a = r->chosen[f->a.head] == f->a.label;
            if (f->a.head == SMALL_TYPES) {
                uint32_t count;
                const uint32_t *list = nz_result_labels(r, SMALL_TYPES, &count);
                for (uint32_t k = 0; k < count; k++) {
                    a = a || list[k] == f->a.label;
                }
            }
            assert_false(a && r->chosen[f->b.head] == f->b.label);
        }
        const double *probs = nz_result_probs(r, SMALL_SENTIMENT);
        for (uint32_t l = 0; l < 4; l++) {
            changed += probs[l] > probs[r->chosen[SMALL_SENTIMENT]];
        }
    }
    assert_true(changed > 0); /* the search had something to do */
    nz_session_free(s);
}

static void types_begin_with_the_main_one(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    char text[1024];
    unsigned with_main = 0, nones = 0;
    for (uint32_t round = 0; round < 2000; round++) {
        uint32_t count;
        small_text(&small, 1 + round % 12, text);
        nz_comment c = comment_of(text);
        c.channel = round % 2 == 0 ? NZ_NONE : 1; /* nps_survey */
        const nz_result *r = classify(s, c);
        const uint32_t *list = nz_result_labels(r, SMALL_TYPES, &count);
        const double *probs = nz_result_probs(r, SMALL_TYPES);
        uint32_t type = nz_result_label(r, SMALL_TYPE, NULL);
        assert_string_equal(nz_result_solicited(r),
                            round % 2 == 1 ? "nps" : nz_result_solicited(r));
        if (type == 12) {
            nones++;
            assert_int_equal(count, 0);
            continue;
        }
        bool nps = false;
        for (uint32_t i = 0; i < count; i++) {
            nps = nps || list[i] == 7;
            for (uint32_t k = 0; k < i; k++) {
                assert_int_not_equal(list[i], list[k]);
            }
            if (i > 0) {
                assert_true(probs[list[i]] >= 0.5);
                assert_true(i == 1 || probs[list[i]] <= probs[list[i - 1]]);
            }
        }
        assert_true(round % 2 == 0 || (nps && probs[7] == 1.0));
        if (type != 5) { /* listed praise may be taken out by a negative sentiment */
            assert_int_equal(list[0], type);
            with_main++;
        }
    }
    assert_true(with_main > 100 && nones > 0);
    nz_session_free(s);
}

static void priority_names_its_parts(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    char text[1024];
    unsigned both = 0;
    for (uint32_t round = 0; round < 2000; round++) {
        small_text(&small, 1 + round % 12, text);
        const nz_result *r = classify(s, comment_of(text));
        int sum = 7;
        bool complaint = r->chosen[SMALL_TYPE] == 4, negative = r->chosen[SMALL_SENTIMENT] == 1;
        bool praise = r->chosen[SMALL_TYPE] == 5;
        char why[128];
        (void)snprintf(why, sizeof why, "%s%s%s%sanything 7", complaint ? "complaint 25 + " : "",
                       negative ? "negative 20 + " : "", praise ? "praise -30 + " : "",
                       complaint && negative ? "negative complaint 70 + " : "");
        sum += complaint * 25 + negative * 20 - praise * 30 + (complaint && negative) * 70;
        both += complaint && negative;
        assert_string_equal(nz_result_priority_why(r), why);
        assert_int_equal(nz_result_priority(r), sum < 0 ? 0 : sum > 100 ? 100 : sum);
    }
    assert_true(both > 0); /* so that the cut at 100 was seen */
    nz_session_free(s);
}

static void confidence_is_the_weakest_part(void **state)
{
    (void)state;
    nz_session_options o = NZ_SESSION_OPTIONS_INIT;
    nz_session *s = NULL;
    char text[1024];
    o.min_confidence = 0.7;
    assert_int_equal(nz_session_new(&s, model, &o, NULL), NZ_OK);
    for (uint32_t round = 0; round < 500; round++) {
        double weakest = 1.0, p;
        small_text(&small, 1 + round % 12, text);
        const nz_result *r = classify(s, comment_of(text));
        const uint32_t heads[3] = {SMALL_CATEGORY, SMALL_SENTIMENT, SMALL_TYPE};
        for (int i = 0; i < 3; i++) {
            (void)nz_result_label(r, heads[i], &p);
            weakest = p < weakest ? p : weakest;
        }
        assert_int_equal((nz_result_flags(r) & NZ_RESULT_NEEDS_REVIEW) != 0, weakest < 0.7);
        assert_int_equal(nz_result_band(r), weakest >= (double)0.8f ? NZ_BAND_HIGH
                                            : weakest >= 0.5 ? NZ_BAND_MEDIUM : NZ_BAND_LOW);
    }
    nz_session_free(s);
}

/* ---- arguments and getters ------------------------------------------------------------- */

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    nz_session *s = new_session(NZ_SESSION_REJECT_UTF8, 0), *other = NULL;
    const nz_result *r = (const void *)s;
    nz_error err = NZ_ERROR_INIT;
    nz_comment c = comment_of("great");
    c.struct_size = 8;
    assert_int_equal(nz_session_classify(s, &c, &r, &err), NZ_E_ARGUMENT);
    assert_null(r);
    c = comment_of("great");
    c.flags = 1u << 30;
    assert_int_equal(nz_session_classify(s, &c, &r, &err), NZ_E_ARGUMENT);
    c = comment_of("gr\xff");
    assert_int_equal(nz_session_classify(s, &c, &r, &err), NZ_E_UTF8);
    assert_int_equal(nz_session_classify(s, NULL, &r, &err), NZ_E_ARGUMENT);
    assert_int_equal(nz_session_classify(NULL, &c, &r, &err), NZ_E_ARGUMENT);
    c = comment_of("great");
    assert_int_equal(nz_result_flags(classify(s, c)) & NZ_RESULT_REPAIRED, 0);
    nz_session_free(s);

    nz_session_options o = NZ_SESSION_OPTIONS_INIT;
    o.max_text_bytes = 4;
    assert_int_equal(nz_session_new(&s, model, &o, NULL), NZ_OK);
    assert_int_equal(nz_session_classify(s, &c, &r, &err), NZ_E_LIMIT);
    assert_null(strstr(err.message, "great"));
    nz_session_free(s);
    o.flags = 128;
    assert_int_equal(nz_session_new(&other, model, &o, &err), NZ_E_ARGUMENT);
    assert_int_equal(nz_session_new(&other, NULL, NULL, &err), NZ_E_ARGUMENT);
    assert_null(other);
    nz_session_free(NULL);
    nz_model_free(NULL);
}

static void a_later_caller_may_know_more(void **state)
{
    (void)state;
    struct {
        nz_comment c;
        uint64_t more;
    } longer = {NZ_COMMENT_INIT, 0};
    nz_session *s = new_session(0, 0);
    const nz_result *r;
    longer.c.struct_size = sizeof longer;
    longer.c.text = "great";
    longer.c.text_len = 5;
    assert_int_equal(nz_session_classify(s, &longer.c, &r, NULL), NZ_OK);
    longer.more = 1; /* something that this build cannot do */
    assert_int_equal(nz_session_classify(s, &longer.c, &r, NULL), NZ_E_ARGUMENT);
    nz_session_free(s);
}

static void getters_take_any_index(void **state)
{
    (void)state;
    nz_session *s = new_session(0, 0);
    const nz_result *r = classify(s, comment_of("bad \xff app"));
    double p = 5.0;
    uint32_t count = 5;
    assert_true((nz_result_flags(r) & NZ_RESULT_REPAIRED) != 0);
    assert_int_equal(nz_result_label(r, 99, &p), NZ_NONE);
    assert_true(p == 0.0);
    assert_null(nz_result_probs(r, NZ_NONE));
    assert_null(nz_result_labels(r, SMALL_TYPE, &count)); /* no multi head */
    assert_int_equal(count, 0);
    assert_true(nz_result_logit(r, SMALL_TYPE, 13) == 0.0);
    assert_int_equal(nz_model_label_count(model, 7), 0);
    assert_null(nz_model_head_name(model, 7));
    assert_null(nz_model_label_name(model, SMALL_TYPE, 13));
    assert_null(nz_model_team_name(model, 3));
    assert_null(nz_model_channel_name(model, NZ_NONE));
    assert_null(nz_model_meta_key(model, 3));
    assert_null(nz_model_meta(model, "no.such"));
    assert_int_equal(nz_model_find_head(model, "nothing"), NZ_NONE);
    assert_int_equal(nz_model_find_channel(model, NULL), NZ_NONE);
    assert_int_equal(nz_model_head_count(NULL), 0);
    assert_string_equal(nz_evidence_kind_name(NZ_EVIDENCE_SCOPE), "scope");
    assert_string_equal(nz_evidence_kind_name((nz_evidence_kind)77), "rest");
    assert_string_equal(nz_band_name(NZ_BAND_MEDIUM), "medium");
    nz_session_free(s);
}

static void model_getters_answer(void **state)
{
    (void)state;
    assert_int_equal(nz_model_head_count(model), SMALL_HEADS);
    assert_int_equal(nz_model_find_head(model, "reason"), SMALL_REASON);
    assert_int_equal(nz_model_head_kind(model, SMALL_TYPES), NZ_HEAD_MULTI);
    assert_string_equal(nz_model_label_name(model, SMALL_TYPE, 5), "praise");
    assert_string_equal(nz_model_label_title(model, SMALL_CATEGORY, 0, "fa"),
                        small_category[0].title_fa);
    assert_string_equal(nz_model_label_title(model, SMALL_CATEGORY, 0, "ar"), "product");
    assert_string_equal(nz_model_label_title(model, SMALL_CATEGORY, 0, NULL), "product");
    assert_int_equal(nz_model_find_channel(model, "nps_survey"), 1);
    assert_string_equal(nz_model_channel_name(model, 2), "survey");
    assert_string_equal(nz_model_team_name(model, 1), "support");
    assert_string_equal(nz_model_meta(model, "model.name"), "small");
    assert_string_equal(nz_model_meta_key(model, 2), "train.rows");
    assert_string_equal(nz_model_meta_value(model, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_follow_the_formula),
        cmocka_unit_test(memo_changes_no_bit),
        cmocka_unit_test(one_comment_larger_than_the_memo),
        cmocka_unit_test(empty_text_is_answered),
        cmocka_unit_test(unknown_words_are_the_prior),
        cmocka_unit_test(forbidden_pairs_never_stand),
        cmocka_unit_test(types_begin_with_the_main_one),
        cmocka_unit_test(priority_names_its_parts),
        cmocka_unit_test(confidence_is_the_weakest_part),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(a_later_caller_may_know_more),
        cmocka_unit_test(getters_take_any_index),
        cmocka_unit_test(model_getters_answer),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
