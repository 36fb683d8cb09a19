/* SPDX-License-Identifier: MIT */
/*
 * Closing: RFC 9293 3.6, 3.10.4, 3.10.7.4 fifth and eighth; half-close; what
 * POSIX says about both ends of it
 */
#include "tests/unit/lib/peer.h"

SCENARIO(active_close_takes_four_segments)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	state_is(TCPS_FIN_WAIT_1);
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
	time_passes(SEC);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_TIME_WAIT);
}

SCENARIO(active_close_may_take_three)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(
	        "F. 1:1(0) ack 2"); /* our FIN acknowledged in this segment */
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_TIME_WAIT);
}

SCENARIO(passive_close_takes_four_segments)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	state_is(TCPS_CLOSE_WAIT);
	app_receives_end(fd);
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 2");
	state_is(TCPS_LAST_ACK);
	peer_sends(". 2:2(0) ack 2");
	state_is(TCPS_CLOSED);
	stack_sends_nothing();
	peer_sends(". 2:2(0) ack 2");
	stack_sends("R 2:2(0)");
}

SCENARIO(simultaneous_close_goes_through_closing)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_CLOSING);
	peer_sends(". 2:2(0) ack 2");
	stack_sends_nothing();
	state_is(TCPS_TIME_WAIT);
}

SCENARIO(fin_follows_the_data_that_was_queued)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 900);
	stack_sends("P. 1:901(900) ack 1");
	app_sends(fd, 500); /* Nagle holds it back ... */
	stack_sends_nothing();
	app_closes(fd); /* ... until nothing can follow it any more */
	stack_sends("FP. 901:1401(500) ack 1");
	state_is(TCPS_FIN_WAIT_1);
	peer_sends(". 1:1(0) ack 1402");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(fin_waits_for_the_window)
{
	int fd;

	peer_window(1500);
	fd = peer_connects("mss 1000");
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	app_closes(fd);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1001 win 1500");
	stack_sends("FP. 1001:2001(1000) ack 1");
	peer_sends(". 1:1(0) ack 2002");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(fin_alone_fits_a_full_window)
{
	/* FIN consumes a number, so it may not exceed the window (3.4). */
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	app_closes(fd);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends("F. 1001:1001(0) ack 1");
	peer_sends(". 1:1(0) ack 1002");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(fin_after_data_is_acked_once)
{
	peer_connects("mss 1000");
	peer_queues("P. 1:6(5) ack 1");
	peer_queues("F. 6:6(0) ack 1");
	settle();
	stack_sends(". 1:1(0) ack 7"); /* MUST-58, MUST-59: one for both */
	stack_sends_nothing();
	state_is(TCPS_CLOSE_WAIT);
}

SCENARIO(data_with_fin_is_delivered_before_the_end)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("FP. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 102");
	app_receives(fd, 100);
	app_receives_end(fd);
	app_receives_end(fd);
}

SCENARIO(fin_beyond_a_hole_waits_for_it)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
	app_receives_nothing(fd);
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 202");
	state_is(TCPS_CLOSE_WAIT);
	app_receives(fd, 200);
	app_receives_end(fd);
}

SCENARIO(nothing_after_the_fin_is_delivered)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 12");
	peer_sends("P. 12:22(10) ack 1");
	if (sent_count() > 0) /* "Ignore the segment text" */
		stack_sends(". 1:1(0) ack 12");
	app_receives(fd, 10);
	app_receives_end(fd);
	peer_sends("F. 22:22(0) ack 1"); /* a second FIN, elsewhere */
	if (sent_count() > 0)
		stack_sends(". 1:1(0) ack 12");
	app_receives_end(fd);
	state_is(TCPS_CLOSE_WAIT);
}

SCENARIO(repeated_fin_is_acknowledged_again)
{
	peer_connects("mss 1000");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	time_passes(SEC);
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	state_is(TCPS_CLOSE_WAIT);
}

/* ---- Half-close ---- */

/* MAY-1 */
SCENARIO(shutdown_sends_fin_and_goes_on_receiving)
{
	const int fd = peer_connects("mss 1000");

	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
	peer_sends("P. 1:101(100) ack 2");
	stack_sends(". 2:2(0) ack 101");
	app_receives(fd, 100);
	app_send_fails(fd, EPIPE);
	stack_is_silent_for(3600 * SEC); /* not an orphan: no timer ends it */
	state_is(TCPS_FIN_WAIT_2);
	peer_sends("FP. 101:201(100) ack 2");
	stack_sends(". 2:2(0) ack 202");
	state_is(TCPS_TIME_WAIT);
	app_receives(fd, 100);
	app_receives_end(fd);
}

