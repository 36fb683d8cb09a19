/* SPDX-License-Identifier: MIT */
/* test_parse.c - what a lesson may say, and how it is told what is wrong */
#include "tests/unit/lab/staged.h"
#include <errno.h>

static const char minimal[] = "title t\n"
                              "app a on A\n"
                              "    connect B:80\n";

static const struct lesson *parsed(const char *text)
{
	const int rc =
	        lesson_parse("test.lab", text, strlen(text), &lesson, error);

	ck_assert_msg(rc == 0, "%s", error);

	return lesson;
}

/* ---- What is wrong: each with its line ---------------------------------- */

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "", "test.lab:0: a lesson needs a title and an app" },
	{ "title t\n", "a lesson needs a title and an app" },
	{ "nonsense 1\n", "test.lab:1: there is no section \"nonsense\"" },
	{ "title\n", "test.lab:1: the text is missing" },
	{ "title a b\n", "test.lab:1: \"b\" is too much here" },
	{ "title \"open\n", "test.lab:1: a \" is opened and not closed" },
	{ "# one\n\n  # two\ntitle\n", "test.lab:4: " },
	{ "    connect B:80\n", "test.lab:1: an indented line belongs" },
	{ "seed x\n", "test.lab:1: the seed is missing or no number" },
	{ "limit 10\n", "the limit is missing or no time" },
	{ "link speed 1\n", "a link has no \"speed\"" },
	{ "link delay fast\n", "a number or a time is missing" },
	{ "router big\n", "write: router mtu 1000" },
	{ "arp warm\n", "write: arp cold" },
	{ "stack C sack off\n", "write A, B or both" },
	{ "stack A sack\n", "its value is missing" },
	{ "fault A drop never\n", "never" },
	{ "fault wire drop data\n", "who sends what the fault is for" },
	{ "kernel C\n", "write: kernel B" },
	{ "ladder with colours\n", "a ladder comes with rtt" },
	{ "app a on C\n", "write: app NAME on A [at TIME]" },
	{ "title t\napp a on A\n    jump\n",
	  "test.lab:3: an app does not know \"jump\"" },
	{ "app a on A\n    flood B:80 1\n", "is for an app on the wire" },
	{ "app a on wire\n    connect B:80\n", "is for an app on A or B" },
	{ "app a on A\n    connect B\n", "\"B\" is no address" },
	{ "app a on A\n    connect B:70000\n", "is no address" },
	{ "app a on A\n    connect B:80 fails ENOTHING\n",
	  "\"ENOTHING\" is no error known here" },
	{ "app a on A\n    connect B:80 retry soon\n",
	  "the time until then is missing" },
	{ "title t\napp a on A\n    repeat 2\nlimit 1s\n",
	  "test.lab:4: repeat without end in app a" },
	{ "title t\napp a on A\n    end\n", "end without repeat in app a" },
	{ "expect C sent tcp\n", "\"C\" is neither A, B, time nor an app" },
	{ "expect A sent tcp =\n", "a number or a time is missing" },
	{ "expect A state OPEN\n", "\"OPEN\" is no state of RFC 9293" },
	{ "expect A sent why=BECAUSE\n", "no reason \"BECAUSE\"" },
	{ "expect A dropped drop=GRAVITY\n", "no reason \"GRAVITY\"" },
	{ "predict A sent\n", "before which frame?" },
	{ "predict A sent syn \"q\"\n    maybe \"a\" \"b\"\n",
	  "test.lab:2: right or wrong?" },
	{ "without karn\n", "what happens without it is missing" },
	{ "without karn \"x\"\n    connect B:80\n",
	  "test.lab:2: only expect may stand here" },
	{ "try \"--seed 2\" \"x\"\n    expect A sent tcp\n",
	  "test.lab:2: only a try with --drop can be foretold" },
	{ "try \"--drop x\" \"y\"\n", "\"x\" is no frame's number" },
};

START_TEST(errors_name_file_and_line)
{
	const char *said = staged_refused(wrong[_i].text);

	lesson = NULL;
	ck_assert_msg(strncmp(said, "test.lab:", 9) == 0, "%s", said);
	ck_assert_msg(strstr(said, wrong[_i].message) != NULL,
	              "said \"%s\", not \"%s\"", said, wrong[_i].message);
}
END_TEST

START_TEST(too_much_of_anything_is_refused)
{
	char text[4096] = "title t\n";

	for (unsigned i = 0; i <= LAB_APPS_MAX; i++)
		strcat(text, "app a on A\n");
	ck_assert_ptr_nonnull(
	        strstr(staged_refused(text), "more than 16 apps"));
	strcpy(text, "title t\napp a on A\n");
	for (unsigned i = 0; i <= LAB_STEPS_MAX; i++)
		strcat(text, "    close\n");
	ck_assert_ptr_nonnull(
	        strstr(staged_refused(text), "more than 64 steps"));
	strcpy(text, "title");
	for (unsigned i = 0; i <= LAB_WORDS_MAX; i++)
		strcat(text, " x");
	ck_assert_ptr_nonnull(
	        strstr(staged_refused(text), "more than 24 words"));
	lesson = NULL;
}
END_TEST

