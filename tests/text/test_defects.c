/* test_defects.c - every defect that was reproduced in Hazm, Parsivar, DadmaTools, pyarabic,
 * CAMeL tools, AraBERT, charabia, persian-tools, persian.js, shekar and plain ICU is a
 * named test here: the text and what we must read are the row of defects.tsv. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "text/text.h"

static const char *const ids[] = {
    "hazm_url_torn", "hazm_email_torn", "hazm_version_torn", "hazm_ip_torn",
    "hazm_percent_moved", "hazm_product_split", "hazm_bidi_survives", "hazm_zwj_survives",
    "hazm_soft_hyphen_survives", "hazm_bom_survives", "hazm_thin_space_survives",
    "hazm_not_sign_half_space", "hazm_heh_hamza_differs", "hazm_heh_combining_hamza",
    "hazm_presentation_alef", "hazm_lam_alef_loses_madda", "hazm_plural_spurious_nothing",
    "hazm_repeat_two_left", "hazm_repeat_substring", "hazm_lexicon_join",
    "parsivar_presentation_noon", "parsivar_presentation_lam", "parsivar_digit_five",
    "parsivar_digit_mixed", "parsivar_shadda_survives", "parsivar_hamza_to_yeh",
    "parsivar_emoji_deleted", "parsivar_url_torn", "pyarabic_maksura_to_alef",
    "persiantools_half_space_at_end", "persiantools_half_space_before_mark",
    "persiantools_after_non_joiner", "charabia_yeh_kaf_overwritten",
    "persianjs_half_space_removed", "shekar_half_space", "camel_peh_to_beh",
    "camel_half_space_to_space", "arabert_persian_letters_to_spaces",
    "dadmatools_presentation", "icu_nfkc_half_space", "icu_isolated_mark",
    "icu_fraction_kept", "icu_digits_glued",
};
enum { ID_COUNT = sizeof ids / sizeof ids[0], ANSWER = 2048 };

static void read_text(const char *text, char answer[ANSWER])
{
    text_reader *reader = NULL;
    text_document document;
    size_t used = 0;
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    assert_int_equal(text_read(reader, text, strlen(text), true, &document, NULL), NZ_OK);
    for (uint32_t i = 0; i < document.token_count; i++) {
        const text_token *t = &document.tokens[i];
        text_word word;
        assert_int_equal(text_analyse(reader, document.text + t->begin, t->end - t->begin,
                                      (nz_token_kind)t->kind, (nz_language)t->reading, &word),
                         NZ_OK);
        int n = snprintf(answer + used, ANSWER - used, "%s%s:%s", i == 0 ? "" : " ",
                         nz_token_kind_name((nz_token_kind)t->kind), word.key);
        used += (size_t)n;
        assert_true(used < ANSWER);
    }
    text_reader_free(reader);
}

static void is_read_right(void **state)
{
    golden g;
    char answer[ANSWER] = "";
    bool found = false;
    assert_true(golden_open(&g, NZ_TEST_DIR, "text/defects.tsv"));
    while (golden_next(&g)) {
        if (strcmp(g.column[0], *state) == 0) {
            found = true;
            assert_int_equal(g.count, 3);
            read_text(g.column[1], answer);
            assert_string_equal(answer, g.column[2]);
        }
    }
    assert_true(found);
}

/* The display text is never touched: spans are those of the bytes that came in. */
static void the_text_itself_is_kept(void **state)
{
    (void)state;
    static const char text[] = "\u0639\u0627\u0644\u064a 20% \u200f\u0628\u0648\u062f";
    text_reader *reader = NULL;
    text_document document;
    assert_int_equal(text_reader_new(&reader, NULL, NULL), NZ_OK);
    assert_int_equal(text_read(reader, text, sizeof text - 1, true, &document, NULL), NZ_OK);
    assert_ptr_equal(document.text, text);
    assert_int_equal(document.token_count, 3);
    assert_int_equal(document.tokens[1].end - document.tokens[1].begin, 3);
    text_reader_free(reader);
}

int main(void)
{
    struct CMUnitTest tests[ID_COUNT + 1];
    for (size_t i = 0; i < ID_COUNT; i++) {
        tests[i] = (struct CMUnitTest){ids[i], is_read_right, NULL, NULL, (void *)(uintptr_t)ids[i]};
    }
    tests[ID_COUNT] = (struct CMUnitTest)cmocka_unit_test(the_text_itself_is_kept);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
