/* SPDX-License-Identifier: MIT */
/* test_neighbour.c - the states of the neighbour cache */
#include "tests/unit/net/neighbours.h"

START_TEST(an_unknown_neighbour_is_asked_for_and_the_packet_waits)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	assert_asked(0, eth_broadcast);
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 2);
	ck_assert(sent_to(&w, 1, peer_mac));
	ck_assert_uint_eq(sent_type(&w, 1), ETH_TYPE_IP4);
	ck_assert_str_eq(w.transitions,
	                 "none>INCOMPLETE INCOMPLETE>REACHABLE ");
	world_close(&w);
}
END_TEST

START_TEST(a_far_host_is_reached_through_the_gateway)
{
	const struct tarn_ip gateway = GATEWAY_IP, far = FAR_IP;
	const uint8_t *data;
	struct arp_hdr arp;
	struct ip4_hdr hdr;

	world_open(&w);
	ck_assert_drop(send_to(&w, FAR_IP, 100), DROP_NONE);
	arp = sent_arp(&w, 0);
	ck_assert(ip_equal(&arp.target_ip, &gateway));
	ck_assert_drop(reply_of(GATEWAY_IP, gateway_mac), DROP_NONE);
	ck_assert(sent_to(&w, 1, gateway_mac));
	hdr = sent_ip4(&w, 1, &data);
	ck_assert(ip_equal(&hdr.dst, &far));
	world_close(&w);
}
END_TEST

START_TEST(silence_fails_after_three_questions_a_second_apart)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC - 1);
	ck_assert_uint_eq(w.sent_count, 3);
	for (unsigned i = 1; i < 3; i++)
		ck_assert_uint_eq(w.sent[i].at_us - w.sent[i - 1].at_us,
		                  USEC_PER_SEC);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_FAILED], 0);
	world_run(&w, 1);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_FAILED], 1);
	ck_assert_str_eq(w.transitions, "none>INCOMPLETE INCOMPLETE>FAILED ");
	world_close(&w);
}
END_TEST

START_TEST(a_failed_neighbour_is_an_error_at_once_and_asked_anew_after_1_s)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	w.sent_count = 0;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_ARP_FAILED);
	world_run(&w, USEC_PER_SEC - 1);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_ARP_FAILED);
	ck_assert_uint_eq(w.sent_count, 0);
	world_run(&w, 1);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	world_close(&w);
}
END_TEST

START_TEST(a_failed_neighbour_is_forgotten_after_20_s)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 23 * USEC_PER_SEC - 1);
	ck_assert_uint_eq(net_neighbour_count(w.net), 1);
	world_run(&w, 1);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	assert_asked(3, eth_broadcast);
	world_close(&w);
}
END_TEST

START_TEST(who_could_not_be_reached_is_told_once)
{
	const struct tarn_ip peer = PEER_IP;
	struct tarn_ip unreached;

	world_open(&w);
	ck_assert(!net_unreached(w.net, &unreached));
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert(net_unreached(w.net, &unreached));
	ck_assert(ip_equal(&unreached, &peer));
	ck_assert(!net_unreached(w.net, &unreached));
	world_close(&w);
}
END_TEST

START_TEST(reachable_lasts_60_s_and_stale_1200)
{
	open_reachable();
	world_run(&w, 60 * USEC_PER_SEC - 1);
	ck_assert_str_eq(w.transitions, "");
	world_run(&w, 1);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE ");
	world_run(&w, 1200 * USEC_PER_SEC - 1);
	ck_assert_uint_eq(net_neighbour_count(w.net), 1);
	world_run(&w, 1);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE STALE>none ");
	world_close(&w);
}
END_TEST

START_TEST(who_asks_again_while_stale_is_kept_longer)
{
	world_open(&w);
	know(&w);
	world_run(&w, 1000 * USEC_PER_SEC);
	know(&w);
	world_run(&w, 1000 * USEC_PER_SEC);
	ck_assert_uint_eq(net_neighbour_count(w.net), 1);
	ck_assert_str_eq(w.transitions, "none>STALE ");
	world_close(&w);
}
END_TEST

