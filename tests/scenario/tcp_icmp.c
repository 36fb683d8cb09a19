/* SPDX-License-Identifier: MIT */
/*
 * ICMP errors about our segments: RFC 9293 3.9.2.2 (MUST-54 to MUST-56), RFC
 * 5461, RFC 5927 section 4.1
 */
#include "tests/unit/lib/peer.h"

enum { UNREACHABLE = 3, QUENCH = 4, TIME_EXCEEDED = 11, PARAMETER = 12 };
enum { NET, HOST, PROTOCOL, PORT, TOO_BIG, SOURCE_ROUTE };

/* RFC 792, RFC 1122 3.2.2.1; the errors are Linux's. */
static const struct {
	uint8_t type, code;
	int error;
} soft[] = {
	{ UNREACHABLE, NET, ENETUNREACH },
	{ UNREACHABLE, HOST, EHOSTUNREACH },
	{ UNREACHABLE, SOURCE_ROUTE, EOPNOTSUPP },
	{ UNREACHABLE, 6, ENETUNREACH },
	{ UNREACHABLE, 7, EHOSTDOWN },
	{ UNREACHABLE, 8, ENONET },
	{ UNREACHABLE, 9, ENETUNREACH },
	{ UNREACHABLE, 10, EHOSTUNREACH },
	{ UNREACHABLE, 11, ENETUNREACH },
	{ UNREACHABLE, 12, EHOSTUNREACH },
	{ UNREACHABLE, 13, EHOSTUNREACH },
	{ UNREACHABLE, 14, EHOSTUNREACH },
	{ UNREACHABLE, 15, EHOSTUNREACH },
	{ UNREACHABLE, 16, EHOSTUNREACH }, /* there is no such code */
	{ TIME_EXCEEDED, 0, EHOSTUNREACH },
	{ TIME_EXCEEDED, 1, EHOSTUNREACH },
	{ PARAMETER, 0, EPROTO },
}, hard[] = {
	{ UNREACHABLE, PROTOCOL, ENOPROTOOPT },
	{ UNREACHABLE, PORT, ECONNREFUSED },
};

#define SOFT_COUNT (sizeof(soft) / sizeof(soft[0]))
#define HARD_COUNT (sizeof(hard) / sizeof(hard[0]))

/* MUST-54 */
SCENARIO(port_unreachable_refuses_a_connection)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_icmp(UNREACHABLE, PORT, 0);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ECONNREFUSED);
	state_is(TCPS_CLOSED);
	stack_is_silent_for(10 * SEC);
}

SCENARIO(hard_errors_end_the_attempt)
{
	/* SHLD-26; and the peer's late answer finds nobody */
	for (unsigned i = 0; i < HARD_COUNT; i++) {
		int fd;

		peer_port((uint16_t)(PEER_PORT + i));
		fd = app_connects();
		stack_sends("S 0:0(0)");
		peer_icmp(hard[i].type, hard[i].code, 0);
		ck_assert_int_eq(tarn_readiness(stack(), fd) &
		                         (TARN_POLLHUP | TARN_POLLERR),
		                 TARN_POLLHUP | TARN_POLLERR);
		ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), hard[i].error);
		state_is(TCPS_CLOSED);
		peer_sends("S. 0:0(0) ack 1 <mss 1000>");
		stack_sends("R 1:1(0)");
	}
}

/* RFC5927-1 */
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

/* SHLD-20, SHLD-25, MUST-47 */
SCENARIO(soft_errors_do_not_end_the_attempt)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	for (unsigned i = 0; i < SOFT_COUNT; i++) {
		peer_icmp(soft[i].type, soft[i].code, 0);
		stack_drops("TCP_ICMP_SOFT");
		state_is(TCPS_SYN_SENT);
		ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR),
		                 soft[i].error);
		ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR), 0);
	}
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

SCENARIO(soft_errors_end_it_where_users_want_to_know_at_once)
{
	/* As Linux does; time exceeded and parameter problem are not meant. */
	peer_config()->icmp_ends_connect = true;
	for (unsigned i = 0; i < SOFT_COUNT; i++) {
		int fd;

		if (soft[i].type != UNREACHABLE)
			continue;
		peer_port((uint16_t)(PEER_PORT + i));
		fd = app_connects();
		stack_sends("S 0:0(0)");
		peer_icmp(soft[i].type, soft[i].code, 0);
		ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), soft[i].error);
		state_is(TCPS_CLOSED);
	}
}

/* MUST-47 */
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

