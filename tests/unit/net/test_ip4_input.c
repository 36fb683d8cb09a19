/* SPDX-License-Identifier: MIT */
/* test_ip4_input.c - is the packet sound, and for us? Rows IP4-01 to IP4-18 */
#include "tests/unit/net/world.h"

static struct world w;
static uint8_t frame[FRAME_MAX];

/* A sound packet of 8 octets to us; a test spoils it. Return: its header */
static uint8_t *sound_packet(uint8_t proto)
{
	struct ip4_hdr hdr = ip4_to_us(proto);

	memset(frame, 0, sizeof(frame));
	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	hdr.total_len = IP4_HDR_LEN + 8;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);

	return frame + ETH_HDR_LEN;
}

static void mend_checksum(uint8_t *ip, size_t hdr_len)
{
	put_be16(ip + 10, 0);
	put_be16(ip + 10, checksum_fold(checksum_add(0, ip, hdr_len)));
}

static enum drop rx(size_t packet_len)
{
	return world_rx(&w, frame, ETH_HDR_LEN + packet_len);
}

START_TEST(a_sound_packet_is_handed_up)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;

	world_open(&w);
	sound_packet(IP_PROTO_UDP);
	ck_assert_drop(rx(28), DROP_NONE);
	ck_assert_int_eq(w.rx.kind, NET_RX_DATAGRAM);
	ck_assert(ip_equal(&w.rx.src, &peer));
	ck_assert(ip_equal(&w.rx.dst, &us));
	ck_assert_uint_eq(w.rx.proto, IP_PROTO_UDP);
	ck_assert_uint_eq(w.rx.ttl, 64);
	ck_assert_uint_eq(w.rx.len, 8);
	ck_assert_uint_eq(w.rx.packet_len, 28);
	ck_assert(!w.rx.is_broadcast);
	world_close(&w);
}
END_TEST

