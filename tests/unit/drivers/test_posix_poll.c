/* SPDX-License-Identifier: MIT */
/* test_posix_poll.c - poll and select over our descriptors and the kernel's */
#include "tests/unit/drivers/posix_pair.h"
#include <netinet/tcp.h>

static void b_gets(const struct conn *conn, const char *text)
{
	const size_t len = strlen(text);

	ck_assert_int_eq(tarn_posix_send(conn->a, text, len, 0), (ssize_t)len);
}

static bool is_stuck(int fd)
{
	struct pollfd at     = { .fd = fd, .events = POLLOUT };
	struct tcp_info info = { 0 };
	socklen_t len        = sizeof(info);

	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len),
	        0);

	return info.tcpi_unacked == 0 && tarn_posix_poll(&at, 1, 0) == 0;
}

/* Until nothing is in flight and there is no room: the peer's window is shut. */
static int fill(int fd)
{
	static const char block[65536];
	int total = 0;
	ssize_t n;

	do {
		n = tarn_posix_send(fd, block, sizeof(block), MSG_DONTWAIT);
		total += n > 0 ? (int)n : 0;
	} while (!is_stuck(fd));

	return total;
}

/* ---- poll ---- */

START_TEST(poll_looks_at_both_kinds)
{
	const struct conn conn = connected();
	struct pollfd fds[4];
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	fds[0] = (struct pollfd){ .fd = conn.a, .events = POLLIN | POLLOUT };
	fds[1] = (struct pollfd){ .fd = pipes[1], .events = POLLOUT };
	fds[2] = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	fds[3] = (struct pollfd){ .fd = -1, .events = POLLIN, .revents = -1 };
	ck_assert_int_eq(tarn_posix_poll(fds, 4, -1), 2);
	ck_assert_int_eq(fds[0].revents, POLLOUT);
	ck_assert_int_eq(fds[1].revents, POLLOUT);
	ck_assert_int_eq(fds[2].revents, 0);
	ck_assert_int_eq(fds[3].revents, 0);
}
END_TEST

START_TEST(poll_returns_when_the_time_is_up)
{
	const struct conn conn = connected();
	struct pollfd at       = { .fd = conn.b, .events = POLLIN };

	ck_assert_int_eq(tarn_posix_poll(&at, 1, 0), 0);
	ck_assert_int_eq(tarn_posix_poll(&at, 1, 2), 0);
	at.events = POLLPRI;
	ck_assert_int_eq(tarn_posix_poll(&at, 1, 2), 0);
}
END_TEST

START_TEST(closed_descriptor_is_pollnval)
{
	struct pollfd fds[] = { { .fd = 900, .events = POLLIN },
		                { .fd     = socket_of(&A, SOCK_DGRAM),
		                  .events = POLLIN } };

	ck_assert_int_eq(tarn_posix_poll(fds, 2, -1), 1);
	ck_assert_int_eq(fds[0].revents, POLLNVAL);
}
END_TEST

static void *polls(void *argument)
{
	struct pollfd *fds = argument;

	return (void *)(intptr_t)tarn_posix_poll(fds, 2, -1);
}

START_TEST(socket_wakes_a_poll_that_waits_for_a_pipe_too)
{
	const struct conn conn = connected();
	struct pollfd fds[2];
	int pipes[2];
	pthread_t thread;

	ck_assert_int_eq(pipe(pipes), 0);
	fds[0] = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = conn.b, .events = POLLIN };
	thread = in_thread(polls, fds);
	b_gets(&conn, "x");
	ck_assert_int_eq((intptr_t)joined(thread), 1);
	ck_assert_int_eq(fds[1].revents, POLLIN);
	ck_assert_int_eq(fds[0].revents, 0);
}
END_TEST

START_TEST(pipe_wakes_a_poll_that_waits_for_a_socket_too)
{
	const struct conn conn = connected();
	struct pollfd fds[2];
	int pipes[2];
	pthread_t thread;

	ck_assert_int_eq(pipe(pipes), 0);
	fds[0] = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = conn.b, .events = POLLPRI };
	thread = in_thread(polls, fds);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	ck_assert_int_eq((intptr_t)joined(thread), 1);
	ck_assert_int_eq(fds[0].revents, POLLIN);
}
END_TEST

