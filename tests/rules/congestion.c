/* SPDX-License-Identifier: MIT */
/*
 * slow-start, congestion-control, window-scale: how much may be out there
 *
 *	A ---- 10 Mbit/s, 20 ms, a queue of 20 frames ----> B
 */
#include "base/bytes.h"
#include "base/rule.h"
#include "tests/netsim/lib/bulk.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>

static uint32_t without;

static void tweak(struct tarn_config *config, unsigned end)
{
	(void)end;
	config->without = without;
}

static struct bulk_result run(uint32_t broken, struct wire_path path,
                              uint64_t duration_us)
{
	const struct bulk bulk = {
		.path        = path,
		.seed        = 1,
		.duration_us = duration_us,
		.tweak       = tweak,
	};
	struct bulk_result result;

	without = broken;
	bulk_run(&bulk, &result);
	printf("%llu kbit/s, %llu sent again, %llu overflowed of %llu\n",
	       (unsigned long long)result.goodput_kbps,
	       (unsigned long long)result.retransmits,
	       (unsigned long long)result.wire.overflowed,
	       (unsigned long long)result.wire.sent);

	return result;
}

static const struct wire_path narrow = {
	.rate_bps     = 10000000,
	.delay_us     = 20000,
	.queue_frames = 20,
};

#define FIRST_ROUNDS_US 130000u
#define LONG_US         20000000u

START_TEST(without_slow_start_the_first_flight_overflows_the_queue)
{
	ck_assert_uint_ge(run(BIT(RULE_SLOW_START), narrow, FIRST_ROUNDS_US)
	                          .wire.overflowed,
	                  20);
}
END_TEST

START_TEST(with_slow_start_nothing_is_lost_so_early)
{
	ck_assert_uint_eq(run(0, narrow, FIRST_ROUNDS_US).wire.overflowed, 0);
}
END_TEST

START_TEST(without_congestion_control_a_tenth_is_lost)
{
	const struct bulk_result result =
	        run(BIT(RULE_CONGESTION_CONTROL), narrow, LONG_US);

	ck_assert_uint_ge(result.wire.overflowed * 10, result.wire.sent);
}
END_TEST

START_TEST(with_congestion_control_next_to_nothing_is)
{
	const struct bulk_result result = run(0, narrow, LONG_US);

	ck_assert_uint_le(result.wire.overflowed * 100, result.wire.sent);
	ck_assert_uint_ge(result.goodput_kbps, 9000);
}
END_TEST

/* 100 Mbit/s, 100 ms: 65535 octets a round trip are 5.2 Mbit/s. */
static const struct wire_path long_fat = {
	.rate_bps     = 100000000,
	.delay_us     = 50000,
	.queue_frames = 1000,
};

START_TEST(without_window_scale_a_long_path_stays_empty)
{
	ck_assert_uint_le(
	        run(BIT(RULE_WINDOW_SCALE), long_fat, LONG_US).goodput_kbps,
	        5243);
}
END_TEST

START_TEST(with_window_scale_it_is_filled)
{
	ck_assert_uint_ge(run(0, long_fat, LONG_US).goodput_kbps, 60000);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("rules/congestion");
	TCase *tc = tcase_create("congestion");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc,
	               without_slow_start_the_first_flight_overflows_the_queue);
	tcase_add_test(tc, with_slow_start_nothing_is_lost_so_early);
	tcase_add_test(tc, without_congestion_control_a_tenth_is_lost);
	tcase_add_test(tc, with_congestion_control_next_to_nothing_is);
	tcase_add_test(tc, without_window_scale_a_long_path_stays_empty);
	tcase_add_test(tc, with_window_scale_it_is_filled);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
