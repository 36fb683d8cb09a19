/* SPDX-License-Identifier: MIT */
/*
 * sws-avoidance: the silly window syndrome (RFC 813, RFC 9293 3.8.6.2)
 *
 * A reader that takes one octet at a time. Whoever offers that octet as a window,
 * and whoever uses such a window, moves 1 octet with 40 of headers. Each end can
 * prevent it alone.
 */
#include "tests/netsim/lib/pair.h"
#include "tests/rules/rules.h"

#define RCVBUF 2048

/* ---- The receiver ---- */

static int buffer_is_full(void)
{
	int fd;

	peer_config()->rcvbuf      = RCVBUF;
	peer_config()->no_autotune = true;
	fd                         = peer_connects("mss 1000");
	peer_sends("P. 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1001");
	peer_sends("P. 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 2001");
	peer_sends("P. 2001:2049(48) ack 1");
	stack_sends(". 1:1(0) ack 2049 win 0");

	return fd;
}

SCENARIO(without_it_windows_of_one_octet_are_offered)
{
	int fd;

	without(RULE_SWS_AVOIDANCE);
	fd = buffer_is_full();
	for (unsigned seq = RCVBUF + 1; seq < RCVBUF + 20; seq++) {
		app_receives(fd, 1);
		stack_sends(". 1:1(0) ack %u win 1", seq);
		peer_sends("P. %u:%u(1) ack 1", seq, seq + 1);
		if (sent_count() == 0)
			time_passes(40 * MSEC);
		stack_sends(". 1:1(0) ack %u win 0", seq + 1);
	}
}

SCENARIO(with_it_the_window_opens_by_half_of_the_buffer)
{
	const int fd = buffer_is_full();

	for (unsigned i = 1; i < RCVBUF / 2; i++)
		app_receives(fd, 1);
	stack_sends_nothing();
	app_receives(fd, 1);
	stack_sends(". 1:1(0) ack 2049 win 1024");
}

/* ---- The sender ---- */

static void peer_offers_ten_octets(void)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 4000);
	stack_sends(". 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 10");
}

SCENARIO(without_it_a_small_window_is_filled)
{
	without(RULE_SWS_AVOIDANCE);
	peer_offers_ten_octets();
	stack_sends(". 1001:1011(10) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO(with_it_the_sender_waits_for_more)
{
	peer_offers_ten_octets();
	stack_is_silent_for(250 * MSEC);
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends(". 1001:2001(1000) ack 1");
	peer_sends("R 1:1(0)");
}

/* ---- Both, for a while ---- */

static void tweak_with(struct tarn_config *config, unsigned end)
{
	(void)end;
	config->rcvbuf          = RCVBUF;
	config->no_window_scale = true;
	config->no_autotune     = true;
}

static void tweak_without(struct tarn_config *config, unsigned end)
{
	tweak_with(config, end);
	config->without = BIT(RULE_SWS_AVOIDANCE);
}

/* B reads an octet a millisecond. Return: octets of text in a segment to it */
static double octets_a_segment(void (*tweak)(struct tarn_config *, unsigned))
{
	const struct wire_path path = { .delay_us = 100 };
	struct tarn_tcp_info before, after;
	struct pair pair;

	pair_open(&pair, &path, tweak);
	pair_send(&pair, 0, 65536);
	pair_run(&pair, SEC);
	before = pair_info(&pair, 0);
	for (unsigned i = 0; i < 2 * RCVBUF; i++) {
		pair_receive(&pair, 1, 1);
		pair_run(&pair, MSEC);
	}
	after = pair_info(&pair, 0);
	pair_close(&pair);

	return (double)(after.octets_acked - before.octets_acked) /
	       (double)(after.data_segs_out - before.data_segs_out);
}

START_TEST(without_it_tinygrams_of_one_octet)
{
	ck_assert_double_le(octets_a_segment(tweak_without), 1.5);
}
END_TEST

START_TEST(with_it_segments_of_half_a_buffer)
{
	ck_assert_double_ge(octets_a_segment(tweak_with), RCVBUF / 2.0);
}
END_TEST

SCENARIO_MAIN("rules/sws_avoidance",
              without_it_windows_of_one_octet_are_offered,
              with_it_the_window_opens_by_half_of_the_buffer,
              without_it_a_small_window_is_filled,
              with_it_the_sender_waits_for_more,
              without_it_tinygrams_of_one_octet,
              with_it_segments_of_half_a_buffer)
