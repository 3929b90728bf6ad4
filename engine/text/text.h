/* text.h - the door of engine/text: from bytes to tokens, readings and keys.
 *
 *   bytes -> utf8 (check, repair) -> scan (token spans) -> language (of the comment,
 *   reading of each token) -> join (می خواهم is one token)          = text_read()
 *   token bytes + reading -> normalise to the language's own letters -> stem
 *   -> fold to the key shared by the spelling family                = text_analyse()
 *
 * text_read() is the hot half and runs on every comment; text_analyse() is the slow,
 * thorough half and runs once per distinct (token bytes, reading): its result depends
 * on nothing else, so that a caller may remember it.
 *
 * It must not know: features, lexicons of polarity, models.
 * Invariant: every token is a non-empty byte span of the text, spans are in order and
 * do not overlap, and every byte outside of them is white space or invisible. */
#ifndef NZ_TEXT_TEXT_H
#define NZ_TEXT_TEXT_H

#include <stdbool.h>

#include "base/memory.h"
#include "text/votes.h"

/* Longest text that is read (bytes, after repair at most three times as many). */
#define TEXT_MAX_BYTES (1u << 20)
/* Longer tokens are cut here for analysis; their span stays whole. */
#define TEXT_MAX_TOKEN_BYTES 256u

/* text_token.flags */
#define TEXT_TOKEN_SPACE_BEFORE 1u  /* white space, or the start, stands before it */
#define TEXT_TOKEN_JOINED 2u        /* the span holds a space: prefix or suffix written apart */
#define TEXT_TOKEN_CLAUSE_END 4u    /* a clause ends after it (. ! ? ؟ ، ; line break ...) */
#define TEXT_TOKEN_SENTENCE_END 8u  /* a sentence ends after it */
#define TEXT_TOKEN_ALONE 16u        /* no prefix, no suffix; only inside text_read() */

typedef struct text_token {
    uint32_t begin, end; /* bytes of text_document.text */
    uint8_t kind;        /* nz_token_kind */
    uint8_t reading;     /* nz_language: FA, AR, EN, or OTHER for what is no word */
    uint16_t flags;      /* TEXT_TOKEN_* */
    uint32_t word;       /* for text_note_of(); 0: none */
} text_token;

typedef struct text_document {
    const char *text; /* the text itself, or its repaired copy */
    uint32_t len;
    bool repaired;
    nz_language language;
    const text_token *tokens;
    uint32_t token_count;
    const void *map; /* for text_original_offset() */
} text_document;

/* text_word.marks: what folding and stemming lose and a feature may keep. */
#define TEXT_MARK_ELONGATED 1u      /* عااالی, sooo */
#define TEXT_MARK_CAPITALS 2u       /* two or more Latin letters, all capital */
#define TEXT_MARK_NEGATED 4u        /* the word itself negates its stem: نمی‌خواهم, نداره, ناراضی, بی‌مزه, don't */
#define TEXT_MARK_TEH_MARBUTA 8u    /* ة was folded to ه */
#define TEXT_MARK_ALEF_MAKSURA 16u  /* ى was folded to ی (Arabic) */
#define TEXT_MARK_HAMZA 32u         /* أ إ آ ؤ ئ or ء lost its hamza or madda */
#define TEXT_MARK_TRANSLITERATED 64u /* Finglish or Arabizi: the key is in Arabic script */
#define TEXT_MARK_COLLOQUIAL 128u   /* mapped from a colloquial form: میخوام -> میخواهم */
#define TEXT_MARK_REPEATED 256u     /* punctuation or emoji written more than once: !!! */
#define TEXT_MARK_DIACRITICS 512u   /* harakat were dropped */

/* The analysis of one token.  Strings are NUL-terminated, borrowed until the next call, and
 * never empty. */
typedef struct text_word {
    const char *form; /* own letters: ar keeps ي ك ة ى أ, fa has ی ک; lower case; no ZWNJ */
    const char *key;  /* folded: equal for every spelling of the family */
    const char *stem; /* folded stem; equals key where there is nothing to strip */
    uint32_t form_len, key_len, stem_len;
    uint32_t marks;   /* TEXT_MARK_* */
} text_word;

typedef struct text_reader text_reader;

/* Scratch of one thread: buffers, ICU and libstemmer handles.  allocator may be NULL. */
NZ_NODISCARD nz_status text_reader_new(text_reader **out, const nz_allocator *allocator,
                                       nz_error *err);
void text_reader_free(text_reader *reader);

/* Read text into *out, borrowed until the next text_read().  With reject_utf8 malformed
 * bytes give NZ_E_UTF8 and their offset, else they become U+FFFD.
 * NZ_E_LIMIT over TEXT_MAX_BYTES; NZ_E_MEMORY. */
NZ_NODISCARD nz_status text_read(text_reader *reader, const char *text, size_t len,
                                 bool reject_utf8, text_document *out, nz_error *err);

/* What a caller knows of a token's bytes, left with the reader's memory of frequent words. */
typedef struct votes_note text_note;
/* The note of a token of the last text that was read, borrowed until the next one; NULL when
 * the reader does not remember the word.  number is 0 until the caller sets it; a caller that
 * changes its numbers makes all notes of the old ones worthless. */
text_note *text_note_of(const text_reader *reader, const text_document *document,
                        const text_token *token);
/* Take all notes away, before a caller uses its numbers again. */
void text_clear_notes(text_reader *reader);

/* A byte offset of the document as an offset of the text that was passed in. */
uint32_t text_original_offset(const text_document *document, uint32_t offset);

/* Analyse one token: len bytes of valid UTF-8 (a span of a document), its kind and
 * reading.  A pure function of its arguments.  NZ_E_MEMORY only. */
NZ_NODISCARD nz_status text_analyse(text_reader *reader, const char *bytes, size_t len,
                                    nz_token_kind kind, nz_language reading, text_word *out);

/* Mask personal data in len bytes of text into *out (NUL-terminated, borrowed until the
 * reader's next call). */
NZ_NODISCARD nz_status text_redact(text_reader *reader, const char *text, size_t len,
                                   const char **out, size_t *out_len, nz_error *err);

/* Version of the rules in this room; raised whenever a key, a stem or a span changes. */
#define TEXT_SCHEMA_VERSION 1u

#endif
