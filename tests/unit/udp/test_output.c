/* SPDX-License-Identifier: MIT */
/* test_output.c - datagrams out */
#include "tests/unit/udp/sockets.h"

static ssize_t send_text(struct udp_pcb *pcb, const char *text,
                         struct tarn_addr peer)
{
	return udp_send(udp, pcb, text, strlen(text), &peer);
}

/* RFC1122-2 */
START_TEST(a_datagram_has_ports_length_and_checksum)
{
	const struct tarn_ip us = US_IP, peer = PEER_IP;
	struct udp_pcb *pcb;
	const uint8_t *data;
	struct ip4_hdr hdr;
	struct udp_hdr sent;

	open_udp();
	pcb      = bound(any(7));
	pcb->ttl = 5;
	pcb->tos = 0x10;
	ck_assert_int_eq(send_text(pcb, "hello", at(PEER_IP, 9)), 5);
	hdr = sent_ip4(&w, 0, &data);
	ck_assert_uint_eq(hdr.ttl, 5);
	ck_assert_uint_eq(hdr.tos, 0x10);
	ck_assert(!hdr.dont_fragment);
	ck_assert_int_eq(udp_hdr_read(data, 13, &sent), 5);
	ck_assert_uint_eq(sent.src_port, 7);
	ck_assert_uint_eq(sent.dst_port, 9);
	ck_assert_uint_ne(sent.checksum, 0);
	ck_assert_uint_eq(checksum_fold(checksum_add(
	                          ip4_pseudo_sum(&us, &peer, IP_PROTO_UDP, 13),
	                          data, 13)),
	                  0);
	ck_assert_mem_eq(data + 8, "hello", 5);
	ck_assert_uint_eq(w.sent[0].note.why, WHY_UDP_DATAGRAM);
	close_udp();
}
END_TEST

START_TEST(a_sum_of_0_is_sent_as_ffff)
{
	const uint8_t *data;
	struct udp_pcb *pcb;
	uint8_t payload[2];

	open_udp();
	pcb = bound(any(7));
	for (unsigned value = 0; value < 0x10000; value++) {
		const struct tarn_addr peer = at(PEER_IP, 9);

		w.sent_count = 0;
		put_be16(payload, (uint16_t)value);
		(void)udp_send(udp, pcb, payload, 2, &peer);
		data = w.sent[0].data + ETH_HDR_LEN + IP4_HDR_LEN;
		if (get_be16(data + 6) == 0)
			ck_abort_msg("no checksum for %04x", value);
	}
	close_udp();
}
END_TEST

START_TEST(an_unbound_pcb_is_bound_by_sending)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb = udp_open(udp);
	ck_assert_int_eq(send_text(pcb, "hello", at(PEER_IP, 9)), 5);
	ck_assert_uint_ge(pcb->local.port, 32768);
	ck_assert_drop(
	        rx_udp(at(PEER_IP, 9), at(US_IP, pcb->local.port), "hello", 5),
	        DROP_NONE);
	close_udp();
}
END_TEST

START_TEST(a_connected_pcb_sends_to_its_peer_or_to_another)
{
	const struct tarn_ip peer = PEER_IP, far = FAR_IP;
	const uint8_t *data;
	struct udp_pcb *pcb;
	struct ip4_hdr hdr;

	open_udp();
	pcb = connected(7, at(PEER_IP, 9));
	ck_assert_int_eq(udp_send(udp, pcb, "hello", 5, NULL), 5);
	hdr = sent_ip4(&w, 0, &data);
	ck_assert(ip_equal(&hdr.dst, &peer));
	ck_assert_int_eq(send_text(pcb, "hello", at(FAR_IP, 9)), 5);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, GATEWAY_IP, gateway_mac, US_IP),
	               DROP_NONE);
	hdr = sent_ip4(&w, w.sent_count - 1, &data);
	ck_assert(ip_equal(&hdr.dst, &far));
	close_udp();
}
END_TEST

