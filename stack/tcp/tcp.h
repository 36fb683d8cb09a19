/* SPDX-License-Identifier: MIT */
/*
 * tcp.h - TCP as its user sees it: RFC 9293 section 3.9.1's calls
 *
 * sock/ and stack.c include this and nothing else of tcp/. A struct tcb is a
 * connection that belongs to a user until tcp_close() or tcp_abort(); a struct
 * tcp_listener is the LISTEN state with its two queues. Calls never send: they
 * mark, and tcp_output_all() sends.
 */
#ifndef TCP_TCP_H
#define TCP_TCP_H

#include "net/net.h"

struct tcp;          /* the layer; one per stack */
struct tcb;          /* tcp/tcb.h, for files in tcp/ only */
struct tcp_listener; /* the same */

int tcp_create(struct env *env, struct net *net, struct tcp **ret);
void tcp_destroy(struct tcp *tcp);

/* ---- From stack.c, in the order of tarn_poll() ---- */

/** tcp_input() - SEGMENT ARRIVES (3.10.7) */
enum drop tcp_input(struct tcp *tcp, const struct net_rx *rx);
/** tcp_icmp_error() - An ICMP error that quotes a segment of ours (RFC 5927) */
enum drop tcp_icmp_error(struct tcp *tcp, const struct net_rx *rx);
/** tcp_unreached() - A neighbour failed: EHOSTUNREACH for who is connecting */
void tcp_unreached(struct tcp *tcp, const struct tarn_ip *peer);
/** tcp_timeouts() - Expired timers (3.10.8) */
void tcp_timeouts(struct tcp *tcp);
/** tcp_output_all() - Everything that marked connections owe */
void tcp_output_all(struct tcp *tcp);
/** tcp_reap() - Release what has closed */
void tcp_reap(struct tcp *tcp);
/** tcp_deadline() - When tcp_timeouts() has something to do; now if output is owed */
uint64_t tcp_deadline(const struct tcp *tcp);

/* ---- OPEN ---- */

/** tcp_bind_check() - May a socket take this local address?
 * @reuse: SO_REUSEADDR: connections and TIME-WAIT on the port do not count,
 *	   listeners do
 * Return: 0, -EADDRINUSE */
int tcp_bind_check(struct tcp *tcp, const struct tarn_addr *local, bool reuse);

/** tcp_choose_port() - A free ephemeral port for bind(port 0) (RFC 6056)
 * Return: the port, or 0 when none is free */
uint16_t tcp_choose_port(struct tcp *tcp, const struct tarn_ip *local);

/** struct tcp_settings - what a socket's options say; copied to connections */
struct tcp_settings {
	uint32_t rcvbuf, sndbuf;  /* octets */
	uint32_t user_timeout_ms; /* 0: the retry limit rules */
	uint16_t maxseg;          /* upper bound of our MSS; 0: the MTU's */
	uint8_t ttl, tos;         /* ttl 0: default */
	uint8_t syn_retries;      /* TCP_SYNCNT; 0: the stack's */
	uint8_t defer_retries;    /* TCP_DEFER_ACCEPT, in SYN-ACKs; 0: off */
	int32_t linger2_s; /* TCP_LINGER2; 0: the stack's, negative: none */
	uint16_t fastopen; /* TCP_FASTOPEN: pending SYNs with data; 0: off */
	bool fastopen_connect; /* connect() waits for the first send() */
	bool nodelay, cork;
	bool quickack; /* false: delay, since it answers (or the user says so) */
	uint32_t rcvlowat;      /* octets: readable from so many on */
	uint32_t notsent_lowat; /* octets unsent: writable below; 0: no limit */
	uint8_t path_mtu_discover; /* TARN_PMTUDISC_* */
	bool keep_alive;           /* MUST-25: off */
	uint8_t keep_probes;
	uint32_t keep_idle_s, keep_interval_s;
	bool is_rcvbuf_fixed, is_sndbuf_fixed; /* set: they do not grow */
	const char *congestion; /* from tcp_congestion_name(); NULL: default */
};

/** tcp_congestion_name() - The algorithm called @name (NULL: the default)
 * Return: its name, a constant; NULL: there is none */
const char *tcp_congestion_name(const char *name);

/** tcp_settings_init() - The stack's defaults */
void tcp_settings_init(const struct tcp *tcp, struct tcp_settings *ret);

