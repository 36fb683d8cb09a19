/* SPDX-License-Identifier: MIT */
/* test_icmp_error.c - telling a sender; rows IC-13 to IC-15 of hostile input */
#include "tests/unit/net/world.h"

static struct world w;

static void open_known(void)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 0), DROP_NONE);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	w.sent_count = 0;
}

/* A UDP datagram of @len octets arrives and nobody wants it. */
static void refuse(size_t len)
{
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_UDP), pattern(), len),
	               DROP_NONE);
	net_unreachable(w.net, &w.rx, ICMP_UNREACHABLE_PORT);
}

START_TEST(an_error_quotes_the_packet_unchanged_up_to_576_octets)
{
	const uint8_t *data;
	struct icmp_hdr icmp;
	struct ip4_hdr hdr;

	open_known();
	for (size_t len = 8; len < 1480; len += 100) {
		w.sent_count = 0;
		refuse(len);
		ck_assert_uint_eq(w.sent_count, 1);
		hdr = sent_ip4(&w, 0, &data);
		ck_assert_uint_eq(hdr.total_len, MIN(28 + 20 + len, 576u));
		ck_assert_uint_eq(hdr.tos, 0);
		ck_assert_int_gt(icmp_hdr_read(data, 8, &icmp), -1);
		ck_assert_uint_eq(icmp.type, ICMP_UNREACHABLE);
		ck_assert_uint_eq(icmp.code, ICMP_UNREACHABLE_PORT);
		ck_assert_uint_eq(icmp.word, 0);
		ck_assert_mem_eq(data + 8, w.rx.packet, hdr.total_len - 28u);
		ck_assert_uint_eq(checksum_fold(checksum_add(
		                          0, data, hdr.total_len - 20u)),
		                  0);
		world_run(&w, 100 * USEC_PER_MSEC);
	}
	world_close(&w);
}
END_TEST

/* RFC1122-8 */
START_TEST(ic_13_never_about_a_broadcast)
{
	const struct tarn_ip all[] = { tarn_ip4(255, 255, 255, 255),
		                       tarn_ip4(10, 9, 0, 255) };

	open_known();
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

		hdr.dst = all[i];
		ck_assert_drop(rx_ip4(&w, hdr, pattern(), 8), DROP_NONE);
		net_unreachable(w.net, &w.rx, ICMP_UNREACHABLE_PORT);
		hdr.proto = 200;
		ck_assert_drop(rx_ip4(&w, hdr, pattern(), 8),
		               DROP_IP4_PROTOCOL);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.env.drops[DROP_ICMP_RATE], 0);
	world_close(&w);
}
END_TEST

/* RFC1122-8: Only reassembly's timer can be about ICMP. */
START_TEST(ic_13_never_about_an_icmp_error)
{
	static const uint8_t types[] = {
		ICMP_UNREACHABLE,   ICMP_SOURCE_QUENCH,     ICMP_REDIRECT,
		ICMP_TIME_EXCEEDED, ICMP_PARAMETER_PROBLEM, ICMP_ECHO_REQUEST
	};
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);
	uint8_t message[16];

	open_known();
	hdr.more_fragments = true;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		hdr.id++;
		put_icmp(message, types[i], 0, 0, pattern(), 8);
		ck_assert_drop(rx_ip4(&w, hdr, message, 16),
		               DROP_FRAGMENT_HELD);
	}
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 1); /* about the echo request alone */
	ck_assert_uint_eq(w.env.drops[DROP_FRAGMENT_TIMEOUT], ARRAY_LEN(types));
	world_close(&w);
}
END_TEST

START_TEST(a_datagram_that_begins_like_an_icmp_error_is_none)
{
	static const uint8_t from_port_768[8] = { ICMP_UNREACHABLE, 0 };

	open_known();
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_UDP), from_port_768, 8),
	               DROP_NONE);
	net_unreachable(w.net, &w.rx, ICMP_UNREACHABLE_PORT);
	ck_assert_uint_eq(w.sent_count, 1);
	world_close(&w);
}
END_TEST

static unsigned refuse_many(unsigned count)
{
	unsigned sent = 0;

	w.is_flood = true;
	for (unsigned i = 0; i < count; i++) {
		w.sent_count = 0;
		(void)rx_ip4(&w, ip4_to_us(200), pattern(), 8);
		sent += w.sent_count;
	}

	return sent;
}

START_TEST(ic_15_a_burst_is_bounded_and_the_rest_counted)
{
	unsigned sent;

	open_known();
	sent = refuse_many(1000);
	ck_assert_uint_le(sent, ICMP_RATE_BURST);
	ck_assert_uint_ge(sent, ICMP_RATE_BURST_MIN);
	ck_assert_uint_eq(w.env.drops[DROP_ICMP_RATE], 1000 - sent);
	world_close(&w);
}
END_TEST

START_TEST(ic_15_at_most_1000_a_second_and_not_much_less)
{
	unsigned sent = 0;

	open_known();
	(void)refuse_many(1000);
	for (unsigned ms = 0; ms < 1000; ms++) {
		w.env.now_us += USEC_PER_MSEC;
		sent += refuse_many(20);
	}
	ck_assert_uint_le(sent, ICMP_RATE_PER_SEC);
	ck_assert_uint_ge(sent, ICMP_RATE_PER_SEC - 1);
	world_close(&w);
}
END_TEST

START_TEST(ic_15_the_bucket_fills_again)
{
	open_known();
	(void)refuse_many(1000);
	world_run(&w, USEC_PER_SEC);
	ck_assert_uint_ge(refuse_many(1000), ICMP_RATE_BURST_MIN);
	world_close(&w);
}
END_TEST

/* The attack: n probes under another's name, then one under my own: do I get
 * an error? One probe less, because it met an open port, changes the answer
 * only when the bucket held exactly n. So no n may be likely. */
START_TEST(ic_14_one_error_more_or_less_cannot_be_told)
{
	enum { ROUNDS = 4000 };
	unsigned held[ICMP_RATE_BURST + 1] = { 0 };

	open_known();
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n;

		w.env.now_us += USEC_PER_SEC;
		n = refuse_many(ICMP_RATE_BURST + 1);
		ck_assert_uint_le(n, ICMP_RATE_BURST);
		held[n]++;
	}
	for (unsigned n = 0; n <= ICMP_RATE_BURST; n++)
		ck_assert_uint_lt(held[n], ROUNDS * 5 / 100);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/icmp_error");
	TCase *t = tcase_create("icmp_error");

	tcase_add_test(t,
	               an_error_quotes_the_packet_unchanged_up_to_576_octets);
	tcase_add_test(t, ic_13_never_about_a_broadcast);
	tcase_add_test(t, ic_13_never_about_an_icmp_error);
	tcase_add_test(t, a_datagram_that_begins_like_an_icmp_error_is_none);
	suite_add_tcase(s, t);
	t = tcase_create("rate");
	tcase_add_test(t, ic_15_a_burst_is_bounded_and_the_rest_counted);
	tcase_add_test(t, ic_15_at_most_1000_a_second_and_not_much_less);
	tcase_add_test(t, ic_15_the_bucket_fills_again);
	tcase_add_test(t, ic_14_one_error_more_or_less_cannot_be_told);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
