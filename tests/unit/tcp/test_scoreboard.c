/* SPDX-License-Identifier: MIT */
/* test_scoreboard.c - what acknowledgments and SACK blocks say of the flight */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env           = tcb_layer_open();
	tcb           = tcb_in(TCPS_ESTABLISHED);
	tcb->has_sack = true;
	tcb_sends(tcb, 10 * TCB_MSS);
	env->now_us += 50000;
}

static struct ack_news read_blocks(const struct tcp_sack_block *block,
                                   uint8_t count)
{
	struct tcp_hdr hdr   = { .opt = { .sack_count = count } };
	struct tcp_seg seg   = { .hdr = &hdr, .ack = tcb->snd.una };
	struct ack_news news = { .seg = &seg };

	for (uint8_t i = 0; i < count; i++) {
		hdr.opt.sack[i].left  = TCB_ISS + 1 + block[i].left;
		hdr.opt.sack[i].right = TCB_ISS + 1 + block[i].right;
	}
	scoreboard_sacked(tcb, &news);
	news.seg = NULL;
	ck_assert_ptr_null(sent_check(&tcb->sent, UINT32_MAX));

	return news;
}

static uint32_t read_block(uint32_t left, uint32_t right)
{
	const struct tcp_sack_block block = { left, right };

	return read_blocks(&block, 1).sacked;
}

START_TEST(blocks_in_flight_are_counted_once)
{
	ck_assert_uint_eq(read_block(2000, 3000), 1000);
	ck_assert_uint_eq(read_block(2000, 3000), 0);
	ck_assert_uint_eq(read_block(2000, 4000), 1000);
	ck_assert_uint_eq(tcb->sent.sacked.octets, 2000);
	ck_assert_uint_eq(tcb->sent.sacked.segments, 2);
}
END_TEST

START_TEST(neighbours_that_are_sacked_become_one_range)
{
	const uint32_t before = tcb->sent.count;

	read_block(2000, 3000);
	read_block(4000, 5000);
	ck_assert_uint_eq(tcb->sent.count, before);
	read_block(3000, 4000);
	ck_assert_uint_eq(tcb->sent.count, before - 2);
}
END_TEST

START_TEST(edges_that_are_not_in_flight_are_ignored)
{
	static const struct tcp_sack_block bad[] = {
		{ 3000, 2000 },               /* turned round */
		{ 2000, 2000 },               /* empty */
		{ 9000, 10001 },              /* beyond SND.NXT */
		{ 0u - 1000, 1000 },          /* it begins below SND.UNA */
		{ 0u - 1000, 0 },             /* D-SACK */
		{ 0x80000000u, 0x80000001u }, /* half the space away */
		{ 0x7fffffffu, 0x80000001u },
		{ 1000, 0x80000000u + 1000 },
		{ 0u - 0x7fffffffu, 0u - 1 },
		{ 3500, 2500 }, /* turned round, edges inside of ranges */
	};
	const uint32_t count = tcb->sent.count;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_uint_eq(read_blocks(&bad[i], 1).sacked, 0);
	ck_assert_uint_eq(tcb->sent.sacked.octets, 0);
	ck_assert_uint_eq(tcb->sent.count, count);
}
END_TEST

START_TEST(without_agreement_blocks_mean_nothing)
{
	tcb->has_sack = false;
	ck_assert_uint_eq(read_block(2000, 3000), 0);
}
END_TEST

START_TEST(a_block_cuts_a_range_but_never_off_next_to_nothing)
{
	ck_assert_uint_eq(read_block(2500, 4000), 1500);
	ck_assert_uint_eq(read_block(6000, 7000 + TCP_SENT_CUT_MIN - 1), 1000);
	ck_assert_uint_eq(read_block(8001, 8002), 0);
	/* All but ten octets: the whole is not known to have arrived. */
	ck_assert_uint_eq(read_block(9010, 10000), 0);
}
END_TEST

START_TEST(blocks_are_read_in_the_order_of_numbers)
{
	/* The newest is told first; that alone is no reordering. */
	const struct tcp_sack_block block[] = { { 8000, 9000 },
		                                { 2000, 3000 },
		                                { 5000, 6000 } };

	ck_assert_uint_eq(read_blocks(block, 3).sacked, 3000);
	ck_assert_uint_eq(tcb->loss.reord_seen, 0);
	ck_assert_uint_eq(read_block(6000, 7000), 1000); /* but this one is */
	ck_assert_uint_eq(tcb->loss.reord_seen, 1);
	ck_assert_uint_eq(tcb->loss.reordering, 3);
	ck_assert_uint_eq(read_block(1000, 2000), 1000);
	ck_assert_uint_eq(tcb->loss.reordering, 8);
}
END_TEST

/* RFC2883-2 */
START_TEST(a_duplicate_below_the_ack_is_a_dsack)
{
	struct ack_news news;

	tcb_hears(tcb, 5000, NULL, 0);
	tcb->retransmits = 1;
	news = read_blocks(&(struct tcp_sack_block){ 1000, 2000 }, 1);
	ck_assert(news.has_dsack);
	ck_assert_uint_eq(news.sacked, 0);
	ck_assert_uint_eq(tcb->loss.dsack_dups, 1);
}
END_TEST

