/* SPDX-License-Identifier: MIT */
/*
 * The user timeout: RFC 9293 3.8.3 (MUST-21) and 3.10.8, RFC 5482; as Linux
 * has it, it counts a closed window too
 */
#include "tests/unit/lib/peer.h"

enum { LIMIT_MS = 5000 };

/* 10 octets are on their way, and time runs. */
static int sends_with_a_limit(void)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_USER_TIMEOUT, LIMIT_MS);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");

	return fd;
}

static void swallow(void)
{
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* MUST-21 */
SCENARIO(it_ends_when_it_says_and_not_at_the_next_timeout)
{
	const int fd = sends_with_a_limit();

	stack_sends_after(300 * MSEC, "P. 1:11(10) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:11(10) ack 1");
	stack_sends_after(1200 * MSEC, "P. 1:11(10) ack 1");
	stack_sends_after(2400 * MSEC, "P. 1:11(10) ack 1");
	time_passes(480 * MSEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	time_passes(30 * MSEC);
	state_is(TCPS_CLOSED);
	app_gets_error(fd, ETIMEDOUT);
	peer_sends(". 1:1(0) ack 11"); /* too late: nobody is here */
	stack_sends("R 11:11(0)");
}

SCENARIO(an_acknowledgment_before_it_is_life)
{
	const int fd = sends_with_a_limit();

	time_passes(4900 * MSEC);
	swallow();
	peer_sends(". 1:1(0) ack 11");
	stack_is_silent_for(60 * SEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	app_sends(fd, 10); /* and its time begins anew */
	stack_sends("P. 11:21(10) ack 1");
	time_passes(4900 * MSEC);
	swallow();
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends(". 1:1(0) ack 21");
}

SCENARIO(without_it_the_retries_rule)
{
	const int fd = sends_with_a_limit();

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 0);
	time_passes(60 * SEC);
	swallow();
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends(". 1:1(0) ack 11");
}

SCENARIO(it_may_be_longer_than_the_retries_only_by_being_0)
{
	/* Whichever of the two limits comes first. */
	int fd;

	peer_config()->data_retries = 1;
	fd                          = sends_with_a_limit();
	stack_sends_after(300 * MSEC, "P. 1:11(10) ack 1");
	time_passes(700 * MSEC);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(it_counts_for_a_fin)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_USER_TIMEOUT, LIMIT_MS);
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	time_passes(4900 * MSEC);
	swallow();
	state_is(TCPS_FIN_WAIT_1);
	time_passes(150 * MSEC);
	state_is(TCPS_CLOSED);
	app_gets_error(fd, ETIMEDOUT);
	peer_sends(". 1:1(0) ack 2");
	stack_sends("R 2:2(0)");
}

SCENARIO(it_counts_for_the_fin_of_a_closed_socket)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_USER_TIMEOUT, LIMIT_MS);
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	time_passes(4900 * MSEC);
	swallow();
	state_is(TCPS_FIN_WAIT_1);
	time_passes(150 * MSEC);
	state_is(TCPS_CLOSED);
	stack_sends_nothing();
}

SCENARIO(it_counts_for_a_syn)
{
	const int fd = app_connects();

	app_sets(fd, TARN_TCP_USER_TIMEOUT, LIMIT_MS);
	stack_sends("S 0:0(0)");
	stack_sends_after(SEC, "S 0:0(0)");
	stack_sends_after(2 * SEC, "S 0:0(0)");
	time_passes(1900 * MSEC);
	state_is(TCPS_SYN_SENT);
	time_passes(150 * MSEC);
	state_is(TCPS_CLOSED);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ETIMEDOUT);
}

SCENARIO(a_listener_hands_it_down)
{
	int fd;

	app_sets(the_listener(), TARN_TCP_USER_TIMEOUT, 1000);
	fd = peer_connects("mss 1000");
	ck_assert_int_eq(app_gets(fd, TARN_TCP_USER_TIMEOUT), 1000);
	app_sends(fd, 10);
	time_passes(1050 * MSEC);
	swallow();
	app_gets_error(fd, ETIMEDOUT);
}

/* ---- the peer's window is closed: "buffered data may remain untransmitted" */

static int window_is_closed(int limit_ms)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sets(fd, TARN_TCP_USER_TIMEOUT, limit_ms);
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0");

	return fd;
}

/* Answers every probe for @us: no. */
static void window_stays_closed(uint64_t us)
{
	for (uint64_t past_us = 0; past_us < us; past_us += 50 * MSEC) {
		time_passes(50 * MSEC);
		while (sent_count() > 0) {
			ck_assert(next_segment(&(struct segment){ 0 }));
			peer_sends(". 1:1(0) ack 1001 win 0");
		}
	}
}

SCENARIO(it_ends_a_window_that_stays_closed)
{
	const int fd = window_is_closed(LIMIT_MS);

	window_stays_closed(4900 * MSEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	window_stays_closed(200 * MSEC);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(without_it_a_closed_window_may_last)
{
	/* MUST-37 */
	const int fd = window_is_closed(0);

	window_stays_closed(300 * SEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends("R 1:1(0)");
}

SCENARIO(a_window_that_opens_is_life)
{
	const int fd = window_is_closed(LIMIT_MS);

	window_stays_closed(4 * SEC);
	peer_sends(". 1:1(0) ack 1001 win 500");
	swallow();
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1501 win 0");
	app_sends(fd, 100);
	time_passes(SEC);
	swallow();
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp user timeout",
              it_ends_when_it_says_and_not_at_the_next_timeout,
              an_acknowledgment_before_it_is_life, without_it_the_retries_rule,
              it_may_be_longer_than_the_retries_only_by_being_0,
              it_counts_for_a_fin, it_counts_for_the_fin_of_a_closed_socket,
              it_counts_for_a_syn, a_listener_hands_it_down,
              it_ends_a_window_that_stays_closed,
              without_it_a_closed_window_may_last, a_window_that_opens_is_life)
