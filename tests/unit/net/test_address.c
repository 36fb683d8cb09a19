/* SPDX-License-Identifier: MIT */
/* test_address.c - what kind of address is it? */
#include "tests/unit/net/world.h"

static struct world w;

/* A layer of its own address and prefix, without a gateway. */
static void open_at(struct tarn_ip ip, uint8_t prefix_len)
{
	world_init(&w);
	w.env.config.ip         = ip;
	w.env.config.prefix_len = prefix_len;
	w.env.config.gateway    = (struct tarn_ip){ .version = TARN_IP_NONE };
	world_start(&w);
}

static bool is_unicast(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const struct tarn_ip ip = tarn_ip4(a, b, c, d);

	return net_is_unicast(w.net, &ip);
}

static bool is_broadcast(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const struct tarn_ip ip = tarn_ip4(a, b, c, d);

	return net_is_broadcast(w.net, &ip);
}

START_TEST(classes_that_are_no_single_host)
{
	open_at(tarn_ip4(10, 9, 0, 2), 24);
	ck_assert(!is_unicast(0, 0, 0, 0));
	ck_assert(!is_unicast(0, 1, 2, 3));
	ck_assert(is_unicast(1, 0, 0, 0));
	ck_assert(is_unicast(126, 255, 255, 255));
	ck_assert(!is_unicast(127, 0, 0, 1));
	ck_assert(!is_unicast(127, 255, 255, 255));
	ck_assert(is_unicast(128, 0, 0, 1));
	ck_assert(is_unicast(223, 255, 255, 254));
	ck_assert(!is_unicast(224, 0, 0, 1));
	ck_assert(!is_unicast(239, 255, 255, 255));
	ck_assert(!is_unicast(240, 0, 0, 1));
	ck_assert(!is_unicast(255, 255, 255, 255));
	world_close(&w);
}
END_TEST

START_TEST(the_ends_of_our_subnet_are_nobody)
{
	open_at(tarn_ip4(10, 9, 0, 2), 24);
	ck_assert(is_broadcast(10, 9, 0, 255));
	ck_assert(is_broadcast(255, 255, 255, 255));
	ck_assert(!is_broadcast(10, 9, 0, 0));
	ck_assert(!is_broadcast(10, 9, 1, 255));
	ck_assert(!is_unicast(10, 9, 0, 255));
	ck_assert(!is_unicast(10, 9, 0, 0));
	ck_assert(is_unicast(10, 9, 1, 255));
	ck_assert(is_unicast(10, 9, 1, 0));
	ck_assert(is_unicast(10, 9, 0, 2));
	world_close(&w);
}
END_TEST

START_TEST(a_prefix_of_31_bits_has_two_hosts)
{
	open_at(tarn_ip4(10, 9, 0, 2), 31);
	ck_assert(is_unicast(10, 9, 0, 2));
	ck_assert(is_unicast(10, 9, 0, 3));
	ck_assert(!is_broadcast(10, 9, 0, 3));
	ck_assert(is_broadcast(255, 255, 255, 255));
	world_close(&w);
}
END_TEST

START_TEST(a_prefix_of_32_bits_has_one_host)
{
	open_at(tarn_ip4(10, 9, 0, 255), 32);
	ck_assert(is_unicast(10, 9, 0, 255));
	ck_assert(!is_broadcast(10, 9, 0, 255));
	world_close(&w);
}
END_TEST

START_TEST(ipv6_is_neither)
{
	struct tarn_ip ip = { .version = TARN_IP6, .octet = { 0x20 } };

	open_at(tarn_ip4(10, 9, 0, 2), 24);
	ck_assert(!net_is_unicast(w.net, &ip));
	memset(ip.octet, 0xff, sizeof(ip.octet));
	ck_assert(!net_is_broadcast(w.net, &ip));
	world_close(&w);
}
END_TEST

static int source_of(struct tarn_ip dst, struct tarn_ip *ret)
{
	uint16_t mtu;

	return net_source(w.net, &dst, ret, &mtu);
}

/* MUST-44 */
START_TEST(must_44_the_source_address_is_the_routes)
{
	const struct tarn_ip us  = US_IP;
	const struct tarn_ip dst = PEER_IP;
	struct tarn_ip src;
	uint16_t mtu = 0;

	world_open(&w);
	ck_assert_int_eq(net_source(w.net, &dst, &src, &mtu), 0);
	ck_assert(ip_equal(&src, &us));
	ck_assert_uint_eq(mtu, 1500);
	ck_assert_int_eq(source_of(FAR_IP, &src), 0);
	ck_assert_int_eq(source_of(tarn_ip4(10, 9, 0, 255), &src), 0);
	world_close(&w);
}
END_TEST

START_TEST(no_source_for_who_cannot_be_reached)
{
	struct tarn_ip src;

	world_open(&w);
	ck_assert_int_eq(source_of(US_IP, &src), -ENETUNREACH);
	ck_assert_int_eq(source_of(tarn_ip4(127, 0, 0, 1), &src), -ENETUNREACH);
	ck_assert_int_eq(source_of(tarn_ip4(224, 0, 0, 1), &src), -ENETUNREACH);
	ck_assert_int_eq(source_of(tarn_ip4(0, 0, 0, 0), &src), -ENETUNREACH);
	world_close(&w);

	open_at(US_IP, 24);
	ck_assert_int_eq(source_of(FAR_IP, &src), -ENETUNREACH);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/address");
	TCase *t = tcase_create("kinds");

	tcase_add_test(t, classes_that_are_no_single_host);
	tcase_add_test(t, the_ends_of_our_subnet_are_nobody);
	tcase_add_test(t, a_prefix_of_31_bits_has_two_hosts);
	tcase_add_test(t, a_prefix_of_32_bits_has_one_host);
	tcase_add_test(t, ipv6_is_neither);
	suite_add_tcase(s, t);
	t = tcase_create("net_source");
	tcase_add_test(t, must_44_the_source_address_is_the_routes);
	tcase_add_test(t, no_source_for_who_cannot_be_reached);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
