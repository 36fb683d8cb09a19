/* SPDX-License-Identifier: MIT */
/*
 * Every allocation fails once: hostile-input XF-01
 *
 * A story that touches all that takes memory (listening, half-open, accept,
 * text in and out of order, SACK, retransmission, active open, TIME-WAIT) is
 * told again and again. The n-th time its n-th request for memory is refused,
 * or that one and all after it. Nobody minds what becomes of the connections,
 * but what is delivered must be right, the stack must live on, and nothing may
 * leak. The peer says its lines whatever the stack answers.
 */
#include "tests/unit/lib/peer.h"
#include <limits.h>
#include <stdio.h>

#define OPTIONS "mss 1000,sackOK,TS val 100 ecr 0,nop,wscale 7"

static unsigned lines_left; /* the story ends when there are none */
static uint32_t clock_now;

static void ignore_answers(void)
{
	struct segment segment;

	while (next_segment(&segment))
		;
}

static void says(const char *line)
{
	if (lines_left == 0)
		return;
	lines_left--;
	peer_tsval(++clock_now);
	peer_sends("%s", line);
	ignore_answers();
	time_passes(100 * MSEC);
	ignore_answers();
}

/* Whatever arrived must be the beginning of the peer's stream. */
static int64_t read_all(int fd, int64_t seen)
{
	uint8_t buf[512];
	ssize_t got;

	while ((got = tarn_recv(stack(), fd, buf, sizeof(buf), 0)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			ck_assert_uint_eq(buf[i], stream_octet(true, ++seen));
	}

	return seen;
}

static void write_some(int fd, size_t len)
{
	static uint8_t buf[20000];

	for (size_t i = 0; i < len; i++)
		buf[i] = stream_octet(false, (int64_t)i + 1);
	if (tarn_send(stack(), fd, buf, len, 0) < 0)
		return;
	settle();
	ignore_answers();
}

/* From ESTABLISHED on: the same for both ways to get there. */
static void converse(int fd)
{
	char sack[100];
	int64_t seen = 0;

	says("P. 1:501(500) ack 1");
	seen = read_all(fd, seen);
	says(". 1501:2001(500) ack 1");
	says(". 2501:3001(500) ack 1");
	says(". 501:1501(1000) ack 1");
	seen = read_all(fd, seen);
	says(". 2001:2501(500) ack 1");
	says(". 501:1501(1000) ack 1");
	says(". 1501:2501(1000) ack 1");
	says(". 2501:3001(500) ack 1");
	seen = read_all(fd, seen);

	write_some(fd, 20000);
	says(". 3001:3001(0) ack 989");
	snprintf(sack, sizeof(sack),
	         ". 3001:3001(0) ack 989 <nop,nop,TS val %u ecr *,"
	         "nop,nop,sack 1977:4941>",
	         clock_now);
	says(sack);
	time_passes(SEC);
	ignore_answers();
	says(". 3001:3001(0) ack 10001");
	says(". 3001:3001(0) ack 20001");
	tarn_shutdown(stack(), fd, TARN_SHUT_WR);
	says("F. 3001:3001(0) ack 20002");
	read_all(fd, seen);
}

static void open_passively(void)
{
	const struct tarn_addr any = { .port = STACK_PORT };
	const int listener         = tarn_socket(stack(), TARN_STREAM);
	int fd;

	if (listener < 0)
		return;
	app_adopts(listener);
	if (tarn_bind(stack(), listener, &any) < 0 ||
	    tarn_listen(stack(), listener, 4) < 0)
		return;
	says("S 0:0(0) <" OPTIONS ">");
	says("S 0:0(0) <" OPTIONS ">");
	says(". 1:1(0) ack 1");
	fd = tarn_accept(stack(), listener, NULL);
	if (fd < 0)
		return;
	app_adopts(fd);
	converse(fd);
}

static void open_actively(void)
{
	const struct tarn_addr to = { .ip   = tarn_ip4(10, 9, 0, 1),
		                      .port = PEER_PORT + 1 };
	const int fd              = tarn_socket(stack(), TARN_STREAM);
	struct tarn_addr local;

	if (fd < 0)
		return;
	app_adopts(fd);
	if (tarn_connect(stack(), fd, &to) != -EINPROGRESS ||
	    tarn_getsockname(stack(), fd, &local) < 0)
		return;
	peer_flow(PEER_PORT + 1, local.port);
	settle();
	ignore_answers();
	says("S. 0:0(0) ack 1 <" OPTIONS ">");
	converse(fd);
}

static void begin(int world, unsigned lines)
{
	clock_now  = 100;
	lines_left = lines;
	peer_begin(world);
	peer_open();
}

static void tell_the_story(void)
{
	open_passively();
	open_actively();
}

/* The stack still works: a connection to a port of its own. */
static void stack_lives(void)
{
	int listener;

	memory_refuse(0, false);
	ignore_answers();
	listener = app_listens(8080, 4);
	peer_flow(PEER_PORT + 2, 8080);
	lines_left = 2;
	says("S 0:0(0) <mss 1000>");
	says(". 1:1(0) ack 1");
	app_accepts(listener);
	state_is(TCPS_ESTABLISHED);
}

static unsigned long requests_of_the_story(int world)
{
	unsigned long count;

	begin(world, UINT_MAX);
	count = memory_requests();
	tell_the_story();
	count = memory_requests() - count;
	stack_lives();
	peer_end();
	ck_assert_uint_ge(count, 10);

	return count;
}

static void refuse_each(int world, bool all_after)
{
	const unsigned long count = requests_of_the_story(world);

	for (unsigned long at = 1; at <= count; at++) {
		begin(world, UINT_MAX);
		memory_refuse(at, all_after);
		tell_the_story();
		stack_lives();
		peer_end();
	}
}

START_TEST(each_request_is_refused_once)
{
	refuse_each(_i, false);
}
END_TEST

START_TEST(all_requests_from_each_on_are_refused)
{
	refuse_each(_i, true);
}
END_TEST

START_TEST(creation_is_refused_at_each_request)
{
	int rc = -ENOMEM;

	for (unsigned long at = 1; rc != 0; at++) {
		struct tarn *t;

		peer_begin(_i);
		memory_refuse(at, false);
		rc = tarn_create(peer_config(), 0, &t);
		ck_assert(rc == 0 || rc == -ENOMEM);
		if (rc == 0)
			tarn_destroy(t);
		ck_assert_uint_eq(memory_held(), 0);
		ck_assert_uint_le(at, 1000);
	}
}
END_TEST

START_TEST(destruction_at_any_moment_leaks_nothing)
{
	for (unsigned lines = 0; lines <= 34; lines++) {
		begin(_i, lines);
		tell_the_story();
		tarn_destroy(stack());
		ck_assert_uint_eq(memory_held(), 0);
	}
	ck_assert_uint_gt(lines_left, 0); /* the last time it was told whole */
}
END_TEST

SCENARIO(what_finds_no_memory_is_dropped_by_name)
{
	int fd;

	the_listener();
	memory_refuse(1, true);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_drops("TCP_MEMORY");
	memory_refuse(0, false);
	stack_sends_nothing();
	fd = peer_connects("mss 1000");

	memory_refuse(1, true);
	peer_sends("P. 1:101(100) ack 1");
	stack_drops("TCP_MEMORY");
	memory_refuse(0, false);
	if (sent_count() > 0)
		stack_sends(". 1:1(0) ack 1");
	app_receives_nothing(fd);
	peer_sends("P. 1:101(100) ack 1"); /* and again */
	stack_sends(". 1:1(0) ack 101");
	app_receives(fd, 100);
}

SCENARIO_MAIN("tcp out of memory", each_request_is_refused_once,
              all_requests_from_each_on_are_refused,
              creation_is_refused_at_each_request,
              destruction_at_any_moment_leaks_nothing,
              what_finds_no_memory_is_dropped_by_name)
