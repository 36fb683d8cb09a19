/* SPDX-License-Identifier: MIT */
/*
 * What the application is told, and when: POSIX; RFC 9293 MUST-12, 3.9.1
 */
#include "tests/unit/lib/peer.h"

static bool is_ready(int fd, int events)
{
	return (tarn_readiness(stack(), fd) & events) == events;
}

static int fresh_socket(void)
{
	return app_adopts(tarn_socket(stack(), TARN_STREAM));
}

/* ---- Connecting ---- */

SCENARIO(refused_connection)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("R. 0:0(0) ack 1");
	stack_drops("TCP_REFUSED");
	stack_sends_nothing();
	state_is(TCPS_CLOSED);
	ck_assert(is_ready(fd, TARN_POLLERR | TARN_POLLHUP));
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ECONNREFUSED);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0); /* told once */
	stack_is_silent_for(10 * SEC);
}

SCENARIO(refused_connection_seen_by_recv)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("R. 0:0(0) ack 1");
	app_gets_error(fd, ECONNREFUSED);
}

SCENARIO(refused_connection_seen_by_send)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("R. 0:0(0) ack 1");
	app_send_fails(fd, ECONNREFUSED);
}

SCENARIO(neighbour_that_does_not_answer_is_ehostunreach)
{
	int fd;

	peer_ignores_arp();
	fd = app_connects();
	stack_sends_nothing();
	time_passes(10 * SEC);
	ck_assert_uint_ge(peer_arp_requests(), 3);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), EHOSTUNREACH);
	stack_sends_nothing();
}

SCENARIO(unreachable_neighbour_does_not_end_a_live_connection)
{
	/* The connection was there, so it waits for the neighbour. */
	const int fd = peer_connects("mss 1000");

	peer_ignores_arp();
	time_passes(1500 * SEC); /* the entry is forgotten */
	app_sends(fd, 100);
	stack_sends_nothing();
	time_passes(10 * SEC);
	ck_assert_int_eq(app_info(fd).state, TCPS_ESTABLISHED);
}

/* ---- A reset ---- */

/* MUST-12 */
SCENARIO(reset_connection_seen_by_recv)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("R 1:1(0)");
	ck_assert(is_ready(fd, TARN_POLLIN | TARN_POLLERR | TARN_POLLHUP));
	app_gets_error(fd, ECONNRESET);
	app_receives_end(fd);
	app_send_fails(fd, EPIPE);
}

SCENARIO(reset_connection_seen_by_send)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("R 1:1(0)");
	app_send_fails(fd, ECONNRESET);
	app_send_fails(fd, EPIPE);
	app_receives_end(fd);
}

SCENARIO(reset_connection_seen_by_so_error)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("R 1:1(0)");
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), ECONNRESET);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
	app_receives_end(fd);
	app_send_fails(fd, EPIPE);
}

/* ---- Normal ends ---- */

/* MUST-12 */
SCENARIO(end_of_stream_is_no_error)
{
	const int fd = peer_connects("mss 1000");

	ck_assert(!is_ready(fd, TARN_POLLIN));
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	ck_assert(is_ready(fd, TARN_POLLIN | TARN_POLLRDHUP | TARN_POLLOUT));
	ck_assert(!is_ready(fd, TARN_POLLERR));
	ck_assert(!is_ready(fd, TARN_POLLHUP));
	app_receives_end(fd);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

SCENARIO(both_directions_closed_is_a_hangup)
{
	const int fd = peer_connects("mss 1000");

	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	ck_assert(!is_ready(fd, TARN_POLLHUP));
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	ck_assert(is_ready(fd, TARN_POLLHUP));
}

SCENARIO(receive_after_shutdown_of_reading_is_the_end)
{
	const int fd = peer_connects("mss 1000");

	ck_assert_int_eq(tarn_shutdown(stack(), fd, TARN_SHUT_RD), 0);
	app_receives_end(fd);
	peer_sends("P. 1:11(10) ack 1"); /* acknowledged and discarded */
	stack_sends(". 1:1(0) ack 11");
	app_receives_end(fd);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 11");
	peer_sends(". 11:11(0) ack 11");
}

/* ---- Calls in the wrong state ---- */

SCENARIO(calls_on_an_unconnected_socket)
{
	const int fd = fresh_socket();
	char octet;

	ck_assert_int_eq((int)tarn_recv(stack(), fd, &octet, 1, 0), -ENOTCONN);
	ck_assert_int_lt((int)tarn_send(stack(), fd, "x", 1, 0), 0);
	ck_assert_int_ne((int)tarn_send(stack(), fd, "x", 1, 0), -EAGAIN);
	ck_assert_int_eq(tarn_shutdown(stack(), fd, TARN_SHUT_WR), -ENOTCONN);
	ck_assert_int_eq(tarn_accept(stack(), fd, NULL), -EINVAL);
}

SCENARIO(calls_on_a_listener)
{
	const struct tarn_addr to = { .ip   = tarn_ip4(10, 9, 0, 1),
		                      .port = PEER_PORT };
	const int fd              = the_listener();
	char octet;

	ck_assert_int_eq((int)tarn_recv(stack(), fd, &octet, 1, 0), -ENOTCONN);
	ck_assert_int_lt((int)tarn_send(stack(), fd, "x", 1, 0), 0);
	ck_assert_int_lt(tarn_connect(stack(), fd, &to), 0);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ACCEPTCONN), 1);
}

