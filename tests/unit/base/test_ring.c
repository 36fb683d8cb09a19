/* SPDX-License-Identifier: MIT */
/*
 * test_ring.c - the ring against a flat array
 *
 * In the model offset 0 is always flat[head]. What was written is known, held
 * or not; the rest must not be looked at.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/random.h"
#include "base/ring.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/hook.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define SPACE 16384u /* offsets that the random test uses */
#define FLAT  (1u << 22)

static struct hook hook;
static struct memory memory;
static struct random chance;
static struct ring ring;
static uint8_t flat[FLAT];
static bool is_written[FLAT];
static uint32_t head, len;
static uint32_t wraps; /* reads that came in two slices */

static void setup(void)
{
	hook = (struct hook){ .refuse_from = HOOK_NEVER };
	memory_init(&memory, &(struct tarn_memory){ hook_resize, &hook },
	            SIZE_MAX);
	random_init(&chance, (uint64_t[]){ 21, 22 });
	ring = (struct ring){ 0 };
	memset(is_written, 0, sizeof(is_written));
	head = 0;
	len  = 0;
}

static void teardown(void)
{
	ring_release(&ring, &memory);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(hook.blocks, 0);
}

static void write_at(uint32_t offset, uint32_t count)
{
	uint8_t data[SPACE];

	for (uint32_t i = 0; i < count; i++) {
		data[i] = (uint8_t)random_u64(&chance);

		flat[head + offset + i]       = data[i];
		is_written[head + offset + i] = true;
	}
	ring_write_at(&ring, offset, data, count);
}

/* How many octets right behind the end are known. */
static uint32_t claimable(uint32_t most)
{
	uint32_t count = 0;

	while (count < most && is_written[head + len + count])
		count++;

	return count;
}

static void check_read(uint32_t offset, uint32_t count)
{
	uint8_t *buf = guard_alloc(NULL, count);

	ring_read_at(&ring, offset, buf, count);
	ck_assert_mem_eq(buf, flat + head + offset, count);
	guard_free(buf, count);
}

static void check_slices(uint32_t offset, uint32_t count)
{
	struct tarn_slice part[2];
	const unsigned parts = ring_slices(&ring, offset, count, part);
	uint32_t at          = head + offset;

	ck_assert_uint_le(parts, 2);
	for (unsigned i = 0; i < parts; i++) {
		ck_assert_uint_gt(part[i].len, 0);
		EXPECT_EQ(memcmp(part[i].data, flat + at, part[i].len), 0);
		at += (uint32_t)part[i].len;
	}
	ck_assert_uint_eq(at, head + offset + count);
	wraps += parts == 2;
}

static uint32_t below(uint32_t bound)
{
	return random_below(&chance, bound + 1);
}

static void act(void)
{
	uint32_t offset, count;

	switch (random_below(&chance, 6)) {
	case 0:
		count = below(SPACE);
		ck_assert_int_eq(ring_reserve(&ring, &memory, count), 0);
		ck_assert_uint_ge(ring.size, count);
		break;
	case 1: /* in order */
		write_at(len, below(MIN(ring.size - len, 3000)));
		break;
	case 2: /* out of order */
		offset = len + below(ring.size - len);
		write_at(offset, below(MIN(ring.size - offset, 3000)));
		break;
	case 3:
		count = claimable(below(ring.size - len));
		ring_claim(&ring, count);
		len += count;
		break;
	case 4:
		count = below(len);
		ring_consume(&ring, count);
		head += count;
		len -= count;
		break;
	default:
		count = claimable(ring.size - len);
		ring_claim(&ring, count);
		len += count;
	}
}

START_TEST(random_operations_equal_the_model)
{
	wraps = 0;
	for (int round = 0; round < 3000 && head < FLAT - 2 * SPACE; round++) {
		uint32_t offset;

		act();
		ck_assert_uint_eq(ring.len, len);
		offset = below(len);
		check_read(offset, below(len - offset));
		check_slices(offset, below(len - offset));
	}
	ck_assert_uint_eq(ring.size, SPACE);
	ck_assert_uint_gt(wraps, 100);
	ck_assert_uint_gt(head, 10 * SPACE);
}
END_TEST

START_TEST(a_new_ring_holds_no_memory)
{
	struct tarn_slice part[2];

	ck_assert_uint_eq(memory.used, 0);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 0), 0);
	ck_assert_ptr_null(ring.block);
	ck_assert_uint_eq(ring_slices(&ring, 0, 0, part), 0);
	ring_write_at(&ring, 0, "", 0);
	ring_consume(&ring, 0);
	ring_claim(&ring, 0);
	ring_read_at(&ring, 0, NULL, 0);
}
END_TEST

START_TEST(the_block_doubles_from_2048)
{
	ck_assert_int_eq(ring_reserve(&ring, &memory, 1), 0);
	ck_assert_uint_eq(ring.size, 2048);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 2048), 0);
	ck_assert_uint_eq(ring.size, 2048);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 2049), 0);
	ck_assert_uint_eq(ring.size, 4096);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 6u << 20), 0);
	ck_assert_uint_eq(ring.size, 8u << 20);
	ck_assert_uint_eq(memory.used, 8u << 20);
}
END_TEST

/* Out of order, across the wrap, through three sizes: nothing may get lost. */
START_TEST(growing_keeps_octets_beyond_the_end)
{
	ck_assert_int_eq(ring_reserve(&ring, &memory, 2048), 0);
	write_at(0, 1500);
	ring_claim(&ring, 1500);
	ring_consume(&ring, 1500);
	head += 1500;

	write_at(100, 1948); /* wraps; offsets 0 to 99 are the hole */
	ck_assert_int_eq(ring_reserve(&ring, &memory, 9000), 0);
	write_at(2048, 6952);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 40000), 0);
	write_at(0, 100);
	ring_claim(&ring, 9000);
	len = 9000;
	check_read(0, 9000);
}
END_TEST