/* ---- What is read ------------------------------------------------------- */

START_TEST(a_lesson_is_named_after_its_file)
{
	ck_assert_int_eq(lesson_parse("some/where/arp.lab", minimal,
	                              strlen(minimal), &lesson, error),
	                 0);
	ck_assert_str_eq(lesson->name, "arp");
	ck_assert_str_eq(lesson->title, "t");
	ck_assert_uint_eq(lesson->mtu, 1500);
	ck_assert_uint_eq(lesson->limit_us, 3600ull * 1000000);
}
END_TEST

START_TEST(quotes_keep_blanks_and_a_hash)
{
	parsed("title \"a # b\" # c\n"
	       "app a on A\n"
	       "    send \"# no comment\"  # a comment\n"
	       "fault A drop data#2\n");
	ck_assert_str_eq(lesson->title, "a # b");
	ck_assert_uint_eq(lesson->app[0].step[0].text_len, 12);
	ck_assert_str_eq(lesson->fault[LAB_A][0], "drop out data#2");
}
END_TEST

START_TEST(a_link_is_for_both_ways_or_one)
{
	parsed("title t\n"
	       "link delay 10ms rate 2M mtu 1000\n"
	       "link B delay 3s queue 7\n"
	       "app a on A at 5min\n");
	ck_assert_uint_eq(lesson->path[LAB_A].delay_us, 10000);
	ck_assert_uint_eq(lesson->path[LAB_A].rate_bps, 2000000);
	ck_assert_uint_eq(lesson->path[LAB_B].delay_us, 3000000);
	ck_assert_uint_eq(lesson->path[LAB_B].queue_frames, 7);
	ck_assert_uint_eq(lesson->path[LAB_A].queue_frames, 0);
	ck_assert_uint_eq(lesson->mtu, 1000);
	ck_assert_uint_eq(lesson->app[0].start_us, 300000000);
}
END_TEST

START_TEST(loops_know_where_they_end)
{
	const struct app *app = parsed("title t\n"
	                               "app a on A\n"
	                               "    repeat 2\n"
	                               "        repeat 3\n"
	                               "            close\n"
	                               "        end\n"
	                               "    end\n")
	                                ->app;

	ck_assert_uint_eq(app->step_count, 5);
	ck_assert_uint_eq(app->step[0].jump, 5);
	ck_assert_uint_eq(app->step[1].jump, 4);
	ck_assert_uint_eq(app->step[3].jump, 1);
	ck_assert_uint_eq(app->step[4].jump, 0);
}
END_TEST

START_TEST(manners_follow_any_step)
{
	const struct step *step =
	        parsed("title t\n"
	               "app a on A\n"
	               "    connect B:80 from 1024 retry 20s\n"
	               "    receive all fails ECONNRESET nowait\n")
	                ->app[0]
	                .step;

	ck_assert_uint_eq(step[0].local_port, 1024);
	ck_assert_uint_eq(step[0].retry_us, 20000000);
	ck_assert_int_eq(step[1].error, ECONNRESET);
	ck_assert(step[1].no_wait);
}
END_TEST

START_TEST(a_try_knows_what_it_loses_and_foretells)
{
	parsed("title t\n"
	       "app a on A\n"
	       "expect A sent tcp\n"
	       "try \"--drop 2 --drop 5\" \"why\"\n"
	       "    expect not A sent tcp\n"
	       "without karn \"what\"\n"
	       "    expect A sent tcp = 7\n"
	       "expect B sent tcp\n");
	ck_assert_uint_eq(lesson->tries[0].drop_count, 2);
	ck_assert_uint_eq(lesson->tries[0].drop[1], 5);
	ck_assert_uint_eq(lesson->expect_count, 4);
	ck_assert_int_eq(lesson->expect[0].of_try, -1);
	ck_assert_int_eq(lesson->expect[0].with_out, -1);
	ck_assert_int_eq(lesson->expect[1].of_try, 0);
	ck_assert_int_eq(lesson->expect[2].with_out, 0);
	ck_assert_int_eq(lesson->expect[2].of_try, -1);
	ck_assert_int_eq(lesson->expect[3].with_out, -1);
}
END_TEST

START_TEST(a_ladder_may_begin_late_and_show_more)
{
	parsed("title t\napp a on A\nladder from 2s with calls rtt arp\n");
	ck_assert_uint_eq(lesson->ladder_from_us, 2000000);
	ck_assert_uint_eq(lesson->ladder_with,
	                  WITH_CALLS | WITH_RTT | WITH_ARP);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parse");
	TCase *t = tcase_create("errors");

	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_loop_test(t, errors_name_file_and_line, 0,
	                    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, too_much_of_anything_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("read");
	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_test(t, a_lesson_is_named_after_its_file);
	tcase_add_test(t, quotes_keep_blanks_and_a_hash);
	tcase_add_test(t, a_link_is_for_both_ways_or_one);
	tcase_add_test(t, loops_know_where_they_end);
	tcase_add_test(t, manners_follow_any_step);
	tcase_add_test(t, a_try_knows_what_it_loses_and_foretells);
	tcase_add_test(t, a_ladder_may_begin_late_and_show_more);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
