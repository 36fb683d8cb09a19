/* SPDX-License-Identifier: MIT */
/*
 * socket.h - what a descriptor stands for; for files in sock/ only
 *
 *	fd --> socks->slot[fd] --> struct socket --> tcb | listener | udp pcb
 *	                                 |
 *	                                 +--> watches --> epoll sets
 *
 * TCP and UDP know a socket by its tag, not by its address. The tag holds the
 * descriptor and a generation that no later socket repeats, so what they say
 * about a socket that was closed meanwhile finds nothing.
 */
#ifndef SOCK_SOCKET_H
#define SOCK_SOCKET_H

#include "base/limits.h"
#include "base/list.h"
#include "base/table.h"
#include "sock/sock.h"

enum socket_kind {
	SOCKET_STREAM,
	SOCKET_DGRAM,
	SOCKET_EPOLL,
};

/**
 * struct socket - one descriptor
 * @tag:	generation and descriptor, see above; never 0
 * @local:	stream: as bound; port 0: not bound
 * @settings:	stream: for the connections to come; a live one has its own
 * @tcb:	stream: connecting, connected, or failed and not yet replaced
 * @listener:	stream: listening; never together with @tcb
 * @keepalive:	datagram: set and asked for, no more
 * @was_connected: stream: a failed connect() may be tried again, a connection
 *		that has ended may not
 * @is_deferred: stream: connect() to @deferred_peer waits for the first send
 * @shut_receive, @shut_send: datagram: what shutdown() closed
 * @port_node:	stream: among the sockets bound to one port, see ports.c
 * @watches:	the interest of epoll sets in this socket
 * @members:	epoll: the set's own interests
 * @ready:	epoll: those that something happened to since they were looked at
 * @set_count:	epoll: members that are sets themselves
 */
struct socket {
	uintptr_t tag;
	int fd;
	enum socket_kind kind;
	bool reuse, keepalive, broadcast;
	bool was_connected, is_deferred;
	bool shut_receive, shut_send;
	struct tarn_linger linger;
	struct tarn_addr local, deferred_peer;
	struct tcp_settings settings;
	struct tcb *tcb;
	struct tcp_listener *listener;
	struct udp_pcb *udp;
	struct port *port;
	struct list port_node;
	struct list watches;
	struct list members, ready;
	uint32_t set_count;
	uint32_t told_ready;      /* TARN_POLL*: to observers */
	const char *told_waiting; /* the call that last said -EAGAIN to them */
};

#define SOCKS_WORDS (SOCKETS_MAX / 64)

/**
 * struct socks - the layer
 * @slot:	by descriptor; @slot_count of them, doubled as needed
 * @used:	a bit per descriptor that is taken
 * @full:	a bit per word of @used that has no bit left
 * @ports:	struct port by number, see ports.c
 */
struct socks {
	struct env *env;
	struct net *net;
	struct tcp *tcp;
	struct udp *udp;
	struct socket **slot;
	uint32_t slot_count, count;
	uintptr_t generation;
	uint64_t used[SOCKS_WORDS];
	uint64_t full[SOCKS_WORDS / 64];
	struct table ports;
};

/* ---- socks.c: the table ---- */

/** socks_add() - A blank socket on the lowest free descriptor
 *
 * Return: 0, -EMFILE, -ENOMEM
 */
int socks_add(struct socks *socks, enum socket_kind kind, struct socket **ret);

/** socks_remove() - Take @socket, which holds nothing any more, out and free it */
void socks_remove(struct socks *socks, struct socket *socket);

/** socks_find() - The socket of a descriptor, or NULL */
struct socket *socks_find(const struct socks *socks, int fd);

/** socks_get() - The same for calls that epoll sets do not take
 *
 * Return: 0, -EBADF, -ENOTSOCK
 */
int socks_get(const struct socks *socks, int fd, struct socket **ret);

/** socket_user() - How TCP and UDP know @socket */
void *socket_user(const struct socket *socket);

/* ---- tell.c: what observers see ---- */

/** struct call - one of the user's calls, as an observer is told it
 * @fd:		descriptor; -1: none yet
 * @addr:	an argument, or NULL
 * @count:	of the arguments in @number
 * @is_maker:	what it returns is a descriptor
 */
struct call {
	const char *name;
	int fd;
	const char *src;
	const struct tarn_addr *addr;
	unsigned count;
	bool is_maker;
	uint64_t number[3];
};

/** CALL() - The call that this line returns from; arguments as @addr, @number */
#define CALL(what, descriptor, ...)                                            \
	(&(struct call){                                                       \
	        .name = (what), .fd = (descriptor), .src = SRC, __VA_ARGS__ })

/** socks_told() - Show the observer a call that returns. Return: @result */
ssize_t socks_told(struct socks *socks, const struct call *call,
                   ssize_t result);
/** socks_tell_ready() - And what @socket is ready for now, if that changed */
void socks_tell_ready(struct socks *socks, struct socket *socket);

/* ---- ports.c: which stream sockets are bound where ---- */

void ports_init(struct socks *socks);

/** ports_reserve() - Bind @socket to @local, whose port is not 0
 *
 * Return: 0, -EADDRINUSE, -ENOMEM
 */
int ports_reserve(struct socks *socks, struct socket *socket,
                  const struct tarn_addr *local);

/** ports_choose() - Bind @socket to a free ephemeral port of address @ip
 *
 * Return: 0, -EADDRINUSE (none is free), -ENOMEM
 */
int ports_choose(struct socks *socks, struct socket *socket,
                 const struct tarn_ip *ip);

/** ports_release() - Unbind; fine when @socket is not bound */
void ports_release(struct socks *socks, struct socket *socket);

/** ports_may_listen() - Does no other socket listen on what @socket is bound to? */
bool ports_may_listen(const struct socket *socket);

/* ---- connect.c ---- */

/** stream_open() - SYN-SENT. Return: -EINPROGRESS, or why not */
int stream_open(struct socks *socks, struct socket *socket,
                const struct tarn_addr *peer);

/* ---- ready.c ---- */

/** socket_readiness() - The TARN_POLL* bits that hold now */
uint32_t socket_readiness(struct socks *socks, struct socket *socket);

/* ---- stream_option.c ---- */

/** stream_option_set() - For the connections to come, and the one it has
 *
 * Return: 0, -EINVAL (out of range), -ENOPROTOOPT (no option of a stream, or
 *	   one that can only be read)
 */
int stream_option_set(struct socket *socket, enum tarn_option option,
                      int value);
/** stream_option_get() - Return: 0 and the value in force, -ENOPROTOOPT */
int stream_option_get(struct socket *socket, enum tarn_option option, int *ret);

/** stream_congestion_set() - A name, with or without a NUL behind it
 *
 * Return: 0, -EINVAL (no octet), -ENOENT (nobody has this name), -ENOPROTOOPT
 */
int stream_congestion_set(struct socket *socket, const struct tarn_slice *name);
/** stream_congestion() - The name of the algorithm in force; NULL: no stream */
const char *stream_congestion(struct socket *socket);

/** buffer_len_clamped() - SO_RCVBUF, SO_SNDBUF: never too small, never too large */
uint32_t buffer_len_clamped(int value);

/* ---- epoll.c ---- */

/** epoll_changed() - Something happened to @socket: the sets that watch it look */
void epoll_changed(struct socket *socket);

/** epoll_is_ready() - Would tarn_epoll_wait() report anything? */
bool epoll_is_ready(struct socks *socks, struct socket *set);

/** epoll_forget() - @socket goes: out of every set, and its own set is emptied */
void epoll_forget(struct socks *socks, struct socket *socket);

#endif