START_TEST(destinations_that_are_refused)
{
	const struct {
		struct tarn_addr peer;
		int expected;
	} rows[] = {
		{ at(PEER_IP, 0), -EINVAL },
		{ at(tarn_ip4(224, 0, 0, 1), 5), -ENETUNREACH },
		{ at(US_IP, 5), -ENETUNREACH },
		{ at(tarn_ip4(0, 0, 0, 0), 5), -ENETUNREACH },
		{ at(tarn_ip4(255, 255, 255, 255), 5), -EACCES },
		{ at(tarn_ip4(10, 9, 0, 255), 5), -EACCES },
	};
	struct udp_pcb *pcb;

	open_udp();
	pcb = udp_open(udp);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_int_eq(send_text(pcb, "hello", rows[i].peer),
		                 rows[i].expected);
	ck_assert_int_eq(udp_send(udp, pcb, "hello", 5, NULL), -EDESTADDRREQ);
	ck_assert_uint_eq(pcb->local.port, 0);
	ck_assert_uint_eq(w.sent_count, 0);
	close_udp();
}
END_TEST

START_TEST(broadcast_with_leave_goes_to_all)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb            = bound(any(7));
	pcb->broadcast = true;
	ck_assert_int_eq(
	        send_text(pcb, "hello", at(tarn_ip4(255, 255, 255, 255), 9)),
	        5);
	ck_assert_int_eq(
	        send_text(pcb, "hello", at(tarn_ip4(10, 9, 0, 255), 9)), 5);
	ck_assert(sent_to(&w, 0, eth_broadcast));
	ck_assert(sent_to(&w, 1, eth_broadcast));
	close_udp();
}
END_TEST

START_TEST(sizes_up_to_65507)
{
	const struct tarn_addr peer = at(PEER_IP, 9);
	struct udp_pcb *pcb;

	open_udp();
	pcb = bound(any(7));
	ck_assert_int_eq(udp_send(udp, pcb, pattern(), 65508, &peer),
	                 -EMSGSIZE);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_int_eq(udp_send(udp, pcb, pattern(), 65507, &peer), 65507);
	ck_assert_uint_eq(w.sent_count, 45);
	ck_assert_int_eq(udp_send(udp, pcb, NULL, 0, &peer), 0);
	ck_assert_uint_eq(w.sent_count, 46);
	close_udp();
}
END_TEST

START_TEST(a_pending_error_comes_first_and_once)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb = connected(7, at(PEER_IP, 9));
	udp_set_error(udp, pcb, ECONNREFUSED);
	ck_assert_int_eq(udp_send(udp, pcb, "hello", 5, NULL), -ECONNREFUSED);
	ck_assert_int_eq(udp_send(udp, pcb, "hello", 5, NULL), 5);
	close_udp();
}
END_TEST

START_TEST(what_the_lower_layers_say)
{
	struct udp_pcb *pcb;

	open_udp();
	pcb              = bound(any(7));
	w.transmit_error = -EAGAIN;
	ck_assert_int_eq(send_text(pcb, "hello", at(PEER_IP, 9)), -ENOBUFS);
	w.transmit_error = 0;
	ck_assert_int_eq(send_text(pcb, "hello", at(FAR_IP, 9)), 5);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert_int_eq(send_text(pcb, "hello", at(FAR_IP, 9)), -EHOSTUNREACH);
	(void)rx_arp(&w, ARP_REQUEST, US_IP, other_mac, PEER_IP);
	(void)rx_arp(&w, ARP_REQUEST, US_IP, other_mac, PEER_IP);
	ck_assert_int_eq(send_text(pcb, "hello", at(PEER_IP, 9)),
	                 -EADDRNOTAVAIL);
	close_udp();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("udp/output");
	TCase *t = tcase_create("udp_send");

	tcase_add_test(t, a_datagram_has_ports_length_and_checksum);
	tcase_add_test(t, a_sum_of_0_is_sent_as_ffff);
	tcase_add_test(t, an_unbound_pcb_is_bound_by_sending);
	tcase_add_test(t, a_connected_pcb_sends_to_its_peer_or_to_another);
	tcase_add_test(t, destinations_that_are_refused);
	tcase_add_test(t, broadcast_with_leave_goes_to_all);
	tcase_add_test(t, sizes_up_to_65507);
	tcase_add_test(t, a_pending_error_comes_first_and_once);
	tcase_add_test(t, what_the_lower_layers_say);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
