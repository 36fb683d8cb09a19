/* SPDX-License-Identifier: MIT */
/* test_rack.c - RFC 8985 section 6, step by step */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env           = tcb_layer_open();
	tcb           = tcb_in(TCPS_ESTABLISHED);
	tcb->has_sack = true;
	rtt_sample(tcb, 100000);
	tcb->rtt.min_us = 100000;
}

/* Five segments, 1 ms apart; then a round trip passes. */
static void five_leave(void)
{
	for (int i = 0; i < 5; i++) {
		tcb_sends(tcb, TCB_MSS);
		env->now_us += 1000;
	}
	env->now_us += 95000;
}

/* RFC8985-1 */
START_TEST(the_one_that_left_last_counts_not_the_highest)
{
	const uint64_t first_us = env->now_us;

	five_leave();
	tcb_hears_sack(tcb, 0, 3000, 4000);
	ck_assert_uint_eq(tcb->rack.xmit_us, first_us + 3000);
	ck_assert_uint_eq(tcb->rack.end_seq, TCB_ISS + 1 + 4000);
	ck_assert_uint_eq(tcb->rack.rtt_us, 97000);
	tcb_hears_sack(tcb, 0, 1000, 2000); /* left before */
	ck_assert_uint_eq(tcb->rack.xmit_us, first_us + 3000);
	ck_assert_uint_eq(tcb->rack.fack, TCB_ISS + 1 + 4000);
}
END_TEST

START_TEST(a_tie_is_broken_by_the_number)
{
	tcb_sends(tcb, 5 * TCB_MSS);
	env->now_us += 100000;
	tcb_hears_sack(tcb, 0, 2000, 3000);
	tcb_hears_sack(tcb, 0, 4000, 5000);
	ck_assert_uint_eq(tcb->rack.end_seq, TCB_ISS + 1 + 5000);
	env->now_us += 25000;
	recovery_reorder_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.lost.segments, 3);
}
END_TEST

START_TEST(an_answer_that_comes_too_soon_is_of_the_original)
{
	const uint64_t first_us = env->now_us;

	five_leave();
	tcb_resends(tcb, 0, TCB_MSS);
	env->now_us += 50000; /* less than min_RTT */
	tcb_hears(tcb, 1000, NULL, 0);
	ck_assert_uint_lt(tcb->rack.xmit_us, first_us);
	tcb_resends(tcb, 1000, TCB_MSS);
	env->now_us += 100000;
	tcb_hears(tcb, 2000, NULL, 0);
	ck_assert_uint_eq(tcb->rack.xmit_us, env->now_us - 100000);
}
END_TEST

/* RFC8985-2 */
START_TEST(what_is_overtaken_has_a_quarter_of_min_rtt)
{
	const uint64_t first_us = env->now_us;

	five_leave();
	tcb_hears_sack(tcb, 0, 2000, 3000);
	/* RACK.rtt is 98 ms; the second left at 1 ms and is due last */
	ck_assert_uint_eq(tcb->rack.reorder_until_us,
	                  first_us + 1000 + 98000 + 25000);
	ck_assert(tcp_timer_is_armed(tcb, TCP_TIMER_REORDER));
	ck_assert(!tcp_timer_is_armed(tcb, TCP_TIMER_RETRANSMIT));
	env->now_us = tcb->rack.reorder_until_us;
	recovery_reorder_timeout(tcb);
	ck_assert_uint_eq(tcb->sent.lost.segments, 2);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
	ck_assert(tcp_timer_is_armed(tcb, TCP_TIMER_RETRANSMIT));
	ck_assert_ptr_null(tcb_check(tcb));
}
END_TEST

/* RFC8985-2 */
START_TEST(three_that_arrived_need_no_window)
{
	five_leave();
	tcb_hears_sack(tcb, 0, 2000, 5000);
	ck_assert_uint_eq(tcb->sent.lost.segments, 2);
	ck_assert_uint_eq(tcb->loss.state, LOSS_RECOVERY);
}
END_TEST

