/* span_number.c - numbers and what they count: prices, percentages, ratings, versions,
 * dates, times, in the digits of any script.
 *
 * It must not know tokens.  Invariant: that of span.h. */
#include <string.h>

#include "text/span.h"

enum { MAX_GROUPS = 8, MAX_WORD = 48, LARGE = 100000000 };

enum {
    ARABIC_COMMA = 0x060C,
    ARABIC_PERCENT = 0x066A,
    ARABIC_DECIMAL = 0x066B,
    ARABIC_THOUSANDS = 0x066C,
    FULLWIDTH_PERCENT = 0xFF05
};

/* Digits, and the separator that joins them to the digits that follow (0: nothing does). */
typedef struct number_group {
    uint32_t digits;
    uint32_t value; /* LARGE when larger */
    uint32_t separator;
    const char *stop;
} number_group;

typedef struct number_groups {
    number_group at[MAX_GROUPS];
    uint32_t count;
} number_groups;

static bool is_separator(uint32_t c)
{
    switch (c) {
    case '.': case ',': case '/': case ':': case '-':
    case ARABIC_COMMA: case ARABIC_DECIMAL: case ARABIC_THOUSANDS:
        return true;
    default:
        return false;
    }
}

static const char *read_digits(const char *at, const char *end, number_group *group)
{
    uint32_t digit, len;
    group->digits = 0;
    group->value = 0;
    group->separator = 0;
    while ((len = span_digit(at, end, &digit)) != 0) {
        group->digits++;
        group->value = group->value >= LARGE ? LARGE : group->value * 10 + digit;
        at += len;
    }
    group->stop = at;
    return at;
}

static void read_groups(const char *at, const char *end, number_groups *groups)
{
    groups->count = 0;
    while (groups->count < MAX_GROUPS) {
        number_group *group = &groups->at[groups->count++];
        at = read_digits(at, end, group);
        uint32_t c, digit;
        uint32_t len = span_peek(at, end, &c);
        /* A group of this size is part of nothing: no lookahead past it. */
        if (len == 0 || group->digits > 20 || !is_separator(c) ||
            span_digit(at + len, end, &digit) == 0) {
            return;
        }
        group->separator = c;
        at += len;
    }
    groups->at[MAX_GROUPS - 1].separator = 0;
}

/* ---- shapes: each returns the number of groups that it takes, 0 for none */

static bool is_year(const number_group *group)
{
    return group->digits == 4 && ((group->value >= 1300 && group->value <= 1500) ||
                                  (group->value >= 1900 && group->value <= 2100));
}

static bool is_below(const number_group *group, uint32_t last)
{
    return group->digits <= 2 && group->value >= 1 && group->value <= last;
}

static uint32_t match_date(const number_groups *groups)
{
    const number_group *g = groups->at;
    uint32_t separator = g[0].separator;
    if (groups->count < 2 || (separator != '/' && separator != '-' && separator != '.')) {
        return 0;
    }
    if (groups->count > 2 && g[1].separator == separator) {
        bool year_first = is_year(&g[0]) && is_below(&g[1], 12) && is_below(&g[2], 31);
        bool days_first = (is_below(&g[0], 31) && is_below(&g[1], 12)) ||
                          (is_below(&g[0], 12) && is_below(&g[1], 31));
        bool short_year = separator == '/' && g[2].digits == 2;
        if (year_first || (days_first && (is_year(&g[2]) || short_year))) {
            return 3;
        }
    }
    bool month = separator == '/' && is_year(&g[0]) && g[1].digits == 2 && is_below(&g[1], 12);
    return month ? 2 : 0;
}

static uint32_t match_time(const number_groups *groups)
{
    const number_group *g = groups->at;
    if (groups->count < 2 || g[0].separator != ':' || g[0].digits > 2 || g[0].value > 24 ||
        g[1].digits != 2 || g[1].value > 59) {
        return 0;
    }
    bool seconds = groups->count > 2 && g[1].separator == ':' && g[2].digits == 2 &&
                   g[2].value < 60;
    return seconds ? 3 : 2;
}

static bool is_thousands_separator(uint32_t c)
{
    return c == ',' || c == ARABIC_THOUSANDS || c == ARABIC_COMMA || c == ARABIC_DECIMAL ||
           c == '.';
}

static bool is_decimal_separator(uint32_t c)
{
    return c == '.' || c == ARABIC_DECIMAL;
}

