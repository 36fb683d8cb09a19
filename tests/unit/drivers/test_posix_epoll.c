/* SPDX-License-Identifier: MIT */
/* test_posix_epoll.c - sets of our descriptors and the kernel's */
#include "tests/unit/drivers/posix_pair.h"

static int new_set(void)
{
	const int set = tarn_posix_epoll_create1(EPOLL_CLOEXEC);

	ck_assert_int_ge(set, 0);

	return set;
}

static int control(int set, int op, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return tarn_posix_epoll_ctl(set, op, fd, &event);
}

static void add(int set, int fd, uint32_t events)
{
	ck_assert_int_eq(control(set, EPOLL_CTL_ADD, fd, events), 0);
}

static void tells(int set, int fd, uint32_t events)
{
	struct epoll_event event[4];

	ck_assert_int_eq(tarn_posix_epoll_wait(set, event, 4, -1), 1);
	ck_assert_int_eq(event[0].data.fd, fd);
	ck_assert_uint_eq(event[0].events, events);
}

static void is_silent(int set)
{
	struct epoll_event event;

	ck_assert_int_eq(tarn_posix_epoll_wait(set, &event, 1, 0), 0);
}

static void b_gets(const struct conn *conn, const char *text)
{
	const size_t len = strlen(text);

	ck_assert_int_eq(tarn_posix_send(conn->a, text, len, 0), (ssize_t)len);
	wait_for(conn->b, POLLIN);
}

static void b_reads(const struct conn *conn, size_t len)
{
	char buf[16];

	ck_assert_int_eq(tarn_posix_recv(conn->b, buf, len, 0), (ssize_t)len);
}

START_TEST(level_triggered_tells_as_long_as_it_holds)
{
	const struct conn conn = connected();
	const int set          = new_set();

	add(set, conn.b, EPOLLIN);
	is_silent(set);
	b_gets(&conn, "ab");
	tells(set, conn.b, EPOLLIN);
	b_reads(&conn, 1);
	tells(set, conn.b, EPOLLIN);
	b_reads(&conn, 1);
	is_silent(set);
}
END_TEST

START_TEST(edge_triggered_tells_once_per_arrival)
{
	const struct conn conn = connected();
	const int set          = new_set();

	add(set, conn.b, EPOLLIN | EPOLLET);
	b_gets(&conn, "ab");
	tells(set, conn.b, EPOLLIN);
	b_reads(&conn, 1);
	is_silent(set);
	ck_assert_int_eq(tarn_posix_send(conn.a, "c", 1, 0), 1);
	tells(set, conn.b, EPOLLIN);
	is_silent(set);
}
END_TEST

START_TEST(one_shot_is_silent_until_modified)
{
	const struct conn conn = connected();
	const int set          = new_set();

	add(set, conn.b, EPOLLIN | EPOLLONESHOT);
	b_gets(&conn, "a");
	tells(set, conn.b, EPOLLIN);
	is_silent(set);
	ck_assert_int_eq(control(set, EPOLL_CTL_MOD, conn.b, EPOLLIN), 0);
	tells(set, conn.b, EPOLLIN);
}
END_TEST

START_TEST(both_kinds_lie_in_one_set)
{
	const struct conn conn = connected();
	const int set          = new_set();
	struct epoll_event event[4];
	int pipes[2];
	char buf[4];

	ck_assert_int_eq(pipe(pipes), 0);
	add(set, conn.b, EPOLLIN);
	add(set, pipes[0], EPOLLIN);
	is_silent(set);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	tells(set, pipes[0], EPOLLIN);
	b_gets(&conn, "x");
	ck_assert_int_eq(tarn_posix_epoll_wait(set, event, 4, -1), 2);
	ck_assert_int_eq(read(pipes[0], buf, 1), 1);
	tells(set, conn.b, EPOLLIN);
	ck_assert_int_eq(control(set, EPOLL_CTL_DEL, pipes[0], 0), 0);
	ck_assert_int_eq(control(set, EPOLL_CTL_DEL, conn.b, 0), 0);
	is_silent(set);
}
END_TEST

