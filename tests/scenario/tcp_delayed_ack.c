/* SPDX-License-Identifier: MIT */
/*
 * When to acknowledge: RFC 9293 3.8.6.3, RFC 5681 4.2; SHLD-18, SHLD-19,
 * MUST-40, MUST-58, MUST-59
 *
 * A young connection acknowledges every segment at once (16 of them).
 */
#include "tests/unit/lib/peer.h"

#define DELAY_US (40 * MSEC)

static unsigned next_seq;

/* One small segment, acknowledged or not. */
static void peer_sends_ten(void)
{
	peer_sends("P. %u:%u(10) ack 1", next_seq, next_seq + 10);
	next_seq += 10;
}

/* Past the young age: everything is read and acknowledged. */
static int grown_up(void)
{
	const int fd = peer_connects("mss 1000");

	next_seq = 1;
	for (unsigned i = 0; i < 32; i++) {
		peer_sends_ten();
		app_receives(fd, 10);
		if (sent_count() == 0)
			time_passes(DELAY_US);
		stack_sends(". 1:1(0) ack %u", next_seq);
	}

	return fd;
}

SCENARIO(young_connection_acknowledges_at_once)
{
	const int fd = peer_connects("mss 1000");

	next_seq = 1;
	for (unsigned i = 0; i < 8; i++) {
		peer_sends_ten();
		stack_sends(". 1:1(0) ack %u", next_seq);
	}
	app_receives(fd, 80);
}

/* SHLD-18 */
SCENARIO(one_small_segment_is_acknowledged_after_40_ms)
{
	const int fd = grown_up();

	peer_sends_ten();
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
	stack_is_silent_for(SEC);
}

/* MUST-40 */
/* Nothing more comes, and nobody answers: there is nothing to wait for. */
SCENARIO(what_was_pushed_is_acknowledged_when_it_is_read)
{
	const int fd = grown_up();

	peer_sends_ten();
	stack_sends_nothing();
	time_passes(10 * MSEC);
	app_receives(fd, 5);
	stack_sends_nothing();
	app_receives(fd, 5);
	stack_sends(". 1:1(0) ack %u", next_seq);
	stack_is_silent_for(100 * MSEC);
}

SCENARIO(what_was_not_pushed_is_not)
{
	const int fd = grown_up();

	peer_sends(". %u:%u(1460) ack 1", next_seq, next_seq + 1460);
	app_receives(fd, 1460);
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq + 1460);
}

/* The sender had a timeout: its window is one segment. */
SCENARIO(after_a_pause_longer_than_rto_segments_are_acknowledged_at_once)
{
	const int fd = grown_up();

	peer_sends_ten();
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq);
	time_passes(SEC);
	for (unsigned i = 0; i < 16; i++) {
		peer_sends_ten();
		stack_sends(". 1:1(0) ack %u", next_seq);
	}
	peer_sends_ten();
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq);
	app_receives(fd, 180);
}

