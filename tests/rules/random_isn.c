/* SPDX-License-Identifier: MIT */
/*
 * random-isn: a stranger speaks in somebody else's name
 *
 * He sends with a false source address and sees no answer. But he has a
 * connection of his own, so he knows one ISN and when it was drawn. If numbers
 * only follow the clock (RFC 793), he knows them all (RFC 6528 section 2).
 */
#include "tests/rules/rules.h"

#define STRANGER_PORT 50001

/* Return: what the stack's ISN will be in @us, as far as the stranger can tell */
static uint32_t stranger_guesses(uint64_t us)
{
	peer_free_iss();
	peer_port(STRANGER_PORT);
	(void)peer_connects("mss 1000");
	peer_port(PEER_PORT);

	return last_segment()->seq + (uint32_t)((us + RTT_US) / 4);
}

/* Only the SYN,ACK tells the true number, and it goes to somebody else. */
static void stranger_sends_a_syn(void)
{
	peer_sends("S 0:0(0) <mss 1000>");
	ck_assert(next_segment(&(struct segment){ 0 }));
	time_passes(RTT_US);
}

SCENARIO(without_it_he_opens_a_connection_in_anothers_name)
{
	uint32_t iss;
	int fd;

	without(RULE_RANDOM_ISN);
	iss = stranger_guesses(7 * SEC);
	time_passes(7 * SEC);
	stranger_sends_a_syn();
	peer_sends_octets('x', "P. 1:11(10) ack =%u", iss + 1);
	stack_sends(". 1:1(0) ack 11");
	fd = app_accepts(the_listener());
	app_receives_octets(fd, 10, 'x'); /* rm -rf, say */
}

SCENARIO(with_it_he_cannot)
{
	const uint32_t iss = stranger_guesses(7 * SEC);

	time_passes(7 * SEC);
	stranger_sends_a_syn();
	peer_sends_octets('x', "P. 1:11(10) ack =%u", iss + 1);
	stack_drops("TCP_ACK_SYN_RECEIVED");
	ck_assert(next_segment(&(struct segment){ 0 })); /* a reset */
	ck_assert(!app_can_accept(the_listener()));
}

/* A peer that follows its clock as well is no harder to guess. */
SCENARIO(without_it_he_speaks_in_the_middle_of_a_connection)
{
	uint32_t iss;
	int fd;

	without(RULE_RANDOM_ISN);
	iss = stranger_guesses(7 * SEC);
	time_passes(7 * SEC);
	fd = peer_connects("mss 1000");
	peer_sends("P. 1:6(5) ack 1");
	stack_sends(". 1:1(0) ack 6");
	peer_sends_octets('x', "P. 6:16(10) ack =%u", iss + 1);
	stack_sends(". 1:1(0) ack 16");
	app_receives(fd, 5);
	app_receives_octets(fd, 10, 'x');
}

SCENARIO(with_it_his_segment_is_challenged)
{
	const uint32_t iss = stranger_guesses(7 * SEC);
	int fd;

	time_passes(7 * SEC);
	fd = peer_connects("mss 1000");
	peer_sends("P. 1:6(5) ack 1");
	stack_sends(". 1:1(0) ack 6");
	peer_sends_octets('x', "P. 6:16(10) ack =%u", iss + 1);
	stack_sends(". 1:1(0) ack 6");
	app_receives(fd, 5);
	app_receives_nothing(fd);
}

SCENARIO_MAIN("rules/random_isn",
              without_it_he_opens_a_connection_in_anothers_name,
              with_it_he_cannot,
              without_it_he_speaks_in_the_middle_of_a_connection,
              with_it_his_segment_is_challenged)
