/* lexicons.c - see lexicons.h and lexicons/FORMAT.md.
 * It must not know what the engine does with an entry.
 * Invariant: a key is always made by extract_token(), never here. */
#include "train/lexicons.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "feature/extract.h"

enum { COLUMNS_MAX = 8, FILE_CAP = 1 << 26, PATH_BYTES = 4096 };

/* Places in these lists (from 1) are what a model stores: append, never reorder. */
static const char *const expression_classes[] = {
    "praise", "complaint", "politeness", "neutralizer", "mixed", "sarcasm", "request", "bug",
    "question", "churn", "objection", "effort", "satisfaction", "recommend", "survey", "curse",
    NULL};
static const char *const concepts[] = {
    "price", "discount", "advertisement", "stock", "subscription", "payment", "refund", "delivery",
    "courier", "packaging", "staff", "support", "waiting", "follow_up", "repair", "error", "crash",
    "slow", "update", "login", "feature", "request", "leave", "competitor", "effort", "ease",
    "satisfaction", "recommend", "survey", "question", "quality", "taste", "design", "durability",
    "battery", "app", "content", "food", "room", "cleanliness", "location", "thanks", "greeting",
    "buy", "fake", "wrong", "missing", "goods", "place", "role", "media", "family", "paperwork",
    "time", NULL};
static const char *const emoji_classes[] = {"positive", "negative", "neutral", "laughter",
                                            "anger",    "sadness",  "love",    "thanks",
                                            "plea",     "question", "mockery", NULL};
/* Bit i of LEXICON_* flags. */
static const char *const modifier_kinds[] = {"negator",  "intensifier", "downtoner", "contrast",
                                             "wish",     "condition",   NULL};

/* ---- lines and cells ------------------------------------------------------------------ */

nz_status lexicons_lines(const char *path, lexicons_line line, void *context, nz_error *err)
{
    nz_allocator memory = memory_default();
    file_bytes file;
    NZ_TRY(file_read(&file, path, FILE_CAP, false, &memory, err));
    const char *at = (const char *)file.bytes, *end = at + file.size;
    nz_status status = NZ_OK;
    if (file.size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
    }
    for (uint32_t number = 1; status == NZ_OK && at < end; number++) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed == NULL ? end : feed;
        size_t len = (size_t)(stop - at);
        if (len != 0 && at[len - 1] == '\r') {
            len--;
        }
        if (len != 0 && at[0] != '#') {
            status = line(context, at, len, number);
        }
        at = feed == NULL ? end : feed + 1;
    }
    file_bytes_free(&file, &memory);
    return status;
}

typedef struct cell {
    const char *text;
    size_t len;
} cell;

struct table_reading;
typedef nz_status (*take_row)(struct table_reading *t, const cell *cells, uint32_t line);

/* One table while it is read; columns are those of its own header. */
typedef struct table_reading {
    struct tables *all;
    const char *file; /* name without the folder */
    nz_language language;
    const char *const *wanted; /* [columns] names, NULL-terminated; the first is needed */
    int place[COLUMNS_MAX];    /* of each wanted column in a line, or -1 */
    bool has_header;
    take_row take;
} table_reading;

/* What all tables are read into. */
typedef struct tables {
    const char *folder;
    lexicon *no_lexicon;
    rules *no_rules;
    extractor *extractor;
    lexicon_builder *builder;
    buffer *rule_block;
    lexicons_count *count;
    remarks *notes;
    nz_error *err;
} tables;

static uint32_t cut(const char *line, size_t len, cell *cells)
{
    uint32_t count = 0;
    for (const char *at = line, *end = line + len; count < COLUMNS_MAX; count++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        cells[count].text = at;
        cells[count].len = (size_t)((tab == NULL ? end : tab) - at);
        if (tab == NULL) {
            return count + 1;
        }
        at = tab + 1;
    }
    return count;
}

static bool is(cell c, const char *text)
{
    return strlen(text) == c.len && memcmp(text, c.text, c.len) == 0;
}

