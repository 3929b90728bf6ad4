/* scan.c - from valid UTF-8 to token spans: one pass, one token at a time.
 *
 * Words are the fast path and are walked here by bytes; whatever is rarer is measured by
 * span.h.  It must not know languages.
 * Invariant: `at` only moves forward, and every byte it passes is in a token, white space,
 * invisible, or markup. */
#include "text/scan.h"

#include "base/endian.h"
#include "text/span.h"

typedef struct scanner {
    const char *text, *at, *end;
    buffer *tokens;
    text_token *out;  /* the first token of this text */
    size_t count, room;
    uint32_t breaks;  /* line breaks since the last token */
    bool space;       /* white space since the last token, or none yet */
} scanner;

enum { RESERVE_TOKENS = 64 };

/* ---- tokens */

/* Room for one more token; the buffer's size is what is used of it. */
static nz_status make_room(scanner *s, size_t base)
{
    s->tokens->size = base + s->count * sizeof(text_token);
    nz_status status = buffer_reserve(s->tokens, RESERVE_TOKENS * sizeof(text_token));
    if (status == NZ_E_LIMIT) {
        status = buffer_reserve(s->tokens, sizeof(text_token));
    }
    NZ_TRY(status);
    s->out = (text_token *)(void *)(s->tokens->bytes + base);
    s->room = (s->tokens->capacity - base) / sizeof(text_token);
    return NZ_OK;
}

/* Write the token [begin, stop); the caller has seen to the room. */
static inline void emit(scanner *s, const char *begin, const char *stop, nz_token_kind kind,
                        uint16_t flags)
{
    text_token *token = &s->out[s->count++];
    token->begin = (uint32_t)(begin - s->text);
    token->end = (uint32_t)(stop - s->text);
    token->kind = (uint8_t)kind;
    token->reading = (uint8_t)NZ_LANG_OTHER;
    token->word = 0;
    token->flags = (uint16_t)(flags | (s->space ? TEXT_TOKEN_SPACE_BEFORE : 0u));
    s->space = false;
    s->breaks = 0;
}

/* emit() what a span function has measured, and move on.  False when it is nothing. */
static bool take(scanner *s, uint32_t len, nz_token_kind kind)
{
    if (len == 0) {
        return false;
    }
    emit(s, s->at, s->at + len, kind, 0);
    s->at += len;
    return true;
}

/* Go on at p, behind a word: most words have one space behind them. */
static inline void move_on(scanner *s, const char *p)
{
    bool space = p < s->end && *p == ' ';
    s->at = p + space;
    s->space = space;
}

static void end_line(scanner *s)
{
    s->space = true;
    s->breaks++;
    if (s->count != 0) {
        uint32_t ends = s->breaks > 1 ? TEXT_TOKEN_CLAUSE_END | TEXT_TOKEN_SENTENCE_END
                                      : TEXT_TOKEN_CLAUSE_END;
        s->out[s->count - 1].flags = (uint16_t)(s->out[s->count - 1].flags | ends);
    }
}

/* The character in front of `at`, 0 at the start. */
static uint32_t character_before(const scanner *s)
{
    const char *p = s->at;
    if (p == s->text) {
        return 0;
    }
    do {
        p--;
    } while (((unsigned char)*p & 0xC0u) == 0x80);
    return utf8_next(&p);
}

static bool is_open_before(const scanner *s)
{
    uint32_t before = character_before(s);
    codepoint_class class_ = codepoint_class_of(before);
    return before == 0 || class_ == CODEPOINT_SPACE || class_ == CODEPOINT_NEWLINE || before == '(';
}

static inline bool is_letter_class(codepoint_class class_)
{
    return class_ == CODEPOINT_LATIN || class_ == CODEPOINT_LETTER;
}

static bool is_letter_at(const char *at, const char *end)
{
    uint32_t c;
    return span_peek(at, end, &c) != 0 && is_letter_class(codepoint_class_of(c));
}

static bool is_digit_at(const char *at, const char *end)
{
    uint32_t digit;
    return span_digit(at, end, &digit) != 0;
}

static inline bool is_unseen(codepoint_class class_)
{
    return class_ == CODEPOINT_INVISIBLE || class_ == CODEPOINT_ZWNJ || class_ == CODEPOINT_ZWJ ||
           class_ == CODEPOINT_VARIATION;
}

