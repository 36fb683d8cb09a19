/* SPDX-License-Identifier: MIT */
/*
 * Fast retransmit and recovery without SACK: RFC 5681 3.2, RFC 6582 (NewReno),
 * RFC 3042 (limited transmit)
 *
 * Segments are 1000 octets and the initial window is 10 of them. Congestion
 * control is Reno's: half of ten is seen at a glance.
 */
#include "tests/unit/lib/peer.h"

/* Ten segments are out, @more octets wait. */
static int fill_the_pipe(size_t more)
{
	int fd;

	peer_config()->congestion = "reno";
	fd                        = peer_connects("mss 1000");
	app_sends(fd, 10000 + more);
	for (unsigned i = 0; i < 10; i++)
		stack_sends("%s %u:%u(1000) ack 1",
		            i == 9 && more == 0 ? "P." : ".", i * 1000 + 1,
		            i * 1000 + 1001);
	stack_sends_nothing();
	time_passes(100 * MSEC);

	return fd;
}

static void peer_repeats_ack(unsigned ack, unsigned count)
{
	while (count-- > 0)
		peer_sends(". 1:1(0) ack %u", ack);
}

/* RFC5681-5 */
SCENARIO(third_duplicate_retransmits)
{
	fill_the_pipe(0);
	peer_repeats_ack(1, 2);
	stack_sends_nothing();
	peer_repeats_ack(1, 1);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_nothing();
}

