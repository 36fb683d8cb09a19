/* SPDX-License-Identifier: MIT */
/* test_epoll.c - level, edge, one shot; test_epoll_sets.c has the sets */
#include "sock/socket.h"
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

START_TEST(level_triggered_tells_as_long_as_it_holds)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);

	add(B, set, conn.b, IN);
	is_silent(B, set);
	b_gets(&conn, "abc");
	tells(B, set, conn.b, IN);
	b_reads(&conn, 1);
	tells(B, set, conn.b, IN);
	b_reads(&conn, 2);
	is_silent(B, set);
	b_gets(&conn, "d");
	tells(B, set, conn.b, IN);
}
END_TEST

/* The classic mistake: to read a part and wait for another edge. */
START_TEST(edge_triggered_tells_once_per_arrival)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);

	add(B, set, conn.b, IN | TARN_EPOLLET);
	is_silent(B, set);
	b_gets(&conn, "abc");
	tells(B, set, conn.b, IN);
	b_reads(&conn, 1);
	is_silent(B, set);
	b_gets(&conn, "d");
	tells(B, set, conn.b, IN);
	is_silent(B, set);
}
END_TEST

START_TEST(edge_that_is_over_before_the_look_is_silent)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);

	add(B, set, conn.b, IN | TARN_EPOLLET);
	b_gets(&conn, "abc");
	b_reads(&conn, 3);
	is_silent(B, set);
}
END_TEST

START_TEST(one_shot_is_silent_until_modified)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);

	add(B, set, conn.b, IN | TARN_EPOLLONESHOT);
	b_gets(&conn, "abc");
	tells(B, set, conn.b, IN);
	is_silent(B, set);
	b_gets(&conn, "d");
	is_silent(B, set);

	ck_assert_int_eq(control(B, set, TARN_EPOLL_CTL_MOD, conn.b,
	                         IN | TARN_EPOLLONESHOT),
	                 0);
	tells(B, set, conn.b, IN);
	is_silent(B, set);
}
END_TEST

START_TEST(what_is_ready_when_added_is_told)
{
	const struct conn conn = connected();
	const int lt = tarn_epoll_create(B), et = tarn_epoll_create(B);

	b_gets(&conn, "abc");
	add(B, lt, conn.b, IN | OUT);
	add(B, et, conn.b, IN | OUT | TARN_EPOLLET);
	tells(B, lt, conn.b, IN | OUT);
	tells(B, et, conn.b, IN | OUT);
	is_silent(B, et);
}
END_TEST

START_TEST(modify_rearms_an_edge_and_changes_the_interest)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);
	struct tarn_epoll_event event, other = { .events = OUT, .data = 7 };

	add(B, set, conn.b, OUT | TARN_EPOLLET);
	tells(B, set, conn.b, OUT);
	is_silent(B, set);
	ck_assert_int_eq(
	        control(B, set, TARN_EPOLL_CTL_MOD, conn.b, OUT | TARN_EPOLLET),
	        0);
	tells(B, set, conn.b, OUT);

	ck_assert_int_eq(control(B, set, TARN_EPOLL_CTL_MOD, conn.b, IN), 0);
	is_silent(B, set);
	ck_assert_int_eq(
	        tarn_epoll_ctl(B, set, TARN_EPOLL_CTL_MOD, conn.b, &other), 0);
	ck_assert_int_eq(tarn_epoll_wait(B, set, &event, 1), 1);
	ck_assert_uint_eq(event.data, 7);
}
END_TEST

START_TEST(room_to_send_is_an_edge)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(A);
	static char block[1 << 20], sink[1 << 20];

	add(A, set, conn.a, OUT | TARN_EPOLLET);
	tells(A, set, conn.a, OUT);
	while (tarn_send(A, conn.a, block, sizeof(block), 0) > 0)
		pass(USEC_PER_SEC);
	is_silent(A, set);
	while (tarn_recv(B, conn.b, sink, sizeof(sink), 0) > 0)
		pass(USEC_PER_SEC);
	tells(A, set, conn.a, OUT);
}
END_TEST

START_TEST(connect_is_an_edge)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int set = tarn_epoll_create(A), fd = stream(A);

	(void)listener(B, 80);
	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	add(A, set, fd, OUT | TARN_EPOLLET);
	is_silent(A, set);
	settle();
	tells(A, set, fd, OUT);
	is_silent(A, set);
}
END_TEST

