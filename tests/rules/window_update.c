/* SPDX-License-Identifier: MIT */
/*
 * window-update: the reader has made room and does not say so
 *
 * A full buffer closed the window. When it is read empty, only a window update
 * tells the sender before it asks; its first probe comes after an RTO, the next
 * ones after twice as long each.
 */
#include "tests/rules/rules.h"

#define RCVBUF 2048

static int buffer_is_full(void)
{
	int fd;

	peer_config()->rcvbuf      = RCVBUF;
	peer_config()->no_autotune = true;
	fd                         = peer_connects("mss 1000");
	peer_sends("P. 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1001");
	peer_sends("P. 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 2001");
	peer_sends("P. 2001:2049(48) ack 1");
	stack_sends(". 1:1(0) ack 2049 win 0");

	return fd;
}

SCENARIO(without_it_the_sender_stands_still_until_it_asks)
{
	int fd;

	without(RULE_WINDOW_UPDATE);
	fd = buffer_is_full();
	app_receives(fd, RCVBUF);
	stack_is_silent_for(60 * SEC);
	peer_sends(". 2048:2048(0) ack 1"); /* a probe */
	stack_sends(". 1:1(0) ack 2049 win 2048");
}

SCENARIO(with_it_the_window_opens_at_once)
{
	const int fd = buffer_is_full();

	app_receives(fd, RCVBUF);
	stack_sends(". 1:1(0) ack 2049 win 2048");
}

SCENARIO_MAIN("rules/window_update",
              without_it_the_sender_stands_still_until_it_asks,
              with_it_the_window_opens_at_once)