static nz_status read_header(table_reading *t, const cell *cells, uint32_t count, uint32_t line)
{
    for (uint32_t w = 0; t->wanted[w] != NULL; w++) {
        t->place[w] = -1;
        for (uint32_t i = 0; i < count; i++) {
            if (is(cells[i], t->wanted[w])) {
                t->place[w] = (int)i;
            }
        }
    }
    t->has_header = true;
    if (t->place[0] < 0) {
        return status_fail(t->all->err, NZ_E_DATA,
                           "%s:%u: the first line names the columns, one of them %s", t->file,
                           (unsigned)line, t->wanted[0]);
    }
    return NZ_OK;
}

static nz_status take_line(void *context, const char *line, size_t len, uint32_t number)
{
    table_reading *t = context;
    cell cells[COLUMNS_MAX], chosen[COLUMNS_MAX] = {{NULL, 0}};
    uint32_t count = cut(line, len, cells);
    if (!t->has_header) {
        return read_header(t, cells, count, number);
    }
    for (uint32_t w = 0; t->wanted[w] != NULL; w++) {
        chosen[w].text = "";
        if (t->place[w] >= 0 && (uint32_t)t->place[w] < count) {
            chosen[w] = cells[t->place[w]];
        }
    }
    return chosen[0].len == 0 ? NZ_OK : t->take(t, chosen, number);
}

/* A whole number in a cell, or `usual` when there is none. */
static int number_of(cell c, int usual)
{
    char text[16];
    if (c.len == 0 || c.len >= sizeof text) {
        return usual;
    }
    memcpy(text, c.text, c.len);
    text[c.len] = '\0';
    char *end;
    long value = strtol(text, &end, 10);
    return end == text || *end != '\0' || value < -1000 || value > 1000 ? usual : (int)value;
}

/* Place of a cell in a list, from 1; 0 when it is not there. */
static unsigned place_in(cell c, const char *const *list)
{
    for (unsigned i = 0; list[i] != NULL; i++) {
        if (is(c, list[i])) {
            return i + 1;
        }
    }
    return 0;
}

static void odd(const table_reading *t, uint32_t line, const char *what)
{
    remarks_add(t->all->notes, "%s:%u: %s; the line was left out", t->file, (unsigned)line, what);
}

/* ---- keys ------------------------------------------------------------------------------- */

/* Keys of the words of an entry, read in the table's language. */
static nz_status keys_of(table_reading *t, cell entry, uint64_t *keys, uint32_t *count)
{
    extractor *x = t->all->extractor;
    text_document document;
    *count = 0;
    NZ_TRY(text_read(extractor_reader(x), entry.text, entry.len, false, &document, t->all->err));
    for (uint32_t i = 0; i < document.token_count; i++) {
        const text_token *token = &document.tokens[i];
        uint64_t ids[EXTRACT_MAX_TOKEN_FEATURES];
        uint32_t id_count;
        extract_info info;
        if (token->kind == NZ_TOKEN_PUNCTUATION || token->kind == NZ_TOKEN_SYMBOL) {
            continue;
        }
        if (*count == LEXICON_MAX_EXPRESSION) {
            *count += 1; /* too long */
            return NZ_OK;
        }
        nz_language reading = (nz_language)token->reading;
        if (reading != NZ_LANG_OTHER && t->language != NZ_LANG_OTHER) {
            reading = t->language;
        }
        NZ_TRY(extract_token(x, document.text + token->begin, token->end - token->begin,
                             (nz_token_kind)token->kind, reading, &info, ids, &id_count));
        keys[(*count)++] = info.key;
    }
    return NZ_OK;
}

/* The key of an entry that must be one word; *found is false after a remark. */
static nz_status key_of(table_reading *t, cell entry, uint32_t line, uint64_t *key, bool *found)
{
    uint64_t keys[LEXICON_MAX_EXPRESSION + 1];
    uint32_t count;
    NZ_TRY(keys_of(t, entry, keys, &count));
    *found = count == 1;
    *key = keys[0];
    if (count != 1) {
        odd(t, line, count == 0 ? "the entry holds no word"
                                : "several words: they belong into an expression table");
    }
    return NZ_OK;
}

static nz_status add(table_reading *t, uint64_t key, uint32_t flags, int polarity, unsigned reach,
                     unsigned emoji_class, unsigned concept_id)
{
    t->all->count->words++;
    nz_status status = lexicon_builder_add(t->all->builder, key, flags | LEXICON_KNOWN, polarity,
                                           reach, emoji_class, concept_id);
    return status == NZ_E_MEMORY ? status_no_memory(t->all->err) : status;
}