/* RFC5681-5 */
SCENARIO(two_duplicates_are_no_loss)
{
	fill_the_pipe(0);
	peer_repeats_ack(1, 2);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 3001");
	peer_repeats_ack(3001, 2);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC5681-8 */
SCENARIO(a_segment_with_text_is_no_duplicate)
{
	const int fd = fill_the_pipe(0);

	for (unsigned i = 0; i < 3; i++) {
		peer_sends("P. %u:%u(10) ack 1", 10 * i + 1, 10 * i + 11);
		stack_sends(". 10001:10001(0) ack %u", 10 * i + 11);
	}
	app_receives(fd, 30);
	stack_sends_nothing();
	peer_sends(". 31:31(0) ack 10001");
}

/* RFC5681-8 */
SCENARIO(a_window_update_is_no_duplicate)
{
	fill_the_pipe(0);
	peer_sends(". 1:1(0) ack 1 win 30000");
	peer_sends(". 1:1(0) ack 1 win 31000");
	peer_sends(". 1:1(0) ack 1 win 32000");
	peer_sends(". 1:1(0) ack 1 win 33000");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(an_ack_without_anything_in_flight_is_no_duplicate)
{
	const int fd = peer_connects("mss 1000");

	peer_repeats_ack(1, 5);
	stack_sends_nothing();
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

/* RFC3042-1 */
SCENARIO(limited_transmit_sends_new_data_on_the_first_two)
{
	fill_the_pipe(5000);
	peer_repeats_ack(1, 1);
	stack_sends(". 10001:11001(1000) ack 1");
	peer_repeats_ack(1, 1);
	stack_sends(". 11001:12001(1000) ack 1");
	peer_repeats_ack(1, 1);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO(limited_transmit_respects_the_peers_window)
{
	peer_window(10000);
	fill_the_pipe(5000);
	peer_repeats_ack(1, 2);
	stack_sends_nothing();
	peer_repeats_ack(1, 1);
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(ssthresh_is_half_the_flight_without_limited_transmit)
{
	const int fd = fill_the_pipe(5000);

	peer_repeats_ack(1, 2);
	stack_sends(". 10001:11001(1000) ack 1");
	stack_sends(". 11001:12001(1000) ack 1");
	peer_repeats_ack(1, 1);
	stack_sends(". 1:1001(1000) ack 1");
	/* 5681 3.2 (2): the two extra segments are not counted. */
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	peer_sends("R 1:1(0)");
}

SCENARIO(duplicates_let_new_data_out_when_the_window_allows)
{
	peer_config()->no_prr = true; /* RFC 6582's own way down */
	/* After the third: cwnd = 5 + 3; flight is 12. Each further duplicate
	 * adds one, so the fifth of them sends the 13th segment. */
	fill_the_pipe(10000);
	peer_repeats_ack(1, 3);
	stack_sends(". 10001:11001(1000) ack 1");
	stack_sends(". 11001:12001(1000) ack 1");
	stack_sends(". 1:1001(1000) ack 1");
	peer_repeats_ack(1, 4);
	stack_sends_nothing();
	peer_repeats_ack(1, 1);
	stack_sends(". 12001:13001(1000) ack 1");
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO(inflation_is_bounded_by_what_is_in_flight)
{
	/* TR-09: a thousand forged duplicates; only twelve were sent. */
	struct segment segment;
	unsigned fresh = 0;

	fill_the_pipe(100000);
	for (unsigned i = 0; i < 1000; i++) {
		peer_sends(". 1:1(0) ack 1");
		while (next_segment(&segment))
			fresh += relative_seq(&segment) > 10000;
	}
	ck_assert_uint_le(fresh, 20);
	peer_sends("R 1:1(0)");
}

/* RFC6582-2 */
SCENARIO(full_ack_ends_recovery_and_deflates)
{
	const int fd = fill_the_pipe(0);

	peer_repeats_ack(1, 9);
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_le(app_info(fd).cwnd, 5000);
	app_sends(fd, 10000);
	stack_sends(". 10001:11001(1000) ack 1");
	ck_assert_uint_le(sent_count(), 4);
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* RFC6582-1 */
SCENARIO(partial_ack_retransmits_the_next_hole)
{
	/* 1 and 5 were lost: eight duplicates, partial ACK 4001, full ACK. */
	fill_the_pipe(0);
	peer_repeats_ack(1, 8);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 4001");
	stack_sends(". 4001:5001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_nothing();
}

SCENARIO(three_holes_take_three_round_trips)
{
	fill_the_pipe(0);
	peer_repeats_ack(1, 7);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 3001");
	stack_sends(". 3001:4001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 6001");
	stack_sends(". 6001:7001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	stack_sends_nothing();
}

SCENARIO(first_partial_ack_restarts_the_timer)
{
	fill_the_pipe(0);
	peer_repeats_ack(1, 8);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(150 * MSEC);
	peer_sends(". 1:1(0) ack 4001");
	stack_sends(". 4001:5001(1000) ack 1");
	stack_is_silent_for(290 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC6582-3 */
SCENARIO(duplicates_of_the_same_flight_do_not_reduce_twice)
{
	/* RFC 6582 2: the ACK must cover more than recover. */
	const int fd = fill_the_pipe(0);
	uint32_t ssthresh;

	peer_repeats_ack(1, 3);
	stack_sends(". 1:1001(1000) ack 1");
	ssthresh = app_info(fd).ssthresh;
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 5001");
	stack_sends(". 5001:6001(1000) ack 1");
	peer_repeats_ack(5001, 4);
	stack_sends_nothing();
	ck_assert_uint_eq(app_info(fd).ssthresh, ssthresh);
	peer_sends(". 1:1(0) ack 10001");
}

/* RFC6582-3 */
SCENARIO(duplicates_after_a_timeout_do_not_retransmit_again)
{
	/* RFC 6582 3.2 (4) and 4: recover is the highest number sent. */
	fill_the_pipe(0);
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends_nothing();
	peer_repeats_ack(1001, 3);
	while (sent_count() > 0) {
		struct segment segment;

		ck_assert(next_segment(&segment));
		ck_assert_int_ne(relative_seq(&segment), 1001);
	}
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(duplicates_after_a_timeout_send_nothing)
{
	/* RFC 5681 3.1: "a TCP MUST NOT send data with a sequence number higher
	 * than the sum of the highest acknowledged sequence number and the
	 * minimum of cwnd and rwnd"; after the timeout cwnd is 1000. */
	fill_the_pipe(0);
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	peer_repeats_ack(1, 2);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(lost_retransmission_waits_for_the_timer)
{
	fill_the_pipe(0);
	peer_repeats_ack(1, 9);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	while (sent_count() == 0)
		time_passes(10 * MSEC);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO(partial_ack_deflates_by_what_it_acknowledges)
{
	peer_config()->no_prr = true;
	/* 1 and 5 are lost, and more data waits. RFC 6582 3.2: cwnd = 5 + 3
	 * at the third duplicate, 13 at the eighth; the partial ACK takes 4
	 * off and gives 1 back: 10, with 9 in flight. */
	fill_the_pipe(10000);
	peer_repeats_ack(1, 3);
	stack_sends(". 10001:11001(1000) ack 1");
	stack_sends(". 11001:12001(1000) ack 1");
	stack_sends(". 1:1001(1000) ack 1");
	peer_repeats_ack(1, 5);
	stack_sends(". 12001:13001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 4001");
	stack_sends(". 4001:5001(1000) ack 1");
	stack_sends(". 13001:14001(1000) ack 1");
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp fast retransmit", third_duplicate_retransmits,
              two_duplicates_are_no_loss, a_segment_with_text_is_no_duplicate,
              a_window_update_is_no_duplicate,
              an_ack_without_anything_in_flight_is_no_duplicate,
              limited_transmit_sends_new_data_on_the_first_two,
              limited_transmit_respects_the_peers_window,
              ssthresh_is_half_the_flight_without_limited_transmit,
              duplicates_let_new_data_out_when_the_window_allows,
              inflation_is_bounded_by_what_is_in_flight,
              full_ack_ends_recovery_and_deflates,
              partial_ack_retransmits_the_next_hole,
              three_holes_take_three_round_trips,
              first_partial_ack_restarts_the_timer,
              duplicates_of_the_same_flight_do_not_reduce_twice,
              duplicates_after_a_timeout_do_not_retransmit_again,
              duplicates_after_a_timeout_send_nothing,
              lost_retransmission_waits_for_the_timer,
              partial_ack_deflates_by_what_it_acknowledges)
