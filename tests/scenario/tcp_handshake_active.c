/* SPDX-License-Identifier: MIT */
/*
 * Active open: RFC 9293 3.10.1, 3.10.7.3; MUST-41 to MUST-46
 */
#include "tests/unit/lib/peer.h"

static struct tarn_addr address(uint8_t a, uint8_t b, uint8_t c, uint8_t d,
                                uint16_t port)
{
	return (struct tarn_addr){ .ip = tarn_ip4(a, b, c, d), .port = port };
}

static int connect_to(struct tarn_addr to)
{
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));

	return tarn_connect(stack(), fd, &to);
}

/* MUST-44, RFC2018-1, RFC7323-4 */
SCENARIO(connect_sends_the_tables_options_in_order)
{
	app_connects();
	stack_sends("S 0:0(0) win 65535 "
	            "<mss 1460,sackOK,TS val * ecr 0,nop,wscale 7>");
	state_is(TCPS_SYN_SENT);
}

SCENARIO(synack_completes_the_connection)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	ck_assert(!(tarn_readiness(stack(), fd) & TARN_POLLOUT));
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1 <>");
	state_is(TCPS_ESTABLISHED);
	ck_assert(tarn_readiness(stack(), fd) & TARN_POLLOUT);
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

/* RFC7323-4 */
SCENARIO(agreed_timestamps_are_on_every_segment)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 1 "
	           "<mss 1460,sackOK,TS val 700 ecr *,nop,wscale 7>");
	stack_sends(". 1:1(0) ack 1 <nop,nop,TS val * ecr 700>");
	peer_tsval(701);
	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1 <nop,nop,TS val * ecr 700>");
	peer_sends("P. 1:11(10) ack 11");
	stack_sends(". 11:11(0) ack 11 <nop,nop,TS val * ecr 701>");
	app_receives(fd, 10);
	app_closes(fd);
	stack_sends("F. 11:11(0) ack 11 <nop,nop,TS val * ecr 701>");
}

SCENARIO(scaled_window_after_the_handshake)
{
	/* 128 KiB of buffer are 1024 << 7. */
	app_connects();
	stack_sends("S 0:0(0) win 65535");
	peer_sends("S. 0:0(0) ack 1 <mss 1460,nop,wscale 0>");
	stack_sends(". 1:1(0) ack 1 win 1024");
}

SCENARIO(window_is_not_scaled_unless_both_say_so)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1 win 65535");
}

SCENARIO(configuration_takes_options_away)
{
	peer_config()->no_timestamps   = true;
	peer_config()->no_sack         = true;
	peer_config()->no_window_scale = true;
	app_connects();
	stack_sends("S 0:0(0) win 65535 <mss 1460>");
}

SCENARIO(options_that_were_not_offered_are_not_agreed_on)
{
	int fd;

	peer_config()->no_timestamps   = true;
	peer_config()->no_sack         = true;
	peer_config()->no_window_scale = true;
	fd                             = app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 1 win 100 "
	           "<mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>");
	stack_sends(". 1:1(0) ack 1 win 65535 <>");
	app_sends(fd, 100);
	stack_sends(
	        "P. 1:101(100) ack 1 <>"); /* the window is 100, not 12800 */
	app_sends(fd, 1000);
	stack_sends_nothing();
	peer_sends("R 1:1(0)");
}

SCENARIO(data_queued_before_the_synack_follows_it)
{
	const int fd        = app_connects();
	const ssize_t taken = tarn_send(stack(), fd, "x", 1, 0);

	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1");
	/* tarn.h: a SEND while connecting finds no room. */
	ck_assert_int_eq(taken, -EAGAIN);
	app_sends(fd, 1);
	stack_sends("P. 1:2(1) ack 1");
	peer_sends(". 1:1(0) ack 2");
}

SCENARIO(receive_while_connecting_finds_nothing)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	app_receives_nothing(fd);
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1");
}

SCENARIO(connect_twice_says_so)
{
	const struct tarn_addr to = address(10, 9, 0, 1, PEER_PORT);
	const int fd              = app_connects();

	stack_sends("S 0:0(0)");
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EALREADY);
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EISCONN);
}

