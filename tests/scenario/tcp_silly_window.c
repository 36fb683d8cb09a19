/* SPDX-License-Identifier: MIT */
/*
 * Silly-window avoidance at both ends: RFC 9293 3.8.6.2, MUST-38, MUST-39
 */
#include "tests/unit/lib/peer.h"

/* ---- The sender ---- */

/* 1000 octets were sent and acknowledged, 3000 wait, the window is @window. */
static int sender_waits(unsigned window)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 4000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win %u", window);

	return fd;
}

/* MUST-38 */
SCENARIO(small_opening_is_not_used)
{
	sender_waits(10);
	stack_is_silent_for(90 * MSEC);
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends(". 1001:2001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(openings_by_small_steps_wait_for_a_full_segment)
{
	sender_waits(100);
	for (unsigned window = 200; window < 500; window += 100) {
		peer_sends(". 1:1(0) ack 1001 win %u", window);
		stack_sends_nothing();
	}
	peer_sends("R 1:1(0)");
}

SCENARIO(half_of_the_largest_window_is_used)
{
	sender_waits(500); /* Fs = 1/2, and nothing is in flight */
	stack_sends(". 1001:1501(500) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(override_timeout_uses_the_small_window)
{
	/* (4): in the range 0.1 - 1.0 seconds */
	const uint64_t begin = now_us();
	uint64_t waited;
	struct segment segment;

	sender_waits(10);
	while (sent_count() == 0 && now_us() - begin < 3 * SEC)
		time_passes(10 * MSEC);
	waited = now_us() - begin - 2 * RTT_US;
	ck_assert_uint_ge(waited, 90 * MSEC);
	ck_assert_uint_le(waited, 1010 * MSEC);
	ck_assert(next_segment(&segment));
	ck_assert_int_eq(relative_seq(&segment), 1001);
	ck_assert_uint_eq(segment.text_len, 10);
	peer_sends("R 1:1(0)");
}

SCENARIO(all_that_is_queued_may_be_small)
{
	/* (2): D <= U */
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 101 win 200");
	app_sends(fd, 150);
	stack_sends("P. 101:251(150) ack 1");
	peer_sends(". 1:1(0) ack 251 win 200");
}

SCENARIO(window_one_less_than_a_segment_splits_it_or_waits)
{
	/* Half of the largest window seen is enough, so 999 octets leave. */
	sender_waits(999);
	stack_sends(". 1001:2000(999) ack 1");
	peer_sends("R 1:1(0)");
}

/* ---- The receiver ---- */

#define BUFFER 4096

/* The buffer is full and the window closed; nothing was read. */
static int receiver_is_full(void)
{
	int fd;
	unsigned seq;

	peer_config()->rcvbuf = BUFFER;
	fd                    = peer_connects("mss 1000");
	for (seq = 1; seq + 1024 <= BUFFER + 1; seq += 1024)
		peer_sends(". %u:%u(1024) ack 1", seq, seq + 1024);
	time_passes(100 * MSEC);
	ck_assert_uint_gt(sent_count(), 0);
	while (sent_count() > 1)
		ck_assert(next_segment(&(struct segment){ 0 }));
	stack_sends(". 1:1(0) ack 4097 win 0");

	return fd;
}

SCENARIO(window_closes_as_the_buffer_fills)
{
	int fd;

	peer_config()->rcvbuf = BUFFER;
	the_listener();
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1 win 4096");
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(the_listener());
	peer_sends(". 1:1025(1024) ack 1");
	stack_sends(". 1:1(0) ack 1025 win 3072");
	peer_sends(". 1025:2049(1024) ack 1");
	stack_sends(". 1:1(0) ack 2049 win 2048");
	app_receives(fd, 2048);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* MUST-39 */
SCENARIO(one_octet_read_is_no_reason_for_an_update)
{
	const int fd = receiver_is_full();

	app_receives(fd, 1);
	stack_is_silent_for(SEC);
	app_receives(fd, 500);
	stack_is_silent_for(SEC);
}

SCENARIO(room_for_a_segment_is_told_at_once)
{
	const int fd = receiver_is_full();

	app_receives(fd, 900);
	stack_sends_nothing();
	app_receives(fd, 1000); /* min(buffer / 2, MSS) at the latest */
	stack_sends(". 1:1(0) ack 4097");
	ck_assert_uint_ge(last_segment()->window, 1000);
	ck_assert_uint_le(last_segment()->window, 1900);
	stack_sends_nothing();
	app_receives(fd, BUFFER - 1900);
	stack_sends(". 1:1(0) ack 4097 win 4096");
}

/* MUST-39 */
SCENARIO(edge_does_not_move_by_small_steps_in_acknowledgments_either)
{
	/* 1 octet read, an acknowledgment is due anyway: still 0. */
	const int fd = receiver_is_full();

	app_receives(fd, 10);
	peer_sends(". 4097:4098(1) ack 1"); /* a window probe */
	stack_sends(". 1:1(0) ack 4097 win 0");
	app_receives(fd, BUFFER - 10);
	stack_sends(". 1:1(0) ack 4097 win 4096");
}

SCENARIO(reader_that_keeps_pace_never_closes_the_window)
{
	int fd;
	unsigned seq = 1;

	peer_config()->rcvbuf = BUFFER;
	fd                    = peer_connects("mss 1000");
	for (unsigned i = 0; i < 20; i++, seq += 1000) {
		peer_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
		app_receives(fd, 1000);
		time_passes(50 * MSEC);
		while (sent_count() > 0) {
			struct segment segment;

			ck_assert(next_segment(&segment));
			ck_assert_uint_ge(segment.window, 1000);
		}
	}
}

/* RFC7323-9 */
SCENARIO(offered_window_is_never_taken_back)
{
	/* SHLD-14: the edge moves right only, whatever is read or set. */
	const int fd = peer_connects("mss 1000");
	int32_t edge = 65536;

	for (unsigned seq = 1; seq < 30000; seq += 1000) {
		peer_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
		if (seq == 5001)
			app_sets(fd, TARN_SO_RCVBUF, 4096);
		time_passes(50 * MSEC);
		while (sent_count() > 0) {
			struct segment segment;

			ck_assert(next_segment(&segment));
			ck_assert_int_ge(
			        relative_ack(&segment) + segment.window, edge);
			edge = relative_ack(&segment) + segment.window;
		}
	}
	app_receives(fd, 30000); /* all of it was inside the offer */
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

SCENARIO_MAIN("tcp silly window", small_opening_is_not_used,
              openings_by_small_steps_wait_for_a_full_segment,
              half_of_the_largest_window_is_used,
              override_timeout_uses_the_small_window,
              all_that_is_queued_may_be_small,
              window_one_less_than_a_segment_splits_it_or_waits,
              window_closes_as_the_buffer_fills,
              one_octet_read_is_no_reason_for_an_update,
              room_for_a_segment_is_told_at_once,
              edge_does_not_move_by_small_steps_in_acknowledgments_either,
              reader_that_keeps_pace_never_closes_the_window,
              offered_window_is_never_taken_back)