START_TEST(poll_waits_for_room_while_there_is_something_to_read)
{
	const struct conn conn = connected();
	struct pollfd fds[2]   = { { .fd = conn.a, .events = POLLOUT },
		                   { .fd = -1 } };
	static char sink[1 << 20];
	int left = fill(conn.a);
	pthread_t thread;

	ck_assert_int_eq(tarn_posix_send(conn.b, "x", 1, 0), 1);
	wait_for(conn.a, POLLIN);
	ck_assert_int_eq(tarn_posix_poll(fds, 1, 0), 0);
	thread = in_thread(polls, fds);
	while (left > 0)
		left -= (int)tarn_posix_recv(conn.b, sink, sizeof(sink), 0);
	ck_assert_int_eq((intptr_t)joined(thread), 1);
	ck_assert_int_eq(fds[0].revents, POLLOUT);
}
END_TEST

/* Whatever else is asked for, and by whatever name. */
START_TEST(poll_waits_for_room_by_each_of_its_names)
{
	static const short events[] = { POLLIN | POLLOUT, POLLWRNORM,
		                        POLLRDNORM | POLLWRNORM };
	const struct conn conn      = connected();
	static char sink[1 << 20];

	for (int i = 0; i < 3; i++) {
		struct pollfd fds[2] = { { .fd = conn.a, .events = events[i] },
			                 { .fd = -1 } };
		int left             = fill(conn.a);
		pthread_t thread     = in_thread(polls, fds);

		while (left > 0)
			left -= (int)tarn_posix_recv(conn.b, sink, sizeof(sink),
			                             0);
		ck_assert_int_eq((intptr_t)joined(thread), 1);
		ck_assert_int_eq(fds[0].revents,
		                 events[i] & (POLLOUT | POLLWRNORM));
	}
}
END_TEST

START_TEST(poll_waits_for_the_fin_alone)
{
	const struct conn conn = connected();
	struct pollfd fds[2]   = { { .fd = conn.b, .events = POLLRDHUP },
		                   { .fd = -1 } };
	pthread_t thread;

	b_gets(&conn, "not yet");
	wait_for(conn.b, POLLIN);
	ck_assert_int_eq(tarn_posix_poll(fds, 1, 0), 0);
	thread = in_thread(polls, fds);
	ck_assert_int_eq(tarn_posix_shutdown(conn.a, SHUT_WR), 0);
	ck_assert_int_eq((intptr_t)joined(thread), 1);
	ck_assert_int_eq(fds[0].revents, POLLRDHUP);
}
END_TEST

START_TEST(one_descriptor_may_be_asked_about_twice)
{
	const struct conn conn = connected();
	struct pollfd fds[2]   = { { .fd = conn.a, .events = POLLPRI },
		                   { .fd = conn.a, .events = POLLOUT } };
	static char sink[1 << 20];
	int left         = fill(conn.a);
	pthread_t thread = in_thread(polls, fds);

	while (left > 0)
		left -= (int)tarn_posix_recv(conn.b, sink, sizeof(sink), 0);
	ck_assert_int_eq((intptr_t)joined(thread), 1);
	ck_assert_int_eq(fds[0].revents, 0);
	ck_assert_int_eq(fds[1].revents, POLLOUT);
}
END_TEST

START_TEST(many_descriptors_are_polled)
{
	struct pollfd fds[40];

	for (int i = 0; i < 40; i++)
		fds[i] = (struct pollfd){ .fd     = socket_of(&A, SOCK_DGRAM),
			                  .events = POLLIN };
	ck_assert_int_eq(tarn_posix_poll(fds, 40, 1), 0);
	fds[39].events = POLLOUT;
	ck_assert_int_eq(tarn_posix_poll(fds, 40, -1), 1);
}
END_TEST

START_TEST(normal_data_bits_are_told_when_asked_for)
{
	const struct conn conn = connected();
	struct pollfd at = { .fd = conn.b, .events = POLLRDNORM | POLLWRNORM };

	b_gets(&conn, "x");
	wait_for(conn.b, POLLIN);
	ck_assert_int_eq(tarn_posix_poll(&at, 1, -1), 1);
	ck_assert_int_eq(at.revents, POLLRDNORM | POLLWRNORM);
}
END_TEST

START_TEST(fresh_stream_is_hung_up)
{
	struct pollfd at = { .fd = socket_of(&A, SOCK_STREAM) };

	ck_assert_int_eq(tarn_posix_poll(&at, 1, -1), 1);
	ck_assert_int_eq(at.revents, POLLHUP);
}
END_TEST

