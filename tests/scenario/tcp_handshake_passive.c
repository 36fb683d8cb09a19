/* SPDX-License-Identifier: MIT */
/*
 * Passive open: RFC 9293 3.5, 3.10.7.2, and which options a SYN-ACK answers
 * with (RFC 7323 1.3 and 2.2, RFC 2018 2, RFC 9293 3.7.1)
 */
#include "tests/unit/lib/peer.h"

/* MUST-2, RFC6691-1 */
SCENARIO(three_segments_make_a_connection)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1 win 65535");
	state_is(TCPS_SYN_RECEIVED);
	ck_assert(!app_can_accept(listener));
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	state_is(TCPS_ESTABLISHED);
	app_accepts(listener);
	ck_assert(!app_can_accept(listener));
}

SCENARIO(accept_has_nothing_before_the_last_ack)
{
	const int listener = the_listener();

	ck_assert_int_eq(tarn_accept(stack(), listener, NULL), -EAGAIN);
	peer_sends("S 0:0(0)");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_int_eq(tarn_accept(stack(), listener, NULL), -EAGAIN);
	peer_sends("R 1:1(0)");
}

SCENARIO(both_ends_know_their_addresses)
{
	const int fd = peer_connects("mss 1460");
	struct tarn_addr local, remote;

	ck_assert_int_eq(tarn_getsockname(stack(), fd, &local), 0);
	ck_assert_int_eq(tarn_getpeername(stack(), fd, &remote), 0);
	ck_assert_uint_eq(local.port, STACK_PORT);
	ck_assert_uint_eq(remote.port, PEER_PORT);
	ck_assert_uint_eq(local.ip.octet[3], 2);
	ck_assert_uint_eq(remote.ip.octet[3], 1);
}

/* ---- Options, octet by octet ---- */

