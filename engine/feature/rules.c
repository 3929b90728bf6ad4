/* rules.c - the only door to PCRE2: compile under limits, match under limits.
 *
 * Compiled to machine code where PCRE2 can, for a third of all comments hold a trigger.  There
 * the limits are narrow, and whoever reaches one is asked again of the interpreter, whose
 * verdict under the limits below is the rule's: so both machines give one answer.
 * It must not know weights.  Invariant: an error of the matcher is never "no match". */
#include "feature/rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* A subject of 1 MiB under a sane pattern stays far below; an evil one ends in milliseconds. */
enum {
    JIT_MATCH_LIMIT = 2000,
    MATCH_LIMIT = 200000,
    DEPTH_LIMIT = 2000,
    HEAP_LIMIT_KIB = 4096,
    MAX_RULES = 4096,
    MAX_PATTERN = 4096
};

typedef struct compiled_rule {
    const char *name, *triggers;
    nz_language language;
    pcre2_code *code;
    bool jit; /* compiled to machine code as well */
} compiled_rule;

struct rules {
    nz_allocator allocator;
    compiled_rule *items;
    uint32_t count;
    char *text; /* copy of the block */
    size_t text_size;
};

struct rules_scratch {
    nz_allocator allocator;
    const rules *rules;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_match_context *jit_context;
};

static nz_language language_of(const char *code)
{
    return strcmp(code, "fa") == 0   ? NZ_LANG_FA
           : strcmp(code, "ar") == 0 ? NZ_LANG_AR
           : strcmp(code, "en") == 0 ? NZ_LANG_EN
                                     : NZ_LANG_OTHER;
}

/* Between 1 and RULES_MAX_SETS sets, and none of them empty? */
static bool has_triggers(const char *triggers)
{
    uint32_t sets = 1;
    for (const char *and = strstr(triggers, " & "); and != NULL; and = strstr(and + 3, " & ")) {
        if (and[3] == '\0' || and[3] == '&') {
            return false;
        }
        sets++;
    }
    return triggers[0] != '\0' && triggers[0] != '&' && sets <= RULES_MAX_SETS;
}

