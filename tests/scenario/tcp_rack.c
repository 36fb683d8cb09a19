/* SPDX-License-Identifier: MIT */
/*
 * RACK: loss by time, with an adaptive reordering window: RFC 8985 section 6
 *
 * Segments are 1000 octets, the RTT is 100 ms and so is min_RTT: the reordering
 * window starts as 25 ms.
 */
#include "tests/unit/lib/peer.h"

static int fill_the_pipe(size_t len)
{
	const int fd = peer_connects("mss 1000,sackOK,nop,nop");

	app_sends(fd, len);
	for (unsigned seq = 1; seq < len; seq += 1000)
		stack_sends("%s %u:%u(1000) ack 1",
		            seq + 1000 > len ? "P." : ".", seq, seq + 1000);
	time_passes(100 * MSEC);

	return fd;
}

/* Five more, from @seq on, 100 ms ago. */
static void next_flight(int fd, unsigned seq)
{
	app_sends(fd, 5000);
	for (unsigned i = 0; i < 5; i++, seq += 1000)
		stack_sends("%s %u:%u(1000) ack 1", i == 4 ? "P." : ".", seq,
		            seq + 1000);
	time_passes(100 * MSEC);
}

/* RFC8985-4 */
SCENARIO(one_that_was_overtaken_is_waited_for_a_quarter_of_the_rtt)
{
	fill_the_pipe(5000);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends_after(25 * MSEC, ". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 5001");
}

/* RFC8985-1 */
SCENARIO(reordering_within_the_window_sends_nothing_again)
{
	const int fd        = fill_the_pipe(5000);
	const uint32_t cwnd = app_info(fd).cwnd;

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_DISORDER);
	ck_assert_uint_eq(app_info(fd).sacked, 1);
	ck_assert_uint_eq(app_info(fd).unacked, 5);
	stack_is_silent_for(24 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_OPEN);
	peer_sends(". 1:1(0) ack 5001");
	stack_sends_nothing();
	ck_assert_uint_ge(app_info(fd).cwnd, cwnd);
	ck_assert_uint_eq(app_info(fd).reord_seen, 1);
	ck_assert_uint_eq(app_info(fd).retransmits, 0);
}

SCENARIO(three_duplicates_mean_loss_until_reordering_was_seen)
{
	const int fd = fill_the_pipe(10000);

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1"); /* at once: DupThresh */
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");

	/* Now the network reorders, once. */
	next_flight(fd, 10001);
	peer_sends(". 1:1(0) ack 10001 <nop,nop,sack 11001:12001>");
	peer_sends(". 1:1(0) ack 15001");
	stack_sends_nothing();

	next_flight(fd, 15001);
	peer_sends(". 1:1(0) ack 15001 <nop,nop,sack 16001:19001>");
	stack_sends_after(25 * MSEC, ". 15001:16001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 20001");
	stack_sends_nothing();
}

/* RFC8985-3 */
SCENARIO(a_dsack_widens_the_window)
{
	const int fd = fill_the_pipe(5000);

	/* Overtaken for 30 ms: sent again needlessly, as the D-SACK says. */
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends_after(25 * MSEC, ". 1:1001(1000) ack 1");
	time_passes(5 * MSEC);
	peer_sends(". 1:1(0) ack 5001");
	time_passes(95 * MSEC);
	peer_sends(". 1:1(0) ack 5001 <nop,nop,sack 1:1001>");
	ck_assert_uint_eq(app_info(fd).dsack_dups, 1);

	next_flight(fd, 5001);
	peer_sends(". 1:1(0) ack 5001 <nop,nop,sack 6001:7001>");
	stack_sends_after(50 * MSEC, ". 5001:6001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(both_ends_of_a_flight_are_repaired_without_a_timeout)
{
	/* RFC 8985 9.1, example 1: P1 and P3 are lost. */
	fill_the_pipe(3000);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends_after(25 * MSEC, ". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
	stack_sends("P. 2001:3001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 3001");
	stack_sends_nothing();
}

SCENARIO(lost_retransmission_is_found_without_a_timeout)
{
	/* RFC 8985 9.1, example 2: P1, P2 and R1 are lost. PRR would let R2 wait
	 * for the next ACK. */
	const int fd = (peer_config()->no_prr = true, fill_the_pipe(3000));

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 2001:3001>");
	stack_sends_after(25 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).lost, 2);
	stack_sends(". 1001:2001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).retrans, 2);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:3001>");
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 3001");
	ck_assert_uint_eq(app_info(fd).octets_retransmitted, 3000);
	ck_assert_uint_eq(app_info(fd).timeouts, 0);
}

SCENARIO(without_rack_nothing_but_rto_finds_it)
{
	peer_config()->no_rack = true;
	fill_the_pipe(3000);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 2001:3001>");
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 3001");
}

SCENARIO(acks_of_single_octets_cannot_fool_it)
{
	/* RFC 8985 10: all of a segment left at the same time. */
	fill_the_pipe(2000);
	for (unsigned right = 1129; right < 1300; right++)
		peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:%u>", right);
	stack_is_silent_for(24 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
}

SCENARIO_MAIN("tcp RACK",
              one_that_was_overtaken_is_waited_for_a_quarter_of_the_rtt,
              reordering_within_the_window_sends_nothing_again,
              three_duplicates_mean_loss_until_reordering_was_seen,
              a_dsack_widens_the_window,
              both_ends_of_a_flight_are_repaired_without_a_timeout,
              lost_retransmission_is_found_without_a_timeout,
              without_rack_nothing_but_rto_finds_it,
              acks_of_single_octets_cannot_fool_it)
