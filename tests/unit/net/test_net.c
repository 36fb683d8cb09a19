/* SPDX-License-Identifier: MIT */
/* test_net.c - the internet layer's birth, death and time */
#include "tests/unit/net/world.h"

static struct world w;

static int create(void)
{
	const int rc = net_create(&w.env, &w.net);

	if (rc < 0)
		ck_assert_uint_eq(w.env.memory.used, 0);
	else
		net_destroy(w.net);

	return rc;
}

/* What net_create() says about one value that a person could give. */
#define ASSERT_CONFIG(expected, field, value)                                  \
	do {                                                                   \
		world_init(&w);                                                \
		w.env.config.field = value;                                    \
		ck_assert_int_eq(create(), expected);                          \
	} while (0)

/* The same for an address of our own, where no gateway could be at fault. */
#define ASSERT_ADDRESS(expected, field, value)                                 \
	do {                                                                   \
		world_init(&w);                                                \
		w.env.config.gateway.version = TARN_IP_NONE;                   \
		w.env.config.field           = value;                          \
		ck_assert_int_eq(create(), expected);                          \
	} while (0)

START_TEST(addresses_that_a_host_may_not_have)
{
	const struct tarn_ip ip6 = { .version = TARN_IP6 };

	ASSERT_ADDRESS(0, ip, tarn_ip4(10, 9, 0, 200));
	ASSERT_ADDRESS(-EAFNOSUPPORT, ip, ip6);
	ASSERT_ADDRESS(-EINVAL, ip.version, TARN_IP_NONE);
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(0, 0, 0, 0));
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(127, 0, 0, 1));
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(224, 0, 0, 1));
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(255, 255, 255, 255));
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(10, 9, 0, 0));
	ASSERT_ADDRESS(-EINVAL, ip, tarn_ip4(10, 9, 0, 255));
	ASSERT_ADDRESS(-EINVAL, prefix_len, 0);
	ASSERT_ADDRESS(-EINVAL, prefix_len, 33);
}
END_TEST

START_TEST(gateways_that_cannot_be_reached)
{
	ASSERT_CONFIG(0, gateway.version, TARN_IP_NONE);
	ASSERT_CONFIG(-EINVAL, gateway, tarn_ip4(10, 9, 1, 1));
	ASSERT_CONFIG(-EINVAL, gateway, tarn_ip4(10, 9, 0, 255));
	ASSERT_CONFIG(-EINVAL, gateway, tarn_ip4(10, 9, 0, 2));
	ASSERT_CONFIG(-EINVAL, gateway, tarn_ip4(224, 0, 0, 1));
}
END_TEST

START_TEST(links_that_cannot_be_used)
{
	ASSERT_CONFIG(-EINVAL, ops, NULL);
	ASSERT_CONFIG(-EINVAL, mtu, 575);
	ASSERT_CONFIG(0, mtu, 576);
	ASSERT_CONFIG(0, mtu, 65535);
	ASSERT_CONFIG(-EINVAL, mac[0], 0x01);
}
END_TEST

START_TEST(a_host_alone_reaches_all_through_its_gateway)
{
	world_init(&w);
	w.env.config.prefix_len = 32;
	world_start(&w);
	ck_assert_drop(send_to(&w, tarn_ip4(10, 9, 0, 1), 8), DROP_NONE);
	ck_assert_uint_eq(sent_arp(&w, 0).target_ip.octet[3], 254);
	world_close(&w);
}
END_TEST

START_TEST(a_mac_is_derived_from_the_address_unless_given)
{
	static const uint8_t given[6] = { 0x0a, 1, 2, 3, 4, 5 };

	world_open(&w);
	ck_assert_mem_eq(w.net->mac, our_mac, 6);
	world_close(&w);

	world_init(&w);
	memcpy(w.env.config.mac, given, 6);
	world_start(&w);
	ck_assert_mem_eq(w.net->mac, given, 6);
	world_close(&w);
}
END_TEST

