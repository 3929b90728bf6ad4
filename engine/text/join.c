/* join.c - one pass: each token is held against the one before it, so that می + خواسته + ام
 * becomes one.  A cheap look at length and first letter comes before any table.
 *
 * It must not know stems.  Invariant: that of join.h. */
#include "text/join.h"

#include <string.h>

#include "text/codepoint.h"
#include "text/persian.h"
#include "text/utf8.h"
#include "text/words.h"

enum {
    MAX_PART_BYTES = 64,   /* longer words are neither prefix nor suffix, nor take one */
    MAX_AFFIX_BYTES = 24,  /* هایشان, with half-spaces and harakat to spare */
    MAX_KEY_BYTES = 2 * MAX_PART_BYTES
};

typedef struct key_text {
    char bytes[MAX_KEY_BYTES];
    size_t len;
} key_text;

static size_t token_length(const text_token *token)
{
    return token->end - token->begin;
}

/* The folded letters of a token, without spaces; empty when it is too long. */
static void read_key(const char *text, const text_token *token, key_text *out)
{
    const char *at = text + token->begin;
    const char *end = text + token->end;
    out->len = 0;
    if (token_length(token) > MAX_PART_BYTES) {
        return;
    }
    while (at < end) {
        uint32_t c = utf8_next(&at);
        const codepoint_info *info = codepoint_lookup(c);
        uint32_t folded = info->sequence_len != 0 ? c : codepoint_fold(info, c);
        if (folded != 0 && folded != ' ' && out->len + 4 <= sizeof out->bytes) {
            out->len += utf8_encode(folded, out->bytes + out->len);
        }
    }
}

static bool key_is(const key_text *key, const char *word)
{
    return key->len == strlen(word) && memcmp(key->bytes, word, key->len) == 0;
}

/* Nothing but one run of white space, or of what is not seen, between two tokens. */
static bool is_gap(const char *text, uint32_t begin, uint32_t end)
{
    const char *at = text + begin;
    while (at < text + end) {
        switch (codepoint_class_of(utf8_next(&at))) {
        case CODEPOINT_SPACE:
        case CODEPOINT_ZWNJ:
        case CODEPOINT_INVISIBLE:
            break;
        default:
            return false;
        }
    }
    return begin < end;
}

static bool is_word_of(const text_token *token, nz_language reading)
{
    return token->kind == NZ_TOKEN_WORD && token->reading == reading;
}

/* ---- Persian */

/* ماه می and ۵ می are May, not the prefix. */
static bool is_month_of_may(const char *text, const text_token *tokens, uint32_t at,
                            const key_text *prefix)
{
    key_text before;
    if (at == 0 || !key_is(prefix, "\u0645\u06cc")) {
        return false;
    }
    if (tokens[at - 1].kind == NZ_TOKEN_NUMBER || tokens[at - 1].kind == NZ_TOKEN_DATE) {
        return true;
    }
    read_key(text, &tokens[at - 1], &before);
    return key_is(&before, "\u0645\u0627\u0647");
}

/* Do tokens[at] and next make one Persian word? */
static bool joins_persian(const char *text, const text_token *tokens, uint32_t at,
                          const text_token *next)
{
    const text_token *first = &tokens[at];
    if ((first->flags & next->flags & TEXT_TOKEN_ALONE) != 0) {
        return false;
    }
    bool short_first = token_length(first) <= MAX_AFFIX_BYTES;
    bool short_next = token_length(next) <= MAX_AFFIX_BYTES;
    if ((!short_first && !short_next) || (first->flags & TEXT_TOKEN_CLAUSE_END) != 0 ||
        !is_gap(text, first->end, next->begin)) {
        return false;
    }
    key_text a, b;
    read_key(text, first, &a);
    read_key(text, next, &b);
    if (persian_is_prefix(a.bytes, a.len)) {
        return !is_month_of_may(text, tokens, at, &a) &&
               persian_joins(a.bytes, a.len, b.bytes, b.len);
    }
    return persian_is_suffix(b.bytes, b.len) && persian_joins(a.bytes, a.len, b.bytes, b.len);
}

