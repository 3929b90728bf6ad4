/* measure.c - see measure.h.  It must not know figures.
 * Invariant: a row is classified with what is known beside its text, as classify does. */
#include "measure.h"

#include "command.h"
#include "model_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int measure_open(measure *m, const char *path, const nz_evaluation_options *options)
{
    nz_error err = NZ_ERROR_INIT;
    *m = (measure){NULL, NULL, NULL};
    int code = model_file_open(&m->model, path, NULL);
    if (code != EXIT_DONE)
        return code;
    if (nz_session_new(&m->session, m->model, NULL, &err) != NZ_OK
        || nz_evaluation_new(&m->evaluation, m->model, options, &err) != NZ_OK) {
        say("%s", err.message);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

void measure_close(measure *m)
{
    nz_evaluation_free(m->evaluation);
    nz_session_free(m->session);
    nz_model_free(m->model);
    *m = (measure){NULL, NULL, NULL};
}

void measure_heads(const measure *m, labelled_heads *heads)
{
    for (uint32_t h = 0; h < nz_model_head_count(m->model); h++) {
        const char *name = nz_model_head_name(m->model, h);
        bool known = heads->count == LABELLED_HEADS;
        for (size_t i = 0; i < heads->count; i++)
            known = known || strcmp(heads->names[i], name) == 0;
        if (!known)
            heads->names[heads->count++] = name;
    }
}

int measure_row(measure *m, const nz_row *row, const char *path, uint64_t line)
{
    nz_error err = NZ_ERROR_INIT;
    const nz_result *result;
    nz_comment comment = NZ_COMMENT_INIT;
    comment.text = row->text;
    comment.text_len = row->text_len;
    comment.rating = row->rating;
    comment.rating_max = row->rating_max;
    if (row->channel != NULL)
        comment.channel = nz_model_find_channel(m->model, row->channel);
    if (nz_session_classify(m->session, &comment, &result, &err) == NZ_OK
        && nz_evaluation_add(m->evaluation, row, result, &err) == NZ_OK)
        return EXIT_DONE;
    say_at(path, line, "%s", err.message);
    return err.status == NZ_E_DATA || err.status == NZ_E_LIMIT ? EXIT_INPUT : EXIT_FAILED;
}

bool measure_wants(const nz_row *row, const char *split)
{
    return split == NULL || (row->split != NULL && strcmp(row->split, split) == 0);
}

int measure_write(const char *path, const char *text, size_t len)
{
    bool plain = strcmp(path, "-") == 0;
    FILE *file = plain ? stdout : fopen(path, "wb");
    bool whole = file != NULL && fwrite(text, 1, len, file) == len && fflush(file) == 0;
    int why = errno;
    if (file != NULL && !plain)
        whole = fclose(file) == 0 && whole;
    if (whole)
        return EXIT_DONE;
    if (plain && why == EPIPE)
        return EXIT_DONE; /* a closed pipe is quiet */
    say_at(path, 0, "the report cannot be written: %s", strerror(why));
    return EXIT_FAILED;
}
