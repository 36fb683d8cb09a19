/* SPDX-License-Identifier: MIT */
/* test_cc_reno.c - how the congestion window grows and shrinks (RFC 5681) */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void grow(struct tcb *grown, uint32_t acked, uint32_t flight)
{
	cc_acked(grown, &(struct cc_ack){ .acked = acked, .flight = flight });
}

static void setup(void)
{
	env                    = tcb_layer_open();
	env->config.congestion = "reno";
	tcb                    = tcb_in(TCPS_ESTABLISHED);
}

START_TEST(initial_window_is_ten_segments)
{
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
	tcb->had_synack_loss = true;
	ck_assert_uint_eq(cc_initial_window(tcb), TCB_MSS);
}
END_TEST

START_TEST(slow_start_grows_by_what_is_acknowledged)
{
	grow(tcb, 3 * TCB_MSS, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 13 * TCB_MSS);
}
END_TEST

START_TEST(an_ack_cut_into_pieces_is_worth_no_more)
{
	for (uint32_t i = 0; i < TCB_MSS; i++)
		grow(tcb, 1, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 11 * TCB_MSS);
}
END_TEST

START_TEST(a_window_that_is_not_used_does_not_grow)
{
	grow(tcb, TCB_MSS, 4 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
	tcb->cc.ssthresh = 5 * TCB_MSS;
	grow(tcb, 10 * TCB_MSS, 8 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
}
END_TEST

/* RFC5681-3
 * The ACK that tells of the loss has covered eight, and none of those that
 * follow them has left yet. */
START_TEST(what_the_round_has_carried_is_halved)
{
	tcb->snd.nxt = tcb->snd.una + 1;
	grow(tcb, TCB_MSS, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 11 * TCB_MSS);
	cc_reduce(tcb, 3 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 5 * TCB_MSS);
}
END_TEST

START_TEST(avoidance_grows_by_one_segment_a_window)
{
	tcb->cc.ssthresh = 10 * TCB_MSS;
	for (int i = 0; i < 9; i++)
		grow(tcb, TCB_MSS, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
	grow(tcb, TCB_MSS, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 11 * TCB_MSS);
}
END_TEST

START_TEST(avoidance_counts_the_segments_that_fit)
{
	/* 5 1/2: no sixth segment is ever out, so five are a whole window. */
	tcb->cc.cwnd = tcb->cc.ssthresh = 5 * TCB_MSS + TCB_MSS / 2;
	for (int i = 0; i < 4; i++)
		grow(tcb, TCB_MSS, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 5 * TCB_MSS + TCB_MSS / 2);
	grow(tcb, TCB_MSS, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 6 * TCB_MSS + TCB_MSS / 2);
}
END_TEST

START_TEST(slow_start_stops_at_ssthresh_within_one_ack)
{
	tcb->cc.ssthresh = 12 * TCB_MSS;
	grow(tcb, 8 * TCB_MSS, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 12 * TCB_MSS);
}
END_TEST

START_TEST(ssthresh_is_half_the_flight_but_two_segments)
{
	ck_assert_uint_eq(cc_reno.ssthresh(tcb, 10 * TCB_MSS), 5 * TCB_MSS);
	ck_assert_uint_eq(cc_reno.ssthresh(tcb, TCB_MSS), 2 * TCB_MSS);
}
END_TEST

START_TEST(cwnd_never_wraps)
{
	tcb->cc.cwnd = UINT32_MAX / 2 - 10;
	for (int i = 0; i < 100; i++)
		grow(tcb, UINT32_MAX / 4, UINT32_MAX / 2);
	ck_assert_uint_le(tcb->cc.cwnd, UINT32_MAX / 2);
}
END_TEST

START_TEST(idle_for_longer_than_rto_restarts_at_the_initial_window)
{
	rtt_sample(tcb, 100000);
	tcb->cc.cwnd = 50 * TCB_MSS;
	tcb->sent_us = env->now_us;
	env->now_us += rtt_rto(tcb);
	cc_restart_if_idle(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 50 * TCB_MSS);
	env->now_us += 1;
	cc_restart_if_idle(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
}
END_TEST

START_TEST(restart_after_idle_can_be_switched_off)
{
	env->config.no_idle_restart = true;
	tcb->cc.cwnd                = 50 * TCB_MSS;
	tcb->sent_us                = env->now_us;
	env->now_us += 100 * USEC_PER_SEC;
	cc_restart_if_idle(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 50 * TCB_MSS);
}
END_TEST

static Suite *cc_suite(void)
{
	Suite *suite = suite_create("cc_reno");
	TCase *tcase = tcase_create("cc_reno");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, what_the_round_has_carried_is_halved);
	tcase_add_test(tcase, initial_window_is_ten_segments);
	tcase_add_test(tcase, slow_start_grows_by_what_is_acknowledged);
	tcase_add_test(tcase, an_ack_cut_into_pieces_is_worth_no_more);
	tcase_add_test(tcase, a_window_that_is_not_used_does_not_grow);
	tcase_add_test(tcase, avoidance_grows_by_one_segment_a_window);
	tcase_add_test(tcase, avoidance_counts_the_segments_that_fit);
	tcase_add_test(tcase, slow_start_stops_at_ssthresh_within_one_ack);
	tcase_add_test(tcase, ssthresh_is_half_the_flight_but_two_segments);
	tcase_add_test(tcase, cwnd_never_wraps);
	tcase_add_test(tcase,
	               idle_for_longer_than_rto_restarts_at_the_initial_window);
	tcase_add_test(tcase, restart_after_idle_can_be_switched_off);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(cc_suite)
