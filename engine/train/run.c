/* run.c - the public doors of training: options in, rows in, fit, save, report.
 * It must not know any mathematics.
 * Invariant: a file appears under its name only after the model in it was opened again and
 * gave the answers of the model in memory. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "numeric/dense.h"
#include "train/trainer.h"

static const uint64_t default_bytes = 23500000;
static const double default_l2 = 1.0;
enum { DEFAULT_FEATURES = 3000000, DEFAULT_ITERATIONS = 150, PROOF_ROWS = 500, PATH_MAX_BYTES = 4096 };

bool trainer_tell(nz_trainer *t, const char *stage, const char *head, double done,
                  uint32_t iteration, double loss)
{
    if (t->callback == NULL) {
        return true;
    }
    nz_train_progress p = {(uint32_t)sizeof p, iteration, stage, head, done, loss};
    return t->callback(t->payload, &p) == 0;
}

nz_status trainer_cancelled(nz_error *err)
{
    return status_fail(err, NZ_E_CANCELLED, "training was cancelled");
}

/* ---- probes --------------------------------------------------------------------------------- */

static nz_status take_probe(void *context, const char *line, size_t len, uint32_t number)
{
    nz_trainer *t = context;
    (void)number;
    trainer_probe probe = {arena_copy(&t->memory, line, len), (uint32_t)len};
    return probe.text == NULL ? NZ_E_MEMORY : array_add(&t->probe_texts, &probe);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* Paths of the folder's *.txt, sorted. */
static nz_status list_texts(nz_trainer *t, const char *folder, array *paths, nz_error *err)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return status_fail_at(err, NZ_E_IO, UINT64_MAX, errno,
                              "%s: the folder of probes cannot be read", folder);
    }
    nz_status status = NZ_OK;
    for (struct dirent *entry; status == NZ_OK && (entry = readdir(dir)) != NULL;) {
        size_t folder_len = strlen(folder), len = strlen(entry->d_name);
        if (!ends_with(entry->d_name, ".txt")) {
            continue;
        }
        char *path = arena_alloc(&t->memory, folder_len + len + 2);
        if (path == NULL || array_add(paths, &path) < 0) {
            status = status_no_memory(err);
            break;
        }
        memcpy(path, folder, folder_len);
        path[folder_len] = '/';
        memcpy(path + folder_len + 1, entry->d_name, len + 1);
    }
    (void)closedir(dir);
    if (paths->count != 0) {
        qsort(paths->items, paths->count, sizeof(char *), compare_names);
    }
    return status;
}

static nz_status read_probes(nz_trainer *t, const char *folder, nz_error *err)
{
    array paths;
    array_init(&paths, sizeof(char *));
    nz_status status = list_texts(t, folder, &paths, err);
    for (size_t i = 0; status == NZ_OK && i < paths.count; i++) {
        status = lexicons_lines(ARRAY_AT(const char *, &paths, i), take_probe, t, err);
    }
    array_free(&paths);
    if (status == NZ_OK && t->probe_texts.count < 64) {
        remarks_add(&t->remarks, "only %u probe texts: 64 or more guard a model against another "
                                 "ICU or stemmer", (unsigned)t->probe_texts.count);
    }
    return status;
}

/* ---- making and freeing ------------------------------------------------------------------------ */

static void fill_defaults(nz_trainer *t, const nz_trainer_options *in)
{
    nz_trainer_options *o = &t->options;
    *o = *in;
    o->taxonomy = o->lexicons = o->probes = NULL; /* the caller's strings */
    o->l2 = o->l2 > 0.0 ? o->l2 : default_l2;
    o->max_bytes = o->max_bytes != 0 ? o->max_bytes : default_bytes;
    o->max_features = o->max_features != 0 ? o->max_features : DEFAULT_FEATURES;
    o->min_comments = o->min_comments != 0 ? o->min_comments : 2;
    o->min_comments_ngram = o->min_comments_ngram != 0 ? o->min_comments_ngram : 5;
    o->max_iterations = o->max_iterations != 0 ? o->max_iterations : DEFAULT_ITERATIONS;
    t->fit = (fit_options){o->l2, o->class_weight, o->max_iterations, o->seed};
}

