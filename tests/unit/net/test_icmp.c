/* SPDX-License-Identifier: MIT */
/* test_icmp.c - ICMP messages for us; rows IC-01 to IC-08 of hostile input */
#include "tests/unit/net/world.h"

static struct world w;

/* Known and REACHABLE, so that what follows is sent at once and alone. */
static void open_known(void)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 0), DROP_NONE);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	w.sent_count = 0;
}

/* RFC1122-7 */
START_TEST(an_echo_request_gets_its_octets_back)
{
	const struct tarn_ip peer = PEER_IP;
	const uint8_t *data;
	struct icmp_hdr icmp;
	struct ip4_hdr hdr;

	open_known();
	for (size_t len = 0; len <= 1472; len += 23) {
		w.sent_count = 0;
		ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REQUEST, 0, 0xabcd0001,
		                       pattern(), len),
		               DROP_NONE);
		ck_assert_int_eq(w.rx.kind, NET_RX_NOTHING);
		ck_assert_uint_eq(w.sent_count, 1);
		hdr = sent_ip4(&w, 0, &data);
		ck_assert(ip_equal(&hdr.dst, &peer));
		ck_assert_uint_eq(hdr.total_len, 28 + len);
		ck_assert_uint_eq(checksum_fold(checksum_add(0, data, 8 + len)),
		                  0);
		ck_assert_int_eq(icmp_hdr_read(data, 8 + len, &icmp), (int)len);
		ck_assert_uint_eq(icmp.type, ICMP_ECHO_REPLY);
		ck_assert_uint_eq(icmp.word, 0xabcd0001);
		ck_assert_mem_eq(data + 8, pattern(), len);
		ck_assert_uint_eq(w.sent[0].note.why, WHY_ECHO_REPLY);
	}
	world_close(&w);
}
END_TEST

START_TEST(a_reply_repeats_the_ds_field_without_ecn)
{
	uint8_t message[8];
	const uint8_t *data;
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);

	open_known();
	put_icmp(message, ICMP_ECHO_REQUEST, 0, 1, NULL, 0);
	hdr.tos = 0xbb;
	ck_assert_drop(rx_ip4(&w, hdr, message, 8), DROP_NONE);
	ck_assert_uint_eq(sent_ip4(&w, 0, &data).tos, 0xb8);
	world_close(&w);
}
END_TEST

/* The message cut into frames of the MTU, as another host would send it. */
static enum drop rx_fragmented(const uint8_t *message, size_t len)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);
	enum drop drop     = DROP_NONE;

	for (size_t at = 0; at < len; at += 1480) {
		const size_t n = MIN(len - at, 1480u);

		hdr.offset         = (uint16_t)at;
		hdr.more_fragments = at + n < len;
		drop               = rx_ip4(&w, hdr, message + at, n);
	}

	return drop;
}

START_TEST(ic_03_the_largest_ping_is_answered_whole)
{
	static uint8_t message[65515], back[65515];
	size_t len = 0;

	open_known();
	put_icmp(message, ICMP_ECHO_REQUEST, 0, 7, pattern(), 65507);
	ck_assert_drop(rx_fragmented(message, sizeof(message)), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 45);
	for (unsigned i = 0; i < w.sent_count; i++) {
		const uint8_t *data;
		const struct ip4_hdr hdr = sent_ip4(&w, i, &data);

		ck_assert_uint_eq(hdr.offset, len);
		memcpy(back + len, data, hdr.total_len - IP4_HDR_LEN);
		len += hdr.total_len - IP4_HDR_LEN;
	}
	ck_assert_uint_eq(len, sizeof(back));
	ck_assert_uint_eq(checksum_fold(checksum_add(0, back, len)), 0);
	ck_assert_mem_eq(back + 8, message + 8, 65507);
	world_close(&w);
}
END_TEST

START_TEST(ic_03_a_reply_is_as_long_as_the_packet_says_not_the_frame)
{
	uint8_t frame[200] = { 0 };
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);
	const uint8_t *data;

	open_known();
	memset(frame, 0x77, sizeof(frame));
	put_eth(frame, our_mac, peer_mac, ETH_TYPE_IP4);
	hdr.total_len = IP4_HDR_LEN + 12;
	ip4_hdr_write(frame + ETH_HDR_LEN, &hdr);
	put_icmp(frame + ETH_HDR_LEN + IP4_HDR_LEN, ICMP_ECHO_REQUEST, 0, 1,
	         "text", 4);
	ck_assert_drop(world_rx(&w, frame, sizeof(frame)), DROP_NONE);
	ck_assert_uint_eq(sent_ip4(&w, 0, &data).total_len, 32);
	for (size_t i = ETH_HDR_LEN + 32; i < w.sent[0].len; i++)
		ck_assert_uint_eq(w.sent[0].data[i], 0);
	world_close(&w);
}
END_TEST

