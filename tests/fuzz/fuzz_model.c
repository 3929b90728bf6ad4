/* fuzz_model.c - any bytes as a model: refused, or it answers without leaving its bounds.
 *
 * A fuzzer does not guess checksums.  So the first byte chooses: 0 takes the rest of the input
 * as the file; 1 takes it as changes { u16 place, u8 byte } to the fields of a small valid
 * model (everything before the rows), 2 as changes anywhere in it, both with new checksums. */
#include <stddef.h>
#include <stdint.h>

#include "model/tiny_content.h"
#include "predict/small_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void classify_with(nz_model *model)
{
    static const char *const texts[] = {
        "the app crashes, not good but the support is great", "zebra",
        "\xd8\xb9\xd8\xa7\xd9\x84\xdb\x8c \xd8\xa8\xd9\x88\xd8\xaf!"};
    nz_session *session = NULL;
    if (nz_session_new(&session, model, NULL, NULL) < 0) {
        return;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        nz_comment c = NZ_COMMENT_INIT;
        const nz_result *r = NULL;
        c.text = texts[i];
        c.text_len = strlen(texts[i]);
        c.flags = NZ_WANT_EVIDENCE | NZ_WANT_CLAUSES;
        c.rating = (double)i;
        c.rating_max = 5.0;
        c.channel = (uint32_t)i;
        if (nz_session_classify(session, &c, &r, NULL) < 0) {
            continue;
        }
        for (uint32_t h = 0; h < nz_model_head_count(model); h++) {
            double p;
            uint32_t label = nz_result_label(r, h, &p);
            small_require(label == NZ_NONE || label < nz_model_label_count(model, h));
        }
    }
    nz_session_free(session);
}

static void open_and_use(const uint8_t *data, size_t size)
{
    nz_model *model = NULL;
    nz_error err = NZ_ERROR_INIT;
    nz_status status = nz_model_open_memory(&model, data, size, NULL, &err);
    small_require((status < 0) == (model == NULL));
    small_require(status >= 0 || err.message[0] != '\0');
    if (model != NULL) {
        classify_with(model);
        nz_model_free(model);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static small_model small; /* made once, kept to the end */
    static unsigned char *copy;
    if (copy == NULL) {
        small_model_make(&small, 9);
        copy = malloc(small.bytes.size);
        small_require(copy != NULL);
    }
    if (size == 0) {
        return 0;
    }
    if (data[0] == 0) {
        open_and_use(data + 1, size - 1);
        return 0;
    }
    memcpy(copy, small.bytes.bytes, small.bytes.size);
    unsigned char *rows = tiny_section(copy, small.bytes.size, "PILT");
    size_t reach = data[0] == 1 ? (size_t)(rows - copy) : small.bytes.size;
    for (size_t i = 1; i + 3 <= size; i += 3) {
        copy[load_le16(data + i) % reach] = data[i + 2];
    }
    tiny_reseal(copy, small.bytes.size);
    open_and_use(copy, small.bytes.size);
    return 0;
}
