/* SPDX-License-Identifier: MIT */
/*
 * Explicit congestion notification: RFC 3168 section 6.1; SHLD-8
 *
 * Segments are 1000 octets and the initial window is 10 of them. Reno, so that
 * a reduction is a half.
 */
#include "tests/unit/lib/peer.h"

#define TOS_AT   15 /* behind Ethernet's 14: octet 1 of IP */
#define NOT_ECT  0
#define ECT0     2
#define CE       3
#define ECN_MASK 3

static unsigned ecn_bits(void)
{
	return last_segment()->tos & ECN_MASK;
}

/* The same as peer_sends(), with these ECN bits in the IP header. */
static void peer_sends_marked(unsigned bits, const char *text)
{
	uint8_t frame[SEGMENT_FRAME_MAX];
	const size_t len = peer_frame(frame, "%s", text);

	frame[TOS_AT] = (uint8_t)((frame[TOS_AT] & 0xfcu) | bits);
	segment_reseal_ip(frame);
	peer_injects(frame, len);
	settle();
}

/* A passive open by a peer that asks. */
static int ecn_connects(void)
{
	int listener;

	peer_config()->congestion = "reno";
	listener                  = the_listener();
	peer_sends("SEW 0:0(0) <mss 1000>");
	stack_sends("SE. 0:0(0) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT); /* 6.1.1 */
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1");

	return app_accepts(listener);
}

static void skip_segments(unsigned count)
{
	struct segment segment;

	while (count-- > 0)
		ck_assert(next_segment(&segment));
	stack_sends_nothing();
}

static void reset_it(void)
{
	peer_sends("R 1:1(0)");
}

/* ---- Agreeing: 6.1.1 ---- */

/* RFC3168-1, SHLD-8 */
SCENARIO(a_peer_that_asks_is_agreed_with)
{
	const int fd = ecn_connects();

	ck_assert(app_info(fd).has_ecn);
	reset_it();
}

SCENARIO(a_peer_that_does_not_ask_gets_no_ecn)
{
	const int fd = peer_connects("mss 1000");

	ck_assert(!app_info(fd).has_ecn);
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT);
	reset_it();
}

SCENARIO(half_a_question_is_none)
{
	const int listener = the_listener();

	peer_sends("SE 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
	peer_port(PEER_PORT + 1);
	peer_sends("SW 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
	(void)listener;
}

SCENARIO(switched_off_nobody_is_agreed_with)
{
	peer_config()->ecn = TARN_ECN_OFF;
	the_listener();
	peer_sends("SEW 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(a_syn_that_asks_no_more_takes_it_back)
{
	int listener, fd;

	listener = the_listener();
	peer_sends("SEW 0:0(0) <mss 1000>");
	stack_sends("SE. 0:0(0) ack 1");
	time_passes(600 * MSEC);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(listener);
	ck_assert(!app_info(fd).has_ecn);
	reset_it();
}

SCENARIO(we_ask_only_when_told_to)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	reset_it();
}

static int ask(const char *answer)
{
	int fd;

	peer_config()->ecn = TARN_ECN_REQUEST;
	fd                 = app_connects();
	stack_sends("SEW 0:0(0)");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT);
	peer_sends("%s 0:0(0) ack 1 <mss 1000>", answer);
	stack_sends(". 1:1(0) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT);

	return fd;
}

SCENARIO(echo_alone_in_the_answer_means_yes)
{
	const int fd = ask("SE.");

	ck_assert(app_info(fd).has_ecn);
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), ECT0);
	reset_it();
}

SCENARIO(no_bit_in_the_answer_means_no)
{
	ck_assert(!app_info(ask("S.")).has_ecn);
	reset_it();
}

SCENARIO(both_bits_in_the_answer_are_a_reflection)
{
	ck_assert(!app_info(ask("SEW.")).has_ecn);
	reset_it();
}

/* RFC3168-2 */
SCENARIO(a_syn_without_an_answer_is_sent_again_without_asking)
{
	int fd;

	peer_config()->ecn = TARN_ECN_REQUEST;
	fd                 = app_connects();
	stack_sends("SEW 0:0(0)");
	stack_sends_after(SEC, "S 0:0(0)");
	/* A late yes to the first: we have said no since (6.1.1). */
	peer_sends("SE. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert(!app_info(fd).has_ecn);
	reset_it();
}

SCENARIO(simultaneous_open_agrees_too)
{
	int fd;

	peer_config()->ecn = TARN_ECN_REQUEST;
	fd                 = app_connects();
	stack_sends("SEW 0:0(0)");
	peer_sends("SEW 0:0(0) <mss 1000>");
	stack_sends("SE. 0:0(0) ack 1");
	peer_sends("SE. 0:0(0) ack 1 <mss 1000>");
	ck_assert(app_info(fd).has_ecn);
	while (next_segment(&(struct segment){ 0 }))
		;
	reset_it();
}

SCENARIO(a_cookie_remembers_it_where_there_are_timestamps)
{
	int listener, fd;

	peer_config()->syn_cookies = TARN_SYN_COOKIES_ALWAYS;
	listener                   = the_listener();
	peer_sends("SEW 0:0(0) <mss 1000,sackOK,TS val 100 ecr 0>");
	stack_sends("SE. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1 <nop,nop,TS val 101 ecr *>");
	fd = app_accepts(listener);
	ck_assert(app_info(fd).has_ecn);
	reset_it();
}

SCENARIO(a_cookie_without_room_says_no)
{
	peer_config()->syn_cookies = TARN_SYN_COOKIES_ALWAYS;
	the_listener();
	peer_sends("SEW 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
}

/* ---- What is marked: 6.1.2, 6.1.4 to 6.1.6 ---- */

/* RFC3168-3, RFC3168-4 */
SCENARIO(new_text_is_capable_and_nothing_else_is)
{
	const int fd = ecn_connects();

	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), ECT0);
	stack_sends_after(300 * MSEC, "P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT); /* a retransmission */
	peer_sends(". 1:1(0) ack 1001");
	peer_sends("P. 1:11(10) ack 1001");
	stack_sends(". 1001:1001(0) ack 11");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT); /* an ACK */
	app_shuts_down(fd);
	stack_sends("F. 1001:1001(0) ack 11");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT); /* no text */
	peer_sends("R 11:11(0)");
}

