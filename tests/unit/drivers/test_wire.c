/* SPDX-License-Identifier: MIT */
/* test_wire.c - delay, rate, queue and faults of the in-process wire */
#include "base/bytes.h"
#include "drivers/wire.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

static struct wire *wire;
static struct link a, b;

static void open_wire(const struct wire_path *path, uint64_t seed)
{
	ck_assert_int_eq(wire_create(path, seed, &wire), 0);
	a = wire_end(wire, 0);
	b = wire_end(wire, 1);
}

static void teardown(void)
{
	wire_destroy(wire);
	wire = NULL;
}

static int sends(struct link *from, const void *data, size_t len)
{
	const struct tarn_slice part = { data, len };

	return from->ops->transmit(from->state, &part, 1);
}

static ssize_t receives(struct link *to, uint8_t *buf, size_t size)
{
	return to->ops->receive(to->state, buf, size);
}

/* The next frame must be this number. */
static void expect_number(struct link *to, uint32_t number)
{
	uint8_t buf[64] = { 0 };

	ck_assert_int_eq(receives(to, buf, sizeof(buf)), 4);
	ck_assert_uint_eq(get_be32(buf), number);
}

static void send_number(struct link *from, uint32_t number)
{
	uint8_t buf[4];

	put_be32(buf, number);
	ck_assert_int_eq(sends(from, buf, 4), 0);
}

static void expect_nothing(struct link *to)
{
	uint8_t buf[64];

	ck_assert_int_eq(receives(to, buf, sizeof(buf)), 0);
}

START_TEST(frame_goes_to_the_other_end_only)
{
	open_wire(&(struct wire_path){ 0 }, 1);
	send_number(&a, 7);
	expect_nothing(&a);
	expect_number(&b, 7);
	expect_nothing(&b);
	send_number(&b, 8);
	expect_nothing(&b);
	expect_number(&a, 8);
}
END_TEST

START_TEST(parts_are_joined)
{
	const struct tarn_slice part[3] = { { "ab", 2 },
		                            { NULL, 0 },
		                            { "c", 1 } };
	uint8_t buf[8];

	open_wire(&(struct wire_path){ 0 }, 1);
	ck_assert_int_eq(a.ops->transmit(a.state, part, 3), 0);
	ck_assert_int_eq(receives(&b, buf, sizeof(buf)), 3);
	ck_assert_mem_eq(buf, "abc", 3);
}
END_TEST

START_TEST(long_frame_is_cut_and_tells_its_true_length)
{
	uint8_t *small = guard_alloc(NULL, 3);

	open_wire(&(struct wire_path){ 0 }, 1);
	ck_assert_int_eq(sends(&a, "abcdef", 6), 0);
	ck_assert_int_eq(receives(&b, small, 3), 6);
	ck_assert_mem_eq(small, "abc", 3);
	guard_free(small, 3);
}
END_TEST

START_TEST(delay_passes_before_arrival)
{
	open_wire(&(struct wire_path){ .delay_us = 50000 }, 1);
	wire_advance(wire, 1000);
	ck_assert_uint_eq(wire_deadline(wire), TARN_NEVER);
	send_number(&a, 1);
	ck_assert_uint_eq(wire_deadline(wire), 51000);
	wire_advance(wire, 50999);
	expect_nothing(&b);
	b.advance(b.state, 51000);
	ck_assert_uint_eq(b.deadline(b.state), 51000);
	expect_number(&b, 1);
	ck_assert_uint_eq(wire_deadline(wire), TARN_NEVER);
}
END_TEST

START_TEST(time_never_goes_back)
{
	open_wire(&(struct wire_path){ .delay_us = 10 }, 1);
	wire_advance(wire, 100);
	wire_advance(wire, 50);
	send_number(&a, 1);
	ck_assert_uint_eq(wire_deadline(wire), 110);
}
END_TEST

START_TEST(rate_spaces_frames_out)
{
	uint8_t frame[1250] = { 0 };

	/* 10,000 bits at 10 Mbit/s: 1 ms each. */
	open_wire(&(struct wire_path){ .rate_bps = 10000000, .delay_us = 100 },
	          1);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(sends(&a, frame, sizeof(frame)), 0);
	for (unsigned i = 1; i <= 3; i++) {
		ck_assert_uint_eq(wire_deadline(wire), i * 1000 + 100);
		wire_advance(wire, i * 1000 + 100);
		ck_assert_int_eq(receives(&b, frame, sizeof(frame)), 1250);
	}
}
END_TEST

