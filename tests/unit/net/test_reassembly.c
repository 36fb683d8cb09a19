/* SPDX-License-Identifier: MIT */
/* test_reassembly.c - fragments in, datagrams out; rows FR-09, 10, 13 and 14 */
#include "tests/unit/net/fragments.h"

/* RFC1122-6 */
START_TEST(two_fragments_make_a_datagram)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;
	struct ip4_hdr whole;

	world_open(&w);
	assert_delivers(1);
	ck_assert(ip_equal(&w.rx.src, &peer));
	ck_assert(ip_equal(&w.rx.dst, &us));
	ck_assert_uint_eq(w.rx.packet_len, 2020);
	ck_assert_drop(ip4_hdr_read(w.rx.packet, w.rx.packet_len, &whole),
	               DROP_NONE);
	ck_assert(!whole.more_fragments && whole.offset == 0);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(w.net->reassembly.bytes, 0);
	world_close(&w);
}
END_TEST

START_TEST(a_delivered_datagram_is_lent_until_the_next_frame)
{
	size_t used;

	world_open(&w);
	used = w.env.memory.used;
	assert_delivers(1);
	ck_assert_uint_gt(w.env.memory.used, used);
	net_timeouts(w.net);
	ck_assert_uint_eq(w.env.memory.used, used);
	assert_delivers(2);
	(void)rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac, tarn_ip4(10, 9, 0, 9));
	ck_assert_uint_eq(w.env.memory.used, used);
	world_close(&w);
}
END_TEST

/* Sent with @opt_words words of NOPs, which belong to the header. */
static enum drop rx_with_options(uint16_t id, uint32_t start, uint32_t end,
                                 bool more, size_t opt_words)
{
	uint8_t frame[FRAME_MAX];
	uint8_t *ip          = frame + ETH_HDR_LEN;
	const size_t hdr_len = IP4_HDR_LEN + 4 * opt_words;
	struct ip4_hdr hdr   = ip4_to_us(IP_PROTO_UDP);

	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	hdr.id             = id;
	hdr.offset         = (uint16_t)start;
	hdr.more_fragments = more;
	hdr.total_len      = (uint16_t)(hdr_len + end - start);
	ip4_hdr_write(ip, &hdr);
	ip[0] = (uint8_t)(0x40 | hdr_len / 4);
	memset(ip + IP4_HDR_LEN, 1, 4 * opt_words);
	put_be16(ip + 10, 0);
	put_be16(ip + 10, checksum_fold(checksum_add(0, ip, hdr_len)));
	memcpy(ip + hdr_len, pattern() + start, end - start);

	return world_rx(&w, frame, ETH_HDR_LEN + hdr.total_len);
}

START_TEST(fr_09_the_header_is_the_first_fragments)
{
	world_open(&w);
	for (uint16_t id = 0; id < 4; id++) {
		const size_t first = id & 1 ? 10 : 0, second = id & 2 ? 10 : 0;

		ck_assert_drop(rx_with_options(id, 0, 800, true, first),
		               DROP_FRAGMENT_HELD);
		ck_assert_drop(rx_with_options(id, 800, 1000, false, second),
		               DROP_NONE);
		ck_assert_uint_eq(w.rx.len, 1000);
		ck_assert_uint_eq(w.rx.packet_len, 1020);
		ck_assert_mem_eq(w.rx.data, pattern(), 1000);
	}
	world_close(&w);
}
END_TEST

START_TEST(fr_09_a_long_header_counts_against_65535)
{
	world_open(&w);
	ck_assert_drop(rx_with_options(1, 65000, 65475, false, 10),
	               DROP_FRAGMENT_HELD);
	ck_assert_drop(rx_with_options(2, 65000, 65476, false, 10),
	               DROP_FRAGMENT_TOO_BIG);
	world_close(&w);
}
END_TEST

START_TEST(fr_10_padding_of_a_fragment_is_cut_before_it_is_kept)
{
	uint8_t frame[60]  = { 0 };
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	memset(frame + ETH_HDR_LEN, 0x77, 46);
	hdr.total_len      = IP4_HDR_LEN + 8;
	hdr.more_fragments = true;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);
	ck_assert_drop(world_rx(&w, frame, 60), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 12, false), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 12);
	/* and one that says more than it brings goes no further */
	hdr.total_len = 100;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);
	ck_assert_drop(world_rx(&w, frame, 60), DROP_IP4_LENGTH);
	world_close(&w);
}
END_TEST

START_TEST(a_fragment_lost_for_want_of_memory_may_come_again)
{
	world_open(&w);
	w.memory_left = 2; /* buckets and record, but no room for a fragment */
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_MEMORY);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	w.memory_left = -1;
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	w.memory_left = 0;
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 32, true), DROP_FRAGMENT_MEMORY);
	w.memory_left = -1;
	ck_assert_drop(rx(IP_PROTO_UDP, 32, 40, false), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 32, true), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 40);
	world_close(&w);
}
END_TEST

