/* SPDX-License-Identifier: MIT */
/* test_ports.c - which stream sockets may share a port */
#include "tests/unit/sock/pair.h"

/* Binds a new socket and tells what came of it; a failed one is closed. */
static int try_bind(struct tarn *t, const struct tarn_addr *local, int reuse)
{
	const int fd = stream(t);
	int error;

	set_int(t, fd, TARN_SO_REUSEADDR, reuse);
	error = tarn_bind(t, fd, local);
	if (!error)
		return fd;
	ck_assert_int_eq(tarn_close(t, fd), 0);

	return error;
}

START_TEST(port_is_taken_by_a_bound_socket)
{
	const struct tarn_addr any = any_port(80), ours = addr_of(A, 80);

	ck_assert_int_ge(try_bind(A, &ours, 0), 0);
	ck_assert_int_eq(try_bind(A, &ours, 0), -EADDRINUSE);
	ck_assert_int_eq(try_bind(A, &any, 0), -EADDRINUSE);
}
END_TEST

START_TEST(wildcard_overlaps_every_address)
{
	const struct tarn_addr any = any_port(80), ours = addr_of(A, 80);

	ck_assert_int_ge(try_bind(A, &any, 0), 0);
	ck_assert_int_eq(try_bind(A, &ours, 0), -EADDRINUSE);
}
END_TEST

START_TEST(other_ports_and_udp_are_not_concerned)
{
	const struct tarn_addr a = any_port(80), b = any_port(81);

	ck_assert_int_ge(try_bind(A, &a, 0), 0);
	ck_assert_int_ge(try_bind(A, &b, 0), 0);
	ck_assert_int_ge(bound(A, TARN_DGRAM, 80), 0);
}
END_TEST

START_TEST(close_frees_the_port)
{
	const struct tarn_addr any = any_port(80);

	for (int i = 0; i < 3; i++) {
		const int fd = try_bind(A, &any, 0);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(tarn_close(A, fd), 0);
	}
}
END_TEST

START_TEST(reuse_must_be_wanted_by_both)
{
	const struct tarn_addr any = any_port(80);
	const int fd               = try_bind(A, &any, 0);

	ck_assert_int_eq(try_bind(A, &any, 1), -EADDRINUSE);
	set_int(A, fd, TARN_SO_REUSEADDR, 1);
	ck_assert_int_eq(try_bind(A, &any, 0), -EADDRINUSE);
	ck_assert_int_ge(try_bind(A, &any, 1), 0);
}
END_TEST

START_TEST(of_two_that_share_a_port_one_can_listen)
{
	const struct tarn_addr any = any_port(80), ours = addr_of(A, 80);
	const int one = try_bind(A, &any, 1), two = try_bind(A, &any, 1);
	const int three = try_bind(A, &ours, 1);

	ck_assert_int_eq(tarn_listen(A, one, 1), 0);
	ck_assert_int_eq(tarn_listen(A, two, 1), -EADDRINUSE);
	ck_assert_int_eq(tarn_listen(A, three, 1), -EADDRINUSE);
	ck_assert_int_eq(tarn_close(A, one), 0);
	ck_assert_int_eq(tarn_listen(A, two, 1), 0);
}
END_TEST

START_TEST(reuse_does_not_help_against_a_listener)
{
	const struct tarn_addr any = any_port(80), ours = addr_of(A, 80);
	const int fd = try_bind(A, &any, 1);

	ck_assert_int_eq(tarn_listen(A, fd, 1), 0);
	ck_assert_int_eq(try_bind(A, &any, 1), -EADDRINUSE);
	ck_assert_int_eq(try_bind(A, &ours, 1), -EADDRINUSE);
}
END_TEST

START_TEST(only_reuse_binds_beside_a_connection)
{
	const struct conn conn     = connected();
	const struct tarn_addr any = any_port(80);

	ck_assert_int_eq(tarn_close(B, conn.listener), 0);
	settle();
	ck_assert_int_eq(try_bind(B, &any, 0), -EADDRINUSE);
	ck_assert_int_ge(try_bind(B, &any, 1), 0);
}
END_TEST

START_TEST(only_reuse_binds_beside_time_wait)
{
	const struct conn conn     = connected();
	const struct tarn_addr any = any_port(80);
	int fd;

	/* B closes first, so the wait is B's. */
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	ck_assert_int_eq(tarn_close(B, conn.listener), 0);
	settle();
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	pass(USEC_PER_SEC);

	ck_assert_int_eq(try_bind(B, &any, 0), -EADDRINUSE);
	fd = try_bind(B, &any, 1);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(tarn_listen(B, fd, 1), 0);
	ck_assert_int_eq(tarn_close(B, fd), 0);

	pass(2 * TCP_MSL_US);
	ck_assert_int_ge(try_bind(B, &any, 0), 0);
}
END_TEST

START_TEST(port_zero_is_an_ephemeral_port_of_its_own)
{
	const struct tarn_addr zero = any_port(0);
	struct tarn_addr one, two;

	ck_assert_int_eq(tarn_getsockname(A, try_bind(A, &zero, 0), &one), 0);
	ck_assert_int_eq(tarn_getsockname(A, try_bind(A, &zero, 0), &two), 0);
	ck_assert_uint_ge(one.port, TCP_EPHEMERAL_MIN);
	ck_assert_uint_le(one.port, TCP_EPHEMERAL_MAX);
	ck_assert_uint_ne(one.port, two.port);
}
END_TEST

START_TEST(last_free_ephemeral_port_is_found)
{
	const struct tarn_addr zero = any_port(0);
	const uint16_t spared       = 45678;
	struct tarn_addr got;

	for (uint32_t n = TCP_EPHEMERAL_MIN; n <= TCP_EPHEMERAL_MAX; n++)
		if (n != spared)
			(void)bound(A, TARN_STREAM, (uint16_t)n);

	ck_assert_int_eq(tarn_getsockname(A, try_bind(A, &zero, 0), &got), 0);
	ck_assert_uint_eq(got.port, spared);
	ck_assert_int_eq(try_bind(A, &zero, 0), -EADDRINUSE);
}
END_TEST

START_TEST(failed_memory_leaves_no_reservation)
{
	const struct tarn_addr any = any_port(80);
	const int fd               = stream(A);
	int rc                     = -ENOMEM;

	for (int fuse = 0; rc != 0; fuse++) {
		ck_assert_int_lt(fuse, 10);
		A->memory_fuse = fuse;
		rc             = tarn_bind(A, fd, &any);
		A->memory_fuse = -1;
		ck_assert(rc == 0 || rc == -ENOMEM);
	}
	ck_assert_int_eq(tarn_close(A, fd), 0);
	ck_assert_int_ge(try_bind(A, &any, 0), 0);
}
END_TEST

PAIR_SUITE("ports", port_is_taken_by_a_bound_socket,
           wildcard_overlaps_every_address,
           other_ports_and_udp_are_not_concerned, close_frees_the_port,
           reuse_must_be_wanted_by_both,
           of_two_that_share_a_port_one_can_listen,
           reuse_does_not_help_against_a_listener,
           only_reuse_binds_beside_a_connection,
           only_reuse_binds_beside_time_wait,
           port_zero_is_an_ephemeral_port_of_its_own,
           last_free_ephemeral_port_is_found,
           failed_memory_leaves_no_reservation)
