/* SPDX-License-Identifier: MIT */
/*
 * Urgent data: RFC 9293 3.8.5 (MUST-30 to MUST-33, MUST-62, MUST-66), RFC 6093;
 * the mark as sockatmark() has it
 */
#include "tests/unit/lib/peer.h"

static bool is_urgent(int fd)
{
	return tarn_readiness(stack(), fd) & TARN_POLLPRI;
}

static bool is_at_mark(int fd)
{
	return app_gets(fd, TARN_SO_ATMARK);
}

/* One read with room for 100 octets gives @len of them. */
static void one_read_gives(int fd, ssize_t len)
{
	uint8_t buf[100];

	ck_assert_int_eq(tarn_recv(stack(), fd, buf, sizeof(buf), 0), len);
	settle();
}

/* The octets from @first on, all of them urgent. */
static void app_sends_urgent(int fd, uint32_t first, size_t len)
{
	static uint8_t buf[100000];

	for (size_t i = 0; i < len; i++)
		buf[i] = stream_octet(false, first + (int64_t)i);
	ck_assert_int_eq(tarn_send(stack(), fd, buf, len, TARN_MSG_OOB),
	                 (ssize_t)len);
	settle();
}

/* ---- receiving ---- */

/* RFC6093-1 */
SCENARIO(urgent_octet_is_told_and_read_in_line)
{
	/* MUST-30, MUST-32 */
	const int fd = peer_connects("mss 1000");

	ck_assert(!is_urgent(fd));
	peer_sends("PU. 1:11(10) ack 1 urg 10");
	stack_sends(". 1:1(0) ack 11");
	ck_assert(is_urgent(fd));
	ck_assert(!is_at_mark(fd));
	one_read_gives(fd, 9); /* up to the mark */
	ck_assert(is_at_mark(fd));
	ck_assert(is_urgent(fd)); /* MUST-33 */
	one_read_gives(fd, 1);
	ck_assert(!is_at_mark(fd));
	ck_assert(!is_urgent(fd));
	app_receives_nothing(fd);
}

/* MUST-33 */
SCENARIO(what_follows_the_mark_is_read_from_it_on)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 1:21(20) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 21");
	one_read_gives(fd, 4);
	one_read_gives(fd, 16);
	ck_assert(!is_urgent(fd));
}

SCENARIO(pointer_ahead_of_its_octet_is_told_at_once)
{
	/* MUST-31: the data span several segments, and the word comes first. */
	const int fd = peer_connects("mss 1000");

	peer_sends("U. 1:1001(1000) ack 1 urg 2500");
	stack_sends(". 1:1(0) ack 1001");
	ck_assert(is_urgent(fd));
	app_receives(fd, 1000);
	ck_assert(is_urgent(fd));
	ck_assert(!is_at_mark(fd));
	app_receives_nothing(fd);
	peer_sends("U. 1001:2001(1000) ack 1 urg 1500");
	stack_sends(". 1:1(0) ack 2001");
	peer_sends("PU. 2001:3001(1000) ack 1 urg 500");
	stack_sends(". 1:1(0) ack 3001");
	app_receives(fd, 1499);
	ck_assert(is_at_mark(fd));
	app_receives(fd, 501);
	ck_assert(!is_urgent(fd));
}

/* MUST-31 */
SCENARIO(pointer_without_text_is_told)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("U. 1:1(0) ack 1 urg 1");
	stack_sends_nothing();
	ck_assert(is_urgent(fd));
	ck_assert(is_at_mark(fd)); /* though the octet is still to come */
	app_receives_nothing(fd);
	peer_sends("P. 1:2(1) ack 1");
	stack_sends(". 1:1(0) ack 2");
	app_receives(fd, 1);
	ck_assert(!is_urgent(fd));
}

