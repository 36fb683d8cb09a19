/* SPDX-License-Identifier: MIT */
/* test_posix_call.c - requests, patience, and addresses both ways */
#include "tests/unit/drivers/posix_pair.h"

/* A descriptor that is closed and whose number the stack gives out again. */
START_TEST(stale_name_does_not_reach_the_successor)
{
	const int old = socket_of(&A, SOCK_STREAM);
	struct posix_ref stale, fresh;
	int successor;

	ck_assert(posix_table_get(old, &stale));
	ck_assert_int_eq(tarn_posix_close(old), 0);
	successor = socket_of(&A, SOCK_STREAM);
	ck_assert(posix_table_get(successor, &fresh));

	ck_assert_int_eq(stale.entry.name.fd, fresh.entry.name.fd);
	ck_assert_int_eq(posix_call_simple(&stale, POSIX_LISTEN, 1), -EBADF);
	ck_assert_int_eq(posix_call_simple(&fresh, POSIX_LISTEN, 1), 0);
	posix_table_put(&stale);
	posix_table_put(&fresh);
}
END_TEST

START_TEST(unknown_operation_is_einval)
{
	struct posix_ref ref;

	ck_assert(posix_table_get(socket_of(&A, SOCK_STREAM), &ref));
	ck_assert_int_eq(posix_call_simple(&ref, POSIX_OP_COUNT, 0), -EINVAL);
	posix_table_put(&ref);
}
END_TEST

/* What must not happen: trying, missing an event, and sleeping through it. */
static int64_t misses_once(const struct posix_ref *ref, void *context)
{
	int *tries = context;

	if ((*tries)++ > 0)
		return 7;
	posix_ring_happened(ref->desc);

	return -EAGAIN;
}

START_TEST(event_during_the_attempt_is_not_slept_through)
{
	struct posix_ref ref;
	int tries = 0;

	ck_assert(posix_table_get(socket_of(&A, SOCK_DGRAM), &ref));
	ck_assert_int_eq(
	        posix_call_patiently(&ref, TARN_NEVER, misses_once, &tries), 7);
	tries = 0;
	ck_assert_int_eq(posix_call_patiently(&ref, 0, misses_once, &tries),
	                 -EAGAIN);
	posix_table_put(&ref);
}
END_TEST

START_TEST(addresses_go_there_and_back)
{
	struct sockaddr_in in = addr_of(&B, 4711), out;
	struct tarn_addr addr;
	socklen_t len = sizeof(out);

	ck_assert_int_eq(posix_addr_read(generic(&in), sizeof(in), &addr), 0);
	ck_assert_uint_eq(addr.port, 4711);
	ck_assert_uint_eq(addr.ip.version, TARN_IP4);
	ck_assert_uint_eq(addr.ip.octet[0], 10);
	ck_assert_uint_eq(addr.ip.octet[3], 2);
	posix_addr_write(&addr, (struct sockaddr *)&out, &len);
	ck_assert_mem_eq(&out, &in, sizeof(in));
}
END_TEST

START_TEST(what_is_no_internet_address_is_refused)
{
	struct sockaddr_in in = addr_of(&B, 4711);
	struct tarn_addr addr;

	ck_assert_int_eq(posix_addr_read(NULL, sizeof(in), &addr), -EINVAL);
	ck_assert_int_eq(posix_addr_read(generic(&in), 1, &addr), -EINVAL);
	ck_assert_int_eq(posix_addr_read(generic(&in), sizeof(in) - 1, &addr),
	                 -EINVAL);
	in.sin_family = AF_UNIX;
	ck_assert_int_eq(posix_addr_read(generic(&in), sizeof(in), &addr),
	                 -EAFNOSUPPORT);
	in.sin_family = AF_UNSPEC;
	ck_assert_int_eq(posix_addr_read(generic(&in), 2, &addr), 0);
	ck_assert_uint_eq(addr.ip.version, TARN_IP_NONE);
}
END_TEST

START_TEST(time_left_is_rounded_up)
{
	ck_assert_int_eq(posix_ms_left(TARN_NEVER), -1);
	ck_assert_int_eq(posix_ms_left(0), 0);
	ck_assert_int_eq(posix_ms_left(posix_now() + 3600000001ull) >= 3590000,
	                 1);
	ck_assert_int_eq(posix_ms_left(TARN_NEVER - 1), INT32_MAX);
	ck_assert_uint_eq(posix_deadline(0), TARN_NEVER);
}
END_TEST

PAIR_SUITE("posix_call", stale_name_does_not_reach_the_successor,
           unknown_operation_is_einval,
           event_during_the_attempt_is_not_slept_through,
           addresses_go_there_and_back, what_is_no_internet_address_is_refused,
           time_left_is_rounded_up)
