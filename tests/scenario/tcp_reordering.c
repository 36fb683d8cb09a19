/* SPDX-License-Identifier: MIT */
/*
 * A path that reorders: hasty once, patient from then on (RFC 8985 6.2, 3522)
 *
 * Segments are 1000 octets, the round trip is 100 ms.
 */
#include "tests/unit/lib/peer.h"

#define SACK "mss 1000,sackOK,nop,nop"

static void hole_is_silent(int hole)
{
	struct segment segment;

	while (next_segment(&segment))
		ck_assert_int_ne(relative_seq(&segment), hole);
}

/* Ten in flight, the first is overtaken by three, and sent again. */
static int hasty_once(void)
{
	int fd;

	peer_config()->congestion = "reno";
	fd                        = peer_connects(SACK);
	app_sends(fd, 40000);
	hole_is_silent(10001);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	stack_sends(". 1:1001(1000) ack 1");

	return fd;
}

SCENARIO(undone_recovery_shows_that_the_path_reorders)
{
	const int fd = hasty_once();

	hole_is_silent(4001);
	peer_sends(". 1:1(0) ack 4001 <nop,nop,sack 1:1001>");
	ck_assert_uint_eq(app_info(fd).reord_seen, 1);
	ck_assert_uint_ge(app_info(fd).cwnd, 10000);

	/* Again three overtake one: now a quarter of the round trip is waited
	 * for, and twice that because of the D-SACK. */
	peer_sends(". 1:1(0) ack 4001 <nop,nop,sack 5001:8001>");
	time_passes(49 * MSEC);
	hole_is_silent(4001);
	time_passes(2 * MSEC);
	stack_sends(". 4001:5001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(repaired_loss_is_no_reordering)
{
	const int fd = hasty_once();

	hole_is_silent(4001);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 4001");
	ck_assert_uint_eq(app_info(fd).reord_seen, 0);
	hole_is_silent(1);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("reordering", undone_recovery_shows_that_the_path_reorders,
              repaired_loss_is_no_reordering)
