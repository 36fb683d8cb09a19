/* SPDX-License-Identifier: MIT */
/*
 * TCP_CORK: only full segments leave, and nothing is held for ever (MUST-60);
 * its interplay with TCP_NODELAY and PSH, as Linux has it
 */
#include "tests/unit/lib/peer.h"

#define CORK_US (200 * MSEC) /* TCP_CORK_US */

static int corked(const char *options)
{
	const int fd = peer_connects(options);

	app_sets(fd, TARN_TCP_CORK, 1);

	return fd;
}

SCENARIO(small_writes_coalesce)
{
	const int fd = corked("mss 1000");

	for (unsigned i = 0; i < 5; i++)
		app_sends(fd, 20);
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_CORK, 0);
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(more_than_a_segment_splits_at_the_mss)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 600);
	stack_sends_nothing();
	app_sends(fd, 600);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_CORK, 0);
	stack_sends("P. 1001:1201(200) ack 1");
	peer_sends(". 1:1(0) ack 1201");
}

SCENARIO(full_segment_needs_no_push)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 1000);
	stack_sends(". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(window_below_the_mss_releases_them)
{
	int fd;

	peer_window(500);
	fd = corked("mss 1000");
	app_sends(fd, 400);
	stack_sends_nothing();
	app_sends(fd, 100); /* all that the window takes */
	stack_sends(". 1:501(500) ack 1");
	peer_sends(". 1:1(0) ack 501");
}

SCENARIO(cork_pops_after_200_ms)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 100);
	time_passes(100 * MSEC);
	app_sends(fd, 100); /* does not wind the clock up again */
	stack_sends_after(CORK_US - 100 * MSEC, "P. 1:201(200) ack 1");
	app_sends(fd, 100); /* the next one is held as the first was */
	time_passes(10 * MSEC);
	peer_sends(". 1:1(0) ack 201");
	stack_sends_after(CORK_US - 10 * MSEC, "P. 201:301(100) ack 1");
	peer_sends(". 1:1(0) ack 301");
	stack_is_silent_for(10 * SEC);
}

SCENARIO(acknowledgments_do_not_pop_it)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 1100);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(50 * MSEC);
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_nothing();
	stack_sends_after(CORK_US - 50 * MSEC, "P. 1001:1101(100) ack 1");
	peer_sends(". 1:1(0) ack 1101");
}

SCENARIO(nodelay_is_weaker_than_a_cork)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_NODELAY, 1);
	app_sets(fd, TARN_TCP_CORK, 1);
	app_sends(fd, 100);
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_CORK, 0);
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(setting_nodelay_pushes_what_is_queued)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 100);
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_NODELAY, 1);
	stack_sends("P. 1:101(100) ack 1");
	app_sends(fd, 100); /* and nothing that comes after it */
	stack_sends_nothing();
	app_sets(fd, TARN_TCP_CORK, 0);
	stack_sends("P. 101:201(100) ack 1");
	peer_sends(". 1:1(0) ack 201");
}

SCENARIO(uncorked_text_obeys_nagle)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sets(fd, TARN_TCP_CORK, 1);
	app_sends(fd, 10);
	app_sets(fd, TARN_TCP_CORK, 0);
	stack_sends_nothing();
	time_passes(10 * MSEC);
	peer_sends(". 1:1(0) ack 11");
	stack_sends("P. 11:21(10) ack 1");
	peer_sends(". 1:1(0) ack 21");
}

SCENARIO(close_releases_it)
{
	const int fd = corked("mss 1000");

	app_sends(fd, 100);
	stack_sends_nothing();
	app_closes(fd);
	stack_sends("FP. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 102");
}

SCENARIO(cork_of_a_listener_is_inherited)
{
	int fd;

	app_sets(the_listener(), TARN_TCP_CORK, 1);
	fd = peer_connects("mss 1000");
	ck_assert_int_eq(app_gets(fd, TARN_TCP_CORK), 1);
	app_sends(fd, 100);
	stack_sends_after(CORK_US, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(more_is_held_for_200_ms_too)
{
	const int fd = peer_connects("mss 1000");

	app_sends_more(fd, 100);
	stack_sends_after(CORK_US, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(closed_window_is_probed_with_a_cork_too)
{
	int fd;

	peer_window(1000);
	fd = corked("mss 1000");
	app_sends(fd, 1100);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0");
	time_passes(2 * SEC);
	ck_assert_uint_gt(sent_count(), 0);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends("P. 1001:1101(100) ack 1");
	peer_sends(". 1:1(0) ack 1101");
}

SCENARIO_MAIN("tcp cork", small_writes_coalesce,
              more_than_a_segment_splits_at_the_mss, full_segment_needs_no_push,
              window_below_the_mss_releases_them, cork_pops_after_200_ms,
              acknowledgments_do_not_pop_it, nodelay_is_weaker_than_a_cork,
              setting_nodelay_pushes_what_is_queued, uncorked_text_obeys_nagle,
              close_releases_it, cork_of_a_listener_is_inherited,
              more_is_held_for_200_ms_too,
              closed_window_is_probed_with_a_cork_too)
