/* SPDX-License-Identifier: MIT */
/* test_posix_connect.c - accept, connect, close: the calls that wait */
#include "tests/unit/drivers/posix_pair.h"
#include <signal.h>

static void set_timeout(int fd, int name, int microseconds)
{
	const struct timeval value = { .tv_usec = microseconds };

	ck_assert_int_eq(tarn_posix_setsockopt(fd, SOL_SOCKET, name, &value,
	                                       sizeof(value)),
	                 0);
}

static void set_nonblocking(int fd)
{
	ck_assert_int_eq(tarn_posix_fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

/* ---- accept ---- */

static void *accepts(void *argument)
{
	const int *fd = argument;

	return (void *)(intptr_t)tarn_posix_accept(*fd, NULL, NULL);
}

START_TEST(accept_waits_for_a_connection)
{
	int server             = listener(&B, 80);
	const pthread_t thread = in_thread(accepts, &server);
	const int fd           = socket_of(&A, SOCK_STREAM);

	wait_for_sleeper(server);
	ck_assert_int_eq(try_connect(fd, &B, 80), 0);
	ck_assert_int_ge((intptr_t)joined(thread), 0);
}
END_TEST

START_TEST(accept_does_not_wait_when_told_not_to)
{
	const int server = listener(&B, 80), next = dup(0);

	set_nonblocking(server);
	ck_assert_int_eq(close(next), 0);
	for (int i = 0; i < 10; i++)
		fails(tarn_posix_accept(server, NULL, NULL), EAGAIN);
	ck_assert_int_eq(dup(0), next);
}
END_TEST

START_TEST(accept_gives_up_after_its_timeout)
{
	const int server = listener(&B, 80);

	set_timeout(server, SO_RCVTIMEO, 1000);
	fails(tarn_posix_accept(server, NULL, NULL), EAGAIN);
}
END_TEST

START_TEST(accepted_socket_inherits_timeouts_but_not_nonblocking)
{
	const int server = listener(&B, 80), a = socket_of(&A, SOCK_STREAM);
	struct timeval value;
	socklen_t len = sizeof(value);
	int b;

	set_timeout(server, SO_RCVTIMEO, 7000);
	set_nonblocking(server);
	ck_assert_int_eq(try_connect(a, &B, 80), 0);
	wait_for(server, POLLIN);
	b = tarn_posix_accept(server, NULL, NULL);
	ck_assert_int_ge(b, 0);
	ck_assert_int_eq(tarn_posix_fcntl(b, F_GETFL), O_RDWR);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &value, &len),
	        0);
	ck_assert_int_eq(value.tv_usec, 7000);
}
END_TEST

START_TEST(accept4_sets_flags)
{
	const int server = listener(&B, 80), a = socket_of(&A, SOCK_STREAM);
	int b;

	ck_assert_int_eq(try_connect(a, &B, 80), 0);
	fails(tarn_posix_accept4(server, NULL, NULL, 1), EINVAL);
	b = tarn_posix_accept4(server, NULL, NULL,
	                       SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_eq(tarn_posix_fcntl(b, F_GETFL), O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(tarn_posix_fcntl(b, F_GETFD), FD_CLOEXEC);
}
END_TEST

START_TEST(accept_tells_the_peer)
{
	const int server = listener(&B, 80), a = socket_of(&A, SOCK_STREAM);
	struct sockaddr_in peer, local;
	socklen_t len = sizeof(peer);

	ck_assert_int_eq(try_connect(a, &B, 80), 0);
	ck_assert_int_ge(
	        tarn_posix_accept(server, (struct sockaddr *)&peer, &len), 0);
	ck_assert_uint_eq(len, sizeof(peer));
	ck_assert_int_eq(
	        tarn_posix_getsockname(a, (struct sockaddr *)&local, &len), 0);
	ck_assert_mem_eq(&peer, &local, sizeof(peer));
}
END_TEST

/* ---- connect ---- */

START_TEST(refused_connect_says_so_and_may_be_repeated)
{
	const int fd = socket_of(&A, SOCK_STREAM);

	fails(try_connect(fd, &B, 80), ECONNREFUSED);
	fails(try_connect(fd, &B, 80), ECONNREFUSED);
	(void)listener(&B, 80);
	ck_assert_int_eq(try_connect(fd, &B, 80), 0);
	fails(try_connect(fd, &B, 80), EISCONN);
}
END_TEST

START_TEST(nonblocking_connect_becomes_writable)
{
	const int fd  = socket_of(&A, SOCK_STREAM);
	int error     = -1;
	socklen_t len = sizeof(error);

	(void)listener(&B, 80);
	set_nonblocking(fd);
	fails(try_connect(fd, &B, 80), EINPROGRESS);
	wait_for(fd, POLLOUT);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len),
	        0);
	ck_assert_int_eq(error, 0);
}
END_TEST

