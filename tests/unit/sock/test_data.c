/* SPDX-License-Identifier: MIT */
/* test_data.c - send and recv in all their forms */
#include "tests/unit/sock/pair.h"

/* ---- streams ---- */

START_TEST(unconnected_stream_neither_sends_nor_receives)
{
	const int fds[] = { stream(A), listener(A, 80) };
	char buf[8];

	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		ck_assert_int_eq(tarn_send(A, fds[i], "x", 1, 0), -ENOTCONN);
		ck_assert_int_eq(tarn_recv(A, fds[i], buf, 1, 0), -ENOTCONN);
	}
}
END_TEST

START_TEST(connecting_stream_has_no_room_yet)
{
	const struct tarn_addr peer = addr_of(B, 80);
	const int fd                = stream(A);
	char buf[8];

	ck_assert_int_eq(tarn_connect(A, fd, &peer), -EINPROGRESS);
	ck_assert_int_eq(tarn_send(A, fd, "x", 1, 0), -EAGAIN);
	ck_assert_int_eq(tarn_recv(A, fd, buf, 1, 0), -EAGAIN);
}
END_TEST

START_TEST(octets_arrive_in_order_and_then_no_more)
{
	const struct conn conn = connected();
	char buf[16];

	ck_assert_int_eq(tarn_send(A, conn.a, "hello ", 6, 0), 6);
	ck_assert_int_eq(tarn_sendto(A, conn.a, "world", 5, 0, NULL), 5);
	pass(USEC_PER_SEC);
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 11);
	ck_assert_mem_eq(buf, "hello world", 11);
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), -EAGAIN);
}
END_TEST

START_TEST(peeked_octets_stay)
{
	const struct conn conn = connected();
	char buf[8];

	ck_assert_int_eq(tarn_send(A, conn.a, "abc", 3, 0), 3);
	settle();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tarn_recv(B, conn.b, buf, 2, TARN_MSG_PEEK),
		                 2);
		ck_assert_mem_eq(buf, "ab", 2);
	}
	ck_assert_int_eq(tarn_recv(B, conn.b, buf, sizeof(buf), 0), 3);
}
END_TEST

START_TEST(stream_ignores_the_address)
{
	const struct conn conn       = connected();
	const struct tarn_addr other = addr_of(A, 9);
	struct tarn_addr from        = { 0 };
	char buf[8];

	ck_assert_int_eq(tarn_sendto(A, conn.a, "x", 1, 0, &other), 1);
	settle();
	ck_assert_int_eq(tarn_recvfrom(B, conn.b, buf, sizeof(buf), 0, &from),
	                 1);
	ck_assert_mem_eq(&from.ip, &A->env.config.ip, sizeof(from.ip));
}
END_TEST

START_TEST(stream_gathers_and_scatters)
{
	const struct conn conn = connected();
	char hello[] = "hello", world[] = " world", first[3], second[32];
	struct tarn_iovec out[] = { { hello, 5 }, { NULL, 0 }, { world, 6 } };
	struct tarn_iovec in[]  = { { first, sizeof(first) },
		                    { second, sizeof(second) } };
	const struct tarn_msg send = { .iov = out, .iov_count = 3 };
	struct tarn_msg receive    = { .iov = in, .iov_count = 2 };

	ck_assert_int_eq(tarn_sendmsg(A, conn.a, &send, 0), 11);
	pass(USEC_PER_SEC);
	for (int i = 0; i < 2; i++) {
		const int flags = i == 0 ? TARN_MSG_PEEK : 0;

		memset(second, 0, sizeof(second));
		ck_assert_int_eq(tarn_recvmsg(B, conn.b, &receive, flags), 11);
		ck_assert_mem_eq(first, "hel", 3);
		ck_assert_mem_eq(second, "lo world", 9);
	}
}
END_TEST

START_TEST(full_ring_takes_a_part_then_nothing)
{
	const struct conn conn = connected();
	static char block[1 << 20];
	struct tarn_iovec out[]    = { { block, sizeof(block) / 2 },
		                       { block, sizeof(block) / 2 } };
	const struct tarn_msg send = { .iov = out, .iov_count = 2 };
	ssize_t n;

	n = tarn_sendmsg(A, conn.a, &send, 0);
	ck_assert_int_gt(n, 0);
	ck_assert_int_lt(n, (int)sizeof(block));
	ck_assert_int_eq(tarn_sendmsg(A, conn.a, &send, 0), -EAGAIN);
	ck_assert_int_eq(tarn_readiness(A, conn.a) & TARN_POLLOUT, 0);
}
END_TEST

