/* SPDX-License-Identifier: MIT */
/* test_posix_ioctl.c - queue lengths, FIONBIO, readv and writev */
#include "tests/unit/drivers/posix_pair.h"
#include <linux/sockios.h>
#include <sys/ioctl.h>

static int asked(int fd, unsigned long request)
{
	int value = -1;

	ck_assert_int_eq(tarn_posix_ioctl(fd, request, &value), 0);

	return value;
}

START_TEST(queues_have_lengths)
{
	const struct conn conn = connected();

	ck_assert_int_eq(asked(conn.b, SIOCINQ), 0);
	ck_assert_int_eq(tarn_posix_send(conn.a, "12345", 5, 0), 5);
	wait_for(conn.b, POLLIN);
	ck_assert_int_eq(asked(conn.b, FIONREAD), 5);
	while (asked(conn.a, SIOCOUTQ) > 0)
		sched_yield();
	ck_assert_int_eq(asked(conn.a, SIOCOUTQNSD), 0);
}
END_TEST

START_TEST(fionbio_switches_nonblocking)
{
	const struct conn conn = connected();
	int on                 = 1;
	char buf[4];

	ck_assert_int_eq(tarn_posix_ioctl(conn.a, FIONBIO, &on), 0);
	ck_assert_int_eq(tarn_posix_fcntl(conn.a, F_GETFL),
	                 O_RDWR | O_NONBLOCK);
	fails(tarn_posix_recv(conn.a, buf, sizeof(buf), 0), EAGAIN);
	fails(tarn_posix_ioctl(conn.a, TIOCGWINSZ, &on), ENOTTY);
	fails(tarn_posix_ioctl(conn.a, FIONREAD, NULL), EFAULT);
}
END_TEST

START_TEST(several_buffers_are_one_stream)
{
	const struct conn conn = connected();
	char one[3], two[3];
	const struct iovec out[] = { { "ab", 2 }, { "cdef", 4 } };
	const struct iovec in[]  = { { one, sizeof(one) },
		                     { two, sizeof(two) } };

	ck_assert_int_eq(tarn_posix_writev(conn.a, out, 2), 6);
	while (asked(conn.b, SIOCINQ) < 6)
		sched_yield();
	ck_assert_int_eq(tarn_posix_readv(conn.b, in, 2), 6);
	ck_assert(memcmp(one, "abc", 3) == 0 && memcmp(two, "def", 3) == 0);
	fails(tarn_posix_writev(conn.a, out, -1), EINVAL);
	fails(tarn_posix_readv(conn.a, in, -1), EINVAL);
}
END_TEST

START_TEST(descriptors_of_the_kernel_are_its_business)
{
	int pipe_fd[2];
	const struct iovec out[] = { { "ab", 2 }, { "c", 1 } };
	char got[3];
	const struct iovec in[] = { { got, 1 }, { got + 1, 2 } };

	ck_assert_int_eq(pipe(pipe_fd), 0);
	ck_assert_int_eq(tarn_posix_writev(pipe_fd[1], out, 2), 3);
	ck_assert_int_eq(asked(pipe_fd[0], FIONREAD), 3);
	ck_assert_int_eq(tarn_posix_readv(pipe_fd[0], in, 2), 3);
	ck_assert(memcmp(got, "abc", 3) == 0);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}
END_TEST

PAIR_SUITE("posix_ioctl", queues_have_lengths, fionbio_switches_nonblocking,
           several_buffers_are_one_stream,
           descriptors_of_the_kernel_are_its_business)
