/* SPDX-License-Identifier: MIT */
/* test_connect.c - listen, accept, connect, shutdown: POSIX's states and errors */
#include "tests/unit/sock/pair.h"

#define CONNECT_GIVES_UP_US (300 * USEC_PER_SEC) /* MUST-23 and then some */

static int start(struct tarn *t, const struct tarn_addr *peer)
{
	const int fd = stream(t);

	ck_assert_int_eq(tarn_connect(t, fd, peer), -EINPROGRESS);

	return fd;
}

/* ---- listen and accept ---- */

START_TEST(datagram_socket_neither_listens_nor_accepts)
{
	const int fd = bound(A, TARN_DGRAM, 53);

	ck_assert_int_eq(tarn_listen(A, fd, 1), -EOPNOTSUPP);
	ck_assert_int_eq(tarn_accept(A, fd, NULL), -EOPNOTSUPP);
}
END_TEST

START_TEST(unbound_socket_listens_on_an_ephemeral_port)
{
	const int fd = stream(B);
	struct tarn_addr name;

	ck_assert_int_eq(tarn_listen(B, fd, 1), 0);
	ck_assert_int_eq(tarn_getsockname(B, fd, &name), 0);
	ck_assert_uint_ge(name.port, TCP_EPHEMERAL_MIN);

	name.ip = B->env.config.ip;
	(void)start(A, &name);
	settle();
	ck_assert_int_ge(tarn_accept(B, fd, NULL), 0);
}
END_TEST

START_TEST(connected_socket_does_not_listen)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_listen(A, conn.a, 1), -EINVAL);
}
END_TEST

START_TEST(socket_that_does_not_listen_does_not_accept)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_accept(A, stream(A), NULL), -EINVAL);
	ck_assert_int_eq(tarn_accept(A, conn.a, NULL), -EINVAL);
}
END_TEST

START_TEST(connections_are_accepted_in_the_order_in_which_they_came)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = listener(B, 80);
	struct tarn_addr want, got;

	for (int i = 0; i < 3; i++) {
		(void)start(A, &peer);
		settle();
	}
	for (int i = 0; i < 3; i++) {
		ck_assert_int_ge(tarn_accept(B, fd, &got), 0);
		ck_assert_int_eq(tarn_getsockname(A, i, &want), 0);
		ck_assert_uint_eq(got.port, want.port);
		ck_assert_mem_eq(&got.ip, &want.ip, sizeof(got.ip));
	}
	ck_assert_int_eq(tarn_accept(B, fd, NULL), -EAGAIN);
}
END_TEST

START_TEST(without_memory_the_connection_stays_in_the_queue)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = listener(B, 80);

	(void)start(A, &peer);
	settle();
	B->memory_fuse = 0;
	ck_assert_int_eq(tarn_accept(B, fd, NULL), -ENOMEM);
	B->memory_fuse = -1;
	ck_assert_int_ge(tarn_accept(B, fd, NULL), 0);
}
END_TEST

START_TEST(accepted_socket_inherits_the_listeners_options)
{
	const struct tarn_addr peer  = addr_of(B, 80);
	const struct tarn_linger one = { .on = 1, .linger_s = 3 };
	const int fd                 = listener(B, 80);
	struct tarn_linger linger    = { 0 };
	int conn;

	set_int(B, fd, TARN_TCP_NODELAY, 1);
	set_int(B, fd, TARN_SO_KEEPALIVE, 1);
	set_int(B, fd, TARN_IP_TTL, 33);
	ck_assert_int_eq(
	        tarn_setsockopt(B, fd, TARN_SO_LINGER, &one, sizeof(one)), 0);
	(void)start(A, &peer);
	settle();
	conn = tarn_accept(B, fd, NULL);

	ck_assert_int_eq(get_int(B, conn, TARN_TCP_NODELAY), 1);
	ck_assert_int_eq(get_int(B, conn, TARN_SO_KEEPALIVE), 1);
	ck_assert_int_eq(get_int(B, conn, TARN_IP_TTL), 33);
	ck_assert_int_eq(tarn_getsockopt(B, conn, TARN_SO_LINGER, &linger,
	                                 sizeof(linger)),
	                 (int)sizeof(linger));
	ck_assert_int_eq(linger.linger_s, 3);
}
END_TEST

START_TEST(listen_again_changes_the_backlog)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = bound(B, TARN_STREAM, 80);

	ck_assert_int_eq(tarn_listen(B, fd, 1), 0);
	ck_assert_int_eq(tarn_listen(B, fd, 3), 0);
	for (int i = 0; i < 3; i++)
		(void)start(A, &peer);
	settle();
	for (int i = 0; i < 3; i++)
		ck_assert_int_ge(tarn_accept(B, fd, NULL), 0);
}
END_TEST