/** tcp_open_active() - Active OPEN: SYN-SENT
 * @local: port 0: chosen; ip NONE: by route
 * Return: 0; -EADDRINUSE (that 4-tuple exists), -EADDRNOTAVAIL, -ENETUNREACH,
 *	   -EINVAL (peer is no single host, MUST-46; port 0), -ENOMEM */
int tcp_open_active(struct tcp *tcp, const struct tarn_addr *local,
                    const struct tarn_addr *peer,
                    const struct tcp_settings *settings, struct tcb **ret);

/** tcp_fastopen_send() - Text for the SYN of an OPEN just called (RFC 7413)
 *
 * May be called several times before the SYN leaves.
 *
 * Return: octets taken, maybe fewer than @len; -EINPROGRESS: none go with the
 *	   SYN, which may ask for a cookie; send them when connected
 *	   -EOPNOTSUPP (the configuration does not allow it)
 */
ssize_t tcp_fastopen_send(struct tcb *tcb, const void *data, size_t len);
/** tcp_fastopen_is_on() - Does the configuration allow it? */
bool tcp_fastopen_is_on(const struct tcp *tcp);
/** tcp_fastopen_knows() - May a SYN to @peer carry data? */
bool tcp_fastopen_knows(struct tcp *tcp, const struct tarn_addr *peer);

/** tcp_open_passive() - Passive OPEN: a listener
 * @backlog: connections that may wait for accept, clamped to 1..4096
 * Return: 0, -EADDRINUSE (another listener there), -ENOMEM */
int tcp_open_passive(struct tcp *tcp, const struct tarn_addr *local,
                     const struct tcp_settings *settings, int backlog,
                     struct tcp_listener **ret);
/** tcp_listener_set_backlog() - listen() called again */
void tcp_listener_set_backlog(struct tcp_listener *listener, int backlog);
/** tcp_listener_settings() - What its next connections inherit; may be changed */
struct tcp_settings *tcp_listener_settings(struct tcp_listener *listener);
/** tcp_accept() - The oldest established connection, now the caller's, or NULL */
struct tcb *tcp_accept(struct tcp_listener *listener);
bool tcp_can_accept(const struct tcp_listener *listener);
/** tcp_defer_retries() - How many SYN-ACKs go out within @seconds, and back */
uint8_t tcp_defer_retries(int seconds);
int tcp_defer_seconds(uint8_t retries);
/** tcp_listener_close() - Half-open and unaccepted connections are reset */
void tcp_listener_close(struct tcp_listener *listener);

/* ---- SEND, RECEIVE, CLOSE, ABORT, STATUS ---- */

/** tcp_send() - Queue octets (SEND, 3.10.2)
 * @more: TARN_MSG_MORE: a last short segment may wait
 * Return: octets taken, -EAGAIN, -ENOTCONN (still connecting: -EAGAIN),
 *	   -EPIPE, or the connection's error, once */
ssize_t tcp_send(struct tcb *tcb, const void *data, size_t len, bool more);
/** tcp_send_urgent() - What was queued so far ends with an urgent octet (SEND, URGENT flag) */
void tcp_send_urgent(struct tcb *tcb);
/** tcp_receive() - Take octets (RECEIVE, 3.10.3)
 * Stops before the urgent mark, unless it begins there (POSIX, SO_OOBINLINE).
 * Return: octets, 0 after the peer's FIN, -EAGAIN, or the connection's error, once */
ssize_t tcp_receive(struct tcb *tcb, void *data, size_t size, bool peek);
/** tcp_peek() - Where the octets lie that tcp_receive() would give, until they
 * are consumed or the next segment comes. Return: as tcp_receive() */
ssize_t tcp_peek(struct tcb *tcb, struct tarn_slice ret[2]);
/** tcp_consume() - Take what tcp_peek() showed. Return: 0, -EINVAL: too much */
int tcp_consume(struct tcb *tcb, size_t len);
/** tcp_reserve() - Room for up to @len octets to send, to be written in place
 * Return: octets of room in @ret, or as tcp_send() */
ssize_t tcp_reserve(struct tcb *tcb, size_t len, struct tarn_iovec ret[2]);
/** tcp_commit() - The first @len octets of the room are queued
 * Return: @len; -EINVAL: more than there was room; or as tcp_send() */
ssize_t tcp_commit(struct tcb *tcb, size_t len, bool more);
/** tcp_mark_distance() - Octets to read before the last urgent one; UINT32_MAX: none is urgent */
uint32_t tcp_mark_distance(const struct tcb *tcb);
/** tcp_shutdown_send() - CLOSE of our direction only: FIN after what is queued
 * Return: 0, -ENOTCONN */
