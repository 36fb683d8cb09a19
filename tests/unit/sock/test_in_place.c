/* SPDX-License-Identifier: MIT */
/* test_in_place.c - a stream's octets where they are */
#include "tests/unit/sock/pair.h"

#define BUF_OCTETS 4096 /* of the receive buffer in tests about wrapping */

static struct tarn_slice seen[2];
static struct tarn_iovec room[2];

static void sends(int fd, const char *text)
{
	const ssize_t len = (ssize_t)strlen(text);

	ck_assert_int_eq(tarn_send(A, fd, text, (size_t)len, 0), len);
	settle();
}

/* ---- receiving ---- */

START_TEST(peek_shows_what_recv_gives)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), -EAGAIN);
	sends(conn.a, "hello");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 5);
		ck_assert_uint_eq(seen[0].len, 5);
		ck_assert_mem_eq(seen[0].data, "hello", 5);
		ck_assert_uint_eq(seen[1].len, 0);
	}
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 5);
	ck_assert_mem_eq(buf, "hello", 5);
}
END_TEST

START_TEST(consume_takes_from_the_front)
{
	const struct conn conn = connected();
	char buf[8];

	sends(conn.a, "hello");
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 0), 0);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 3), 0);
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 2);
	ck_assert_mem_eq(seen[0].data, "lo", 2);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 3), -EINVAL);
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 2);
	ck_assert_mem_eq(buf, "lo", 2);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 1), -EINVAL);
}
END_TEST

/* Does it go on where what was shown before ended? */
static void check_piece(const struct tarn_slice *piece, unsigned *at)
{
	const uint8_t *octet = piece->data;

	for (size_t i = 0; i < piece->len; i++)
		ck_assert_uint_eq(octet[i], (*at)++ % 251);
}

/* Fill and take until what waits lies across the ring's end. */
START_TEST(a_ring_that_wraps_is_shown_in_two_pieces)
{
	const struct conn conn = connected();
	uint8_t in[1000];
	unsigned next = 0, wraps = 0, at = 0;

	for (unsigned round = 0; round < 100; round++) {
		for (unsigned i = 0; i < sizeof(in); i++)
			in[i] = (uint8_t)(next++ % 251);
		ck_assert_int_eq(tarn_send(A, conn.a, in, sizeof(in), 0),
		                 sizeof(in));
		pass(USEC_PER_SEC);
		ck_assert_int_ge(tarn_recv_peek(B, conn.b, seen), 1000);
		wraps += seen[1].len > 0;
		check_piece(&seen[0], &at);
		check_piece(&seen[1], &at);
		/* One octet stays, so that the ring never begins anew. */
		at--;
		ck_assert_int_eq(
		        tarn_recv_consume(B, conn.b,
		                          seen[0].len + seen[1].len - 1),
		        0);
	}
	ck_assert_uint_gt(wraps, 0);
}
END_TEST

START_TEST(consuming_opens_the_window)
{
	struct conn conn  = connected();
	uint8_t in[65536] = { 0 };
	size_t taken      = 0;

	while (tarn_send(A, conn.a, in, sizeof(in), 0) > 0)
		pass(USEC_PER_SEC);
	while (taken < 4u * TCP_RCVBUF_DEFAULT) {
		const ssize_t n = tarn_recv_peek(B, conn.b, seen);

		ck_assert_int_gt(n, 0);
		ck_assert_int_eq(tarn_recv_consume(B, conn.b, (size_t)n), 0);
		taken += (size_t)n;
		(void)!tarn_send(A, conn.a, in, sizeof(in), 0);
		pass(USEC_PER_SEC);
	}
}
END_TEST

START_TEST(what_waits_is_shown_before_the_end_and_an_error_once)
{
	struct conn conn = connected();

	sends(conn.a, "bye");
	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_WR), 0);
	settle();
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 3);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 3), 0);
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 0);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 1), -EINVAL);

	conn.a = stream(A);
	ck_assert_int_eq(
	        tarn_connect(A, conn.a,
	                     &(struct tarn_addr){ .ip   = B->env.config.ip,
	                                          .port = 81 }),
	        -EINPROGRESS);
	settle();
	ck_assert_int_eq(tarn_recv_peek(A, conn.a, seen), -ECONNREFUSED);
	ck_assert_int_eq(tarn_recv_peek(A, conn.a, seen), 0);
}
END_TEST

START_TEST(the_low_water_mark_hides_nothing)
{
	const struct conn conn = connected();

	set_int(B, conn.b, TARN_SO_RCVLOWAT, 100);
	sends(conn.a, "few");
	ck_assert_int_eq(tarn_readiness(B, conn.b) & TARN_POLLIN, 0);
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 3);
}
END_TEST

START_TEST(peek_and_consume_stop_at_the_urgent_mark)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_send(A, conn.a, "abc!", 4, TARN_MSG_OOB), 4);
	settle();
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 3);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 4), -EINVAL);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 3), 0);
	ck_assert_int_eq(get_int(B, conn.b, TARN_SO_ATMARK), 1);
	ck_assert_int_eq(tarn_recv_peek(B, conn.b, seen), 1);
	ck_assert_mem_eq(seen[0].data, "!", 1);
	ck_assert_int_eq(tarn_recv_consume(B, conn.b, 1), 0);
	ck_assert_int_eq(tarn_readiness(B, conn.b) & TARN_POLLPRI, 0);
}
END_TEST

/* ---- sending ---- */

START_TEST(what_is_written_into_the_room_arrives)
{
	const struct conn conn = connected();
	char buf[16];

	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 11, room), 11);
	ck_assert_uint_eq(room[0].len, 11);
	ck_assert_uint_eq(room[1].len, 0);
	memcpy(room[0].base, "hello world", 11);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, 5, TARN_MSG_MORE), 5);
	ck_assert_int_eq(tarn_send(A, conn.a, "!", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 6);
	ck_assert_mem_eq(buf, "hello!", 6);
}
END_TEST