START_TEST(fr_13_after_30_s_the_sender_is_told_if_the_first_came)
{
	const uint8_t *data;
	struct icmp_hdr icmp;
	struct ip4_hdr quote;

	world_open(&w);
	know(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 1480, true), DROP_FRAGMENT_HELD);
	world_run(&w, 30 * USEC_PER_SEC - 1);
	ck_assert_uint_eq(net_reassembly_count(w.net), 1);
	ck_assert_uint_eq(w.sent_count, 0);
	world_run(&w, 1);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_TIMEOUT), 1);
	ck_assert_uint_eq(w.sent_count, 2); /* and the probe of STALE */
	ck_assert_uint_eq(w.sent[1].note.why, WHY_ICMP_TIME_EXCEEDED);
	ck_assert_uint_eq(sent_ip4(&w, 1, &data).total_len,
	                  ICMP_ERROR_BYTES_MAX);
	ck_assert_int_gt(icmp_hdr_read(data, 556, &icmp), 0);
	ck_assert_uint_eq(icmp.type, ICMP_TIME_EXCEEDED);
	ck_assert_uint_eq(icmp.code, ICMP_TIME_EXCEEDED_REASSEMBLY);
	ck_assert_int_gt(ip4_quote_read(data + 8, 548, &quote), 0);
	ck_assert(quote.more_fragments);
	ck_assert_uint_eq(quote.total_len, 1500);
	world_close(&w);
}
END_TEST

START_TEST(fr_13_without_the_first_or_after_a_discard_nobody_is_told)
{
	world_open(&w);
	know(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_ICMP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_ICMP, 8, 24, true), DROP_FRAGMENT_OVERLAP);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_TIMEOUT), 1);
	world_close(&w);
}
END_TEST

START_TEST(fr_13_a_broadcast_datagram_is_never_reported)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	know(&w);
	hdr.dst = tarn_ip4(10, 9, 0, 255);
	ck_assert_drop(rx_of(hdr, 0, 16, true), DROP_FRAGMENT_HELD);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_TIMEOUT), 1);
	world_close(&w);
}
END_TEST

START_TEST(fr_14_source_destination_protocol_and_id_make_the_key)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	for (int differ = 0; differ < 4; differ++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		if (differ == 0)
			hdr.src = tarn_ip4(10, 9, 0, 77);
		if (differ == 1)
			hdr.dst = tarn_ip4(10, 9, 0, 255);
		if (differ == 2)
			hdr.proto = IP_PROTO_ICMP;
		if (differ == 3)
			hdr.id++;
		ck_assert_drop(rx_of(hdr, 16, 20, false), DROP_FRAGMENT_HELD);
	}
	ck_assert_uint_eq(net_reassembly_count(w.net), 5);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 20, false), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
	for (long left = 0; left < 13; left++) {
		world_open(&w);
		w.memory_left = left;
		(void)rx(IP_PROTO_UDP, 0, 16, true);
		(void)rx(IP_PROTO_UDP, 32, 48, true);
		(void)rx(IP_PROTO_UDP, 64, 80, true);
		(void)rx(IP_PROTO_UDP, 96, 112, true);
		(void)rx(IP_PROTO_UDP, 16, 32, true);
		(void)rx(IP_PROTO_UDP, 48, 64, true);
		(void)rx(IP_PROTO_UDP, 80, 96, true);
		(void)rx(IP_PROTO_UDP, 112, 120, false);
		ck_assert_uint_gt(drops(DROP_FRAGMENT_MEMORY), 0);
		w.memory_left = -1;
		world_run(&w, 30 * USEC_PER_SEC);
		ck_assert_uint_eq(net_reassembly_count(w.net), 0);
		ck_assert_uint_eq(w.net->reassembly.bytes, 0);
		assert_delivers(7);
		world_close(&w);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/reassembly");
	TCase *t = tcase_create("whole");

	tcase_add_test(t, two_fragments_make_a_datagram);
	tcase_add_test(t, a_delivered_datagram_is_lent_until_the_next_frame);
	tcase_add_test(t, fr_09_the_header_is_the_first_fragments);
	tcase_add_test(t, fr_09_a_long_header_counts_against_65535);
	tcase_add_test(t, fr_10_padding_of_a_fragment_is_cut_before_it_is_kept);
	tcase_add_test(t,
	               fr_14_source_destination_protocol_and_id_make_the_key);
	tcase_add_test(t, every_allocation_may_fail);
	tcase_add_test(t, a_fragment_lost_for_want_of_memory_may_come_again);
	suite_add_tcase(s, t);
	t = tcase_create("time");
	tcase_add_test(t,
	               fr_13_after_30_s_the_sender_is_told_if_the_first_came);
	tcase_add_test(
	        t, fr_13_without_the_first_or_after_a_discard_nobody_is_told);
	tcase_add_test(t, fr_13_a_broadcast_datagram_is_never_reported);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
