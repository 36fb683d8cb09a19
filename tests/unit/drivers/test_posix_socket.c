/* SPDX-License-Identifier: MIT */
/* test_posix_socket.c - socket, bind, listen, the names, shutdown */
#include "tests/unit/drivers/posix_pair.h"
#include <sys/resource.h>

START_TEST(new_socket_is_an_eventfd_with_a_number_of_its_own)
{
	const int a = socket_of(&A, SOCK_STREAM), b = socket_of(&B, SOCK_DGRAM);
	struct pollfd at = { .fd = b, .events = POLLIN };

	ck_assert_int_ne(a, b);
	ck_assert_int_ge(fcntl(a, F_GETFD), 0);
	/* A datagram socket without datagrams is not readable. */
	ck_assert_int_eq(poll(&at, 1, 0), 0);
	ck_assert_int_eq(tarn_posix_close(a), 0);
	ck_assert_int_eq(fcntl(a, F_GETFD), -1);
	fails(tarn_posix_close(a), EBADF);
}
END_TEST

START_TEST(first_stack_is_the_default)
{
	const int server = listener(&B, 80);
	const int fd     = tarn_posix_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(try_connect(fd, &B, 80), 0);
	ck_assert_int_ge(
	        tarn_posix_accept(server, (struct sockaddr *)&peer, &len), 0);
	ck_assert_uint_eq(peer.sin_addr.s_addr, addr_of(&A, 0).sin_addr.s_addr);
}
END_TEST

START_TEST(unknown_kinds_of_sockets_are_refused)
{
	fails(tarn_posix_socket(AF_INET6, SOCK_STREAM, 0), EAFNOSUPPORT);
	fails(tarn_posix_socket(AF_INET, SOCK_RAW, 0), ESOCKTNOSUPPORT);
	fails(tarn_posix_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP),
	      EPROTONOSUPPORT);
}
END_TEST

