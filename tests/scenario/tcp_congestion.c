/* SPDX-License-Identifier: MIT */
/*
 * Slow start, Reno's congestion avoidance and idle restart: RFC 5681 3.1 and 4.1, RFC
 * 6928 (initial window), MUST-19; octets are counted, with no limit per ACK
 */
#include "tests/unit/lib/peer.h"

/* Take @count full segments that begin at @seq. */
static void stack_sends_segments(unsigned seq, unsigned count)
{
	for (unsigned i = 0; i < count; i++, seq += 1000) {
		struct segment segment;

		if (!next_segment(&segment))
			peer_fails(__FILE__, __LINE__,
			           "segment %u of %u is missing", i + 1, count);
		ck_assert_int_eq(relative_seq(&segment), (int)seq);
		ck_assert_uint_eq(segment.text_len, 1000);
	}
	stack_sends_nothing();
}

/* Reno: its numbers can be seen at a glance; test_cc_cubic.c has CUBIC's. */
static int bulk(size_t len)
{
	int fd;

	peer_config()->congestion = "reno";
	fd                        = peer_connects("mss 1000");
	app_sends(fd, len);

	return fd;
}

static void reset_it(void)
{
	peer_sends("R 1:1(0)");
}

/* RFC6928-1 */
SCENARIO(initial_window_is_ten_segments)
{
	bulk(50000);
	stack_sends_segments(1, 10);
	reset_it();
}

SCENARIO(initial_window_of_large_segments_is_14600_octets)
{
	/* RFC 6928: min(10*MSS, max(2*MSS, 14600)) */
	const int fd = peer_connects("mss 1460");
	struct segment segment;

	app_sends(fd, 50000);
	ck_assert_uint_eq(sent_count(), 10);
	while (next_segment(&segment))
		ck_assert_uint_eq(segment.text_len, 1460);
	reset_it();
}

SCENARIO(initial_window_can_be_configured)
{
	peer_config()->initial_window = 3;
	bulk(50000);
	stack_sends_segments(1, 3);
	reset_it();
}

/* RFC6928-2 */
SCENARIO(initial_window_is_one_segment_after_a_lost_synack)
{
	/* RFC 5681 3.1: "if the SYN or SYN/ACK is lost, the initial window used
	 * by a sender after a correctly transmitted SYN MUST be one segment" */
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	stack_sends_after(SEC, "S. 0:0(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(listener);
	app_sends(fd, 50000);
	stack_sends_segments(1, 1);
	reset_it();
}

SCENARIO(initial_window_is_one_segment_after_a_lost_syn)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	stack_sends_after(SEC, "S 0:0(0)");
	time_passes(RTT_US);
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	app_sends(fd, 50000);
	stack_sends_segments(1, 1);
	reset_it();
}

/* MUST-19, RFC5681-1 */
SCENARIO(slow_start_doubles_per_round_trip)
{
	bulk(50000);
	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	for (unsigned i = 1; i <= 10; i++) {
		peer_sends(". 1:1(0) ack %u", 1000 * i + 1);
		stack_sends_segments(10001 + 2000 * (i - 1), 2);
	}
	reset_it();
}

SCENARIO(slow_start_counts_octets_not_acks)
{
	/* One ACK for four segments opens the window by four. */
	bulk(50000);
	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 4001");
	stack_sends_segments(10001, 8);
	reset_it();
}

SCENARIO(ack_division_gains_nothing)
{
	/* TR-08: a thousand ACKs of one octet each are worth one segment. */
	struct segment segment;
	size_t sent = 0;

	bulk(50000);
	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	for (unsigned i = 1; i <= 1000; i++) {
		peer_sends(". 1:1(0) ack %u", i + 1);
		while (next_segment(&segment))
			sent += segment.text_len;
	}
	ck_assert_uint_le(sent, 2000);
	reset_it();
}

