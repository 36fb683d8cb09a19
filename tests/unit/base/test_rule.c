/* SPDX-License-Identifier: MIT */
/* test_rule.c - every rule has a name, a disaster and a source */
#include "base/bytes.h"
#include "base/rule.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

START_TEST(a_rule_gives_its_three_texts)
{
	ck_assert_str_eq(rule_name(RULE_TIME_WAIT), "time-wait");
	ck_assert_str_eq(rule_prevents(RULE_TIME_WAIT),
	                 "an old duplicate becomes data of the next "
	                 "connection");
	ck_assert_str_eq(rule_where(RULE_TIME_WAIT), "RFC 9293 3.6.1 MUST-13");
}
END_TEST

START_TEST(every_rule_is_found_by_its_name)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		const enum tarn_rule rule = (enum tarn_rule)i;

		ck_assert_int_eq(tarn_rule_find(rule_name(rule)), i);
		ck_assert_uint_gt(strlen(rule_prevents(rule)), 0);
		ck_assert_uint_gt(strlen(rule_where(rule)), 0);
	}
}
END_TEST

START_TEST(what_is_no_name_is_not_found)
{
	ck_assert_int_eq(tarn_rule_find(""), -ENOENT);
	ck_assert_int_eq(tarn_rule_find("?"), -ENOENT);
	ck_assert_int_eq(tarn_rule_find("time-wai"), -ENOENT);
	ck_assert_int_eq(tarn_rule_find("TIME_WAIT"), -ENOENT);
}
END_TEST

START_TEST(a_number_that_names_nothing_is_told_as_such)
{
	ck_assert_str_eq(rule_name(RULE_COUNT), "?");
	ck_assert_str_eq(rule_prevents((enum tarn_rule)1234), "?");
	ck_assert_str_eq(rule_where((enum tarn_rule) - 1), "?");
}
END_TEST

START_TEST(a_list_names_what_is_broken)
{
	char text[RULE_LIST_LEN];

	ck_assert_str_eq(rule_list(0, text), "");
	ck_assert_str_eq(rule_list(BIT(RULE_PERSIST), text), "persist");
	ck_assert_str_eq(
	        rule_list(BIT(RULE_PERSIST) | BIT(RULE_TIME_WAIT), text),
	        "time-wait, persist");
}
END_TEST

START_TEST(a_list_holds_all_of_them)
{
	char text[RULE_LIST_LEN];

	rule_list(UINT32_MAX, text);
	ck_assert_uint_lt(strlen(text), RULE_LIST_LEN - 1);
	ck_assert_ptr_nonnull(strstr(text, rule_name(RULE_COUNT - 1)));
}
END_TEST

/* This program is linked with the stack as everybody has it. */
START_TEST(here_every_rule_holds)
{
	static struct env env = { .config.without = UINT32_MAX };

	ck_assert(!rule_can_be_broken());
	for (int i = 0; i < RULE_COUNT; i++)
		ck_assert(rule_holds(&env, (enum tarn_rule)i));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/rule");
	TCase *tc = tcase_create("rule");

	tcase_add_test(tc, a_rule_gives_its_three_texts);
	tcase_add_test(tc, every_rule_is_found_by_its_name);
	tcase_add_test(tc, what_is_no_name_is_not_found);
	tcase_add_test(tc, a_number_that_names_nothing_is_told_as_such);
	tcase_add_test(tc, a_list_names_what_is_broken);
	tcase_add_test(tc, a_list_holds_all_of_them);
	tcase_add_test(tc, here_every_rule_holds);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
