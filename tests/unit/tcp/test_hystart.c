/* SPDX-License-Identifier: MIT */
/* test_hystart.c - slow start ends when the delay grows (RFC 9406 4.2) */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env = tcb_layer_open();
	tcb = tcb_in(TCPS_ESTABLISHED);
}

/* A round in which @samples ACKs of a segment each measure @rtt_us. */
static void round_trip(unsigned samples, uint32_t rtt_us)
{
	tcb->snd.una =
	        tcb->cc.round.end + 1; /* the last round is acknowledged */
	tcb->snd.nxt = tcb->snd.una + samples + 1;
	for (unsigned i = 0; i < samples; i++) {
		cc_acked(tcb, &(struct cc_ack){ .acked  = TCB_MSS,
		                                .flight = tcb->cc.cwnd,
		                                .rtt_us = rtt_us });
		tcb->snd.una++;
	}
}

static bool is_in_css(void)
{
	return tcb->cc.hystart.css_baseline_us > 0;
}

START_TEST(steady_delay_keeps_slow_start)
{
	for (unsigned i = 0; i < 20; i++)
		round_trip(10, 50000);
	ck_assert(!is_in_css());
	ck_assert_uint_eq(tcb->cc.ssthresh, CC_SSTHRESH_NONE);
	ck_assert_uint_eq(tcb->cc.cwnd, 210 * TCB_MSS);
}
END_TEST

/* RttThresh is an eighth of the last round's minimum, in 4 to 16 ms. */
static const struct {
	uint32_t last_us, enough_us;
} thresholds[] = {
	{ 8000, 12000 },   /* an eighth is 1 ms: 4 ms */
	{ 80000, 90000 },  /* an eighth: 10 ms */
	{ 400000, 416000 } /* an eighth is 50 ms: 16 ms */
};

/* RFC9406-1 */
START_TEST(delay_that_grows_by_the_threshold_begins_css)
{
	round_trip(8, thresholds[_i].last_us);
	round_trip(8, thresholds[_i].enough_us - 1);
	ck_assert(!is_in_css());
	tcb->cc.hystart = (struct hystart){ 0 };
	round_trip(8, thresholds[_i].last_us);
	round_trip(8, thresholds[_i].enough_us);
	ck_assert(is_in_css());
	ck_assert_uint_eq(tcb->cc.hystart.css_baseline_us,
	                  thresholds[_i].enough_us);
}
END_TEST

START_TEST(seven_samples_are_too_few)
{
	round_trip(8, 50000);
	round_trip(7, 90000);
	ck_assert(!is_in_css());
	round_trip(8, 140000);
	ck_assert(is_in_css());
}
END_TEST

START_TEST(one_short_round_trip_in_a_round_says_no)
{
	round_trip(8, 50000);
	round_trip(1, 50000);
	for (unsigned i = 0; i < 10; i++)
		cc_acked(tcb, &(struct cc_ack){ TCB_MSS, tcb->cc.cwnd, 90000 });
	ck_assert(!is_in_css());
}
END_TEST

START_TEST(css_grows_a_quarter_as_fast)
{
	uint32_t before;

	round_trip(8, 50000);
	round_trip(8, 60000);
	ck_assert(is_in_css());
	before = tcb->cc.cwnd;
	round_trip(8, 60000);
	ck_assert_uint_eq(tcb->cc.cwnd, before + 2 * TCB_MSS);
}
END_TEST

/* RFC9406-1 */
START_TEST(five_rounds_of_css_end_slow_start)
{
	round_trip(8, 50000);
	round_trip(8, 60000);
	for (unsigned i = 0; i < 4; i++)
		round_trip(8, 61000);
	ck_assert_uint_eq(tcb->cc.ssthresh, CC_SSTHRESH_NONE);
	round_trip(1, 61000);
	ck_assert_uint_ne(tcb->cc.ssthresh, CC_SSTHRESH_NONE);
	ck_assert_uint_le(tcb->cc.ssthresh, tcb->cc.cwnd);
	/* CUBIC goes on from here without a W_max (RFC 9438 4.10). */
	round_trip(8, 61000);
	ck_assert_uint_eq(tcb->cc.cubic.k_ms, 0);
	ck_assert_uint_ge(tcb->cc.cubic.w_max, tcb->cc.ssthresh);
}
END_TEST

START_TEST(delay_that_falls_again_was_jitter)
{
	uint32_t before;

	round_trip(8, 50000);
	round_trip(8, 60000);
	round_trip(8, 61000);
	ck_assert(is_in_css());
	round_trip(8, 59000);
	ck_assert(!is_in_css());
	before = tcb->cc.cwnd;
	round_trip(8, 59000);
	ck_assert_uint_eq(tcb->cc.cwnd, before + 8 * TCB_MSS);
}
END_TEST

START_TEST(a_loss_is_the_end_of_it)
{
	cc_reduce(tcb, 10 * TCB_MSS);
	round_trip(8, 50000);
	round_trip(8, 90000);
	ck_assert(!is_in_css());
}
END_TEST

START_TEST(it_can_be_switched_off)
{
	env->config.no_hystart = true;
	round_trip(8, 50000);
	round_trip(8, 90000);
	ck_assert(!is_in_css());
}
END_TEST

START_TEST(reno_has_it_too)
{
	cc_switch(tcb, &cc_reno);
	round_trip(8, 50000);
	round_trip(8, 90000);
	ck_assert(is_in_css());
}
END_TEST

static Suite *hystart_suite(void)
{
	Suite *suite = suite_create("hystart");
	TCase *tcase = tcase_create("hystart");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, steady_delay_keeps_slow_start);
	tcase_add_loop_test(tcase, delay_that_grows_by_the_threshold_begins_css,
	                    0, ARRAY_LEN(thresholds));
	tcase_add_test(tcase, seven_samples_are_too_few);
	tcase_add_test(tcase, one_short_round_trip_in_a_round_says_no);
	tcase_add_test(tcase, css_grows_a_quarter_as_fast);
	tcase_add_test(tcase, five_rounds_of_css_end_slow_start);
	tcase_add_test(tcase, delay_that_falls_again_was_jitter);
	tcase_add_test(tcase, a_loss_is_the_end_of_it);
	tcase_add_test(tcase, it_can_be_switched_off);
	tcase_add_test(tcase, reno_has_it_too);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(hystart_suite)
