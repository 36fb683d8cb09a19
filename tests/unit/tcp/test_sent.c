/* SPDX-License-Identifier: MIT */
/* test_sent.c - the table of what was sent when */
#include "tests/unit/tcp/sent_table.h"

static bool cut(uint32_t at)
{
	const bool was_cut = sent_cut(&sent, &memory, BASE + at);

	holds();

	return was_cut;
}

static void mark(uint32_t i, uint8_t flags)
{
	sent_mark(&sent, i, flags);
	holds();
}

static void is_range(uint32_t i, uint32_t start, uint32_t end, uint8_t flags)
{
	const struct sent_range *range = sent_at(&sent, i);

	ck_assert_uint_lt(i, sent.count);
	ck_assert_uint_eq(range->start, BASE + start);
	ck_assert_uint_eq(range->end, BASE + end);
	ck_assert_uint_eq(range->flags, flags);
}

/* ---- A queue ---- */

START_TEST(one_frame_needs_no_memory)
{
	sends_frames(1);
	ck_assert_uint_eq(hook.calls, 0);
	is_range(0, 0, FRAME, 0);
	sent_advance(&sent, nxt);
	ck_assert_uint_eq(sent.count, 0);
	ck_assert_uint_eq(sent.all.octets, 0);
	sends_frames(1);
	ck_assert_uint_eq(hook.calls, 0);
}
END_TEST

START_TEST(each_frame_is_a_range_with_its_time)
{
	sends_frames(100);
	ck_assert_uint_eq(sent.count, 100);
	ck_assert_uint_eq(sent.all.segments, 100);
	for (uint32_t i = 0; i < 100; i++) {
		is_range(i, i * FRAME, (i + 1) * FRAME, 0);
		ck_assert_uint_eq(sent_at(&sent, i)->sent_us, i);
	}
}
END_TEST

START_TEST(acknowledgments_take_ranges_off_and_trim_the_first)
{
	sends_frames(10);
	sent_advance(&sent, BASE + 3 * FRAME);
	holds();
	ck_assert_uint_eq(sent.count, 7);
	sent_advance(&sent, BASE + 3 * FRAME + 400);
	holds();
	is_range(0, 3 * FRAME + 400, 4 * FRAME, 0);
	ck_assert_uint_eq(sent.all.octets, 6600);
	ck_assert_uint_eq(sent.all.segments, 7);
	sent_advance(&sent, BASE); /* backwards: nothing */
	holds();
	ck_assert_uint_eq(sent.count, 7);
}
END_TEST

START_TEST(the_circle_goes_round_without_growing)
{
	uint32_t una = BASE;

	sends_frames(10);
	for (uint32_t i = 0; i < 10000; i++) {
		sent_advance(&sent, una += FRAME);
		sends(FRAME, i);
	}
	ck_assert_uint_eq(sent.size, 16);
	ck_assert_uint_eq(sent.count, 10);
}
END_TEST

/* ---- The middle ---- */

START_TEST(every_number_is_found_and_no_other)
{
	sends_frames(20);
	for (uint32_t at = 0; at < 20 * FRAME; at += 100)
		ck_assert_uint_eq(sent_find(&sent, BASE + at), at / FRAME);
	ck_assert_uint_eq(sent_find(&sent, BASE - 1), 20);
	ck_assert_uint_eq(sent_find(&sent, nxt), 20);
	sent_advance(&sent, nxt);
	ck_assert_uint_eq(sent_find(&sent, nxt), 0);
}
END_TEST

START_TEST(a_cut_makes_two_of_one)
{
	sends_frames(4);
	ck_assert(cut(1400));
	ck_assert_uint_eq(sent.count, 5);
	is_range(1, 1000, 1400, 0);
	is_range(2, 1400, 2000, 0);
	ck_assert_uint_eq(sent_at(&sent, 2)->sent_us, 1);
	ck_assert(cut(1400)); /* it is there already */
	ck_assert(cut(2000));
	ck_assert(cut(4000));
	ck_assert_uint_eq(sent.count, 5);
	ck_assert(cut(3500));
	is_range(4, 3000, 3500, 0);
}
END_TEST

