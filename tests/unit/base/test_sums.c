/* SPDX-License-Identifier: MIT */
/* test_sums.c - all ways to compute sums give those of RFC 1071's arithmetic */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/random.h"
#include "base/sums.h"
#include "tests/unit/lib/test.h"
#include <stdbool.h>

#define LEN_MAX   4096
#define ALIGN_MAX 64

static const struct sums *ways[2];
static unsigned way_count;
static struct random chance;
static uint8_t data[LEN_MAX + ALIGN_MAX];
/* Of the words at each place from the beginning on, not folded. */
static uint64_t words_until[LEN_MAX + ALIGN_MAX + 1][2];

/* RFC 1071 section 4.1 in any number of steps: the sums of all beginnings that
 * are reached in twos from place 0, and from place 1. */
static void learn(void)
{
	for (size_t i = 0; i + 1 < sizeof(data); i++)
		words_until[i + 2][i % 2] =
		        words_until[i][i % 2] + get_be16(data + i);
}

static uint16_t model(size_t at, size_t len)
{
	const size_t even = at + len / 2 * 2;
	uint64_t sum      = words_until[even][at % 2] - words_until[at][at % 2];

	if (len % 2)
		sum += (uint64_t)data[even] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);

	return (uint16_t)~sum;
}

static void fill_with_chance(void)
{
	memset(words_until, 0, sizeof(words_until));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)random_u64(&chance);
	learn();
}

static void setup(void)
{
	random_init(&chance, (uint64_t[]){ 1, 2 });
	fill_with_chance();
	way_count         = 0;
	ways[way_count++] = &sums_portable;
	if (sums_avx2())
		ways[way_count++] = sums_avx2();
}

/* The sum and, where it is copied, the octets: those and no others. */
static void check(const struct sums *way, size_t at, size_t len)
{
	static uint8_t to[LEN_MAX + 2 * ALIGN_MAX];
	uint8_t *into = to + ALIGN_MAX + at * 7 % 32;

	EXPECT_EQ(checksum_fold(way->add(0, data + at, len)), model(at, len));
	into[-1]  = 0xa5;
	into[len] = 0x5a;
	EXPECT_EQ(checksum_fold(way->copy(0, into, data + at, len)),
	          model(at, len));
	EXPECT_EQ(memcmp(into, data + at, len), 0);
	EXPECT_EQ(into[-1], 0xa5);
	EXPECT_EQ(into[len], 0x5a);
}

START_TEST(every_length_at_every_alignment_equals_the_model)
{
	for (unsigned i = 0; i < way_count; i++)
		for (size_t at = 0; at < ALIGN_MAX; at += at < 9 ? 1 : 11)
			for (size_t len = 0; len <= LEN_MAX; len++)
				check(ways[i], at, len);
}
END_TEST

START_TEST(octets_by_chance_equal_the_model)
{
	for (unsigned n = 0; n < 200; n++) {
		const size_t at  = random_u64(&chance) % ALIGN_MAX;
		const size_t len = random_u64(&chance) % LEN_MAX;

		fill_with_chance();
		for (unsigned i = 0; i < way_count; i++)
			check(ways[i], at, len);
	}
}
END_TEST

START_TEST(carries_are_never_lost)
{
	static uint8_t all[1 << 16], to[1 << 16];

	memset(all, 0xff, sizeof(all));
	for (unsigned i = 0; i < way_count; i++)
		for (size_t len = 2; len <= sizeof(all); len += 998) {
			ck_assert_uint_eq(
			        checksum_fold(ways[i]->add(0, all, len)), 0);
			ck_assert_uint_eq(
			        checksum_fold(ways[i]->copy(0, to, all, len)),
			        0);
		}
}
END_TEST

START_TEST(what_was_summed_before_is_added)
{
	for (unsigned i = 0; i < way_count; i++) {
		const uint64_t sum = ways[i]->add(0, data, 1000);

		ck_assert_uint_eq(
		        checksum_fold(ways[i]->add(sum, data + 1000, 460)),
		        model(0, 1460));
		ck_assert_uint_eq(
		        checksum_fold(ways[i]->add(1ull << 40, data, 1460)),
		        checksum_fold(
		                sums_portable.add(1ull << 40, data, 1460)));
	}
}
END_TEST

START_TEST(no_octet_beyond_the_end_is_touched)
{
	for (unsigned i = 0; i < way_count; i++)
		for (size_t len = 1; len <= 200; len++) {
			uint8_t *from = guard_alloc(data, len);
			uint8_t *to   = guard_alloc(NULL, len);

			EXPECT_EQ(checksum_fold(ways[i]->add(0, from, len)),
			          model(0, len));
			EXPECT_EQ(
			        checksum_fold(ways[i]->copy(0, to, from, len)),
			        model(0, len));
			guard_free(from, len);
			guard_free(to, len);
		}
}
END_TEST

START_TEST(the_best_way_is_one_of_them)
{
	bool is_known = false;

	for (unsigned i = 0; i < way_count; i++)
		is_known |= sums_best() == ways[i];
	ck_assert(is_known);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/sums");
	TCase *tc = tcase_create("sums");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, every_length_at_every_alignment_equals_the_model);
	tcase_add_test(tc, octets_by_chance_equal_the_model);
	tcase_add_test(tc, carries_are_never_lost);
	tcase_add_test(tc, what_was_summed_before_is_added);
	tcase_add_test(tc, no_octet_beyond_the_end_is_touched);
	tcase_add_test(tc, the_best_way_is_one_of_them);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
