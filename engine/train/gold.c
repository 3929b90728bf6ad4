/* gold.c - see gold.h.  It must not know what labels mean.
 * Invariant: a message shows a value only when it looks like an identifier. */
#include "train/gold.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 40, LIST_BYTES = 140 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **value, size_t *len)
{
    while (*len != 0 && is_space(**value)) {
        (*value)++;
        (*len)--;
    }
    while (*len != 0 && is_space((*value)[*len - 1])) {
        (*len)--;
    }
}

/* Short and of letters, digits, '_' and '-' only: a slip of a label, not a comment. */
static bool looks_like_label(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = value[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-')) {
            return false;
        }
    }
    return len != 0 && len <= SHOWN_MAX;
}

static void list_labels(const gold_head *head, char list[LIST_BYTES])
{
    size_t used = 0;
    list[0] = '\0';
    for (uint32_t k = 0; k < head->label_count; k++) {
        size_t len = strlen(head->labels[k]);
        if (used + len + 8 >= LIST_BYTES) {
            memcpy(list + used, " ...", 5);
            return;
        }
        if (used != 0) {
            list[used++] = ' ';
        }
        memcpy(list + used, head->labels[k], len + 1);
        used += len;
    }
}

static nz_status unknown(const gold_head *head, const char *value, size_t len, uint64_t row,
                         nz_error *err)
{
    char list[LIST_BYTES], shown[SHOWN_MAX + 4] = "";
    list_labels(head, list);
    if (looks_like_label(value, len)) {
        (void)snprintf(shown, sizeof shown, "\"%.*s\" ", (int)len, value);
    }
    return status_fail(err, NZ_E_DATA, "row %llu: %.20s: %sis no label of it; allowed: %s%s",
                       (unsigned long long)row, head->name, shown[0] != '\0' ? shown : "the value ",
                       head->kind == NZ_HEAD_BINARY ? "true false " : "", list);
}

static uint32_t find(const gold_head *head, const char *name, size_t len)
{
    for (uint32_t k = 0; k < head->label_count; k++) {
        if (strlen(head->labels[k]) == len && memcmp(head->labels[k], name, len) == 0) {
            return k;
        }
    }
    return NZ_NONE;
}

static bool equals(const char *value, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(value, word, len) == 0;
}

static bool one_of(const char *value, size_t len, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (equals(value, len, *words)) {
            return true;
        }
    }
    return false;
}

static nz_status read_binary(const gold_head *head, const char *value, size_t len, uint64_t row,
                             gold_answer *answer, nz_error *err)
{
    static const char *const yes[] = {"true", "True", "TRUE", "1", "yes", NULL};
    static const char *const no[] = {"false", "False", "FALSE", "0", "no", NULL};
    if (one_of(value, len, yes) || find(head, value, len) == 0) {
        answer->label = GOLD_YES;
    } else if (one_of(value, len, no)) {
        answer->label = GOLD_NO;
    } else {
        return unknown(head, value, len, row, err);
    }
    return NZ_OK;
}

static nz_status read_multi(const gold_head *head, const char *value, size_t len, uint64_t row,
                            gold_answer *answer, uint8_t *set, nz_error *err)
{
    memset(set, 0, head->label_count);
    answer->label = 0;
    for (const char *at = value, *end = value + len; at < end;) {
        const char *stop = memchr(at, ';', (size_t)(end - at));
        const char *name = at;
        size_t name_len = (size_t)((stop == NULL ? end : stop) - at);
        trim(&name, &name_len);
        uint32_t k = find(head, name, name_len);
        if (k != NZ_NONE) {
            set[k] = 1;
        } else if (name_len != 0 && !equals(name, name_len, "none")) {
            return unknown(head, name, name_len, row, err);
        }
        at = stop == NULL ? end : stop + 1;
    }
    return NZ_OK;
}

nz_status gold_read(const gold_head *head, const char *value, size_t len, uint64_t row_number,
                    gold_answer *answer, uint8_t *set, nz_error *err)
{
    answer->label = NZ_NONE;
    answer->empty = false;
    if (value == NULL) {
        return NZ_OK;
    }
    trim(&value, &len);
    if (len == 0) {
        answer->empty = true;
        return NZ_OK;
    }
    if (head->kind == NZ_HEAD_BINARY) {
        return read_binary(head, value, len, row_number, answer, err);
    }
    if (head->kind == NZ_HEAD_MULTI) {
        return read_multi(head, value, len, row_number, answer, set, err);
    }
    answer->label = find(head, value, len);
    return answer->label == NZ_NONE ? unknown(head, value, len, row_number, err) : NZ_OK;
}
