/* SPDX-License-Identifier: MIT */
/* test_parser_option.c - every option that a script can write */
#include "tests/unit/drill/parsed.h"

static const struct drill_packet *options(const char *list)
{
	char text[300];

	snprintf(text, sizeof(text), "+0 < S 0:0(0) win 1 <%s>", list);
	return &parsed(text)->packet;
}

START_TEST(the_options_of_a_syn_are_read)
{
	const struct drill_packet *p = options(
	        "mss 1460,sackOK,TS val 100 ecr 4294967295,nop,wscale 8");

	ck_assert_uint_eq(p->option_count, 5);
	ck_assert_int_eq(p->option[0].kind, DRILL_OPT_MSS);
	ck_assert_uint_eq(p->option[0].value, 1460);
	ck_assert_int_eq(p->option[1].kind, DRILL_OPT_SACK_OK);
	ck_assert_int_eq(p->option[2].kind, DRILL_OPT_TIMESTAMP);
	ck_assert_uint_eq(p->option[2].value, 100);
	ck_assert_uint_eq(p->option[2].value2, UINT32_MAX);
	ck_assert_int_eq(p->option[3].kind, DRILL_OPT_NOP);
	ck_assert_int_eq(p->option[4].kind, DRILL_OPT_WSCALE);
	ck_assert_uint_eq(p->option[4].value, 8);
}
END_TEST

START_TEST(sack_blocks_are_read)
{
	const struct drill_option *o =
	        &options("nop, nop, sack 1001:2001 3001:4001 1:2")->option[2];

	ck_assert_int_eq(o->kind, DRILL_OPT_SACK);
	ck_assert_uint_eq(o->block_count, 3);
	ck_assert_uint_eq(o->block[1][0], 3001);
	ck_assert_uint_eq(o->block[1][1], 4001);
	ck_assert_uint_eq(o->block[2][1], 2);
}
END_TEST

START_TEST(timestamps_may_be_any_or_the_stacks_own)
{
	const struct drill_option *o =
	        &options("nop,nop,TS val ... ecr any")->option[2];

	ck_assert(o->value_any && o->value2_any);
	forget();
	o = &options("nop,nop,TS val 5 ecr 0!")->option[2];
	ck_assert(!o->value_any && !o->value2_any && o->value2_is_live);
}
END_TEST

START_TEST(cookies_are_read)
{
	static const uint8_t cookie[] = { 0x30, 0x21, 0xb9, 0xd8,
		                          0x89, 0x01, 0x7e, 0xeb };
	const struct drill_option *o = options("FO TFO_COOKIE,nop,nop")->option;

	ck_assert_int_eq(o->kind, DRILL_OPT_FASTOPEN);
	ck_assert_uint_eq(o->data_len, 8);
	ck_assert_mem_eq(o->data, cookie, 8);
	forget();
	o = options("FOEXP 0x3021b9d8")->option;
	ck_assert_int_eq(o->kind, DRILL_OPT_FASTOPEN_EXP);
	ck_assert_uint_eq(o->data_len, 4);
	forget();
	o = options("FO,nop,nop,FOEXP")->option;
	ck_assert_int_eq(o->kind, DRILL_OPT_FASTOPEN);
	ck_assert_uint_eq(o->data_len, 0);
	ck_assert_int_eq(o[3].kind, DRILL_OPT_FASTOPEN_EXP);
}
END_TEST

START_TEST(md5_and_eol_are_read)
{
	const struct drill_option *o =
	        options("md5 000102030405060708090a0b0c0d0e0f,eol,eol")->option;

	ck_assert_int_eq(o->kind, DRILL_OPT_MD5);
	ck_assert_uint_eq(o->data_len, 16);
	ck_assert_uint_eq(o->data[15], 15);
	ck_assert_int_eq(o[2].kind, DRILL_OPT_EOL);
	forget();
	ck_assert(options("md5 any,nop,nop")->option->value_any);
}
END_TEST

START_TEST(octets_can_be_written_and_lie)
{
	const struct drill_option *o =
	        options("kind 253 len 6 0x01020304,kind 8 len 3,kind 1,kind 1,"
	                "kind 2 len 4 0xffff")
	                ->option;

	ck_assert_int_eq(o->kind, DRILL_OPT_RAW);
	ck_assert_uint_eq(o->raw_kind, 253);
	ck_assert_uint_eq(o->raw_len, 6);
	ck_assert_uint_eq(o->data_len, 4);
	ck_assert(o->has_raw_len && !o[2].has_raw_len);
	ck_assert_uint_eq(o[1].raw_len, 3);
	ck_assert_uint_eq(o[1].data_len, 0);
}
END_TEST

START_TEST(an_ellipsis_stands_for_all)
{
	const struct drill_packet *p = options("...");

	ck_assert(p->has_options && p->options_any);
	ck_assert_uint_eq(p->option_count, 0);
	forget();
	p = options("");
	ck_assert(p->has_options && !p->options_any);
}
END_TEST

static const struct {
	const char *list, *part;
} mistakes[] = {
	{ "mss 65536,", "expected 0 to 65535" },
	{ "wscale 256", "expected 0 to 255" },
	{ "sack", "this SACK has no block" },
	{ "sack 1:2 3:4 5:6 7:8 9:10", "'>' or ',' behind an option" },
	{ "TS 1", "TSval is missing; expected TS val N ecr N" },
	{ "TS val 1", "TSecr is missing" },
	{ "foo", "not an option of TCP; expected mss, nop, eol, wscale" },
	{ "nop", "these options are no multiple of 4" },
	{ "nop nop", "'>' or ',' behind an option" },
	{ "FO 123", "this is half an octet" },
	{ "md5 0001020304050607080910111213141516", "too many octets" },
	{ "TS val 1 ecr 1,TS val 1 ecr 1,TS val 1 ecr 1,TS val 1 ecr 1,nop",
	  "these options are too long; expected 40 octets" },
	{ "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,"
	  "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,"
	  "nop,nop,nop,nop,nop,nop,nop,nop,nop",
	  "too many options; expected 40 at most" },
};

START_TEST(mistake_is_named)
{
	char text[400];

	snprintf(text, sizeof(text), "+0 > S 0:0(0) <%s>", mistakes[_i].list);
	refused(text, mistakes[_i].part);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parser_option");
	TCase *t = parsed_case(s, "parser_option");

	tcase_add_test(t, the_options_of_a_syn_are_read);
	tcase_add_test(t, sack_blocks_are_read);
	tcase_add_test(t, timestamps_may_be_any_or_the_stacks_own);
	tcase_add_test(t, cookies_are_read);
	tcase_add_test(t, md5_and_eol_are_read);
	tcase_add_test(t, octets_can_be_written_and_lie);
	tcase_add_test(t, an_ellipsis_stands_for_all);
	tcase_add_loop_test(t, mistake_is_named, 0, ARRAY_LEN(mistakes));

	return s;
}

TEST_MAIN(suite)
