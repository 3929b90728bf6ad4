/* typed.c - one small rewriter for each kind of token that is no word.
 *
 * It must not know words.  Invariant: that of typed.h. */
#include "text/typed.h"

#include <string.h>

#include "text/codepoint.h"
#include "text/utf8.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
enum { STAR = 0x2605, EMPTY_STAR = 0x2606, GLOWING_STAR = 0x2B50, ZWJ = 0x200D, ELLIPSIS = 0x2026 };

const char *typed_class_key(nz_token_kind kind)
{
    switch (kind) {
    case NZ_TOKEN_NUMBER:
        return "<num>";
    case NZ_TOKEN_PERCENT:
        return "<pct>";
    case NZ_TOKEN_PRICE:
        return "<price>";
    case NZ_TOKEN_VERSION:
        return "<version>";
    case NZ_TOKEN_DATE:
        return "<date>";
    case NZ_TOKEN_TIME:
        return "<time>";
    case NZ_TOKEN_PHONE:
        return "<phone>";
    case NZ_TOKEN_URL:
        return "<url>";
    case NZ_TOKEN_EMAIL:
        return "<email>";
    case NZ_TOKEN_MENTION:
        return "<mention>";
    case NZ_TOKEN_LAUGHTER:
        return "<laugh>";
    default:
        return NULL;
    }
}

static size_t put(char *out, const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len);
    return len;
}

/* ---- numbers and ratings */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_behind(const char *form, size_t at, size_t len)
{
    size_t end = at;
    while (end < len && is_digit(form[end])) {
        end++;
    }
    return end - at;
}

/* A comma before exactly three digits parts thousands, another is a decimal sign. */
static size_t canonical_number(char *form, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        bool comma = form[i] == ',';
        if (comma && digits_behind(form, i + 1, len) == 3) {
            continue;
        }
        if (form[i] == '+' && i == 0 && len > 1) {
            continue;
        }
        form[out++] = comma ? '.' : form[i];
    }
    return out;
}

typedef struct decimal {
    uint32_t hundredths; /* 9.5 is 950; huge values stop growing */
    const char *begin;
    size_t len;
} decimal;

/* The number that begins at or behind *at; false if there is none. */
static bool read_decimal(const char *form, size_t len, size_t *at, decimal *out)
{
    size_t i = *at;
    while (i < len && !is_digit(form[i])) {
        i++;
    }
    if (i == len) {
        return false;
    }
    out->begin = form + i;
    uint32_t value = 0;
    for (; i < len && is_digit(form[i]); i++) {
        value = value > 100000 ? value : value * 10 + (uint32_t)(form[i] - '0');
    }
    value *= 100;
    if (i + 1 < len && (form[i] == '.' || form[i] == ',') && is_digit(form[i + 1])) {
        uint32_t place = 10;
        for (i++; i < len && is_digit(form[i]); i++, place /= 10) {
            value += (uint32_t)(form[i] - '0') * place;
        }
    }
    out->hundredths = value;
    out->len = (size_t)(form + i - out->begin);
    *at = i;
    return true;
}

/* ★★★★☆ as value and maximum. */
static bool count_stars(const char *form, size_t len, uint32_t *value, uint32_t *most)
{
    const char *at = form;
    *value = 0;
    *most = 0;
    while (at < form + len) {
        uint32_t c = utf8_next(&at);
        *value += c == STAR || c == GLOWING_STAR;
        *most += c == STAR || c == GLOWING_STAR || c == EMPTY_STAR;
    }
    return *most != 0;
}

/* The scale that a lone value suggests. */
static const char *likely_scale(uint32_t hundredths)
{
    return hundredths <= 500 ? "5" : hundredths <= 1000 ? "10" : hundredths <= 2000 ? "20" : "100";
}

static size_t put_rating(char *form, const decimal *value, const char *most, size_t most_len)
{
    char copy[TEXT_MAX_TOKEN_BYTES];
    size_t len = value->len < 16 ? value->len : 16;
    most_len = most_len < 16 ? most_len : 16;
    memcpy(copy, value->begin, len);
    copy[len++] = '/';
    memcpy(copy + len, most, most_len);
    len += most_len;
    for (size_t i = 0; i < len; i++) {
        form[i] = copy[i] == ',' ? '.' : copy[i];
    }
    return len;
}

