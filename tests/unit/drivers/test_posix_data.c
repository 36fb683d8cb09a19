/* SPDX-License-Identifier: MIT */
/* test_posix_data.c - send and recv in all their forms, blocking and not */
#include "tests/unit/drivers/posix_pair.h"
#include <signal.h>
#include <stdlib.h>

#define BIG (1u << 20) /* more than all buffers on the way hold */

static uint8_t octet_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static uint8_t *pattern(size_t len)
{
	uint8_t *block = malloc(len);

	ck_assert_ptr_nonnull(block);
	for (size_t i = 0; i < len; i++)
		block[i] = octet_at(i);

	return block;
}

/* ---- streams ---- */

static void *sends_big(void *argument)
{
	const int *fd   = argument;
	uint8_t *block  = pattern(BIG);
	const ssize_t n = tarn_posix_send(*fd, block, BIG, 0);

	free(block);

	return (void *)n;
}

static void is_pattern(const uint8_t *block)
{
	uint8_t *want = pattern(BIG);

	ck_assert(memcmp(block, want, BIG) == 0);
	free(want);
}

START_TEST(blocking_send_takes_all)
{
	struct conn conn       = connected();
	const pthread_t thread = in_thread(sends_big, &conn.a);
	uint8_t *block         = malloc(BIG);
	ssize_t n              = 0;

	for (size_t done = 0; done < BIG; done += (size_t)n) {
		n = tarn_posix_recv(conn.b, block + done, BIG - done, 0);
		ck_assert_int_gt(n, 0);
	}
	is_pattern(block);
	ck_assert_int_eq((ssize_t)joined(thread), BIG);
	free(block);
}
END_TEST

START_TEST(waitall_waits_for_all)
{
	struct conn conn       = connected();
	const pthread_t thread = in_thread(sends_big, &conn.a);
	uint8_t *block         = malloc(BIG);

	ck_assert_int_eq(tarn_posix_recv(conn.b, block, BIG, MSG_WAITALL), BIG);
	is_pattern(block);
	ck_assert_int_eq((ssize_t)joined(thread), BIG);
	free(block);
}
END_TEST

START_TEST(waitall_ends_with_the_stream)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	ck_assert_int_eq(tarn_posix_close(conn.a), 0);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_WAITALL),
	                 3);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_WAITALL),
	                 0);
}
END_TEST

/* What had arrived is told first, the error by the next call, once. */
START_TEST(error_behind_octets_is_kept_for_the_next_call)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	wait_for(conn.b, POLLIN);
	reset_by(conn.a);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_WAITALL),
	                 3);
	fails(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), ECONNRESET);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(error_that_was_kept_is_found_in_so_error)
{
	const struct conn conn = connected();
	int error              = -1;
	socklen_t len          = sizeof(error);
	char buf[8];

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	wait_for(conn.b, POLLIN);
	reset_by(conn.a);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_WAITALL),
	                 3);
	ck_assert_int_eq(tarn_posix_getsockopt(conn.b, SOL_SOCKET, SO_ERROR,
	                                       &error, &len),
	                 0);
	ck_assert_int_eq(error, ECONNRESET);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), 0);
}
END_TEST

static void *receives(void *argument)
{
	const int *fd = argument;
	char buf[8];
	const ssize_t n = tarn_posix_recv(*fd, buf, sizeof(buf), 0);

	return (void *)(n < 0 ? -(ssize_t)errno : n);
}

START_TEST(recv_waits_for_the_first_octet)
{
	struct conn conn       = connected();
	const pthread_t thread = in_thread(receives, &conn.b);

	wait_for_sleeper(conn.b);
	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	ck_assert_int_eq((ssize_t)joined(thread), 3);
}
END_TEST

