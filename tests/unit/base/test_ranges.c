/* SPDX-License-Identifier: MIT */
/* test_ranges.c - the range set against one flag for each offset */
#include "base/bytes.h"
#include "base/random.h"
#include "base/ranges.h"
#include "tests/unit/lib/test.h"

#define SPACE 400u
#define ROOM  64u

static struct ranges *ranges;
static struct random chance;
static bool model[SPACE];
static uint32_t refusals; /* of adds to a full set */

static void setup(void)
{
	ranges       = calloc(1, ranges_octets(ROOM));
	ranges->size = ROOM;
	memset(model, 0, sizeof(model));
	random_init(&chance, (uint64_t[]){ 31, 32 });
}

static void teardown(void)
{
	free(ranges);
}

static uint32_t below(uint32_t bound)
{
	return random_below(&chance, bound);
}

/* How many of [start, end) the model has. */
static uint32_t held(uint32_t start, uint32_t end)
{
	uint32_t count = 0;

	for (uint32_t i = start; i < end; i++)
		count += model[i];

	return count;
}

/* How many ranges the model would need. */
static uint32_t runs(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < SPACE; i++)
		count += model[i] && (i == 0 || !model[i - 1]);

	return count;
}

static void check_form(void)
{
	EXPECT_EQ(ranges->count <= ROOM, true);
	for (uint32_t i = 0; i < ranges->count; i++) {
		const struct range at = ranges->at[i];

		EXPECT_EQ(at.start < at.end, true);
		EXPECT_EQ(i == 0 || ranges->at[i - 1].end < at.start, true);
		EXPECT_EQ(held(at.start, at.end), at.end - at.start);
	}
	EXPECT_EQ(ranges->count, runs());
	EXPECT_EQ(ranges_total(ranges), held(0, SPACE));
}

static void check_gap(uint32_t from, uint32_t end)
{
	struct range gap   = { 1, 0 };
	const bool has_gap = ranges_gap(ranges, from, end, &gap);
	uint32_t start     = from, behind;

	while (start < end && model[start])
		start++;
	for (behind = start; behind < end && !model[behind];)
		behind++;
	EXPECT_EQ(has_gap, start < end);
	EXPECT_EQ(gap.start, start < end ? start : 1);
	EXPECT_EQ(gap.end, start < end ? behind : 0);
}

static void check_around(uint32_t offset)
{
	struct range range   = { 1, 0 };
	const bool is_inside = ranges_around(ranges, offset, &range);

	EXPECT_EQ(is_inside, model[offset]);
	if (!is_inside)
		return;
	EXPECT_EQ(range.start <= offset && offset < range.end, true);
	EXPECT_EQ(held(range.start, range.end), range.end - range.start);
	EXPECT_EQ(range.start == 0 || !model[range.start - 1], true);
	EXPECT_EQ(range.end == SPACE || !model[range.end], true);
}

static void check_questions(void)
{
	const uint32_t start = below(SPACE), end = below(SPACE + 1);
	const uint32_t span = end > start ? end - start : 0;

	EXPECT_EQ(ranges_overlap(ranges, start, end), held(start, end) > 0);
	EXPECT_EQ(ranges_contain(ranges, start, end), held(start, end) == span);
	check_gap(start, end);
	check_around(start);
}

static void add(uint32_t start, uint32_t end)
{
	struct range before[ROOM];
	const uint32_t count = ranges->count;
	bool undo[SPACE];

	memcpy(undo, model, sizeof(model));
	memcpy(before, ranges->at, sizeof(before));
	for (uint32_t i = start; i < end; i++)
		model[i] = true;
	if (ranges_add(ranges, start, end))
		return;

	refusals++;
	ck_assert_uint_gt(runs(), ROOM);
	memcpy(model, undo, sizeof(model));
	ck_assert_uint_eq(ranges->count, count);
	ck_assert_mem_eq(ranges->at, before, sizeof(before));
}

static void shift(uint32_t by)
{
	ranges_shift(ranges, by);
	memmove(model, model + by, (SPACE - by) * sizeof(model[0]));
	memset(model + SPACE - by, 0, by * sizeof(model[0]));
}

/* Mostly short ranges: the set gets full, is cut off in front, fills again. */
START_TEST(random_operations_equal_the_model)
{
	refusals = 0;
	for (int round = 0; round < 30000; round++) {
		const uint32_t start = below(SPACE);
		const uint32_t span  = below(below(100) ? 3 : 50);

		add(start, MIN(SPACE, start + span));
		if (below(50) == 0)
			shift(below(below(10) ? 20 : SPACE));
		check_form();
		check_questions();
	}
	ck_assert_uint_gt(refusals, 100);
}
END_TEST

START_TEST(touching_ranges_become_one)
{
	ck_assert(ranges_add(ranges, 10, 20));
	ck_assert(ranges_add(ranges, 30, 40));
	ck_assert_uint_eq(ranges->count, 2);
	ck_assert(ranges_add(ranges, 20, 30));
	ck_assert_uint_eq(ranges->count, 1);
	ck_assert_uint_eq(ranges->at[0].start, 10);
	ck_assert_uint_eq(ranges->at[0].end, 40);
}
END_TEST

START_TEST(an_empty_range_adds_nothing)
{
	ck_assert(ranges_add(ranges, 10, 10));
	ck_assert(ranges_add(ranges, 10, 5));
	ck_assert_uint_eq(ranges->count, 0);
	ck_assert(ranges_contain(ranges, 10, 10));
	ck_assert(!ranges_overlap(ranges, 10, 10));
}
END_TEST

START_TEST(a_full_set_refuses_only_what_would_need_one_more)
{
	for (uint32_t i = 0; i < ROOM; i++)
		ck_assert(ranges_add(ranges, 4 * i + 2, 4 * i + 4));
	ck_assert(!ranges_add(ranges, 0, 1));
	ck_assert(!ranges_add(ranges, 1000, 1001));
	ck_assert_uint_eq(ranges->count, ROOM);

	ck_assert(ranges_add(ranges, 0, 2)); /* touches the first */
	ck_assert(ranges_add(ranges, 4, 6)); /* joins two */
	ck_assert_uint_eq(ranges->count, ROOM - 1);
	ck_assert(ranges_add(ranges, 1000, 1001));
	ck_assert(ranges_add(ranges, 0, 2000)); /* swallows all */
	ck_assert_uint_eq(ranges->count, 1);
}
END_TEST

START_TEST(the_last_offsets_are_ordinary_ones)
{
	struct range gap;

	ck_assert(ranges_add(ranges, UINT32_MAX - 1, UINT32_MAX));
	ck_assert(ranges_add(ranges, 0, 1));
	ck_assert_uint_eq(ranges->count, 2);
	ck_assert(ranges_gap(ranges, 0, UINT32_MAX, &gap));
	ck_assert_uint_eq(gap.start, 1);
	ck_assert_uint_eq(gap.end, UINT32_MAX - 1);
	ranges_shift(ranges, UINT32_MAX - 1);
	ck_assert_uint_eq(ranges->count, 1);
	ck_assert(ranges_contain(ranges, 0, 1));
	ranges_shift(ranges, UINT32_MAX);
	ck_assert_uint_eq(ranges->count, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/ranges");
	TCase *tc = tcase_create("ranges");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, random_operations_equal_the_model);
	tcase_add_test(tc, touching_ranges_become_one);
	tcase_add_test(tc, an_empty_range_adds_nothing);
	tcase_add_test(tc, a_full_set_refuses_only_what_would_need_one_more);
	tcase_add_test(tc, the_last_offsets_are_ordinary_ones);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
