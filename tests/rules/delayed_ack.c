/* SPDX-License-Identifier: MIT */
/*
 * delayed-ack: an acknowledgment for each of a hundred segments, or for every
 * second one, and for a request the answer instead
 */
#include "tests/rules/rules.h"

static int grown_up(void)
{
	peer_config()->no_quick_ack = true;

	return peer_connects("mss 1000");
}

static unsigned acks_of_a_hundred_segments(void)
{
	const int fd   = grown_up();
	unsigned count = 0;
	struct segment segment;

	for (unsigned i = 0; i < 100; i++) {
		peer_sends(". %u:%u(1000) ack 1", i * 1000 + 1,
		           i * 1000 + 1001);
		app_receives(fd, 1000);
		time_passes(MSEC);
	}
	while (next_segment(&segment))
		count++;

	return count;
}

SCENARIO(without_it_a_hundred_acknowledgments)
{
	without(RULE_DELAYED_ACK);
	ck_assert_uint_eq(acks_of_a_hundred_segments(), 100);
}

SCENARIO(with_it_fifty)
{
	ck_assert_uint_eq(acks_of_a_hundred_segments(), 50);
}

SCENARIO(without_it_a_request_is_acknowledged_twice)
{
	int fd;

	without(RULE_DELAYED_ACK);
	fd = grown_up();
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 11");
	peer_sends(". 11:11(0) ack 11");
}

SCENARIO(with_it_the_answer_acknowledges)
{
	const int fd = grown_up();

	peer_sends("P. 1:11(10) ack 1");
	stack_sends_nothing();
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 11");
	app_receives(fd, 10);
	peer_sends(". 11:11(0) ack 11");
}

SCENARIO_MAIN("rules/delayed_ack", without_it_a_hundred_acknowledgments,
              with_it_fifty, without_it_a_request_is_acknowledged_twice,
              with_it_the_answer_acknowledges)