START_TEST(each_new_connection_is_an_edge_of_the_listener)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int set = tarn_epoll_create(B), fd = listener(B, 80);

	add(B, set, fd, IN | TARN_EPOLLET);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tarn_connect(A, stream(A), &peer),
		                 -EINPROGRESS);
		settle();
		tells(B, set, fd, IN);
		is_silent(B, set);
	}
}
END_TEST

START_TEST(errors_are_told_unasked)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int set = tarn_epoll_create(A), fd = datagram(A);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), 0);
	add(A, set, fd, 0);
	is_silent(A, set);
	ck_assert_int_eq(tarn_send(A, fd, "x", 1, 0), 1);
	settle();
	tells(A, set, fd, TARN_POLLERR);
}
END_TEST

START_TEST(fin_is_told_to_who_asks_for_it)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(B);

	add(B, set, conn.b, TARN_POLLRDHUP | TARN_EPOLLET);
	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_WR), 0);
	settle();
	tells(B, set, conn.b, TARN_POLLRDHUP);
}
END_TEST

START_TEST(own_shutdown_is_told)
{
	const struct conn conn = connected();
	const int set          = tarn_epoll_create(A);

	add(A, set, conn.a, IN);
	is_silent(A, set);
	ck_assert_int_eq(tarn_shutdown(A, conn.a, TARN_SHUT_RD), 0);
	tells(A, set, conn.a, IN);
}
END_TEST

START_TEST(own_shutdown_of_a_datagram_socket_is_told)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int set = tarn_epoll_create(A), fd = datagram(A);

	ck_assert_int_eq(tarn_connect(A, fd, &peer), 0);
	add(A, set, fd, IN);
	is_silent(A, set);
	ck_assert_int_eq(tarn_shutdown(A, fd, TARN_SHUT_RD), 0);
	tells(A, set, fd, IN);
}
END_TEST

START_TEST(error_that_is_there_already_is_told_unasked)
{
	const int set = tarn_epoll_create(A), fd = stream(A);

	add(A, set, fd, 0);
	tells(A, set, fd, TARN_POLLHUP);
}
END_TEST

START_TEST(who_did_not_fit_comes_first_next_time)
{
	const int set = tarn_epoll_create(A);
	struct tarn_epoll_event event[2];
	unsigned seen[5] = { 0 };

	for (int i = 0; i < 5; i++)
		add(A, set, datagram(A), OUT);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(tarn_epoll_wait(A, set, event, 2), 2);
		seen[event[0].data - 1001]++;
		seen[event[1].data - 1001]++;
	}
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(seen[i], 2);
}
END_TEST

START_TEST(no_member_is_told_twice_in_one_call)
{
	const int set = tarn_epoll_create(A);
	struct tarn_epoll_event event[8];

	for (int i = 0; i < 3; i++)
		add(A, set, datagram(A), OUT);
	ck_assert_int_eq(tarn_epoll_wait(A, set, event, 8), 3);
	ck_assert_int_eq(tarn_epoll_wait(A, set, event, 8), 3);
}
END_TEST

/* What is not ready costs nothing: one event among 10,000 members is one node. */
START_TEST(idle_members_are_not_looked_at)
{
	const int set               = tarn_epoll_create(A);
	const struct tarn_addr peer = addr_of(A, 7000);
	const struct list *ready    = NULL;
	int b;

	for (uint16_t i = 0; i < 10000; i++)
		add(A, set, bound(A, TARN_DGRAM, (uint16_t)(2000 + i)), IN);
	ready = &socks_find(A->socks, set)->set->ready;
	b     = datagram(B);
	ck_assert_int_eq(tarn_sendto(B, b, "x", 1, 0, &peer), 1);
	settle();
	ck_assert_ptr_eq(ready->next, ready->prev);
	ck_assert(!list_is_empty(ready));
	tells(A, set, 1 + 5000, IN);
}
END_TEST

PAIR_SUITE("epoll", level_triggered_tells_as_long_as_it_holds,
           edge_triggered_tells_once_per_arrival,
           edge_that_is_over_before_the_look_is_silent,
           one_shot_is_silent_until_modified, what_is_ready_when_added_is_told,
           modify_rearms_an_edge_and_changes_the_interest,
           room_to_send_is_an_edge, connect_is_an_edge,
           each_new_connection_is_an_edge_of_the_listener,
           errors_are_told_unasked, fin_is_told_to_who_asks_for_it,
           own_shutdown_is_told, own_shutdown_of_a_datagram_socket_is_told,
           error_that_is_there_already_is_told_unasked,
           who_did_not_fit_comes_first_next_time,
           no_member_is_told_twice_in_one_call, idle_members_are_not_looked_at)
