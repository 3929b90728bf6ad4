/* answers.h - comments for the tests of threads, and a digest of everything that an answer
 * holds, so that a thread's answers can be compared with those of the main thread.
 * Nothing here asserts: cmocka's assertions belong to the main thread. */
#ifndef NZ_TESTS_ANSWERS_H
#define NZ_TESTS_ANSWERS_H

#include <stdio.h>

#include "predict/small_model.h"

enum { ANSWERS_COMMENTS = 300, ANSWERS_TEXT = 16 * 24 + 1 };

typedef struct answers_comment {
    char text[ANSWERS_TEXT];
    size_t len;
    double rating;
    uint32_t channel;
} answers_comment;

static inline void answers_make(small_model *s, answers_comment *comments)
{
    for (uint32_t i = 0; i < ANSWERS_COMMENTS; i++) {
        comments[i].len = small_text(s, 1 + i % 24, comments[i].text);
        comments[i].rating = (double)(i % 7) - 1.0;
        comments[i].channel = i % 5 < 3 ? i % 5 : NZ_NONE;
    }
}

static inline uint64_t answers_mix(uint64_t digest, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < size; i++) { /* FNV-1a */
        digest = (digest ^ b[i]) * UINT64_C(0x100000001b3);
    }
    return digest;
}

/* Of a comment's answer, with evidence and clauses; 0 when it could not be classified. */
static inline uint64_t answers_digest(const nz_model *model, nz_session *session,
                                      const answers_comment *comment)
{
    nz_comment c = NZ_COMMENT_INIT;
    const nz_result *r = NULL;
    c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
    c.text = comment->text;
    c.text_len = comment->len;
    c.rating = comment->rating;
    c.rating_max = 5.0;
    c.channel = comment->channel;
    if (nz_session_classify(session, &c, &r, NULL) != NZ_OK) {
        return 0;
    }
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (uint32_t h = 0; h < nz_model_head_count(model); h++) {
        uint32_t label = nz_result_label(r, h, NULL), count;
        const uint32_t *list = nz_result_labels(r, h, &count);
        digest = answers_mix(digest, nz_result_probs(r, h),
                             nz_model_label_count(model, h) * sizeof(double));
        digest = answers_mix(digest, &label, sizeof label);
        digest = answers_mix(digest, list, count * sizeof *list);
    }
    const double score = nz_result_score(r);
    uint32_t count;
    digest = answers_mix(digest, &score, sizeof score);
    digest = answers_mix(digest, nz_result_priority_why(r), strlen(nz_result_priority_why(r)));
    const nz_evidence *evidence = nz_result_evidence(r, &count);
    digest = answers_mix(digest, evidence, count * sizeof *evidence);
    const nz_clause *clauses = nz_result_clauses(r, &count);
    return answers_mix(digest, clauses, count * sizeof *clauses) | 1;
}

#endif
