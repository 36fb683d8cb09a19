/* SPDX-License-Identifier: MIT */
/* test_call.c - results, blocking calls, options and readiness of a script */
#include "tests/unit/drill/played.h"

/* ---- results ---- */

START_TEST(a_wrong_result_fails)
{
	fails(CONNECTS "+0 write(4, ..., 10) = 11\n", 8, "actual    10");
}
END_TEST

START_TEST(a_wrong_error_fails)
{
	fails(LISTENS "+0 read(3, ..., 10) = -1 EPIPE (Broken pipe)\n", 4,
	      "actual    -1 ENOTCONN");
}
END_TEST

START_TEST(an_ellipsis_takes_any_result)
{
	passes(CONNECTS "+0 write(4, ..., 10) = ...\n");
}
END_TEST

START_TEST(a_descriptor_keeps_the_number_of_the_script)
{
	passes("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 77\n"
	       "+0 bind(77, ..., ...) = 0\n"
	       "+0 close(77) = 0\n"
	       "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 77\n");
	fails("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	      "+0 bind(4, ..., ...) = 0\n",
	      2, "not open");
}
END_TEST

/* ---- blocking ---- */

START_TEST(a_call_that_blocks_without_time_fails)
{
	fails(LISTENS "+0 accept(3, ..., ...) = 4\n", 4, "accept blocks");
}
END_TEST

START_TEST(a_blocking_call_returns_in_time)
{
	passes(CONNECTS "+0...0.1 read(4, ..., 10) = 5\n"
	                "+.1 < P. 1:6(5) ack 1 win 257\n");
}
END_TEST

START_TEST(a_blocking_call_must_not_return_early)
{
	fails(CONNECTS "+0...0.2 read(4, ..., 10) = 5\n"
	               "+.1 < P. 1:6(5) ack 1 win 257\n",
	      8, "the return of the call");
}
END_TEST

START_TEST(a_blocking_call_must_not_stay_too_long)
{
	fails(CONNECTS "+0...0.2 read(4, ..., 10) = 5\n", 8, "still blocks");
}
END_TEST

START_TEST(a_blocking_write_waits_for_room)
{
	passes(LISTENS
	       "+0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [4000], 4) = 0\n"
	       "+0 < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>\n"
	       "+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 8>\n"
	       "+.1 < . 1:1(0) ack 1 win 257\n"
	       "+0 accept(3, ..., ...) = 4\n"
	       "+0...0.1 write(4, ..., 6000) = 6000\n"
	       "* > P. 1:4001(4000) ack 1\n"
	       "+.1 < . 1:1(0) ack 4001 win 257\n");
}
END_TEST

START_TEST(a_timeout_of_the_descriptor_ends_a_call)
{
	passes(CONNECTS "+0 setsockopt(4, SOL_SOCKET, SO_RCVTIMEO, "
	                "{tv_sec=1, tv_usec=0}, 16) = 0\n"
	                "+0...1 read(4, ..., 10) = -1 EAGAIN (Again)\n");
}
END_TEST

START_TEST(a_blocking_connect_tells_the_refusal)
{
	passes("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
	       "+0...0.1 connect(3, ..., ...) = -1 ECONNREFUSED (Refused)\n"
	       "+0 > S 0:0(0) <...>\n"
	       "+.1 < R. 0:0(0) ack 1 win 0\n");
}
END_TEST

START_TEST(data_that_are_wrong_are_seen)
{
	/* The second byte stream begins anew behind what was read. */
	passes(CONNECTS "+0 < P. 1:11(10) ack 1 win 257\n"
	                "+0 read(4, ..., 4) = 4\n"
	                "+0 read(4, ..., 10) = 6\n");
}
END_TEST

/* ---- options ---- */

START_TEST(buffers_are_told_twice_as_large)
{
	passes(LISTENS
	       "+0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [20000], 4) = 0\n"
	       "+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [40000], [4]) = 0\n");
}
END_TEST

