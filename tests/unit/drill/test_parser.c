/* SPDX-License-Identifier: MIT */
/* test_parser.c - settings, moments, kinds of events, mistakes */
#include "tests/unit/drill/parsed.h"

/* ---- settings ----------------------------------------------------------- */

START_TEST(settings_are_kept_in_their_order)
{
	parsed("--tolerance_usecs=10000\n"
	       "--ip_version=ipv4 --local_ip=192.168.0.1\n"
	       "--init_scripts=../a.sh,b.sh\n--dry_run\n--name=\"a b\"\n");

	const struct drill_setting *s = script->settings;

	ck_assert_str_eq(s->name, "tolerance_usecs");
	ck_assert_str_eq(s->value, "10000");
	s = s->next;
	ck_assert_str_eq(s->name, "ip_version");
	s = s->next;
	ck_assert_str_eq(s->value, "192.168.0.1");
	ck_assert_uint_eq(s->line, 2);
	s = s->next;
	ck_assert_str_eq(s->value, "../a.sh,b.sh");
	s = s->next;
	ck_assert_str_eq(s->name, "dry_run");
	ck_assert_str_eq(s->value, "");
	s = s->next;
	ck_assert_str_eq(s->value, "a b");
	ck_assert_ptr_null(s->next);
}
END_TEST

/* ---- moments ------------------------------------------------------------ */

static const struct {
	const char *text;
	struct drill_time time;
} moments[] = {
	{ "0 > . 1:1(0)", { .when = DRILL_AT } },
	{ "1 > . 1:1(0)",
	  { .when = DRILL_AT, .at_us = 1000000, .until_us = 1000000 } },
	{ "1.5 > . 1:1(0)",
	  { .when = DRILL_AT, .at_us = 1500000, .until_us = 1500000 } },
	{ "0.0000015 > . 1:1(0)",
	  { .when = DRILL_AT, .at_us = 2, .until_us = 2 } },
	{ "+.1 > . 1:1(0)",
	  { .when = DRILL_AFTER, .at_us = 100000, .until_us = 100000 } },
	{ "+0 > . 1:1(0)", { .when = DRILL_AFTER } },
	{ "+ 2. > . 1:1(0)",
	  { .when = DRILL_AFTER, .at_us = 2000000, .until_us = 2000000 } },
	{ "* > . 1:1(0)", { .when = DRILL_WHENEVER } },
	{ "1.0~2.0 > . 1:1(0)",
	  { .when = DRILL_WITHIN, .at_us = 1000000, .until_us = 2000000 } },
	{ "+.1 ~ +.25 > . 1:1(0)",
	  { .when = DRILL_WITHIN_AFTER, .at_us = 100000, .until_us = 250000 } },
	{ "1.0...2.0 close(3) = 0",
	  { .when     = DRILL_AT,
	    .at_us    = 1000000,
	    .until_us = 1000000,
	    .blocks   = true,
	    .end_us   = 2000000 } },
	{ "0...0.2 close(3) = 0",
	  { .when = DRILL_AT, .blocks = true, .end_us = 200000 } },
	{ "+0...0.200 close(3) = 0",
	  { .when            = DRILL_AFTER,
	    .blocks          = true,
	    .end_is_relative = true,
	    .end_us          = 200000 } },
	{ "+.01...+.2 close(3) = 0",
	  { .when            = DRILL_AFTER,
	    .at_us           = 10000,
	    .until_us        = 10000,
	    .blocks          = true,
	    .end_is_relative = true,
	    .end_us          = 200000 } },
};

START_TEST(moment_is_read)
{
	const struct drill_time *want = &moments[_i].time;
	const struct drill_time *got  = &parsed(moments[_i].text)->time;

	ck_assert_int_eq(got->when, want->when);
	ck_assert_int_eq(got->at_us, want->at_us);
	ck_assert_int_eq(got->until_us, want->until_us);
	ck_assert(got->blocks == want->blocks);
	ck_assert(got->end_is_relative == want->end_is_relative);
	ck_assert_int_eq(got->end_us, want->end_us);
}
END_TEST

/* ---- events ------------------------------------------------------------- */

START_TEST(every_kind_of_event_is_told_apart)
{
	struct drill_event *e =
	        parsed("`sysctl -q net.ipv4.tcp_sack=0\nsysctl x`\n"
	               "0 socket(..., SOCK_STREAM, 0) = 3\n"
	               "// a comment\n# another\n/* and\n one more */\n"
	               "+0 < S 0:0(0) win 1000\n"
	               "+.1 `echo hi`\n"
	               "+0 %{ import sys\nassert tcpi_snd_cwnd == 10 }%\n");

	ck_assert_int_eq(e->kind, DRILL_COMMAND);
	ck_assert_str_eq(e->command, "sysctl -q net.ipv4.tcp_sack=0\nsysctl x");
	ck_assert_int_eq(e->time.when, DRILL_AFTER);
	ck_assert_int_eq(e->time.at_us, 0);
	e = e->next;
	ck_assert_int_eq(e->kind, DRILL_CALL);
	ck_assert_uint_eq(e->line, 3);
	e = e->next;
	ck_assert_int_eq(e->kind, DRILL_PACKET);
	ck_assert_uint_eq(e->line, 8);
	ck_assert_str_eq(e->source, "+0 < S 0:0(0) win 1000");
	ck_assert_str_eq(script->events->next->source,
	                 "0 socket(..., SOCK_STREAM, 0) = 3");
	e = e->next;
	ck_assert_int_eq(e->kind, DRILL_COMMAND);
	e = e->next;
	ck_assert_int_eq(e->kind, DRILL_CODE);
	ck_assert_str_eq(e->code, " import sys\nassert tcpi_snd_cwnd == 10 ");
	ck_assert_ptr_null(e->next);
	ck_assert_uint_eq(script->event_count, 5);
}
END_TEST