/* ---- words of the Arabic script */

/* Laughter is a run of one letter (heh, khah, kaf) or of "ha". */
static bool is_arabic_laughter(const char *at, const char *stop)
{
    const char *p = at;
    uint32_t first = 0;
    uint32_t same = 0;
    uint32_t alefs = 0;
    while (p < stop) {
        uint32_t c = utf8_next(&p);
        const codepoint_info *info = codepoint_lookup(c);
        uint32_t fold = codepoint_fold(info, c);
        if (fold == 0) {
            continue;
        }
        if (first == 0) {
            first = fold;
            if (fold != 0x0647 && fold != 0x062E && fold != 0x06A9) {
                return false;
            }
        }
        if (fold == 0x0627 && first == 0x0647) {
            alefs++;
        } else if (fold != first || info->sequence_len != 0 || c == 0x0629) {
            return false;
        } else {
            same++;
        }
    }
    return same >= 3 || (same >= 2 && alefs >= 2);
}

/* The cheap half of the test, for every word: six bytes, the first letter a heh, khah or
 * kaf of any keyboard. */
static inline bool may_be_arabic_laughter(const char *at, const char *stop)
{
    if (stop - at < 6) {
        return false;
    }
    uint32_t first = (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
    return first == 0xD987 || first == 0xD8AE || first == 0xDAA9 || first == 0xD983 ||
           first == 0xDABE || first == 0xDB81;
}

/* How many of the four byte pairs in front are letters or marks of U+0620..065F and
 * U+0670..06D3 (every code point there is).  Counted without a jump: where a word ends
 * cannot be foreseen.  16 bits for each pair; bit 15 of a sum tells >=. */
static inline uint32_t count_arabic_pairs(const char *at)
{
    const uint64_t ones = UINT64_C(0x0001000100010001);
    uint64_t pairs = load_le64(at);
    uint64_t c = (pairs & ones * 0x001F) << 6 | (pairs >> 8 & ones * 0x003F);
    uint64_t lead = (pairs & ones * 0x00FC) ^ ones * 0x00D8; /* 0 for D8..DB */
    uint64_t first = (c + ones * (0x8000 - 0x620)) & ~(c + ones * (0x8000 - 0x660));
    uint64_t second = (c + ones * (0x8000 - 0x670)) & ~(c + ones * (0x8000 - 0x6D4));
    uint64_t good = (first | second) & ~(lead + ones * 0x7FFF) & ones * 0x8000;
    uint64_t bad = good ^ ones * 0x8000;
    return bad == 0 ? 4 : (uint32_t)__builtin_ctzll(bad) / 16;
}

/* Hot loop: nearly all letters are two bytes with a lead of D8..DB.  What cannot be seen
 * is passed over, and belongs to the word when a letter or mark follows. */
static void scan_arabic(scanner *s)
{
    const char *begin = s->at;
    const char *end = s->end;
    const char *p = begin;
    const char *stop = begin; /* behind the last letter or mark */
    while (p < end) {
        if (end - p >= 8) {
            uint32_t pairs = count_arabic_pairs(p);
            p += 2 * pairs;
            stop = pairs != 0 ? p : stop;
            if (pairs == 4) {
                continue;
            }
        }
        unsigned char lead = (unsigned char)*p;
        if ((lead & 0xFCu) == 0xD8) {
            uint32_t c = (uint32_t)(lead & 0x1F) << 6 | ((unsigned char)p[1] & 0x3Fu);
            uint8_t class_ = codepoint_low_class[c];
            if (class_ != CODEPOINT_ARABIC && class_ != CODEPOINT_MARK &&
                class_ != CODEPOINT_TATWEEL && class_ != CODEPOINT_INVISIBLE) {
                break;
            }
            p += 2;
            stop = class_ == CODEPOINT_INVISIBLE ? stop : p;
            continue;
        }
        if (lead < 0x80) {
            break;
        }
        const char *next = p;
        codepoint_class class_ = codepoint_class_of(utf8_next(&next));
        if (class_ == CODEPOINT_ARABIC || class_ == CODEPOINT_MARK) {
            stop = next;
        } else if (!is_unseen(class_)) {
            break;
        }
        p = next;
    }
    bool laughter = may_be_arabic_laughter(begin, stop) && is_arabic_laughter(begin, stop);
    emit(s, begin, stop, laughter ? NZ_TOKEN_LAUGHTER : NZ_TOKEN_WORD, 0);
    move_on(s, p);
}

/* ---- words of other scripts */

static inline bool is_vowel_of_laughter(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o';
}

/* haha, hehe, jajaja, xaxa, hhhh, kkkk, khkhkh */
static bool is_latin_laughter(const char *at, const char *stop)
{
    uint32_t consonants = 0;
    uint32_t vowels = 0;
    char consonant = 0;
    char vowel = 0;
    bool kh = true;
    size_t len = (size_t)(stop - at);
    for (size_t i = 0; i < len; i++) {
        char c = (char)(at[i] | 0x20);
        kh = kh && c == (i % 2 == 0 ? 'k' : 'h');
        if (is_vowel_of_laughter(c)) {
            vowels++;
            if (vowel != 0 && vowel != c) {
                return false;
            }
            vowel = c;
        } else if (c == 'h' || c == 'j' || c == 'x' || c == 'k') {
            consonants++;
            if (consonant != 0 && consonant != c && !kh) {
                return false;
            }
            consonant = c;
        } else {
            return false;
        }
    }
    if (vowels == 0) {
        return kh ? len >= 4 : (consonant == 'h' && len >= 3) || (consonant == 'k' && len >= 4);
    }
    bool laughs = consonant == 'h' || consonant == 'j' || (consonant == 'x' && vowel == 'a');
    return laughs && consonants >= 2 && vowels >= 2;
}

/* v2.0.1 */
static bool is_version_word(const char *at, const char *stop)
{
    bool dotted = false;
    if ((*at | 0x20) != 'v') {
        return false;
    }
    for (const char *p = at + 1; p < stop; p++) {
        dotted |= *p == '.';
        if (*p != '.' && (*p < '0' || *p > '9')) {
            return false;
        }
    }
    return dotted;
}

enum { HINT_LAUGHTER = 1, HINT_VERSION = 2, HINT_FACE = 4 };

/* Which special words may hold a byte: laughter, v2.0, T_T and xD. */
static const uint8_t hints[256] = {
    ['h'] = HINT_LAUGHTER, ['H'] = HINT_LAUGHTER, ['j'] = HINT_LAUGHTER, ['J'] = HINT_LAUGHTER,
    ['k'] = HINT_LAUGHTER, ['K'] = HINT_LAUGHTER, ['a'] = HINT_LAUGHTER, ['A'] = HINT_LAUGHTER,
    ['e'] = HINT_LAUGHTER, ['E'] = HINT_LAUGHTER, ['i'] = HINT_LAUGHTER, ['I'] = HINT_LAUGHTER,
    ['o'] = HINT_LAUGHTER | HINT_FACE, ['O'] = HINT_LAUGHTER | HINT_FACE,
    ['x'] = HINT_LAUGHTER | HINT_FACE, ['X'] = HINT_LAUGHTER | HINT_FACE,
    ['D'] = HINT_FACE, ['T'] = HINT_FACE, ['_'] = HINT_FACE, ['u'] = HINT_FACE,
    ['U'] = HINT_FACE, ['n'] = HINT_FACE, ['N'] = HINT_FACE,
    ['v'] = HINT_VERSION, ['V'] = HINT_VERSION, ['.'] = HINT_VERSION,
    ['0'] = HINT_VERSION, ['1'] = HINT_VERSION, ['2'] = HINT_VERSION, ['3'] = HINT_VERSION,
    ['4'] = HINT_VERSION, ['5'] = HINT_VERSION, ['6'] = HINT_VERSION, ['7'] = HINT_VERSION,
    ['8'] = HINT_VERSION, ['9'] = HINT_VERSION,
};

/* First, middle and last byte rule out nearly every word without a jump. */
static inline nz_token_kind word_kind(const char *at, const char *stop)
{
    size_t len = (size_t)(stop - at);
    uint32_t hint = (uint32_t)hints[(unsigned char)at[0]] &
                    hints[(unsigned char)at[len / 2]] & hints[(unsigned char)at[len - 1]];
    if (hint == 0 || len < 2) {
        return NZ_TOKEN_WORD;
    }
    if (len >= 3 && (hint & HINT_LAUGHTER) != 0 && is_latin_laughter(at, stop)) {
        return NZ_TOKEN_LAUGHTER;
    }
    if ((hint & HINT_FACE) != 0 && span_is_letter_emoticon(at, len)) {
        return NZ_TOKEN_EMOTICON;
    }
    return (hint & HINT_VERSION) != 0 && is_version_word(at, stop) ? NZ_TOKEN_VERSION
                                                                   : NZ_TOKEN_WORD;
}

/* U.S.A. and e.g. : single letters with dots between, three of them or a dot at the end. */
static uint32_t initials_length(const char *at, const char *end)
{
    const char *p = at;
    uint32_t letters = 0;
    while (p < end && span_is_ascii_letter(*p) &&
           (p + 1 == end || !(span_is_ascii_word(p[1]) || p[1] == '\'' || p[1] == '_'))) {
        letters++;
        p++;
        if (p == end || *p != '.') {
            break;
        }
        p++;
    }
    bool dot = p > at && p[-1] == '.';
    /* "a. B" and "b.next": the dot behind the last initial must end the whole. */
    if (dot && p < end && span_is_ascii_word(*p)) {
        return 0;
    }
    return letters >= 3 || (letters == 2 && dot) ? (uint32_t)(p - at) : 0;
}

static bool is_apostrophe(uint32_t c)
{
    if (c < 0x80) {
        return c == '\'' || c == '`';
    }
    const codepoint_info *info = codepoint_lookup(c);
    return codepoint_own(info, c) == '\'' && info->sequence_len == 0;
}

/* Does the sign at p stay inside of a word?  Apostrophes and low lines between letters, a
 * dot between digits. */
static bool is_inside(const char *begin, const char *p, const char *next, const char *end,
                      uint32_t c)
{
    if (p == begin || next >= end) {
        return false;
    }
    if (c == '_') {
        return span_is_ascii_word(*next) && p[-1] != '_';
    }
    if (c == '.') {
        return p[-1] >= '0' && p[-1] <= '9' && *next >= '0' && *next <= '9';
    }
    bool letter_before = span_is_ascii_letter(p[-1]) || (unsigned char)p[-1] >= 0x80;
    return is_apostrophe(c) && letter_before && is_letter_at(next, end);
}

static inline bool is_ascii_word_byte(unsigned char b)
{
    uint8_t class_ = codepoint_low_class[b & 0x7Fu];
    return b < 0x80 && (class_ == CODEPOINT_LATIN || class_ == CODEPOINT_DIGIT);
}

/* How many of the eight bytes in front are ASCII letters or digits, without a jump.
 * Bit 7 of a sum tells >=. */
static inline uint32_t count_ascii_word(const char *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bytes = load_le64(at);
    uint64_t low = bytes & ones * 0x7F;
    uint64_t small = low | ones * 0x20;
    uint64_t letter = (small + ones * (0x80 - 'a')) & ~(small + ones * (0x80 - 'z' - 1));
    uint64_t digit = (low + ones * (0x80 - '0')) & ~(low + ones * (0x80 - '9' - 1));
    uint64_t bad = ~((letter | digit) & ~bytes) & ones * 0x80;
    return bad == 0 ? 8 : (uint32_t)__builtin_ctzll(bad) / 8;
}

/* Behind the ASCII letters and digits at `at`. */
static inline const char *skip_ascii_word(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint32_t count = count_ascii_word(at);
        at += count;
        if (count < 8) {
            return at;
        }
    }
    while (at < end && is_ascii_word_byte((unsigned char)*at)) {
        at++;
    }
    return at;
}

