/* SPDX-License-Identifier: MIT */
/* test_acd.c - RFC 5227 in virtual time; row ARP-04 of hostile input */
#include "tests/unit/net/world.h"

static struct world w;

static void open_probing(bool is_fast)
{
	world_init(&w);
	w.env.config.acd_off  = false;
	w.env.config.acd_fast = is_fast;
	world_start(&w);
}

/* Run until the address is ours. */
static void open_ours(bool is_fast)
{
	open_probing(is_fast);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_int_eq(net_address_state(w.net), 1);
	w.sent_count     = 0;
	w.transitions[0] = '\0';
}

static enum drop conflict(void)
{
	return rx_arp(&w, ARP_REQUEST, US_IP, other_mac, PEER_IP);
}

static void assert_probe(unsigned i)
{
	const struct tarn_ip us  = US_IP;
	const struct arp_hdr arp = sent_arp(&w, i);

	ck_assert(sent_to(&w, i, eth_broadcast));
	ck_assert_uint_eq(arp.operation, ARP_REQUEST);
	ck_assert_uint_eq(ip4_u32(&arp.sender_ip), 0);
	ck_assert(ip_equal(&arp.target_ip, &us));
	ck_assert_mem_eq(arp.target_mac, "\0\0\0\0\0\0", 6);
	ck_assert_uint_eq(w.sent[i].note.why, WHY_ARP_PROBE);
}

static void assert_announcement(unsigned i, enum why why)
{
	const struct tarn_ip us  = US_IP;
	const struct arp_hdr arp = sent_arp(&w, i);

	ck_assert(sent_to(&w, i, eth_broadcast));
	ck_assert_uint_eq(arp.operation, ARP_REQUEST);
	ck_assert(ip_equal(&arp.sender_ip, &us));
	ck_assert(ip_equal(&arp.target_ip, &us));
	ck_assert_mem_eq(arp.target_mac, "\0\0\0\0\0\0", 6);
	ck_assert_uint_eq(w.sent[i].note.why, why);
}

static void assert_gap(unsigned i, uint64_t min_us, uint64_t max_us)
{
	const uint64_t gap_us = w.sent[i].at_us - w.sent[i - 1].at_us;

	ck_assert_uint_ge(gap_us, min_us);
	ck_assert_uint_le(gap_us, max_us);
}

START_TEST(nothing_is_sent_at_birth)
{
	open_probing(false);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_int_eq(net_address_state(w.net), 0);
	ck_assert_uint_le(net_deadline(w.net) - w.env.now_us,
	                  ACD_PROBE_WAIT_US);
	world_close(&w);
}
END_TEST

START_TEST(full_timing_is_the_rfcs)
{
	const uint64_t birth_us = 1000 * USEC_PER_SEC;

	for (uint64_t seed = 1; seed < 50; seed++) {
		world_init(&w);
		w.env.config.acd_off     = false;
		w.env.random.key.half[0] = seed;
		world_start(&w);
		world_run(&w, 30 * USEC_PER_SEC);
		ck_assert_uint_eq(w.sent_count, 5);
		for (unsigned i = 0; i < 3; i++)
			assert_probe(i);
		ck_assert_uint_le(w.sent[0].at_us - birth_us, USEC_PER_SEC);
		assert_gap(1, USEC_PER_SEC, 2 * USEC_PER_SEC);
		assert_gap(2, USEC_PER_SEC, 2 * USEC_PER_SEC);
		assert_gap(3, 2 * USEC_PER_SEC, 2 * USEC_PER_SEC);
		assert_gap(4, 2 * USEC_PER_SEC, 2 * USEC_PER_SEC);
		assert_announcement(3, WHY_ARP_ANNOUNCE);
		assert_announcement(4, WHY_ARP_ANNOUNCE);
		ck_assert_str_eq(w.transitions, "probing>ours ");
		world_close(&w);
	}
}
END_TEST

START_TEST(fast_timing_is_done_within_150_ms)
{
	open_probing(true);
	world_run(&w, 150 * USEC_PER_MSEC);
	ck_assert_uint_eq(w.sent_count, 4);
	ck_assert_int_eq(net_address_state(w.net), 1);
	ck_assert_uint_le(w.sent[0].at_us, 1000020000);
	assert_gap(1, 20 * USEC_PER_MSEC, 40 * USEC_PER_MSEC);
	assert_gap(2, 20 * USEC_PER_MSEC, 40 * USEC_PER_MSEC);
	assert_gap(3, 50 * USEC_PER_MSEC, 50 * USEC_PER_MSEC);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 5);
	world_close(&w);
}
END_TEST