SCENARIO(delay_can_be_configured_and_stays_below_half_a_second)
{
	int fd;

	peer_config()->delayed_ack_us = 200 * MSEC;
	fd                            = peer_connects("mss 1000");
	next_seq                      = 1;
	for (unsigned i = 0; i < 32; i++) {
		peer_sends_ten();
		app_receives(fd, 10);
		if (sent_count() == 0)
			time_passes(200 * MSEC);
		stack_sends(". 1:1(0) ack %u", next_seq);
	}
	peer_sends_ten();
	stack_sends_after(200 * MSEC, ". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
}

/* SHLD-19 */
SCENARIO(every_second_full_segment_is_acknowledged)
{
	const int fd  = grown_up();
	unsigned acks = 0;

	for (unsigned i = 0; i < 10; i++) {
		peer_sends(". %u:%u(1460) ack 1", next_seq, next_seq + 1460);
		next_seq += 1460;
		if (sent_count() > 0) {
			stack_sends(". 1:1(0) ack %u", next_seq);
			acks++;
		}
		app_receives(fd, 1460);
		while (sent_count() > 0) /* window updates */
			stack_sends(". 1:1(0) ack %u", next_seq);
	}
	ck_assert_uint_eq(acks, 5);
}

SCENARIO(full_segments_of_a_small_peer_count_as_full)
{
	/* The peer never sends more than 536: two of them are two full ones. */
	const int fd = peer_connects("mss 536");

	for (unsigned i = 0; i < 40; i++) {
		const unsigned end = 537 + 536 * i;

		peer_sends(". %u:%u(536) ack 1", end - 536, end);
		if (i % 2 && sent_count() == 0)
			peer_fails(__FILE__, __LINE__,
			           "%u segments are not acknowledged", i + 1);
		while (sent_count() > 0)
			stack_sends(". 1:1(0) ack %u", end);
		app_receives(fd, 536);
		while (sent_count() > 0)
			stack_sends(". 1:1(0) ack %u", end);
	}
}

SCENARIO(data_carries_the_acknowledgment)
{
	const int fd = grown_up();

	peer_sends_ten();
	time_passes(10 * MSEC);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack %u", next_seq);
	stack_is_silent_for(100 * MSEC); /* no second one when the delay ends */
	app_receives(fd, 10);
	peer_sends(". %u:%u(0) ack 11", next_seq, next_seq);
}

SCENARIO(queued_segments_get_one_acknowledgment)
{
	const int fd         = grown_up();
	const unsigned first = next_seq;

	for (unsigned i = 0; i < 8; i++, next_seq += 1000)
		peer_queues(". %u:%u(1000) ack 1", next_seq, next_seq + 1000);
	settle(); /* MUST-58, MUST-59 */
	stack_sends(". 1:1(0) ack %u", next_seq);
	stack_sends_nothing();
	app_receives(fd, next_seq - first);
	while (sent_count() > 0)
		stack_sends(". 1:1(0) ack %u", next_seq);
}

/* RFC5681-7 */
SCENARIO(out_of_order_is_acknowledged_at_once)
{
	const int fd = grown_up();

	peer_sends("P. %u:%u(10) ack 1", next_seq + 10, next_seq + 20);
	stack_sends(". 1:1(0) ack %u", next_seq);
	peer_sends("P. %u:%u(10) ack 1", next_seq, next_seq + 10);
	stack_sends(". 1:1(0) ack %u", next_seq + 20); /* the hole is filled */
	app_receives(fd, 20);
}

SCENARIO(duplicate_is_acknowledged_at_once)
{
	grown_up();
	peer_sends("P. %u:%u(10) ack 1", next_seq - 10, next_seq);
	stack_sends(". 1:1(0) ack %u", next_seq);
}

SCENARIO(fin_is_acknowledged_at_once)
{
	grown_up();
	peer_sends("F. %u:%u(0) ack 1", next_seq, next_seq);
	stack_sends(". 1:1(0) ack %u", next_seq + 1);
}

SCENARIO(quickack_acknowledges_every_segment_at_once)
{
	const int fd = grown_up();

	app_sets(fd, TARN_TCP_QUICKACK, 1);
	for (unsigned i = 0; i < 5; i++) {
		peer_sends_ten();
		stack_sends(". 1:1(0) ack %u", next_seq);
	}
	app_receives(fd, 50);
}

SCENARIO(quickack_is_not_permanent)
{
	/* As tcp(7) says: the next segments, then as before. */
	const int fd = grown_up();

	app_sets(fd, TARN_TCP_QUICKACK, 1);
	for (unsigned i = 0; i < 16; i++) {
		peer_sends_ten();
		stack_sends(". 1:1(0) ack %u", next_seq);
		app_receives(fd, 10);
	}
	peer_sends_ten();
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
}

SCENARIO(quickack_sends_what_is_delayed)
{
	const int fd = grown_up();

	peer_sends_ten();
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_QUICKACK, 1);
	stack_sends(". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
}

SCENARIO(quickack_off_delays_even_a_young_connection)
{
	const int fd = peer_connects("mss 1000");

	next_seq = 1;
	ck_assert_int_eq(app_gets(fd, TARN_TCP_QUICKACK), 1);
	app_sets(fd, TARN_TCP_QUICKACK, 0);
	peer_sends_ten();
	stack_sends_after(DELAY_US, ". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
}

SCENARIO(who_answers_at_once_acknowledges_with_its_answers)
{
	const int fd = peer_connects("mss 1000");
	unsigned ack = 1;

	next_seq = 1;
	peer_sends_ten();
	stack_sends(". 1:1(0) ack %u", next_seq);
	for (unsigned i = 0; i < 5; i++) {
		app_receives(fd, 10);
		app_sends(fd, 100);
		ack += 100;
		stack_sends("P. %u:%u(100) ack %u", ack - 100, ack, next_seq);
		ck_assert_int_eq(app_gets(fd, TARN_TCP_QUICKACK), 0);
		time_passes(RTT_US);
		peer_sends("P. %u:%u(10) ack %u", next_seq, next_seq + 10, ack);
		next_seq += 10;
		stack_sends_nothing(); /* young, and yet no bare one */
	}
	stack_sends_after(DELAY_US, ". %u:%u(0) ack %u", ack, ack, next_seq);
	app_receives(fd, 10);
}

SCENARIO(who_answers_late_goes_on_acknowledging_at_once)
{
	const int fd = peer_connects("mss 1000");

	next_seq = 1;
	peer_sends_ten();
	stack_sends(". 1:1(0) ack %u", next_seq);
	app_receives(fd, 10);
	time_passes(DELAY_US);
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack %u", next_seq);
	time_passes(10 * MSEC);
	peer_sends("P. %u:%u(10) ack 101", next_seq, next_seq + 10);
	stack_sends(". 101:101(0) ack %u", next_seq + 10);
	app_receives(fd, 10);
}

SCENARIO(pure_acknowledgments_are_not_acknowledged)
{
	const int fd = grown_up();

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack %u", next_seq);
	peer_sends(". %u:%u(0) ack 11", next_seq, next_seq);
	peer_sends(". %u:%u(0) ack 11 win 60000", next_seq, next_seq);
	stack_is_silent_for(SEC);
}

SCENARIO_MAIN("tcp delayed ACK", young_connection_acknowledges_at_once,
              one_small_segment_is_acknowledged_after_40_ms,
              what_was_pushed_is_acknowledged_when_it_is_read,
              what_was_not_pushed_is_not,
              after_a_pause_longer_than_rto_segments_are_acknowledged_at_once,
              delay_can_be_configured_and_stays_below_half_a_second,
              every_second_full_segment_is_acknowledged,
              full_segments_of_a_small_peer_count_as_full,
              data_carries_the_acknowledgment,
              queued_segments_get_one_acknowledgment,
              out_of_order_is_acknowledged_at_once,
              duplicate_is_acknowledged_at_once, fin_is_acknowledged_at_once,
              quickack_acknowledges_every_segment_at_once,
              quickack_is_not_permanent, quickack_sends_what_is_delayed,
              quickack_off_delays_even_a_young_connection,
              who_answers_at_once_acknowledges_with_its_answers,
              who_answers_late_goes_on_acknowledging_at_once,
              pure_acknowledgments_are_not_acknowledged)
