/* SPDX-License-Identifier: MIT */
/* test_outfile.c - the first failure is told once, and returned at the end */
#include "drivers/outfile.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static char error[LINK_ERROR_LEN];
static struct outfile out;
static int saved[2]; /* standard output and error, while a test has them */

static void setup(void)
{
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		saved[i] = dup(STDOUT_FILENO + i);
		ck_assert_int_ge(saved[i], 0);
	}
}

static void teardown(void)
{
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		(void)dup2(saved[i], STDOUT_FILENO + i);
		(void)close(saved[i]);
	}
}

START_TEST(octets_arrive)
{
	char path[64], got[8] = "";
	FILE *file = tmpfile();

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	ck_assert_int_eq(outfile_open(&out, path, "log", error), 0);
	outfile_write(&out, "abc", 3);
	outfile_write(&out, "def", 0);
	outfile_row_done(&out);
	ck_assert_int_eq(outfile_close(&out), 0);
	rewind(file);
	ck_assert_uint_eq(fread(got, 1, sizeof(got) - 1, file), 3);
	ck_assert_str_eq(got, "abc");
	fclose(file);
}
END_TEST

START_TEST(standard_output_is_flushed_per_row)
{
	int fd[2];
	char got[8] = "";

	ck_assert_int_eq(pipe(fd), 0);
	fflush(stdout);
	ck_assert_int_ge(dup2(fd[1], STDOUT_FILENO), 0);
	ck_assert_int_eq(outfile_open(&out, "-", "log", error), 0);
	outfile_write(&out, "abc", 3);
	outfile_row_done(&out);
	ck_assert_int_eq(read(fd[0], got, sizeof(got) - 1), 3);
	ck_assert_str_eq(got, "abc");
	/* It is not ours to close. */
	ck_assert_int_eq(outfile_close(&out), 0);
	ck_assert_int_ge(puts("x"), 0);
	fflush(stdout);
	(void)close(fd[0]);
	(void)close(fd[1]);
}
END_TEST

START_TEST(failure_is_told_once)
{
	char chunk[1000] = "", told[1024] = "";
	FILE *log = tmpfile();

	ck_assert_int_ge(dup2(fileno(log), STDERR_FILENO), 0);
	ck_assert_int_eq(outfile_open(&out, "/dev/full", "capture", error), 0);
	for (unsigned i = 0; i < 300; i++)
		outfile_write(&out, chunk, sizeof(chunk));
	ck_assert_int_eq(out.error, -ENOSPC);
	ck_assert_int_eq(outfile_close(&out), -ENOSPC);
	rewind(log);
	ck_assert_uint_gt(fread(told, 1, sizeof(told) - 1, log), 0);
	ck_assert_str_eq(told, "tarn: the capture /dev/full ends here: No "
	                       "space left on device\n");
}
END_TEST

START_TEST(failure_at_the_end_counts)
{
	FILE *null = fopen("/dev/null", "w");

	ck_assert_int_ge(dup2(fileno(null), STDERR_FILENO), 0);
	ck_assert_int_eq(outfile_open(&out, "/dev/full", "capture", error), 0);
	outfile_write(&out, "abc", 3);
	ck_assert_int_eq(outfile_close(&out), -ENOSPC);
	fclose(null);
}
END_TEST

START_TEST(message_says_what_where_why_and_the_cure)
{
	ck_assert_int_eq(outfile_open(&out, "/nonexistent/x", "log", error),
	                 -ENOENT);
	ck_assert_ptr_nonnull(strstr(error, "the log /nonexistent/x"));
	ck_assert_ptr_nonnull(strstr(error, "No such file"));
	ck_assert_ptr_nonnull(strstr(error, "directory that exists"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("outfile");
	TCase *t = tcase_create("outfile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, octets_arrive);
	tcase_add_test(t, failure_is_told_once);
	tcase_add_test(t, failure_at_the_end_counts);
	tcase_add_test(t, message_says_what_where_why_and_the_cure);
	tcase_add_test(t, standard_output_is_flushed_per_row);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
