/* SPDX-License-Identifier: MIT */
/* test_plot.c - "plot A every 40ms": the window over time, a line each */
#include "tests/unit/lab/staged.h"
#include "tools/lab/plot.h"

/* A bulk transfer into a queue of four frames. */
#define SLOW_PATH                                                              \
	"title t\n"                                                            \
	"link A rate 3M queue 4\n"                                             \
	"link delay 20ms\n"                                                    \
	"stack A initial-window 2 hystart off sndbuf 256k\n"                   \
	"app sink on B\n"                                                      \
	"    listen 80\n"                                                      \
	"    accept\n"                                                         \
	"    receive 100000\n"                                                 \
	"app source on A\n"                                                    \
	"    connect B:80\n"                                                   \
	"    send 100000\n"

static char plotted[8192];

static void plot(const char *text)
{
	FILE *out = fmemopen(plotted, sizeof(plotted), "w");

	staged(text);
	ck_assert_ptr_nonnull(out);
	plot_put(out, true, lesson, &chronicle);
	fclose(out);
}

START_TEST(each_line_shows_the_window_doubled)
{
	plot("plot A every 40ms\n" SLOW_PATH);

	ck_assert_ptr_nonnull(strstr(plotted, "0.080000    2896        -"));
	ck_assert_ptr_nonnull(strstr(plotted, "0.120000    5792        -"));
	ck_assert_ptr_nonnull(strstr(plotted, "0.160000   11584        -"));
}
END_TEST

START_TEST(losses_stand_where_they_happened)
{
	plot("plot A every 40ms\n" SLOW_PATH);

	ck_assert_ptr_nonnull(strstr(plotted, " lost"));
	ck_assert_ptr_nonnull(strstr(plotted, " again"));
	ck_assert_ptr_null(strstr(plotted, " \n"));
}
END_TEST

START_TEST(a_plot_needs_an_end_and_a_time)
{
	ck_assert_ptr_nonnull(strstr(staged_refused("plot wire every 40ms\n"),
	                             "plot A every 40ms"));
	ck_assert_ptr_nonnull(strstr(staged_refused("plot A every 0\n"),
	                             "plot A every 40ms"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("plot");
	TCase *t = tcase_create("plot");

	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_test(t, each_line_shows_the_window_doubled);
	tcase_add_test(t, losses_stand_where_they_happened);
	tcase_add_test(t, a_plot_needs_an_end_and_a_time);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
