/* matrix.c - rows are cut into pieces; a worker reads pieces with its own extractor and its
 * own memory of tokens; then the pieces are joined in order, which numbers tokens and
 * features by first appearance.
 * It must not know what a feature says.  Invariant: that of matrix.h. */
#include "train/matrix.h"

#include <string.h>

#include "base/hash.h"
#include "train/templates.h"

enum { PIECE_ROWS = 2048, ROUND_PIECES = 64 };

/* ---- a table of tokens that compares bytes in full -------------------------------------- */

typedef struct token_table {
    uint32_t *places; /* index + 1 of a token, 0 free */
    size_t capacity;  /* power of two */
} token_table;

static uint64_t token_hash(const char *bytes, uint32_t len, nz_token_kind kind,
                           nz_language reading)
{
    return hash_bytes(bytes, len, (uint64_t)kind << 8 | (uint64_t)reading);
}

static bool same_token(const matrix_token *t, uint64_t hash, const char *bytes, uint32_t len,
                       nz_token_kind kind, nz_language reading)
{
    return t->hash == hash && t->len == len && t->kind == (uint8_t)kind &&
           t->reading == (uint8_t)reading && memcmp(t->bytes, bytes, len) == 0;
}

/* Grows before it is two thirds full; tokens are matrix_token records at item_size apart. */
static nz_status table_reserve(token_table *table, const array *tokens)
{
    if ((tokens->count + 1) * 3 <= table->capacity * 2) {
        return NZ_OK;
    }
    nz_allocator memory = memory_default();
    size_t capacity = table->capacity == 0 ? 4096 : table->capacity * 2;
    uint32_t *places = memory_new_zero(&memory, capacity, sizeof *places);
    if (places == NULL) {
        return NZ_E_MEMORY;
    }
    for (size_t i = 0; i < tokens->count; i++) {
        size_t at = (size_t)ARRAY_AT(matrix_token, tokens, i).hash & (capacity - 1);
        while (places[at] != 0) {
            at = (at + 1) & (capacity - 1);
        }
        places[at] = (uint32_t)i + 1;
    }
    memory_free(&memory, table->places, table->capacity, sizeof *table->places);
    table->places = places;
    table->capacity = capacity;
    return NZ_OK;
}

/* Place of a token: *place is 0 when it is new (set it to its index + 1). */
static uint32_t *table_place(const token_table *table, const array *tokens, uint64_t hash,
                             const char *bytes, uint32_t len, nz_token_kind kind,
                             nz_language reading)
{
    size_t at = (size_t)hash & (table->capacity - 1);
    while (table->places[at] != 0 &&
           !same_token(&ARRAY_AT(matrix_token, tokens, table->places[at] - 1), hash, bytes, len,
                       kind, reading)) {
        at = (at + 1) & (table->capacity - 1);
    }
    return &table->places[at];
}

static void table_free(token_table *table)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, table->places, table->capacity, sizeof *table->places);
}

/* ---- a worker ------------------------------------------------------------------------------ */

/* Begins with what extract_document() fills. */
typedef struct worker_slot {
    extract_slot slot;
    uint32_t token; /* in the worker's list */
} worker_slot;

typedef struct worker {
    extractor *extractor;
    token_table table;
    array tokens;     /* matrix_token; first counts in the worker's features */
    array slots;      /* worker_slot *, one a token */
    array features;   /* matrix_feature of all tokens */
    array names;      /* matrix_feature: what the namer said since it was cleared */
    array joined;     /* uint32_t: number in the whole matrix + 1, by token; 0 not yet */
    arena memory;
    nz_status status; /* first failure */
    nz_error error;
} worker;

/* What one piece of rows gave. */
typedef struct piece {
    uint32_t worker;
    array tokens;  /* uint32_t, numbers of the worker */
    array counts;  /* uint8_t */
    array order;   /* uint32_t, among the distinct tokens of the row */
    array cross;   /* matrix_feature */
    array row_ends; /* row_end */
} piece;