START_TEST(own_shutdown_wakes_recv)
{
	struct conn conn       = connected();
	const pthread_t thread = in_thread(receives, &conn.b);

	wait_for_sleeper(conn.b);
	ck_assert_int_eq(tarn_posix_shutdown(conn.b, SHUT_RD), 0);
	ck_assert_int_eq((ssize_t)joined(thread), 0);
}
END_TEST

START_TEST(nothing_waits_when_told_not_to)
{
	const struct conn conn = connected();
	static char block[1 << 20];
	int error     = -1;
	socklen_t len = sizeof(error);
	char buf[8];
	ssize_t n;

	fails(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	n = tarn_posix_send(conn.a, block, sizeof(block), MSG_DONTWAIT);
	ck_assert_int_gt(n, 0);
	/* A part is no failure that a later call should tell. */
	ck_assert_int_eq(tarn_posix_getsockopt(conn.a, SOL_SOCKET, SO_ERROR,
	                                       &error, &len),
	                 0);
	ck_assert_int_eq(error, 0);
	ck_assert_int_eq(tarn_posix_fcntl(conn.b, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(
	        tarn_posix_recv(conn.b, block, sizeof(block), MSG_WAITALL) > 0,
	        1);
}
END_TEST

START_TEST(timeouts_end_a_wait_with_eagain)
{
	const struct conn conn     = connected();
	const struct timeval value = { .tv_usec = 1000 };
	static char block[1 << 20];
	ssize_t n;

	ck_assert_int_eq(tarn_posix_setsockopt(conn.a, SOL_SOCKET, SO_RCVTIMEO,
	                                       &value, sizeof(value)),
	                 0);
	ck_assert_int_eq(tarn_posix_setsockopt(conn.a, SOL_SOCKET, SO_SNDTIMEO,
	                                       &value, sizeof(value)),
	                 0);
	fails(tarn_posix_recv(conn.a, block, 1, 0), EAGAIN);
	do
		n = tarn_posix_send(conn.a, block, sizeof(block), 0);
	while (n > 0);
	fails(n, EAGAIN);
}
END_TEST

START_TEST(peek_leaves_and_with_waitall_waits)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	ck_assert_int_eq(
	        tarn_posix_recv(conn.b, buf, 3, MSG_PEEK | MSG_WAITALL), 3);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_PEEK),
	                 3);
	ck_assert_int_eq(tarn_posix_shutdown(conn.a, SHUT_WR), 0);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf),
	                                 MSG_PEEK | MSG_WAITALL),
	                 3);
	ck_assert_int_eq(tarn_posix_read(conn.b, buf, sizeof(buf)), 3);
}
END_TEST

static void *takes_up_to_eight(void *argument)
{
	const int *fd = argument;
	char buf[8];

	return (void *)tarn_posix_recv(*fd, buf, 8, 0);
}

/* POSIX: a blocking receive waits for the low-water mark or all it asks for. */
START_TEST(low_water_mark_is_waited_for)
{
	struct conn conn = connected();
	const int mark   = 6;
	char buf[8];
	pthread_t thread;

	ck_assert_int_eq(tarn_posix_setsockopt(conn.b, SOL_SOCKET, SO_RCVLOWAT,
	                                       &mark, sizeof(mark)),
	                 0);
	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	thread = in_thread(takes_up_to_eight, &conn.b);
	wait_for_sleeper(conn.b);
	ck_assert_int_eq(tarn_posix_send(conn.a, "defg", 4, 0), 4);
	ck_assert_int_eq((ssize_t)joined(thread), 7);

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 3, 0), 3);
	ck_assert_int_eq(tarn_posix_send(conn.a, "xy", 2, 0), 2);
	tarn_posix_shutdown(conn.a, SHUT_WR);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 8, 0), 2);
}
END_TEST

static void *peeks_six(void *argument)
{
	const int *fd = argument;
	char buf[6];

	return (void *)tarn_posix_recv(*fd, buf, 6, MSG_PEEK | MSG_WAITALL);
}

