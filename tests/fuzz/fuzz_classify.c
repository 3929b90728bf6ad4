/* fuzz_classify.c - any bytes as a comment with any rating and channel: what nazar.h promises
 * of an answer holds, and a session without a memo gives the same bits as one whose memo is
 * small, warm and full of other comments.
 *
 * Three bytes lead the text: options (see the enum), rating, channel.  The model is the shipped
 * one when it is there and the options ask for it, else the small one of the tests. */
#include <math.h>
#include <stdint.h>

#include "predict/small_model.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    OPTION_NO_EVIDENCE = 1,
    OPTION_NO_CLAUSES = 2,
    OPTION_REJECT = 4, /* malformed UTF-8 is an error */
    OPTION_SMALL = 8,  /* the small model, though the shipped one is there */
    OPTION_REDACT = 16
};

/* A model with its sessions: [reject malformed UTF-8][without a memo]. */
typedef struct subject {
    nz_model *model;
    nz_session *sessions[2][2];
} subject;

static void open_sessions(subject *s)
{
    for (uint32_t i = 0; i < 4; i++) {
        nz_session_options o = NZ_SESSION_OPTIONS_INIT;
        o.flags = (i & 2 ? NZ_SESSION_REJECT_UTF8 : 0) | (i & 1 ? NZ_SESSION_NO_MEMO : 0);
        o.memo_bytes = 64 * 1024; /* so small that it forgets all the time */
        small_require(nz_session_new(&s->sessions[i >> 1][i & 1], s->model, &o, NULL) == NZ_OK);
    }
}

/* Opened once, kept to the end of the process. */
static const subject *subject_of(bool small_asked)
{
    static small_model small;
    static subject small_subject, shipped;
    if (small_subject.model == NULL) {
        small_model_make(&small, 3);
        small_require(nz_model_open_memory(&small_subject.model, small.bytes.bytes,
                                           small.bytes.size, NULL, NULL) == NZ_OK);
        open_sessions(&small_subject);
        nz_status status = nz_model_open(&shipped.model, NZ_SOURCE_DIR "/models/default.nzm",
                                         NULL, NULL);
        small_require(status == NZ_OK || status == NZ_E_IO); /* it may not be there */
        if (shipped.model != NULL) {
            open_sessions(&shipped);
        }
    }
    return small_asked || shipped.model == NULL ? &small_subject : &shipped;
}

static nz_comment comment_of(const uint8_t *data, size_t size)
{
    static const double tops[] = {-1.0, 1.0, 5.0, 10.0, 100.0, 0.0, INFINITY, NAN};
    nz_comment c = NZ_COMMENT_INIT;
    c.flags = (data[0] & OPTION_NO_EVIDENCE ? 0 : NZ_WANT_EVIDENCE) |
              (data[0] & OPTION_NO_CLAUSES ? 0 : NZ_WANT_CLAUSES);
    c.rating = (data[1] >> 3) - 1.0;
    c.rating_max = tops[data[1] & 7];
    c.channel = data[2] == 255 ? NZ_NONE : data[2] & 15;
    c.text = size > 3 ? (const char *)data + 3 : NULL;
    c.text_len = size - 3;
    return c;
}

/* ---- what must hold of every answer ---------------------------------------------------------- */

static void check_label(const nz_model *m, uint32_t head, uint32_t label)
{
    small_require(label == NZ_NONE || nz_model_label_name(m, head, label) != NULL);
}

static void check_head(const nz_model *m, const nz_result *r, uint32_t head)
{
    const uint32_t labels = nz_model_label_count(m, head);
    const double *probs = nz_result_probs(r, head);
    double sum = 0.0, p;
    for (uint32_t i = 0; i < labels; i++) {
        small_require(probs[i] >= 0.0 && probs[i] <= 1.0); /* a NaN fails too */
        sum += probs[i];
    }
    check_label(m, head, nz_result_label(r, head, &p));
    small_require(p >= 0.0 && p <= 1.0);
    if (nz_model_head_kind(m, head) == NZ_HEAD_SINGLE) {
        small_require(fabs(sum - 1.0) < 1e-9);
    }
    uint32_t count;
    const uint32_t *list = nz_result_labels(r, head, &count);
    small_require(count <= labels && (count == 0 || list[0] == nz_result_label(r, head, NULL)));
    for (uint32_t i = 0; i < count; i++) {
        small_require(list[i] < labels);
        for (uint32_t k = 0; k < i; k++) {
            small_require(list[i] != list[k]);
        }
    }
}

static void check_whole(const nz_model *m, const nz_result *r)
{
    small_require(nz_result_score(r) >= -1.0 && nz_result_score(r) <= 1.0);
    small_require(nz_result_priority(r) <= 100 && nz_result_priority_why(r) != NULL);
    small_require(nz_result_band(r) <= NZ_BAND_HIGH && nz_result_language(r) <= NZ_LANG_MIXED);
    small_require(nz_result_solicited(r) != NULL && nz_result_flags(r) < 32);
    small_require(nz_result_team(r) == NZ_NONE || nz_model_team_name(m, nz_result_team(r)) != NULL);
    small_require(nz_result_label(r, nz_model_head_count(m), NULL) == NZ_NONE);
}

/* Half open, inside of the text, and never through the middle of a character of a text that
 * needed no repair. */
