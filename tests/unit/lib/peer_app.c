/* SPDX-License-Identifier: MIT */
/* peer_app.c - the application above the stack, and handshakes; see peer.h */
#include "tests/unit/lib/peer_state.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FAIL(...) peer_fails(__FILE__, __LINE__, __VA_ARGS__)

int app_adopts(int fd)
{
	if (fd < 0 || fd >= DESCRIPTORS_MAX)
		FAIL("no descriptor: %s", tarn_strerror(fd));
	peer.is_adopted[fd] = true;
	peer.sent[fd] = peer.received[fd] = 0;

	return fd;
}

int app_listens(uint16_t port, int backlog)
{
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	const struct tarn_addr any = { .port = port };

	ck_assert_int_eq(tarn_bind(stack(), fd, &any), 0);
	ck_assert_int_eq(tarn_listen(stack(), fd, backlog), 0);

	return fd;
}

int app_accepts(int listener)
{
	struct tarn_addr from;
	const int fd = tarn_accept(stack(), listener, &from);

	if (fd < 0)
		FAIL("accept: %s", tarn_strerror(fd));
	if (from.port != peer.flow->peer_port)
		FAIL("accepted the connection from port %u", from.port);
	settle();

	return app_adopts(fd);
}

bool app_can_accept(int listener)
{
	return tarn_readiness(stack(), listener) & TARN_POLLIN;
}

int app_connects(void)
{
	const int fd = app_adopts(tarn_socket(stack(), TARN_STREAM));
	const struct tarn_addr to = { .ip   = tarn_ip4(10, 9, 0, 1),
		                      .port = peer.flow->peer_port };

	peer.flow->stack_port = 0;
	ck_assert_int_eq(tarn_connect(stack(), fd, &to), -EINPROGRESS);
	settle();

	return fd;
}

void app_closes(int fd)
{
	ck_assert_int_eq(tarn_close(stack(), fd), 0);
	peer.is_adopted[fd] = false;
	settle();
}

void app_shuts_down(int fd)
{
	ck_assert_int_eq(tarn_shutdown(stack(), fd, TARN_SHUT_WR), 0);
	settle();
}

/* In one write, if the stack takes it: where a write ends is told by PSH. */
static void send_octets(int fd, size_t len, int flags)
{
	static uint8_t buf[1u << 20];

	while (len > 0) {
		const size_t part = len < sizeof(buf) ? len : sizeof(buf);
		ssize_t taken;

		for (size_t i = 0; i < part; i++)
			buf[i] = stream_octet(false,
			                      peer.sent[fd] + 1 + (int64_t)i);
		taken = tarn_send(stack(), fd, buf, part, flags);
		if (taken <= 0)
			FAIL("send: %s", tarn_strerror((int)taken));
		peer.sent[fd] += (uint32_t)taken;
		len -= (size_t)taken;
	}
	settle();
}

void app_sends(int fd, size_t len)
{
	send_octets(fd, len, 0);
}

void app_sends_more(int fd, size_t len)
{
	send_octets(fd, len, TARN_MSG_MORE);
}

static void receive(int fd, size_t len, int octet)
{
	uint8_t buf[4096];

	while (len > 0) {
		const size_t part = len < sizeof(buf) ? len : sizeof(buf);
		const ssize_t got = tarn_recv(stack(), fd, buf, part, 0);

		if (got <= 0)
			FAIL("recv: %zd with %zu octets to come", got, len);
		for (ssize_t i = 0; i < got; i++) {
			const uint32_t seq   = ++peer.received[fd];
			const uint8_t wanted = octet < 0
			                               ? stream_octet(true, seq)
			                               : (uint8_t)octet;

			if (buf[i] != wanted)
				FAIL("received octet %" PRIu32 " is wrong",
				     seq);
		}
		len -= (size_t)got;
	}
	settle();
}

void app_receives(int fd, size_t len)
{
	receive(fd, len, -1);
}

void app_receives_octets(int fd, size_t len, int octet)
{
	receive(fd, len, octet);
}

static void expect_recv(int fd, ssize_t wanted)
{
	uint8_t octet;
	const ssize_t got = tarn_recv(stack(), fd, &octet, 1, 0);

	if (got != wanted)
		FAIL("recv gave %zd (%s), expected %zd", got,
		     got < 0 ? tarn_strerror((int)got) : "octets", wanted);
	settle();
}

void app_receives_end(int fd)
{
	expect_recv(fd, 0);
}

void app_receives_nothing(int fd)
{
	expect_recv(fd, -EAGAIN);
}

void app_gets_error(int fd, int error)
{
	expect_recv(fd, -error);
}

void app_send_fails(int fd, int error)
{
	const ssize_t got = tarn_send(stack(), fd, "x", 1, 0);

	if (got != -error)
		FAIL("send gave %zd, expected %d", got, -error);
	settle();
}

void app_sets(int fd, enum tarn_option option, int value)
{
	ck_assert_int_eq(
	        tarn_setsockopt(stack(), fd, option, &value, sizeof(value)), 0);
	settle();
}

int app_gets(int fd, enum tarn_option option)
{
	int value = -1;

	ck_assert_int_eq(
	        tarn_getsockopt(stack(), fd, option, &value, sizeof(value)),
	        sizeof(value));

	return value;
}

struct tarn_tcp_info app_info(int fd)
{
	struct tarn_tcp_info info = { 0 };

	ck_assert_int_eq(tarn_getsockopt(stack(), fd, TARN_TCP_INFO, &info,
	                                 sizeof(info)),
	                 sizeof(info));

	return info;
}

/* ---- Handshakes ---- */

int the_listener(void)
{
	if (peer.listener < 0)
		peer.listener = app_listens(STACK_PORT, 16);

	return peer.listener;
}

int peer_connects(const char *options)
{
	const int listener = the_listener();

	peer_sends("S 0:0(0) <%s>", options);
	stack_sends("S. 0:0(0) ack 1");
	time_passes(RTT_US);
	peer_sends(". 1:1(0) ack 1");
	stack_sends_nothing();

	return app_accepts(listener);
}

int app_connects_to(const char *options)
{
	const int fd = app_connects();

	stack_sends("S 0:0(0)");
	time_passes(RTT_US);
	peer_sends("S. 0:0(0) ack 1 <%s>", options);
	stack_sends(". 1:1(0) ack 1");

	return fd;
}

void app_closes_first(int fd, unsigned seq, unsigned ack)
{
	app_closes(fd);
	stack_sends("F. %u:%u(0) ack %u", ack, ack, seq);
	time_passes(RTT_US);
	peer_sends(". %u:%u(0) ack %u", seq, seq, ack + 1);
	peer_sends("F. %u:%u(0) ack %u", seq, seq, ack + 1);
	stack_sends(". %u:%u(0) ack %u", ack + 1, ack + 1, seq + 1);
	state_is(TCPS_TIME_WAIT);
}