START_TEST(sums_follow_the_marks)
{
	sends_frames(6);
	mark(1, SENT_SACKED);
	mark(2, SENT_LOST);
	mark(3, SENT_LOST);
	ck_assert_uint_eq(sent.sacked.octets, 1000);
	ck_assert_uint_eq(sent.lost.octets, 2000);
	ck_assert_uint_eq(sent.owed.segments, 2);
	sent_resend(&sent, &memory, BASE + 2000, BASE + 3000, 99);
	holds();
	is_range(2, 2000, 3000, SENT_LOST | SENT_AGAIN | SENT_TWICE);
	ck_assert_uint_eq(sent_at(&sent, 2)->sent_us, 99);
	ck_assert_uint_eq(sent.again.octets, 1000);
	ck_assert_uint_eq(sent.owed.octets, 1000);
	sent_advance(&sent, BASE + 2500);
	holds();
	ck_assert_uint_eq(sent.again.octets, 500);
	ck_assert_uint_eq(sent.lost.octets, 1500);
	ck_assert_uint_eq(sent.sacked.octets, 0);
}
END_TEST

START_TEST(what_leaves_again_in_one_frame_is_one_range)
{
	sends_frames(4);
	for (uint32_t i = 0; i < 4; i++)
		mark(i, SENT_LOST);
	sent_resend(&sent, &memory, BASE, BASE + 1500, 99);
	holds();
	ck_assert_uint_eq(sent.count, 4);
	is_range(0, 0, 1500, SENT_LOST | SENT_AGAIN | SENT_TWICE);
	is_range(1, 1500, 2000, SENT_LOST);
	ck_assert_uint_eq(sent.again.segments, 1);
	ck_assert_uint_eq(sent.owed.octets, 2500);
}
END_TEST

START_TEST(without_room_more_counts_as_sent_again)
{
	hook.refuse_from = 0;
	sends(FRAME, 1);
	mark(0, SENT_LOST);
	sent_resend(&sent, &memory, BASE, BASE + 400, 99);
	holds();
	is_range(0, 0, 1000, SENT_LOST | SENT_AGAIN | SENT_TWICE);
}
END_TEST

START_TEST(sacked_neighbours_join_and_no_others)
{
	sends_frames(6);
	mark(2, SENT_SACKED);
	ck_assert(!sent_join(&sent, 2));
	ck_assert(!sent_join(&sent, 1));
	mark(3, SENT_SACKED | SENT_TWICE);
	ck_assert(sent_join(&sent, 2));
	holds();
	is_range(2, 2000, 4000, SENT_SACKED | SENT_TWICE);
	ck_assert_uint_eq(sent_at(&sent, 2)->segments, 2);
	mark(3, SENT_SACKED);
	ck_assert(!sent_join(&sent, 4)); /* there is no next one */
	ck_assert(sent_join(&sent, 2) && !sent_join(&sent, 2));
	holds();
	ck_assert_uint_eq(sent.count, 4);
}
END_TEST

START_TEST(a_cut_shares_the_segments)
{
	sends_frames(6);
	for (uint32_t i = 0; i < 6; i++)
		mark(i, SENT_SACKED);
	while (sent_join(&sent, 0))
		;
	ck_assert_uint_eq(sent.count, 1);
	cut(2000);
	ck_assert_uint_eq(sent_at(&sent, 0)->segments, 2);
	ck_assert_uint_eq(sent_at(&sent, 1)->segments, 4);
	sent_advance(&sent, BASE + 4000);
	holds();
	ck_assert_uint_eq(sent_at(&sent, 0)->segments, 2);
}
END_TEST

/* ---- Full, or without memory ---- */

START_TEST(without_memory_all_frames_are_one_range)
{
	hook.refuse_from = 0;
	for (uint32_t i = 0; i < 50; i++)
		sends(FRAME, 10 + i);
	ck_assert_uint_eq(sent.count, 1);
	is_range(0, 0, 50 * FRAME, 0);
	ck_assert_uint_eq(sent_at(&sent, 0)->sent_us, 59); /* the youngest's */
	ck_assert_uint_eq(sent_at(&sent, 0)->segments, 50);
	ck_assert(!cut(1000));
	sent_advance(&sent, BASE + 500);
	holds();
	hook.refuse_from = HOOK_NEVER; /* and there is some again */
	sends(FRAME, 100);
	ck_assert_uint_eq(sent.count, 2);
}
END_TEST

