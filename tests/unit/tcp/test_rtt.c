/* SPDX-License-Identifier: MIT */
/* test_rtt.c - RFC 6298, sample by sample */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env = tcb_layer_open();
	tcb = tcb_in(TCPS_ESTABLISHED);
}

static void syn_acked(bool has_timestamps, uint32_t tsecr)
{
	const struct tcp_hdr hdr = { .opt = { .has_timestamps = has_timestamps,
		                              .tsecr          = tsecr } };
	const struct tcp_seg seg = { .hdr = &hdr, .has_ack = true };

	rtt_syn_acked(tcb, &seg);
}

/* RFC6298-1 */
START_TEST(before_any_sample_rto_is_one_second)
{
	ck_assert_uint_eq(rtt_rto(tcb), USEC_PER_SEC);
}
END_TEST

/* RFC6298-2 */
START_TEST(first_sample_sets_srtt_and_half_of_it_as_variance)
{
	rtt_sample(tcb, 100 * USEC_PER_MSEC);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 100 * USEC_PER_MSEC);
	ck_assert_uint_eq(tcb->rtt.rttvar_us, 50 * USEC_PER_MSEC);
	ck_assert_uint_eq(rtt_rto(tcb), 300 * USEC_PER_MSEC);
}
END_TEST

/* RFC6298-3 */
START_TEST(later_samples_are_smoothed_by_an_eighth_and_a_quarter)
{
	rtt_sample(tcb, 100000);
	rtt_sample(tcb, 180000);
	/* RTTVAR = 3/4 50 + 1/4 |100 - 180| = 57.5; SRTT = 7/8 100 + 1/8 180 */
	ck_assert_uint_eq(tcb->rtt.rttvar_us, 57500);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 110000);
	ck_assert_uint_eq(rtt_rto(tcb), 110000 + 4 * 57500);
}
END_TEST

START_TEST(floor_is_under_the_variance_not_under_rto)
{
	for (int i = 0; i < 100; i++)
		rtt_sample(tcb, 100000);
	ck_assert_uint_eq(rtt_rto(tcb), 100000 + TCP_RTO_US_MIN);
}
END_TEST

/* RFC6298-5 */
START_TEST(backoff_doubles_up_to_the_maximum_and_a_sample_ends_it)
{
	rtt_sample(tcb, 100000);
	tcb->rtt.backoff = 1;
	ck_assert_uint_eq(rtt_rto(tcb), 600000);
	tcb->rtt.backoff = 200;
	ck_assert_uint_eq(rtt_rto(tcb), TCP_RTO_US_MAX);
	rtt_sample(tcb, 100000);
	ck_assert_uint_eq(tcb->rtt.backoff, 0);
}
END_TEST

START_TEST(a_syns_rto_is_not_capped)
{
	tcb->state       = TCPS_SYN_SENT;
	tcb->rtt.backoff = 7;
	ck_assert_uint_eq(rtt_rto(tcb), 128 * USEC_PER_SEC);
}
END_TEST

START_TEST(a_syn_that_was_sent_once_is_measured)
{
	rtt_syn_sent(tcb);
	env->now_us += 70005;
	syn_acked(false, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 70005);
	ck_assert_uint_eq(tcb->rtt.min_us, 70005);
}
END_TEST

START_TEST(nothing_is_measured_on_a_syn_that_was_sent_twice)
{
	rtt_syn_sent(tcb);
	tcb->rtt.is_timing = false; /* what its timeout does: Karn */
	env->now_us += 70000;
	syn_acked(false, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
}
END_TEST

START_TEST(an_echoed_timestamp_knows_which_copy_it_was)
{
	const uint32_t sent = tcp_ts_now(tcb->tcp, tcb->ts_offset);

	env->now_us += 30 * USEC_PER_MSEC;
	syn_acked(true, sent);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 30 * USEC_PER_MSEC);
}
END_TEST

