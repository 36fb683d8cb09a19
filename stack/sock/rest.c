/* SPDX-License-Identifier: MIT */
/*
 * rest.c - sockets whose connection is silent
 *
 * A connection at which nothing happens becomes a small record in tcp/, and
 * its socket holds that instead. Every call that needs the connection comes
 * through socks_get(), which wakes it. Polls, epoll sets and recv() do not need
 * it, for a connection at rest is writable and nothing else: a program that
 * reads all its sockets in each turn would otherwise let none rest.
 *
 * As with readiness, what TCP does by itself comes up as data: after a poll,
 * here is noted who woke, and then asked who may go to rest.
 */
#include "base/check.h"
#include "sock/socket.h"
#include <errno.h>

int socket_wake(struct socks *socks, struct socket *socket)
{
	if (!socket->rest)
		return 0;

	socket->tcb = tcp_wake(socks->tcp, socket->rest);
	if (!socket->tcb)
		return -ENOBUFS;
	socket->rest = NULL;

	return 0;
}

bool socks_is_at_rest(const struct socks *socks, int fd)
{
	const struct socket *socket = socks_find(socks, fd);

	return socket && socket->rest;
}

/* TCP lets only those rest, and wakes only those, that a socket holds. */
static struct socket *owner(const struct socks *socks, const void *user)
{
	struct socket *socket = socks_find_user(socks, user);

	CHECK(socket != NULL);

	return socket;
}

void socks_note_woken(struct socks *socks)
{
	struct tcb *tcb;
	void *user;

	while ((tcb = tcp_woken_next(socks->tcp, &user))) {
		struct socket *socket = owner(socks, user);

		socket->tcb  = tcb;
		socket->rest = NULL;
	}
}

void socks_let_rest(struct socks *socks)
{
	struct conn_rest *rest;
	void *user;

	while ((rest = tcp_rest_next(socks->tcp, &user))) {
		struct socket *socket = owner(socks, user);

		socket->rest = rest;
		socket->tcb  = NULL;
	}
}