SCENARIO(data_arrives_in_fin_wait_1_too)
{
	const int fd = peer_connects("mss 1000");

	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 2:2(0) ack 101");
	app_receives(fd, 100);
	peer_sends(". 101:101(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(data_can_be_sent_in_close_wait)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 2");
	peer_sends(". 2:2(0) ack 1001");
	app_shuts_down(fd);
	stack_sends("F. 1001:1001(0) ack 2");
	peer_sends(". 2:2(0) ack 1002");
	state_is(TCPS_CLOSED);
}

SCENARIO(second_shutdown_sends_no_second_fin)
{
	const int fd = peer_connects("mss 1000");

	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	app_shuts_down(fd);
	stack_sends_nothing();
	app_closes(fd);
	stack_sends_nothing();
	state_is(TCPS_FIN_WAIT_2);
}

/* ---- What gets lost ---- */

SCENARIO(fin_is_retransmitted_in_fin_wait_1)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	stack_sends_after(300 * MSEC, "F. 1:1(0) ack 1");
	stack_sends_after(600 * MSEC, "F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(fin_is_retransmitted_in_closing)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 2:2(0) ack 2");
	stack_sends_after(300 * MSEC, "F. 1:1(0) ack 2");
	peer_sends("F. 1:1(0) ack 1"); /* and so is the peer's */
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_CLOSING);
	peer_sends(". 2:2(0) ack 2");
	state_is(TCPS_TIME_WAIT);
}

SCENARIO(fin_is_retransmitted_in_last_ack)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 2");
	stack_sends_after(300 * MSEC, "F. 1:1(0) ack 2");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_LAST_ACK);
	peer_sends(". 2:2(0) ack 2");
	state_is(TCPS_CLOSED);
}

SCENARIO(data_and_fin_in_one_segment_are_retransmitted_together)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 500);
	app_closes(fd);
	stack_sends("FP. 1:501(500) ack 1");
	stack_sends_after(300 * MSEC, "FP. 1:501(500) ack 1");
	peer_sends(". 1:1(0) ack 502");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(partial_ack_leaves_the_fin_to_be_retransmitted)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 500);
	app_closes(fd);
	stack_sends("FP. 1:501(500) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 501");
	state_is(TCPS_FIN_WAIT_1);
	stack_sends_after(300 * MSEC, "F. 501:501(0) ack 1");
	peer_sends(". 1:1(0) ack 502");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(orphan_in_fin_wait_2_is_forgotten_after_a_minute)
{
	const int fd = peer_connects("mss 1000");
	struct tarn_usage usage;

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
	stack_is_silent_for(59 * SEC);
	tarn_usage(stack(), &usage);
	ck_assert_uint_eq(usage.connections, 1);
	time_passes(3 * SEC);
	tarn_usage(stack(), &usage);
	ck_assert_uint_eq(usage.connections, 0);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends("R 2:2(0)");
}

SCENARIO(close_before_the_handshake_ends_leaves_nothing)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	app_closes(fd); /* SYN-SENT: "Delete the TCB" */
	stack_sends_nothing();
	peer_sends("S. 0:0(0) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp close", active_close_takes_four_segments,
              active_close_may_take_three, passive_close_takes_four_segments,
              simultaneous_close_goes_through_closing,
              fin_follows_the_data_that_was_queued, fin_waits_for_the_window,
              fin_alone_fits_a_full_window, fin_after_data_is_acked_once,
              data_with_fin_is_delivered_before_the_end,
              fin_beyond_a_hole_waits_for_it,
              nothing_after_the_fin_is_delivered,
              repeated_fin_is_acknowledged_again,
              shutdown_sends_fin_and_goes_on_receiving,
              data_arrives_in_fin_wait_1_too, data_can_be_sent_in_close_wait,
              second_shutdown_sends_no_second_fin,
              fin_is_retransmitted_in_fin_wait_1,
              fin_is_retransmitted_in_closing, fin_is_retransmitted_in_last_ack,
              data_and_fin_in_one_segment_are_retransmitted_together,
              partial_ack_leaves_the_fin_to_be_retransmitted,
              orphan_in_fin_wait_2_is_forgotten_after_a_minute,
              close_before_the_handshake_ends_leaves_nothing)