/* ---- the tables ---------------------------------------------------------------------------- */

static nz_status take_polarity(table_reading *t, const cell *cells, uint32_t line)
{
    int polarity = number_of(cells[1], 0);
    uint64_t key;
    bool found;
    if (polarity == 0 || polarity < -3 || polarity > 3) {
        odd(t, line, "polarity is -3 to 3 and never 0");
        return NZ_OK;
    }
    NZ_TRY(key_of(t, cells[0], line, &key, &found));
    return found ? add(t, key, 0, polarity, 0, 0, 0) : NZ_OK;
}

static nz_status take_modifier(table_reading *t, const cell *cells, uint32_t line)
{
    unsigned kind = place_in(cells[1], modifier_kinds);
    int reach = number_of(cells[3], 0);
    uint64_t key;
    bool found;
    if (kind == 0 || reach < 1 || reach > 6 || (!is(cells[2], "before") && !is(cells[2], "after"))) {
        odd(t, line, "kind, side (before or after) or reach (1 to 6) is not one of FORMAT.md");
        return NZ_OK;
    }
    NZ_TRY(key_of(t, cells[0], line, &key, &found));
    uint32_t flags = 1u << (kind - 1);
    if (is(cells[2], "after")) {
        flags |= LEXICON_SIDE_AFTER;
    }
    return found ? add(t, key, flags, 0, (unsigned)reach, 0, 0) : NZ_OK;
}

static nz_status take_concept(table_reading *t, const cell *cells, uint32_t line)
{
    unsigned id = place_in(cells[1], concepts);
    uint64_t key;
    bool found;
    if (id == 0) {
        odd(t, line, "the concept is not one of FORMAT.md");
        return NZ_OK;
    }
    NZ_TRY(key_of(t, cells[0], line, &key, &found));
    return found ? add(t, key, 0, 0, 0, 0, id) : NZ_OK;
}

static nz_status take_emoji(table_reading *t, const cell *cells, uint32_t line)
{
    unsigned id = place_in(cells[2], emoji_classes);
    int polarity = number_of(cells[1], 100);
    uint64_t key;
    bool found;
    if (id == 0 || polarity < -3 || polarity > 3) {
        odd(t, line, "the class or polarity of the emoji is not one of FORMAT.md");
        return NZ_OK;
    }
    NZ_TRY(key_of(t, cells[0], line, &key, &found));
    return found ? add(t, key, 0, polarity, 0, id, 0) : NZ_OK;
}

/* An expression whose words are written as one has the polarity of a word. */
static nz_status take_expression(table_reading *t, const cell *cells, uint32_t line)
{
    unsigned id = place_in(cells[1], expression_classes);
    int polarity = number_of(cells[2], 100);
    uint64_t keys[LEXICON_MAX_EXPRESSION + 1];
    uint32_t count;
    if (id == 0 || polarity < -3 || polarity > 3) {
        odd(t, line, "the class or polarity of the expression is not one of FORMAT.md");
        return NZ_OK;
    }
    NZ_TRY(keys_of(t, cells[0], keys, &count));
    if (count == 0 || count > LEXICON_MAX_EXPRESSION) {
        odd(t, line, "an expression has 2 to 6 words");
        return NZ_OK;
    }
    if (count == 1) {
        return polarity == 0 ? NZ_OK : add(t, keys[0], 0, polarity, 0, 0, 0);
    }
    t->all->count->expressions++;
    nz_status status =
        lexicon_builder_add_expression(t->all->builder, keys, count, id, polarity);
    return status == NZ_E_MEMORY ? status_no_memory(t->all->err) : status;
}

static nz_status append_cell(buffer *out, cell c)
{
    NZ_TRY(buffer_append(out, c.text, c.len));
    return buffer_append_byte(out, 0);
}

static nz_status take_rule(table_reading *t, const cell *cells, uint32_t line)
{
    buffer *out = t->all->rule_block;
    (void)line;
    for (uint32_t i = 0; i < 4; i++) {
        if (append_cell(out, cells[i]) < 0) {
            return status_no_memory(t->all->err);
        }
    }
    t->all->count->rules++;
    return NZ_OK;
}

