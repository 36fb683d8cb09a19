/* SPDX-License-Identifier: MIT */
/* test_recovery.c - into recovery, what is sent again meanwhile, and out of it */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env                    = tcb_layer_open();
	env->config.congestion = "reno"; /* half of ten is seen at a glance */
	tcb                    = tcb_in(TCPS_ESTABLISHED);
	rtt_sample(tcb, 100000);
	tcb->rtt.min_us = 100000;
	tcb_sends(tcb, 10 * TCB_MSS);
	env->now_us += 100000;
}

static void setup_sack(void)
{
	setup();
	tcb->has_sack = true;
}

static void duplicates(unsigned count)
{
	while (count-- > 0)
		tcb_hears(tcb, tcb->snd.una - (TCB_ISS + 1), NULL, 0);
}

static bool has_hole(void)
{
	uint32_t seq, len;

	return recovery_next(tcb, &seq, &len);
}

/* Send the next hole again. Return: its offset */
static uint32_t next_hole(void)
{
	uint32_t seq, len;

	ck_assert(recovery_next(tcb, &seq, &len));
	tcb_resends(tcb, seq - (TCB_ISS + 1), len);
	ck_assert_ptr_null(tcb_check(tcb));

	return seq - (TCB_ISS + 1);
}

/* ---- Without SACK ---- */