START_TEST(what_is_lost_or_sacked_is_forgotten_when_joined_with_the_rest)
{
	hook.refuse_from = 0;
	sends(FRAME, 1);
	mark(0, SENT_SACKED);
	sends(FRAME, 2);
	is_range(0, 0, 2 * FRAME, 0);
	mark(0, SENT_LOST | SENT_AGAIN | SENT_TWICE);
	sends(FRAME, 3);
	is_range(0, 0, 3 * FRAME, SENT_TWICE);
}
END_TEST

START_TEST(refused_growth_loses_no_octet)
{
	hook.refuse_from = 1; /* sixteen, and no more */
	for (uint32_t i = 0; i < 1000; i++)
		sends(FRAME, i);
	ck_assert_uint_le(sent.count, 16);
	ck_assert_uint_ge(sent.count, 8);
	ck_assert_uint_eq(sent.all.octets, 1000 * FRAME);
	ck_assert_uint_eq(sent.all.segments, 1000);
}
END_TEST

START_TEST(a_full_table_is_halved)
{
	for (uint32_t i = 0; i < TCP_SENT_RANGES_MAX; i++)
		sent_append(&sent, &memory, BASE + i, BASE + i + 1, 1, i);
	holds();
	ck_assert_uint_eq(sent.count, TCP_SENT_RANGES_MAX);
	nxt = BASE + TCP_SENT_RANGES_MAX;
	sends(1, TCP_SENT_RANGES_MAX);
	ck_assert_uint_eq(sent.size, TCP_SENT_RANGES_MAX);
	ck_assert_uint_eq(sent.count, TCP_SENT_RANGES_MAX / 2 + 1);
	is_range(0, 0, 2, 0);
	ck_assert_uint_eq(sent_at(&sent, 0)->sent_us, 1);
}
END_TEST

START_TEST(a_full_table_of_unlike_neighbours_says_no)
{
	for (uint32_t i = 0; i < TCP_SENT_RANGES_MAX; i++)
		sent_append(&sent, &memory, BASE + 10 * i, BASE + 10 * i + 10,
		            1, i);
	for (uint32_t i = 0; i < TCP_SENT_RANGES_MAX; i += 2)
		sent_mark(&sent, i, SENT_SACKED);
	nxt = BASE + 10 * TCP_SENT_RANGES_MAX;
	ck_assert(!cut(5));
	ck_assert(sent.is_stuck);
	sends(10, 5);
	ck_assert_uint_eq(sent.count, TCP_SENT_RANGES_MAX);
	sent_advance(&sent, BASE + 20);
	ck_assert(cut(25)); /* there is room again */
}
END_TEST

static Suite *sent_suite(void)
{
	Suite *suite  = suite_create("sent");
	TCase *queue  = tcase_create("queue");
	TCase *middle = tcase_create("middle");
	TCase *full   = tcase_create("full");

	tcase_add_checked_fixture(queue, setup, teardown);
	tcase_add_test(queue, one_frame_needs_no_memory);
	tcase_add_test(queue, each_frame_is_a_range_with_its_time);
	tcase_add_test(queue,
	               acknowledgments_take_ranges_off_and_trim_the_first);
	tcase_add_test(queue, the_circle_goes_round_without_growing);
	suite_add_tcase(suite, queue);

	tcase_add_checked_fixture(middle, setup, teardown);
	tcase_add_test(middle, every_number_is_found_and_no_other);
	tcase_add_test(middle, a_cut_makes_two_of_one);
	tcase_add_test(middle, sums_follow_the_marks);
	tcase_add_test(middle, what_leaves_again_in_one_frame_is_one_range);
	tcase_add_test(middle, without_room_more_counts_as_sent_again);
	tcase_add_test(middle, sacked_neighbours_join_and_no_others);
	tcase_add_test(middle, a_cut_shares_the_segments);
	suite_add_tcase(suite, middle);

	tcase_add_checked_fixture(full, setup, teardown);
	tcase_add_test(full, without_memory_all_frames_are_one_range);
	tcase_add_test(
	        full,
	        what_is_lost_or_sacked_is_forgotten_when_joined_with_the_rest);
	tcase_add_test(full, refused_growth_loses_no_octet);
	tcase_add_test(full, a_full_table_is_halved);
	tcase_add_test(full, a_full_table_of_unlike_neighbours_says_no);
	suite_add_tcase(suite, full);

	return suite;
}

TEST_MAIN(sent_suite)
