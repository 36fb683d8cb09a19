/* SPDX-License-Identifier: MIT */
/*
 * Timestamps and PAWS: RFC 7323 sections 3, 4 and 5
 */
#include "tests/unit/lib/peer.h"

#define OPTIONS "mss 1000,sackOK,TS val 1000 ecr 0,nop,wscale 0"

/* Handshake with TSval 1000 throughout; so TS.Recent = 1000. */
static int with_timestamps(void)
{
	peer_tsval(1000);

	return peer_connects(OPTIONS);
}

/* RFC7323-7 */
SCENARIO(older_timestamp_is_dropped_and_acknowledged)
{
	const int fd = with_timestamps();

	peer_tsval(999);
	peer_sends("P. 1:11(10) ack 1");
	stack_drops("TCP_PAWS");
	stack_sends(". 1:1(0) ack 1 <nop,nop,TS val * ecr 1000>");
	app_receives_nothing(fd);
	peer_tsval(1000); /* equal is not older */
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11 <nop,nop,TS val * ecr 1000>");
	app_receives(fd, 10);
}

SCENARIO(comparison_is_modulo_2_to_the_32)
{
	const int fd = with_timestamps();

	peer_tsval(1000 + 0x7fffffffu); /* newer, just */
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	peer_tsval(1000); /* and so this is older */
	peer_sends("P. 11:21(10) ack 1");
	stack_drops("TCP_PAWS");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_receives_nothing(fd);
}

SCENARIO(timestamps_wrap)
{
	int fd;

	peer_tsval(0xfffffff0u);
	fd = peer_connects("mss 1000,sackOK,TS val 4294967280 ecr 0,"
	                   "nop,wscale 0");
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11 <nop,nop,TS val * ecr 4294967280>");
	peer_tsval(5);
	peer_sends("P. 11:21(10) ack 1");
	stack_sends(". 1:1(0) ack 21 <nop,nop,TS val * ecr 5>");
	app_receives(fd, 20);
}

/* RFC7323-7 */
SCENARIO(reset_is_not_subject_to_it)
{
	/* 5.2: "RST segments MUST NOT be subjected to PAWS" */
	const int fd = with_timestamps();

	peer_tsval(1);
	peer_sends("R 1:1(0)");
	stack_drops("TCP_RST");
	app_gets_error(fd, ECONNRESET);
}

SCENARIO(reset_without_timestamps_is_valid)
{
	const int fd = with_timestamps();

	peer_sends("R 1:1(0) <>");
	app_gets_error(fd, ECONNRESET);
}

/* RFC7323-5 */
SCENARIO(segment_without_timestamps_is_dropped)
{
	/* 3.2: "SHOULD silently drop the segment"; the stack's own rule */
	const int fd = with_timestamps();

	peer_sends("P. 1:11(10) ack 1 <>");
	stack_drops("TCP_NO_TIMESTAMP");
	stack_sends_nothing();
	app_receives_nothing(fd);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(last_ack_without_timestamps_leaves_it_half_open)
{
	struct tarn_usage usage;

	the_listener();
	peer_sends("S 0:0(0) <" OPTIONS ">");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1 <>");
	stack_drops("TCP_NO_TIMESTAMP");
	stack_sends_nothing();
	tarn_usage(stack(), &usage);
	ck_assert_uint_eq(usage.half_open, 1);
	ck_assert_uint_eq(usage.connections, 0);
	peer_tsval(1001);
	peer_sends(". 1:1(0) ack 1");
	app_accepts(the_listener());
}

/* RFC7323-4 */
SCENARIO(unagreed_timestamps_are_ignored)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1 <nop,nop,TS val 5 ecr 0>");
	stack_sends(". 1:1(0) ack 11 <>");
	peer_sends("P. 11:21(10) ack 1 <nop,nop,TS val 1 ecr 0>");
	stack_sends(". 1:1(0) ack 21 <>");
	app_receives(fd, 20);
}

/* RFC7323-6 */
SCENARIO(out_of_order_segment_does_not_move_ts_recent)
{
	/* 4.3 (2): only SEG.SEQ =< Last.ACK.sent moves it. */
	const int fd = with_timestamps();

	peer_tsval(1010);
	peer_sends("P. 11:21(10) ack 1");
	stack_sends(". 1:1(0) ack 1 "
	            "<nop,nop,TS val * ecr 1000,nop,nop,sack 11:21>");
	peer_tsval(1005);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 21 <nop,nop,TS val * ecr 1005>");
	app_receives(fd, 20);
}

