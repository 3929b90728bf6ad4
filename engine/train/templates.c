/* templates.c - see templates.h.  It must not know how features are found.
 * Invariant: numbers are stable within one run only; nothing stores them. */
#include "train/templates.h"

#include <string.h>

static const struct known {
    const char *name;
    float scale;
    bool ngram, text;
} known[] = {
    {"?", 0.7f, true, true}, /* a template that this table does not know yet */
    {"w", 1.0f, false, true},
    {"s", 0.9f, false, true},
    {"c", 0.4f, true, true},
    {"marked", 0.7f, true, true},
    {"pair", 0.9f, true, true},
    {"skip pair", 0.6f, true, true},
    {"scope", 0.9f, true, true},
    {"opening", 0.6f, true, true},
    {"closing", 0.6f, true, true},
    {"expression", 1.0f, false, false},
    {"expression class", 1.0f, false, false},
    {"polarity", 1.0f, false, false},
    {"scope polarity", 1.0f, false, false},
    {"intensified", 0.8f, false, false},
    {"contrasted", 0.8f, false, false},
    {"about", 0.8f, false, false},
    {"balance", 1.0f, false, false},
    {"concept", 0.8f, false, false},
    {"emoji", 0.8f, false, false},
    {"modifier", 0.6f, false, false},
    {"mark", 0.6f, false, false},
    {"length", 0.6f, false, false},
    {"rule", 1.0f, false, false},
};
enum { KNOWN_COUNT = sizeof known / sizeof *known };

uint8_t template_find(const char *name)
{
    size_t len = strcspn(name, ":");
    for (uint8_t i = 1; i < KNOWN_COUNT; i++) {
        if (known[i].name[0] == name[0] && strncmp(known[i].name, name, len) == 0 &&
            known[i].name[len] == '\0') {
            return i;
        }
    }
    return 0;
}

float template_scale(uint8_t number)
{
    return known[number < KNOWN_COUNT ? number : 0].scale;
}

bool template_is_ngram(uint8_t number)
{
    return known[number < KNOWN_COUNT ? number : 0].ngram;
}

bool template_spells_text(uint8_t number)
{
    return known[number < KNOWN_COUNT ? number : 0].text;
}

bool template_has_digits(const char *name)
{
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++) {
        /* U+0660..0669 is D9 A0..A9, U+06F0..06F9 is DB B0..B9. */
        if ((*at >= '0' && *at <= '9') || (at[0] == 0xd9 && at[1] >= 0xa0 && at[1] <= 0xa9) ||
            (at[0] == 0xdb && at[1] >= 0xb0 && at[1] <= 0xb9)) {
            return true;
        }
    }
    return false;
}