typedef struct row_end {
    uint32_t tokens, order, cross; /* of this row */
    uint64_t identity;
    uint8_t language;
} row_end;

static void note_name(void *context, uint64_t feature, const char *name)
{
    worker *w = context;
    matrix_feature item = {feature, template_find(name), false};
    if (template_spells_text(item.template_)) {
        const char *colon = strchr(name, ':');
        item.digits = colon != NULL && template_has_digits(colon);
    }
    if (array_add(&w->names, &item) < 0) {
        w->status = NZ_E_MEMORY;
    }
}

/* The features of a token that was not seen before, with what their names tell. */
static nz_status read_token(worker *w, matrix_token *token, extract_info *info)
{
    uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
    uint32_t count;
    w->names.count = 0;
    NZ_TRY(extract_token(w->extractor, token->bytes, token->len, (nz_token_kind)token->kind,
                         (nz_language)token->reading, info, ids, &count));
    token->first = w->features.count;
    token->count = count;
    matrix_feature *features = array_push(&w->features, count);
    if (features == NULL || w->status < 0) {
        return NZ_E_MEMORY;
    }
    size_t name = 0;
    for (uint32_t i = 0; i < count; i++) {
        /* Names come in the order of the ids, with repetitions that the ids leave out. */
        while (name < w->names.count && ARRAY_AT(matrix_feature, &w->names, name).id != ids[i]) {
            name++;
        }
        features[i] = (matrix_feature){ids[i], 0, true};
        if (name < w->names.count) {
            features[i] = ARRAY_AT(matrix_feature, &w->names, name);
        }
    }
    token->digits = count != 0 && features[0].digits;
    w->names.count = 0;
    return NZ_OK;
}

static extract_slot *add_token(worker *w, uint32_t *place, matrix_token *token)
{
    char *bytes = arena_copy(&w->memory, token->bytes, token->len);
    worker_slot *slot = arena_alloc_zero(&w->memory, sizeof *slot);
    if (bytes == NULL || slot == NULL) {
        return NULL;
    }
    token->bytes = bytes;
    slot->token = (uint32_t)w->tokens.count;
    if (read_token(w, token, &slot->slot.info) < 0 || array_add(&w->tokens, token) < 0 ||
        array_add(&w->slots, &slot) < 0 || array_push(&w->joined, 1) == NULL) {
        return NULL;
    }
    *place = (uint32_t)w->tokens.count;
    return &slot->slot;
}

static extract_slot *resolve(void *context, const char *bytes, uint32_t len, nz_token_kind kind,
                             nz_language reading)
{
    worker *w = context;
    if (table_reserve(&w->table, &w->tokens) < 0) {
        return NULL;
    }
    uint64_t hash = token_hash(bytes, len, kind, reading);
    uint32_t *place = table_place(&w->table, &w->tokens, hash, bytes, len, kind, reading);
    if (*place != 0) {
        return &ARRAY_AT(worker_slot *, &w->slots, *place - 1)->slot;
    }
    matrix_token token = {bytes, len, (uint8_t)kind, (uint8_t)reading, false, hash, 0, 0};
    return add_token(w, place, &token);
}

static uint32_t token_of(const extract_slot *slot)
{
    return ((const worker_slot *)(const void *)slot)->token;
}

