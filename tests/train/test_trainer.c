/* test_trainer.c - from made-up rows to a model file and its answers, through the public
 * doors: what is learnt, what is refused, and that threads do not show in the bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nazar/nazar_train.h"

enum { PHRASES_MAX = 128, TEXT_BYTES = 512 };

typedef struct phrase {
    char language[4], part[16], label[16], text[128];
} phrase;

static phrase phrases[PHRASES_MAX];
static int phrase_count;

static int load_phrases(void **state)
{
    (void)state;
    FILE *file = fopen(NZ_TEST_DIR "/train/phrases.tsv", "rb");
    char line[512];
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL && phrase_count < PHRASES_MAX) {
        phrase *p = &phrases[phrase_count];
        if (line[0] != '#' && sscanf(line, "%3[^\t]\t%15[^\t]\t%15[^\t]\t%127[^\n]", p->language,
                                     p->part, p->label, p->text) == 4 &&
            strcmp(p->language, "lan") != 0) {
            phrase_count++;
        }
    }
    (void)fclose(file);
    assert_true(phrase_count >= 40);
    return 0;
}

static nz_trainer_options options_of(uint32_t threads)
{
    nz_trainer_options o = NZ_TRAINER_OPTIONS_INIT;
    o.taxonomy = NZ_SOURCE_DIR "/models/taxonomy.json";
    o.threads = threads;
    return o;
}

static nz_trainer *new_trainer(const nz_trainer_options *o)
{
    nz_trainer *t = NULL;
    nz_error err = NZ_ERROR_INIT;
    if (nz_trainer_new(&t, o, &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
    return t;
}

static nz_status add(nz_trainer *t, const char *text, const char *sentiment, const char *category,
                     const char *split, nz_error *err)
{
    nz_gold gold[2] = {{"sentiment", sentiment, sentiment == NULL ? 0 : strlen(sentiment)},
                       {"category", category, category == NULL ? 0 : strlen(category)}};
    nz_row row = NZ_ROW_INIT;
    row.text = text;
    row.text_len = strlen(text);
    row.gold = gold;
    row.gold_count = 2;
    row.split = split;
    return nz_trainer_add(t, &row, err);
}

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Call take for every object with every opinion of its language. */
static void each_comment(void (*take)(void *context, const char *text, const phrase *object,
                                      const phrase *opinion, int number),
                         void *context)
{
    int number = 0;
    for (int i = 0; i < phrase_count; i++) {
        for (int k = 0; k < phrase_count; k++) {
            char text[TEXT_BYTES];
            if (same(phrases[i].part, "object") && same(phrases[k].part, "opinion") &&
                same(phrases[i].language, phrases[k].language)) {
                (void)snprintf(text, sizeof text, "%s %s", phrases[i].text, phrases[k].text);
                take(context, text, &phrases[i], &phrases[k], number++);
            }
        }
    }
    assert_true(number >= 150);
}

