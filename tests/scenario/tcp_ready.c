/* SPDX-License-Identifier: MIT */
/*
 * Who waits for a connection hears of its end, whatever ended it: each way to
 * CLOSED marks the connection for its user
 */
#include "tests/unit/lib/peer.h"

static int set = -1;

static void watch(int fd)
{
	const struct tarn_epoll_event event = { .events = TARN_POLLIN,
		                                .data   = 7 };

	set = app_adopts(tarn_epoll_create(stack()));
	ck_assert_int_eq(
	        tarn_epoll_ctl(stack(), set, TARN_EPOLL_CTL_ADD, fd, &event),
	        0);
}

static uint32_t heard(void)
{
	struct tarn_epoll_event event = { 0 };

	settle();
	if (tarn_epoll_wait(stack(), set, &event, 1) == 0)
		return 0;
	ck_assert_uint_eq(event.data, 7);

	return event.events;
}

SCENARIO(reset_is_heard)
{
	watch(peer_connects("mss 1000"));
	ck_assert_uint_eq(heard(), 0);
	peer_sends("R 1:1(0)");
	ck_assert(heard() & TARN_POLLHUP);
}

SCENARIO(giving_up_is_heard)
{
	const int fd = peer_connects("mss 1000");

	app_sets(fd, TARN_TCP_USER_TIMEOUT, 1000);
	watch(fd);
	app_sends(fd, 10);
	ck_assert_uint_eq(heard(), 0);
	time_passes(10 * SEC);
	while (sent_count() > 0)
		next_segment(&(struct segment){ 0 });
	ck_assert(heard() & TARN_POLLHUP);
}

SCENARIO(refusal_is_heard)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	watch(fd);
	ck_assert_uint_eq(heard(), 0);
	peer_sends("R. 0:0(0) ack 1");
	ck_assert(heard() & TARN_POLLERR);
}

SCENARIO(time_wait_is_heard)
{
	const int fd = peer_connects("mss 1000");

	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	watch(fd);
	ck_assert_uint_eq(heard(), 0);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	ck_assert(heard() & TARN_POLLHUP);
}

SCENARIO(connection_to_accept_is_heard)
{
	watch(the_listener());
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	ck_assert_uint_eq(heard(), 0);
	peer_sends(". 1:1(0) ack 1");
	ck_assert_uint_eq(heard(), TARN_POLLIN);
	app_accepts(the_listener());
}

SCENARIO_MAIN("tcp ready", reset_is_heard, giving_up_is_heard, refusal_is_heard,
              time_wait_is_heard, connection_to_accept_is_heard)
