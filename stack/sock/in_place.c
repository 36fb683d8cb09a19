/* SPDX-License-Identifier: MIT */
/*
 * in_place.c - a stream's octets where they are: peek and consume, reserve and commit
 *
 *	receive ring  |..|octets that have come....|..|	 peek shows, consume takes
 *	send ring     |..|not yet acknowledged|room...|	 reserve shows, commit queues
 *
 * recv() and send() copy between a ring and a buffer of the application's. Who
 * only looks at octets, or makes them (pread() from a file), needs no buffer of
 * its own. A ring may wrap, so what is shown comes in two pieces at most. What
 * was shown stays where it is until the stack may move it; tarn_in_place.h says when.
 * docs/design/0040-without-a-copy.md
 */
#include "sock/socket.h"
#include <errno.h>

/* Return: 0 and a connection, or why there is none */
static int find_stream(struct socks *socks, int fd, struct tcb **ret)
{
	struct socket *socket;
	const int error = socks_get_stream(socks, fd, &socket);

	if (error)
		return error;
	if (!socket->tcb)
		return -ENOTCONN;
	*ret = socket->tcb;

	return 0;
}

static ssize_t peek(struct socks *socks, int fd, struct tarn_slice ret[2])
{
	struct tcb *tcb;
	const int error = find_stream(socks, fd, &tcb);

	return error ? error : tcp_peek(tcb, ret);
}

ssize_t tarn_recv_peek(struct tarn *t, int fd, struct tarn_slice ret[2])
{
	struct socks *socks = tarn_socks(t);

	return socks_told(socks, CALL("recv_peek", fd, .count = 0),
	                  peek(socks, fd, ret));
}

static int consume(struct socks *socks, int fd, size_t len)
{
	struct tcb *tcb;
	const int error = find_stream(socks, fd, &tcb);

	return error ? error : tcp_consume(tcb, len);
}

int tarn_recv_consume(struct tarn *t, int fd, size_t len)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(
	        socks, CALL("recv_consume", fd, .count = 1, .number = { len }),
	        consume(socks, fd, len));
}

static ssize_t reserve(struct socks *socks, int fd, size_t len,
                       struct tarn_iovec ret[2])
{
	struct tcb *tcb;
	const int error = find_stream(socks, fd, &tcb);

	return error ? error : tcp_reserve(tcb, len, ret);
}

ssize_t tarn_send_reserve(struct tarn *t, int fd, size_t len,
                          struct tarn_iovec ret[2])
{
	struct socks *socks = tarn_socks(t);

	return socks_told(
	        socks, CALL("send_reserve", fd, .count = 1, .number = { len }),
	        reserve(socks, fd, len, ret));
}

static ssize_t commit(struct socks *socks, int fd, size_t len, int flags)
{
	struct tcb *tcb;
	const int error = find_stream(socks, fd, &tcb);

	if (error)
		return error;
	if (flags & ~TARN_MSG_MORE)
		return -EOPNOTSUPP;

	return tcp_commit(tcb, len, flags & TARN_MSG_MORE);
}

ssize_t tarn_send_commit(struct tarn *t, int fd, size_t len, int flags)
{
	struct socks *socks = tarn_socks(t);

	return socks_told(
	        socks, CALL("send_commit", fd, .count = 1, .number = { len }),
	        commit(socks, fd, len, flags));
}
