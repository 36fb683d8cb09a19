/* SPDX-License-Identifier: MIT */
/* test_neighbour_hostile.c - claims and floods; rows ARP-03, ARP-06 and ARP-07 */
#include "tests/unit/net/neighbours.h"

/* Requests, replies and announcements of another station, in every form. */
static void claim_in_every_form(void)
{
	const struct tarn_ip peer = PEER_IP;

	ck_assert_drop(reply_of(peer, other_mac), DROP_ARP_FLIP);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, peer, other_mac, peer),
	               DROP_ARP_FLIP);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, peer, other_mac, peer),
	               DROP_ARP_FLIP);
	ck_assert_drop(
	        rx_arp(&w, ARP_REQUEST, peer, other_mac, tarn_ip4(10, 9, 0, 3)),
	        DROP_ARP_FLIP);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, peer, other_mac, US_IP),
	               DROP_ARP_FLIP);
}

static void assert_still_sends_to_peer(void)
{
	w.sent_count = 0;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert(sent_to(&w, w.sent_count - 1, peer_mac));
	ck_assert_uint_eq(sent_type(&w, w.sent_count - 1), ETH_TYPE_IP4);
}

START_TEST(arp_03_a_claim_never_overwrites_reachable_but_asks_the_owner)
{
	open_reachable();
	world_run(&w, 5 * USEC_PER_SEC);
	ck_assert_drop(reply_of(PEER_IP, other_mac), DROP_ARP_FLIP);
	ck_assert_uint_eq(w.sent_count, 1);
	assert_asked(0, peer_mac);
	assert_still_sends_to_peer();
	claim_in_every_form(); /* now in PROBE */
	assert_still_sends_to_peer();
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);
	assert_still_sends_to_peer();
	ck_assert_str_eq(w.transitions, "REACHABLE>PROBE PROBE>REACHABLE ");
	world_close(&w);
}
END_TEST

START_TEST(arp_03_a_claim_never_overwrites_stale_but_asks_the_owner)
{
	open_reachable();
	world_run(&w, 61 * USEC_PER_SEC);
	claim_in_every_form();
	assert_asked(0, peer_mac);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE STALE>PROBE ");
	assert_still_sends_to_peer();
	world_close(&w);
}
END_TEST

START_TEST(arp_03_claims_cause_at_most_a_question_a_second)
{
	open_reachable();
	for (unsigned i = 0; i < 1000; i++) {
		(void)reply_of(PEER_IP, other_mac);
		(void)reply_of(PEER_IP, peer_mac);
		world_run(&w, 10 * USEC_PER_MSEC);
	}
	ck_assert_uint_le(w.sent_count, 11);
	assert_still_sends_to_peer();
	world_close(&w);
}
END_TEST

START_TEST(a_doubted_entry_that_nobody_uses_is_forgotten)
{
	world_open(&w);
	know(&w);
	ck_assert_drop(reply_of(PEER_IP, other_mac), DROP_ARP_FLIP);
	world_run(&w, 4 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 3);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(a_reply_that_nobody_waits_for_changes_nothing)
{
	open_reachable();
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_ARP_UNSOLICITED);
	world_run(&w, 61 * USEC_PER_SEC);
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_ARP_UNSOLICITED);
	ck_assert_str_eq(w.transitions, "REACHABLE>STALE ");
	world_close(&w);
}
END_TEST

START_TEST(who_asks_for_us_after_failing_is_known_again)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 3 * USEC_PER_SEC);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, other_mac, US_IP),
	               DROP_NONE);
	w.sent_count = 0;
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert(sent_to(&w, w.sent_count - 1, other_mac));
	world_close(&w);
}
END_TEST

static void ask_from(uint32_t host)
{
	const uint8_t mac[6] = { 0x02,
		                 1,
		                 (uint8_t)(host >> 24),
		                 (uint8_t)(host >> 16),
		                 (uint8_t)(host >> 8),
		                 (uint8_t)host };

	w.sent_count = 0;
	(void)rx_arp(&w, ARP_REQUEST, ip4_from_u32(host), mac, US_IP);
}

