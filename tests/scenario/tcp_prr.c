/* SPDX-License-Identifier: MIT */
/*
 * Proportional rate reduction: how fast a sender sends in recovery (RFC 9937)
 *
 * Segments are 1000 octets, ten are in flight: ssthresh becomes five.
 */
#include "tests/unit/lib/peer.h"

#define SACK "mss 1000,sackOK,nop,nop"

static int fill_the_pipe(const char *options, size_t more)
{
	int fd;

	peer_config()->congestion = "reno";
	fd                        = peer_connects(options);
	app_sends(fd, 10000 + more);
	for (unsigned i = 0; i < 10; i++)
		stack_sends("%s %u:%u(1000) ack 1",
		            i == 9 && more == 0 ? "P." : ".", i * 1000 + 1,
		            i * 1000 + 1001);
	stack_sends_nothing();
	time_passes(100 * MSEC);

	return fd;
}

/* The next of a row of SACKs, a millisecond after the one before. */
static void peer_sacks_up_to(unsigned right)
{
	time_passes(1 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:%u>", right);
}

/* RFC9937-1, RFC9937-2 */
SCENARIO(half_of_what_arrives_is_replaced)
{
	/* One is lost: every second SACK sends one segment, and so the pipe
	 * comes down from ten to five in one round trip. */
	const int fd = fill_the_pipe(SACK, 20000);

	peer_sacks_up_to(2001);
	stack_sends(". 10001:11001(1000) ack 1"); /* limited transmit */
	peer_sacks_up_to(3001);
	stack_sends(". 11001:12001(1000) ack 1");
	peer_sacks_up_to(4001);
	stack_sends(". 1:1001(1000) ack 1");
	for (unsigned i = 0; i < 2; i++) {
		const unsigned right = 5001 + 2000 * i, seq = 12001 + 1000 * i;

		peer_sacks_up_to(right);
		stack_sends_nothing();
		peer_sacks_up_to(right + 1000);
		stack_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
	}
	/* Five are left: from now on, one leaves for each that arrives. */
	peer_sacks_up_to(9001);
	peer_sacks_up_to(10001);
	stack_sends_nothing();
	time_passes(90 * MSEC);
	peer_sacks_up_to(11001);
	stack_sends(". 14001:15001(1000) ack 1");
	peer_sacks_up_to(12001);
	stack_sends(". 15001:16001(1000) ack 1");
	stack_sends_nothing();
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_RECOVERY);
	peer_sends(". 1:1(0) ack 12001");
	ck_assert_uint_eq(app_info(fd).cwnd, 5000);
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_OPEN);
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

SCENARIO(after_heavy_loss_as_much_leaves_as_arrives)
{
	/* Seven of ten are lost: the pipe is empty. One for the SACK; and with
	 * each ACK that makes good progress one more than arrived. */
	const int fd = fill_the_pipe(SACK, 0);

	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 7001:8001>");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 7001:9001>");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 7001:10001>");
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends_nothing();
	ck_assert_uint_eq(app_info(fd).cwnd, 1000);
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1001 <nop,nop,sack 7001:10001>");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 2001 <nop,nop,sack 7001:10001>");
	stack_sends(". 3001:4001(1000) ack 1");
	stack_sends(". 4001:5001(1000) ack 1");
	peer_sends(". 1:1(0) ack 3001 <nop,nop,sack 7001:10001>");
	stack_sends(". 5001:6001(1000) ack 1");
	stack_sends(". 6001:7001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_eq(app_info(fd).cwnd, 5000);
}

SCENARIO(without_it_the_whole_of_ssthresh_leaves_at_once)
{
	peer_config()->no_prr = true;
	fill_the_pipe(SACK, 0);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 7001:10001>");
	for (unsigned seq = 1; seq < 5000; seq += 1000)
		stack_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO(it_works_without_sack)
{
	/* DeliveredData is one segment a duplicate, of twelve in flight. */
	const int fd = fill_the_pipe("mss 1000", 20000);
	struct segment segment;
	unsigned count = 0;

	for (unsigned i = 0; i < 3; i++)
		peer_sends(". 1:1(0) ack 1");
	stack_sends(". 10001:11001(1000) ack 1");
	stack_sends(". 11001:12001(1000) ack 1");
	stack_sends(". 1:1001(1000) ack 1");
	for (unsigned i = 0; i < 8; i++)
		peer_sends(". 1:1(0) ack 1");
	while (next_segment(&segment))
		count++;
	ck_assert_uint_ge(count, 3);
	ck_assert_uint_le(count, 4);
	peer_sends(". 1:1(0) ack 12001");
	ck_assert_uint_eq(app_info(fd).cwnd, 5000);
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&segment));
}

SCENARIO(forged_duplicates_pull_out_no_more_than_was_in_flight)
{
	struct segment segment;
	unsigned fresh = 0;

	fill_the_pipe("mss 1000", 100000);
	for (unsigned i = 0; i < 1000; i++) {
		peer_sends(". 1:1(0) ack 1");
		while (next_segment(&segment))
			fresh += relative_seq(&segment) > 10000;
	}
	ck_assert_uint_le(fresh, 12);
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp PRR", half_of_what_arrives_is_replaced,
              after_heavy_loss_as_much_leaves_as_arrives,
              without_it_the_whole_of_ssthresh_leaves_at_once,
              it_works_without_sack,
              forged_duplicates_pull_out_no_more_than_was_in_flight)
