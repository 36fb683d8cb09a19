/* SPDX-License-Identifier: MIT */
/*
 * sack: three losses in one flight
 *
 * Of ten segments the first, the third and the fifth are lost. With SACK the
 * sender sees all holes at once; without, each partial acknowledgment shows the
 * next one, a round trip later (RFC 6582).
 */
#include "tests/rules/rules.h"

#define SEGMENTS 10

static bool has_arrived[SEGMENTS + 1]; /* the last one stays empty */

static unsigned first_missing(void)
{
	unsigned i = 0;

	while (has_arrived[i])
		i++;

	return i;
}

/* What is offered as SACK: the run of segments around @i. */
static void peer_acknowledges(unsigned i, bool has_sack)
{
	const unsigned ack = first_missing() * 1000 + 1;
	unsigned left = i, right = i;

	while (left > 0 && has_arrived[left - 1])
		left--;
	while (has_arrived[right])
		right++;
	if (has_sack && i > first_missing())
		peer_sends(". 1:1(0) ack %u <nop,nop,sack %u:%u>", ack,
		           left * 1000 + 1, right * 1000 + 1);
	else
		peer_sends(". 1:1(0) ack %u", ack);
}

/* All that is on its way arrives, except for the three at first. */
static void a_round_trip_passes(bool loses, bool has_sack)
{
	unsigned at[SEGMENTS], count = 0;
	struct segment segment;

	while (next_segment(&segment)) {
		const unsigned i =
		        (unsigned)(relative_seq(&segment) - 1) / 1000;

		if (!loses || (i != 0 && i != 2 && i != 4))
			at[count++] = i;
	}
	time_passes(RTT_US);
	for (unsigned i = 0; i < count; i++) {
		has_arrived[at[i]] = true;
		peer_acknowledges(at[i], has_sack);
	}
}

static unsigned rounds_to_repair(void)
{
	unsigned rounds = 0;
	bool has_sack;
	int fd;

	memset(has_arrived, 0, sizeof(has_arrived));
	peer_config()->no_tlp = true; /* no probe while we count */
	fd                    = peer_connects("mss 1000,sackOK,nop,nop");
	has_sack              = app_info(fd).has_sack;
	app_sends(fd, SEGMENTS * 1000);
	a_round_trip_passes(true, has_sack);
	for (; first_missing() < SEGMENTS && rounds < 20; rounds++)
		a_round_trip_passes(false, has_sack);

	return rounds;
}

SCENARIO(without_it_each_loss_takes_a_round_trip)
{
	without(RULE_SACK);
	ck_assert_uint_eq(rounds_to_repair(), 3);
}

SCENARIO(with_it_one_is_enough_for_all)
{
	ck_assert_uint_eq(rounds_to_repair(), 1);
}

SCENARIO(without_it_we_offer_none_either)
{
	without(RULE_SACK);
	(void)app_connects();
	stack_sends("S 0:0(0) <mss 1460,nop,nop,TS val * ecr 0,nop,wscale 7>");
	peer_sends("R. 0:0(0) ack 1");
}

SCENARIO_MAIN("rules/sack", without_it_each_loss_takes_a_round_trip,
              with_it_one_is_enough_for_all, without_it_we_offer_none_either)