START_TEST(an_echo_from_the_future_or_of_zero_is_no_sample)
{
	const uint32_t now = tcp_ts_now(tcb->tcp, tcb->ts_offset);

	syn_acked(true, now + 1000);
	syn_acked(true, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
}
END_TEST

START_TEST(the_first_segment_that_an_ack_covers_is_measured)
{
	tcb_sends(tcb, TCB_MSS);
	env->now_us += 20000;
	tcb_sends(tcb, TCB_MSS);
	env->now_us += 50000;
	tcb_hears(tcb, 2 * TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 70000);
	ck_assert_uint_eq(tcb->rtt.min_us, 50000); /* the last one */
}
END_TEST

START_TEST(one_sample_a_round_trip_is_enough)
{
	tcb_sends(tcb, 3 * TCB_MSS);
	env->now_us += 50000;
	tcb_hears(tcb, TCB_MSS, NULL, 0);
	env->now_us += 50000;
	tcb_hears(tcb, 2 * TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 50000);
	tcb_hears(tcb, 3 * TCB_MSS, NULL, 0);
	ck_assert_uint_gt(tcb->rtt.srtt_us, 50000);
}
END_TEST

START_TEST(nothing_is_measured_on_what_was_sent_twice)
{
	tcb_sends(tcb, TCB_MSS);
	env->now_us += 70000;
	tcb_resends(tcb, 0, TCB_MSS);
	env->now_us += 70000;
	tcb_hears(tcb, TCB_MSS, NULL, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
}
END_TEST

START_TEST(the_minimum_forgets_what_is_two_windows_old)
{
	uint32_t ack = 0;

	for (int i = 0; i < 8; i++) {
		tcb_sends(tcb, TCB_MSS);
		env->now_us += i == 0 ? 10000 : 40000;
		tcb_hears(tcb, ack += TCB_MSS, NULL, 0);
		ck_assert_uint_eq(tcb->rtt.min_us, i < 4 ? 10000 : 40000);
		env->now_us += TCP_MIN_RTT_WINDOW_US / 2;
	}
}
END_TEST

START_TEST(lies_about_the_rtt_stay_within_bounds)
{
	rtt_sample(tcb, 0);
	ck_assert_uint_ge(rtt_rto(tcb), TCP_RTO_US_MIN);
	rtt_sample(tcb, UINT64_MAX / 2);
	ck_assert_uint_le(rtt_rto(tcb), TCP_RTO_US_MAX);
	for (int i = 0; i < 1000; i++)
		rtt_sample(tcb, 0);
	ck_assert_uint_ge(rtt_rto(tcb), TCP_RTO_US_MIN);
}
END_TEST

static Suite *rtt_suite(void)
{
	Suite *suite = suite_create("rtt");
	TCase *tcase = tcase_create("rtt");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, before_any_sample_rto_is_one_second);
	tcase_add_test(tcase,
	               first_sample_sets_srtt_and_half_of_it_as_variance);
	tcase_add_test(tcase,
	               later_samples_are_smoothed_by_an_eighth_and_a_quarter);
	tcase_add_test(tcase, floor_is_under_the_variance_not_under_rto);
	tcase_add_test(tcase,
	               backoff_doubles_up_to_the_maximum_and_a_sample_ends_it);
	tcase_add_test(tcase, a_syns_rto_is_not_capped);
	tcase_add_test(tcase, a_syn_that_was_sent_once_is_measured);
	tcase_add_test(tcase, nothing_is_measured_on_a_syn_that_was_sent_twice);
	tcase_add_test(tcase, an_echoed_timestamp_knows_which_copy_it_was);
	tcase_add_test(tcase, an_echo_from_the_future_or_of_zero_is_no_sample);
	tcase_add_test(tcase, the_first_segment_that_an_ack_covers_is_measured);
	tcase_add_test(tcase, one_sample_a_round_trip_is_enough);
	tcase_add_test(tcase, nothing_is_measured_on_what_was_sent_twice);
	tcase_add_test(tcase, the_minimum_forgets_what_is_two_windows_old);
	tcase_add_test(tcase, lies_about_the_rtt_stay_within_bounds);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(rtt_suite)