START_TEST(two_duplicates_are_no_loss)
{
	duplicates(2);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
	ck_assert_uint_eq(recovery_pipe(tcb), 8 * TCB_MSS);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(without_limited_transmit_duplicates_make_no_room)
{
	env->config.no_limited_transmit = true;
	duplicates(2);
	ck_assert_uint_eq(recovery_pipe(tcb), 10 * TCB_MSS);
}
END_TEST

START_TEST(third_duplicate_halves_and_sends_the_first_again)
{
	env->config.no_prr = true;
	duplicates(3);
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
	duplicates(3);
	next_hole();
	tcb_hears(tcb, 4 * TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert_uint_eq(next_hole(), 4 * TCB_MSS);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(recovery_ends_when_all_of_the_old_flight_is_acknowledged)
{
	duplicates(3);
	next_hole();
	tcb_hears(tcb, 9 * TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	tcb_hears(tcb, 10 * TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
	ck_assert_uint_eq(tcb->cc.cwnd, tcb->cc.ssthresh);
	ck_assert_uint_eq(tcb->loss.gone, 0);
}
END_TEST

START_TEST(duplicates_of_an_old_loss_start_nothing_new)
{
	recovery_timeout(tcb);
	tcb_hears(tcb, 10 * TCB_MSS, NULL, 0); /* recover is not passed */
	tcb_sends(tcb, 5 * TCB_MSS);
	duplicates(5);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
}
END_TEST

/* ---- With SACK ---- */

START_TEST(sack_finds_every_hole_and_nothing_else)
{
	tcb_hears_sack(tcb, 0, 1000, 3000);
	tcb_hears_sack(tcb, 0, 4000, 6000);
	tcb_hears_sack(tcb, 0, 7000, 10000);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert_uint_eq(next_hole(), 3000);
	ck_assert_uint_eq(next_hole(), 6000);
	ck_assert(!has_hole());
}
END_TEST

START_TEST(small_ranges_are_sent_again_in_one_frame)
{
	uint32_t seq, len;

	tcb_hears(tcb, 10 * TCB_MSS, NULL, 0);
	for (int i = 0; i < 5; i++)
		tcb_sends(tcb, 300);
	tcb_sends(tcb, 5 * TCB_MSS);
	env->now_us += 100000;
	tcb_hears_sack(tcb, 10000, 11500, 16500);
	ck_assert(recovery_next(tcb, &seq, &len));
	ck_assert_uint_eq(seq, tcb->snd.una);
	ck_assert_uint_eq(len, 900); /* three; the fourth would be too long */
}
END_TEST

/* RFC6675-2 */
START_TEST(pipe_is_what_is_neither_sacked_nor_lost)
{
	tcb_hears_sack(tcb, 0, 1000, 5000);
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
	env->config.no_prr = true;
	tcb_hears_sack(tcb, 0, 7000, 10000);
	ck_assert_uint_eq(recovery_pipe(tcb), 0);
	while (has_hole()) {
		next_hole();
		sent_again++;
	}
	ck_assert_uint_eq(sent_again, 5);
	ck_assert_uint_eq(recovery_pipe(tcb), tcb->cc.cwnd);
}
END_TEST

/* ---- After RTO ---- */

START_TEST(timeout_starts_over_from_the_first)
{
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert(!has_hole()); /* one segment of cwnd */
}
END_TEST

START_TEST(timeout_keeps_what_was_sacked)
{
	tcb_hears_sack(tcb, 0, 1000, 3000);
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.sacked.octets, 2000);
	tcb->cc.cwnd      = 20 * TCB_MSS;
	tcb->loss.rtx_now = 0;
	ck_assert_uint_eq(next_hole(), 0);
	ck_assert_uint_eq(next_hole(), 3000);
}
END_TEST

START_TEST(timeout_forgets_what_was_reneged)
{
	/* What is SACKed from SND.UNA on should have been acknowledged. */
	tcb_hears_sack(tcb, 0, 1000, 3000);
	tcb_hears(tcb, 1000, NULL, 0);
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.sacked.octets, 0);
	ck_assert_uint_eq(next_hole(), 1000);
}
END_TEST

START_TEST(timeout_spares_what_left_just_now)
{
	/* RFC 8985 6.3 */
	tcb_hears_sack(tcb, 0, 1000, 2000);
	env->now_us += 200000;
	tcb_sends(tcb, TCB_MSS);
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.lost.octets, 9 * TCB_MSS);
	tcb->has_sack = false;
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.lost.octets, 10 * TCB_MSS);
}
END_TEST

START_TEST(second_timeout_does_not_halve_again)
{
	recovery_timeout(tcb);
	tcb->loss.timeouts = 2;
	recovery_timeout(tcb);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
}
END_TEST

static void add_without_sack(Suite *suite)
{
	TCase *tcase = tcase_create("without SACK");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, two_duplicates_are_no_loss);
	tcase_add_test(tcase, without_limited_transmit_duplicates_make_no_room);
	tcase_add_test(tcase, third_duplicate_halves_and_sends_the_first_again);
	tcase_add_test(tcase, partial_ack_without_sack_shows_the_next_hole);
	tcase_add_test(
	        tcase,
	        recovery_ends_when_all_of_the_old_flight_is_acknowledged);
	tcase_add_test(tcase, duplicates_of_an_old_loss_start_nothing_new);
	suite_add_tcase(suite, tcase);
}

static Suite *recovery_suite(void)
{
	Suite *suite    = suite_create("recovery");
	TCase *sack     = tcase_create("with SACK");
	TCase *timeouts = tcase_create("after RTO");

	add_without_sack(suite);
	tcase_add_checked_fixture(sack, setup_sack, tcb_layer_close);
	tcase_add_test(sack, sack_finds_every_hole_and_nothing_else);
	tcase_add_test(sack, small_ranges_are_sent_again_in_one_frame);
	tcase_add_test(sack, pipe_is_what_is_neither_sacked_nor_lost);
	tcase_add_test(sack, cwnd_bounds_what_is_sent_again_after_the_first);
	suite_add_tcase(suite, sack);

	tcase_add_checked_fixture(timeouts, setup_sack, tcb_layer_close);
	tcase_add_test(timeouts, timeout_starts_over_from_the_first);
	tcase_add_test(timeouts, timeout_keeps_what_was_sacked);
	tcase_add_test(timeouts, timeout_forgets_what_was_reneged);
	tcase_add_test(timeouts, timeout_spares_what_left_just_now);
	tcase_add_test(timeouts, second_timeout_does_not_halve_again);
	suite_add_tcase(suite, timeouts);

	return suite;
}

TEST_MAIN(recovery_suite)
