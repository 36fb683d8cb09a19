/* SPDX-License-Identifier: MIT */
/*
 * Path-MTU discovery: RFC 1191, RFC 5927 4.1 and 7.2, RFC 2923 2.1
 */
#include "tests/unit/lib/peer.h"

enum { MINUTE = 60 };

/* For the next timeout. */
static void wait_for_a_segment(void)
{
	while (sent_count() == 0)
		time_passes(10 * MSEC);
}

/* Two full segments of a path of 1500 octets are on their way. */
static int two_full_segments(void)
{
	const int fd = peer_connects("mss 1460");

	app_sends(fd, 2920);
	stack_sends(". 1:1461(1460) ack 1");
	stack_sends("P. 1461:2921(1460) ack 1");
	stack_sends_nothing();

	return fd;
}

static void narrowed_to_1280_leaves_again(void)
{
	stack_sends(". 1:1241(1240) ack 1");
	stack_sends(". 1241:2481(1240) ack 1");
	stack_sends("P. 2481:2921(440) ack 1");
	stack_sends_nothing();
}

/* RFC1191-1, RFC1191-4 */
SCENARIO(too_large_segments_leave_again_at_once)
{
	/* RFC 1191 6.4: no timeout, and no reaction to congestion. */
	const int fd        = two_full_segments();
	const uint32_t cwnd = app_info(fd).cwnd;

	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	time_passes(10 * MSEC);
	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	ck_assert_uint_eq(app_info(fd).cwnd, cwnd);
	ck_assert_uint_eq(app_info(fd).snd_mss, 1240);
	ck_assert_uint_eq(app_info(fd).path_mtu, 1280);
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1280);
	peer_sends(". 1:1(0) ack 2921");
	app_sends(fd, 1241);
	stack_sends(". 2921:4161(1240) ack 1");
	peer_sends(". 1:1(0) ack 4161");
	stack_sends("P. 4161:4162(1) ack 1");
	peer_sends(". 1:1(0) ack 4162");
}

SCENARIO(a_burst_of_messages_is_one_message)
{
	two_full_segments();
	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	peer_too_big(1280, 1461, 1460);
	stack_drops("TCP_PATH_MTU_OLD");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 2921");
}

SCENARIO(a_second_narrow_hop_is_found_behind_the_first)
{
	const int fd = two_full_segments();

	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	peer_too_big(1040, 1, 1240);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	/* The last one, of 440 octets, was small enough. */
	stack_sends(". 2001:2481(480) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1040);
	peer_sends(". 1:1(0) ack 2921");
}

SCENARIO(what_is_not_in_flight_is_not_believed)
{
	/* RFC 5927 4.1 */
	const int fd = two_full_segments();

	peer_too_big(1280, 0, 1460);
	stack_drops("TCP_ICMP_SEQUENCE");
	peer_too_big(1280, 2921, 1460);
	stack_drops("TCP_ICMP_SEQUENCE");
	stack_sends_nothing();
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	peer_sends(". 1:1(0) ack 2921");
}

SCENARIO(what_would_have_fitted_is_not_believed)
{
	/* Never an increase, and never a lie about the packet quoted. */
	const int fd = two_full_segments();

	peer_too_big(1500, 1, 1460);
	stack_drops("TCP_PATH_MTU_CLAIM");
	peer_too_big(9000, 1, 1460);
	stack_drops("TCP_PATH_MTU_CLAIM");
	peer_too_big(1280, 1, 1240);
	stack_drops("TCP_PATH_MTU_CLAIM");
	peer_too_big(1280, 1, 100);
	stack_drops("TCP_PATH_MTU_CLAIM");
	peer_too_big(1280, 1, 1461); /* we never sent so much */
	stack_drops("TCP_PATH_MTU_OLD");
	stack_sends_nothing();
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	peer_sends(". 1:1(0) ack 2921");
}

/* RFC5927-2 */
SCENARIO(nothing_below_the_floor_is_believed)
{
	/* CVE-2004-1060: but the path may fragment what is still too large. */
	const int fd = two_full_segments();

	peer_allows_fragments();
	peer_too_big(68, 1, 1460);
	stack_sends(". 1:513(512) ack 1");
	for (unsigned seq = 513; seq < 2561; seq += 512)
		stack_sends(". %u:%u(512) ack 1", seq, seq + 512);
	stack_sends("P. 2561:2921(360) ack 1");
	ck_assert(!last_segment()->dont_fragment);
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 552);
	peer_too_big(68, 1, 512); /* nobody may say that of what has no DF */
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 2921");
}

