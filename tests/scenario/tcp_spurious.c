/* SPDX-License-Identifier: MIT */
/*
 * It was no loss: F-RTO (RFC 5682), Eifel (RFC 3522) and D-SACK (RFC 2883) undo
 * what was done about it
 *
 * Segments are 1000 octets, ten are in flight and ten more wait. There is no
 * probe of the tail, so that it is RTO which fires, after 300 ms.
 */
#include "tests/unit/lib/peer.h"

#define SACK "mss 1000,sackOK,nop,nop"
#define TS   "mss 1000,sackOK,TS val 100 ecr 0,nop,wscale 7"

static unsigned mss;

static int fill_the_pipe(const char *options, unsigned segment_len)
{
	int fd;

	mss                       = segment_len;
	peer_config()->no_tlp     = true;
	peer_config()->congestion = "reno";
	fd                        = peer_connects(options);
	app_sends(fd, 20 * mss);
	for (unsigned i = 0; i < 10; i++)
		stack_sends(". %u:%u(%u) ack 1", i * mss + 1, (i + 1) * mss + 1,
		            mss);
	stack_sends_nothing();

	return fd;
}

static void stack_sends_segment(unsigned i)
{
	stack_sends("%s %u:%u(%u) ack 1", i == 19 ? "P." : ".", i * mss + 1,
	            (i + 1) * mss + 1, mss);
}

static void is_undone(int fd)
{
	ck_assert_uint_le(app_info(fd).ca_state, TARN_CA_DISORDER);
	ck_assert_uint_ge(app_info(fd).cwnd, 10 * mss);
	ck_assert_uint_gt(app_info(fd).ssthresh, 1u << 30);
	ck_assert_uint_eq(app_info(fd).lost, 0);
	ck_assert_uint_eq(app_info(fd).backoff, 0);
}

static void reset_it(void)
{
	peer_sends("R 1:1(0)");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- F-RTO ---- */

static void late_but_not_lost(const char *options)
{
	const int fd = fill_the_pipe(options, 1000);

	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_LOSS);
	peer_sends(". 1:1(0) ack 1001"); /* of the original; who knows */
	stack_sends_segment(10);
	stack_sends_segment(11);
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 2001"); /* that was sent once */
	is_undone(fd);
	/* Nothing is sent again; the window is as it was. */
	while (sent_count() > 0) {
		struct segment segment;

		ck_assert(next_segment(&segment));
		ck_assert_int_gt(relative_seq(&segment), 12000);
	}
	reset_it();
}

/* RFC5682-1 */
SCENARIO(timeout_of_what_was_only_late_is_undone)
{
	late_but_not_lost(SACK);
}

SCENARIO(and_so_it_is_without_sack)
{
	late_but_not_lost("mss 1000");
}

SCENARIO(a_sack_of_what_was_sent_once_undoes_it_too)
{
	/* RFC 5682 3.1 step 3 (b): the ACK of 1001 is overtaken */
	const int fd = fill_the_pipe(SACK, 1000);

	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_segment(10);
	stack_sends_segment(11);
	peer_sends(". 1:1(0) ack 1001 <nop,nop,sack 2001:3001>");
	is_undone(fd);
	reset_it();
}

/* RFC5682-1 */
SCENARIO(timeout_of_what_was_lost_goes_on_with_slow_start)
{
	/* Step 3 (a): what answers is a duplicate, caused by the new text */
	const int fd = fill_the_pipe(SACK, 1000);

	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_segment(10);
	stack_sends_segment(11);
	stack_sends_nothing();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1001 <nop,nop,sack 10001:11001>");
	stack_sends_segment(1);
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_LOSS);
	ck_assert_uint_le(app_info(fd).cwnd, 3000);
	reset_it();
}

SCENARIO(first_ack_that_covers_everything_proves_nothing)
{
	/* Step 2 (a): only the first was lost, and all the ACKs */
	const int fd = fill_the_pipe(SACK, 1000);

	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 10001");
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	ck_assert_uint_lt(app_info(fd).cwnd, 10000 + 1000);
	reset_it();
}

SCENARIO(part_of_what_was_sent_again_proves_nothing)
{
	fill_the_pipe(SACK, 1000);
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 501");
	stack_sends(". 1001:2001(1000) ack 1");
	reset_it();
}

