/* SPDX-License-Identifier: MIT */
/* test_random.c - SipHash-2-4 and the generator built on it */
#include "base/bytes.h"
#include "base/random.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/test.h"

/* The published vectors: key 00 01 .. 0f, input 00 01 .. of each length. */
static const uint64_t vectors[64] = {
	0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
	0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
	0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462,
	0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
	0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee,
	0xa129ca6149be45e5, 0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794,
	0x4bc1b3f0968dd39c, 0xbb6dc91da77961bd, 0xbed65cf21aa2ee98,
	0xd0f2cbb02e3b67c7, 0x93536795e3a33e88, 0xa80c038ccd5ccec8,
	0xb8ad50c6f649af94, 0xbce192de8a85b8ea, 0x17d835b85bbb15f3,
	0x2f2e6163076bcfad, 0xde4daaaca71dc9a5, 0xa6a2506687956571,
	0xad87a3535c49ef28, 0x32d892fad841c342, 0x7127512f72f27cce,
	0xa7f32346f95978e3, 0x12e0b01abb051238, 0x15e034d40fa197ae,
	0x314dffbe0815a3b4, 0x027990f029623981, 0xcadcd4e59ef40c4d,
	0x9abfd8766a33735c, 0x0e3ea96b5304a7d0, 0xad0c42d6fc585992,
	0x187306c89bc215a9, 0xd4a60abcf3792b95, 0xf935451de4f21df2,
	0xa9538f0419755787, 0xdb9acddff56ca510, 0xd06c98cd5c0975eb,
	0xe612a3cb9ecba951, 0xc766e62cfcadaf96, 0xee64435a9752fe72,
	0xa192d576b245165a, 0x0a8787bf8ecb74b2, 0x81b3e73d20b49b6f,
	0x7fa8220ba3b2ecea, 0x245731c13ca42499, 0xb78dbfaf3a8d83bd,
	0xea1ad565322a1a0b, 0x60e61c23a3795013, 0x6606d7e446282b93,
	0x6ca4ecb15c5f91e1, 0x9f626da15c9625f3, 0xe51b38608ef25f57,
	0x958a324ceb064572,
};

START_TEST(siphash_gives_the_published_vectors)
{
	const struct random_key key = { { 0x0706050403020100,
		                          0x0f0e0d0c0b0a0908 } };
	uint8_t input[ARRAY_LEN(vectors)];

	for (size_t len = 0; len < ARRAY_LEN(vectors); len++) {
		ck_assert_uint_eq(siphash(&key, input, len), vectors[len]);
		input[len] = (uint8_t)len;
	}
}
END_TEST

START_TEST(siphash_reads_nothing_beyond_the_end)
{
	const struct random_key key = { { 1, 2 } };

	for (size_t len = 0; len < 40; len++) {
		uint8_t *buf = guard_alloc(NULL, len);

		siphash(&key, buf, len);
		guard_free(buf, len);
	}
}
END_TEST

START_TEST(one_seed_gives_the_same_numbers)
{
	const uint64_t seed[2] = { 3, 4 };
	struct random one, two;

	random_init(&one, seed);
	random_init(&two, seed);
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(random_u64(&one), random_u64(&two));
}
END_TEST

/* So that a recorded run can be repeated by a later version of us. */
START_TEST(the_numbers_of_a_seed_are_fixed)
{
	struct random random;

	random_init(&random,
	            (uint64_t[]){ 0x0706050403020100, 0x0f0e0d0c0b0a0908 });
	ck_assert_uint_eq(random_u64(&random), 0x39d3851ca07681a7);
	ck_assert_uint_eq(random_u64(&random), 0x2b91b2b085e6d1f6);
	random.count = 0x0102030405060708;
	ck_assert_uint_eq(random_u64(&random), 0x15da122d946e1699);
}
END_TEST

START_TEST(another_seed_gives_other_numbers)
{
	struct random one, two;

	random_init(&one, (uint64_t[]){ 3, 4 });
	random_init(&two, (uint64_t[]){ 3, 5 });
	ck_assert_uint_ne(random_u64(&one), random_u64(&two));
}
END_TEST

START_TEST(keys_that_are_drawn_differ)
{
	struct random random;
	struct random_key one, two;

	random_init(&random, (uint64_t[]){ 3, 4 });
	one = random_key_draw(&random);
	two = random_key_draw(&random);
	ck_assert_uint_ne(one.half[0], two.half[0]);
	ck_assert_uint_ne(one.half[0], one.half[1]);
	ck_assert_uint_ne(one.half[1], two.half[1]);
}
END_TEST

START_TEST(below_is_even_and_below)
{
	enum { BOUND = 7, DRAWS = 70000 };
	unsigned count[BOUND] = { 0 };
	struct random random;

	random_init(&random, (uint64_t[]){ 5, 6 });
	for (int i = 0; i < DRAWS; i++) {
		const uint32_t drawn = random_below(&random, BOUND);

		ck_assert_uint_lt(drawn, BOUND);
		count[drawn]++;
	}
	/* 10000 each; four standard deviations are 370. */
	for (int i = 0; i < BOUND; i++) {
		ck_assert_uint_gt(count[i], 9630);
		ck_assert_uint_lt(count[i], 10370);
	}
}
END_TEST

/* Of 2^32 draws a third is in the uneven rest: without drawing again the lower
 * half would come twice as often as the upper. */
START_TEST(below_a_large_bound_is_even_too)
{
	const uint32_t bound = 3u << 30;
	unsigned lower       = 0;
	struct random random;

	random_init(&random, (uint64_t[]){ 7, 8 });
	for (int i = 0; i < 30000; i++)
		lower += random_below(&random, bound) < 1u << 30;
	ck_assert_uint_gt(lower, 9670);
	ck_assert_uint_lt(lower, 10330);
	ck_assert_uint_gt(random.count, 30000);
}
END_TEST

START_TEST(below_one_is_zero)
{
	struct random random;

	random_init(&random, (uint64_t[]){ 9, 10 });
	ck_assert_uint_eq(random_below(&random, 1), 0);
}
END_TEST

static void draw_below_zero(void *arg)
{
	random_below(arg, 0);
}

START_TEST(below_zero_is_a_programmers_error)
{
	struct random random;

	random_init(&random, (uint64_t[]){ 9, 10 });
	ck_assert(dies(draw_below_zero, &random));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/random");
	TCase *tc = tcase_create("random");

	tcase_add_test(tc, siphash_gives_the_published_vectors);
	tcase_add_test(tc, siphash_reads_nothing_beyond_the_end);
	tcase_add_test(tc, one_seed_gives_the_same_numbers);
	tcase_add_test(tc, the_numbers_of_a_seed_are_fixed);
	tcase_add_test(tc, another_seed_gives_other_numbers);
	tcase_add_test(tc, keys_that_are_drawn_differ);
	tcase_add_test(tc, below_is_even_and_below);
	tcase_add_test(tc, below_a_large_bound_is_even_too);
	tcase_add_test(tc, below_one_is_zero);
	tcase_add_test(tc, below_zero_is_a_programmers_error);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
