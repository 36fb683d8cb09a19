/* SPDX-License-Identifier: MIT */
/*
 * persist: the window opens, and nobody hears of it
 *
 * The peer's application is slow, its window closes. When it has read, the
 * window update is lost on the way. An update is never acknowledged, so the
 * peer does not know; and the stack has nothing in flight that would time out.
 */
#include "tests/rules/rules.h"

#define HOUR (3600 * SEC)

static void window_closes(void)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0");
	/* ". 1:1(0) ack 1001 win 1000" is lost */
}

SCENARIO(without_it_both_wait_for_ever)
{
	without(RULE_PERSIST);
	window_closes();
	stack_is_silent_for(HOUR);
	state_is(TCPS_ESTABLISHED);

	/* Only a second update would help. */
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends("P. 1001:2001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(with_it_the_stack_asks)
{
	window_closes();
	stack_sends_after(300 * MSEC, ". 1000:1000(0) ack 1");
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends("P. 1001:2001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

/* What is left out is the probe, not the cure for a window that is too small. */
SCENARIO(without_it_a_small_window_is_still_used_in_the_end)
{
	int fd;

	without(RULE_PERSIST);
	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 100");
	stack_sends_after(300 * MSEC, ". 1001:1101(100) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("rules/persist", without_it_both_wait_for_ever,
              with_it_the_stack_asks,
              without_it_a_small_window_is_still_used_in_the_end)
