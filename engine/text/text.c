/* text.c - assembly of the room: text_read() on every comment, text_analyse() once for
 * each distinct token.
 *
 * It must not know features or models.  Invariant: that of text.h; after the first calls
 * the reader's buffers are warm and nothing is allocated. */
#include "text/text.h"

#include <string.h>

#include "base/buffer.h"
#include "text/join.h"
#include "text/language.h"
#include "text/normalise.h"
#include "text/pii.h"
#include "text/scan.h"
#include "text/stem.h"
#include "text/transliterate.h"
#include "text/typed.h"
#include "text/utf8.h"
#include "text/variant.h"

/* Caps: a repaired text is at most three times as long, a token at least one byte. */
enum {
    MAX_TOKEN_COUNT_BYTES = 3 * (int)TEXT_MAX_BYTES * (int)sizeof(text_token),
    MAX_WORD_BYTES = 16 * (int)TEXT_MAX_TOKEN_BYTES
};

typedef struct repair_map {
    const utf8_fix *fixes;
    size_t count;
} repair_map;

struct text_reader {
    nz_allocator allocator;
    normaliser *normaliser;
    stemmer *stemmer;
    buffer repaired, fixes, tokens;       /* of the document */
    buffer form, key, stem, own, scratch; /* of the word */
    buffer redacted;
    repair_map map;
    votes_memo votes;
};

static void init_buffers(text_reader *r)
{
    const nz_allocator *allocator = &r->allocator;
    buffer_init(&r->repaired, allocator, 3 * (size_t)TEXT_MAX_BYTES);
    buffer_init(&r->fixes, allocator, (size_t)TEXT_MAX_BYTES * sizeof(utf8_fix));
    buffer_init(&r->tokens, allocator, MAX_TOKEN_COUNT_BYTES);
    buffer_init(&r->form, allocator, MAX_WORD_BYTES);
    buffer_init(&r->key, allocator, MAX_WORD_BYTES);
    buffer_init(&r->stem, allocator, MAX_WORD_BYTES);
    buffer_init(&r->own, allocator, MAX_WORD_BYTES);
    buffer_init(&r->scratch, allocator, MAX_WORD_BYTES);
    buffer_init(&r->redacted, allocator, 16 * (size_t)TEXT_MAX_BYTES);
}

nz_status text_reader_new(text_reader **out, const nz_allocator *allocator, nz_error *err)
{
    nz_allocator own = allocator != NULL ? *allocator : memory_default();
    nz_status status = NZ_OK;
    *out = NULL;
    text_reader *r = memory_new_zero(&own, 1, sizeof *r);
    if (r == NULL) {
        return status_no_memory(err);
    }
    r->allocator = own;
    init_buffers(r);
    if (votes_init(&r->votes, &own) < 0) {
        status = status_no_memory(err);
        goto done;
    }
    NZ_TRY_GOTO(normaliser_new(&r->normaliser, &own, err));
    NZ_TRY_GOTO(stemmer_new(&r->stemmer, &own, err));
    *out = r;
    r = NULL;
done:
    text_reader_free(r);
    return status;
}

void text_reader_free(text_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    nz_allocator allocator = reader->allocator;
    buffer *buffers[] = {&reader->repaired, &reader->fixes, &reader->tokens,
                         &reader->form,     &reader->key,   &reader->stem,
                         &reader->own,      &reader->scratch, &reader->redacted};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        buffer_free(buffers[i]);
    }
    votes_free(&reader->votes);
    normaliser_free(reader->normaliser);
    stemmer_free(reader->stemmer);
    memory_free(&allocator, reader, 1, sizeof *reader);
}

/* ---- the document */

static nz_status fail_memory(nz_status status, nz_error *err)
{
    if (status == NZ_E_MEMORY) {
        return status_no_memory(err);
    }
    return status < 0 ? status_fail(err, status, "%s",
                                    status == NZ_E_LIMIT ? "the text has too many tokens"
                                                         : "the text could not be read")
                      : status;
}