static nz_status compile(compiled_rule *item, const char *pattern, nz_error *err)
{
    size_t len = strlen(pattern);
    if (len == 0 || len > MAX_PATTERN) {
        return status_fail(err, NZ_E_RULE_SYNTAX, "rule %.40s: a pattern has 1 to %d bytes",
                           item->name, (int)MAX_PATTERN);
    }
    /* "(*LIMIT_MATCH=...)" and its kin would lift the limits. */
    if (strstr(pattern, "(*") != NULL) {
        return status_fail(err, NZ_E_RULE_SYNTAX,
                           "rule %.40s: control verbs (*...) are not allowed", item->name);
    }
    if (!has_triggers(item->triggers)) {
        return status_fail(err, NZ_E_RULE_SYNTAX,
                           "rule %.40s has no trigger, or an empty set of them; name 1 to %u sets "
                           "of keys, one of each standing in every match", item->name,
                           RULES_MAX_SETS);
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    item->code = pcre2_compile((PCRE2_SPTR)pattern, len,
                               PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &code, &offset,
                               NULL);
    if (item->code == NULL) {
        PCRE2_UCHAR reason[120];
        if (pcre2_get_error_message(code, reason, sizeof reason) < 0) {
            reason[0] = '\0';
        }
        return status_fail_at(err, NZ_E_RULE_SYNTAX, offset, code, "rule %.40s: %s", item->name,
                              (const char *)reason);
    }
    item->jit = pcre2_jit_compile(item->code, PCRE2_JIT_COMPLETE) == 0;
    return NZ_OK;
}

/* The next NUL-terminated string of the block, or NULL when none is left whole. */
static const char *next_string(const char **at, const char *end)
{
    const char *nul = memchr(*at, '\0', (size_t)(end - *at));
    if (nul == NULL) {
        return NULL;
    }
    const char *string = *at;
    *at = nul + 1;
    return string;
}

static nz_status compile_all(rules *r, nz_error *err)
{
    const char *at = r->text;
    const char *end = r->text + r->text_size;
    while (at < end) {
        const char *name = next_string(&at, end);
        const char *language = name != NULL ? next_string(&at, end) : NULL;
        const char *triggers = language != NULL ? next_string(&at, end) : NULL;
        const char *pattern = triggers != NULL ? next_string(&at, end) : NULL;
        if (pattern == NULL || r->count == MAX_RULES) {
            return status_fail(err, NZ_E_MODEL_CORRUPT,
                               "the rules are damaged or more than %d", (int)MAX_RULES);
        }
        compiled_rule *items = memory_grow(&r->allocator, r->items, r->count, r->count + 1, sizeof *items);
        if (items == NULL) {
            return status_no_memory(err);
        }
        r->items = items;
        compiled_rule *item = &items[r->count++];
        item->name = name;
        item->triggers = triggers;
        item->language = language_of(language);
        item->code = NULL;
        item->jit = false;
        NZ_TRY(compile(item, pattern, err));
    }
    return NZ_OK;
}

nz_status rules_open(rules **out, const void *bytes, size_t size, const nz_allocator *allocator,
                     nz_error *err)
{
    *out = NULL;
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    rules *r = memory_new_zero(&a, 1, sizeof *r);
    if (r == NULL) {
        return status_no_memory(err);
    }
    r->allocator = a;
    r->text = memory_new(&a, size, 1);
    nz_status status = r->text == NULL ? status_no_memory(err) : NZ_OK;
    if (status == NZ_OK) {
        r->text_size = size;
        if (size != 0) {
            memcpy(r->text, bytes, size);
        }
        status = compile_all(r, err);
    }
    if (status < 0) {
        rules_free(r);
        return status;
    }
    *out = r;
    return NZ_OK;
}

void rules_free(rules *r)
{
    if (r == NULL) {
        return;
    }
    nz_allocator a = r->allocator;
    for (uint32_t i = 0; i < r->count; i++) {
        pcre2_code_free(r->items[i].code);
    }
    memory_free(&a, r->items, r->count, sizeof *r->items);
    memory_free(&a, r->text, r->text_size, 1);
    memory_free(&a, r, 1, sizeof *r);
}

uint32_t rules_count(const rules *r)
{
    return r->count;
}

const char *rules_name(const rules *r, uint32_t rule)
{
    return rule < r->count ? r->items[rule].name : NULL;
}

nz_language rules_language(const rules *r, uint32_t rule)
{
    return rule < r->count ? r->items[rule].language : NZ_LANG_OTHER;
}

const char *rules_triggers(const rules *r, uint32_t rule)
{
    return rule < r->count ? r->items[rule].triggers : NULL;
}

nz_status rules_scratch_new(rules_scratch **out, const rules *r, const nz_allocator *allocator,
                            nz_error *err)
{
    nz_allocator a = allocator != NULL ? *allocator : memory_default();
    rules_scratch *s = memory_new_zero(&a, 1, sizeof *s);
    *out = s;
    if (s == NULL) {
        return status_no_memory(err);
    }
    s->allocator = a;
    s->rules = r;
    s->match = pcre2_match_data_create(1, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->jit_context = pcre2_match_context_create(NULL);
    if (s->match == NULL || s->context == NULL || s->jit_context == NULL) {
        rules_scratch_free(s);
        *out = NULL;
        return status_no_memory(err);
    }
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
    pcre2_set_match_limit(s->jit_context, JIT_MATCH_LIMIT);
    return NZ_OK;
}

void rules_scratch_free(rules_scratch *s)
{
    if (s != NULL) {
        nz_allocator a = s->allocator;
        pcre2_match_data_free(s->match);
        pcre2_match_context_free(s->context);
        pcre2_match_context_free(s->jit_context);
        memory_free(&a, s, 1, sizeof *s);
    }
}

/* What pcre2_match() returns; a limit is one of the interpreter's. */
static int match_rule(rules_scratch *s, const compiled_rule *rule, const char *subject, size_t len)
{
    if (rule->jit) {
        int result = pcre2_jit_match(rule->code, (PCRE2_SPTR)subject, len, 0, 0, s->match,
                                     s->jit_context);
        if (result >= 0 || result == PCRE2_ERROR_NOMATCH) {
            return result;
        }
    }
    return pcre2_match(rule->code, (PCRE2_SPTR)subject, len, 0,
                       PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, s->match, s->context);
}

void rules_match_one(rules_scratch *s, uint32_t rule, const char *subject, size_t len,
                     rules_match *out, bool *found, bool *limited)
{
    *found = false;
    *limited = false;
    int result = match_rule(s, &s->rules->items[rule], subject, len);
    if (result == PCRE2_ERROR_NOMATCH) {
        return;
    }
    if (result < 0) {
        *limited = true;
        return;
    }
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(s->match);
    out->rule = rule;
    out->begin = (uint32_t)ends[0];
    out->end = (uint32_t)(ends[1] < ends[0] ? ends[0] : ends[1]);
    *found = true;
}

void rules_library_version(char out[64])
{
    out[0] = '\0';
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= 64) {
        (void)pcre2_config(PCRE2_CONFIG_VERSION, out);
    }
}
