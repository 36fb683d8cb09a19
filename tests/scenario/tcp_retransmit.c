/* SPDX-License-Identifier: MIT */
/*
 * The retransmission timer: RFC 6298, MUST-18 to MUST-23; RFC 9293 3.8.3
 *
 * Handshakes take 100 ms here, so RTO begins at 100 + max(200, 4*50) = 300 ms.
 */
#include "tests/unit/lib/peer.h"

/* MUST-22, RFC6298-1 */
SCENARIO(syn_is_sent_again_after_1_2_4_8_16_32_64_seconds)
{
	const int fd         = app_connects();
	const uint64_t begin = now_us();

	stack_sends("S 0:0(0)");
	for (uint64_t us = SEC; us <= 64 * SEC; us *= 2)
		stack_sends_after(us, "S 0:0(0) win 65535 "
		                      "<mss 1460,sackOK,TS val * ecr 0,"
		                      "nop,wscale 7>");
	while (app_info(fd).state == TCPS_SYN_SENT) {
		stack_sends_nothing();
		time_passes(100 * MSEC);
	}
	/* MUST-23: at least 3 minutes; the table: 255 s. */
	ck_assert_uint_ge((now_us() - begin) / SEC, 240);
	ck_assert_uint_le((now_us() - begin) / SEC, 256);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ETIMEDOUT);
	stack_is_silent_for(600 * SEC);
}

SCENARIO(fewer_syn_retries_can_be_configured)
{
	int fd;

	peer_config()->syn_retries = 2;
	fd                         = app_connects();
	stack_sends("S 0:0(0)");
	stack_sends_after(SEC, "S 0:0(0)");
	stack_sends_after(2 * SEC, "S 0:0(0)");
	stack_is_silent_for(5 * SEC);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ETIMEDOUT);
}

