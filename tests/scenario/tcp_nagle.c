/* SPDX-License-Identifier: MIT */
/*
 * The Nagle algorithm and MSG_MORE: RFC 9293 3.7.4, SHLD-7, MUST-17, MUST-60,
 * MUST-61
 */
#include "tests/unit/lib/peer.h"

/* MUST-60 */
SCENARIO(first_small_write_leaves_at_once)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	peer_sends(". 1:1(0) ack 11");
}

/* SHLD-7, MAY-16 */
SCENARIO(second_small_write_waits_for_the_acknowledgment)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 10);
	app_sends(fd, 10);
	stack_is_silent_for(100 * MSEC);
	peer_sends(". 1:1(0) ack 11");
	stack_sends("P. 11:31(20) ack 1");
	peer_sends(". 1:1(0) ack 31");
}

/* SHLD-28 */
SCENARIO(full_segment_does_not_wait)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 990);
	stack_sends_nothing();
	app_sends(fd, 20); /* 1010 octets wait: one full segment leaves */
	stack_sends(". 11:1011(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1011");
	stack_sends("P. 1011:1021(10) ack 1");
	peer_sends(". 1:1(0) ack 1021");
}

SCENARIO(tail_of_a_large_write_leaves_with_it)
{
	/* Minshall: only a short segment in flight holds a short one back. */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 2500);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:2501(500) ack 1");
	app_sends(fd, 10); /* and so does that tail */
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 2501");
	stack_sends("P. 2501:2511(10) ack 1");
	peer_sends(". 1:1(0) ack 2511");
}

/* MUST-17 */
SCENARIO(nodelay_sends_small_writes_at_once)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_NODELAY, 1);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 10);
	stack_sends("P. 11:21(10) ack 1");
	app_sends(fd, 1500);
	stack_sends(". 21:1021(1000) ack 1");
	stack_sends("P. 1021:1521(500) ack 1");
	peer_sends(". 1:1(0) ack 1521");
}

SCENARIO(nodelay_set_later_releases_what_waits)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 10);
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_NODELAY, 1);
	stack_sends("P. 11:21(10) ack 1");
	peer_sends(". 1:1(0) ack 21");
}

SCENARIO(nodelay_of_a_listener_is_inherited)
{
	int fd;

	app_sets(the_listener(), TARN_TCP_NODELAY, 1);
	fd = peer_connects("mss 1000");
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 10);
	stack_sends("P. 11:21(10) ack 1");
	peer_sends(". 1:1(0) ack 21");
}

SCENARIO(more_waits_for_the_rest)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 100);
	stack_sends_nothing();
	app_sends(fd, 100);
	stack_sends("P. 1:201(200) ack 1");
	peer_sends(". 1:1(0) ack 201");
}

SCENARIO(more_does_not_hold_full_segments_back)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 2100);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 2001");
	stack_sends_nothing();
	app_sends(fd, 100);
	stack_sends("P. 2001:2201(200) ack 1");
	peer_sends(". 1:1(0) ack 2201");
}

SCENARIO(more_holds_nothing_for_ever)
{
	/* MUST-60: not buffered indefinitely; Linux: 200 ms. */
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 100);
	stack_sends_nothing();
	time_passes(SEC);
	if (sent_count() == 0)
		peer_fails(__FILE__, __LINE__, "nothing after a second");
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
	while (sent_count() > 0)
		stack_sends("P. 1:101(100) ack 1");
}

SCENARIO(more_is_released_by_shutdown)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 100);
	stack_sends_nothing();
	app_shuts_down(fd);
	stack_sends("FP. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 102");
}

/* SHLD-27 */
SCENARIO(push_marks_the_end_of_what_is_queued)
{
	/* MUST-61 */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 3000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:3001(1000) ack 1");
	peer_sends(". 1:1(0) ack 3001");
}

SCENARIO_MAIN("tcp nagle", first_small_write_leaves_at_once,
              second_small_write_waits_for_the_acknowledgment,
              full_segment_does_not_wait, tail_of_a_large_write_leaves_with_it,
              nodelay_sends_small_writes_at_once,
              nodelay_set_later_releases_what_waits,
              nodelay_of_a_listener_is_inherited, more_waits_for_the_rest,
              more_does_not_hold_full_segments_back,
              more_holds_nothing_for_ever, more_is_released_by_shutdown,
              push_marks_the_end_of_what_is_queued)
