/* SPDX-License-Identifier: MIT */
/* test_memory.c - one hook, one budget */
#include "base/memory.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/hook.h"
#include "tests/unit/lib/test.h"
#include <string.h>

#define BUDGET 1000

static struct hook hook;
static struct memory memory;

static void setup(void)
{
	hook = (struct hook){ .refuse_from = HOOK_NEVER };
	memory_init(&memory, &(struct tarn_memory){ hook_resize, &hook },
	            BUDGET);
}

static void teardown(void)
{
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(hook.blocks, 0);
	ck_assert_uint_eq(hook.octets, 0);
}

START_TEST(what_is_taken_is_zeroed)
{
	uint8_t *block = memory_take(&memory, 100);

	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(block[i], 0);
	memory_give(&memory, block, 100);
}
END_TEST

START_TEST(the_budget_is_met_exactly)
{
	void *all = memory_take(&memory, BUDGET);

	ck_assert_ptr_nonnull(all);
	ck_assert_ptr_null(memory_take(&memory, 1));
	ck_assert_uint_eq(hook.calls, 1);
	memory_give(&memory, all, BUDGET);

	ck_assert_ptr_null(memory_take(&memory, BUDGET + 1));
	ck_assert_uint_eq(memory.used_max, BUDGET);
}
END_TEST

START_TEST(a_size_that_would_wrap_is_refused)
{
	void *one = memory_take(&memory, 1);

	ck_assert_ptr_null(memory_take(&memory, SIZE_MAX));
	ck_assert_ptr_null(memory_resize(&memory, one, 1, SIZE_MAX));
	ck_assert_uint_eq(memory.used, 1);
	memory_give(&memory, one, 1);
}
END_TEST

START_TEST(resizing_keeps_what_is_there)
{
	char *block = memory_take(&memory, 10);

	memcpy(block, "123456789", 10);
	block = memory_resize(&memory, block, 10, 900);
	ck_assert_str_eq(block, "123456789");
	ck_assert_uint_eq(memory.used, 900);

	block = memory_resize(&memory, block, 900, 10);
	ck_assert_str_eq(block, "123456789");
	ck_assert_uint_eq(memory.used, 10);
	ck_assert_uint_eq(memory.used_max, 900);
	memory_give(&memory, block, 10);
}
END_TEST

START_TEST(resizing_nothing_takes)
{
	void *block = memory_resize(&memory, NULL, 0, 10);

	ck_assert_ptr_nonnull(block);
	ck_assert_uint_eq(memory.used, 10);
	memory_give(&memory, block, 10);
}
END_TEST

START_TEST(a_refused_resize_leaves_the_block_valid)
{
	char *block = memory_take(&memory, 10);

	memcpy(block, "123456789", 10);
	ck_assert_ptr_null(memory_resize(&memory, block, 10, BUDGET + 1));
	hook.refuse_from = 0;
	ck_assert_ptr_null(memory_resize(&memory, block, 10, 20));
	ck_assert_str_eq(block, "123456789");
	ck_assert_uint_eq(memory.used, 10);
	memory_give(&memory, block, 10);
}
END_TEST

START_TEST(a_hook_that_refuses_costs_nothing)
{
	hook.refuse_from = 0;
	ck_assert_ptr_null(memory_take(&memory, 10));
	ck_assert_uint_eq(hook.calls, 1);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(memory.used_max, 0);
}
END_TEST

START_TEST(giving_nothing_is_fine)
{
	memory_give(&memory, NULL, 10);
	ck_assert_uint_eq(memory.used, 0);
}
END_TEST

static void use_libc(const struct tarn_memory *no_hook)
{
	struct memory libc;
	void *block;

	memory_init(&libc, no_hook, BUDGET);
	block = memory_take(&libc, 10);
	ck_assert_ptr_nonnull(block);
	block = memory_resize(&libc, block, 10, 20);
	ck_assert_ptr_nonnull(block);
	ck_assert_uint_eq(libc.used, 20);
	memory_give(&libc, block, 20);
	ck_assert_uint_eq(libc.used, 0);
}

START_TEST(without_a_hook_the_c_library_serves)
{
	use_libc(NULL);
	use_libc(&(struct tarn_memory){ .resize = NULL });
}
END_TEST

static void give_too_much(void *arg)
{
	int block;

	(void)arg;
	memory_give(&memory, &block, 1);
}

static void take_nothing(void *arg)
{
	(void)arg;
	memory_take(&memory, 0);
}

START_TEST(giving_more_than_was_taken_is_a_programmers_error)
{
	ck_assert(dies(give_too_much, NULL));
	ck_assert(dies(take_nothing, NULL));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/memory");
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_taken_is_zeroed);
	tcase_add_test(tc, the_budget_is_met_exactly);
	tcase_add_test(tc, a_size_that_would_wrap_is_refused);
	tcase_add_test(tc, resizing_keeps_what_is_there);
	tcase_add_test(tc, resizing_nothing_takes);
	tcase_add_test(tc, a_refused_resize_leaves_the_block_valid);
	tcase_add_test(tc, a_hook_that_refuses_costs_nothing);
	tcase_add_test(tc, giving_nothing_is_fine);
	tcase_add_test(tc, without_a_hook_the_c_library_serves);
	tcase_add_test(tc, giving_more_than_was_taken_is_a_programmers_error);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