/* One of each is always ready; with room for one event both get their turn. */
START_TEST(neither_kind_starves_the_other)
{
	const int set = new_set(), fd = socket_of(&A, SOCK_DGRAM);
	struct epoll_event event;
	int pipes[2], ours = 0;

	ck_assert_int_eq(pipe(pipes), 0);
	add(set, fd, EPOLLOUT);
	add(set, pipes[1], EPOLLOUT);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(tarn_posix_epoll_wait(set, &event, 1, -1), 1);
		ours += event.data.fd == fd;
	}
	ck_assert_int_eq(ours, 5);
}
END_TEST

START_TEST(sockets_of_two_stacks_lie_in_one_set)
{
	const struct conn conn = connected();
	const int set          = new_set();
	struct epoll_event event[4];

	add(set, conn.a, EPOLLIN);
	add(set, conn.b, EPOLLIN);
	is_silent(set);
	ck_assert_int_eq(tarn_posix_send(conn.a, "x", 1, 0), 1);
	tells(set, conn.b, EPOLLIN);
	ck_assert_int_eq(tarn_posix_send(conn.b, "x", 1, 0), 1);
	wait_for(conn.a, POLLIN);
	ck_assert_int_eq(tarn_posix_epoll_wait(set, event, 4, -1), 2);
}
END_TEST

static void *waits(void *argument)
{
	const int *set = argument;
	struct epoll_event event;
	const int n = tarn_posix_epoll_wait(*set, &event, 1, -1);

	return (void *)(intptr_t)(n == 1 ? event.data.fd : -1);
}

START_TEST(wait_is_woken_by_what_happens)
{
	const struct conn conn = connected();
	int set                = new_set();
	pthread_t thread;

	add(set, conn.b, EPOLLIN);
	thread = in_thread(waits, &set);
	ck_assert_int_eq(tarn_posix_send(conn.a, "x", 1, 0), 1);
	ck_assert_int_eq((intptr_t)joined(thread), conn.b);
}
END_TEST

START_TEST(wait_returns_when_the_time_is_up)
{
	const int set = new_set();
	struct epoll_event event;

	add(set, socket_of(&A, SOCK_DGRAM), EPOLLIN);
	ck_assert_int_eq(tarn_posix_epoll_wait(set, &event, 1, 2), 0);
}
END_TEST

START_TEST(closing_takes_the_descriptor_out)
{
	const int set = new_set(), fd = socket_of(&A, SOCK_DGRAM);

	add(set, fd, EPOLLOUT);
	tells(set, fd, EPOLLOUT);
	ck_assert_int_eq(tarn_posix_close(fd), 0);
	is_silent(set);
}
END_TEST

START_TEST(set_lies_in_a_set)
{
	const struct conn conn = connected();
	const int inner = new_set(), outer = new_set();
	const int kernel         = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };

	add(inner, conn.b, EPOLLIN);
	add(outer, inner, EPOLLIN);
	ck_assert_int_eq(epoll_ctl(kernel, EPOLL_CTL_ADD, inner, &event), 0);
	is_silent(outer);
	b_gets(&conn, "x");
	tells(outer, inner, EPOLLIN);
	ck_assert_int_eq(epoll_wait(kernel, &event, 1, -1), 1);
	wait_for(inner, POLLIN);
	tells(inner, conn.b, EPOLLIN);
}
END_TEST

START_TEST(kernels_own_set_watches_a_socket_for_input)
{
	const struct conn conn   = connected();
	const int kernel         = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };

	ck_assert_int_eq(epoll_ctl(kernel, EPOLL_CTL_ADD, conn.b, &event), 0);
	ck_assert_int_eq(epoll_wait(kernel, &event, 1, 0), 0);
	b_gets(&conn, "x");
	ck_assert_int_eq(epoll_wait(kernel, &event, 1, -1), 1);
	b_reads(&conn, 1);
	ck_assert_int_eq(epoll_wait(kernel, &event, 1, 0), 0);
}
END_TEST

