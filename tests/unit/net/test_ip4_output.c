/* SPDX-License-Identifier: MIT */
/* test_ip4_output.c - headers pushed, next hop chosen; row IP4-17 */
#include "tests/unit/net/world.h"

static struct world w;

static enum drop output(struct ip_tx tx, size_t len)
{
	static const uint8_t payload[65536];
	struct pkt pkt;

	pkt_init(&pkt);
	pkt_payload(&pkt, payload, len);

	return ip_output(w.net, &pkt, &tx);
}

static struct ip_tx to(struct tarn_ip dst)
{
	return (struct ip_tx){ .dst = dst, .proto = IP_PROTO_UDP };
}

/* The header of the last frame. */
static struct ip4_hdr last_header(void)
{
	const uint8_t *data;

	return sent_ip4(&w, w.sent_count - 1, &data);
}

START_TEST(the_header_says_what_the_caller_wants)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;
	struct ip_tx tx = to(PEER_IP);
	struct ip4_hdr hdr;

	world_open(&w);
	know(&w);
	tx.proto         = IP_PROTO_TCP;
	tx.tos           = 0xb8;
	tx.ttl           = 3;
	tx.dont_fragment = true;
	ck_assert_drop(output(tx, 100), DROP_NONE);
	hdr = last_header();
	ck_assert_uint_eq(hdr.total_len, 120);
	ck_assert_uint_eq(hdr.proto, IP_PROTO_TCP);
	ck_assert_uint_eq(hdr.tos, 0xb8);
	ck_assert_uint_eq(hdr.ttl, 3);
	ck_assert(hdr.dont_fragment);
	ck_assert(ip_equal(&hdr.src, &us));
	ck_assert(ip_equal(&hdr.dst, &peer));
	ck_assert_drop(output(to(PEER_IP), 0), DROP_NONE);
	hdr = last_header();
	ck_assert_uint_eq(hdr.ttl, IP4_TTL_DEFAULT);
	ck_assert(!hdr.dont_fragment);
	world_close(&w);
}
END_TEST

START_TEST(destinations_without_a_way)
{
	const struct tarn_ip bad[] = {
		US_IP,
		tarn_ip4(127, 0, 0, 1),
		tarn_ip4(0, 0, 0, 0),
		tarn_ip4(224, 0, 0, 1),
		tarn_ip4(240, 0, 0, 1),
		tarn_ip4(10, 9, 0, 0),
	};
	const struct tarn_ip ip6 = { .version = TARN_IP6 };

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_drop(output(to(bad[i]), 10), DROP_IP4_NO_ROUTE);
	ck_assert_uint_eq(w.env.drops[DROP_IP4_NO_ROUTE], ARRAY_LEN(bad));
	ck_assert_drop(output(to(ip6), 10), DROP_IP6_UNSUPPORTED);
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);

	world_init(&w);
	w.env.config.gateway.version = TARN_IP_NONE;
	world_start(&w);
	ck_assert_drop(output(to(FAR_IP), 10), DROP_IP4_NO_ROUTE);
	world_close(&w);
}
END_TEST

START_TEST(broadcast_needs_leave)
{
	const struct tarn_ip all[] = { tarn_ip4(255, 255, 255, 255),
		                       tarn_ip4(10, 9, 0, 255) };
	struct ip4_hdr hdr;

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct ip_tx tx = to(all[i]);

		w.sent_count = 0;
		ck_assert_drop(output(tx, 10), DROP_IP4_NO_ROUTE);
		tx.broadcast_allowed = true;
		ck_assert_drop(output(tx, 10), DROP_NONE);
		ck_assert_uint_eq(w.sent_count, 1);
		ck_assert(sent_to(&w, 0, eth_broadcast));
		hdr = last_header();
		ck_assert(ip_equal(&hdr.dst, &all[i]));
	}
	world_close(&w);
}
END_TEST

