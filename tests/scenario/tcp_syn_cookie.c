/* SPDX-License-Identifier: MIT */
/*
 * SYN cookies: RFC 4987 3.6. What the field's black-box testers look for
 * (the SYN,ACK never comes again, its ACK makes the connection with or without
 * data, other flags do not), and what a cookie carries.
 */
#include "tests/unit/lib/peer.h"

#define OPTIONS "mss 1460,sackOK,TS val 700 ecr 0,nop,wscale 7"
#define STEP    (64 * SEC)

static struct tarn_usage usage(void)
{
	struct tarn_usage now;

	tarn_usage(stack(), &now);

	return now;
}

/* A listener that keeps no record of anybody. */
static int cookie_listener(void)
{
	peer_config()->syn_cookies = TARN_SYN_COOKIES_ALWAYS;
	stack();
	peer_free_iss();

	return app_listens(STACK_PORT, 4);
}

static void syn(const char *options)
{
	peer_sends("S 0:0(0) <%s>", options);
	stack_sends("S. 0:0(0) ack 1");
}

/* ---- When ---- */

/* RFC4987-1 */
SCENARIO(full_syn_queue_answers_with_cookies)
{
	int listener;

	peer_config()->syn_queue_max = 2;
	listener                     = app_listens(STACK_PORT, 8);
	for (uint16_t i = 0; i < 5; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		syn("mss 1000");
	}
	ck_assert_uint_eq(usage().half_open, 2);
	for (uint16_t i = 0; i < 5; i++) { /* each is as good as the other */
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends(". 1:1(0) ack 1");
		stack_sends_nothing();
		state_is(TCPS_ESTABLISHED);
		app_accepts(listener);
	}
	ck_assert_uint_eq(usage().connections, 5);
}

SCENARIO(room_in_the_syn_queue_is_used_again)
{
	int listener;

	peer_config()->syn_queue_max = 1;
	listener                     = app_listens(STACK_PORT, 8);
	syn("mss 1000");
	peer_sends("R 1:1(0)");
	syn("mss 1000");
	ck_assert_uint_eq(usage().half_open, 1); /* after a reset */
	peer_sends(". 1:1(0) ack 1");
	app_accepts(listener);
	peer_port(PEER_PORT + 1);
	syn("mss 1000");
	ck_assert_uint_eq(usage().half_open, 1); /* after a handshake */
	for (uint64_t us = SEC; us <= 16 * SEC; us *= 2)
		stack_sends_after(us, "S. 0:0(0) ack 1");
	time_passes(33 * SEC);
	peer_port(PEER_PORT + 2);
	syn("mss 1000");
	ck_assert_uint_eq(usage().half_open, 1); /* after giving up */
	peer_sends("R 1:1(0)");
}

SCENARIO(without_cookies_the_oldest_gives_way)
{
	peer_config()->syn_queue_max = 2;
	peer_config()->syn_cookies   = TARN_SYN_COOKIES_NEVER;
	app_listens(STACK_PORT, 8);
	for (uint16_t i = 0; i < 3; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		syn("mss 1000");
	}
	ck_assert_uint_eq(usage().half_open, 2);
	ck_assert_uint_eq(tarn_drop_count(stack(), "TCP_SYN_QUEUE_FULL"), 1);
	peer_port(PEER_PORT);
	peer_sends(". 1:1(0) ack 1");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R 1:1(0)");
}

/* RFC4987-1 */
SCENARIO(a_cookie_costs_no_memory_and_no_timer)
{
	size_t before;

	cookie_listener();
	syn("mss 1000"); /* the neighbour has its entry now */
	before = memory_held();
	for (uint16_t i = 1; i < 100; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		syn(OPTIONS);
	}
	ck_assert_uint_eq(memory_held(), before);
	ck_assert_uint_eq(usage().half_open, 0);
	stack_is_silent_for(60 * SEC); /* none is sent again */
}

SCENARIO(repeated_syn_gets_the_same_cookie)
{
	uint32_t iss;

	cookie_listener();
	syn("mss 1000");
	iss = last_segment()->seq;
	syn("mss 1000");
	ck_assert_uint_eq(last_segment()->seq, iss);
}

/* ---- Its ACK ---- */

SCENARIO(data_on_the_ack_is_taken)
{
	const int listener = cookie_listener();
	int fd;

	syn(OPTIONS);
	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 101");
	peer_sends(". 101:101(0) ack 11");
}

SCENARIO(fin_on_the_ack_is_taken)
{
	const int listener = cookie_listener();
	int fd;

	syn("mss 1000");
	peer_sends("F. 1:1(0) ack 1");
	stack_sends(". 1:1(0) ack 2");
	state_is(TCPS_CLOSE_WAIT);
	fd = app_accepts(listener);
	app_receives_end(fd);
}

