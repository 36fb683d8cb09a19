/* SPDX-License-Identifier: MIT */
/* test_flow.c - what a script's numbers are on the live connection */
#include "tests/unit/drill/built.h"

static struct drill_mismatch mismatch;

START_TEST(the_stacks_isn_is_learned_once)
{
	const struct drill_packet *syn = packet("> S. 0:0(0) ack 1 <...>");
	const struct drill_packet want = *syn;
	size_t len;

	len = built("< S. 4711:4711(0) ack 1 win 1");
	ck_assert(packet_check(&want, octets, len, &flow, &mismatch));
	ck_assert_uint_eq(flow.local_diff, 4711);
	len = built("< S. 4712:4712(0) ack 1 win 1");
	ck_assert(!packet_check(&want, octets, len, &flow, &mismatch));
	flow_sends(&flow, packet("< R 1:1(0)"));
	flow.local_diff = 0;
	len             = built("< S. 4712:4712(0) ack 1 win 1");
	ck_assert(packet_check(&want, octets, len, &flow, &mismatch));
	ck_assert_uint_eq(flow.local_diff, 4712);
}
END_TEST

START_TEST(a_tsval_is_compared_in_ticks_if_the_script_says_how_long_they_are)
{
	struct drill_packet want =
	        *packet("> . 1:1(0) ack 1 <nop,nop,TS val 10 ecr 0>");
	size_t len = built("< . 1:1(0) ack 1 <nop,nop,TS val 500 ecr 0>");

	flow.tsval_tick_us  = 1000;
	flow.tsval_slack_us = 4000;
	ck_assert(packet_check(&want, octets, len, &flow, &mismatch));
	want = *packet("> . 1:1(0) ack 1 <nop,nop,TS val 110 ecr 0>");
	len  = built("< . 1:1(0) ack 1 <nop,nop,TS val 604 ecr 0>");
	ck_assert(packet_check(&want, octets, len, &flow, &mismatch));
	len = built("< . 1:1(0) ack 1 <nop,nop,TS val 595 ecr 0>");
	ck_assert(!packet_check(&want, octets, len, &flow, &mismatch));
	ck_assert_uint_eq(flow_live_tsecr(&flow, 110), 595);
	ck_assert_uint_eq(flow_live_tsecr(&flow, 10), 500);
}
END_TEST

START_TEST(only_so_many_tsvals_are_remembered)
{
	const struct drill_packet *p =
	        packet("> . 1:1(0) ack 1 <nop,nop,TS val 1 ecr 0>");
	struct drill_packet want = *p;
	const size_t len = built("< . 1:1(0) ack 1 <nop,nop,TS val 9 ecr 0>");

	for (uint32_t i = 0; i < DRILL_TSVALS_MAX + 5; i++) {
		want.option[2].value = i;
		flow_sees(&flow, &want, octets, len);
	}
	ck_assert_uint_eq(flow_live_tsecr(&flow, 4), 4);
	ck_assert_uint_eq(flow_live_tsecr(&flow, 5), 9);
	ck_assert_uint_eq(flow_live_tsecr(&flow, DRILL_TSVALS_MAX + 4), 9);
}
END_TEST
static Suite *suite(void)
{
	Suite *s = suite_create("flow");
	TCase *t = parsed_case(s, "flow");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, the_stacks_isn_is_learned_once);
	tcase_add_test(
	        t,
	        a_tsval_is_compared_in_ticks_if_the_script_says_how_long_they_are);
	tcase_add_test(t, only_so_many_tsvals_are_remembered);

	return s;
}

TEST_MAIN(suite)
