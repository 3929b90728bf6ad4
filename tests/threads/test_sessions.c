/* test_sessions.c - one model shared by eight threads: the answers are those of one thread,
 * models open and close and sessions come and go beside each other, an allocator that is shared
 * gets everything back.  It runs under the thread sanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "threads/answers.h"

enum { THREADS = 8, SESSIONS = 40, OPENINGS = 6 };

static small_model small;
static answers_comment comments[ANSWERS_COMMENTS];
static uint64_t expected[ANSWERS_COMMENTS];
static nz_model *model;
static char path[64];

/* A thread's work: how many things went wrong. */
typedef struct worker {
    pthread_t thread;
    unsigned number;
    unsigned (*work)(const struct worker *worker);
    unsigned wrong;
} worker;

static void *run_worker(void *context)
{
    worker *w = context;
    w->wrong = w->work(w);
    return NULL;
}

static void run_threads(unsigned (*work)(const worker *worker))
{
    worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.number = i, .work = work};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]), 0);
    }
    unsigned wrong = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        wrong += workers[i].wrong;
    }
    assert_int_equal(wrong, 0);
}

static int prepare(void **state)
{
    (void)state;
    nz_session *session = NULL;
    small_model_make(&small, 5);
    answers_make(&small, comments);
    (void)snprintf(path, sizeof path, "test_sessions_%ld.nzm", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(small.bytes.bytes, 1, small.bytes.size, file) != small.bytes.size ||
        fclose(file) != 0 || nz_model_open(&model, path, NULL, NULL) != NZ_OK ||
        nz_session_new(&session, model, NULL, NULL) != NZ_OK) {
        return -1;
    }
    for (unsigned i = 0; i < ANSWERS_COMMENTS; i++) {
        expected[i] = answers_digest(model, session, &comments[i]);
    }
    nz_session_free(session);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    nz_model_free(model);
    small_model_free(&small);
    return unlink(path);
}

/* Comments whose answer differs, from the worker's own place round to it again. */
static unsigned wrong_answers(const nz_model *m, nz_session *session, unsigned first,
                              unsigned count)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned k = (first + i) % ANSWERS_COMMENTS;
        wrong += answers_digest(m, session, &comments[k]) != expected[k];
    }
    return wrong;
}

/* ---- one model, a session each ------------------------------------------------------------- */

static unsigned classify_all(const worker *w)
{
    nz_session_options o = NZ_SESSION_OPTIONS_INIT;
    nz_session *session = NULL;
    o.flags = w->number % 4 == 3 ? NZ_SESSION_NO_MEMO : 0;
    o.memo_bytes = w->number % 4 == 2 ? 16 * 1024 : 0;
    if (nz_session_new(&session, model, &o, NULL) != NZ_OK) {
        return 1;
    }
    unsigned wrong = wrong_answers(model, session, w->number * 37, 2 * ANSWERS_COMMENTS);
    nz_session_free(session);
    return wrong;
}

static void eight_sessions_answer_like_one(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ANSWERS_COMMENTS; i++) {
        assert_true(expected[i] != 0);
        assert_true(i == 0 || expected[i] != expected[i - 1]); /* so that a digest can differ */
    }
    run_threads(classify_all);
}

/* ---- models open and close beside each other --------------------------------------------------- */

static nz_status open_one_way(nz_model **out, unsigned way)
{
    nz_model_options o = NZ_MODEL_OPTIONS_INIT;
    o.flags = way % 3 == 1 ? NZ_MODEL_MAP : 0;
    return way % 3 == 2
               ? nz_model_open_memory(out, small.bytes.bytes, small.bytes.size, &o, NULL)
               : nz_model_open(out, path, &o, NULL);
}

static unsigned open_and_close(const worker *w)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < OPENINGS; i++) {
        nz_model *own = NULL;
        nz_session *session = NULL;
        if (open_one_way(&own, w->number + i) == NZ_OK &&
            nz_session_new(&session, own, NULL, NULL) == NZ_OK) {
            wrong += wrong_answers(own, session, w->number * 11 + i, 20);
        } else {
            wrong++;
        }
        nz_session_free(session);
        nz_model_free(own);
    }
    return wrong;
}