SCENARIO(pointer_that_advances_moves_the_mark)
{
	/* MUST-32: told again, which an edge-triggered set must see. */
	const int fd                         = peer_connects("mss 1000");
	const int ep                         = tarn_epoll_create(stack());
	struct tarn_epoll_event event        = { .events =
		                                         TARN_POLLPRI | TARN_EPOLLET };
	const struct tarn_epoll_event wanted = event;

	ck_assert_int_eq(
	        tarn_epoll_ctl(stack(), ep, TARN_EPOLL_CTL_ADD, fd, &wanted),
	        0);
	peer_sends("PU. 1:6(5) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 6");
	ck_assert_int_eq(tarn_epoll_wait(stack(), ep, &event, 1), 1);
	ck_assert_uint_eq(event.events, TARN_POLLPRI);
	ck_assert_int_eq(tarn_epoll_wait(stack(), ep, &event, 1), 0);
	peer_sends("U. 6:6(0) ack 1 urg 5"); /* no text: only the pointer */
	ck_assert_int_eq(tarn_epoll_wait(stack(), ep, &event, 1), 1);
	peer_sends("P. 6:11(5) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 9); /* the first mark is forgotten: there is one */
	ck_assert(is_at_mark(fd));
	app_receives(fd, 1);
	ck_assert_int_eq(tarn_close(stack(), ep), 0);
}

SCENARIO(pointer_cannot_recede)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 1:11(10) ack 1 urg 20");
	stack_sends(". 1:1(0) ack 11");
	peer_sends("PU. 11:21(10) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 21");
	one_read_gives(fd, 19);
	ck_assert(is_at_mark(fd));
	one_read_gives(fd, 1);
}

SCENARIO(pointer_to_what_was_read_is_nothing)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
	peer_sends("U. 11:11(0) ack 1 urg 0");
	ck_assert(!is_urgent(fd));
	peer_sends("PU. 11:12(1) ack 1 urg 0");
	stack_sends(". 1:1(0) ack 12");
	ck_assert(!is_urgent(fd));
	one_read_gives(fd, 1);
}

SCENARIO(retransmission_does_not_begin_urgent_mode_again)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 1:6(5) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 6");
	app_receives(fd, 4);
	app_receives(fd, 1);
	peer_sends("PU. 1:11(10) ack 1 urg 5"); /* half of it new */
	stack_sends(". 1:1(0) ack 11");
	ck_assert(!is_urgent(fd));
	one_read_gives(fd, 5);
}

SCENARIO(pointer_counts_from_the_segments_own_number)
{
	/* Also when its first half was here before. */
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 11");
	peer_sends("PU. 1:21(20) ack 1 urg 20");
	stack_sends(". 1:1(0) ack 21");
	one_read_gives(fd, 19);
	one_read_gives(fd, 1);
}

SCENARIO(urgent_pointer_passes_a_closed_window)
{
	/* MUST-66 */
	int fd;

	peer_config()->rcvbuf = 4096;
	fd                    = peer_connects("mss 1000");
	for (unsigned seq = 1; seq < 4097; seq += 1024) {
		peer_sends(". %u:%u(1024) ack 1", seq, seq + 1024);
		stack_sends(". 1:1(0) ack %u", seq + 1024);
	}
	ck_assert_uint_eq(app_info(fd).rcv_wnd, 0);
	peer_sends("PU. 4097:4098(1) ack 1 urg 1"); /* does not fit */
	stack_sends(". 1:1(0) ack 4097 win 0");
	ck_assert(is_urgent(fd));
	app_receives(fd, 4096);
	stack_sends(". 1:1(0) ack 4097 win 4096");
	ck_assert(is_at_mark(fd));
	peer_sends("PU. 4097:4098(1) ack 1 urg 1");
	stack_sends(". 1:1(0) ack 4098");
	app_receives(fd, 1);
	ck_assert(!is_urgent(fd));
}

SCENARIO(pointer_on_a_segment_out_of_order_is_told)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 11:21(10) ack 1 urg 10");
	stack_sends(". 1:1(0) ack 1");
	ck_assert(is_urgent(fd));
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 1:1(0) ack 21");
	one_read_gives(fd, 19);
	one_read_gives(fd, 1);
}

SCENARIO(pointer_beyond_the_fin_ends_with_it)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 1:11(10) ack 1 urg 500");
	stack_sends(". 1:1(0) ack 11");
	ck_assert(is_urgent(fd));
	peer_sends("FU. 11:11(0) ack 1 urg 500");
	stack_sends(". 1:1(0) ack 12");
	ck_assert(!is_urgent(fd));
	app_receives(fd, 10);
	app_receives_end(fd);
	peer_sends("U. 12:12(0) ack 1 urg 500"); /* CLOSE-WAIT: ignored */
	ck_assert(!is_urgent(fd));
}

