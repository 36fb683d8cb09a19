/* SPDX-License-Identifier: MIT */
/*
 * Low-water marks: SO_RCVLOWAT and TCP_NOTSENT_LOWAT, seen through readiness
 */
#include "tests/unit/lib/peer.h"

static bool is_ready(int fd, int bits)
{
	return (tarn_readiness(stack(), fd) & bits) != 0;
}

SCENARIO(socket_is_readable_from_the_mark_on)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_SO_RCVLOWAT, 20);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	ck_assert(!is_ready(fd, TARN_POLLIN));
	peer_sends("P. 11:21(10) ack 1");
	stack_sends(". 1:1(0) ack 21");
	ck_assert(is_ready(fd, TARN_POLLIN));
	app_receives(fd, 20);
}

SCENARIO(end_of_the_stream_is_readable_below_the_mark)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_SO_RCVLOWAT, 1000);
	peer_sends("FP. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 12");
	ck_assert(is_ready(fd, TARN_POLLIN));
	app_receives(fd, 10);
	app_receives_end(fd);
}

SCENARIO(mark_beyond_the_buffer_is_half_of_it)
{
	/* Otherwise the window closes and nobody is ever told. */
	int fd;

	peer_config()->rcvbuf = 4096;
	fd                    = peer_connects("mss 1000");
	app_sets(fd, TARN_SO_RCVLOWAT, 100000);
	peer_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1001");
	ck_assert(!is_ready(fd, TARN_POLLIN));
	peer_sends(". 1001:2101(1100) ack 1");
	stack_sends(". 1:1(0) ack 2101");
	ck_assert(is_ready(fd, TARN_POLLIN));
	app_receives(fd, 2100);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

SCENARIO(socket_is_writable_below_the_mark_only)
{
	static const uint8_t octets[10000];
	int fd;

	peer_window(2000);
	fd = peer_connects("mss 1000");
	app_sets(fd, TARN_TCP_NOTSENT_LOWAT, 3000);
	app_sends(fd, 2000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends("P. 1001:2001(1000) ack 1");
	ck_assert(is_ready(fd, TARN_POLLOUT)); /* nothing is unsent */
	ck_assert_int_eq(tarn_send(stack(), fd, octets, sizeof(octets), 0),
	                 3000);
	ck_assert(!is_ready(fd, TARN_POLLOUT));
	app_send_fails(fd, EAGAIN);
	ck_assert_int_eq(app_gets(fd, TARN_SO_OUTQNSD), 3000);
	peer_sends("R 1:1(0)");
}

SCENARIO(mark_of_one_octet_still_takes_a_segment)
{
	static const uint8_t octets[10000];
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sets(fd, TARN_TCP_NOTSENT_LOWAT, 1);
	ck_assert_int_eq(tarn_send(stack(), fd, octets, sizeof(octets), 0),
	                 1000);
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- The window of the handshake, and of exactly a segment ---- */

SCENARIO(window_of_zero_in_the_syn_is_replaced)
{
	int fd;

	the_listener();
	peer_sends("S 0:0(0) win 0 <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1 win 32768"); /* unsigned: MUST-1 */
	fd = app_accepts(the_listener());
	app_sends(fd, 500);
	stack_sends("P. 1:501(500) ack 1");
	peer_sends(". 1:1(0) ack 501");
}

/* A write of @len into a window of 1000: what of it leaves, with an ACK on it. */
static void window_takes(size_t len, unsigned taken)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1460");
	peer_sends("P. 1:11(10) ack 1 win 1000");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	app_sends(fd, len);
	stack_sends("%s 1:%u(%u) ack 11", len == taken ? "P." : ".", taken + 1,
	            taken);
	stack_sends_nothing();
	peer_sends("R 11:11(0)");
}

SCENARIO(window_one_more_than_the_segment)
{
	window_takes(999, 999);
}

SCENARIO(window_equal_to_the_segment)
{
	window_takes(1000, 1000);
}

SCENARIO(window_one_less_than_the_segment)
{
	window_takes(1001, 1000);
}

SCENARIO_MAIN("tcp low water", socket_is_readable_from_the_mark_on,
              end_of_the_stream_is_readable_below_the_mark,
              mark_beyond_the_buffer_is_half_of_it,
              socket_is_writable_below_the_mark_only,
              mark_of_one_octet_still_takes_a_segment,
              window_of_zero_in_the_syn_is_replaced,
              window_one_more_than_the_segment, window_equal_to_the_segment,
              window_one_less_than_the_segment)