static void is_reset(const char *reset)
{
	stack_drops("TCP_COOKIE");
	stack_sends("%s", reset);
	ck_assert_uint_eq(usage().connections, 0);
}

SCENARIO(wrong_numbers_draw_a_reset)
{
	cookie_listener();
	syn("mss 1000");
	peer_sends(". 1:1(0) ack 2");
	is_reset("R 2:2(0)");
	peer_sends(". 1:1(0) ack 0");
	is_reset("R 0:0(0)");
	peer_sends(". 2:2(0) ack 1"); /* another ISN of the peer's */
	is_reset("R 1:1(0)");
	peer_sends(". 0:0(0) ack 1");
	is_reset("R 1:1(0)");
}

SCENARIO(each_bit_of_it_counts)
{
	cookie_listener();
	syn("mss 1000");
	for (unsigned bit = 0; bit < 32; bit++) {
		const uint32_t ack = (last_segment()->seq ^ 1u << bit) + 1;

		peer_sends(". 1:1(0) ack =%u", ack);
		stack_drops("TCP_COOKIE");
		ck_assert(next_segment(&(struct segment){ 0 }));
	}
	ck_assert_uint_eq(usage().connections, 0);
}

SCENARIO(it_belongs_to_its_4_tuple)
{
	uint32_t iss;

	cookie_listener();
	syn("mss 1000");
	iss = last_segment()->seq;
	peer_port(PEER_PORT + 1);
	peer_sends(". 1:1(0) ack =%u", iss + 1);
	stack_drops("TCP_COOKIE");
	stack_sends("R =%u:=%u(0)", iss + 1, iss + 1);
}

SCENARIO(other_flags_do_not_make_a_connection)
{
	cookie_listener();
	syn("mss 1000");
	peer_sends("S. 1:1(0) ack 1");
	is_reset("R 1:1(0)");
	peer_sends("R. 1:1(0) ack 1");
	stack_drops("TCP_LISTEN_RST");
	peer_sends("F 1:1(0)");
	stack_drops("TCP_LISTEN_OTHER");
	stack_sends_nothing();
	ck_assert_uint_eq(usage().connections, 0);
}

SCENARIO(it_is_valid_for_two_steps_and_no_longer)
{
	const int listener     = cookie_listener();
	const uint64_t in_step = now_us() % STEP;

	time_passes(STEP - in_step + SEC); /* a second into a step */
	syn("mss 1000");
	peer_port(PEER_PORT + 1);
	syn("mss 1000");
	time_passes(2 * STEP - 2 * SEC); /* still in the next */
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();
	app_accepts(listener);

	time_passes(SEC);
	peer_port(PEER_PORT + 2);
	syn("mss 1000"); /* the listener goes on sending them */
	peer_port(PEER_PORT);
	peer_sends(". 1:1(0) ack 1");
	stack_drops("TCP_COOKIE");
	stack_sends("R 1:1(0)");
}

SCENARIO(nobody_looks_when_none_was_sent_lately)
{
	cookie_listener();
	peer_sends(". 1:1(0) ack =77");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R =77:=77(0)");
	syn("mss 1000");
	peer_sends(". 1:1(0) ack =77");
	stack_drops("TCP_COOKIE");
	stack_sends("R =77:=77(0)");
	time_passes(2 * STEP);
	peer_sends(". 1:1(0) ack =77");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R =77:=77(0)");
}

SCENARIO(full_accept_queue_ignores_syn_and_ack)
{
	int listener;

	peer_config()->syn_cookies = TARN_SYN_COOKIES_ALWAYS;
	stack();
	peer_free_iss();
	listener = app_listens(STACK_PORT, 1);
	syn("mss 1000");
	peer_port(PEER_PORT + 1);
	syn("mss 1000");
	peer_sends(". 1:1(0) ack 1");
	peer_port(PEER_PORT + 2);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_drops("TCP_ACCEPT_QUEUE_FULL");
	peer_port(PEER_PORT);
	peer_sends(". 1:1(0) ack 1");
	stack_drops("TCP_ACCEPT_QUEUE_FULL");
	stack_sends_nothing();
	peer_port(PEER_PORT + 1);
	app_accepts(listener);
	peer_port(PEER_PORT);
	peer_sends("P. 1:11(10) ack 1"); /* it tries again */
	stack_sends(". 1:1(0) ack 11");
	app_accepts(listener);
}

/* ---- What it carries ---- */

/* The MSS that our text has after a SYN with @offered. */
static uint32_t mss_after(int listener, uint16_t port, const char *offered)
{
	peer_port(port);
	syn(offered);
	peer_sends(". 1:1(0) ack 1");

	return app_info(app_accepts(listener)).snd_mss;
}

