/* SPDX-License-Identifier: MIT */
/*
 * TCP_DEFER_ACCEPT: a listener that wants to hear something before it wakes up,
 * with Linux's rules; and TCP_SYNCNT, how often we call before we give up
 */
#include "tests/unit/lib/peer.h"

/* Five seconds are 1 + 2 + 4: three SYN-ACKs. */
static int deferring_listener(int seconds)
{
	const int listener = app_listens(STACK_PORT, 4);

	app_sets(listener, TARN_TCP_DEFER_ACCEPT, seconds);

	return listener;
}

static void bare_handshake(void)
{
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_drops("TCP_DEFERRED");
	stack_sends_nothing();
	state_is(TCPS_SYN_RECEIVED);
}

SCENARIO(seconds_are_kept_in_synacks)
{
	const int listener = deferring_listener(5);

	ck_assert_int_eq(app_gets(listener, TARN_TCP_DEFER_ACCEPT), 7);
	app_sets(listener, TARN_TCP_DEFER_ACCEPT, 1);
	ck_assert_int_eq(app_gets(listener, TARN_TCP_DEFER_ACCEPT), 1);
	app_sets(listener, TARN_TCP_DEFER_ACCEPT, 0);
	ck_assert_int_eq(app_gets(listener, TARN_TCP_DEFER_ACCEPT), 0);
}

SCENARIO(bare_ack_does_not_wake_the_listener_and_data_does)
{
	const int listener = deferring_listener(5);
	int fd;

	bare_handshake();
	ck_assert(!app_can_accept(listener));
	time_passes(500 * MSEC);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	fd = app_accepts(listener);
	app_receives(fd, 10);
}

SCENARIO(fin_wakes_it_too)
{
	const int listener = deferring_listener(5);

	bare_handshake();
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_receives_end(app_accepts(listener));
}

SCENARIO(synack_comes_again_only_at_the_end_and_its_answer_is_taken)
{
	const int listener = deferring_listener(5);

	bare_handshake();
	stack_sends_after(7 * SEC, "S. 0:0(0) ack 1"); /* not at 1 and 3 s */
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	state_is(TCPS_ESTABLISHED);
	app_accepts(listener);
}

SCENARIO(who_never_acknowledged_is_called_as_usual)
{
	deferring_listener(5);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	for (uint64_t us = SEC; us <= 16 * SEC; us *= 2)
		stack_sends_after(us, "S. 0:0(0) ack 1");
	stack_is_silent_for(33 * SEC);
	state_is(TCPS_CLOSED);
}

SCENARIO(waiting_for_data_may_outlast_the_synack_retries)
{
	const int listener = deferring_listener(100); /* seven: 127 s */

	bare_handshake();
	stack_is_silent_for(120 * SEC);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_accepts(listener);
}

SCENARIO(syn_is_sent_as_often_as_syncnt_says)
{
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	const struct tarn_addr to = { .ip   = tarn_ip4(10, 9, 0, 1),
		                      .port = PEER_PORT };

	app_sets(fd, TARN_TCP_SYNCNT, 2);
	ck_assert_int_eq(app_gets(fd, TARN_TCP_SYNCNT), 2);
	peer_flow(PEER_PORT, 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EINPROGRESS);
	settle();
	stack_sends("S 0:0(0)");
	stack_sends_after(1 * SEC, "S 0:0(0)");
	stack_sends_after(2 * SEC, "S 0:0(0)");
	stack_is_silent_for(4 * SEC + MSEC);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(syncnt_has_a_range)
{
	const int fd    = app_adopts(tarn_socket(stack(), TARN_STREAM));
	const int bad[] = { -1, 0, 128 };
	const int most  = 127;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_TCP_SYNCNT,
		                                 &bad[i], sizeof(bad[i])),
		                 -EINVAL);
	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_TCP_SYNCNT, &most,
	                                 sizeof(most)),
	                 0);
	ck_assert_int_eq(app_gets(fd, TARN_TCP_SYNCNT), 127);
}

SCENARIO_MAIN("tcp defer accept", seconds_are_kept_in_synacks,
              bare_ack_does_not_wake_the_listener_and_data_does,
              fin_wakes_it_too,
              synack_comes_again_only_at_the_end_and_its_answer_is_taken,
              who_never_acknowledged_is_called_as_usual,
              waiting_for_data_may_outlast_the_synack_retries,
              syn_is_sent_as_often_as_syncnt_says, syncnt_has_a_range)
