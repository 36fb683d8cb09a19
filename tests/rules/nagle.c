/* SPDX-License-Identifier: MIT */
/*
 * nagle: a hundred small writes during one round trip
 */
#include "tests/rules/rules.h"

/* Return: how many segments carry a hundred writes of ten octets */
static unsigned segments_of_a_hundred_writes(void)
{
	const int fd   = peer_connects("mss 1000");
	unsigned count = 0;
	struct segment segment;

	for (unsigned i = 0; i < 100; i++) {
		app_sends(fd, 10);
		time_passes(MSEC / 2);
	}
	while (next_segment(&segment))
		count++;
	time_passes(RTT_US / 2);
	peer_sends(". 1:1(0) ack %u", count * 10 + 1);
	while (next_segment(&segment))
		count++;
	peer_sends("R 1:1(0)");

	return count;
}

SCENARIO(without_it_a_hundred_tinygrams)
{
	without(RULE_NAGLE);
	ck_assert_uint_eq(segments_of_a_hundred_writes(), 100);
}

SCENARIO(with_it_one_and_then_all_the_rest)
{
	ck_assert_uint_eq(segments_of_a_hundred_writes(), 2);
}

SCENARIO_MAIN("rules/nagle", without_it_a_hundred_tinygrams,
              with_it_one_and_then_all_the_rest)
