/* SPDX-License-Identifier: MIT */
/*
 * Keep-alive: RFC 9293 3.8.4, MUST-24 to MUST-29, SHLD-12; the user timeout
 * with it as Linux has it
 */
#include "tests/unit/lib/peer.h"

enum { IDLE_S = 60, INTERVAL_S = 10, PROBES = 3 };

static void wants_probes(int fd)
{
	app_sets(fd, TARN_TCP_KEEPIDLE, IDLE_S);
	app_sets(fd, TARN_TCP_KEEPINTVL, INTERVAL_S);
	app_sets(fd, TARN_TCP_KEEPCNT, PROBES);
	app_sets(fd, TARN_SO_KEEPALIVE, 1);
}

static int idle_connection(void)
{
	const int fd = peer_connects("mss 1000");

	wants_probes(fd);

	return fd;
}

SCENARIO(without_the_option_an_idle_connection_is_silent)
{
	/* MUST-25 */
	const int fd = peer_connects("mss 1000");

	stack_is_silent_for(3 * 3600 * SEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
}

/* MUST-24, MAY-5 */
SCENARIO(first_probe_comes_after_two_hours_by_default)
{
	/* MUST-28 */
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_SO_KEEPALIVE, 1);
	stack_sends_after(7200 * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
}

SCENARIO(defaults_come_from_the_configuration)
{
	/* MUST-27 */
	int fd;

	peer_config()->keep_idle_s     = 100;
	peer_config()->keep_interval_s = 20;
	peer_config()->keep_probes     = 1;
	fd                             = peer_connects("mss 1000");
	app_sets(fd, TARN_SO_KEEPALIVE, 1);
	stack_sends_after(100 * SEC, ". 0:0(0) ack 1");
	stack_sends_after(20 * SEC, "R. 1:1(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(probe_is_empty_and_bears_an_old_number)
{
	/* SHLD-12; SEG.SEQ = SND.NXT-1 */
	const int fd = idle_connection();

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_after(IDLE_S * SEC, ". 1000:1000(0) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_after(IDLE_S * SEC, ". 1000:1000(0) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(answered_probes_keep_the_connection)
{
	const int fd = idle_connection();

	for (unsigned i = 0; i < 20; i++) {
		stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
		time_passes(RTT_US);
		peer_sends(". 1:1(0) ack 1");
		stack_sends_nothing();
	}
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
}

SCENARIO(one_lost_answer_is_not_death)
{
	/* MUST-29 */
	const int fd = idle_connection();

	for (unsigned i = 0; i < 3; i++) {
		stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
		stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
		stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
		peer_sends(". 1:1(0) ack 1");
	}
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	app_receives_nothing(fd);
}

SCENARIO(unanswered_probes_end_it_with_a_reset)
{
	const int fd = idle_connection();

	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, "R. 1:1(0) ack 1");
	state_is(TCPS_CLOSED);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(received_segments_postpone_the_probe)
{
	/* MUST-26 */
	const int fd = idle_connection();

	time_passes(50 * SEC);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	time_passes(50 * SEC);
	peer_sends(". 11:11(0) ack 1 win 4000"); /* only an acknowledgment */
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 11");
	peer_sends(". 11:11(0) ack 1");
}

SCENARIO(the_peers_own_probe_postpones_ours)
{
	idle_connection();
	time_passes(50 * SEC);
	peer_sends(". 0:0(0) ack 1");
	stack_sends(". 1:1(0) ack 1");
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(segments_out_of_place_postpone_nothing)
{
	/* Who does not know the numbers cannot keep a dead peer alive. */
	idle_connection();
	time_passes(50 * SEC);
	peer_sends(". 70000:70000(0) ack 1");
	stack_sends(". 1:1(0) ack 1");
	time_passes(SEC);
	peer_sends(". 1:1(0) ack 70000");
	stack_sends(". 1:1(0) ack 1");
	stack_sends_after(9 * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(outstanding_data_suppress_probes)
{
	/* MUST-26: the retransmission timer asks, and decides. */
	const int fd   = idle_connection();
	unsigned again = 0;
	struct segment segment;

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	for (unsigned s = 0; s < 3 * IDLE_S; s++) {
		time_passes(SEC);
		while (next_segment(&segment)) {
			ck_assert_int_eq(relative_seq(&segment), 1);
			ck_assert_uint_eq(segment.text_len, 100);
			again++;
		}
	}
	ck_assert_uint_ge(again, 5);
	peer_sends(". 1:1(0) ack 101");
	stack_sends_after(IDLE_S * SEC, ". 100:100(0) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(switched_off_it_is_silent_again)
{
	/* MUST-24 */
	const int fd = idle_connection();

	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	app_sets(fd, TARN_SO_KEEPALIVE, 0);
	stack_is_silent_for(3600 * SEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	app_sets(fd, TARN_SO_KEEPALIVE, 1); /* long overdue */
	stack_sends(". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(a_listener_hands_it_down)
{
	wants_probes(the_listener());
	peer_connects("mss 1000");
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(an_active_open_has_it_too)
{
	const int fd = app_connects();

	wants_probes(fd);
	stack_sends("S 0:0(0)");
	time_passes(RTT_US);
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(probes_go_on_in_close_wait)
{
	const int fd = idle_connection();

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 2");
	stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 2");
	stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 2");
	stack_sends_after(INTERVAL_S * SEC, "R. 1:1(0) ack 2");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(probes_go_on_in_fin_wait_2)
{
	const int fd = idle_connection();

	time_passes(40 * SEC);
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 2");
	stack_sends_after(IDLE_S * SEC, ". 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
	stack_sends_after(IDLE_S * SEC, ". 1:1(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, ". 1:1(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, ". 1:1(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, "R. 2:2(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(a_fin_long_unacknowledged_does_not_end_probing)
{
	/* The timer fires while the FIN is outstanding; it must fire again. */
	const int fd = idle_connection();

	time_passes(59 * SEC);
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	stack_sends_after(300 * MSEC, "F. 1:1(0) ack 1");
	stack_sends_after(600 * MSEC, "F. 1:1(0) ack 1");
	stack_sends_after(1200 * MSEC, "F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	stack_sends_after(IDLE_S * SEC, ". 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
}

SCENARIO(user_timeout_counts_instead_of_probes)
{
	/* As Linux: the first look behind it, and not before one probe. */
	const int fd = idle_connection();

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 105 * 1000);
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1"); /* 60 s */
	for (unsigned i = 0; i < 4; i++) /* 70, 80, 90, 100 s */
		stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, "R. 1:1(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(a_short_user_timeout_waits_for_one_probe)
{
	const int fd = idle_connection();

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 1000);
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, "R. 1:1(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(a_peer_that_has_forgotten_resets)
{
	const int fd = idle_connection();

	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
	app_gets_error(fd, ECONNRESET);
}

SCENARIO(info_tells_unanswered_probes)
{
	const int fd = idle_connection();

	stack_sends_after(IDLE_S * SEC, ". 0:0(0) ack 1");
	stack_sends_after(INTERVAL_S * SEC, ". 0:0(0) ack 1");
	ck_assert_uint_eq(app_info(fd).probes, 2);
	peer_sends(". 1:1(0) ack 1");
	ck_assert_uint_eq(app_info(fd).probes, 0);
}

SCENARIO_MAIN("tcp keep-alive", without_the_option_an_idle_connection_is_silent,
              first_probe_comes_after_two_hours_by_default,
              defaults_come_from_the_configuration,
              probe_is_empty_and_bears_an_old_number,
              answered_probes_keep_the_connection, one_lost_answer_is_not_death,
              unanswered_probes_end_it_with_a_reset,
              received_segments_postpone_the_probe,
              the_peers_own_probe_postpones_ours,
              segments_out_of_place_postpone_nothing,
              outstanding_data_suppress_probes, switched_off_it_is_silent_again,
              a_listener_hands_it_down, an_active_open_has_it_too,
              probes_go_on_in_close_wait, probes_go_on_in_fin_wait_2,
              a_fin_long_unacknowledged_does_not_end_probing,
              user_timeout_counts_instead_of_probes,
              a_short_user_timeout_waits_for_one_probe,
              a_peer_that_has_forgotten_resets, info_tells_unanswered_probes)
