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

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	info = app_info(fd);
	ck_assert_uint_eq(info.octets_sent, 1000);
	ck_assert_uint_eq(info.octets_acked, 0);
	ck_assert_uint_eq(info.flight, 1000);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001");
	app_sends(fd, 500);
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

SCENARIO(segments_are_counted)
{
	const int fd = peer_connects("mss 1000");
	struct tarn_tcp_info info;

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 11");
	stack_sends("P. 1001:2001(1000) ack 11");
	peer_sends(". 11:11(0) ack 2001");
	peer_sends("P. 21:31(10) ack 2001");
	stack_sends(". 2001:2001(0) ack 11");
	info = app_info(fd);
	ck_assert_uint_eq(info.segs_in, 4); /* the handshake's ACK is one */
	ck_assert_uint_eq(info.data_segs_in, 2);
	ck_assert_uint_eq(info.segs_out, 4);
	ck_assert_uint_eq(info.data_segs_out, 2);
	ck_assert_uint_eq(info.rcv_out_of_order, 1);
	app_receives(fd, 10);
}

SCENARIO(sizes_are_reported)
{
	int fd;
	struct tarn_tcp_info info;

	peer_window(2000);
	fd   = peer_connects("mss 1000");
	info = app_info(fd);
	ck_assert_uint_eq(info.path_mtu, 1500);
	ck_assert_uint_eq(info.advertised_mss, 1460);
	ck_assert_uint_eq(info.rcv_mss, 536); /* until a segment tells */
	ck_assert_uint_eq(info.rcv_ssthresh, 128 << 10);
	ck_assert_uint_eq(info.ato_us, 40 * MSEC);
	ck_assert_str_eq(info.congestion, app_info(fd).congestion);
	ck_assert_ptr_nonnull(info.congestion);
	app_sends(fd, 5000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).notsent_octets, 3000);
	ck_assert_int_eq(app_gets(fd, TARN_SO_OUTQNSD), 3000);
	ck_assert_int_eq(app_gets(fd, TARN_SO_OUTQ), 5000);
	peer_sends(". 1:701(700) ack 2001 win 0");
	stack_sends(". 2001:2001(0) ack 701");
	ck_assert_uint_eq(app_info(fd).rcv_mss, 700);
	ck_assert_int_eq(app_gets(fd, TARN_SO_INQ), 700);
	ck_assert_int_eq(app_gets(fd, TARN_SO_OUTQ), 3000);
	peer_sends("R 701:701(0)");
}

SCENARIO(times_are_how_long_ago)
{
	const int fd = peer_connects("mss 1000");
	struct tarn_tcp_info info;

	time_passes(SEC);
	info = app_info(fd);
	ck_assert_uint_eq(info.last_data_sent_us, SEC);
	ck_assert_uint_eq(info.last_data_received_us, SEC);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	time_passes(100 * MSEC);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 11");
	time_passes(100 * MSEC);
	peer_sends(". 11:11(0) ack 11");
	time_passes(100 * MSEC);
	info = app_info(fd);
	ck_assert_uint_eq(info.last_data_received_us, 300 * MSEC);
	ck_assert_uint_eq(info.last_data_sent_us, 200 * MSEC);
	ck_assert_uint_eq(info.last_ack_us, 100 * MSEC);
	app_receives(fd, 10);
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
              segments_are_counted, sizes_are_reported, times_are_how_long_ago,
              every_state_has_its_name)