/* 1,000,000 and ۱٬۰۰۰٬۰۰۰: groups of three behind one separator.  With a dot or a decimal
 * sign (some keyboards have no other) there must be two of them. */
static uint32_t match_thousands(const number_groups *groups)
{
    const number_group *g = groups->at;
    uint32_t separator = g[0].separator;
    if (!is_thousands_separator(separator) || g[0].digits > 3) {
        return 0;
    }
    uint32_t count = 1;
    while (count < groups->count && g[count - 1].separator == separator && g[count].digits == 3) {
        count++;
    }
    if (count < (is_decimal_separator(separator) ? 3u : 2u)) {
        return 0;
    }
    bool fraction = count < groups->count && is_decimal_separator(g[count - 1].separator) &&
                    !is_decimal_separator(separator);
    return fraction ? count + 1 : count;
}

static bool is_address(const number_groups *groups)
{
    for (uint32_t i = 0; i < 4; i++) {
        const number_group *g = &groups->at[i];
        if (groups->count < 4 || g->value > 255 || (g->digits > 1 && g->value < 10)) {
            return false;
        }
    }
    return true;
}

/* 1.2.3 and 192.168.1.1 */
static uint32_t match_version(const number_groups *groups)
{
    uint32_t count = 1;
    while (count < groups->count && groups->at[count - 1].separator == '.') {
        count++;
    }
    return count > 2 ? count : 0;
}

/* 1.5, ۳٫۵ and, where the comma is no separator of thousands, 1,5 */
static uint32_t match_decimal(const number_groups *groups)
{
    const number_group *g = groups->at;
    if (groups->count < 2) {
        return 0;
    }
    bool comma = g[0].separator == ',' && g[1].digits <= 2 && g[1].separator != ',';
    return is_decimal_separator(g[0].separator) || comma ? 2 : 0;
}

static bool is_scale(const number_group *group)
{
    return group->value == 5 || group->value == 10 || group->value == 20 || group->value == 100;
}

/* 4/5, 4.5/5: the groups behind the first `used`. */
static bool match_out_of(const number_groups *groups, uint32_t used)
{
    const number_group *g = groups->at;
    return used < groups->count && g[used - 1].separator == '/' && g[used].separator != '/' &&
           is_scale(&g[used]) && g[0].value <= g[used].value;
}

/* ---- words behind a number */

static bool is_word_class(uint8_t class_)
{
    return class_ == CODEPOINT_LATIN || class_ == CODEPOINT_ARABIC || class_ == CODEPOINT_MARK ||
           class_ == CODEPOINT_TATWEEL || class_ == CODEPOINT_ZWNJ ||
           class_ == CODEPOINT_INVISIBLE;
}