/* Hot loop of Latin words: ASCII by bytes, anything else by its class. */
static void scan_word(scanner *s)
{
    const char *begin = s->at;
    const char *end = s->end;
    const char *p = begin;
    const char *stop = begin; /* behind the last letter, digit or mark */
    while (p < end) {
        if (is_ascii_word_byte((unsigned char)*p)) {
            p = skip_ascii_word(p, end);
            stop = p;
            continue;
        }
        if (*p == ' ') {
            break;
        }
        const char *next = p;
        uint32_t c = utf8_next(&next);
        codepoint_class class_ = codepoint_class_of(c);
        if (is_letter_class(class_) || class_ == CODEPOINT_DIGIT || class_ == CODEPOINT_MARK) {
            stop = next;
        } else if (!is_unseen(class_) && !is_inside(begin, p, next, end, c)) {
            break;
        }
        p = next;
    }
    emit(s, begin, stop, word_kind(begin, stop), 0);
    move_on(s, p);
}

/* May an address go on at p, behind its first word?  Not at the full stop of a sentence. */
static inline bool is_web_sign(const char *p, const char *end)
{
    if (end - p < 2 || (!span_is_ascii_word(p[1]) && p[1] != '/')) {
        return false;
    }
    return *p == '.' || *p == '@' || *p == ':' || *p == '-' || *p == '_' || *p == '+' || *p == '%';
}

