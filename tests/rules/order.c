/* SPDX-License-Identifier: MIT */
/*
 * out-of-order, reordering: what a segment in the wrong place may cost
 */
#include "tests/rules/rules.h"

/* ---- out-of-order: the receiver keeps what lies behind a hole ---- */

static int the_second_comes_first(void)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_sends(". 1:1001(1000) ack 1");

	return fd;
}

SCENARIO(without_keeping_it_must_be_sent_again)
{
	int fd;

	without(RULE_OUT_OF_ORDER);
	fd = the_second_comes_first();
	stack_sends(". 1:1(0) ack 1001");
	app_receives(fd, 1000);
	app_receives_nothing(fd);
	peer_sends("P. 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 2001");
	app_receives(fd, 1000);
}

SCENARIO(with_keeping_the_hole_is_all_that_is_missing)
{
	const int fd = the_second_comes_first();

	stack_sends(". 1:1(0) ack 2001");
	app_receives(fd, 2000);
}

/* ---- reordering: the sender waits a little for who was overtaken ---- */

/* Ten leave; the second is here before the first, by a few milliseconds. */
static int one_is_overtaken(void)
{
	const int fd = peer_connects("mss 1000,sackOK,nop,nop");
	struct segment segment;

	app_sends(fd, 10000);
	for (unsigned i = 0; i < 10; i++)
		ck_assert(next_segment(&segment));
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:2001>");

	return fd;
}

SCENARIO(without_patience_it_is_sent_again_and_the_window_shrinks)
{
	int fd;

	without(RULE_REORDERING);
	fd = one_is_overtaken();
	stack_sends(". 1:1001(1000) ack 1");
	ck_assert_uint_lt(app_info(fd).ssthresh, 10000);
	peer_sends("R 1:1(0)");
}

SCENARIO(with_patience_nothing_happens)
{
	const int fd = one_is_overtaken();

	time_passes(5 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
	stack_sends_nothing();
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
	peer_sends(". 1:1(0) ack 10001");
}

SCENARIO_MAIN("rules/order", without_keeping_it_must_be_sent_again,
              with_keeping_the_hole_is_all_that_is_missing,
              without_patience_it_is_sent_again_and_the_window_shrinks,
              with_patience_nothing_happens)