static size_t canonical_rating(char *form, size_t len)
{
    decimal value, most;
    size_t at = 0;
    uint32_t stars, all;
    if (read_decimal(form, len, &at, &value)) {
        if (read_decimal(form, len, &at, &most)) {
            return put_rating(form, &value, most.begin, most.len);
        }
        const char *scale = likely_scale(value.hundredths);
        return put_rating(form, &value, scale, strlen(scale));
    }
    if (count_stars(form, len, &stars, &all) && all <= 9) {
        form[0] = (char)('0' + stars);
        form[1] = '/';
        form[2] = all < 5 ? '5' : (char)('0' + all);
        return 3;
    }
    return len;
}

const char *typed_rating_key(const char *form, size_t len)
{
    decimal value, most;
    size_t at = 0;
    if (!read_decimal(form, len, &at, &value) || !read_decimal(form, len, &at, &most) ||
        most.hundredths == 0) {
        return "<rating:mid>";
    }
    /* Three quarters of the scale and up is praise, two fifths and down is not. */
    if (value.hundredths * 4 >= most.hundredths * 3) {
        return "<rating:hi>";
    }
    return value.hundredths * 5 <= most.hundredths * 2 ? "<rating:lo>" : "<rating:mid>";
}

/* ---- emoji */

typedef struct pictures {
    uint32_t at[TEXT_MAX_TOKEN_BYTES];
    size_t count;
} pictures;

static bool is_gender(uint32_t c)
{
    return c == 0x2640 || c == 0x2642;
}

/* Code points without skin tone, style and gender. */
static void read_pictures(const char *form, size_t len, pictures *out)
{
    const char *at = form;
    out->count = 0;
    while (at < form + len) {
        uint32_t c = utf8_next(&at);
        codepoint_class class_ = codepoint_class_of(c);
        if (class_ == CODEPOINT_VARIATION || (class_ == CODEPOINT_EMOJI_MODIFIER && out->count)) {
            continue;
        }
        if (is_gender(c) && out->count > 1 && out->at[out->count - 1] == ZWJ) {
            out->count--;
            continue;
        }
        out->at[out->count++] = c;
    }
}

static bool has_period(const pictures *p, size_t period)
{
    for (size_t i = period; i < p->count; i++) {
        if (p->at[i] != p->at[i - period]) {
            return false;
        }
    }
    return p->count % period == 0;
}

/* The shortest sequence that the token repeats; two letters make a flag. */
static size_t find_period(const pictures *p)
{
    bool flag = p->count > 0 && codepoint_class_of(p->at[0]) == CODEPOINT_REGIONAL;
    for (size_t period = flag ? 2 : 1; period < p->count; period += flag ? 2 : 1) {
        if (has_period(p, period)) {
            return period;
        }
    }
    return p->count;
}

static size_t canonical_emoji(char *form, size_t len, uint32_t *marks)
{
    pictures p;
    read_pictures(form, len, &p);
    size_t period = find_period(&p);
    if (period < p.count) {
        *marks |= TEXT_MARK_REPEATED;
    }
    size_t out = 0;
    for (size_t i = 0; i < period; i++) {
        out += utf8_encode(p.at[i], form + out);
    }
    return out == 0 ? len : out;
}

/* ---- emoticons */

typedef struct emoticon {
    const char *written, *canonical;
} emoticon;

/* Faces that are not eyes and mouth, in lower case. */
static const emoticon faces[] = {
    {"^_^", "^_^"}, {"^.^", "^_^"}, {"^-^", "^_^"}, {"^^", "^_^"},  {"n_n", "^_^"},
    {"-_-", "-_-"}, {"-.-", "-_-"}, {">_<", ">_<"}, {">.<", ">_<"}, {"*_*", "*_*"},
    {"t_t", "t_t"}, {"u_u", "t_t"}, {"o_o", "o_o"}, {"x_x", "x_x"}, {"</3", "</3"},
    {"<3", "<3"},
};

static bool is_mouth(char c)
{
    return c == '(' || c == ')';
}

static bool is_eye(char c)
{
    return c == ':' || c == ';' || c == '=';
}

/* (: and )-: turned the usual way round. */
static void turn_round(char *form, size_t len)
{
    if (len < 2 || !is_mouth(form[0]) || !is_eye(form[len - 1])) {
        return;
    }
    for (size_t i = 0; i < len / 2; i++) {
        char c = form[i];
        form[i] = form[len - 1 - i];
        form[len - 1 - i] = c;
    }
    for (size_t i = 0; i < len; i++) {
        form[i] = form[i] == '(' ? ')' : form[i] == ')' ? '(' : form[i];
    }
}