/* RFC6298-8 */
SCENARIO(handshake_after_a_lost_syn_starts_with_3_seconds)
{
	/* RFC 6298 5.7; without timestamps the SYN gives no sample (Karn). */
	int fd;

	peer_config()->no_timestamps = true;
	fd                           = app_connects();
	stack_sends("S 0:0(0)");
	stack_sends_after(SEC, "S 0:0(0)");
	time_passes(RTT_US);
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(3 * SEC, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(first_sample_of_the_active_side_sets_rto)
{
	const int fd = app_connects_to("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

/* MUST-19, RFC6298-5 */
SCENARIO(rto_doubles_each_time)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	for (uint64_t us = 300 * MSEC; us < 70 * SEC; us *= 2)
		stack_sends_after(us, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
	stack_is_silent_for(3600 *
	                    SEC); /* 5.2: nothing left, the timer is off */
}

SCENARIO(second_sample_is_smoothed)
{
	/* R = 180: RTTVAR = 3/4*50 + 1/4*80 = 57.5, SRTT = 110, RTO = 340. */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	time_passes(180 * MSEC);
	peer_sends(". 1:1(0) ack 101");
	app_sends(fd, 100);
	stack_sends("P. 101:201(100) ack 1");
	stack_sends_after(340 * MSEC, "P. 101:201(100) ack 1");
	peer_sends(". 1:1(0) ack 201");
}

SCENARIO(long_path_measures_beyond_the_floor)
{
	/* R = 1 s in the handshake: 1 + 4*0.5 = 3 s. */
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	time_passes(900 * MSEC);
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(listener);
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(2700 * MSEC, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(floor_can_be_raised)
{
	int fd;

	peer_config()->rto_us_min = SEC;
	fd                        = peer_connects("mss 1000");
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(1100 * MSEC, "P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

/* MUST-18, RFC6298-6 */
SCENARIO(ack_of_a_retransmission_is_no_sample)
{
	/* Karn: the ACK after 1.3 s says nothing, and the backoff stays until
	 * text that was sent once is acknowledged (RFC 9293 3.8.2). */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	time_passes(500 * MSEC);
	peer_sends(". 1:1(0) ack 101");

	app_sends(fd, 100);
	stack_sends("P. 101:201(100) ack 1");
	stack_sends_after(600 * MSEC, "P. 101:201(100) ack 1");
	peer_sends(". 1:1(0) ack 201");

	app_sends(fd, 100); /* once more with backoff, and then a sample */
	stack_sends("P. 201:301(100) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 301");
	app_sends(fd, 100);
	stack_sends("P. 301:401(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 301:401(100) ack 1");
	peer_sends(". 1:1(0) ack 401");
}

/* RFC6298-6 */
SCENARIO(timestamps_make_samples_of_retransmissions)
{
	/* TSecr tells which transmission was answered: the second, 100 ms ago. */
	const int fd = peer_connects("mss 1000,sackOK,TS val 100 ecr 0,"
	                             "nop,wscale 7");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 101 win 1000");
	app_sends(fd, 100);
	stack_sends("P. 101:201(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 101:201(100) ack 1");
	peer_sends(". 1:1(0) ack 201 win 1000");
}

/* RFC6298-7 */
SCENARIO(new_ack_restarts_the_timer)
{
	/* 5.3: the second segment has 300 ms from the first one's ACK on. */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends("P. 1001:2001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_after(300 * MSEC, "P. 1001:2001(1000) ack 1");
	peer_sends(". 1:1(0) ack 2001");
}

/* RFC6298-7 */
SCENARIO(sending_more_does_not_restart_the_timer)
{
	/* 5.1: only if it is not running. */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	time_passes(200 * MSEC);
	app_sends(fd, 1000);
	stack_sends("P. 1001:2001(1000) ack 1");
	stack_sends_after(100 * MSEC, "P. 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 2001");
}

SCENARIO(duplicate_ack_does_not_restart_the_timer)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	time_passes(200 * MSEC);
	peer_sends(". 1:1(0) ack 1");
	stack_sends_after(100 * MSEC, "P. 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(timeout_sends_the_earliest_segment_and_no_more)
{
	/* 5.4, and RFC 5681: the loss window is one segment. */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 4000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends("P. 3001:4001(1000) ack 1");
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1001"); /* slow start: two */
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 4001");
	stack_sends_nothing();
}

SCENARIO(cumulative_ack_after_a_timeout_sends_nothing_twice)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 3000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:3001(1000) ack 1");
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 3001"); /* only the first had been lost */
	stack_sends_nothing();
	app_sends(fd, 1000);
	stack_sends("P. 3001:4001(1000) ack 1");
	peer_sends(". 1:1(0) ack 4001");
}

SCENARIO(partly_acknowledged_segment_is_sent_from_there)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 401");
	stack_sends_after(300 * MSEC, "P. 401:1001(600) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(retransmission_carries_the_newest_acknowledgment)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	time_passes(100 * MSEC);
	peer_sends("P. 1:51(50) ack 1");
	stack_sends(". 101:101(0) ack 51");
	app_receives(fd, 50);
	stack_sends_after(200 * MSEC, "P. 1:101(100) ack 51");
	peer_sends(". 51:51(0) ack 101");
}

/* MUST-20 */
SCENARIO(data_is_given_up_after_15_retries)
{
	const int fd = peer_connects("mss 1000");
	uint64_t begin;
	struct segment again;
	unsigned retries = 0;

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	begin = now_us();
	while (app_info(fd).state == TCPS_ESTABLISHED) {
		time_passes(SEC);
		while (next_segment(&again)) {
			if (!(again.flags & SEG_RST))
				retries++;
		}
	}
	ck_assert_uint_eq(retries, 15);
	/* SHLD-11: R2 at least 100 s */
	ck_assert_uint_ge(now_us() - begin, 100 * SEC);
	app_gets_error(fd, ETIMEDOUT);
	app_receives_end(fd);
	app_send_fails(fd, EPIPE);
}

SCENARIO(fewer_data_retries_can_be_configured)
{
	int fd;

	peer_config()->data_retries = 3;
	fd                          = peer_connects("mss 1000");
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:101(100) ack 1");
	stack_sends_after(1200 * MSEC, "P. 1:101(100) ack 1");
	time_passes(3 * SEC);
	if (sent_count() > 0)
		stack_sends("R. 101:101(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(user_timeout_is_shorter_than_the_retries)
{
	const int fd = peer_connects("mss 1000"); /* MUST-21 */

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 1500);
	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:101(100) ack 1");
	time_passes(550 * MSEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	time_passes(1700 * MSEC);
	if (sent_count() > 0)
		stack_sends("R. 101:101(0) ack 1");
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(an_answer_resets_the_count_of_retries)
{
	int fd;

	peer_config()->data_retries = 2;
	fd                          = peer_connects("mss 1000");
	for (unsigned i = 0; i < 4; i++) {
		const unsigned at = 100 * i + 1, end = at + 100;

		app_sends(fd, 100);
		stack_sends("P. %u:%u(100) ack 1", at, end);
		while (sent_count() == 0)
			time_passes(100 * MSEC);
		stack_sends("P. %u:%u(100) ack 1", at, end);
		peer_sends(". 1:1(0) ack %u", end);
	}
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
}

SCENARIO(orphan_gives_up_sooner)
{
	const int fd = peer_connects("mss 1000");
	struct tarn_usage usage;
	struct segment again;
	unsigned retries = 0;

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	for (unsigned i = 0; i < 600; i++) {
		time_passes(SEC);
		while (next_segment(&again)) {
			if (!(again.flags & SEG_RST))
				retries++;
		}
	}
	ck_assert_uint_eq(retries, 8);
	tarn_usage(stack(), &usage);
	ck_assert_uint_eq(usage.connections, 0);
}

SCENARIO_MAIN("tcp retransmit",
              syn_is_sent_again_after_1_2_4_8_16_32_64_seconds,
              fewer_syn_retries_can_be_configured,
              handshake_after_a_lost_syn_starts_with_3_seconds,
              first_sample_of_the_active_side_sets_rto, rto_doubles_each_time,
              second_sample_is_smoothed, long_path_measures_beyond_the_floor,
              floor_can_be_raised, ack_of_a_retransmission_is_no_sample,
              timestamps_make_samples_of_retransmissions,
              new_ack_restarts_the_timer,
              sending_more_does_not_restart_the_timer,
              duplicate_ack_does_not_restart_the_timer,
              timeout_sends_the_earliest_segment_and_no_more,
              cumulative_ack_after_a_timeout_sends_nothing_twice,
              partly_acknowledged_segment_is_sent_from_there,
              retransmission_carries_the_newest_acknowledgment,
              data_is_given_up_after_15_retries,
              fewer_data_retries_can_be_configured,
              user_timeout_is_shorter_than_the_retries,
              an_answer_resets_the_count_of_retries, orphan_gives_up_sooner)