static nz_status open_parts(nz_trainer *t, const nz_trainer_options *opts, nz_error *err)
{
    NZ_TRY(taxonomy_read(&t->taxonomy, opts->taxonomy, err));
    NZ_TRY(rows_init(&t->rows, &t->taxonomy, err));
    NZ_TRY(lexicons_read(opts->lexicons, &t->lexicon_block, &t->rule_block, &t->lexicon_count,
                         &t->remarks, err));
    NZ_TRY(lexicon_open(&t->lexicon, t->lexicon_block.bytes, t->lexicon_block.size, NULL, err));
    NZ_TRY(rules_open(&t->rules, t->rule_block.bytes, t->rule_block.size, NULL, err));
    if (opts->probes != NULL) {
        NZ_TRY(read_probes(t, opts->probes, err));
    }
    return team_new(&t->team, opts->threads, err);
}

static nz_status check_options(const nz_trainer_options *o, nz_error *err)
{
    if (o == NULL || o->struct_size != sizeof *o || o->taxonomy == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_new: the options need struct_size and "
                                               "the path of a taxonomy");
    }
    if (!(o->l2 >= 0.0) || !isfinite(o->l2) || !(o->class_weight >= 0.0 && o->class_weight <= 1.0)) {
        return status_fail(err, NZ_E_ARGUMENT, "l2 is a positive number, class_weight from 0 to 1");
    }
    return NZ_OK;
}

nz_status nz_trainer_new(nz_trainer **out, const nz_trainer_options *opts, nz_error *err)
{
    if (out == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_new: out is NULL");
    }
    *out = NULL;
    NZ_TRY(check_options(opts, err));
    nz_allocator memory = memory_default();
    nz_trainer *t = memory_new_zero(&memory, 1, sizeof *t);
    if (t == NULL) {
        return status_no_memory(err);
    }
    fill_defaults(t, opts);
    buffer_init(&t->lexicon_block, NULL, 1u << 28);
    buffer_init(&t->rule_block, NULL, 1u << 24);
    remarks_init(&t->remarks);
    array_init(&t->inputs, sizeof(trainer_input));
    array_init(&t->probe_texts, sizeof(trainer_probe));
    arena_init(&t->memory, NULL, 1u << 16, 0);
    dense_use_one_thread();
    nz_status status = open_parts(t, opts, err);
    if (status < 0) {
        nz_trainer_free(t);
        return status;
    }
    *out = t;
    return NZ_OK;
}

static void forget_fit(nz_trainer *t)
{
    for (uint32_t i = 0; i < t->group_count; i++) {
        space_free(&t->groups[i].space);
        quantised_free(&t->groups[i].rows);
    }
    t->group_count = 0;
    embed_free(&t->embedding);
    matrix_free(&t->matrix);
}

void nz_trainer_free(nz_trainer *trainer)
{
    if (trainer == NULL) {
        return;
    }
    forget_fit(trainer);
    team_free(trainer->team);
    rules_free(trainer->rules);
    lexicon_free(trainer->lexicon);
    buffer_free(&trainer->lexicon_block);
    buffer_free(&trainer->rule_block);
    remarks_free(&trainer->remarks);
    array_free(&trainer->inputs);
    array_free(&trainer->probe_texts);
    rows_free(&trainer->rows);
    taxonomy_free(&trainer->taxonomy);
    arena_free(&trainer->memory);
    nz_allocator memory = memory_default();
    memory_free(&memory, trainer, 1, sizeof *trainer);
}

/* ---- rows in ------------------------------------------------------------------------------------- */

const char *nz_trainer_head_name(const nz_trainer *trainer, uint32_t head)
{
    return trainer != NULL && head < trainer->taxonomy.head_count
               ? trainer->taxonomy.heads[head].name
               : NULL;
}

nz_status nz_trainer_add(nz_trainer *trainer, const nz_row *row, nz_error *err)
{
    if (trainer == NULL || row == NULL || row->struct_size != sizeof *row ||
        (row->text == NULL && row->text_len != 0) || (row->gold == NULL && row->gold_count != 0)) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_add: a NULL or a struct_size that is "
                                               "not NZ_ROW_INIT's");
    }
    if (trainer->fitted) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_add: this trainer is fitted already");
    }
    return rows_add(&trainer->rows, row, err);
}

