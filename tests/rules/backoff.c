/* SPDX-License-Identifier: MIT */
/*
 * backoff: the path is down for a minute
 *
 * RTO is 300 ms. Doubled each time, eight segments are lost meanwhile, and the
 * ninth gets through; otherwise the fifteen that may be lost are used up within
 * five seconds.
 */
#include "tests/rules/rules.h"

static int one_segment_is_out(void)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 500); /* too small to suspect a black hole */
	stack_sends("P. 1:501(500) ack 1");

	return fd;
}

static unsigned sent_within(uint64_t us)
{
	struct segment segment;
	unsigned count = 0;

	time_passes(us);
	while (next_segment(&segment))
		count++;

	return count;
}

SCENARIO(without_it_the_connection_is_given_up_in_seconds)
{
	int fd;

	without(RULE_BACKOFF);
	fd = one_segment_is_out();
	ck_assert_uint_eq(sent_within(3 * SEC + 10 * MSEC), 10);
	ck_assert_uint_eq(sent_within(2 * SEC), 5);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(with_it_the_connection_outlives_a_minute)
{
	const int fd = one_segment_is_out();

	ck_assert_uint_eq(sent_within(3 * SEC + 10 * MSEC), 3);
	ck_assert_uint_eq(sent_within(57 * SEC), 4);
	peer_sends(". 1:1(0) ack 501");
	app_receives_nothing(fd);
}

SCENARIO_MAIN("rules/backoff", without_it_the_connection_is_given_up_in_seconds,
              with_it_the_connection_outlives_a_minute)