START_TEST(an_octet_out_of_order_survives_the_ring_running_empty)
{
	ck_assert_int_eq(ring_reserve(&ring, &memory, 2048), 0);
	write_at(0, 10);
	write_at(20, 10);
	ring_claim(&ring, 10);
	ring_consume(&ring, 10);
	head += 10;
	ck_assert_uint_eq(ring.len, 0);
	write_at(0, 10);
	ring_claim(&ring, 20);
	len = 20;
	check_read(0, 20);
}
END_TEST

START_TEST(refused_memory_leaves_the_ring_as_it_was)
{
	struct ring before;

	hook.refuse_from = 0;
	ck_assert_int_eq(ring_reserve(&ring, &memory, 1), -ENOBUFS);
	ck_assert_ptr_null(ring.block);

	hook.refuse_from = 2;
	ck_assert_int_eq(ring_reserve(&ring, &memory, 1), 0);
	write_at(0, 2000);
	ring_claim(&ring, 2000);
	len    = 2000;
	before = ring;
	ck_assert_int_eq(ring_reserve(&ring, &memory, 3000), -ENOBUFS);
	ck_assert_mem_eq(&ring, &before, sizeof(ring));
	check_read(0, 2000);
}
END_TEST

START_TEST(a_size_beyond_all_measure_is_not_even_asked_for)
{
	hook.refuse_from = 0;
	ck_assert_int_eq(ring_reserve(&ring, &memory, UINT32_MAX), -ENOBUFS);
	ck_assert_int_eq(ring_reserve(&ring, &memory, (1u << 30) + 1),
	                 -ENOBUFS);
	ck_assert_uint_eq(hook.calls, 0);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 1u << 30), -ENOBUFS);
	ck_assert_uint_eq(hook.calls, 1);
}
END_TEST

START_TEST(released_a_ring_can_be_used_again)
{
	ck_assert_int_eq(ring_reserve(&ring, &memory, 5000), 0);
	write_at(0, 5000);
	ring_claim(&ring, 5000);
	ring_release(&ring, &memory);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(ring.size, 0);
	ck_assert_uint_eq(ring.len, 0);
	ck_assert_int_eq(ring_reserve(&ring, &memory, 10), 0);
	ck_assert_uint_eq(ring.size, 2048);
}
END_TEST

enum wrong {
	WRITE_BEYOND,
	WRITE_LONG,
	CLAIM,
	READ_BEYOND,
	READ_LONG,
	CONSUME,
	WRONG_COUNT,
};

static void do_wrong(void *arg)
{
	const enum wrong *wrong = arg;
	uint8_t octet[1]        = { 0 };

	switch (*wrong) {
	case WRITE_BEYOND:
		ring_write_at(&ring, 2048, octet, 1);
		break;
	case WRITE_LONG:
		ring_write_at(&ring, UINT32_MAX, octet, 2049);
		break;
	case CLAIM:
		ring_claim(&ring, 1949);
		break;
	case READ_BEYOND:
		ring_read_at(&ring, 100, octet, 1);
		break;
	case READ_LONG:
		ring_read_at(&ring, UINT32_MAX, octet, 101);
		break;
	case CONSUME:
		ring_consume(&ring, 101);
		break;
	default:
		break;
	}
}

START_TEST(leaving_the_ring_is_a_programmers_error)
{
	enum wrong wrong = (enum wrong)_i;

	ck_assert_int_eq(ring_reserve(&ring, &memory, 2048), 0);
	write_at(0, 100);
	ring_claim(&ring, 100);
	ck_assert(dies(do_wrong, &wrong));
}
END_TEST

/* From every index on, the wrap in the middle of an even or an odd place. */
START_TEST(octets_summed_on_the_way_sum_to_the_same)
{
	const struct sums *ways[] = { &sums_portable, sums_best() };
	uint8_t data[999], back[999];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)random_u64(&chance);
	ck_assert_int_eq(ring_reserve(&ring, &memory, sizeof(data)), 0);
	for (ring.start = 0; ring.start < ring.size; ring.start++) {
		const struct sums *way = ways[ring.start % 7 == 0];
		const uint32_t count   = sizeof(data) - ring.start % 2;
		const uint16_t sum =
		        checksum_fold(checksum_add(0, data, count));

		ring.len = 0;
		EXPECT_EQ(checksum_fold(ring_write_sum_at(&ring, 0, data, count,
		                                          way)),
		          sum);
		ring_claim(&ring, count);
		EXPECT_EQ(checksum_fold(
		                  ring_read_sum_at(&ring, 0, back, count, way)),
		          sum);
		EXPECT_EQ(memcmp(back, data, count), 0);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/ring");
	TCase *tc = tcase_create("ring");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, random_operations_equal_the_model);
	tcase_add_test(tc, a_new_ring_holds_no_memory);
	tcase_add_test(tc, the_block_doubles_from_2048);
	tcase_add_test(tc, growing_keeps_octets_beyond_the_end);
	tcase_add_test(tc,
	               an_octet_out_of_order_survives_the_ring_running_empty);
	tcase_add_test(tc, refused_memory_leaves_the_ring_as_it_was);
	tcase_add_test(tc, a_size_beyond_all_measure_is_not_even_asked_for);
	tcase_add_test(tc, released_a_ring_can_be_used_again);
	tcase_add_test(tc, octets_summed_on_the_way_sum_to_the_same);
	tcase_add_loop_test(tc, leaving_the_ring_is_a_programmers_error, 0,
	                    WRONG_COUNT);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
