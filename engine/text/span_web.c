/* span_web.c - URLs, e-mail addresses, mentions, hashtags, HTML.
 *
 * It must not know tokens.  Invariant: that of span.h. */
#include <string.h>

#include "text/span.h"

enum { MAX_DOMAIN = 253, MAX_LOCAL = 64, MAX_TAG = 1024, MAX_ENTITY = 10 };

static inline bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool equals_lower(const char *at, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\0' || lower(at[i]) != word[i]) {
            return false;
        }
    }
    return word[len] == '\0';
}

/* Is the word one of a list separated (and enclosed) by spaces? */
static bool is_listed(const char *at, size_t len, const char *list)
{
    while (*list == ' ' && list[1] != '\0') {
        const char *word = ++list;
        while (*list != ' ') {
            list++;
        }
        if ((size_t)(list - word) == len) {
            size_t i = 0;
            while (i < len && lower(at[i]) == word[i]) {
                i++;
            }
            if (i == len) {
                return true;
            }
        }
    }
    return false;
}

/* Top levels that make a URL of a bare domain, and those that are words of a language too
 * and do so only before a path: in "love it.so much" nobody named a site. */
static const char strong_tops[] =
    " com net org edu gov ir io ae sa eg iq jo kw qa uk ru cn jp eu biz info ";
static const char weak_tops[] =
    " app co ai tv me us de fr it in is to so my no at be gl ly ee am gg cc site shop store "
    "online live dev page link blog xyz club top vip pro tr bh om sy lb ps sd tn ma dz ye ca au ";

/* A run of domain labels with dots between; the last label in *top. */
static size_t domain_length(const char *at, const char *end, const char **top)
{
    const char *limit = end - at > MAX_DOMAIN ? at + MAX_DOMAIN : end;
    const char *p = at;
    const char *label = at;
    const char *stop = at;
    *top = NULL;
    while (p < limit) {
        label = p;
        while (p < limit && (span_is_ascii_word(*p) || (*p == '-' && p > label))) {
            p++;
        }
        while (p > label && p[-1] == '-') {
            p--;
        }
        if (p == label) {
            break;
        }
        if (label > at) {
            *top = label;
        }
        stop = p;
        if (p == limit || *p != '.') {
            break;
        }
        p++;
    }
    return *top == NULL ? 0 : (size_t)(stop - at);
}

static bool is_top_level_shape(const char *top, const char *stop)
{
    for (const char *p = top; p < stop; p++) {
        if (!span_is_ascii_letter(*p)) {
            return false;
        }
    }
    return stop - top >= 2;
}

static bool is_trailing(uint32_t c)
{
    switch (c) {
    case '.': case ',': case ';': case ':': case '!': case '?': case '\'': case '*': case '_':
    case ']': case '}': case '|': case '~':
        return true;
    default:
        return c >= 0x80 && codepoint_class_of(c) == CODEPOINT_PUNCTUATION;
    }
}

/* What ends a path wherever it stands. */
static bool is_path_end(uint32_t c, codepoint_class class_)
{
    switch (class_) {
    case CODEPOINT_LATIN: case CODEPOINT_ARABIC: case CODEPOINT_LETTER: case CODEPOINT_DIGIT:
    case CODEPOINT_MARK: case CODEPOINT_ZWNJ:
        return false;
    case CODEPOINT_PUNCTUATION: case CODEPOINT_SYMBOL:
        return c >= 0x80 || c == '<' || c == '>' || c == '"' || c == '`';
    default:
        return true;
    }
}

/* Path, query and fragment.  Letters beyond ASCII belong to it behind a separator or
 * another one of them; glued to an ASCII letter they are the next word of the comment. */
static const char *skip_path(const char *at, const char *end)
{
    const char *p = at;
    const char *stop = at; /* behind the last character that may end a URL */
    uint32_t open = 0;
    uint32_t before = '/';
    while (p < end) {
        uint32_t c;
        uint32_t step = span_peek(p, end, &c);
        codepoint_class class_ = step == 0 ? CODEPOINT_OTHER : codepoint_class_of(c);
        if (is_path_end(c, class_) ||
            (c >= 0x80 && before < 0x80 && span_is_ascii_word((char)before))) {
            break;
        }
        p += step;
        before = c;
        open += c == '(';
        if (c == ')' && open == 0) {
            break;
        }
        open -= c == ')';
        if (!is_trailing(c) && c != '(') {
            stop = p;
        }
    }
    return stop;
}

/* An address that names its host: port, path. */
static const char *skip_host_tail(const char *p, const char *end)
{
    if (end - p > 1 && *p == ':' && is_ascii_digit(p[1])) {
        p++;
        while (p < end && is_ascii_digit(*p)) {
            p++;
        }
    }
    return p < end && (*p == '/' || *p == '?' || *p == '#') ? skip_path(p, end) : p;
}

static size_t scheme_length(const char *at, const char *end)
{
    static const char *const schemes[] = {"https://", "http://", "ftp://"};
    if (lower(*at) != 'h' && lower(*at) != 'f') {
        return 0;
    }
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i]);
        if ((size_t)(end - at) > len && equals_lower(at, len, schemes[i])) {
            return len;
        }
    }
    return 0;
}