/* RFC7323-6 */
SCENARIO(delayed_ack_echoes_the_first_of_two)
{
	/* 4.2 (A): the timestamp of the earliest unacknowledged segment */
	const int fd = with_timestamps();
	unsigned seq = 1;

	for (unsigned i = 0; i < 32; i++, seq += 10) { /* past quick ACKs */
		peer_sends("P. %u:%u(10) ack 1", seq, seq + 10);
		app_receives(fd, 10);
		if (sent_count() == 0)
			time_passes(40 * MSEC);
		stack_sends(". 1:1(0) ack %u", seq + 10);
	}
	peer_tsval(2000);
	peer_sends("P. %u:%u(10) ack 1", seq, seq + 10);
	stack_sends_nothing();
	peer_tsval(2020);
	peer_sends("P. %u:%u(10) ack 1", seq + 10, seq + 20);
	if (sent_count() == 0)
		time_passes(40 * MSEC);
	stack_sends(". 1:1(0) ack %u <nop,nop,TS val * ecr 2000>", seq + 20);
	app_receives(fd, 20);
}

SCENARIO(old_acknowledgment_with_an_old_timestamp_changes_nothing)
{
	const int fd = with_timestamps();

	app_sends(fd, 500);
	stack_sends("P. 1:501(500) ack 1");
	peer_tsval(900);
	peer_sends(". 1:1(0) ack 501");
	stack_drops("TCP_PAWS");
	while (sent_count() > 0)
		stack_sends(". 501:501(0) ack 1");
	peer_tsval(1001);
	while (sent_count() == 0)
		time_passes(10 * MSEC);
	stack_sends("P. 1:501(500) ack 1"); /* it was not acknowledged */
	peer_sends(". 1:1(0) ack 501");
}

/* RFC7323-8 */
SCENARIO(ts_recent_expires_after_24_days_of_silence)
{
	/* 5.5: otherwise a wrapped clock would block the connection */
	const int fd = with_timestamps();

	time_passes(25 * 86400 * SEC);
	peer_tsval(500);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(own_clock_ticks_in_milliseconds)
{
	/* 5.4: between 1 ms and 1 s per tick */
	const int fd = with_timestamps();
	uint32_t before;

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	before = stack_tsval();
	peer_sends(". 1:1(0) ack 11");
	time_passes(5 * SEC);
	app_sends(fd, 10);
	stack_sends("P. 11:21(10) ack 1");
	peer_sends(". 1:1(0) ack 21");
	ck_assert_uint_eq(stack_tsval() - before, 5000);
}

SCENARIO(clocks_of_two_peers_do_not_compare)
{
	/* 7.1: an offset per connection, so that uptime is not told */
	uint32_t one, two;

	with_timestamps();
	one = stack_tsval();
	peer_port(PEER_PORT + 1);
	with_timestamps();
	two = stack_tsval();
	ck_assert_uint_gt(one > two ? one - two : two - one, 1000);
}

SCENARIO(impossible_echo_makes_no_absurd_rto)
{
	/* TR-14: TSecr from the future or never sent */
	const int fd = with_timestamps();

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	peer_sends(". 1:1(0) ack 11 <nop,nop,TS val 1000 ecr 1>");
	app_sends(fd, 10);
	stack_sends("P. 11:21(10) ack 1");
	peer_sends(". 1:1(0) ack 21 <nop,nop,TS val 1000 ecr 2147483648>");
	app_sends(fd, 10);
	stack_sends("P. 21:31(10) ack 1");
	ck_assert_uint_ge(app_info(fd).rto_us, 200 * MSEC);
	ck_assert_uint_le(app_info(fd).rto_us, 120 * SEC);
	peer_sends(". 1:1(0) ack 31");
}

SCENARIO_MAIN("tcp PAWS", older_timestamp_is_dropped_and_acknowledged,
              comparison_is_modulo_2_to_the_32, timestamps_wrap,
              reset_is_not_subject_to_it, reset_without_timestamps_is_valid,
              segment_without_timestamps_is_dropped,
              last_ack_without_timestamps_leaves_it_half_open,
              unagreed_timestamps_are_ignored,
              out_of_order_segment_does_not_move_ts_recent,
              delayed_ack_echoes_the_first_of_two,
              old_acknowledgment_with_an_old_timestamp_changes_nothing,
              ts_recent_expires_after_24_days_of_silence,
              own_clock_ticks_in_milliseconds,
              clocks_of_two_peers_do_not_compare,
              impossible_echo_makes_no_absurd_rto)