/* The second arrival changes no bit: the socket was readable already. */
START_TEST(more_of_the_same_wakes_too)
{
	struct conn conn = connected();
	pthread_t thread;

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc", 3, 0), 3);
	wait_for(conn.b, POLLIN);
	thread = in_thread(peeks_six, &conn.b);
	wait_for_sleeper(conn.b);
	ck_assert_int_eq(tarn_posix_send(conn.a, "def", 3, 0), 3);
	ck_assert_int_eq((ssize_t)joined(thread), 6);
}
END_TEST

START_TEST(buffers_are_gathered_and_scattered_across_pieces)
{
	const struct conn conn = connected();
	const size_t len       = 90000; /* more than one request carries */
	uint8_t *out = pattern(len), *in = calloc(1, len);
	struct iovec from[] = { { out, 1 },
		                { NULL, 0 },
		                { out + 1, 69999 },
		                { out + 70000, len - 70000 } };
	struct iovec to[]   = { { in, 65535 }, { in + 65535, len - 65535 } };
	struct msghdr msg   = { .msg_iov = from, .msg_iovlen = 4 };

	ck_assert_int_eq(tarn_posix_sendmsg(conn.a, &msg, 0), (ssize_t)len);
	msg = (struct msghdr){ .msg_iov = to, .msg_iovlen = 2 };
	ck_assert_int_eq(tarn_posix_recvmsg(conn.b, &msg, MSG_WAITALL),
	                 (ssize_t)len);
	ck_assert_mem_eq(in, out, len);
	ck_assert_int_eq(msg.msg_flags, 0);
	free(out);
	free(in);
}
END_TEST

/* ---- SIGPIPE ---- */

static volatile sig_atomic_t pipes;

static void count_pipe(int signal)
{
	(void)signal;
	pipes++;
}

START_TEST(broken_pipe_is_a_signal_unless_refused)
{
	const struct conn conn        = connected();
	const struct sigaction action = { .sa_handler = count_pipe };

	ck_assert_int_eq(sigaction(SIGPIPE, &action, NULL), 0);
	ck_assert_int_eq(tarn_posix_shutdown(conn.a, SHUT_WR), 0);
	fails(tarn_posix_send(conn.a, "x", 1, MSG_NOSIGNAL), EPIPE);
	ck_assert_int_eq(pipes, 0);
	fails(tarn_posix_send(conn.a, "x", 1, 0), EPIPE);
	ck_assert_int_eq(pipes, 1);
	fails(tarn_posix_write(conn.a, "x", 1), EPIPE);
	ck_assert_int_eq(pipes, 2);
}
END_TEST

/* ---- datagrams ---- */

START_TEST(datagrams_carry_addresses)
{
	const int a                   = bound(&A, SOCK_DGRAM, 5000);
	const int b                   = bound(&B, SOCK_DGRAM, 53);
	const struct sockaddr_in to   = addr_of(&B, 53);
	const struct sockaddr_in want = addr_of(&A, 5000);
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char buf[8];

	ck_assert_int_eq(
	        tarn_posix_sendto(a, "abc", 3, 0, generic(&to), sizeof(to)), 3);
	ck_assert_int_eq(tarn_posix_recvfrom(b, buf, sizeof(buf), 0,
	                                     (struct sockaddr *)&from, &len),
	                 3);
	ck_assert_uint_eq(len, sizeof(from));
	ck_assert_mem_eq(&from, &want, sizeof(from));
}
END_TEST

