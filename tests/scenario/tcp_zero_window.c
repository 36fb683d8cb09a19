/* SPDX-License-Identifier: MIT */
/*
 * Zero windows: RFC 9293 3.8.6.1, MUST-36, MUST-37, SHLD-29, SHLD-30, MUST-66;
 * RFC 6429
 */
#include "tests/unit/lib/peer.h"

/* The peer acknowledged 1000 octets and closed its window; @len wait. */
static int window_is_closed(size_t len)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 1000 + len);
	stack_sends("%s 1:1001(1000) ack 1", len ? "." : "P.");
	stack_sends_nothing();
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0");
	stack_sends_nothing();

	return fd;
}

/* A probe is an octet of new text, or nothing at a number already used. */
static void stack_probes_after(uint64_t us)
{
	struct segment probe;

	expect_wait(__FILE__, __LINE__, us);
	ck_assert(next_segment(&probe));
	ck_assert(probe.flags & SEG_ACK);
	ck_assert(!(probe.flags & (SEG_SYN | SEG_FIN | SEG_RST)));
	if (probe.text_len == 0)
		ck_assert_int_eq(relative_seq(&probe), 1000);
	else
		ck_assert_int_eq(relative_seq(&probe), 1001);
	ck_assert_uint_le(probe.text_len, 1);
	ck_assert_int_eq(relative_ack(&probe), 1);
	stack_sends_nothing();
}

/* MUST-36, SHLD-29 */
SCENARIO(first_probe_comes_after_rto)
{
	window_is_closed(2000);
	stack_probes_after(300 * MSEC);
	peer_sends("R 1:1(0)");
}

/* MUST-36, SHLD-30 */
SCENARIO(probes_come_at_doubling_intervals)
{
	window_is_closed(2000);
	for (uint64_t us = 300 * MSEC; us < 70 * SEC; us *= 2) {
		stack_probes_after(us);
		peer_sends(". 1:1(0) ack 1001 win 0");
		stack_sends_nothing();
	}
	peer_sends("R 1:1(0)");
}

SCENARIO(interval_is_bounded_by_the_largest_rto)
{
	window_is_closed(2000);
	for (unsigned i = 0; i < 12; i++) {
		while (sent_count() == 0)
			time_passes(100 * MSEC);
		ck_assert(next_segment(&(struct segment){ 0 }));
		peer_sends(". 1:1(0) ack 1001 win 0");
	}
	stack_probes_after(120 * SEC);
	peer_sends("R 1:1(0)");
}

SCENARIO(answered_probes_keep_it_open_for_hours)
{
	/* MUST-37 */
	const int fd    = window_is_closed(2000);
	unsigned probes = 0;

	for (unsigned s = 0; s < 4 * 3600; s++) {
		time_passes(SEC);
		while (sent_count() > 0) {
			ck_assert(next_segment(&(struct segment){ 0 }));
			peer_sends(". 1:1(0) ack 1001 win 0");
			probes++;
		}
	}
	ck_assert_uint_ge(probes, 100);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends(". 1:1(0) ack 1001 win 2000");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:3001(1000) ack 1");
	peer_sends(". 1:1(0) ack 3001");
}