/* An address or initials, for a word that begins in ASCII; p stands behind its first run of
 * letters and digits. */
static bool take_address(scanner *s, const char *p)
{
    if (!is_web_sign(p, s->end)) {
        return false;
    }
    return take(s, span_email(s->at, s->end), NZ_TOKEN_EMAIL) ||
           take(s, span_url(s->at, s->end), NZ_TOKEN_URL) ||
           (*p == '.' && p == s->at + 1 &&
            take(s, initials_length(s->at, s->end), NZ_TOKEN_WORD));
}

static void scan_latin(scanner *s)
{
    const char *p = skip_ascii_word(s->at, s->end);
    if (p == s->end || *p == ' ') { /* most words */
        emit(s, s->at, p, word_kind(s->at, p), 0);
        move_on(s, p);
    } else if (!take_address(s, p)) {
        scan_word(s);
    }
}

/* ---- numbers */

/* "SAR 50": the code before the amount becomes part of it. */
static bool joins_currency_code(const scanner *s)
{
    if (s->count == 0) {
        return false;
    }
    const text_token *last = &s->out[s->count - 1];
    const char *word = s->text + last->begin;
    bool behind = s->text + last->end + 1 == s->at && s->at[-1] == ' ';
    return behind && last->kind == NZ_TOKEN_WORD &&
           span_is_currency_code(word, last->end - last->begin);
}

