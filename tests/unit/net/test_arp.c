/* SPDX-License-Identifier: MIT */
/* test_arp.c - ARP packets in and out; rows ARP-01 to ARP-10 of hostile input */
#include "tests/unit/net/world.h"

static struct world w;

/* A request of the peer for our address; a test may spoil it. */
static size_t put_request(uint8_t frame[60])
{
	struct arp_hdr arp = { .operation = ARP_REQUEST,
		               .sender_ip = PEER_IP,
		               .target_ip = US_IP };
	size_t at;

	memset(frame, 0, 60);
	at = put_eth(frame, eth_broadcast, peer_mac, ETH_TYPE_ARP);
	memcpy(arp.sender_mac, peer_mac, 6);
	arp_hdr_write(frame + at, &arp);

	return at;
}

START_TEST(a_request_for_us_is_answered_to_its_sender)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;
	struct arp_hdr arp;

	world_open(&w);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert(sent_to(&w, 0, peer_mac));
	arp = sent_arp(&w, 0);
	ck_assert_uint_eq(arp.operation, ARP_REPLY);
	ck_assert(ip_equal(&arp.sender_ip, &us));
	ck_assert(ip_equal(&arp.target_ip, &peer));
	ck_assert_mem_eq(arp.sender_mac, our_mac, 6);
	ck_assert_mem_eq(arp.target_mac, peer_mac, 6);
	ck_assert_uint_eq(w.sent[0].note.why, WHY_ARP_REPLY);
	ck_assert_uint_eq(net_neighbour_count(w.net), 1);
	world_close(&w);
}
END_TEST

START_TEST(a_request_for_another_is_neither_answered_nor_learnt)
{
	world_open(&w);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac,
	                      tarn_ip4(10, 9, 0, 3)),
	               DROP_ARP_NOT_ME);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(an_announcement_of_a_stranger_is_not_learnt)
{
	world_open(&w);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac, PEER_IP),
	               DROP_ARP_NOT_ME);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, PEER_IP),
	               DROP_ARP_UNSOLICITED);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(arp_01_packets_below_28_octets_are_short)
{
	uint8_t frame[60];
	const size_t at = put_request(frame);

	world_open(&w);
	for (size_t len = 0; len < ARP_LEN; len++)
		ck_assert_drop(world_rx(&w, frame, at + len), DROP_ARP_SHORT);
	ck_assert_drop(world_rx(&w, frame, at + ARP_LEN), DROP_NONE);
	world_close(&w);
}
END_TEST

/* Every value of the octet at @at, but the right one, makes it @expected. */
static void spoil(size_t octet, enum drop expected)
{
	for (unsigned value = 0; value < 256; value++) {
		uint8_t frame[60];
		const size_t at = put_request(frame);

		if (frame[at + octet] == value)
			continue;
		frame[at + octet] = (uint8_t)value;
		ck_assert_drop(net_input(w.net, frame, 60, &w.rx), expected);
	}
}

START_TEST(arp_02_all_four_of_the_form_must_match)
{
	world_open(&w);
	for (size_t octet = 0; octet < 6; octet++)
		spoil(octet, DROP_ARP_FORM);
	spoil(6, DROP_ARP_OPERATION);
	for (unsigned value = 0; value < 256; value++) {
		uint8_t frame[60];
		const size_t at = put_request(frame);

		if (value == ARP_REQUEST || value == ARP_REPLY)
			continue;
		frame[at + 7] = (uint8_t)value;
		ck_assert_drop(net_input(w.net, frame, 60, &w.rx),
		               DROP_ARP_OPERATION);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(arp_05_a_probe_is_answered_and_not_learnt)
{
	const struct tarn_ip nobody = tarn_ip4(0, 0, 0, 0);
	struct arp_hdr arp;

	world_open(&w);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, nobody, peer_mac, US_IP),
	               DROP_NONE);
	arp = sent_arp(&w, 0);
	ck_assert_uint_eq(arp.operation, ARP_REPLY);
	ck_assert(ip_equal(&arp.target_ip, &nobody));
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, nobody, peer_mac, US_IP),
	               DROP_ARP_SENDER);
	world_close(&w);
}
END_TEST

