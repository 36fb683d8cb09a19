/* SPDX-License-Identifier: MIT */
/* test_recovery.c - what counts as lost, what is in the network */
#include "tests/unit/lib/tcb.h"

static struct tcb *tcb;

static void setup(void)
{
	/* Reno: half of ten is seen at a glance. */
	tcb_layer_open()->config.congestion = "reno";
	tcb = tcb_in(TCPS_ESTABLISHED);
	tcb_sends(tcb, 10 * TCB_MSS);
}

static void sacks(uint32_t left, uint32_t right)
{
	const struct tcp_hdr hdr = {
		.opt = { .sack_count = 1,
		         .sack       = { { tcb->snd.una + left,
		                           tcb->snd.una + right } } },
	};
	const struct tcp_seg seg = { .hdr = &hdr };

	recovery_duplicate(tcb, sack_read(tcb, &seg));
}

static void acks(uint32_t len)
{
	ring_consume(&tcb->snd.ring, len);
	tcb->snd.una += len;
	sack_advance(tcb, len);
	recovery_advance(tcb, len);
}

static uint32_t next_hole(void)
{
	uint32_t seq, len;

	ck_assert(recovery_next(tcb, &seq, &len));
	tcb->loss.rtx_next = seq + len;
	tcb->loss.rtx_now  = 0;

	return seq - tcb->snd.una;
}

static bool has_hole(void)
{
	uint32_t seq, len;

	return recovery_next(tcb, &seq, &len);
}

START_TEST(two_duplicates_are_no_loss)
{
	recovery_duplicate(tcb, 0);
	recovery_duplicate(tcb, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
	ck_assert_uint_eq(recovery_pipe(tcb), 8 * TCB_MSS);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(third_duplicate_halves_and_sends_the_first_again)
{
	for (int i = 0; i < 3; i++)
		recovery_duplicate(tcb, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->loss.recover, tcb->snd.nxt);
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(partial_ack_without_sack_shows_the_next_hole)
{
	for (int i = 0; i < 3; i++)
		recovery_duplicate(tcb, 0);
	next_hole();
	acks(4 * TCB_MSS);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert_uint_eq(next_hole(), 0);
}
END_TEST

START_TEST(recovery_ends_when_all_of_the_old_flight_is_acknowledged)
{
	for (int i = 0; i < 3; i++)
		recovery_duplicate(tcb, 0);
	next_hole();
	acks(9 * TCB_MSS);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	acks(TCB_MSS);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
	ck_assert_uint_le(tcb->cc.cwnd, tcb->cc.ssthresh);
	ck_assert_uint_eq(tcb->loss.gone, 0);
}
END_TEST

START_TEST(duplicates_of_an_old_loss_start_nothing_new)
{
	recovery_timeout(tcb);
	acks(10 * TCB_MSS); /* recover is reached, not passed */
	tcb_sends(tcb, 5 * TCB_MSS);
	for (int i = 0; i < 5; i++)
		recovery_duplicate(tcb, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
}
END_TEST

START_TEST(sack_finds_every_hole_and_nothing_else)
{
	tcb->has_sack = true;
	sacks(1000, 3000);
	sacks(4000, 6000);
	sacks(7000, 10000);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert_uint_eq(next_hole(), 3000);
	ck_assert_uint_eq(next_hole(), 6000);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(pipe_is_what_is_neither_sacked_nor_lost)
{
	tcb->has_sack = true;
	sacks(1000, 5000);
	/* 10 sent, 4 SACKed, 1 lost and not yet sent again: 5 in the network */
	ck_assert_uint_eq(recovery_pipe(tcb), 5 * TCB_MSS);
	next_hole();
	ck_assert_uint_eq(recovery_pipe(tcb), 6 * TCB_MSS);
}
END_TEST

START_TEST(cwnd_bounds_what_is_sent_again_after_the_first)
{
	unsigned sent_again = 0;

	/* Seven of ten are lost and three SACKed: cwnd of five, empty pipe. */
	tcb->has_sack = true;
	sacks(7000, 10000);
	ck_assert_uint_eq(recovery_pipe(tcb), 0);
	while (has_hole()) {
		next_hole();
		sent_again++;
	}
	ck_assert_uint_eq(sent_again, 5);
	ck_assert_uint_eq(recovery_pipe(tcb), tcb->cc.cwnd);
}
END_TEST

START_TEST(timeout_forgets_the_board_and_starts_over)
{
	tcb->has_sack = true;
	sacks(1000, 3000);
	recovery_timeout(tcb);
	ck_assert_ptr_null(tcb->loss.sacked);
	ck_assert_uint_eq(tcb->cc.cwnd, TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert(!has_hole()); /* one segment of cwnd */
}
END_TEST

START_TEST(second_timeout_does_not_halve_again)
{
	recovery_timeout(tcb);
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
}
END_TEST

START_TEST(rescue_waits_for_a_partial_ack_and_comes_once)
{
	uint32_t seq, len;

	tcb->has_sack = true;
	sacks(1000, 5000);
	next_hole();
	ck_assert(!recovery_last_resort(tcb, &seq, &len));
	acks(5 * TCB_MSS);
	tcb->cc.cwnd = 20 * TCB_MSS;
	ck_assert(recovery_last_resort(tcb, &seq, &len));
	ck_assert_uint_eq(seq, tcb->snd.nxt - TCB_MSS);
	ck_assert_uint_eq(len, TCB_MSS);
	ck_assert(!recovery_last_resort(tcb, &seq, &len));
}
END_TEST

static Suite *recovery_suite(void)
{
	Suite *suite    = suite_create("recovery");
	TCase *newreno  = tcase_create("without SACK");
	TCase *sack     = tcase_create("with SACK");
	TCase *timeouts = tcase_create("after RTO");

	tcase_add_checked_fixture(newreno, setup, tcb_layer_close);
	tcase_add_test(newreno, two_duplicates_are_no_loss);
	tcase_add_test(newreno,
	               third_duplicate_halves_and_sends_the_first_again);
	tcase_add_test(newreno, partial_ack_without_sack_shows_the_next_hole);
	tcase_add_test(
	        newreno,
	        recovery_ends_when_all_of_the_old_flight_is_acknowledged);
	tcase_add_test(newreno, duplicates_of_an_old_loss_start_nothing_new);
	suite_add_tcase(suite, newreno);

	tcase_add_checked_fixture(sack, setup, tcb_layer_close);
	tcase_add_test(sack, sack_finds_every_hole_and_nothing_else);
	tcase_add_test(sack, pipe_is_what_is_neither_sacked_nor_lost);
	tcase_add_test(sack, cwnd_bounds_what_is_sent_again_after_the_first);
	tcase_add_test(sack, rescue_waits_for_a_partial_ack_and_comes_once);
	suite_add_tcase(suite, sack);

	tcase_add_checked_fixture(timeouts, setup, tcb_layer_close);
	tcase_add_test(timeouts, timeout_forgets_the_board_and_starts_over);
	tcase_add_test(timeouts, second_timeout_does_not_halve_again);
	suite_add_tcase(suite, timeouts);

	return suite;
}

TEST_MAIN(recovery_suite)
