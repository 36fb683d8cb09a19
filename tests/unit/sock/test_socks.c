/* SPDX-License-Identifier: MIT */
/* test_socks.c - the table of descriptors */
#include "sock/socket.h"
#include "tests/unit/sock/pair.h"

START_TEST(lowest_free_descriptor_is_given)
{
	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(tarn_socket(A, TARN_DGRAM), i);
	ck_assert_int_eq(tarn_close(A, 130), 0);
	ck_assert_int_eq(tarn_close(A, 5), 0);
	ck_assert_int_eq(tarn_close(A, 64), 0);

	ck_assert_int_eq(tarn_socket(A, TARN_STREAM), 5);
	ck_assert_int_eq(tarn_epoll_create(A), 64);
	ck_assert_int_eq(tarn_socket(A, TARN_DGRAM), 130);
	ck_assert_int_eq(tarn_socket(A, TARN_DGRAM), 200);
	ck_assert_uint_eq(socks_count(A->socks), 201);
}
END_TEST

START_TEST(unknown_type_is_einval)
{
	ck_assert_int_eq(tarn_socket(A, 0), -EINVAL);
	ck_assert_int_eq(tarn_socket(A, 3), -EINVAL);
}
END_TEST

static void every_call_says_ebadf(int fd)
{
	struct tarn_addr addr     = any_port(80);
	struct tarn_iovec iov     = { .base = &addr, .len = 1 };
	struct tarn_msg msg       = { .iov = &iov, .iov_count = 1 };
	struct tarn_epoll_event e = { .events = TARN_POLLIN };
	const int epfd            = tarn_epoll_create(A);
	int value                 = 1;

	ck_assert_int_eq(tarn_bind(A, fd, &addr), -EBADF);
	ck_assert_int_eq(tarn_listen(A, fd, 1), -EBADF);
	ck_assert_int_eq(tarn_accept(A, fd, NULL), -EBADF);
	ck_assert_int_eq(tarn_connect(A, fd, &addr), -EBADF);
	ck_assert_int_eq(tarn_send(A, fd, "x", 1, 0), -EBADF);
	ck_assert_int_eq(tarn_recv(A, fd, &addr, 1, 0), -EBADF);
	ck_assert_int_eq(tarn_sendto(A, fd, "x", 1, 0, &addr), -EBADF);
	ck_assert_int_eq(tarn_recvfrom(A, fd, &value, 1, 0, &addr), -EBADF);
	ck_assert_int_eq(tarn_sendmsg(A, fd, &msg, 0), -EBADF);
	ck_assert_int_eq(tarn_recvmsg(A, fd, &msg, 0), -EBADF);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_WR), -EBADF);
	ck_assert_int_eq(tarn_close(A, fd), -EBADF);
	ck_assert_int_eq(tarn_getsockname(A, fd, &addr), -EBADF);
	ck_assert_int_eq(tarn_getpeername(A, fd, &addr), -EBADF);
	ck_assert_int_eq(
	        tarn_setsockopt(A, fd, TARN_IP_TTL, &value, sizeof(value)),
	        -EBADF);
	ck_assert_int_eq(
	        tarn_getsockopt(A, fd, TARN_IP_TTL, &value, sizeof(value)),
	        -EBADF);
	ck_assert_int_eq(tarn_readiness(A, fd), -EBADF);
	ck_assert_int_eq(tarn_epoll_wait(A, fd, &e, 1), -EBADF);
	ck_assert_int_eq(tarn_epoll_ctl(A, fd, TARN_EPOLL_CTL_ADD, epfd, &e),
	                 -EBADF);
	ck_assert_int_eq(tarn_epoll_ctl(A, epfd, TARN_EPOLL_CTL_ADD, fd, &e),
	                 -EBADF);
	ck_assert_int_eq(tarn_close(A, epfd), 0);
}

