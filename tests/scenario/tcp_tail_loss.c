/* SPDX-License-Identifier: MIT */
/*
 * Tail loss probe: RFC 8985 section 7
 *
 * Segments are 1000 octets and the RTT is 100 ms: PTO is 200 ms with several
 * segments in flight; with one, it is as long as RTO, 300 ms.
 */
#include "tests/unit/lib/peer.h"

static int fill_the_pipe(size_t len)
{
	const int fd = peer_connects("mss 1000,sackOK,nop,nop");

	app_sends(fd, len);
	for (unsigned seq = 1; seq < len && seq < 10000; seq += 1000)
		stack_sends("%s %u:%u(1000) ack 1",
		            seq + 1000 > len ? "P." : ".", seq, seq + 1000);
	stack_sends_nothing();

	return fd;
}

/* RFC8985-5 */
SCENARIO(a_flight_that_is_lost_is_found_by_its_last_segment)
{
	/* Instead of RTO, one segment, and a slow start from one: PRR. */
	const int fd = fill_the_pipe(5000);

	stack_sends_after(200 * MSEC, "P. 4001:5001(1000) ack 1");
	stack_sends_nothing();
	ck_assert_uint_eq(app_info(fd).cwnd, 10000);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 4001:5001>");
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1001 <nop,nop,sack 4001:5001>");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 3001 <nop,nop,sack 4001:5001>");
	stack_sends(". 3001:4001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 5001");
	stack_sends_nothing();
	ck_assert_uint_eq(app_info(fd).timeouts, 0);
}

/* RFC8985-5 */
SCENARIO(with_one_segment_in_flight_a_delayed_ack_is_waited_for)
{
	/* 2 SRTT + max_ack_delay would be 400 ms; RTO bounds it. */
	fill_the_pipe(1000);
	stack_sends_after(300 * MSEC, "P. 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(rto_comes_after_the_probe)
{
	/* "MUST re-arm the RTO timer, not the PTO timer" */
	const int fd = fill_the_pipe(3000);

	stack_sends_after(200 * MSEC, "P. 2001:3001(1000) ack 1");
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_LOSS);
	stack_sends_after(600 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).backoff, 2);
	peer_sends(". 1:1(0) ack 3001");
}

/* RFC8985-6 */
SCENARIO(new_text_is_the_better_probe)
{
	const int fd = fill_the_pipe(12000);

	ck_assert_uint_eq(app_info(fd).cwnd, 10000);
	stack_sends_after(200 * MSEC, ". 10001:11001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 11001");
	stack_sends("P. 11001:12001(1000) ack 1");
	peer_sends(". 1:1(0) ack 12001");
	/* No loss, and nothing was sent twice. */
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
}

SCENARIO(new_text_needs_the_peers_window)
{
	peer_window(10000);
	fill_the_pipe(12000);
	stack_sends_after(200 * MSEC, ". 9001:10001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(new_text_restarts_pto)
{
	const int fd = fill_the_pipe(2000);

	time_passes(150 * MSEC);
	app_sends(fd, 1000);
	stack_sends("P. 2001:3001(1000) ack 1");
	/* 200 ms later; but RTO of the first comes before, and bounds it */
	stack_sends_after(150 * MSEC, "P. 2001:3001(1000) ack 1");
	peer_sends(". 1:1(0) ack 3001");
}

SCENARIO(a_fin_can_be_the_probe)
{
	const int fd = fill_the_pipe(2000);

	app_shuts_down(fd);
	stack_sends("F. 2001:2001(0) ack 1");
	stack_sends_after(200 * MSEC, "F. 2001:2001(0) ack 1");
	peer_sends(". 1:1(0) ack 2002");
}

/* RFC8985-7 */
SCENARIO(a_loss_that_the_probe_repairs_halves_the_window)
{
	/* 7.4.2: only the last was lost. Its ACK looks like any other; what
	 * follows it tells that the original never came. */
	const int fd = fill_the_pipe(10000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 9001");
	stack_sends_after(300 * MSEC, "P. 9001:10001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
	app_sends(fd, 1000);
	stack_sends("P. 10001:11001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 11001");
	ck_assert_uint_lt(app_info(fd).cwnd, 10000);
}

SCENARIO(a_dsack_shows_that_the_probe_was_needless)
{
	const int fd = fill_the_pipe(10000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 9001");
	stack_sends_after(300 * MSEC, "P. 9001:10001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001 <nop,nop,sack 9001:10001>");
	app_sends(fd, 1000);
	stack_sends("P. 10001:11001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 11001");
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
}

SCENARIO(so_does_a_duplicate_without_sack)
{
	const int fd = fill_the_pipe(10000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 9001");
	stack_sends_after(300 * MSEC, "P. 9001:10001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	app_sends(fd, 1000);
	stack_sends("P. 10001:11001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 11001");
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);
}

/* RFC8985-6 */
SCENARIO(there_is_no_second_probe_without_a_new_sample)
{
	/* 7.3 (2): the ACK of what was sent twice measures nothing. */
	const int fd = fill_the_pipe(2000);

	stack_sends_after(200 * MSEC, "P. 1001:2001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 2001");
	peer_sends(". 1:1(0) ack 2001");
	app_sends(fd, 2000);
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends("P. 3001:4001(1000) ack 1");
	stack_sends_after(300 * MSEC, ". 2001:3001(1000) ack 1"); /* RTO */
	peer_sends(". 1:1(0) ack 4001");
}

SCENARIO(without_any_sample_pto_is_a_second)
{
	const int listener = the_listener();
	int fd;

	peer_sends("S 0:0(0) <mss 1000,sackOK,nop,nop>");
	stack_sends("S. 0:0(0) ack 1");
	stack_sends_after(SEC, "S. 0:0(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(listener);
	app_sends(fd, 500);
	stack_sends("P. 1:501(500) ack 1");
	stack_sends_after(SEC, "P. 1:501(500) ack 1");
	stack_sends_after(3 * SEC, "P. 1:501(500) ack 1");
	peer_sends(". 1:1(0) ack 501");
}

SCENARIO(it_can_be_left_out)
{
	const int fd = (peer_config()->no_tlp = true, fill_the_pipe(2000));

	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	peer_sends(". 1:1(0) ack 2001");
}

SCENARIO(without_sack_there_is_none)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends("P. 1001:2001(1000) ack 1");
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 2001");
}

SCENARIO_MAIN("tcp tail loss",
              a_flight_that_is_lost_is_found_by_its_last_segment,
              with_one_segment_in_flight_a_delayed_ack_is_waited_for,
              rto_comes_after_the_probe, new_text_is_the_better_probe,
              new_text_needs_the_peers_window, new_text_restarts_pto,
              a_fin_can_be_the_probe,
              a_loss_that_the_probe_repairs_halves_the_window,
              a_dsack_shows_that_the_probe_was_needless,
              so_does_a_duplicate_without_sack,
              there_is_no_second_probe_without_a_new_sample,
              without_any_sample_pto_is_a_second, it_can_be_left_out,
              without_sack_there_is_none)
