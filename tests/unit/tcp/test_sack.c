/* SPDX-License-Identifier: MIT */
/* test_sack.c - what a receiver tells by selective acknowledgment */
#include "tests/unit/lib/tcb.h"

static struct tcb *tcb;

static void setup(void)
{
	tcb_layer_open();
	tcb           = tcb_in(TCPS_ESTABLISHED);
	tcb->has_sack = true;
}

static void arrives(uint32_t at, uint32_t len)
{
	static const uint8_t text[1000];
	const struct tcp_hdr hdr = { .ack_bit = true };
	struct tcp_seg seg       = {
		      .hdr      = &hdr,
		      .seq      = 5001 + at,
		      .text     = text,
		      .text_len = len,
	};

	tcp_process_text(tcb, &seg);
}

static struct tcp_options told(bool has_timestamps)
{
	struct tcp_options opt = { .has_timestamps = has_timestamps };

	sack_write(tcb, &opt);

	return opt;
}

static void is_block(const struct tcp_options *opt, unsigned i, uint32_t left,
                     uint32_t right)
{
	ck_assert_uint_lt(i, opt->sack_count);
	ck_assert_uint_eq(opt->sack[i].left, 5001 + left);
	ck_assert_uint_eq(opt->sack[i].right, 5001 + right);
}

START_TEST(without_a_hole_there_is_no_block)
{
	arrives(0, 100);
	ck_assert_uint_eq(told(true).sack_count, 0);
}
END_TEST

START_TEST(first_block_is_the_one_that_changed_last)
{
	struct tcp_options opt;

	arrives(1000, 100);
	arrives(3000, 100);
	arrives(2000, 100);
	opt = told(false);
	ck_assert_uint_eq(opt.sack_count, 3);
	is_block(&opt, 0, 2000, 2100);
	is_block(&opt, 1, 3000, 3100);
	is_block(&opt, 2, 1000, 1100);
}
END_TEST

START_TEST(blocks_that_grow_together_are_told_once)
{
	struct tcp_options opt;

	arrives(1000, 100);
	arrives(1200, 100);
	arrives(1100, 100);
	opt = told(false);
	ck_assert_uint_eq(opt.sack_count, 1);
	is_block(&opt, 0, 1000, 1300);
}
END_TEST

/* RFC 2018 section 4: each block is to be told at least three times. */
START_TEST(a_block_that_grows_pushes_out_no_other)
{
	struct tcp_options opt;

	arrives(1000, 100);
	arrives(2000, 100);
	for (uint32_t at = 3000; at < 4000; at += 100)
		arrives(at, 100);
	opt = told(true);
	ck_assert_uint_eq(opt.sack_count, 3);
	is_block(&opt, 0, 3000, 4000);
	is_block(&opt, 1, 2000, 2100);
	is_block(&opt, 2, 1000, 1100);
}
END_TEST

/* A queue that has overflowed dropped every second segment. */
START_TEST(a_thousand_blocks_are_kept)
{
	for (uint32_t i = 1; i <= 1000; i++)
		arrives(i * 20, 10);
	ck_assert_uint_eq(tcb->rcv.holes_after->count, 1000);
	arrives(0, 20);
	ck_assert_uint_eq(tcb->rcv.nxt, 5001 + 30);
	ck_assert_uint_eq(tcb->rcv.holes_after->count, 999);
}
END_TEST

START_TEST(timestamps_leave_room_for_three)
{
	for (uint32_t i = 1; i <= 5; i++)
		arrives(i * 1000, 100);
	ck_assert_uint_eq(told(true).sack_count, 3);
	ck_assert_uint_eq(told(false).sack_count, 4);
}
END_TEST

START_TEST(a_duplicate_is_told_first_and_once)
{
	struct tcp_options opt;

	arrives(1000, 100);
	arrives(2000, 100);
	arrives(1000, 100);
	opt = told(true);
	is_block(&opt, 0, 1000, 1100); /* D-SACK */
	is_block(&opt, 1, 2000, 2100);
	is_block(&opt, 2, 1000, 1100);
	opt = told(true);
	is_block(&opt, 0, 2000, 2100);
}
END_TEST

START_TEST(a_filled_hole_leaves_nothing_to_tell)
{
	arrives(1000, 100);
	arrives(0, 1000);
	ck_assert_uint_eq(tcb->rcv.nxt, 5001 + 1100);
	ck_assert_ptr_null(tcb->rcv.holes_after);
	ck_assert_uint_eq(told(true).sack_count, 0);
}
END_TEST

static Suite *sack_suite(void)
{
	Suite *suite    = suite_create("sack");
	TCase *receiver = tcase_create("receiver");

	tcase_add_checked_fixture(receiver, setup, tcb_layer_close);
	tcase_add_test(receiver, without_a_hole_there_is_no_block);
	tcase_add_test(receiver, first_block_is_the_one_that_changed_last);
	tcase_add_test(receiver, blocks_that_grow_together_are_told_once);
	tcase_add_test(receiver, a_block_that_grows_pushes_out_no_other);
	tcase_add_test(receiver, a_thousand_blocks_are_kept);
	tcase_add_test(receiver, timestamps_leave_room_for_three);
	tcase_add_test(receiver, a_duplicate_is_told_first_and_once);
	tcase_add_test(receiver, a_filled_hole_leaves_nothing_to_tell);
	suite_add_tcase(suite, receiver);

	return suite;
}

TEST_MAIN(sack_suite)
