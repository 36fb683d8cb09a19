/* SPDX-License-Identifier: MIT */
/*
 * The send window: RFC 9293 3.8.6 (MUST-1, MUST-34, SHLD-15 to SHLD-17), RFC
 * 7323 section 2 (scaling), RFC 9293 3.7.1 and RFC 6691 (MSS)
 */
#include "tests/unit/lib/peer.h"
#include <stdio.h>

static void take_all(void)
{
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* Octets of text that wait to be judged; they must be in order. */
static unsigned octets_sent(void)
{
	struct segment segment;
	unsigned len = 0;

	while (next_segment(&segment)) {
		ck_assert_int_eq(relative_seq(&segment), (int)len + 1);
		len += (unsigned)segment.text_len;
	}

	return len;
}

static unsigned sent_into(const char *options, unsigned window)
{
	int fd;

	peer_config()->initial_window = 60;
	the_listener();
	peer_sends("S 0:0(0) win 65535 <%s>", options);
	stack_sends("S. 0:0(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1 win %u", window);
	fd = app_accepts(the_listener());
	app_sends(fd, 100000);

	return octets_sent();
}

static void reset_it(void)
{
	peer_sends("R 1:1(0)");
}

SCENARIO(window_is_unsigned)
{
	/* MUST-1 */
	ck_assert_uint_eq(sent_into("mss 1000", 40000), 40000);
	reset_it();
}

/* RFC7323-1 */
SCENARIO(window_is_not_scaled_without_agreement)
{
	ck_assert_uint_eq(sent_into("mss 1000", 5000), 5000);
	reset_it();
}

/* REC-1, RFC7323-1 */
SCENARIO(window_is_scaled_after_agreement)
{
	ck_assert_uint_eq(sent_into("mss 1000,nop,wscale 3", 1000), 8000);
	reset_it();
}

SCENARIO(scale_of_0_is_an_agreement)
{
	ck_assert_uint_eq(sent_into("mss 1000,nop,wscale 0", 5000), 5000);
	reset_it();
}

SCENARIO(scale_of_14_is_the_largest)
{
	/* 1 << 14 = 16384: sixteen segments, and a remainder that waits. */
	ck_assert_uint_eq(sent_into("mss 1000,nop,wscale 14", 1), 16000);
	reset_it();
}

/* RFC7323-2 */
SCENARIO(scale_of_15_counts_as_14)
{
	ck_assert_uint_eq(sent_into("mss 1000,nop,wscale 15", 1), 16000);
	reset_it();
}

SCENARIO(scale_of_255_counts_as_14)
{
	ck_assert_uint_eq(sent_into("mss 1000,nop,wscale 255", 1), 16000);
	reset_it();
}

/* RFC7323-1 */
SCENARIO(scale_outside_a_syn_is_ignored)
{
	/* RFC 7323 2.2: "in a segment without a SYN bit MUST be ignored" */
	const int fd = peer_connects("mss 1000");

	peer_sends(". 1:1(0) ack 1 win 100 <nop,wscale 7>");
	app_sends(fd, 5000);
	stack_sends_nothing(); /* not 12800; and 100 of 65535 is silly */
	peer_sends(". 1:1(0) ack 1 win 65535");
	ck_assert_uint_eq(octets_sent(), 5000);
	reset_it();
}

/* ---- Updates ---- */

SCENARIO(update_lets_what_waits_out)
{
	int fd;

	peer_window(2000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 5000);
	ck_assert_uint_eq(octets_sent(), 2000);
	peer_sends(". 1:1(0) ack 1 win 5000");
	stack_sends(". 2001:3001(1000) ack 1");
	stack_sends(". 3001:4001(1000) ack 1");
	stack_sends("P. 4001:5001(1000) ack 1");
	peer_sends(". 1:1(0) ack 5001");
}

SCENARIO(old_acknowledgment_does_not_update)
{
	/* SND.WL2: a window from before the last one is stale. */
	int fd;

	peer_window(2000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 20000);
	ck_assert_uint_eq(octets_sent(), 2000);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 2000");
	stack_sends(". 2001:3001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1 win 60000"); /* delayed on its way */
	stack_sends_nothing();
	reset_it();
}

SCENARIO(old_sequence_number_does_not_update)
{
	/* SND.WL1: 1:11 was sent before 11:21, and arrives after it. */
	int fd;

	peer_window(2000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 20000);
	ck_assert_uint_eq(octets_sent(), 2000);
	time_passes(RTT_US);
	peer_sends("P. 11:21(10) ack 1 win 2000");
	stack_sends(". 2001:2001(0) ack 1");
	peer_sends("P. 1:11(10) ack 1 win 60000");
	stack_sends(". 2001:2001(0) ack 21");
	app_receives(fd, 20);
	stack_sends_nothing();
	peer_sends("R 21:21(0)");
}

SCENARIO(segment_that_is_dropped_does_not_update)
{
	int fd;

	peer_window(2000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 20000);
	ck_assert_uint_eq(octets_sent(), 2000);
	peer_sends(". 70000:70000(0) ack 1 win 60000"); /* outside */
	stack_sends(". 2001:2001(0) ack 1");
	stack_sends_nothing();
	reset_it();
}

/* ---- Shrinking ---- */

/* MUST-34, SHLD-15 */
SCENARIO(no_new_data_beyond_a_shrunk_edge)
{
	int fd;

	peer_window(5000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 20000);
	ck_assert_uint_eq(octets_sent(), 5000);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 1000"); /* 3000 beyond the edge */
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 3001 win 1000");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 5001 win 1000");
	stack_sends(". 5001:6001(1000) ack 1");
	stack_sends_nothing();
	reset_it();
}

