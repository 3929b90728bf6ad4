/* pii.c - the masking of personal data.
 *
 * It must not know tokens or languages.  Invariant: that of pii.h. */
#include "text/pii.h"

#include <string.h>

#include "text/span.h"

enum { IBAN_MAX = 34, TEN = 10 };

typedef struct redaction {
    const char *at, *end;
    const char *kept;       /* from here on nothing is copied yet */
    const char *number_end; /* behind the last digits that were left alone */
    bool word_before;       /* an ASCII letter or a digit stands in front of at */
    buffer *out;
} redaction;

/* ---- check digits */

static bool is_luhn(const char *digits, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t digit = (uint32_t)(digits[count - 1 - i] - '0');
        uint32_t twice = digit * 2;
        sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
}

/* ISO 13616: letters count 10..35, the first four characters go last, remainder 1. */
static bool is_iban(const char *iban, uint32_t count)
{
    uint32_t remainder = 0;
    for (uint32_t i = 0; i < count; i++) {
        char c = iban[(i + 4) % count];
        bool letter = span_is_ascii_letter(c);
        uint32_t value = (uint32_t)(letter ? (c | 0x20) - 'a' + TEN : c - '0');
        remainder = (remainder * (letter ? 100 : 10) + value) % 97;
    }
    return remainder == 1;
}

static bool is_one_digit(const char *digits, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (digits[i] != digits[0]) {
            return false;
        }
    }
    return true;
}

static uint32_t two_digits(const char *digits)
{
    return (uint32_t)(digits[0] - '0') * 10 + (uint32_t)(digits[1] - '0');
}

/* The Iranian national code: weights 10..2, remainder of 11. */
static bool is_iranian_code(const char *digits)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < TEN - 1; i++) {
        sum += (uint32_t)(digits[i] - '0') * (TEN - i);
    }
    uint32_t remainder = sum % 11;
    uint32_t check = remainder < 2 ? remainder : 11 - remainder;
    return check == (uint32_t)(digits[TEN - 1] - '0') && !is_one_digit(digits, TEN) &&
           memcmp(digits, "000", 3) != 0;
}

static bool is_saudi_id(const char *digits)
{
    return (digits[0] == '1' || digits[0] == '2') && is_luhn(digits, TEN);
}

/* Century, birthday, governorate. */
static bool is_egyptian_id(const char *digits)
{
    uint32_t month = two_digits(digits + 3);
    uint32_t day = two_digits(digits + 5);
    uint32_t governorate = two_digits(digits + 7);
    return (digits[0] == '2' || digits[0] == '3') && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31 && governorate >= 1 && (governorate <= 35 || governorate == 88);
}

static bool is_emirates_id(const char *digits)
{
    uint32_t century = two_digits(digits + 3);
    return memcmp(digits, "784", 3) == 0 && (century == 19 || century == 20);
}

/* ---- chains of digits */

/* Are the first groups of these sizes?  sizes ends with 0. */
static bool has_sizes(const span_chain *chain, uint32_t groups, const uint8_t *sizes)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < groups; i++) {
        sum += sizes[i];
        if (sizes[i] == 0 || chain->digits_until[i] != sum) {
            return false;
        }
    }
    return sizes[groups] == 0;
}

static bool is_card(const span_chain *chain, uint32_t groups, uint32_t count)
{
    static const uint8_t by_four[] = {4, 4, 4, 4, 0};
    static const uint8_t american[] = {4, 6, 5, 0};
    const char *digits = chain->digits;
    bool express = count == 15 && digits[0] == '3' && (digits[1] == '4' || digits[1] == '7') &&
                   (groups == 1 || has_sizes(chain, groups, american));
    bool usual = count == 16 && digits[0] >= '2' &&
                 (groups == 1 || has_sizes(chain, groups, by_four));
    return (express || usual) && !is_one_digit(digits, count) && is_luhn(digits, count);
}

/* An Iranian IBAN whose letters stand elsewhere or nowhere. */
static bool is_bare_iban(const span_chain *chain, uint32_t count)
{
    char iban[26] = "IR";
    if (count != 24) {
        return false;
    }
    memcpy(iban + 2, chain->digits, 24);
    return is_iban(iban, 26);
}