START_TEST(off_means_one_announcement_and_no_question)
{
	world_init(&w);
	ck_assert_int_eq(net_create(&w.env, &w.net), 0);
	ck_assert_int_eq(net_address_state(w.net), 1);
	ck_assert_uint_eq(net_deadline(w.net), w.env.now_us);
	world_run(&w, 30 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 1);
	assert_announcement(0, WHY_ARP_ANNOUNCE);
	ck_assert_uint_eq(net_deadline(w.net), TARN_NEVER);
	world_close(&w);
}
END_TEST

START_TEST(somebody_who_has_it_ends_the_probing)
{
	for (uint16_t op = ARP_REQUEST; op <= ARP_REPLY; op++) {
		open_probing(false);
		world_run(&w, 2 * USEC_PER_SEC);
		ck_assert_drop(rx_arp(&w, op, US_IP, other_mac, US_IP),
		               DROP_ARP_CONFLICT);
		ck_assert_int_eq(net_address_state(w.net), -EADDRINUSE);
		ck_assert_str_eq(w.transitions, "probing>lost ");
		w.sent_count = 0;
		world_run(&w, 60 * USEC_PER_SEC);
		ck_assert_uint_eq(w.sent_count, 0);
		world_close(&w);
	}
}
END_TEST

START_TEST(somebody_who_probes_it_too_ends_the_probing)
{
	open_probing(false);
	world_run(&w, USEC_PER_SEC);
	ck_assert_drop(
	        rx_arp(&w, ARP_REQUEST, tarn_ip4(0, 0, 0, 0), other_mac, US_IP),
	        DROP_ARP_CONFLICT);
	ck_assert_int_eq(net_address_state(w.net), -EADDRINUSE);
	world_close(&w);
}
END_TEST

START_TEST(our_own_probe_come_back_is_no_conflict)
{
	open_probing(false);
	world_run(&w, USEC_PER_SEC);
	ck_assert_drop(
	        rx_arp(&w, ARP_REQUEST, tarn_ip4(0, 0, 0, 0), our_mac, US_IP),
	        DROP_ARP_SENDER);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, US_IP, our_mac, US_IP),
	               DROP_ARP_SENDER);
	ck_assert_int_eq(net_address_state(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(a_probe_for_another_address_is_no_conflict)
{
	open_probing(false);
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, tarn_ip4(0, 0, 0, 0), other_mac,
	                      PEER_IP),
	               DROP_IP4_ADDRESS);
	ck_assert_int_eq(net_address_state(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(while_probing_nothing_is_answered_or_accepted)
{
	open_probing(false);
	world_run(&w, USEC_PER_SEC);
	w.sent_count = 0;
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac, US_IP),
	               DROP_IP4_ADDRESS);
	ck_assert_drop(rx_icmp(&w, ICMP_ECHO_REQUEST, 0, 1, NULL, 0),
	               DROP_IP4_ADDRESS);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	world_close(&w);
}
END_TEST

START_TEST(packets_sent_while_probing_wait_for_the_address)
{
	const struct tarn_ip all = tarn_ip4(255, 255, 255, 255);
	const struct ip_tx tx    = { .dst = all, .broadcast_allowed = true };
	struct pkt pkt;

	open_probing(true);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	pkt_init(&pkt);
	ck_assert_drop(ip_output(w.net, &pkt, &tx), DROP_IP4_ADDRESS);
	world_run(&w, 150 * USEC_PER_MSEC);
	/* three probes, the announcement, and only then the question */
	ck_assert_uint_eq(w.sent_count, 5);
	assert_announcement(3, WHY_ARP_ANNOUNCE);
	ck_assert_uint_eq(w.sent[4].note.why, WHY_ARP_REQUEST);
	ck_assert_uint_eq(w.sent[4].at_us, w.sent[3].at_us);
	ck_assert_drop(rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP),
	               DROP_NONE);
	ck_assert_uint_eq(sent_type(&w, 5), ETH_TYPE_IP4);
	world_close(&w);
}
END_TEST

