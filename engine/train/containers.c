/* containers.c - array, id map, team of threads.  It must not know what they hold.
 * Invariant: a failed growth leaves a container as it was. */
#include "train/containers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

/* ---- array ------------------------------------------------------------------------ */

void array_init(array *a, size_t item_size)
{
    memset(a, 0, sizeof *a);
    a->item_size = item_size;
}

void array_free(array *a)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, a->items, a->capacity, a->item_size);
    array_init(a, a->item_size);
}

void *array_push(array *a, size_t n)
{
    nz_allocator memory = memory_default();
    if (n > a->capacity - a->count) {
        size_t wanted;
        if (!memory_add(a->count, n, &wanted)) {
            return NULL;
        }
        size_t capacity = a->capacity + a->capacity / 2 + 16;
        capacity = capacity < wanted ? wanted : capacity;
        void *grown = memory_grow(&memory, a->items, a->capacity, capacity, a->item_size);
        if (grown == NULL) {
            return NULL;
        }
        a->items = grown;
        a->capacity = capacity;
    }
    unsigned char *fresh = (unsigned char *)a->items + a->count * a->item_size;
    memset(fresh, 0, n * a->item_size);
    a->count += n;
    return fresh;
}

nz_status array_add(array *a, const void *item)
{
    void *fresh = array_push(a, 1);
    if (fresh == NULL) {
        return NZ_E_MEMORY;
    }
    memcpy(fresh, item, a->item_size);
    return NZ_OK;
}

/* ---- idmap ------------------------------------------------------------------------ */

void idmap_init(idmap *m)
{
    memset(m, 0, sizeof *m);
}

void idmap_free(idmap *m)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, m->keys, m->capacity, sizeof *m->keys);
    memory_free(&memory, m->values, m->capacity, sizeof *m->values);
    idmap_init(m);
}

/* Ids are hashes of our own; one more mix keeps crafted data from lining them up. */
static size_t place_of(const idmap *m, uint64_t id)
{
    size_t mask = m->capacity - 1;
    size_t at = (size_t)hash_pair(id, 0x6e617a6172u) & mask;
    while (m->values[at] != NZ_NONE && m->keys[at] != id) {
        at = (at + 1) & mask;
    }
    return at;
}

static nz_status idmap_grow(idmap *m)
{
    nz_allocator memory = memory_default();
    idmap bigger = {NULL, NULL, m->capacity == 0 ? 1024 : m->capacity * 2, m->count};
    bigger.keys = memory_new(&memory, bigger.capacity, sizeof *bigger.keys);
    bigger.values = memory_new(&memory, bigger.capacity, sizeof *bigger.values);
    if (bigger.keys == NULL || bigger.values == NULL) {
        idmap_free(&bigger);
        return NZ_E_MEMORY;
    }
    memset(bigger.values, 0xff, bigger.capacity * sizeof *bigger.values);
    for (size_t i = 0; i < m->capacity; i++) {
        if (m->values[i] != NZ_NONE) {
            size_t at = place_of(&bigger, m->keys[i]);
            bigger.keys[at] = m->keys[i];
            bigger.values[at] = m->values[i];
        }
    }
    idmap_free(m);
    *m = bigger;
    return NZ_OK;
}

uint32_t idmap_find(const idmap *m, uint64_t id)
{
    return m->capacity == 0 ? NZ_NONE : m->values[place_of(m, id)];
}

nz_status idmap_add(idmap *m, uint64_t id, uint32_t *number)
{
    if (((size_t)m->count + 1) * 3 > m->capacity * 2) {
        NZ_TRY(idmap_grow(m));
    }
    size_t at = place_of(m, id);
    if (m->values[at] == NZ_NONE) {
        m->keys[at] = id;
        m->values[at] = m->count++;
    }
    *number = m->values[at];
    return NZ_OK;
}

/* ---- team -------------------------------------------------------------------------- */

enum { TEAM_MAX = 256 };

typedef struct worker {
    team *team;
    pthread_t thread;
    uint32_t number;
} worker;

struct team {
    uint32_t size;    /* with the caller, who is worker 0 */
    uint32_t started; /* threads to join */
    pthread_mutex_t lock;
    pthread_cond_t begin, finished;
    uint64_t round;   /* grows with every team_run() */
    uint32_t busy;    /* threads still in this round */
    bool stop;
    team_work work;
    void *context;
    uint32_t pieces;
    atomic_uint_fast32_t next;
    worker workers[TEAM_MAX];
};

static void do_pieces(team *t, uint32_t number)
{
    for (;;) {
        uint32_t piece = (uint32_t)atomic_fetch_add(&t->next, 1);
        if (piece >= t->pieces) {
            return;
        }
        t->work(t->context, piece, number);
    }
}

static void *worker_main(void *argument)
{
    worker *w = argument;
    team *t = w->team;
    uint64_t seen = 0;
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (t->round == seen && !t->stop) {
            pthread_cond_wait(&t->begin, &t->lock);
        }
        if (t->stop) {
            break;
        }
        seen = t->round;
        pthread_mutex_unlock(&t->lock);
        do_pieces(t, w->number);
        pthread_mutex_lock(&t->lock);
        if (--t->busy == 0) {
            pthread_cond_signal(&t->finished);
        }
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static uint32_t processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > TEAM_MAX ? TEAM_MAX : (uint32_t)online;
}

nz_status team_new(team **out, uint32_t threads, nz_error *err)
{
    nz_allocator memory = memory_default();
    team *t = memory_new_zero(&memory, 1, sizeof *t);
    *out = t;
    if (t == NULL) {
        return status_no_memory(err);
    }
    t->size = threads == 0 ? processors() : threads > TEAM_MAX ? TEAM_MAX : threads;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->begin, NULL);
    pthread_cond_init(&t->finished, NULL);
    for (uint32_t i = 1; i < t->size; i++) {
        worker *w = &t->workers[i];
        w->team = t;
        w->number = i;
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) {
            t->size = i; /* fewer threads than asked for give the same results */
            break;
        }
        t->started++;
    }
    return NZ_OK;
}

void team_free(team *t)
{
    if (t == NULL) {
        return;
    }
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_broadcast(&t->begin);
    pthread_mutex_unlock(&t->lock);
    for (uint32_t i = 1; i <= t->started; i++) {
        pthread_join(t->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&t->begin);
    pthread_cond_destroy(&t->finished);
    pthread_mutex_destroy(&t->lock);
    nz_allocator memory = memory_default();
    memory_free(&memory, t, 1, sizeof *t);
}

uint32_t team_size(const team *t)
{
    return t->size;
}

void team_run(team *t, team_work work, void *context, uint32_t pieces)
{
    t->work = work;
    t->context = context;
    t->pieces = pieces;
    atomic_store(&t->next, 0);
    if (t->started == 0 || pieces < 2) {
        do_pieces(t, 0);
        return;
    }
    pthread_mutex_lock(&t->lock);
    t->busy = t->started;
    t->round++;
    pthread_cond_broadcast(&t->begin);
    pthread_mutex_unlock(&t->lock);
    do_pieces(t, 0);
    pthread_mutex_lock(&t->lock);
    while (t->busy != 0) {
        pthread_cond_wait(&t->finished, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
}
