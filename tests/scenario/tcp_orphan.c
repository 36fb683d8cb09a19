/* SPDX-License-Identifier: MIT */
/*
 * What happens to a connection that we closed and the peer did not: FIN-WAIT-2
 * and its time-out (TCP_LINGER2), and how many of them there may be
 */
#include "tests/unit/lib/peer.h"

static struct tarn_usage usage(void)
{
	struct tarn_usage now;

	tarn_usage(stack(), &now);

	return now;
}

/* close(), and the FIN is acknowledged. */
static void enter_fin_wait_2(int fd)
{
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
}

SCENARIO(fin_wait_2_ends_after_a_minute)
{
	enter_fin_wait_2(peer_connects("mss 1000"));
	state_is(TCPS_FIN_WAIT_2);
	stack_is_silent_for(60 * SEC - MSEC);
	state_is(TCPS_FIN_WAIT_2);
	time_passes(2 * MSEC);
	state_is(TCPS_CLOSED);
	peer_sends(". 1:1(0) ack 2");
	stack_sends("R 2:2(0)");
}

SCENARIO(its_length_can_be_configured)
{
	peer_config()->fin_wait_2_us = 5 * SEC;
	enter_fin_wait_2(peer_connects("mss 1000"));
	time_passes(5 * SEC - MSEC);
	state_is(TCPS_FIN_WAIT_2);
	time_passes(2 * MSEC);
	state_is(TCPS_CLOSED);
}

SCENARIO(linger2_shortens_it)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_LINGER2, 1);
	ck_assert_int_eq(app_gets(fd, TARN_TCP_LINGER2), 1);
	enter_fin_wait_2(fd);
	time_passes(SEC - MSEC);
	peer_sends(". 1:1(0) ack 2"); /* not yet */
	stack_sends_nothing();
	time_passes(2 * MSEC);
	state_is(TCPS_CLOSED);
	peer_sends(". 1:1(0) ack 2");
	stack_sends("R 2:2(0)");
}

SCENARIO(linger2_counts_from_close_when_shut_down_before)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_LINGER2, 2);
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	stack_is_silent_for(600 * SEC); /* no orphan: no time-out */
	state_is(TCPS_FIN_WAIT_2);
	app_closes(fd);
	time_passes(2 * SEC - MSEC);
	state_is(TCPS_FIN_WAIT_2);
	time_passes(2 * MSEC);
	state_is(TCPS_CLOSED);
}

SCENARIO(negative_linger2_resets_instead_of_waiting)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_LINGER2, -1);
	enter_fin_wait_2(fd);
	stack_sends("R. 2:2(0) ack 1");
	state_is(TCPS_CLOSED);
	ck_assert_uint_eq(usage().connections, 0);
}

SCENARIO(negative_linger2_resets_what_waits_already)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_LINGER2, -1);
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	app_closes(fd);
	stack_sends("R. 2:2(0) ack 1");
}

SCENARIO(fin_with_the_ack_meets_a_negative_linger2)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_LINGER2, -1);
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("F. 1:1(0) ack 2");
	stack_sends("R. 2:2(0) ack 1");
	state_is(TCPS_CLOSED);
	ck_assert_uint_eq(usage().time_wait, 0);
}

SCENARIO(one_orphan_too_many_is_reset)
{
	int fd[3];

	peer_config()->orphans_max = 2;
	for (uint16_t i = 0; i < 3; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		fd[i] = peer_connects("mss 1000");
	}
	for (uint16_t i = 0; i < 2; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		app_closes(fd[i]);
		stack_sends("F. 1:1(0) ack 1");
	}
	peer_port(PEER_PORT + 2);
	app_closes(fd[2]);
	stack_sends("R. 1:1(0) ack 1");
	state_is(TCPS_CLOSED);

	/* An orphan that ends makes room for the next. */
	peer_port(PEER_PORT);
	peer_sends("R. 1:1(0) ack 2");
	peer_port(PEER_PORT + 3);
	app_closes(peer_connects("mss 1000"));
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("R. 1:1(0) ack 2");
	peer_port(PEER_PORT + 1);
	peer_sends("R. 1:1(0) ack 2");
}

SCENARIO(time_wait_is_no_orphan)
{
	peer_config()->orphans_max = 1;
	for (uint16_t i = 0; i < 3; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		app_closes_first(peer_connects("mss 1000"), 1, 1);
	}
	ck_assert_uint_eq(usage().time_wait, 3);
}

SCENARIO_MAIN("tcp orphan", fin_wait_2_ends_after_a_minute,
              its_length_can_be_configured, linger2_shortens_it,
              linger2_counts_from_close_when_shut_down_before,
              negative_linger2_resets_instead_of_waiting,
              negative_linger2_resets_what_waits_already,
              fin_with_the_ack_meets_a_negative_linger2,
              one_orphan_too_many_is_reset, time_wait_is_no_orphan)
