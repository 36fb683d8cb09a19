/* SPDX-License-Identifier: MIT */
/* test_icmp_quote.c - whom does an ICMP error concern? Row IC-12 */
#include "tests/unit/net/world.h"

static struct world w;
static uint8_t quote[128];

/* A packet that we could have sent to the far host, as an error quotes it. */
static struct ip4_hdr sound_quote(uint8_t proto)
{
	struct ip4_hdr hdr = {
		.ttl       = 1,
		.proto     = proto,
		.src       = US_IP,
		.dst       = FAR_IP,
		.total_len = 500,
		.id        = 77,
	};

	memset(quote, 0, sizeof(quote));
	ip4_hdr_write(quote, &hdr);
	for (uint8_t i = 0; i < 8; i++)
		quote[IP4_HDR_LEN + i] = i;

	return hdr;
}

static enum drop rx_quote(size_t len)
{
	return rx_icmp(&w, ICMP_UNREACHABLE, ICMP_UNREACHABLE_HOST, 0, quote,
	               len);
}

START_TEST(an_error_about_our_datagram_is_handed_up)
{
	static const uint8_t protos[] = { IP_PROTO_TCP, IP_PROTO_UDP };
	static const uint8_t types[]  = { ICMP_UNREACHABLE, ICMP_TIME_EXCEEDED,
		                          ICMP_PARAMETER_PROBLEM };
	const struct tarn_ip us = US_IP, peer = PEER_IP, far = FAR_IP;

	world_open(&w);
	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		for (size_t j = 0; j < ARRAY_LEN(types); j++) {
			sound_quote(protos[i]);
			ck_assert_drop(
			        rx_icmp(&w, types[j], 4, 1400, quote, 28),
			        DROP_NONE);
			ck_assert_int_eq(w.rx.kind, NET_RX_ERROR);
			ck_assert_uint_eq(w.rx.proto, protos[i]);
			ck_assert(ip_equal(&w.rx.src, &us));
			ck_assert(ip_equal(&w.rx.dst, &far));
			ck_assert(ip_equal(&w.rx.from, &peer));
			ck_assert_uint_eq(w.rx.icmp.type, types[j]);
			ck_assert_uint_eq(w.rx.icmp.code, 4);
			ck_assert_uint_eq(w.rx.icmp.word, 1400);
			ck_assert_uint_eq(w.rx.len, 8);
			ck_assert_mem_eq(w.rx.data, quote + 20, 8);
		}
	}
	world_close(&w);
}
END_TEST

START_TEST(more_than_eight_octets_and_options_may_be_quoted)
{
	world_open(&w);
	sound_quote(IP_PROTO_TCP);
	ck_assert_drop(rx_quote(128), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 108);
	quote[0] = 0x46;
	ck_assert_drop(rx_quote(128), DROP_NONE);
	ck_assert_uint_eq(w.rx.len, 104);
	ck_assert_mem_eq(w.rx.data, quote + 24, 4);
	world_close(&w);
}
END_TEST

