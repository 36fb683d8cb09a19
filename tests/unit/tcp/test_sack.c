/* SPDX-License-Identifier: MIT */
/* test_sack.c - both ends of selective acknowledgment */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env           = tcb_layer_open();
	tcb           = tcb_in(TCPS_ESTABLISHED);
	tcb->has_sack = true;
}

/* ---- Receiver ---- */

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

/* ---- Sender ---- */

static uint32_t read_blocks(const struct tcp_sack_block *blocks, uint8_t count)
{
	struct tcp_hdr hdr       = { .opt = { .sack_count = count } };
	const struct tcp_seg seg = { .hdr = &hdr };

	for (uint8_t i = 0; i < count; i++) {
		hdr.opt.sack[i].left  = tcb->snd.una + blocks[i].left;
		hdr.opt.sack[i].right = tcb->snd.una + blocks[i].right;
	}

	return sack_read(tcb, &seg);
}

static uint32_t read_block(uint32_t left, uint32_t right)
{
	const struct tcp_sack_block block = { left, right };

	return read_blocks(&block, 1);
}

START_TEST(blocks_in_flight_are_counted_once)
{
	tcb_sends(tcb, 10 * TCB_MSS);
	ck_assert_uint_eq(read_block(2000, 3000), 1000);
	ck_assert_uint_eq(read_block(2000, 3000), 0);
	ck_assert_uint_eq(read_block(2000, 4000), 1000);
}
END_TEST

START_TEST(edges_that_are_not_in_flight_are_ignored)
{
	static const struct tcp_sack_block bad[] = {
		{ 3000, 2000 },               /* turned round */
		{ 2000, 2000 },               /* empty */
		{ 9000, 10001 },              /* beyond SND.NXT */
		{ 0u - 1000, 1000 },          /* D-SACK, below SND.UNA */
		{ 0x80000000u, 0x80000001u }, /* half the space away */
		{ 0x7fffffffu, 0x80000001u },
		{ 1000, 0x80000000u + 1000 },
		{ 0u - 0x7fffffffu, 0u - 1 },
	};

	tcb_sends(tcb, 10 * TCB_MSS);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_uint_eq(read_blocks(&bad[i], 1), 0);
	ck_assert(!tcb->loss.sacked || tcb->loss.sacked->count == 0);
}
END_TEST

START_TEST(without_agreement_blocks_mean_nothing)
{
	tcb->has_sack = false;
	tcb_sends(tcb, 10 * TCB_MSS);
	ck_assert_uint_eq(read_block(2000, 3000), 0);
}
END_TEST

START_TEST(board_moves_with_snd_una_and_is_given_back)
{
	tcb_sends(tcb, 10 * TCB_MSS);
	read_block(2000, 3000);
	sack_advance(tcb, 2500);
	ck_assert_uint_eq(tcb->loss.sacked->at[0].end, 500);
	sack_advance(tcb, 500);
	ck_assert_ptr_null(tcb->loss.sacked);
}
END_TEST

START_TEST(more_than_two_segments_above_make_a_loss)
{
	tcb_sends(tcb, 10 * TCB_MSS);
	read_block(3000, 5000);
	ck_assert_uint_eq(sack_lost_edge(tcb), tcb->snd.una);
	read_block(3000, 5001);
	ck_assert_uint_eq(sack_lost_edge(tcb), tcb->snd.una + 3000);
}
END_TEST

START_TEST(three_separate_blocks_above_make_a_loss)
{
	tcb_sends(tcb, 10 * TCB_MSS);
	read_block(2000, 2001);
	read_block(4000, 4001);
	ck_assert_uint_eq(sack_lost_edge(tcb), tcb->snd.una);
	read_block(6000, 6001);
	ck_assert_uint_eq(sack_lost_edge(tcb), tcb->snd.una + 2000);
}
END_TEST

static Suite *sack_suite(void)
{
	Suite *suite    = suite_create("sack");
	TCase *receiver = tcase_create("receiver");
	TCase *sender   = tcase_create("sender");

	tcase_add_checked_fixture(receiver, setup, tcb_layer_close);
	tcase_add_test(receiver, without_a_hole_there_is_no_block);
	tcase_add_test(receiver, first_block_is_the_one_that_changed_last);
	tcase_add_test(receiver, blocks_that_grow_together_are_told_once);
	tcase_add_test(receiver, timestamps_leave_room_for_three);
	tcase_add_test(receiver, a_duplicate_is_told_first_and_once);
	tcase_add_test(receiver, a_filled_hole_leaves_nothing_to_tell);
	suite_add_tcase(suite, receiver);

	tcase_add_checked_fixture(sender, setup, tcb_layer_close);
	tcase_add_test(sender, blocks_in_flight_are_counted_once);
	tcase_add_test(sender, edges_that_are_not_in_flight_are_ignored);
	tcase_add_test(sender, without_agreement_blocks_mean_nothing);
	tcase_add_test(sender, board_moves_with_snd_una_and_is_given_back);
	tcase_add_test(sender, more_than_two_segments_above_make_a_loss);
	tcase_add_test(sender, three_separate_blocks_above_make_a_loss);
	suite_add_tcase(suite, sender);

	return suite;
}

TEST_MAIN(sack_suite)
