/* SPDX-License-Identifier: MIT */
/*
 * RST and SYN on a live connection: RFC 5961 sections 3 and 4, RFC 9293
 * 3.10.7.4 second and fourth, SHLD-2, MUST-66
 *
 * RCV.WND is 65535, so the window ends at RCV.NXT + 65535.
 */
#include "tests/unit/lib/peer.h"

/* A state, and the numbers that hold in it. */
struct place {
	enum tcp_state state;
	unsigned rcv_nxt, snd_nxt, una;
};

static const struct place established = { TCPS_ESTABLISHED, 1, 1, 1 };
static const struct place fin_wait_1  = { TCPS_FIN_WAIT_1, 1, 2, 1 };
static const struct place fin_wait_2  = { TCPS_FIN_WAIT_2, 1, 2, 2 };
static const struct place close_wait  = { TCPS_CLOSE_WAIT, 2, 1, 1 };
static const struct place closing     = { TCPS_CLOSING, 2, 2, 1 };
static const struct place last_ack    = { TCPS_LAST_ACK, 2, 2, 1 };

static int go_to(const struct place *place)
{
	const int fd = peer_connects("mss 1000");

	if (place->state == TCPS_CLOSE_WAIT || place->state == TCPS_LAST_ACK) {
		peer_sends("F. 1:1(0) ack 1");
		stack_sends(". 1:1(0) ack 2");
	}
	if (place->snd_nxt == 2) {
		app_shuts_down(fd);
		stack_sends("F. 1:1(0) ack %u",
		            place->state == TCPS_LAST_ACK ? 2 : 1);
	}
	if (place->state == TCPS_FIN_WAIT_2)
		peer_sends(". 1:1(0) ack 2");
	if (place->state == TCPS_CLOSING) {
		peer_sends("F. 1:1(0) ack 1");
		stack_sends(". 2:2(0) ack 2");
	}
	state_is(place->state);

	return fd;
}

static void challenge_is_sent(const struct place *place)
{
	stack_sends(". %u:%u(0) ack %u", place->snd_nxt, place->snd_nxt,
	            place->rcv_nxt);
	state_is(place->state);
}

/* RFC 5961 3.2: the three cases in one state. */
static void reset_rules_hold(const struct place *place)
{
	const unsigned nxt = place->rcv_nxt;

	go_to(place);
	peer_sends("R %u:%u(0)", nxt + 70000, nxt + 70000);
	stack_drops("TCP_RST_OUTSIDE");
	peer_sends("R %d:%d(0)", (int)nxt - 1, (int)nxt - 1);
	stack_drops("TCP_RST_OUTSIDE");
	stack_sends_nothing();
	state_is(place->state);

	peer_sends("R %u:%u(0)", nxt + 1, nxt + 1);
	stack_drops("TCP_RST_CHALLENGED");
	challenge_is_sent(place);
	time_passes(SEC);
	while (sent_count() > 0) /* a FIN of ours may have been repeated */
		ck_assert(next_segment(&(struct segment){ 0 }));

	peer_sends("R %u:%u(0)", nxt, nxt);
	stack_drops("TCP_RST");
	stack_sends_nothing();
	state_is(TCPS_CLOSED);
	stack_is_silent_for(10 * SEC);
}

/* RFC5961-1, RFC5961-2, RFC5961-3 */
SCENARIO(reset_rules_in_established)
{
	reset_rules_hold(&established);
}

SCENARIO(reset_rules_in_fin_wait_1)
{
	reset_rules_hold(&fin_wait_1);
}

SCENARIO(reset_rules_in_fin_wait_2)
{
	reset_rules_hold(&fin_wait_2);
}

SCENARIO(reset_rules_in_close_wait)
{
	reset_rules_hold(&close_wait);
}

SCENARIO(reset_rules_in_closing)
{
	reset_rules_hold(&closing);
}

SCENARIO(reset_rules_in_last_ack)
{
	reset_rules_hold(&last_ack);
}

