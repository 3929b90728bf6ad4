/* span_emoji.c - emoji sequences and ASCII emoticons.
 *
 * It must not know tokens.  Invariant: that of span.h. */
#include <string.h>

#include "text/span.h"

enum { KEYCAP = 0x20E3, EMOJI_STYLE = 0xFE0F };

static inline bool is_tag(uint32_t c)
{
    return c >= 0xE0020 && c <= 0xE007F;
}

/* One picture before its modifiers: a pictograph, a flag, or a sign that U+FE0F or U+20E3
 * makes one. */
static uint32_t element_length(const char *at, const char *end)
{
    uint32_t c, next;
    uint32_t len = span_peek(at, end, &c);
    if (len == 0) {
        return 0;
    }
    codepoint_class class_ = codepoint_class_of(c);
    uint32_t next_len = span_peek(at + len, end, &next);
    if (class_ == CODEPOINT_REGIONAL) {
        bool pair = next_len != 0 && codepoint_class_of(next) == CODEPOINT_REGIONAL;
        return pair ? len + next_len : len;
    }
    if (class_ == CODEPOINT_EMOJI || class_ == CODEPOINT_EMOJI_MODIFIER) {
        return len;
    }
    bool key = (c >= '0' && c <= '9') || c == '#' || c == '*';
    if (key) {
        uint32_t styled = next == EMOJI_STYLE ? next_len : 0;
        uint32_t cap_len = span_peek(at + len + styled, end, &next);
        return cap_len != 0 && next == KEYCAP ? len + styled + cap_len : 0;
    }
    bool sign = class_ == CODEPOINT_SYMBOL || class_ == CODEPOINT_PUNCTUATION;
    return sign && next_len != 0 && next == EMOJI_STYLE ? len : 0;
}

/* What U+200D may join: no flags, they have no joined forms. */
static uint32_t joined_length(const char *at, const char *end)
{
    uint32_t c;
    (void)span_peek(at, end, &c);
    return codepoint_class_of(c) == CODEPOINT_REGIONAL ? 0 : element_length(at, end);
}

/* A whole sequence: modifiers, styles, tags, and what is joined by U+200D. */
static uint32_t sequence_length(const char *at, const char *end)
{
    uint32_t element = element_length(at, end);
    const char *p = at + element;
    if (element == 0) {
        return 0;
    }
    for (;;) {
        uint32_t c;
        uint32_t len = span_peek(p, end, &c);
        if (len == 0) {
            break;
        }
        codepoint_class class_ = codepoint_class_of(c);
        if (class_ == CODEPOINT_VARIATION || class_ == CODEPOINT_EMOJI_MODIFIER || is_tag(c) ||
            c == KEYCAP) {
            p += len;
            continue;
        }
        uint32_t joined = class_ == CODEPOINT_ZWJ ? joined_length(p + len, end) : 0;
        if (joined == 0) {
            break;
        }
        p += len + joined;
    }
    return (uint32_t)(p - at);
}

static const char *skip_style(const char *at, const char *end)
{
    while (end - at >= 3 && memcmp(at, "\xEF\xB8\x8F", 3) == 0) {
        at += 3;
    }
    return at;
}

/* The same picture, whether or not U+FE0F was typed. */
static bool is_same(const char *a, const char *a_end, const char *b, const char *b_end)
{
    for (;;) {
        a = skip_style(a, a_end);
        b = skip_style(b, b_end);
        if (a == a_end || b == b_end) {
            return a == a_end && b == b_end;
        }
        if (*a++ != *b++) {
            return false;
        }
    }
}

uint32_t span_emoji(const char *at, const char *end)
{
    uint32_t first = sequence_length(at, end);
    const char *stop = at + first;
    if (first == 0) {
        return 0;
    }
    for (;;) {
        uint32_t len = sequence_length(stop, end);
        if (len == 0 || !is_same(at, at + first, stop, stop + len)) {
            break;
        }
        stop += len;
    }
    return (uint32_t)(stop - at);
}

/* ---- emoticons */

/* Longest first among those that begin alike. */
static const char *const emoticons[] = {
    ":'-(", ":'(", ":')", ":-))", ":-)", ":-(", ":-D", ":-P", ":-p", ":-/", ":-\\", ":-|", ":-O",
    ":-o", ":-*", ":)", ":(", ":D", ":d", ":P", ":p", ":/", ":\\", ":|", ":O", ":o", ":*", ":$",
    ":@", ":S", ":s", ":X", ":x", ":3", ":]", ":[", ":}", ":{", ";-)", ";)", ";D", ";P", ";p",
    ";(", "=)", "=(", "=D", "=P", "=/", "=]", "=|", "</3", "<3", "^_^", "^.^", "^-^", "^^", "-_-",
    "-.-", ">_<", ">.<", ">:(", ">:)", "*_*", "(-:", "(':", ")-:", ")':",
};

