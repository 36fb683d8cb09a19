/* SPDX-License-Identifier: MIT */
/* test_check.c - each invariant is noticed when it is broken, and only then */
#include "tests/unit/lib/tcb.h"

static struct tcb *tcb;

static void setup(void)
{
	tcb_layer_open();
	tcb = tcb_in(TCPS_ESTABLISHED);
	tcb_sends(tcb, 3 * TCB_MSS);
	ck_assert_ptr_null(tcb_check(tcb)); /* it held before it was broken */
}

static void teardown(void)
{
	tcb_layer_close();
}

START_TEST(fixtures_of_all_states_hold)
{
	for (unsigned state = TCPS_SYN_SENT; state < TCPS_TIME_WAIT; state++)
		ck_assert_msg(!tcb_check(tcb_in(state)), "%s: %s",
		              tarn_tcp_state_name(state),
		              tcb_check(tcb_in(state)));
}
END_TEST

START_TEST(una_beyond_nxt)
{
	tcb->snd.una = tcb->snd.nxt + 1;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(nxt_beyond_what_was_queued)
{
	tcb->snd.nxt++;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(window_edge_left_of_rcv_nxt)
{
	tcb->rcv.edge = tcb->rcv.nxt - 1;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(flight_without_a_timer)
{
	tcp_timer_cancel(tcb, TCP_TIMER_RETRANSMIT, WHY_NONE);
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(fin_queued_before_close)
{
	tcb->snd.fin_queued = true;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(peers_fin_before_close_wait)
{
	tcb->rcv.fin = true;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(cwnd_below_a_segment)
{
	tcb->cc.cwnd = TCB_MSS - 1;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

START_TEST(recover_beyond_nxt)
{
	tcb->loss.state   = LOSS_RECOVERY;
	tcb->loss.recover = tcb->snd.nxt + 1;
	ck_assert_ptr_nonnull(tcb_check(tcb));
}
END_TEST

static Suite *check_suite(void)
{
	Suite *suite = suite_create("check");
	TCase *tcase = tcase_create("tcb_check");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fixtures_of_all_states_hold);
	tcase_add_test(tcase, una_beyond_nxt);
	tcase_add_test(tcase, nxt_beyond_what_was_queued);
	tcase_add_test(tcase, window_edge_left_of_rcv_nxt);
	tcase_add_test(tcase, flight_without_a_timer);
	tcase_add_test(tcase, fin_queued_before_close);
	tcase_add_test(tcase, peers_fin_before_close_wait);
	tcase_add_test(tcase, cwnd_below_a_segment);
	tcase_add_test(tcase, recover_beyond_nxt);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(check_suite)
