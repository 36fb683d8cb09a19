/* SPDX-License-Identifier: MIT */
/*
 * time-wait: what the network has kept comes out in the next connection
 *
 * The stack closes first. At once the peer calls again from the same port, and
 * its ISN is a little above the old one, below what the old connection reached
 * (RFC 9293 3.4.3: any sender faster than 250 kB/s gets there). Then a second
 * copy of the old connection's text arrives.
 */
#include "tests/rules/rules.h"

#define ISN_STEP 300
#define OLD_LEN  1000

/* Return: the number that the old text acknowledges */
static uint32_t an_old_connection_ends(void)
{
	uint32_t ack;
	int fd;

	peer_free_iss();
	fd  = peer_connects("mss 1000");
	ack = last_segment()->seq + 1;
	peer_sends_octets('o', "P. 1:1001(%d) ack 1", OLD_LEN);
	stack_sends(". 1:1(0) ack 1001");
	app_receives_octets(fd, OLD_LEN, 'o');
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1001");
	time_passes(RTT_US);
	peer_sends("F. 1001:1001(0) ack 2");
	stack_sends(". 2:2(0) ack 1002");
	peer_initial(ISN_STEP);

	return ack;
}

/* Numbers are relative to the new connection, or would be. */
static void the_old_text_comes_again(uint32_t ack)
{
	peer_sends_octets('o', "P. %d:%d(%d) ack =%u", 1 - ISN_STEP,
	                  1 - ISN_STEP + OLD_LEN, OLD_LEN, ack);
}

SCENARIO(without_it_old_octets_are_new_data)
{
	uint32_t ack;
	int fd;

	without(RULE_TIME_WAIT);
	ack = an_old_connection_ends();
	fd  = peer_connects("mss 1000");
	the_old_text_comes_again(ack);
	stack_sends(". 1:1(0) ack 701");
	app_receives_octets(fd, OLD_LEN - ISN_STEP, 'o');
	/* What the peer really has to say is taken for a duplicate. */
	peer_sends_octets('n', "P. 1:501(500) ack 1");
	stack_sends(". 1:1(0) ack 701");
	app_receives_nothing(fd);
}

SCENARIO(with_it_the_new_connection_waits_for_2msl)
{
	const uint32_t ack = an_old_connection_ends();
	int fd;

	peer_sends("S 0:0(0) <mss 1000>");
	stack_drops("TCP_TIME_WAIT_SYN");
	ck_assert(next_segment(&(struct segment){ 0 })); /* it is challenged */
	the_old_text_comes_again(ack);
	stack_drops("TCP_TIME_WAIT");
	time_passes(60 * SEC); /* by now the network has nothing old any more */

	ck_assert(!app_can_accept(the_listener()));
	fd = peer_connects("mss 1000");
	peer_sends_octets('n', "P. 1:501(500) ack 1");
	stack_sends(". 1:1(0) ack 501");
	app_receives_octets(fd, 500, 'n');
}

/* ---- time-wait-ack: the other reason, our last ACK was lost ---- */

static void the_last_ack_is_lost(void)
{
	app_closes_first(peer_connects("mss 1000"), 1, 1);
	time_passes(SEC);
	peer_sends("F. 1:1(0) ack 2");
}

SCENARIO(without_the_answer_the_peers_fin_is_never_acknowledged)
{
	without(RULE_TIME_WAIT_ACK);
	the_last_ack_is_lost();
	for (unsigned i = 0; i < 5; i++) {
		peer_sends("F. 1:1(0) ack 2");
		stack_sends_nothing();
		time_passes(100 * MSEC);
	}
}

SCENARIO(with_the_answer_it_is)
{
	the_last_ack_is_lost();
	stack_sends(". 2:2(0) ack 2");
	for (unsigned i = 0; i < 5; i++) {
		peer_sends("F. 1:1(0) ack 2");
		stack_sends(". 2:2(0) ack 2");
	}
}

SCENARIO_MAIN("rules/time_wait", without_it_old_octets_are_new_data,
              with_it_the_new_connection_waits_for_2msl,
              without_the_answer_the_peers_fin_is_never_acknowledged,
              with_the_answer_it_is)
