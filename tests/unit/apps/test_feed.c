/* SPDX-License-Identifier: MIT */
/* test_feed.c - lines as server-sent events: batches, drops, silence */
#include "apps/tarn/feed.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>

#define SEC 1000000ull

static struct feed *feed;
static struct feed_reader reader;
static char buf[FEED_READ_MIN + 1];
static uint64_t now_us;

static void setup(void)
{
	feed   = feed_open();
	now_us = 5 * SEC;
	ck_assert_ptr_nonnull(feed);
	feed_start(feed, "start\n", 6);
}

static void teardown(void)
{
	feed_close(feed);
}

static void add(const char *line)
{
	feed_line(feed, line, strlen(line));
}

/* What comes now */
static const char *next(const char *extra)
{
	const size_t len =
	        feed_read(feed, &reader, extra, buf, FEED_READ_MIN, now_us);

	ck_assert_uint_le(len, FEED_READ_MIN);
	buf[len] = '\0';

	return buf;
}

static const char *next_after(uint64_t us, const char *extra)
{
	now_us += us;

	return next(extra);
}

START_TEST(a_reader_is_greeted_and_gets_what_is_kept)
{
	add("one\n");
	add("two");
	feed_join(feed, &reader, 7, 0);
	ck_assert_str_eq(next(NULL), "retry: 1000\n"
	                             "event: hello\n"
	                             "data: {\"own_conn\":7}\n"
	                             "\n"
	                             "data: start\n"
	                             "data: one\n"
	                             "data: two\n"
	                             "id: 2\n"
	                             "\n");
}
END_TEST

START_TEST(ten_batches_a_second_and_no_more)
{
	feed_join(feed, &reader, 7, 0);
	ck_assert_uint_eq(feed_due(feed, &reader), 0);
	next(NULL);
	add("one");
	ck_assert_uint_eq(feed_due(feed, &reader), now_us + FEED_BATCH_US);
	ck_assert_str_eq(next_after(FEED_BATCH_US - 1, NULL), "");
	add("two");
	ck_assert_str_eq(next_after(1, NULL),
	                 "data: one\ndata: two\nid: 2\n\n");
	ck_assert_str_eq(next_after(FEED_BATCH_US, NULL), "");
}
END_TEST

START_TEST(silence_is_broken_by_a_comment)
{
	feed_join(feed, &reader, 7, 0);
	next(NULL);
	ck_assert_uint_eq(feed_due(feed, &reader), now_us + 15 * SEC);
	ck_assert_str_eq(next_after(15 * SEC - 1, NULL), "");
	ck_assert_str_eq(next_after(1, NULL), ": keep-alive\n\n");
	ck_assert_str_eq(next(NULL), "");
}
END_TEST

/* What sums the event connection up: alone it is no reason to send anything,
 * or the feed would feed on itself. */
START_TEST(an_extra_line_goes_along_and_never_first)
{
	feed_join(feed, &reader, 7, 0);
	next(NULL);
	ck_assert_str_eq(next_after(SEC, "sum\n"), "");
	add("one");
	ck_assert_str_eq(next_after(SEC, "sum\n"),
	                 "data: one\ndata: sum\nid: 1\n\n");
	ck_assert_str_eq(next_after(15 * SEC, "sum"), "data: sum\nid: 1\n\n");
}
END_TEST

static void add_many(unsigned count, size_t len)
{
	static char line[FEED_LINE_MAX];

	memset(line, 'x', sizeof(line));
	for (unsigned i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%08u", i);
		line[8] = 'x';
		feed_line(feed, line, len);
	}
}

START_TEST(who_is_too_slow_is_told_how_many_are_gone)
{
	feed_join(feed, &reader, 7, 0);
	next(NULL);
	add_many(FEED_LINES_MAX + 500, 20);
	ck_assert_ptr_nonnull(strstr(next_after(SEC, NULL),
	                             "event: drops\n"
	                             "data: {\"dropped\":500}\n\n"
	                             "data: 00000500xxxxxxxxxxxx\n"));
	ck_assert_ptr_null(strstr(next_after(SEC, NULL), "drops"));
}
END_TEST