START_TEST(closed_descriptor_is_ebadf_everywhere)
{
	const int keeper = datagram(A);
	const int fd     = stream(A);

	ck_assert_int_ne(keeper, fd);
	ck_assert_int_eq(tarn_close(A, fd), 0);
	/* The set that the helper makes takes the number; keep it taken. */
	ck_assert_int_eq(datagram(A), fd);
	every_call_says_ebadf(fd + 2);
	every_call_says_ebadf(-1);
	every_call_says_ebadf(INT32_MAX);
	every_call_says_ebadf(INT32_MIN);
	every_call_says_ebadf(SOCKETS_MAX);
}
END_TEST

START_TEST(socket_calls_on_an_epoll_set_are_enotsock)
{
	struct tarn_addr addr = any_port(80);
	const int fd          = tarn_epoll_create(A);
	int value             = 1;

	ck_assert_int_eq(tarn_bind(A, fd, &addr), -ENOTSOCK);
	ck_assert_int_eq(tarn_listen(A, fd, 1), -ENOTSOCK);
	ck_assert_int_eq(tarn_connect(A, fd, &addr), -ENOTSOCK);
	ck_assert_int_eq(tarn_accept(A, fd, NULL), -ENOTSOCK);
	ck_assert_int_eq(tarn_send(A, fd, "x", 1, 0), -ENOTSOCK);
	ck_assert_int_eq(tarn_recv(A, fd, &value, 1, 0), -ENOTSOCK);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_WR), -ENOTSOCK);
	ck_assert_int_eq(tarn_getsockname(A, fd, &addr), -ENOTSOCK);
	ck_assert_int_eq(
	        tarn_setsockopt(A, fd, TARN_IP_TTL, &value, sizeof(value)),
	        -ENOTSOCK);
}
END_TEST

START_TEST(table_ends_where_the_configuration_says)
{
	A->env.config.descriptors_max = 10000;
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(tarn_socket(A, TARN_STREAM), i);
	ck_assert_int_eq(tarn_socket(A, TARN_STREAM), -EMFILE);
	ck_assert_int_eq(tarn_epoll_create(A), -EMFILE);

	ck_assert_int_eq(tarn_close(A, 4711), 0);
	ck_assert_int_eq(tarn_socket(A, TARN_STREAM), 4711);
	ck_assert_int_eq(tarn_socket(A, TARN_STREAM), -EMFILE);
}
END_TEST

START_TEST(nothing_is_held_after_the_last_close)
{
	const size_t used = A->env.memory.used;
	int fd[100];

	for (int i = 0; i < 100; i++)
		fd[i] = stream(A);
	ck_assert_int_eq(tarn_listen(A, fd[3], 1), 0);
	ck_assert_uint_gt(A->env.memory.used, used);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(tarn_close(A, fd[i]), 0);
	settle();

	ck_assert_uint_eq(socks_count(A->socks), 0);
	ck_assert_uint_eq(A->env.memory.used, used);
}
END_TEST

START_TEST(report_about_a_closed_socket_does_not_reach_its_successor)
{
	const struct conn conn    = connected();
	const int set             = tarn_epoll_create(B);
	struct tarn_epoll_event e = { .events = TARN_POLLIN | TARN_EPOLLET };

	/* Data arrives at B, which closes before anybody has looked. */
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), 1);
	tcp_output_all(A->tcp);
	for (unsigned i = 0; i < B->inbox_count; i++) {
		struct net_rx rx = { 0 };

		ck_assert_int_eq(net_input(B->net, B->frame[i], B->len[i], &rx),
		                 DROP_NONE);
		pair_dispatch(B, &rx);
	}
	B->inbox_count = 0;
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	ck_assert_int_eq(datagram(B), conn.b);
	ck_assert_int_eq(tarn_epoll_ctl(B, set, TARN_EPOLL_CTL_ADD, conn.b, &e),
	                 0);

	socks_drain(B->socks);
	ck_assert(list_is_empty(&socks_find(B->socks, set)->set->ready));
}
END_TEST

