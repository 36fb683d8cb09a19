/* SPDX-License-Identifier: MIT */
/* test_fault_parse.c - the words of a rule, right and wrong */
#include "base/bytes.h"
#include "drivers/fault.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

static const struct {
	const char *text;
	struct fault_rule rule;
} good[] = {
	{ "drop out data#3",
	  { .action   = FAULT_DROP,
	    .out      = true,
	    .selector = FAULT_DATA,
	    .ordinal  = 3,
	    .count    = 1 } },
	{ "dup in synack 2",
	  { .action   = FAULT_DUP,
	    .in       = true,
	    .selector = FAULT_SYNACK,
	    .ordinal  = 1,
	    .count    = 2 } },
	{ "delay:20ms both every",
	  { .action   = FAULT_DELAY,
	    .arg      = 20000,
	    .in       = true,
	    .out      = true,
	    .selector = FAULT_EVERY,
	    .ordinal  = 1,
	    .count    = FAULT_ALWAYS } },
	{ "delay:2s in syn always",
	  { .action   = FAULT_DELAY,
	    .arg      = 2000000,
	    .in       = true,
	    .selector = FAULT_SYN,
	    .ordinal  = 1,
	    .count    = FAULT_ALWAYS } },
	{ "delay:7us in fin once",
	  { .action   = FAULT_DELAY,
	    .arg      = 7,
	    .in       = true,
	    .selector = FAULT_FIN,
	    .ordinal  = 1,
	    .count    = 1 } },
	{ "corrupt out 1%",
	  { .action   = FAULT_CORRUPT,
	    .arg      = FAULT_BIT_RANDOM,
	    .out      = true,
	    .selector = FAULT_CHANCE,
	    .ppm      = 10000,
	    .ordinal  = 1,
	    .count    = FAULT_ALWAYS } },
	{ "corrupt:272 out 0.25% once",
	  { .action   = FAULT_CORRUPT,
	    .arg      = 272,
	    .out      = true,
	    .selector = FAULT_CHANCE,
	    .ppm      = 2500,
	    .ordinal  = 1,
	    .count    = 1 } },
	{ "reorder in 100%",
	  { .action   = FAULT_REORDER,
	    .arg      = 1,
	    .in       = true,
	    .selector = FAULT_CHANCE,
	    .ppm      = 1000000,
	    .ordinal  = 1,
	    .count    = FAULT_ALWAYS } },
	{ "reorder:3 in ack#2",
	  { .action   = FAULT_REORDER,
	    .arg      = 3,
	    .in       = true,
	    .selector = FAULT_ACK,
	    .ordinal  = 2,
	    .count    = 1 } },
	{ "drop out seq=1461",
	  { .action    = FAULT_DROP,
	    .out       = true,
	    .selector  = FAULT_SEQ,
	    .seq_first = 1461,
	    .seq_last  = 1461,
	    .ordinal   = 1,
	    .count     = 1 } },
	{ "drop out seq=1-1460#2 always",
	  { .action    = FAULT_DROP,
	    .out       = true,
	    .selector  = FAULT_SEQ,
	    .seq_first = 1,
	    .seq_last  = 1460,
	    .ordinal   = 2,
	    .count     = FAULT_ALWAYS } },
	{ "  drop\tout   arp#9  4 ",
	  { .action   = FAULT_DROP,
	    .out      = true,
	    .selector = FAULT_ARP,
	    .ordinal  = 9,
	    .count    = 4 } },
	{ "drop both every#10",
	  { .action   = FAULT_DROP,
	    .in       = true,
	    .out      = true,
	    .selector = FAULT_EVERY,
	    .ordinal  = 10,
	    .count    = 1 } },
	{ "drop both 0.0001%",
	  { .action   = FAULT_DROP,
	    .in       = true,
	    .out      = true,
	    .selector = FAULT_CHANCE,
	    .ppm      = 1,
	    .ordinal  = 1,
	    .count    = FAULT_ALWAYS } },
};

START_TEST(rule_is_read)
{
	const struct fault_rule *want = &good[_i].rule;
	struct fault_rule got;
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(fault_parse(good[_i].text, &got, error), 0);
	ck_assert_int_eq(got.action, want->action);
	ck_assert_uint_eq(got.arg, want->arg);
	ck_assert_int_eq(got.in, want->in);
	ck_assert_int_eq(got.out, want->out);
	ck_assert_int_eq(got.selector, want->selector);
	ck_assert_uint_eq(got.ppm, want->ppm);
	ck_assert_uint_eq(got.seq_first, want->seq_first);
	ck_assert_uint_eq(got.seq_last, want->seq_last);
	ck_assert_uint_eq(got.ordinal, want->ordinal);
	ck_assert_uint_eq(got.count, want->count);
}
END_TEST

