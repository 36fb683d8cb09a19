/* SPDX-License-Identifier: MIT */
/*
 * syn-cookies: a client in the middle of a flood
 *
 * Its SYN is in the queue, which holds four. Before its ACK is here, forty more
 * SYNs arrive, of nobody. Without cookies each takes the oldest one's place.
 */
#include "tests/rules/rules.h"

static void client_calls_during_a_flood(void)
{
	peer_config()->syn_queue_max = 4;
	(void)the_listener();
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_free_iss();
	for (unsigned i = 0; i < 40; i++) {
		peer_port((uint16_t)(50000 + i));
		peer_sends("S 0:0(0) <mss 1000>");
		stack_sends("S. 0:0(0) ack 1");
		time_passes(MSEC);
	}
	peer_port(PEER_PORT);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1");
}

SCENARIO(without_them_the_client_is_pushed_out)
{
	without(RULE_SYN_COOKIES);
	client_calls_during_a_flood();
	stack_sends("R 1:1(0)");
	ck_assert(!app_can_accept(the_listener()));
	ck_assert_uint_eq(tarn_drop_count(stack(), "TCP_SYN_QUEUE_FULL"), 37);
}

SCENARIO(with_them_it_is_served)
{
	client_calls_during_a_flood();
	stack_sends_nothing();
	(void)app_accepts(the_listener());
	ck_assert_uint_eq(tarn_drop_count(stack(), "TCP_SYN_QUEUE_FULL"), 0);
}

SCENARIO_MAIN("rules/syn_cookies", without_them_the_client_is_pushed_out,
              with_them_it_is_served)