static void scan_digits(scanner *s)
{
    const char *p = s->at;
    uint32_t digit, len;
    while ((len = span_digit(p, s->end, &digit)) != 0) {
        p += len;
    }
    bool ascii = p > s->at && (unsigned char)*s->at < 0x80;
    if (p < s->end && ((unsigned char)*p >= 0x80 || *s->at == '*') &&
        take(s, span_emoji(s->at, s->end), NZ_TOKEN_EMOJI)) {
        return; /* a keycap */
    }
    if (take(s, span_phone(s->at, s->end), NZ_TOKEN_PHONE)) {
        return;
    }
    if (ascii && take_address(s, p)) {
        return;
    }
    nz_token_kind kind;
    len = span_number(s->at, s->end, &kind);
    if (s->at + len == p && kind == NZ_TOKEN_NUMBER) {
        if (is_letter_at(p, s->end)) {
            /* 3ali, 20kg, 2nd; also 4shared.com */
            if (!ascii || !take_address(s, skip_ascii_word(p, s->end))) {
                scan_word(s);
            }
            return;
        }
    }
    if ((kind == NZ_TOKEN_NUMBER || kind == NZ_TOKEN_PRICE) && joins_currency_code(s)) {
        text_token *last = &s->out[s->count - 1];
        s->at += len;
        last->end = (uint32_t)(s->at - s->text);
        last->kind = (uint8_t)NZ_TOKEN_PRICE;
        s->space = false;
        return;
    }
    (void)take(s, len, kind);
}

/* -5, +3%, -10$ where no digit or letter stands before the sign. */
static bool take_signed(scanner *s, uint32_t sign)
{
    nz_token_kind kind;
    const char *number = s->at + sign;
    if (!is_digit_at(number, s->end) || !is_open_before(s) ||
        span_phone(number, s->end) != 0) {
        return false;
    }
    uint32_t len = span_number(number, s->end, &kind);
    bool amount = kind == NZ_TOKEN_NUMBER || kind == NZ_TOKEN_PERCENT || kind == NZ_TOKEN_PRICE;
    return amount && !is_letter_at(number + len, s->end) && take(s, sign + len, kind);
}

/* ---- signs */

enum sign_group { SIGN_EXCLAIM = 1, SIGN_DOT = 2 };

