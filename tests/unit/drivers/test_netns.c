/* SPDX-License-Identifier: MIT */
/* test_netns.c - what can be asked about interfaces without changing one */
#include "base/bytes.h"
#include "drivers/netns.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

static const struct {
	uint8_t ip[4], prefix_len, other[4];
} hosts[] = {
	{ { 10, 9, 0, 2 }, 24, { 10, 9, 0, 1 } },
	{ { 10, 9, 0, 1 }, 24, { 10, 9, 0, 2 } },
	{ { 10, 9, 0, 200 }, 25, { 10, 9, 0, 129 } },
	{ { 172, 16, 3, 4 }, 12, { 172, 16, 0, 1 } },
	{ { 192, 168, 1, 5 }, 30, { 192, 168, 1, 6 } },
	{ { 192, 168, 1, 4 }, 31, { 192, 168, 1, 5 } },
	{ { 192, 168, 1, 5 }, 31, { 192, 168, 1, 4 } },
};

static struct tarn_ip address(const uint8_t octet[4])
{
	return tarn_ip4(octet[0], octet[1], octet[2], octet[3]);
}

START_TEST(the_other_host_is_the_first_that_is_not_us)
{
	const struct tarn_ip ip     = address(hosts[_i].ip);
	const struct tarn_ip wanted = address(hosts[_i].other);
	const struct tarn_ip other =
	        netns_other_host(&ip, hosts[_i].prefix_len);

	ck_assert_mem_eq(&other, &wanted, sizeof(other));
}
END_TEST

START_TEST(an_address_of_the_host_is_found_on_its_interface)
{
	const struct tarn_ip loopback = tarn_ip4(127, 0, 0, 1);
	char name[16]                 = "";

	ck_assert(netns_owner(&loopback, name));
	ck_assert_str_eq(name, "lo");
}
END_TEST

START_TEST(an_address_of_nobody_is_found_nowhere)
{
	const struct tarn_ip nobody = tarn_ip4(192, 0, 2, 77);
	char name[16];

	ck_assert(!netns_owner(&nobody, name));
}
END_TEST

START_TEST(what_does_not_exist_is_an_error_and_no_more)
{
	static const char too_long[] = "an-interface-name-beyond-all-bounds";

	ck_assert_int_eq(netns_set_up("nosuchif0"), -ENODEV);
	ck_assert_int_eq(netns_mtu("nosuchif0"), -ENODEV);
	ck_assert(!netns_has_address("nosuchif0"));
	ck_assert_int_eq(netns_set_up(too_long), -ENODEV);
	ck_assert_int_eq(netns_mtu(too_long), -ENODEV);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("netns");
	TCase *tc = tcase_create("netns");

	tcase_add_loop_test(tc, the_other_host_is_the_first_that_is_not_us, 0,
	                    ARRAY_LEN(hosts));
	tcase_add_test(tc, an_address_of_the_host_is_found_on_its_interface);
	tcase_add_test(tc, an_address_of_nobody_is_found_nowhere);
	tcase_add_test(tc, what_does_not_exist_is_an_error_and_no_more);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