START_TEST(megabyte_arrives_whole)
{
	const struct conn conn = connected();
	static uint8_t out[1 << 20], in[1 << 20];
	size_t sent = 0, got = 0;

	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 7 + i / 251);
	while (got < sizeof(in)) {
		ssize_t n =
		        tarn_send(A, conn.a, out + sent, sizeof(out) - sent, 0);

		if (n > 0)
			sent += (size_t)n;
		pass(1000);
		n = tarn_recv(B, conn.b, in + got, sizeof(in) - got, 0);
		if (n > 0)
			got += (size_t)n;
		ck_assert(n > 0 || n == -EAGAIN);
	}
	ck_assert_mem_eq(in, out, sizeof(in));
}
END_TEST

static void reset_by(struct tarn *t, int fd)
{
	const struct tarn_linger now = { .on = 1 };

	ck_assert_int_eq(
	        tarn_setsockopt(t, fd, TARN_SO_LINGER, &now, sizeof(now)), 0);
	ck_assert_int_eq(tarn_close(t, fd), 0);
	settle();
}

START_TEST(reset_is_told_once_then_the_end)
{
	const struct conn conn = connected();
	char buf[8];

	reset_by(B, conn.b);
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0),
	                 -ECONNRESET);
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), -EPIPE);
}
END_TEST

START_TEST(reset_behind_text_is_not_lost_between_buffers)
{
	const struct conn conn = connected();
	char one[3], two[8];
	struct tarn_iovec in[] = { { one, sizeof(one) }, { two, sizeof(two) } };
	struct tarn_msg msg    = { .iov = in, .iov_count = 2 };

	ck_assert_int_eq(tarn_send(B, conn.b, "abc", 3, 0), 3);
	settle();
	reset_by(B, conn.b);
	ck_assert_int_eq(tarn_recvmsg(A, conn.a, &msg, 0), 3);
	ck_assert_int_eq(tarn_recvmsg(A, conn.a, &msg, 0), -ECONNRESET);
}
END_TEST

START_TEST(so_error_consumes_the_error)
{
	const struct conn conn = connected();
	char buf[8];

	reset_by(B, conn.b);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_ERROR), ECONNRESET);
	ck_assert_int_eq(get_int(A, conn.a, TARN_SO_ERROR), 0);
	ck_assert_int_eq(tarn_recv(A, conn.a, buf, sizeof(buf), 0), 0);
}
END_TEST

START_TEST(send_tells_the_reset_too)
{
	const struct conn conn = connected();

	reset_by(B, conn.b);
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), -ECONNRESET);
	ck_assert_int_eq(tarn_send(A, conn.a, "x", 1, 0), -EPIPE);
}
END_TEST

/* ---- datagrams ---- */

START_TEST(datagrams_keep_their_bounds)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a = bound(A, TARN_DGRAM, 5000), b = bound(B, TARN_DGRAM, 53);
	struct tarn_addr from;
	char buf[16];

	ck_assert_int_eq(tarn_sendto(A, a, "one", 3, 0, &peer), 3);
	ck_assert_int_eq(tarn_sendto(A, a, "", 0, 0, &peer), 0);
	ck_assert_int_eq(tarn_sendto(A, a, "three", 5, 0, &peer), 5);
	settle();
	ck_assert_int_eq(tarn_recvfrom(B, b, buf, sizeof(buf), 0, &from), 3);
	ck_assert_uint_eq(from.port, 5000);
	ck_assert_mem_eq(&from.ip, &A->env.config.ip, sizeof(from.ip));
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), 5);
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), -EAGAIN);
}
END_TEST

START_TEST(datagram_needs_a_peer)
{
	ck_assert_int_eq(tarn_send(A, datagram(A), "x", 1, 0), -EDESTADDRREQ);
}
END_TEST

START_TEST(connected_datagram_socket_sends_without_an_address)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);
	char buf[8];

	ck_assert_int_eq(tarn_connect(A, a, &peer), 0);
	ck_assert_int_eq(tarn_send(A, a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), 1);
}
END_TEST