SCENARIO(synack_answers_every_option_in_the_tables_order)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,sackOK,TS val 700 ecr 0,nop,wscale 7>");
	stack_sends("S. 0:0(0) ack 1 win 65535 "
	            "<mss 1460,sackOK,TS val * ecr 700,nop,wscale 7>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_without_timestamps_when_the_syn_had_none)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,nop,nop,sackOK,nop,wscale 7>");
	stack_sends("S. 0:0(0) ack 1 "
	            "<mss 1460,nop,nop,sackOK,nop,wscale 7>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_with_window_scale_alone)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,nop,wscale 2>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460,nop,wscale 7>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_with_timestamps_alone)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,nop,nop,TS val 1 ecr 0>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val * ecr 1>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_with_sack_alone)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,nop,nop,sackOK>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_to_a_bare_syn_has_the_mss_alone)
{
	the_listener();
	peer_sends("S 0:0(0)");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

SCENARIO(configuration_takes_options_away)
{
	peer_config()->no_timestamps   = true;
	peer_config()->no_sack         = true;
	peer_config()->no_window_scale = true;
	the_listener();
	peer_sends("S 0:0(0) <mss 1460,sackOK,TS val 700 ecr 0,nop,wscale 7>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

/* MUST-14, SHLD-5, SHLD-6, MAY-3, RFC6691-1 */
SCENARIO(advertised_mss_follows_the_mtu)
{
	peer_config()->mtu = 1000;
	the_listener();
	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1 <mss 960>"); /* MUST-67, RFC 6691 */
	peer_sends("R 1:1(0)");
}

/* MUST-4 */
SCENARIO(options_may_stand_in_any_order_with_any_padding)
{
	the_listener();
	peer_sends("S 0:0(0) <nop,wscale 7,nop,nop,nop,sackOK,nop,mss 1000,"
	           "nop,nop,nop>"); /* MUST-64 */
	stack_sends("S. 0:0(0) ack 1 "
	            "<mss 1460,nop,nop,sackOK,nop,wscale 7>");
	peer_sends("R 1:1(0)");
}

SCENARIO(unknown_options_are_passed_over)
{
	int fd;

	/* MUST-6: kind 253 before the MSS, kind 30 after it. */
	fd = peer_connects(
	        "raw fd:06:de:ad:be:ef,mss 600,raw 1e:04:00:00,nop,nop");
	app_sends(fd, 700);
	stack_sends(". 1:601(600) ack 1");
	peer_sends(". 1:1(0) ack 601");
	stack_sends("P. 601:701(100) ack 1");
	peer_sends(". 1:1(0) ack 701");
}

/* ---- Timing and repetition ---- */

SCENARIO(synack_is_sent_again_after_1_2_4_8_16_seconds)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	for (uint64_t us = SEC; us <= 16 * SEC; us *= 2)
		stack_sends_after(us, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	stack_is_silent_for(33 * SEC);

	/* It is forgotten, so what acknowledges it comes too late. */
	peer_sends(". 1:1(0) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO(handshake_completes_after_a_lost_synack)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	stack_sends_after(SEC, "S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(listener);
	stack_is_silent_for(10 * SEC);
}

SCENARIO(repeated_syn_is_answered_and_harmless)
{
	const int listener = the_listener();
	struct segment again;

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	time_passes(500 * MSEC);
	peer_sends("S 0:0(0) <mss 1460>");
	ck_assert(
	        next_segment(&again)); /* a SYN-ACK, or RFC 9293's plain ACK */
	ck_assert_uint_eq(again.flags | SEG_SYN, SEG_SYN | SEG_ACK);
	ck_assert_int_eq(relative_ack(&again), 1);
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(listener);
}

SCENARIO(data_on_the_last_ack_is_taken)
{
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
}

SCENARIO(fin_on_the_last_ack_is_taken)
{
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("FP. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 102");
	state_is(TCPS_CLOSE_WAIT);
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_receives_end(fd);
}

SCENARIO(lost_last_ack_is_made_up_for_by_data)
{
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	time_passes(100 * MSEC);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	stack_is_silent_for(5 * SEC);
	fd = app_accepts(listener);
	app_receives(fd, 10);
}

SCENARIO(text_in_the_syn_arrives_once_whoever_delivers_it)
{
	const int listener = the_listener();
	struct segment synack;
	int fd;

	/* The SYN's text begins at 1: "queued for processing later", or not. */
	peer_sends("S 0:10(10) <mss 1460>");
	ck_assert(next_segment(&synack));
	ck_assert_uint_eq(synack.flags, SEG_SYN | SEG_ACK);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	fd = app_accepts(listener);
	app_receives(fd, 10);
	app_receives_nothing(fd);
}

/* RFC7323-3 */
SCENARIO(window_in_the_syn_is_not_scaled)
{
	int fd;

	/* 1000 octets fit the SYN's window of 1000, although wscale is 7 ... */
	the_listener();
	peer_sends("S 0:0(0) win 1000 <mss 1460,nop,wscale 7>");
	stack_sends("S. 0:0(0) ack 1");
	/* ... and the first ACK's 10 mean 1280. */
	peer_sends(". 1:1(0) ack 1 win 10");
	fd = app_accepts(the_listener());
	app_sends(fd, 5000);
	stack_sends(". 1:1281(1280) ack 1");
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO(window_of_the_syn_counts_until_the_ack_says_another)
{
	int fd;

	/* SYN with window 0, then 40000: unsigned, and the newest wins. */
	the_listener();
	peer_sends("S 0:0(0) win 0 <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1 win 40000");
	fd = app_accepts(the_listener());
	app_sends(fd, 1460);
	stack_sends("P. 1:1461(1460) ack 1");
	peer_sends(". 1:1(0) ack 1461");
}

SCENARIO(stray_segment_in_syn_received_is_acknowledged)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1");
	time_passes(600 * MSEC);
	peer_sends(
	        ". 0:0(0) ack 1"); /* before the window: <SND.NXT><RCV.NXT> */
	stack_drops("TCP_SEQUENCE");
	stack_sends(". 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	app_accepts(listener);
}

SCENARIO_MAIN("tcp handshake, passive", three_segments_make_a_connection,
              accept_has_nothing_before_the_last_ack,
              both_ends_know_their_addresses,
              synack_answers_every_option_in_the_tables_order,
              synack_without_timestamps_when_the_syn_had_none,
              synack_with_window_scale_alone, synack_with_timestamps_alone,
              synack_with_sack_alone, synack_to_a_bare_syn_has_the_mss_alone,
              configuration_takes_options_away, advertised_mss_follows_the_mtu,
              options_may_stand_in_any_order_with_any_padding,
              unknown_options_are_passed_over,
              synack_is_sent_again_after_1_2_4_8_16_seconds,
              handshake_completes_after_a_lost_synack,
              repeated_syn_is_answered_and_harmless,
              data_on_the_last_ack_is_taken, fin_on_the_last_ack_is_taken,
              lost_last_ack_is_made_up_for_by_data,
              text_in_the_syn_arrives_once_whoever_delivers_it,
              window_in_the_syn_is_not_scaled,
              window_of_the_syn_counts_until_the_ack_says_another,
              stray_segment_in_syn_received_is_acknowledged)
