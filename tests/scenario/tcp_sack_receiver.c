/* SPDX-License-Identifier: MIT */
/*
 * SACK blocks that we send: RFC 2018 sections 3 and 4, RFC 2883 (D-SACK)
 */
#include "tests/unit/lib/peer.h"

#define SACK    "mss 1000,sackOK,nop,nop"
#define SACK_TS "mss 1000,sackOK,TS val 100 ecr 0"

SCENARIO(block_names_what_arrived)
{
	const int fd = peer_connects(SACK);

	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 101:201>");
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 201 <>");
	app_receives(fd, 200);
}

/* RFC2018-1 */
SCENARIO(no_blocks_unless_agreed)
{
	peer_connects("mss 1000");
	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <>");
}

/* RFC2018-2 */
SCENARIO(first_block_holds_the_newest_segment)
{
	peer_connects(SACK);
	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 101:201>");
	peer_sends(". 501:601(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 501:601 101:201>");
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:401 501:601 101:201>");
	/* It grows, so it is the newest again, and it is reported whole. */
	peer_sends(". 601:701(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 501:701 301:401 101:201>");
}

SCENARIO(blocks_that_touch_are_one)
{
	peer_connects(SACK);
	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 101:201>");
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:401 101:201>");
	peer_sends(". 201:301(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 101:401>");
}

SCENARIO(four_blocks_without_timestamps)
{
	peer_connects(SACK);
	for (unsigned i = 0; i < 6; i++) {
		peer_sends(". %u:%u(10) ack 1", 100 * i + 101, 100 * i + 111);
		stack_sends(". 1:1(0) ack 1");
	}
	peer_sends(". 701:711(10) ack 1");
	stack_sends(". 1:1(0) ack 1 "
	            "<nop,nop,sack 701:711 601:611 501:511 401:411>");
}

SCENARIO(three_blocks_with_timestamps)
{
	peer_connects(SACK_TS);
	for (unsigned i = 0; i < 6; i++) {
		peer_sends(". %u:%u(10) ack 1", 100 * i + 101, 100 * i + 111);
		stack_sends(". 1:1(0) ack 1");
	}
	peer_sends(". 701:711(10) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,TS val * ecr *,"
	            "nop,nop,sack 701:711 601:611 501:511>");
}

/* RFC2018-3 */
SCENARIO(older_blocks_come_back_when_newer_ones_are_filled)
{
	peer_connects(SACK);
	for (unsigned i = 0; i < 3; i++) {
		peer_sends(". %u:%u(10) ack 1", 100 * i + 101, 100 * i + 111);
		stack_sends(". 1:1(0) ack 1");
	}
	peer_sends(". 1:101(100) ack 1"); /* takes 101:111 in */
	stack_sends(". 1:1(0) ack 111 <nop,nop,sack 301:311 201:211>");
}

SCENARIO(data_carries_blocks_too)
{
	const int fd = peer_connects(SACK);

	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 101:201>");
	app_sends(fd, 2000);
	/* 1000 octets less the 12 of the option: MUST-16 */
	stack_sends(". 1:989(988) ack 1 <nop,nop,sack 101:201>");
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- D-SACK: what arrived twice comes first ---- */

/* RFC2883-1 */
SCENARIO(duplicate_below_the_ack_is_reported_once)
{
	const int fd = peer_connects(SACK);

	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101 <>");
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101 <nop,nop,sack 1:101>");
	peer_sends(". 101:201(100) ack 1");
	stack_sends(". 1:1(0) ack 201 <>");
	app_receives(fd, 200);
}

SCENARIO(duplicate_below_the_ack_comes_before_the_blocks)
{
	/* RFC 2883 4.1.1 ff.: the D-SACK block, then the ordinary ones */
	peer_connects(SACK);
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 101 <nop,nop,sack 301:401>");
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101 <nop,nop,sack 1:101 301:401>");
}

/* RFC2883-1 */
SCENARIO(duplicate_above_the_ack_is_followed_by_its_block)
{
	/* RFC 2883 4.1 (4): "the second SACK block ... should be used to
	 * report the larger contiguous block" */
	peer_connects(SACK);
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:401>");
	peer_sends(". 401:501(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:501>");
	peer_sends(". 301:401(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:401 301:501>");
	peer_sends(". 501:601(100) ack 1");
	stack_sends(". 1:1(0) ack 1 <nop,nop,sack 301:601>");
}

SCENARIO(partial_duplicate_reports_the_duplicate_part)
{
	/* RFC 2883 4.2.1 */
	const int fd = peer_connects(SACK);

	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends(". 51:201(150) ack 1");
	stack_sends(". 1:1(0) ack 201 <nop,nop,sack 51:101>");
	app_receives(fd, 200);
}

SCENARIO_MAIN("tcp SACK receiver", block_names_what_arrived,
              no_blocks_unless_agreed, first_block_holds_the_newest_segment,
              blocks_that_touch_are_one, four_blocks_without_timestamps,
              three_blocks_with_timestamps,
              older_blocks_come_back_when_newer_ones_are_filled,
              data_carries_blocks_too, duplicate_below_the_ack_is_reported_once,
              duplicate_below_the_ack_comes_before_the_blocks,
              duplicate_above_the_ack_is_followed_by_its_block,
              partial_duplicate_reports_the_duplicate_part)