START_TEST(arp_06_a_flood_of_askers_pushes_out_its_own)
{
	const uint32_t base = 10u << 24 | 9u << 16;

	world_init(&w);
	w.env.config.prefix_len = 8;
	world_start(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);
	ck_assert_drop(send_to(&w, FAR_IP, 100), DROP_NONE);
	ck_assert_drop(reply_of(GATEWAY_IP, gateway_mac), DROP_NONE);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	world_run(&w, 35 * USEC_PER_SEC); /* the gateway is STALE */
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);

	w.is_flood = true;
	for (uint32_t i = 0; i < 100000; i++)
		ask_from(base + 0x10000 + i);
	ck_assert_uint_eq(net_neighbour_count(w.net), NEIGH_ENTRIES_MAX);
	w.sent_count = 0; /* the last one who asked is known */
	ck_assert_drop(send_to(&w, ip4_from_u32(base + 0x10000 + 99999), 10),
	               DROP_NONE);
	ck_assert_uint_eq(sent_type(&w, w.sent_count - 1), ETH_TYPE_IP4);
	assert_still_sends_to_peer();
	w.sent_count = 0;
	ck_assert_drop(send_to(&w, FAR_IP, 100), DROP_NONE);
	ck_assert(sent_to(&w, w.sent_count - 1, gateway_mac));
	world_close(&w);
}
END_TEST

START_TEST(arp_07_silent_neighbours_are_bounded_and_all_comes_back)
{
	const uint32_t base = 10u << 24 | 9u << 16;
	unsigned refused    = 0;
	size_t used;

	world_init(&w);
	w.env.config.prefix_len = 8;
	world_start(&w);
	used = w.env.memory.used;
	for (uint32_t i = 0; i < 10000; i++) {
		w.sent_count = 0;
		if (send_to(&w, ip4_from_u32(base + 0x100 + i), 10))
			refused++;
		if (w.sent_count > 1)
			ck_abort_msg("%u questions at once", w.sent_count);
	}
	ck_assert_uint_eq(net_neighbour_count(w.net), NEIGH_ENTRIES_MAX);
	ck_assert_uint_eq(refused, 10000 - NEIGH_ENTRIES_MAX);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_TABLE_FULL], refused);

	w.is_deaf = true;
	world_run(&w, 4 * USEC_PER_SEC);
	ck_assert_uint_eq(w.env.drops[DROP_ARP_FAILED], NEIGH_ENTRIES_MAX);
	ck_assert_uint_eq(w.net->neighbours.pending_bytes, 0);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert_uint_eq(w.env.memory.used, used);
	world_close(&w);
}
END_TEST

START_TEST(no_memory_for_an_entry_is_a_drop)
{
	for (long left = 0; left < 3; left++) {
		world_open(&w);
		w.memory_left = left;
		(void)send_to(&w, PEER_IP, 100);
		(void)rx_arp(&w, ARP_REQUEST, tarn_ip4(10, 9, 0, 9), other_mac,
		             US_IP);
		w.memory_left = -1;
		world_close(&w);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/neighbour hostile");
	TCase *t = tcase_create("claims");

	tcase_add_test(
	        t,
	        arp_03_a_claim_never_overwrites_reachable_but_asks_the_owner);
	tcase_add_test(
	        t, arp_03_a_claim_never_overwrites_stale_but_asks_the_owner);
	tcase_add_test(t, arp_03_claims_cause_at_most_a_question_a_second);
	tcase_add_test(t, a_doubted_entry_that_nobody_uses_is_forgotten);
	tcase_add_test(t, a_reply_that_nobody_waits_for_changes_nothing);
	tcase_add_test(t, who_asks_for_us_after_failing_is_known_again);
	suite_add_tcase(s, t);
	t = tcase_create("bounds");
	tcase_add_test(t, arp_06_a_flood_of_askers_pushes_out_its_own);
	tcase_add_test(t,
	               arp_07_silent_neighbours_are_bounded_and_all_comes_back);
	tcase_add_test(t, no_memory_for_an_entry_is_a_drop);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