SCENARIO(field_without_the_flag_is_ignored)
{
	const int fd = peer_connects("mss 1000");
	uint8_t frame[SEGMENT_FRAME_MAX];
	const size_t len = peer_frame(frame, "P. 1:11(10) ack 1");

	frame[14 + 20 + 18] = 0;
	frame[14 + 20 + 19] = 5;
	segment_reseal(frame, len);
	peer_injects(frame, len);
	settle();
	stack_sends(". 1:1(0) ack 11");
	ck_assert(!is_urgent(fd));
	one_read_gives(fd, 10);
}

SCENARIO(scattered_read_stops_at_the_mark_too)
{
	const int fd = peer_connects("mss 1000");
	uint8_t buf[20];
	struct tarn_iovec iov[] = { { buf, 4 }, { buf + 4, 16 } };
	struct tarn_msg msg     = { .iov = iov, .iov_count = 2 };

	peer_sends("PU. 1:21(20) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 21");
	ck_assert_int_eq(tarn_recvmsg(stack(), fd, &msg, TARN_MSG_PEEK), 4);
	ck_assert_int_eq(tarn_recvmsg(stack(), fd, &msg, 0), 4);
	ck_assert_int_eq(msg.flags, TARN_MSG_OOB);
	ck_assert_int_eq(tarn_recvmsg(stack(), fd, &msg, 0), 16);
	ck_assert_int_eq(msg.flags, 0);
}

SCENARIO(it_is_always_in_line)
{
	/* RFC 6093 section 5: there is no queue beside the stream. */
	const int fd = peer_connects("mss 1000");
	int off      = 0;
	char octet;

	ck_assert_int_eq(app_gets(fd, TARN_SO_OOBINLINE), 1);
	app_sets(fd, TARN_SO_OOBINLINE, 1);
	ck_assert_int_eq(tarn_setsockopt(stack(), fd, TARN_SO_OOBINLINE, &off,
	                                 sizeof(off)),
	                 -EINVAL);
	ck_assert_int_eq(tarn_recv(stack(), fd, &octet, 1, TARN_MSG_OOB),
	                 -EINVAL);
}

SCENARIO(nobody_is_told_after_shutdown_of_reading)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("PU. 1:6(5) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 6");
	ck_assert_int_eq(tarn_shutdown(stack(), fd, TARN_SHUT_RD), 0);
	settle();
	ck_assert(!is_urgent(fd));
	peer_sends("PU. 6:11(5) ack 1 urg 5");
	stack_sends(". 1:1(0) ack 11");
	ck_assert(!is_urgent(fd));
}

/* ---- sending ---- */

SCENARIO(pointer_is_the_number_behind_the_urgent_octet)
{
	/* MUST-62 */
	const int fd = peer_connects("mss 1000");

	app_sends_urgent(fd, 1, 10);
	stack_sends("PU. 1:11(10) ack 1 urg 10");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 11");
	ck_assert_int_eq(app_info(fd).flight, 0);
}

SCENARIO(every_segment_says_so_until_it_is_acknowledged)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 3000);
	stack_sends(". 1:1001(1000) ack 1");
	stack_sends(". 1001:2001(1000) ack 1");
	stack_sends("P. 2001:3001(1000) ack 1");
	app_sends_urgent(fd, 3001, 1);
	stack_sends("PU. 3001:3002(1) ack 1 urg 1");
	peer_sends("P. 1:11(10) ack 1");
	stack_sends(". 3002:3002(0) ack 11"); /* behind it: not urgent */
	time_passes(RTT_US);
	peer_sends(". 11:11(0) ack 3002");
	app_sends_urgent(fd, 3002, 1);
	stack_sends("PU. 3002:3003(1) ack 11 urg 1");
	peer_sends(". 11:11(0) ack 3003");
}

SCENARIO(retransmissions_say_so)
{
	const int fd = peer_connects("mss 1000");

	app_sends_urgent(fd, 1, 1500);
	stack_sends("U. 1:1001(1000) ack 1 urg 1500");
	stack_sends("PU. 1001:1501(500) ack 1 urg 500");
	stack_sends_after(300 * MSEC, ".U 1:1001(1000) ack 1 urg 1500");
	peer_sends(". 1:1(0) ack 1501");
}

