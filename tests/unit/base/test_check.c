/* SPDX-License-Identifier: MIT */
/* test_check.c - CHECK() stops a process, and only when it must */
#include "base/check.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/test.h"

static void check_of(void *arg)
{
	const int *value = arg;

	CHECK(*value == 1);
}

START_TEST(a_condition_that_fails_stops_the_process)
{
	int value = 2;

	ck_assert(dies(check_of, &value));
}
END_TEST

START_TEST(a_condition_that_holds_goes_on)
{
	int value = 1;

	ck_assert(!dies(check_of, &value));
}
END_TEST

START_TEST(the_condition_is_evaluated_once)
{
	int count = 0;

	CHECK(++count);
	ck_assert_int_eq(count, 1);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/check");
	TCase *tc = tcase_create("CHECK");

	tcase_add_test(tc, a_condition_that_fails_stops_the_process);
	tcase_add_test(tc, a_condition_that_holds_goes_on);
	tcase_add_test(tc, the_condition_is_evaluated_once);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