SCENARIO(without_new_text_slow_start_goes_on)
{
	mss                   = 1000;
	peer_config()->no_tlp = true;
	app_sends(peer_connects(SACK), 4000);
	for (unsigned i = 0; i < 4; i++)
		ck_assert(next_segment(&(struct segment){ 0 }));
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends(". 2001:3001(1000) ack 1");
	reset_it();
}

SCENARIO(it_can_be_left_out)
{
	peer_config()->no_frto = true;
	fill_the_pipe(SACK, 1000);
	stack_sends_after(300 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001");
	stack_sends_segment(1);
	stack_sends_segment(2);
	stack_sends_nothing();
	reset_it();
}

/* ---- Eifel ---- */

SCENARIO(an_old_echo_undoes_a_timeout_at_once)
{
	uint32_t tsval;
	const int fd = fill_the_pipe(TS, 988);

	tsval = stack_tsval();
	stack_sends_after(300 * MSEC, ". 1:989(988) ack 1");
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_LOSS);
	peer_sends(". 1:1(0) ack 989 win 1000 <nop,nop,TS val 200 ecr %u>",
	           tsval);
	is_undone(fd);
	reset_it();
}

SCENARIO(a_new_echo_undoes_nothing)
{
	const int fd = fill_the_pipe(TS, 988);

	stack_sends_after(300 * MSEC, ". 1:989(988) ack 1");
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 989 win 1000 <nop,nop,TS val 200 ecr %u>",
	           stack_tsval());
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_LOSS);
	reset_it();
}

SCENARIO(an_old_echo_undoes_a_fast_retransmission)
{
	uint32_t tsval;
	const int fd = fill_the_pipe(TS, 988);

	tsval = stack_tsval();
	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 win 1000 <nop,nop,TS val 200 ecr %u,"
	           "nop,nop,sack 989:3953>",
	           tsval);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_RECOVERY);
	time_passes(5 * MSEC);
	peer_sends(". 1:1(0) ack 3953 win 1000 <nop,nop,TS val 205 ecr %u>",
	           tsval);
	is_undone(fd);
	reset_it();
}

/* ---- D-SACK ---- */

SCENARIO(a_dsack_undoes_a_fast_retransmission_during_recovery)
{
	const int fd = fill_the_pipe(SACK, 1000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	peer_sends(". 1:1(0) ack 4001 <nop,nop,sack 1:1001>");
	is_undone(fd);
	reset_it();
}

SCENARIO(a_dsack_undoes_it_after_recovery)
{
	const int fd = fill_the_pipe(SACK, 1000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 1001:4001>");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	peer_sends(". 1:1(0) ack 10001");
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	time_passes(50 * MSEC);
	peer_sends(". 1:1(0) ack 10001 <nop,nop,sack 1:1001>");
	is_undone(fd);
	reset_it();
}

SCENARIO(a_dsack_of_one_of_two_is_not_enough)
{
	const int fd = fill_the_pipe(SACK, 1000);

	time_passes(100 * MSEC);
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 2001:5001>");
	peer_sends(". 1:1(0) ack 1 <nop,nop,sack 2001:8001>");
	ck_assert_uint_eq(app_info(fd).retrans, 2);
	peer_sends(". 1:1(0) ack 8001 <nop,nop,sack 1:1001>");
	ck_assert_uint_eq(app_info(fd).ca_state, TARN_CA_RECOVERY);
	peer_sends(". 1:1(0) ack 8001 <nop,nop,sack 1001:2001>");
	is_undone(fd);
	reset_it();
}

SCENARIO_MAIN("tcp spurious", timeout_of_what_was_only_late_is_undone,
              and_so_it_is_without_sack,
              a_sack_of_what_was_sent_once_undoes_it_too,
              timeout_of_what_was_lost_goes_on_with_slow_start,
              first_ack_that_covers_everything_proves_nothing,
              part_of_what_was_sent_again_proves_nothing,
              without_new_text_slow_start_goes_on, it_can_be_left_out,
              an_old_echo_undoes_a_timeout_at_once, a_new_echo_undoes_nothing,
              an_old_echo_undoes_a_fast_retransmission,
              a_dsack_undoes_a_fast_retransmission_during_recovery,
              a_dsack_undoes_it_after_recovery,
              a_dsack_of_one_of_two_is_not_enough)
