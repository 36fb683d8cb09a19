/* SPDX-License-Identifier: MIT */
/* test_progress.c - the line that shows how far a transfer is */
#include "apps/tarn/progress.h"
#include "tests/unit/lib/test.h"
#include <string.h>

#define SEC 1000000ull

static void assert_line(uint64_t total, uint64_t octets, uint64_t past_us,
                        const char *expected)
{
	const struct progress progress = { .begin_us = 5 * SEC,
		                           .total    = total };
	char line[PROGRESS_LINE_LEN];

	ck_assert_str_eq(
	        progress_line(&progress, octets, 5 * SEC + past_us, line),
	        expected);
}

START_TEST(the_line_shows_share_size_speed_and_time)
{
	assert_line(1000, 0, 0,
	            "  0% [>                        ]  0 B  0 B/s  "
	            "0:00");
	assert_line(2046000, 1023000, 999999,
	            " 49% [============>            ]  999 KiB  999 KiB/s  "
	            "0:00");
	assert_line(10, 10, 61 * SEC - 1000,
	            "100% [=========================]  10 B  0 B/s  1:00");
	assert_line(10, 999, 0,
	            "100% [=========================]  999 B  975 KiB/s  0:00");
}
END_TEST

START_TEST(without_a_total_there_is_no_bar)
{
	assert_line(0, 3 << 20, 999999, "3.0 MiB  3.0 MiB/s  0:00");
	assert_line(0, 0, 0, "0 B  0 B/s  0:00");
}
END_TEST

START_TEST(huge_numbers_fit_into_the_line)
{
	const struct progress progress = { .total = UINT64_MAX };
	char line[PROGRESS_LINE_LEN];

	progress_line(&progress, UINT64_MAX, 1, line);
	ck_assert_uint_lt(strlen(line), PROGRESS_LINE_LEN);
	progress_line(&progress, UINT64_MAX - 1, UINT64_MAX, line);
	ck_assert_uint_lt(strlen(line), PROGRESS_LINE_LEN);
}
END_TEST

START_TEST(it_is_drawn_five_times_a_second)
{
	struct progress progress = { .shown_us = SEC };

	ck_assert(!progress_is_due(&progress, SEC + 199999));
	ck_assert(progress_is_due(&progress, SEC + 200000));
	ck_assert(!progress_is_due(&progress, SEC + 200001));
	ck_assert(progress_is_due(&progress, SEC + 400000));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("progress");
	TCase *tc = tcase_create("progress");

	tcase_add_test(tc, the_line_shows_share_size_speed_and_time);
	tcase_add_test(tc, without_a_total_there_is_no_bar);
	tcase_add_test(tc, huge_numbers_fit_into_the_line);
	tcase_add_test(tc, it_is_drawn_five_times_a_second);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
