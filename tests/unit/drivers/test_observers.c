/* SPDX-License-Identifier: MIT */
/* test_observers.c - who watches is what the options ask for */
#include "drivers/observers.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct capture_info info = { .application = "test", .mtu = 1500 };
static struct observers *observers;
static char error[LINK_ERROR_LEN];

START_TEST(nobody_wanted_is_nobody)
{
	const struct host_options options = { 0 };

	ck_assert_int_eq(observers_open(&options, &info, &observers, error), 0);
	ck_assert_ptr_null(observers);
	observers_close(observers);
}
END_TEST

START_TEST(capture_and_log_both_see_an_event)
{
	static const uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct tarn_slice part   = { frame, sizeof(frame) };
	const struct tarn_event sent   = { .kind  = TARN_EVENT_FRAME_TX,
		                           .frame = { .part       = &part,
		                                      .part_count = 1 } };
	char capture[]                 = "/tmp/tarn-test-XXXXXX";
	char log[]                     = "/tmp/tarn-test-XXXXXX";
	const struct host_options options = { .capture = capture, .log = log };
	off_t capture_head, log_head;
	int fd[2];

	fd[0] = mkstemp(capture);
	fd[1] = mkstemp(log);
	ck_assert_int_eq(observers_open(&options, &info, &observers, error), 0);
	ck_assert_ptr_nonnull(observers);
	observers_close(observers);
	capture_head = lseek(fd[0], 0, SEEK_END);
	log_head     = lseek(fd[1], 0, SEEK_END);

	ck_assert_int_eq(observers_open(&options, &info, &observers, error), 0);
	observers_event(observers, &sent);
	observers_close(observers);
	ck_assert_int_gt(lseek(fd[0], 0, SEEK_END), capture_head);
	ck_assert_int_gt(lseek(fd[1], 0, SEEK_END), log_head);

	for (unsigned i = 0; i < 2; i++)
		close(fd[i]);
	unlink(capture);
	unlink(log);
}
END_TEST

START_TEST(page_holds_the_lines_of_the_log)
{
	static const uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct tarn_slice part   = { frame, sizeof(frame) };
	const struct tarn_event sent   = { .kind  = TARN_EVENT_FRAME_TX,
		                           .frame = { .part       = &part,
		                                      .part_count = 1 } };
	char path[]                    = "/tmp/tarn-test-XXXXXX";
	const struct host_options options = { .html = path };
	static char text[1 << 20];
	int fd = mkstemp(path);
	ssize_t len;

	ck_assert_int_eq(observers_open(&options, &info, &observers, error), 0);
	observers_event(observers, &sent);
	observers_close(observers);
	len = read(fd, text, sizeof(text) - 1);
	ck_assert_int_gt(len, 0);
	text[len] = '\0';
	ck_assert_ptr_nonnull(strstr(text, "\"name\":\"log:start\""));
	ck_assert_ptr_nonnull(strstr(text, "\"name\":\"link:frame_sent\""));
	close(fd);
	unlink(path);
}
END_TEST

/* Which of capture, log and ladder goes to standard output. */
static const struct host_options twice[] = {
	{ .capture = "-", .log = "-" },
	{ .capture = "-", .ladder = true },
	{ .log = "-", .ladder = true },
	{ .log = "-", .html = "-" },
	{ .capture = "-", .log = "-", .ladder = true },
};

START_TEST(standard_output_is_for_one)
{
	ck_assert_int_eq(observers_open(&twice[_i], &info, &observers, error),
	                 -EINVAL);
	ck_assert_ptr_null(observers);
	ck_assert_ptr_nonnull(strstr(error, "standard output"));
}
END_TEST

START_TEST(what_cannot_be_opened_is_told_and_nothing_stays_open)
{
	const struct host_options options = { .capture = "/nowhere/c.pcapng",
		                              .verbose = true };

	ck_assert_int_eq(observers_open(&options, &info, &observers, error),
	                 -ENOENT);
	ck_assert_ptr_null(observers);
	ck_assert_ptr_nonnull(strstr(error, "/nowhere/c.pcapng"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("observers");
	TCase *tc = tcase_create("observers_open");

	tcase_add_test(tc, nobody_wanted_is_nobody);
	tcase_add_test(tc, capture_and_log_both_see_an_event);
	tcase_add_test(tc, page_holds_the_lines_of_the_log);
	tcase_add_loop_test(tc, standard_output_is_for_one, 0, 5);
	tcase_add_test(tc,
	               what_cannot_be_opened_is_told_and_nothing_stays_open);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
