/* SPDX-License-Identifier: MIT */
/* test_parser_icmp.c - types, codes and what is quoted */
#include "tests/unit/drill/parsed.h"

static const struct drill_packet *icmp(const char *rest)
{
	char text[200];

	snprintf(text, sizeof(text), "+0 < icmp %s\n+0 close(3) = 0", rest);

	const struct drill_event *e = parsed(text);

	ck_assert_int_eq(e->packet.protocol, DRILL_ICMP);
	ck_assert_int_eq(e->next->kind, DRILL_CALL);
	return &e->packet;
}

START_TEST(an_mtu_and_the_segment_that_was_too_big_are_read)
{
	const struct drill_packet *p =
	        icmp("unreachable frag_needed mtu 1200 [1:1001(1000)]");

	ck_assert_uint_eq(p->icmp_type, 3);
	ck_assert_uint_eq(p->icmp_code, 4);
	ck_assert(p->has_mtu && p->has_quote);
	ck_assert_uint_eq(p->icmp_mtu, 1200);
	ck_assert_int_eq(p->quote_protocol, DRILL_TCP);
	ck_assert_uint_eq(p->quote_seq, 1);
	ck_assert_uint_eq(p->quote_seq_end, 1001);
}
END_TEST

static const struct {
	const char *words;
	uint8_t type, code;
} kinds[] = {
	{ "unreachable net_unreachable [0:0(0)]", 3, 0 },
	{ "unreachable host_unreachable [0:0(0)]", 3, 1 },
	{ "unreachable protocol_unreachable [0:0(0)]", 3, 2 },
	{ "unreachable port_unreachable [0:0(0)]", 3, 3 },
	{ "unreachable source_route_failed [0:0(0)]", 3, 5 },
	{ "unreachable net_unknown [0:0(0)]", 3, 6 },
	{ "unreachable host_unknown [0:0(0)]", 3, 7 },
	{ "unreachable source_host_isolated [0:0(0)]", 3, 8 },
	{ "unreachable net_prohibited [0:0(0)]", 3, 9 },
	{ "unreachable host_prohibited [0:0(0)]", 3, 10 },
	{ "unreachable net_unreachable_for_tos [0:0(0)]", 3, 11 },
	{ "unreachable host_unreachable_for_tos [0:0(0)]", 3, 12 },
	{ "unreachable communication_prohibited [0:0(0)]", 3, 13 },
	{ "unreachable packet_filtered [0:0(0)]", 3, 13 },
	{ "unreachable host_precedence_violation [0:0(0)]", 3, 14 },
	{ "unreachable precedence_cutoff [0:0(0)]", 3, 15 },
	{ "unreachable 42 [0:0(0)]", 3, 42 },
	{ "source_quench [1:1001(1000)]", 4, 0 },
	{ "redirect host_redirect [0:0(0)]", 5, 1 },
	{ "time_exceeded transit [1:1(0)]", 11, 0 },
	{ "time_exceeded reassembly [1:1(0)]", 11, 1 },
	{ "parameter_problem [1:1(0)]", 12, 0 },
	{ "echo_request id 7 seq 1 (56)", 8, 0 },
	{ "echo_reply", 0, 0 },
	{ "timestamp_request", 13, 0 },
	{ "200 7", 200, 7 },
};

START_TEST(type_and_code_are_read)
{
	const struct drill_packet *p = icmp(kinds[_i].words);

	ck_assert_uint_eq(p->icmp_type, kinds[_i].type);
	ck_assert_uint_eq(p->icmp_code, kinds[_i].code);
}
END_TEST

START_TEST(an_echo_has_a_name_and_a_length)
{
	const struct drill_packet *p = icmp("echo_request id 7 seq 2 (56)");

	ck_assert_uint_eq(p->icmp_id, 7);
	ck_assert_uint_eq(p->icmp_seq, 2);
	ck_assert_uint_eq(p->payload_len, 56);
	ck_assert(!p->has_quote && !p->has_mtu);
}
END_TEST

START_TEST(a_datagram_can_be_quoted)
{
	const struct drill_packet *p =
	        icmp("unreachable port_unreachable [udp (1000)]");

	ck_assert_int_eq(p->quote_protocol, DRILL_UDP);
	ck_assert_uint_eq(p->quote_seq_end, 1000);
}
END_TEST

static const struct {
	const char *text, *part;
} mistakes[] = {
	{ "+0 < icmp", "no word stands here; expected a type of ICMP" },
	{ "+0 < icmp foo", "not a type of ICMP" },
	{ "+0 < icmp transit", "not a type of ICMP" },
	{ "+0 < icmp unreachable transit", "not a code of this type of ICMP" },
	{ "+0 < icmp unreachable frag_needed mtu 70000", "mtu 0 to 65535" },
	{ "+0 < icmp unreachable [1:2(0)]", "disagree; expected 1:1(0)" },
	{ "+0 < icmp unreachable [1:1(0)", "']' behind what ICMP quotes" },
};

START_TEST(mistake_is_named)
{
	refused(mistakes[_i].text, mistakes[_i].part);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parser_icmp");
	TCase *t = parsed_case(s, "parser_icmp");

	tcase_add_test(t, an_mtu_and_the_segment_that_was_too_big_are_read);
	tcase_add_loop_test(t, type_and_code_are_read, 0, ARRAY_LEN(kinds));
	tcase_add_test(t, an_echo_has_a_name_and_a_length);
	tcase_add_test(t, a_datagram_can_be_quoted);
	tcase_add_loop_test(t, mistake_is_named, 0, ARRAY_LEN(mistakes));

	return s;
}

TEST_MAIN(suite)