/* SHLD-17 */
SCENARIO(old_data_inside_a_shrunk_window_is_sent_again)
{
	/* SHLD-16; and no octet beyond the edge is needed for it. */
	int fd;

	peer_window(5000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 5000);
	ck_assert_uint_eq(octets_sent(), 5000);
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1 win 2000");
	stack_sends_nothing();
	stack_sends_after(200 * MSEC, ". 1:1001(1000) ack 1");
	peer_sends(". 1:1(0) ack 1001 win 2000");
	stack_sends(". 1001:2001(1000) ack 1");
	take_all(); /* MAY-7: beyond the edge */
	peer_sends(". 1:1(0) ack 5001 win 5000");
	stack_sends_nothing();
}

/* MUST-34 */
SCENARIO(shrinking_and_opening_again_loses_nothing)
{
	int fd;
	unsigned ack = 1, window = 5000;

	peer_window(5000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 60000);
	for (unsigned i = 0; ack < 60001; i++) {
		struct segment segment;
		unsigned end = ack;

		ck_assert_uint_lt(i, 2000);
		while (next_segment(&segment)) {
			const unsigned seq = (unsigned)relative_seq(&segment);

			if (seq <= end && seq + segment.text_len > end)
				end = seq + (unsigned)segment.text_len;
		}
		ack    = end;
		window = (i * 7919) % 6000; /* up and down, zero included */
		peer_sends(". 1:1(0) ack %u win %u", ack, window);
		time_passes(50 * MSEC);
	}
}

/* ---- Segment size ---- */

/* The first segment of bulk data when the peer's SYN had @options. */
static unsigned first_segment(const char *options)
{
	const int fd = peer_connects(options);
	struct segment segment;

	app_sends(fd, 20000);
	ck_assert(next_segment(&segment));
	take_all();

	return (unsigned)segment.text_len;
}

SCENARIO(no_mss_option_means_536)
{
	ck_assert_uint_eq(first_segment("nop,nop,nop,nop"), 536); /* MUST-15 */
	reset_it();
}

SCENARIO(mss_is_honoured)
{
	ck_assert_uint_eq(first_segment("mss 700"), 700); /* MUST-14 */
	reset_it();
}

SCENARIO(mss_is_cut_to_the_mtu)
{
	ck_assert_uint_eq(first_segment("mss 9000"), 1460); /* MUST-16 */
	reset_it();
}

SCENARIO(mss_of_65535_is_cut_to_the_mtu)
{
	ck_assert_uint_eq(first_segment("mss 65535"), 1460);
	reset_it();
}

/* MUST-16, SHLD-28 */
SCENARIO(timestamps_make_segments_shorter)
{
	ck_assert_uint_eq(
	        first_segment("mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 0"),
	        1448);
	peer_sends("R 1:1(0)");
}

/* TH-05: SACK panic; a peer must not make us send crumbs. */
static void mss_counts_as(unsigned mss, unsigned counts_as)
{
	char options[32];

	snprintf(options, sizeof(options), "mss %u", mss);
	ck_assert_uint_eq(first_segment(options), counts_as);
	reset_it();
}

SCENARIO(mss_of_0_counts_as_216)
{
	mss_counts_as(0, 216);
}

SCENARIO(mss_of_1_counts_as_216)
{
	mss_counts_as(1, 216);
}

SCENARIO(mss_of_63_counts_as_216)
{
	mss_counts_as(63, 216);
}

SCENARIO(mss_of_215_counts_as_216)
{
	mss_counts_as(215, 216);
}

SCENARIO(mss_of_217_is_honoured)
{
	mss_counts_as(217, 217);
}

SCENARIO(mss_of_0_with_timestamps_leaves_128_octets)
{
	ck_assert_uint_ge(
	        first_segment("mss 0,sackOK,TS val 1 ecr 0,nop,wscale 0"), 128);
	peer_sends("R 1:1(0)");
}

SCENARIO(mss_outside_a_syn_is_ignored)
{
	const int fd = peer_connects("mss 1000");

	peer_sends(". 1:1(0) ack 1 <mss 500>");
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1"); /* MUST-65's other side */
	peer_sends(". 1:1(0) ack 1001");
}

SCENARIO(application_may_bound_the_mss)
{
	int fd;

	app_sets(the_listener(), TARN_TCP_MAXSEG, 600);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1 <mss 600>");
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(the_listener());
	app_sends(fd, 1000);
	stack_sends(". 1:601(600) ack 1");
	take_all();
	reset_it();
}

SCENARIO_MAIN("tcp window", window_is_unsigned,
              window_is_not_scaled_without_agreement,
              window_is_scaled_after_agreement, scale_of_0_is_an_agreement,
              scale_of_14_is_the_largest, scale_of_15_counts_as_14,
              scale_of_255_counts_as_14, scale_outside_a_syn_is_ignored,
              update_lets_what_waits_out, old_acknowledgment_does_not_update,
              old_sequence_number_does_not_update,
              segment_that_is_dropped_does_not_update,
              no_new_data_beyond_a_shrunk_edge,
              old_data_inside_a_shrunk_window_is_sent_again,
              shrinking_and_opening_again_loses_nothing,
              no_mss_option_means_536, mss_is_honoured, mss_is_cut_to_the_mtu,
              mss_of_65535_is_cut_to_the_mtu, timestamps_make_segments_shorter,
              mss_of_0_counts_as_216, mss_of_1_counts_as_216,
              mss_of_63_counts_as_216, mss_of_215_counts_as_216,
              mss_of_217_is_honoured,
              mss_of_0_with_timestamps_leaves_128_octets,
              mss_outside_a_syn_is_ignored, application_may_bound_the_mss)
