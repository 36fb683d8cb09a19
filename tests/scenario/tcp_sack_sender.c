/* SPDX-License-Identifier: MIT */
/*
 * Recovery by the peer's SACK blocks: RFC 8985 (and RFC 6675, without RACK), RFC
 * 2018 section 8, RFC 5681
 *
 * Segments are 1000 octets; ten are in flight unless a test says otherwise.
 */
#include "tests/unit/lib/peer.h"

#define SACK "mss 1000,sackOK,nop,nop"

static int fill_the_pipe(size_t more)
{
	int fd;

	peer_config()->congestion = "reno"; /* half of ten: seen at a glance */
	fd                        = peer_connects(SACK);
	app_sends(fd, 10000 + more);
	for (unsigned i = 0; i < 10; i++)
		stack_sends("%s %u:%u(1000) ack 1",
		            i == 9 && more == 0 ? "P." : ".", i * 1000 + 1,
		            i * 1000 + 1001);
	stack_sends_nothing();
	time_passes(100 * MSEC);

	return fd;
}

SCENARIO(three_sacked_segments_mean_loss)
{
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:3001>");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_nothing();
}

SCENARIO(one_ack_that_sacks_three_segments_is_enough)
{
	/* RFC 6675 5 (2): IsLost(HighACK + 1) with DupAcks = 1 */
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(limited_transmit_needs_new_sack_information)
{
	/* RFC 5681 3.2 (1): "MUST NOT send new data unless the incoming
	 * duplicate acknowledgment contains new SACK information" */
	fill_the_pipe(5000);
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends(". 10001:11001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:3001>");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends("R 1:1(0)");
}

/* RFC6675-4 */
SCENARIO(only_the_holes_are_sent_again)
{
	/* 1, 4 and 7 are lost: nothing SACKed leaves a second time. */
	struct segment segment;
	unsigned holes = 0;

	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:3001>");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 4001:6001 1001:3001>");
	peer_sends(
	        ". 1:1(0) ack 1 <nop,nop,sack 7001:8001 4001:6001 1001:3001>");
	peer_sends(
	        ". 1:1(0) ack 1 <nop,nop,sack 7001:9001 4001:6001 1001:3001>");
	peer_sends(
	        ". 1:1(0) ack 1 <nop,nop,sack 7001:10001 4001:6001 1001:3001>");
	while (next_segment(&segment)) {
		const int seq = relative_seq(&segment);

		ck_assert_uint_eq(segment.text_len, 1000);
		ck_assert(seq == 1 || seq == 3001 || seq == 6001);
		holes |= 1u << seq / 3000;
	}
	ck_assert_uint_eq(holes, 7); /* all three, in one round trip */
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_nothing();
}

