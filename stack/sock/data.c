/* SPDX-License-Identifier: MIT */
/*
 * data.c - send and recv in all their forms
 *
 * All forms become sendmsg and recvmsg: a list of buffers and perhaps an
 * address. A stream takes the buffers one after the other and stops at the
 * first that goes short. A datagram must be one piece, so when it comes in
 * several buffers a block is taken to gather or scatter it.
 */
#include "sock/socket.h"
#include <errno.h>

#define LEN_MAX    ((size_t)INT32_MAX) /* octets in one call; the rest waits */
#define SEND_FLAGS (TARN_MSG_MORE | TARN_MSG_OOB | TARN_MSG_FASTOPEN)
#define RECV_FLAGS (TARN_MSG_PEEK | TARN_MSG_TRUNC)

/* Adds up the buffers. Return: their octets, -EMSGSIZE, -EFAULT */
static ssize_t total_len(const struct tarn_msg *msg)
{
	size_t total = 0;

	if (msg->iov_count > TARN_IOV_MAX)
		return -EMSGSIZE;

	for (unsigned i = 0; i < msg->iov_count; i++) {
		const struct tarn_iovec *iov = &msg->iov[i];

		if (!iov->base && iov->len)
			return -EFAULT;
		if (iov->len > LEN_MAX - total)
			return -EMSGSIZE;
		total += iov->len;
	}

	return (ssize_t)total;
}

/* One buffer, or none that holds anything: no block is needed for it. */
static bool is_one_piece(const struct tarn_msg *msg, struct tarn_iovec *ret)
{
	*ret = (struct tarn_iovec){ 0 };
	for (unsigned i = 0; i < msg->iov_count; i++) {
		if (msg->iov[i].len == 0)
			continue;
		if (ret->len)
			return false;
		*ret = msg->iov[i];
	}

	return true;
}

static void gather(uint8_t *to, const struct tarn_msg *msg)
{
	for (unsigned i = 0; i < msg->iov_count; i++) {
		if (msg->iov[i].len == 0)
			continue;
		memcpy(to, msg->iov[i].base, msg->iov[i].len);
		to += msg->iov[i].len;
	}
}

static void scatter(const struct tarn_msg *msg, const uint8_t *from, size_t len)
{
	for (unsigned i = 0; i < msg->iov_count && len > 0; i++) {
		const size_t part = MIN(len, msg->iov[i].len);

		if (part == 0)
			continue;
		memcpy(msg->iov[i].base, from, part);
		from += part;
		len -= part;
	}
}

/* ---- send ---- */

/* Connect and send in one: MSG_FASTOPEN, or the first after a connect() with
 * TCP_FASTOPEN_CONNECT (RFC 7413). */
static ssize_t send_first(struct socks *socks, struct socket *socket,
                          const struct tarn_msg *msg)
{
	const struct tarn_addr deferred = socket->setup->deferred_peer;
	const struct tarn_addr *peer =
	        socket->is_deferred ? &deferred : msg->peer;
	ssize_t sent = 0;
	int error;

	if (!tcp_fastopen_is_on(socks->tcp) || socket->listener)
		return -EOPNOTSUPP;
	if (!peer)
		return -EINVAL;
	error = stream_open(socks, socket, peer);
	if (error != -EINPROGRESS)
		return error;

	for (unsigned i = 0; i < msg->iov_count; i++) {
		const struct tarn_iovec *iov = &msg->iov[i];
		const ssize_t n =
		        tcp_fastopen_send(socket->tcb, iov->base, iov->len);

		if (n < 0)
			return sent ? sent : n;
		sent += n;
		if ((size_t)n < iov->len)
			break;
	}

	return sent;
}

static ssize_t queue_stream(struct socket *socket, const struct tarn_msg *msg,
                            bool more)
{
	struct tarn_iovec only;
	ssize_t sent = 0;

	if (is_one_piece(msg, &only))
		return tcp_send(socket->tcb, only.base, only.len, more);

	for (unsigned i = 0; i < msg->iov_count; i++) {
		const struct tarn_iovec *iov = &msg->iov[i];
		const ssize_t n =
		        tcp_send(socket->tcb, iov->base, iov->len, more);

		if (n < 0)
			return sent ? sent : n;
		sent += n;
		if ((size_t)n < iov->len)
			break;
	}

	return sent;
}

static ssize_t send_stream(struct socks *socks, struct socket *socket,
                           const struct tarn_msg *msg, int flags)
{
	const bool first = flags & TARN_MSG_FASTOPEN;
	ssize_t sent;

	if (!socket->tcb && (first || socket->is_deferred))
		return send_first(socks, socket, msg);
	if (!socket->tcb)
		return -ENOTCONN;
	if (first)
		return tcp_state(socket->tcb) == TCPS_SYN_SENT ? -EALREADY
		                                               : -EISCONN;

	sent = queue_stream(socket, msg, flags & TARN_MSG_MORE);
	if (sent > 0 && flags & TARN_MSG_OOB)
		tcp_send_urgent(socket->tcb);

	return sent;
}