/* RFC3168-5 */
SCENARIO(a_window_probe_is_not_marked)
{
	const int fd = ecn_connects();

	peer_sends(". 1:1(0) ack 1 win 0");
	app_sends(fd, 1000);
	stack_sends_after(300 * MSEC, ". 0:0(0) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT);
	reset_it();
}

/* ---- The receiver: 6.1.3 ---- */

/* RFC3168-6 */
SCENARIO(a_mark_is_echoed_until_the_peer_says_reduced)
{
	ecn_connects();
	peer_sends_marked(ECT0, "P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	peer_sends_marked(CE, "P. 11:21(10) ack 1");
	stack_sends("E. 1:1(0) ack 21");
	peer_sends_marked(ECT0, "P. 21:31(10) ack 1");
	stack_sends("E. 1:1(0) ack 31");
	peer_sends_marked(ECT0, "PW. 31:41(10) ack 1");
	stack_sends(". 1:1(0) ack 41");
	peer_sends_marked(CE, "PW. 41:51(10) ack 1");
	stack_sends("E. 1:1(0) ack 51");
	peer_sends("R 51:51(0)");
}

SCENARIO(text_carries_the_echo_too)
{
	const int fd = ecn_connects();

	peer_sends_marked(CE, "P. 1:11(10) ack 1");
	stack_sends("E. 1:1(0) ack 11");
	app_sends(fd, 100);
	stack_sends("PE. 1:101(100) ack 11");
	ck_assert_uint_eq(ecn_bits(), ECT0);
	peer_sends("R 11:11(0)");
}

SCENARIO(a_mark_outside_of_the_window_is_nobodys)
{
	ecn_connects();
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	time_passes(SEC);
	peer_sends_marked(CE, "P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	peer_sends("R 11:11(0)");
}

SCENARIO(without_agreement_marks_and_bits_mean_nothing)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_marked(CE, "PEW. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_sends(fd, 10000);
	skip_segments(10);
	time_passes(RTT_US);
	peer_sends("E. 11:11(0) ack 10001");
	ck_assert_uint_eq(app_info(fd).cwnd, 20000);
	ck_assert_uint_eq(app_info(fd).delivered_ce, 0);
	peer_sends("R 11:11(0)");
}

/* ---- The sender: 6.1.2 ---- */

/* RFC3168-7 */
SCENARIO(an_echo_reduces_once_a_window_and_is_answered_with_cwr)
{
	const int fd = ecn_connects();

	app_sends(fd, 50000);
	skip_segments(10);
	time_passes(RTT_US);
	peer_sends("E. 1:1(0) ack 1001");
	/* Ten were out: five may be. */
	ck_assert_uint_eq(app_info(fd).cwnd, 5000);
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	stack_sends_nothing();
	peer_sends("E. 1:1(0) ack 2001");
	peer_sends("E. 1:1(0) ack 6001");
	stack_sends("W. 10001:11001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), ECT0);
	peer_sends("E. 1:1(0) ack 7001");
	stack_sends(". 11001:12001(1000) ack 1");
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	ck_assert_uint_eq(app_info(fd).retransmits, 0);
	/* The peer has not seen CWR yet: it must echo, and it is no news. */
	peer_sends("E. 1:1(0) ack 10001");
	ck_assert_uint_eq(app_info(fd).ssthresh, 5000);
	/* CWR is acknowledged: a new echo counts again. */
	while (next_segment(&(struct segment){ 0 }))
		;
	peer_sends("E. 1:1(0) ack 11001");
	ck_assert_uint_lt(app_info(fd).ssthresh, 5000);
	ck_assert_uint_eq(app_info(fd).delivered_ce, 11);
	reset_it();
}

SCENARIO(after_a_timeout_cwr_is_said_too)
{
	int fd;

	peer_config()->no_tlp = true;
	fd                    = ecn_connects();
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	stack_sends_after(300 * MSEC, "P. 1:1001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), NOT_ECT);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001");
	app_sends(fd, 1000);
	stack_sends("PW. 1001:2001(1000) ack 1");
	ck_assert_uint_eq(ecn_bits(), ECT0);
	reset_it();
}

SCENARIO(an_old_acknowledgment_says_nothing)
{
	const int fd = ecn_connects();

	app_sends(fd, 50000);
	skip_segments(10);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 2001");
	while (next_segment(&(struct segment){ 0 }))
		;
	peer_sends("E. 1:1(0) ack 1001");
	ck_assert_uint_eq(app_info(fd).cwnd, 12000);
	reset_it();
}

SCENARIO(with_one_segment_of_window_the_next_waits_for_rto)
{
	const int fd = ecn_connects();
	unsigned seq = 1;

	app_sends(fd, 50000);
	skip_segments(10);
	time_passes(RTT_US);
	peer_sends("E. 1:1(0) ack 10001");
	/* 5 segments, 2.5, then 2 and 1: mark all that is out each time. */
	for (seq = 10001; app_info(fd).cwnd > 1000;) {
		struct segment segment;

		while (next_segment(&segment))
			seq += (unsigned)segment.text_len;
		time_passes(RTT_US);
		peer_sends("E. 1:1(0) ack %u", seq);
	}
	stack_sends("W. %u:%u(1000) ack 1", seq, seq + 1000);
	time_passes(RTT_US);
	peer_sends("E. 1:1(0) ack %u", seq + 1000);
	stack_is_silent_for(200 * MSEC);
	stack_sends_after(100 * MSEC, "W. %u:%u(1000) ack 1", seq + 1000,
	                  seq + 2000);
	reset_it();
}

SCENARIO_MAIN("tcp ecn", a_peer_that_asks_is_agreed_with,
              a_peer_that_does_not_ask_gets_no_ecn, half_a_question_is_none,
              switched_off_nobody_is_agreed_with,
              a_syn_that_asks_no_more_takes_it_back, we_ask_only_when_told_to,
              echo_alone_in_the_answer_means_yes, no_bit_in_the_answer_means_no,
              both_bits_in_the_answer_are_a_reflection,
              a_syn_without_an_answer_is_sent_again_without_asking,
              simultaneous_open_agrees_too,
              a_cookie_remembers_it_where_there_are_timestamps,
              a_cookie_without_room_says_no,
              new_text_is_capable_and_nothing_else_is,
              a_window_probe_is_not_marked,
              a_mark_is_echoed_until_the_peer_says_reduced,
              text_carries_the_echo_too,
              a_mark_outside_of_the_window_is_nobodys,
              without_agreement_marks_and_bits_mean_nothing,
              an_echo_reduces_once_a_window_and_is_answered_with_cwr,
              after_a_timeout_cwr_is_said_too,
              an_old_acknowledgment_says_nothing,
              with_one_segment_of_window_the_next_waits_for_rto)