/* Signs that make one run whatever their mixture; else the character itself. */
static uint32_t run_group(uint32_t c)
{
    switch (c) {
    case '!': case '?': case 0x061F: case 0xFF01: case 0xFF1F: case 0x203C: case 0x2047:
    case 0x2048: case 0x2049: case 0x00A1: case 0x00BF:
        return SIGN_EXCLAIM;
    case '.': case 0x2026: case 0x06D4: case 0x3002: case 0xFF0E:
        return SIGN_DOT;
    default:
        return c;
    }
}

/* A run of like punctuation, one symbol repeated, or characters that are nothing. */
static void scan_run(scanner *s)
{
    const char *p = s->at;
    uint32_t first = utf8_next(&p);
    const codepoint_info *info = codepoint_lookup(first);
    uint32_t group = run_group(first);
    bool other = info->class_ == CODEPOINT_OTHER;
    while (p < s->end) {
        const char *next = p;
        uint32_t c = utf8_next(&next);
        bool alike = other ? codepoint_class_of(c) == CODEPOINT_OTHER : run_group(c) == group;
        if (!alike) {
            break;
        }
        p = next;
    }
    uint16_t flags = 0;
    if ((info->flags & CODEPOINT_SENTENCE) != 0) {
        flags = TEXT_TOKEN_CLAUSE_END | TEXT_TOKEN_SENTENCE_END;
    } else if ((info->flags & CODEPOINT_CLAUSE) != 0) {
        flags = TEXT_TOKEN_CLAUSE_END;
    }
    bool punctuation = info->class_ == CODEPOINT_PUNCTUATION || info->class_ == CODEPOINT_TATWEEL;
    emit(s, s->at, p, punctuation ? NZ_TOKEN_PUNCTUATION : NZ_TOKEN_SYMBOL, flags);
    s->at = p;
}

static bool skip_markup(scanner *s)
{
    bool line_break;
    uint32_t len = span_markup(s->at, s->end, &line_break);
    s->at += len;
    s->space |= len != 0;
    if (line_break) {
        end_line(s);
    }
    return len != 0;
}

static void scan_ascii_sign(scanner *s)
{
    const char *at = s->at;
    const char *end = s->end;
    bool taken = false;
    switch (*at) {
    case '.': case ',': case '!': case '?': case '"': /* never more than they are */
        break;
    case '#':
        taken = take(s, span_hashtag(at, end), NZ_TOKEN_HASHTAG) ||
                take(s, span_emoji(at, end), NZ_TOKEN_EMOJI);
        break;
    case '@':
        taken = take(s, span_mention(at, end), NZ_TOKEN_MENTION);
        break;
    case '<': case '&':
        taken = skip_markup(s) ||
                take(s, span_emoticon(at, end, character_before(s)), NZ_TOKEN_EMOTICON);
        break;
    case '+': case '(':
        taken = take(s, span_phone(at, end), NZ_TOKEN_PHONE) || (*at == '+' && take_signed(s, 1)) ||
                take(s, span_emoticon(at, end, character_before(s)), NZ_TOKEN_EMOTICON);
        break;
    case '-':
        taken = take_signed(s, 1) ||
                take(s, span_emoticon(at, end, character_before(s)), NZ_TOKEN_EMOTICON);
        break;
    case '$':
        taken = take(s, span_price(at, end), NZ_TOKEN_PRICE);
        break;
    case '%':
        taken = take(s, span_percent(at, end), NZ_TOKEN_PERCENT);
        break;
    default: /* : ; = ^ > ) * and what else may begin an emoticon */
        taken = take(s, span_emoticon(at, end, character_before(s)), NZ_TOKEN_EMOTICON) ||
                (*at == '*' && take(s, span_emoji(at, end), NZ_TOKEN_EMOJI));
        break;
    }
    if (!taken) {
        scan_run(s);
    }
}

static void scan_other_sign(scanner *s, uint32_t c, uint32_t len)
{
    if ((c == 0xFF03 && take(s, span_hashtag(s->at, s->end), NZ_TOKEN_HASHTAG)) ||
        (c == 0xFF0B && take(s, span_phone(s->at, s->end), NZ_TOKEN_PHONE)) ||
        (c == 0x2212 && take_signed(s, len)) ||
        take(s, span_emoji(s->at, s->end), NZ_TOKEN_EMOJI) ||
        take(s, span_price(s->at, s->end), NZ_TOKEN_PRICE) ||
        take(s, span_percent(s->at, s->end), NZ_TOKEN_PERCENT)) {
        return;
    }
    scan_run(s);
}