SCENARIO(unanswered_probes_end_it)
{
	const int fd = window_is_closed(2000);

	for (unsigned s = 0; s < 3600; s++) {
		time_passes(SEC);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(user_timeout_ends_unanswered_probes)
{
	const int fd = window_is_closed(2000);

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 5000);
	for (unsigned s = 0; s < 20; s++) {
		time_passes(SEC);
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(lost_window_update_is_made_up_for_by_a_probe)
{
	window_is_closed(2000);
	/* "win 2000" was sent here, and lost. */
	stack_probes_after(300 * MSEC);
	peer_sends(". 1:1(0) ack 1001 win 2000");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:3001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 3001");
	stack_is_silent_for(3600 * SEC); /* no probe without data */
}

SCENARIO(acknowledged_probe_octet_counts)
{
	/* A peer may take the octet of a probe (if the probe has one). */
	struct segment probe;

	window_is_closed(2000);
	expect_wait(__FILE__, __LINE__, 300 * MSEC);
	ck_assert(next_segment(&probe));
	peer_sends(". 1:1(0) ack %u win 2000", 1001 + (unsigned)probe.text_len);
	while (sent_count() > 0)
		ck_assert(next_segment(&probe));
	ck_assert_int_eq(relative_seq(&probe) + (int)probe.text_len, 3001);
	peer_sends(". 1:1(0) ack 3001");
}

SCENARIO(no_probe_without_data)
{
	window_is_closed(0);
	stack_is_silent_for(3600 * SEC);
}

SCENARIO(write_into_a_closed_window_is_probed_for)
{
	const int fd = window_is_closed(0);

	time_passes(10 * SEC);
	app_sends(fd, 10);
	stack_sends_nothing();
	stack_probes_after(300 * MSEC);
	peer_sends(". 1:1(0) ack 1001 win 10");
	stack_sends("P. 1001:1011(10) ack 1");
	peer_sends(". 1:1(0) ack 1011");
}

SCENARIO(fin_gets_through_a_closed_window_in_the_end)
{
	const int fd = window_is_closed(0);
	bool fin     = false;

	app_closes(fd);
	for (unsigned i = 0; i < 20 && !fin; i++) {
		struct segment segment;

		time_passes(100 * MSEC);
		while (next_segment(&segment)) {
			fin = fin || segment.flags & SEG_FIN;
			peer_sends(". 1:1(0) ack 1001 win 1000");
		}
	}
	ck_assert(fin);
	peer_sends(". 1:1(0) ack 1002");
	state_is(TCPS_FIN_WAIT_2);
}

SCENARIO(window_that_shrinks_to_zero_is_probed)
{
	/* MUST-35: with text beyond the edge in flight. */
	int fd;
	unsigned again = 0;

	peer_window(5000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 10000);
	for (unsigned i = 0; i < 5; i++)
		ck_assert(next_segment(&(struct segment){ 0 }));
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0"); /* 1001..5001 are in flight */
	stack_sends_nothing();
	for (unsigned i = 0; i < 20; i++) {
		time_passes(SEC);
		while (sent_count() > 0) {
			struct segment segment;

			ck_assert(next_segment(&segment));
			ck_assert_int_le(relative_seq(&segment), 1001);
			peer_sends(". 1:1(0) ack 1001 win 0");
			again++;
		}
	}
	ck_assert_uint_ge(again, 3);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
	peer_sends("R 1:1(0)");
}

/* ---- Our own window is zero ---- */

static int we_are_full(void)
{
	int fd;

	peer_config()->rcvbuf = 4096;
	fd                    = peer_connects("mss 1000");
	for (unsigned seq = 1; seq < 4097; seq += 1024)
		peer_sends(". %u:%u(1024) ack 1", seq, seq + 1024);
	time_passes(100 * MSEC);
	while (sent_count() > 1)
		ck_assert(next_segment(&(struct segment){ 0 }));
	stack_sends(". 1:1(0) ack 4097 win 0");

	return fd;
}

/* MAY-8 */
SCENARIO(probe_of_the_peer_is_answered)
{
	const int fd = we_are_full();

	peer_sends(". 4097:4098(1) ack 1");
	stack_sends(". 1:1(0) ack 4097 win 0");
	time_passes(SEC);
	peer_sends(". 4096:4096(0) ack 1"); /* zero-length, at SND.UNA-1 */
	stack_sends(". 1:1(0) ack 4097 win 0");
	app_receives(fd, 4096);
	stack_sends(". 1:1(0) ack 4097 win 4096");
	app_receives_nothing(fd);
}

/* MUST-66 */
SCENARIO(acknowledgments_are_taken_with_a_closed_window)
{
	const int fd = we_are_full();

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 4097 win 0");
	time_passes(RTT_US);
	peer_sends(". 4097:4097(0) ack 101");
	stack_is_silent_for(10 * SEC); /* no retransmission */
}

SCENARIO(acknowledgment_on_a_probe_is_taken_too)
{
	/* "special allowance should be made to accept valid ACKs" */
	const int fd = we_are_full();

	app_sends(fd, 100);
	stack_sends("P. 1:101(100) ack 4097 win 0");
	time_passes(RTT_US);
	peer_sends(". 4097:4098(1) ack 101");
	stack_sends(". 101:101(0) ack 4097 win 0");
	stack_is_silent_for(10 * SEC);
}

SCENARIO(shutdown_of_reading_opens_our_window)
{
	const int fd = we_are_full();

	ck_assert_int_eq(tarn_shutdown(stack(), fd, TARN_SHUT_RD), 0);
	stack_sends(". 1:1(0) ack 4097 win 4096");
}

SCENARIO_MAIN("tcp zero window", first_probe_comes_after_rto,
              probes_come_at_doubling_intervals,
              interval_is_bounded_by_the_largest_rto,
              answered_probes_keep_it_open_for_hours, unanswered_probes_end_it,
              user_timeout_ends_unanswered_probes,
              lost_window_update_is_made_up_for_by_a_probe,
              acknowledged_probe_octet_counts, no_probe_without_data,
              write_into_a_closed_window_is_probed_for,
              fin_gets_through_a_closed_window_in_the_end,
              window_that_shrinks_to_zero_is_probed,
              probe_of_the_peer_is_answered,
              acknowledgments_are_taken_with_a_closed_window,
              acknowledgment_on_a_probe_is_taken_too,
              shutdown_of_reading_opens_our_window)
