/* probe.c - proves that this build computes the features that the trainer's did: other ICU,
 * libstemmer or PCRE2 versions are fine as long as every probe has the digest of its model.
 * It must not know weights.  Invariant: a digest depends on feature ids and their order, on
 * the language of a comment, and on nothing else. */
#include <string.h>

#include "base/hash.h"
#include "feature/extract.h"
#include "model/format.h"

/* A token of the probe: bytes point into the probe's text or its repaired copy, which live
 * as long as the call. */
typedef struct probe_token {
    extract_slot slot;
    struct probe_token *next; /* in the same chain of the table */
    const char *bytes;
    uint32_t len;
    nz_token_kind kind;
    nz_language reading;
    uint64_t digest;          /* of its feature ids */
} probe_token;

enum { CHAINS = 1024 };

typedef struct prober {
    extractor *x;
    arena memory;
    probe_token **chains; /* [CHAINS] */
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
} prober;

static uint64_t chain_ids(uint64_t digest, const uint64_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        digest = hash_pair(digest, ids[i]);
    }
    return digest;
}

static probe_token *find_token(prober *p, uint32_t chain, const char *bytes, uint32_t len,
                               nz_token_kind kind, nz_language reading)
{
    probe_token *t = p->chains[chain];
    while (t != NULL && !(t->len == len && t->kind == kind && t->reading == reading &&
                          memcmp(t->bytes, bytes, len) == 0)) {
        t = t->next;
    }
    return t;
}

static extract_slot *resolve(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                             nz_language reading)
{
    prober *p = context;
    uint64_t hash = hash_bytes(bytes, len, (uint64_t)kind << 8 | (uint64_t)reading);
    uint32_t chain = (uint32_t)hash % CHAINS;
    probe_token *t = find_token(p, chain, bytes, len, kind, reading);
    if (t != NULL) {
        return &t->slot;
    }
    uint32_t count = 0;
    t = arena_alloc_zero(&p->memory, sizeof *t);
    if (t == NULL || extract_token(p->x, bytes, len, kind, reading, &t->slot.info, p->ids,
                                   &count) < 0) {
        return NULL;
    }
    t->bytes = bytes;
    t->len = len;
    t->kind = kind;
    t->reading = reading;
    t->digest = chain_ids(count, p->ids, count);
    t->next = p->chains[chain];
    p->chains[chain] = t;
    return &t->slot;
}

static nz_status digest_comment(prober *p, const model_probe *probe, uint64_t *digest,
                                nz_error *err)
{
    const extract_resolver resolver = {p, resolve};
    extract_result r;
    NZ_TRY(extract_document(p->x, probe->text, probe->len, false, &resolver, &r, err));
    uint64_t d = (uint64_t)r.document.language;
    for (uint32_t i = 0; i < r.distinct_count; i++) {
        const probe_token *t = (const void *)r.distinct[i].slot;
        d = hash_pair(d, t->digest);
        d = hash_pair(d, (uint64_t)r.distinct[i].count << 32 | r.distinct[i].first_token);
    }
    for (uint32_t i = 0; i < r.cross_count; i++) {
        d = hash_pair(d, r.cross[i].feature);
        d = hash_pair(d, (uint64_t)r.cross[i].first << 32 | r.cross[i].second);
    }
    *digest = d;
    return NZ_OK;
}

static nz_status digest_words(prober *p, const model_probe *probe, uint64_t *digest,
                              nz_error *err)
{
    uint64_t d = (uint64_t)probe->language;
    for (uint32_t at = 0; at < probe->len;) {
        const char *end = memchr(probe->text + at, '\n', probe->len - at);
        uint32_t len = end != NULL ? (uint32_t)(end - (probe->text + at)) : probe->len - at;
        extract_info info;
        uint32_t count = 0;
        if (len != 0 && extract_token(p->x, probe->text + at, len, NZ_TOKEN_WORD, probe->language,
                                      &info, p->ids, &count) < 0) {
            return status_no_memory(err);
        }
        d = chain_ids(hash_pair(d, count), p->ids, count);
        at += len + 1;
    }
    *digest = d;
    return NZ_OK;
}

nz_status model_probe_digest(extractor *x, const model_probe *probe, uint64_t *digest,
                             nz_error *err)
{
    prober p = {.x = x};
    arena_init(&p.memory, NULL, 65536, 0);
    p.chains = arena_alloc_zero(&p.memory, CHAINS * sizeof(probe_token *));
    nz_status status;
    if (p.chains == NULL) {
        status = status_no_memory(err);
    } else if (probe->language == NZ_LANG_OTHER) {
        status = digest_comment(&p, probe, digest, err);
    } else {
        status = digest_words(&p, probe, digest, err);
    }
    arena_free(&p.memory);
    return status;
}

nz_status model_probe_check(extractor *x, const model_content *content, nz_error *err)
{
    static const char *const kinds[] = {"a comment", "Persian words", "Arabic words",
                                        "English words"};
    for (uint32_t i = 0; i < content->probe_count; i++) {
        uint64_t digest = 0;
        NZ_TRY(model_probe_digest(x, &content->probes[i], &digest, err));
        if (digest != content->probes[i].digest) {
            return status_fail_at(err, NZ_E_MODEL_PROBE, i, 0,
                                  "probe %u (%s) has other features here than when the model was "
                                  "trained (another ICU, libstemmer or nazar): retrain, or "
                                  "install the nazar that wrote it", (unsigned)i,
                                  kinds[content->probes[i].language]);
        }
    }
    return NZ_OK;
}
