/* SPDX-License-Identifier: MIT */
/* test_input.c - datagrams and errors in; rows UD-01 to UD-03 of hostile input */
#include "tests/unit/udp/sockets.h"

#define PEER at(PEER_IP, 5)
#define US   at(US_IP, 7)

static const struct tarn_ip everybody[] = {
	{ TARN_IP4, { 255, 255, 255, 255 } },
	{ TARN_IP4, { 10, 9, 0, 255 } },
};

static const struct {
	uint8_t type, code;
	int error;
} icmp_rows[] = {
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_NET, ENETUNREACH },
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_HOST, EHOSTUNREACH },
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_PROTOCOL, ENOPROTOOPT },
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_PORT, ECONNREFUSED },
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_TOO_BIG, EMSGSIZE },
	{ ICMP_UNREACHABLE, ICMP_UNREACHABLE_SOURCE_ROUTE, EOPNOTSUPP },
	{ ICMP_UNREACHABLE, 13, EHOSTUNREACH },
	{ ICMP_UNREACHABLE, 255, EHOSTUNREACH },
	{ ICMP_TIME_EXCEEDED, 0, EHOSTUNREACH },
	{ ICMP_PARAMETER_PROBLEM, 0, EPROTO },
};

START_TEST(boundaries_are_kept)
{
	struct udp_from from;
	const struct tarn_ip peer = PEER_IP;
	struct udp_pcb *pcb;
	char text[64];

	open_udp();
	pcb = bound(any(7));
	ck_assert_drop(rx_udp(PEER, US, "one", 3), DROP_NONE);
	ck_assert_drop(rx_udp(PEER, US, "", 0), DROP_NONE);
	ck_assert_drop(rx_udp(PEER, US, "three", 5), DROP_NONE);
	ck_assert_int_eq(receive(pcb, text, &from), 3);
	ck_assert_str_eq(text, "one");
	ck_assert(ip_equal(&from.peer.ip, &peer));
	ck_assert_uint_eq(from.peer.port, 5);
	ck_assert_uint_eq(from.len, 3);
	ck_assert_int_eq(receive(pcb, text, NULL), 0);
	ck_assert_int_eq(receive(pcb, text, NULL), 5);
	ck_assert_int_eq(receive(pcb, text, NULL), -EAGAIN);
	close_udp();
}
END_TEST

START_TEST(ud_01_lengths_that_lie)
{
	uint8_t datagram[16];
	struct udp_pcb *pcb;
	char text[64];

	open_udp();
	pcb = bound(any(7));
	for (size_t len = 0; len < UDP_HDR_LEN; len++) {
		put_udp(datagram, PEER, US, "8 octets", 8);
		ck_assert_drop(rx_raw(PEER_IP, US_IP, datagram, len),
		               DROP_UDP_SHORT);
	}
	for (unsigned length = 0; length < 0x10000; length += 1) {
		if (length >= 8 && length <= 16)
			continue;
		w.is_flood = length > 40; /* the first ones at a guard page */
		put_udp(datagram, PEER, US, "8 octets", 8);
		put_be16(datagram + 4, (uint16_t)length);
		if (rx_raw(PEER_IP, US_IP, datagram, 16) != DROP_UDP_LENGTH)
			ck_abort_msg("length %u", length);
	}
	/* a shorter length than the packet's cuts it */
	put_udp(datagram, PEER, US, "8 oc", 4);
	memcpy(datagram + 12, "tets", 4);
	ck_assert_drop(rx_raw(PEER_IP, US_IP, datagram, 16), DROP_NONE);
	ck_assert_int_eq(receive(pcb, text, NULL), 4);
	ck_assert_str_eq(text, "8 oc");
	close_udp();
}
END_TEST