int tcp_shutdown_send(struct tcb *tcb);
/** tcp_shutdown_receive() - What arrives from now on is acknowledged and discarded
 * Return: 0, -ENOTCONN */
int tcp_shutdown_receive(struct tcb *tcb);
/** tcp_close() - CLOSE and give @tcb back; unread data turns it into a reset */
void tcp_close(struct tcb *tcb);
/** tcp_abort() - ABORT and give @tcb back; @why for the trace (WHY_RST_LINGER, ...) */
#define tcp_abort(tcb, why) tcp_abort_at((tcb), BECAUSE(why))
void tcp_abort_at(struct tcb *tcb, struct reason reason);

/** tcp_take_error() - SO_ERROR: positive errno, cleared; 0: none */
int tcp_take_error(struct tcb *tcb);
/** tcp_take_soft_error() - SO_SOFT_ERROR: what went wrong without ending it
 * (MUST-47, SHLD-25): an ICMP error's errno, or ETIMEDOUT for R1 (SHLD-9);
 * cleared; 0: nothing since */
int tcp_take_soft_error(struct tcb *tcb);
/** tcp_readiness() - TARN_POLL* bits */
uint32_t tcp_readiness(const struct tcb *tcb);
enum tcp_state tcp_state(const struct tcb *tcb);
/** tcp_settings() - Options in force; after changing them call tcp_settings_changed() */
struct tcp_settings *tcp_settings(struct tcb *tcb);
void tcp_settings_changed(struct tcb *tcb);
/** tcp_push() - What is queued now is held back no longer, cork or not */
void tcp_push(struct tcb *tcb);
/** tcp_quick_ack() - Acknowledge what waits and the next segments at once; or delay */
void tcp_quick_ack(struct tcb *tcb, bool is_on);
/** tcp_readable(), tcp_unsent() - Octets that RECEIVE would give; queued, never sent */
uint32_t tcp_readable(const struct tcb *tcb);
uint32_t tcp_unsent(const struct tcb *tcb);
void tcp_addresses(const struct tcb *tcb, struct tarn_addr *ret_local,
                   struct tarn_addr *ret_peer);
void tcp_info(const struct tcb *tcb, struct tarn_tcp_info *ret);
/** tcp_unsent_or_unacked() - Octets queued and not yet acknowledged, FIN included (SO_LINGER) */
uint32_t tcp_unacked(const struct tcb *tcb);

/** tcp_note() - For observers: how it stands; leaves before, why, step alone */
void tcp_note(const struct tcb *tcb, struct tarn_note *note);

/* ---- Readiness, upwards by data ---- */

/** tcp_set_user(), tcp_listener_set_user() - The socket that owns it */
void tcp_set_user(struct tcb *tcb, void *user);
void tcp_listener_set_user(struct tcp_listener *listener, void *user);
/** tcp_take_ready() - The user of a connection or listener that may have become
 * ready since it was last taken, or NULL. Nobody else is told. */
void *tcp_take_ready(struct tcp *tcp);

/*
 * Rest: a connection at which nothing happens gives most of its memory back. It
 * is a struct conn_rest then, and what its user held as a struct tcb is gone.
 * Only one that has a user (tcp_set_user()) goes to rest, and only when that
 * user asks for it, so nobody holds a struct tcb that vanishes.
 */
struct conn_rest;
/** tcp_rest_next() - Let one connection go to rest that may
 * Return: what it is from now on, and @ret_user whose it was; NULL: none may */
struct conn_rest *tcp_rest_next(struct tcp *tcp, void **ret_user);
/** tcp_woken_next() - One that woke by itself
 * Return: what it is from now on, and @ret_user whose it was; NULL: none did */
struct tcb *tcp_woken_next(struct tcp *tcp, void **ret_user);
/** tcp_wake() - For a call of its user. NULL: no memory, it rests on */
struct tcb *tcp_wake(struct tcp *tcp, struct conn_rest *rest);
/** tcp_rest_abort() - Reset it; needs no memory */
void tcp_rest_abort(struct tcp *tcp, struct conn_rest *rest);

/** struct tcp_usage - what is held */
struct tcp_usage {
	uint32_t connections, half_open, time_wait, listeners, orphans;
};
void tcp_usage(const struct tcp *tcp, struct tcp_usage *ret);
/** tcp_ends() - Tell of listeners, half-open ones, connections, TIME-WAIT */
void tcp_ends(struct tcp *tcp,
              void (*tell)(void *context, const struct tarn_end *end),
              void *context);

#endif