START_TEST(cut_datagram_says_so)
{
	const int a = socket_of(&A, SOCK_DGRAM);
	const int b = bound(&B, SOCK_DGRAM, 53);
	struct sockaddr_in from;
	char one[2], two[2];
	struct iovec to[] = { { one, 2 }, { two, 2 } };
	struct msghdr msg = { .msg_iov     = to,
		              .msg_iovlen  = 2,
		              .msg_name    = &from,
		              .msg_namelen = sizeof(from) };

	ck_assert_int_eq(try_connect(a, &B, 53), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tarn_posix_send(a, "12345678", 8, 0), 8);
		wait_for(b, POLLIN);
	}
	ck_assert_int_eq(tarn_posix_recvmsg(b, &msg, 0), 4);
	ck_assert_int_eq(msg.msg_flags, MSG_TRUNC);
	ck_assert_mem_eq(one, "12", 2);
	ck_assert_mem_eq(two, "34", 2);
	ck_assert_uint_eq(from.sin_addr.s_addr, addr_of(&A, 0).sin_addr.s_addr);
	ck_assert_int_eq(tarn_posix_recv(b, one, 2, MSG_TRUNC), 8);
}
END_TEST

START_TEST(datagram_recv_waits)
{
	int b                  = bound(&B, SOCK_DGRAM, 53);
	const int a            = socket_of(&A, SOCK_DGRAM);
	const pthread_t thread = in_thread(receives, &b);

	wait_for_sleeper(b);
	ck_assert_int_eq(try_connect(a, &B, 53), 0);
	ck_assert_int_eq(tarn_posix_write(a, "x", 1), 1);
	ck_assert_int_eq((ssize_t)joined(thread), 1);
}
END_TEST

START_TEST(port_unreachable_is_econnrefused)
{
	const int a = socket_of(&A, SOCK_DGRAM);
	char buf[4];

	ck_assert_int_eq(try_connect(a, &B, 53), 0);
	ck_assert_int_eq(tarn_posix_send(a, "x", 1, 0), 1);
	fails(tarn_posix_recv(a, buf, sizeof(buf), 0), ECONNREFUSED);
}
END_TEST

START_TEST(oversized_datagram_is_emsgsize)
{
	const int a = socket_of(&A, SOCK_DGRAM);
	static char block[70000];

	ck_assert_int_eq(try_connect(a, &B, 53), 0);
	fails(tarn_posix_send(a, block, 65508, 0), EMSGSIZE);
	fails(tarn_posix_send(a, block, sizeof(block), 0), EMSGSIZE);
}
END_TEST

/* ---- arguments ---- */

START_TEST(impossible_arguments_are_refused)
{
	const struct conn conn = connected();
	char control[64];
	struct iovec iov  = { NULL, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	fails(tarn_posix_send(conn.a, "x", 1, MSG_PROXY), EOPNOTSUPP);
	fails(tarn_posix_recv(conn.a, control, 1, MSG_PROXY), EOPNOTSUPP);
	fails(tarn_posix_sendmsg(conn.a, &msg, 0), EFAULT);
	fails(tarn_posix_recvmsg(conn.a, &msg, 0), EFAULT);
	msg.msg_iovlen = 5000;
	fails(tarn_posix_sendmsg(conn.a, &msg, 0), EMSGSIZE);
	msg = (struct msghdr){ .msg_control    = control,
		               .msg_controllen = sizeof(control) };
	fails(tarn_posix_sendmsg(conn.a, &msg, 0), EOPNOTSUPP);
}
END_TEST

PAIR_SUITE("posix_data", blocking_send_takes_all, waitall_waits_for_all,
           low_water_mark_is_waited_for, waitall_ends_with_the_stream,
           error_behind_octets_is_kept_for_the_next_call,
           error_that_was_kept_is_found_in_so_error,
           recv_waits_for_the_first_octet, own_shutdown_wakes_recv,
           nothing_waits_when_told_not_to, timeouts_end_a_wait_with_eagain,
           peek_leaves_and_with_waitall_waits, more_of_the_same_wakes_too,
           buffers_are_gathered_and_scattered_across_pieces,
           broken_pipe_is_a_signal_unless_refused, datagrams_carry_addresses,
           cut_datagram_says_so, datagram_recv_waits,
           port_unreachable_is_econnrefused, oversized_datagram_is_emsgsize,
           impossible_arguments_are_refused)