START_TEST(an_event_may_go_on_in_the_next_line)
{
	struct drill_event *e = parsed("+0 write(4,\n\t..., 1000)\n\t= 1000\n"
	                               "+0 > P. 1:1001(1000)\n"
	                               "\tack 1 <nop,\n\tnop,sackOK>\n"
	                               "+0 close(4) = 0");

	ck_assert_str_eq(e->source, "+0 write(4, ..., 1000) = 1000");
	e = e->next;
	ck_assert_uint_eq(e->packet.option_count, 3);
	ck_assert_uint_eq(e->line, 4);
	e = e->next;
	ck_assert_str_eq(e->call.name, "close");
	ck_assert_uint_eq(e->line, 7);
}
END_TEST

START_TEST(a_plus_behind_a_result_begins_the_next_event)
{
	struct drill_event *e = parsed("+0 listen(3, 1) = 0\n"
	                               "+0 accept(3, ..., ...) = 4\n"
	                               "* > . 1:1(0)");

	ck_assert_int_eq(e->call.result->integer, 0);
	ck_assert_int_eq(e->next->call.result->integer, 4);
	ck_assert_int_eq(e->next->next->time.when, DRILL_WHENEVER);
}
END_TEST

START_TEST(an_empty_script_has_no_events)
{
	ck_assert_ptr_null(parsed("\n // nothing\n"));
	ck_assert_uint_eq(script->event_count, 0);
}
END_TEST

/* ---- mistakes ----------------------------------------------------------- */

static const struct {
	const char *text, *part;
} mistakes[] = {
	{ "0 socket(..., 3", "t.pkt:1: the script ends here; expected ')'" },
	{ "\n\n0 close(3)\n", "t.pkt:4: the script ends here; expected '='" },
	{ "0 close(3) 0", "something else stands here; expected '='" },
	{ "hello", "no moment stands here" },
	{ "+ close(3) = 0", "no moment stands here; expected seconds" },
	{ "1.0~+2.0 > . 1:1(0)", "one end is relative, the other not" },
	{ "2.0~1.0 > . 1:1(0)", "this range ends before it begins" },
	{ "2.0...1.0 close(3) = 0", "this call returns before it begins" },
	{ "* < . 1:1(0)", "only outbound packets may have this" },
	{ "1~2 close(3) = 0", "only outbound packets may have this" },
	{ "1...2 > . 1:1(0)", "only a system call can block" },
	{ "99999999999 close(3) = 0", "beyond all time" },
	{ "0 `sleep", "does not end; expected `" },
	{ "0 %{ assert", "does not end; expected }%" },
	{ "/* a", "this comment does not end; expected */" },
	{ "--=3", "no name stands behind --" },
	{ "0 ", "expected '<', '>', a system call, '`' or '%{'" },
};

START_TEST(mistake_is_named)
{
	refused(mistakes[_i].text, mistakes[_i].part);
}
END_TEST

START_TEST(mistake_is_shown_with_its_line_and_a_caret)
{
	refused("0 socket(1) = 3\n\t+0 > S 0:0(0) <mss x>\n",
	        "t.pkt:2: no number stands here; expected 0 to 65535\n"
	        "  \t+0 > S 0:0(0) <mss x>\n"
	        "  \t                   ^");
}
END_TEST

START_TEST(a_script_of_too_many_events_is_refused)
{
	static char text[4 * (DRILL_EVENTS_MAX + 1) + 1];

	for (size_t i = 0; i <= DRILL_EVENTS_MAX; i++)
		memcpy(text + 4 * i, "0``\n", 4);
	refused(text, "too many events");
}
END_TEST

START_TEST(a_script_that_is_too_long_is_refused)
{
	char *text = malloc(DRILL_SCRIPT_LEN_MAX + 2);

	memset(text, ' ', DRILL_SCRIPT_LEN_MAX + 1);
	text[DRILL_SCRIPT_LEN_MAX + 1] = '\0';
	ck_assert_int_eq(script_parse("t", text, NULL, &script, error), -EFBIG);
	free(text);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parser");
	TCase *t = parsed_case(s, "parser");

	tcase_add_test(t, settings_are_kept_in_their_order);
	tcase_add_loop_test(t, moment_is_read, 0, ARRAY_LEN(moments));
	tcase_add_test(t, every_kind_of_event_is_told_apart);
	tcase_add_test(t, an_event_may_go_on_in_the_next_line);
	tcase_add_test(t, a_plus_behind_a_result_begins_the_next_event);
	tcase_add_test(t, an_empty_script_has_no_events);
	tcase_add_loop_test(t, mistake_is_named, 0, ARRAY_LEN(mistakes));
	tcase_add_test(t, mistake_is_shown_with_its_line_and_a_caret);
	tcase_add_test(t, a_script_of_too_many_events_is_refused);
	tcase_add_test(t, a_script_that_is_too_long_is_refused);

	return s;
}

TEST_MAIN(suite)