/* Well-formed text is read in place, other text from a repaired copy. */
static nz_status check_utf8(text_reader *r, const char *text, size_t len, bool reject,
                            text_document *out, nz_error *err)
{
    size_t valid = utf8_valid_prefix(text, len);
    r->map = (repair_map){NULL, 0};
    *out = (text_document){.text = text, .len = (uint32_t)len, .map = &r->map};
    if (valid == len) {
        return NZ_OK;
    }
    if (reject) {
        return status_fail_at(err, NZ_E_UTF8, valid, 0,
                              "malformed UTF-8: save the text as UTF-8, or let it be repaired");
    }
    buffer_clear(&r->repaired);
    buffer_clear(&r->fixes);
    nz_status status = utf8_repair(text, len, &r->repaired, &r->fixes);
    if (status < 0) {
        return fail_memory(status, err);
    }
    r->map = (repair_map){(const utf8_fix *)(const void *)r->fixes.bytes,
                          r->fixes.size / sizeof(utf8_fix)};
    out->text = (const char *)r->repaired.bytes;
    out->len = (uint32_t)r->repaired.size;
    out->repaired = true;
    return NZ_OK;
}

nz_status text_read(text_reader *reader, const char *text, size_t len, bool reject_utf8,
                    text_document *out, nz_error *err)
{
    if (len > TEXT_MAX_BYTES) {
        return status_fail(err, NZ_E_LIMIT, "the text is longer than %u bytes: shorten or split it",
                           TEXT_MAX_BYTES);
    }
    NZ_TRY(check_utf8(reader, len == 0 ? "" : text, len, reject_utf8, out, err));
    buffer_clear(&reader->tokens);
    nz_status status = scan_tokens(out->text, out->len, &reader->tokens);
    if (status < 0) {
        return fail_memory(status, err);
    }
    text_token *tokens = (text_token *)(void *)reader->tokens.bytes;
    uint32_t count = (uint32_t)(reader->tokens.size / sizeof(text_token));
    out->language = language_recall(out->text, tokens, count, &reader->votes);
    out->token_count = join_tokens(out->text, tokens, count);
    out->tokens = tokens;
    return NZ_OK;
}

text_note *text_note_of(const text_reader *reader, const text_document *document,
                        const text_token *token)
{
    return token->word == 0 ? NULL
                            : votes_note_of(&reader->votes, token->word,
                                            document->text + token->begin,
                                            token->end - token->begin);
}

void text_clear_notes(text_reader *reader)
{
    votes_clear_notes(&reader->votes);
}

uint32_t text_original_offset(const text_document *document, uint32_t offset)
{
    const repair_map *map = document->map;
    return map->count == 0 ? offset : utf8_original_offset(map->fixes, map->count, offset);
}

/* ---- one word */

static const char *bytes_of(const buffer *b)
{
    return (const char *)b->bytes;
}

static bool is_latin(const buffer *word)
{
    bool letter = false;
    for (size_t i = 0; i < word->size; i++) {
        unsigned char b = word->bytes[i];
        if (b >= 0x80) {
            return false;
        }
        letter |= (b >= 'a' && b <= 'z');
    }
    return letter;
}

/* Finglish and Arabizi: the own letters that the form stands for, into r->own. */
static nz_status read_own(text_reader *r, nz_language reading, uint32_t *marks)
{
    char own[TEXT_MAX_TOKEN_BYTES];
    uint32_t accents = 0;
    size_t len = 0;
    buffer_clear(&r->own);
    if (reading == NZ_LANG_FA || reading == NZ_LANG_AR) {
        buffer_clear(&r->scratch);
        NZ_TRY(normalise_fold(bytes_of(&r->form), r->form.size, reading, &r->scratch, &accents));
        len = is_latin(&r->scratch) ? transliterate_word(bytes_of(&r->scratch), r->scratch.size,
                                                         reading, own, sizeof own)
                                    : 0;
    }
    if (len == 0) {
        return buffer_append(&r->own, r->form.bytes, r->form.size);
    }
    *marks |= TEXT_MARK_TRANSLITERATED;
    return buffer_append(&r->own, own, len);
}