static void check_span(const nz_comment *c, bool repaired, uint32_t begin, uint32_t end)
{
    small_require(begin <= end && end <= c->text_len);
    if (!repaired && begin < end) {
        small_require(((unsigned char)c->text[begin] & 0xc0) != 0x80);
        small_require(end == c->text_len || ((unsigned char)c->text[end] & 0xc0) != 0x80);
    }
}

static void check_evidence(const nz_model *m, const nz_comment *c, const nz_result *r)
{
    const bool repaired = (nz_result_flags(r) & NZ_RESULT_REPAIRED) != 0;
    uint32_t count;
    const nz_evidence *items = nz_result_evidence(r, &count);
    small_require((c->flags & NZ_WANT_EVIDENCE) != 0 || count == 0);
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const nz_evidence *e = &items[i];
        check_span(c, repaired, e->begin, e->end);
        check_span(c, repaired, e->begin2, e->end2);
        small_require(e->kind <= NZ_EVIDENCE_REST && e->label < nz_model_label_count(m, e->head));
        /* Items of one label stand together; where they end their sum is its logit. */
        sum += e->weight;
        if (i + 1 == count || items[i + 1].head != e->head || items[i + 1].label != e->label) {
            small_require(fabs(sum - nz_result_logit(r, e->head, e->label)) <= 1e-4);
            sum = 0.0;
        }
    }
}

static void check_clauses(const nz_model *m, const nz_comment *c, const nz_result *r)
{
    uint32_t count, end = 0;
    const nz_clause *clauses = nz_result_clauses(r, &count);
    small_require((c->flags & NZ_WANT_CLAUSES) != 0 || count == 0);
    for (uint32_t i = 0; i < count; i++) {
        const nz_clause *k = &clauses[i];
        check_span(c, (nz_result_flags(r) & NZ_RESULT_REPAIRED) != 0, k->begin, k->end);
        small_require(k->begin >= end && k->end > k->begin);
        end = k->end;
        check_label(m, nz_model_find_head(m, "category"), k->category);
        check_label(m, nz_model_find_head(m, "sentiment"), k->sentiment);
        check_label(m, nz_model_find_head(m, "type"), k->type);
    }
}

/* ---- the same bits ------------------------------------------------------------------------------ */

static void require_same(const void *a, const void *b, uint32_t count_a, uint32_t count_b,
                         size_t item)
{
    small_require(count_a == count_b && (count_a == 0 || memcmp(a, b, count_a * item) == 0));
}

static void check_same(const nz_model *m, const nz_result *a, const nz_result *b)
{
    uint32_t counts[2];
    for (uint32_t h = 0; h < nz_model_head_count(m); h++) {
        const uint32_t labels = nz_model_label_count(m, h);
        require_same(nz_result_probs(a, h), nz_result_probs(b, h), labels, labels, sizeof(double));
        small_require(nz_result_label(a, h, NULL) == nz_result_label(b, h, NULL));
        const uint32_t *list_a = nz_result_labels(a, h, &counts[0]);
        const uint32_t *list_b = nz_result_labels(b, h, &counts[1]);
        require_same(list_a, list_b, counts[0], counts[1], sizeof *list_a);
    }
    const double scores[2] = {nz_result_score(a), nz_result_score(b)};
    require_same(&scores[0], &scores[1], 1, 1, sizeof *scores);
    small_require(nz_result_flags(a) == nz_result_flags(b));
    small_require(nz_result_language(a) == nz_result_language(b));
    small_require(nz_result_team(a) == nz_result_team(b));
    small_require(strcmp(nz_result_priority_why(a), nz_result_priority_why(b)) == 0);
    const nz_evidence *evidence_a = nz_result_evidence(a, &counts[0]);
    const nz_evidence *evidence_b = nz_result_evidence(b, &counts[1]);
    require_same(evidence_a, evidence_b, counts[0], counts[1], sizeof *evidence_a);
    const nz_clause *clauses_a = nz_result_clauses(a, &counts[0]);
    const nz_clause *clauses_b = nz_result_clauses(b, &counts[1]);
    require_same(clauses_a, clauses_b, counts[0], counts[1], sizeof *clauses_a);
}

static void check_redaction(nz_session *session, const nz_comment *c)
{
    const char *masked;
    size_t len;
    if (nz_session_redact(session, c->text, c->text_len, &masked, &len, NULL) == NZ_OK) {
        small_require(masked[len] == '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3) {
        return 0;
    }
    const subject *s = subject_of((data[0] & OPTION_SMALL) != 0);
    const bool reject = (data[0] & OPTION_REJECT) != 0;
    const nz_comment c = comment_of(data, size);
    const bool malformed = c.text_len != 0 &&
                           utf8_valid_prefix(c.text, c.text_len) != c.text_len;
    const nz_result *results[2];
    for (uint32_t i = 0; i < 2; i++) {
        nz_status status = nz_session_classify(s->sessions[reject][i], &c, &results[i], NULL);
        small_require(status == (reject && malformed ? NZ_E_UTF8 : NZ_OK));
        small_require((status == NZ_OK) == (results[i] != NULL));
    }
    if (results[0] != NULL) {
        for (uint32_t h = 0; h < nz_model_head_count(s->model); h++) {
            check_head(s->model, results[0], h);
        }
        check_whole(s->model, results[0]);
        check_evidence(s->model, &c, results[0]);
        check_clauses(s->model, &c, results[0]);
        check_same(s->model, results[0], results[1]);
    }
    if ((data[0] & OPTION_REDACT) != 0) {
        check_redaction(s->sessions[reject][0], &c);
    }
    return 0;
}
