/* SPDX-License-Identifier: MIT */
/*
 * Segments of somebody who does not see the connection: RFC 5961 in the states
 * that live in small records, and two rows of the field's black-box tests
 * (tcp_outside_the_window, tcp_unacc_seq_ack) in those that do not
 */
#include "tests/unit/lib/peer.h"

#define WINDOW 65535
#define MSS    "mss 1000"

static uint32_t waiting(void)
{
	struct tarn_usage usage;

	tarn_usage(stack(), &usage);

	return usage.time_wait;
}

/* ---- tcp_outside_the_window ---- */

/* Text, FIN or a bare segment at @seq draws the ACK of where we are. */
static void is_outside(const char *flags, unsigned seq, unsigned len)
{
	peer_sends("%s %u:%u(%u) ack 1", flags, seq, seq + len, len);
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
}

SCENARIO(what_begins_at_the_edge_is_outside)
{
	const int fd = peer_connects(MSS);

	for (unsigned beyond = 0; beyond <= 2; beyond++) {
		const unsigned seq = 1 + WINDOW + beyond;

		time_passes(SEC); /* of empty ones not more than one a while */
		is_outside(".", seq, 0);
		is_outside("P.", seq, 10);
		is_outside("F.", seq, 0);
	}
	app_receives_nothing(fd);
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(the_last_number_of_the_window_is_inside)
{
	const int fd = peer_connects(MSS);

	peer_sends(". %d:%d(0) ack 1", WINDOW, WINDOW);
	stack_sends_nothing(); /* empty, and in the window */
	peer_sends("P. %d:%d(1) ack 1", WINDOW, WINDOW + 1);
	stack_sends(". 1:1(0) ack 1"); /* kept: there is a hole before it */
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_receives_nothing(fd);
}

SCENARIO(a_second_empty_one_at_once_is_not_answered)
{
	peer_connects(MSS);
	is_outside(".", 1 + WINDOW, 0);
	peer_sends(". %d:%d(0) ack 1", 1 + WINDOW, 1 + WINDOW);
	stack_drops("TCP_SEQUENCE");
	stack_sends_nothing();
	time_passes(500 * MSEC);
	is_outside(".", 1 + WINDOW, 0);
}

SCENARIO(syn_beyond_the_edge_is_challenged)
{
	peer_connects(MSS);
	peer_sends("S %d:%d(0)", 1 + WINDOW, 1 + WINDOW);
	stack_sends(". 1:1(0) ack 1");
	time_passes(SEC);
	peer_sends("S. %d:%d(0) ack 1", 2 + WINDOW, 2 + WINDOW);
	stack_sends(". 1:1(0) ack 1");
}

/* ---- tcp_unacc_seq_ack: @nxt is ours, @rcv the peer's next number ---- */

static void unacceptable_ones_draw_an_ack(unsigned nxt, unsigned rcv,
                                          enum tcp_state state)
{
	for (unsigned by = 1; by <= 2; by++) {
		time_passes(SEC);
		peer_sends(". %u:%u(0) ack %u", rcv, rcv, nxt + by);
		stack_drops("TCP_ACK_UNSENT");
		stack_sends(". %u:%u(0) ack %u", nxt, nxt, rcv);
		time_passes(SEC);
		peer_sends(". %u:%u(0) ack %d", rcv, rcv,
		           (int)nxt - WINDOW - (int)by);
		stack_drops("TCP_ACK_OLD");
		stack_sends(". %u:%u(0) ack %u", nxt, nxt, rcv);
		time_passes(SEC);
		peer_sends(". %u:%u(0) ack %u", rcv - by, rcv - by, nxt);
		stack_drops("TCP_SEQUENCE");
		stack_sends(". %u:%u(0) ack %u", nxt, nxt, rcv);
		time_passes(SEC);
		peer_sends("P. %u:%u(10) ack %u", rcv, rcv + 10, nxt + by);
		stack_drops("TCP_ACK_UNSENT");
		stack_sends(". %u:%u(0) ack %u", nxt, nxt, rcv);
	}
	state_is(state);
}

SCENARIO(unacceptable_numbers_in_established)
{
	const int fd = peer_connects(MSS);

	unacceptable_ones_draw_an_ack(1, 1, TCPS_ESTABLISHED);
	app_receives_nothing(fd);
}

SCENARIO(unacceptable_numbers_in_close_wait)
{
	peer_connects(MSS);
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	unacceptable_ones_draw_an_ack(1, 2, TCPS_CLOSE_WAIT);
}

SCENARIO(unacceptable_numbers_in_fin_wait_2)
{
	app_shuts_down(peer_connects(MSS));
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	unacceptable_ones_draw_an_ack(2, 1, TCPS_FIN_WAIT_2);
}

SCENARIO(text_without_ack_is_not_taken)
{
	const int fd = peer_connects(MSS);

	peer_sends("P 1:11(10)");
	stack_drops("TCP_NO_ACK");
	stack_sends_nothing();
	app_receives_nothing(fd);
}

SCENARIO(the_oldest_ack_that_is_acceptable)
{
	/* SND.UNA - MAX.SND.WND itself is, one less is not (RFC 5961 5.2). */
	const int fd = peer_connects(MSS);

	peer_sends("P. 1:11(10) ack %d", 1 - WINDOW);
	stack_sends(". 1:1(0) ack 11");
	peer_sends("P. 11:21(10) ack %d", 1 - WINDOW - 1);
	stack_drops("TCP_ACK_OLD");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_receives_nothing(fd);
}

/* ---- Half-open ---- */

static void half_opens(void)
{
	the_listener();
	peer_sends("S 0:0(0) <" MSS ">");
	stack_sends("S. 0:0(0) ack 1");
}

SCENARIO(text_that_begins_before_the_window_is_trimmed)
{
	int fd;

	half_opens();
	peer_sends("P. 0:101(101) ack 1"); /* one octet too early */
	stack_sends(". 1:1(0) ack 101");
	state_is(TCPS_ESTABLISHED);
	fd = app_accepts(the_listener());
	app_receives(fd, 100);
}

SCENARIO(text_all_before_the_window_is_acknowledged)
{
	half_opens();
	peer_sends("P. -9:1(10) ack 1");
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_SYN_RECEIVED);
	peer_sends("R 1:1(0)");
}