/* RFC1191-2 */
SCENARIO(an_old_router_names_no_mtu)
{
	/* RFC 1191 section 5 and table 7-1 */
	const int fd = two_full_segments();

	peer_too_big(0, 1, 1460);
	stack_sends(". 1:1453(1452) ack 1");
	stack_sends(". 1453:2905(1452) ack 1");
	stack_sends("P. 2905:2921(16) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1492);
	peer_too_big(0, 1, 1452);
	stack_sends(". 1:967(966) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1006);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 2921");
}

/* ---- RFC 5927 section 7.2: the path has carried larger ones ---- */

static int carried_full_segments(void)
{
	const int fd = two_full_segments();

	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 2921");
	app_sends(fd, 1460);
	stack_sends("P. 2921:4381(1460) ack 1");

	return fd;
}

/* RFC5927-2 */
SCENARIO(claim_about_a_path_that_carried_more_waits_for_a_timeout)
{
	const int fd = carried_full_segments();

	peer_too_big(1280, 2921, 1460);
	stack_drops("TCP_PATH_MTU_WAITS");
	stack_sends_nothing();
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	wait_for_a_segment();
	stack_sends(". 2921:4161(1240) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1280);
	peer_sends(". 1:1(0) ack 4161");
	stack_sends("P. 4161:4381(220) ack 1");
	peer_sends(". 1:1(0) ack 4381");
}

SCENARIO(claim_is_forgotten_when_what_it_quotes_gets_through)
{
	const int fd = carried_full_segments();

	peer_too_big(1280, 2921, 1460);
	stack_drops("TCP_PATH_MTU_WAITS");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 4381");
	app_sends(fd, 1460);
	stack_sends("P. 4381:5841(1460) ack 1");
	wait_for_a_segment();
	stack_sends("P. 4381:5841(1460) ack 1"); /* a timeout like any other */
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	peer_sends(". 1:1(0) ack 5841");
}

/* ---- what is kept, and for how long ---- */

SCENARIO(next_connection_begins_with_what_is_known)
{
	int fd;

	two_full_segments();
	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	peer_sends(". 1:1(0) ack 2921");
	peer_port(PEER_PORT + 1);
	fd = peer_connects("mss 1460");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1280);
	app_sends(fd, 1300);
	stack_sends(". 1:1241(1240) ack 1");
	peer_sends(". 1:1(0) ack 1241");
	stack_sends("P. 1241:1301(60) ack 1");
	peer_sends(". 1:1(0) ack 1301");
}

SCENARIO(what_we_can_receive_has_nothing_to_do_with_it)
{
	/* RFC 1191 3.1: the MSS option tells the link's MTU all the same. */
	two_full_segments();
	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	peer_sends(". 1:1(0) ack 2921");
	peer_port(PEER_PORT + 1);
	peer_sends("S 0:0(0) <mss 1460>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

/* RFC1191-3 */
SCENARIO(after_ten_minutes_a_larger_one_is_tried)
{
	/* RFC 1191 6.3 */
	const int fd = two_full_segments();

	peer_too_big(1280, 1, 1460);
	narrowed_to_1280_leaves_again();
	peer_sends(". 1:1(0) ack 2921");
	time_passes(9 * MINUTE * SEC);
	app_sends(fd, 1240);
	stack_sends("P. 2921:4161(1240) ack 1");
	peer_sends(". 1:1(0) ack 4161");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1280);
	time_passes(1 * MINUTE * SEC);
	app_sends(fd, 1);
	stack_sends("P. 4161:4162(1) ack 1");
	peer_sends(". 1:1(0) ack 4162");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	app_sends(fd, 1460);
	stack_sends("P. 4162:5622(1460) ack 1");
	peer_too_big(1280, 4162, 1460); /* it is as it was, and told again */
	stack_sends(". 4162:5402(1240) ack 1");
	stack_sends("P. 5402:5622(220) ack 1");
	peer_sends(". 1:1(0) ack 5622");
}

SCENARIO(other_limits_hold_besides)
{
	/* The peer's MSS, and the room that timestamps take. */
	const int fd = peer_connects("mss 1000,sackOK,TS val 1 ecr 0");

	ck_assert_uint_eq(app_info(fd).snd_mss, 988);
	app_sends(fd, 988);
	stack_sends("P. 1:989(988) ack 1");
	peer_too_big(800, 1, 1000);
	stack_sends(". 1:749(748) ack 1");
	stack_sends("P. 749:989(240) ack 1");
	peer_sends(". 1:1(0) ack 989");
	ck_assert_uint_eq(app_info(fd).snd_mss, 748);
}

/* ---- black holes ---- */

/* RFC2923-1 */
SCENARIO(three_timeouts_of_a_full_segment_are_a_black_hole)
{
	/* RFC 2923 2.1: nobody says anything, and small ones get through. */
	const int fd = peer_connects("mss 1460");

	app_sends(fd, 1460);
	stack_sends("P. 1:1461(1460) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:1461(1460) ack 1");
	stack_sends_after(600 * MSEC, "P. 1:1461(1460) ack 1");
	stack_sends_after(1200 * MSEC, ". 1:1025(1024) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1064);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1025");
	stack_sends("P. 1025:1461(436) ack 1");
	peer_sends(". 1:1(0) ack 1461");
	time_passes(11 * MINUTE * SEC);
	app_sends(fd, 1);
	stack_sends("P. 1461:1462(1) ack 1");
	peer_sends(". 1:1(0) ack 1462");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
}

SCENARIO(three_more_lead_to_what_every_host_must_take)
{
	const int fd = peer_connects("mss 1460");

	app_sends(fd, 1460);
	stack_sends("P. 1:1461(1460) ack 1");
	peer_allows_fragments();
	for (unsigned i = 0; i < 2; i++) {
		wait_for_a_segment();
		stack_sends("P. 1:1461(1460) ack 1");
	}
	for (unsigned i = 0; i < 3; i++) {
		wait_for_a_segment();
		stack_sends(". 1:1025(1024) ack 1");
		ck_assert(last_segment()->dont_fragment);
	}
	wait_for_a_segment();
	stack_sends(". 1:537(536) ack 1");
	ck_assert(!last_segment()->dont_fragment);
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 576);
	peer_sends("R 1:1(0)");
}

SCENARIO(small_segments_that_time_out_say_nothing_of_the_path)
{
	const int fd = peer_connects("mss 1460");

	app_sends(fd, 500);
	stack_sends("P. 1:501(500) ack 1");
	for (unsigned i = 0; i < 8; i++) {
		wait_for_a_segment();
		stack_sends("P. 1:501(500) ack 1");
	}
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	peer_sends(". 1:1(0) ack 501");
}

/* ---- without it ---- */

SCENARIO(without_discovery_routers_may_fragment)
{
	int fd;

	peer_config()->no_path_mtu = true;
	peer_allows_fragments();
	fd = two_full_segments();
	ck_assert(!last_segment()->dont_fragment);
	peer_too_big(1280, 1, 1460);
	stack_drops("TCP_ICMP_SOFT");
	stack_sends_nothing();
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1500);
	peer_sends(". 1:1(0) ack 2921");
}

