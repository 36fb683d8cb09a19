/* SPDX-License-Identifier: MIT */
/*
 * ICMP errors about our segments: RFC 9293 3.9.2.2 (MUST-54 to MUST-56), RFC
 * 5461, RFC 5927 section 4.1
 */
#include "tests/unit/lib/peer.h"

enum { UNREACHABLE = 3, QUENCH = 4, TIME_EXCEEDED = 11, PARAMETER = 12 };
enum { NET, HOST, PROTOCOL, PORT, TOO_BIG, SOURCE_ROUTE };

static const struct {
	uint8_t type, code;
} soft[] = {
	{ UNREACHABLE, NET },
	{ UNREACHABLE, HOST },
	{ UNREACHABLE, SOURCE_ROUTE },
	{ TIME_EXCEEDED, 0 },
	{ TIME_EXCEEDED, 1 },
	{ PARAMETER, 0 },
	{ QUENCH, 0 },
	{ UNREACHABLE, 6 },
	{ UNREACHABLE, 7 },
	{ UNREACHABLE, 8 },
	{ UNREACHABLE, 9 },
	{ UNREACHABLE, 10 },
	{ UNREACHABLE, 11 },
	{ UNREACHABLE, 12 },
	{ UNREACHABLE, 13 },
};

#define SOFT_COUNT (sizeof(soft) / sizeof(soft[0]))

SCENARIO(port_unreachable_refuses_a_connection)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_icmp(UNREACHABLE, PORT, 0);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ECONNREFUSED);
	state_is(TCPS_CLOSED);
	stack_is_silent_for(10 * SEC);
}

SCENARIO(protocol_unreachable_ends_the_attempt)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_icmp(UNREACHABLE, PROTOCOL, 0);
	ck_assert_int_ne(app_gets(fd, TARN_SO_ERROR), 0);
	state_is(TCPS_CLOSED);
}

SCENARIO(only_the_exact_iss_counts)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_icmp(UNREACHABLE, PORT, 1);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_icmp(UNREACHABLE, PORT, -1);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_icmp(UNREACHABLE, PORT, 2147483648);
	stack_drops("TCP_ICMP_SEQUENCE");
	state_is(TCPS_SYN_SENT);
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

SCENARIO(soft_errors_do_not_end_the_attempt)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	for (unsigned i = 0; i < SOFT_COUNT; i++) {
		peer_icmp(soft[i].type, soft[i].code, 0);
		state_is(TCPS_SYN_SENT);
	}
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

SCENARIO(soft_error_is_told_when_the_attempt_is_given_up)
{
	/* RFC 5461 2.2, SHLD-25 */
	int fd;

	peer_config()->syn_retries = 2;
	fd                         = app_connects();
	stack_sends("S 0:0(0)");
	peer_icmp(UNREACHABLE, HOST, 0);
	stack_sends_after(SEC, "S 0:0(0)");
	stack_sends_after(2 * SEC, "S 0:0(0)");
	time_passes(10 * SEC);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), EHOSTUNREACH);
}

SCENARIO(no_error_ends_a_live_connection)
{
	/* MUST-56; hard ones as RFC 5461 2.1 and RFC 5927 5.2 have it */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	for (unsigned i = 0; i < SOFT_COUNT; i++)
		peer_icmp(soft[i].type, soft[i].code, 1);
	peer_icmp(UNREACHABLE, PROTOCOL, 1);
	peer_icmp(UNREACHABLE, PORT, 1);
	stack_sends_nothing();
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends(". 1:1(0) ack 1001");
	app_receives_nothing(fd);
}

SCENARIO(errors_about_octets_not_in_flight_are_dropped)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	peer_icmp(UNREACHABLE, HOST, 0);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_icmp(UNREACHABLE, HOST, 1001);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_icmp(UNREACHABLE, HOST, 1000);
	stack_drops("TCP_ICMP_SOFT");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(source_quench_changes_nothing)
{
	const int fd = peer_connects("mss 1000");
	uint32_t cwnd;

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	cwnd = app_info(fd).cwnd;
	peer_icmp(QUENCH, 0, 1);
	stack_drops("ICMP_SOURCE_QUENCH"); /* MUST-55 */
	ck_assert_uint_eq(app_info(fd).cwnd, cwnd);
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(error_about_a_half_open_connection_leaves_the_listener)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_icmp(UNREACHABLE, HOST, 0);
	peer_icmp(UNREACHABLE, PORT, 1);
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(the_listener());
}

SCENARIO(error_about_no_connection_is_dropped)
{
	peer_icmp(UNREACHABLE, PORT, 0);
	peer_icmp(TIME_EXCEEDED, 0, 0);
	stack_sends_nothing();
}

SCENARIO_MAIN("tcp ICMP", port_unreachable_refuses_a_connection,
              protocol_unreachable_ends_the_attempt, only_the_exact_iss_counts,
              soft_errors_do_not_end_the_attempt,
              soft_error_is_told_when_the_attempt_is_given_up,
              no_error_ends_a_live_connection,
              errors_about_octets_not_in_flight_are_dropped,
              source_quench_changes_nothing,
              error_about_a_half_open_connection_leaves_the_listener,
              error_about_no_connection_is_dropped)