/* ---- connect ---- */

START_TEST(connect_is_in_progress_then_connected)
{
	const struct tarn_addr peer = addr_of(B, 80);
	int fd;

	(void)listener(B, 80);
	fd = start(A, &peer);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EALREADY);
	ck_assert_int_eq(tarn_readiness(A, fd) & TARN_POLLOUT, 0);
	settle();
	ck_assert_int_eq(tarn_readiness(A, fd) & TARN_POLLOUT, TARN_POLLOUT);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EISCONN);
}
END_TEST

START_TEST(listener_does_not_connect)
{
	const struct tarn_addr peer = addr_of(A, 80);

	ck_assert_int_eq(tarn_connect(B, listener(B, 80), &peer), -EOPNOTSUPP);
}
END_TEST

START_TEST(refused_connection_can_be_tried_again)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = start(A, &peer);

	settle();
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ERROR), ECONNREFUSED);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ERROR), 0);

	(void)listener(B, 80);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EISCONN);
}
END_TEST

START_TEST(next_connect_tells_the_error_that_nobody_took)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = start(A, &peer);

	settle();
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -ECONNREFUSED);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
}
END_TEST

START_TEST(options_outlive_a_failed_attempt)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = start(A, &peer);

	set_int(A, fd, TARN_TCP_NODELAY, 1);
	settle();
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -ECONNREFUSED);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_NODELAY), 1);
	(void)listener(B, 80);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	ck_assert_int_eq(get_int(A, fd, TARN_TCP_NODELAY), 1);
}
END_TEST

START_TEST(connection_that_has_been_is_not_replaced)
{
	const struct conn conn       = connected();
	const struct tarn_addr peer  = addr_of(B, 80);
	const struct tarn_linger now = { .on = 1 };

	ck_assert_int_eq(
	        tarn_setsockopt(B, conn.b, TARN_SO_LINGER, &now, sizeof(now)),
	        0);
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	settle();
	ck_assert_int_eq(tarn_connect(A, conn.a, &peer), -EISCONN);
}
END_TEST

START_TEST(connection_that_ended_before_accept_is_not_replaced)
{
	const struct tarn_addr peer  = addr_of(A, 80);
	const struct tarn_linger now = { .on = 1 };
	const struct tarn_addr to    = addr_of(B, 80);
	const int server = listener(B, 80), a = start(A, &to);
	int b;

	settle();
	ck_assert_int_eq(
	        tarn_setsockopt(A, a, TARN_SO_LINGER, &now, sizeof(now)), 0);
	ck_assert_int_eq(tarn_close(A, a), 0);
	settle();
	b = tarn_accept(B, server, NULL);
	ck_assert(b >= 0 || b == -EAGAIN);
	if (b >= 0)
		ck_assert_int_eq(tarn_connect(B, b, &peer), -EISCONN);
}
END_TEST

START_TEST(silent_peer_times_out)
{
	const struct tarn_addr peer = addr_of(B, 80);
	int fd;

	(void)connected(); /* so that the neighbour is known */
	B->is_deaf = true;
	fd         = start(A, &peer);
	pass(USEC_PER_SEC);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ERROR), 0);
	pass(CONNECT_GIVES_UP_US);
	ck_assert_int_eq(tarn_readiness(A, fd) & TARN_POLLERR, TARN_POLLERR);
	ck_assert_int_ne(get_int(A, fd, TARN_SO_ERROR), 0);
}
END_TEST

START_TEST(absent_host_is_unreachable)
{
	const struct tarn_addr peer = { .ip   = tarn_ip4(10, 9, 0, 77),
		                        .port = 80 };
	const int fd                = start(A, &peer);

	pass(60 * USEC_PER_SEC);
	ck_assert_int_eq(get_int(A, fd, TARN_SO_ERROR), EHOSTUNREACH);
}
END_TEST

START_TEST(impossible_peers_are_refused_at_once)
{
	const struct tarn_addr far       = { .ip   = tarn_ip4(192, 0, 2, 1),
		                             .port = 80 };
	const struct tarn_addr broadcast = { .ip   = tarn_ip4(10, 9, 0, 255),
		                             .port = 80 };
	const struct tarn_addr no_port   = addr_of(B, 0);

	ck_assert_int_eq(tarn_connect(A, stream(A), &far), -ENETUNREACH);
	ck_assert_int_eq(tarn_connect(A, stream(A), &broadcast), -EINVAL);
	ck_assert_int_eq(tarn_connect(A, stream(A), &no_port), -EINVAL);
}
END_TEST

