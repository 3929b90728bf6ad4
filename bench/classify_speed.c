/* classify_speed.c - how fast one core classifies comments: MB/s, comments/s, latencies.
 *
 *   classify_speed MODEL FILE... [--seed N] [--limit N] [--rounds N] [--memo-bytes N]
 *
 * Reads one comment a line, or the "text" of one JSON object a line (*.jsonl), puts the
 * comments into an order that the seed decides, and classifies each once a round in one
 * fresh session.  Times are processor time of this process, so that a busy machine does not
 * change the figure much; reading and shuffling are not counted.  The digest covers every
 * label and probability to the bit: two builds that agree print the same one.
 * It must not know the engine beyond nazar.h. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nazar/nazar.h"

enum { MAX_FILES = 64 };

typedef struct comments {
    char **texts;
    size_t *lengths;
    size_t count, capacity;
} comments;

typedef struct options {
    const char *model;
    const char *files[MAX_FILES];
    size_t file_count;
    unsigned long seed, limit, rounds, memo_bytes;
} options;

static void *grow(void *old, size_t count, size_t size)
{
    void *grown = realloc(old, count * size);
    if (grown == NULL) {
        fprintf(stderr, "classify_speed: out of memory\n");
        exit(1);
    }
    return grown;
}

static void keep(comments *all, const char *text, size_t len)
{
    if (all->count == all->capacity) {
        all->capacity = all->capacity == 0 ? 1024 : all->capacity * 2;
        all->texts = grow(all->texts, all->capacity, sizeof *all->texts);
        all->lengths = grow(all->lengths, all->capacity, sizeof *all->lengths);
    }
    char *copy = grow(NULL, len + 1, 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    all->texts[all->count] = copy;
    all->lengths[all->count++] = len;
}

static void keep_line(comments *all, const char *line, size_t len, int json)
{
    if (!json) {
        keep(all, line, len);
        return;
    }
    json_t *row = json_loadb(line, len, 0, NULL);
    const json_t *text = json_object_get(row, "text");
    if (json_is_string(text)) {
        keep(all, json_string_value(text), json_string_length(text));
    }
    json_decref(row);
}

static int read_file(comments *all, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "classify_speed: cannot open %s\n", path);
        return -1;
    }
    const char *dot = strrchr(path, '.');
    const int json = dot != NULL && strcmp(dot, ".jsonl") == 0;
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
        len -= line[len - 1] == '\n';
        keep_line(all, line, (size_t)len, json);
    }
    free(line);
    fclose(file);
    return 0;
}

/* SplitMix64: the same order on every machine. */
static unsigned long long next_random(unsigned long long *state)
{
    unsigned long long z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static void shuffle(comments *all, unsigned long long seed)
{
    for (size_t i = all->count; i > 1; i--) {
        size_t k = (size_t)(next_random(&seed) % i);
        char *text = all->texts[i - 1];
        size_t len = all->lengths[i - 1];
        all->texts[i - 1] = all->texts[k];
        all->lengths[i - 1] = all->lengths[k];
        all->texts[k] = text;
        all->lengths[k] = len;
    }
}

/* Comments come from all over the heap once they are shuffled; a reader of files has them in
 * order.  So they are laid out anew, and the bench measures the engine, not the harness. */
static void lay_out(comments *all)
{
    size_t total = 0;
    for (size_t i = 0; i < all->count; i++) {
        total += all->lengths[i] + 1;
    }
    char *block = grow(NULL, total + 1, 1);
    for (size_t i = 0; i < all->count; i++) {
        memcpy(block, all->texts[i], all->lengths[i] + 1);
        free(all->texts[i]);
        all->texts[i] = block;
        block += all->lengths[i] + 1;
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static unsigned long long mix(unsigned long long digest, const void *bytes, size_t len)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < len; i++) {
        digest = (digest ^ b[i]) * 0x100000001b3ULL;
    }
    return digest;
}

static unsigned long long digest_result(const nz_model *model, const nz_result *result,
                                        unsigned long long digest)
{
    int language = (int)nz_result_language(result);
    digest = mix(digest, &language, sizeof language);
    for (uint32_t head = 0; head < nz_model_head_count(model); head++) {
        double chosen = 0.0;
        uint32_t label = nz_result_label(result, head, &chosen);
        digest = mix(digest, &label, sizeof label);
        digest = mix(digest, &chosen, sizeof chosen);
    }
    return digest;
}

static int compare_seconds(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* One round over all comments.  With times the latency of each is taken as well, which costs
 * two readings of the clock a comment: rounds for throughput go without. */
static int run(const nz_model *model, const options *o, const comments *all, double *times,
               double *seconds, unsigned long long *digest)
{
    nz_error error = NZ_ERROR_INIT;
    nz_session_options so = NZ_SESSION_OPTIONS_INIT;
    so.memo_bytes = (uint32_t)o->memo_bytes;
    nz_session *session = NULL;
    nz_status status = nz_session_new(&session, model, &so, &error);
    *seconds = 0.0;
    const double start = now();
    for (size_t i = 0; i < all->count && status >= 0; i++) {
        const nz_result *result = NULL;
        nz_comment comment = NZ_COMMENT_INIT;
        comment.text = all->texts[i];
        comment.text_len = all->lengths[i];
        double begin = times != NULL ? now() : 0.0;
        status = nz_session_classify(session, &comment, &result, &error);
        if (times != NULL && status >= 0) {
            times[i] = now() - begin;
            *digest = digest_result(model, result, *digest);
        }
    }
    *seconds = now() - start;
    nz_session_free(session);
    if (status < 0) {
        fprintf(stderr, "classify_speed: %s\n", error.message);
        return -1;
    }
    return 0;
}

static int measure(const nz_model *model, const options *o, const comments *all)
{
    double bytes = 0.0, seconds = 0.0;
    unsigned long long digest = 0xcbf29ce484222325ULL;
    for (size_t i = 0; i < all->count; i++) {
        bytes += (double)all->lengths[i];
    }
    printf("%zu comments, %.0f bytes on average\n", all->count, bytes / (double)all->count);
    for (unsigned long round = 1; round <= o->rounds; round++) {
        if (run(model, o, all, NULL, &seconds, &digest) < 0) {
            return 1;
        }
        printf("round %lu: %.1f MB/s, %.0f comments/s\n", round, bytes / seconds / 1e6,
               (double)all->count / seconds);
    }
    double *times = grow(NULL, all->count, sizeof *times);
    if (run(model, o, all, times, &seconds, &digest) < 0) {
        free(times);
        return 1;
    }
    qsort(times, all->count, sizeof *times, compare_seconds);
    printf("latency: p50 %.1f us, p99 %.1f us, longest %.1f us\n", 1e6 * times[all->count / 2],
           1e6 * times[all->count - 1 - all->count / 100], 1e6 * times[all->count - 1]);
    printf("digest %016llx\n", digest);
    free(times);
    return 0;
}

static int parse(int argc, char **argv, options *o)
{
    struct {
        const char *name;
        unsigned long *value;
    } known[] = {{"--seed", &o->seed},
                 {"--limit", &o->limit},
                 {"--rounds", &o->rounds},
                 {"--memo-bytes", &o->memo_bytes}};
    for (int i = 1; i < argc; i++) {
        unsigned long *value = NULL;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            value = strcmp(argv[i], known[k].name) == 0 ? known[k].value : value;
        }
        char *end = NULL;
        if (value != NULL && i + 1 < argc) {
            *value = strtoul(argv[++i], &end, 10);
        }
        if ((value != NULL && (end == NULL || *end != '\0')) ||
            (value == NULL && (argv[i][0] == '-' || o->file_count == MAX_FILES))) {
            return -1;
        }
        if (value == NULL && o->model == NULL) {
            o->model = argv[i];
        } else if (value == NULL) {
            o->files[o->file_count++] = argv[i];
        }
    }
    return o->file_count != 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    options o = {.seed = 1, .rounds = 3};
    comments all = {0};
    nz_error error = NZ_ERROR_INIT;
    nz_model *model = NULL;
    if (parse(argc, argv, &o) < 0) {
        fprintf(stderr, "usage: classify_speed MODEL FILE... [--seed N] [--limit N] [--rounds N] "
                        "[--memo-bytes N]\n");
        return 2;
    }
    for (size_t i = 0; i < o.file_count; i++) {
        if (read_file(&all, o.files[i]) < 0) {
            return 1;
        }
    }
    if (all.count == 0) {
        fprintf(stderr, "classify_speed: no comments in the files\n");
        return 1;
    }
    if (nz_model_open(&model, o.model, NULL, &error) < 0) {
        fprintf(stderr, "classify_speed: %s\n", error.message);
        return 1;
    }
    shuffle(&all, o.seed);
    while (o.limit != 0 && all.count > o.limit) {
        free(all.texts[--all.count]);
    }
    lay_out(&all);
    int status = measure(model, &o, &all);
    nz_model_free(model);
    free(all.texts[0]); /* the block that holds them all */
    free(all.texts);
    free(all.lengths);
    return status;
}
