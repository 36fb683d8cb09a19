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
 * struct socket_setup - what a socket says before it has a connection
 * @local:	stream: as bound; port 0: not bound
 * @deferred_peer: stream: whom the first send connects to
 * @settings:	stream: for the connections to come; a live one has its own
 * @socket:	whose it is
 * @port_node:	stream: among the sockets bound to one port, see ports.c
 */
struct socket_setup {
	struct tarn_addr local, deferred_peer;
	struct tcp_settings settings;
	struct socket *socket;
	struct port *port;
	struct list port_node;
};

/**
 * struct epoll_set - what a set of descriptors holds
 * @members:	its own interests
 * @ready:	those that something happened to since they were looked at
 * @set_count:	members that are sets themselves
 */
struct epoll_set {
	struct list members, ready;
	uint32_t set_count;
};

/**
 * struct socket - one descriptor; there may be a million, so it is small
 * @tag:	generation and descriptor, see above; never 0
 * @kind:	enum socket_kind
 * @was_connected: stream: a failed connect() may be tried again, a connection
 *		that has ended may not
 * @is_deferred: stream: connect() to the setup's peer waits for the first send
 * @shut_receive, @shut_send: datagram: what shutdown() closed
 * @keepalive:	datagram: set and asked for, no more
 * @setup:	NULL: accept() made it, so it always has a connection; or a set
 * @set:	epoll
 * @tcb:	stream: connecting, connected, or failed and not yet replaced
 * @rest:	stream: the same, when nothing happens there; then there is no
 *		@tcb, see rest.c
 * @listener:	stream: listening; never together with @tcb
 * @watches:	the interest of epoll sets in this socket
 */
struct socket {
	uintptr_t tag;
	int fd;
	uint8_t kind;
	bool reuse, keepalive, broadcast;
	bool was_connected, is_deferred;
	bool shut_receive, shut_send;
	uint32_t told_ready; /* TARN_POLL*: to observers */
	struct tarn_linger linger;
	struct socket_setup *setup;
	struct epoll_set *set;
	struct tcb *tcb;
	struct conn_rest *rest;
	struct tcp_listener *listener;
	struct udp_pcb *udp;
	struct list watches;
	const char *told_waiting; /* the call that last said -EAGAIN to them */
};

/* words of 64 bits that have a bit per word of 64 descriptors */
#define SOCKS_FULL_WORDS (SOCKETS_MAX / 64 / 64)

/**
 * struct socks - the layer
 * @slot:	by descriptor; @slot_count of them, doubled as needed
 * @used:	a bit per descriptor that is taken; as many words as @slot_count
 *		needs
 * @end:	one more than the highest descriptor ever given; beyond it
 *		neither @slot nor @used means anything
 * @full:	a bit per word of @used that has no bit left
 * @full_from:	words of @full before this one have no bit left themselves
 * @ports:	struct port by number, see ports.c
 */
struct socks {
	struct env *env;
	struct net *net;
	struct tcp *tcp;
	struct udp *udp;
	struct socket **slot;
	uint64_t *used;
	uint32_t slot_count, end, count;
	uintptr_t generation;
	uint64_t full[SOCKS_FULL_WORDS];
	uint32_t full_from;
	struct table ports;
};

/* ---- socks.c: the table ---- */

/** socks_add() - A blank socket on the lowest free descriptor
 *
 * Return: 0, -EMFILE, -ENOMEM
 */
int socks_add(struct socks *socks, enum socket_kind kind, struct socket **ret);

/** socks_add_setup() - The same for socket(): one that is set up before it is used
 *
 * Return: 0, -EMFILE, -ENOMEM
 */
int socks_add_setup(struct socks *socks, enum socket_kind kind,
                    struct socket **ret);

/** socks_remove() - Take @socket, which holds nothing any more, out and free it */
void socks_remove(struct socks *socks, struct socket *socket);

/** socks_find() - The socket of a descriptor, or NULL */
struct socket *socks_find(const struct socks *socks, int fd);

/** socks_get() - The same for calls that epoll sets do not take
 *
 * A connection at rest is woken, so whoever calls this sees a tcb or none.
 *
 * Return: 0, -EBADF, -ENOTSOCK, -ENOBUFS (no memory to wake it)
 */
int socks_get(struct socks *socks, int fd, struct socket **ret);
/** socks_get_stream() - The same; -EOPNOTSUPP if it is no stream */
int socks_get_stream(struct socks *socks, int fd, struct socket **ret);

/** socket_user() - How TCP and UDP know @socket */
void *socket_user(const struct socket *socket);
/** socks_find_user() - The socket that still has this tag, or NULL */
struct socket *socks_find_user(const struct socks *socks, const void *user);

/* ---- rest.c: connections at which nothing happens ---- */

/** socket_wake() - @socket has its tcb again, if it has a connection at all
 * Return: 0, -ENOBUFS (it rests on) */
int socket_wake(struct socks *socks, struct socket *socket);
/** socks_is_at_rest() - Is it a connection at rest? Nothing is woken */
bool socks_is_at_rest(const struct socks *socks, int fd);
/** socks_note_woken() - Some woke because a segment came, or a timer */
void socks_note_woken(struct socks *socks);
/** socks_let_rest() - Some may go to rest */
void socks_let_rest(struct socks *socks);

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
