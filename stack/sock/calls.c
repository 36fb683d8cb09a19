/* SPDX-License-Identifier: MIT */
/*
 * calls.c - a descriptor's life: socket, bind, its two names, close
 *
 * connect.c has what opens and shuts connections, data.c what moves octets.
 * Each public call is a line that shows the result to the observer, around a
 * function without a prefix that does the work.
 */
#include "sock/socket.h"
#include <errno.h>

static int open_socket(struct socks *socks, int type)
{
	struct socket *socket;
	int error;

	if (type != TARN_STREAM && type != TARN_DGRAM)
		return -EINVAL;

	error = socks_add_setup(
	        socks, type == TARN_STREAM ? SOCKET_STREAM : SOCKET_DGRAM,
	        &socket);
	if (error)
		return error;

	if (type == TARN_STREAM)
		return socket->fd;

	socket->udp = udp_open(socks->udp);
	if (!socket->udp) {
		socks_remove(socks, socket);
		return -ENOMEM;
	}
	socket->udp->user = socket_user(socket);

	return socket->fd;
}

int tarn_socket(struct tarn *t, int type)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks,
	                       CALL("socket", -1, .is_maker = true, .count = 1,
	                            .number = { (unsigned)type }),
	                       open_socket(socks, type));
}

/* 0.0.0.0 is the wildcard too, and the wildcard has no other octets. */
static struct tarn_addr normalized(const struct tarn_addr *addr)
{
	static const struct tarn_ip zero = { .version = TARN_IP4 };
	struct tarn_addr ret             = *addr;

	if (ret.ip.version == TARN_IP_NONE ||
	    memcmp(&ret.ip, &zero, sizeof(zero)) == 0)
		ret.ip = (struct tarn_ip){ .version = TARN_IP_NONE };

	return ret;
}

static int bind_stream(struct socks *socks, struct socket *socket,
                       const struct tarn_addr *local)
{
	if (socket->tcb || socket->listener || socket->setup->port)
		return -EINVAL;
	if (local->ip.version != TARN_IP_NONE &&
	    !net_is_local(socks->net, &local->ip))
		return -EADDRNOTAVAIL;
	if (local->port == 0)
		return ports_choose(socks, socket, &local->ip);

	return ports_reserve(socks, socket, local);
}

static int bind_socket(struct socks *socks, int fd,
                       const struct tarn_addr *addr)
{
	struct tarn_addr local;
	struct socket *socket;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (!addr)
		return -EFAULT;

	local = normalized(addr);
	if (local.ip.version != TARN_IP_NONE && local.ip.version != TARN_IP4)
		return -EAFNOSUPPORT;
	if (socket->kind == SOCKET_DGRAM)
		return udp_bind(socks->udp, socket->udp, &local);

	return bind_stream(socks, socket, &local);
}

int tarn_bind(struct tarn *t, int fd, const struct tarn_addr *local)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("bind", fd, .addr = local),
	                       bind_socket(socks, fd, local));
}

static int local_name(struct socks *socks, int fd, struct tarn_addr *ret)
{
	struct tarn_addr peer;
	struct socket *socket;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;

	if (socket->kind == SOCKET_DGRAM)
		*ret = socket->udp->local;
	else if (socket->tcb)
		tcp_addresses(socket->tcb, ret, &peer);
	else
		*ret = socket->setup->local;

	return 0;
}

int tarn_getsockname(struct tarn *t, int fd, struct tarn_addr *ret_local)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("getsockname", fd, .count = 0),
	                       local_name(socks, fd, ret_local));
}

static bool has_peer(const struct socket *socket)
{
	enum tcp_state state;

	if (socket->kind == SOCKET_DGRAM)
		return socket->udp->peer.port != 0;
	if (!socket->tcb)
		return false;

	state = tcp_state(socket->tcb);

	return state != TCPS_CLOSED && state != TCPS_SYN_SENT;
}

static int peer_name(struct socks *socks, int fd, struct tarn_addr *ret)
{
	struct tarn_addr local;
	struct socket *socket;
	const int error = socks_get(socks, fd, &socket);

	if (error)
		return error;
	if (!has_peer(socket))
		return -ENOTCONN;

	if (socket->kind == SOCKET_DGRAM)
		*ret = socket->udp->peer;
	else
		tcp_addresses(socket->tcb, &local, ret);

	return 0;
}

int tarn_getpeername(struct tarn *t, int fd, struct tarn_addr *ret_peer)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("getpeername", fd, .count = 0),
	                       peer_name(socks, fd, ret_peer));
}

static void close_stream(struct socks *socks, struct socket *socket)
{
	if (socket->listener)
		tcp_listener_close(socket->listener);
	else if (socket->tcb && socket->linger.on && !socket->linger.linger_s)
		tcp_abort(socket->tcb, WHY_RST_LINGER);
	else if (socket->tcb)
		tcp_close(socket->tcb);

	ports_release(socks, socket);
}

static int close_socket(struct socks *socks, int fd)
{
	struct socket *socket = socks_find(socks, fd);

	if (!socket)
		return -EBADF;

	/* close() does not fail: without memory to say FIN, it says RST. */
	if (socket_wake(socks, socket) < 0)
		tcp_rest_abort(socks->tcp, socket->rest);
	epoll_forget(socks, socket);
	if (socket->kind == SOCKET_STREAM)
		close_stream(socks, socket);
	else if (socket->kind == SOCKET_DGRAM)
		udp_close(socks->udp, socket->udp);
	socks_remove(socks, socket);

	return 0;
}

int tarn_close(struct tarn *t, int fd)
{
	struct socks *socks = tarn_socks(t);

	return (int)socks_told(socks, CALL("close", fd, .count = 0),
	                       close_socket(socks, fd));
}