SCENARIO(a_socket_may_do_without)
{
	const int fd = peer_connects("mss 1460");

	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU_DISCOVER), TARN_PMTUDISC_DO);
	app_sets(fd, TARN_IP_MTU_DISCOVER, TARN_PMTUDISC_DONT);
	peer_allows_fragments();
	app_sends(fd, 1460);
	stack_sends("P. 1:1461(1460) ack 1");
	ck_assert(!last_segment()->dont_fragment);
	peer_too_big(1280, 1, 1460);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1461");
	app_sets(fd, TARN_IP_MTU_DISCOVER, TARN_PMTUDISC_DO);
	app_sends(fd, 1);
	stack_sends("P. 1461:1462(1) ack 1");
	ck_assert(last_segment()->dont_fragment);
	peer_sends(". 1:1(0) ack 1462");
}

SCENARIO(path_of_no_connection_is_unknown)
{
	int value;

	ck_assert_int_eq(
	        tarn_getsockopt(stack(),
	                        app_adopts(tarn_socket(stack(), TARN_STREAM)),
	                        TARN_IP_MTU, &value, sizeof(value)),
	        -ENOTCONN);
}

SCENARIO_MAIN("tcp path MTU", too_large_segments_leave_again_at_once,
              a_burst_of_messages_is_one_message,
              a_second_narrow_hop_is_found_behind_the_first,
              what_is_not_in_flight_is_not_believed,
              what_would_have_fitted_is_not_believed,
              nothing_below_the_floor_is_believed, an_old_router_names_no_mtu,
              claim_about_a_path_that_carried_more_waits_for_a_timeout,
              claim_is_forgotten_when_what_it_quotes_gets_through,
              next_connection_begins_with_what_is_known,
              what_we_can_receive_has_nothing_to_do_with_it,
              after_ten_minutes_a_larger_one_is_tried,
              other_limits_hold_besides,
              three_timeouts_of_a_full_segment_are_a_black_hole,
              three_more_lead_to_what_every_host_must_take,
              small_segments_that_time_out_say_nothing_of_the_path,
              without_discovery_routers_may_fragment, a_socket_may_do_without,
              path_of_no_connection_is_unknown)