SCENARIO(each_hole_is_sent_once_per_recovery)
{
	struct segment segment;
	unsigned count = 0;

	fill_the_pipe(0);
	for (unsigned right = 2001; right <= 10001; right += 1000)
		peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:%u>", right);
	while (next_segment(&segment)) {
		ck_assert_int_eq(relative_seq(&segment), 1);
		count++;
	}
	ck_assert_uint_eq(count, 1);
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC6675-2, RFC6675-3 */
SCENARIO(new_data_follows_when_the_pipe_allows)
{
	/* ssthresh = cwnd = 5; pipe falls below it as segments are SACKed. */
	struct segment segment;
	unsigned fresh = 0;

	fill_the_pipe(20000);
	for (unsigned right = 2001; right <= 10001; right += 1000)
		peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:%u>", right);
	while (next_segment(&segment)) {
		const int seq = relative_seq(&segment);

		ck_assert(seq == 1 || seq > 10000);
		fresh += seq > 10000;
	}
	/* At the end: 1 retransmitted and new text, together at most cwnd. */
	ck_assert_uint_ge(fresh, 3);
	ck_assert_uint_le(fresh, 6);
	peer_sends("R 1:1(0)");
}

SCENARIO(window_is_halved)
{
	const int fd = fill_the_pipe(0);

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	/* Seven segments that were not SACKed: a whole window, and one more. */
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_eq(app_info(fd).cwnd, 6000);
}

SCENARIO(what_was_sacked_counts_once)
{
	const int fd = fill_the_pipe(0);

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:9001>");
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001"); /* tells of the first and the last */
	ck_assert_uint_eq(app_info(fd).cwnd, 5000);
}

SCENARIO(partial_ack_in_recovery_sends_the_next_hole)
{
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 5001:8001 1001:4001>");
	stack_sends(". 4001:5001(1000) ack 1"); /* three SACKed above it */
	time_passes(100 * MSEC);
	/* RFC 8985 6.2: what was sent again 100 ms after the end of the flight
	 * has arrived, so that is lost as well. */
	peer_sends(". 1:1(0) ack 8001");
	stack_sends(". 8001:9001(1000) ack 1");
	stack_sends("P. 9001:10001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC6675-1 */
SCENARIO(without_rack_the_end_of_the_flight_is_rescued_once)
{
	peer_config()->no_rack = true;
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 5001:8001 1001:4001>");
	stack_sends(". 4001:5001(1000) ack 1"); /* three SACKed above it */
	time_passes(100 * MSEC);
	/* Nothing says that 8001 is lost. What may leave is NextSeg rule (4):
	 * one rescue, which "MUST include the highest outstanding". */
	peer_sends(". 1:1(0) ack 8001");
	stack_sends("P. 9001:10001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(timeout_keeps_the_scoreboard)
{
	/* RFC 2018 8 lets RTO forget it, for the receiver may have reneged; but
	 * that shows: see below, and docs/design/0017. */
	peer_config()->no_rack = true;
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 9001:10001>");
	stack_sends_nothing();
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 8001");
	stack_sends(". 8001:9001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC2018-4 */
SCENARIO(timeout_after_reneging_sends_what_was_sacked)
{
	/* 9001 was SACKed, and yet 9001 is all that is acknowledged. */
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 8001 <nop,nop,sack 9001:10001>");
	time_passes(10 * MSEC);
	peer_sends(". 1:1(0) ack 9001");
	stack_sends_after(300 * MSEC, "P. 9001:10001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC2018-4 */
SCENARIO(sacked_text_is_kept_until_it_is_acknowledged)
{
	/* RFC 2018 8: a renegade receiver; all 10 can still be had. */
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:10001>");
	stack_sends(". 1:1001(1000) ack 1");
	while (sent_count() == 0)
		time_passes(50 * MSEC);
	for (unsigned seq = 1; seq < 10001;) {
		struct segment segment;
		unsigned end = seq;

		while (next_segment(&segment)) {
			if (relative_seq(&segment) == (int)end)
				end += (unsigned)segment.text_len;
		}
		if (end == seq) {
			time_passes(100 * MSEC);
			continue;
		}
		seq = end;
		peer_sends(". 1:1(0) ack %u", seq); /* without any SACK */
	}
	stack_sends_nothing();
}

SCENARIO(impossible_blocks_are_ignored)
{
	/* TH-08: edges outside SND.UNA..SND.NXT, inverted, empty, far away. */
	static const char *const blocks[] = {
		"-1000:-1",
		"-1000:2001",
		"1:1001",
		"10001:11001",
		"9001:11001",
		"3001:2001",
		"2001:2001",
		"2147483649:2147484649",
		"-2147483647:1001",
		"1001:-2147482647",
		"2147483647:2147483648",
		"0:1",
	};

	fill_the_pipe(0);
	for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		peer_sends(". 1:1(0) ack 1 win %u <nop,nop,sack %s>", 60000 + i,
		           blocks[i]);
		stack_sends_nothing();
	}
	/* Nothing counts as SACKed: the timer sends all of it again. */
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(blocks_without_agreement_are_ignored)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 4000);
	for (unsigned i = 0; i < 4; i++)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 4001");
}

/* RFC2883-2 */
SCENARIO(duplicate_report_is_no_sign_of_loss)
{
	/* RFC 2883: a D-SACK block below SND.UNA is not in the scoreboard. */
	const int fd = fill_the_pipe(0);

	peer_sends(". 1:1(0) ack 5001");
	for (unsigned i = 0; i < 3; i++) {
		peer_sends(". 1:1(0) ack 5001 win %u <nop,nop,sack 1:1001>",
		           60000 + i);
		stack_sends_nothing();
	}
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
}

SCENARIO(a_thousand_small_blocks_cost_little)
{
	/* TR-06: alternate octets, moving; the scoreboard is bounded. */
	const int fd        = fill_the_pipe(0);
	const size_t before = memory_held();

	for (unsigned left = 2; left < 9000; left += 8)
		peer_sends(". 1:1(0) ack 1 <nop,nop,sack %u:%u %u:%u %u:%u>",
		           left, left + 1, left + 2, left + 3, left + 4,
		           left + 5);
	while (sent_count() > 0) {
		struct segment segment;

		ck_assert(next_segment(&segment));
		ck_assert_uint_ge(segment.text_len, 1);
	}
	ck_assert_uint_le(memory_held() - before, 65536);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp SACK sender", three_sacked_segments_mean_loss,
              one_ack_that_sacks_three_segments_is_enough,
              limited_transmit_needs_new_sack_information,
              only_the_holes_are_sent_again,
              each_hole_is_sent_once_per_recovery,
              new_data_follows_when_the_pipe_allows, window_is_halved,
              what_was_sacked_counts_once,
              partial_ack_in_recovery_sends_the_next_hole,
              without_rack_the_end_of_the_flight_is_rescued_once,
              timeout_keeps_the_scoreboard,
              timeout_after_reneging_sends_what_was_sacked,
              sacked_text_is_kept_until_it_is_acknowledged,
              impossible_blocks_are_ignored,
              blocks_without_agreement_are_ignored,
              duplicate_report_is_no_sign_of_loss,
              a_thousand_small_blocks_cost_little)
