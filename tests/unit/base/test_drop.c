/* SPDX-License-Identifier: MIT */
/* test_drop.c - every reason has a symbol, a sentence and a source */
#include "base/drop.h"
#include "tests/unit/lib/test.h"
#include <string.h>

START_TEST(a_reason_gives_its_three_texts)
{
	ck_assert_str_eq(drop_symbol(DROP_TCP_CHECKSUM), "TCP_CHECKSUM");
	ck_assert_str_eq(drop_sentence(DROP_TCP_CHECKSUM),
	                 "TCP checksum is wrong");
	ck_assert_str_eq(drop_where(DROP_TCP_CHECKSUM), "RFC 9293 3.1 MUST-3");
}
END_TEST

START_TEST(no_text_of_any_reason_is_missing)
{
	for (unsigned i = 1; i < DROP_COUNT; i++) {
		ck_assert_uint_gt(strlen(drop_symbol((enum drop)i)), 0);
		ck_assert_uint_gt(strlen(drop_sentence((enum drop)i)), 0);
		ck_assert_uint_gt(strlen(drop_where((enum drop)i)), 0);
	}
}
END_TEST

/* Tests and transcripts tell reasons apart by them. */
START_TEST(no_two_reasons_share_symbol_or_sentence)
{
	for (unsigned i = 0; i < DROP_COUNT; i++) {
		const enum drop one = (enum drop)i;

		for (unsigned j = i + 1; j < DROP_COUNT; j++) {
			const enum drop two = (enum drop)j;

			ck_assert_str_ne(drop_symbol(one), drop_symbol(two));
			ck_assert_str_ne(drop_sentence(one),
			                 drop_sentence(two));
		}
	}
}
END_TEST

START_TEST(no_reason_is_called_none)
{
	ck_assert_str_eq(drop_symbol(DROP_NONE), "NONE");
	ck_assert_int_eq(DROP_NONE, 0);
}
END_TEST

START_TEST(a_number_that_names_nothing_is_told_as_such)
{
	ck_assert_str_eq(drop_symbol(DROP_COUNT), "?");
	ck_assert_str_eq(drop_sentence((enum drop)12345), "?");
	ck_assert_str_eq(drop_where((enum drop) - 1), "?");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/drop");
	TCase *tc = tcase_create("drop");

	tcase_add_test(tc, a_reason_gives_its_three_texts);
	tcase_add_test(tc, no_text_of_any_reason_is_missing);
	tcase_add_test(tc, no_two_reasons_share_symbol_or_sentence);
	tcase_add_test(tc, no_reason_is_called_none);
	tcase_add_test(tc, a_number_that_names_nothing_is_told_as_such);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
