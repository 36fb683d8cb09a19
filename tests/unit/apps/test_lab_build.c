/* SPDX-License-Identifier: MIT */
/*
 * test_lab_build.c - handing over to the program beside us
 *
 * A copy of this very program is the one that hands over, in a directory of its
 * own; the one beside it is a script that tells how it was called.
 */
#include "apps/tarn/lab_build.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/test_lab_build.XXXXXX";

static void make_directory(void)
{
	char command[128];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(command, sizeof(command), "cp /proc/%d/exe %s/tarn", getpid(),
	         dir);
	/* Of our own making. NOLINTNEXTLINE(cert-env33-c) */
	ck_assert_int_eq(system(command), 0);
}

static void remove_directory(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	/* Of our own making. NOLINTNEXTLINE(cert-env33-c) */
	ck_assert_int_eq(system(command), 0);
	memcpy(strrchr(dir, '.'), ".XXXXXX", 8);
}

/* Return: the exit code of `tarn --hand-over lab "two words"`; @said: its output */
static int hand_over(char said[512])
{
	char command[128];
	FILE *pipe;
	size_t len;
	int status;

	snprintf(command, sizeof(command),
	         "%s/tarn --hand-over lab 'two  words' 2>&1", dir);
	pipe = popen(command, "r"); /* the same. NOLINT(cert-env33-c) */
	ck_assert_ptr_nonnull(pipe);
	len       = fread(said, 1, 511, pipe);
	said[len] = '\0';
	status    = pclose(pipe);
	ck_assert(WIFEXITED(status));

	return WEXITSTATUS(status);
}

START_TEST(the_same_line_runs_in_the_one_beside)
{
	char path[64], said[512], wanted[512];
	FILE *script;

	snprintf(path, sizeof(path), "%s/tarn-lab", dir);
	script = fopen(path, "w");
	ck_assert_ptr_nonnull(script);
	fputs("#!/bin/sh\nprintf '%s|' \"$0\" \"$@\"\nexit 7\n", script);
	fclose(script);
	ck_assert_int_eq(chmod(path, 0700), 0);

	ck_assert_int_eq(hand_over(said), 7);
	snprintf(wanted, sizeof(wanted), "%s|--hand-over|lab|two  words|",
	         path);
	ck_assert_str_eq(said, wanted);
}
END_TEST

START_TEST(without_one_it_says_what_to_do)
{
	char said[512];

	ck_assert_int_eq(hand_over(said), 1);
	ck_assert_ptr_nonnull(strstr(said, "tarn-lab: No such file"));
	ck_assert_ptr_nonnull(strstr(said, "`make` builds it"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("apps/lab_build");
	TCase *tc = tcase_create("lab_build");

	tcase_add_checked_fixture(tc, make_directory, remove_directory);
	tcase_add_test(tc, the_same_line_runs_in_the_one_beside);
	tcase_add_test(tc, without_one_it_says_what_to_do);
	suite_add_tcase(s, tc);

	return s;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--hand-over") == 0)
		return lab_build_exec();

	return test_run(suite());
}