START_TEST(stale_user_finds_nobody)
{
	const struct conn conn    = connected();
	const int set             = tarn_epoll_create(B);
	const int fd              = datagram(B);
	void *stale               = socket_user(socks_find(B->socks, fd));
	struct tarn_epoll_event e = { .events = TARN_POLLIN | TARN_EPOLLET };

	ck_assert_int_eq(tarn_close(B, fd), 0);
	ck_assert_int_eq(datagram(B), fd);
	ck_assert_int_eq(tarn_epoll_ctl(B, set, TARN_EPOLL_CTL_ADD, fd, &e), 0);
	tcp_set_user(socks_find(B->socks, conn.b)->tcb, stale);
	socks_drain(B->socks);
	ck_assert(list_is_empty(&socks_find(B->socks, set)->set->ready));
}
END_TEST

static int open_three(void)
{
	const int types[] = { TARN_STREAM, TARN_DGRAM, TARN_STREAM };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		const int fd = tarn_socket(A, types[i]);

		if (fd < 0)
			return fd;
	}

	return 0;
}

START_TEST(any_allocation_may_fail)
{
	const size_t used = A->env.memory.used;
	int rc            = -ENOMEM;

	for (int fuse = 0; rc != 0; fuse++) {
		ck_assert_int_lt(fuse, 20);
		A->memory_fuse = fuse;
		rc             = open_three();
		A->memory_fuse = -1;
		ck_assert(rc == 0 || rc == -ENOMEM);
		for (int fd = 0; fd < 3; fd++)
			(void)tarn_close(A, fd);
		ck_assert_uint_eq(A->env.memory.used, used);
	}
}
END_TEST

START_TEST(observer_sees_calls_and_what_they_returned)
{
	const struct tarn_addr peer = addr_of(B, 80);
	int fd;

	fd = stream(A);
	ck_assert_uint_eq(A->call_count, 1);
	ck_assert_str_eq(A->call.name, "socket");
	ck_assert_int_eq(A->call.result, fd);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	ck_assert_str_eq(A->call.name, "connect");
	ck_assert_int_eq(A->call.fd, fd);
	ck_assert_int_eq(A->call.result, -EINPROGRESS);
}
END_TEST

START_TEST(observer_sees_not_yet_once)
{
	const int fd         = listener(A, 80);
	const unsigned count = A->call_count;

	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(tarn_accept(A, fd, NULL), -EAGAIN);
	ck_assert_int_eq(tarn_readiness(A, fd), 0);
	ck_assert_uint_eq(A->call_count, count + 1);
	ck_assert_str_eq(A->call.name, "accept");
	ck_assert_int_eq(A->call.result, -EAGAIN);
}
END_TEST

START_TEST(destroy_drops_everything_that_is_open)
{
	const struct conn conn    = connected();
	const int set             = tarn_epoll_create(A);
	struct tarn_epoll_event e = { .events = TARN_POLLIN };

	ck_assert_int_eq(tarn_epoll_ctl(A, set, TARN_EPOLL_CTL_ADD, conn.a, &e),
	                 0);
	ck_assert_int_ge(bound(A, TARN_STREAM, 99), 0);
	/* The teardown destroys both stacks and finds no octet held. */
}
END_TEST

PAIR_SUITE("socks", lowest_free_descriptor_is_given, unknown_type_is_einval,
           closed_descriptor_is_ebadf_everywhere,
           socket_calls_on_an_epoll_set_are_enotsock,
           table_ends_where_the_configuration_says,
           nothing_is_held_after_the_last_close,
           report_about_a_closed_socket_does_not_reach_its_successor,
           stale_user_finds_nobody, any_allocation_may_fail,
           observer_sees_calls_and_what_they_returned,
           observer_sees_not_yet_once, destroy_drops_everything_that_is_open)