START_TEST(arp_05_senders_that_cannot_be_neighbours)
{
	static const uint8_t zero[6], group[6] = { 0x03, 0, 0, 0, 0, 1 };
	const uint8_t *const macs[] = { eth_broadcast, group, zero, our_mac };
	const struct tarn_ip bad[]  = {
		 tarn_ip4(255, 255, 255, 255), tarn_ip4(10, 9, 0, 255),
		 tarn_ip4(10, 9, 0, 0),        tarn_ip4(224, 0, 0, 1),
		 tarn_ip4(127, 0, 0, 1),       tarn_ip4(10, 9, 1, 1),
	};

	world_open(&w);
	for (uint16_t op = ARP_REQUEST; op <= ARP_REPLY; op++) {
		for (size_t i = 0; i < ARRAY_LEN(bad); i++)
			ck_assert_drop(rx_arp(&w, op, bad[i], peer_mac, US_IP),
			               DROP_ARP_SENDER);
		for (size_t i = 0; i < ARRAY_LEN(macs); i++)
			ck_assert_drop(rx_arp(&w, op, PEER_IP, macs[i], US_IP),
			               DROP_ARP_SENDER);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(arp_08_only_what_was_asked_for_is_an_answer)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	/* another's address, to another, a request instead of a reply */
	ck_assert_drop(
	        rx_arp(&w, ARP_REPLY, tarn_ip4(10, 9, 0, 3), other_mac, US_IP),
	        DROP_ARP_UNSOLICITED);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, other_mac,
	                      tarn_ip4(10, 9, 0, 3)),
	               DROP_ARP_UNSOLICITED);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, other_mac, US_IP),
	               DROP_NONE);
	w.sent_count = 0;
	/* the twin */
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert(sent_to(&w, 0, peer_mac));
	world_close(&w);
}
END_TEST

START_TEST(arp_09_rarp_is_an_unknown_type)
{
	uint8_t frame[60];
	const size_t at = put_request(frame);

	world_open(&w);
	put_eth(frame, eth_broadcast, peer_mac, 0x8035);
	frame[at + 7] = 4;
	ck_assert_drop(world_rx(&w, frame, 60), DROP_ETH_TYPE);
	world_close(&w);
}
END_TEST

START_TEST(arp_10_a_flood_gets_no_more_replies_than_requests)
{
	uint8_t frame[60];
	size_t held;

	world_open(&w);
	know(&w);
	held = w.env.memory.used;
	put_request(frame);
	for (unsigned i = 0; i < 100000; i++) {
		w.sent_count = 0;
		if (net_input(w.net, frame, 60, &w.rx) || w.sent_count != 1)
			ck_abort_msg("%u replies to the %u-th", w.sent_count,
			             i);
	}
	ck_assert_uint_eq(w.env.memory.used, held);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/arp");
	TCase *t = tcase_create("arp_input");

	tcase_add_test(t, a_request_for_us_is_answered_to_its_sender);
	tcase_add_test(t, a_request_for_another_is_neither_answered_nor_learnt);
	tcase_add_test(t, an_announcement_of_a_stranger_is_not_learnt);
	tcase_add_test(t, arp_01_packets_below_28_octets_are_short);
	tcase_add_test(t, arp_02_all_four_of_the_form_must_match);
	tcase_add_test(t, arp_05_a_probe_is_answered_and_not_learnt);
	tcase_add_test(t, arp_05_senders_that_cannot_be_neighbours);
	tcase_add_test(t, arp_08_only_what_was_asked_for_is_an_answer);
	tcase_add_test(t, arp_09_rarp_is_an_unknown_type);
	tcase_add_test(t, arp_10_a_flood_gets_no_more_replies_than_requests);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