START_TEST(cut_datagram_says_so)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);
	char one[2], two[3];
	struct tarn_iovec in[] = { { one, sizeof(one) }, { two, sizeof(two) } };
	struct tarn_msg msg    = { .iov = in, .iov_count = 2 };

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(tarn_sendto(A, a, "12345678", 8, 0, &peer), 8);
		settle();
	}
	ck_assert_int_eq(tarn_recv(B, b, two, 3, 0), 3);
	ck_assert_int_eq(tarn_recv(B, b, two, 3, TARN_MSG_TRUNC), 8);
	ck_assert_int_eq(tarn_recvmsg(B, b, &msg, 0), 5);
	ck_assert_int_eq(msg.flags, TARN_MSG_TRUNC);
	ck_assert_mem_eq(one, "12", 2);
	ck_assert_mem_eq(two, "345", 3);
	ck_assert_int_eq(tarn_recvmsg(B, b, &msg, TARN_MSG_TRUNC), 8);
}
END_TEST

START_TEST(whole_datagram_is_not_called_cut)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);
	char one[2], two[30];
	struct tarn_addr from  = { 0 };
	struct tarn_iovec in[] = { { one, sizeof(one) }, { two, sizeof(two) } };
	struct tarn_msg msg    = {
		   .peer = &from, .iov = in, .iov_count = 2, .flags = -1
	};

	ck_assert_int_eq(tarn_sendto(A, a, "1234", 4, 0, &peer), 4);
	settle();
	ck_assert_int_eq(tarn_recvmsg(B, b, &msg, TARN_MSG_PEEK), 4);
	ck_assert_int_eq(tarn_recvmsg(B, b, &msg, 0), 4);
	ck_assert_int_eq(msg.flags, 0);
	ck_assert_mem_eq(two, "34", 2);
	ck_assert_mem_eq(&from.ip, &A->env.config.ip, sizeof(from.ip));
}
END_TEST

START_TEST(datagram_is_gathered_into_one)
{
	struct tarn_addr peer = addr_of(B, 53);
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);
	char head[] = "head", tail[] = "tail", buf[16];
	struct tarn_iovec out[]   = { { head, 4 }, { NULL, 0 }, { tail, 4 } };
	const struct tarn_msg msg = { .peer      = &peer,
		                      .iov       = out,
		                      .iov_count = 3 };

	ck_assert_int_eq(tarn_sendmsg(A, a, &msg, 0), 8);
	settle();
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), 8);
	ck_assert_mem_eq(buf, "headtail", 8);
}
END_TEST

START_TEST(gathering_without_memory_is_enobufs)
{
	struct tarn_addr peer = addr_of(B, 53);
	const int a           = bound(A, TARN_DGRAM, 5000);
	char head[] = "head", tail[] = "tail";
	struct tarn_iovec out[]   = { { head, 4 }, { tail, 4 } };
	const struct tarn_msg msg = { .peer      = &peer,
		                      .iov       = out,
		                      .iov_count = 2 };
	struct tarn_msg in        = { .iov = out, .iov_count = 2 };

	A->memory_fuse = 0;
	ck_assert_int_eq(tarn_sendmsg(A, a, &msg, 0), -ENOBUFS);
	A->memory_fuse = 0;
	ck_assert_int_eq(tarn_recvmsg(A, a, &in, 0), -ENOBUFS);
}
END_TEST

START_TEST(datagram_beyond_the_limit_is_emsgsize)
{
	struct tarn_addr peer = addr_of(B, 53);
	const int a           = datagram(A);
	static char block[UDP_PAYLOAD_MAX + 1];
	struct tarn_iovec out[] = { { block, 1 }, { block, UDP_PAYLOAD_MAX } };
	const struct tarn_msg msg = { .peer      = &peer,
		                      .iov       = out,
		                      .iov_count = 2 };

	ck_assert_int_eq(tarn_sendto(A, a, block, sizeof(block), 0, &peer),
	                 -EMSGSIZE);
	ck_assert_int_eq(tarn_sendmsg(A, a, &msg, 0), -EMSGSIZE);
}
END_TEST

