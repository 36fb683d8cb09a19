/* SPDX-License-Identifier: MIT */
/*
 * TIME-WAIT: MUST-13, RFC 9293 3.10.7.4, RFC 1337 fix F1, RFC 6191 section 2
 */
#include "tests/unit/lib/peer.h"

#define TWO_MSL         (60 * SEC)
#define TS_OPTIONS(val) "mss 1000,sackOK,TS val " val " ecr 0,nop,wscale 7"

static uint32_t waiting(void)
{
	struct tarn_usage usage;

	tarn_usage(stack(), &usage);

	return usage.time_wait;
}

/* Numbers of both ends are 2 from here on. */
static void enter_time_wait(const char *options)
{
	app_closes_first(peer_connects(options), 1, 1);
}

/* MUST-13 */
SCENARIO(it_lasts_for_2msl)
{
	enter_time_wait("mss 1000");
	ck_assert_uint_eq(waiting(), 1);
	stack_is_silent_for(TWO_MSL - MSEC);
	ck_assert_uint_eq(waiting(), 1);
	stack_is_silent_for(2 * MSEC);
	ck_assert_uint_eq(waiting(), 0);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends("R 2:2(0)"); /* as CLOSED */
}

SCENARIO(msl_can_be_set)
{
	peer_config()->msl_us = 1 * SEC;
	enter_time_wait("mss 1000");
	time_passes(2 * SEC - MSEC);
	ck_assert_uint_eq(waiting(), 1);
	time_passes(2 * MSEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(repeated_fin_is_acknowledged_and_restarts_it)
{
	enter_time_wait("mss 1000");
	time_passes(50 * SEC);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	stack_is_silent_for(TWO_MSL - MSEC);
	ck_assert_uint_eq(waiting(), 1);
	time_passes(2 * MSEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(simultaneous_close_waits_as_long)
{
	const int fd = peer_connects("mss 1000");

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 2:2(0) ack 2");
	time_passes(10 * MSEC);
	peer_sends(". 2:2(0) ack 2");
	state_is(TCPS_TIME_WAIT);
	time_passes(TWO_MSL - MSEC);
	ck_assert_uint_eq(waiting(), 1);
	time_passes(2 * MSEC);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO(passive_closer_does_not_wait)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_closes(fd);
	stack_sends("F. 1:1(0) ack 2");
	peer_sends(". 2:2(0) ack 2");
	ck_assert_uint_eq(waiting(), 0);
}

/* RFC1337-1 */
SCENARIO(reset_is_ignored)
{
	/* RFC 1337, hazards H1 to H3: fix F1. */
	enter_time_wait("mss 1000");
	peer_sends("R 2:2(0)"); /* exactly RCV.NXT */
	stack_drops("TCP_TIME_WAIT_RST");
	peer_sends("R. 2:2(0) ack 2");
	peer_sends("R 500:500(0)");
	stack_sends_nothing();
	ck_assert_uint_eq(waiting(), 1);
	time_passes(SEC);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
}

SCENARIO(old_data_is_acknowledged_and_not_delivered)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	app_receives(fd, 100);
	app_closes_first(fd, 101, 1);
	time_passes(SEC);
	peer_sends("P. 1:101(100) ack 1");
	stack_drops("TCP_TIME_WAIT");
	stack_sends(". 2:2(0) ack 102");
	time_passes(SEC);
	peer_sends("P. 102:202(100) ack 2"); /* after the FIN */
	stack_sends(". 2:2(0) ack 102");
	ck_assert_uint_eq(waiting(), 1);
}

SCENARIO(acknowledgment_storm_is_not_answered)
{
	/* Two ends in TIME-WAIT must not answer each other for ever. */
	enter_time_wait("mss 1000");
	for (unsigned i = 0; i < 100; i++)
		peer_queues(". 2:2(0) ack 2");
	settle();
	ck_assert_uint_le(sent_count(), 1);
	while (sent_count() > 0)
		stack_sends(". 2:2(0) ack 2");
}

/* ---- Reuse ---- */

static void is_reused(void)
{
	state_is(TCPS_SYN_RECEIVED);
	ck_assert_uint_eq(waiting(), 0);
	peer_sends(". 1:1(0) ack 1");
	app_accepts(the_listener());
	state_is(TCPS_ESTABLISHED);
}

static void is_not_reused(void)
{
	if (sent_count() > 0) /* "silently drop", or an ACK of the old one */
		stack_sends(". 2:2(0) ack 2");
	ck_assert_uint_eq(waiting(), 1);
}

/* SHLD-4, MAY-2, RFC6191-1 */
SCENARIO(newer_timestamp_reuses_it)
{
	peer_tsval(500);
	enter_time_wait(TS_OPTIONS("500"));
	peer_free_iss();
	peer_initial(-5000u); /* even a lower number will do */
	peer_sends("S 0:0(0) <" TS_OPTIONS("501") ">");
	stack_sends("S. 0:0(0) ack 1");
	peer_tsval(502);
	is_reused();
}

SCENARIO(equal_timestamp_needs_a_greater_sequence_number)
{
	peer_tsval(500);
	enter_time_wait(TS_OPTIONS("500"));
	peer_sends("S 1:1(0) <" TS_OPTIONS("500") ">"); /* the old FIN's */
	stack_drops("TCP_TIME_WAIT_SYN");
	is_not_reused();
	peer_free_iss();
	peer_initial(2);
	peer_sends("S 0:0(0) <" TS_OPTIONS("500") ">");
	stack_sends("S. 0:0(0) ack 1");
	is_reused();
}

/* RFC6191-1 */
SCENARIO(older_timestamp_is_dropped_whatever_the_number)
{
	peer_tsval(500);
	enter_time_wait(TS_OPTIONS("500"));
	peer_sends("S 100000:100000(0) <" TS_OPTIONS("499") ">");
	stack_drops("TCP_TIME_WAIT_SYN");
	is_not_reused();
}

SCENARIO(without_timestamps_now_the_number_decides)
{
	peer_tsval(500);
	enter_time_wait(TS_OPTIONS("500"));
	peer_sends("S 1:1(0) <mss 1000>");
	stack_drops("TCP_TIME_WAIT_SYN");
	is_not_reused();
	peer_free_iss();
	peer_initial(2);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	is_reused();
}

/* MAY-2, RFC6191-1 */
SCENARIO(greater_number_reuses_it)
{
	enter_time_wait("mss 1000");
	peer_free_iss();
	peer_initial(2);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	is_reused();
}

SCENARIO(number_of_the_old_connection_is_dropped)
{
	enter_time_wait("mss 1000");
	peer_sends("S 1:1(0) <mss 1000>"); /* equal to the FIN's: not greater */
	stack_drops("TCP_TIME_WAIT_SYN");
	is_not_reused();
	peer_sends("S -1000:-1000(0) <mss 1000>");
	is_not_reused();
}

SCENARIO(timestamps_now_but_not_before_reuse_it)
{
	enter_time_wait("mss 1000");
	peer_free_iss();
	peer_initial(-5000u);
	peer_sends("S 0:0(0) <" TS_OPTIONS("1") ">");
	stack_sends("S. 0:0(0) ack 1");
	is_reused();
}

SCENARIO(new_incarnation_begins_above_the_old_numbers)
{
	/* RFC 9293 3.6.1 (1): larger than the largest number used before. */
	uint32_t old_nxt;

	enter_time_wait("mss 1000");
	old_nxt = last_segment()->seq;
	peer_free_iss();
	peer_initial(2);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_int_ge((int32_t)(last_segment()->seq - old_nxt), 0);
	is_reused();
}

SCENARIO(syn_without_a_listener_does_not_end_it)
{
	enter_time_wait("mss 1000");
	app_closes(the_listener());
	peer_free_iss();
	peer_initial(2);
	peer_sends("S 0:0(0) <mss 1000>");
	if (sent_count() > 0) {
		struct segment answer;

		ck_assert(next_segment(&answer)); /* RST or ACK, no SYN-ACK */
		ck_assert(!(answer.flags & SEG_SYN));
	}
}

/* ---- The port ---- */

SCENARIO(port_can_be_bound_again_afterwards)
{
	const struct tarn_addr local = { .port = 5000 };
	const struct tarn_addr to    = { .ip   = tarn_ip4(10, 9, 0, 1),
		                         .port = PEER_PORT };
	int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));

	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EINPROGRESS);
	{
		struct segment syn;

		settle();
		ck_assert(next_segment(&syn));
		ck_assert_uint_eq(syn.src_port, 5000);
	}
	app_closes(fd);
	fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
}

