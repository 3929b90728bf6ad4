/** nazar.h - classify customer comments in Persian, Arabic and English.
 *
 *  Open one nz_model (immutable, share it between threads), make one nz_session
 *  per thread, call nz_session_classify() once per comment and read the result
 *  through the getters below.  The library never prints, exits, aborts, starts
 *  threads, touches the locale or keeps writable globals, and no message it
 *  writes holds a comment's text.
 *
 *  Conventions.  `nz_x **out` is yours: free it with nz_x_free (NULL is allowed).
 *  `const nz_x *` is borrowed, and the comment says until when.  Text is UTF-8 as
 *  pointer and length in bytes, never NUL-terminated.  Every span is a half-open
 *  byte range [begin, end) of the text that you passed in.  Structs that you fill
 *  begin with struct_size: use the _INIT macro.  Training is in nazar_train.h. */
#ifndef NAZAR_NAZAR_H
#define NAZAR_NAZAR_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define NZ_API __declspec(dllexport)
#elif defined(__GNUC__)
#define NZ_API __attribute__((visibility("default")))
#else
#define NZ_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define NZ_VERSION_MAJOR 0
#define NZ_VERSION_MINOR 1
#define NZ_VERSION_PATCH 0
#define NZ_VERSION_STRING "0.1.0"

/** Version of the library at run time: MAJOR*10000 + MINOR*100 + PATCH. */
NZ_API uint32_t nz_version_number(void);
/** The same as text, e.g. "0.1.0".  Static, never freed. */
NZ_API const char *nz_version_string(void);

/* ---- Status -------------------------------------------------------------- */

/** 0 is success, negative is failure.  Values never change and are not reused;
 *  treat an unknown negative value as a failure. */
typedef int32_t nz_status;
enum {
    NZ_OK = 0,
    NZ_E_ARGUMENT = -1,       /* NULL, out of range, or a struct_size never issued */
    NZ_E_MEMORY = -2,         /* the allocator returned NULL */
    NZ_E_LIMIT = -3,          /* a documented cap was exceeded */
    NZ_E_INTERNAL = -4,       /* a bug in nazar: please report */
    NZ_E_CANCELLED = -5,      /* a progress callback asked to stop */
    NZ_E_UTF8 = -10,          /* malformed input and NZ_SESSION_REJECT_UTF8 is set */
    NZ_E_IO = -20,            /* file; nz_error.detail holds errno */
    NZ_E_MODEL_MAGIC = -30,   /* not a nazar model */
    NZ_E_MODEL_VERSION = -31, /* written by a newer nazar */
    NZ_E_MODEL_CORRUPT = -32, /* sizes or values that cannot be */
    NZ_E_MODEL_CHECKSUM = -33,
    NZ_E_MODEL_SECTION = -34, /* an unknown critical section */
    NZ_E_MODEL_PROBE = -35,   /* this build computes other features than the trainer did */
    NZ_E_RULE_SYNTAX = -40,   /* detail: PCRE2 code; offset: byte in the pattern */
    NZ_E_DATA = -50           /* training data, lexicon or taxonomy that cannot be used */
};
/** Name of a status, e.g. "NZ_E_MEMORY"; "NZ_E_UNKNOWN" for any other value.  Static. */
NZ_API const char *nz_status_name(nz_status status);

/** Filled on failure, untouched on success.  Every err argument may be NULL. */
typedef struct nz_error {
    uint32_t struct_size;
    nz_status status;
    uint64_t offset;   /* byte offset in text, file or pattern; UINT64_MAX if none */
    int32_t detail;    /* errno, ICU or PCRE2 code; 0 if none */
    uint32_t reserved;
    char message[232]; /* one line of UTF-8, NUL-terminated; never comment text */
} nz_error;
#define NZ_ERROR_INIT {(uint32_t)sizeof(nz_error), 0, UINT64_MAX, 0, 0, {0}}

/** Optional allocator, one function as realloc: ptr NULL allocates, new_size 0
 *  frees (the return value is then ignored).  Results are aligned like malloc's.
 *  It must be thread-safe when sessions of several threads share it.
 *  ICU, PCRE2 and libstemmer handles allocate with libc regardless. */
typedef struct nz_allocator {
    void *context;
    void *(*resize)(void *context, void *ptr, size_t old_size, size_t new_size);
} nz_allocator;

/* ---- Model: immutable after open, free to share --------------------------- */

typedef struct nz_model nz_model;