/* The row's cross features, with what their names and tokens tell. */
static nz_status take_cross(worker *w, piece *p, const extract_result *found)
{
    matrix_feature *cross = array_push(&p->cross, found->cross_count);
    if (cross == NULL) {
        return NZ_E_MEMORY;
    }
    bool named = w->names.count == found->cross_count;
    for (uint32_t i = 0; i < found->cross_count; i++) {
        const extract_cross *c = &found->cross[i];
        const matrix_feature *name = named ? &ARRAY_AT(matrix_feature, &w->names, i) : NULL;
        cross[i] = (matrix_feature){c->feature, 0, true};
        if (name == NULL || name->id != c->feature) {
            continue; /* the namer and the list disagree: treated as unknown, never kept */
        }
        cross[i].template_ = name->template_;
        cross[i].digits = false;
        if (template_spells_text(name->template_)) {
            const extract_distinct *d = found->distinct;
            const uint32_t *of = found->token_distinct;
            cross[i].digits =
                ARRAY_AT(matrix_token, &w->tokens, token_of(d[of[c->first]].slot)).digits ||
                ARRAY_AT(matrix_token, &w->tokens, token_of(d[of[c->second]].slot)).digits;
        }
    }
    return NZ_OK;
}

/* Equal for comments that read the same: the keys of all but punctuation, in order. */
static uint64_t identity_of(const extract_result *found)
{
    uint64_t identity = 0;
    for (uint32_t i = 0; i < found->document.token_count; i++) {
        const extract_info *info = &found->distinct[found->token_distinct[i]].slot->info;
        if (info->kind != NZ_TOKEN_PUNCTUATION) {
            identity = hash_pair(identity, info->key);
        }
    }
    return identity;
}

static nz_status read_row(worker *w, piece *p, const labelled_row *in)
{
    extract_resolver resolver = {w, resolve};
    extract_result found;
    w->names.count = 0;
    NZ_TRY(extract_document(w->extractor, in->text, in->len, false, &resolver, &found, &w->error));
    uint32_t *tokens = array_push(&p->tokens, found.distinct_count);
    uint8_t *counts = array_push(&p->counts, found.distinct_count);
    row_end *end = array_push(&p->row_ends, 1);
    uint32_t *order = array_push(&p->order, found.document.token_count);
    if (tokens == NULL || counts == NULL || end == NULL || order == NULL) {
        return status_no_memory(&w->error);
    }
    for (uint32_t i = 0; i < found.document.token_count; i++) {
        order[i] = found.token_distinct[i];
    }
    for (uint32_t i = 0; i < found.distinct_count; i++) {
        tokens[i] = token_of(found.distinct[i].slot);
        counts[i] = (uint8_t)extract_count_weight(found.distinct[i].count);
    }
    if (take_cross(w, p, &found) < 0) {
        return status_no_memory(&w->error);
    }
    *end = (row_end){found.distinct_count, found.document.token_count, found.cross_count, identity_of(&found),
                     (uint8_t)found.document.language};
    return NZ_OK;
}

static nz_status worker_open(worker *w, const lexicon *words, const rules *rule_set,
                             nz_error *err)
{
    memset(w, 0, sizeof *w);
    w->error = (nz_error)NZ_ERROR_INIT;
    array_init(&w->tokens, sizeof(matrix_token));
    array_init(&w->slots, sizeof(worker_slot *));
    array_init(&w->features, sizeof(matrix_feature));
    array_init(&w->names, sizeof(matrix_feature));
    array_init(&w->joined, sizeof(uint32_t));
    arena_init(&w->memory, NULL, 1u << 20, 0);
    NZ_TRY(extractor_new(&w->extractor, words, rule_set, NULL, err));
    extractor_set_namer(w->extractor, note_name, w);
    return NZ_OK;
}

static void worker_close(worker *w)
{
    extractor_free(w->extractor);
    table_free(&w->table);
    array_free(&w->tokens);
    array_free(&w->slots);
    array_free(&w->features);
    array_free(&w->names);
    array_free(&w->joined);
    arena_free(&w->memory);
}

/* ---- joining ------------------------------------------------------------------------------------ */

typedef struct building {
    matrix *m;
    const rows *rows;
    worker *workers;
    uint32_t worker_count;
    piece *pieces;       /* [ROUND_PIECES] */
    uint32_t first_row;  /* of this round */
    token_table table;
    idmap features;
} building;