SCENARIO(data_on_the_synack_is_taken)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("SP. 0:10(10) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(fin_on_the_synack_is_taken)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("SF. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 2");
	state_is(TCPS_CLOSE_WAIT);
	app_receives_end(fd);
}

SCENARIO(wrong_ack_of_the_syn_draws_a_reset_and_changes_nothing)
{
	int fd = app_connects();

	stack_sends("S 0:0(0)");
	peer_sends("S. 0:0(0) ack 2 <mss 1460>"); /* > SND.NXT */
	stack_drops("TCP_SYN_SENT_ACK");
	stack_sends("R 2:2(0)");
	peer_sends("S. 0:0(0) ack 0 <mss 1460>"); /* =< ISS */
	stack_sends("R 0:0(0)");
	peer_sends("S. 0:0(0) ack -1000 <mss 1460>");
	stack_sends("R -1000:-1000(0)");
	peer_sends(". 0:0(0) ack 77"); /* the half-open peer of figure 9 */
	stack_sends("R 77:77(0)");
	state_is(TCPS_SYN_SENT);
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(app_gets(fd, TARN_SO_ERROR), 0);
}

SCENARIO(wrong_ack_with_rst_is_dropped)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("R. 0:0(0) ack 2");
	peer_sends("R. 0:0(0) ack 0");
	stack_sends_nothing();
	state_is(TCPS_SYN_SENT);
}

SCENARIO(rst_without_ack_is_dropped)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends("R 0:0(0)");
	stack_drops("TCP_SYN_SENT_RST");
	stack_sends_nothing();
	state_is(TCPS_SYN_SENT);
}

SCENARIO(neither_syn_nor_rst_is_dropped)
{
	app_connects();
	stack_sends("S 0:0(0)");
	peer_sends(". 0:0(0) ack 1"); /* a right ACK alone */
	stack_drops("TCP_SYN_SENT_OTHER");
	peer_sends("- 0:10(10)");
	stack_drops("TCP_SYN_SENT_OTHER");
	peer_sends("F 0:0(0)");
	stack_sends_nothing();
	state_is(TCPS_SYN_SENT);
}

SCENARIO(repeated_synack_is_acknowledged_again)
{
	app_connects_to("mss 1460");
	time_passes(SEC);
	peer_sends("S. 0:0(0) ack 1 <mss 1460>");
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
}

/* MUST-43, MUST-45 */
SCENARIO(local_address_and_port_may_be_given)
{
	const struct tarn_addr local = address(10, 9, 0, 2, 5000);
	const struct tarn_addr to    = address(10, 9, 0, 1, PEER_PORT);
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));

	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EINPROGRESS);
	peer_port(PEER_PORT);
	settle();
	{
		struct segment syn;

		ck_assert(next_segment(&syn));
		ck_assert_uint_eq(syn.src_port, 5000);
		ck_assert_uint_eq(syn.flags, SEG_SYN);
	}
}

SCENARIO(foreign_local_address_is_refused)
{
	const struct tarn_addr local = address(10, 9, 0, 77, 5000);
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));

	ck_assert_int_eq(tarn_bind(stack(), fd, &local), -EADDRNOTAVAIL);
}

SCENARIO(connect_to_no_single_host_is_refused_without_a_frame)
{
	/* MUST-46 */
	ck_assert_int_lt(connect_to(address(224, 0, 0, 1, 80)), 0);
	ck_assert_int_lt(connect_to(address(255, 255, 255, 255, 80)), 0);
	ck_assert_int_lt(connect_to(address(10, 9, 0, 255, 80)), 0);
	ck_assert_int_lt(connect_to(address(240, 0, 0, 1, 80)), 0);
	ck_assert_int_ne(connect_to(address(224, 0, 0, 1, 80)), -EINPROGRESS);
	ck_assert_int_ne(connect_to(address(255, 255, 255, 255, 80)),
	                 -EINPROGRESS);
	ck_assert_int_ne(connect_to(address(10, 9, 0, 255, 80)), -EINPROGRESS);
	ck_assert_int_ne(connect_to(address(240, 0, 0, 1, 80)), -EINPROGRESS);
	ck_assert_int_ne(connect_to(address(10, 9, 0, 1, 0)), -EINPROGRESS);
	stack_is_silent_for(SEC);
}

