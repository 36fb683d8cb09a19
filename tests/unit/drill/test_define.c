/* SPDX-License-Identifier: MIT */
/* test_define.c - words that stand for something else */
#include "tests/unit/drill/parsed.h"

static const char *const defines[] = { "PORT=8080", "NAME=O_RDWR",
	                               "TFO_COOKIE=0102", NULL };

static struct drill_event *defined(const char *text)
{
	const int rc = script_parse("t.pkt", text, defines, &script, error);

	ck_assert_msg(rc == 0, "%s", error);
	return script->events;
}

START_TEST(a_word_is_replaced_wherever_a_value_may_stand)
{
	const struct drill_event *e =
	        defined("0 f(PORT, NAME|1, XPORT) = PORT\n"
	                "0 < S 0:0(0) win PORT <FO TFO_COOKIE>");

	ck_assert_int_eq(e->call.args->value->integer, 8080);
	ck_assert_str_eq(e->call.args->next->value->left->text, "O_RDWR");
	ck_assert_str_eq(e->call.args->next->next->value->text, "XPORT");
	ck_assert_int_eq(e->call.result->integer, 8080);
	ck_assert_uint_eq(e->next->packet.win, 8080);
	ck_assert_uint_eq(e->next->packet.option[0].data_len, 2);
}
END_TEST

START_TEST(strings_shell_lines_and_code_are_left_alone)
{
	const struct drill_event *e =
	        defined("0 `echo PORT`\n0 %{ assert PORT }%\n"
	                "0 f(\"PORT \\\" PORT\") = 0");

	ck_assert_str_eq(e->command, "echo PORT");
	ck_assert_str_eq(e->next->code, " assert PORT ");
	ck_assert_str_eq(e->next->next->call.args->value->text, "PORT \" PORT");
}
END_TEST

START_TEST(a_script_may_define_words_itself)
{
	const struct drill_event *e = parsed("--define=LEN=77\n0 f(LEN) = LEN");

	ck_assert_int_eq(e->call.args->value->integer, 77);
}
END_TEST

START_TEST(what_public_runners_define_is_known)
{
	const struct drill_event *e =
	        parsed("0 f(CMSG_LEVEL_IP, CMSG_TYPE_RECVERR) = 0");

	ck_assert_str_eq(e->call.args->value->text, "SOL_IP");
	ck_assert_str_eq(e->call.args->next->value->text, "IP_RECVERR");
}
END_TEST

START_TEST(an_explosion_is_refused)
{
	static char define[5000]     = "A=", text[3 * 3000 + 1];
	const char *const long_one[] = { define, NULL };

	memset(define + 2, '1', sizeof(define) - 3);
	for (size_t i = 0; i < 3000; i++)
		memcpy(text + 3 * i, "A\n ", 3);
	ck_assert_int_eq(script_parse("t", text, long_one, &script, error),
	                 -EFBIG);
	ck_assert_ptr_nonnull(strstr(error, "this script is too long"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("define");
	TCase *t = parsed_case(s, "define");

	tcase_add_test(t, a_word_is_replaced_wherever_a_value_may_stand);
	tcase_add_test(t, strings_shell_lines_and_code_are_left_alone);
	tcase_add_test(t, a_script_may_define_words_itself);
	tcase_add_test(t, what_public_runners_define_is_known);
	tcase_add_test(t, an_explosion_is_refused);

	return s;
}

TEST_MAIN(suite)
