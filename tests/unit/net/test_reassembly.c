/* SPDX-License-Identifier: MIT */
/* test_reassembly.c - fragments in, datagrams out; rows FR-01 to FR-16 */
#include "tests/unit/net/world.h"

static struct world w;

/* Octets [start, end) of the pattern as a fragment of datagram @hdr->id. */
static enum drop rx_of(struct ip4_hdr hdr, uint32_t start, uint32_t end,
                       bool more)
{
	hdr.offset         = (uint16_t)start;
	hdr.more_fragments = more;

	return rx_ip4(&w, hdr, pattern() + start % 4096, end - start);
}

static enum drop rx(uint8_t proto, uint32_t start, uint32_t end, bool more)
{
	return rx_of(ip4_to_us(proto), start, end, more);
}

static uint64_t drops(enum drop drop)
{
	return w.env.drops[drop];
}

static void assert_delivers(uint16_t id)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	hdr.id = id;
	ck_assert_drop(rx_of(hdr, 0, 1480, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx_of(hdr, 1480, 2000, false), DROP_NONE);
	ck_assert_int_eq(w.rx.kind, NET_RX_DATAGRAM);
	ck_assert_uint_eq(w.rx.len, 2000);
	ck_assert_mem_eq(w.rx.data, pattern(), 2000);
}

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

/* The tool of 1997 sent 36 octets first, which is no multiple of 8 either. */
START_TEST(fr_01_teardrop_as_it_was_and_aligned)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 36, true), DROP_FRAGMENT_ALIGN);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false), DROP_FRAGMENT_HELD);
	world_run(&w, 30 * USEC_PER_SEC);

	ck_assert_drop(rx(IP_PROTO_UDP, 0, 40, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false), DROP_FRAGMENT_OVERLAP);
	ck_assert_drop(rx(IP_PROTO_UDP, 40, 48, false),
	               DROP_FRAGMENT_TOMBSTONE);
	world_run(&w, 30 * USEC_PER_SEC);
	assert_delivers(0x1234);
	world_close(&w);
}
END_TEST

START_TEST(fr_02_a_copy_is_ignored_and_the_datagram_delivered)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_DUPLICATE);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 30, false), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 30);
	world_close(&w);
}
END_TEST

START_TEST(fr_02_the_same_place_with_another_text_is_an_overlap)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	hdr.more_fragments = true;
	ck_assert_drop(rx_ip4(&w, hdr, pattern() + 1, 16),
	               DROP_FRAGMENT_OVERLAP);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 30, false),
	               DROP_FRAGMENT_TOMBSTONE);
	world_close(&w);
}
END_TEST

START_TEST(fr_03_ping_of_death)
{
	static const uint8_t protos[] = { IP_PROTO_ICMP, IP_PROTO_UDP,
		                          IP_PROTO_TCP };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		ck_assert_drop(rx(protos[i], 0, 1480, true),
		               DROP_FRAGMENT_HELD);
		for (uint32_t len = 8; len <= 1480; len += 64)
			ck_assert_drop(rx(protos[i], 65528, 65528 + len, false),
			               len == 8 ? DROP_FRAGMENT_TOO_BIG
			                        : DROP_FRAGMENT_TOMBSTONE);
	}
	world_run(&w, 31 * USEC_PER_SEC);
	/* 65515 octets and a header are 65535: the last that fits */
	ck_assert_drop(rx(IP_PROTO_UDP, 64000, 65515, false),
	               DROP_ETH_LONG); /* not in one frame, but: */
	ck_assert_drop(rx(IP_PROTO_UDP, 65000, 65515, false),
	               DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 65000, 65516, false),
	               DROP_FRAGMENT_TOO_BIG);
	world_close(&w);
}
END_TEST

START_TEST(fr_04_the_first_fragment_holds_the_transport_header)
{
	static const struct {
		uint8_t proto;
		uint32_t hdr_len;
	} rows[] = { { IP_PROTO_TCP, 20 },
		     { IP_PROTO_UDP, 8 },
		     { IP_PROTO_ICMP, 8 } };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (uint32_t len = 0; len < rows[i].hdr_len; len++)
			ck_assert_drop(rx(rows[i].proto, 0, len, true),
			               DROP_FRAGMENT_TINY);
		ck_assert_uint_eq(net_reassembly_count(w.net), i);
		ck_assert_drop(rx(rows[i].proto, 0, 24, true),
		               DROP_FRAGMENT_HELD);
	}
	world_close(&w);
}
END_TEST

START_TEST(fr_05_no_tcp_fragment_begins_inside_of_the_header)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_TCP, 8, 16, true), DROP_FRAGMENT_TINY);
	ck_assert_drop(rx(IP_PROTO_TCP, 16, 32, true), DROP_FRAGMENT_TINY);
	ck_assert_drop(rx(IP_PROTO_TCP, 24, 32, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 16, true), DROP_FRAGMENT_HELD);
	world_close(&w);
}
END_TEST

START_TEST(fr_06_empty_fragments_leave_no_state)
{
	world_open(&w);
	w.is_flood = true;
	for (unsigned i = 0; i < 10000; i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.id             = (uint16_t)i;
		hdr.offset         = 80;
		hdr.more_fragments = i & 1;
		(void)rx_ip4(&w, hdr, NULL, 0);
	}
	ck_assert_uint_eq(drops(DROP_FRAGMENT_EMPTY), 10000);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(w.net->reassembly.bytes, 0);
	world_close(&w);
}
END_TEST