START_TEST(ip4_01_header_lengths_below_5_words)
{
	world_open(&w);
	for (uint8_t ihl = 0; ihl < 5; ihl++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		ip[0] = (uint8_t)(0x40 | ihl);
		mend_checksum(ip, 20);
		ck_assert_drop(rx(28), DROP_IP4_IHL);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_02_header_lengths_beyond_the_packet)
{
	world_open(&w);
	for (uint8_t ihl = 8; ihl < 16; ihl++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		ip[0] = (uint8_t)(0x40 | ihl);
		ck_assert_drop(rx(28), DROP_IP4_IHL);
		/* inside of the frame, but beyond the total length */
		mend_checksum(ip, 4u * ihl);
		ck_assert_drop(rx(60), DROP_IP4_LENGTH);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_03_total_lengths_below_the_header)
{
	world_open(&w);
	for (uint16_t total = 0; total < IP4_HDR_LEN; total++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		put_be16(ip + 2, total);
		mend_checksum(ip, 20);
		ck_assert_drop(rx(28), DROP_IP4_LENGTH);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_04_total_lengths_beyond_the_frame)
{
	static const uint8_t protos[] = { IP_PROTO_ICMP, IP_PROTO_TCP,
		                          IP_PROTO_UDP };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		for (uint32_t total = 29; total < 0x10000; total += 997) {
			uint8_t *ip = sound_packet(protos[i]);

			put_be16(ip + 2, (uint16_t)total);
			mend_checksum(ip, 20);
			ck_assert_drop(rx(28), DROP_IP4_LENGTH);
		}
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_05_what_follows_the_total_length_is_cut)
{
	world_open(&w);
	for (size_t len = 28; len < 1500; len += 31) {
		sound_packet(IP_PROTO_UDP);
		ck_assert_drop(rx(len), DROP_NONE);
		ck_assert_uint_eq(w.rx.len, 8);
		ck_assert_uint_eq(w.rx.packet_len, 28);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_06_versions_other_than_4)
{
	world_open(&w);
	for (unsigned version = 0; version < 16; version++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		ip[0] = (uint8_t)(version << 4 | 5);
		mend_checksum(ip, 20);
		ck_assert_drop(rx(28),
		               version == 4 ? DROP_NONE : DROP_IP4_VERSION);
	}
	world_close(&w);
}
END_TEST

/* RFC1122-3 */
START_TEST(ip4_07_every_single_bit_breaks_the_checksum)
{
	world_open(&w);
	for (unsigned bit = 8; bit < 160; bit++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		ip[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_drop(rx(28), DROP_IP4_CHECKSUM);
	}
	world_close(&w);
}
END_TEST

/* RFC1122-5 */
START_TEST(ip4_08_ttl_zero_is_dropped_and_one_is_not)
{
	world_open(&w);
	for (unsigned ttl = 0; ttl < 256; ttl++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.ttl = (uint8_t)ttl;
		ck_assert_drop(rx_ip4(&w, hdr, frame, 8),
		               ttl ? DROP_NONE : DROP_IP4_TTL);
	}
	world_close(&w);
}
END_TEST

/* RFC1122-4, MUST-63 */
START_TEST(ip4_09_martians_and_land)
{
	static const uint8_t protos[] = { IP_PROTO_ICMP, IP_PROTO_TCP,
		                          IP_PROTO_UDP, 200 };
	const struct tarn_ip bad[]    = {
		   tarn_ip4(0, 0, 0, 0),
		   tarn_ip4(0, 1, 2, 3),
		   tarn_ip4(127, 0, 0, 1),
		   tarn_ip4(224, 0, 0, 1),
		   tarn_ip4(240, 0, 0, 1),
		   tarn_ip4(255, 255, 255, 255),
		   tarn_ip4(10, 9, 0, 255),
		   tarn_ip4(10, 9, 0, 0),
		   US_IP,
	};

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		for (size_t j = 0; j < ARRAY_LEN(protos); j++) {
			struct ip4_hdr hdr = ip4_to_us(protos[j]);

			hdr.src = bad[i];
			ck_assert_drop(rx_ip4(&w, hdr, frame, 20),
			               DROP_IP4_MARTIAN);
		}
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(ip4_10_a_link_broadcast_to_one_host)
{
	world_open(&w);
	sound_packet(IP_PROTO_TCP);
	put_eth(frame, eth_broadcast, peer_mac, ETH_TYPE_IP4);
	ck_assert_drop(rx(28), DROP_IP4_BROADCAST_MISMATCH);
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(ip4_10_broadcasts_are_marked_as_such)
{
	const struct tarn_ip all[] = { tarn_ip4(255, 255, 255, 255),
		                       tarn_ip4(10, 9, 0, 255) };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.dst = all[i];
		ck_assert_drop(rx_ip4(&w, hdr, frame, 8), DROP_NONE);
		ck_assert(w.rx.is_broadcast);
		ck_assert_int_eq(w.rx.kind, NET_RX_DATAGRAM);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_11_other_destinations_are_not_ours)
{
	const struct tarn_ip others[] = {
		tarn_ip4(127, 0, 0, 1),  tarn_ip4(0, 0, 0, 0),
		tarn_ip4(10, 9, 0, 3),   tarn_ip4(10, 9, 0, 0),
		tarn_ip4(192, 0, 2, 1),  tarn_ip4(224, 0, 0, 1),
		tarn_ip4(10, 9, 1, 255),
	};

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.dst = others[i];
		ck_assert_drop(rx_ip4(&w, hdr, frame, 8), DROP_IP4_NOT_ME);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

/* A packet with these options and 8 octets of payload. */
static enum drop rx_options(uint8_t proto, const uint8_t *opt, size_t opt_len)
{
	uint8_t *ip          = sound_packet(proto);
	const size_t padded  = (opt_len + 3) / 4 * 4;
	const size_t hdr_len = IP4_HDR_LEN + padded;

	ip[0] = (uint8_t)(0x40 | hdr_len / 4);
	put_be16(ip + 2, (uint16_t)(hdr_len + 8));
	memset(ip + IP4_HDR_LEN, 0, padded + 8);
	memcpy(ip + IP4_HDR_LEN, opt, opt_len);
	mend_checksum(ip, hdr_len);

	return rx(hdr_len + 8);
}

/* MUST-50 */
START_TEST(ip4_12_source_routes_are_dropped_and_other_options_ignored)
{
	static const uint8_t loose[]  = { 131, 7, 4, 10, 9, 0, 3 };
	static const uint8_t strict[] = { 1, 137, 7, 4, 10, 9, 0, 3 };
	static const uint8_t record[] = { 7, 7, 4, 0, 0, 0, 0 };
	static const uint8_t broken[] = { 7, 1 };

	world_open(&w);
	ck_assert_drop(rx_options(IP_PROTO_UDP, record, sizeof(record)),
	               DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 8);
	ck_assert_uint_eq(w.rx.packet_len, 36);
	ck_assert_drop(rx_options(IP_PROTO_UDP, loose, sizeof(loose)),
	               DROP_IP4_SOURCE_ROUTE);
	ck_assert_drop(rx_options(IP_PROTO_UDP, strict, sizeof(strict)),
	               DROP_IP4_SOURCE_ROUTE);
	ck_assert_drop(rx_options(IP_PROTO_UDP, broken, sizeof(broken)),
	               DROP_IP4_OPTION);
	world_close(&w);
}
END_TEST

/* One frame at a guard page, changed in place: 40 octets of options. */
START_TEST(ip4_12_every_kind_length_and_pointer_stays_in_bounds)
{
	static const uint8_t pointers[] = { 0, 3, 4, 5, 39, 40, 41, 255 };
	const size_t len                = ETH_HDR_LEN + IP4_HDR_LEN_MAX + 8;
	uint8_t *guarded, *ip;

	world_open(&w);
	ip    = sound_packet(IP_PROTO_UDP);
	ip[0] = 0x4f;
	put_be16(ip + 2, IP4_HDR_LEN_MAX + 8);
	guarded = guard_alloc(frame, len);
	ip      = guarded + ETH_HDR_LEN;
	for (unsigned i = 0; i < 256 * 42 * ARRAY_LEN(pointers); i++) {
		memset(ip + IP4_HDR_LEN, 1, 40);
		ip[IP4_HDR_LEN]     = (uint8_t)(i / ARRAY_LEN(pointers) / 42);
		ip[IP4_HDR_LEN + 1] = (uint8_t)(i / ARRAY_LEN(pointers) % 42);
		ip[IP4_HDR_LEN + 2] = pointers[i % ARRAY_LEN(pointers)];
		mend_checksum(ip, IP4_HDR_LEN_MAX);
		env_count_drop(&w.env, net_input(w.net, guarded, len, &w.rx));
	}
	ck_assert_uint_gt(w.env.drops[DROP_IP4_OPTION], 0);
	ck_assert_uint_gt(w.env.drops[DROP_IP4_SOURCE_ROUTE], 0);
	ck_assert_uint_eq(w.sent_count, 0);
	guard_free(guarded, len);
	world_close(&w);
}
END_TEST

START_TEST(ip4_13_options_are_never_echoed_in_our_header)
{
	static const uint8_t record[40] = { 7, 39, 4 };
	const uint8_t *data;
	struct ip4_hdr hdr;

	world_open(&w);
	know(&w);
	ck_assert_drop(rx_options(200, record, 40), DROP_IP4_PROTOCOL);
	ck_assert_uint_eq(w.sent_count, 2); /* the probe of STALE and ICMP */
	hdr = sent_ip4(&w, 1, &data); /* sent_ip4() checks for 20 octets */
	ck_assert_uint_eq(hdr.total_len, IP4_HDR_LEN + ICMP_HDR_LEN + 68);
	ck_assert(sent_to(&w, 1, peer_mac));
	world_close(&w);
}
END_TEST

START_TEST(ip4_14_unknown_protocols_are_reported_once_each)
{
	world_open(&w);
	know(&w);
	for (unsigned proto = 0; proto < 256; proto++) {
		const uint8_t *data;
		unsigned last;

		if (proto == IP_PROTO_ICMP || proto == IP_PROTO_TCP ||
		    proto == IP_PROTO_UDP)
			continue;
		w.sent_count = 0;
		ck_assert_drop(rx_ip4(&w, ip4_to_us((uint8_t)proto), frame, 8),
		               DROP_IP4_PROTOCOL);
		last = w.sent_count - 1;
		(void)sent_ip4(&w, last, &data);
		ck_assert_uint_eq(data[0], ICMP_UNREACHABLE);
		ck_assert_uint_eq(data[1], ICMP_UNREACHABLE_PROTOCOL);
		ck_assert_uint_le(w.sent_count, 2);
		world_run(&w, 10 * USEC_PER_MSEC);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_15_tunnels_are_not_opened)
{
	static const uint8_t tunnels[] = { 4, 41, 47, 94 };
	struct ip4_hdr inner           = ip4_to_us(IP_PROTO_UDP);
	uint8_t packet[200]            = { 0 };

	world_open(&w);
	inner.total_len = 100;
	ip4_hdr_write(packet, &inner);
	for (size_t i = 0; i < ARRAY_LEN(tunnels); i++) {
		ck_assert_drop(rx_ip4(&w, ip4_to_us(tunnels[i]), packet, 100),
		               DROP_IP4_PROTOCOL);
		ck_assert_int_eq(w.rx.kind, NET_RX_NOTHING);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_16_contradicting_flags_are_dropped)
{
	static const uint16_t bad[] = { 0x8000, 0x6000, 0x4001, 0xe000,
		                        0xffff };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t *ip = sound_packet(IP_PROTO_UDP);

		put_be16(ip + 6, bad[i]);
		mend_checksum(ip, 20);
		ck_assert_drop(rx(28), DROP_IP4_FLAGS);
	}
	ck_assert_uint_eq(net_reassembly_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(ip4_18_an_empty_packet_goes_up_with_nothing)
{
	world_open(&w);
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_UDP), NULL, 0), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 0);
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_TCP), NULL, 0), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 0);
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_ICMP), NULL, 0),
	               DROP_ICMP_SHORT);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/ip4_input");
	TCase *t = tcase_create("header");

	tcase_add_test(t, a_sound_packet_is_handed_up);
	tcase_add_test(t, ip4_01_header_lengths_below_5_words);
	tcase_add_test(t, ip4_02_header_lengths_beyond_the_packet);
	tcase_add_test(t, ip4_03_total_lengths_below_the_header);
	tcase_add_test(t, ip4_04_total_lengths_beyond_the_frame);
	tcase_add_test(t, ip4_05_what_follows_the_total_length_is_cut);
	tcase_add_test(t, ip4_06_versions_other_than_4);
	tcase_add_test(t, ip4_07_every_single_bit_breaks_the_checksum);
	tcase_add_test(t, ip4_08_ttl_zero_is_dropped_and_one_is_not);
	tcase_add_test(
	        t, ip4_12_source_routes_are_dropped_and_other_options_ignored);
	tcase_add_test(t, ip4_12_every_kind_length_and_pointer_stays_in_bounds);
	tcase_add_test(t, ip4_16_contradicting_flags_are_dropped);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	t = tcase_create("addresses");
	tcase_add_test(t, ip4_09_martians_and_land);
	tcase_add_test(t, ip4_10_a_link_broadcast_to_one_host);
	tcase_add_test(t, ip4_10_broadcasts_are_marked_as_such);
	tcase_add_test(t, ip4_11_other_destinations_are_not_ours);
	suite_add_tcase(s, t);
	t = tcase_create("protocols");
	tcase_add_test(t, ip4_13_options_are_never_echoed_in_our_header);
	tcase_add_test(t, ip4_14_unknown_protocols_are_reported_once_each);
	tcase_add_test(t, ip4_15_tunnels_are_not_opened);
	tcase_add_test(t, ip4_18_an_empty_packet_goes_up_with_nothing);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