/* Eyes and mouth to one of a dozen faces; NULL when it is none. */
static const char *face_of(char eye, bool tear, char mouth)
{
    switch (mouth) {
    case ')': case ']': case '}': case '3':
        return tear ? ":')" : eye == ';' ? ";)" : ":)";
    case '(': case '[': case '{':
        return tear ? ":'(" : ":(";
    case 'd':
        return ":d";
    case 'p':
        return ":p";
    case '/': case '\\':
        return ":/";
    case '|':
        return ":|";
    case 'o':
        return ":o";
    case '*':
        return ":*";
    case '$':
        return ":$";
    case '@':
        return ":@";
    case 's':
        return ":s";
    case 'x':
        return ":x";
    default:
        return NULL;
    }
}

/* What is written last more than once (:)))), xDDD, <333) is written once. */
static size_t cut_tail(char *form, size_t len, uint32_t *marks)
{
    while (len > 2 && form[len - 1] == form[len - 2]) {
        *marks |= TEXT_MARK_REPEATED;
        len--;
    }
    return len;
}

static size_t canonical_emoticon(char *form, size_t len, uint32_t *marks)
{
    bool angry = len > 2 && form[0] == '>' && form[1] == ':';
    turn_round(form, len);
    len = cut_tail(form, len, marks);
    for (size_t i = 0; i < COUNT_OF(faces); i++) {
        if (strlen(faces[i].written) == len && memcmp(faces[i].written, form, len) == 0) {
            return put(form, faces[i].canonical);
        }
    }
    if (len == 2 && memcmp(form, "xd", 2) == 0) {
        return put(form, ":d");
    }
    size_t eye = angry ? 1 : 0;
    if (len < 2 + eye || !is_eye(form[eye])) {
        return len;
    }
    bool tear = memchr(form, '\'', len) != NULL;
    const char *face = face_of(form[eye], tear, form[len - 1]);
    return face == NULL ? len : eye + put(form + eye, face);
}

/* ---- punctuation and symbols */

/* A run of ! and ?: "!", "?" or "!?" when both stand in it. */
static size_t canonical_exclamation(char *form, size_t len, uint32_t *marks)
{
    bool exclaims = memchr(form, '!', len) != NULL;
    bool asks = memchr(form, '?', len) != NULL;
    if (len > 2 || (len == 2 && !(exclaims && asks))) {
        *marks |= TEXT_MARK_REPEATED;
    }
    return put(form, exclaims && asks ? "!?" : asks ? "?" : "!");
}

static bool is_all(const char *form, size_t len, const char *set)
{
    for (size_t i = 0; i < len; i++) {
        if (form[i] == '\0' || strchr(set, form[i]) == NULL) {
            return false;
        }
    }
    return len > 0;
}

/* Full stops and ellipses in any mixture. */
static bool is_dots(const char *form, size_t len)
{
    const char *at = form;
    while (at < form + len) {
        uint32_t c = utf8_next(&at);
        if (c != '.' && c != ELLIPSIS) {
            return false;
        }
    }
    return len > 0;
}

static size_t canonical_run(char *form, size_t len, uint32_t *marks)
{
    if (is_all(form, len, "!?")) {
        return canonical_exclamation(form, len, marks);
    }
    if (is_dots(form, len)) {
        return len == 1 ? 1 : put(form, "...");
    }
    const char *at = form;
    (void)utf8_next(&at);
    size_t unit = (size_t)(at - form);
    if (len <= unit || len % unit != 0) {
        return len;
    }
    for (size_t i = unit; i < len; i++) {
        if (form[i] != form[i - unit]) {
            return len;
        }
    }
    *marks |= TEXT_MARK_REPEATED;
    return unit;
}

size_t typed_canonical(nz_token_kind kind, char *form, size_t len, uint32_t *marks)
{
    switch (kind) {
    case NZ_TOKEN_NUMBER:
        return canonical_number(form, len);
    case NZ_TOKEN_RATING:
        return canonical_rating(form, len);
    case NZ_TOKEN_EMOJI:
        return canonical_emoji(form, len, marks);
    case NZ_TOKEN_EMOTICON:
        return canonical_emoticon(form, len, marks);
    case NZ_TOKEN_PUNCTUATION:
    case NZ_TOKEN_SYMBOL:
        return canonical_run(form, len, marks);
    default:
        return len;
    }
}