START_TEST(without_an_observer_all_goes_the_same_way)
{
	world_init(&w);
	w.env.config.observe = NULL;
	w.env.config.acd_off = false;
	world_start(&w);
	(void)send_to(&w, PEER_IP, 3000);
	world_run(&w, 20 * USEC_PER_SEC);
	(void)rx_arp(&w, ARP_REQUEST, US_IP, other_mac, US_IP);
	(void)rx_arp(&w, ARP_REQUEST, US_IP, other_mac, US_IP);
	ck_assert_int_eq(net_address_state(w.net), -EADDRINUSE);
	ck_assert_uint_gt(w.sent_count, 5);
	world_close(&w);
}
END_TEST

START_TEST(nothing_can_be_destroyed)
{
	net_destroy(NULL);
}
END_TEST

START_TEST(no_memory_no_layer)
{
	world_init(&w);
	w.memory_left = 0;
	ck_assert_int_eq(net_create(&w.env, &w.net), -ENOMEM);
}
END_TEST

START_TEST(the_deadline_is_the_earliest_of_all)
{
	world_open(&w);
	world_run(&w, 10 * USEC_PER_SEC);
	ck_assert_uint_eq(net_deadline(w.net), TARN_NEVER);
	(void)send_to(&w, PEER_IP, 8);
	ck_assert_uint_le(net_deadline(w.net), w.env.now_us + USEC_PER_SEC);
	ck_assert_uint_gt(net_deadline(w.net), w.env.now_us);
	world_close(&w);
}
END_TEST

START_TEST(one_seed_gives_the_same_frames_twice)
{
	static struct world first;

	for (int run = 0; run < 2; run++) {
		world_init(&w);
		w.env.config.acd_off = false;
		world_start(&w);
		(void)send_to(&w, PEER_IP, 3000);
		world_run(&w, 20 * USEC_PER_SEC);
		(void)rx_icmp(&w, ICMP_ECHO_REQUEST, 0, 1, pattern(), 10);
		(void)rx_arp(&w, ARP_REPLY, PEER_IP, peer_mac, US_IP);
		if (run == 0)
			first = w;
		ck_assert_uint_eq(w.sent_count, first.sent_count);
		for (unsigned i = 0; i < w.sent_count; i++) {
			ck_assert_uint_eq(w.sent[i].at_us, first.sent[i].at_us);
			ck_assert_mem_eq(w.sent[i].data, first.sent[i].data,
			                 w.sent[i].len);
		}
		world_close(&w);
	}
}
END_TEST

START_TEST(a_layer_goes_with_all_that_it_holds)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	world_open(&w);
	know(&w);
	for (uint8_t host = 10; host < 60; host++)
		(void)send_to(&w, tarn_ip4(10, 9, 0, host), 100);
	hdr.more_fragments = true;
	(void)rx_ip4(&w, hdr, pattern(), 800);
	hdr.offset         = 800;
	hdr.more_fragments = false;
	(void)rx_ip4(&w, hdr, pattern(), 800);
	hdr.id++;
	(void)rx_ip4(&w, hdr, pattern(), 800);
	w.transitions[0] = '\0';
	world_close(&w); /* asserts that nothing is left */
	ck_assert_str_eq(w.transitions, "");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/net");
	TCase *t = tcase_create("net_create");

	tcase_add_test(t, addresses_that_a_host_may_not_have);
	tcase_add_test(t, gateways_that_cannot_be_reached);
	tcase_add_test(t, links_that_cannot_be_used);
	tcase_add_test(t, a_host_alone_reaches_all_through_its_gateway);
	tcase_add_test(t, a_mac_is_derived_from_the_address_unless_given);
	tcase_add_test(t, no_memory_no_layer);
	suite_add_tcase(s, t);
	t = tcase_create("life");
	tcase_add_test(t, without_an_observer_all_goes_the_same_way);
	tcase_add_test(t, nothing_can_be_destroyed);
	tcase_add_test(t, the_deadline_is_the_earliest_of_all);
	tcase_add_test(t, one_seed_gives_the_same_frames_twice);
	tcase_add_test(t, a_layer_goes_with_all_that_it_holds);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
