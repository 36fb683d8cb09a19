/* SPDX-License-Identifier: MIT */
/* test_checksum.c - the Internet checksum against RFC 1071's own arithmetic */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/random.h"
#include "tests/unit/lib/test.h"
#include <stdbool.h>

#define LEN_MAX 200

static struct random chance;

static void setup(void)
{
	random_init(&chance, (uint64_t[]){ 1, 2 });
}

static void fill(uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = (uint8_t)random_u64(&chance);
}

/* RFC 1071 section 4.1, word by word. */
static uint16_t model(const uint8_t *buf, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? buf[i] : (uint32_t)buf[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);

	return (uint16_t)~sum;
}

START_TEST(the_example_of_rfc_1071_section_3)
{
	const uint8_t data[] = {
		0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7
	};

	ck_assert_uint_eq(checksum_fold(checksum_add(0, data, 8)),
	                  (uint16_t)~0xddf2);
}
END_TEST

START_TEST(nothing_sums_to_nothing)
{
	ck_assert_uint_eq(checksum_fold(checksum_add(0, "", 0)), 0xffff);
}
END_TEST

START_TEST(every_length_at_every_alignment_equals_the_model)
{
	uint8_t data[LEN_MAX + 8];

	fill(data, sizeof(data));
	for (size_t at = 0; at < 8; at++)
		for (size_t len = 0; len <= LEN_MAX; len++)
			ck_assert_uint_eq(
			        checksum_fold(checksum_add(0, data + at, len)),
			        model(data + at, len));
}
END_TEST

START_TEST(no_octet_beyond_the_end_is_read)
{
	uint8_t data[LEN_MAX];

	fill(data, sizeof(data));
	for (size_t len = 0; len <= LEN_MAX; len++) {
		uint8_t *buf = guard_alloc(data, len);

		ck_assert_uint_eq(checksum_fold(checksum_add(0, buf, len)),
		                  model(data, len));
		guard_free(buf, len);
	}
}
END_TEST

START_TEST(carries_are_never_lost)
{
	static uint8_t data[65535];
	uint64_t sum = 0;

	memset(data, 0xff, sizeof(data));
	ck_assert_uint_eq(checksum_fold(checksum_add(0, data, 65534)), 0);
	for (int i = 0; i < 100; i++)
		sum = checksum_add(sum, data, 65534);
	ck_assert_uint_eq(checksum_fold(sum), 0);
	ck_assert_uint_eq(checksum_fold(UINT64_MAX), 0);
}
END_TEST

/* Folding is taking the rest by 65535, but for the name of zero. */
START_TEST(folding_carries_as_often_as_it_must)
{
	const uint64_t sums[] = { 0,
		                  1,
		                  0xfffe,
		                  0xffff,
		                  0x10000,
		                  0x1ffff,
		                  0x2fffe,
		                  0xffffffff,
		                  0x10000ffff,
		                  0x00010000ffffffff,
		                  0xfffffffffffeffff,
		                  UINT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		const uint64_t rest = sums[i] % 0xffff;
		const bool is_zero  = sums[i] && !rest;

		ck_assert_uint_eq(checksum_fold(sums[i]),
		                  is_zero ? 0 : 0xffff - rest);
	}
}
END_TEST

START_TEST(a_right_checksum_makes_the_whole_zero)
{
	uint8_t data[64];

	fill(data, sizeof(data));
	put_be16(data + 16, 0);
	put_be16(data + 16, checksum_fold(checksum_add(0, data, 64)));
	ck_assert_uint_eq(checksum_fold(checksum_add(0, data, 64)), 0);
}
END_TEST

START_TEST(every_single_bit_error_is_seen)
{
	uint8_t data[LEN_MAX];
	uint16_t right;

	fill(data, sizeof(data));
	right = checksum_fold(checksum_add(0, data, LEN_MAX));
	for (size_t bit = 0; bit < 8 * (size_t)LEN_MAX; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert_uint_ne(checksum_fold(checksum_add(0, data, LEN_MAX)),
		                  right);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(the_sum_takes_host_integers)
{
	const uint8_t length[] = { 0x05, 0xdc };

	ck_assert_uint_eq(checksum_fold(checksum_add(0, length, 2)),
	                  checksum_fold(1500));
}
END_TEST

START_TEST(parts_cut_anywhere_sum_to_the_whole)
{
	uint8_t data[LEN_MAX];
	uint64_t sum;

	fill(data, sizeof(data));
	for (size_t cut = 0; cut <= LEN_MAX; cut++) {
		sum = checksum_add_at(0, data, cut, 0);
		sum = checksum_add_at(sum, data + cut, LEN_MAX - cut, cut);
		ck_assert_uint_eq(checksum_fold(sum), model(data, LEN_MAX));
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/checksum");
	TCase *tc = tcase_create("checksum");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, the_example_of_rfc_1071_section_3);
	tcase_add_test(tc, nothing_sums_to_nothing);
	tcase_add_test(tc, every_length_at_every_alignment_equals_the_model);
	tcase_add_test(tc, no_octet_beyond_the_end_is_read);
	tcase_add_test(tc, carries_are_never_lost);
	tcase_add_test(tc, folding_carries_as_often_as_it_must);
	tcase_add_test(tc, a_right_checksum_makes_the_whole_zero);
	tcase_add_test(tc, every_single_bit_error_is_seen);
	tcase_add_test(tc, the_sum_takes_host_integers);
	tcase_add_test(tc, parts_cut_anywhere_sum_to_the_whole);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