START_TEST(nonblocking_refusal_is_found_in_so_error)
{
	const int fd  = socket_of(&A, SOCK_STREAM);
	int error     = -1;
	socklen_t len = sizeof(error);

	set_nonblocking(fd);
	fails(try_connect(fd, &B, 80), EINPROGRESS);
	wait_for(fd, POLLERR);
	ck_assert_int_eq(
	        tarn_posix_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len),
	        0);
	ck_assert_int_eq(error, ECONNREFUSED);
}
END_TEST

/* Nobody has 10.9.0.77, so the SYN waits for ARP longer than the test does. */
static int connect_to_nobody(int fd)
{
	struct sockaddr_in nobody = { .sin_family = AF_INET,
		                      .sin_port   = htons(80) };

	inet_pton(AF_INET, "10.9.0.77", &nobody.sin_addr);

	return tarn_posix_connect(fd, generic(&nobody), sizeof(nobody));
}

START_TEST(connect_out_of_time_goes_on_by_itself)
{
	const int fd = socket_of(&A, SOCK_STREAM);

	set_timeout(fd, SO_SNDTIMEO, 1000);
	fails(connect_to_nobody(fd), EINPROGRESS);
	fails(connect_to_nobody(fd), EALREADY);
}
END_TEST

START_TEST(datagram_connect_returns_at_once)
{
	const int fd               = socket_of(&A, SOCK_DGRAM);
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in name;
	socklen_t len = sizeof(name);

	ck_assert_int_eq(try_connect(fd, &B, 53), 0);
	ck_assert_int_eq(
	        tarn_posix_getpeername(fd, (struct sockaddr *)&name, &len), 0);
	ck_assert_int_eq(tarn_posix_connect(fd, &none, sizeof(none)), 0);
	fails(tarn_posix_getpeername(fd, (struct sockaddr *)&name, &len),
	      ENOTCONN);
}
END_TEST

/* ---- signals ---- */

static void do_nothing(int signal)
{
	(void)signal;
}

static void catch_usr1(int flags)
{
	const struct sigaction action = { .sa_handler = do_nothing,
		                          .sa_flags   = flags };

	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
}

static void *accepts_with_errno(void *argument)
{
	const int *fd = argument;

	return (void *)(intptr_t)(tarn_posix_accept(*fd, NULL, NULL) < 0
	                                  ? -errno
	                                  : 0);
}

START_TEST(signal_interrupts_a_call_that_waits)
{
	int server = listener(&B, 80);
	pthread_t thread;

	catch_usr1(0);
	thread = in_thread(accepts_with_errno, &server);
	wait_for_sleeper(server);
	/* The first may come before it really sleeps. */
	while (pthread_tryjoin_np(thread, NULL) == EBUSY) {
		pthread_kill(thread, SIGUSR1);
		sched_yield();
	}
}
END_TEST

START_TEST(restarting_signal_does_not)
{
	int server = listener(&B, 80);
	pthread_t thread;

	catch_usr1(SA_RESTART);
	thread = in_thread(accepts_with_errno, &server);
	wait_for_sleeper(server);
	for (int i = 0; i < 100; i++)
		pthread_kill(thread, SIGUSR1);
	ck_assert_int_eq(try_connect(socket_of(&A, SOCK_STREAM), &B, 80), 0);
	ck_assert_int_eq((intptr_t)joined(thread), 0);
}
END_TEST