START_TEST(a_stale_checksum_in_the_quote_is_forgiven)
{
	world_open(&w);
	sound_quote(IP_PROTO_UDP);
	quote[8] = 17; /* TTL, as a router left it */
	ck_assert_drop(rx_quote(28), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(ic_12_quotes_that_are_cut_too_short)
{
	world_open(&w);
	sound_quote(IP_PROTO_UDP);
	for (size_t len = 0; len < 28; len++)
		ck_assert_drop(rx_quote(len), DROP_ICMP_QUOTE);
	ck_assert_drop(rx_quote(28), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(ic_12_header_lengths_and_versions)
{
	world_open(&w);
	for (unsigned first = 0; first < 256; first++) {
		const size_t hdr_len = 4 * (first & 15);
		const bool is_good =
		        first >> 4 == 4 && hdr_len >= 20 && hdr_len + 8 <= 48;

		sound_quote(IP_PROTO_UDP);
		quote[0] = (uint8_t)first;
		ck_assert_drop(rx_quote(48),
		               is_good ? DROP_NONE : DROP_ICMP_QUOTE);
	}
	world_close(&w);
}
END_TEST

START_TEST(ic_12_total_lengths_that_no_packet_of_ours_has)
{
	world_open(&w);
	for (uint16_t total = 0; total < 40; total++) {
		sound_quote(IP_PROTO_UDP);
		put_be16(quote + 2, total);
		ck_assert_drop(rx_quote(28),
		               total < 28 ? DROP_ICMP_QUOTE : DROP_NONE);
	}
	world_close(&w);
}
END_TEST

START_TEST(ic_12_fragments_but_the_first)
{
	world_open(&w);
	for (unsigned bit = 0; bit < 13; bit++) {
		sound_quote(IP_PROTO_UDP);
		put_be16(quote + 6, (uint16_t)(1 << bit));
		ck_assert_drop(rx_quote(28), DROP_ICMP_QUOTE);
	}
	sound_quote(IP_PROTO_UDP);
	put_be16(quote + 6, 0x2000);
	ck_assert_drop(rx_quote(28), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(ic_12_packets_that_we_cannot_have_sent)
{
	const struct tarn_ip nobody[] = { tarn_ip4(0, 0, 0, 0),
		                          tarn_ip4(127, 0, 0, 1),
		                          tarn_ip4(224, 0, 0, 1),
		                          tarn_ip4(10, 9, 0, 255) };
	struct ip4_hdr hdr;

	world_open(&w);
	hdr     = sound_quote(IP_PROTO_UDP);
	hdr.src = PEER_IP;
	ip4_hdr_write(quote, &hdr);
	ck_assert_drop(rx_quote(28), DROP_ICMP_QUOTE);
	for (size_t i = 0; i < ARRAY_LEN(nobody); i++) {
		hdr     = sound_quote(IP_PROTO_UDP);
		hdr.dst = nobody[i];
		ip4_hdr_write(quote, &hdr);
		ck_assert_drop(rx_quote(28), DROP_ICMP_QUOTE);
	}
	world_close(&w);
}
END_TEST

START_TEST(ic_12_errors_about_errors)
{
	world_open(&w);
	for (unsigned type = 0; type < 256; type++) {
		if (type == ICMP_ECHO_REQUEST)
			continue;
		sound_quote(IP_PROTO_ICMP);
		quote[20] = (uint8_t)type;
		ck_assert_drop(rx_quote(28), DROP_ICMP_QUOTE);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(protocols_that_we_do_not_speak_have_no_user)
{
	world_open(&w);
	sound_quote(47);
	ck_assert_drop(rx_quote(28), DROP_ICMP_NO_USER);
	world_close(&w);
}
END_TEST

START_TEST(an_error_sent_to_all_concerns_nobody)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);
	uint8_t message[64];
	size_t len;

	world_open(&w);
	sound_quote(IP_PROTO_UDP);
	len     = put_icmp(message, ICMP_UNREACHABLE, 3, 0, quote, 28);
	hdr.dst = tarn_ip4(10, 9, 0, 255);
	ck_assert_drop(rx_ip4(&w, hdr, message, len), DROP_ICMP_QUOTE);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/icmp_quote");
	TCase *t = tcase_create("icmp_quote_input");

	tcase_add_test(t, an_error_about_our_datagram_is_handed_up);
	tcase_add_test(t, more_than_eight_octets_and_options_may_be_quoted);
	tcase_add_test(t, a_stale_checksum_in_the_quote_is_forgiven);
	tcase_add_test(t, ic_12_quotes_that_are_cut_too_short);
	tcase_add_test(t, ic_12_header_lengths_and_versions);
	tcase_add_test(t, ic_12_total_lengths_that_no_packet_of_ours_has);
	tcase_add_test(t, ic_12_fragments_but_the_first);
	tcase_add_test(t, ic_12_packets_that_we_cannot_have_sent);
	tcase_add_test(t, ic_12_errors_about_errors);
	tcase_add_test(t, protocols_that_we_do_not_speak_have_no_user);
	tcase_add_test(t, an_error_sent_to_all_concerns_nobody);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