START_TEST(stack_that_stops_is_silent_and_the_rest_goes_on)
{
	const struct conn conn = connected();
	const int set          = new_set();
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	add(set, conn.a, EPOLLIN);
	add(set, conn.b, EPOLLIN);
	add(set, pipes[0], EPOLLIN);
	side_stop(&B);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	/* B closes its sockets when it stops, but is no more polled. */
	tells(set, pipes[0], EPOLLIN);
	fails(control(set, EPOLL_CTL_MOD, conn.b, EPOLLIN), ENETDOWN);
	ck_assert_int_eq(control(set, EPOLL_CTL_MOD, conn.a, EPOLLOUT), 0);
	ck_assert_int_eq(control(set, EPOLL_CTL_DEL, pipes[0], 0), 0);
	tells(set, conn.a, EPOLLOUT);
	ck_assert_int_eq(tarn_posix_close(set), 0);
}
END_TEST

START_TEST(arguments_are_checked)
{
	const int set = new_set(), fd = socket_of(&A, SOCK_DGRAM);
	struct epoll_event event;

	fails(control(set, EPOLL_CTL_MOD, fd, EPOLLIN), ENOENT);
	fails(control(set, EPOLL_CTL_DEL, fd, EPOLLIN), ENOENT);
	add(set, fd, EPOLLIN);
	fails(control(set, EPOLL_CTL_ADD, fd, EPOLLIN), EEXIST);
	fails(control(set, EPOLL_CTL_ADD, set, EPOLLIN), EINVAL);
	fails(control(set, 9, fd, EPOLLIN), EINVAL);
	fails(control(fd, EPOLL_CTL_ADD, set, EPOLLIN), EINVAL);
	fails(control(set, EPOLL_CTL_ADD, 900, EPOLLIN), EBADF);
	fails(tarn_posix_epoll_ctl(set, EPOLL_CTL_ADD, fd, NULL), EFAULT);
	fails(tarn_posix_epoll_wait(fd, &event, 1, 0), EINVAL);
	fails(tarn_posix_epoll_wait(set, &event, 0, 0), EINVAL);
	fails(tarn_posix_epoll_wait(set, NULL, 1, 0), EFAULT);
	fails(tarn_posix_send(set, "x", 1, 0), ENOTSOCK);
	fails(tarn_posix_epoll_create1(-1), EINVAL);
}
END_TEST

START_TEST(nothing_is_held_after_close)
{
	const int set = new_set(), fd = socket_of(&A, SOCK_DGRAM);
	const int next = dup(0);
	struct tarn_usage usage;
	int pipes[2];

	close(next);
	ck_assert_int_eq(pipe(pipes), 0);
	add(set, fd, EPOLLIN);
	add(set, pipes[0], EPOLLIN);
	ck_assert_int_eq(tarn_posix_close(set), 0);
	ck_assert_int_eq(tarn_posix_close(fd), 0);
	close(pipes[0]);
	close(pipes[1]);
	ck_assert_int_le(dup(0), next);
	side_stop(&A);
	tarn_usage(A.stack, &usage);
	ck_assert_uint_eq(usage.descriptors, 0);
}
END_TEST

PAIR_SUITE("posix_epoll", level_triggered_tells_as_long_as_it_holds,
           edge_triggered_tells_once_per_arrival,
           one_shot_is_silent_until_modified, both_kinds_lie_in_one_set,
           neither_kind_starves_the_other, sockets_of_two_stacks_lie_in_one_set,
           wait_is_woken_by_what_happens, wait_returns_when_the_time_is_up,
           closing_takes_the_descriptor_out, set_lies_in_a_set,
           kernels_own_set_watches_a_socket_for_input,
           stack_that_stops_is_silent_and_the_rest_goes_on,
           arguments_are_checked, nothing_is_held_after_close)