static ssize_t send_datagram(struct socks *socks, struct socket *socket,
                             const struct tarn_msg *msg, size_t len)
{
	struct tarn_iovec only;
	uint8_t *block;
	ssize_t n;

	if (socket->shut_send)
		return -EPIPE;
	if (is_one_piece(msg, &only))
		return udp_send(socks->udp, socket->udp, only.base, only.len,
		                msg->peer);
	if (len > UDP_PAYLOAD_MAX)
		return -EMSGSIZE;

	block = memory_take(&socks->env->memory, len);
	if (!block)
		return -ENOBUFS;
	gather(block, msg);
	n = udp_send(socks->udp, socket->udp, block, len, msg->peer);
	memory_give(&socks->env->memory, block, len);

	return n;
}

static ssize_t send_msg(struct socks *socks, int fd, const struct tarn_msg *msg,
                        int flags)
{
	const ssize_t len = total_len(msg);
	struct socket *socket;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (len < 0)
		return len;
	if (flags & ~SEND_FLAGS)
		return -EOPNOTSUPP;
	if (socket->kind == SOCKET_STREAM)
		return send_stream(socks, socket, msg, flags);
	/* A datagram in instalments is not offered, an urgent one unknown. */
	if (flags)
		return -EOPNOTSUPP;

	return send_datagram(socks, socket, msg, (size_t)len);
}

ssize_t tarn_sendmsg(struct tarn *t, int fd, const struct tarn_msg *msg,
                     int flags)
{
	struct socks *socks = tarn_socks(t);

	return socks_told(socks, CALL("sendmsg", fd, .count = 0),
	                  send_msg(socks, fd, msg, flags));
}

static ssize_t send_to(struct socks *socks, int fd,
                       const struct tarn_slice *data, int flags,
                       const struct tarn_addr *peer)
{
	/* Read only; struct tarn_iovec has no const, for recvmsg() shares it. */
	void *base            = (void *)(uintptr_t)data->data;
	struct tarn_iovec iov = { .base = base, .len = data->len };
	struct tarn_msg msg   = { .iov = &iov, .iov_count = 1 };
	struct tarn_addr to;

	if (peer) {
		to       = *peer;
		msg.peer = &to;
	}

	return send_msg(socks, fd, &msg, flags);
}

ssize_t tarn_send(struct tarn *t, int fd, const void *data, size_t len,
                  int flags)
{
	struct socks *socks           = tarn_socks(t);
	const struct tarn_slice slice = { data, MIN(len, LEN_MAX) };

	return socks_told(socks,
	                  CALL("send", fd, .count = 1, .number = { slice.len }),
	                  send_to(socks, fd, &slice, flags, NULL));
}

ssize_t tarn_sendto(struct tarn *t, int fd, const void *data, size_t len,
                    int flags, const struct tarn_addr *peer)
{
	struct socks *socks           = tarn_socks(t);
	const struct tarn_slice slice = { data, MIN(len, LEN_MAX) };

	return socks_told(socks,
	                  CALL("sendto", fd, .addr = peer, .count = 1,
	                       .number = { slice.len }),
	                  send_to(socks, fd, &slice, flags, peer));
}

/* ---- receive ---- */

/* May another buffer be filled? An error is told once, so it must not be
 * fetched behind octets that are already taken; and the urgent mark stops. */
static bool has_more_octets(const struct socket *socket)
{
	const uint32_t bits = tcp_readiness(socket->tcb);

	if (tcp_mark_distance(socket->tcb) == 0)
		return false;

	return (bits & TARN_POLLIN) && !(bits & TARN_POLLERR);
}

static ssize_t receive_pieces(struct socket *socket, const struct tarn_msg *msg)
{
	ssize_t taken = 0;

	for (unsigned i = 0; i < msg->iov_count; i++) {
		const struct tarn_iovec *iov = &msg->iov[i];
		ssize_t n;

		if (iov->len == 0)
			continue;
		if (taken && !has_more_octets(socket))
			break;
		n = tcp_receive(socket->tcb, iov->base, iov->len, false);
		if (n < 0)
			return taken ? taken : n;
		taken += n;
		if ((size_t)n < iov->len)
			break;
	}

	return taken;
}

/* Looking leaves the octets where they are, so it takes one look for all. */
static ssize_t peek_pieces(struct socks *socks, struct socket *socket,
                           const struct tarn_msg *msg, size_t len)
{
	uint8_t *block = memory_take(&socks->env->memory, len);
	ssize_t n;

	if (!block)
		return -ENOBUFS;

	n = tcp_receive(socket->tcb, block, len, true);
	if (n > 0)
		scatter(msg, block, (size_t)n);
	memory_give(&socks->env->memory, block, len);

	return n;
}

