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

static void acked(uint32_t ack, bool has_timestamps, uint32_t tsecr)
{
	const struct tcp_hdr hdr = { .opt = { .has_timestamps = has_timestamps,
		                              .tsecr          = tsecr } };
	const struct tcp_seg seg = { .hdr = &hdr, .ack = ack, .has_ack = true };

	rtt_acked(tcb, &seg);
}

START_TEST(before_any_sample_rto_is_one_second)
{
	ck_assert_uint_eq(rtt_rto(tcb), USEC_PER_SEC);
}
END_TEST

START_TEST(first_sample_sets_srtt_and_half_of_it_as_variance)
{
	rtt_sample(tcb, 100 * USEC_PER_MSEC);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 100 * USEC_PER_MSEC);
	ck_assert_uint_eq(tcb->rtt.rttvar_us, 50 * USEC_PER_MSEC);
	ck_assert_uint_eq(rtt_rto(tcb), 300 * USEC_PER_MSEC);
}
END_TEST

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

START_TEST(timed_segment_counts_when_it_is_acknowledged_whole)
{
	const uint32_t end = tcb->snd.nxt + 1000;

	rtt_sent(tcb, end);
	env->now_us += 70000;
	rtt_sent(tcb, end + 1000); /* one at a time: the first stays */
	acked(end - 1, false, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
	env->now_us += 5;
	acked(end, false, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 70005);
}
END_TEST

START_TEST(nothing_is_measured_on_what_was_sent_twice)
{
	rtt_sent(tcb, tcb->snd.nxt + 1000);
	tcb->rtt.is_timing = false; /* what a retransmission does: Karn */
	env->now_us += 70000;
	acked(tcb->snd.nxt + 1000, false, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
}
END_TEST

START_TEST(an_echoed_timestamp_knows_which_copy_it_was)
{
	const uint32_t sent = tcp_ts_now(tcb->tcp, tcb->ts_offset);

	env->now_us += 30 * USEC_PER_MSEC;
	acked(tcb->snd.nxt, true, sent);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 30 * USEC_PER_MSEC);
}
END_TEST

START_TEST(an_echo_from_the_future_or_of_zero_is_no_sample)
{
	const uint32_t now = tcp_ts_now(tcb->tcp, tcb->ts_offset);

	acked(tcb->snd.nxt, true, now + 1000);
	acked(tcb->snd.nxt, true, 0);
	ck_assert_uint_eq(tcb->rtt.srtt_us, 0);
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
	tcase_add_test(tcase,
	               timed_segment_counts_when_it_is_acknowledged_whole);
	tcase_add_test(tcase, nothing_is_measured_on_what_was_sent_twice);
	tcase_add_test(tcase, an_echoed_timestamp_knows_which_copy_it_was);
	tcase_add_test(tcase, an_echo_from_the_future_or_of_zero_is_no_sample);
	tcase_add_test(tcase, lies_about_the_rtt_stay_within_bounds);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(rtt_suite)