static bool has_long_run(const buffer *word)
{
    const char *at = bytes_of(word);
    const char *end = at + word->size;
    uint32_t last = 0;
    for (uint32_t run = 0; at < end;) {
        uint32_t c = utf8_next(&at);
        run = c == last ? run + 1 : 1;
        last = c;
        if (run >= 3) {
            return true;
        }
    }
    return false;
}

/* Folding may bring equal letters together (أاا): the key is then read as a word again. */
static nz_status settle_key(text_reader *r, nz_language reading, uint32_t *marks)
{
    if (!has_long_run(&r->key)) {
        return NZ_OK;
    }
    buffer_clear(&r->scratch);
    NZ_TRY(normalise_form(r->normaliser, bytes_of(&r->key), r->key.size, NZ_TOKEN_WORD, reading,
                          &r->scratch, marks));
    buffer_clear(&r->key);
    return normalise_fold(bytes_of(&r->scratch), r->scratch.size, reading, &r->key, marks);
}

/* r->own folded, and led to the standard spelling of its family. */
static nz_status make_key(text_reader *r, nz_language reading, uint32_t *marks)
{
    char standard[VARIANT_ROOM];
    NZ_TRY(normalise_fold(bytes_of(&r->own), r->own.size, reading, &r->key, marks));
    NZ_TRY(settle_key(r, reading, marks));
    size_t len = variant_standard(bytes_of(&r->key), r->key.size, reading, standard, marks);
    if (len != 0) {
        buffer_clear(&r->key);
        NZ_TRY(buffer_append(&r->key, standard, len));
    }
    return NZ_OK;
}

/* Arabic is stemmed in its own letters, which libstemmer knows; the others by their key,
 * which holds the standard spelling. */
static nz_status make_stem(text_reader *r, nz_language reading, uint32_t *marks)
{
    const buffer *source = reading == NZ_LANG_AR ? &r->own : &r->key;
    uint32_t folding = 0;
    buffer_clear(&r->scratch);
    NZ_TRY(stem_form(r->stemmer, bytes_of(source), source->size, reading, &r->scratch, marks));
    return normalise_fold(bytes_of(&r->scratch), r->scratch.size, reading, &r->stem, &folding);
}

static nz_status analyse_word(text_reader *r, const char *bytes, size_t len, nz_token_kind kind,
                              nz_language reading, uint32_t *marks)
{
    NZ_TRY(normalise_form(r->normaliser, bytes, len, kind, reading, &r->form, marks));
    NZ_TRY(read_own(r, reading, marks));
    NZ_TRY(make_key(r, reading, marks));
    return make_stem(r, reading, marks);
}

/* ---- other kinds */

static void remove_low_lines(buffer *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->size; i++) {
        if (b->bytes[i] != '_') {
            b->bytes[kept++] = b->bytes[i];
        }
    }
    b->size = kept == 0 ? b->size : kept;
}

static nz_status put_hash_sign(buffer *b)
{
    NZ_TRY(buffer_append_byte(b, '#'));
    memmove(b->bytes + 1, b->bytes, b->size - 1);
    b->bytes[0] = '#';
    return NZ_OK;
}

/* A hashtag is its words in one, with the sign; its stem is that of the word, without. */
static nz_status analyse_hashtag(text_reader *r, const char *bytes, size_t len, nz_language reading,
                                 uint32_t *marks)
{
    const char *at = bytes;
    if (len > 0) {
        (void)utf8_next(&at);
    }
    size_t sign = (size_t)(at - bytes);
    if (sign == len) {
        sign = 0;
    }
    NZ_TRY(normalise_form(r->normaliser, bytes + sign, len - sign, NZ_TOKEN_HASHTAG, reading,
                          &r->form, marks));
    remove_low_lines(&r->form);
    NZ_TRY(read_own(r, reading, marks));
    NZ_TRY(make_key(r, reading, marks));
    NZ_TRY(make_stem(r, reading, marks));
    NZ_TRY(put_hash_sign(&r->form));
    return put_hash_sign(&r->key);
}

