/* SPDX-License-Identifier: MIT */
/*
 * When a reset is sent, and which: RFC 9293 3.5.2, 3.10.7.1, 3.10.5, SHLD-3;
 * SO_LINGER
 */
#include "tests/unit/lib/peer.h"

SCENARIO(syn_to_a_closed_port_is_reset_with_ack)
{
	peer_sends("S 0:0(0) <mss 1000>"); /* <SEQ=0><ACK=SEQ+LEN><RST,ACK> */
	stack_drops("TCP_CLOSED");
	stack_sends("R. =0:=0(0) ack 1 <>");
}

SCENARIO(length_is_counted_in_that_ack)
{
	peer_sends("S 0:10(10)");
	stack_sends("R. =0:=0(0) ack 11");
	peer_sends("SF 0:0(0)");
	stack_sends("R. =0:=0(0) ack 2");
	peer_sends("- 5:25(20)");
	stack_sends("R. =0:=0(0) ack 25");
	peer_sends("F 5:5(0)");
	stack_sends("R. =0:=0(0) ack 6");
}

SCENARIO(ack_to_a_closed_port_is_reset_without_ack)
{
	peer_sends(". 5:5(0) ack =4711"); /* <SEQ=SEG.ACK><RST> */
	stack_drops("TCP_CLOSED");
	stack_sends("R =4711:=4711(0) <>");
	peer_sends("S. 5:5(0) ack =4711");
	stack_sends("R =4711:=4711(0)");
	peer_sends("FP. 5:105(100) ack =4711");
	stack_sends("R =4711:=4711(0)");
}

SCENARIO(reset_is_never_answered)
{
	peer_sends("R 5:5(0)");
	stack_drops("TCP_CLOSED_RST");
	peer_sends("R. 5:5(0) ack =4711");
	peer_sends("SR 5:5(0)");
	peer_sends("SFR. 5:5(0) ack =4711");
	stack_sends_nothing();
}

/* SHLD-3, RFC2525-1 */
SCENARIO(unread_data_turns_close_into_reset)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_closes(fd);
	stack_sends("R. 1:1(0) ack 11");
	state_is(TCPS_CLOSED);
	peer_sends(". 11:11(0) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO(partly_read_data_is_unread_data)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 9);
	app_closes(fd);
	stack_sends("R. 1:1(0) ack 11");
}

SCENARIO(read_data_and_close_is_a_fin)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 11");
}

SCENARIO(unread_data_in_close_wait_resets_too)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("FP. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 12");
	app_closes(fd);
	stack_sends("R. 1:1(0) ack 12");
	state_is(TCPS_CLOSED);
}

SCENARIO(unread_end_of_stream_alone_is_no_reason)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 2");
}

static void text_after_close_draws_reset(unsigned ack)
{
	struct segment reset;

	peer_sends("P. 1:11(10) ack %u", ack);
	stack_drops("TCP_AFTER_CLOSE");
	ck_assert(next_segment(&reset)); /* with ACK or without: both will do */
	ck_assert(reset.flags & SEG_RST);
	ck_assert_int_eq(relative_seq(&reset), 2);
	state_is(TCPS_CLOSED);
	stack_is_silent_for(10 * SEC);
}

/* SHLD-3 */
SCENARIO(text_after_close_draws_reset_in_fin_wait_2)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	text_after_close_draws_reset(2);
}

SCENARIO(text_after_close_draws_reset_in_fin_wait_1)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	text_after_close_draws_reset(2);
}

SCENARIO(linger_of_zero_resets)
{
	const struct tarn_linger linger = { .on = 1, .linger_s = 0 };
	const int fd                    = peer_connects("mss 1000");

	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_SO_LINGER, &linger,
	                                 sizeof(linger)),
	                 0);
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	app_closes(fd);
	stack_sends("R. 101:101(0) ack 1");
	state_is(TCPS_CLOSED);
	stack_is_silent_for(10 * SEC);
}

SCENARIO(linger_switched_off_again_closes_normally)
{
	struct tarn_linger linger = { .on = 1, .linger_s = 0 };
	const int fd              = peer_connects("mss 1000");

	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_SO_LINGER, &linger,
	                                 sizeof(linger)),
	                 0);
	linger.on = 0;
	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_SO_LINGER, &linger,
	                                 sizeof(linger)),
	                 0);
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
}

SCENARIO(reset_of_an_abort_is_acceptable_to_the_peer)
{
	/* SEQ = SND.NXT, also when data is in flight and more waits. */
	const struct tarn_linger linger = { .on = 1, .linger_s = 0 };
	const int fd                    = peer_connects("mss 1000");

	app_sends(fd, 20000);
	for (unsigned i = 0; i < 10; i++)
		ck_assert(next_segment(&(struct segment){ 0 }));
	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_SO_LINGER, &linger,
	                                 sizeof(linger)),
	                 0);
	app_closes(fd);
	stack_sends("R. 10001:10001(0) ack 1");
}

SCENARIO(half_open_connection_is_reset_when_used)
{
	/* Figure 10: we know nothing of it. */
	the_listener();
	peer_sends("P. 300:310(10) ack =100");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R =100:=100(0)");
}

SCENARIO(unacceptable_ack_in_syn_received_is_reset)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	stack_drops("TCP_ACK_SYN_RECEIVED");
	stack_sends("R 2:2(0)");
	peer_sends("P. 1:11(10) ack 0");
	stack_sends("R 0:0(0)");
	peer_sends(". 1:1(0) ack 1"); /* it is still half-open */
	stack_sends_nothing();
	app_accepts(listener);
}

SCENARIO_MAIN("tcp reset sent", syn_to_a_closed_port_is_reset_with_ack,
              length_is_counted_in_that_ack,
              ack_to_a_closed_port_is_reset_without_ack,
              reset_is_never_answered, unread_data_turns_close_into_reset,
              partly_read_data_is_unread_data, read_data_and_close_is_a_fin,
              unread_data_in_close_wait_resets_too,
              unread_end_of_stream_alone_is_no_reason,
              text_after_close_draws_reset_in_fin_wait_2,
              text_after_close_draws_reset_in_fin_wait_1, linger_of_zero_resets,
              linger_switched_off_again_closes_normally,
              reset_of_an_abort_is_acceptable_to_the_peer,
              half_open_connection_is_reset_when_used,
              unacceptable_ack_in_syn_received_is_reset)