/* ---- close ---- */

START_TEST(close_wakes_who_waits_in_another_thread)
{
	int server             = listener(&B, 80);
	const pthread_t thread = in_thread(accepts_with_errno, &server);

	wait_for_sleeper(server);
	ck_assert_int_eq(tarn_posix_close(server), 0);
	ck_assert_int_eq((intptr_t)joined(thread), -EBADF);
}
END_TEST

START_TEST(closed_connection_reads_as_the_end)
{
	const struct conn conn = connected();
	char buf[4];

	ck_assert_int_eq(tarn_posix_close(conn.a), 0);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(linger_zero_resets)
{
	const struct conn conn = connected();
	char buf[4];

	reset_by(conn.a);
	fails(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), ECONNRESET);
}
END_TEST

static void set_linger(int fd, int seconds)
{
	const struct linger value = { .l_onoff = 1, .l_linger = seconds };

	ck_assert_int_eq(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_LINGER,
	                                       &value, sizeof(value)),
	                 0);
}

/* When close() returns, everything has been acknowledged: so it is there. */
START_TEST(lingering_close_returns_when_the_peer_has_everything)
{
	const struct conn conn = connected();
	char buf[4];

	set_linger(conn.a, 3600);
	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	ck_assert_int_eq(tarn_posix_close(conn.a), 0);
	ck_assert_int_eq(
	        tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_DONTWAIT), 3);
	ck_assert_int_eq(
	        tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_DONTWAIT), 0);
}
END_TEST

static int fill(int fd)
{
	static const char block[65536];
	int total = 0;
	ssize_t n;

	while ((n = tarn_posix_send(fd, block, sizeof(block), MSG_DONTWAIT)) >
	       0)
		total += (int)n;

	return total;
}

START_TEST(lingering_close_gives_up_after_its_time)
{
	const struct conn conn = connected();
	const int small        = 2048;
	const uint64_t start   = posix_now();

	/* B never reads, so its window closes and data stays with A. */
	ck_assert_int_eq(tarn_posix_setsockopt(conn.b, SOL_SOCKET, SO_RCVBUF,
	                                       &small, sizeof(small)),
	                 0);
	ck_assert_int_gt(fill(conn.a), 0);
	set_linger(conn.a, 1);
	ck_assert_int_eq(tarn_posix_close(conn.a), 0);
	ck_assert_uint_ge(posix_now() - start, 1000000);
}
END_TEST

START_TEST(lingering_close_with_unread_data_resets_at_once)
{
	const struct conn conn = connected();
	char buf[4];

	ck_assert_int_eq(tarn_posix_send(conn.b, "abc", 3, 0), 3);
	wait_for(conn.a, POLLIN);
	set_linger(conn.a, 3600);
	ck_assert_int_eq(tarn_posix_close(conn.a), 0);
	fails(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), ECONNRESET);
}
END_TEST

PAIR_SUITE("posix_connect", accept_waits_for_a_connection,
           accept_does_not_wait_when_told_not_to,
           accept_gives_up_after_its_timeout,
           accepted_socket_inherits_timeouts_but_not_nonblocking,
           accept4_sets_flags, accept_tells_the_peer,
           refused_connect_says_so_and_may_be_repeated,
           nonblocking_connect_becomes_writable,
           nonblocking_refusal_is_found_in_so_error,
           connect_out_of_time_goes_on_by_itself,
           datagram_connect_returns_at_once,
           signal_interrupts_a_call_that_waits, restarting_signal_does_not,
           close_wakes_who_waits_in_another_thread,
           closed_connection_reads_as_the_end, linger_zero_resets,
           lingering_close_returns_when_the_peer_has_everything,
           lingering_close_gives_up_after_its_time,
           lingering_close_with_unread_data_resets_at_once)