SCENARIO(ack_beyond_the_window_leaves_it_half_open)
{
	half_opens();
	peer_sends(". %d:%d(0) ack 1", WINDOW + 1, WINDOW + 1);
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_SYN_RECEIVED);
	peer_sends(". %d:%d(0) ack 1", WINDOW, WINDOW); /* the last inside */
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(only_the_ack_of_our_syn_will_do)
{
	half_opens();
	for (int by = -2; by <= 2; by++) {
		if (by == 0)
			continue;
		peer_sends(". 1:1(0) ack %d", 1 + by);
		stack_drops("TCP_ACK_SYN_RECEIVED");
		stack_sends("R %d:%d(0)", 1 + by, 1 + by);
		state_is(TCPS_SYN_RECEIVED);
	}
	peer_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(segment_without_ack_leaves_it_half_open)
{
	half_opens();
	peer_sends("- 1:1(0)");
	stack_drops("TCP_NO_ACK");
	peer_sends("P 1:11(10)");
	stack_drops("TCP_NO_ACK");
	stack_sends_nothing();
	state_is(TCPS_SYN_RECEIVED);
	peer_sends("R 1:1(0)");
}

SCENARIO(older_timestamp_leaves_it_half_open)
{
	the_listener();
	peer_sends("S 0:0(0) <" MSS ",nop,nop,TS val 500 ecr 0>");
	stack_sends("S. 0:0(0) ack 1");
	peer_tsval(499);
	peer_sends(". 1:1(0) ack 1");
	stack_drops("TCP_SEQUENCE"); /* and is told where we are */
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_SYN_RECEIVED);
	peer_tsval(500);
	peer_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(strays_of_a_half_open_one_are_rationed)
{
	half_opens();
	peer_sends("R 2:2(0)");
	stack_drops("TCP_RST_CHALLENGED");
	stack_sends(". 1:1(0) ack 1");
	peer_sends("R 3:3(0)");
	stack_drops("TCP_RST_CHALLENGED");
	stack_sends_nothing();
	time_passes(500 * MSEC);
	peer_sends("R 2:2(0)");
	stack_sends(". 1:1(0) ack 1");
	peer_sends("R 0:0(0)");
	stack_drops("TCP_RST_OUTSIDE");
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
	stack_drops("TCP_RST");
}

/* ---- TIME-WAIT ---- */

SCENARIO(fin_with_an_impossible_ack_does_not_restart_time_wait)
{
	app_closes_first(peer_connects(MSS), 1, 1);
	time_passes(50 * SEC);
	peer_sends("F. 1:1(0) ack 3");
	stack_drops("TCP_TIME_WAIT_ACK");
	stack_sends(". 2:2(0) ack 2");
	peer_sends("F. 1:1(0) ack %d", 2 - WINDOW - 1);
	stack_drops("TCP_TIME_WAIT_ACK");
	stack_sends_nothing(); /* rationed */
	peer_sends("F 1:1(0)");
	stack_drops("TCP_NO_ACK");
	time_passes(11 * SEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(fin_with_the_oldest_possible_ack_restarts_it)
{
	app_closes_first(peer_connects(MSS), 1, 1);
	time_passes(50 * SEC);
	peer_sends("F. 1:1(0) ack %d", 2 - WINDOW);
	stack_sends(". 2:2(0) ack 2");
	time_passes(11 * SEC);
	ck_assert_uint_eq(waiting(), 1);
}

SCENARIO(fin_with_another_number_does_not_restart_it)
{
	app_closes_first(peer_connects(MSS), 1, 1);
	time_passes(50 * SEC);
	peer_sends("F. 2:2(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	time_passes(11 * SEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(old_timestamps_do_not_restart_time_wait)
{
	peer_tsval(500);
	app_closes_first(
	        peer_connects(MSS ",sackOK,TS val 500 ecr 0,nop,wscale 7"), 1,
	        1);
	time_passes(50 * SEC);
	peer_tsval(499);
	peer_sends("F. 1:1(0) ack 2");
	stack_drops("TCP_PAWS");
	stack_sends(". 2:2(0) ack 2");
	peer_sends("F. 1:1(0) ack 2 <nop>");
	stack_drops("TCP_NO_TIMESTAMP");
	stack_sends_nothing();
	time_passes(11 * SEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(old_syn_is_answered_with_an_ack_in_time_wait)
{
	app_closes_first(peer_connects(MSS), 1, 1);
	peer_sends("S -5:-5(0) <" MSS ">");
	stack_drops("TCP_TIME_WAIT_SYN");
	stack_sends(". 2:2(0) ack 2"); /* RFC 5961 4.2 */
	peer_sends("S -5:-5(0) <" MSS ">");
	stack_sends_nothing();
	peer_sends("S. 100:100(0) ack 2");
	stack_drops("TCP_TIME_WAIT_SYN");
	peer_sends("SF 100:100(0)");
	stack_drops("TCP_TIME_WAIT_SYN");
	ck_assert_uint_eq(waiting(), 1);
}

SCENARIO(reset_ends_time_wait_where_it_may)
{
	peer_config()->rst_ends_time_wait = true; /* tcp_timewait_reset */
	app_closes_first(peer_connects(MSS), 1, 1);
	peer_sends("R 3:3(0)"); /* not exactly RCV.NXT */
	stack_drops("TCP_TIME_WAIT_RST");
	peer_sends("R 1:1(0)");
	stack_drops("TCP_TIME_WAIT_RST");
	ck_assert_uint_eq(waiting(), 1);
	peer_sends("R 2:2(0)");
	stack_drops("TCP_RST");
	ck_assert_uint_eq(waiting(), 0);
	state_is(TCPS_CLOSED);
}

/* ---- tcp_listen_backlog: a listener that stops listening ---- */

SCENARIO(shutdown_of_a_listener_resets_what_is_queued)
{
	const int listener = the_listener();

	half_opens();
	peer_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(tarn_shutdown(stack(), listener, TARN_SHUT_RD), 0);
	stack_sends("R. 1:1(0) ack 1");
	peer_port(PEER_PORT + 1);
	peer_sends("S 0:0(0)");
	stack_sends("R. =0:=0(0) ack 1");
}

SCENARIO_MAIN("tcp blind", what_begins_at_the_edge_is_outside,
              the_last_number_of_the_window_is_inside,
              a_second_empty_one_at_once_is_not_answered,
              syn_beyond_the_edge_is_challenged,
              unacceptable_numbers_in_established,
              unacceptable_numbers_in_close_wait,
              unacceptable_numbers_in_fin_wait_2, text_without_ack_is_not_taken,
              the_oldest_ack_that_is_acceptable,
              text_that_begins_before_the_window_is_trimmed,
              text_all_before_the_window_is_acknowledged,
              ack_beyond_the_window_leaves_it_half_open,
              only_the_ack_of_our_syn_will_do,
              segment_without_ack_leaves_it_half_open,
              older_timestamp_leaves_it_half_open,
              strays_of_a_half_open_one_are_rationed,
              fin_with_an_impossible_ack_does_not_restart_time_wait,
              fin_with_the_oldest_possible_ack_restarts_it,
              fin_with_another_number_does_not_restart_it,
              old_timestamps_do_not_restart_time_wait,
              old_syn_is_answered_with_an_ack_in_time_wait,
              reset_ends_time_wait_where_it_may,
              shutdown_of_a_listener_resets_what_is_queued)
