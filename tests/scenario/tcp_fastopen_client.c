/* SPDX-License-Identifier: MIT */
/*
 * TCP Fast Open, the client's side: RFC 7413 4.1.3, 4.2.1 and 4.2.2; calls as
 * Linux has them (MSG_FASTOPEN, TCP_FASTOPEN_CONNECT)
 */
#include "tests/unit/lib/peer.h"

#define COOKIE "raw 22:0a:1:2:3:4:5:6:7:8,nop,nop"
#define WISH   "raw 22:02,nop,nop"
/* What our SYN has before it. */
#define OURS "mss 1460,sackOK,TS val * ecr *,nop,wscale 7"

static const struct tarn_addr *to_peer(uint16_t port)
{
	static struct tarn_addr to;

	to = (struct tarn_addr){ .ip = tarn_ip4(10, 9, 0, 1), .port = port };

	return &to;
}

static int fresh_socket(void)
{
	return app_adopts(tarn_socket(stack(), TARN_STREAM));
}

static void client(void)
{
	peer_config()->fastopen |= TARN_FASTOPEN_CLIENT;
	stack();
}

/* sendto() with MSG_FASTOPEN: the stream's octets from the first on. */
static ssize_t sends_fast(int fd, size_t len)
{
	uint8_t octet[4096];
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		octet[i] = stream_octet(false, 1 + (int64_t)i);
	peer_flow(PEER_PORT, 0);
	n = tarn_sendto(stack(), fd, octet, len, TARN_MSG_FASTOPEN,
	                to_peer(PEER_PORT));
	settle();

	return n;
}

/* A first connection, which brings the cookie and is closed by the peer. */
static void learns_cookie(void)
{
	const int fd = fresh_socket();

	ck_assert_int_eq(sends_fast(fd, 10), -EINPROGRESS);
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	peer_sends("S. 0:0(0) ack 1 <mss 1000," COOKIE ">");
	stack_sends(". 1:1(0) ack 1");
	peer_sends("R 1:1(0)");
	app_closes(fd);
	time_passes(SEC);
}

/* RFC7413-4 */
SCENARIO(first_syn_asks_and_the_next_carries_data)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 100), 100);
	stack_sends("S 0:100(100) <" OURS "," COOKIE ">");
	peer_sends("S. 0:0(0) ack 101 <mss 1000>");
	stack_sends(". 101:101(0) ack 1");
	state_is(TCPS_ESTABLISHED);
	ck_assert(app_info(fd).has_fastopen_data);
	ck_assert_int_eq(app_gets(fd, TARN_SO_OUTQ), 0);
	peer_sends("P. 1:11(10) ack 101");
	stack_sends(". 101:101(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(synack_may_carry_the_answer)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 100), 100);
	stack_sends("S 0:100(100)");
	peer_sends("S. 0:10(10) ack 101 <mss 1000>");
	stack_sends(". 101:101(0) ack 11");
	app_receives(fd, 10);
}

SCENARIO(data_is_bounded_by_the_cached_mss)
{
	client();
	learns_cookie();
	ck_assert_int_eq(sends_fast(fresh_socket(), 3000), 960);
	stack_sends("S 0:960(960) <" OURS "," COOKIE ">");
	peer_sends("R. 0:0(0) ack 961");
}

SCENARIO(data_not_acknowledged_leaves_with_the_ack)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 100), 100);
	stack_sends("S 0:100(100)");
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends("P. 1:101(100) ack 1");
	ck_assert(!app_info(fd).has_fastopen_data);
	ck_assert_uint_eq(app_info(fd).retransmits, 1);
	peer_sends(". 1:1(0) ack 101");
	stack_sends_nothing();
}

SCENARIO(data_acknowledged_in_part_goes_on_there)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 100), 100);
	stack_sends("S 0:100(100)");
	peer_sends("S. 0:0(0) ack 61 <mss 1000>");
	stack_sends("P. 61:101(40) ack 1");
	peer_sends(". 1:1(0) ack 101");
	stack_sends_nothing();
}

SCENARIO(syn_that_comes_again_is_an_ordinary_one)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 100), 100);
	stack_sends("S 0:100(100)");
	stack_sends_after(SEC, "S 0:0(0) <" OURS ">");
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO(late_synack_of_the_first_syn_is_good)
{
	client();
	learns_cookie();
	ck_assert_int_eq(sends_fast(fresh_socket(), 100), 100);
	stack_sends("S 0:100(100)");
	stack_sends_after(SEC, "S 0:0(0)");
	peer_sends("S. 0:0(0) ack 101 <mss 1000>");
	stack_sends(". 101:101(0) ack 1");
}