static void read_piece(void *context, uint32_t number, uint32_t worker_number)
{
    building *b = context;
    worker *w = &b->workers[worker_number];
    piece *p = &b->pieces[number];
    p->worker = worker_number;
    uint32_t begin = b->first_row + number * PIECE_ROWS;
    uint32_t end = begin + PIECE_ROWS < b->m->row_count ? begin + PIECE_ROWS : b->m->row_count;
    for (uint32_t i = begin; i < end && w->status == NZ_OK; i++) {
        w->status = read_row(w, p, rows_at(b->rows, i));
    }
}

static nz_status join_feature(building *b, const matrix_feature *in, uint32_t *number)
{
    NZ_TRY(idmap_add(&b->features, in->id, number));
    if (*number == b->m->features.count) {
        return array_add(&b->m->features, in);
    }
    ARRAY_AT(matrix_feature, &b->m->features, *number).digits |= in->digits;
    return NZ_OK;
}

/* A token of a worker, when it is met first: into the matrix, unless another worker's is
 * there already. */
static nz_status join_token(building *b, worker *w, uint32_t local, uint32_t *number)
{
    matrix *m = b->m;
    matrix_token token = ARRAY_AT(matrix_token, &w->tokens, local);
    NZ_TRY(table_reserve(&b->table, &m->tokens));
    uint32_t *place = table_place(&b->table, &m->tokens, token.hash, token.bytes, token.len,
                                  (nz_token_kind)token.kind, (nz_language)token.reading);
    if (*place != 0) {
        *number = *place - 1;
        return NZ_OK;
    }
    const matrix_feature *from = &ARRAY_AT(matrix_feature, &w->features, token.first);
    token.first = m->token_features.count;
    token.bytes = arena_copy(&m->memory, token.bytes, token.len);
    uint32_t *to = array_push(&m->token_features, token.count);
    if (to == NULL || token.bytes == NULL) {
        return NZ_E_MEMORY;
    }
    for (uint32_t i = 0; i < token.count; i++) {
        NZ_TRY(join_feature(b, &from[i], &to[i]));
    }
    NZ_TRY(array_add(&m->tokens, &token));
    *number = (uint32_t)m->tokens.count - 1;
    *place = (uint32_t)m->tokens.count;
    return NZ_OK;
}

static nz_status join_piece(building *b, piece *p)
{
    matrix *m = b->m;
    worker *w = &b->workers[p->worker];
    uint32_t *tokens = array_push(&m->row_tokens, p->tokens.count);
    uint8_t *counts = array_push(&m->row_counts, p->counts.count);
    uint32_t *cross = array_push(&m->row_cross, p->cross.count);
    uint32_t *order = array_push(&m->row_order, p->order.count);
    if (tokens == NULL || counts == NULL || cross == NULL || order == NULL) {
        return NZ_E_MEMORY;
    }
    if (p->order.count != 0) {
        memcpy(order, p->order.items, p->order.count * sizeof *order);
    }
    memcpy(counts, p->counts.items == NULL ? (const void *)"" : p->counts.items, p->counts.count);
    for (size_t i = 0; i < p->tokens.count; i++) {
        uint32_t local = ARRAY_AT(uint32_t, &p->tokens, i);
        uint32_t *joined = &ARRAY_AT(uint32_t, &w->joined, local);
        if (*joined == 0) {
            NZ_TRY(join_token(b, w, local, &tokens[i]));
            *joined = tokens[i] + 1;
        }
        tokens[i] = *joined - 1;
    }
    for (size_t i = 0; i < p->cross.count; i++) {
        NZ_TRY(join_feature(b, &ARRAY_AT(matrix_feature, &p->cross, i), &cross[i]));
    }
    return NZ_OK;
}

