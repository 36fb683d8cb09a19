/* SPDX-License-Identifier: MIT */
/* test_ping.c - echo requests of our own; row IC-04 of hostile input */
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

static int ping(struct tarn_ip peer, uint16_t seq, size_t len)
{
	return net_ping(w.net, &peer, seq, pattern(), len);
}

static uint32_t word(uint16_t seq)
{
	return (uint32_t)w.net->ping.id << 16 | seq;
}

static enum drop answer(uint16_t seq, size_t len)
{
	return rx_icmp(&w, ICMP_ECHO_REPLY, 0, word(seq), pattern(), len);
}

START_TEST(a_request_carries_identifier_sequence_and_octets)
{
	const uint8_t *data;
	struct icmp_hdr icmp;

	open_known();
	ck_assert_int_eq(ping(PEER_IP, 9, 56), 0);
	ck_assert_uint_eq(sent_ip4(&w, 0, &data).total_len, 84);
	ck_assert_int_eq(icmp_hdr_read(data, 64, &icmp), 56);
	ck_assert_uint_eq(icmp.type, ICMP_ECHO_REQUEST);
	ck_assert_uint_eq(icmp.word, word(9));
	ck_assert_mem_eq(data + 8, pattern(), 56);
	ck_assert_uint_eq(checksum_fold(checksum_add(0, data, 64)), 0);
	ck_assert_uint_eq(w.sent[0].note.why, WHY_ECHO_REQUEST);
	world_close(&w);
}
END_TEST

START_TEST(an_answer_is_told_once)
{
	const struct tarn_ip peer = PEER_IP;
	struct tarn_ping_reply reply;

	open_known();
	ck_assert_int_eq(net_ping_reply(w.net, &reply), 0);
	ck_assert_int_eq(ping(PEER_IP, 9, 56), 0);
	world_run(&w, 5 * USEC_PER_MSEC);
	ck_assert_drop(answer(9, 56), DROP_NONE);
	ck_assert_drop(answer(9, 56), DROP_ICMP_UNSOLICITED);
	ck_assert_int_eq(net_ping_reply(w.net, &reply), 1);
	ck_assert(ip_equal(&reply.from, &peer));
	ck_assert_uint_eq(reply.seq, 9);
	ck_assert_uint_eq(reply.len, 56);
	ck_assert_uint_eq(reply.ttl, 64);
	ck_assert_uint_eq(reply.icmp_type, 0);
	ck_assert_uint_eq(reply.at_us, w.env.now_us);
	ck_assert_int_eq(net_ping_reply(w.net, &reply), 0);
	world_close(&w);
}
END_TEST