static bool is_identity(const span_chain *chain, uint32_t groups, uint32_t count)
{
    static const uint8_t iranian[] = {3, 6, 1, 0};
    static const uint8_t emirates[] = {3, 4, 7, 1, 0};
    const char *digits = chain->digits;
    switch (count) {
    case TEN: {
        /* 05 and 07 begin mobile numbers of Saudi Arabia, the Emirates and Jordan. */
        bool mobile = digits[0] == '0' && (digits[1] == '5' || digits[1] == '7');
        return (groups == 1 && is_saudi_id(digits)) ||
               ((groups == 1 || has_sizes(chain, groups, iranian)) && !mobile &&
                is_iranian_code(digits));
    }
    case 14:
        return groups == 1 && is_egyptian_id(digits);
    case 15:
        return (groups == 1 || has_sizes(chain, groups, emirates)) && is_emirates_id(digits);
    default:
        return false;
    }
}

/* What the first groups of the chain are, NULL when nothing to be masked. */
static const char *name_chain(const span_chain *chain, uint32_t groups)
{
    uint32_t count = chain->digits_until[groups - 1];
    if (!chain->plus && !chain->open) {
        if (is_card(chain, groups, count)) {
            return "[card]";
        }
        if (is_bare_iban(chain, count)) {
            return "[iban]";
        }
        if (is_identity(chain, groups, count)) {
            return "[id]";
        }
    }
    return span_chain_is_phone(chain, groups) ? "[phone]" : NULL;
}

/* Does the number go on behind `at` - a fraction, a glued word, a unit of money? */
static bool goes_on(const char *at, const char *end, bool phone)
{
    uint32_t c, digit;
    uint32_t len = span_peek(at, end, &c);
    if (len == 0) {
        return false;
    }
    codepoint_class class_ = codepoint_class_of(c);
    if (class_ == CODEPOINT_LATIN || class_ == CODEPOINT_DIGIT) {
        return true;
    }
    bool fraction = c == '.' || c == ',' || c == ':' || c == '/' || c == 0x066B || c == 0x066C;
    return (fraction && span_digit(at + len, end, &digit) != 0) ||
           (!phone && span_currency(at, end) != 0);
}

/* "1,0912..." and "0.0912...": the digits at `at` go on with a number in front of them. */
static bool continues_number(const redaction *r)
{
    if (r->number_end == NULL || r->number_end == r->at) {
        return false;
    }
    uint32_t c;
    uint32_t len = span_peek(r->number_end, r->at, &c);
    bool joint = c == '.' || c == ',' || c == ':' || c == 0x066B || c == 0x066C;
    return joint && r->number_end + len == r->at;
}

/* ---- IBAN */

static uint32_t iban_length(const char *country)
{
    static const char lengths[] =
        "AE23AT20AZ28BE16BH22CH21DE22DK18EG29ES24FI18FR27GB22GE22GR27IE22IQ23IR26IT27JO30KW30LB28"
        "LY25MR27NL18NO15OM23PK24PL28PS29PT25QA29SA24SD18SE24TN24TR26";
    for (const char *p = lengths; *p != '\0'; p += 4) {
        if ((country[0] & ~0x20) == p[0] && (country[1] & ~0x20) == p[1]) {
            return two_digits(p + 2);
        }
    }
    return 0;
}

static bool is_iban_gap(uint32_t c)
{
    codepoint_class class_ = codepoint_class_of(c);
    return class_ == CODEPOINT_SPACE || c == '-' || class_ == CODEPOINT_INVISIBLE ||
           class_ == CODEPOINT_ZWNJ;
}

/* Length in bytes of the IBAN at `at`, 0 if there is none. */
static uint32_t match_iban(const char *at, const char *end)
{
    char iban[IBAN_MAX];
    uint32_t count = 0;
    const char *p = at;
    if (end - at < 15 || !span_is_ascii_letter(at[0]) || !span_is_ascii_letter(at[1])) {
        return 0;
    }
    uint32_t expected = iban_length(at);
    while (count < expected) {
        uint32_t c, digit;
        uint32_t len = span_digit(p, end, &digit);
        if (len != 0) {
            iban[count++] = (char)('0' + digit);
        } else {
            len = span_peek(p, end, &c);
            if (c < 0x80 && span_is_ascii_letter((char)c)) {
                iban[count++] = (char)c;
            } else if (len == 0 || !is_iban_gap(c) || p == at ||
                       is_iban_gap((unsigned char)p[-1])) {
                return 0;
            }
        }
        p += len;
    }
    bool digits = expected != 0 && iban[2] <= '9' && iban[3] <= '9';
    return digits && !goes_on(p, end, true) && is_iban(iban, count) ? (uint32_t)(p - at) : 0;
}