static nz_status append_text(buffer *b, const char *text)
{
    return buffer_append(b, text, strlen(text));
}

static nz_status analyse_typed(text_reader *r, const char *bytes, size_t len, nz_token_kind kind,
                               uint32_t *marks)
{
    uint32_t ignored = 0; /* harakat and capitals say nothing of a number */
    buffer_clear(&r->scratch);
    if (kind == NZ_TOKEN_EMOJI) { /* U+200D and tags are part of the picture */
        size_t cut = len < TEXT_MAX_TOKEN_BYTES ? len : TEXT_MAX_TOKEN_BYTES;
        cut = utf8_valid_prefix(bytes, cut);
        NZ_TRY(buffer_append(&r->form, bytes, cut));
    } else {
        NZ_TRY(normalise_form(r->normaliser, bytes, len, kind, NZ_LANG_OTHER, &r->scratch,
                              &ignored));
        NZ_TRY(normalise_fold(bytes_of(&r->scratch), r->scratch.size, NZ_LANG_OTHER, &r->form,
                              &ignored));
    }
    NZ_TRY(buffer_reserve(&r->form, 64)); /* room for the canonical rewriting */
    r->form.size = typed_canonical(kind, (char *)r->form.bytes, r->form.size, marks);
    const char *shared = kind == NZ_TOKEN_RATING
                             ? typed_rating_key(bytes_of(&r->form), r->form.size)
                             : typed_class_key(kind);
    NZ_TRY(shared != NULL ? append_text(&r->key, shared)
                          : buffer_append(&r->key, r->form.bytes, r->form.size));
    return buffer_append(&r->stem, r->key.bytes, r->key.size);
}

/* A NUL behind the string, not counted in its size. */
static nz_status terminate(buffer *b)
{
    NZ_TRY(buffer_append_byte(b, '\0'));
    b->size--;
    return NZ_OK;
}

nz_status text_analyse(text_reader *reader, const char *bytes, size_t len, nz_token_kind kind,
                       nz_language reading, text_word *out)
{
    uint32_t marks = 0;
    buffer_clear(&reader->form);
    buffer_clear(&reader->key);
    buffer_clear(&reader->stem);
    switch (kind) {
    case NZ_TOKEN_WORD:
        NZ_TRY(analyse_word(reader, bytes, len, kind, reading, &marks));
        break;
    case NZ_TOKEN_HASHTAG:
        NZ_TRY(analyse_hashtag(reader, bytes, len, reading, &marks));
        break;
    default:
        NZ_TRY(analyse_typed(reader, bytes, len, kind, &marks));
        break;
    }
    NZ_TRY(terminate(&reader->form));
    NZ_TRY(terminate(&reader->key));
    NZ_TRY(terminate(&reader->stem));
    *out = (text_word){
        .form = bytes_of(&reader->form), .form_len = (uint32_t)reader->form.size,
        .key = bytes_of(&reader->key), .key_len = (uint32_t)reader->key.size,
        .stem = bytes_of(&reader->stem), .stem_len = (uint32_t)reader->stem.size,
        .marks = marks,
    };
    return NZ_OK;
}

/* ---- personal data */

nz_status text_redact(text_reader *reader, const char *text, size_t len, const char **out,
                      size_t *out_len, nz_error *err)
{
    text_document document;
    if (len > TEXT_MAX_BYTES) {
        return status_fail(err, NZ_E_LIMIT, "the text is longer than %u bytes: shorten or split it",
                           TEXT_MAX_BYTES);
    }
    NZ_TRY(check_utf8(reader, len == 0 ? "" : text, len, false, &document, err));
    buffer_clear(&reader->redacted);
    nz_status status = pii_redact(document.text, document.len, &reader->redacted);
    if (status >= 0) {
        status = buffer_append_byte(&reader->redacted, '\0');
    }
    if (status < 0) {
        return fail_memory(status, err);
    }
    *out = bytes_of(&reader->redacted);
    *out_len = reader->redacted.size - 1;
    return NZ_OK;
}
