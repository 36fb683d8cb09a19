/* SPDX-License-Identifier: MIT */
/*
 * Sequence numbers that wrap: RFC 9293 3.4; hostile-input TB-14
 *
 * Every scenario of this directory runs with both ISS close to 2^31 and to
 * 2^32. Here text, windows, blocks and resets cross every place at which a
 * comparison can go wrong, at both ends.
 */
#include "tests/unit/lib/peer.h"

static const uint32_t places[] = {
	0,           1,           0x7ffffffeu, 0x7fffffffu, 0x80000000u,
	0x80000001u, 0xfffffffeu, 0xffffffffu, 0xfffffc00u, 0x7ffffc00u,
};

#define PLACES (sizeof(places) / sizeof(places[0]))

static void take_all(void)
{
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* Run @story once for each pair of places, each on a connection of its own. It
 * returns the peer's next number if the connection still lives. */
static void for_each_pair(const char *options, unsigned (*story)(int fd))
{
	unsigned seq;

	for (unsigned i = 0; i < PLACES * PLACES; i++) {
		int fd;

		peer_port((uint16_t)(PEER_PORT + i));
		peer_iss(places[i / PLACES], places[i % PLACES]);
		fd  = peer_connects(options);
		seq = story(fd);
		if (seq)
			peer_sends("R %u:%u(0)", seq, seq);
		app_closes(fd);
		stack_sends_nothing();
	}
}

static unsigned receive_in_and_out_of_order(int fd)
{
	peer_sends(". 1:901(900) ack 1");
	stack_sends(". 1:1(0) ack 901");
	peer_sends(". 1001:1101(100) ack 1");
	stack_sends(". 1:1(0) ack 901 <nop,nop,sack 1001:1101>");
	peer_sends(". 1201:1301(100) ack 1");
	stack_sends(". 1:1(0) ack 901 <nop,nop,sack 1201:1301 1001:1101>");
	peer_sends(". 801:1001(200) ack 1");
	stack_sends(". 1:1(0) ack 1101 <nop,nop,sack 801:901 1201:1301>");
	peer_sends(". 1101:1201(100) ack 1");
	stack_sends(". 1:1(0) ack 1301 <>");
	peer_sends(". 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 1301 <nop,nop,sack 1:101>");
	app_receives(fd, 1300);

	return 1301;
}

SCENARIO(text_arrives_across_the_wrap)
{
	for_each_pair("mss 1000,nop,nop,sackOK", receive_in_and_out_of_order);
}

static unsigned send_and_recover(int fd)
{
	app_sends(fd, 6000);
	for (unsigned i = 0; i < 6; i++)
		stack_sends("%s %u:%u(1000) ack 1", i == 5 ? "P." : ".",
		            1000 * i + 1, 1000 * i + 1001);
	time_passes(50 * MSEC);
	peer_sends(". 1:1(0) ack 1001");
	peer_sends(". 1:1(0) ack 1001 <nop,nop,sack 2001:5001>");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends_nothing();
	peer_sends(". 1:1(0) ack 6001");
	stack_sends_nothing();

	return 1;
}

SCENARIO(text_leaves_and_is_recovered_across_the_wrap)
{
	for_each_pair("mss 1000,nop,nop,sackOK", send_and_recover);
}

static unsigned judge_edges(int fd)
{
	peer_sends("R 0:0(0)");
	stack_drops("TCP_RST_OUTSIDE");
	peer_sends("R 65536:65536(0)");
	stack_drops("TCP_RST_OUTSIDE");
	peer_sends("R 65535:65535(0)");
	stack_drops("TCP_RST_CHALLENGED");
	stack_sends(". 1:1(0) ack 1");
	time_passes(SEC);
	peer_sends("P. 1:11(10) ack 2"); /* SND.NXT + 1 */
	stack_drops("TCP_ACK_UNSENT");
	stack_sends(". 1:1(0) ack 1");
	time_passes(SEC);
	peer_sends("P. 1:11(10) ack 2147483649"); /* SND.NXT + 2^31 */
	take_all();
	peer_sends("P. 1:11(10) ack -65535"); /* below SND.UNA-MAX.SND.WND */
	stack_drops("TCP_ACK_OLD");
	take_all();
	app_receives_nothing(fd);
	time_passes(SEC);
	peer_sends("P. 1:11(10) ack -65534"); /* exactly at it */
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);

	return 11;
}

SCENARIO(edges_hold_across_the_wrap)
{
	for_each_pair("mss 1000", judge_edges);
}

static unsigned close_in_order(int fd)
{
	app_shuts_down(fd);
	stack_sends("F. 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 2");
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");
	state_is(TCPS_TIME_WAIT);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");

	return 0;
}

SCENARIO(fin_is_counted_across_the_wrap)
{
	for_each_pair("mss 1000", close_in_order);
}

SCENARIO(a_megabyte_crosses_the_wrap)
{
	int fd;
	unsigned seq = 1;

	peer_iss(0xfff80000u, 0xfff80000u);
	fd = peer_connects("mss 1000,nop,wscale 7");
	for (unsigned i = 0; i < 1000; i++, seq += 1000) {
		peer_sends(". %u:%u(1000) ack 1", seq, seq + 1000);
		app_receives(fd, 1000);
		take_all();
	}
	time_passes(SEC);
	take_all();
	for (unsigned ack = 1, end = 1; ack < 1000001;) {
		struct segment segment;

		if (end - ack < 60000 && end < 1000001) {
			app_sends(fd, 20000);
			end += 20000;
		}
		while (next_segment(&segment))
			ack = (unsigned)relative_seq(&segment) +
			      (unsigned)segment.text_len;
		time_passes(MSEC);
		peer_sends(". %u:%u(0) ack %u", seq, seq, ack);
	}
}

SCENARIO_MAIN("tcp wrap", text_arrives_across_the_wrap,
              text_leaves_and_is_recovered_across_the_wrap,
              edges_hold_across_the_wrap, fin_is_counted_across_the_wrap,
              a_megabyte_crosses_the_wrap)
