/* SPDX-License-Identifier: MIT */
/*
 * The fifth check, the ACK field: RFC 9293 3.10.7.4, RFC 5961 section 5
 * (MAY-12), and urgent data as RFC 6093 has it
 *
 * MAX.SND.WND is 65535, so the oldest acceptable ACK is SND.UNA - 65535.
 */
#include "tests/unit/lib/peer.h"

static void injected_text_is_refused(int fd, const char *reason, long long ack)
{
	peer_sends_octets('X', "P. 1:11(10) ack %lld", ack);
	stack_drops(reason);
	stack_sends(". 1001:1001(0) ack 1");
	app_receives_nothing(fd);
	time_passes(600 * MSEC);
	while (sent_count() > 0) /* the flight is repeated meanwhile */
		ck_assert(next_segment(&(struct segment){ 0 }));
}

static int one_segment_in_flight(void)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");

	return fd;
}

/* RFC5961-5 */
SCENARIO(ack_of_unsent_data_is_acknowledged_and_dropped)
{
	const int fd = one_segment_in_flight();

	injected_text_is_refused(fd, "TCP_ACK_UNSENT", 1002);
	injected_text_is_refused(fd, "TCP_ACK_UNSENT", 100000);
	injected_text_is_refused(fd, "TCP_ACK_UNSENT", 2147400000);
	peer_sends(". 1:1(0) ack 1001");
}

/* MAY-12, RFC5961-5 */
SCENARIO(ack_older_than_any_window_is_challenged)
{
	const int fd = one_segment_in_flight();

	injected_text_is_refused(fd, "TCP_ACK_OLD", 1 - 65536);
	injected_text_is_refused(fd, "TCP_ACK_OLD", -1000000);
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(ack_half_the_space_away_is_refused)
{
	const int fd = one_segment_in_flight();

	peer_sends_octets('X', "P. 1:11(10) ack %lld", 1001 + 2147483648ll);
	app_receives_nothing(fd);
	peer_sends_octets('X', "P. 1:11(10) ack %lld", 1 - 2147483648ll);
	app_receives_nothing(fd);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 1001");
}

/* RFC5961-5 */
SCENARIO(old_ack_inside_the_limit_is_no_obstacle)
{
	const int fd = one_segment_in_flight();

	peer_sends(". 1:1(0) ack 1001");
	peer_sends("P. 1:11(10) ack 1"); /* a duplicate: "it can be ignored" */
	stack_sends(". 1001:1001(0) ack 11");
	peer_sends("P. 11:21(10) ack %d", 1001 - 65535);
	stack_sends(". 1001:1001(0) ack 21");
	app_receives(fd, 20);
}

SCENARIO(segment_without_ack_is_dropped)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P 1:11(10)");
	stack_drops("TCP_NO_ACK");
	peer_sends("F 1:1(0)");
	stack_drops("TCP_NO_ACK");
	peer_sends("- 1:1(0)");
	stack_drops("TCP_NO_ACK");
	stack_sends_nothing();
	app_receives_nothing(fd);
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(ack_of_unsent_data_does_not_grow_the_window)
{
	/* TB-15, and optimistic ACKs (TR-10) */
	const int fd        = one_segment_in_flight();
	const uint32_t cwnd = app_info(fd).cwnd;

	for (unsigned i = 0; i < 20; i++)
		peer_sends(". 1:1(0) ack %u", 2001 + 1000 * i);
	while (sent_count() > 0)
		stack_sends(". 1001:1001(0) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, cwnd);
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(answers_to_impossible_acks_are_rationed)
{
	one_segment_in_flight();
	for (unsigned i = 0; i < 100; i++)
		peer_sends(". 1:1(0) ack 5000");
	ck_assert_uint_ge(sent_count(), 1);
	ck_assert_uint_le(sent_count(), 2);
	while (sent_count() > 0)
		stack_sends(". 1001:1001(0) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

/* ---- Urgent data is ordinary data with a mark ---- */

SCENARIO(urgent_pointer_never_changes_the_stream)
{
	/* TH-10: whatever it points at, the text is delivered in line. */
	static const unsigned pointers[] = { 0, 1, 9, 10, 11, 12, 1000, 65535 };
	const int fd                     = peer_connects("mss 1000");
	unsigned seq                     = 1;

	for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		peer_sends("PU. %u:%u(10) ack 1 urg %u", seq, seq + 10,
		           pointers[i]);
		seq += 10;
		stack_sends(". 1:1(0) ack %u", seq);
		peer_sends("U. %u:%u(0) ack 1 urg %u", seq, seq, pointers[i]);
		stack_sends_nothing();
	}
	app_receives(fd, seq - 1);
}

SCENARIO(urgent_pointer_without_urg_means_nothing)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(urgent_syn_opens_a_connection_like_any_other)
{
	the_listener();
	peer_sends("SU 0:0(0) urg 1 <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("U. 1:1(0) ack 1 urg 65535");
	app_accepts(the_listener());
}

/* ---- DS field and TTL ---- */

/* SHLD-21, SHLD-22 */
SCENARIO(ds_field_and_ttl_are_the_applications)
{
	/* MUST-48, MUST-49 */
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_IP_TOS, 0xb8);
	app_sets(fd, TARN_IP_TTL, 9);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	ck_assert_uint_eq(last_segment()->tos, 0xb8);
	ck_assert_uint_eq(last_segment()->ttl, 9);
	peer_sends(". 1:1(0) ack 11");
}

SCENARIO(ds_field_and_ttl_have_defaults)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_uint_eq(last_segment()->tos, 0);
	ck_assert_uint_eq(last_segment()->ttl, 64);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp acknowledgment",
              ack_of_unsent_data_is_acknowledged_and_dropped,
              ack_older_than_any_window_is_challenged,
              ack_half_the_space_away_is_refused,
              old_ack_inside_the_limit_is_no_obstacle,
              segment_without_ack_is_dropped,
              ack_of_unsent_data_does_not_grow_the_window,
              answers_to_impossible_acks_are_rationed,
              urgent_pointer_never_changes_the_stream,
              urgent_pointer_without_urg_means_nothing,
              urgent_syn_opens_a_connection_like_any_other,
              ds_field_and_ttl_are_the_applications,
              ds_field_and_ttl_have_defaults)
