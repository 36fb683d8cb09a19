/* SPDX-License-Identifier: MIT */
/* test_seq.c - sequence number arithmetic */
#include "tests/unit/lib/test.h"
#include "wire/seq.h"

static const uint32_t bases[] = { 0,          1,          0x7fffffff,
	                          0x80000000, 0x80000001, 0xfffffffe,
	                          0xffffffff };
#define BASES (int)(sizeof(bases) / sizeof(bases[0]))

START_TEST(order_does_not_depend_on_where_the_space_begins)
{
	const uint32_t at = bases[_i];

	ck_assert(seq_lt(at, at + 1) && !seq_lt(at + 1, at));
	ck_assert(seq_lt(at, at + 0x7fffffff));
	ck_assert(!seq_lt(at, at) && seq_leq(at, at) && seq_geq(at, at));
	ck_assert(seq_gt(at + 5, at) && !seq_gt(at, at + 5));
	ck_assert(seq_leq(at, at + 5) && !seq_leq(at + 5, at));
	ck_assert(seq_geq(at + 5, at) && !seq_geq(at, at + 5));
}
END_TEST

START_TEST(numbers_half_the_space_apart_have_no_order)
{
	const uint32_t a = bases[_i];
	const uint32_t b = a + 0x80000000u;

	ck_assert(!seq_lt(a, b) && !seq_lt(b, a));
	ck_assert(!seq_leq(a, b) && !seq_leq(b, a));
	ck_assert(!seq_gt(a, b) && !seq_gt(b, a));
	ck_assert(!seq_geq(a, b) && !seq_geq(b, a));
}
END_TEST

START_TEST(in_is_half_open)
{
	const uint32_t at = bases[_i];

	ck_assert(seq_in(at, at, 1));
	ck_assert(!seq_in(at, at, 0));
	ck_assert(seq_in(at + 9, at, 10));
	ck_assert(!seq_in(at + 10, at, 10));
	ck_assert(!seq_in(at - 1, at, 10));
}
END_TEST

START_TEST(min_and_max_follow_the_order)
{
	const uint32_t at = bases[_i];

	ck_assert_uint_eq(seq_max(at, at + 7), at + 7);
	ck_assert_uint_eq(seq_max(at + 7, at), at + 7);
	ck_assert_uint_eq(seq_min(at, at + 7), at);
	ck_assert_uint_eq(seq_min(at + 7, at), at);
}
END_TEST

static Suite *seq_suite(void)
{
	Suite *suite = suite_create("seq");
	TCase *tcase = tcase_create("compare");

	tcase_add_loop_test(tcase,
	                    order_does_not_depend_on_where_the_space_begins, 0,
	                    BASES);
	tcase_add_loop_test(tcase, numbers_half_the_space_apart_have_no_order,
	                    0, BASES);
	tcase_add_loop_test(tcase, in_is_half_open, 0, BASES);
	tcase_add_loop_test(tcase, min_and_max_follow_the_order, 0, BASES);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(seq_suite)
