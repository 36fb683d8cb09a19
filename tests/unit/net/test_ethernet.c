/* SPDX-License-Identifier: MIT */
/* test_ethernet.c - frames in and out; rows L2-01 to L2-08 of hostile input */
#include "tests/unit/net/world.h"

static struct world w;
static uint8_t frame[131072];

static enum drop rx_type(uint16_t type, size_t len)
{
	put_eth(frame, our_mac, peer_mac, type);
	return world_rx(&w, frame, len);
}

START_TEST(l2_01_frames_below_14_octets_are_short)
{
	world_open(&w);
	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	for (size_t len = 0; len < ETH_HDR_LEN; len++)
		ck_assert_drop(world_rx(&w, frame, len), DROP_ETH_SHORT);
	ck_assert_uint_eq(w.env.drops[DROP_ETH_SHORT], ETH_HDR_LEN);
	world_close(&w);
}
END_TEST

START_TEST(l2_02_no_header_is_read_beyond_the_frame)
{
	world_open(&w);
	for (size_t len = 0; len < IP4_HDR_LEN; len++)
		ck_assert_drop(rx_type(ETH_TYPE_IP4, ETH_HDR_LEN + len),
		               DROP_IP4_SHORT);
	for (size_t len = 0; len < ARP_LEN; len++)
		ck_assert_drop(rx_type(ETH_TYPE_ARP, ETH_HDR_LEN + len),
		               DROP_ARP_SHORT);
	for (size_t len = 0; len < 40; len++)
		ck_assert_drop(rx_type(ETH_TYPE_IP6, ETH_HDR_LEN + len),
		               DROP_IP6_UNSUPPORTED);
	world_close(&w);
}
END_TEST

START_TEST(l2_03_padding_is_no_payload)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
	size_t at          = put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);

	world_open(&w);
	memset(frame + at, 0x77, 46);
	hdr.total_len = 28;
	ip4_hdr_write(frame + at, &hdr);
	ck_assert_drop(world_rx(&w, frame, 60), DROP_NONE);
	ck_assert_int_eq(w.rx.kind, NET_RX_DATAGRAM);
	ck_assert_uint_eq(w.rx.len, 8);
	ck_assert_uint_eq(w.rx.packet_len, 28);
	world_close(&w);
}
END_TEST

START_TEST(l2_03_what_we_pad_is_zero)
{
	world_open(&w);
	know(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 8), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 2); /* and the probe of STALE */
	for (unsigned i = 0; i < 2; i++)
		ck_assert_uint_eq(w.sent[i].len, 60);
	for (size_t i = ETH_HDR_LEN + 28; i < 60; i++)
		ck_assert_uint_eq(w.sent[1].data[i], 0);
	for (size_t i = ETH_HDR_LEN + ARP_LEN; i < 60; i++)
		ck_assert_uint_eq(w.sent[0].data[i], 0);
	world_close(&w);
}
END_TEST

START_TEST(frames_of_60_octets_and_more_are_not_padded)
{
	world_open(&w);
	know(&w);
	for (size_t len = 25; len < 28; len++) {
		w.sent_count = 0;
		ck_assert_drop(send_to(&w, PEER_IP, len), DROP_NONE);
		ck_assert_uint_eq(w.sent[w.sent_count - 1].len,
		                  MAX(len + 34, 60u));
	}
	world_close(&w);
}
END_TEST

START_TEST(l2_04_longer_than_the_mtu_allows)
{
	static const size_t lens[] = { 1515, 65535, 65536, 65537, 131072 };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++)
		ck_assert_drop(rx_type(ETH_TYPE_IP4, lens[i]), DROP_ETH_LONG);
	ck_assert_drop(rx_type(0x9000, 1514), DROP_ETH_TYPE);
	world_close(&w);
}
END_TEST

START_TEST(l2_05_tags_are_named_and_not_followed)
{
	world_open(&w);
	for (size_t at = 12; at + 4 < 12 + 16 * 4; at += 4)
		put_be16(frame + at, ETH_TYPE_VLAN);
	for (size_t len = ETH_HDR_LEN; len < 80; len++) {
		ck_assert_drop(rx_type(ETH_TYPE_VLAN, len), DROP_ETH_VLAN);
		ck_assert_drop(rx_type(ETH_TYPE_QINQ, len), DROP_ETH_VLAN);
	}
	world_close(&w);
}
END_TEST

