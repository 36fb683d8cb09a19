/* SPDX-License-Identifier: MIT */
/* test_stop.c - a signal asks the loop to end, once and for all */
#include "drivers/stop.h"
#include "tests/unit/lib/test.h"
#include <poll.h>
#include <signal.h>

static int is_readable(void)
{
	struct pollfd pollfd = { .fd = stop_fd(), .events = POLLIN };

	return poll(&pollfd, 1, 0);
}

/* One test, because nothing takes a request back. */
START_TEST(a_signal_is_remembered_and_ends_every_later_wait)
{
	struct sigaction action;

	stop_catch_signals();
	ck_assert(!stop_is_asked());
	ck_assert_int_ge(stop_fd(), 0);
	ck_assert_int_eq(is_readable(), 0);

	raise(SIGPIPE); /* ignored */
	ck_assert(!stop_is_asked());

	raise(SIGTERM);
	ck_assert(stop_is_asked());
	ck_assert_int_eq(is_readable(), 1);
	ck_assert_int_eq(is_readable(), 1);

	/* Whoever repeats it does not want to wait. */
	sigaction(SIGTERM, NULL, &action);
	ck_assert(action.sa_handler == SIG_DFL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("stop");
	TCase *tc = tcase_create("stop");

	tcase_add_test(tc, a_signal_is_remembered_and_ends_every_later_wait);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
