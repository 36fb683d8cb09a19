/* SPDX-License-Identifier: MIT */
/* test_date.c - dates, against the C library's calendar */
#include "apps/http/date.h"
#include "tests/unit/lib/test.h"
#include <string.h>
#include <time.h>

static void assert_as_libc(int64_t unix_s)
{
	char ours[HTTP_DATE_LEN], theirs[HTTP_DATE_LEN];
	char log_ours[HTTP_LOG_DATE_LEN], log_theirs[HTTP_LOG_DATE_LEN];
	const time_t t = (time_t)unix_s;
	struct tm tm;

	ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
	strftime(theirs, sizeof(theirs), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	strftime(log_theirs, sizeof(log_theirs), "%d/%b/%Y:%H:%M:%S +0000",
	         &tm);
	if (strcmp(http_date(unix_s, ours), theirs) != 0 ||
	    strcmp(http_log_date(unix_s, log_ours), log_theirs) != 0)
		ck_abort_msg("%s is %s", ours, theirs);
}

START_TEST(the_rfc_s_example)
{
	char text[HTTP_DATE_LEN];

	ck_assert_str_eq(http_date(784111777, text),
	                 "Sun, 06 Nov 1994 08:49:37 GMT");
}
END_TEST

START_TEST(every_day_up_to_2200_is_the_c_library_s)
{
	for (int64_t day = 0; day < 84370; day++)
		assert_as_libc(day * 86400 + day % 2 * 86399);
}
END_TEST

START_TEST(the_ends_of_time)
{
	char text[HTTP_DATE_LEN];

	assert_as_libc(INT32_MAX);
	assert_as_libc((int64_t)INT32_MAX + 1);
	assert_as_libc(UINT32_MAX);
	assert_as_libc(253402300799);
	ck_assert_str_eq(http_date(INT64_MAX, text),
	                 "Fri, 31 Dec 9999 23:59:59 GMT");
	ck_assert_str_eq(http_date(INT64_MIN, text),
	                 "Thu, 01 Jan 1970 00:00:00 GMT");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http date");
	TCase *tc = tcase_create("date");

	tcase_add_test(tc, the_rfc_s_example);
	tcase_add_test(tc, every_day_up_to_2200_is_the_c_library_s);
	tcase_add_test(tc, the_ends_of_time);
	tcase_set_timeout(tc, 30);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
