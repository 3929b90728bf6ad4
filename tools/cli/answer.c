/* answer.c - the heads of a model by name, and numbers as text. */
#include "answer.h"

#include <string.h>

const char *answer_status_name(answer_status status)
{
    static const char *const names[] = {"ok", "empty", "no_evidence", "error"};
    return names[status];
}

void schema_init(schema *s, const nz_model *model, const char *titles)
{
    s->model = model;
    s->titles = titles != NULL && strcmp(titles, "id") != 0 ? titles : NULL;
    s->category = nz_model_find_head(model, "category");
    s->sentiment = nz_model_find_head(model, "sentiment");
    s->type = nz_model_find_head(model, "type");
    s->types = nz_model_find_head(model, "types");
    s->question = nz_model_find_head(model, "question");
    s->reason = nz_model_find_head(model, "reason");
}

const char *schema_label(const schema *s, uint32_t head, uint32_t label)
{
    if (head == NZ_NONE || label == NZ_NONE)
        return "";
    const char *name = s->titles == NULL
                           ? nz_model_label_name(s->model, head, label)
                           : nz_model_label_title(s->model, head, label, s->titles);
    return name == NULL ? "" : name;
}

const char *schema_single(const schema *s, const nz_result *result, uint32_t head, double *p)
{
    *p = -1.0;
    if (head == NZ_NONE)
        return "";
    uint32_t label = nz_result_label(result, head, p);
    if (label == NZ_NONE)
        *p = -1.0;
    return schema_label(s, head, label);
}

bool schema_question(const schema *s, const nz_result *result)
{
    return s->question != NZ_NONE && nz_result_label(result, s->question, NULL) == 0;
}

const char *schema_team(const schema *s, const nz_result *result)
{
    uint32_t team = nz_result_team(result);
    const char *name = team == NZ_NONE ? NULL : nz_model_team_name(s->model, team);
    return name == NULL ? "" : name;
}

double answer_confidence(const schema *s, const nz_result *result)
{
    const uint32_t heads[] = {s->category, s->sentiment, s->type};
    double lowest = 1.0;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        double p;
        (void)schema_single(s, result, heads[i], &p);
        if (p >= 0.0 && p < lowest)
            lowest = p;
    }
    return lowest;
}

void write_decimals(bytes *out, double p)
{
    if (!(p > -1e9 && p < 1e9)) {
        bytes_byte(out, '0'); /* nothing that the engine gives is beyond that */
        return;
    }
    char digits[32];
    size_t n = sizeof digits;
    bool negative = p < 0.0;
    unsigned long long value = (unsigned long long)((negative ? -p : p) * 10000.0 + 0.5);
    negative = negative && value > 0;
    for (int i = 0; i < 4; i++, value /= 10)
        digits[--n] = (char)('0' + value % 10);
    digits[--n] = '.';
    do
        digits[--n] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    if (negative)
        digits[--n] = '-';
    bytes_append(out, digits + n, sizeof digits - n);
}