typedef struct nz_model_options {
    uint32_t struct_size;
    uint32_t flags;                /* NZ_MODEL_* or 0 */
    const nz_allocator *allocator; /* NULL: libc; copied */
} nz_model_options;
#define NZ_MODEL_OPTIONS_INIT {(uint32_t)sizeof(nz_model_options), 0, NULL}
/** Map the file instead of reading it.  The file must not change while mapped. */
#define NZ_MODEL_MAP 1u

/** Open the model file at path: read (or map), verify every checksum and bound,
 *  and prove on the stored probes that this build computes the same features.
 *  opts may be NULL.  *out is NULL on failure.  Thread-safe.
 *  @return NZ_OK, NZ_E_ARGUMENT, NZ_E_IO, NZ_E_MEMORY or NZ_E_MODEL_*. */
NZ_API nz_status nz_model_open(nz_model **out, const char *path,
                               const nz_model_options *opts, nz_error *err);
/** The same from memory, which is copied. */
NZ_API nz_status nz_model_open_memory(nz_model **out, const void *data, size_t size,
                                      const nz_model_options *opts, nz_error *err);
/** Free a model after all of its sessions. */
NZ_API void nz_model_free(nz_model *model);

#define NZ_NONE UINT32_MAX /* "no such head", "no label", "no channel" */

/** How the labels of a head are chosen. */
typedef enum nz_head_kind {
    NZ_HEAD_SINGLE = 0, /* exactly one label; probabilities sum to 1 */
    NZ_HEAD_MULTI = 1,  /* every label on its own, with its own threshold */
    NZ_HEAD_BINARY = 2  /* one label: does it apply? */
} nz_head_kind;

/* Getters never fail: an index out of range gives 0, NULL or NZ_NONE.
 * Strings live as long as the model. */
NZ_API uint32_t nz_model_head_count(const nz_model *model);
NZ_API const char *nz_model_head_name(const nz_model *model, uint32_t head);
NZ_API nz_head_kind nz_model_head_kind(const nz_model *model, uint32_t head);
/** Index of the head called name, or NZ_NONE. */
NZ_API uint32_t nz_model_find_head(const nz_model *model, const char *name);
NZ_API uint32_t nz_model_label_count(const nz_model *model, uint32_t head);
NZ_API const char *nz_model_label_name(const nz_model *model, uint32_t head, uint32_t label);
/** The label's name for people in lang ("fa", "ar", "en"); the identifier if none is stored. */
NZ_API const char *nz_model_label_title(const nz_model *model, uint32_t head, uint32_t label,
                                        const char *lang);
/** The team that answers may be sent to; NULL past the last. */
NZ_API const char *nz_model_team_name(const nz_model *model, uint32_t team);
/** Index of a channel by name ("ticket", "nps_survey", ...), or NZ_NONE. */
NZ_API uint32_t nz_model_find_channel(const nz_model *model, const char *name);
NZ_API const char *nz_model_channel_name(const nz_model *model, uint32_t channel);
/** Key-values of the model: settings, provenance and scores as written by the trainer.
 *  index counts from 0; both return NULL past the last. */
NZ_API const char *nz_model_meta_key(const nz_model *model, uint32_t index);
NZ_API const char *nz_model_meta_value(const nz_model *model, uint32_t index);
/** Value of a key, or NULL. */
NZ_API const char *nz_model_meta(const nz_model *model, const char *key);

/* ---- Session: the scratch memory of one thread ---------------------------- */

typedef struct nz_session nz_session;
typedef struct nz_result nz_result;

typedef struct nz_session_options {
    uint32_t struct_size;
    uint32_t flags;                /* NZ_SESSION_* or 0 */
    uint32_t max_text_bytes;       /* 0: 1 MiB; a longer text gives NZ_E_LIMIT */
    uint32_t memo_bytes;           /* upper bound of the token memo; 0: the default */
    double min_confidence;         /* below it needs_review is set; 0: the model's own */
    const nz_allocator *allocator; /* NULL: the model's */
} nz_session_options;
#define NZ_SESSION_OPTIONS_INIT {(uint32_t)sizeof(nz_session_options), 0, 0, 0, 0.0, NULL}
#define NZ_SESSION_REJECT_UTF8 1u /* malformed UTF-8 is an error; else it is repaired */
#define NZ_SESSION_NO_MEMO 2u     /* never remember tokens; results are the same */

/** model is borrowed and must outlive the session.  opts may be NULL. */
NZ_API nz_status nz_session_new(nz_session **out, const nz_model *model,
                                const nz_session_options *opts, nz_error *err);
NZ_API void nz_session_free(nz_session *session);

