/* span_phone.c - chains of digits in groups, and which of them are telephone numbers.
 *
 * It must not know identity documents or cards (pii.c).  Invariant: that of span.h. */
#include <string.h>

#include "text/span.h"

enum { MAX_SEPARATOR = 3, MAX_PHONE_GROUPS = 6 };

uint32_t span_digit(const char *at, const char *end, uint32_t *digit)
{
    uint32_t c;
    uint32_t len = span_peek(at, end, &c);
    if (len == 0 || codepoint_class_of(c) != CODEPOINT_DIGIT) {
        return 0;
    }
    *digit = codepoint_lookup(c)->digit;
    return len;
}

/* ---- the chain */

/* What people put between groups: a space, dash, dot, slash, parenthesis, or something
 * unseen.  Length up to the next digit, 0 if none follows; *dashed: without a space. */
static uint32_t separator_length(const char *at, const char *end, bool *dashed)
{
    const char *p = at;
    *dashed = true;
    for (uint32_t i = 0; i < MAX_SEPARATOR; i++) {
        uint32_t c, digit;
        uint32_t len = span_peek(p, end, &c);
        codepoint_class class_ = len == 0 ? CODEPOINT_OTHER : codepoint_class_of(c);
        if (class_ == CODEPOINT_SPACE) {
            *dashed = false;
        } else if (c != '-' && c != '.' && c != '/' && c != '(' && c != ')' && c != 0x2010 &&
                   c != 0x2011 && c != 0x2013 && class_ != CODEPOINT_TATWEEL &&
                   class_ != CODEPOINT_INVISIBLE && class_ != CODEPOINT_ZWNJ) {
            return 0;
        }
        p += len;
        if (span_digit(p, end, &digit) != 0) {
            return (uint32_t)(p - at);
        }
    }
    return 0;
}

/* One group of digits into the chain; 0 if it goes beyond the limit. */
static uint32_t read_group(const char *at, const char *end, span_chain *chain)
{
    const char *p = at;
    uint32_t count = chain->count;
    uint32_t digit, len;
    while ((len = span_digit(p, end, &digit)) != 0) {
        if (count == SPAN_CHAIN_DIGITS) {
            return 0;
        }
        chain->digits[count++] = (char)('0' + digit);
        p += len;
    }
    chain->count = (uint8_t)count;
    return (uint32_t)(p - at);
}

bool span_read_chain(const char *at, const char *end, span_chain *chain)
{
    const char *p = at;
    uint32_t c;
    uint32_t len = span_peek(p, end, &c);
    chain->count = 0;
    chain->group_count = 0;
    chain->plus = false;
    bool dashed = true;
    chain->open = c == '(';
    if (chain->open) {
        p += len;
        len = span_peek(p, end, &c);
    }
    if (c == '+' || c == 0xFF0B) {
        chain->plus = true;
        p += len;
    }
    while (chain->group_count < SPAN_CHAIN_GROUPS) {
        len = read_group(p, end, chain);
        if (len == 0) {
            break;
        }
        p += len;
        chain->dashed[chain->group_count] = dashed;
        chain->digits_until[chain->group_count] = chain->count;
        chain->length_until[chain->group_count] = (uint32_t)(p - at);
        chain->group_count++;
        if (chain->open && chain->group_count == 1 && (p == end || *p != ')')) {
            return false;
        }
        len = separator_length(p, end, &dashed);
        if (len == 0) {
            break;
        }
        p += len;
    }
    if (chain->group_count != 0) {
        chain->count = chain->digits_until[chain->group_count - 1];
    }
    return chain->group_count != 0;
}

static uint32_t group_size(const span_chain *chain, uint32_t group)
{
    return (uint32_t)chain->digits_until[group] -
           (group == 0 ? 0u : (uint32_t)chain->digits_until[group - 1]);
}

/* ---- telephone numbers */

static bool starts_with(const char *digits, uint32_t count, const char *prefix)
{
    size_t len = strlen(prefix);
    return count >= len && memcmp(digits, prefix, len) == 0;
}

