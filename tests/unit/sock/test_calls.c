/* SPDX-License-Identifier: MIT */
/* test_calls.c - bind, the two names of a socket, close */
#include "tests/unit/sock/pair.h"

static void addr_is(const struct tarn_addr *addr, const struct tarn_ip *ip,
                    uint16_t port)
{
	ck_assert_mem_eq(&addr->ip, ip, sizeof(*ip));
	ck_assert_uint_eq(addr->port, port);
}

static enum tcp_state state_of(struct tarn *t, int fd)
{
	struct tarn_tcp_info info;

	ck_assert_int_eq(
	        tarn_getsockopt(t, fd, TARN_TCP_INFO, &info, sizeof(info)),
	        (int)sizeof(info));

	return info.state;
}

START_TEST(second_bind_is_einval)
{
	const struct tarn_addr one = any_port(80), two = any_port(81);
	const int s = stream(A), d = datagram(A);

	ck_assert_int_eq(tarn_bind(A, s, &one), 0);
	ck_assert_int_eq(tarn_bind(A, s, &two), -EINVAL);
	ck_assert_int_eq(tarn_bind(A, d, &one), 0);
	ck_assert_int_eq(tarn_bind(A, d, &two), -EINVAL);
}
END_TEST

START_TEST(connected_socket_cannot_be_bound)
{
	const struct conn conn     = connected();
	const struct tarn_addr any = any_port(99);

	ck_assert_int_eq(tarn_bind(A, conn.a, &any), -EINVAL);
	ck_assert_int_eq(tarn_bind(B, conn.b, &any), -EINVAL);
	ck_assert_int_eq(tarn_bind(B, conn.listener, &any), -EINVAL);
}
END_TEST

START_TEST(foreign_address_cannot_be_bound)
{
	const struct tarn_addr theirs = addr_of(B, 80);

	ck_assert_int_eq(tarn_bind(A, stream(A), &theirs), -EADDRNOTAVAIL);
	ck_assert_int_eq(tarn_bind(A, datagram(A), &theirs), -EADDRNOTAVAIL);
}
END_TEST

START_TEST(ipv6_is_refused)
{
	const struct tarn_addr six = { .ip   = { .version = TARN_IP6 },
		                       .port = 80 };

	ck_assert_int_eq(tarn_bind(A, stream(A), &six), -EAFNOSUPPORT);
	ck_assert_int_eq(tarn_connect(A, stream(A), &six), -EAFNOSUPPORT);
	ck_assert_int_eq(tarn_connect(A, datagram(A), &six), -EAFNOSUPPORT);
}
END_TEST

START_TEST(null_address_is_efault)
{
	ck_assert_int_eq(tarn_bind(A, stream(A), NULL), -EFAULT);
	ck_assert_int_eq(tarn_connect(A, stream(A), NULL), -EFAULT);
}
END_TEST

START_TEST(zero_address_is_the_wildcard)
{
	const struct tarn_addr zero = { .ip   = tarn_ip4(0, 0, 0, 0),
		                        .port = 80 };
	const struct tarn_ip none   = { .version = TARN_IP_NONE };
	struct tarn_addr name;
	const int fd = stream(A);

	ck_assert_int_eq(tarn_bind(A, fd, &zero), 0);
	ck_assert_int_eq(tarn_getsockname(A, fd, &name), 0);
	addr_is(&name, &none, 80);
}
END_TEST

START_TEST(names_of_a_fresh_socket)
{
	const struct tarn_ip none = { .version = TARN_IP_NONE };
	const int fds[]           = { stream(A), datagram(A) };
	struct tarn_addr name;

	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		ck_assert_int_eq(tarn_getsockname(A, fds[i], &name), 0);
		addr_is(&name, &none, 0);
		ck_assert_int_eq(tarn_getpeername(A, fds[i], &name), -ENOTCONN);
	}
}
END_TEST

START_TEST(names_of_a_connection_mirror_each_other)
{
	const struct conn conn = connected();
	struct tarn_addr a, b;

	ck_assert_int_eq(tarn_getsockname(A, conn.a, &a), 0);
	ck_assert_int_eq(tarn_getpeername(B, conn.b, &b), 0);
	ck_assert_mem_eq(&a.ip, &A->env.config.ip, sizeof(a.ip));
	ck_assert_mem_eq(&a.ip, &b.ip, sizeof(a.ip));
	ck_assert_uint_eq(a.port, b.port);

	ck_assert_int_eq(tarn_getpeername(A, conn.a, &a), 0);
	ck_assert_int_eq(tarn_getsockname(B, conn.b, &b), 0);
	addr_is(&a, &B->env.config.ip, 80);
	addr_is(&b, &B->env.config.ip, 80);
	ck_assert_int_eq(tarn_getpeername(B, conn.listener, &b), -ENOTCONN);
}
END_TEST

