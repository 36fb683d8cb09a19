/* SPDX-License-Identifier: MIT */
/* test_why.c - every reason has a symbol, a sentence and a source */
#include "base/why.h"
#include "tests/unit/lib/test.h"
#include <string.h>

START_TEST(a_reason_gives_its_three_texts)
{
	ck_assert_str_eq(why_symbol(WHY_ACK_DELAYED), "ACK_DELAYED");
	ck_assert_str_eq(why_sentence(WHY_ACK_DELAYED),
	                 "the delayed acknowledgment is due");
	ck_assert_str_eq(why_where(WHY_ACK_DELAYED),
	                 "RFC 9293 3.8.6.3 MUST-40");
}
END_TEST

START_TEST(no_text_of_any_reason_is_missing)
{
	for (unsigned i = 1; i < WHY_COUNT; i++) {
		ck_assert_uint_gt(strlen(why_symbol((enum why)i)), 0);
		ck_assert_uint_gt(strlen(why_sentence((enum why)i)), 0);
		ck_assert_uint_gt(strlen(why_where((enum why)i)), 0);
	}
}
END_TEST

/* Tests and transcripts tell reasons apart by them. */
START_TEST(no_two_reasons_share_symbol_or_sentence)
{
	for (unsigned i = 0; i < WHY_COUNT; i++) {
		const enum why one = (enum why)i;

		for (unsigned j = i + 1; j < WHY_COUNT; j++) {
			const enum why two = (enum why)j;

			ck_assert_str_ne(why_symbol(one), why_symbol(two));
			ck_assert_str_ne(why_sentence(one), why_sentence(two));
		}
	}
}
END_TEST

START_TEST(no_reason_is_called_none)
{
	ck_assert_str_eq(why_symbol(WHY_NONE), "NONE");
	ck_assert_int_eq(WHY_NONE, 0);
}
END_TEST

START_TEST(a_number_that_names_nothing_is_told_as_such)
{
	ck_assert_str_eq(why_symbol(WHY_COUNT), "?");
	ck_assert_str_eq(why_sentence((enum why)12345), "?");
	ck_assert_str_eq(why_where((enum why) - 1), "?");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/why");
	TCase *tc = tcase_create("why");

	tcase_add_test(tc, a_reason_gives_its_three_texts);
	tcase_add_test(tc, no_text_of_any_reason_is_missing);
	tcase_add_test(tc, no_two_reasons_share_symbol_or_sentence);
	tcase_add_test(tc, no_reason_is_called_none);
	tcase_add_test(tc, a_number_that_names_nothing_is_told_as_such);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