/* Causality: what a finished call did is seen by the next look, always. */
START_TEST(poll_after_a_call_sees_what_it_did)
{
	const struct conn conn = connected();
	struct pollfd at       = { .fd = conn.b, .events = POLLIN };
	char buf[4];

	for (int i = 0; i < 200; i++) {
		b_gets(&conn, "x");
		ck_assert_int_eq(tarn_posix_poll(&at, 1, -1), 1);
		ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 1, 0), 1);
		ck_assert_int_eq(tarn_posix_poll(&at, 1, 0), 0);
	}
}
END_TEST

START_TEST(kernels_own_poll_sees_input)
{
	const struct conn conn = connected();
	struct pollfd at       = { .fd = conn.b, .events = POLLIN };
	char buf[4];

	ck_assert_int_eq(poll(&at, 1, 0), 0);
	b_gets(&conn, "x");
	ck_assert_int_eq(poll(&at, 1, -1), 1);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), 1);
	ck_assert_int_eq(poll(&at, 1, 0), 0);
}
END_TEST

/* ---- select ---- */

static fd_set set_of(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);

	return set;
}

START_TEST(select_keeps_what_holds)
{
	const struct conn conn = connected();
	fd_set in = set_of(conn.a), out = set_of(conn.a), except = in;

	ck_assert_int_eq(
	        tarn_posix_select(conn.a + 1, &in, &out, &except, NULL), 1);
	ck_assert(!FD_ISSET(conn.a, &in));
	ck_assert(FD_ISSET(conn.a, &out));
	ck_assert(!FD_ISSET(conn.a, &except));
}
END_TEST

START_TEST(select_waits_for_both_kinds)
{
	const struct conn conn = connected();
	int pipes[2], max;
	fd_set in;

	ck_assert_int_eq(pipe(pipes), 0);
	max = conn.b > pipes[0] ? conn.b : pipes[0];
	in  = set_of(conn.b);
	FD_SET(pipes[0], &in);
	b_gets(&conn, "x");
	ck_assert_int_eq(tarn_posix_select(max + 1, &in, NULL, NULL, NULL), 1);
	ck_assert(FD_ISSET(conn.b, &in));
	ck_assert(!FD_ISSET(pipes[0], &in));
}
END_TEST

START_TEST(select_returns_when_the_time_is_up)
{
	const struct conn conn    = connected();
	struct timeval short_time = { .tv_usec = 1000 }, negative = { -1, 0 };
	fd_set in = set_of(conn.b);

	ck_assert_int_eq(
	        tarn_posix_select(conn.b + 1, &in, NULL, NULL, &short_time), 0);
	ck_assert(!FD_ISSET(conn.b, &in));
	ck_assert_int_eq(tarn_posix_select(0, NULL, NULL, NULL, &short_time),
	                 0);
	fails(tarn_posix_select(0, NULL, NULL, NULL, &negative), EINVAL);
	fails(tarn_posix_select(-1, NULL, NULL, NULL, &short_time), EINVAL);
}
END_TEST

START_TEST(select_of_a_closed_descriptor_is_ebadf)
{
	fd_set in = set_of(900);

	fails(tarn_posix_select(901, &in, NULL, NULL, NULL), EBADF);
	ck_assert(FD_ISSET(900, &in));
}
END_TEST

/* POLLHUP alone is nothing that select() tells of the exceptional set. */
START_TEST(select_does_not_take_a_hang_up_for_an_exception)
{
	const int fd              = socket_of(&A, SOCK_STREAM);
	struct timeval short_time = { .tv_usec = 1000 };
	fd_set except             = set_of(fd);

	ck_assert_int_eq(
	        tarn_posix_select(fd + 1, NULL, NULL, &except, &short_time), 0);
	ck_assert(!FD_ISSET(fd, &except));
}
END_TEST

PAIR_SUITE("posix_poll", poll_looks_at_both_kinds,
           poll_returns_when_the_time_is_up, closed_descriptor_is_pollnval,
           socket_wakes_a_poll_that_waits_for_a_pipe_too,
           pipe_wakes_a_poll_that_waits_for_a_socket_too,
           poll_waits_for_room_while_there_is_something_to_read,
           poll_waits_for_room_by_each_of_its_names,
           poll_waits_for_the_fin_alone,
           one_descriptor_may_be_asked_about_twice, many_descriptors_are_polled,
           normal_data_bits_are_told_when_asked_for, fresh_stream_is_hung_up,
           poll_after_a_call_sees_what_it_did, kernels_own_poll_sees_input,
           select_keeps_what_holds, select_waits_for_both_kinds,
           select_returns_when_the_time_is_up,
           select_of_a_closed_descriptor_is_ebadf,
           select_does_not_take_a_hang_up_for_an_exception)
