/* SPDX-License-Identifier: MIT */
/* test_addr.c - addresses from and to text */
#include "base/bytes.h"
#include "tarn.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

static char text[TARN_ADDR_TEXT_LEN];

START_TEST(an_address_has_its_octets_in_network_order_and_zeroes_behind)
{
	const struct tarn_ip ip    = tarn_ip4(10, 9, 0, 2);
	const uint8_t expected[16] = { 10, 9, 0, 2 };

	ck_assert_uint_eq(ip.version, TARN_IP4);
	ck_assert_mem_eq(ip.octet, expected, sizeof(expected));
}
END_TEST

START_TEST(every_octet_value_is_read_and_written_back)
{
	for (unsigned i = 0; i < 256; i++) {
		const struct tarn_ip ip =
		        tarn_ip4((uint8_t)i, 0, (uint8_t)(255 - i), 1);
		struct tarn_ip back;

		ck_assert_int_eq(tarn_ip_parse(tarn_ip_text(&ip, text), &back),
		                 0);
		ck_assert_mem_eq(&back, &ip, sizeof(ip));
	}
}
END_TEST

static const char *const malformed[] = {
	"",
	"1",
	"1.2.3",
	"1.2.3.",
	"1.2.3.4.",
	"1.2.3.4.5",
	"1.2.3.4 ",
	" 1.2.3.4",
	"1..3.4",
	".1.2.3",
	"1.2.3.256",
	"1.2.3.999",
	"01.2.3.4",
	"1.2.3.00",
	"1.2.3.010",
	"1.2.3.-4",
	"1.2.3.+4",
	"1.2.3.4x",
	"1.2.0x3.4",
	"a.b.c.d",
	"1,2,3,4",
	"4294967297",
	"1.2.3.99999999999999999999",
	"::1",
	"localhost",
	"1.2.3.4/24",
};

START_TEST(what_is_no_strict_dotted_quad_is_refused)
{
	struct tarn_ip ip = tarn_ip4(9, 9, 9, 9);

	ck_assert_int_eq(tarn_ip_parse(malformed[_i], &ip), -EINVAL);
	ck_assert_str_eq(tarn_ip_text(&ip, text), "9.9.9.9");
}
END_TEST

START_TEST(the_longest_address_fits)
{
	const struct tarn_addr addr = { tarn_ip4(255, 255, 255, 255), 65535 };

	ck_assert_str_eq(tarn_addr_text(&addr, text), "255.255.255.255:65535");
}
END_TEST

START_TEST(an_unset_address_is_a_star)
{
	const struct tarn_addr any = { .port = 80 };

	ck_assert_str_eq(tarn_ip_text(&any.ip, text), "*");
	ck_assert_str_eq(tarn_addr_text(&any, text), "*:80");
}
END_TEST

START_TEST(an_ipv6_address_is_written_in_full)
{
	struct tarn_addr addr = { .ip.version = TARN_IP6, .port = 65535 };

	memset(addr.ip.octet, 0xff, sizeof(addr.ip.octet));
	ck_assert_str_eq(tarn_addr_text(&addr, text),
	                 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	memset(addr.ip.octet, 0, sizeof(addr.ip.octet));
	addr.ip.octet[15] = 1;
	ck_assert_str_eq(tarn_ip_text(&addr.ip, text),
	                 "0000:0000:0000:0000:0000:0000:0000:0001");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/addr");
	TCase *tc = tcase_create("addr");

	tcase_add_test(
	        tc,
	        an_address_has_its_octets_in_network_order_and_zeroes_behind);
	tcase_add_test(tc, every_octet_value_is_read_and_written_back);
	tcase_add_loop_test(tc, what_is_no_strict_dotted_quad_is_refused, 0,
	                    ARRAY_LEN(malformed));
	tcase_add_test(tc, the_longest_address_fits);
	tcase_add_test(tc, an_unset_address_is_a_star);
	tcase_add_test(tc, an_ipv6_address_is_written_in_full);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