START_TEST(a_duplicate_inside_of_the_second_block_is_a_dsack)
{
	const struct tcp_sack_block block[] = { { 3000, 4000 },
		                                { 2000, 5000 } };
	const struct tcp_sack_block none[] = { { 3000, 4000 }, { 7000, 8000 } };

	tcb->retransmits = 1;
	ck_assert(read_blocks(block, 2).has_dsack);
	ck_assert(!read_blocks(none, 2).has_dsack);
}
END_TEST

START_TEST(a_first_block_that_begins_before_the_second_is_news)
{
	const struct tcp_sack_block block[] = { { 2000, 4000 },
		                                { 3000, 5000 } };
	struct ack_news news;

	tcb->retransmits = 1;
	news             = read_blocks(block, 2);
	ck_assert(!news.has_dsack);
	ck_assert_uint_eq(news.sacked, 3000);
}
END_TEST

START_TEST(a_dsack_is_neither_old_nor_turned_round)
{
	const uint32_t old = 5000 - tcb->snd.max_wnd - 1;

	tcb_hears(tcb, 5000, NULL, 0);
	tcb->retransmits = UINT32_MAX;
	ck_assert(!read_blocks(&(struct tcp_sack_block){ old, 1000 }, 1)
	                   .has_dsack);
	ck_assert(!read_blocks(&(struct tcp_sack_block){ 2000, 1000 }, 1)
	                   .has_dsack);
	ck_assert_uint_eq(tcb->loss.dsack_dups, 0);
	ck_assert(read_blocks(&(struct tcp_sack_block){ old + 1, old + 2 }, 1)
	                  .has_dsack);
}
END_TEST

START_TEST(a_dsack_of_what_was_never_sent_twice_proves_nothing)
{
	/* The network duplicates, or the peer lies. */
	tcb_hears(tcb, 5000, NULL, 0);
	ck_assert(!read_blocks(&(struct tcp_sack_block){ 1000, 2000 }, 1)
	                   .has_dsack);
	ck_assert_uint_eq(tcb->loss.dsack_dups, 1);
}
END_TEST

START_TEST(what_was_delivered_is_counted_when_it_is_first_told)
{
	tcb_hears_sack(tcb, 0, 2000, 4000);
	ck_assert_uint_eq(tcb->loss.delivered, 2);
	tcb_hears(tcb, 5000, NULL, 0);
	ck_assert_uint_eq(tcb->loss.delivered, 5);
	ck_assert_uint_eq(tcb->sent.all.octets, 5000);
	tcb_hears(tcb, 5500, NULL, 0); /* not the whole of a range */
	ck_assert_uint_eq(tcb->loss.delivered, 5);
	ck_assert_uint_eq(tcb->sent.all.octets, 4500);
}
END_TEST

START_TEST(a_thousand_forged_blocks_need_few_ranges)
{
	for (uint32_t left = 1; left < 9990; left += 7)
		read_block(left, left + 1);
	ck_assert_uint_eq(tcb->sent.count, 10);
	for (uint32_t left = 200; left < 9990; left += 300)
		read_block(left, left + 150);
	ck_assert_uint_le(tcb->sent.count, 10000 / TCP_SENT_CUT_MIN);
}
END_TEST

static Suite *scoreboard_suite(void)
{
	Suite *suite = suite_create("scoreboard");
	TCase *sack  = tcase_create("blocks");
	TCase *dsack = tcase_create("D-SACK");

	tcase_add_checked_fixture(sack, setup, tcb_layer_close);
	tcase_add_test(sack, blocks_in_flight_are_counted_once);
	tcase_add_test(sack, neighbours_that_are_sacked_become_one_range);
	tcase_add_test(sack, edges_that_are_not_in_flight_are_ignored);
	tcase_add_test(sack, without_agreement_blocks_mean_nothing);
	tcase_add_test(sack,
	               a_block_cuts_a_range_but_never_off_next_to_nothing);
	tcase_add_test(sack, blocks_are_read_in_the_order_of_numbers);
	tcase_add_test(sack,
	               what_was_delivered_is_counted_when_it_is_first_told);
	tcase_add_test(sack, a_thousand_forged_blocks_need_few_ranges);
	suite_add_tcase(suite, sack);

	tcase_add_checked_fixture(dsack, setup, tcb_layer_close);
	tcase_add_test(dsack, a_duplicate_below_the_ack_is_a_dsack);
	tcase_add_test(dsack,
	               a_duplicate_inside_of_the_second_block_is_a_dsack);
	tcase_add_test(dsack,
	               a_dsack_of_what_was_never_sent_twice_proves_nothing);
	tcase_add_test(dsack,
	               a_first_block_that_begins_before_the_second_is_news);
	tcase_add_test(dsack, a_dsack_is_neither_old_nor_turned_round);
	suite_add_tcase(suite, dsack);

	return suite;
}

TEST_MAIN(scoreboard_suite)
