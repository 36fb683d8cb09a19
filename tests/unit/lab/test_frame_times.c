/* SPDX-License-Identifier: MIT */
/* test_frame_times.c - "expect A sent data#2 at 50ms" */
#include "tests/unit/lab/staged.h"

/* Data leave at 20, 40 and 60 ms. */
#define THREE_SENDS                                                            \
	"title t\n"                                                            \
	"link delay 10ms\n"                                                    \
	"app server on B\n"                                                    \
	"    listen 80\n"                                                      \
	"    accept\n"                                                         \
	"app client on A\n"                                                    \
	"    connect B:80\n"                                                   \
	"    send 10\n"                                                        \
	"    wait 20ms\n"                                                      \
	"    send 10\n"                                                        \
	"    wait 20ms\n"                                                      \
	"    send 10\n"

START_TEST(an_ordinal_means_one_frame)
{
	staged(THREE_SENDS "expect A sent data#2 at 40ms\n"
	                   "expect A sent data#2 at 60ms\n"
	                   "expect B received data#2 at 50ms\n"
	                   "expect A sent data#4 after 0\n");

	ck_assert(staged_holds(0));
	ck_assert(!staged_holds(1));
	ck_assert(staged_holds(2));
	ck_assert(!staged_holds(3));
}
END_TEST

START_TEST(without_an_ordinal_any_frame_will_do)
{
	staged(THREE_SENDS "expect A sent data at 60ms\n"
	                   "expect A sent data at 50ms\n"
	                   "expect not A sent data at 50ms\n"
	                   "expect A sent data after 60ms\n"
	                   "expect A sent data after 61ms\n"
	                   "expect A sent data len = 10 by 20ms\n"
	                   "expect A sent data by 19ms\n");

	ck_assert(staged_holds(0));
	ck_assert(!staged_holds(1));
	ck_assert(staged_holds(2));
	ck_assert(staged_holds(3));
	ck_assert(!staged_holds(4));
	ck_assert(staged_holds(5));
	ck_assert(!staged_holds(6));
}
END_TEST

START_TEST(a_lost_frame_died_when_it_was_sent)
{
	staged(THREE_SENDS "fault A drop data#2\n"
	                   "expect A lost data at 40ms\n"
	                   "expect A lost data at 20ms\n");

	ck_assert(staged_holds(0));
	ck_assert(!staged_holds(1));
}
END_TEST

START_TEST(an_ordinal_with_a_count_is_refused)
{
	ck_assert_ptr_nonnull(
	        strstr(staged_refused(THREE_SENDS "expect A sent data#2 = 1\n"),
	               "at, by or after"));
	ck_assert_ptr_nonnull(
	        strstr(staged_refused(THREE_SENDS "expect A sent data at 1\n"),
	               "the time"));
	lesson = NULL;
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("frame times");
	TCase *t = tcase_create("time");

	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_test(t, an_ordinal_means_one_frame);
	tcase_add_test(t, without_an_ordinal_any_frame_will_do);
	tcase_add_test(t, a_lost_frame_died_when_it_was_sent);
	tcase_add_test(t, an_ordinal_with_a_count_is_refused);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