static ssize_t take_stream(struct socks *socks, struct socket *socket,
                           const struct tarn_msg *msg, bool peek)
{
	struct tarn_iovec only;

	if (is_one_piece(msg, &only))
		return tcp_receive(socket->tcb, only.base, only.len, peek);
	if (peek)
		return peek_pieces(socks, socket, msg,
		                   MIN((size_t)total_len(msg), TCP_BUF_MAX));

	return receive_pieces(socket, msg);
}

static ssize_t receive_stream(struct socks *socks, struct socket *socket,
                              struct tarn_msg *msg, int flags)
{
	const bool peek = flags & TARN_MSG_PEEK;
	struct tarn_addr local;
	uint32_t mark;
	ssize_t n;

	if (flags & TARN_MSG_OOB)
		return -EINVAL; /* as POSIX: it stays in line */
	if (!socket->tcb)
		return -ENOTCONN;

	if (msg->peer)
		tcp_addresses(socket->tcb, &local, msg->peer);
	n    = take_stream(socks, socket, msg, peek);
	mark = tcp_mark_distance(socket->tcb);
	msg->flags =
	        n >= 0 && mark == (peek ? (uint32_t)n : 0) ? TARN_MSG_OOB : 0;

	return n;
}

static ssize_t receive_one(struct socks *socks, struct socket *socket,
                           const struct tarn_iovec *into, int flags,
                           struct tarn_msg *msg)
{
	struct udp_from from = { .len = 0 };
	const bool peek      = flags & TARN_MSG_PEEK;
	const ssize_t copied = udp_recv(socks->udp, socket->udp, into->base,
	                                into->len, peek, &from);

	/* Shut for receiving: what is queued is still given, then the end. */
	if (copied == -EAGAIN && socket->shut_receive)
		return 0;
	if (copied < 0)
		return copied;

	if (msg->peer)
		*msg->peer = from.peer;
	msg->flags = from.len > (size_t)copied ? TARN_MSG_TRUNC : 0;

	return flags & TARN_MSG_TRUNC ? (ssize_t)from.len : copied;
}

static ssize_t receive_datagram(struct socks *socks, struct socket *socket,
                                struct tarn_msg *msg, int flags)
{
	struct tarn_iovec whole;
	size_t len;
	ssize_t n;

	msg->flags = 0;
	if (is_one_piece(msg, &whole))
		return receive_one(socks, socket, &whole, flags, msg);

	/* No datagram is longer, however much room the caller has. */
	len        = MIN((size_t)total_len(msg), (size_t)UDP_PAYLOAD_MAX);
	whole.len  = len;
	whole.base = memory_take(&socks->env->memory, len);
	if (!whole.base)
		return -ENOBUFS;
	n = receive_one(socks, socket, &whole, flags, msg);
	if (n > 0)
		scatter(msg, whole.base, MIN((size_t)n, len));
	memory_give(&socks->env->memory, whole.base, len);

	return n;
}

static ssize_t receive_msg(struct socks *socks, int fd, struct tarn_msg *msg,
                           int flags)
{
	const ssize_t len = total_len(msg);
	struct socket *socket;
	int error;

	if (len > 0 && (flags & ~RECV_FLAGS) == 0 &&
	    socks_is_at_rest(socks, fd))
		return -EAGAIN;
	error = socks_get(socks, fd, &socket);
	if (error)
		return error;
	if (len < 0)
		return len;
	if (flags & ~(RECV_FLAGS | TARN_MSG_OOB))
		return -EOPNOTSUPP;
	if (socket->kind == SOCKET_STREAM)
		return receive_stream(socks, socket, msg, flags);
	if (flags & TARN_MSG_OOB)
		return -EOPNOTSUPP;

	return receive_datagram(socks, socket, msg, flags);
}

ssize_t tarn_recvmsg(struct tarn *t, int fd, struct tarn_msg *msg, int flags)
{
	struct socks *socks = tarn_socks(t);

	return socks_told(socks, CALL("recvmsg", fd, .count = 0),
	                  receive_msg(socks, fd, msg, flags));
}

ssize_t tarn_recv(struct tarn *t, int fd, void *data, size_t size, int flags)
{
	struct socks *socks   = tarn_socks(t);
	struct tarn_iovec iov = { .base = data, .len = MIN(size, LEN_MAX) };
	struct tarn_msg msg   = { .iov = &iov, .iov_count = 1 };

	return socks_told(socks,
	                  CALL("recv", fd, .count = 1, .number = { iov.len }),
	                  receive_msg(socks, fd, &msg, flags));
}

ssize_t tarn_recvfrom(struct tarn *t, int fd, void *data, size_t size,
                      int flags, struct tarn_addr *ret_peer)
{
	struct socks *socks   = tarn_socks(t);
	struct tarn_iovec iov = { .base = data, .len = MIN(size, LEN_MAX) };
	struct tarn_msg msg = { .peer = ret_peer, .iov = &iov, .iov_count = 1 };

	return socks_told(
	        socks, CALL("recvfrom", fd, .count = 1, .number = { iov.len }),
	        receive_msg(socks, fd, &msg, flags));
}