START_TEST(l2_06_all_other_types_are_dropped)
{
	world_open(&w);
	for (uint32_t type = 0; type < 0x10000; type++) {
		enum drop expected = DROP_ETH_TYPE;

		if (type == ETH_TYPE_IP4 || type == ETH_TYPE_ARP)
			continue;
		if (type < ETH_TYPE_MIN)
			expected = DROP_ETH_LENGTH;
		if (type == ETH_TYPE_VLAN || type == ETH_TYPE_QINQ)
			expected = DROP_ETH_VLAN;
		if (type == ETH_TYPE_IP6)
			expected = DROP_IP6_UNSUPPORTED;
		put_eth(frame, our_mac, peer_mac, (uint16_t)type);
		ck_assert_drop(net_input(w.net, frame, 60, &w.rx), expected);
	}
	world_close(&w);
}
END_TEST

START_TEST(l2_07_another_stations_frame_is_not_ours)
{
	static const uint8_t all_hosts[6] = { 0x01, 0, 0x5e, 0, 0, 1 };
	struct ip4_hdr hdr                = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	hdr.total_len = 28;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);
	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	ck_assert_drop(world_rx(&w, frame, 60), DROP_NONE); /* the twin */
	for (unsigned bit = 0; bit < 48; bit++) {
		put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
		frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_drop(world_rx(&w, frame, 60), DROP_ETH_NOT_ME);
	}
	put_eth(frame, all_hosts, peer_mac, ETH_TYPE_IP4);
	ck_assert_drop(world_rx(&w, frame, 60), DROP_ETH_NOT_ME);
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(l2_08_no_source_address_is_trusted)
{
	static const uint8_t zero[6];
	const uint8_t *const sources[] = { our_mac, eth_broadcast, zero };
	struct ip4_hdr hdr             = ip4_to_us(IP_PROTO_ICMP);

	world_open(&w);
	hdr.total_len = 28;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);
	memset(frame + ETH_HDR_LEN + IP4_HDR_LEN, 0x11, 8);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		put_eth(frame, our_mac, sources[i], ETH_TYPE_IP4);
		ck_assert_drop(world_rx(&w, frame, 42), DROP_ICMP_CHECKSUM);
		frame[ETH_HDR_LEN + 10] ^= 1;
		ck_assert_drop(world_rx(&w, frame, 42), DROP_IP4_CHECKSUM);
		frame[ETH_HDR_LEN + 10] ^= 1;
	}
	world_close(&w);
}
END_TEST

START_TEST(a_frame_that_the_link_refuses_is_counted)
{
	world_open(&w);
	know(&w);
	w.transmit_error = -EAGAIN;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_IP4_LINK);
	ck_assert_uint_eq(w.env.drops[DROP_IP4_LINK], 2); /* ARP's too */
	w.transmit_error = 0;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(every_frame_is_told_to_the_observer_with_its_reason)
{
	world_open(&w);
	know(&w);
	w.event_count[TARN_EVENT_FRAME_TX] = 0;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_uint_eq(w.event_count[TARN_EVENT_FRAME_TX], 2);
	ck_assert_uint_eq(w.sent[0].note.why, WHY_ARP_CONFIRM);
	ck_assert_uint_eq(w.sent[1].note.why, WHY_NONE);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/ethernet");
	TCase *t = tcase_create("ethernet_input");

	tcase_add_test(t, l2_01_frames_below_14_octets_are_short);
	tcase_add_test(t, l2_02_no_header_is_read_beyond_the_frame);
	tcase_add_test(t, l2_03_padding_is_no_payload);
	tcase_add_test(t, l2_04_longer_than_the_mtu_allows);
	tcase_add_test(t, l2_05_tags_are_named_and_not_followed);
	tcase_add_test(t, l2_06_all_other_types_are_dropped);
	tcase_add_test(t, l2_07_another_stations_frame_is_not_ours);
	tcase_add_test(t, l2_08_no_source_address_is_trusted);
	suite_add_tcase(s, t);
	t = tcase_create("ethernet_output");
	tcase_add_test(t, l2_03_what_we_pad_is_zero);
	tcase_add_test(t, frames_of_60_octets_and_more_are_not_padded);
	tcase_add_test(t, a_frame_that_the_link_refuses_is_counted);
	tcase_add_test(t, every_frame_is_told_to_the_observer_with_its_reason);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
