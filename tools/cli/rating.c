/* rating.c - a small reader of ratings over code points. */
#include "rating.h"

#include "utf8_text.h"

#include <string.h>

typedef struct reading {
    const char *text;
    size_t size, at;
} reading;

static uint32_t peek(const reading *r)
{
    size_t at = r->at;
    return at < r->size ? utf8_next(r->text, r->size, &at) : 0;
}

static void step(reading *r)
{
    if (r->at < r->size)
        (void)utf8_next(r->text, r->size, &r->at);
}

static void skip_spaces(reading *r)
{
    for (uint32_t c = peek(r); c == ' ' || c == '\t' || c == 0xA0 || c == 0x200C || c == 0x200E
                               || c == 0x200F; c = peek(r))
        step(r);
}

static int digit_value(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x660 && c <= 0x669) /* Arabic-Indic */
        return (int)(c - 0x660);
    if (c >= 0x6F0 && c <= 0x6F9) /* extended, as in Persian */
        return (int)(c - 0x6F0);
    return -1;
}

static bool read_number(reading *r, double *value)
{
    int digits = 0, digit;
    *value = 0.0;
    for (; (digit = digit_value(peek(r))) >= 0 && digits < 9; digits++, step(r))
        *value = *value * 10.0 + digit;
    if (digits == 0)
        return false;
    uint32_t c = peek(r);
    if (c != '.' && c != ',' && c != 0x66B && c != 0x60C) /* decimal separator, Arabic comma */
        return true;
    step(r);
    double part = 0.1;
    int decimals = 0;
    for (; (digit = digit_value(peek(r))) >= 0; step(r), part /= 10.0, decimals++)
        *value += digit * part;
    return decimals > 0;
}

/* "/", "out of", az, min: what stands between a rating and its scale. */
static bool skip_of(reading *r)
{
    static const char *const words[] = {"/", "out of", "of", u8"\u0627\u0632",
                                        u8"\u0645\u0646"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (r->size - r->at >= n && memcmp(r->text + r->at, words[i], n) == 0) {
            r->at += n;
            return true;
        }
    }
    return false;
}

/* Full and empty stars: as many of the first as there are of both. */
static bool read_stars(reading *r, double *rating, double *max)
{
    int full = 0, empty = 0;
    for (;; step(r)) {
        uint32_t c = peek(r);
        if (c == 0x2605 || c == 0x2B50)
            full++;
        else if (c == 0x2606)
            empty++;
        else if (c != 0xFE0F)
            break;
    }
    if (full == 0 || full + empty > 10)
        return false;
    *rating = full;
    if (full + empty >= 3)
        *max = full + empty;
    return true;
}

bool rating_parse(const char *text, size_t size, double *rating, double *max)
{
    reading r = {text, size, 0};
    double scale;
    skip_spaces(&r);
    if (!read_stars(&r, rating, max)) {
        if (!read_number(&r, rating))
            return false;
        skip_spaces(&r);
        if (skip_of(&r)) {
            skip_spaces(&r);
            if (!read_number(&r, &scale) || scale <= 0.0)
                return false;
            *max = scale;
        }
    }
    skip_spaces(&r);
    return r.at == r.size;
}

double rating_guess_max(double highest)
{
    return highest <= 5.0 ? 5.0 : highest <= 10.0 ? 10.0 : highest <= 100.0 ? 100.0 : 0.0;
}