START_TEST(room_is_what_send_would_take)
{
	const struct conn conn = connected();
	uint8_t in[1000]       = { 0 };
	ssize_t n;

	set_int(A, conn.a, TARN_SO_SNDBUF, BUF_OCTETS);
	B->is_deaf = true;
	ck_assert_int_eq(tarn_send(A, conn.a, in, sizeof(in), 0), sizeof(in));
	n = tarn_send_reserve(A, conn.a, 1000000, room);
	ck_assert_int_eq(n, BUF_OCTETS - (int)sizeof(in));
	ck_assert_int_eq((ssize_t)(room[0].len + room[1].len), n);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, (size_t)n + 1, 0),
	                 -EINVAL);
	for (unsigned i = 0; i < 2; i++)
		if (room[i].len)
			memset(room[i].base, 0, room[i].len);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, (size_t)n, 0), n);
	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 1, room), -EAGAIN);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, 1, 0), -EINVAL);
}
END_TEST

START_TEST(committing_nothing_gives_the_room_back)
{
	const struct conn conn = connected();
	const size_t before    = A->env.memory.used;

	ck_assert_int_eq(tarn_send_commit(A, conn.a, 1, 0), -EINVAL);
	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 0, room), 0);
	ck_assert_uint_eq(room[0].len, 0);
	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 5000, room), 5000);
	ck_assert_uint_gt(A->env.memory.used, before);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, 0, 0), 0);
	ck_assert_uint_le(A->env.memory.used, before);
}
END_TEST

START_TEST(room_that_was_never_used_goes_with_the_descriptor)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 5000, room), 5000);
	ck_assert_int_eq(tarn_close(A, conn.a), 0);
	ck_assert_int_eq(tarn_close(B, conn.b), 0);
	pass(3600 * USEC_PER_SEC); /* the teardown counts the octets */
}
END_TEST

START_TEST(there_is_no_room_behind_a_fin)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_WR), 0);
	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 1, room), -EPIPE);
	ck_assert_int_eq(tarn_send_commit(A, conn.a, 0, 0), -EPIPE);
}
END_TEST

START_TEST(without_memory_there_is_no_room)
{
	const struct conn conn = connected();

	A->memory_fuse = 0;
	ck_assert_int_eq(tarn_send_reserve(A, conn.a, 1, room), -ENOBUFS);
	A->memory_fuse = -1;
}
END_TEST

/* ---- what they are not for ---- */

START_TEST(only_connections_have_octets_in_place)
{
	const int udp = datagram(A), fresh = stream(A);
	const int set = tarn_epoll_create(A);
	const struct {
		int fd, error;
	} row[] = { { udp, -EOPNOTSUPP },
		    { fresh, -ENOTCONN },
		    { set, -ENOTSOCK },
		    { 999, -EBADF } };

	for (unsigned i = 0; i < ARRAY_LEN(row); i++) {
		const int fd = row[i].fd, error = row[i].error;

		ck_assert_int_eq(tarn_recv_peek(A, fd, seen), error);
		ck_assert_int_eq(tarn_recv_consume(A, fd, 0), error);
		ck_assert_int_eq(tarn_send_reserve(A, fd, 1, room), error);
		ck_assert_int_eq(tarn_send_commit(A, fd, 0, 0), error);
	}
}
END_TEST

START_TEST(connecting_there_is_nothing_yet)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = stream(A);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	ck_assert_int_eq(tarn_send_reserve(A, fd, 1, room), -EAGAIN);
	ck_assert_int_eq(tarn_recv_peek(A, fd, seen), -EAGAIN);
}
END_TEST

START_TEST(commit_knows_no_other_flag)
{
	const struct conn conn = connected();

	ck_assert_int_eq(tarn_send_commit(A, conn.a, 0, TARN_MSG_OOB),
	                 -EOPNOTSUPP);
}
END_TEST

static Suite *suite(void)
{
	Suite *s       = suite_create("sock/in_place");
	TCase *receive = tcase_create("receive");
	TCase *send    = tcase_create("send");

	tcase_add_checked_fixture(receive, pair_setup, pair_teardown);
	tcase_add_test(receive, peek_shows_what_recv_gives);
	tcase_add_test(receive, consume_takes_from_the_front);
	tcase_add_test(receive, a_ring_that_wraps_is_shown_in_two_pieces);
	tcase_add_test(receive, consuming_opens_the_window);
	tcase_add_test(receive,
	               what_waits_is_shown_before_the_end_and_an_error_once);
	tcase_add_test(receive, the_low_water_mark_hides_nothing);
	tcase_add_test(receive, peek_and_consume_stop_at_the_urgent_mark);
	suite_add_tcase(s, receive);

	tcase_add_checked_fixture(send, pair_setup, pair_teardown);
	tcase_add_test(send, what_is_written_into_the_room_arrives);
	tcase_add_test(send, room_is_what_send_would_take);
	tcase_add_test(send, committing_nothing_gives_the_room_back);
	tcase_add_test(send, room_that_was_never_used_goes_with_the_descriptor);
	tcase_add_test(send, there_is_no_room_behind_a_fin);
	tcase_add_test(send, without_memory_there_is_no_room);
	tcase_add_test(send, only_connections_have_octets_in_place);
	tcase_add_test(send, connecting_there_is_nothing_yet);
	tcase_add_test(send, commit_knows_no_other_flag);
	suite_add_tcase(s, send);

	return s;
}

TEST_MAIN(suite)