START_TEST(octets_are_bounded_as_lines_are)
{
	uint64_t lines = 0;

	add_many(3000, 5000);
	feed_join(feed, &reader, 7, 0);
	while (feed_has_news(feed, &reader)) {
		const char *at = next_after(SEC, NULL);

		while ((at = strstr(at, "data: 0"))) {
			ck_assert_int_eq(at[6 + 8], 'x');
			lines++;
			at++;
		}
	}
	ck_assert_uint_gt(lines, FEED_OCTETS / 5000 - 3);
	ck_assert_uint_le(lines, FEED_OCTETS / 5000);
	ck_assert_uint_eq(reader.dropped, 0);
}
END_TEST

/* Each line that is kept is whole, wherever the ring's seam is. */
START_TEST(lines_of_any_length_stay_whole)
{
	char line[FEED_LINE_MAX], *text;
	uint64_t sum = 0;

	feed_join(feed, &reader, 7, 0);
	next(NULL);
	for (unsigned i = 1; i < 20000; i++) {
		const size_t len = 1 + i * 7919u % (FEED_LINE_MAX - 1);

		memset(line, 'a' + (int)(i % 26), len);
		feed_line(feed, line, len);
		if (i % 3)
			continue;
		text = (char *)(uintptr_t)next_after(SEC, NULL);
		for (char *at = strtok(text, "\n"); at;
		     at       = strtok(NULL, "\n")) {
			if (strncmp(at, "data: ", 6) != 0 || at[6] == '{')
				continue;
			at += 6;
			ck_assert_uint_eq(strspn(at, (char[]){ at[0], 0 }),
			                  strlen(at));
			sum++;
		}
	}
	ck_assert_uint_gt(sum, 1000);
}
END_TEST

START_TEST(who_comes_back_goes_on_where_he_was)
{
	add("one");
	add("two");
	add("three");
	feed_join(feed, &reader, 8, 2);
	ck_assert_str_eq(next(NULL), "retry: 1000\nevent: hello\n"
	                             "data: {\"own_conn\":8}\n\n"
	                             "data: three\nid: 3\n\n");
	/* An id of another run means nothing. */
	feed_join(feed, &reader, 8, 9999);
	ck_assert_ptr_nonnull(strstr(next(NULL), "data: start\ndata: one\n"));
}
END_TEST

START_TEST(a_line_that_is_too_long_is_left_out)
{
	static char line[FEED_LINE_MAX + 2];

	memset(line, 'x', sizeof(line));
	feed_line(feed, line, sizeof(line));
	feed_line(feed, "", 0);
	feed_join(feed, &reader, 7, 0);
	next(NULL);
	ck_assert(!feed_has_news(feed, &reader));
}
END_TEST

static Suite *suite(void)
{
	Suite *s     = suite_create("feed");
	TCase *tcase = tcase_create("feed");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_reader_is_greeted_and_gets_what_is_kept);
	tcase_add_test(tcase, ten_batches_a_second_and_no_more);
	tcase_add_test(tcase, silence_is_broken_by_a_comment);
	tcase_add_test(tcase, an_extra_line_goes_along_and_never_first);
	tcase_add_test(tcase, who_is_too_slow_is_told_how_many_are_gone);
	tcase_add_test(tcase, octets_are_bounded_as_lines_are);
	tcase_add_test(tcase, lines_of_any_length_stay_whole);
	tcase_add_test(tcase, who_comes_back_goes_on_where_he_was);
	tcase_add_test(tcase, a_line_that_is_too_long_is_left_out);
	suite_add_tcase(s, tcase);

	return s;
}

TEST_MAIN(suite)
