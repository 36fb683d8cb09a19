/* SPDX-License-Identifier: MIT */
/*
 * connect.c - listen, accept, connect, shutdown
 *
 * RFC 9293 3.9.1 OPEN and CLOSE as POSIX names them. A stream socket is one of
 *
 *	fresh		neither tcb nor listener; perhaps bound
 *	listening	listener
 *	with a tcb	connecting, connected, ended or failed
 *
 * A connection that could not be made leaves its tcb behind to hold the error;
 * the next connect() tells it if nobody has taken it yet, and otherwise starts
 * anew. A connection that has been is not replaced: -EISCONN, as Linux says.
 */
#include "sock/socket.h"
#include <errno.h>

static int open_listener(struct socks *socks, struct socket *socket,
                         int backlog)
{
	int error = 0;

	if (!socket->setup->port)
		error = ports_choose(socks, socket, &socket->setup->local.ip);
	if (error)
		return error;
	if (!ports_may_listen(socket))
		return -EADDRINUSE;

	error = tcp_open_passive(socks->tcp, &socket->setup->local,
	                         &socket->setup->settings, backlog,
	                         &socket->listener);
	if (error)
		return error;
	tcp_listener_set_user(socket->listener, socket_user(socket));

	return 0;
}

static int listen_on(struct socks *socks, int fd, int backlog)
{
	struct socket *socket;
	const int error = socks_get_stream(socks, fd, &socket);

	if (error)
		return error;
	if (socket->tcb)
		return -EINVAL;
	if (!socket->listener)
		return open_listener(socks, socket, backlog);

	tcp_listener_set_backlog(socket->listener, backlog);

	return 0;
}

int tarn_listen(struct tarn *t, int fd, int backlog)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(
	        socks,
	        CALL("listen", fd, .count = 1, .number = { (unsigned)backlog }),
	        listen_on(socks, fd, backlog));
}

/* Linux hands these down; what concerns TCP the connection has already. */
static void inherit(struct socket *socket, const struct socket *listening)
{
	socket->reuse         = listening->reuse;
	socket->broadcast     = listening->broadcast;
	socket->linger        = listening->linger;
	socket->was_connected = true;
}

static int accept_from(struct socks *socks, int fd, struct tarn_addr *ret_peer)
{
	struct tarn_addr local, peer;
	struct socket *listening, *socket;
	int error = socks_get_stream(socks, fd, &listening);

	if (error)
		return error;
	if (!listening->listener)
		return -EINVAL;
	if (!tcp_can_accept(listening->listener))
		return -EAGAIN;

	/* First the descriptor: without one the connection stays queued. */
	error = socks_add(socks, SOCKET_STREAM, &socket);
	if (error)
		return error;
	socket->tcb = tcp_accept(listening->listener);
	if (!socket->tcb) {
		socks_remove(socks, socket);
		return -EAGAIN;
	}

	tcp_set_user(socket->tcb, socket_user(socket));
	inherit(socket, listening);
	tcp_addresses(socket->tcb, &local, &peer);
	if (ret_peer)
		*ret_peer = peer;

	return socket->fd;
}

int tarn_accept(struct tarn *t, int fd, struct tarn_addr *ret_peer)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("accept", fd, .is_maker = true),
	                       accept_from(socks, fd, ret_peer));
}

/* connect() on a socket that has a tcb. Return: 0 when it was a failed attempt
 * whose error is known, and may be replaced. */
static int connect_again(struct socket *socket)
{
	const enum tcp_state state = tcp_state(socket->tcb);
	int error;

	if (state == TCPS_SYN_SENT || state == TCPS_SYN_RECEIVED)
		return -EALREADY;
	if (state != TCPS_CLOSED || socket->was_connected)
		return -EISCONN;

	error = tcp_take_error(socket->tcb);
	tcp_close(socket->tcb);
	socket->tcb = NULL;

	return -error;
}

int stream_open(struct socks *socks, struct socket *socket,
                const struct tarn_addr *peer)
{
	int error;

	socket->is_deferred = false;
	error = tcp_open_active(socks->tcp, &socket->setup->local, peer,
	                        &socket->setup->settings, &socket->tcb);
	if (error)
		return error;
	tcp_set_user(socket->tcb, socket_user(socket));

	return -EINPROGRESS;
}

static int connect_stream(struct socks *socks, struct socket *socket,
                          const struct tarn_addr *peer)
{
	int error = 0;

	if (socket->listener)
		return -EOPNOTSUPP;
	if (socket->is_deferred)
		return -EISCONN;
	if (socket->tcb)
		error = connect_again(socket);
	if (error)
		return error;

	/* TCP_FASTOPEN_CONNECT: the first send opens it, in its SYN; or, if
	 * there is no cookie yet, this SYN asks for one. */
	if (socket->setup->settings.fastopen_connect &&
	    tcp_fastopen_knows(socks->tcp, peer)) {
		socket->is_deferred          = true;
		socket->setup->deferred_peer = *peer;
		return 0;
	}
	error = stream_open(socks, socket, peer);
	if (error == -EINPROGRESS && socket->setup->settings.fastopen_connect)
		(void)tcp_fastopen_send(socket->tcb, NULL, 0);

	return error;
}

static int connect_to(struct socks *socks, int fd, const struct tarn_addr *peer)
{
	struct socket *socket;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (!peer)
		return -EFAULT;
	if (peer->ip.version == TARN_IP6)
		return -EAFNOSUPPORT;
	if (socket->kind == SOCKET_DGRAM)
		return udp_connect(socks->udp, socket->udp, peer);

	return connect_stream(socks, socket, peer);
}

int tarn_connect(struct tarn *t, int fd, const struct tarn_addr *peer)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("connect", fd, .addr = peer),
	                       connect_to(socks, fd, peer));
}

/* As on Linux, a listener whose receiving side is shut stops listening and is
 * a bound socket again; there is nothing to shut on its sending side. */
static int shutdown_listener(struct socket *socket, int how)
{
	if (how == TARN_SHUT_WR)
		return 0;

	tcp_listener_close(socket->listener);
	socket->listener = NULL;

	return 0;
}

static int shutdown_stream(struct socket *socket, int how)
{
	int error = 0;

	if (socket->listener)
		return shutdown_listener(socket, how);
	if (!socket->tcb)
		return -ENOTCONN;

	if (how != TARN_SHUT_WR)
		error = tcp_shutdown_receive(socket->tcb);
	if (!error && how != TARN_SHUT_RD)
		error = tcp_shutdown_send(socket->tcb);

	return error;
}

static int shutdown_datagram(struct socket *socket, int how)
{
	if (socket->udp->peer.port == 0)
		return -ENOTCONN;

	if (how != TARN_SHUT_WR)
		socket->shut_receive = true;
	if (how != TARN_SHUT_RD)
		socket->shut_send = true;

	return 0;
}

static int shutdown_socket(struct socks *socks, int fd, int how)
{
	struct socket *socket;
	int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (how < TARN_SHUT_RD || how > TARN_SHUT_RDWR)
		return -EINVAL;

	if (socket->kind == SOCKET_DGRAM)
		error = shutdown_datagram(socket, how);
	else
		error = shutdown_stream(socket, how);
	epoll_changed(socket);

	return error;
}

int tarn_shutdown(struct tarn *t, int fd, int how)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(
	        socks,
	        CALL("shutdown", fd, .count = 1, .number = { (unsigned)how }),
	        shutdown_socket(socks, fd, how));
}
