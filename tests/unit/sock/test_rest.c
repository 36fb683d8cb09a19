/* SPDX-License-Identifier: MIT */
/* test_rest.c - a socket's user does not notice that its connection rested */
#include "sock/socket.h"
#include "tests/unit/sock/pair.h"

/* Both ends silent for a second, and nobody looks. */
static struct conn resting(void)
{
	const struct conn conn = connected();

	A->env.config.observe = NULL;
	B->env.config.observe = NULL;
	pass(USEC_PER_SEC);
	ck_assert_ptr_nonnull(socks_find(A->socks, conn.a)->rest);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->rest);
	ck_assert_ptr_null(socks_find(B->socks, conn.b)->tcb);

	return conn;
}

static struct tarn_epoll_event watch_edge(int set, int fd)
{
	struct tarn_epoll_event e = { .events = TARN_POLLIN | TARN_EPOLLET,
		                      .data   = 7 };

	ck_assert_int_eq(tarn_epoll_ctl(B, set, TARN_EPOLL_CTL_ADD, fd, &e), 0);

	return e;
}

START_TEST(octets_go_both_ways_as_before)
{
	const struct conn conn = resting();
	char got[8];

	for (int round = 0; round < 3; round++) {
		ck_assert_int_eq(tarn_send(A, conn.a, "ping", 4, 0), 4);
		settle();
		ck_assert_int_eq(tarn_recv(B, conn.b, got, 8, 0), 4);
		ck_assert_int_eq(tarn_send(B, conn.b, "pong!", 5, 0), 5);
		settle();
		ck_assert_int_eq(tarn_recv(A, conn.a, got, 8, 0), 5);
		pass(USEC_PER_SEC);
		ck_assert_ptr_nonnull(socks_find(A->socks, conn.a)->rest);
	}
}
END_TEST

START_TEST(it_is_writable_and_an_epoll_set_hears_what_comes)
{
	const int set             = tarn_epoll_create(B);
	const struct conn conn    = resting();
	struct tarn_epoll_event e = watch_edge(set, conn.b);

	ck_assert_int_eq(tarn_readiness(B, conn.b), TARN_POLLOUT);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->rest);
	ck_assert_int_eq(tarn_epoll_wait(B, set, &e, 1), 0);
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_epoll_wait(B, set, &e, 1), 1);
	ck_assert_uint_eq(e.data, 7);
	ck_assert_uint_eq(e.events, TARN_POLLIN);
}
END_TEST

START_TEST(a_call_wakes_it)
{
	const struct conn conn = resting();
	struct tarn_addr addr;

	ck_assert_int_eq(tarn_getpeername(B, conn.b, &addr), 0);
	ck_assert_uint_eq(addr.ip.octet[3], 1);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->tcb);
	pass(USEC_PER_SEC);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->rest);
	set_int(B, conn.b, TARN_TCP_NODELAY, 1);
	pass(USEC_PER_SEC);
	ck_assert_int_eq(get_int(B, conn.b, TARN_TCP_NODELAY), 1);
}
END_TEST

START_TEST(nothing_to_read_is_said_without_waking_it)
{
	const struct conn conn = resting();
	char octet;

	ck_assert_int_eq(tarn_recv(B, conn.b, &octet, 1, 0), -EAGAIN);
	ck_assert_int_eq(tarn_recv(B, conn.b, &octet, 1, TARN_MSG_PEEK),
	                 -EAGAIN);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->rest);
	ck_assert_int_eq(tarn_recv(B, conn.b, &octet, 1, TARN_MSG_OOB),
	                 -EINVAL);
}
END_TEST

/* Else a program that asks something in every turn of its loop would keep
 * itself awake: a timer of ours would end each turn. */
START_TEST(who_was_woken_by_a_call_rests_later)
{
	const struct conn conn = resting();
	struct tarn_addr addr;

	ck_assert_int_eq(tarn_getpeername(B, conn.b, &addr), 0);
	pass(TCP_REST_US / 2);
	ck_assert_ptr_null(socks_find(B->socks, conn.b)->rest);
	pass(TCP_REST_US);
	ck_assert_ptr_nonnull(socks_find(B->socks, conn.b)->rest);
}
END_TEST

START_TEST(closing_it_is_told_to_the_peer)
{
	const struct conn conn = resting();
	char octet;

	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	settle();
	ck_assert_int_eq(tarn_recv(A, conn.a, &octet, 1, 0), 0);
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	settle();
}
END_TEST

START_TEST(without_memory_calls_say_enobufs)
{
	const struct conn conn = resting();
	char octet;

	B->memory_fuse = 0;
	ck_assert_int_eq(tarn_send(B, conn.b, "x", 1, 0), -ENOBUFS);
	ck_assert_int_eq(tarn_send(B, conn.b, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_recv(A, conn.a, &octet, 1, 0), 1);
}
END_TEST

START_TEST(without_memory_close_resets)
{
	const struct conn conn = resting();
	char octet;

	B->memory_fuse = 0;
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	settle();
	ck_assert_int_eq(tarn_recv(A, conn.a, &octet, 1, 0), -ECONNRESET);
}
END_TEST

START_TEST(a_stack_may_end_while_connections_rest)
{
	resting();
}
END_TEST

PAIR_SUITE("sock/rest", octets_go_both_ways_as_before,
           it_is_writable_and_an_epoll_set_hears_what_comes, a_call_wakes_it,
           nothing_to_read_is_said_without_waking_it,
           who_was_woken_by_a_call_rests_later, closing_it_is_told_to_the_peer,
           without_memory_calls_say_enobufs, without_memory_close_resets,
           a_stack_may_end_while_connections_rest)