SCENARIO(nagle_does_not_hold_an_urgent_octet)
{
	const int fd = peer_connects("mss 1000");

	app_sends(fd, 10);
	stack_sends("P. 1:11(10) ack 1");
	app_sends(fd, 10);
	stack_sends_nothing();
	app_sends_urgent(fd, 21, 1);
	stack_sends("PU. 11:22(11) ack 1 urg 11");
	peer_sends(". 1:1(0) ack 22");
}

SCENARIO(closed_window_does_not_stop_the_word)
{
	int fd;

	peer_window(1000);
	fd = peer_connects("mss 1000");
	app_sends(fd, 1000);
	stack_sends("P. 1:1001(1000) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1001 win 0");
	app_sends_urgent(fd, 1001, 1);
	stack_sends("U. 1001:1001(0) ack 1 urg 1");
	stack_sends_after(300 * MSEC, ".U 1000:1000(0) ack 1 urg 2");
	peer_sends(". 1:1(0) ack 1001 win 1000");
	stack_sends("PU. 1001:1002(1) ack 1 urg 1");
	peer_sends(". 1:1(0) ack 1002");
}

SCENARIO(far_pointer_is_told_as_far_as_can_be)
{
	/* 100,000 octets of urgent data, a field of 16 bits. */
	const uint32_t len = 100000;
	const int fd       = peer_connects("mss 1000,nop,wscale 7");
	struct segment segment;
	uint32_t told = 0;

	peer_sends(". 1:1(0) ack 1 win 2000");
	app_sends_urgent(fd, 1, len);
	for (uint32_t acked = 1; acked < len + 1;) {
		ck_assert_uint_gt(sent_count(), 0);
		while (next_segment(&segment)) {
			const uint32_t at = (uint32_t)relative_seq(&segment);
			const uint32_t up = at + segment.urgent;

			ck_assert(segment.flags & SEG_URG);
			ck_assert_uint_ge(up, told); /* it never recedes */
			ck_assert_uint_le(up, len + 1);
			ck_assert(segment.urgent == 65535 || up == len + 1);
			told  = up;
			acked = at + (uint32_t)segment.text_len;
		}
		time_passes(10 * MSEC);
		peer_sends(". 1:1(0) ack %u win 2000", acked);
	}
	ck_assert_uint_eq(told, len + 1);
}

SCENARIO(no_urgent_datagram_and_none_before_connecting)
{
	const int fd = app_adopts(tarn_socket(stack(), TARN_DGRAM));
	const struct tarn_addr to = { tarn_ip4(10, 9, 0, 1), 9 };

	ck_assert_int_eq(tarn_sendto(stack(), fd, "x", 1, TARN_MSG_OOB, &to),
	                 -EOPNOTSUPP);
	ck_assert_int_eq(app_gets(app_adopts(tarn_socket(stack(), TARN_STREAM)),
	                          TARN_SO_ATMARK),
	                 0);
}

SCENARIO_MAIN("tcp urgent data", urgent_octet_is_told_and_read_in_line,
              what_follows_the_mark_is_read_from_it_on,
              pointer_ahead_of_its_octet_is_told_at_once,
              pointer_without_text_is_told,
              pointer_that_advances_moves_the_mark, pointer_cannot_recede,
              pointer_to_what_was_read_is_nothing,
              retransmission_does_not_begin_urgent_mode_again,
              pointer_counts_from_the_segments_own_number,
              urgent_pointer_passes_a_closed_window,
              pointer_on_a_segment_out_of_order_is_told,
              pointer_beyond_the_fin_ends_with_it,
              field_without_the_flag_is_ignored,
              scattered_read_stops_at_the_mark_too, it_is_always_in_line,
              nobody_is_told_after_shutdown_of_reading,
              pointer_is_the_number_behind_the_urgent_octet,
              every_segment_says_so_until_it_is_acknowledged,
              retransmissions_say_so, nagle_does_not_hold_an_urgent_octet,
              closed_window_does_not_stop_the_word,
              far_pointer_is_told_as_far_as_can_be,
              no_urgent_datagram_and_none_before_connecting)