START_TEST(arp_04_the_address_is_defended_once)
{
	open_ours(false);
	ck_assert_drop(conflict(), DROP_ARP_CONFLICT);
	ck_assert_uint_eq(w.sent_count, 1);
	assert_announcement(0, WHY_ARP_DEFEND);
	ck_assert_int_eq(net_address_state(w.net), 1);
	world_close(&w);
}
END_TEST

START_TEST(arp_04_a_second_conflict_within_10_s_loses_it)
{
	struct tarn_ip src;
	uint16_t mtu;
	const struct tarn_ip peer = PEER_IP;

	open_ours(false);
	ck_assert_drop(conflict(), DROP_ARP_CONFLICT);
	world_run(&w, 10 * USEC_PER_SEC);
	ck_assert_drop(conflict(), DROP_ARP_CONFLICT);
	ck_assert_int_eq(net_address_state(w.net), -EADDRINUSE);
	ck_assert_str_eq(w.transitions, "ours>lost ");
	ck_assert_uint_eq(w.sent_count, 1);
	ck_assert_int_eq(net_source(w.net, &peer, &src, &mtu), -EADDRNOTAVAIL);
	ck_assert_drop(send_to(&w, PEER_IP, 10), DROP_IP4_ADDRESS);
	ck_assert_drop(conflict(), DROP_IP4_ADDRESS);
	ck_assert_str_eq(w.transitions, "ours>lost ");
	ck_assert_drop(rx_arp(&w, ARP_REQUEST, PEER_IP, peer_mac, US_IP),
	               DROP_IP4_ADDRESS);
	world_close(&w);
}
END_TEST

START_TEST(arp_04_conflicts_further_apart_are_each_defended)
{
	open_ours(false);
	for (unsigned i = 0; i < 20; i++) {
		ck_assert_drop(conflict(), DROP_ARP_CONFLICT);
		world_run(&w, 10 * USEC_PER_SEC + 1);
	}
	ck_assert_uint_eq(w.sent_count, 20);
	ck_assert_int_eq(net_address_state(w.net), 1);
	world_close(&w);
}
END_TEST

START_TEST(arp_04_a_storm_is_met_with_one_defence)
{
	open_ours(false);
	w.is_flood = true;
	for (unsigned i = 0; i < 10000; i++)
		(void)conflict();
	ck_assert_uint_eq(w.sent_count, 1);
	world_run(&w, 60 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 1);
	world_close(&w);
}
END_TEST

START_TEST(losing_the_address_drops_what_waits)
{
	struct tarn_ip unreached;

	open_ours(false);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	(void)conflict();
	(void)conflict();
	ck_assert_uint_eq(w.env.drops[DROP_IP4_ADDRESS], 1);
	ck_assert_uint_eq(net_neighbour_count(w.net), 0);
	ck_assert(!net_unreached(w.net, &unreached));
	w.sent_count = 0;
	world_run(&w, 60 * USEC_PER_SEC);
	ck_assert_uint_eq(w.sent_count, 0);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/acd");
	TCase *t = tcase_create("probing");

	tcase_add_test(t, nothing_is_sent_at_birth);
	tcase_add_test(t, full_timing_is_the_rfcs);
	tcase_add_test(t, fast_timing_is_done_within_150_ms);
	tcase_add_test(t, off_means_one_announcement_and_no_question);
	tcase_add_test(t, somebody_who_has_it_ends_the_probing);
	tcase_add_test(t, somebody_who_probes_it_too_ends_the_probing);
	tcase_add_test(t, our_own_probe_come_back_is_no_conflict);
	tcase_add_test(t, a_probe_for_another_address_is_no_conflict);
	tcase_add_test(t, while_probing_nothing_is_answered_or_accepted);
	tcase_add_test(t, packets_sent_while_probing_wait_for_the_address);
	suite_add_tcase(s, t);
	t = tcase_create("defence");
	tcase_add_test(t, arp_04_the_address_is_defended_once);
	tcase_add_test(t, arp_04_a_second_conflict_within_10_s_loses_it);
	tcase_add_test(t, arp_04_conflicts_further_apart_are_each_defended);
	tcase_add_test(t, arp_04_a_storm_is_met_with_one_defence);
	tcase_add_test(t, losing_the_address_drops_what_waits);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
