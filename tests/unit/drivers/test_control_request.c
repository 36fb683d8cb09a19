/* SPDX-License-Identifier: MIT */
/* test_control_request.c - what is written is read back; the rest is refused */
#include "drivers/control_request.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

static struct control_request request;
static char error[CONTROL_ERROR_LEN], line[CONTROL_REQUEST_MAX + 1];

static int reads(const char *text)
{
	return control_request_read(text, strlen(text), &request, error);
}

START_TEST(words_are_read_in_any_order)
{
	ck_assert_int_eq(reads("ss"), 0);
	ck_assert(!request.tcp && !request.all && !request.json);
	ck_assert_int_eq(reads("ss info tcp"), 0);
	ck_assert(request.tcp && request.info && !request.udp);
	ck_assert_int_eq(reads("ss json drops summary timers all"), 0);
	ck_assert(request.json && request.drops && request.summary &&
	          request.timers && request.all && !request.info);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	/* With every word it is still no longer than a line may be. */
	const struct control_request all = { true, true, true, true, true,
		                             true, true, true, true };
	const size_t len                 = control_request_write(&all, line);

	ck_assert_uint_le(len, CONTROL_REQUEST_MAX);
	ck_assert_int_eq(line[len - 1], '\n');
	ck_assert_int_eq(control_request_read(line, len - 1, &request, error),
	                 0);
	ck_assert_mem_eq(&request, &all, sizeof(all));
}
END_TEST

START_TEST(anything_else_is_refused_by_name)
{
	static const char *const wrong[] = { "",       "s",        "sst",
		                             "ss ",    "ss  tcp",  "ss tcp ",
		                             "ss TCP", "ss tcpip", "kill" };

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(reads(wrong[i]) == -EINVAL, "'%s'", wrong[i]);
	ck_assert_int_eq(reads("ss tcp kittens"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "'kittens'"));
}
END_TEST

START_TEST(what_is_refused_cannot_command_a_terminal)
{
	ck_assert_int_eq(reads("ss \033[2J"), -EINVAL);
	ck_assert_ptr_null(strchr(error, '\033'));
}
END_TEST

static Suite *control_request_suite(void)
{
	Suite *suite = suite_create("control_request");
	TCase *tcase = tcase_create("control_request");

	tcase_add_test(tcase, words_are_read_in_any_order);
	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, anything_else_is_refused_by_name);
	tcase_add_test(tcase, what_is_refused_cannot_command_a_terminal);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(control_request_suite)