START_TEST(a_stale_entry_is_used_and_probed)
{
	open_reachable();
	world_run(&w, 61 * USEC_PER_SEC);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 2);
	assert_asked(0, peer_mac);
	ck_assert(sent_to(&w, 1, peer_mac));
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);
	ck_assert_str_eq(w.transitions,
	                 "REACHABLE>STALE STALE>PROBE PROBE>REACHABLE ");
	world_close(&w);
}
END_TEST

START_TEST(a_probe_without_answer_asks_everybody)
{
	open_reachable();
	world_run(&w, 61 * USEC_PER_SEC);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 6 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 7);
	assert_asked(0, peer_mac);
	assert_asked(2, peer_mac);
	assert_asked(3, peer_mac);
	assert_asked(4, eth_broadcast);
	assert_asked(6, eth_broadcast);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE STALE>PROBE "
	                                "PROBE>INCOMPLETE INCOMPLETE>FAILED ");
	world_close(&w);
}
END_TEST

START_TEST(an_address_that_moved_is_found_again)
{
	open_reachable();
	world_run(&w, 61 * USEC_PER_SEC);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	w.sent_count = 0;
	ck_assert_drop(reply_of(PEER_IP, other_mac), DROP_NONE);
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert(sent_to(&w, 0, other_mac));
	world_close(&w);
}
END_TEST

START_TEST(tcp_keeps_a_neighbour_reachable)
{
	const struct tarn_ip peer = PEER_IP;

	open_reachable();
	for (unsigned i = 0; i < 100; i++) {
		world_run(&w, 50 * USEC_PER_SEC);
		net_confirm(w.net, &peer);
	}
	ck_assert_str_eq(w.transitions, "");
	world_run(&w, 60 * USEC_PER_SEC);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE ");
	net_confirm(w.net, &peer);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE STALE>REACHABLE ");
	world_close(&w);
}
END_TEST

START_TEST(tcp_confirms_the_gateway_of_a_far_peer)
{
	const struct tarn_ip far = FAR_IP;

	world_open(&w);
	ck_assert_drop(send_to(&w, FAR_IP, 100), DROP_NONE);
	ck_assert_drop(reply_of(GATEWAY_IP, gateway_mac), DROP_NONE);
	world_run(&w, 50 * USEC_PER_SEC);
	net_confirm(w.net, &far);
	w.transitions[0] = '\0';
	world_run(&w, 59 * USEC_PER_SEC);
	ck_assert_str_eq(w.transitions, "");
	world_close(&w);
}
END_TEST

START_TEST(tcp_cannot_confirm_an_address_that_is_not_known)
{
	const struct tarn_ip peer = PEER_IP;

	world_open(&w);
	net_confirm(w.net, &peer);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	net_confirm(w.net, &peer);
	ck_assert_str_eq(w.transitions, "none>INCOMPLETE ");
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/neighbour");
	TCase *t = tcase_create("states");

	tcase_add_test(t,
	               an_unknown_neighbour_is_asked_for_and_the_packet_waits);
	tcase_add_test(t, a_far_host_is_reached_through_the_gateway);
	tcase_add_test(t, silence_fails_after_three_questions_a_second_apart);
	tcase_add_test(
	        t,
	        a_failed_neighbour_is_an_error_at_once_and_asked_anew_after_1_s);
	tcase_add_test(t, a_failed_neighbour_is_forgotten_after_20_s);
	tcase_add_test(t, who_could_not_be_reached_is_told_once);
	tcase_add_test(t, reachable_lasts_60_s_and_stale_1200);
	tcase_add_test(t, who_asks_again_while_stale_is_kept_longer);
	tcase_add_test(t, a_stale_entry_is_used_and_probed);
	tcase_add_test(t, a_probe_without_answer_asks_everybody);
	tcase_add_test(t, an_address_that_moved_is_found_again);
	tcase_add_test(t, tcp_keeps_a_neighbour_reachable);
	tcase_add_test(t, tcp_confirms_the_gateway_of_a_far_peer);
	tcase_add_test(t, tcp_cannot_confirm_an_address_that_is_not_known);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