START_TEST(peer_has_no_name_while_connecting)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = stream(A);
	struct tarn_addr name;

	B->is_deaf = true;
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_getpeername(A, fd, &name), -ENOTCONN);
	ck_assert_int_eq(tarn_getsockname(A, fd, &name), 0);
	ck_assert_uint_ne(name.port, 0);
}
END_TEST

START_TEST(names_of_a_connected_datagram_socket)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int fd                = datagram(A);
	struct tarn_addr name;

	ck_assert_int_eq(tarn_connect(A, fd, &peer), 0);
	ck_assert_int_eq(tarn_getpeername(A, fd, &name), 0);
	addr_is(&name, &peer.ip, 53);
	ck_assert_int_eq(tarn_getsockname(A, fd, &name), 0);
	ck_assert_uint_ne(name.port, 0);
}
END_TEST

START_TEST(close_says_fin_and_goes_on_in_the_background)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_send(A, conn.a, "last", 4, 0), 4);
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 4);
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(state_of(B, conn.b), TCPS_CLOSE_WAIT);
}
END_TEST

START_TEST(close_with_linger_zero_resets)
{
	const struct conn conn       = connected();
	const struct tarn_linger now = { .on = 1, .linger_s = 0 };
	char buf[8];

	ck_assert_int_eq(
	        tarn_setsockopt(A, conn.a, TARN_SO_LINGER, &now, sizeof(now)),
	        0);
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0),
	                 -ECONNRESET);
}
END_TEST

START_TEST(close_with_linger_time_says_fin)
{
	const struct conn conn         = connected();
	const struct tarn_linger later = { .on = 1, .linger_s = 5 };
	char buf[8];

	ck_assert_int_eq(tarn_setsockopt(A, conn.a, TARN_SO_LINGER, &later,
	                                 sizeof(later)),
	                 0);
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(close_with_unread_data_resets)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_send(B, conn.b, "unread", 6, 0), 6);
	settle();
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0),
	                 -ECONNRESET);
}
END_TEST

START_TEST(closed_listener_resets_who_waits_and_refuses_others)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = listener(B, 80);
	const int one = stream(A), two = stream(A);
	char buf[8];

	ck_assert_int_eq(tarn_connect(A, one, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_close(B, fd), 0);
	settle();
	ck_assert_int_eq(tarn_recv(A, one, buf, sizeof(buf), 0), -ECONNRESET);

	ck_assert_int_eq(tarn_connect(A, two, &peer), -EINPROGRESS);
	settle();
	ck_assert_int_eq(get_int(A, two, TARN_SO_ERROR), ECONNREFUSED);
}
END_TEST

START_TEST(closed_datagram_socket_frees_its_port_and_queue)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const size_t used           = B->env.memory.used;
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);

	ck_assert_int_eq(tarn_sendto(A, a, "x", 1, 0, &peer), 1);
	settle();
	ck_assert_int_eq(tarn_readiness(B, b) & TARN_POLLIN, TARN_POLLIN);
	ck_assert_int_eq(tarn_close(B, b), 0);
	ck_assert_uint_eq(udp_count(B->udp), 0);
	ck_assert_uint_le(B->env.memory.used, used + 4096);
	ck_assert_int_ge(bound(B, TARN_DGRAM, 53), 0);
}
END_TEST

PAIR_SUITE("calls", second_bind_is_einval, connected_socket_cannot_be_bound,
           foreign_address_cannot_be_bound, ipv6_is_refused,
           null_address_is_efault, zero_address_is_the_wildcard,
           names_of_a_fresh_socket, names_of_a_connection_mirror_each_other,
           peer_has_no_name_while_connecting,
           names_of_a_connected_datagram_socket,
           close_says_fin_and_goes_on_in_the_background,
           close_with_linger_zero_resets, close_with_linger_time_says_fin,
           close_with_unread_data_resets,
           closed_listener_resets_who_waits_and_refuses_others,
           closed_datagram_socket_frees_its_port_and_queue)
