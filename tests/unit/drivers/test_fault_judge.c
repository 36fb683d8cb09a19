/* SPDX-License-Identifier: MIT */
/* test_fault_judge.c - selectors, ordinals and counts do what fault.h says */
#include "drivers/fault_judge.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>

#define TEXT_LEN 4096

static struct fault_judge judge;
static char passed[TEXT_LEN]; /* numbers of what has passed: "1 2 4" */
static unsigned passed_count;

static void open_rules(const char *const *rules, unsigned count, uint64_t seed)
{
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(fault_judge_init(&judge, rules, count, seed, error),
	                 0);
	passed[0]    = '\0';
	passed_count = 0;
}

static void open_rule(const char *rule)
{
	open_rules(&rule, 1, 1);
}

static bool passes(bool is_in, struct test_frame frame)
{
	struct fault_verdict verdict;

	fault_judge_frame(&judge, is_in, frame.octets, frame.len, &verdict);

	return !verdict.drop;
}

static void sends(const char *flags, uint32_t seq, size_t text_len)
{
	const size_t len = strlen(passed);

	if (!passes(false, tcp_frame(true, flags, seq, 1, text_len)))
		return;
	passed_count++;
	snprintf(passed + len, TEXT_LEN - len, "%s%u", len ? " " : "",
	         seq / 10);
}

/* Data segments of 10 octets, numbered from 1. */
static void sends_data(uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		sends("P.", i * 10, 10);
}

static void expect(const char *numbers)
{
	ck_assert_str_eq(passed, numbers);
	passed[0]    = '\0';
	passed_count = 0;
}

START_TEST(numbered_data_segment_is_dropped_once)
{
	open_rule("drop out data#3");
	sends("S", 0, 0);
	sends_data(1, 5);
	expect("0 1 2 4 5");
	/* Sent again, it passes. */
	sends_data(3, 3);
	expect("3");
}
END_TEST

START_TEST(count_acts_from_the_ordinal_on)
{
	open_rule("drop out data#2 3");
	sends_data(1, 6);
	expect("1 5 6");
	open_rule("drop out data#4 always");
	sends_data(1, 6);
	expect("1 2 3");
}
END_TEST

START_TEST(word_alone_means_the_first_once)
{
	open_rule("drop out data");
	sends_data(1, 3);
	expect("2 3");
}
END_TEST

START_TEST(every_is_for_always_unless_counted)
{
	open_rule("drop out every");
	sends_data(1, 3);
	expect("");
	open_rule("drop out every 2");
	sends_data(1, 3);
	expect("3");
	open_rule("drop out every#2");
	sends_data(1, 3);
	expect("1 3");
}
END_TEST

static const struct {
	const char *selector, *flags;
	size_t text_len;
	bool matches;
} flag_cases[] = {
	{ "syn", "S", 0, true },     { "syn", "S.", 0, false },
	{ "synack", "S.", 0, true }, { "synack", "S", 0, false },
	{ "ack", ".", 0, true },     { "ack", "P.", 5, false },
	{ "ack", "F.", 0, false },   { "ack", "S.", 0, false },
	{ "fin", "F.", 0, true },    { "fin", "FP.", 5, true },
	{ "fin", ".", 0, false },    { "rst", "R", 0, true },
	{ "rst", "R.", 0, true },    { "rst", ".", 0, false },
	{ "data", "P.", 1, true },   { "data", "F.", 0, false },
	{ "tcp", ".", 0, true },     { "udp", ".", 0, false },
	{ "arp", ".", 0, false },    { "icmp", ".", 0, false },
};

START_TEST(selector_matches_its_segments_and_no_others)
{
	char rule[64];

	snprintf(rule, sizeof(rule), "drop out %s always",
	         flag_cases[_i].selector);
	open_rule(rule);
	sends(flag_cases[_i].flags, 10, flag_cases[_i].text_len);
	ck_assert_uint_eq(passed_count, !flag_cases[_i].matches);
}
END_TEST

START_TEST(other_protocols_are_selected_by_name)
{
	const char *rules[] = { "drop out arp", "drop out udp",
		                "drop out icmp" };

	open_rules(rules, 3, 1);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(passes(false, arp_frame()), i);
		ck_assert_int_eq(passes(false, udp_frame(true, 100)), i);
		ck_assert_int_eq(passes(false, icmp_frame(true)), i);
	}
}
END_TEST

START_TEST(sequence_number_is_relative_to_the_isn)
{
	open_rule("drop out seq=25 always");
	sends_data(2, 2); /* 20..29, but no SYN has passed yet */
	expect("2");
	sends("S", 0, 0);
	sends_data(1, 4);
	expect("0 1 3 4");
	sends(".", 25, 0); /* occupies nothing */
	ck_assert_uint_eq(passed_count, 1);
}
END_TEST

START_TEST(sequence_range_includes_both_ends)
{
	open_rule("drop out seq=29-40 always");
	sends("S", 0, 0);
	sends_data(1, 5);
	expect("0 1 5");
}
END_TEST

START_TEST(sequence_zero_is_the_syn)
{
	open_rule("drop out seq=0");
	sends("S", 0, 0);
	expect("");
	sends("S", 0, 0);
	expect("0");
}
END_TEST

