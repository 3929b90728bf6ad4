/* pipeline.c - a ring of slots under one lock.  The reader is the calling thread; a slot goes
 * EMPTY -> FILLED (reader) -> TAKEN (worker) -> DONE (worker) -> EMPTY (writer).  Slots are
 * filled, taken and emitted in ring order, which is what keeps the rows in order. */
#include "pipeline.h"

#include "command.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_EMPTY, SLOT_FILLED, SLOT_TAKEN, SLOT_DONE };

typedef struct ring {
    const pipeline *plan;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    slot *slots;
    size_t size;
    size_t filled, taken, emitted; /* how many slots ever passed the stage */
    bool reading_done, stopped;
} ring;

typedef struct worker {
    ring *r;
    unsigned number;
    pthread_t thread;
} worker;

static slot *ring_slot(ring *r, size_t position)
{
    return &r->slots[position % r->size];
}

static void *run_worker(void *argument)
{
    worker *w = argument;
    ring *r = w->r;
    (void)pthread_mutex_lock(&r->lock);
    for (;;) {
        while (r->taken == r->filled && !r->reading_done && !r->stopped)
            (void)pthread_cond_wait(&r->changed, &r->lock);
        if (r->stopped || r->taken == r->filled)
            break;
        slot *s = ring_slot(r, r->taken++);
        s->state = SLOT_TAKEN;
        (void)pthread_mutex_unlock(&r->lock);
        r->plan->work(r->plan->context, w->number, s);
        (void)pthread_mutex_lock(&r->lock);
        s->state = SLOT_DONE;
        (void)pthread_cond_broadcast(&r->changed);
    }
    (void)pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void *run_writer(void *argument)
{
    ring *r = argument;
    (void)pthread_mutex_lock(&r->lock);
    for (;;) {
        slot *s = ring_slot(r, r->emitted);
        while (!r->stopped && !(r->emitted < r->filled && s->state == SLOT_DONE)
               && !(r->reading_done && r->emitted == r->filled))
            (void)pthread_cond_wait(&r->changed, &r->lock);
        if (r->stopped || r->emitted == r->filled)
            break;
        (void)pthread_mutex_unlock(&r->lock);
        bool go_on = r->plan->emit(r->plan->context, s);
        (void)pthread_mutex_lock(&r->lock);
        s->state = SLOT_EMPTY;
        r->emitted++;
        r->stopped = r->stopped || !go_on;
        (void)pthread_cond_broadcast(&r->changed);
    }
    (void)pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* The reader's part.  Returns what the last fill() said. */
static int run_reader(ring *r)
{
    int got = 1;
    (void)pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->stopped && r->filled - r->emitted == r->size)
            (void)pthread_cond_wait(&r->changed, &r->lock);
        if (r->stopped)
            break;
        slot *s = ring_slot(r, r->filled);
        (void)pthread_mutex_unlock(&r->lock);
        got = r->plan->fill(r->plan->context, s);
        (void)pthread_mutex_lock(&r->lock);
        if (got <= 0)
            break;
        s->state = SLOT_FILLED;
        r->filled++;
        (void)pthread_cond_broadcast(&r->changed);
    }
    r->reading_done = true;
    (void)pthread_cond_broadcast(&r->changed);
    (void)pthread_mutex_unlock(&r->lock);
    return got;
}

static pipeline_end run_threads(ring *r)
{
    unsigned jobs = r->plan->jobs;
    worker *workers = memory_resize(NULL, jobs * sizeof *workers);
    pthread_t writer;
    if (pthread_create(&writer, NULL, run_writer, r) != 0) {
        free(workers);
        say("no thread can be started; use --jobs 1");
        return PIPELINE_STOPPED;
    }
    unsigned started = 0;
    for (; started < jobs; started++) {
        workers[started] = (worker){.r = r, .number = started};
        if (pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) != 0)
            break;
    }
    int got = 0;
    if (started > 0) {
        got = run_reader(r);
    } else {
        say("no thread can be started; use --jobs 1");
        (void)pthread_mutex_lock(&r->lock);
        r->stopped = true;
        (void)pthread_cond_broadcast(&r->changed);
        (void)pthread_mutex_unlock(&r->lock);
    }
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    (void)pthread_join(writer, NULL);
    free(workers);
    return r->stopped ? PIPELINE_STOPPED : got < 0 ? PIPELINE_INPUT_FAILED : PIPELINE_DONE;
}

static pipeline_end run_alone(const pipeline *p, slot *s)
{
    int got;
    while ((got = p->fill(p->context, s)) > 0) {
        p->work(p->context, 0, s);
        if (!p->emit(p->context, s))
            return PIPELINE_STOPPED;
    }
    return got < 0 ? PIPELINE_INPUT_FAILED : PIPELINE_DONE;
}

pipeline_end pipeline_run(const pipeline *p)
{
    ring r = {.plan = p, .size = p->jobs > 1 ? (size_t)p->jobs * 2 + 2 : 1};
    r.slots = memory_resize(NULL, r.size * sizeof *r.slots);
    memset(r.slots, 0, r.size * sizeof *r.slots);
    for (size_t i = 0; i < r.size; i++)
        p->begin(p->context, &r.slots[i]);
    pipeline_end end;
    if (p->jobs <= 1) {
        end = run_alone(p, &r.slots[0]);
    } else {
        (void)pthread_mutex_init(&r.lock, NULL);
        (void)pthread_cond_init(&r.changed, NULL);
        end = run_threads(&r);
        (void)pthread_cond_destroy(&r.changed);
        (void)pthread_mutex_destroy(&r.lock);
    }
    for (size_t i = 0; i < r.size; i++) {
        p->end(p->context, &r.slots[i]);
        block_free(&r.slots[i].rows);
        bytes_free(&r.slots[i].out);
        free(r.slots[i].faults);
    }
    free(r.slots);
    return end;
}