START_TEST(but_they_do_on_a_path_that_reorders)
{
	five_leave();
	tcb->loss.reord_seen = 1;
	tcb_hears_sack(tcb, 0, 2000, 5000);
	ck_assert_uint_eq(tcb->sent.lost.segments, 0);
	ck_assert_uint_eq(tcb->loss.state, LOSS_OPEN);
}
END_TEST

static void dsack_arrives(void)
{
	const struct ack_news news = { .has_dsack = true };

	rack_dsack_round(tcb, &news, false);
}

/* RFC8985-3 */
START_TEST(each_round_with_a_dsack_widens_the_window_once)
{
	five_leave();
	dsack_arrives();
	dsack_arrives();
	ck_assert_uint_eq(tcb->rack.reo_wnd_mult, 2);
	tcb_hears(tcb, 5000, NULL, 0); /* the round is over */
	dsack_arrives();
	ck_assert_uint_eq(tcb->rack.reo_wnd_mult, 3);
	ck_assert_uint_eq(tcb->rack.reo_wnd_persist, TCP_REO_WND_PERSIST);
}
END_TEST

START_TEST(sixteen_recoveries_without_one_reset_it)
{
	const struct ack_news none = { 0 };

	dsack_arrives();
	tcb->rack.has_dsack_round = false;
	for (int i = 1; i < TCP_REO_WND_PERSIST; i++) {
		rack_dsack_round(tcb, &none, true);
		ck_assert_uint_eq(tcb->rack.reo_wnd_mult, 2);
	}
	rack_dsack_round(tcb, &none, true);
	ck_assert_uint_eq(tcb->rack.reo_wnd_mult, 1);
}
END_TEST

/* RFC8985-3 */
START_TEST(the_window_never_exceeds_srtt)
{
	const uint64_t first_us = env->now_us;

	five_leave();
	tcb->rack.reo_wnd_mult = 200;
	tcb_hears_sack(tcb, 0, 1000, 2000);
	ck_assert_uint_eq(tcb->rack.reorder_until_us,
	                  first_us + 99000 + tcb->rtt.srtt_us);
}
END_TEST

START_TEST(a_probes_dsack_is_no_sign_of_reordering)
{
	struct ack_news news = { .has_dsack = true };

	five_leave();
	tlp_sent(tcb, true, 5000);
	news.dsack.right = tcb->tlp.end_seq;
	rack_dsack_round(tcb, &news, false);
	ck_assert_uint_eq(tcb->rack.reo_wnd_mult, 1);
}
END_TEST

START_TEST(a_resent_range_does_not_hide_what_is_behind_it)
{
	/* The first left again just now; the second is old, and lost. */
	five_leave();
	tcb_resends(tcb, 0, TCB_MSS);
	env->now_us += 1000;
	tcb_hears_sack(tcb, 0, 2000, 5000);
	ck_assert_uint_eq(tcb->sent.lost.octets, 1000);
	ck_assert_uint_eq(sent_at(&tcb->sent, 1)->flags, SENT_LOST);
}
END_TEST

static Suite *rack_suite(void)
{
	Suite *suite = suite_create("rack");
	TCase *tcase = tcase_create("rack");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_test(tcase, the_one_that_left_last_counts_not_the_highest);
	tcase_add_test(tcase, a_tie_is_broken_by_the_number);
	tcase_add_test(tcase, an_answer_that_comes_too_soon_is_of_the_original);
	tcase_add_test(tcase, what_is_overtaken_has_a_quarter_of_min_rtt);
	tcase_add_test(tcase, three_that_arrived_need_no_window);
	tcase_add_test(tcase, but_they_do_on_a_path_that_reorders);
	tcase_add_test(tcase, each_round_with_a_dsack_widens_the_window_once);
	tcase_add_test(tcase, sixteen_recoveries_without_one_reset_it);
	tcase_add_test(tcase, the_window_never_exceeds_srtt);
	tcase_add_test(tcase, a_probes_dsack_is_no_sign_of_reordering);
	tcase_add_test(tcase, a_resent_range_does_not_hide_what_is_behind_it);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(rack_suite)