/* The next word, folded to key letters, in lower case; bytes it takes or 0. */
static uint32_t read_word(const char *at, const char *end, char folded[MAX_WORD])
{
    const char *p = at;
    const char *stop = at; /* behind the last letter */
    const char *limit = end - at > MAX_WORD ? at + MAX_WORD : end;
    size_t used = 0;
    for (;;) {
        uint32_t c;
        uint32_t len = span_peek(p, end, &c);
        const codepoint_info *info = codepoint_lookup(c);
        if (len == 0 || !is_word_class(info->class_)) {
            /* A digit or a low line glued to it: no such word. */
            bool ends = info->class_ != CODEPOINT_DIGIT && c != '_';
            folded[used] = '\0';
            return ends ? (uint32_t)(stop - at) : 0;
        }
        if (used + 5 >= MAX_WORD || p >= limit) {
            return 0;
        }
        uint32_t fold = codepoint_fold(info, c);
        used += fold == 0 || info->sequence_len != 0 ? 0 : utf8_encode(fold, folded + used);
        p += len;
        stop = fold == 0 ? stop : p;
    }
}

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
    if (word[0] == '\0') {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        /* Two bytes first: they tell nearly all apart, letters of two bytes too. */
        if (word[0] == list[i][0] && word[1] == list[i][1] && strcmp(word, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(word, list) is_one_of(word, list, sizeof(list) / sizeof((list)[0]))

/* All in key letters: yeh is U+06CC, kaf U+06A9, heh U+0647, alef without hamza. */
static const char *const currency_words[] = {
    "\u062A\u0648\u0645\u0627\u0646",       /* toman */
    "\u062A\u0648\u0645\u0627\u0646\u06CC", /* of ... tomans */
    "\u062A\u0648\u0645\u0646",             /* tomen, spoken */
    "\u062A\u0648\u0645\u0646\u06CC",
    "\u062A\u0645\u0646", /* tmn */
    "\u0631\u06CC\u0627\u0644", /* rial */
    "\u0631\u06CC\u0627\u0644\u06CC",
    "\u0631\u06CC\u0627\u0644\u0627", /* riyalan */
    "\u0631\u06CC\u0627\u0644\u0627\u062A",
    "\u062F\u0631\u0647\u0645", /* dirham */
    "\u062F\u0631\u0647\u0645\u0627",
    "\u062F\u0631\u0627\u0647\u0645",
    "\u062F\u06CC\u0646\u0627\u0631", /* dinar */
    "\u062F\u06CC\u0646\u0627\u0631\u0627",
    "\u062F\u0646\u0627\u0646\u06CC\u0631",
    "\u062C\u0646\u06CC\u0647", /* gineih */
    "\u062C\u0646\u06CC\u0647\u0627",
    "\u062C\u0646\u06CC\u0647\u0627\u062A",
    "\u062F\u0648\u0644\u0627\u0631", /* dollar, Arabic */
    "\u062F\u0648\u0644\u0627\u0631\u0627",
    "\u062F\u0648\u0644\u0627\u0631\u0627\u062A",
    "\u062F\u0644\u0627\u0631", /* dollar, Persian */
    "\u062F\u0644\u0627\u0631\u06CC",
    "\u06CC\u0648\u0631\u0648", /* euro */
    "\u0644\u06CC\u0631\u0647", /* lira */
    "\u067E\u0648\u0646\u062F", /* pound, Persian */
    "\u0647\u0632\u0627\u0631\u062A\u0648\u0645\u0627\u0646", /* thousand-toman */
    "\u0647\u0632\u0627\u0631\u062A\u0648\u0645\u0646",
    "\u0647\u0632\u0627\u0631\u062A\u0648\u0645\u0646\u06CC",
    "\u0647\u0632\u0627\u0631\u062A\u0648\u0645\u0627\u0646\u06CC",
    "toman", "tomans", "tooman", "rial", "rials", "riyal", "riyals", "dollar", "dollars",
    "bucks", "euro", "euros", "dirham", "dirhams", "dhs", "dinar", "dinars", "rupees", "cents",
};

static const char *const currency_codes[] = {
    "usd", "eur", "gbp", "irr", "sar", "aed", "egp", "kwd", "qar", "omr", "bhd", "jod", "iqd",
    "lbp", "syp", "mad", "dzd", "tnd", "lyd", "sdg", "yer", "inr", "pkr", "cad", "aud", "chf",
};

static const char *const multipliers[] = {
    "\u0647\u0632\u0627\u0631",             /* hezar */
    "\u0635\u062F",                         /* sad */
    "\u0645\u06CC\u0644\u06CC\u0648\u0646", /* million, Persian */
    "\u0645\u0644\u06CC\u0648\u0646",       /* million, Arabic */
    "\u0645\u06CC\u0644\u06CC\u0627\u0631\u062F", /* milliard, Persian */
    "\u0645\u0644\u06CC\u0627\u0631",       /* milliard, Arabic */
    "\u0627\u0644\u0641",                   /* alf */
    "\u0627\u0644\u0627\u0641",             /* aalaf */
    "k", "thousand", "million", "billion", "hundred",
};

static const char *const star_words[] = {
    "\u0633\u062A\u0627\u0631\u0647", /* setareh */
    "\u0633\u062A\u0627\u0631\u0647\u0627\u06CC",
    "\u0646\u062C\u0648\u0645", /* nujum */
    "\u0646\u062C\u0645\u0647", /* najma */
    "\u0646\u062C\u0645\u0627\u062A",
    "\u0646\u062C\u0645\u062A\u06CC\u0646",
    "star", "stars",
};

static const char *const out_of_words[] = {
    "\u0627\u0632", /* az */
    "\u0645\u0646", /* min */
    "of", "out",
};

/* White space that keeps a number and its unit together: one, not a line break. */
static uint32_t skip_space(const char *at, const char *end)
{
    uint32_t c;
    uint32_t len = span_peek(at, end, &c);
    return len != 0 && codepoint_class_of(c) == CODEPOINT_SPACE ? len : 0;
}

bool span_is_currency_code(const char *word, size_t len)
{
    char folded[4];
    if (len != 3) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        folded[i] = (char)(word[i] | 0x20);
    }
    folded[3] = '\0';
    return IS_ONE_OF(folded, currency_codes);
}

static bool is_currency_sign(uint32_t c)
{
    return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20CF) || c == 0xFDFC ||
           c == 0x060B;
}

static bool is_latin_start(const char *at, const char *end)
{
    return at < end && span_is_ascii_letter(*at);
}

/* "10 USD", "10usd", "5000 toman": Latin words may be glued to the number, words of the
 * Arabic script may not (they are words of their own then). */
static uint32_t currency_word(const char *at, const char *end)
{
    char word[MAX_WORD];
    uint32_t space = skip_space(at, end);
    if (space == 0 && !is_latin_start(at, end)) {
        return 0;
    }
    uint32_t len = read_word(at + space, end, word);
    bool currency =
        len != 0 && (IS_ONE_OF(word, currency_words) || IS_ONE_OF(word, currency_codes));
    return currency ? space + len : 0;
}

/* Two letters with a dot between: the abbreviations of riyal (SA), gineih (EG), dirham. */
static uint32_t currency_initials(const char *at, const char *end)
{
    static const char *const initials[] = {"\u0631.\u0633", "\u062C.\u0645", "\u062F.\u0627",
                                           "\u062F.\u06A9", "\u0644.\u0644", "\u0644.\u0633"};
    uint32_t space = skip_space(at, end);
    const char *p = at + space;
    char folded[16];
    uint32_t c;
    size_t used = 0;
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t len = span_peek(p, end, &c);
        if (len == 0 || (i == 1) != (c == '.')) {
            return 0;
        }
        used += utf8_encode(codepoint_fold(codepoint_lookup(c), c), folded + used);
        p += len;
    }
    folded[used] = '\0';
    (void)span_peek(p, end, &c);
    bool whole = codepoint_class_of(c) != CODEPOINT_ARABIC;
    return whole && IS_ONE_OF(folded, initials) ? (uint32_t)(p - at) : 0;
}