START_TEST(ic_01_messages_below_8_octets_are_short)
{
	uint8_t message[8];

	open_known();
	for (unsigned type = 0; type < 256; type++) {
		put_icmp(message, (uint8_t)type, 0, 0, NULL, 0);
		for (size_t len = 0; len < 8; len++)
			ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_ICMP),
			                      message, len),
			               DROP_ICMP_SHORT);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(ic_02_every_single_bit_breaks_the_checksum)
{
	uint8_t message[40];
	const size_t len =
	        put_icmp(message, ICMP_ECHO_REQUEST, 0, 1, pattern(), 32);

	open_known();
	for (size_t bit = 0; bit < 8 * len; bit++) {
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_drop(
		        rx_ip4(&w, ip4_to_us(IP_PROTO_ICMP), message, len),
		        DROP_ICMP_CHECKSUM);
		message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_drop(rx_ip4(&w, ip4_to_us(IP_PROTO_ICMP), message, len),
	               DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(ic_05_smurf_is_not_answered)
{
	const struct tarn_ip all[] = { tarn_ip4(255, 255, 255, 255),
		                       tarn_ip4(10, 9, 0, 255) };
	uint8_t message[8];

	open_known();
	put_icmp(message, ICMP_ECHO_REQUEST, 0, 1, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct ip4_hdr hdr = ip4_to_us(IP_PROTO_ICMP);

		hdr.dst = all[i];
		ck_assert_drop(rx_ip4(&w, hdr, message, 8),
		               DROP_ICMP_BROADCAST);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

START_TEST(ic_06_redirects_and_ic_08_source_quench_are_ignored)
{
	uint8_t quote[28]  = { 0 };
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_TCP);

	open_known();
	hdr.src       = US_IP;
	hdr.dst       = FAR_IP;
	hdr.total_len = 40;
	ip4_hdr_write(quote, &hdr);
	for (uint8_t code = 0; code < 4; code++)
		ck_assert_drop(rx_icmp(&w, ICMP_REDIRECT, code, 0x0a090063,
		                       quote, sizeof(quote)),
		               DROP_ICMP_REDIRECT);
	ck_assert_drop(
	        rx_icmp(&w, ICMP_SOURCE_QUENCH, 0, 0, quote, sizeof(quote)),
	        DROP_ICMP_SOURCE_QUENCH);
	ck_assert_int_eq(w.rx.kind, NET_RX_NOTHING);
	ck_assert_drop(send_to(&w, FAR_IP, 10), DROP_NONE);
	ck_assert_uint_eq(sent_arp(&w, 0).target_ip.octet[3], 254);
	world_close(&w);
}
END_TEST

START_TEST(ic_07_other_types_are_ignored_and_never_answered)
{
	open_known();
	for (unsigned type = 0; type < 256; type++) {
		if (type == ICMP_ECHO_REPLY || type == ICMP_ECHO_REQUEST ||
		    icmp_is_error((uint8_t)type))
			continue;
		ck_assert_drop(rx_icmp(&w, (uint8_t)type, 0, 0, pattern(), 20),
		               DROP_ICMP_TYPE);
	}
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/icmp");
	TCase *t = tcase_create("echo");

	tcase_add_test(t, an_echo_request_gets_its_octets_back);
	tcase_add_test(t, a_reply_repeats_the_ds_field_without_ecn);
	tcase_add_test(t, ic_03_the_largest_ping_is_answered_whole);
	tcase_add_test(
	        t, ic_03_a_reply_is_as_long_as_the_packet_says_not_the_frame);
	tcase_add_test(t, ic_05_smurf_is_not_answered);
	suite_add_tcase(s, t);
	t = tcase_create("icmp_input");
	tcase_add_test(t, ic_01_messages_below_8_octets_are_short);
	tcase_add_test(t, ic_02_every_single_bit_breaks_the_checksum);
	tcase_add_test(t, ic_06_redirects_and_ic_08_source_quench_are_ignored);
	tcase_add_test(t, ic_07_other_types_are_ignored_and_never_answered);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
