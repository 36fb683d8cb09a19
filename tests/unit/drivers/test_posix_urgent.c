/* SPDX-License-Identifier: MIT */
/* test_posix_urgent.c - urgent data as POSIX programs see them */
#include "tests/unit/drivers/posix_pair.h"

/* "abc!xyz" with '!' urgent, all of it there to be read. */
static struct conn with_urgent_octet(void)
{
	const struct conn conn = connected();
	char all[7];

	ck_assert_int_eq(tarn_posix_send(conn.a, "abc!", 4, MSG_OOB), 4);
	ck_assert_int_eq(tarn_posix_send(conn.a, "xyz", 3, 0), 3);
	wait_for(conn.b, POLLPRI);
	while (tarn_posix_recv(conn.b, all, 3, MSG_PEEK) < 3)
		wait_for(conn.b, POLLIN);

	return conn;
}

START_TEST(read_stops_at_the_mark)
{
	const struct conn conn = with_urgent_octet();
	char buf[8];

	ck_assert_int_eq(tarn_posix_sockatmark(conn.b), 0);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), 3);
	ck_assert_int_eq(tarn_posix_sockatmark(conn.b), 1);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 4, MSG_WAITALL), 4);
	ck_assert_int_eq(memcmp(buf, "!xyz", 4), 0);
	ck_assert_int_eq(tarn_posix_sockatmark(conn.b), 0);
}
END_TEST

START_TEST(waitall_stops_at_the_mark_too)
{
	const struct conn conn = with_urgent_octet();
	char buf[7];

	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf),
	                                 MSG_WAITALL | MSG_PEEK),
	                 3);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, sizeof(buf), MSG_WAITALL),
	                 3);
	ck_assert_int_eq(tarn_posix_sockatmark(conn.b), 1);
}
END_TEST

START_TEST(select_tells_an_exception_until_it_is_read)
{
	const struct conn conn = with_urgent_octet();
	struct timeval none    = { 0 };
	fd_set except;
	char buf[8];

	FD_ZERO(&except);
	FD_SET(conn.b, &except);
	ck_assert_int_eq(
	        tarn_posix_select(conn.b + 1, NULL, NULL, &except, NULL), 1);
	ck_assert(FD_ISSET(conn.b, &except));
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 3, 0), 3);
	ck_assert_int_eq(tarn_posix_recv(conn.b, buf, 1, 0), 1);
	ck_assert_int_eq(
	        tarn_posix_select(conn.b + 1, NULL, NULL, &except, &none), 0);
	ck_assert(!FD_ISSET(conn.b, &except));
}
END_TEST

START_TEST(it_is_in_line_and_never_beside)
{
	const struct conn conn = with_urgent_octet();
	char octet;

	fails(tarn_posix_recv(conn.b, &octet, 1, MSG_OOB), EINVAL);
}
END_TEST

START_TEST(a_datagram_socket_has_no_mark)
{
	fails(tarn_posix_sockatmark(socket_of(&A, SOCK_DGRAM)), ENOPROTOOPT);
}
END_TEST

PAIR_SUITE("posix_urgent", read_stops_at_the_mark,
           waitall_stops_at_the_mark_too,
           select_tells_an_exception_until_it_is_read,
           it_is_in_line_and_never_beside, a_datagram_socket_has_no_mark)