/* ---- English */

/* "do n't", as tokenised corpora have it. */
static bool joins_contraction(const char *text, const text_token *first, const text_token *next)
{
    key_text a, b;
    if ((next->flags & TEXT_TOKEN_ALONE) != 0 || token_length(next) > 6 ||
        !is_gap(text, first->end, next->begin)) {
        return false;
    }
    read_key(text, next, &b);
    if (!key_is(&b, "n't")) {
        return false;
    }
    read_key(text, first, &a);
    if (a.len + b.len > sizeof a.bytes) {
        return false;
    }
    memcpy(a.bytes + a.len, b.bytes, b.len);
    const word_entry *whole = words_find(NZ_LANG_EN, a.bytes, a.len + b.len);
    return whole != NULL && (whole->flags & WORD_NEGATIVE) != 0;
}

/* first, a hyphen, last, with nothing between: wi-fi, if the table writes it together.  Such
 * a word is English whatever its halves were read as. */
static bool joins_hyphen(const char *text, const text_token *first, const text_token *hyphen,
                         const text_token *last)
{
    key_text whole;
    bool touching = first->end == hyphen->begin && hyphen->end == last->begin;
    if (!touching || hyphen->kind != NZ_TOKEN_PUNCTUATION || last->kind != NZ_TOKEN_WORD) {
        return false;
    }
    text_token span = *first;
    span.end = last->end;
    read_key(text, &span, &whole);
    const word_entry *entry = words_find(NZ_LANG_EN, whole.bytes, whole.len);
    return entry != NULL && entry->standard != NULL;
}

bool join_stands_alone(const char *bytes, uint32_t len)
{
    const text_token whole = {.end = len};
    key_text key;
    read_key(bytes, &whole, &key);
    if (key.len > MAX_AFFIX_BYTES) {
        return true;
    }
    if (key.len > 0 && (unsigned char)key.bytes[0] < 0x80) { /* no Persian letter */
        return !key_is(&key, "n't");
    }
    return !persian_is_prefix(key.bytes, key.len) && !persian_is_suffix(key.bytes, key.len);
}

/* ---- the pass */

static void extend(text_token *token, const text_token *last, bool apart)
{
    uint32_t ends = TEXT_TOKEN_CLAUSE_END | TEXT_TOKEN_SENTENCE_END;
    token->end = last->end;
    token->word = 0;
    token->flags = (uint16_t)((token->flags & ~(ends | TEXT_TOKEN_ALONE)) | (last->flags & ends) |
                              (apart ? TEXT_TOKEN_JOINED : 0u));
}

uint32_t join_tokens(const char *text, text_token *tokens, uint32_t count)
{
    uint32_t kept = 0; /* tokens[0 .. kept) are final but for what may still join the last */
    for (uint32_t i = 0; i < count; i++) {
        text_token *last = kept == 0 ? NULL : &tokens[kept - 1];
        const text_token *next = &tokens[i];
        if (last == NULL || last->kind != NZ_TOKEN_WORD) {
            tokens[kept++] = *next;
        } else if (is_word_of(last, NZ_LANG_FA) && is_word_of(next, NZ_LANG_FA) &&
                   joins_persian(text, tokens, kept - 1, next)) {
            extend(last, next, true);
        } else if (is_word_of(last, NZ_LANG_EN) && is_word_of(next, NZ_LANG_EN) &&
                   joins_contraction(text, last, next)) {
            extend(last, next, true);
        } else if (i + 1 < count && joins_hyphen(text, last, next, &tokens[i + 1])) {
            extend(last, &tokens[++i], false);
            last->reading = NZ_LANG_EN;
        } else {
            tokens[kept++] = *next;
        }
    }
    for (uint32_t i = 0; i < kept; i++) {
        tokens[i].flags &= (uint16_t)~TEXT_TOKEN_ALONE;
    }
    return kept;
}