/* RFC1122-2 */
START_TEST(ud_02_every_single_bit_breaks_the_checksum)
{
	uint8_t datagram[20];
	const size_t len = put_udp(datagram, PEER, US, "some octets!", 12);

	open_udp();
	(void)bound(any(7));
	for (size_t bit = 0; bit < 8 * len; bit++) {
		enum drop drop;

		if (bit / 16 == 2)
			continue; /* the length: another reason */
		datagram[bit / 8] ^= (uint8_t)(1 << bit % 8);
		drop = rx_raw(PEER_IP, US_IP, datagram, len);
		ck_assert_drop(drop, DROP_UDP_CHECKSUM);
		datagram[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	ck_assert_drop(rx_raw(PEER_IP, US_IP, datagram, len), DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(ud_02_the_pseudo_header_is_covered)
{
	uint8_t datagram[20];
	const size_t len = put_udp(datagram, PEER, US, "some octets!", 12);

	open_udp();
	(void)bound(any(7));
	ck_assert_drop(rx_raw(tarn_ip4(10, 9, 0, 9), US_IP, datagram, len),
	               DROP_UDP_CHECKSUM);
	close_udp();
}
END_TEST

/* RFC1122-2 */
START_TEST(ud_02_no_checksum_is_accepted)
{
	uint8_t datagram[20];
	const size_t len = put_udp(datagram, PEER, US, "some octets!", 12);

	open_udp();
	(void)bound(any(7));
	put_be16(datagram + 6, 0);
	ck_assert_drop(rx_raw(PEER_IP, US_IP, datagram, len), DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(a_sum_left_to_the_network_card_has_its_own_name)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;
	uint8_t datagram[20];
	const size_t len      = put_udp(datagram, PEER, US, "some octets!", 12);
	const uint16_t pseudo = (uint16_t)~checksum_fold(
	        ip4_pseudo_sum(&peer, &us, IP_PROTO_UDP, len));

	open_udp();
	(void)bound(any(7));
	put_be16(datagram + 6, pseudo);
	ck_assert_drop(rx_raw(PEER_IP, US_IP, datagram, len),
	               DROP_UDP_CHECKSUM_PARTIAL);
	close_udp();
}
END_TEST

START_TEST(a_closed_port_is_answered_with_port_unreachable)
{
	const uint8_t *data;
	struct ip4_hdr hdr;

	open_udp();
	ck_assert_drop(rx_udp(PEER, US, "text", 4), DROP_UDP_PORT);
	ck_assert_uint_eq(w.sent_count, 1);
	hdr = sent_ip4(&w, 0, &data);
	ck_assert_uint_eq(hdr.proto, IP_PROTO_ICMP);
	ck_assert_uint_eq(data[0], ICMP_UNREACHABLE);
	ck_assert_uint_eq(data[1], ICMP_UNREACHABLE_PORT);
	ck_assert_mem_eq(data + 8, w.rx.packet, 32);
	close_udp();
}
END_TEST

START_TEST(a_broadcast_to_a_closed_port_is_not_answered)
{
	open_udp();
	for (size_t i = 0; i < ARRAY_LEN(everybody); i++)
		ck_assert_drop(rx_udp(PEER, at(everybody[i], 7), "text", 4),
		               DROP_UDP_PORT);
	ck_assert_uint_eq(w.sent_count, 0);
	close_udp();
}
END_TEST

START_TEST(ud_03_port_0_gets_no_answer_and_our_own_address_is_a_martian)
{
	open_udp();
	ck_assert_drop(rx_udp(at(PEER_IP, 0), US, "text", 4), DROP_UDP_PORT);
	ck_assert_drop(rx_udp(PEER, at(US_IP, 0), "text", 4), DROP_UDP_PORT);
	(void)bound(any(7));
	ck_assert_drop(rx_udp(US, US, "text", 4), DROP_IP4_MARTIAN);
	ck_assert_drop(rx_udp(at(PEER_IP, 0), US, "text", 4), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 0);
	close_udp();
}
END_TEST

START_TEST(a_broadcast_goes_to_all_who_listen_to_any)
{
	struct tarn_addr local = any(7);
	struct udp_pcb *first, *second, *named;
	char text[64];

	open_udp();
	first         = udp_open(udp);
	second        = udp_open(udp);
	named         = udp_open(udp);
	first->reuse  = true;
	second->reuse = true;
	named->reuse  = true;
	ck_assert_int_eq(udp_bind(udp, first, &local), 0);
	ck_assert_int_eq(udp_bind(udp, second, &local), 0);
	local.ip = US_IP;
	ck_assert_int_eq(udp_bind(udp, named, &local), 0);
	for (size_t i = 0; i < ARRAY_LEN(everybody); i++) {
		ck_assert_drop(rx_udp(PEER, at(everybody[i], 7), "text", 4),
		               DROP_NONE);
		ck_assert_int_eq(receive(first, text, NULL), 4);
		ck_assert_int_eq(receive(second, text, NULL), 4);
		ck_assert_int_eq(receive(named, text, NULL), -EAGAIN);
	}
	close_udp();
}
END_TEST

START_TEST(a_broadcast_that_one_of_two_can_take_is_taken)
{
	struct tarn_addr local = any(7);
	struct udp_pcb *pcbs[2];

	open_udp();
	for (int i = 0; i < 2; i++) {
		pcbs[i]        = udp_open(udp);
		pcbs[i]->reuse = true;
		ck_assert_int_eq(udp_bind(udp, pcbs[i], &local), 0);
	}
	for (int i = 0; i < 2; i++) {
		pcbs[i]->queue_bytes_max = 0;
		ck_assert_drop(rx_udp(PEER, at(everybody[0], 7), "text", 4),
		               i == 0 ? DROP_NONE : DROP_UDP_QUEUE_FULL);
		pcbs[1]->queue_bytes_max = 0;
	}
	pcbs[0]->queue_bytes_max = 4096;
	ck_assert_drop(rx_udp(PEER, at(everybody[0], 7), "text", 4), DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(a_quote_without_ports_concerns_nobody)
{
	static const uint8_t ports[8] = { 0, 7, 0, 5 };
	struct net_rx rx              = { .kind  = NET_RX_ERROR,
		                          .src   = US_IP,
		                          .dst   = PEER_IP,
		                          .proto = IP_PROTO_UDP,
		                          .data  = ports,
		                          .icmp  = { .type = ICMP_UNREACHABLE } };

	open_udp();
	(void)connected(7, PEER);
	rx.len = 7;
	ck_assert_drop(udp_icmp_error(udp, &rx), DROP_ICMP_QUOTE);
	rx.len = 8;
	ck_assert_drop(udp_icmp_error(udp, &rx), DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(ports_of_one_bucket_are_told_apart)
{
	open_udp();
	(void)bound(any(7));
	ck_assert_drop(rx_udp(PEER, at(US_IP, 7 + UDP_BUCKET_COUNT), "text", 4),
	               DROP_UDP_PORT);
	ck_assert_drop(rx_udp(PEER,
	                      at(tarn_ip4(10, 9, 0, 255), 7 + UDP_BUCKET_COUNT),
	                      "text", 4),
	               DROP_UDP_PORT);
	close_udp();
}
END_TEST

/* RFC1122-1 */
START_TEST(a_connected_pcb_learns_of_icmp_errors)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb = connected(7, PEER);
	for (size_t i = 0; i < ARRAY_LEN(icmp_rows); i++) {
		ck_assert_drop(rx_error(icmp_rows[i].type, icmp_rows[i].code,
		                        US, PEER),
		               DROP_NONE);
		ck_assert_ptr_eq(udp_take_ready(udp), pcb);
		ck_assert_int_eq(udp_take_error(pcb), icmp_rows[i].error);
	}
	close_udp();
}
END_TEST

START_TEST(icmp_errors_about_others_are_nobodys)
{
	struct udp_pcb *pcb, *open;

	open_udp();
	pcb  = connected(7, PEER);
	open = bound(any(8));
	ck_assert_drop(rx_error(3, 3, US, at(PEER_IP, 6)), DROP_ICMP_NO_USER);
	ck_assert_drop(rx_error(3, 3, US, at(FAR_IP, 5)), DROP_ICMP_NO_USER);
	ck_assert_drop(rx_error(3, 3, at(US_IP, 9), PEER), DROP_ICMP_NO_USER);
	ck_assert_drop(rx_error(3, 3, at(US_IP, 8), PEER), DROP_ICMP_NO_USER);
	ck_assert_int_eq(pcb->error, 0);
	ck_assert_int_eq(open->error, 0);
	ck_assert_ptr_null(udp_take_ready(udp));
	close_udp();
}
END_TEST

START_TEST(a_silent_neighbour_is_told_to_who_is_connected_to_it)
{
	const struct tarn_ip peer = PEER_IP;
	struct udp_pcb *pcb, *other, *open;

	open_udp();
	pcb   = connected(7, PEER);
	other = connected(8, at(FAR_IP, 5));
	open  = bound(any(9));
	udp_unreached(udp, &peer);
	ck_assert_int_eq(pcb->error, EHOSTUNREACH);
	ck_assert_int_eq(other->error, 0);
	ck_assert_int_eq(open->error, 0);
	close_udp();
}
END_TEST

START_TEST(a_fragmented_datagram_arrives_whole)
{
	static uint8_t datagram[8 + 20000], back[20000];
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);
	const size_t len   = put_udp(datagram, PEER, US, pattern(), 20000);
	enum drop drop     = DROP_NONE;
	struct udp_pcb *pcb;

	open_udp();
	pcb = bound(any(7));
	for (size_t start = 0; start < len; start += 1480) {
		const size_t n = MIN(len - start, 1480u);

		hdr.offset         = (uint16_t)start;
		hdr.more_fragments = start + n < len;
		drop = dispatch(rx_ip4(&w, hdr, datagram + start, n));
	}
	ck_assert_drop(drop, DROP_NONE);
	ck_assert_int_eq(udp_recv(udp, pcb, back, sizeof(back), false, NULL),
	                 20000);
	ck_assert_mem_eq(back, pattern(), 20000);
	close_udp();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("udp/input");
	TCase *t = tcase_create("udp_input");

	tcase_add_test(t, boundaries_are_kept);
	tcase_add_test(t, a_fragmented_datagram_arrives_whole);
	tcase_add_test(t, ud_01_lengths_that_lie);
	tcase_add_test(t, ud_02_every_single_bit_breaks_the_checksum);
	tcase_add_test(t, ud_02_the_pseudo_header_is_covered);
	tcase_add_test(t, ud_02_no_checksum_is_accepted);
	tcase_add_test(t, a_sum_left_to_the_network_card_has_its_own_name);
	tcase_add_test(t, a_closed_port_is_answered_with_port_unreachable);
	tcase_add_test(t, a_broadcast_to_a_closed_port_is_not_answered);
	tcase_add_test(
	        t,
	        ud_03_port_0_gets_no_answer_and_our_own_address_is_a_martian);
	tcase_add_test(t, ports_of_one_bucket_are_told_apart);
	tcase_add_test(t, a_broadcast_that_one_of_two_can_take_is_taken);
	tcase_add_test(t, a_broadcast_goes_to_all_who_listen_to_any);
	suite_add_tcase(s, t);
	t = tcase_create("errors");
	tcase_add_test(t, a_quote_without_ports_concerns_nobody);
	tcase_add_test(t, a_connected_pcb_learns_of_icmp_errors);
	tcase_add_test(t, icmp_errors_about_others_are_nobodys);
	tcase_add_test(t, a_silent_neighbour_is_told_to_who_is_connected_to_it);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
