/* SPDX-License-Identifier: MIT */
/* test_actor.c - an app goes on as far as it gets, and never for ever */
#include "tests/unit/lab/staged.h"

START_TEST(two_that_connect_at_once_meet)
{
	staged("title t\n"
	       "link delay 10ms\n"
	       "app a on A\n"
	       "    connect B:2 from 1\n"
	       "app b on B\n"
	       "    connect A:1 from 2\n"
	       "expect a finished at 20ms\n"
	       "expect b finished at 20ms\n");
	ck_assert(staged_holds(0));
	ck_assert(staged_holds(1));
}
END_TEST

START_TEST(what_failed_is_tried_again)
{
	staged("title t\n"
	       "app late on B at 5s\n"
	       "    listen 80\n"
	       "    accept\n"
	       "app a on A\n"
	       "    connect B:80 retry 2s\n"
	       "expect a finished at 6s\n"
	       "expect A sent syn = 4\n");
	ck_assert(staged_holds(0));
	ck_assert(staged_holds(1));
}
END_TEST

START_TEST(a_loop_runs_as_often_as_it_says)
{
	staged("title t\n"
	       "app a on A\n"
	       "    repeat 2\n"
	       "        repeat 3\n"
	       "            wait 1s\n"
	       "        end\n"
	       "        repeat 0\n"
	       "            wait 1h\n"
	       "        end\n"
	       "    end\n"
	       "expect a finished at 6s\n");
	ck_assert(staged_holds(0));
}
END_TEST

START_TEST(a_loop_without_time_is_stopped)
{
	staged("title t\n"
	       "app a on A\n"
	       "    repeat 1000000\n"
	       "        repeat 1000000\n"
	       "        end\n"
	       "    end\n"
	       "expect a failed EPROTO\n");
	ck_assert(staged_holds(0));
}
END_TEST

START_TEST(a_second_sending_is_tied_to_its_own_connection)
{
	staged("title t\n"
	       "stack both msl 1s timestamps off\n"
	       "app server on B\n"
	       "    listen 80\n"
	       "    repeat 2\n"
	       "        accept\n"
	       "        receive all\n"
	       "        close\n"
	       "    end\n"
	       "app client on A\n"
	       "    repeat 2\n"
	       "        connect B:80 from 1024 retry 500ms\n"
	       "        send 5000\n"
	       "        close\n"
	       "        wait 10ms\n"
	       "    end\n"
	       "expect A sent syn = 2\n"
	       "expect A sent again = 0\n");
	ck_assert(staged_holds(0));
	ck_assert(staged_holds(1));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("actor");
	TCase *t = tcase_create("steps");

	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_test(t, two_that_connect_at_once_meet);
	tcase_add_test(t, what_failed_is_tried_again);
	tcase_add_test(t, a_loop_runs_as_often_as_it_says);
	tcase_add_test(t, a_loop_without_time_is_stopped);
	tcase_add_test(t, a_second_sending_is_tied_to_its_own_connection);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
