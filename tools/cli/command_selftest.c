/* command_selftest.c - `nazar selftest`: does this build work here, with this model?  Opening
 * a model already proves its probes; this runs texts in three languages through it and checks
 * what must hold for any model.  It judges no label.
 * Invariant: every check can fail, and says which one did. */
#include "answer.h"
#include "command.h"
#include "model_file.h"
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {
    "the app crashes every time I open it",
    /* Persian: the food was cold and came late */
    u8"\u063a\u0630\u0627 \u0633\u0631\u062f \u0628\u0648\u062f \u0648 \u062f\u06cc\u0631 "
    u8"\u0631\u0633\u06cc\u062f",
    /* Arabic: the service is excellent, thank you */
    u8"\u0627\u0644\u062e\u062f\u0645\u0629 \u0645\u0645\u062a\u0627\u0632\u0629 "
    u8"\u0634\u0643\u0631\u0627",
    "", "   ", "12345 !!!", "\xFF\xFE broken \xC3"};
enum { TEXTS = sizeof texts / sizeof texts[0] };

static bool check(bool good, const char *what, size_t text, unsigned *failures)
{
    if (!good) {
        say("selftest: text %zu: %s; this build or its model is broken, install it again",
            text + 1, what);
        (*failures)++;
    }
    return good;
}

static void check_head(const nz_model *model, const nz_result *result, uint32_t head, size_t text,
                       unsigned *failures)
{
    const double *p = nz_result_probs(result, head);
    uint32_t count = nz_model_label_count(model, head);
    double sum = 0.0;
    bool inside = p != NULL;
    for (uint32_t i = 0; inside && i < count; i++) {
        inside = p[i] >= 0.0 && p[i] <= 1.0;
        sum += p[i];
    }
    check(inside, "a probability is outside 0 to 1", text, failures);
    if (inside && nz_model_head_kind(model, head) == NZ_HEAD_SINGLE)
        check(fabs(sum - 1.0) < 1e-6, "probabilities do not add up to 1", text, failures);
}

static void check_evidence(const nz_result *result, size_t text, unsigned *failures)
{
    uint32_t count = 0;
    const nz_evidence *items = nz_result_evidence(result, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool seen = false;
        double sum = 0.0;
        for (uint32_t k = 0; k < count; k++) {
            if (items[k].head != items[i].head || items[k].label != items[i].label)
                continue;
            seen = seen || k < i;
            sum += items[k].weight;
        }
        double logit = nz_result_logit(result, items[i].head, items[i].label);
        if (!seen && !check(fabs(sum - logit) < 1e-4, "evidence does not add up", text, failures))
            return;
    }
}

static void run_text(const nz_model *model, nz_session *session, size_t text, unsigned *failures)
{
    nz_comment comment = NZ_COMMENT_INIT;
    nz_error error = NZ_ERROR_INIT;
    const nz_result *result = NULL;
    comment.text = texts[text];
    comment.text_len = strlen(texts[text]);
    comment.flags = NZ_WANT_EVIDENCE;
    if (!check(nz_session_classify(session, &comment, &result, &error) == NZ_OK,
               "it cannot be classified", text, failures))
        return;
    for (uint32_t head = 0; head < nz_model_head_count(model); head++)
        check_head(model, result, head, text, failures);
    check_evidence(result, text, failures);
    bool blank = strspn(texts[text], " ") == strlen(texts[text]);
    check(((nz_result_flags(result) & NZ_RESULT_EMPTY) != 0) == blank,
          "empty texts are not told from others", text, failures);
    check(fabs(nz_result_score(result)) <= 1.0, "the score is outside -1 to 1", text, failures);
}

static int selftest(const char *path)
{
    nz_model *model;
    nz_session *session;
    nz_error error = NZ_ERROR_INIT;
    unsigned failures = 0;
    int code = model_file_open(&model, path, NULL);
    if (code != 0)
        return code;
    if (nz_session_new(&session, model, NULL, &error) != NZ_OK) {
        say("selftest: no session can be opened: %s", error.message);
        nz_model_free(model);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < TEXTS; i++)
        run_text(model, session, i, &failures);
    nz_session_free(session);
    nz_model_free(model);
    if (failures > 0)
        return EXIT_FAILED;
    bytes words = {0};
    bytes_format(&words, "selftest passed: %d texts, nazar %s\n", (int)TEXTS, nz_version_string());
    code = print_data(&words);
    bytes_free(&words);
    return code;
}

int command_selftest(int argc, char **argv)
{
    const char *model = NULL;
    const option known[] = {
        {"model", 'm', OPTION_TEXT, &model, "model file (else the installed one)", "FILE"},
        {NULL, '\0', OPTION_FLAG, NULL, NULL, NULL}};
    command_line line = {.command = "selftest", .usage = "[OPTIONS]",
                         .about = "Check that this build and its model work together.",
                         .examples = "  nazar selftest\n"};
    int code = EXIT_USAGE;
    if (!options_parse(&line, known, argc, argv))
        code = line.exit_code;
    else if (line.arguments.count > 0)
        say("selftest takes no arguments");
    else
        code = selftest(model);
    options_free(&line);
    return code;
}