/* Digits behind + or 00: the country codes that we know have known lengths. */
static bool is_international(const char *digits, uint32_t count)
{
    if (starts_with(digits, count, "98") || starts_with(digits, count, "966")) {
        return count == 12;
    }
    if (starts_with(digits, count, "971") || starts_with(digits, count, "20")) {
        return count == 11 || count == 12;
    }
    return count >= 8 && count <= 15 && digits[0] != '0';
}

/* Mobile numbers with their country code and no sign before it. */
static bool is_bare_international(const char *digits, uint32_t count)
{
    static const char *const prefixes[] = {"989", "9665", "9715", "2010", "2011", "2012", "2015"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (count == 12 && starts_with(digits, count, prefixes[i])) {
            return true;
        }
    }
    return false;
}

/* Iranian mobiles without their zero: 91x, 92x, 93x, 90x, 99x. */
static bool is_bare_mobile(const char *digits, uint32_t count)
{
    return count == 10 && digits[0] == '9' &&
           (digits[1] <= '3' || digits[1] == '9') && digits[1] >= '0';
}

/* 1402/05/12 09... and 12-05-2023: the groups begin with a date. */
static bool begins_with_date(const span_chain *chain)
{
    if (chain->group_count < 3) {
        return false;
    }
    uint32_t first = group_size(chain, 0);
    uint32_t second = group_size(chain, 1);
    uint32_t third = group_size(chain, 2);
    return second <= 2 && ((first == 4 && third <= 2) || (first <= 2 && third == 4));
}

/* 415-555-2671, (415) 555-2671, 1-800-555-2671 */
static bool is_american(const span_chain *chain, uint32_t groups)
{
    uint32_t skip = groups == 4 && group_size(chain, 0) == 1 && chain->digits[0] == '1';
    const char *digits = chain->digits + skip;
    return groups == 3 + skip && group_size(chain, skip) == 3 && group_size(chain, skip + 1) == 3 &&
           group_size(chain, skip + 2) == 4 && digits[0] >= '2' && digits[3] >= '2' &&
           chain->dashed[skip + 2];
}

bool span_chain_is_phone(const span_chain *chain, uint32_t groups)
{
    const char *digits = chain->digits;
    uint32_t count = chain->digits_until[groups - 1];
    /* The parenthesis closes behind the first group: there must be more. */
    if (count < 8 || groups > MAX_PHONE_GROUPS || (chain->open && groups == 1) ||
        (!chain->plus && begins_with_date(chain))) {
        return false;
    }
    for (uint32_t group = 1; group < groups; group++) {
        if (group_size(chain, group) < 2) {
            return false;
        }
    }
    if (chain->plus) {
        return is_international(digits, count);
    }
    if (digits[0] == '0' && digits[1] == '0') {
        return count >= 12 && is_international(digits + 2, count - 2);
    }
    if (digits[0] == '0') {
        return (count == 10 || count == 11) && group_size(chain, 0) >= 2;
    }
    return is_bare_international(digits, count) || is_american(chain, groups) ||
           (is_bare_mobile(digits, count) && (groups == 1 || groups == 3));
}

/* A digit alone begins none but 1-800-...; most numbers of a comment end here. */
static bool may_begin_phone(const char *at, const char *end)
{
    uint32_t digit, next;
    uint32_t len = span_digit(at, end, &digit);
    return len == 0 || digit == 1 || span_digit(at + len, end, &next) != 0;
}

uint32_t span_phone(const char *at, const char *end)
{
    span_chain chain;
    if (!may_begin_phone(at, end) || !span_read_chain(at, end, &chain) || chain.count < 8) {
        return 0;
    }
    if (!chain.plus && group_size(&chain, 0) == 1) {
        bool american = chain.group_count >= 4 && span_chain_is_phone(&chain, 4);
        return american ? chain.length_until[3] : 0;
    }
    /* The most groups that spell a number: two numbers with a space between are two. */
    for (uint32_t groups = chain.group_count; groups > 0; groups--) {
        if (span_chain_is_phone(&chain, groups)) {
            return chain.length_until[groups - 1];
        }
    }
    return 0;
}
