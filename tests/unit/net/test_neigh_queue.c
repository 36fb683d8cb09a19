/* SPDX-License-Identifier: MIT */
/* test_neigh_queue.c - packets that wait for their neighbour's address */
#include "tests/unit/net/world.h"

static struct world w;

START_TEST(three_wait_and_the_oldest_goes)
{
	struct tarn_ip unreached;
	const uint8_t *data;

	world_open(&w);
	for (size_t len = 101; len <= 105; len++)
		ck_assert_drop(send_to(&w, PEER_IP, len), DROP_NONE);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_QUEUE_FULL], 2);
	ck_assert(!net_unreached(w.net, &unreached));
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 4);
	for (unsigned i = 1; i < 4; i++)
		ck_assert_uint_eq(sent_ip4(&w, i, &data).total_len,
		                  IP4_HDR_LEN + 102 + i);
	ck_assert_uint_eq(w.net->neighbours.pending_bytes, 0);
	world_close(&w);
}
END_TEST

START_TEST(what_waited_is_sent_unchanged_with_its_note)
{
	static const char text[] = "borrowed until the call returns";
	const struct ip_tx tx    = { .dst = PEER_IP, .proto = IP_PROTO_UDP };
	char payload[sizeof(text)];
	const uint8_t *data;
	struct ip4_hdr hdr;
	struct pkt pkt;

	world_open(&w);
	memcpy(payload, text, sizeof(text));
	pkt_init(&pkt);
	pkt.note.why = WHY_UDP_DATAGRAM;
	pkt_payload(&pkt, payload, sizeof(payload));
	ck_assert_drop(ip_output(w.net, &pkt, &tx), DROP_NONE);
	memset(payload, 'x', sizeof(payload));
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	hdr = sent_ip4(&w, 1, &data);
	ck_assert_uint_eq(hdr.total_len, IP4_HDR_LEN + sizeof(text));
	ck_assert_mem_eq(data, text, sizeof(text));
	ck_assert_uint_eq(w.sent[1].note.why, WHY_UDP_DATAGRAM);
	world_close(&w);
}
END_TEST

START_TEST(a_datagram_of_many_fragments_takes_one_place)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 60000), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1 + (60000 + 1479) / 1480);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_QUEUE_FULL], 0);
	world_close(&w);
}
END_TEST

START_TEST(arp_07_all_that_waits_is_bounded_in_octets)
{
	unsigned kept = 0;

	world_open(&w);
	for (uint8_t host = 10; host < 200; host++)
		if (send_to(&w, tarn_ip4(10, 9, 0, host), 1400) == DROP_NONE)
			kept++;
	ck_assert_uint_le(w.net->neighbours.pending_bytes,
	                  NEIGH_PENDING_BYTES_MAX);
	ck_assert_uint_ge(kept, 80);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_QUEUE_FULL], 190 - kept);
	w.is_deaf = true;
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert_uint_eq(w.net->neighbours.pending_bytes, 0);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_FAILED], kept);
	world_close(&w);
}
END_TEST

START_TEST(behind_a_silent_gateway_the_destination_is_unreached)
{
	const struct tarn_ip far = FAR_IP;
	struct tarn_ip unreached;

	world_open(&w);
	ck_assert_drop(send_to(&w, FAR_IP, 10), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert(net_unreached(w.net, &unreached));
	ck_assert(ip_equal(&unreached, &far));
	ck_assert(!net_unreached(w.net, &unreached));
	world_close(&w);
}
END_TEST

START_TEST(of_too_many_unreached_the_latest_are_told)
{
	struct tarn_ip unreached;
	unsigned told = 0;

	world_open(&w);
	w.is_deaf = true;
	for (unsigned i = 0; i < 2 * NEIGH_UNREACHED_MAX; i++)
		ck_assert_drop(
		        send_to(&w, tarn_ip4(10, 9, 0, (uint8_t)(10 + i)), 10),
		        DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	while (net_unreached(w.net, &unreached))
		ck_assert_uint_eq(unreached.octet[3],
		                  10 + NEIGH_UNREACHED_MAX + told++);
	ck_assert_uint_eq(told, NEIGH_UNREACHED_MAX);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/neigh_queue");
	TCase *t = tcase_create("neigh_queue");

	tcase_add_test(t, three_wait_and_the_oldest_goes);
	tcase_add_test(t, what_waited_is_sent_unchanged_with_its_note);
	tcase_add_test(t, a_datagram_of_many_fragments_takes_one_place);
	tcase_add_test(t, arp_07_all_that_waits_is_bounded_in_octets);
	tcase_add_test(t, behind_a_silent_gateway_the_destination_is_unreached);
	tcase_add_test(t, of_too_many_unreached_the_latest_are_told);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