uint32_t span_currency(const char *at, const char *end)
{
    uint32_t c;
    uint32_t space = skip_space(at, end);
    uint32_t len = span_peek(at + space, end, &c);
    if (len != 0 && is_currency_sign(c)) {
        /* "5 $10" is two amounts. */
        uint32_t digit;
        bool next_amount = space != 0 && span_digit(at + space + len, end, &digit) != 0;
        return next_amount ? 0 : space + len;
    }
    char word[MAX_WORD];
    uint32_t multiplier = 0;
    if (space != 0 || is_latin_start(at, end)) {
        len = read_word(at + space, end, word);
        multiplier = len != 0 && IS_ONE_OF(word, multipliers) ? space + len : 0;
    }
    uint32_t unit = currency_word(at + multiplier, end);
    if (unit == 0) {
        unit = currency_initials(at + multiplier, end);
    }
    return unit == 0 ? 0 : multiplier + unit;
}

static uint32_t percent_length(const char *at, const char *end)
{
    uint32_t c;
    uint32_t space = skip_space(at, end);
    uint32_t len = span_peek(at + space, end, &c);
    bool percent = c == '%' || c == ARABIC_PERCENT || c == FULLWIDTH_PERCENT;
    return len != 0 && percent ? space + len : 0;
}

/* "az 10", "min 5", "of 5", "out of 10" behind a value, or "stars". */
static uint32_t rating_length(const char *at, const char *end, uint32_t value)
{
    char word[MAX_WORD];
    uint32_t space = skip_space(at, end);
    if (space == 0 && !is_latin_start(at, end)) {
        return 0;
    }
    const char *p = at + space;
    uint32_t len = read_word(p, end, word);
    if (len == 0) {
        return 0;
    }
    p += len;
    if (value <= 10 && IS_ONE_OF(word, star_words)) {
        return (uint32_t)(p - at);
    }
    if (space == 0 || !IS_ONE_OF(word, out_of_words)) {
        return 0;
    }
    if (strcmp(word, "out") == 0) {
        uint32_t between = skip_space(p, end);
        len = read_word(p + between, end, word);
        if (between == 0 || len == 0 || strcmp(word, "of") != 0) {
            return 0;
        }
        p += between + len;
    }
    number_group scale;
    space = skip_space(p, end);
    p = read_digits(p + space, end, &scale);
    bool rating = space != 0 && scale.digits != 0 && scale.digits <= 3 && is_scale(&scale) &&
                  value <= scale.value;
    uint32_t c;
    (void)span_peek(p, end, &c);
    return rating && c != '%' && c != ARABIC_PERCENT ? (uint32_t)(p - at) : 0;
}