/* Marks belong to what stands before them, or begin a word of the Arabic script; alone
 * they are a symbol. */
static void scan_mark(scanner *s)
{
    const char *p = s->at;
    const char *next = p;
    codepoint_class class_ = CODEPOINT_MARK;
    while (class_ == CODEPOINT_MARK) {
        p = next;
        class_ = next < s->end ? codepoint_class_of(utf8_next(&next)) : CODEPOINT_SPACE;
    }
    if (s->count != 0 && s->text + s->out[s->count - 1].end == s->at) {
        s->out[s->count - 1].end = (uint32_t)(p - s->text);
        s->at = p;
    } else if (class_ == CODEPOINT_ARABIC) {
        scan_arabic(s);
    } else {
        (void)take(s, (uint32_t)(p - s->at), NZ_TOKEN_SYMBOL);
    }
}

/* Tatweel leads a word or draws a line. */
static void scan_tatweel(scanner *s)
{
    const char *p = s->at;
    codepoint_class class_ = CODEPOINT_TATWEEL;
    while (p < s->end && class_ == CODEPOINT_TATWEEL) {
        class_ = codepoint_class_of(utf8_next(&p));
    }
    if (class_ == CODEPOINT_ARABIC) {
        scan_arabic(s);
    } else {
        scan_run(s);
    }
}

/* ---- the pass */

static void scan_newline(scanner *s, uint32_t c, uint32_t len)
{
    bool crlf = c == '\r' && s->at + 1 < s->end && s->at[1] == '\n';
    s->at += crlf ? 2 : len;
    end_line(s);
}

static void scan_one(scanner *s)
{
    const char *next = s->at;
    uint32_t c = utf8_next(&next);
    uint32_t len = (uint32_t)(next - s->at);
    switch (codepoint_class_of(c)) {
    case CODEPOINT_LATIN:
        if (c < 0x80) {
            scan_latin(s);
        } else {
            scan_word(s);
        }
        break;
    case CODEPOINT_LETTER:
        scan_word(s);
        break;
    case CODEPOINT_ARABIC:
        scan_arabic(s);
        break;
    case CODEPOINT_SPACE:
        s->at = next;
        s->space = true;
        break;
    case CODEPOINT_NEWLINE:
        scan_newline(s, c, len);
        break;
    case CODEPOINT_DIGIT:
        scan_digits(s);
        break;
    case CODEPOINT_INVISIBLE: case CODEPOINT_ZWNJ: case CODEPOINT_ZWJ: case CODEPOINT_VARIATION:
        s->at = next;
        break;
    case CODEPOINT_MARK:
        scan_mark(s);
        break;
    case CODEPOINT_TATWEEL:
        scan_tatweel(s);
        break;
    case CODEPOINT_EMOJI: case CODEPOINT_EMOJI_MODIFIER: case CODEPOINT_REGIONAL:
        (void)take(s, span_emoji(s->at, s->end), NZ_TOKEN_EMOJI);
        break;
    default:
        if (c < 0x80) {
            scan_ascii_sign(s);
        } else {
            scan_other_sign(s, c, len);
        }
        break;
    }
}

nz_status scan_tokens(const char *text, uint32_t len, buffer *tokens)
{
    size_t base = tokens->size;
    if (len == 0) {
        return NZ_OK;
    }
    scanner s = {.text = text, .at = text, .end = text + len, .tokens = tokens, .space = true};
    while (s.at < s.end) {
        if (s.count == s.room) {
            nz_status status = make_room(&s, base);
            if (status < 0) {
                tokens->size = base;
                return status;
            }
        }
        unsigned char byte = (unsigned char)*s.at;
        if (byte < 0x80 && codepoint_low_class[byte] == CODEPOINT_LATIN) {
            scan_latin(&s);
        } else {
            scan_one(&s);
        }
    }
    if (s.count != 0) {
        text_token *last = &s.out[s.count - 1];
        last->flags = (uint16_t)(last->flags | TEXT_TOKEN_CLAUSE_END | TEXT_TOKEN_SENTENCE_END);
    }
    tokens->size = base + s.count * sizeof(text_token);
    return NZ_OK;
}
