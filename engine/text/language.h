/* language.h - the language of a comment and the reading of each token.
 *
 * Linear: every distinct token adds its vector of votes, the largest sum of a script's
 * classes wins; the vectors depend on the token's bytes alone, so that a caller may
 * remember them.  Votes are log-odds of character n-grams and words, trained from
 * comments (lexicons/language.tsv, compiled to language_table.inc).
 *
 * Mixed: two of Persian, Arabic and English with at least two different own words and a
 * quarter of the letters each.  Brands and technical words (class `neutral` of
 * lexicons/language_seed.tsv), names in Latin letters beside Arabic ones, and names of
 * emoji are not own words of any language.
 * It must not know features.  Invariant: the answer depends on the tokens only. */
#ifndef NZ_TEXT_LANGUAGE_H
#define NZ_TEXT_LANGUAGE_H

#include "text/text.h"
#include "text/votes.h"

typedef enum language_class {
    LANGUAGE_FA = 0,
    LANGUAGE_AR,
    LANGUAGE_EN,
    LANGUAGE_FINGLISH, /* Persian in Latin letters: reading FA */
    LANGUAGE_ARABIZI,  /* Arabic in Latin letters and digits: reading AR */
    LANGUAGE_KU,       /* Kurdish (Sorani): answered as other */
    LANGUAGE_UR,       /* Urdu: answered as other */
    LANGUAGE_LATIN,    /* another language in Latin letters (French, German, Turkish ...) */
    LANGUAGE_CLASS_COUNT
} language_class;

/* Votes of one token in 1/16 nat; all zero for a token that says nothing. */
void language_votes(const char *bytes, size_t len, nz_token_kind kind,
                    int16_t votes[LANGUAGE_CLASS_COUNT]);

/* Language of the text, and tokens[i].reading for each of the count tokens: FA or AR for
 * words in Arabic letters and for Finglish and Arabizi, EN for other words in Latin letters,
 * OTHER for Kurdish, Urdu, other scripts and what is no word. */
nz_language language_decide(const char *text, text_token *tokens, uint32_t count);
/* The same with a memory of words between comments.  Beside it, TEXT_TOKEN_ALONE is set for
 * join_tokens(). */
nz_language language_recall(const char *text, text_token *tokens, uint32_t count,
                            votes_memo *memo);

#endif