/* The next attempt is an ordinary one for @us, and then asks again. */
static void is_off_for(uint64_t us)
{
	int fd = fresh_socket();

	ck_assert_int_eq(sends_fast(fd, 10), -EINPROGRESS);
	stack_sends("S 0:0(0) <" OURS ">");
	app_closes(fd);
	time_passes(us);
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 10), -EINPROGRESS);
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	app_closes(fd);
}

SCENARIO(server_that_does_not_take_it_is_left_in_peace)
{
	client();
	learns_cookie();
	for (unsigned minutes = 1; minutes <= 2; minutes++) {
		const int fd = fresh_socket();

		ck_assert_int_eq(sends_fast(fd, 100), 100);
		stack_sends("S 0:100(100)");
		peer_sends("S. 0:0(0) ack 1 <mss 1000>");
		stack_sends("P. 1:101(100) ack 1");
		peer_sends("R 1:1(0)");
		app_closes(fd);
		is_off_for(60 * SEC);
		learns_cookie();
	}
}

SCENARIO(silence_is_a_negative_answer)
{
	client();
	learns_cookie();
	ck_assert_int_eq(sends_fast(fresh_socket(), 100), 100);
	stack_sends("S 0:100(100)");
	for (unsigned i = 0; i < 7; i++)
		stack_sends_after(SEC << i, "S 0:0(0)");
	time_passes(128 * SEC + MSEC); /* given up */
	is_off_for(60 * SEC);
}

/* RFC7413-4 */
SCENARIO(wish_that_was_lost_is_not_repeated_soon)
{
	int fd;

	client();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 10), -EINPROGRESS);
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	stack_sends_after(SEC, "S 0:0(0) <" OURS ">");
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	peer_sends("R 1:1(0)");
	app_closes(fd);
	is_off_for(60 * SEC);
}

SCENARIO(cookies_are_of_address_and_port)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	peer_flow(PEER_PORT + 1, 0);
	ck_assert_int_eq(tarn_sendto(stack(), fd, "x", 1, TARN_MSG_FASTOPEN,
	                             to_peer(PEER_PORT + 1)),
	                 -EINPROGRESS);
	settle();
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	peer_sends("R. 0:0(0) ack 1");
}

SCENARIO(memory_of_64_servers_forgets_the_oldest)
{
	const uint8_t octet = stream_octet(false, 1);

	client();
	for (uint16_t i = 0; i <= 64; i++) {
		const int fd        = fresh_socket();
		const uint16_t port = (uint16_t)(PEER_PORT + i);

		peer_forgets();
		peer_flow(port, 0);
		ck_assert_int_eq(tarn_sendto(stack(), fd, "x", 1,
		                             TARN_MSG_FASTOPEN, to_peer(port)),
		                 -EINPROGRESS);
		settle();
		stack_sends("S 0:0(0) <" OURS "," WISH ">");
		peer_sends("S. 0:0(0) ack 1 <mss 1000," COOKIE ">");
		stack_sends(". 1:1(0) ack 1");
		peer_sends("R 1:1(0)");
		app_closes(fd);
		time_passes(MSEC);
	}
	peer_forgets();
	ck_assert_int_eq(sends_fast(fresh_socket(), 10), -EINPROGRESS);
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	peer_sends("R. 0:0(0) ack 1");
	peer_flow(PEER_PORT + 2, 0); /* the refusal took the place of + 1 */
	ck_assert_int_eq(tarn_sendto(stack(), fresh_socket(), &octet, 1,
	                             TARN_MSG_FASTOPEN, to_peer(PEER_PORT + 2)),
	                 1);
	settle();
	stack_sends("S 0:1(1) <" OURS "," COOKIE ">");
}

SCENARIO(without_permission_it_is_not_supported)
{
	ck_assert_int_eq(sends_fast(fresh_socket(), 10), -EOPNOTSUPP);
	stack_sends_nothing();
}

SCENARIO(no_cookie_is_needed_where_the_stack_says_so)
{
	peer_config()->fastopen = TARN_FASTOPEN_NO_COOKIE;
	client();
	ck_assert_int_eq(sends_fast(fresh_socket(), 1000), 496); /* 536 - 40 */
	stack_sends("S 0:496(496) <" OURS ">");
	peer_sends("S. 0:0(0) ack 497 <mss 1000>");
	stack_sends(". 497:497(0) ack 1");
}

