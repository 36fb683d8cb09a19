/* SPDX-License-Identifier: MIT */
/* test_route.c - from a destination to the next hop */
#include "base/bytes.h"
#include "net/route.h"
#include "tests/unit/lib/test.h"
#include "wire/ip4.h"
#include <errno.h>

static struct routes routes;

static int add(struct tarn_ip prefix, uint8_t prefix_len,
               struct tarn_ip gateway)
{
	const struct route route = { prefix, gateway, prefix_len };

	return route_add(&routes, &route);
}

static struct tarn_ip hop_to(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const struct tarn_ip dst = tarn_ip4(a, b, c, d);
	struct tarn_ip hop       = { .version = TARN_IP_NONE };

	(void)route_next_hop(&routes, &dst, &hop);
	return hop;
}

static bool is(struct tarn_ip ip, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const struct tarn_ip other = tarn_ip4(a, b, c, d);

	return ip_equal(&ip, &other);
}

static const struct tarn_ip none = { .version = TARN_IP_NONE };

START_TEST(an_empty_table_has_no_way)
{
	routes.count = 0;
	ck_assert_int_eq(hop_to(10, 0, 0, 1).version, TARN_IP_NONE);
}
END_TEST

START_TEST(the_longest_prefix_wins_in_any_order_of_adding)
{
	for (int order = 0; order < 2; order++) {
		routes.count = 0;
		if (order) {
			add(tarn_ip4(0, 0, 0, 0), 0, tarn_ip4(10, 9, 0, 254));
			add(tarn_ip4(10, 9, 0, 0), 24, none);
			add(tarn_ip4(10, 9, 0, 77), 32, tarn_ip4(10, 9, 0, 3));
		} else {
			add(tarn_ip4(10, 9, 0, 77), 32, tarn_ip4(10, 9, 0, 3));
			add(tarn_ip4(10, 9, 0, 0), 24, none);
			add(tarn_ip4(0, 0, 0, 0), 0, tarn_ip4(10, 9, 0, 254));
		}
		ck_assert(is(hop_to(10, 9, 0, 5), 10, 9, 0, 5));
		ck_assert(is(hop_to(10, 9, 0, 77), 10, 9, 0, 3));
		ck_assert(is(hop_to(10, 9, 1, 5), 10, 9, 0, 254));
		ck_assert(is(hop_to(8, 8, 8, 8), 10, 9, 0, 254));
	}
}
END_TEST

START_TEST(a_prefix_ends_within_an_octet)
{
	routes.count = 0;
	add(tarn_ip4(172, 16, 0, 0), 12, none);
	ck_assert(is(hop_to(172, 16, 0, 1), 172, 16, 0, 1));
	ck_assert(is(hop_to(172, 31, 255, 1), 172, 31, 255, 1));
	ck_assert_int_eq(hop_to(172, 32, 0, 1).version, TARN_IP_NONE);
	ck_assert_int_eq(hop_to(172, 15, 0, 1).version, TARN_IP_NONE);
}
END_TEST

START_TEST(every_prefix_length_matches_exactly_its_bits)
{
	for (uint8_t len = 0; len <= 32; len++) {
		routes.count = 0;
		add(ip4_from_u32(0xaaaaaaaa), len, none);
		for (unsigned bit = 0; bit < 32; bit++) {
			const struct tarn_ip dst =
			        ip4_from_u32(0xaaaaaaaa ^ 0x80000000u >> bit);

			ck_assert_int_eq(route_find(&routes, &dst) != NULL,
			                 bit >= len);
		}
	}
}
END_TEST

START_TEST(the_same_prefix_again_replaces_the_route)
{
	routes.count = 0;
	add(tarn_ip4(0, 0, 0, 0), 0, tarn_ip4(10, 9, 0, 1));
	add(tarn_ip4(0, 0, 0, 0), 0, tarn_ip4(10, 9, 0, 2));
	ck_assert_uint_eq(routes.count, 1);
	ck_assert(is(hop_to(8, 8, 8, 8), 10, 9, 0, 2));
}
END_TEST

START_TEST(a_full_table_refuses)
{
	routes.count = 0;
	for (uint8_t i = 0; i < ROUTES_MAX; i++)
		ck_assert_int_eq(add(tarn_ip4(10, i, 0, 0), 16, none), 0);
	ck_assert_int_eq(add(tarn_ip4(11, 0, 0, 0), 16, none), -ENOBUFS);
	ck_assert_uint_eq(routes.count, ROUTES_MAX);
}
END_TEST

START_TEST(families_do_not_mix)
{
	struct tarn_ip ip6 = { .version = TARN_IP6, .octet = { 10, 9 } };

	routes.count = 0;
	add(tarn_ip4(0, 0, 0, 0), 0, tarn_ip4(10, 9, 0, 1));
	ck_assert_ptr_null(route_find(&routes, &ip6));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/route");
	TCase *t = tcase_create("route_find");

	tcase_add_test(t, an_empty_table_has_no_way);
	tcase_add_test(t, the_longest_prefix_wins_in_any_order_of_adding);
	tcase_add_test(t, a_prefix_ends_within_an_octet);
	tcase_add_test(t, every_prefix_length_matches_exactly_its_bits);
	tcase_add_test(t, families_do_not_mix);
	suite_add_tcase(s, t);
	t = tcase_create("route_add");
	tcase_add_test(t, the_same_prefix_again_replaces_the_route);
	tcase_add_test(t, a_full_table_refuses);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