/* RFC5461-1 */
SCENARIO(no_error_ends_a_live_connection)
{
	/* MUST-56, MUST-47; hard ones as RFC 5461 2.1 and RFC 5927 5.2 have it */
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	for (unsigned i = 0; i < SOFT_COUNT; i++) {
		peer_icmp(soft[i].type, soft[i].code, 1);
		stack_drops("TCP_ICMP_SOFT");
		ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR),
		                 soft[i].error);
	}
	for (unsigned i = 0; i < HARD_COUNT; i++) {
		peer_icmp(hard[i].type, hard[i].code, 1);
		stack_drops("TCP_ICMP_SOFT");
		ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR),
		                 hard[i].error);
	}
	stack_sends_nothing();
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
	peer_sends(". 1:1(0) ack 1001");
	app_receives_nothing(fd);
}

SCENARIO(soft_error_is_told_when_a_connection_is_given_up)
{
	/* SHLD-25 */
	int fd;

	peer_config()->data_retries = 2;
	fd                          = peer_connects("mss 1000");
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	peer_icmp(UNREACHABLE, NET, 1);
	ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR), ENETUNREACH);
	for (unsigned s = 0; s < 10; s++) {
		time_passes(SEC);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	app_gets_error(fd, ENETUNREACH);
}

SCENARIO(soft_error_that_has_passed_is_not_told_at_the_end)
{
	int fd;

	peer_config()->data_retries = 2;
	fd                          = peer_connects("mss 1000");
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	peer_icmp(UNREACHABLE, NET, 1);
	peer_sends(". 1:1(0) ack 11"); /* it reached the peer all the same */
	app_sends(fd, 10);
	for (unsigned s = 0; s < 10; s++) {
		time_passes(SEC);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(r1_asks_the_neighbour_and_tells_who_wants_to_know)
{
	/* MUST-20 (a), SHLD-9, SHLD-10 */
	const int fd          = peer_connects("mss 1000");
	const unsigned before = peer_arp_requests();

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:11(10) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:11(10) ack 1");
	ck_assert_uint_eq(peer_arp_requests(), before);
	ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR), 0);
	stack_sends_after(1200 * MSEC, "P. 1:11(10) ack 1");
	ck_assert_uint_eq(peer_arp_requests(), before + 1);
	ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR), ETIMEDOUT);
	stack_sends_after(2400 * MSEC, "P. 1:11(10) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_SO_SOFT_ERROR), 0);
	peer_sends(". 1:1(0) ack 11");
}

SCENARIO(r1_of_a_syn_asks_too)
{
	/* MUST-22 */
	unsigned before;

	app_connects();
	stack_sends("S 0:0(0)");
	before = peer_arp_requests();
	stack_sends_after(SEC, "S 0:0(0)");
	stack_sends_after(2 * SEC, "S 0:0(0)");
	ck_assert_uint_eq(peer_arp_requests(), before);
	stack_sends_after(4 * SEC, "S 0:0(0)");
	ck_assert_uint_eq(peer_arp_requests(), before + 1);
}

/* RFC5927-1 */
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
	stack_drops("TCP_ICMP_SOFT");
	peer_icmp(UNREACHABLE, PORT, 1);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(the_listener());
}

SCENARIO(hard_error_ends_a_half_open_connection)
{
	struct tarn_usage usage;

	the_listener();
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_icmp(UNREACHABLE, PORT, 0);
	state_is(TCPS_CLOSED);
	tarn_usage(stack(), &usage);
	ck_assert_uint_eq(usage.half_open, 0);
	stack_is_silent_for(60 * SEC);
	peer_port(PEER_PORT + 1);
	peer_connects("mss 1000"); /* the listener lives */
}

SCENARIO(error_about_no_connection_is_dropped)
{
	peer_icmp(UNREACHABLE, PORT, 0);
	peer_icmp(TIME_EXCEEDED, 0, 0);
	stack_sends_nothing();
}

SCENARIO_MAIN("tcp ICMP", port_unreachable_refuses_a_connection,
              hard_errors_end_the_attempt, only_the_exact_iss_counts,
              soft_errors_do_not_end_the_attempt,
              soft_errors_end_it_where_users_want_to_know_at_once,
              soft_error_is_told_when_the_attempt_is_given_up,
              no_error_ends_a_live_connection,
              soft_error_is_told_when_a_connection_is_given_up,
              soft_error_that_has_passed_is_not_told_at_the_end,
              r1_asks_the_neighbour_and_tells_who_wants_to_know,
              r1_of_a_syn_asks_too,
              errors_about_octets_not_in_flight_are_dropped,
              source_quench_changes_nothing,
              error_about_a_half_open_connection_leaves_the_listener,
              hard_error_ends_a_half_open_connection,
              error_about_no_connection_is_dropped)