SCENARIO(connected_sockets_say_so)
{
	int fd;

	client();
	fd = fresh_socket();
	ck_assert_int_eq(sends_fast(fd, 10), -EINPROGRESS);
	stack_sends("S 0:0(0)");
	ck_assert_int_eq(tarn_sendto(stack(), fd, "x", 1, TARN_MSG_FASTOPEN,
	                             to_peer(PEER_PORT)),
	                 -EALREADY);
	peer_sends("S. 0:0(0) ack 1 <mss 1000>");
	stack_sends(". 1:1(0) ack 1");
	ck_assert_int_eq(tarn_sendto(stack(), fd, "x", 1, TARN_MSG_FASTOPEN,
	                             to_peer(PEER_PORT)),
	                 -EISCONN);
}

/* ---- TCP_FASTOPEN_CONNECT ---- */

SCENARIO(connect_waits_for_the_first_send)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	app_sets(fd, TARN_TCP_FASTOPEN_CONNECT, 1);
	peer_flow(PEER_PORT, 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, to_peer(PEER_PORT)), 0);
	settle();
	stack_sends_nothing();
	ck_assert_int_eq(tarn_readiness(stack(), fd), TARN_POLLOUT);
	ck_assert_int_eq(tarn_connect(stack(), fd, to_peer(PEER_PORT)),
	                 -EISCONN);
	app_sends(fd, 100);
	stack_sends("S 0:100(100) <" OURS "," COOKIE ">");
	peer_sends("S. 0:0(0) ack 101 <mss 1000>");
	stack_sends(". 101:101(0) ack 1");
	app_sends(fd, 10);
	stack_sends("P. 101:111(10) ack 1");
	peer_sends(". 1:1(0) ack 111");
}

SCENARIO(connect_without_a_cookie_asks_for_one)
{
	int fd;

	client();
	fd = fresh_socket();
	app_sets(fd, TARN_TCP_FASTOPEN_CONNECT, 1);
	peer_flow(PEER_PORT, 0);
	ck_assert_int_eq(tarn_connect(stack(), fd, to_peer(PEER_PORT)),
	                 -EINPROGRESS);
	settle();
	stack_sends("S 0:0(0) <" OURS "," WISH ">");
	peer_sends("S. 0:0(0) ack 1 <mss 1000," COOKIE ">");
	stack_sends(". 1:1(0) ack 1");
}

SCENARIO(deferred_connect_can_be_closed)
{
	int fd;

	client();
	learns_cookie();
	fd = fresh_socket();
	app_sets(fd, TARN_TCP_FASTOPEN_CONNECT, 1);
	ck_assert_int_eq(tarn_connect(stack(), fd, to_peer(PEER_PORT)), 0);
	app_closes(fd);
	stack_sends_nothing();
}

/* ---- Others ---- */

SCENARIO(a_syn_that_meets_ours_sends_the_data_later)
{
	client();
	learns_cookie();
	ck_assert_int_eq(sends_fast(fresh_socket(), 100), 100);
	stack_sends("S 0:100(100)");
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends(". 1:1(0) ack 1");
	stack_sends("P. 1:101(100) ack 1");
	peer_sends(". 1:1(0) ack 101");
}

SCENARIO_MAIN("tcp Fast Open, client", first_syn_asks_and_the_next_carries_data,
              synack_may_carry_the_answer, data_is_bounded_by_the_cached_mss,
              data_not_acknowledged_leaves_with_the_ack,
              data_acknowledged_in_part_goes_on_there,
              syn_that_comes_again_is_an_ordinary_one,
              late_synack_of_the_first_syn_is_good,
              server_that_does_not_take_it_is_left_in_peace,
              silence_is_a_negative_answer,
              wish_that_was_lost_is_not_repeated_soon,
              cookies_are_of_address_and_port,
              memory_of_64_servers_forgets_the_oldest,
              without_permission_it_is_not_supported,
              no_cookie_is_needed_where_the_stack_says_so,
              connected_sockets_say_so, connect_waits_for_the_first_send,
              connect_without_a_cookie_asks_for_one,
              deferred_connect_can_be_closed,
              a_syn_that_meets_ours_sends_the_data_later)
