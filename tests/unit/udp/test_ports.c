/* SPDX-License-Identifier: MIT */
/* test_ports.c - bind, connect, and who is meant */
#include "base/limits.h"
#include "tests/unit/udp/sockets.h"

static int try_bind(struct tarn_addr local, bool reuse)
{
	struct udp_pcb *pcb = udp_open(udp);

	pcb->reuse = reuse;
	return udp_bind(udp, pcb, &local);
}

START_TEST(one_claim_on_a_port_excludes_the_next)
{
	open_udp();
	ck_assert_int_eq(try_bind(any(7), false), 0);
	ck_assert_int_eq(try_bind(any(7), false), -EADDRINUSE);
	ck_assert_int_eq(try_bind(at(US_IP, 7), false), -EADDRINUSE);
	ck_assert_int_eq(try_bind(any(7), true), -EADDRINUSE);
	ck_assert_int_eq(try_bind(any(8), false), 0);
	ck_assert_int_eq(try_bind(at(US_IP, 9), false), 0);
	ck_assert_int_eq(try_bind(at(US_IP, 9), false), -EADDRINUSE);
	ck_assert_int_eq(try_bind(any(9), false), -EADDRINUSE);
	ck_assert_int_eq(try_bind(any(7 + UDP_BUCKET_COUNT), false), 0);
	close_udp();
}
END_TEST

START_TEST(two_that_both_reuse_share_and_the_newer_takes)
{
	struct tarn_addr local = any(7);
	struct udp_pcb *old, *new;
	char text[64];

	open_udp();
	old        = udp_open(udp);
	new        = udp_open(udp);
	old->reuse = true;
	new->reuse = true;
	ck_assert_int_eq(udp_bind(udp, old, &local), 0);
	ck_assert_int_eq(udp_bind(udp, new, &local), 0);
	(void)rx_udp(at(PEER_IP, 5), at(US_IP, 7), "text", 4);
	ck_assert_int_eq(receive(old, text, NULL), -EAGAIN);
	ck_assert_int_eq(receive(new, text, NULL), 4);
	close_udp();
}
END_TEST

START_TEST(addresses_that_are_not_ours)
{
	open_udp();
	ck_assert_int_eq(try_bind(at(PEER_IP, 7), false), -EADDRNOTAVAIL);
	ck_assert_int_eq(try_bind(at(tarn_ip4(127, 0, 0, 1), 7), false),
	                 -EADDRNOTAVAIL);
	close_udp();
}
END_TEST

START_TEST(a_bound_pcb_cannot_be_bound_again)
{
	struct tarn_addr other = any(8);

	open_udp();
	ck_assert_int_eq(udp_bind(udp, bound(any(7)), &other), -EINVAL);
	close_udp();
}
END_TEST

START_TEST(port_0_means_a_free_one_in_the_ephemeral_range)
{
	open_udp();
	for (int i = 0; i < 2000; i++) {
		const struct udp_pcb *pcb = bound(any(0));

		ck_assert_uint_ge(pcb->local.port, TCP_EPHEMERAL_MIN);
		ck_assert_uint_le(pcb->local.port, TCP_EPHEMERAL_MAX);
	}
	close_udp();
}
END_TEST

START_TEST(rn_02_ephemeral_ports_cannot_be_guessed)
{
	uint16_t last        = 0;
	unsigned steps_small = 0, upper_half = 0;

	open_udp();
	for (int i = 0; i < 2000; i++) {
		const uint16_t port = bound(any(0))->local.port;

		steps_small += abs(port - last) < 100;
		upper_half +=
		        port >= (TCP_EPHEMERAL_MIN + TCP_EPHEMERAL_MAX) / 2;
		last = port;
	}
	ck_assert_uint_lt(steps_small, 40);
	ck_assert_uint_gt(upper_half, 850);
	ck_assert_uint_lt(upper_half, 1150);
	close_udp();
}
END_TEST

START_TEST(the_last_free_port_is_found_and_then_none)
{
	const uint16_t hole          = 45678;
	const struct tarn_addr local = at(US_IP, 0), peer = at(PEER_IP, 5);
	struct udp_pcb *pcb;

	open_udp();
	for (uint32_t port = TCP_EPHEMERAL_MIN; port <= TCP_EPHEMERAL_MAX;
	     port++)
		if (port != hole)
			(void)try_bind(any((uint16_t)port), false);
	ck_assert_uint_eq(bound(any(0))->local.port, hole);
	ck_assert_int_eq(try_bind(any(0), false), -EADDRINUSE);
	pcb = udp_open(udp);
	ck_assert_int_eq(udp_bind(udp, pcb, &local), -EADDRINUSE);
	ck_assert_int_eq(pcb->local.ip.version, TARN_IP_NONE);
	ck_assert_int_eq(udp_connect(udp, pcb, &peer), -EADDRNOTAVAIL);
	ck_assert_int_eq(udp_send(udp, pcb, "hello", 5, &peer), -EADDRNOTAVAIL);
	ck_assert_uint_eq(w.sent_count, 0);
	close_udp();
}
END_TEST