static void add_comment(void *context, const char *text, const phrase *object,
                        const phrase *opinion, int number)
{
    nz_error err = NZ_ERROR_INIT;
    (void)number;
    if (add(context, text, opinion->label, object->label, NULL, &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
}

static nz_trainer *fitted_trainer(const nz_trainer_options *o)
{
    nz_trainer *t = new_trainer(o);
    nz_error err = NZ_ERROR_INIT;
    each_comment(add_comment, t);
    if (nz_trainer_fit(t, NULL, NULL, &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
    return t;
}

static void save_as(nz_trainer *t, const char *path)
{
    nz_error err = NZ_ERROR_INIT;
    if (nz_trainer_save(t, path, &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    (void)fclose(file);
    return bytes;
}

/* A path of our own in the build folder. */
static const char *path_of(const char *name)
{
    static char path[4][256];
    static int next;
    next = (next + 1) % 4;
    (void)snprintf(path[next], sizeof path[next], "test_trainer_%ld_%s.nzm", (long)getpid(), name);
    return path[next];
}

/* ---- what is learnt -------------------------------------------------------------------- */

typedef struct asking {
    nz_session *session;
    const nz_model *model;
    nz_evaluation *evaluation;
    int asked, right;
} asking;

static const nz_result *ask(asking *a, const char *text)
{
    nz_comment comment = NZ_COMMENT_INIT;
    const nz_result *result;
    comment.text = text;
    comment.text_len = strlen(text);
    assert_int_equal(nz_session_classify(a->session, &comment, &result, NULL), NZ_OK);
    return result;
}

static void check_comment(void *context, const char *text, const phrase *object,
                          const phrase *opinion, int number)
{
    asking *a = context;
    (void)number;
    const nz_result *result = ask(a, text);
    uint32_t sentiment = nz_model_find_head(a->model, "sentiment");
    uint32_t category = nz_model_find_head(a->model, "category");
    const char *said = nz_model_label_name(a->model, sentiment,
                                           nz_result_label(result, sentiment, NULL));
    const char *desk = nz_model_label_name(a->model, category,
                                           nz_result_label(result, category, NULL));
    a->asked += 2;
    a->right += same(said, opinion->label) + same(desk, object->label);
    if (a->evaluation != NULL) {
        nz_gold gold[2] = {{"sentiment", opinion->label, strlen(opinion->label)},
                           {"category", object->label, strlen(object->label)}};
        nz_row row = NZ_ROW_INIT;
        row.text = text;
        row.text_len = strlen(text);
        row.gold = gold;
        row.gold_count = 2;
        assert_int_equal(nz_evaluation_add(a->evaluation, &row, result, NULL), NZ_OK);
    }
}

static void open_for_asking(asking *a, nz_model **model, const char *path)
{
    nz_error err = NZ_ERROR_INIT;
    memset(a, 0, sizeof *a);
    if (nz_model_open(model, path, NULL, &err) != NZ_OK) {
        fail_msg("%s", err.message);
    }
    a->model = *model;
    assert_int_equal(nz_session_new(&a->session, *model, NULL, &err), NZ_OK);
}

static void a_model_learns_what_it_was_shown(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(2);
    nz_trainer *t = fitted_trainer(&o);
    const char *path = path_of("learns");
    save_as(t, path);
    const nz_head_report *report = nz_trainer_head_report(t, 0);
    assert_non_null(report);
    assert_true(report->accuracy > 0.9);
    assert_true(report->quantised_agreement >= 0.98);
    assert_int_equal(report->cross_fitted, 5);

    asking a;
    nz_model *model;
    open_for_asking(&a, &model, path);
    each_comment(check_comment, &a);
    assert_true(a.right >= a.asked * 98 / 100);
    assert_non_null(nz_model_meta(model, "option.seed"));
    /* A head without labels is not in the model, and no rule speaks of it. */
    assert_int_equal(nz_model_find_head(model, "reason"), NZ_NONE);
    nz_session_free(a.session);
    nz_model_free(model);
    nz_trainer_free(t);
    assert_int_equal(remove(path), 0);
}

static void threads_do_not_show_in_the_file(void **state)
{
    (void)state;
    size_t sizes[2];
    char *files[2];
    for (uint32_t i = 0; i < 2; i++) {
        nz_trainer_options o = options_of(i == 0 ? 1 : 3);
        nz_trainer *t = fitted_trainer(&o);
        const char *path = path_of("threads");
        save_as(t, path);
        files[i] = read_file(path, &sizes[i]);
        assert_int_equal(remove(path), 0);
        nz_trainer_free(t);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(files[0], files[1], sizes[0]);
    free(files[0]);
    free(files[1]);
}

/* The desk of the comments about one object in three alone is known, the feeling of all: so that
 * vectors are learnt from all of them for the desks. */
static void add_three_times(void *context, const char *text, const phrase *object,
                            const phrase *opinion, int number)
{
    nz_error err = NZ_ERROR_INIT;
    for (int i = 0; i < 3; i++) {
        char varied[TEXT_BYTES + 16];
        int nth = 3 * number + i;
        (void)snprintf(varied, sizeof varied, "%s q%c%c%c", text, 'a' + nth % 26,
                       'a' + nth / 26 % 26, 'a' + nth / 676);
        const char *desk = number % 3 == 0 ? object->label : NULL;
        if (add(context, varied, opinion->label, desk, NULL, &err) != NZ_OK) {
            fail_msg("%s", err.message);
        }
    }
}

static int note_vectors(void *payload, const nz_train_progress *progress)
{
    *(bool *)payload = *(bool *)payload || same(progress->stage, "vectors");
    return 0;
}

static char *train_with_vectors(uint32_t threads, uint32_t vectors, size_t *size)
{
    nz_trainer_options o = options_of(threads);
    nz_error err = NZ_ERROR_INIT;
    bool learnt = false;
    o.vectors = vectors;
    nz_trainer *t = new_trainer(&o);
    each_comment(add_three_times, t);
    assert_int_equal(nz_trainer_fit(t, note_vectors, &learnt, &err), NZ_OK);
    assert_int_equal(learnt, vectors != 0);
    for (uint32_t h = 0; nz_trainer_head_report(t, h) != NULL; h++) {
        assert_true(nz_trainer_head_report(t, h)->accuracy > 0.8);
        assert_true(nz_trainer_head_report(t, h)->quantised_agreement >= 0.98);
    }
    const char *path = path_of("vectors");
    save_as(t, path);
    char *bytes = read_file(path, size);
    assert_int_equal(remove(path), 0);
    nz_trainer_free(t);
    return bytes;
}

static void vectors_fold_in_alike_on_any_threads(void **state)
{
    (void)state;
    size_t sizes[3];
    char *files[3] = {train_with_vectors(1, 4, &sizes[0]), train_with_vectors(3, 4, &sizes[1]),
                      train_with_vectors(2, 0, &sizes[2])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(files[0], files[1], sizes[0]);
    for (int i = 0; i < 3; i++) {
        free(files[i]);
    }
}

static void a_budget_is_kept_and_the_answers_stay(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(2);
    nz_trainer *whole = fitted_trainer(&o);
    uint32_t all = nz_trainer_head_report(whole, 0)->features;
    nz_trainer_free(whole);

    o.max_bytes = 408000; /* what is not a feature may take 400,000 */
    nz_trainer *t = fitted_trainer(&o);
    const nz_head_report *report = nz_trainer_head_report(t, 0);
    assert_true(report->features < all);
    assert_true(report->accuracy > 0.9);
    const char *path = path_of("budget");
    save_as(t, path);
    size_t size;
    free(read_file(path, &size));
    assert_true(size <= o.max_bytes);
    assert_int_equal(remove(path), 0);
    nz_trainer_free(t);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void an_unknown_label_names_row_and_labels(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(1);
    nz_trainer *t = new_trainer(&o);
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(add(t, "fine", "positive", NULL, NULL, &err), NZ_OK);
    assert_int_equal(add(t, "so so", "possitive", NULL, NULL, &err), NZ_E_DATA);
    assert_non_null(strstr(err.message, "row 2"));
    assert_non_null(strstr(err.message, "\"possitive\""));
    assert_non_null(strstr(err.message, "positive negative neutral mixed"));
    /* A whole comment in the column of labels must not be repeated in a message. */
    assert_int_equal(add(t, "so so", "my card is 1234", NULL, NULL, &err), NZ_E_DATA);
    assert_null(strstr(err.message, "1234"));
    nz_trainer_free(t);
}

static void one_class_is_no_task(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(1);
    nz_trainer *t = new_trainer(&o);
    nz_error err = NZ_ERROR_INIT;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(add(t, "good", "positive", NULL, NULL, &err), NZ_OK);
    }
    assert_int_equal(nz_trainer_fit(t, NULL, NULL, &err), NZ_E_DATA);
    assert_non_null(strstr(err.message, "sentiment: every labelled row says positive"));
    assert_int_equal(nz_trainer_save(t, path_of("never"), &err), NZ_E_ARGUMENT);
    nz_trainer_free(t);
}

static void no_rows_and_no_labels_are_said(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(1);
    nz_trainer *t = new_trainer(&o);
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(add(t, "no label at all", NULL, NULL, NULL, &err), NZ_OK);
    assert_int_equal(nz_trainer_fit(t, NULL, NULL, &err), NZ_E_DATA);
    assert_non_null(strstr(err.message, "no labelled row"));
    nz_trainer_free(t);
}

static int stop_at_fitting(void *payload, const nz_train_progress *progress)
{
    int *calls = payload;
    (*calls)++;
    return same(progress->stage, "fit");
}

static void fitting_can_be_cancelled(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(2);
    nz_trainer *t = new_trainer(&o);
    nz_error err = NZ_ERROR_INIT;
    int calls = 0;
    each_comment(add_comment, t);
    assert_int_equal(nz_trainer_fit(t, stop_at_fitting, &calls, &err), NZ_E_CANCELLED);
    assert_true(calls >= 2);
    nz_trainer_free(t);
}

static void a_folder_that_is_not_there_keeps_no_file(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(1);
    nz_trainer *t = fitted_trainer(&o);
    nz_error err = NZ_ERROR_INIT;
    assert_int_equal(nz_trainer_save(t, "no-such-folder/model.nzm", &err), NZ_E_IO);
    assert_true(err.message[0] != '\0');
    nz_trainer_free(t);
}

static void a_missing_taxonomy_is_named(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(1);
    nz_trainer *t = NULL;
    nz_error err = NZ_ERROR_INIT;
    o.taxonomy = "no-such-taxonomy.json";
    assert_int_equal(nz_trainer_new(&t, &o, &err), NZ_E_IO);
    assert_null(t);
    assert_non_null(strstr(err.message, "no-such-taxonomy.json"));
}

/* ---- measuring --------------------------------------------------------------------------------- */

static void a_model_is_measured_and_compared(void **state)
{
    (void)state;
    nz_trainer_options o = options_of(2);
    nz_trainer *good = fitted_trainer(&o);
    o.l2 = 1e5; /* so strong a prior that words hardly count */
    nz_trainer *poor = fitted_trainer(&o);
    char paths[2][256];
    (void)snprintf(paths[0], sizeof paths[0], "%s", path_of("good"));
    (void)snprintf(paths[1], sizeof paths[1], "%s", path_of("poor"));
    save_as(good, paths[0]);
    save_as(poor, paths[1]);
    asking a[2];
    nz_model *model[2];
    for (int i = 0; i < 2; i++) {
        open_for_asking(&a[i], &model[i], paths[i]);
        assert_int_equal(nz_evaluation_new(&a[i].evaluation, model[i], NULL, NULL), NZ_OK);
        each_comment(check_comment, &a[i]);
    }
    const char *text;
    size_t len;
    assert_int_equal(nz_evaluation_markdown(a[0].evaluation, &text, &len, NULL), NZ_OK);
    assert_int_equal(strlen(text), len);
    assert_non_null(strstr(text, "## sentiment"));
    assert_non_null(strstr(text, "| fa | "));
    assert_int_equal(nz_evaluation_json(a[0].evaluation, &text, &len, NULL), NZ_OK);
    assert_non_null(strstr(text, "\"macro_f1_interval\""));
    nz_verdict verdict;
    assert_int_equal(nz_evaluation_compare(a[0].evaluation, a[0].evaluation, &verdict, &text, &len,
                                           NULL), NZ_OK);
    assert_int_equal(verdict, NZ_VERDICT_SAME);
    assert_true(a[1].right < a[0].right);
    assert_int_equal(nz_evaluation_compare(a[0].evaluation, a[1].evaluation, &verdict, &text, &len,
                                           NULL), NZ_OK);
    assert_int_equal(verdict, NZ_VERDICT_WORSE);
    for (int i = 0; i < 2; i++) {
        nz_evaluation_free(a[i].evaluation);
        nz_session_free(a[i].session);
        nz_model_free(model[i]);
        assert_int_equal(remove(paths[i]), 0);
    }
    nz_trainer_free(good);
    nz_trainer_free(poor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_learns_what_it_was_shown),
        cmocka_unit_test(threads_do_not_show_in_the_file),
        cmocka_unit_test(vectors_fold_in_alike_on_any_threads),
        cmocka_unit_test(a_budget_is_kept_and_the_answers_stay),
        cmocka_unit_test(an_unknown_label_names_row_and_labels),
        cmocka_unit_test(one_class_is_no_task),
        cmocka_unit_test(no_rows_and_no_labels_are_said),
        cmocka_unit_test(fitting_can_be_cancelled),
        cmocka_unit_test(a_folder_that_is_not_there_keeps_no_file),
        cmocka_unit_test(a_missing_taxonomy_is_named),
        cmocka_unit_test(a_model_is_measured_and_compared),
    };
    return cmocka_run_group_tests(tests, load_phrases, NULL);
}