/** One comment and what is known beside its text. */
typedef struct nz_comment {
    uint32_t struct_size;
    uint32_t flags;    /* NZ_WANT_* or 0 */
    const char *text;  /* borrowed during the call; may be NULL when text_len is 0 */
    size_t text_len;   /* bytes */
    double rating;     /* given by the customer, lowest 0 or 1; NaN if unknown */
    double rating_max; /* highest possible rating (5, 10, 100 ...); NaN if unknown */
    uint32_t channel;  /* from nz_model_find_channel(); NZ_NONE if unknown */
    uint32_t reserved;
} nz_comment;
#define NZ_COMMENT_INIT \
    {(uint32_t)sizeof(nz_comment), 0, NULL, 0, -1.0, -1.0, NZ_NONE, 0}
/* A negative rating or rating_max also means unknown, so the macro needs no math.h. */
#define NZ_WANT_EVIDENCE 1u /* fill nz_result_evidence() */
#define NZ_WANT_CLAUSES 2u  /* fill nz_result_clauses() */

/** Classify one comment.  Length 0 is valid.  *out belongs to the session and is
 *  valid until its next call or free; it is NULL on failure.  One thread at a time.
 *  @return NZ_OK, NZ_E_ARGUMENT, NZ_E_LIMIT, NZ_E_UTF8 or NZ_E_MEMORY. */
NZ_API nz_status nz_session_classify(nz_session *session, const nz_comment *comment,
                                     const nz_result **out, nz_error *err);

/** Mask personal data (phones, e-mails, cards, IBANs, national ids, handles) in text.
 *  *out is a NUL-terminated copy, borrowed until the session's next call. */
NZ_API nz_status nz_session_redact(nz_session *session, const char *text, size_t len,
                                   const char **out, size_t *out_len, nz_error *err);

/* ---- Result ---------------------------------------------------------------- */

typedef enum nz_language {
    NZ_LANG_OTHER = 0, /* neither of the three, or no letters at all */
    NZ_LANG_FA = 1,
    NZ_LANG_AR = 2,
    NZ_LANG_EN = 3,
    NZ_LANG_MIXED = 4
} nz_language;
/** "fa", "ar", "en", "mixed" or "other".  Static. */
NZ_API const char *nz_language_code(nz_language language);

#define NZ_RESULT_EMPTY 1u        /* no text but white space */
#define NZ_RESULT_NO_EVIDENCE 2u  /* no known feature: the answer is the prior */
#define NZ_RESULT_REPAIRED 4u     /* malformed UTF-8 was replaced */
#define NZ_RESULT_RULE_LIMIT 8u   /* a rule hit its match limit and was skipped */
#define NZ_RESULT_NEEDS_REVIEW 16u

typedef enum nz_band { NZ_BAND_LOW = 0, NZ_BAND_MEDIUM = 1, NZ_BAND_HIGH = 2 } nz_band;

/* Getters of a result never fail; an index out of range gives 0 or NZ_NONE. */
NZ_API uint32_t nz_result_flags(const nz_result *result); /* NZ_RESULT_* */
NZ_API nz_language nz_result_language(const nz_result *result);
/** The label of a single-choice head in the best joint answer that the taxonomy
 *  allows; for a binary head 0 when it applies; NZ_NONE when the head is empty.
 *  *p (may be NULL) receives its calibrated probability in [0, 1]. */
NZ_API uint32_t nz_result_label(const nz_result *result, uint32_t head, double *p);
/** Calibrated probabilities of a head: nz_model_label_count() values in [0, 1]. */
NZ_API const double *nz_result_probs(const nz_result *result, uint32_t head);
/** Labels of a multi head that apply, the main one first; *count receives how many. */
NZ_API const uint32_t *nz_result_labels(const nz_result *result, uint32_t head, uint32_t *count);
/** Sentiment in [-1, 1]; its sign is the answer of the two-way question. */
NZ_API double nz_result_score(const nz_result *result);
/** The kind of survey that was asked for ("nps", "csat", "ces", "survey") or "no". */
NZ_API const char *nz_result_solicited(const nz_result *result);
/** Index for nz_model_team_name(), or NZ_NONE. */
NZ_API uint32_t nz_result_team(const nz_result *result);
/** Urgency 0 to 100 by the taxonomy's formula. */
NZ_API uint32_t nz_result_priority(const nz_result *result);
/** The parts of the priority, e.g. "complaint 25 + negative 20".  Never NULL. */
NZ_API const char *nz_result_priority_why(const nz_result *result);
NZ_API nz_band nz_result_band(const nz_result *result);
/** "high", "medium" or "low".  Static. */
NZ_API const char *nz_band_name(nz_band band);

