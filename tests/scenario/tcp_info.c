/* SPDX-License-Identifier: MIT */
/*
 * TARN_TCP_INFO: what a connection tells about itself is what happened
 */
#include "tests/unit/lib/peer.h"

SCENARIO(handshake_is_reported)
{
	const int fd = peer_connects("mss 1000,sackOK,TS val 100 ecr 0,"
	                             "nop,wscale 3");
	const struct tarn_tcp_info info = app_info(fd);

	ck_assert_uint_eq(info.state, TCPS_ESTABLISHED);
	ck_assert_str_eq(info.state_name, "ESTABLISHED");
	ck_assert(info.has_timestamps && info.has_sack && info.has_wscale);
	ck_assert_uint_eq(info.snd_wscale, 3);
	ck_assert_uint_eq(info.rcv_wscale, 7);
	ck_assert_uint_eq(info.snd_mss, 988); /* 1000 less the timestamps */
	ck_assert_uint_eq(info.snd_una, info.iss + 1);
	ck_assert_uint_eq(info.snd_nxt, info.iss + 1);
	ck_assert_uint_eq(info.rcv_nxt, info.irs + 1);
	ck_assert_uint_eq(info.snd_wnd, 65535u << 3);
	ck_assert_uint_eq(info.cwnd, 10 * 988);
	ck_assert_uint_eq(info.srtt_us, RTT_US);
	ck_assert_uint_eq(info.rttvar_us, RTT_US / 2);
	ck_assert_uint_eq(info.rto_us, 300 * MSEC);
}

SCENARIO(nothing_agreed_is_reported)
{
	const struct tarn_tcp_info info = app_info(peer_connects("mss 1000"));

	ck_assert(!info.has_timestamps && !info.has_sack && !info.has_wscale);
	ck_assert_uint_eq(info.snd_wscale, 0);
	ck_assert_uint_eq(info.rcv_wscale, 0);
	ck_assert_uint_eq(info.snd_mss, 1000);
}

SCENARIO(octets_are_counted)
{
	const int fd = peer_connects("mss 1000");
	struct tarn_tcp_info info;

	app_sends(fd, 1500);
	stack_sends(". 1:1001(1000) ack 1");
	info = app_info(fd);
	ck_assert_uint_eq(info.octets_sent, 1000);
	ck_assert_uint_eq(info.octets_acked, 0);
	ck_assert_uint_eq(info.flight, 1000);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001");
	stack_sends("P. 1001:1501(500) ack 1");
	peer_sends("P. 1:301(300) ack 1501");
	stack_sends(". 1501:1501(0) ack 301");
	info = app_info(fd);
	ck_assert_uint_eq(info.octets_sent, 1500);
	ck_assert_uint_eq(info.octets_acked, 1500);
	ck_assert_uint_eq(info.octets_received, 300);
	ck_assert_uint_eq(info.flight, 0);
	ck_assert_uint_eq(info.retransmits, 0);
	app_receives(fd, 300);
}

SCENARIO(retransmissions_are_counted)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:101(100) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:101(100) ack 1");
	ck_assert_uint_eq(app_info(fd).retransmits, 2);
	peer_sends(". 1:1(0) ack 101");
	ck_assert_uint_eq(app_info(fd).octets_acked, 100);
}

SCENARIO(every_state_has_its_name)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	ck_assert_str_eq(app_info(fd).state_name, "SYN-SENT");
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_str_eq(app_info(fd).state_name, "SYN-RECEIVED");
	peer_sends(". 1:1(0) ack 1");
	ck_assert_str_eq(app_info(fd).state_name, "ESTABLISHED");
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	ck_assert_str_eq(app_info(fd).state_name, "FIN-WAIT-1");
	peer_sends(". 1:1(0) ack 2");
	ck_assert_str_eq(app_info(fd).state_name, "FIN-WAIT-2");
}

SCENARIO_MAIN("tcp info", handshake_is_reported, nothing_agreed_is_reported,
              octets_are_counted, retransmissions_are_counted,
              every_state_has_its_name)
