/* SPDX-License-Identifier: MIT */
/*
 * two_halves.c - a poll in two halves: the application has its turn in between
 *
 *	tarn_poll_input() --> recv(), send() --> tarn_poll_output()
 */
#include "base/limits.h"
#include "tests/unit/lib/peer.h"

/* As app_receives() and app_sends(), which let the stack speak; here it waits. */
static void reads(int fd, ssize_t len)
{
	uint8_t buf[4096];

	ck_assert_int_eq(tarn_recv(stack(), fd, buf, sizeof(buf), 0), len);
}

SCENARIO(an_answer_takes_the_acknowledgment_along)
{
	const int fd = peer_connects("mss 1000");
	uint8_t answer[200];

	peer_queues("P. 1:101(100) ack 1");
	ck_assert_uint_eq(tarn_poll_input(stack(), now_us(), 64), 1);
	ck_assert_uint_eq(sent_count(), 0);
	reads(fd, 100);
	for (unsigned i = 0; i < sizeof(answer); i++)
		answer[i] = stream_octet(false, 1 + i);
	ck_assert_int_eq(tarn_send(stack(), fd, answer, sizeof(answer), 0),
	                 sizeof(answer));
	(void)tarn_poll_output(stack(), now_us());
	stack_sends("P. 1:201(200) ack 101");
	peer_sends(". 101:101(0) ack 201");
}

/* In one piece, the acknowledgment leaves first. */
SCENARIO(without_a_turn_in_between_it_leaves_alone)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	app_receives(fd, 100);
	app_sends(fd, 200);
	stack_sends("P. 1:201(200) ack 101");
	peer_sends(". 101:101(0) ack 201");
}

SCENARIO(no_more_frames_come_than_were_asked_for)
{
	const int fd = peer_connects("mss 1000");

	for (unsigned i = 0; i < 3; i++)
		peer_queues(". %u:%u(1000) ack 1", 1 + 1000 * i,
		            1001 + 1000 * i);
	ck_assert_uint_eq(tarn_poll_input(stack(), now_us(), 1), 1);
	reads(fd, 1000);
	reads(fd, -EAGAIN);
	ck_assert_uint_eq(tarn_poll_input(stack(), now_us(), 64), 2);
	reads(fd, 2000);
	(void)tarn_poll_output(stack(), now_us());
	stack_sends(". 1:1(0) ack 3001"); /* one for all three */
}

/* A timer that is due beside a frame waits for the frames behind it, but not
 * for the output. */
SCENARIO(timers_are_the_first_half_s)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(tarn_poll_input(stack(), now_us() + 10 * SEC, 64), 0);
	ck_assert_uint_eq(sent_count(), 0);
	(void)tarn_poll_output(stack(), now_us() + 10 * SEC);
	stack_sends("P. 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO_MAIN("two_halves", an_answer_takes_the_acknowledgment_along,
              without_a_turn_in_between_it_leaves_alone,
              no_more_frames_come_than_were_asked_for,
              timers_are_the_first_half_s)
