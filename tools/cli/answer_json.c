/* answer_json.c - the answer as a JSON object, and beside it evidence and clauses: the shape
 * that every JSON door of the project shares.  It writes no input.
 * Invariant: the members are always all there, in this order; without an answer they are
 * null or empty. */
#include "json_span.h"
#include "writer.h"

#include <string.h>

static void write_text(bytes *out, const char *text)
{
    json_write_string(out, text, strlen(text));
}

static void write_name(bytes *out, const char *name)
{
    bytes_byte(out, ',');
    write_text(out, name);
    bytes_byte(out, ':');
}

static void write_labelled(bytes *out, const char *label, double p)
{
    bytes_text(out, "{\"label\":");
    write_text(out, label);
    bytes_text(out, ",\"p\":");
    write_decimals(out, p < 0.0 ? 0.0 : p);
}

static void write_single(const layout *l, const nz_result *result, const char *name,
                         uint32_t head, bytes *out)
{
    double p;
    const char *label = schema_single(l->heads, result, head, &p);
    write_name(out, name);
    if (p < 0.0)
        bytes_text(out, "{\"label\":null,\"p\":null");
    else
        write_labelled(out, label, p);
}

static void write_types(const layout *l, const nz_result *result, bytes *out)
{
    uint32_t head = l->heads->types, count = 0;
    const uint32_t *labels = head == NZ_NONE ? NULL : nz_result_labels(result, head, &count);
    const double *p = head == NZ_NONE ? NULL : nz_result_probs(result, head);
    write_name(out, "types");
    bytes_byte(out, '[');
    for (uint32_t i = 0; labels != NULL && i < count; i++) {
        if (i > 0)
            bytes_byte(out, ',');
        write_labelled(out, schema_label(l->heads, head, labels[i]),
                       p == NULL ? 0.0 : p[labels[i]]);
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
}

static void write_error_answer(const answer *a, bytes *out)
{
    bytes_text(out, "\"language\":null,\"category\":{\"label\":null,\"p\":null},"
                    "\"sentiment\":{\"label\":null,\"p\":null,\"score\":null},"
                    "\"type\":{\"label\":null,\"p\":null},\"types\":[],\"question\":null,"
                    "\"reason\":null,\"solicited\":null,\"team\":null,\"priority\":null,"
                    "\"priority_why\":null,\"band\":null,\"needs_review\":null,\"error\":");
    write_text(out, a->error);
}

static void write_result(const layout *l, const nz_result *result, bytes *out)
{
    double p;
    bytes_text(out, "\"language\":");
    write_text(out, nz_language_code(nz_result_language(result)));
    write_single(l, result, "category", l->heads->category, out);
    bytes_byte(out, '}');
    write_single(l, result, "sentiment", l->heads->sentiment, out);
    write_name(out, "score");
    write_decimals(out, nz_result_score(result));
    bytes_byte(out, '}');
    write_single(l, result, "type", l->heads->type, out);
    bytes_byte(out, '}');
    write_types(l, result, out);
    write_name(out, "question");
    bytes_text(out, schema_question(l->heads, result) ? "true" : "false");
    write_name(out, "reason");
    write_text(out, schema_single(l->heads, result, l->heads->reason, &p));
    write_name(out, "solicited");
    write_text(out, nz_result_solicited(result));
    write_name(out, "team");
    write_text(out, schema_team(l->heads, result));
    bytes_format(out, ",\"priority\":%u", (unsigned)nz_result_priority(result));
    write_name(out, "priority_why");
    write_text(out, nz_result_priority_why(result));
    write_name(out, "band");
    write_text(out, nz_band_name(nz_result_band(result)));
    write_name(out, "needs_review");
    bytes_text(out, (nz_result_flags(result) & NZ_RESULT_NEEDS_REVIEW) != 0 ? "true" : "false");
    bytes_text(out, ",\"error\":null");
}

static void write_evidence(const layout *l, const nz_result *result, bytes *out)
{
    uint32_t count = 0;
    const nz_evidence *items = nz_result_evidence(result, &count);
    write_name(out, "evidence");
    bytes_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        const nz_evidence *e = &items[i];
        const char *head = nz_model_head_name(l->heads->model, e->head);
        bytes_format(out, "%s{\"begin\":%u,\"end\":%u,\"begin2\":%u,\"end2\":%u,\"kind\":",
                     i > 0 ? "," : "", e->begin, e->end, e->begin2, e->end2);
        write_text(out, nz_evidence_kind_name((nz_evidence_kind)e->kind));
        write_name(out, "head");
        write_text(out, head == NULL ? "" : head);
        write_name(out, "label");
        write_text(out, schema_label(l->heads, e->head, e->label));
        /* Six digits: the items must still add up to the logit within 1e-4. */
        bytes_format(out, ",\"weight\":%.6f}", e->weight);
    }
    bytes_byte(out, ']');
}

static void write_clauses(const layout *l, const nz_result *result, bytes *out)
{
    uint32_t count = 0;
    const nz_clause *clauses = nz_result_clauses(result, &count);
    write_name(out, "clauses");
    bytes_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        const nz_clause *c = &clauses[i];
        bytes_format(out, "%s{\"begin\":%u,\"end\":%u,\"category\":", i > 0 ? "," : "", c->begin,
                     c->end);
        write_text(out, schema_label(l->heads, l->heads->category, c->category));
        write_name(out, "sentiment");
        write_text(out, schema_label(l->heads, l->heads->sentiment, c->sentiment));
        write_name(out, "type");
        write_text(out, schema_label(l->heads, l->heads->type, c->type));
        bytes_byte(out, '}');
    }
    bytes_byte(out, ']');
}

void write_answer_json(const layout *l, const answer *a, bytes *out)
{
    bytes_text(out, "{\"status\":");
    write_text(out, answer_status_name(a->status));
    bytes_byte(out, ',');
    if (a->status == ANSWER_ERROR)
        write_error_answer(a, out);
    else
        write_result(l, a->result, out);
    if (l->evidence) {
        if (a->status == ANSWER_ERROR)
            bytes_text(out, ",\"evidence\":[]");
        else
            write_evidence(l, a->result, out);
    }
    if (l->clauses) {
        if (a->status == ANSWER_ERROR)
            bytes_text(out, ",\"clauses\":[]");
        else
            write_clauses(l, a->result, out);
    }
    bytes_byte(out, '}');
}
