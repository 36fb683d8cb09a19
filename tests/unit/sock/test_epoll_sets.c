/* SPDX-License-Identifier: MIT */
/* test_epoll_sets.c - what joins and leaves a set, and sets in sets */
#include "tests/unit/sock/pair.h"

#define IN  TARN_POLLIN
#define OUT TARN_POLLOUT

static int control(struct tarn *t, int set, int op, int fd, uint32_t events)
{
	const struct tarn_epoll_event event = { .events = events,
		                                .data = 1000u + (unsigned)fd };

	return tarn_epoll_ctl(t, set, op, fd, &event);
}

static void add(struct tarn *t, int set, int fd, uint32_t events)
{
	ck_assert_int_eq(control(t, set, TARN_EPOLL_CTL_ADD, fd, events), 0);
}

static void is_silent(struct tarn *t, int set)
{
	struct tarn_epoll_event event;

	ck_assert_int_eq(tarn_epoll_wait(t, set, &event, 1), 0);
}

static void tells(struct tarn *t, int set, int fd, uint32_t events)
{
	struct tarn_epoll_event event[4];

	ck_assert_int_eq(tarn_epoll_wait(t, set, event, 4), 1);
	ck_assert_uint_eq(event[0].data, 1000u + (unsigned)fd);
	ck_assert_uint_eq(event[0].events, events);
}

static void b_gets(const struct conn *conn, const char *text)
{
	const size_t len = strlen(text);

	ck_assert_int_eq(tarn_send(A, conn->a, text, len, 0), (ssize_t)len);
	pass(USEC_PER_SEC);
}

static void b_reads(const struct conn *conn, size_t len)
{
	char buf[64];

	ck_assert_int_eq(tarn_recv(B, conn->b, buf, len, 0), (ssize_t)len);
}

START_TEST(closing_takes_the_descriptor_out_of_every_set)
{
	const int one = tarn_epoll_create(A), two = tarn_epoll_create(A);
	const int fd = datagram(A);

	add(A, one, fd, OUT);
	add(A, two, fd, OUT);
	ck_assert_int_eq(tarn_close(A, fd), 0);
	is_silent(A, one);
	is_silent(A, two);
	ck_assert_int_eq(datagram(A), fd);
	ck_assert_int_eq(control(A, one, TARN_EPOLL_CTL_MOD, fd, OUT), -ENOENT);
	is_silent(A, one);
}
END_TEST

START_TEST(closing_a_set_lets_its_members_be)
{
	const int set = tarn_epoll_create(A), other = tarn_epoll_create(A);
	const int fd = datagram(A);

	add(A, set, fd, OUT);
	add(A, other, fd, OUT);
	ck_assert_int_eq(tarn_close(A, set), 0);
	tells(A, other, fd, OUT);
	ck_assert_int_eq(tarn_epoll_create(A), set);
	is_silent(A, set);
}
END_TEST

START_TEST(removed_member_is_silent)
{
	const int set = tarn_epoll_create(A), fd = datagram(A);

	add(A, set, fd, OUT);
	ck_assert_int_eq(tarn_epoll_ctl(A, set, TARN_EPOLL_CTL_DEL, fd, NULL),
	                 0);
	is_silent(A, set);
	ck_assert_int_eq(tarn_epoll_ctl(A, set, TARN_EPOLL_CTL_DEL, fd, NULL),
	                 -ENOENT);
}
END_TEST

START_TEST(set_is_readable_when_it_has_something_to_tell)
{
	const struct conn conn   = connected();
	const int set            = tarn_epoll_create(B);
	struct tarn_pollfd fds[] = { { .fd = set, .events = IN } };

	add(B, set, conn.b, IN);
	ck_assert_int_eq(tarn_poll_fds(B, fds, 1), 0);
	b_gets(&conn, "x");
	ck_assert_int_eq(tarn_poll_fds(B, fds, 1), 1);
	ck_assert_uint_eq(fds[0].revents, IN);
	b_reads(&conn, 1);
	ck_assert_int_eq(tarn_poll_fds(B, fds, 1), 0);
}
END_TEST

START_TEST(set_can_watch_a_set)
{
	const struct conn conn = connected();
	const int inner = tarn_epoll_create(B), outer = tarn_epoll_create(B);

	add(B, outer, inner, IN | TARN_EPOLLET);
	add(B, inner, conn.b, IN);
	is_silent(B, outer);
	b_gets(&conn, "x");
	tells(B, outer, inner, IN);
	is_silent(B, outer);
	tells(B, inner, conn.b, IN);
	b_gets(&conn, "y");
	tells(B, outer, inner, IN);
	ck_assert_int_eq(tarn_close(B, inner), 0);
	is_silent(B, outer);
}
END_TEST

START_TEST(sets_do_not_nest_deeper_nor_in_circles)
{
	const int one = tarn_epoll_create(A), two = tarn_epoll_create(A);
	const int three  = tarn_epoll_create(A);
	const int add_op = TARN_EPOLL_CTL_ADD, del = TARN_EPOLL_CTL_DEL;

	ck_assert_int_eq(control(A, one, add_op, one, IN), -EINVAL);
	add(A, one, two, IN);
	ck_assert_int_eq(control(A, two, add_op, one, IN), -ELOOP);
	ck_assert_int_eq(control(A, two, add_op, three, IN), -ELOOP);
	ck_assert_int_eq(control(A, three, add_op, one, IN), -ELOOP);
	ck_assert_int_eq(tarn_epoll_ctl(A, one, del, two, NULL), 0);
	add(A, two, one, IN);
}
END_TEST

START_TEST(control_checks_its_arguments)
{
	const int set = tarn_epoll_create(A), fd = datagram(A);
	struct tarn_epoll_event event;

	ck_assert_int_eq(control(A, set, TARN_EPOLL_CTL_MOD, fd, IN), -ENOENT);
	add(A, set, fd, IN);
	ck_assert_int_eq(control(A, set, TARN_EPOLL_CTL_ADD, fd, IN), -EEXIST);
	ck_assert_int_eq(control(A, set, 9, fd, IN), -EINVAL);
	ck_assert_int_eq(control(A, fd, TARN_EPOLL_CTL_ADD, set, IN), -EINVAL);
	ck_assert_int_eq(tarn_epoll_ctl(A, set, TARN_EPOLL_CTL_MOD, fd, NULL),
	                 -EFAULT);
	ck_assert_int_eq(tarn_epoll_wait(A, fd, &event, 1), -EINVAL);
	ck_assert_int_eq(tarn_epoll_wait(A, set, &event, 0), -EINVAL);
	ck_assert_int_eq(tarn_epoll_wait(A, set, NULL, 1), -EFAULT);
}
END_TEST

START_TEST(failed_memory_adds_nothing)
{
	const int set = tarn_epoll_create(A), fd = datagram(A);

	A->memory_fuse = 0;
	ck_assert_int_eq(control(A, set, TARN_EPOLL_CTL_ADD, fd, OUT), -ENOMEM);
	A->memory_fuse = -1;
	is_silent(A, set);
	add(A, set, fd, OUT);
	tells(A, set, fd, OUT);
}
END_TEST

PAIR_SUITE("epoll_sets", closing_takes_the_descriptor_out_of_every_set,
           closing_a_set_lets_its_members_be, removed_member_is_silent,
           set_is_readable_when_it_has_something_to_tell, set_can_watch_a_set,
           sets_do_not_nest_deeper_nor_in_circles, control_checks_its_arguments,
           failed_memory_adds_nothing)