START_TEST(full_queue_drops_at_the_tail)
{
	struct wire_stats stats;
	uint8_t frame[1250] = { 0 };

	open_wire(
	        &(struct wire_path){ .rate_bps = 10000000, .queue_frames = 2 },
	        1);
	ck_assert_int_eq(sends(&a, frame, sizeof(frame)), 0);
	ck_assert_int_eq(sends(&a, frame, sizeof(frame)), 0);
	ck_assert_int_eq(sends(&a, frame, sizeof(frame)), -ENOBUFS);
	/* The first has left after 1 ms, and there is room again. */
	wire_advance(wire, 1000);
	ck_assert_int_eq(sends(&a, frame, sizeof(frame)), 0);
	wire_stats(wire, 0, &stats);
	ck_assert_uint_eq(stats.sent, 4);
	ck_assert_uint_eq(stats.overflowed, 1);
	/* The other direction has a queue of its own. */
	ck_assert_int_eq(sends(&b, frame, sizeof(frame)), 0);
}
END_TEST

START_TEST(unlimited_rate_never_fills_the_queue)
{
	open_wire(&(struct wire_path){ .queue_frames = 2, .delay_us = 1000 },
	          1);
	for (uint32_t i = 0; i < 100; i++)
		send_number(&a, i);
}
END_TEST

START_TEST(jitter_keeps_the_order)
{
	open_wire(&(struct wire_path){ .delay_us = 100, .jitter_us = 1000 }, 1);
	for (uint32_t i = 0; i < 200; i++) {
		wire_advance(wire, i * 10);
		send_number(&a, i);
	}
	wire_advance(wire, 199 * 10 + 99);
	for (uint32_t i = 0; i < 200; i++) {
		wire_advance(wire, wire_deadline(wire));
		expect_number(&b, i);
	}
}
END_TEST

START_TEST(loss_takes_its_share)
{
	struct wire_stats stats;

	open_wire(&(struct wire_path){ .loss_ppm = 50000 }, 3);
	for (uint32_t i = 0; i < 10000; i++)
		send_number(&a, i);
	for (uint8_t buf[4]; receives(&b, buf, 4) > 0;)
		;
	wire_stats(wire, 0, &stats);
	ck_assert_uint_eq(stats.delivered + stats.lost, 10000);
	ck_assert_uint_gt(stats.lost, 400);
	ck_assert_uint_lt(stats.lost, 600);
}
END_TEST

START_TEST(a_burst_takes_so_many_in_a_row)
{
	struct wire_stats stats;
	uint32_t expected = 0;
	uint8_t buf[4];

	open_wire(&(struct wire_path){ .loss_ppm = 10000, .loss_burst = 4 }, 1);
	for (uint32_t i = 0; i < 10000; i++)
		send_number(&a, i);
	while (receives(&b, buf, 4) > 0) {
		const uint32_t got = get_be32(buf);

		/* Bursts may touch; each is four long, but for the last. */
		ck_assert_uint_eq((got - expected) % 4, 0);
		expected = got + 1;
	}
	wire_stats(wire, 0, &stats);
	ck_assert_uint_gt(stats.lost, 280);
	ck_assert_uint_lt(stats.lost, 520);
}
END_TEST

START_TEST(certain_loss_loses_everything)
{
	open_wire(&(struct wire_path){ .loss_ppm = 1000000 }, 1);
	for (uint32_t i = 0; i < 100; i++)
		send_number(&a, i);
	expect_nothing(&b);
	ck_assert_uint_eq(wire_deadline(wire), TARN_NEVER);
}
END_TEST

START_TEST(duplicate_arrives_right_behind)
{
	struct wire_stats stats;

	open_wire(&(struct wire_path){ .dup_ppm = 1000000 }, 1);
	send_number(&a, 1);
	send_number(&a, 2);
	expect_number(&b, 1);
	expect_number(&b, 1);
	expect_number(&b, 2);
	expect_number(&b, 2);
	wire_stats(wire, 0, &stats);
	ck_assert_uint_eq(stats.duplicated, 2);
}
END_TEST