START_TEST(port_unreachable_is_told_to_the_connected_socket_once)
{
	const struct tarn_addr peer = addr_of(B, 53);
	const int a                 = datagram(A);
	char buf[8];

	ck_assert_int_eq(tarn_connect(A, a, &peer), 0);
	ck_assert_int_eq(tarn_send(A, a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(tarn_readiness(A, a) & TARN_POLLERR, TARN_POLLERR);
	ck_assert_int_eq(tarn_recv(A, a, buf, sizeof(buf), 0), -ECONNREFUSED);
	ck_assert_int_eq(tarn_recv(A, a, buf, sizeof(buf), 0), -EAGAIN);
	ck_assert_int_eq(tarn_send(A, a, "x", 1, 0), 1);
	settle();
	ck_assert_int_eq(get_int(A, a, TARN_SO_ERROR), ECONNREFUSED);
	ck_assert_int_eq(get_int(A, a, TARN_SO_ERROR), 0);
}
END_TEST

START_TEST(broadcast_must_be_asked_for)
{
	const struct tarn_addr all = { .ip   = tarn_ip4(10, 9, 0, 255),
		                       .port = 53 };
	const int a = datagram(A), b = bound(B, TARN_DGRAM, 53);
	char buf[8];

	ck_assert_int_eq(tarn_sendto(A, a, "x", 1, 0, &all), -EACCES);
	set_int(A, a, TARN_SO_BROADCAST, 1);
	ck_assert_int_eq(tarn_sendto(A, a, "x", 1, 0, &all), 1);
	settle();
	ck_assert_int_eq(tarn_recv(B, b, buf, sizeof(buf), 0), 1);
}
END_TEST

/* ---- arguments ---- */

START_TEST(unknown_flags_are_not_supported)
{
	const int s = connected().a, d = datagram(A);
	const int unknown = 0x40000000;
	char buf[8];

	ck_assert_int_eq(tarn_send(A, s, "x", 1, unknown), -EOPNOTSUPP);
	ck_assert_int_eq(tarn_recv(A, s, buf, 1, unknown), -EOPNOTSUPP);
	ck_assert_int_eq(tarn_send(A, d, "x", 1, TARN_MSG_OOB), -EOPNOTSUPP);
	ck_assert_int_eq(tarn_recv(A, d, buf, 1, TARN_MSG_OOB), -EOPNOTSUPP);
	ck_assert_int_eq(tarn_send(A, s, "x", 1, TARN_MSG_MORE), 1);
	ck_assert_int_eq(tarn_send(A, d, "x", 1, TARN_MSG_MORE), -EOPNOTSUPP);
}
END_TEST

START_TEST(impossible_buffers_are_refused)
{
	const int fd                            = connected().a;
	struct tarn_iovec iov[TARN_IOV_MAX + 1] = { { NULL, 0 } };
	struct tarn_msg msg = { .iov = iov, .iov_count = TARN_IOV_MAX + 1 };

	ck_assert_int_eq(tarn_send(A, fd, NULL, 1, 0), -EFAULT);
	ck_assert_int_eq(tarn_recv(A, fd, NULL, 1, 0), -EFAULT);
	ck_assert_int_eq(tarn_sendmsg(A, fd, &msg, 0), -EMSGSIZE);
	ck_assert_int_eq(tarn_recvmsg(A, fd, &msg, 0), -EMSGSIZE);

	msg.iov_count = 2;
	iov[0]        = (struct tarn_iovec){ iov, SIZE_MAX };
	iov[1]        = (struct tarn_iovec){ iov, 1 };
	ck_assert_int_eq(tarn_sendmsg(A, fd, &msg, 0), -EMSGSIZE);
}
END_TEST

PAIR_SUITE("data", unconnected_stream_neither_sends_nor_receives,
           connecting_stream_has_no_room_yet,
           octets_arrive_in_order_and_then_no_more, peeked_octets_stay,
           stream_ignores_the_address, stream_gathers_and_scatters,
           full_ring_takes_a_part_then_nothing, megabyte_arrives_whole,
           reset_is_told_once_then_the_end,
           reset_behind_text_is_not_lost_between_buffers,
           so_error_consumes_the_error, send_tells_the_reset_too,
           datagrams_keep_their_bounds, datagram_needs_a_peer,
           connected_datagram_socket_sends_without_an_address,
           cut_datagram_says_so, whole_datagram_is_not_called_cut,
           datagram_is_gathered_into_one, gathering_without_memory_is_enobufs,
           datagram_beyond_the_limit_is_emsgsize,
           port_unreachable_is_told_to_the_connected_socket_once,
           broadcast_must_be_asked_for, unknown_flags_are_not_supported,
           impossible_buffers_are_refused)