START_TEST(ic_04_answers_that_nobody_asked_for)
{
	struct ip4_hdr other = ip4_to_us(IP_PROTO_ICMP);
	uint8_t message[16];

	open_known();
	ck_assert_drop(answer(9, 8), DROP_ICMP_UNSOLICITED);
	ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REPLY, 0, 0, NULL, 0),
	               DROP_ICMP_UNSOLICITED);
	ck_assert_int_eq(ping(PEER_IP, 9, 8), 0);
	/* another sequence number, identifier, host */
	ck_assert_drop(answer(10, 8), DROP_ICMP_UNSOLICITED);
	ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REPLY, 0, word(9) ^ 0x10000,
	                       pattern(), 8),
	               DROP_ICMP_UNSOLICITED);
	put_icmp(message, ICMP_ECHO_REPLY, 0, word(9), pattern(), 8);
	other.src = tarn_ip4(10, 9, 0, 77);
	ck_assert_drop(rx_ip4(&w, other, message, 16), DROP_ICMP_UNSOLICITED);
	ck_assert_drop(answer(9, 8), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(ic_04_every_total_length_of_an_answer)
{
	uint8_t message[8];

	open_known();
	for (size_t len = 0; len <= 8; len++) {
		ck_assert_int_eq(ping(PEER_IP, (uint16_t)len, 0), 0);
		put_icmp(message, ICMP_ECHO_REPLY, 0, word((uint16_t)len), NULL,
		         0);
		ck_assert_drop(
		        rx_ip4(&w, ip4_to_us(IP_PROTO_ICMP), message, len),
		        len < 8 ? DROP_ICMP_SHORT : DROP_NONE);
	}
	world_close(&w);
}
END_TEST

START_TEST(an_error_instead_of_an_answer)
{
	const struct tarn_ip router = PEER_IP;
	struct tarn_ping_reply reply;
	uint8_t quote[28];
	struct ip4_hdr hdr = { .proto     = IP_PROTO_ICMP,
		               .src       = US_IP,
		               .dst       = FAR_IP,
		               .ttl       = 1,
		               .total_len = 84 };

	open_known();
	ck_assert_int_eq(ping(FAR_IP, 3, 56), 0);
	ip4_hdr_write(quote, &hdr);
	put_icmp(quote + 20, ICMP_ECHO_REQUEST, 0, word(4), NULL, 0);
	ck_assert_drop(rx_icmp(&w, ICMP_TIME_EXCEEDED, 0, 0, quote, 28),
	               DROP_ICMP_UNSOLICITED);
	put_icmp(quote + 20, ICMP_ECHO_REQUEST, 0, word(3), NULL, 0);
	ck_assert_drop(rx_icmp(&w, ICMP_TIME_EXCEEDED, 0, 0, quote, 28),
	               DROP_NONE);
	ck_assert_int_eq(w.rx.kind, NET_RX_NOTHING);
	ck_assert_int_eq(net_ping_reply(w.net, &reply), 1);
	ck_assert_uint_eq(reply.icmp_type, ICMP_TIME_EXCEEDED);
	ck_assert_uint_eq(reply.seq, 3);
	ck_assert(ip_equal(&reply.from, &router));
	world_close(&w);
}
END_TEST

START_TEST(sizes_up_to_65507_and_destinations)
{
	open_known();
	ck_assert_int_eq(ping(PEER_IP, 1, 65508), -EMSGSIZE);
	ck_assert_int_eq(ping(tarn_ip4(10, 9, 0, 255), 1, 8), -EACCES);
	ck_assert_int_eq(ping(tarn_ip4(224, 0, 0, 1), 1, 8), -ENETUNREACH);
	ck_assert_int_eq(ping(US_IP, 1, 8), -ENETUNREACH);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_int_eq(ping(PEER_IP, 1, 65507), 0);
	ck_assert_uint_eq(w.sent_count, 45);
	world_close(&w);
}
END_TEST

START_TEST(the_largest_ping_survives_an_unknown_neighbour)
{
	world_open(&w);
	ck_assert_int_eq(ping(PEER_IP, 1, 65507), 0);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1 + 45);
	world_close(&w);
}
END_TEST

START_TEST(a_silent_neighbour_is_an_error)
{
	world_open(&w);
	ck_assert_int_eq(ping(PEER_IP, 1, 8), 0);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert_int_eq(ping(PEER_IP, 2, 8), -EHOSTUNREACH);
	ck_assert_drop(answer(2, 8), DROP_ICMP_UNSOLICITED);
	world_close(&w);
}
END_TEST

START_TEST(of_unanswered_requests_the_oldest_is_forgotten)
{
	open_known();
	for (uint16_t seq = 0; seq <= PING_REQUESTS_MAX; seq++)
		ck_assert_int_eq(ping(PEER_IP, seq, 8), 0);
	ck_assert_drop(answer(0, 8), DROP_ICMP_UNSOLICITED);
	ck_assert_drop(answer(1, 8), DROP_NONE);
	ck_assert_drop(answer(PING_REQUESTS_MAX, 8), DROP_NONE);
	world_close(&w);
}
END_TEST

START_TEST(of_answers_not_taken_the_newest_is_dropped)
{
	struct tarn_ping_reply reply;

	open_known();
	for (uint16_t seq = 0; seq < 2 * PING_REPLIES_MAX; seq++) {
		ck_assert_int_eq(ping(PEER_IP, seq, 8), 0);
		ck_assert_drop(answer(seq, 8), seq < PING_REPLIES_MAX
		                                       ? DROP_NONE
		                                       : DROP_ICMP_PING_FULL);
	}
	for (uint16_t seq = 0; seq < PING_REPLIES_MAX; seq++) {
		ck_assert_int_eq(net_ping_reply(w.net, &reply), 1);
		ck_assert_uint_eq(reply.seq, seq);
	}
	ck_assert_int_eq(net_ping_reply(w.net, &reply), 0);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/ping");
	TCase *t = tcase_create("ping");

	tcase_add_test(t, a_request_carries_identifier_sequence_and_octets);
	tcase_add_test(t, an_answer_is_told_once);
	tcase_add_test(t, ic_04_answers_that_nobody_asked_for);
	tcase_add_test(t, ic_04_every_total_length_of_an_answer);
	tcase_add_test(t, an_error_instead_of_an_answer);
	tcase_add_test(t, sizes_up_to_65507_and_destinations);
	tcase_add_test(t, the_largest_ping_survives_an_unknown_neighbour);
	tcase_add_test(t, a_silent_neighbour_is_an_error);
	tcase_add_test(t, of_unanswered_requests_the_oldest_is_forgotten);
	tcase_add_test(t, of_answers_not_taken_the_newest_is_dropped);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
