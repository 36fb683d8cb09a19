/* SPDX-License-Identifier: MIT */
/* test_cc_validation.c - a window counts only when it was used */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env                    = tcb_layer_open();
	env->config.congestion = "reno";
	tcb                    = tcb_in(TCPS_ESTABLISHED);
	rtt_sample(tcb, 100000);
}

static void ack(uint32_t acked, uint32_t flight)
{
	cc_acked(tcb, &(struct cc_ack){ .acked = acked, .flight = flight });
}

static void new_round(uint32_t flight)
{
	tcb->snd.una = tcb->cc.round.end + 1;
	tcb->snd.nxt = tcb->snd.una + flight;
}

START_TEST(slow_start_needs_more_than_half_of_the_window)
{
	ack(TCB_MSS, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
	ack(TCB_MSS, 5 * TCB_MSS + 1);
	ck_assert_uint_eq(tcb->cc.cwnd, 11 * TCB_MSS);
}
END_TEST

START_TEST(the_second_ack_of_a_batch_counts_as_the_first)
{
	/* Between the two nothing was sent, so less is out. */
	tcb->cc.ssthresh = 10 * TCB_MSS;
	new_round(10 * TCB_MSS);
	ack(TCB_MSS, 10 * TCB_MSS);
	for (uint32_t left = 9; left > 0; left--) {
		tcb->snd.una += TCB_MSS;
		ack(TCB_MSS, left * TCB_MSS);
	}
	ck_assert_uint_eq(tcb->cc.cwnd, 11 * TCB_MSS);
}
END_TEST

START_TEST(a_new_round_must_use_the_window_anew)
{
	tcb->cc.ssthresh = 10 * TCB_MSS;
	new_round(10 * TCB_MSS);
	ack(TCB_MSS, 10 * TCB_MSS);
	new_round(4 * TCB_MSS);
	for (unsigned i = 0; i < 40; i++)
		ack(TCB_MSS, 4 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
}
END_TEST

START_TEST(unused_for_an_rto_goes_half_way_to_what_is_used)
{
	tcb->cc.cwnd     = 50 * TCB_MSS;
	tcb->cc.ssthresh = 20 * TCB_MSS;
	ack(TCB_MSS, 50 * TCB_MSS);
	new_round(20 * TCB_MSS);
	env->now_us += rtt_rto(tcb);
	ack(TCB_MSS, 20 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 50 * TCB_MSS);
	env->now_us += 1;
	ack(TCB_MSS, 20 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 35 * TCB_MSS);
	/* What the path could take is remembered for slow start. */
	ck_assert_uint_eq(tcb->cc.ssthresh, 37500);
	env->now_us += rtt_rto(tcb) + 1;
	ack(TCB_MSS, 5 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cwnd, 22500); /* IW is what remains */
}
END_TEST

START_TEST(a_used_window_does_not_decay)
{
	tcb->cc.cwnd     = 50 * TCB_MSS;
	tcb->cc.ssthresh = 20 * TCB_MSS;
	for (unsigned i = 0; i < 10; i++) {
		new_round(50 * TCB_MSS);
		ack(TCB_MSS, 50 * TCB_MSS);
		env->now_us += rtt_rto(tcb);
	}
	ck_assert_uint_ge(tcb->cc.cwnd, 50 * TCB_MSS);
}
END_TEST

START_TEST(decay_can_be_switched_off)
{
	env->config.no_idle_restart = true;
	tcb->cc.cwnd                = 50 * TCB_MSS;
	for (unsigned i = 0; i < 10; i++) {
		new_round(TCB_MSS);
		ack(TCB_MSS, TCB_MSS);
		env->now_us += 10 * USEC_PER_SEC;
	}
	ck_assert_uint_eq(tcb->cc.cwnd, 50 * TCB_MSS);
}
END_TEST

START_TEST(restart_keeps_three_quarters_in_ssthresh)
{
	tcb->cc.cwnd     = 40 * TCB_MSS;
	tcb->cc.ssthresh = 20 * TCB_MSS;
	tcb->sent_us     = env->now_us;
	env->now_us += rtt_rto(tcb) + 1;
	cc_restart_if_idle(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 10 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 30 * TCB_MSS);
}
END_TEST

static Suite *validation_suite(void)
{
	Suite *suite = suite_create("cc_validation");
	TCase *tcase = tcase_create("cc_validation");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, slow_start_needs_more_than_half_of_the_window);
	tcase_add_test(tcase, the_second_ack_of_a_batch_counts_as_the_first);
	tcase_add_test(tcase, a_new_round_must_use_the_window_anew);
	tcase_add_test(tcase, unused_for_an_rto_goes_half_way_to_what_is_used);
	tcase_add_test(tcase, a_used_window_does_not_decay);
	tcase_add_test(tcase, decay_can_be_switched_off);
	tcase_add_test(tcase, restart_keeps_three_quarters_in_ssthresh);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(validation_suite)
