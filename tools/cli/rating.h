/* rating.h - what customers give: "4", "4,5", "4/5", stars, in the digits of three scripts,
 * read without any locale.  It knows no columns.
 * Invariant: what is not wholly a rating is none. */
#ifndef NAZAR_CLI_RATING_H
#define NAZAR_CLI_RATING_H

#include <stdbool.h>
#include <stddef.h>

/* true: *rating is set, and *max when the text names it, else *max stays as it is. */
bool rating_parse(const char *text, size_t size, double *rating, double *max);
/* The scale that the highest rating seen belongs to: 5, 10 or 100; 0 when none fits. */
double rating_guess_max(double highest);

#endif /* NAZAR_CLI_RATING_H */
