/* SPDX-License-Identifier: MIT */
/*
 * Reassembly: RFC 9293 3.10.7.4 first and seventh, SHLD-31; who sent first wins
 * where copies disagree
 */
#include "tests/unit/lib/peer.h"

/* SHLD-31 */
SCENARIO(hole_is_filled_and_all_is_delivered)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1"); /* a duplicate ACK, at once */
	app_receives_nothing(fd);
	peer_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 2001");
	app_receives(fd, 2000);
}

/* MAY-13, RFC5681-7 */
SCENARIO(every_segment_beyond_a_hole_is_one_duplicate_ack)
{
	const int fd = peer_connects("mss 1000");

	for (unsigned i = 1; i <= 5; i++) {
		peer_sends(". %u:%u(100) ack 1", 100 * i + 1, 100 * i + 101);
		stack_sends(". 1:1(0) ack 1");
	}
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 601");
	app_receives(fd, 600);
}

SCENARIO(duplicate_acks_are_not_merged)
{
	/* Three segments in one poll are three duplicate ACKs: the sender
	 * counts them (RFC 5681 4.2; design: what is owed stays countable). */
	const int fd = peer_connects("mss 1000");

	for (unsigned i = 1; i <= 3; i++)
		peer_queues(". %u:%u(100) ack 1", 100 * i + 1, 100 * i + 101);
	settle();
	for (unsigned i = 1; i <= 3; i++)
		stack_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 401");
	app_receives(fd, 400);
}

SCENARIO(partial_fill_moves_the_acknowledgment)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 201");
	app_receives(fd, 200);
	peer_sends(". 201:301(100) ack 1");
	stack_sends(". 1:1(0) ack 401");
	app_receives(fd, 200);
}

SCENARIO(all_orders_of_five_segments)
{
	/* TB-13: 120 orders, one after the other on one connection. */
	const int fd  = peer_connects("mss 1000");
	unsigned base = 1;

	for (unsigned order = 0; order < 120; order++, base += 500) {
		unsigned left[5] = { 0, 1, 2, 3, 4 }, rest = order;

		for (unsigned n = 5; n > 0; n--) {
			const unsigned pick = rest % n, i = left[pick];

			rest /= n;
			left[pick] = left[n - 1];
			peer_sends(". %u:%u(100) ack 1", base + 100 * i,
			           base + 100 * i + 100);
			time_passes(50 * MSEC);
			while (sent_count() > 0)
				ck_assert(next_segment(&(struct segment){ 0 }));
		}
		app_receives(fd, 500);
	}
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- Overlaps ---- */

SCENARIO(old_part_of_a_segment_is_trimmed)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends(". 51:151(100) ack 1");
	stack_sends(". 1:1(0) ack 151");
	app_receives(fd, 150);
}

SCENARIO(first_octets_win_against_a_conflicting_copy)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_octets('A', ". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('B',
	                  ". 101:201(100) ack 1"); /* a copy that differs */
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('B', ". 1:301(300) ack 1"); /* and one all over it */
	stack_sends(". 1:1(0) ack 301");
	app_receives_octets(fd, 100, 'B');
	app_receives_octets(fd, 100, 'A');
	app_receives_octets(fd, 100, 'B');
}

SCENARIO(acknowledged_octets_are_never_replaced)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_octets('A', ". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends_octets('B', ". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends_octets('B', ". 51:151(100) ack 1");
	stack_sends(". 1:1(0) ack 151");
	app_receives_octets(fd, 100, 'A');
	app_receives_octets(fd, 50, 'B');
}

SCENARIO(left_overlap_of_a_waiting_segment)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_octets('A', ". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('B', ". 51:151(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('B', ". 1:51(50) ack 1");
	stack_sends(". 1:1(0) ack 201");
	app_receives_octets(fd, 100, 'B');
	app_receives_octets(fd, 100, 'A');
}

SCENARIO(segment_inside_what_waits_adds_nothing)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_octets('A', ". 101:301(200) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('B', ". 151:251(100) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends_octets('C', ". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 301");
	app_receives_octets(fd, 100, 'C');
	app_receives_octets(fd, 200, 'A');
}

/* ---- Edges of the window ---- */

SCENARIO(old_segment_is_acknowledged_and_dropped)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	app_receives(fd, 100);
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	app_receives_nothing(fd);
}

SCENARIO(segment_beyond_the_window_is_acknowledged_and_dropped)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 65536:65636(100) ack 1");
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
	time_passes(SEC);
	peer_sends(". 1000001:1000101(100) ack 1");
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
	app_receives_nothing(fd);
}

SCENARIO(segment_across_the_right_edge_is_trimmed)
{
	int fd;

	peer_config()->rcvbuf = 4096;
	fd                    = peer_connects("mss 1000");
	for (unsigned seq = 1; seq < 3501; seq += 500)
		peer_sends(". %u:%u(500) ack 1", seq, seq + 500);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 3501:4501(1000) ack 1"); /* the edge is at 4097 */
	time_passes(50 * MSEC);
	ck_assert_uint_gt(sent_count(), 0);
	stack_sends(". 1:1(0) ack 4097 win 0");
	app_receives(fd, 4096);
	while (sent_count() > 0)
		stack_sends(". 1:1(0) ack 4097");
	app_receives_nothing(fd);
}

SCENARIO(answers_to_stray_segments_are_rationed)
{
	/* TB-05: two ends that disagree must not talk for ever. */
	peer_connects("mss 1000");
	for (unsigned i = 0; i < 100; i++) {
		peer_sends(". 100000:100000(0) ack 1");
		time_passes(MSEC);
	}
	ck_assert_uint_ge(sent_count(), 1);
	ck_assert_uint_le(sent_count(), 3);
	while (sent_count() > 0)
		stack_sends(". 1:1(0) ack 1");
}

SCENARIO(alternate_octets_cost_bounded_memory)
{
	/* TR-05: an octet at every second place of the window. */
	const int fd        = peer_connects("mss 1000");
	const size_t before = memory_held();

	for (unsigned seq = 3; seq < 20001; seq += 2) {
		peer_sends("P. %u:%u(1) ack 1", seq, seq + 1);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	ck_assert_uint_le(memory_held() - before, 200000);
	for (unsigned seq = 1; seq < 20001; seq += 1000) {
		peer_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
		time_passes(50 * MSEC);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	app_receives(fd, 20000);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

SCENARIO_MAIN("tcp out of order", hole_is_filled_and_all_is_delivered,
              every_segment_beyond_a_hole_is_one_duplicate_ack,
              duplicate_acks_are_not_merged,
              partial_fill_moves_the_acknowledgment,
              all_orders_of_five_segments, old_part_of_a_segment_is_trimmed,
              first_octets_win_against_a_conflicting_copy,
              acknowledged_octets_are_never_replaced,
              left_overlap_of_a_waiting_segment,
              segment_inside_what_waits_adds_nothing,
              old_segment_is_acknowledged_and_dropped,
              segment_beyond_the_window_is_acknowledged_and_dropped,
              segment_across_the_right_edge_is_trimmed,
              answers_to_stray_segments_are_rationed,
              alternate_octets_cost_bounded_memory)
