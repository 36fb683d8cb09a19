/* SPDX-License-Identifier: MIT */
/*
 * path-mtu: a router on the way takes 1280 octets
 *
 * It drops what is larger and says so. Who does not listen sends the same
 * segment until the connection is given up, although small ones get through.
 */
#include "tests/rules/rules.h"

static int a_full_segment_is_too_large(void)
{
	const int fd = peer_connects("mss 1460");

	app_sends(fd, 1460);
	stack_sends("P. 1:1461(1460) ack 1");
	time_passes(10 * MSEC);
	peer_too_big(1280, 1, 1460);

	return fd;
}

SCENARIO(without_it_the_path_is_a_black_hole)
{
	unsigned count = 0;
	int fd;

	without(RULE_PATH_MTU);
	fd = a_full_segment_is_too_large();
	stack_drops("TCP_ICMP_SOFT");
	for (struct segment segment; count < 15; count++) {
		while (sent_count() == 0)
			time_passes(SEC);
		ck_assert(next_segment(&segment));
		ck_assert_uint_eq(segment.text_len, 1460);
		peer_too_big(1280, 1, 1460);
	}
	time_passes(240 * SEC);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(with_it_smaller_ones_leave_at_once)
{
	const int fd = a_full_segment_is_too_large();

	stack_sends(". 1:1241(1240) ack 1");
	stack_sends("P. 1241:1461(220) ack 1");
	peer_sends(". 1:1(0) ack 1461");
	ck_assert_int_eq(app_gets(fd, TARN_IP_MTU), 1280);
}

/* The router drops and says nothing: three timeouts are suspicious. */
SCENARIO(with_it_silence_is_understood_in_the_end)
{
	const int fd = peer_connects("mss 1460");
	struct segment segment;

	app_sends(fd, 1460);
	for (unsigned i = 0; i < 3; i++) {
		while (sent_count() == 0)
			time_passes(100 * MSEC);
		ck_assert(next_segment(&segment));
		ck_assert_uint_eq(segment.text_len, 1460);
	}
	while (sent_count() == 0)
		time_passes(100 * MSEC);
	ck_assert(next_segment(&segment));
	ck_assert_uint_eq(segment.text_len, 1024);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("rules/path_mtu", without_it_the_path_is_a_black_hole,
              with_it_smaller_ones_leave_at_once,
              with_it_silence_is_understood_in_the_end)