/* MUST-19, RFC5681-2 */
SCENARIO(avoidance_grows_by_one_segment_per_round_trip)
{
	/* RTO: ssthresh = 10/2 = 5, cwnd = 1; slow start up to 5. */
	const int fd = bulk(60000);
	unsigned una, trips = 0;

	stack_sends_segments(1, 10);
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	time_passes(50 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	una = 10001;
	while (app_info(fd).cwnd < 6000 && trips++ < 3) {
		struct segment segment;
		unsigned count = 0;

		while (next_segment(&segment))
			count++;
		time_passes(100 * MSEC);
		una += count * 1000;
		peer_sends(". 1:1(0) ack %u", una);
	}
	for (trips = 0; trips < 5; trips++) {
		const uint32_t cwnd = app_info(fd).cwnd;
		struct segment segment;
		unsigned count = 0;

		while (next_segment(&segment))
			count++;
		ck_assert_uint_eq(count, cwnd / 1000);
		time_passes(100 * MSEC);
		while (count-- > 0) {
			una += 1000;
			peer_sends(". 1:1(0) ack %u", una);
		}
		ck_assert_uint_ge(app_info(fd).cwnd, cwnd + 900);
		ck_assert_uint_le(app_info(fd).cwnd, cwnd + 1000);
	}
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	reset_it();
}

/* RFC5681-3 */
SCENARIO(timeout_goes_back_to_one_segment)
{
	const int fd = bulk(50000);

	stack_sends_segments(1, 10);
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	reset_it();
}

/* RFC5681-4 */
SCENARIO(second_timeout_of_a_segment_keeps_ssthresh)
{
	/* RFC 5681 3.1: "the value of ssthresh is held constant" when the timer
	 * expires again for a segment that was already retransmitted by it. */
	const int fd = bulk(50000);

	stack_sends_segments(1, 10);
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	stack_sends_after(600 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	reset_it();
}

/* RFC5681-3 */
SCENARIO(ssthresh_is_at_least_two_segments)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).ssthresh, 2000);
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(window_grows_only_when_it_was_the_limit)
{
	/* One small segment at a time proves nothing about the path. */
	const int fd = peer_connects("mss 1000");

	for (unsigned i = 0; i < 50; i++) {
		app_sends(fd, 100);
		stack_sends("P. %u:%u(100) ack 1", 100 * i + 1, 100 * i + 101);
		time_passes(20 * MSEC);
		peer_sends(". 1:1(0) ack %u", 100 * i + 101);
	}
	ck_assert_uint_eq(app_info(fd).cwnd, 10000);
}

SCENARIO(window_does_not_grow_beyond_what_the_peer_allows_for_ever)
{
	int fd;
	unsigned una = 1;

	/* 4 segments are all that the peer lets us send. */
	peer_window(4000);
	fd = peer_connects("mss 1000");
	for (unsigned i = 0; i < 40; i++) {
		app_sends(fd, 4000);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
		time_passes(100 * MSEC);
		una += 4000;
		peer_sends(". 1:1(0) ack %u", una);
	}
	ck_assert_uint_le(app_info(fd).cwnd, 10000);
}

/* RFC5681-6 */
SCENARIO(idle_connection_restarts_from_the_initial_window)
{
	/* RFC 5681 4.1: "has not sent data in an interval exceeding RTO":
	 * cwnd = min(IW, cwnd) */
	const int fd = bulk(30000);

	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_segments(10001, 20);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 30001");
	ck_assert_uint_ge(app_info(fd).cwnd, 20000);
	time_passes(10 * SEC);
	app_sends(fd, 40000);
	stack_sends_segments(30001, 10);
	reset_it();
}

SCENARIO(short_pause_restarts_nothing)
{
	const int fd = bulk(30000);

	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_segments(10001, 20);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 30001");
	time_passes(100 * MSEC);
	app_sends(fd, 20000);
	stack_sends_segments(30001, 20);
	reset_it();
}

SCENARIO(idle_restart_can_be_switched_off)
{
	int fd;

	peer_config()->no_idle_restart = true;
	fd                             = bulk(30000);
	stack_sends_segments(1, 10);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_segments(10001, 20);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 30001");
	time_passes(10 * SEC);
	app_sends(fd, 20000);
	stack_sends_segments(30001, 20);
	reset_it();
}

SCENARIO_MAIN("tcp congestion", initial_window_is_ten_segments,
              initial_window_of_large_segments_is_14600_octets,
              initial_window_can_be_configured,
              initial_window_is_one_segment_after_a_lost_synack,
              initial_window_is_one_segment_after_a_lost_syn,
              slow_start_doubles_per_round_trip,
              slow_start_counts_octets_not_acks, ack_division_gains_nothing,
              avoidance_grows_by_one_segment_per_round_trip,
              timeout_goes_back_to_one_segment,
              second_timeout_of_a_segment_keeps_ssthresh,
              ssthresh_is_at_least_two_segments,
              window_grows_only_when_it_was_the_limit,
              window_does_not_grow_beyond_what_the_peer_allows_for_ever,
              idle_connection_restarts_from_the_initial_window,
              short_pause_restarts_nothing, idle_restart_can_be_switched_off)
