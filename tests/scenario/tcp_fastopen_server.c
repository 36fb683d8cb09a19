/* SPDX-License-Identifier: MIT */
/*
 * TCP Fast Open, the listener's side: RFC 7413 4.1.2, 4.2.2 and 5.1
 */
#include "tests/unit/lib/peer.h"
#include <stdio.h>

/* Options of a client with a cookie: FO, and the magic of the experiment. */
#define WISH            "mss 1000,raw 22:02,nop,nop"
#define WISH_EXPERIMENT "mss 1000,raw fe:04:f9:89"

static int fast_listener(int queue)
{
	int listener;

	peer_config()->fastopen |= TARN_FASTOPEN_SERVER;
	listener = app_listens(STACK_PORT, 8);
	app_sets(listener, TARN_TCP_FASTOPEN, queue);

	return listener;
}

/* The cookie in the last segment from the stack, as an option to give back. */
static const char *granted_cookie(void)
{
	static char text[80];
	const uint8_t *at = segment_option(last_segment(), 34);
	int len           = 0;

	ck_assert_msg(at != NULL, "no cookie came");
	ck_assert_uint_eq(at[1], 10);
	len = snprintf(text, sizeof(text), "mss 1000,raw 22:0a");
	for (unsigned i = 2; i < 10; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, ":%02x",
		                at[i]);
	snprintf(text + len, sizeof(text) - (size_t)len, ",nop,nop");

	return text;
}

/* One visit to get a cookie, which is then over. */
static const char *first_visit(void)
{
	const char *cookie;

	peer_port(PEER_PORT + 90);
	peer_sends("S 0:0(0) <" WISH ">");
	stack_sends("S. 0:0(0) ack 1");
	cookie = granted_cookie();
	peer_sends("R 1:1(0)");
	peer_port(PEER_PORT);

	return cookie;
}

static void handshake_ends(void)
{
	stack_sends_nothing();
	state_is(TCPS_ESTABLISHED);
}

/* ---- Cookies ---- */

/* RFC7413-1 */
SCENARIO(a_wish_is_granted)
{
	fast_listener(4);
	peer_sends("S 0:0(0) <" WISH ">");
	stack_sends("S. 0:0(0) ack 1");
	granted_cookie();
	peer_sends("R 1:1(0)");
}

SCENARIO(a_wish_of_the_experiment_is_granted_in_its_way)
{
	const uint8_t *at;

	fast_listener(4);
	peer_sends("S 0:0(0) <" WISH_EXPERIMENT ">");
	stack_sends("S. 0:0(0) ack 1");
	at = segment_option(last_segment(), 254);
	ck_assert(at && at[1] == 12 && at[2] == 0xf9 && at[3] == 0x89);
	peer_sends("R 1:1(0)");
}

