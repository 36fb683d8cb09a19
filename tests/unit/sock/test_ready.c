/* SPDX-License-Identifier: MIT */
/* test_ready.c - readiness as Linux gives it, and poll and select over it */
#include "tests/unit/sock/pair.h"

#define IN    TARN_POLLIN
#define OUT   TARN_POLLOUT
#define ERR   TARN_POLLERR
#define HUP   TARN_POLLHUP
#define RDHUP TARN_POLLRDHUP

static void reset_by(struct tarn *t, int fd)
{
	const struct tarn_linger now = { .on = 1 };

	ck_assert_int_eq(
	        tarn_setsockopt(t, fd, TARN_SO_LINGER, &now, sizeof(now)), 0);
	ck_assert_int_eq(tarn_close(t, fd), 0);
	settle();
}

START_TEST(fresh_stream_is_writable_and_hung_up)
{
	ck_assert_int_eq(tarn_readiness(A, stream(A)), OUT | HUP);
	ck_assert_int_eq(tarn_readiness(A, bound(A, TARN_STREAM, 80)),
	                 OUT | HUP);
}
END_TEST

START_TEST(listener_is_readable_when_a_connection_waits)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = listener(B, 80);

	ck_assert_int_eq(tarn_readiness(B, fd), 0);
	ck_assert_int_eq(tarn_connect(A, stream(A), &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_readiness(B, fd), IN);
	ck_assert_int_ge(tarn_accept(B, fd, NULL), 0);
	ck_assert_int_eq(tarn_readiness(B, fd), 0);
}
END_TEST

START_TEST(connection_from_first_syn_to_last_fin)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int server = listener(B, 80), a = stream(A);
	char buf[8];
	int b;

	ck_assert_int_eq(tarn_connect(A, a, &peer), -EINPROGRESS);
	ck_assert_int_eq(tarn_readiness(A, a), 0);
	settle();
	ck_assert_int_eq(tarn_readiness(A, a), OUT);
	b = tarn_accept(B, server, NULL);
	ck_assert_int_eq(tarn_readiness(B, b), OUT);

	ck_assert_int_eq(tarn_send(A, a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_readiness(B, b), IN | OUT);
	ck_assert_int_eq(tarn_recv(B, b, buf, 1, 0), 1);
	ck_assert_int_eq(tarn_readiness(B, b), OUT);

	ck_assert_int_eq(tarn_shutdown(A, a, TARN_SHUT_WR), 0);
	settle();
	ck_assert_int_eq(tarn_readiness(B, b), IN | OUT | RDHUP);
	ck_assert_int_eq(tarn_shutdown(B, b, TARN_SHUT_WR), 0);
	settle();
	ck_assert_int_eq(tarn_readiness(B, b) & (IN | HUP | RDHUP | ERR),
	                 IN | HUP | RDHUP);
	ck_assert_int_eq(tarn_readiness(A, a) & (IN | HUP | RDHUP | ERR),
	                 IN | HUP | RDHUP);
}
END_TEST

START_TEST(reset_connection_is_everything_at_once)
{
	const struct conn conn = connected();

	reset_by(B, conn.b);
	ck_assert_int_eq(tarn_readiness(A, conn.a),
	                 IN | OUT | ERR | HUP | RDHUP);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_ERROR), ECONNRESET);
	ck_assert_int_eq(tarn_readiness(A, conn.a), IN | OUT | HUP | RDHUP);
}
END_TEST

START_TEST(refused_connection_is_an_error_and_hung_up)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = stream(A);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_readiness(A, fd) & (OUT | ERR | HUP),
	                 OUT | ERR | HUP);
}
END_TEST

START_TEST(datagram_socket_is_writable_and_readable_with_data)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);

	ck_assert_int_eq(tarn_readiness(A, a), OUT);
	ck_assert_int_eq(tarn_sendto(A, a, "x", 1, 0, &peer), 1);
	settle();
	ck_assert_int_eq(tarn_readiness(B, b), IN | OUT);
}
END_TEST

START_TEST(shut_datagram_socket_is_hung_up)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int fd                = datagram(A);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), 0);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_RD), 0);
	ck_assert_int_eq(tarn_readiness(A, fd), IN | OUT | RDHUP);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_WR), 0);
	ck_assert_int_eq(tarn_readiness(A, fd), IN | OUT | RDHUP | HUP);
}
END_TEST

START_TEST(poll_tells_what_was_asked_and_what_always_is)
{
	const struct conn conn   = connected();
	struct tarn_pollfd fds[] = {
		{ .fd = stream(A), .events = IN },
		{ .fd = conn.a, .events = IN },
		{ .fd = conn.a, .events = IN | OUT },
		{ .fd = -1, .events = IN, .revents = 0xffff },
		{ .fd = 999, .events = 0 },
	};

	ck_assert_int_eq(tarn_poll_fds(A, fds, ARRAY_LEN(fds)), 3);
	ck_assert_uint_eq(fds[0].revents, HUP);
	ck_assert_uint_eq(fds[1].revents, 0);
	ck_assert_uint_eq(fds[2].revents, OUT);
	ck_assert_uint_eq(fds[3].revents, 0);
	ck_assert_uint_eq(fds[4].revents, TARN_POLLNVAL);
	ck_assert_int_eq(tarn_poll_fds(A, NULL, 0), 0);
}
END_TEST

static struct tarn_fd_set set_of(int fd)
{
	struct tarn_fd_set set = { 0 };

	set.word[fd / 64] |= 1ull << fd % 64;

	return set;
}

START_TEST(select_keeps_the_bits_that_hold)
{
	const struct conn conn = connected();
	struct tarn_fd_set in = set_of(conn.a), out = set_of(conn.a);
	struct tarn_fd_set except = set_of(conn.a);

	ck_assert_int_eq(tarn_select(A, conn.a + 1, &in, &out, &except), 1);
	ck_assert_uint_eq(in.word[0], 0);
	ck_assert_uint_eq(out.word[0], 1ull << conn.a);
	ck_assert_uint_eq(except.word[0], 0);

	reset_by(B, conn.b);
	in = set_of(conn.a);
	ck_assert_int_eq(tarn_select(A, conn.a + 1, &in, &out, NULL), 2);
	ck_assert_uint_eq(in.word[0], 1ull << conn.a);
}
END_TEST

START_TEST(select_refuses_what_it_cannot_watch)
{
	struct tarn_fd_set in = set_of(70);

	ck_assert_int_eq(tarn_select(A, -1, &in, NULL, NULL), -EINVAL);
	ck_assert_int_eq(tarn_select(A, TARN_FD_SETSIZE + 1, &in, NULL, NULL),
	                 -EINVAL);
	ck_assert_int_eq(tarn_select(A, 71, &in, NULL, NULL), -EBADF);
	ck_assert_uint_eq(in.word[1], 1ull << 6);
	ck_assert_int_eq(tarn_select(A, 70, &in, NULL, NULL), 0);
}
END_TEST

PAIR_SUITE("ready", fresh_stream_is_writable_and_hung_up,
           listener_is_readable_when_a_connection_waits,
           connection_from_first_syn_to_last_fin,
           reset_connection_is_everything_at_once,
           refused_connection_is_an_error_and_hung_up,
           datagram_socket_is_writable_and_readable_with_data,
           shut_datagram_socket_is_hung_up,
           poll_tells_what_was_asked_and_what_always_is,
           select_keeps_the_bits_that_hold, select_refuses_what_it_cannot_watch)
