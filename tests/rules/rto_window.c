/* SPDX-License-Identifier: MIT */
/*
 * slow-start, congestion-control: what is left of the window when RTO expires
 *
 * Ten segments are out and nothing is heard. congestion.c shows both rules on a
 * path with a queue.
 */
#include "tests/rules/rules.h"

/* Return: cwnd when the first of ten has been sent again */
static uint32_t cwnd_after_rto(void)
{
	const int fd = peer_connects("mss 1000");
	uint32_t cwnd;

	app_sends(fd, 10000);
	for (unsigned i = 0; i < 10; i++)
		ck_assert(next_segment(&(struct segment){ 0 }));
	time_passes(310 * MSEC);
	cwnd = app_info(fd).cwnd;
	while (next_segment(&(struct segment){ 0 }))
		;
	peer_sends("R 1:1(0)");

	return cwnd;
}

SCENARIO(without_slow_start_most_of_the_window)
{
	without(RULE_SLOW_START);
	ck_assert_uint_ge(cwnd_after_rto(), 5000);
}

SCENARIO(without_congestion_control_all_of_it)
{
	without(RULE_CONGESTION_CONTROL);
	ck_assert_uint_ge(cwnd_after_rto(), 10000);
}

SCENARIO(with_both_one_segment)
{
	ck_assert_uint_eq(cwnd_after_rto(), 1000);
}

SCENARIO_MAIN("rules/rto_window", without_slow_start_most_of_the_window,
              without_congestion_control_all_of_it, with_both_one_segment)