/* Where the piece's rows begin and end, their languages and identities. */
static void join_rows(matrix *m, const piece *p, uint32_t row_number)
{
    for (size_t i = 0; i < p->row_ends.count; i++, row_number++) {
        const row_end *end = &ARRAY_AT(row_end, &p->row_ends, i);
        m->token_start[row_number + 1] = m->token_start[row_number] + end->tokens;
        m->order_start[row_number + 1] = m->order_start[row_number] + end->order;
        m->cross_start[row_number + 1] = m->cross_start[row_number] + end->cross;
        m->language[row_number] = end->language;
        m->identity[row_number] = end->identity;
    }
}

static nz_status join_round(building *b, uint32_t pieces, nz_error *err)
{
    for (uint32_t i = 0; i < b->worker_count; i++) {
        if (b->workers[i].status < 0) {
            if (err != NULL) {
                *err = b->workers[i].error;
            }
            return b->workers[i].status;
        }
    }
    for (uint32_t i = 0; i < pieces; i++) {
        piece *p = &b->pieces[i];
        if (join_piece(b, p) < 0) {
            return status_no_memory(err);
        }
        join_rows(b->m, p, b->first_row + i * PIECE_ROWS);
        p->tokens.count = p->counts.count = p->order.count = p->cross.count = 0;
        p->row_ends.count = 0;
    }
    return NZ_OK;
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static nz_status make_room(matrix *m, uint32_t row_count)
{
    nz_allocator memory = memory_default();
    memset(m, 0, sizeof *m);
    m->row_count = row_count;
    array_init(&m->row_tokens, sizeof(uint32_t));
    array_init(&m->row_counts, 1);
    array_init(&m->row_cross, sizeof(uint32_t));
    array_init(&m->row_order, sizeof(uint32_t));
    array_init(&m->tokens, sizeof(matrix_token));
    array_init(&m->token_features, sizeof(uint32_t));
    array_init(&m->features, sizeof(matrix_feature));
    arena_init(&m->memory, NULL, 1u << 20, 0);
    m->token_start = memory_new_zero(&memory, (size_t)row_count + 1, sizeof *m->token_start);
    m->order_start = memory_new_zero(&memory, (size_t)row_count + 1, sizeof *m->order_start);
    m->cross_start = memory_new_zero(&memory, (size_t)row_count + 1, sizeof *m->cross_start);
    m->language = memory_new_zero(&memory, row_count, 1);
    m->identity = memory_new_zero(&memory, row_count, sizeof *m->identity);
    m->repeated = memory_new_zero(&memory, row_count, sizeof *m->repeated);
    bool whole = m->token_start != NULL && m->order_start != NULL && m->cross_start != NULL && m->language != NULL &&
                 m->identity != NULL && m->repeated != NULL;
    return whole ? NZ_OK : NZ_E_MEMORY;
}

void matrix_free(matrix *m)
{
    nz_allocator memory = memory_default();
    memory_free(&memory, m->token_start, (size_t)m->row_count + 1, sizeof *m->token_start);
    memory_free(&memory, m->order_start, (size_t)m->row_count + 1, sizeof *m->order_start);
    memory_free(&memory, m->cross_start, (size_t)m->row_count + 1, sizeof *m->cross_start);
    memory_free(&memory, m->language, m->row_count, 1);
    memory_free(&memory, m->identity, m->row_count, sizeof *m->identity);
    memory_free(&memory, m->repeated, m->row_count, sizeof *m->repeated);
    array_free(&m->row_tokens);
    array_free(&m->row_counts);
    array_free(&m->row_cross);
    array_free(&m->row_order);
    array_free(&m->tokens);
    array_free(&m->token_features);
    array_free(&m->features);
    arena_free(&m->memory);
    memset(m, 0, sizeof *m);
}

/* Training rows that repeat another, and other rows that repeat a training row. */
static nz_status mark_repeated(matrix *m, const rows *r)
{
    idmap seen;
    idmap_init(&seen);
    nz_status status = NZ_OK;
    for (uint32_t i = 0; status == NZ_OK && i < m->row_count; i++) {
        if (!rows_at(r, i)->dev) {
            uint32_t number, before = seen.count;
            status = idmap_add(&seen, m->identity[i], &number);
            m->repeated[i] = seen.count == before;
        }
    }
    for (uint32_t i = 0; i < m->row_count; i++) {
        if (rows_at(r, i)->dev) {
            m->repeated[i] = idmap_find(&seen, m->identity[i]) != NZ_NONE;
        }
    }
    idmap_free(&seen);
    return status;
}

static nz_status read_all(building *b, team *threads, matrix_watch watch, void *context,
                          nz_error *err)
{
    for (b->first_row = 0; b->first_row < b->m->row_count;) {
        uint32_t left = b->m->row_count - b->first_row;
        uint32_t pieces = (left + PIECE_ROWS - 1) / PIECE_ROWS;
        pieces = pieces > ROUND_PIECES ? ROUND_PIECES : pieces;
        team_run(threads, read_piece, b, pieces);
        NZ_TRY(join_round(b, pieces, err));
        uint32_t done = pieces * PIECE_ROWS < left ? pieces * PIECE_ROWS : left;
        b->first_row += done;
        if (watch != NULL && !watch(context, (double)b->first_row / b->m->row_count)) {
            return status_fail(err, NZ_E_CANCELLED, "training was cancelled");
        }
    }
    return mark_repeated(b->m, b->rows) < 0 ? status_no_memory(err) : NZ_OK;
}

static void pieces_init(piece *pieces)
{
    for (uint32_t i = 0; i < ROUND_PIECES; i++) {
        array_init(&pieces[i].tokens, sizeof(uint32_t));
        array_init(&pieces[i].counts, 1);
        array_init(&pieces[i].order, sizeof(uint32_t));
        array_init(&pieces[i].cross, sizeof(matrix_feature));
        array_init(&pieces[i].row_ends, sizeof(row_end));
    }
}

static void pieces_free(piece *pieces)
{
    for (uint32_t i = 0; i < ROUND_PIECES; i++) {
        array_free(&pieces[i].tokens);
        array_free(&pieces[i].counts);
        array_free(&pieces[i].order);
        array_free(&pieces[i].cross);
        array_free(&pieces[i].row_ends);
    }
}

nz_status matrix_build(matrix *out, const rows *r, const lexicon *words, const rules *rule_set,
                       team *threads, matrix_watch watch, void *context, nz_error *err)
{
    nz_allocator memory = memory_default();
    building b = {out, r, NULL, team_size(threads), NULL, 0, {NULL, 0}, {NULL, NULL, 0, 0}};
    nz_status status = make_room(out, rows_count(r));
    b.workers = memory_new_zero(&memory, b.worker_count, sizeof *b.workers);
    b.pieces = memory_new_zero(&memory, ROUND_PIECES, sizeof *b.pieces);
    if (status < 0 || b.workers == NULL || b.pieces == NULL) {
        status = status_no_memory(err);
        goto done;
    }
    pieces_init(b.pieces);
    for (uint32_t i = 0; i < b.worker_count; i++) {
        NZ_TRY_GOTO(worker_open(&b.workers[i], words, rule_set, err));
    }
    NZ_TRY_GOTO(read_all(&b, threads, watch, context, err));
done:
    for (uint32_t i = 0; b.workers != NULL && i < b.worker_count; i++) {
        worker_close(&b.workers[i]);
    }
    if (b.pieces != NULL) {
        pieces_free(b.pieces);
    }
    memory_free(&memory, b.workers, b.worker_count, sizeof *b.workers);
    memory_free(&memory, b.pieces, ROUND_PIECES, sizeof *b.pieces);
    table_free(&b.table);
    idmap_free(&b.features);
    if (status < 0) {
        matrix_free(out);
    }
    return status;
}