SCENARIO(listener_with_reuseaddr_binds_beside_it)
{
	const struct tarn_addr local = { .port = STACK_PORT };
	int fd;

	enter_time_wait("mss 1000");
	app_closes(the_listener());

	fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), -EADDRINUSE);
	app_sets(fd, TARN_SO_REUSEADDR, 1);
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);

	time_passes(TWO_MSL + MSEC);
	app_closes(fd);
	fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
}

SCENARIO(new_incarnation_leaps_over_old_numbers)
{
	/* The generator is stuck at the old ISS: it may not be taken again. */
	uint32_t old_nxt;

	enter_time_wait("mss 1000");
	old_nxt = last_segment()->seq;
	peer_initial(2);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_int_gt((int32_t)(last_segment()->seq - old_nxt), 0);
	is_reused();
}

SCENARIO(it_does_not_delay_the_timers_of_others)
{
	int fd;

	enter_time_wait("mss 1000");
	peer_port(PEER_PORT + 1);
	fd = peer_connects("mss 1000");
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
	time_passes(TWO_MSL);
	ck_assert_uint_eq(waiting(), 0);
}

SCENARIO_MAIN("tcp TIME-WAIT", it_lasts_for_2msl, msl_can_be_set,
              repeated_fin_is_acknowledged_and_restarts_it,
              simultaneous_close_waits_as_long, passive_closer_does_not_wait,
              reset_is_ignored, old_data_is_acknowledged_and_not_delivered,
              acknowledgment_storm_is_not_answered, newer_timestamp_reuses_it,
              equal_timestamp_needs_a_greater_sequence_number,
              older_timestamp_is_dropped_whatever_the_number,
              without_timestamps_now_the_number_decides,
              greater_number_reuses_it, number_of_the_old_connection_is_dropped,
              timestamps_now_but_not_before_reuse_it,
              new_incarnation_begins_above_the_old_numbers,
              syn_without_a_listener_does_not_end_it,
              port_can_be_bound_again_afterwards,
              listener_with_reuseaddr_binds_beside_it,
              new_incarnation_leaps_over_old_numbers,
              it_does_not_delay_the_timers_of_others)