START_TEST(type_carries_flags)
{
	const int fd = tarn_posix_socket(
	        AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int plain = tarn_posix_socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(tarn_posix_fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
	ck_assert_int_eq(tarn_posix_fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(tarn_posix_fcntl(plain, F_GETFL), O_RDWR);
	ck_assert_int_eq(tarn_posix_fcntl(plain, F_GETFD), 0);
	fails(try_connect(fd, &B, 80), EINPROGRESS);
}
END_TEST

START_TEST(names_are_real_sockaddrs)
{
	const struct conn conn = connected();
	struct sockaddr_in a, b;
	socklen_t len = sizeof(a);

	ck_assert_int_eq(
	        tarn_posix_getsockname(conn.a, (struct sockaddr *)&a, &len), 0);
	ck_assert_uint_eq(len, sizeof(a));
	ck_assert_int_eq(
	        tarn_posix_getpeername(conn.b, (struct sockaddr *)&b, &len), 0);
	ck_assert_int_eq(a.sin_family, AF_INET);
	ck_assert_uint_eq(a.sin_port, b.sin_port);
	ck_assert_uint_eq(a.sin_addr.s_addr, b.sin_addr.s_addr);
	ck_assert_int_eq(
	        tarn_posix_getpeername(conn.a, (struct sockaddr *)&b, &len), 0);
	ck_assert_uint_eq(ntohs(b.sin_port), 80);
}
END_TEST

START_TEST(short_room_for_a_name_cuts_it)
{
	const int fd  = bound(&A, SOCK_STREAM, 80);
	socklen_t len = 4;
	union {
		struct sockaddr any;
		uint8_t octet[sizeof(struct sockaddr)];
	} room                        = { .octet = { 0 } };
	const struct sockaddr_in want = { .sin_family = AF_INET,
		                          .sin_port   = htons(80) };

	ck_assert_int_eq(tarn_posix_getsockname(fd, &room.any, &len), 0);
	ck_assert_uint_eq(len, sizeof(want));
	ck_assert_mem_eq(room.octet, &want, 4);
	ck_assert_uint_eq(room.octet[4], 0);
	fails(tarn_posix_getsockname(fd, NULL, &len), EFAULT);
}
END_TEST

START_TEST(impossible_addresses_are_refused)
{
	const int fd                  = socket_of(&A, SOCK_STREAM);
	const struct sockaddr_in good = addr_of(&A, 80);
	struct sockaddr_in bad        = good;

	bad.sin_family = AF_INET6;
	fails(tarn_posix_bind(fd, generic(&bad), sizeof(bad)), EAFNOSUPPORT);
	fails(tarn_posix_bind(fd, generic(&good), sizeof(good) - 1), EINVAL);
	fails(tarn_posix_bind(fd, NULL, 0), EINVAL);
	ck_assert_int_eq(tarn_posix_bind(fd, generic(&good), sizeof(good)), 0);
}
END_TEST

START_TEST(errors_of_the_stack_come_through)
{
	const int one                 = bound(&A, SOCK_STREAM, 80);
	const int two                 = socket_of(&A, SOCK_STREAM);
	const struct sockaddr_in same = addr_of(&A, 80);

	fails(tarn_posix_bind(two, generic(&same), sizeof(same)), EADDRINUSE);
	fails(tarn_posix_bind(one, generic(&same), sizeof(same)), EINVAL);
	fails(tarn_posix_accept(one, NULL, NULL), EINVAL);
	fails(tarn_posix_shutdown(one, SHUT_WR), ENOTCONN);
	fails(tarn_posix_listen(bound(&A, SOCK_DGRAM, 80), 1), EOPNOTSUPP);
	fails(tarn_posix_send(two, "x", 1, 0), ENOTCONN);
}
END_TEST

START_TEST(what_is_not_ours_goes_to_the_kernel)
{
	struct sockaddr_in name;
	socklen_t len = sizeof(name);
	int fds[2], kernel;
	char buf[4];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(tarn_posix_write(fds[1], "abc", 3), 3);
	ck_assert_int_eq(tarn_posix_read(fds[0], buf, sizeof(buf)), 3);
	fails(tarn_posix_send(fds[1], "x", 1, 0), ENOTSOCK);
	ck_assert_int_eq(tarn_posix_fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	fails(tarn_posix_read(fds[0], buf, sizeof(buf)), EAGAIN);
	ck_assert_int_eq(tarn_posix_close(fds[0]), 0);
	ck_assert_int_eq(tarn_posix_close(fds[1]), 0);

	kernel = socket(AF_INET, SOCK_STREAM, 0);
	fails(tarn_posix_getpeername(kernel, (struct sockaddr *)&name, &len),
	      ENOTCONN);
	ck_assert_int_eq(tarn_posix_close(kernel), 0);
	fails(tarn_posix_recv(-1, buf, 1, 0), EBADF);
}
END_TEST

START_TEST(every_descriptor_of_the_stack_is_given_back)
{
	struct tarn_usage usage;

	for (int i = 0; i < 300; i++) {
		const int fd = socket_of(&A, SOCK_DGRAM);

		ck_assert_int_eq(tarn_posix_close(fd), 0);
	}
	side_stop(&A);
	tarn_usage(A.stack, &usage);
	ck_assert_uint_eq(usage.descriptors, 0);
	ck_assert_uint_eq(usage.udp, 0);
}
END_TEST

START_TEST(no_kernel_descriptor_left_is_emfile)
{
	const struct conn conn = connected();
	const int next         = dup(0);
	struct rlimit limit;

	ck_assert_int_eq(try_connect(socket_of(&A, SOCK_STREAM), &B, 80), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)next + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (dup(0) >= 0)
		;

	fails(tarn_posix_socket(AF_INET, SOCK_STREAM, 0), EMFILE);
	fails(tarn_posix_accept(conn.listener, NULL, NULL), EMFILE);
	fails(tarn_posix_epoll_create1(0), EMFILE);
	/* The connection is still there for who makes room. */
	ck_assert_int_eq(close(next), 0);
	ck_assert_int_eq(tarn_posix_accept(conn.listener, NULL, NULL), next);
}
END_TEST

PAIR_SUITE("posix_socket", new_socket_is_an_eventfd_with_a_number_of_its_own,
           first_stack_is_the_default, unknown_kinds_of_sockets_are_refused,
           type_carries_flags, names_are_real_sockaddrs,
           short_room_for_a_name_cuts_it, impossible_addresses_are_refused,
           errors_of_the_stack_come_through,
           what_is_not_ours_goes_to_the_kernel,
           every_descriptor_of_the_stack_is_given_back,
           no_kernel_descriptor_left_is_emfile)