START_TEST(a_wrong_option_value_fails)
{
	fails(LISTENS
	      "+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], [4]) = 0\n",
	      4, "SO_REUSEADDR differs");
}
END_TEST

START_TEST(bad_option_arguments_are_refused)
{
	passes(LISTENS
	       "+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 2) = -1 EINVAL "
	       "(Invalid argument)\n"
	       "+0 setsockopt(3, SOL_TCP, TCP_NODELAY, NULL, 4) = -1 EFAULT "
	       "(Bad address)\n");
}
END_TEST

START_TEST(flags_of_a_descriptor)
{
	passes(LISTENS
	       "+0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)\n"
	       "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"
	       "+0 fcntl(3, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)\n"
	       "+0 accept(3, ..., ...) = -1 EAGAIN (Again)\n");
}
END_TEST

/* ---- readiness ---- */

START_TEST(poll_waits_for_its_time)
{
	passes(CONNECTS
	       "+0...0.050 poll([{fd=4, events=POLLIN, revents=0}], 1, "
	       "50) = 0\n");
}
END_TEST

START_TEST(wrong_revents_fail)
{
	fails(CONNECTS
	      "+0 poll([{fd=4, events=POLLOUT, revents=0}], 1, 0) = 1\n",
	      8, "revents of descriptor 4 differ");
}
END_TEST

START_TEST(epoll_gives_back_the_descriptor)
{
	passes(CONNECTS
	       "+0 epoll_create(1) = 9\n"
	       "+0 epoll_ctl(9, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = "
	       "0\n"
	       "+0 epoll_wait(9, {events=EPOLLOUT, fd=4}, 1, 0) = 1\n");
	fails(CONNECTS
	      "+0 epoll_create(1) = 9\n"
	      "+0 epoll_ctl(9, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = 0\n"
	      "+0 epoll_wait(9, {events=EPOLLIN, fd=4}, 1, 0) = 1\n",
	      10, "the event differs");
}
END_TEST

/* ---- files ---- */

START_TEST(a_splice_goes_through_a_pipe)
{
	passes(CONNECTS "+0 pipe([5, 6]) = 0\n"
	                "+0 < P. 1:101(100) ack 1 win 257\n"
	                "+0 > . 1:1(0) ack 101\n"
	                "+0 splice(4, NULL, 6, NULL, 100, 0) = 100\n"
	                "+0 splice(5, NULL, 4, NULL, 100, 0) = 100\n"
	                "+0 > P. 1:101(100) ack 101\n");
}
END_TEST

static Suite *suite(void)
{
	Suite *s    = suite_create("drill_call");
	TCase *call = tcase_create("call");

	tcase_add_test(call, a_wrong_result_fails);
	tcase_add_test(call, a_wrong_error_fails);
	tcase_add_test(call, an_ellipsis_takes_any_result);
	tcase_add_test(call, a_descriptor_keeps_the_number_of_the_script);
	tcase_add_test(call, a_call_that_blocks_without_time_fails);
	tcase_add_test(call, a_blocking_call_returns_in_time);
	tcase_add_test(call, a_blocking_call_must_not_return_early);
	tcase_add_test(call, a_blocking_call_must_not_stay_too_long);
	tcase_add_test(call, a_blocking_write_waits_for_room);
	tcase_add_test(call, a_timeout_of_the_descriptor_ends_a_call);
	tcase_add_test(call, a_blocking_connect_tells_the_refusal);
	tcase_add_test(call, data_that_are_wrong_are_seen);
	tcase_add_test(call, buffers_are_told_twice_as_large);
	tcase_add_test(call, a_wrong_option_value_fails);
	tcase_add_test(call, bad_option_arguments_are_refused);
	tcase_add_test(call, flags_of_a_descriptor);
	tcase_add_test(call, poll_waits_for_its_time);
	tcase_add_test(call, wrong_revents_fail);
	tcase_add_test(call, epoll_gives_back_the_descriptor);
	tcase_add_test(call, a_splice_goes_through_a_pipe);
	suite_add_tcase(s, call);

	return s;
}

TEST_MAIN(suite)