/* A wrong rule, the word that the message must point at, and its cure. */
static const struct {
	const char *text, *word, *cure;
} bad[] = {
	{ "lose out data#3", "\"lose\"", "drop, dup, delay:TIME" },
	{ "drop:5 out data", "\"drop:5\"", "takes no argument" },
	{ "dup: out data", "\"dup:\"", "takes no argument" },
	{ "delay out data", "\"delay\"", "delay:20ms" },
	{ "delay: out data", "\"delay:\"", "delay:20ms" },
	{ "delay:20 out data", "\"delay:20\"", "delay:20ms" },
	{ "delay:ms out data", "\"delay:ms\"", "delay:20ms" },
	{ "delay:-1ms out data", "\"delay:-1ms\"", "delay:20ms" },
	{ "delay:3601s out data", "\"delay:3601s\"", "an hour" },
	{ "delay:99999999999999999999s out data", "\"delay:9", "an hour" },
	{ "corrupt:x out data", "\"corrupt:x\"", "bit's number" },
	{ "corrupt: out data", "\"corrupt:\"", "bit's number" },
	{ "corrupt:4294967296 out data", "\"corrupt:4", "bit's number" },
	{ "reorder:0 out data", "\"reorder:0\"", "reorder:3" },
	{ "reorder:99999 out data", "\"reorder:9", "reorder:3" },
	{ "drop up data", "\"up\"", "in, out, both" },
	{ "drop outt data", "\"outt\"", "in, out, both" },
	{ "drop out dat", "\"dat\"", "every, N%" },
	{ "drop out data#0", "\"data#0\"", "from 1" },
	{ "drop out data#", "\"data#\"", "from 1" },
	{ "drop out data#4294967295", "\"data#4", "from 1" },
	{ "drop out #3", "\"#3\"", "every, N%" },
	{ "drop out 101%", "\"101%\"", "0% to 100%" },
	{ "drop out 100.1%", "\"100.1%\"", "0% to 100%" },
	{ "drop out 1.00001%", "\"1.00001%\"", "four decimals" },
	{ "drop out 1.%", "\"1.%\"", "four decimals" },
	{ "drop out %", "\"%\"", "0% to 100%" },
	{ "drop out -1%", "\"-1%\"", "0% to 100%" },
	{ "drop out seq", "\"seq\"", "seq=A" },
	{ "drop out seq=", "\"seq=\"", "seq=1461" },
	{ "drop out seq=5-", "\"seq=5-\"", "seq=1461" },
	{ "drop out seq=9-5", "\"seq=9-5\"", "before it begins" },
	{ "drop out seq=0-4294967295", "\"seq=0", "half of all" },
	{ "drop out data never", "\"never\"", "once, always" },
	{ "drop out data 0", "\"0\"", "once, always" },
	{ "drop out data once more", "\"more\"", "one word too many" },
	{ "drop out", "2 of at least three", "ACTION" },
	{ "", "0 of at least three", "ACTION" },
};

START_TEST(wrong_word_is_named_and_the_right_ones_listed)
{
	struct fault_rule got = { .arg = 77 };
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(fault_parse(bad[_i].text, &got, error), -EINVAL);
	ck_assert_msg(strstr(error, bad[_i].word) != NULL, "%s", error);
	ck_assert_msg(strstr(error, bad[_i].cure) != NULL, "%s", error);
	ck_assert_uint_eq(got.arg, 77);
}
END_TEST

START_TEST(endless_rule_fits_its_message)
{
	static char text[100000];
	struct fault_rule got;
	char error[LINK_ERROR_LEN];

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "drop out ", 9);
	ck_assert_int_eq(fault_parse(text, &got, error), -EINVAL);
	ck_assert_uint_lt(strlen(error), LINK_ERROR_LEN);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("fault_parse");
	TCase *t = tcase_create("fault_parse");

	tcase_add_loop_test(t, rule_is_read, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, wrong_word_is_named_and_the_right_ones_listed, 0,
	                    ARRAY_LEN(bad));
	tcase_add_test(t, endless_rule_fits_its_message);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