static void models_open_and_close_beside_each_other(void **state)
{
    (void)state;
    run_threads(open_and_close);
}

/* ---- sessions come and go, all from one allocator ---------------------------------------------- */

static atomic_size_t live_bytes, highest_bytes;

static void *counted_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
    (void)context;
    void *moved = NULL;
    if (new_size == 0) {
        free(ptr);
    } else if ((moved = realloc(ptr, new_size)) == NULL) {
        return NULL;
    }
    size_t now = atomic_fetch_add(&live_bytes, new_size - old_size) + new_size - old_size;
    size_t seen = atomic_load(&highest_bytes);
    while (now < SIZE_MAX / 2 && now > seen &&
           !atomic_compare_exchange_weak(&highest_bytes, &seen, now)) {
    }
    return moved;
}

static unsigned come_and_go(const worker *w)
{
    const nz_allocator allocator = {NULL, counted_resize};
    unsigned wrong = 0;
    for (unsigned i = 0; i < SESSIONS; i++) {
        nz_session_options o = NZ_SESSION_OPTIONS_INIT;
        nz_session *session = NULL;
        o.allocator = &allocator;
        o.flags = i % 3 == 0 ? NZ_SESSION_NO_MEMO : 0;
        o.memo_bytes = i % 3 == 1 ? 32 * 1024 : 0;
        if (nz_session_new(&session, model, &o, NULL) != NZ_OK) {
            wrong++;
            continue;
        }
        wrong += wrong_answers(model, session, w->number * 29 + i, 3);
        nz_session_free(session);
    }
    return wrong;
}

static void sessions_come_and_go_and_give_everything_back(void **state)
{
    (void)state;
    run_threads(come_and_go);
    assert_true(atomic_load(&highest_bytes) > 0); /* the allocator was asked */
    assert_int_equal(atomic_load(&live_bytes), 0);
}

/* ---- a normaliser each -------------------------------------------------------------------------- */

static uint64_t tokens_digest(nz_normalizer *normalizer)
{
    uint64_t digest = 1;
    for (unsigned i = 0; i < ANSWERS_COMMENTS; i++) {
        const nz_token *tokens;
        size_t count;
        nz_language language;
        if (nz_normalizer_run(normalizer, comments[i].text, comments[i].len, &tokens, &count,
                              &language, NULL) != NZ_OK) {
            return 0;
        }
        for (size_t k = 0; k < count; k++) {
            digest = answers_mix(digest, &tokens[k], offsetof(nz_token, reserved));
            digest = answers_mix(digest, tokens[k].stem, strlen(tokens[k].stem));
            digest = answers_mix(digest, tokens[k].key, strlen(tokens[k].key));
        }
    }
    return digest;
}

static uint64_t expected_tokens;

static unsigned normalize_all(const worker *w)
{
    (void)w;
    nz_normalizer *own = NULL;
    if (nz_normalizer_new(&own, NULL, NULL) != NZ_OK) {
        return 1;
    }
    unsigned wrong = tokens_digest(own) != expected_tokens;
    nz_normalizer_free(own);
    return wrong;
}

static void normalisers_agree(void **state)
{
    (void)state;
    nz_normalizer *own = NULL;
    assert_int_equal(nz_normalizer_new(&own, NULL, NULL), NZ_OK);
    expected_tokens = tokens_digest(own);
    nz_normalizer_free(own);
    assert_true(expected_tokens != 0);
    run_threads(normalize_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_sessions_answer_like_one),
        cmocka_unit_test(models_open_and_close_beside_each_other),
        cmocka_unit_test(sessions_come_and_go_and_give_everything_back),
        cmocka_unit_test(normalisers_agree),
    };
    return cmocka_run_group_tests(tests, prepare, clear);
}