static bool is_letter(uint32_t c)
{
    codepoint_class class_ = codepoint_class_of(c);
    return class_ == CODEPOINT_LATIN || class_ == CODEPOINT_ARABIC || class_ == CODEPOINT_LETTER;
}

static bool is_alnum(uint32_t c)
{
    return c < 0x80 ? span_is_ascii_word((char)c) : codepoint_class_of(c) == CODEPOINT_DIGIT;
}

/* May an emoticon with this last character stand before that one? */
static bool fits_before(char last, uint32_t next)
{
    switch (last) {
    case ')': case '*': case '^': case '_': case '|': case ':': case ';':
        return !is_alnum(next) || last == ')';
    case '/': case '\\':
        return next != '/' && !is_alnum(next) && !is_letter(next);
    case '(': case '<':
        return !is_alnum(next);
    default: /* letters, 3, brackets */
        return !is_alnum(next) && (!is_letter(next) || last == '3' || last == 'D');
    }
}

/* May it stand behind that one?  "name:D" and "12:3" hold none, a Persian word before :D
 * does not mind. */
static bool fits_behind(const char *emoticon, size_t len, uint32_t before)
{
    char last = emoticon[len - 1];
    switch (emoticon[0]) {
    case '=': case '>': case '-': case '*':
        return before == 0 || !is_alnum(before);
    case ')':
        return before == 0 || codepoint_class_of(before) == CODEPOINT_SPACE ||
               codepoint_class_of(before) == CODEPOINT_NEWLINE;
    default:
        return last == ')' || last == '(' || before == 0 || !is_alnum(before);
    }
}

/* Smiles written from the right: (: and )))): with any number of mouths. */
static uint32_t reversed_length(const char *at, const char *end, uint32_t before)
{
    const char *p = at;
    uint32_t next;
    while (p < end && *p == *at) {
        p++;
    }
    /* ");" is code. */
    if (p == end || (*p != ':' && (*at == ')' || (*p != ';' && *p != '=')))) {
        return 0;
    }
    (void)span_peek(p + 1, end, &next);
    bool alone = p + 1 == end || (!is_alnum(next) && next != '/' && next != (unsigned char)*at);
    if (!alone || (*at == ')' && !fits_behind(")", 1, before))) {
        return 0;
    }
    /* "(:)" and ":(:" : the eyes belong to what follows. */
    if (p + 1 < end && (p[1] == ')' || p[1] == '(')) {
        return 0;
    }
    return (uint32_t)(p + 1 - at);
}

static bool begins_with(const char *at, const char *end, const char *word)
{
    while (*word != '\0' && at < end && *at == *word) {
        at++;
        word++;
    }
    return *word == '\0';
}

uint32_t span_emoticon(const char *at, const char *end, uint32_t before)
{
    if (end - at < 2 || at[1] == ' ' || (unsigned char)at[1] >= 0x80) {
        return 0; /* all have two signs of ASCII at least */
    }
    for (size_t i = 0; i < sizeof emoticons / sizeof emoticons[0]; i++) {
        const char *emoticon = emoticons[i];
        if (*emoticon != *at || !begins_with(at, end, emoticon)) {
            continue;
        }
        size_t len = strlen(emoticon);
        char last = emoticon[len - 1];
        const char *p = at + len;
        uint32_t next;
        while (p < end && *p == last && last != '/') { /* :)))) */
            p++;
        }
        (void)span_peek(p, end, &next);
        if (fits_behind(emoticon, len, before) && (p == end || fits_before(last, next))) {
            return (uint32_t)(p - at);
        }
        return 0;
    }
    return *at == '(' || *at == ')' ? reversed_length(at, end, before) : 0;
}

bool span_is_letter_emoticon(const char *word, size_t len)
{
    if (len == 3 && word[1] == '_') {
        return strchr("ToOuUnNxX", word[0]) != NULL && (word[0] | 0x20) == (word[2] | 0x20);
    }
    /* xD, XDDD */
    if (len < 2 || (word[0] != 'x' && word[0] != 'X') || (word[0] == 'x' && word[1] == 'd')) {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        if (word[i] != 'D') {
            return false;
        }
    }
    return true;
}