START_TEST(corruption_flips_exactly_one_bit)
{
	const uint8_t zeroes[32] = { 0 };
	uint8_t buf[32];
	unsigned ones, places = 0;

	open_wire(&(struct wire_path){ .corrupt_ppm = 1000000 }, 1);
	for (unsigned i = 0; i < 100; i++) {
		ck_assert_int_eq(sends(&a, zeroes, 32), 0);
		ck_assert_int_eq(receives(&b, buf, 32), 32);
		ones = 0;
		for (unsigned n = 0; n < 32; n++) {
			ones += (unsigned)__builtin_popcount(buf[n]);
			places |= buf[n] ? 1u << n : 0;
		}
		ck_assert_uint_eq(ones, 1);
	}
	/* Anywhere in the frame. */
	ck_assert_int_gt(__builtin_popcount(places), 20);
}
END_TEST

START_TEST(reordered_frame_is_passed_by_others)
{
	struct wire_stats stats;

	open_wire(
	        &(struct wire_path){ .delay_us = 100, .reorder_ppm = 1000000 },
	        1);
	send_number(&a, 1);
	wire_path(wire, 0)->reorder_ppm = 0;
	send_number(&a, 2);
	wire_advance(wire, 100);
	expect_number(&b, 2);
	expect_nothing(&b);
	wire_advance(wire, 5100);
	expect_number(&b, 1);
	wire_stats(wire, 0, &stats);
	ck_assert_uint_eq(stats.reordered, 1);
}
END_TEST

static uint64_t fingerprint(uint64_t seed)
{
	uint64_t sum = 0;
	uint8_t buf[4];

	open_wire(&(struct wire_path){ .rate_bps    = 1000000,
	                               .delay_us    = 1000,
	                               .jitter_us   = 500,
	                               .loss_ppm    = 100000,
	                               .dup_ppm     = 100000,
	                               .corrupt_ppm = 100000,
	                               .reorder_ppm = 100000 },
	          seed);
	for (uint32_t i = 0; i < 500; i++)
		send_number(&a, i);
	while (wire_deadline(wire) != TARN_NEVER) {
		wire_advance(wire, wire_deadline(wire));
		while (receives(&b, buf, 4) > 0)
			sum = sum * 31 + get_be32(buf) +
			      wire_deadline(wire) % 1000;
	}
	wire_destroy(wire);
	wire = NULL;

	return sum;
}

START_TEST(one_seed_gives_the_same_arrivals)
{
	ck_assert_uint_eq(fingerprint(1), fingerprint(1));
	ck_assert_uint_ne(fingerprint(1), fingerprint(2));
}
END_TEST

START_TEST(destroying_frees_what_is_in_flight)
{
	open_wire(&(struct wire_path){ .delay_us = 1000, .dup_ppm = 1000000 },
	          1);
	send_number(&a, 1);
	send_number(&b, 1);
	wire_destroy(wire);
	wire_destroy(NULL);
	wire = NULL;
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("wire");
	TCase *t = tcase_create("wire");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, frame_goes_to_the_other_end_only);
	tcase_add_test(t, parts_are_joined);
	tcase_add_test(t, long_frame_is_cut_and_tells_its_true_length);
	tcase_add_test(t, delay_passes_before_arrival);
	tcase_add_test(t, time_never_goes_back);
	tcase_add_test(t, rate_spaces_frames_out);
	tcase_add_test(t, full_queue_drops_at_the_tail);
	tcase_add_test(t, unlimited_rate_never_fills_the_queue);
	tcase_add_test(t, jitter_keeps_the_order);
	tcase_add_test(t, loss_takes_its_share);
	tcase_add_test(t, a_burst_takes_so_many_in_a_row);
	tcase_add_test(t, certain_loss_loses_everything);
	tcase_add_test(t, duplicate_arrives_right_behind);
	tcase_add_test(t, corruption_flips_exactly_one_bit);
	tcase_add_test(t, reordered_frame_is_passed_by_others);
	tcase_add_test(t, one_seed_gives_the_same_arrivals);
	tcase_add_test(t, destroying_frees_what_is_in_flight);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