START_TEST(fr_07_all_but_the_last_end_on_8_octets)
{
	world_open(&w);
	for (uint32_t len = 8; len < 40; len++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.id = (uint16_t)len;
		ck_assert_drop(rx_of(hdr, 80, 80 + len, true),
		               len % 8 ? DROP_FRAGMENT_ALIGN
		                       : DROP_FRAGMENT_HELD);
	}
	world_close(&w);
}
END_TEST

START_TEST(fr_08_two_ends)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 16, 20, false), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 24, 28, false),
	               DROP_FRAGMENT_INCONSISTENT);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_TOMBSTONE);
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

START_TEST(fr_11_fragmentsmack_ends_at_128_fragments)
{
	world_open(&w);
	w.is_flood = true;
	for (int order = 0; order < 3; order++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
		uint64_t dropped   = drops(DROP_FRAGMENT_TOMBSTONE);

		hdr.id = (uint16_t)order;
		for (uint32_t i = 0; i < 8189; i++) {
			uint32_t n = i; /* in order */

			if (order == 1)
				n = 8188 - i;
			if (order == 2)
				n = i < 4095 ? 2 * i : 2 * (i - 4095) + 1;
			(void)rx_of(hdr, 8 * n, 8 * n + 8, n < 8188);
			if (w.net->reassembly.bytes > REASM_BYTES_MAX)
				ck_abort_msg("too many octets at %u", i);
		}
		dropped = drops(DROP_FRAGMENT_TOMBSTONE) - dropped;
		ck_assert_uint_eq(dropped, 8189 - REASM_FRAGMENTS_MAX - 1);
	}
	ck_assert_uint_eq(drops(DROP_FRAGMENT_COUNT), 3);
	world_close(&w);
}
END_TEST

/* 1472 octets of 20000 datagrams, and what is really taken for them. */
static void flood(bool spoofed)
{
	const size_t base = w.env.memory.used;

	w.is_flood = true;
	for (uint32_t i = 0; i < 20000; i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
		size_t taken;

		hdr.id = (uint16_t)i;
		if (spoofed)
			hdr.src = ip4_from_u32(0xc0000000 + i);
		(void)rx_of(hdr, 0, 1472, true);
		taken = w.env.memory.used - base;
		if (w.net->reassembly.bytes > REASM_BYTES_MAX ||
		    taken > REASM_BYTES_MAX + 2048 /* the table's buckets */ ||
		    net_reassembly_count(w.net) > REASM_DATAGRAMS_MAX)
			ck_abort_msg("%u: %zu octets", i, taken);
	}
	ck_assert_uint_ge(drops(DROP_FRAGMENT_HELD), 20000);
}

START_TEST(fr_12_one_source_gets_its_share_only)
{
	struct ip4_hdr other = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	other.src = tarn_ip4(10, 9, 0, 77);
	ck_assert_drop(rx_of(other, 0, 16, true), DROP_FRAGMENT_HELD);
	flood(false);
	ck_assert_uint_eq(net_reassembly_count(w.net),
	                  REASM_PER_SOURCE_MAX + 1);
	ck_assert_drop(rx_of(other, 16, 20, false), DROP_NONE);
	ck_assert_uint_eq(drops(DROP_FRAGMENT_MEMORY),
	                  20000 - REASM_PER_SOURCE_MAX);
	world_close(&w);
}
END_TEST

START_TEST(fr_12_many_sources_are_bounded_and_pass)
{
	world_open(&w);
	flood(true);
	ck_assert_uint_eq(net_reassembly_count(w.net), REASM_DATAGRAMS_MAX);
	ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REQUEST, 0, 1, NULL, 0),
	               DROP_NONE);
	assert_delivers(0x1234);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	ck_assert_uint_eq(w.net->reassembly.bytes, 0);
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

START_TEST(fr_15_a_tombstone_stands_until_the_timer)
{
	world_open(&w);
	ck_assert_drop(rx(IP_PROTO_UDP, 0, 16, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx(IP_PROTO_UDP, 8, 24, true), DROP_FRAGMENT_OVERLAP);
	world_run(&w, 30 * USEC_PER_SEC - 1);
	for (uint32_t start = 0; start < 800; start += 16)
		ck_assert_drop(rx(IP_PROTO_UDP, start, start + 16, true),
		               DROP_FRAGMENT_TOMBSTONE);
	ck_assert_uint_eq(net_reassembly_count(w.net), 1);
	world_run(&w, 1);
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	assert_delivers(0x1234);
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
	suite_add_tcase(s, t);
	t = tcase_create("discard");
	tcase_add_test(t, fr_01_teardrop_as_it_was_and_aligned);
	tcase_add_test(t, fr_02_a_copy_is_ignored_and_the_datagram_delivered);
	tcase_add_test(t, fr_02_the_same_place_with_another_text_is_an_overlap);
	tcase_add_test(t, fr_03_ping_of_death);
	tcase_add_test(t, fr_04_the_first_fragment_holds_the_transport_header);
	tcase_add_test(t, fr_05_no_tcp_fragment_begins_inside_of_the_header);
	tcase_add_test(t, fr_06_empty_fragments_leave_no_state);
	tcase_add_test(t, fr_07_all_but_the_last_end_on_8_octets);
	tcase_add_test(t, fr_08_two_ends);
	tcase_add_test(t, fr_15_a_tombstone_stands_until_the_timer);
	suite_add_tcase(s, t);
	t = tcase_create("bounds");
	tcase_add_test(t, fr_11_fragmentsmack_ends_at_128_fragments);
	tcase_add_test(t, fr_12_one_source_gets_its_share_only);
	tcase_add_test(t, fr_12_many_sources_are_bounded_and_pass);
	tcase_add_test(t, every_allocation_may_fail);
	tcase_set_timeout(t, 60);
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