/* ---- putting it together */

/* Groups of a number as such; *kind tells those that count nothing more. */
static uint32_t match_shape(const number_groups *groups, nz_token_kind *kind)
{
    uint32_t used;
    *kind = NZ_TOKEN_DATE;
    if ((used = match_date(groups)) != 0) {
        return used;
    }
    *kind = NZ_TOKEN_TIME;
    if ((used = match_time(groups)) != 0) {
        return used;
    }
    *kind = NZ_TOKEN_VERSION;
    uint32_t dotted = match_version(groups);
    if (dotted == 4 && is_address(groups)) {
        return dotted;
    }
    uint32_t thousands = match_thousands(groups);
    if (dotted != 0 && thousands == 0) {
        return dotted;
    }
    *kind = NZ_TOKEN_NUMBER;
    if (thousands != 0) {
        return thousands;
    }
    used = match_decimal(groups);
    return used != 0 ? used : 1;
}

uint32_t span_number(const char *at, const char *end, nz_token_kind *kind)
{
    number_groups groups;
    read_groups(at, end, &groups);
    *kind = NZ_TOKEN_NUMBER;
    if (groups.at[0].digits == 0) {
        return 0;
    }
    uint32_t used = match_shape(&groups, kind);
    const char *stop = groups.at[used - 1].stop;
    if (*kind != NZ_TOKEN_NUMBER) {
        return (uint32_t)(stop - at);
    }
    uint32_t more;
    if (match_out_of(&groups, used)) {
        *kind = NZ_TOKEN_RATING;
        return (uint32_t)(groups.at[used].stop - at);
    }
    /* 24/7, 1/2, and the Persian decimal ۳/۵ */
    const number_group *g = groups.at;
    if (used == 1 && groups.count == 2 && g[0].separator == '/' && g[0].digits <= 3 &&
        g[1].digits <= 3) {
        stop = g[1].stop;
    }
    if ((more = percent_length(stop, end)) != 0) {
        *kind = NZ_TOKEN_PERCENT;
    } else if ((more = span_currency(stop, end)) != 0) {
        *kind = NZ_TOKEN_PRICE;
    } else if ((more = rating_length(stop, end, g[0].value)) != 0) {
        *kind = NZ_TOKEN_RATING;
    }
    return (uint32_t)(stop + more - at);
}

/* The plain number at `at`, for a sign in front of it; *stop behind it. */
static bool plain_number(const char *at, const char *end, const char **stop)
{
    number_groups groups;
    uint32_t digit;
    nz_token_kind kind;
    if (span_digit(at, end, &digit) == 0) {
        return false;
    }
    read_groups(at, end, &groups);
    *stop = groups.at[match_shape(&groups, &kind) - 1].stop;
    return kind == NZ_TOKEN_NUMBER;
}

uint32_t span_price(const char *at, const char *end)
{
    uint32_t c;
    const char *stop;
    uint32_t sign = span_peek(at, end, &c);
    if (sign == 0 || !is_currency_sign(c)) {
        return 0;
    }
    const char *number = at + sign + skip_space(at + sign, end);
    if (!plain_number(number, end, &stop)) {
        return 0;
    }
    char word[MAX_WORD];
    uint32_t space = skip_space(stop, end);
    uint32_t len = space != 0 || is_latin_start(stop, end) ? read_word(stop + space, end, word) : 0;
    bool scaled = len != 0 && (IS_ONE_OF(word, multipliers) ||
                               (space == 0 && (strcmp(word, "m") == 0 || strcmp(word, "bn") == 0)));
    uint32_t code = scaled ? 0 : currency_word(stop, end); /* $10 USD */
    return (uint32_t)(stop - at) + (scaled ? space + len : code);
}

uint32_t span_percent(const char *at, const char *end)
{
    uint32_t c;
    const char *stop;
    uint32_t sign = span_peek(at, end, &c);
    if (c != '%' && c != ARABIC_PERCENT && c != FULLWIDTH_PERCENT) {
        return 0;
    }
    return plain_number(at + sign, end, &stop) ? (uint32_t)(stop - at) : 0;
}