START_TEST(what_does_not_fit_and_may_not_be_cut)
{
	struct ip_tx tx = to(PEER_IP);

	world_open(&w);
	know(&w);
	tx.dont_fragment = true;
	ck_assert_drop(output(tx, 1480), DROP_NONE);
	ck_assert_drop(output(tx, 1481), DROP_IP4_TOO_BIG);
	ck_assert_drop(output(to(PEER_IP), 65515), DROP_NONE);
	ck_assert_drop(output(to(PEER_IP), 65516), DROP_IP4_TOO_BIG);
	ck_assert_uint_eq(w.env.drops[DROP_IP4_TOO_BIG], 2);
	world_close(&w);
}
END_TEST

/* Straight from the frame: the loops below run long. */
static uint16_t next_id(struct tarn_ip dst)
{
	w.sent_count = 0;
	(void)output(to(dst), 10);
	return get_be16(w.sent[w.sent_count - 1].data + ETH_HDR_LEN + 4);
}

START_TEST(ip4_17_an_atomic_packet_has_no_identifier)
{
	struct ip_tx tx = to(PEER_IP);

	world_open(&w);
	know(&w);
	tx.dont_fragment = true;
	for (unsigned i = 0; i < 10; i++) {
		ck_assert_drop(output(tx, 10), DROP_NONE);
		ck_assert_uint_eq(last_header().id, 0);
	}
	world_close(&w);
}
END_TEST

START_TEST(ip4_17_no_identifier_returns_within_65536_packets)
{
	static bool seen[0x10000];

	world_open(&w);
	know(&w);
	for (unsigned i = 0; i < 0x10000; i++) {
		const uint16_t id = next_id(PEER_IP);

		if (seen[id])
			ck_abort_msg("%u came back", id);
		seen[id] = true;
	}
	world_close(&w);
}
END_TEST

/* Pearson's correlation of two series of 16-bit numbers, times 1000. */
static int64_t correlation_permille(const int64_t *a, const int64_t *b, int n)
{
	int64_t sum_a = 0, sum_b = 0, ab = 0, aa = 0, bb = 0, root = 1;

	for (int i = 0; i < n; i++) {
		sum_a += a[i];
		sum_b += b[i];
	}
	for (int i = 0; i < n; i++) {
		const int64_t da = a[i] - sum_a / n, db = b[i] - sum_b / n;

		ab += da * db / n;
		aa += da * da / n;
		bb += db * db / n;
	}
	while (root * root < aa)
		root += 1 + root / 1000;
	(void)bb; /* both are uniform: their deviations are alike */

	return 1000 * ab / (root * root);
}

START_TEST(ip4_17_identifiers_tell_nothing_about_another_destination)
{
	enum { COUNT = 10000 };
	static int64_t to_peer[COUNT], to_other[COUNT], steps[COUNT];
	const struct tarn_ip other = tarn_ip4(10, 9, 0, 77);

	world_open(&w);
	know(&w);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, other, other_mac, US_IP),
	               DROP_NONE);
	for (unsigned i = 0; i < COUNT; i++) {
		to_peer[i]  = next_id(PEER_IP);
		to_other[i] = next_id(other);
		steps[i]    = i;
	}
	ck_assert_int_lt(llabs(correlation_permille(to_peer, to_other, COUNT)),
	                 50);
	ck_assert_int_lt(
	        llabs(correlation_permille(to_peer, to_peer + 1, COUNT - 1)),
	        50);
	for (unsigned i = 0; i < COUNT; i++)
		steps[i] *= 0x10000 / COUNT;
	ck_assert_int_lt(llabs(correlation_permille(to_peer, steps, COUNT)),
	                 50);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/ip4_output");
	TCase *t = tcase_create("ip_output");

	tcase_add_test(t, the_header_says_what_the_caller_wants);
	tcase_add_test(t, destinations_without_a_way);
	tcase_add_test(t, broadcast_needs_leave);
	tcase_add_test(t, what_does_not_fit_and_may_not_be_cut);
	suite_add_tcase(s, t);
	t = tcase_create("identifiers");
	tcase_add_test(t, ip4_17_an_atomic_packet_has_no_identifier);
	tcase_add_test(t, ip4_17_no_identifier_returns_within_65536_packets);
	tcase_add_test(
	        t, ip4_17_identifiers_tell_nothing_about_another_destination);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