START_TEST(connect_binds_and_names_our_address_and_dissolving_forgets_it)
{
	const struct tarn_ip us     = US_IP;
	struct tarn_addr peer       = at(PEER_IP, 5);
	const struct tarn_addr none = { .port = 0 };
	struct udp_pcb *pcb;

	open_udp();
	pcb = udp_open(udp);
	ck_assert_int_eq(udp_connect(udp, pcb, &peer), 0);
	ck_assert_uint_ne(pcb->local.port, 0);
	ck_assert(ip_equal(&pcb->local.ip, &us));
	ck_assert_int_eq(udp_connect(udp, pcb, &none), 0);
	ck_assert_int_eq(pcb->local.ip.version, TARN_IP_NONE);
	ck_assert_uint_eq(pcb->peer.port, 0);
	ck_assert_uint_ne(pcb->local.port, 0);

	pcb = bound(at(US_IP, 7));
	ck_assert_int_eq(udp_connect(udp, pcb, &peer), 0);
	ck_assert_int_eq(udp_connect(udp, pcb, &none), 0);
	ck_assert(ip_equal(&pcb->local.ip, &us));
	close_udp();
}
END_TEST

START_TEST(peers_that_cannot_be_connected_to)
{
	const struct {
		struct tarn_addr peer;
		int expected;
	} rows[] = {
		{ at(PEER_IP, 0), -EINVAL },
		{ at(tarn_ip4(224, 0, 0, 1), 5), -ENETUNREACH },
		{ at(US_IP, 5), -ENETUNREACH },
		{ at(tarn_ip4(127, 0, 0, 1), 5), -ENETUNREACH },
		{ at(tarn_ip4(255, 255, 255, 255), 5), -EACCES },
		{ at(tarn_ip4(10, 9, 0, 255), 5), -EACCES },
		{ { { .version = TARN_IP6 }, 5 }, -EINVAL },
	};
	struct udp_pcb *pcb;

	open_udp();
	pcb = udp_open(udp);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_int_eq(udp_connect(udp, pcb, &rows[i].peer),
		                 rows[i].expected);
	ck_assert_uint_eq(pcb->peer.port, 0);
	ck_assert_uint_eq(pcb->local.port, 0);
	pcb->broadcast = true;
	ck_assert_int_eq(udp_connect(udp, pcb, &rows[4].peer), 0);
	close_udp();
}
END_TEST

START_TEST(the_most_specific_pcb_takes_the_datagram)
{
	struct tarn_addr local = at(US_IP, 7), peer = at(PEER_IP, 5);
	struct tarn_addr other = at(PEER_IP, 6);
	struct udp_pcb *pcbs[3];
	char text[64];

	open_udp();
	for (int order = 0; order < 2; order++) {
		for (int i = 0; i < 3; i++) {
			const int kind      = order ? 2 - i : i;
			struct udp_pcb *pcb = udp_open(udp);

			pcb->reuse = true;
			local.ip   = US_IP;
			if (kind == 0)
				local.ip.version = TARN_IP_NONE;
			ck_assert_int_eq(udp_bind(udp, pcb, &local), 0);
			if (kind == 2)
				ck_assert_int_eq(udp_connect(udp, pcb, &peer),
				                 0);
			pcbs[kind] = pcb;
		}
		(void)rx_udp(peer, at(US_IP, 7), "peer", 4);
		(void)rx_udp(other, at(US_IP, 7), "other", 5);
		ck_assert_int_eq(receive(pcbs[2], text, NULL), 4);
		ck_assert_int_eq(receive(pcbs[1], text, NULL), 5);
		ck_assert_int_eq(receive(pcbs[0], text, NULL), -EAGAIN);
		for (int i = 0; i < 3; i++)
			udp_close(udp, pcbs[i]);
	}
	close_udp();
}
END_TEST

START_TEST(a_connected_pcb_hears_its_peer_only)
{
	char text[64];
	struct udp_pcb *pcb;

	open_udp();
	pcb = connected(7, at(PEER_IP, 5));
	ck_assert_drop(rx_udp(at(PEER_IP, 6), at(US_IP, 7), "text", 4),
	               DROP_UDP_PORT);
	ck_assert_drop(
	        rx_udp(at(tarn_ip4(10, 9, 0, 3), 5), at(US_IP, 7), "text", 4),
	        DROP_UDP_PORT);
	ck_assert_drop(rx_udp(at(PEER_IP, 5), at(US_IP, 7), "text", 4),
	               DROP_NONE);
	ck_assert_int_eq(receive(pcb, text, NULL), 4);
	close_udp();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("udp/ports");
	TCase *t = tcase_create("bind");

	tcase_add_test(t, one_claim_on_a_port_excludes_the_next);
	tcase_add_test(t, two_that_both_reuse_share_and_the_newer_takes);
	tcase_add_test(t, addresses_that_are_not_ours);
	tcase_add_test(t, a_bound_pcb_cannot_be_bound_again);
	tcase_add_test(t, port_0_means_a_free_one_in_the_ephemeral_range);
	tcase_add_test(t, rn_02_ephemeral_ports_cannot_be_guessed);
	tcase_add_test(t, the_last_free_port_is_found_and_then_none);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	t = tcase_create("connect");
	tcase_add_test(
	        t,
	        connect_binds_and_names_our_address_and_dissolving_forgets_it);
	tcase_add_test(t, peers_that_cannot_be_connected_to);
	suite_add_tcase(s, t);
	t = tcase_create("who is meant");
	tcase_add_test(t, the_most_specific_pcb_takes_the_datagram);
	tcase_add_test(t, a_connected_pcb_hears_its_peer_only);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