START_TEST(directions_are_kept_apart)
{
	const struct test_frame in = tcp_frame(false, "P.", 10, 1, 10);

	open_rule("drop in data");
	sends_data(1, 1);
	expect("1");
	ck_assert(!passes(true, in));
	ck_assert(passes(true, in));
}
END_TEST

START_TEST(both_counts_both_directions_together)
{
	open_rule("drop both data#2");
	sends_data(1, 1);
	ck_assert(!passes(true, tcp_frame(false, "P.", 10, 1, 10)));
	sends_data(2, 2);
	expect("1 2");
}
END_TEST

START_TEST(rules_count_on_their_own)
{
	const char *rules[] = { "drop out data#1", "drop out data#2" };

	open_rules(rules, 2, 1);
	sends_data(1, 3);
	expect("3");
}
END_TEST

START_TEST(chance_takes_its_share_and_depends_on_the_seed)
{
	const char *rule = "drop out 25%";
	char first[TEXT_LEN];

	open_rules(&rule, 1, 5);
	sends_data(1, 300);
	ck_assert_uint_gt(passed_count, 190);
	ck_assert_uint_lt(passed_count, 260);
	memcpy(first, passed, TEXT_LEN);
	open_rules(&rule, 1, 5);
	sends_data(1, 300);
	ck_assert_str_eq(passed, first);
	open_rules(&rule, 1, 6);
	sends_data(1, 300);
	ck_assert_str_ne(passed, first);
}
END_TEST

START_TEST(verdicts_of_all_rules_add_up)
{
	const char *rules[]     = { "delay:1ms out data", "delay:2ms out data",
		                    "reorder:2 out data", "reorder:4 out data",
		                    "dup out data" };
	struct test_frame frame = tcp_frame(true, "P.", 10, 1, 10);
	struct fault_verdict verdict;

	open_rules(rules, 5, 1);
	fault_judge_frame(&judge, false, frame.octets, frame.len, &verdict);
	ck_assert(!verdict.drop);
	ck_assert(verdict.dup);
	ck_assert_uint_eq(verdict.delay_us, 3000);
	ck_assert_uint_eq(verdict.pass, 4);
}
END_TEST

START_TEST(isns_are_bounded_and_the_oldest_goes)
{
	struct test_frame frame;

	open_rule("drop out seq=10 always");
	sends("S", 0, 0);
	for (unsigned i = 0; i < FAULT_ISNS_MAX; i++) {
		frame = tcp_frame(true, "S", 0, 0, 0);
		put_be16(frame.octets + 34, (uint16_t)(1000 + i));
		ck_assert(passes(false, frame));
	}
	sends_data(1, 1);
	ck_assert_str_eq(passed, "0 1");
}
END_TEST

START_TEST(nothing_is_too_short_to_judge)
{
	struct test_frame frame = tcp_frame(true, "P.", 10, 1, 10);
	struct fault_verdict verdict;

	for (size_t len = 0; len <= frame.len; len++) {
		uint8_t *cut = guard_alloc(frame.octets, len);

		open_rule("corrupt out every");
		fault_judge_frame(&judge, false, cut, len, &verdict);
		guard_free(cut, len);
	}
}
END_TEST

START_TEST(too_many_rules_are_refused)
{
	const char *rules[FAULT_RULES_MAX + 1];
	char error[LINK_ERROR_LEN];

	for (unsigned i = 0; i <= FAULT_RULES_MAX; i++)
		rules[i] = "drop out data";
	ck_assert_int_eq(
	        fault_judge_init(&judge, rules, FAULT_RULES_MAX, 1, error), 0);
	ck_assert_int_eq(
	        fault_judge_init(&judge, rules, FAULT_RULES_MAX + 1, 1, error),
	        -E2BIG);
}
END_TEST

static Suite *suite(void)
{
	Suite *s         = suite_create("fault_judge");
	TCase *selectors = tcase_create("fault_judge_frame");

	tcase_add_test(selectors, numbered_data_segment_is_dropped_once);
	tcase_add_test(selectors, count_acts_from_the_ordinal_on);
	tcase_add_test(selectors, word_alone_means_the_first_once);
	tcase_add_test(selectors, every_is_for_always_unless_counted);
	tcase_add_loop_test(selectors,
	                    selector_matches_its_segments_and_no_others, 0,
	                    ARRAY_LEN(flag_cases));
	tcase_add_test(selectors, other_protocols_are_selected_by_name);
	tcase_add_test(selectors, sequence_number_is_relative_to_the_isn);
	tcase_add_test(selectors, sequence_range_includes_both_ends);
	tcase_add_test(selectors, sequence_zero_is_the_syn);
	tcase_add_test(selectors, directions_are_kept_apart);
	tcase_add_test(selectors, both_counts_both_directions_together);
	tcase_add_test(selectors, rules_count_on_their_own);
	tcase_add_test(selectors,
	               chance_takes_its_share_and_depends_on_the_seed);
	tcase_add_test(selectors, verdicts_of_all_rules_add_up);
	tcase_add_test(selectors, isns_are_bounded_and_the_oldest_goes);
	tcase_add_test(selectors, nothing_is_too_short_to_judge);
	tcase_add_test(selectors, too_many_rules_are_refused);
	suite_add_tcase(s, selectors);

	return s;
}

TEST_MAIN(suite)