/* ---- the pass */

/* Copy what was kept so far, then the mask in place of len bytes. */
static nz_status mask(redaction *r, uint32_t len, const char *name)
{
    NZ_TRY(buffer_append(r->out, r->kept, (size_t)(r->at - r->kept)));
    NZ_TRY(buffer_append(r->out, name, strlen(name)));
    r->at += len;
    r->kept = r->at;
    r->number_end = NULL;
    r->word_before = false;
    return NZ_OK;
}

static void skip_ascii_word(redaction *r)
{
    while (r->at < r->end && span_is_ascii_word(*r->at)) {
        r->at++;
    }
    r->word_before = true;
}

static nz_status redact_word(redaction *r)
{
    uint32_t len = span_email(r->at, r->end);
    if (len != 0) {
        return mask(r, len, "[email]");
    }
    len = match_iban(r->at, r->end);
    if (len != 0) {
        return mask(r, len, "[iban]");
    }
    len = span_url(r->at, r->end);
    if (len != 0) {
        r->at += len;
        r->word_before = true;
        return NZ_OK;
    }
    skip_ascii_word(r);
    return NZ_OK;
}

/* Leave the digits at `at` (or the sign in front of them) alone. */
static void skip_number(redaction *r)
{
    uint32_t digit, len;
    const char *begin = r->at;
    while ((len = span_digit(r->at, r->end, &digit)) != 0) {
        r->at += len;
    }
    r->word_before = r->at > begin;
    r->number_end = r->at;
    r->at += r->at == begin;
}

static nz_status redact_number(redaction *r)
{
    span_chain chain;
    uint32_t len = span_email(r->at, r->end);
    if (len != 0) {
        return mask(r, len, "[email]");
    }
    nz_token_kind kind;
    len = span_number(r->at, r->end, &kind);
    if (len != 0 && kind == NZ_TOKEN_DATE) {
        r->at += len; /* no group of it begins a number */
        r->number_end = r->at;
        r->word_before = true;
        return NZ_OK;
    }
    if (!continues_number(r) && span_read_chain(r->at, r->end, &chain)) {
        for (uint32_t groups = chain.group_count; groups > 0; groups--) {
            const char *name = name_chain(&chain, groups);
            len = chain.length_until[groups - 1];
            if (name != NULL && !goes_on(r->at + len, r->end, strcmp(name, "[phone]") == 0)) {
                return mask(r, len, name);
            }
        }
    }
    skip_number(r);
    return NZ_OK;
}

static nz_status redact_one(redaction *r)
{
    uint32_t c;
    uint32_t len = span_peek(r->at, r->end, &c);
    codepoint_class class_ = len == 0 ? CODEPOINT_OTHER : codepoint_class_of(c);
    if (r->word_before && (class_ == CODEPOINT_LATIN || class_ == CODEPOINT_DIGIT)) {
        r->at += len; /* inside of a word: order codes, handles, accents */
        return NZ_OK;
    }
    if (c < 0x80 && class_ == CODEPOINT_LATIN) {
        return redact_word(r);
    }
    if (class_ == CODEPOINT_DIGIT || c == '+' || c == 0xFF0B || c == '(') {
        return redact_number(r);
    }
    if (c == '@' && !r->word_before) {
        uint32_t handle = span_mention(r->at, r->end);
        if (handle > 2) {
            return mask(r, handle, "[handle]");
        }
    }
    r->at += len == 0 ? 1 : len;
    r->word_before = class_ == CODEPOINT_LATIN;
    return NZ_OK;
}

nz_status pii_redact(const char *text, size_t len, buffer *out)
{
    if (len == 0) {
        return NZ_OK;
    }
    redaction r = {.at = text, .end = text + len, .kept = text, .out = out};
    while (r.at < r.end) {
        NZ_TRY(redact_one(&r));
    }
    return buffer_append(out, r.kept, (size_t)(r.end - r.kept));
}
