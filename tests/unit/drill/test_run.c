/* SPDX-License-Identifier: MIT */
/* test_run.c - time, packets and verdicts of a script that is played */
#include "tests/unit/drill/played.h"

START_TEST(a_right_script_passes)
{
	passes(CONNECTS "+0 write(4, ..., 10) = 10\n"
	                "+0 > P. 1:11(10) ack 1\n");
}
END_TEST

START_TEST(a_wrong_number_fails_in_its_line)
{
	fails(CONNECTS "+0 write(4, ..., 10) = 10\n"
	               "+0 > P. 1:12(11) ack 1\n",
	      9, "> P. 1:11(10) ack 1");
}
END_TEST

START_TEST(a_packet_that_does_not_come_fails)
{
	fails(CONNECTS "+0 > P. 1:11(10) ack 1\n", 8, "no packet came");
}
END_TEST

START_TEST(a_packet_that_comes_early_fails)
{
	fails(CONNECTS "+0 write(4, ..., 10) = 10\n"
	               "+.1 > P. 1:11(10) ack 1\n",
	      9, "should happen at 0.200000 s");
}
END_TEST

START_TEST(a_packet_within_the_tolerance_passes)
{
	passes(CONNECTS "+0 write(4, ..., 10) = 10\n"
	                "+.004 > P. 1:11(10) ack 1\n");
	fails("--tolerance_usecs=3999\n" CONNECTS "+0 write(4, ..., 10) = 10\n"
	      "+.004 > P. 1:11(10) ack 1\n",
	      10, "should happen");
}
END_TEST

START_TEST(a_range_has_two_ends)
{
	/* RTT 100 ms: the first retransmission comes after 300 ms. */
	passes(CONNECTS "+0 write(4, ..., 10) = 10\n"
	                "+0 > P. 1:11(10) ack 1\n"
	                "+.2~+.3 > P. 1:11(10) ack 1\n");
	fails(CONNECTS "+0 write(4, ..., 10) = 10\n"
	               "+0 > P. 1:11(10) ack 1\n"
	               "+.35~+.4 > P. 1:11(10) ack 1\n",
	      10, "between");
}
END_TEST

START_TEST(an_unexpected_packet_fails_the_next_expectation)
{
	fails(CONNECTS "+0 write(4, ..., 10) = 10\n"
	               "+0 close(4) = 0\n"
	               "* > F. 11:11(0) ack 1\n",
	      10, "> P. 1:11(10)");
}
END_TEST

START_TEST(what_is_left_at_the_end_is_not_asked_about)
{
	passes(CONNECTS "+0 write(4, ..., 10) = 10\n");
}
END_TEST

START_TEST(one_line_stands_for_several_segments)
{
	passes(CONNECTS "+0 write(4, ..., 3000) = 3000\n"
	                "+0 > P. 1:3001(3000) ack 1\n");
	fails("--strict_segments\n" CONNECTS "+0 write(4, ..., 3000) = 3000\n"
	      "+0 > P. 1:3001(3000) ack 1\n",
	      10, "length");
}
END_TEST

START_TEST(a_large_inbound_packet_arrives_in_pieces)
{
	passes(CONNECTS "+0 < P. 1:4001(4000) ack 1 win 257\n"
	                "+0 > . 1:1(0) ack 4001\n"
	                "+0 read(4, ..., 5000) = 4000\n");
}
END_TEST

START_TEST(numbers_count_from_the_isn_whatever_it_is)
{
	passes("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	       "+0...0.1 connect(3, ..., ...) = 0\n"
	       "+0 > S 0:0(0) <...>\n"
	       "+.1 < S. 123:123(0) ack 1 win 5840 <mss 1040>\n"
	       "+0 > . 1:1(0) ack 1\n"
	       "+0 < P. 1:11(10) ack 1 win 5840\n"
	       "+0 > . 1:1(0) ack 11\n"
	       "+0 read(3, ..., 20) = 10\n");
}
END_TEST

START_TEST(a_late_event_fails)
{
	fails(CONNECTS "0.050 write(4, ..., 10) = 10\n", 8,
	      "should happen at 0.050000 s");
}
END_TEST

START_TEST(a_packet_before_any_socket_finds_nobody)
{
	passes("0 < S 0:0(0) win 1000 <mss 1000>\n+0 > R. 0:0(0) ack 1\n");
}
END_TEST

START_TEST(what_tarn_lacks_is_skipped)
{
	skips("0 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 3\n", "IPv6");
	skips(LISTENS "+0 setsockopt(3, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0\n",
	      "SO_ZEROCOPY");
	skips(LISTENS "+0 frobnicate(3) = 0\n", "frobnicate");
	skips("--ip_version=ipv6\n" LISTENS, "ipv6");
}
END_TEST

START_TEST(a_cookie_that_linux_makes_is_skipped)
{
	skips(LISTENS "+0 < S 0:10(10) win 32792 <mss 1460,sackOK,nop,nop,"
	              "FO TFO_COOKIE,nop,nop>\n",
	      "cookie");
	skips(LISTENS "+0 < S 0:0(0) win 32792 <mss 1460,FO,nop,nop>\n"
	              "+0 > S. 0:0(0) ack 1 <mss 1460,FO TFO_COOKIE,nop,nop>\n",
	      "cookie");
}
END_TEST

START_TEST(the_stack_gives_back_its_memory)
{
	passes(CONNECTS "+0 write(4, ..., 100000) = 100000\n");
	ck_assert_uint_eq(played.world.memory_held, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s   = suite_create("drill_run");
	TCase *run = tcase_create("run");

	tcase_add_test(run, a_right_script_passes);
	tcase_add_test(run, a_wrong_number_fails_in_its_line);
	tcase_add_test(run, a_packet_that_does_not_come_fails);
	tcase_add_test(run, a_packet_that_comes_early_fails);
	tcase_add_test(run, a_packet_within_the_tolerance_passes);
	tcase_add_test(run, a_range_has_two_ends);
	tcase_add_test(run, an_unexpected_packet_fails_the_next_expectation);
	tcase_add_test(run, what_is_left_at_the_end_is_not_asked_about);
	tcase_add_test(run, one_line_stands_for_several_segments);
	tcase_add_test(run, a_large_inbound_packet_arrives_in_pieces);
	tcase_add_test(run, numbers_count_from_the_isn_whatever_it_is);
	tcase_add_test(run, a_late_event_fails);
	tcase_add_test(run, a_packet_before_any_socket_finds_nobody);
	tcase_add_test(run, what_tarn_lacks_is_skipped);
	tcase_add_test(run, a_cookie_that_linux_makes_is_skipped);
	tcase_add_test(run, the_stack_gives_back_its_memory);
	suite_add_tcase(s, run);

	return s;
}

TEST_MAIN(suite)
