/* SPDX-License-Identifier: MIT */
/* test_deadlines.c - the heap of deadlines, and the count of sources */
#include "apps/http/deadlines.h"
#include "apps/http/sources.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

#define COUNT 1000

static struct deadlines heap;
static struct deadline item[COUNT];

static void setup(void)
{
	memset(item, 0, sizeof(item));
}

static void teardown(void)
{
	deadlines_free(&heap);
}

/* A fixed sequence that looks random. */
static uint32_t next_number(void)
{
	static uint32_t x = 1;

	x = x * 1664525u + 1013904223u;

	return x >> 8;
}

static void assert_first_is_least(void)
{
	const struct deadline *first = deadlines_first(&heap);

	for (size_t i = 0; i < COUNT; i++)
		if (item[i].slot && item[i].at_us < first->at_us)
			ck_abort_msg("%zu comes before the first", i);
}

START_TEST(they_come_in_order)
{
	uint64_t last_us = 0;

	for (size_t i = 0; i < COUNT; i++)
		ck_assert_int_eq(
		        deadlines_set(&heap, &item[i], next_number() % 100), 0);
	for (size_t i = 0; i < COUNT; i++) {
		struct deadline *first = deadlines_first(&heap);

		ck_assert_uint_ge(first->at_us, last_us);
		last_us = first->at_us;
		deadlines_drop(&heap, first);
		ck_assert_uint_eq(first->slot, 0);
	}
	ck_assert_ptr_null(deadlines_first(&heap));
}
END_TEST

START_TEST(they_can_be_moved_and_dropped)
{
	for (unsigned round = 0; round < 5 * COUNT; round++) {
		struct deadline *one = &item[next_number() % COUNT];

		if (next_number() % 4 == 0)
			deadlines_drop(&heap, one);
		else
			ck_assert_int_eq(
			        deadlines_set(&heap, one, next_number()), 0);
		if (heap.count)
			assert_first_is_least();
	}
	for (size_t i = 0; i < COUNT; i++)
		deadlines_drop(&heap, &item[i]);
	ck_assert_uint_eq(heap.count, 0);
}
END_TEST

START_TEST(sources_are_counted_apart)
{
	static struct sources sources;
	struct tarn_ip ip;

	/* More addresses than buckets, so that some share one. */
	for (unsigned i = 0; i < 3 * SOURCES_BUCKETS; i++) {
		ip = tarn_ip4(10, 0, (uint8_t)(i >> 8), (uint8_t)i);
		ck_assert_int_eq(sources_enter(&sources, &ip, 2), 0);
		ck_assert_int_eq(sources_enter(&sources, &ip, 2), 0);
		ck_assert_int_eq(sources_enter(&sources, &ip, 2), -EMFILE);
	}
	ip = tarn_ip4(10, 0, 0, 5);
	sources_leave(&sources, &ip);
	ck_assert_int_eq(sources_enter(&sources, &ip, 2), 0);

	for (unsigned i = 0; i < 3 * SOURCES_BUCKETS; i++) {
		ip = tarn_ip4(10, 0, (uint8_t)(i >> 8), (uint8_t)i);
		sources_leave(&sources, &ip);
		sources_leave(&sources, &ip);
	}
	for (unsigned i = 0; i < SOURCES_BUCKETS; i++)
		ck_assert_ptr_null(sources.bucket[i]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http deadlines");
	TCase *tc = tcase_create("deadlines");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, they_come_in_order);
	tcase_add_test(tc, they_can_be_moved_and_dropped);
	tcase_add_test(tc, sources_are_counted_apart);
	tcase_set_timeout(tc, 30);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
