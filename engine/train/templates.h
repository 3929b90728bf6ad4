/* templates.h - what training believes beforehand about each kind of feature: how far its
 * weights may go, how many comments must stand behind it, whether it spells text.
 *
 * A template is known by the first part of the readable name that the feature room gives.
 * It must not know ids.  Invariant: an unknown template is treated like a word's n-gram. */
#ifndef NZ_TRAIN_TEMPLATES_H
#define NZ_TRAIN_TEMPLATES_H

#include <stdbool.h>
#include <stdint.h>

/* Number of the template whose name is the part of `name` before the first ':'. */
uint8_t template_find(const char *name);
/* Standard deviation of a weight beforehand, relative to a word's. */
float template_scale(uint8_t number);
/* Several words, or pieces of one: needs more comments behind it. */
bool template_is_ngram(uint8_t number);
/* Does the readable name spell what a customer wrote? */
bool template_spells_text(uint8_t number);
/* Digits in the text of a readable name, of any of the three scripts. */
bool template_has_digits(const char *name);

#endif