SCENARIO(edges_of_the_window)
{
	const struct place *place = &established;

	go_to(place);
	peer_sends("R 65535:65535(0)"); /* RCV.NXT + RCV.WND - 1 */
	stack_drops("TCP_RST_CHALLENGED");
	challenge_is_sent(place);
	time_passes(SEC);
	peer_sends("R 65536:65536(0)"); /* the first beyond */
	stack_drops("TCP_RST_OUTSIDE");
	stack_sends_nothing();
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(far_away_resets_are_outside)
{
	/* Serial arithmetic at the edges of half the number space. */
	static const long long off[] = { 2147483647,  2147483648, 2147483649,
		                         -2147483648, -2,         1073741824 };

	go_to(&established);
	for (unsigned i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		peer_sends("R %lld:%lld(0)", off[i], off[i]);
		stack_drops("TCP_RST_OUTSIDE");
	}
	stack_sends_nothing();
	state_is(TCPS_ESTABLISHED);
}

SCENARIO(reset_may_carry_ack_and_text)
{
	const int fd = go_to(&established);

	peer_sends("RP. 1:11(10) ack 1"); /* SHLD-2 */
	stack_drops("TCP_RST");
	app_gets_error(fd, ECONNRESET);
	state_is(TCPS_CLOSED);
}

SCENARIO(reset_is_obeyed_with_a_closed_window)
{
	/* MUST-66: RCV.WND = 0 and RST at RCV.NXT. */
	int fd;

	peer_config()->rcvbuf = 4096;
	fd                    = peer_connects("mss 1000");
	for (unsigned i = 0; i < 4; i++)
		peer_sends(". %u:%u(1000) ack 1", 1000 * i + 1,
		           1000 * i + 1001);
	peer_sends(". 4001:4097(96) ack 1");
	time_passes(100 * MSEC);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	ck_assert_uint_eq(app_info(fd).rcv_wnd, 0);
	peer_sends("R 4097:4097(0)");
	stack_drops("TCP_RST");
	state_is(TCPS_CLOSED);
}

/* RFC5961-6 */
SCENARIO(challenges_are_rationed)
{
	/* RFC 5961 7, per connection: one in 500 ms. */
	const struct place *place = &established;

	go_to(place);
	for (unsigned i = 0; i < 100; i++)
		peer_sends("R %u:%u(0)", i + 2, i + 2);
	challenge_is_sent(place);
	stack_sends_nothing();
	time_passes(600 * MSEC);
	peer_sends("R 2:2(0)");
	challenge_is_sent(place);
	stack_sends_nothing();
}

/* RFC5961-6 */
SCENARIO(rations_of_two_connections_are_their_own)
{
	/* CVE-2016-5696: no budget that one connection can read off another. */
	const struct place *place = &established;

	go_to(place);
	peer_port(PEER_PORT + 1);
	go_to(place);
	peer_port(PEER_PORT);
	peer_sends("R 5:5(0)");
	challenge_is_sent(place);
	peer_port(PEER_PORT + 1);
	peer_sends("R 5:5(0)");
	challenge_is_sent(place);
}

/* ---- SYN ---- */

static void syn_is_challenged(const struct place *place)
{
	const unsigned nxt = place->rcv_nxt;

	go_to(place);
	peer_sends("S %u:%u(0) <mss 1000>", nxt, nxt);
	stack_drops("TCP_SYN_CHALLENGED");
	challenge_is_sent(place);
	time_passes(SEC);
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
	/* "irrespective of the sequence number" */
	peer_sends("S %u:%u(0) <mss 1000>", nxt + 200000, nxt + 200000);
	challenge_is_sent(place);
	stack_sends_nothing();
}

/* RFC5961-4 */
SCENARIO(syn_is_challenged_in_established)
{
	syn_is_challenged(&established);
}

SCENARIO(syn_is_challenged_in_fin_wait_1)
{
	syn_is_challenged(&fin_wait_1);
}

SCENARIO(syn_is_challenged_in_fin_wait_2)
{
	syn_is_challenged(&fin_wait_2);
}

SCENARIO(syn_is_challenged_in_close_wait)
{
	syn_is_challenged(&close_wait);
}

SCENARIO(syn_is_challenged_in_closing)
{
	syn_is_challenged(&closing);
}

SCENARIO(syn_is_challenged_in_last_ack)
{
	syn_is_challenged(&last_ack);
}

SCENARIO(synack_on_a_live_connection_is_challenged)
{
	go_to(&established);
	peer_sends("S. 1:1(0) ack 1 <mss 1000>");
	stack_drops("TCP_SYN_CHALLENGED");
	challenge_is_sent(&established);
}

SCENARIO(restarted_peer_finds_the_dead_connection_and_gets_a_new_one)
{
	/* Figure 9: SYN, challenge, RST at the challenge's ACK, SYN again. */
	const int fd = go_to(&established);

	peer_sends("S 300000:300000(0) <mss 1000>");
	challenge_is_sent(&established);
	peer_sends("R 1:1(0)");
	app_gets_error(fd, ECONNRESET);
	peer_initial(300000);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	app_accepts(the_listener());
	state_is(TCPS_ESTABLISHED);
}

/* ---- SYN-RECEIVED ---- */

SCENARIO(reset_of_what_we_opened_is_no_refusal_any_more)
{
	const int fd = app_connects_to("mss 1000");

	peer_sends("R 1:1(0)");
	app_gets_error(fd, ECONNRESET);
}

/* MUST-11 */
SCENARIO(reset_returns_a_passive_open_to_listen)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
	stack_sends_nothing();
	stack_is_silent_for(10 * SEC); /* no SYN-ACK any more */
	ck_assert(!app_can_accept(listener));
	peer_sends(". 1:1(0) ack 1");
	stack_sends("R 1:1(0)");
	peer_connects("mss 1000"); /* the listener lives */
}

SCENARIO(reset_outside_the_window_leaves_it_half_open)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 0:0(0)");
	peer_sends("R 100000:100000(0)");
	stack_sends_nothing();
	peer_sends("R 100:100(0)"); /* in the window: a challenge, or nothing */
	while (sent_count() > 0)
		stack_sends(". 1:1(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(listener);
}

SCENARIO_MAIN("tcp reset received", reset_rules_in_established,
              reset_rules_in_fin_wait_1, reset_rules_in_fin_wait_2,
              reset_rules_in_close_wait, reset_rules_in_closing,
              reset_rules_in_last_ack, edges_of_the_window,
              far_away_resets_are_outside, reset_may_carry_ack_and_text,
              reset_is_obeyed_with_a_closed_window, challenges_are_rationed,
              rations_of_two_connections_are_their_own,
              syn_is_challenged_in_established, syn_is_challenged_in_fin_wait_1,
              syn_is_challenged_in_fin_wait_2, syn_is_challenged_in_close_wait,
              syn_is_challenged_in_closing, syn_is_challenged_in_last_ack,
              synack_on_a_live_connection_is_challenged,
              restarted_peer_finds_the_dead_connection_and_gets_a_new_one,
              reset_of_what_we_opened_is_no_refusal_any_more,
              reset_returns_a_passive_open_to_listen,
              reset_outside_the_window_leaves_it_half_open)