SCENARIO(without_the_option_nothing_is_granted)
{
	fast_listener(4);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

SCENARIO(it_is_off_unless_the_listener_asks_for_it)
{
	peer_config()->fastopen = TARN_FASTOPEN_SERVER;
	app_listens(STACK_PORT, 8);
	peer_sends("S 0:10(10) <" WISH ">");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

SCENARIO(it_is_off_unless_the_stack_allows_it)
{
	const int listener = app_listens(STACK_PORT, 8);

	app_sets(listener, TARN_TCP_FASTOPEN, 8);
	peer_sends("S 0:10(10) <" WISH ">");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

SCENARIO(synack_that_comes_again_has_no_cookie)
{
	fast_listener(4);
	peer_sends("S 0:0(0) <" WISH ">");
	stack_sends("S. 0:0(0) ack 1");
	stack_sends_after(SEC, "S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

SCENARIO(cookie_of_the_last_key_is_honoured_and_renewed)
{
	const int listener = fast_listener(4);
	const char *cookie = first_visit();

	time_passes(3600 * SEC);
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 11");
	granted_cookie();
	app_receives(app_accepts(listener), 10);
	peer_sends(". 11:11(0) ack 1");
	handshake_ends();
}

SCENARIO(older_cookies_are_only_renewed)
{
	const char *cookie;

	fast_listener(4);
	cookie = first_visit();
	time_passes(7200 * SEC);
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 1");
	granted_cookie();
	peer_sends("R 1:1(0)");
}

SCENARIO(wrong_cookie_is_an_ordinary_syn_and_gets_the_right_one)
{
	const int listener = fast_listener(4);

	peer_sends("S 0:10(10) <mss 1000,raw 22:0a:1:2:3:4:5:6:7:8,nop,nop>");
	stack_sends("S. 0:0(0) ack 1");
	granted_cookie();
	ck_assert(!app_can_accept(listener));
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(app_accepts(listener), 10);
}

SCENARIO(impossible_lengths_are_no_option)
{
	fast_listener(4);
	peer_sends("S 0:0(0) <mss 1000,raw 22:04:1:2>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
	peer_sends("S 0:0(0) <mss 1000,raw 22:07:1:2:3:4:5>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
	peer_sends("S 0:0(0) <mss 1000,raw 22:14:1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:"
	           "10:11:12>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

/* ---- Data ---- */

/* RFC7413-2 */
SCENARIO(data_is_read_and_answered_before_the_handshake_ends)
{
	const int listener = fast_listener(4);
	const char *cookie = first_visit();
	int fd;

	peer_sends("S 0:100(100) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 101 win 65535 <mss 1460>");
	state_is(TCPS_SYN_RECEIVED);
	fd = app_accepts(listener);
	app_receives(fd, 100);
	ck_assert(tarn_readiness(stack(), fd) & TARN_POLLOUT);
	app_sends(fd, 50);
	stack_sends("P. 1:51(50) ack 101");
	ck_assert(app_info(fd).has_fastopen_data);
	time_passes(RTT_US);
	peer_sends(". 101:101(0) ack 51");
	handshake_ends();
	app_sends(fd, 10);
	stack_sends("P. 51:61(10) ack 101");
	peer_sends("P. 101:111(10) ack 61");
	stack_sends(". 61:61(0) ack 111");
	app_receives(fd, 10);
}

SCENARIO(early_answer_fills_the_initial_window)
{
	const int listener = fast_listener(4);
	struct segment sent;
	unsigned len = 0;
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_sends(fd, 20000);
	while (next_segment(&sent)) {
		ck_assert_uint_eq(sent.text_len, 1000);
		len += 1000;
	}
	ck_assert_uint_ge(len, 9000); /* ten segments, our SYN counts */
	ck_assert_uint_le(len, 10000);
	peer_sends(". 101:101(0) ack %u", len + 1);
	while (next_segment(&sent))
		len += (unsigned)sent.text_len;
	ck_assert_uint_eq(len, 20000);
	peer_sends(". 101:101(0) ack 20001");
}

SCENARIO(lost_synack_is_sent_again_without_the_answer)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_sends(fd, 50);
	stack_sends("P. 1:51(50) ack 101");
	stack_sends_after(SEC, "S. 0:0(0) ack 101 <mss 1460>");
	peer_sends(". 101:101(0) ack 1");
	state_is(TCPS_ESTABLISHED);
	time_passes(4 * SEC);
	stack_sends("P. 1:51(50) ack 101"); /* lost with it */
	peer_sends(". 101:101(0) ack 51");
	while (sent_count() > 0)
		next_segment(&(struct segment){ 0 });
}

SCENARIO(repeated_syn_gets_the_same_synack)
{
	const int listener = fast_listener(4);

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	peer_sends("S 0:0(0) <mss 1000>"); /* as the client repeats it */
	stack_sends("S. 0:0(0) ack 101 <mss 1460>");
	peer_sends(". 101:101(0) ack 1");
	handshake_ends();
	app_receives(app_accepts(listener), 100);
}

SCENARIO(cookie_without_data_is_accepted_as_well)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:0(0) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 1");
	fd = app_accepts(listener);
	app_sends(fd, 10); /* a server that speaks first */
	stack_sends("P. 1:11(10) ack 1");
	peer_sends(". 1:1(0) ack 11");
	handshake_ends();
}

SCENARIO(close_before_the_handshake_ends)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_closes(fd);
	peer_sends(". 101:101(0) ack 1");
	stack_sends("F. 1:1(0) ack 101");
	peer_sends("F. 101:101(0) ack 2");
	stack_sends(". 2:2(0) ack 102");
	state_is(TCPS_TIME_WAIT);
}

SCENARIO(small_buffer_takes_what_fits)
{
	const int listener = fast_listener(4);
	int fd;

	app_sets(listener, TARN_SO_RCVBUF, 2048);
	peer_sends("S 0:1400(1400) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 1401 win 648");
	fd = app_accepts(listener);
	app_receives(fd, 1400);
	peer_sends(". 1401:1401(0) ack 1");
	while (sent_count() > 0) /* the window opens */
		next_segment(&(struct segment){ 0 });
}

SCENARIO(no_cookie_is_needed_where_the_stack_says_so)
{
	int listener;

	peer_config()->fastopen = TARN_FASTOPEN_NO_COOKIE;
	listener                = fast_listener(4);
	peer_sends("S 0:100(100) <mss 1000>");
	stack_sends("S. 0:0(0) ack 101");
	app_receives(app_accepts(listener), 100);
	peer_sends(". 101:101(0) ack 1");
	handshake_ends();
}

/* ---- Failure, and bounds ---- */

SCENARIO(reset_in_syn_received_ends_it)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	peer_sends("R 101:101(0)");
	stack_sends_nothing();
	state_is(TCPS_CLOSED);
	app_receives(fd, 100); /* what came can still be read */
	app_gets_error(fd, ECONNRESET);
}

SCENARIO(silence_ends_it)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	for (uint64_t us = SEC; us <= 16 * SEC; us *= 2)
		stack_sends_after(us, "S. 0:0(0) ack 101");
	stack_is_silent_for(33 * SEC);
	app_gets_error(fd, ETIMEDOUT);
}

SCENARIO(listener_that_closes_resets_what_was_not_accepted)
{
	const int listener = fast_listener(4);

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	app_closes(listener);
	stack_sends("R. 1:1(0) ack 101");
}

SCENARIO(accepted_one_outlives_its_listener)
{
	const int listener = fast_listener(4);
	int fd;

	peer_sends("S 0:100(100) <%s>", first_visit());
	stack_sends("S. 0:0(0) ack 101");
	fd = app_accepts(listener);
	app_closes(listener);
	peer_sends(". 101:101(0) ack 1");
	handshake_ends();
	app_receives(fd, 100);
}

/* RFC7413-3 */
SCENARIO(pending_ones_are_bounded)
{
	const int listener = fast_listener(2);
	const char *cookie = first_visit();

	for (uint16_t i = 0; i < 2; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("S 0:10(10) <%s>", cookie);
		stack_sends("S. 0:0(0) ack 11");
		app_accepts(listener);
	}
	peer_port(PEER_PORT + 2); /* one too many: an ordinary SYN */
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");

	peer_port(PEER_PORT); /* a handshake that ends makes room */
	peer_sends(". 11:11(0) ack 1");
	peer_port(PEER_PORT + 3);
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 11");
	app_accepts(listener);
	for (uint16_t i = 1; i < 4; i += 2) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends(". 11:11(0) ack 1");
	}
}

SCENARIO(resets_count_on_for_a_minute)
{
	const char *cookie;

	fast_listener(1);
	cookie = first_visit();
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 11");
	peer_sends("R 11:11(0)");
	peer_port(PEER_PORT + 1);
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
	time_passes(60 * SEC);
	peer_port(PEER_PORT + 2);
	peer_sends("S 0:10(10) <%s>", cookie);
	stack_sends("S. 0:0(0) ack 11");
	peer_sends("R 11:11(0)");
}

SCENARIO_MAIN("tcp Fast Open, server", a_wish_is_granted,
              a_wish_of_the_experiment_is_granted_in_its_way,
              without_the_option_nothing_is_granted,
              it_is_off_unless_the_listener_asks_for_it,
              it_is_off_unless_the_stack_allows_it,
              synack_that_comes_again_has_no_cookie,
              cookie_of_the_last_key_is_honoured_and_renewed,
              older_cookies_are_only_renewed,
              wrong_cookie_is_an_ordinary_syn_and_gets_the_right_one,
              impossible_lengths_are_no_option,
              data_is_read_and_answered_before_the_handshake_ends,
              early_answer_fills_the_initial_window,
              lost_synack_is_sent_again_without_the_answer,
              repeated_syn_gets_the_same_synack,
              cookie_without_data_is_accepted_as_well,
              close_before_the_handshake_ends, small_buffer_takes_what_fits,
              no_cookie_is_needed_where_the_stack_says_so,
              reset_in_syn_received_ends_it, silence_ends_it,
              listener_that_closes_resets_what_was_not_accepted,
              accepted_one_outlives_its_listener, pending_ones_are_bounded,
              resets_count_on_for_a_minute)