uint32_t span_url(const char *at, const char *end)
{
    size_t scheme = scheme_length(at, end);
    if (scheme != 0) {
        const char *stop = skip_path(at + scheme, end);
        return stop > at + scheme ? (uint32_t)(stop - at) : 0;
    }
    const char *top;
    size_t len = domain_length(at, end, &top);
    if (len == 0 || (at + len < end && (at[len] == '@' || at[len] == '_'))) {
        return 0;
    }
    const char *stop = at + len;
    bool www = len > 4 && equals_lower(at, 4, "www.");
    bool path = stop < end && *stop == '/' && end - stop > 1 && span_is_ascii_word(stop[1]);
    bool named = www || is_listed(top, (size_t)(stop - top), strong_tops) ||
                 (path && is_listed(top, (size_t)(stop - top), weak_tops));
    /* One letter before the dot is an initial, not a site. */
    if (!named || !is_top_level_shape(top, stop) || (!www && top - at < 3)) {
        return 0;
    }
    return (uint32_t)(skip_host_tail(stop, end) - at);
}

static inline bool is_local_byte(char c)
{
    return span_is_ascii_word(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%';
}

uint32_t span_email(const char *at, const char *end)
{
    const char *limit = end - at > MAX_LOCAL ? at + MAX_LOCAL : end;
    const char *p = at;
    while (p < limit && is_local_byte(*p)) {
        p++;
    }
    if (p == at || p == end || *p != '@' || p[-1] == '.') {
        return 0;
    }
    const char *top;
    size_t len = domain_length(p + 1, end, &top);
    if (len == 0 || !is_top_level_shape(top, p + 1 + len)) {
        return 0;
    }
    return (uint32_t)(p + 1 + len - at);
}

/* Letters, digits, marks and low lines behind a sign; *letters: how many are letters. */
static const char *skip_name(const char *at, const char *end, bool dots, uint32_t *letters)
{
    const char *p = at;
    const char *stop = at;
    *letters = 0;
    while (p < end) {
        uint32_t c;
        uint32_t step = span_peek(p, end, &c);
        codepoint_class class_ = step == 0 ? CODEPOINT_OTHER : codepoint_class_of(c);
        bool letter = class_ == CODEPOINT_LATIN || class_ == CODEPOINT_ARABIC ||
                      class_ == CODEPOINT_LETTER;
        if (letter || class_ == CODEPOINT_DIGIT || class_ == CODEPOINT_MARK ||
            class_ == CODEPOINT_TATWEEL || c == '_') {
            *letters += letter;
            p += step;
            stop = p;
        } else if (class_ == CODEPOINT_ZWNJ || class_ == CODEPOINT_INVISIBLE ||
                   (dots && c == '.' && p + 1 < end && span_is_ascii_word(p[1]))) {
            p += step;
        } else {
            break;
        }
    }
    return stop;
}

uint32_t span_mention(const char *at, const char *end)
{
    uint32_t letters;
    const char *stop = skip_name(at + 1, end, true, &letters);
    return stop > at + 1 ? (uint32_t)(stop - at) : 0;
}

uint32_t span_hashtag(const char *at, const char *end)
{
    uint32_t c;
    uint32_t letters;
    uint32_t sign = span_peek(at, end, &c);
    const char *stop = skip_name(at + sign, end, false, &letters);
    return letters != 0 ? (uint32_t)(stop - at) : 0;
}

/* &amp; &#1740; &#x200c; */
static uint32_t entity_length(const char *at, const char *end)
{
    const char *limit = end - at > MAX_ENTITY ? at + MAX_ENTITY : end;
    const char *p = at + 1;
    bool number = p < limit && *p == '#';
    if (number) {
        p++;
        p += p < limit && lower(*p) == 'x';
    }
    const char *name = p;
    while (p < limit && (number ? span_is_ascii_word(*p) : span_is_ascii_letter(*p))) {
        p++;
    }
    bool ends = p < limit && *p == ';' && p - name >= (number ? 1 : 2);
    return ends ? (uint32_t)(p + 1 - at) : 0;
}

static const char tags[] = " a abbr b big blockquote body br code div em font h1 h2 h3 h4 h5 h6 "
                           "head hr html i img li link meta ol p pre s script small span strike "
                           "strong style sub sup table tbody td th thead title tr u ul ";
static const char line_tags[] = " blockquote br div h1 h2 h3 h4 h5 h6 hr li ol p table td tr ul ";

uint32_t span_markup(const char *at, const char *end, bool *line_break)
{
    *line_break = false;
    if (*at == '&') {
        return entity_length(at, end);
    }
    const char *p = at + 1;
    p += p < end && *p == '/';
    const char *name = p;
    while (p < end && p - name < 12 && span_is_ascii_word(*p)) {
        p++;
    }
    size_t len = (size_t)(p - name);
    if (len == 0 || !is_listed(name, len, tags)) {
        return 0;
    }
    /* A tag ends before the next one begins: that keeps "<b<b<b" linear. */
    const char *limit = end - p > MAX_TAG ? p + MAX_TAG : end;
    if (p < limit && *p != '>' && *p != '/' && *p != ' ' && *p != '\t' && *p != '\n') {
        return 0;
    }
    while (p < limit && *p != '>' && *p != '<') {
        p++;
    }
    if (p == limit || *p != '>') {
        return 0;
    }
    *line_break = is_listed(name, len, line_tags);
    return (uint32_t)(p + 1 - at);
}
