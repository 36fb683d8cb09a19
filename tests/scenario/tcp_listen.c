/* SPDX-License-Identifier: MIT */
/*
 * The listener and its queues: RFC 9293 3.10.7.2, RFC 4987, POSIX listen()
 */
#include "tests/unit/lib/peer.h"

static struct tarn_usage usage(void)
{
	struct tarn_usage now;

	tarn_usage(stack(), &now);

	return now;
}

static void handshake_from(unsigned i)
{
	peer_port((uint16_t)(PEER_PORT + i));
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
}

static void take_all(void)
{
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- What a listener is sent ---- */

SCENARIO(reset_is_ignored)
{
	the_listener();
	peer_sends("R 0:0(0)");
	stack_drops("TCP_LISTEN_RST");
	peer_sends("SR 0:0(0)");
	stack_drops("TCP_LISTEN_RST");
	peer_sends("R. 0:0(0) ack =5");
	stack_sends_nothing();
}

SCENARIO(acknowledgment_draws_a_reset)
{
	the_listener();
	peer_sends(". 1:1(0) ack =5");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R =5:=5(0)");
	peer_sends("S. 0:0(0) ack =77");
	stack_drops("TCP_LISTEN_ACK");
	stack_sends("R =77:=77(0)");
	peer_sends("F. 0:0(0) ack =78");
	stack_sends("R =78:=78(0)");
}

SCENARIO(neither_syn_nor_ack_is_dropped)
{
	the_listener();
	peer_sends("- 0:0(0)"); /* the null scan */
	stack_drops("TCP_LISTEN_OTHER");
	peer_sends("F 0:0(0)");
	stack_drops("TCP_LISTEN_OTHER");
	peer_sends("FPU 0:0(0)"); /* the christmas tree */
	peer_sends("P 0:10(10)");
	stack_sends_nothing();
	ck_assert_uint_eq(usage().half_open, 0);
}

SCENARIO(syn_with_fin_opens_nothing)
{
	the_listener();
	peer_sends("SF 0:0(0)");
	stack_drops("TCP_LISTEN_SYN_FIN");
	stack_sends_nothing();
	ck_assert_uint_eq(usage().half_open, 0);
}

SCENARIO(source_port_0_is_dropped)
{
	uint8_t frame[SEGMENT_FRAME_MAX];
	size_t len;

	the_listener();
	len       = peer_frame(frame, "S 0:0(0) <mss 1000>");
	frame[34] = frame[35] = 0;
	segment_reseal(frame, len);
	peer_injects(frame, len);
	settle();
	stack_drops("TCP_PORT");
	stack_sends_nothing();
}

/* ---- The accept queue ---- */

SCENARIO(connections_are_accepted_in_order)
{
	const int listener = app_listens(STACK_PORT, 8);

	for (unsigned i = 0; i < 4; i++)
		handshake_from(i);
	for (unsigned i = 0; i < 4; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		app_accepts(listener);
	}
	ck_assert_int_eq(tarn_accept(stack(), listener, NULL), -EAGAIN);
}

SCENARIO(full_accept_queue_ignores_the_last_ack_and_recovers)
{
	/* Four handshakes are under way when the queue of two fills: the last
	 * ACK of who finds it full is dropped, its SYN-ACK comes again, and
	 * when there is room the answer to that is taken. */
	const int listener = app_listens(STACK_PORT, 2);
	unsigned queued;

	for (unsigned i = 0; i < 4; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("S 0:0(0) <mss 1000>");
		stack_sends("S. 0:0(0) ack 1");
	}
	for (queued = 0; usage().connections == queued; queued++) {
		peer_port((uint16_t)(PEER_PORT + queued));
		peer_sends(". 1:1(0) ack 1");
	}
	queued--;                     /* the last one was not taken */
	ck_assert_uint_ge(queued, 2); /* Linux lets one more in */
	ck_assert_uint_le(queued, 3);
	stack_drops("TCP_ACCEPT_QUEUE_FULL");
	stack_sends_nothing(); /* no reset */
	for (unsigned i = queued + 1; i < 4; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("R 1:1(0)");
	}

	peer_port((uint16_t)(PEER_PORT + queued));
	stack_sends_after(SEC, "S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1"); /* still full */
	stack_drops("TCP_ACCEPT_QUEUE_FULL");
	stack_sends_nothing();
	peer_port(PEER_PORT);
	app_accepts(listener);
	peer_port((uint16_t)(PEER_PORT + queued));
	stack_sends_after(2 * SEC, "S. 0:0(0) ack 1");
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	state_is(TCPS_ESTABLISHED);
	for (unsigned i = 1; i <= queued; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		app_accepts(listener);
	}
}

SCENARIO(syn_is_ignored_while_the_accept_queue_is_full)
{
	/* It would only swell the SYN queue; the peer tries again. */
	const int listener = app_listens(STACK_PORT, 1);

	for (unsigned i = 0; usage().connections == i; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("S 0:0(0) <mss 1000>");
		if (sent_count() == 0)
			break;
		stack_sends("S. 0:0(0) ack 1");
		peer_sends(". 1:1(0) ack 1");
	}
	if (usage().half_open == 0)
		stack_drops("TCP_ACCEPT_QUEUE_FULL");
	time_passes(SEC);
	take_all();
	(void)listener;
}

SCENARIO(data_waits_in_an_unaccepted_connection)
{
	const int listener = app_listens(STACK_PORT, 2);
	int fd;

	handshake_from(0);
	peer_sends("P. 1:101(100) ack 1");
	stack_sends(". 1:1(0) ack 101");
	peer_sends("F. 101:101(0) ack 1");
	stack_sends(". 1:1(0) ack 102");
	fd = app_accepts(listener);
	app_receives(fd, 100);
	app_receives_end(fd);
}

SCENARIO(connection_reset_before_accept_harms_nobody)
{
	const int listener = app_listens(STACK_PORT, 2);
	int fd;

	handshake_from(0);
	peer_sends("R 1:1(0)");
	handshake_from(1);
	fd = tarn_accept(stack(), listener, NULL);
	if (fd >= 0) /* POSIX allows to hand out a dead one, and not to */
		app_adopts(fd);
	fd = tarn_accept(stack(), listener, NULL);
	if (fd >= 0)
		app_adopts(fd);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
}

/* ---- The SYN queue ---- */

SCENARIO(half_open_connections_are_counted)
{
	the_listener();
	for (unsigned i = 0; i < 10; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("S 0:0(0) <mss 1000>");
		stack_sends("S. 0:0(0) ack 1");
	}
	ck_assert_uint_eq(usage().half_open, 10);
	ck_assert_uint_eq(usage().connections, 0);
	for (unsigned i = 0; i < 10; i++) {
		peer_port((uint16_t)(PEER_PORT + i));
		peer_sends("R 1:1(0)");
	}
	ck_assert_uint_eq(usage().half_open, 0);
}

/* A SYN of the flood, never heard of again. */
static void flood(uint16_t port)
{
	static uint8_t frame[SEGMENT_FRAME_MAX];
	static size_t len;

	if (!len)
		len = peer_frame(frame, "S 0:0(0) <mss 1000>");
	frame[34] = (uint8_t)(port >> 8);
	frame[35] = (uint8_t)port;
	segment_reseal(frame, len);
	peer_injects(frame, len);
}

SCENARIO(full_syn_queue_gives_its_oldest_up)
{
	int listener;

	peer_config()->syn_cookies = TARN_SYN_COOKIES_NEVER;
	listener                   = the_listener();
	peer_sends("S 0:0(0) <mss 1000>"); /* the oldest */
	stack_sends("S. 0:0(0) ack 1");
	for (unsigned i = 0; i < 4096; i++) {
		flood((uint16_t)(1024 + i));
		settle();
		while (sent_count() > 0)
			ck_assert(next_segment(&(struct segment){ 0 }));
	}
	ck_assert_uint_eq(usage().half_open, 4096);
	ck_assert_uint_ge(tarn_drop_count(stack(), "TCP_SYN_QUEUE_FULL"), 1);
	peer_sends(". 1:1(0) ack 1");
	stack_sends("R 1:1(0)"); /* it is gone */

	peer_port(PEER_PORT + 1); /* a newer one gets in */
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	app_accepts(listener);
}

/* ---- The end of a listener ---- */

SCENARIO(closing_resets_what_was_not_accepted)
{
	const int listener = app_listens(STACK_PORT, 8);

	handshake_from(0);
	app_closes(listener);
	stack_sends("R. 1:1(0) ack 1");
	state_is(TCPS_CLOSED);
	peer_sends("P. 1:11(10) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO(closing_forgets_half_open_ones)
{
	const int listener = app_listens(STACK_PORT, 8);

	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	app_closes(listener);
	take_all(); /* a reset, or nothing */
	ck_assert_uint_eq(usage().half_open, 0);
	peer_sends(". 1:1(0) ack 1");
	stack_sends("R 1:1(0)");
}

SCENARIO(accepted_connections_outlive_their_listener)
{
	const int fd = peer_connects("mss 1000");

	app_closes(the_listener());
	stack_sends_nothing();
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(port_of_a_closed_listener_refuses)
{
	app_closes(app_listens(STACK_PORT, 8));
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("R. =0:=0(0) ack 1");
}

SCENARIO(listen_again_changes_the_backlog)
{
	const int listener = app_listens(STACK_PORT, 1);

	ck_assert_int_eq(tarn_listen(stack(), listener, 8), 0);
	for (unsigned i = 0; i < 6; i++)
		handshake_from(i);
	ck_assert_uint_eq(usage().half_open, 0);
	ck_assert_uint_eq(usage().connections, 6);
}

SCENARIO_MAIN("tcp listen", reset_is_ignored, acknowledgment_draws_a_reset,
              neither_syn_nor_ack_is_dropped, syn_with_fin_opens_nothing,
              source_port_0_is_dropped, connections_are_accepted_in_order,
              full_accept_queue_ignores_the_last_ack_and_recovers,
              syn_is_ignored_while_the_accept_queue_is_full,
              data_waits_in_an_unaccepted_connection,
              connection_reset_before_accept_harms_nobody,
              half_open_connections_are_counted,
              full_syn_queue_gives_its_oldest_up,
              closing_resets_what_was_not_accepted,
              closing_forgets_half_open_ones,
              accepted_connections_outlive_their_listener,
              port_of_a_closed_listener_refuses,
              listen_again_changes_the_backlog)