nz_status nz_trainer_note_input(nz_trainer *trainer, const char *path, nz_error *err)
{
    if (trainer == NULL || path == NULL) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_note_input: a NULL");
    }
    nz_allocator memory = memory_default();
    file_bytes file;
    NZ_TRY(file_read(&file, path, SIZE_MAX / 2, true, &memory, err));
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    trainer_input in = {arena_copy(&trainer->memory, name, strlen(name)), file.size,
                        hash_crc32c(0, file.bytes, file.size)};
    file_bytes_free(&file, &memory);
    return in.name == NULL || array_add(&trainer->inputs, &in) < 0 ? status_no_memory(err) : NZ_OK;
}

/* ---- fitting --------------------------------------------------------------------------------------- */

static bool watch_reading(void *context, double done)
{
    return trainer_tell(context, "read", NULL, done, 0, 0.0);
}

static void remark_rows(nz_trainer *t)
{
    if (t->rows.left_out != 0) {
        remarks_add(&t->remarks, "%llu rows of other splits than train and dev were left out",
                    (unsigned long long)t->rows.left_out);
    }
    if (t->rows.unlabelled != 0) {
        remarks_add(&t->remarks, "%llu rows have no label in any head and were left out",
                    (unsigned long long)t->rows.unlabelled);
    }
    uint32_t seen = 0;
    for (uint32_t i = 0; i < t->matrix.row_count; i++) {
        seen += rows_at(&t->rows, i)->dev && t->matrix.repeated[i];
    }
    if (seen != 0) {
        remarks_add(&t->remarks, "%u dev rows repeat a training comment and are not measured",
                    (unsigned)seen);
    }
}

static nz_status fit(nz_trainer *t, nz_error *err)
{
    if (rows_count(&t->rows) == 0) {
        return status_fail(err, NZ_E_DATA, "there is no labelled row; columns are called text and "
                                           "like the heads of the taxonomy (category, sentiment "
                                           "...)");
    }
    NZ_TRY(matrix_build(&t->matrix, &t->rows, t->lexicon, t->rules, t->team, watch_reading, t,
                        err));
    remark_rows(t);
    NZ_TRY(trainer_plan(t, err));
    NZ_TRY(trainer_learn(t, err));
    return trainer_judge(t, err);
}

nz_status nz_trainer_fit(nz_trainer *trainer, nz_train_callback callback, void *payload,
                         nz_error *err)
{
    if (trainer == NULL || trainer->fitted) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_fit: NULL, or fitted already");
    }
    trainer->callback = callback;
    trainer->payload = payload;
    nz_status status = fit(trainer, err);
    trainer->fitted = status == NZ_OK;
    if (status < 0) {
        forget_fit(trainer);
    }
    return status;
}

/* ---- report ------------------------------------------------------------------------------------------ */

static const trainer_head *trained_head(const nz_trainer *t, uint32_t index)
{
    for (uint32_t h = 0; t != NULL && t->fitted && h < t->taxonomy.head_count; h++) {
        if (t->heads[h].trained && index-- == 0) {
            return &t->heads[h];
        }
    }
    return NULL;
}

const nz_head_report *nz_trainer_head_report(const nz_trainer *trainer, uint32_t index)
{
    const trainer_head *head = trained_head(trainer, index);
    return head == NULL ? NULL : &head->report;
}

const nz_label_report *nz_trainer_label_report(const nz_trainer *trainer, uint32_t index,
                                               uint32_t label)
{
    const trainer_head *head = trained_head(trainer, index);
    return head == NULL || label >= head->report.label_count ? NULL : &head->labels[label];
}

const char *nz_trainer_remark(const nz_trainer *trainer, uint32_t index)
{
    return trainer == NULL ? NULL : remarks_line(&trainer->remarks, index);
}

/* ---- saving ------------------------------------------------------------------------------------------- */

typedef struct proving {
    nz_trainer *t;
    const nz_model *model;
    nz_session *session;
    nz_error *err;
} proving;