SCENARIO(closed_descriptors_are_bad)
{
	const int fd = fresh_socket();
	char octet;

	app_closes(fd);
	ck_assert_int_eq(tarn_close(stack(), fd), -EBADF);
	ck_assert_int_eq((int)tarn_recv(stack(), fd, &octet, 1, 0), -EBADF);
	ck_assert_int_eq((int)tarn_send(stack(), fd, "x", 1, 0), -EBADF);
	ck_assert_int_eq(tarn_listen(stack(), fd, 1), -EBADF);
	ck_assert_int_eq(tarn_readiness(stack(), -1), -EBADF);
}

SCENARIO(full_send_buffer_says_eagain)
{
	static const char block[1000];
	size_t total = 0;
	ssize_t taken;
	int fd;

	peer_window(0); /* so that nothing of it leaves */
	fd = peer_connects("mss 1000");
	while ((taken = tarn_send(stack(), fd, block, sizeof(block), 0)) > 0)
		total += (size_t)taken;
	ck_assert_int_eq((int)taken, -EAGAIN);
	ck_assert_uint_eq(total, 128 << 10);
	ck_assert(!is_ready(fd, TARN_POLLOUT));
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

SCENARIO(send_buffer_can_be_chosen)
{
	static const char block[10000];
	const int fd = peer_connects("mss 1000");
	ssize_t taken;

	app_sets(fd, TARN_SO_SNDBUF, 4096);
	taken = tarn_send(stack(), fd, block, sizeof(block), 0);
	ck_assert_int_eq((int)taken, 4096);
	peer_sends("R 1:1(0)"); /* before anything has left */
}

SCENARIO(acknowledgments_make_room)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_SO_SNDBUF, 4000);
	app_sends(fd, 4000);
	ck_assert(!is_ready(fd, TARN_POLLOUT));
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 4001");
	ck_assert(is_ready(fd, TARN_POLLOUT));
	app_sends(fd, 1000);
	stack_sends("P. 4001:5001(1000) ack 1");
	peer_sends(". 1:1(0) ack 5001");
}

SCENARIO(empty_write_sends_nothing)
{
	const int fd = peer_connects("mss 1000");

	ck_assert_int_eq((int)tarn_send(stack(), fd, "", 0, 0), 0);
	stack_is_silent_for(SEC);
}

SCENARIO(peek_leaves_the_octets)
{
	const int fd = peer_connects("mss 1000");
	uint8_t octet[2];

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	ck_assert_int_eq((int)tarn_recv(stack(), fd, octet, 2, TARN_MSG_PEEK),
	                 2);
	ck_assert_uint_eq(octet[1], stream_octet(true, 2));
	app_receives(fd, 10);
}

SCENARIO_MAIN("tcp errors", refused_connection, refused_connection_seen_by_recv,
              refused_connection_seen_by_send,
              neighbour_that_does_not_answer_is_ehostunreach,
              unreachable_neighbour_does_not_end_a_live_connection,
              reset_connection_seen_by_recv, reset_connection_seen_by_send,
              reset_connection_seen_by_so_error, end_of_stream_is_no_error,
              both_directions_closed_is_a_hangup,
              receive_after_shutdown_of_reading_is_the_end,
              calls_on_an_unconnected_socket, calls_on_a_listener,
              closed_descriptors_are_bad, full_send_buffer_says_eagain,
              send_buffer_can_be_chosen, acknowledgments_make_room,
              empty_write_sends_nothing, peek_leaves_the_octets)