/* ---- the folder --------------------------------------------------------------------------------- */

static nz_status read_table(tables *all, const char *file, nz_language language,
                            const char *const *wanted, take_row take)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/%s", all->folder, file);
    if (len < 0 || (size_t)len >= sizeof path) {
        return status_fail(all->err, NZ_E_LIMIT, "the path of the lexicons is too long");
    }
    table_reading t = {all, file, language, wanted, {0}, false, take};
    nz_error local = NZ_ERROR_INIT;
    nz_status status = lexicons_lines(path, take_line, &t, &local);
    if (status == NZ_E_IO && local.detail == ENOENT) {
        remarks_add(all->notes, "%s is not there; training goes on without it", file);
        return NZ_OK;
    }
    if (status == NZ_OK) {
        all->count->files++;
    } else if (local.status != NZ_OK && all->err != NULL) {
        *all->err = local;
    }
    return status;
}

static nz_status read_language(tables *all, nz_language language)
{
    static const char *const polarity[] = {"word", "polarity", NULL};
    static const char *const modifier[] = {"word", "kind", "side", "reach", NULL};
    static const char *const expression[] = {"expression", "class", "polarity", NULL};
    static const char *const concept[] = {"word", "concept", NULL};
    static const char *const rule[] = {"name", "language", "triggers", "pattern", NULL};
    static const struct {
        const char *stem;
        const char *const *wanted;
        take_row take;
    } kinds[] = {{"polarity", polarity, take_polarity},
                 {"modifier", modifier, take_modifier},
                 {"expression", expression, take_expression},
                 {"concept", concept, take_concept},
                 {"rules", rule, take_rule}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char file[64];
        (void)snprintf(file, sizeof file, "%s_%s.tsv", kinds[i].stem, nz_language_code(language));
        NZ_TRY(read_table(all, file, language, kinds[i].wanted, kinds[i].take));
    }
    return NZ_OK;
}

static nz_status read_folder(tables *all)
{
    static const char *const emoji[] = {"emoji", "polarity", "class", NULL};
    for (int language = NZ_LANG_FA; language <= NZ_LANG_EN; language++) {
        NZ_TRY(read_language(all, (nz_language)language));
    }
    NZ_TRY(read_table(all, "emoji.tsv", NZ_LANG_OTHER, emoji, take_emoji));
    if (all->count->files == 0) {
        return status_fail(all->err, NZ_E_DATA,
                           "%s holds none of the tables of lexicons/FORMAT.md; is it the right "
                           "folder?", all->folder);
    }
    return NZ_OK;
}

/* The extractor that finds keys: nothing is known yet. */
static nz_status open_empty(tables *all)
{
    buffer block;
    buffer_init(&block, NULL, 4096);
    nz_status status = lexicon_builder_finish(all->builder, &block, all->err);
    if (status == NZ_OK) {
        status = lexicon_open(&all->no_lexicon, block.bytes, block.size, NULL, all->err);
    }
    buffer_free(&block);
    NZ_TRY(status);
    NZ_TRY(rules_open(&all->no_rules, "", 0, NULL, all->err));
    return extractor_new(&all->extractor, all->no_lexicon, all->no_rules, NULL, all->err);
}

nz_status lexicons_read(const char *folder, buffer *lexicon_block, buffer *rule_block,
                        lexicons_count *count, remarks *notes, nz_error *err)
{
    memset(count, 0, sizeof *count);
    tables all = {folder, NULL, NULL, NULL, NULL, rule_block, count, notes, err};
    nz_status status;
    NZ_TRY_GOTO(lexicon_builder_new(&all.builder, NULL, err));
    NZ_TRY_GOTO(open_empty(&all));
    if (folder != NULL) {
        NZ_TRY_GOTO(read_folder(&all));
    }
    NZ_TRY_GOTO(lexicon_builder_finish(all.builder, lexicon_block, err));
done:
    extractor_free(all.extractor);
    rules_free(all.no_rules);
    lexicon_free(all.no_lexicon);
    lexicon_builder_free(all.builder);
    return status;
}
