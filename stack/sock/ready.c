/* SPDX-License-Identifier: MIT */
/*
 * ready.c - what a socket is ready for, and poll and select over it
 *
 * Bits as Linux gives them: a stream that was never connected is writable and
 * hung up; a listener is readable when a connection waits; what holds for a
 * connection TCP says. poll and select look at what they are asked about and
 * nothing else; who watches many descriptors uses epoll.c.
 */
#include "sock/socket.h"
#include <errno.h>

#define ALWAYS_TOLD (TARN_POLLERR | TARN_POLLHUP | TARN_POLLNVAL)

/* What select(2) calls readable, writable and exceptional. */
#define SELECT_READ   (TARN_POLLIN | TARN_POLLHUP | TARN_POLLERR)
#define SELECT_WRITE  (TARN_POLLOUT | TARN_POLLERR)
#define SELECT_EXCEPT TARN_POLLPRI

static uint32_t stream_readiness(const struct socket *socket)
{
	if (socket->tcb)
		return tcp_readiness(socket->tcb);
	if (socket->rest)
		return TARN_POLLOUT; /* nothing held: room, and no news */
	if (socket->listener)
		return tcp_can_accept(socket->listener) ? TARN_POLLIN : 0;
	if (socket->is_deferred)
		return TARN_POLLOUT;

	return TARN_POLLOUT | TARN_POLLHUP;
}

static uint32_t datagram_readiness(const struct socket *socket)
{
	uint32_t bits = udp_readiness(socket->udp);

	if (socket->shut_receive)
		bits |= TARN_POLLIN | TARN_POLLRDHUP;
	if (socket->shut_receive && socket->shut_send)
		bits |= TARN_POLLHUP;

	return bits;
}

uint32_t socket_readiness(struct socks *socks, struct socket *socket)
{
	switch ((enum socket_kind)socket->kind) {
	case SOCKET_STREAM:
		return stream_readiness(socket);
	case SOCKET_DGRAM:
		return datagram_readiness(socket);
	case SOCKET_EPOLL:
		break;
	}

	return epoll_is_ready(socks, socket) ? TARN_POLLIN : 0;
}

int tarn_readiness(struct tarn *t, int fd)
{
	struct socks *socks   = tarn_socks(t);
	struct socket *socket = socks_find(socks, fd);

	return socket ? (int)socket_readiness(socks, socket) : -EBADF;
}

int tarn_poll_fds(struct tarn *t, struct tarn_pollfd *fds, size_t count)
{
	struct socks *socks = tarn_socks(t);
	int ready           = 0;

	for (size_t i = 0; i < count; i++) {
		struct socket *socket = socks_find(socks, fds[i].fd);
		uint32_t bits         = 0;

		if (socket)
			bits = socket_readiness(socks, socket);
		else if (fds[i].fd >= 0)
			bits = TARN_POLLNVAL;
		bits &= fds[i].events | ALWAYS_TOLD;
		fds[i].revents = (uint16_t)bits;
		ready += bits != 0;
	}

	return ready;
}

static bool has_fd(const struct tarn_fd_set *set, int fd)
{
	return set && (set->word[fd / 64] >> fd % 64 & 1);
}

/* Moves the bit of @fd over to @ret if it is wanted and holds. */
static int keep_fd(const struct tarn_fd_set *wanted, struct tarn_fd_set *ret,
                   int fd, bool holds)
{
	if (!holds || !has_fd(wanted, fd))
		return 0;

	ret->word[fd / 64] |= 1ull << fd % 64;

	return 1;
}

int tarn_select(struct tarn *t, int fd_count, struct tarn_fd_set *read,
                struct tarn_fd_set *write, struct tarn_fd_set *except)
{
	struct socks *socks   = tarn_socks(t);
	struct tarn_fd_set in = { 0 }, out = { 0 }, exceptional = { 0 };
	int count = 0;

	if (fd_count < 0 || fd_count > TARN_FD_SETSIZE)
		return -EINVAL;

	for (int fd = 0; fd < fd_count; fd++) {
		struct socket *socket = socks_find(socks, fd);
		uint32_t bits;

		if (!has_fd(read, fd) && !has_fd(write, fd) &&
		    !has_fd(except, fd))
			continue;
		if (!socket)
			return -EBADF;
		bits = socket_readiness(socks, socket);
		count += keep_fd(read, &in, fd, bits & SELECT_READ);
		count += keep_fd(write, &out, fd, bits & SELECT_WRITE);
		count +=
		        keep_fd(except, &exceptional, fd, bits & SELECT_EXCEPT);
	}

	if (read)
		*read = in;
	if (write)
		*write = out;
	if (except)
		*except = exceptional;

	return count;
}
