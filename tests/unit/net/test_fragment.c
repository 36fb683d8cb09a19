/* SPDX-License-Identifier: MIT */
/* test_fragment.c - a packet cut into what the link carries */
#include "tests/unit/net/world.h"

static struct world w;

static void open_mtu(uint16_t mtu)
{
	world_init(&w);
	w.env.config.mtu = mtu;
	world_start(&w);
	know(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 0), DROP_NONE); /* the probe */
	w.sent_count = 0;
}

START_TEST(a_packet_of_the_mtu_is_not_cut)
{
	const uint8_t *data;
	struct ip4_hdr hdr;

	open_mtu(1500);
	ck_assert_drop(send_to(&w, PEER_IP, 1480), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	hdr = sent_ip4(&w, 0, &data);
	ck_assert(!hdr.more_fragments && hdr.offset == 0);
	world_close(&w);
}
END_TEST

START_TEST(fragments_meet_without_gap_and_end_on_8_octets)
{
	static const size_t lens[] = {
		1481, 1487, 1488, 2960, 2961, 9000, 65515
	};

	open_mtu(1500);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		size_t at    = 0;
		uint16_t id  = 0;
		w.sent_count = 0;
		ck_assert_drop(send_to(&w, PEER_IP, lens[i]), DROP_NONE);
		for (unsigned f = 0; f < w.sent_count; f++) {
			const uint8_t *data;
			const struct ip4_hdr hdr = sent_ip4(&w, f, &data);
			const size_t len         = hdr.total_len - IP4_HDR_LEN;

			ck_assert_uint_le(hdr.total_len, 1500);
			ck_assert_uint_eq(hdr.offset, at);
			ck_assert_int_eq(hdr.more_fragments,
			                 f + 1 < w.sent_count);
			if (f == 0)
				id = hdr.id;
			ck_assert_uint_eq(hdr.id, id);
			ck_assert_mem_eq(data, pattern() + at, len);
			at += len;
		}
		ck_assert_uint_eq(at, lens[i]);
	}
	world_close(&w);
}
END_TEST

/* 60 octets in the head, and a payload in two slices. */
static void send_in_parts(const uint8_t *octets, size_t first, size_t second)
{
	const struct ip_tx tx = { .dst = PEER_IP, .proto = IP_PROTO_UDP };
	struct pkt pkt;

	w.sent_count = 0;
	pkt_init(&pkt);
	memcpy(pkt_push(&pkt, 60), octets, 60);
	pkt_payload(&pkt, octets + 60, first);
	pkt_payload(&pkt, octets + 60 + first, second);
	pkt.note.why = WHY_UDP_DATAGRAM;
	ck_assert_drop(ip_output(w.net, &pkt, &tx), DROP_NONE);
}

/* What was sent is these octets, cut, and each frame has the packet's note. */
static void assert_sent(const uint8_t *octets, size_t len)
{
	size_t at = 0;

	for (unsigned f = 0; f < w.sent_count; f++) {
		const uint8_t *data;
		const struct ip4_hdr hdr = sent_ip4(&w, f, &data);

		ck_assert_uint_eq(hdr.offset, at);
		ck_assert(!memcmp(data, octets + at,
		                  hdr.total_len - IP4_HDR_LEN));
		ck_assert_uint_eq(w.sent[f].note.why, WHY_UDP_DATAGRAM);
		at += hdr.total_len - IP4_HDR_LEN;
	}
	ck_assert_uint_eq(at, len);
}

START_TEST(a_cut_may_fall_anywhere_between_the_slices)
{
	for (uint16_t mtu = 576; mtu < 600; mtu++) {
		open_mtu(mtu);
		for (size_t first = 1; first < 1200; first += 61) {
			send_in_parts(pattern(), first, 1201);
			assert_sent(pattern(), 60 + first + 1201);
		}
		world_close(&w);
	}
}
END_TEST

START_TEST(a_refused_fragment_ends_the_datagram)
{
	open_mtu(1500);
	w.transmit_error = -ENOBUFS;
	ck_assert_drop(send_to(&w, PEER_IP, 60000), DROP_IP4_LINK);
	ck_assert_uint_eq(w.env.drops[DROP_IP4_LINK], 1);
	world_close(&w);
}
END_TEST

START_TEST(what_is_cut_can_be_put_together)
{
	static struct world far;
	struct net_rx rx = { .kind = NET_RX_NOTHING };

	for (size_t len = 8; len <= 65515; len += 1259) {
		enum drop drop = DROP_NONE;

		world_init(&far);
		far.env.config.ip = PEER_IP;
		world_start(&far);
		memcpy(far.net->mac, peer_mac, 6);
		open_mtu(1500);
		ck_assert_drop(send_to(&w, PEER_IP, len), DROP_NONE);
		for (unsigned f = 0; f < w.sent_count; f++)
			drop = net_input(far.net, w.sent[f].data, w.sent[f].len,
			                 &rx);
		ck_assert_drop(drop, DROP_NONE);
		ck_assert_uint_eq(rx.len, len);
		ck_assert_mem_eq(rx.data, pattern(), len);
		world_close(&w);
		world_close(&far);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/fragment");
	TCase *t = tcase_create("fragment_output");

	tcase_add_test(t, a_packet_of_the_mtu_is_not_cut);
	tcase_add_test(t, fragments_meet_without_gap_and_end_on_8_octets);
	tcase_add_test(t, a_cut_may_fall_anywhere_between_the_slices);
	tcase_add_test(t, a_refused_fragment_ends_the_datagram);
	tcase_add_test(t, what_is_cut_can_be_put_together);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
