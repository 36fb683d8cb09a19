/* SPDX-License-Identifier: MIT */
/* test_bytes.c - big-endian octets in, host integers out */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"

START_TEST(the_first_octet_is_the_most_significant)
{
	const uint8_t octet[] = { 0xfe, 0xdc, 0xba, 0x98 };

	ck_assert_uint_eq(get_be16(octet), 0xfedc);
	ck_assert_uint_eq(get_be32(octet), 0xfedcba98);
}
END_TEST

START_TEST(writing_is_the_inverse_of_reading)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		const uint32_t value = 0x80000001u ^ BIT(bit);
		uint8_t octet[5]     = { 0, 0, 0, 0, 0xaa };

		put_be32(octet, value);
		ck_assert_uint_eq(get_be32(octet), value);
		put_be16(octet + 1, (uint16_t)value);
		ck_assert_uint_eq(get_be16(octet + 1), (uint16_t)value);
		ck_assert_uint_eq(octet[4], 0xaa);
	}
}
END_TEST

START_TEST(an_odd_address_is_as_good_as_any)
{
	uint8_t *buf = guard_alloc(NULL, 5);

	put_be32(buf + 1, 0x01020304);
	ck_assert_uint_eq(get_be32(buf + 1), 0x01020304);
	ck_assert_uint_eq(get_be16(buf + 3), 0x0304);
	guard_free(buf, 5);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/bytes");
	TCase *tc = tcase_create("bytes");

	tcase_add_test(tc, the_first_octet_is_the_most_significant);
	tcase_add_test(tc, writing_is_the_inverse_of_reading);
	tcase_add_test(tc, an_odd_address_is_as_good_as_any);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
