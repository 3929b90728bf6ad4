/* pipeline.h - reader -> blocks of rows -> workers -> writer in the reader's order.
 * Memory is bounded by the number of slots; it knows nothing of comments.
 * Invariant: blocks are emitted in the order in which they were filled, each exactly once,
 * whatever the number of workers. */
#ifndef NAZAR_CLI_PIPELINE_H
#define NAZAR_CLI_PIPELINE_H

#include "rows.h"

#include <stdbool.h>

typedef struct fault {
    uint64_t line;
    const char *text; /* static */
} fault;

/* A block on its way: what was read, what is to be written, what is to be counted. */
typedef struct slot {
    block rows;
    bytes out;
    uint64_t *counts; /* owned by who runs the pipeline; reset by work() */
    fault *faults;    /* rows that could not be read, in order */
    size_t fault_count, fault_capacity;
    size_t input; /* which of the inputs the rows come from */
    int state;
} slot;

typedef struct pipeline {
    unsigned jobs; /* worker threads; 1: everything in the calling thread */
    void *context;
    int (*fill)(void *context, slot *s); /* as reader_fill(); in the calling thread */
    void (*work)(void *context, unsigned worker, slot *s); /* in any thread */
    bool (*emit)(void *context, slot *s);  /* one at a time, in order; false ends the run */
    void (*begin)(void *context, slot *s); /* once a slot */
    void (*end)(void *context, slot *s);
} pipeline;

typedef enum pipeline_end { PIPELINE_DONE, PIPELINE_INPUT_FAILED, PIPELINE_STOPPED } pipeline_end;

/* Run until fill() says that the end is reached, or a stage stops. */
pipeline_end pipeline_run(const pipeline *p);

#endif /* NAZAR_CLI_PIPELINE_H */