START_TEST(bound_socket_connects_from_its_port)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd = bound(A, TARN_STREAM, 1234), server = listener(B, 80);
	struct tarn_addr from;

	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_ge(tarn_accept(B, server, &from), 0);
	ck_assert_uint_eq(from.port, 1234);
}
END_TEST

/* RFC 9293 MUST-42: a port with connections under way can still be listened on. */
START_TEST(port_that_connects_can_be_listened_on)
{
	const struct tarn_addr peer = addr_of(B, 80), any = any_port(1234);
	const int fd = bound(A, TARN_STREAM, 1234), server = stream(A);

	set_int(A, fd, TARN_SO_REUSEADDR, 1);
	set_int(A, server, TARN_SO_REUSEADDR, 1);
	B->is_deaf = true;
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_bind(A, server, &any), 0);
	ck_assert_int_eq(tarn_listen(A, server, 1), 0);
}
END_TEST

START_TEST(datagram_socket_connects_reconnects_and_lets_go)
{
	const struct tarn_addr one = addr_of(B, 53), two = addr_of(B, 54);
	const struct tarn_addr none = { 0 };
	const int fd                = datagram(A);
	struct tarn_addr name;

	ck_assert_int_eq(tarn_connect(A, fd, &one), 0);
	ck_assert_int_eq(tarn_connect(A, fd, &two), 0);
	ck_assert_int_eq(tarn_getpeername(A, fd, &name), 0);
	ck_assert_uint_eq(name.port, 54);
	ck_assert_int_eq(tarn_connect(A, fd, &none), 0);
	ck_assert_int_eq(tarn_getpeername(A, fd, &name), -ENOTCONN);
}
END_TEST

/* ---- shutdown ---- */

START_TEST(shutdown_wants_a_connection_and_a_direction)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_shutdown(A, stream(A), TARN_SHUT_WR), -ENOTCONN);
	ck_assert_int_eq(tarn_shutdown(A, datagram(A), TARN_SHUT_RD),
	                 -ENOTCONN);
	ck_assert_int_eq(tarn_shutdown(A, conn.a, 3), -EINVAL);
	ck_assert_int_eq(tarn_shutdown(A, conn.a, -1), -EINVAL);
}
END_TEST

START_TEST(half_closed_connection_still_receives)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_WR), 0);
	settle();
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), -EPIPE);
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 0);

	ck_assert_int_eq(tarn_send(B, conn.b, "more", 4, 0), 4);
	settle();
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0), 4);
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	settle();
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(shut_receiving_side_reads_as_the_end)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_RD), 0);
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 1);
}
END_TEST

START_TEST(listener_that_is_shut_stops_listening)
{
	const int fd = listener(B, 80);

	ck_assert_int_eq(tarn_shutdown(B, fd, TARN_SHUT_WR), 0);
	ck_assert_int_eq(tarn_accept(B, fd, NULL), -EAGAIN);
	ck_assert_int_eq(tarn_shutdown(B, fd, TARN_SHUT_RD), 0);
	ck_assert_int_eq(tarn_accept(B, fd, NULL), -EINVAL);
	ck_assert_int_eq(tarn_listen(B, fd, 1), 0);
}
END_TEST

START_TEST(shut_datagram_socket_is_at_its_end)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int fd                = datagram(A);
	char buf[8];

	ck_assert_int_eq(tarn_connect(A, fd, &peer), 0);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_RDWR), 0);
	ck_assert_int_eq(tarn_recv(A, fd, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(tarn_send(A, fd, "x", 1, 0), -EPIPE);
}
END_TEST

PAIR_SUITE("connect", datagram_socket_neither_listens_nor_accepts,
           unbound_socket_listens_on_an_ephemeral_port,
           connected_socket_does_not_listen,
           socket_that_does_not_listen_does_not_accept,
           connections_are_accepted_in_the_order_in_which_they_came,
           without_memory_the_connection_stays_in_the_queue,
           accepted_socket_inherits_the_listeners_options,
           listen_again_changes_the_backlog,
           connect_is_in_progress_then_connected, listener_does_not_connect,
           refused_connection_can_be_tried_again,
           next_connect_tells_the_error_that_nobody_took,
           options_outlive_a_failed_attempt,
           connection_that_has_been_is_not_replaced,
           connection_that_ended_before_accept_is_not_replaced,
           silent_peer_times_out, absent_host_is_unreachable,
           impossible_peers_are_refused_at_once,
           bound_socket_connects_from_its_port,
           port_that_connects_can_be_listened_on,
           datagram_socket_connects_reconnects_and_lets_go,
           shutdown_wants_a_connection_and_a_direction,
           half_closed_connection_still_receives,
           shut_receiving_side_reads_as_the_end,
           listener_that_is_shut_stops_listening,
           shut_datagram_socket_is_at_its_end)