SCENARIO(connect_without_a_route_is_refused)
{
	ck_assert_int_eq(connect_to(address(192, 0, 2, 1, 80)), -ENETUNREACH);
	stack_is_silent_for(SEC);
}

SCENARIO(listen_beside_a_connection_from_the_same_port)
{
	/* MUST-42: connect from port 5000, then listen on it. */
	const struct tarn_addr local = address(10, 9, 0, 2, 5000);
	const struct tarn_addr to    = address(10, 9, 0, 1, PEER_PORT);
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	int listener;

	app_sets(fd, TARN_SO_REUSEADDR, 1);
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EINPROGRESS);
	listener = app_adopts(tarn_socket(stack(), TARN_STREAM));
	app_sets(listener, TARN_SO_REUSEADDR, 1);
	ck_assert_int_eq(tarn_bind(stack(), listener, &local), 0);
	ck_assert_int_eq(tarn_listen(stack(), listener, 4), 0);
	settle();
	{
		struct segment syn;

		ck_assert(next_segment(&syn));
		ck_assert_uint_eq(syn.src_port, 5000);
	}
}

SCENARIO(second_listener_on_a_port_is_refused)
{
	/* MUST-41 */
	const struct tarn_addr local = address(10, 9, 0, 2, STACK_PORT);
	const int second = app_adopts(tarn_socket(stack(), TARN_STREAM));
	int rc;

	the_listener();
	rc = tarn_bind(stack(), second, &local);
	if (rc == 0)
		rc = tarn_listen(stack(), second, 4);
	ck_assert_int_eq(rc, -EADDRINUSE);
	peer_connects("mss 1460");
}

SCENARIO(any_address_and_one_address_collide)
{
	const struct tarn_addr any = { .port = STACK_PORT };
	const struct tarn_addr one = address(10, 9, 0, 2, STACK_PORT);
	int first  = app_adopts(tarn_socket(stack(), TARN_STREAM));
	int second = app_adopts(tarn_socket(stack(), TARN_STREAM));

	ck_assert_int_eq(tarn_bind(stack(), first, &one), 0);
	ck_assert_int_eq(tarn_listen(stack(), first, 4), 0);
	app_sets(second, TARN_SO_REUSEADDR, 1);
	ck_assert_int_eq(tarn_bind(stack(), second, &any), -EADDRINUSE);
	app_closes(first);

	first = app_adopts(tarn_socket(stack(), TARN_STREAM));
	ck_assert_int_eq(tarn_bind(stack(), first, &any), 0);
	ck_assert_int_eq(tarn_listen(stack(), first, 4), 0);
	ck_assert_int_eq(tarn_bind(stack(), second, &one), -EADDRINUSE);
}

SCENARIO_MAIN(
        "tcp handshake, active", connect_sends_the_tables_options_in_order,
        synack_completes_the_connection, agreed_timestamps_are_on_every_segment,
        scaled_window_after_the_handshake,
        window_is_not_scaled_unless_both_say_so,
        configuration_takes_options_away,
        options_that_were_not_offered_are_not_agreed_on,
        data_queued_before_the_synack_follows_it,
        receive_while_connecting_finds_nothing, connect_twice_says_so,
        data_on_the_synack_is_taken, fin_on_the_synack_is_taken,
        wrong_ack_of_the_syn_draws_a_reset_and_changes_nothing,
        wrong_ack_with_rst_is_dropped, rst_without_ack_is_dropped,
        neither_syn_nor_rst_is_dropped, repeated_synack_is_acknowledged_again,
        local_address_and_port_may_be_given, foreign_local_address_is_refused,
        connect_to_no_single_host_is_refused_without_a_frame,
        connect_without_a_route_is_refused,
        listen_beside_a_connection_from_the_same_port,
        second_listener_on_a_port_is_refused,
        any_address_and_one_address_collide)