/* Probabilities of some rows of one head, from the file and from memory, text alone. */
static nz_status prove_row(const proving *p, uint32_t h, uint32_t number, uint32_t row_number,
                           const float *z)
{
    const labelled_row *r = rows_at(&p->t->rows, row_number);
    const gold_head *gold = &p->t->rows.heads[h];
    nz_comment comment = NZ_COMMENT_INIT;
    const nz_result *result;
    double expected[MODEL_MAX_LABELS];
    comment.text = r->text;
    comment.text_len = r->len;
    NZ_TRY(nz_session_classify(p->session, &comment, &result, p->err));
    if (nz_result_flags(result) & (NZ_RESULT_EMPTY | NZ_RESULT_NO_EVIDENCE)) {
        return NZ_OK;
    }
    const double *found = nz_result_probs(result, number);
    calibration_apply(&p->t->heads[h].calibration, gold->kind, gold->label_count, z,
                      p->t->matrix.language[row_number], expected);
    for (uint32_t k = 0; k < gold->label_count; k++) {
        if (!(fabs(found[k] - expected[k]) < 1e-4)) {
            return status_fail(p->err, NZ_E_INTERNAL,
                               "%s: the model in the file answers row %llu otherwise than the one "
                               "in memory; please report", gold->name,
                               (unsigned long long)r->number);
        }
    }
    return NZ_OK;
}

static nz_status prove_head(const proving *p, uint32_t h, uint32_t number)
{
    nz_trainer *t = p->t;
    const trainer_head *head = &t->heads[h];
    const trainer_group *g = &t->groups[head->group];
    nz_allocator memory = memory_default();
    uint32_t step = head->row_count / PROOF_ROWS + 1, count = 0;
    uint32_t some[PROOF_ROWS + 1];
    for (uint32_t i = 0; i < head->row_count; i += step) {
        some[count++] = head->rows[i];
    }
    size_t room = (size_t)count * g->lanes;
    float *z = memory_new(&memory, room, sizeof *z);
    nz_status status = z == NULL ? status_no_memory(p->err)
                                 : quantised_score(&g->rows, &t->matrix, &g->space, t->g, some,
                                                   count, t->team, z, p->err);
    for (uint32_t i = 0; status == NZ_OK && i < count; i++) {
        float *own = z + (size_t)i * g->lanes + head->first_lane;
        for (uint32_t k = 0; k < t->rows.heads[h].label_count; k++) {
            own[k] += g->bias[head->first_lane + k];
        }
        status = prove_row(p, h, number, some[i], own);
    }
    memory_free(&memory, z, room, sizeof *z);
    return status;
}

static nz_status prove(nz_trainer *t, const nz_model *model, nz_error *err)
{
    proving p = {t, model, NULL, err};
    NZ_TRY(nz_session_new(&p.session, model, NULL, err));
    nz_status status = NZ_OK;
    for (uint32_t h = 0; status == NZ_OK && h < t->taxonomy.head_count; h++) {
        if (t->heads[h].trained) {
            uint32_t number = nz_model_find_head(model, t->rows.heads[h].name);
            status = number == NZ_NONE ? status_fail(err, NZ_E_INTERNAL, "a head was lost")
                                       : prove_head(&p, h, number);
        }
    }
    nz_session_free(p.session);
    return status;
}

static nz_status save(nz_trainer *t, const char *path, buffer *out, nz_error *err)
{
    nz_model *model = NULL;
    NZ_TRY(trainer_write(t, out, err));
    if (out->size > t->options.max_bytes) {
        return status_fail(err, NZ_E_LIMIT, "the model has %llu bytes, over the %llu asked for; "
                                            "ask for fewer features",
                           (unsigned long long)out->size,
                           (unsigned long long)t->options.max_bytes);
    }
    NZ_TRY(nz_model_open_memory(&model, out->bytes, out->size, NULL, err));
    nz_status status = prove(t, model, err);
    nz_model_free(model);
    if (status == NZ_OK) {
        nz_allocator memory = memory_default();
        status = file_write(path, out->bytes, out->size, &memory, err);
    }
    return status;
}

nz_status nz_trainer_save(nz_trainer *trainer, const char *path, nz_error *err)
{
    if (trainer == NULL || path == NULL || !trainer->fitted) {
        return status_fail(err, NZ_E_ARGUMENT, "nz_trainer_save: NULL, or not fitted yet");
    }
    buffer out;
    buffer_init(&out, NULL, (size_t)1 << 32);
    nz_status status = save(trainer, path, &out, err);
    buffer_free(&out);
    if (status == NZ_OK) {
        nz_model *model = NULL;
        status = nz_model_open(&model, path, NULL, err);
        nz_model_free(model);
    }
    return status;
}