SCENARIO(the_mss_is_the_next_lower_of_eight)
{
	const int at = cookie_listener();

	ck_assert_uint_eq(mss_after(at, 40001, "mss 1460"), 1460);
	ck_assert_uint_eq(mss_after(at, 40002, "mss 1459"), 1452);
	ck_assert_uint_eq(mss_after(at, 40003, "mss 1360"), 1360);
	ck_assert_uint_eq(mss_after(at, 40004, "mss 1359"), 1220);
	ck_assert_uint_eq(mss_after(at, 40005, "mss 1000"), 536);
	ck_assert_uint_eq(mss_after(at, 40006, "nop"), 536); /* MUST-15 */
	ck_assert_uint_eq(mss_after(at, 40007, "mss 535"), 216);
	ck_assert_uint_eq(mss_after(at, 40008, "mss 10"), 216);
	ck_assert_uint_eq(mss_after(at, 40009, "mss 9000"), 1460); /* ours */
}

SCENARIO(timestamps_carry_the_options)
{
	const int listener = cookie_listener();
	struct tarn_tcp_info info;

	peer_sends("S 0:0(0) <" OPTIONS ">");
	stack_sends("S. 0:0(0) ack 1 "
	            "<mss 1460,sackOK,TS val * ecr 700,nop,wscale 7>");
	ck_assert_uint_eq(stack_tsval() & 0x1f, 0x17); /* SACK, shift 7 */
	peer_sends(". 1:1(0) ack 1 win 512");
	info = app_info(app_accepts(listener));
	ck_assert(info.has_timestamps && info.has_sack && info.has_wscale);
	ck_assert_uint_eq(info.snd_wscale, 7);
	ck_assert_uint_eq(info.rcv_wscale, 7);
	ck_assert_uint_eq(info.snd_wnd, 512 << 7);
}

SCENARIO(what_was_not_offered_is_not_agreed_on)
{
	const int listener = cookie_listener();
	struct tarn_tcp_info info;

	peer_sends("S 0:0(0) <mss 1460,nop,nop,TS val 700 ecr 0>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val * ecr 700>");
	ck_assert_uint_eq(stack_tsval() & 0x1f, 0x0f);
	peer_sends(". 1:1(0) ack 1 win 512");
	info = app_info(app_accepts(listener));
	ck_assert(info.has_timestamps && !info.has_sack && !info.has_wscale);
	ck_assert_uint_eq(info.snd_wnd, 512);
}

SCENARIO(without_timestamps_the_options_are_given_up)
{
	const int listener = cookie_listener();
	struct tarn_tcp_info info;

	peer_sends("S 0:0(0) <mss 1460,nop,nop,sackOK,nop,wscale 7>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends(". 1:1(0) ack 1 win 512");
	info = app_info(app_accepts(listener));
	ck_assert(!info.has_timestamps && !info.has_sack && !info.has_wscale);
	ck_assert_uint_eq(info.snd_wnd, 512);
}

SCENARIO(window_scale_above_14_counts_as_14)
{
	const int listener = cookie_listener();

	syn("mss 1460,nop,nop,TS val 700 ecr 0,nop,wscale 15");
	ck_assert_uint_eq(stack_tsval() & 0x0f, 14);
	peer_sends(". 1:1(0) ack 1");
	ck_assert_uint_eq(app_info(app_accepts(listener)).snd_wscale, 14);
}

SCENARIO(the_timestamp_clock_never_runs_backwards)
{
	const int listener = cookie_listener();

	for (uint16_t i = 0; i < 64; i++) { /* wherever the six bits stand */
		uint32_t shown;
		int fd;

		peer_port((uint16_t)(PEER_PORT + i));
		syn(OPTIONS);
		shown = stack_tsval();
		time_passes(1 * MSEC);
		peer_sends(". 1:1(0) ack 1");
		fd = app_accepts(listener);
		app_sends(fd, 10);
		stack_sends("P. 1:11(10) ack 1");
		ck_assert_uint_ge(stack_tsval() - shown, 1);
		ck_assert_uint_le(stack_tsval() - shown, 65);
		peer_sends(". 1:1(0) ack 11");
	}
}

SCENARIO_MAIN("tcp SYN cookie", full_syn_queue_answers_with_cookies,
              room_in_the_syn_queue_is_used_again,
              without_cookies_the_oldest_gives_way,
              a_cookie_costs_no_memory_and_no_timer,
              repeated_syn_gets_the_same_cookie, data_on_the_ack_is_taken,
              fin_on_the_ack_is_taken, wrong_numbers_draw_a_reset,
              each_bit_of_it_counts, it_belongs_to_its_4_tuple,
              other_flags_do_not_make_a_connection,
              it_is_valid_for_two_steps_and_no_longer,
              nobody_looks_when_none_was_sent_lately,
              full_accept_queue_ignores_syn_and_ack,
              the_mss_is_the_next_lower_of_eight, timestamps_carry_the_options,
              what_was_not_offered_is_not_agreed_on,
              without_timestamps_the_options_are_given_up,
              window_scale_above_14_counts_as_14,
              the_timestamp_clock_never_runs_backwards)
