/* SPDX-License-Identifier: MIT */
/*
 * fast-retransmit: nobody listens to what arrives behind a loss
 *
 * The first of ten segments is lost. The other nine show it within a round trip
 * of 100 ms; the timer takes 300 ms, and begins with one segment again.
 */
#include "tests/rules/rules.h"

#define SACK "mss 1000,sackOK,nop,nop"

static int ten_leave(const char *options)
{
	const int fd = peer_connects(options);

	app_sends(fd, 10000);
	for (unsigned i = 0; i < 10; i++)
		stack_sends("%s %u:%u(1000) ack 1", i == 9 ? "P." : ".",
		            i * 1000 + 1, i * 1000 + 1001);
	time_passes(RTT_US);

	return fd;
}

static void nine_arrive(bool has_sack)
{
	for (unsigned end = 2001; end <= 10001; end += 1000) {
		if (has_sack)
			peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:%u>",
			           end);
		else
			peer_sends(". 1:1(0) ack 1");
	}
}

static void stalls(const char *options, bool has_sack)
{
	int fd;

	without(RULE_FAST_RETRANSMIT);
	fd = ten_leave(options);
	nine_arrive(has_sack);
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	peer_sends("R 1:1(0)");
}

static void is_repaired_at_once(const char *options, bool has_sack)
{
	int fd;

	fd = ten_leave(options);
	nine_arrive(has_sack);
	stack_sends(". 1:1001(1000) ack 1");
	ck_assert_uint_gt(app_info(fd).cwnd, 1000);
	peer_sends("R 1:1(0)");
}

SCENARIO(without_it_sack_does_not_help)
{
	stalls(SACK, true);
}

SCENARIO(without_it_duplicates_do_not_help)
{
	stalls("mss 1000", false);
}

SCENARIO(with_it_sack_repairs_within_a_round_trip)
{
	is_repaired_at_once(SACK, true);
}

SCENARIO(with_it_three_duplicates_do)
{
	is_repaired_at_once("mss 1000", false);
}

/* The end of the flight: no duplicate can show it, but a probe would ask. */
SCENARIO(without_it_the_tail_is_not_probed)
{
	without(RULE_FAST_RETRANSMIT);
	ten_leave(SACK);
	peer_sends(". 1:1(0) ack 8001");
	stack_sends_after(300 * MSEC, ". 8001:9001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(with_it_the_tail_is_probed_after_two_round_trips)
{
	ten_leave(SACK);
	peer_sends(". 1:1(0) ack 8001");
	stack_sends_after(200 * MSEC, "P. 9001:10001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("rules/fast_retransmit", without_it_sack_does_not_help,
              without_it_duplicates_do_not_help,
              with_it_sack_repairs_within_a_round_trip,
              with_it_three_duplicates_do, without_it_the_tail_is_not_probed,
              with_it_the_tail_is_probed_after_two_round_trips)
