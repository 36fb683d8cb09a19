/* SPDX-License-Identifier: MIT */
/* test_pack.c - what is read back is what was written, whatever was expected */
#include "base/random.h"
#include "tcp/rest.h"
#include "tests/unit/lib/test.h"

#define LEN 4096u

static uint8_t data[LEN], expected[LEN], copy[LEN];
static uint8_t packed[PACK_LEN_MAX(LEN)];

static size_t check(size_t len)
{
	const size_t packed_len = pack_write(data, expected, len, packed);

	ck_assert_uint_le(packed_len, PACK_LEN_MAX(len));
	memcpy(copy, expected, len);
	ck_assert_uint_eq(pack_read(packed, copy, len), packed_len);
	ck_assert_mem_eq(copy, data, len);

	return packed_len;
}

static void setup(void)
{
	memset(data, 0, sizeof(data));
	memset(expected, 0, sizeof(expected));
}

START_TEST(what_is_as_expected_takes_two_octets_for_256_words)
{
	memset(data, 7, sizeof(data));
	memset(expected, 7, sizeof(expected));
	ck_assert_uint_eq(check(256 * 8), 2);
	ck_assert_uint_eq(check(257 * 8), 4);
	ck_assert_uint_eq(check(0), 0);
}
END_TEST

START_TEST(an_octet_that_differs_takes_two)
{
	data[19] = 1;
	ck_assert_uint_eq(check(24), 4); /* two words of 0, then it */
	ck_assert_uint_eq(packed[2], 1 << 3);
	ck_assert_uint_eq(packed[3], 1);
}
END_TEST

START_TEST(nothing_as_expected_takes_nine_octets_a_word)
{
	memset(data, 0xff, sizeof(data));
	ck_assert_uint_eq(check(LEN), LEN / 8 * 9);
}
END_TEST

START_TEST(a_word_that_is_not_aligned_is_read_as_any_other)
{
	data[1] = data[9] = 3;
	memcpy(copy, data, 24);
	ck_assert_uint_gt(pack_write(data + 1, expected + 1, 16, packed), 0);
	memset(copy, 0, sizeof(copy));
	pack_read(packed, copy + 1, 16);
	ck_assert_mem_eq(copy + 1, data + 1, 16);
}
END_TEST

START_TEST(whatever_it_was_comes_back)
{
	struct random chance;

	random_init(&chance, (uint64_t[]){ 3, 4 });
	for (int round = 0; round < 2000; round++) {
		const uint32_t density = random_below(&chance, 64);

		setup();
		for (uint32_t i = 0; i < density * density; i++)
			data[random_below(&chance, LEN)] =
			        (uint8_t)random_below(&chance, 256);
		for (uint32_t i = 0; i < density; i++)
			expected[random_below(&chance, LEN)] =
			        (uint8_t)random_below(&chance, 256);
		check(LEN - 8 * random_below(&chance, LEN / 8));
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("tcp/pack");
	TCase *tc = tcase_create("pack");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, what_is_as_expected_takes_two_octets_for_256_words);
	tcase_add_test(tc, an_octet_that_differs_takes_two);
	tcase_add_test(tc, nothing_as_expected_takes_nine_octets_a_word);
	tcase_add_test(tc, a_word_that_is_not_aligned_is_read_as_any_other);
	tcase_add_test(tc, whatever_it_was_comes_back);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