typedef enum nz_evidence_kind {
    NZ_EVIDENCE_TOKEN = 0,
    NZ_EVIDENCE_PAIR = 1,  /* two spans */
    NZ_EVIDENCE_SCOPE = 2, /* a negator (first span) and the word in its scope */
    NZ_EVIDENCE_RULE = 3,
    NZ_EVIDENCE_RATING = 4,
    NZ_EVIDENCE_CHANNEL = 5,
    NZ_EVIDENCE_BIAS = 6,
    NZ_EVIDENCE_REST = 7 /* what the others leave, so that all items add up */
} nz_evidence_kind;
/** "token", "pair", ...  Static. */
NZ_API const char *nz_evidence_kind_name(nz_evidence_kind kind);

/** One reason for a label.  Spans are bytes of the text; begin == end when the item is
 *  not in the text (rating, channel, bias, rest); begin2 == end2 unless two spans. */
typedef struct nz_evidence {
    uint32_t begin, end;
    uint32_t begin2, end2;
    uint32_t head, label;
    uint32_t kind;     /* nz_evidence_kind */
    uint32_t reserved;
    double weight;     /* share of the calibrated logit (natural log), centred over the
                          labels of a single-choice head; all items of a (head, label)
                          add up to its calibrated logit within 1e-4 */
} nz_evidence;
/** Evidence of the chosen labels, by head, strongest first; empty unless asked for. */
NZ_API const nz_evidence *nz_result_evidence(const nz_result *result, uint32_t *count);
/** The calibrated logit that the evidence of (head, label) adds up to. */
NZ_API double nz_result_logit(const nz_result *result, uint32_t head, uint32_t label);

/** A clause with its own answer, in the order of the text. */
typedef struct nz_clause {
    uint32_t begin, end;
    uint32_t category, sentiment, type; /* labels of the heads of those names, or NZ_NONE */
    uint32_t reserved;
} nz_clause;
NZ_API const nz_clause *nz_result_clauses(const nz_result *result, uint32_t *count);

/* ---- Normalising without a model ------------------------------------------- */

typedef struct nz_normalizer nz_normalizer;

typedef enum nz_token_kind {
    NZ_TOKEN_WORD = 0,
    NZ_TOKEN_NUMBER,
    NZ_TOKEN_PERCENT,
    NZ_TOKEN_PRICE,
    NZ_TOKEN_RATING,
    NZ_TOKEN_VERSION,
    NZ_TOKEN_DATE,
    NZ_TOKEN_TIME,
    NZ_TOKEN_PHONE,
    NZ_TOKEN_URL,
    NZ_TOKEN_EMAIL,
    NZ_TOKEN_MENTION,
    NZ_TOKEN_HASHTAG,
    NZ_TOKEN_EMOJI,
    NZ_TOKEN_EMOTICON,
    NZ_TOKEN_LAUGHTER,
    NZ_TOKEN_PUNCTUATION,
    NZ_TOKEN_SYMBOL,
    NZ_TOKEN_KIND_COUNT
} nz_token_kind;
/** "word", "number", ...  Static. */
NZ_API const char *nz_token_kind_name(nz_token_kind kind);

/** One token: where it stands, how it is read, and the key that its whole spelling
 *  family shares.  Strings are NUL-terminated and live as long as the token list. */
typedef struct nz_token {
    uint32_t begin, end; /* bytes of the text passed in */
    uint32_t kind;       /* nz_token_kind */
    uint32_t language;   /* its reading: NZ_LANG_FA, AR, EN or OTHER */
    uint32_t flags;      /* reserved for readers: 0 */
    uint32_t reserved;
    const char *form;    /* normalised in the language's own letters */
    const char *key;     /* folded: one per spelling family */
    const char *stem;    /* folded stem */
} nz_token;

/** Not thread-safe: one per thread.  allocator may be NULL. */
NZ_API nz_status nz_normalizer_new(nz_normalizer **out, const nz_allocator *allocator,
                                   nz_error *err);
NZ_API void nz_normalizer_free(nz_normalizer *normalizer);
/** Tokens of text and its language.  *tokens is borrowed until the next call.
 *  Malformed UTF-8 is repaired, spans still speak of the bytes passed in.
 *  @return NZ_OK, NZ_E_ARGUMENT, NZ_E_LIMIT (over 1 MiB) or NZ_E_MEMORY. */
NZ_API nz_status nz_normalizer_run(nz_normalizer *normalizer, const char *text, size_t len,
                                   const nz_token **tokens, size_t *count,
                                   nz_language *language, nz_error *err);

#ifdef __cplusplus
}
#endif
#endif /* NAZAR_NAZAR_H */
