/* SPDX-License-Identifier: MIT */
/*
 * Simultaneous open: RFC 9293 3.5 figure 7, MUST-10, MUST-11
 */
#include "tests/unit/lib/peer.h"

static int both_send_syn(const char *options)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("S 0:0(0) <%s>", options);
	stack_sends("S. 0:0(0) ack 1");
	state_is(TCPS_SYN_RECEIVED);

	return fd;
}

static void is_connected(int fd)
{
	state_is(TCPS_ESTABLISHED);
	ck_assert(tarn_readiness(stack(), fd) & TARN_POLLOUT);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	peer_sends("P. 1:11(10) ack 11");
	stack_sends(". 11:11(0) ack 11");
	app_receives(fd, 10);
}

/* MUST-10 */
SCENARIO(the_peers_synack_completes_it)
{
	const int fd = both_send_syn("mss 1460");

	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	/* An ACK is allowed here (figure 7 shows none), but nothing else. */
	if (sent_count() > 0)
		stack_sends(". 1:1(0) ack 1");
	is_connected(fd);
}

SCENARIO(a_plain_ack_completes_it)
{
	const int fd = both_send_syn("mss 1460");

	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	is_connected(fd);
}

SCENARIO(the_synack_carries_the_options_of_both_syns)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("S 0:0(0) <mss 1000,sackOK,TS val 700 ecr 0,nop,wscale 4>");
	stack_sends("S. 0:0(0) ack 1 win 65535 "
	            "<mss 1460,sackOK,TS val * ecr 700,nop,wscale 7>");
}

SCENARIO(the_synack_is_sent_again)
{
	both_send_syn("mss 1460");
	stack_sends_after(SEC, "S. 0:0(0) ack 1");
	stack_sends_after(2 * SEC, "S. 0:0(0) ack 1");
}

SCENARIO(only_the_ack_of_our_syn_completes_it)
{
	both_send_syn("mss 1000");
	for (int ack = -1; ack <= 3; ack++) {
		if (ack == 1)
			continue;
		peer_sends(". 1:1(0) ack %d", ack);
		stack_drops("TCP_ACK_SYN_RECEIVED");
		stack_sends("R %d:%d(0)", ack, ack);
		state_is(TCPS_SYN_RECEIVED);
	}
	peer_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(reset_after_it_refuses_the_active_open)
{
	const int fd = both_send_syn("mss 1460");

	peer_sends("R. 1:1(0) ack 1"); /* MUST-11: it came from SYN-SENT */
	stack_sends_nothing();
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ECONNREFUSED);
	state_is(TCPS_CLOSED);
	peer_sends(". 1:1(0) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO(close_in_syn_received_sends_fin_when_connected)
{
	const int fd = both_send_syn("mss 1460");

	app_closes(fd);
	if (sent_count() >
	    0) /* RFC 9293 3.10.4: at once, or when established */
		stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	if (sent_count() > 0)
		stack_sends("F. 1:1(0) ack 1");
	state_is(TCPS_FIN_WAIT_1);
	peer_sends(". 1:1(0) ack 2");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(split_handshake_is_completed_or_reset)
{
	/* SYN answered by a bare ACK and then by a SYN: no half-trusted state. */
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends(". 0:0(0) ack 1");
	stack_sends_nothing();
	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	is_connected(fd);
}

SCENARIO_MAIN("tcp simultaneous open", the_peers_synack_completes_it,
              a_plain_ack_completes_it,
              the_synack_carries_the_options_of_both_syns,
              the_synack_is_sent_again, only_the_ack_of_our_syn_completes_it,
              reset_after_it_refuses_the_active_open,
              close_in_syn_received_sends_fin_when_connected,
              split_handshake_is_completed_or_reset)
