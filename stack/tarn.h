/* SPDX-License-Identifier: MIT */
/*
 * tarn.h - the public interface of libtarn, a TCP/IP stack without I/O
 *
 * A stack is a function of (frames in, calls in, now) to (frames out, events
 * out). It reads no clock, makes no system call, starts no thread and owns no
 * global variable: time, randomness, memory and the link are handed in.
 *
 *	struct tarn_config config;
 *	tarn_config_init(&config);		// then set link, address, seed
 *	struct tarn *t = tarn_create(&config);
 *	for (;;) {
 *		uint64_t deadline_us = tarn_poll(t, now_us);
 *		... wait for a frame or for the deadline, then call sockets
 *	}
 *
 * Calls never block. They return a count or a descriptor (>= 0), or -errno
 * with POSIX's meaning. drivers/posix.h gives the same calls the POSIX way,
 * blocking and with errno.
 *
 * Units: time in microseconds of a clock that never goes back, lengths in
 * octets, ports and addresses in host order unless a comment says otherwise.
 * Ownership: every pointer given to a call is borrowed until it returns.
 * Threads: one thread at a time per stack; stacks share nothing.
 */
#ifndef TARN_H
#define TARN_H

#include "tarn_config.h"
#include "tarn_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TARN_VERSION "0.1.0"
#define TARN_NEVER   UINT64_MAX /* a deadline that does not come */

struct tarn;

/* ---- A stack's life ----------------------------------------------------- */

/** tarn_config_init() - Fill in the defaults of tarn_config.h */
TARN_API void tarn_config_init(struct tarn_config *config);

/**
 * tarn_create() - Make a stack; nothing is sent before the first tarn_poll()
 * @config:	copied
 * @now_us:	the time of birth
 * @ret:	the stack, the caller's until tarn_destroy()
 *
 * Return: 0; -EINVAL (an impossible address, prefix, MTU or limit; no ops;
 *	   a seed of zeroes), -EAFNOSUPPORT (IPv6), -ENOMEM
 */
TARN_API int tarn_create(const struct tarn_config *config, uint64_t now_us,
                         struct tarn **ret) TARN_CHECKED;

/** tarn_destroy() - Forget every connection, without a word to the peers */
TARN_API void tarn_destroy(struct tarn *t);

/**
 * tarn_poll() - Let the stack do everything that is due
 * @t:		the stack
 * @now_us:	the time; an earlier one than before counts as before
 *
 * In this order: received frames (a batch of them), expired timers, output of
 * every marked connection, release of what has closed. That is
 * tarn_poll_input() and tarn_poll_output(), one behind the other.
 *
 * Return: when to call again at the latest (@now_us: at once, frames are
 *	   waiting), or TARN_NEVER
 */
TARN_API uint64_t tarn_poll(struct tarn *t, uint64_t now_us);

/**
 * tarn_poll_input() - The first half of a poll: frames and timers
 * @t:		the stack
 * @now_us:	as for tarn_poll()
 * @frames_max:	take no more frames than this; a batch has its own bounds
 *
 * Nothing that a connection has to say leaves: the application can read and
 * answer first, and then one segment says all, where otherwise an
 * acknowledgment would have gone ahead of the answer. tarn_poll_output() must
 * follow as soon as the application has had its turn.
 *
 * Return: how many frames came; fewer than @frames_max: perhaps none is left
 */
TARN_API unsigned tarn_poll_input(struct tarn *t, uint64_t now_us,
                                  unsigned frames_max);

/** tarn_poll_output() - The second half: what leaves
 *
 * Return: when a timer is due, or TARN_NEVER; of frames it knows nothing
 */
TARN_API uint64_t tarn_poll_output(struct tarn *t, uint64_t now_us);

/** tarn_address_state() - Is our address usable yet (RFC 5227)?
 *
 * Return: 1 yes, 0 still probing, -EADDRINUSE another host has it
 */
TARN_API int tarn_address_state(const struct tarn *t);

/* ---- Sockets ------------------------------------------------------------ */

#define TARN_STREAM 1 /* TCP */
#define TARN_DGRAM  2 /* UDP */

/* Flags of send and receive. */
#define TARN_MSG_OOB      0x01       /* the last octet is urgent (RFC 6093) */
#define TARN_MSG_PEEK     0x02       /* look, and leave it in the queue */
#define TARN_MSG_TRUNC    0x20       /* datagram: return its true length */
#define TARN_MSG_MORE     0x8000     /* more will follow: may wait for it */
#define TARN_MSG_FASTOPEN 0x20000000 /* sendto: connect, with data in the SYN */

/* Readiness, with poll(2)'s values. */
#define TARN_POLLIN       0x001
#define TARN_POLLPRI      0x002
#define TARN_POLLOUT      0x004
#define TARN_POLLERR      0x008
#define TARN_POLLHUP      0x010
#define TARN_POLLNVAL     0x020
#define TARN_POLLRDHUP    0x2000
#define TARN_EPOLLET      0x80000000u /* tell once per change */
#define TARN_EPOLLONESHOT 0x40000000u /* tell once, then be silent */

enum tarn_option {
	TARN_SO_REUSEADDR,  /* int: bind beside TIME-WAIT */
	TARN_SO_LINGER,     /* struct tarn_linger */
	TARN_SO_RCVBUF,     /* int, octets, exact (not doubled) */
	TARN_SO_SNDBUF,     /* int, octets, exact */
	TARN_SO_BROADCAST,  /* int: may send to a broadcast address */
	TARN_SO_KEEPALIVE,  /* int: probe an idle peer (RFC 9293 3.8.4) */
	TARN_SO_ERROR,      /* int, get only: the pending error (>0), cleared */
	TARN_SO_TYPE,       /* int, get only: TARN_STREAM, TARN_DGRAM */
	TARN_SO_ACCEPTCONN, /* int, get only: 1 when listening */
	TARN_IP_TTL,        /* int, 1..255, 64 */
	TARN_IP_TOS,        /* int, 0..255, 0 (ECN bits are the stack's) */
	TARN_TCP_NODELAY,   /* int: Nagle off */
	TARN_TCP_MAXSEG,    /* int: MSS (set before connect: an upper bound) */
	TARN_TCP_QUICKACK,  /* int: acknowledge at once for a while; 0: delay */
	TARN_TCP_USER_TIMEOUT, /* int, milliseconds, 0: the retry limit rules */
	TARN_TCP_INFO,         /* struct tarn_tcp_info, get only */
	TARN_SO_OUTQ,          /* int, get only: octets sent or queued, FIN
			    * included, that the peer has not acknowledged */
	TARN_TCP_CONGESTION,   /* char[]: "cubic" or "reno" */
	TARN_TCP_KEEPIDLE,     /* int, seconds idle before the first probe */
	TARN_TCP_KEEPINTVL,    /* int, seconds between probes */
	TARN_TCP_KEEPCNT,      /* int, unanswered probes before giving up */
	TARN_TCP_CORK,         /* int: only full segments, 200 ms at most */
	TARN_TCP_LINGER2,      /* int, seconds an orphan waits in FIN-WAIT-2;
	                         * 0: the default, negative: none */
	TARN_TCP_DEFER_ACCEPT, /* int, seconds: accept only with data */
	TARN_TCP_SYNCNT,       /* int: SYN retries of this socket */
	TARN_TCP_NOTSENT_LOWAT,    /* int, octets unsent below which it is
	                         * writable; 0: no such limit */
	TARN_TCP_FASTOPEN,         /* int: listener's queue of RFC 7413 SYNs */
	TARN_TCP_FASTOPEN_CONNECT, /* int: connect() waits for the first send */
	TARN_SO_OOBINLINE,         /* int: always 1, urgent data stay in line */
	TARN_SO_ATMARK,       /* int, get only: the next octet read is the last
	                     * urgent one (sockatmark; reads stop before it) */
	TARN_SO_INQ,          /* int, get only: octets that recv() would give */
	TARN_SO_OUTQNSD,      /* int, get only: octets queued and never sent */
	TARN_SO_RCVLOWAT,     /* int, octets: readable from so many on */
	TARN_SO_SOFT_ERROR,   /* int, get only: the last ICMP soft error (>0),
	                     * cleared (RFC 9293 3.9.1.8) */
	TARN_IP_MTU,          /* int, get only: the path's MTU as known now */
	TARN_IP_MTU_DISCOVER, /* int: TARN_PMTUDISC_* */
	TARN_OPTION_COUNT,
};

/* Octets of a TARN_TCP_CONGESTION value, padded with NUL. */
#define TARN_CONGESTION_LEN 16

#define TARN_PMTUDISC_DONT 0 /* fragment if need be, no DF */
#define TARN_PMTUDISC_DO   2 /* DF, and learn from ICMP (the default) */

struct tarn_linger {
	int on;       /* 0: close() sends FIN and goes on in the background */
	int linger_s; /* 0 with on: close() resets; else the host layer waits */
};

/** struct tarn_tcp_info - a connection, for who wants to look */
struct tarn_tcp_info {
	uint8_t state; /* enum tcp_state, RFC 9293 section 3.3.2 */
	const char *state_name;
	uint32_t snd_una, snd_nxt, snd_wnd, iss;
	uint32_t rcv_nxt, rcv_wnd, irs;
	uint32_t snd_mss, rcv_mss;           /* octets of a full segment */
	uint32_t cwnd, ssthresh, flight;     /* octets */
	uint64_t srtt_us, rttvar_us, rto_us; /* 0: not measured yet */
	uint64_t retransmits;                /* segments sent again */
	uint64_t octets_sent, octets_acked, octets_received;
	uint8_t snd_wscale, rcv_wscale;
	bool has_timestamps, has_sack, has_wscale, has_ecn, has_fastopen_data;
	/* the sender's view; segments unless a unit is in the name */
	uint8_t ca_state; /* enum tarn_ca_state */
	uint8_t backoff;  /* of RTO */
	uint8_t probes;   /* unanswered: window or keep-alive */
	uint8_t timeouts; /* RTO in a row without progress */
	uint32_t unacked, sacked, lost, retrans, reordering;
	uint32_t dsack_dups, reord_seen;
	uint32_t path_mtu, advertised_mss, notsent_octets;
	uint64_t min_rtt_us, rcv_rtt_us;
	uint64_t ato_us;                  /* the delayed ACK timer */
	uint32_t rcv_space, rcv_ssthresh; /* octets */
	uint64_t segs_in, segs_out, data_segs_in, data_segs_out;
	uint64_t delivered, delivered_ce;
	uint64_t octets_retransmitted, rcv_out_of_order;
	uint64_t last_data_sent_us, last_data_received_us, last_ack_us;
	const char *congestion; /* name of the algorithm */
	uint32_t number;        /* the connection's, as observers see it */
};

/** enum tarn_ca_state - Linux's names and numbers for the sender's state */
enum tarn_ca_state {
	TARN_CA_OPEN,
	TARN_CA_DISORDER, /* duplicates or SACK, no loss yet */
	TARN_CA_CWR,      /* ECN said congestion */
	TARN_CA_RECOVERY,
	TARN_CA_LOSS, /* after RTO */
};

/** tarn_socket() - A new endpoint. Return: descriptor, -EINVAL, -EMFILE, -ENOMEM */
TARN_API int tarn_socket(struct tarn *t, int type) TARN_CHECKED;

/** tarn_bind() - Give the local address (version NONE: any; port 0: choose)
 *
 * Return: 0, -EBADF, -EINVAL (already bound), -EADDRINUSE, -EADDRNOTAVAIL
 */
TARN_API int tarn_bind(struct tarn *t, int fd,
                       const struct tarn_addr *local) TARN_CHECKED;

/** tarn_listen() - Accept connections; the queue holds min(@backlog, 4096)
 *
 * Return: 0, -EBADF, -EOPNOTSUPP (not a stream), -EINVAL (connected),
 *	   -EADDRINUSE
 */
TARN_API int tarn_listen(struct tarn *t, int fd, int backlog) TARN_CHECKED;

/** tarn_accept() - Take the oldest finished handshake
 *
 * Return: descriptor, -EAGAIN (none), -EBADF, -EINVAL (not listening),
 *	   -EMFILE
 */
TARN_API int tarn_accept(struct tarn *t, int fd,
                         struct tarn_addr *ret_peer) TARN_CHECKED;

/** tarn_connect() - Start the handshake; or set a datagram socket's peer
 *
 * Return: 0 (datagram), -EINPROGRESS (stream: becomes writable, then
 *	   TARN_SO_ERROR tells), -EALREADY, -EISCONN, -EBADF, -ENETUNREACH,
 *	   -EADDRNOTAVAIL (no port free), -EINVAL, -EACCES (broadcast)
 */
TARN_API int tarn_connect(struct tarn *t, int fd,
                          const struct tarn_addr *peer) TARN_CHECKED;

/** tarn_send() - Queue octets, or send one datagram to the connected peer
 *
 * Return: octets taken (stream: may be fewer), -EAGAIN (no room), -EPIPE
 *	   (the sending side is closed), -ENOTCONN, -ECONNRESET, -ETIMEDOUT,
 *	   -ECONNREFUSED, -EMSGSIZE, -EBADF
 */
TARN_API ssize_t tarn_send(struct tarn *t, int fd, const void *data, size_t len,
                           int flags) TARN_CHECKED;

/** tarn_recv() - Take octets, or one datagram (the excess is lost)
 *
 * Return: octets; 0: the peer closed (stream) or an empty datagram;
 *	   -EAGAIN, -ENOTCONN, -ECONNRESET, -ETIMEDOUT, -ECONNREFUSED, -EBADF
 */
TARN_API ssize_t tarn_recv(struct tarn *t, int fd, void *data, size_t size,
                           int flags) TARN_CHECKED;

/** tarn_sendto() - As tarn_send(), to @peer (NULL: the connected one) */
TARN_API ssize_t tarn_sendto(struct tarn *t, int fd, const void *data,
                             size_t len, int flags,
                             const struct tarn_addr *peer) TARN_CHECKED;

/** tarn_recvfrom() - As tarn_recv(), and from whom (@ret_peer may be NULL) */
TARN_API ssize_t tarn_recvfrom(struct tarn *t, int fd, void *data, size_t size,
                               int flags,
                               struct tarn_addr *ret_peer) TARN_CHECKED;

/* Scatter and gather: as POSIX's sendmsg and recvmsg, without control data. */
struct tarn_iovec {
	void *base;
	size_t len;
};
struct tarn_msg {
	struct tarn_addr *peer; /* or NULL */
	struct tarn_iovec *iov;
	unsigned iov_count; /* at most TARN_IOV_MAX */
	int flags;          /* out: TARN_MSG_TRUNC when a datagram was cut,
	                     * TARN_MSG_OOB when a stream is at its urgent mark */
};
#define TARN_IOV_MAX 16
TARN_API ssize_t tarn_sendmsg(struct tarn *t, int fd,
                              const struct tarn_msg *msg,
                              int flags) TARN_CHECKED;
TARN_API ssize_t tarn_recvmsg(struct tarn *t, int fd, struct tarn_msg *msg,
                              int flags) TARN_CHECKED;

/* Without a copy: tarn_recv_peek() and tarn_send_reserve(), tarn_in_place.h */

#define TARN_SHUT_RD   0
#define TARN_SHUT_WR   1
#define TARN_SHUT_RDWR 2
/** tarn_shutdown() - Close one direction. Return: 0, -ENOTCONN, -EINVAL, -EBADF */
TARN_API int tarn_shutdown(struct tarn *t, int fd, int how);

/** tarn_close() - Give the descriptor back; a connection closes by itself
 *
 * Unread data, or TARN_SO_LINGER {1, 0}: the peer gets a reset instead of
 * FIN (RFC 9293 section 3.6.1, RFC 2525 section 2.17).
 *
 * Return: 0, -EBADF
 */
TARN_API int tarn_close(struct tarn *t, int fd);

TARN_API int tarn_getsockname(struct tarn *t, int fd,
                              struct tarn_addr *ret_local) TARN_CHECKED;
TARN_API int tarn_getpeername(struct tarn *t, int fd,
                              struct tarn_addr *ret_peer) TARN_CHECKED;

/** tarn_setsockopt() - Set an option
 *
 * Return: 0, -EBADF, -EINVAL, -ENOPROTOOPT, -ENOENT (TARN_TCP_CONGESTION: no
 *	   algorithm has this name)
 */
TARN_API int tarn_setsockopt(struct tarn *t, int fd, enum tarn_option option,
                             const void *value, size_t len);
/** tarn_getsockopt() - Read an option. Return: octets written, or as above */
TARN_API int tarn_getsockopt(struct tarn *t, int fd, enum tarn_option option,
                             void *value, size_t size) TARN_CHECKED;

/* ---- Readiness ---------------------------------------------------------- */

/** tarn_readiness() - The TARN_POLL* bits that hold now, or -EBADF */
TARN_API int tarn_readiness(struct tarn *t, int fd) TARN_CHECKED;

struct tarn_pollfd {
	int fd; /* negative: skipped */
	uint16_t events, revents;
};
/** tarn_poll_fds() - poll(2) with a timeout of zero. Return: how many are ready */
TARN_API int tarn_poll_fds(struct tarn *t, struct tarn_pollfd *fds,
                           size_t count) TARN_CHECKED;

#define TARN_FD_SETSIZE 1024
struct tarn_fd_set {
	uint64_t word[TARN_FD_SETSIZE / 64];
};
/** tarn_select() - select(2) with a timeout of zero, in place. Return: count, -EBADF, -EINVAL */
TARN_API int tarn_select(struct tarn *t, int fd_count, struct tarn_fd_set *read,
                         struct tarn_fd_set *write,
                         struct tarn_fd_set *except) TARN_CHECKED;

struct tarn_epoll_event {
	uint32_t events; /* TARN_POLL*, and on input TARN_EPOLLET, ...ONESHOT */
	uint64_t data;   /* the caller's, given back */
};
#define TARN_EPOLL_CTL_ADD 1
#define TARN_EPOLL_CTL_DEL 2
#define TARN_EPOLL_CTL_MOD 3
/** tarn_epoll_create() - A set of descriptors, closed with tarn_close() */
TARN_API int tarn_epoll_create(struct tarn *t) TARN_CHECKED;
TARN_API int tarn_epoll_ctl(struct tarn *t, int epfd, int op, int fd,
                            const struct tarn_epoll_event *event) TARN_CHECKED;
/** tarn_epoll_wait() - What is ready now, at most @max; 0 when nothing is */
TARN_API int tarn_epoll_wait(struct tarn *t, int epfd,
                             struct tarn_epoll_event *ret,
                             int max) TARN_CHECKED;

/* ---- Looking in --------------------------------------------------------- */

/** tarn_strerror() - A sentence for a negative return value */
TARN_API const char *tarn_strerror(int error);

/** tarn_drop_count() - How often a named reason dropped something
 * @name:	the symbol in drop.def, such as "TCP_CHECKSUM"
 *
 * Return: the count; 0 for a name that does not exist
 */
TARN_API uint64_t tarn_drop_count(const struct tarn *t, const char *name);

/** struct tarn_usage - what is held now; all zero again after everything closed */
struct tarn_usage {
	size_t memory;      /* octets taken from the memory hook */
	size_t memory_peak; /* the most ever */
	uint32_t connections, half_open, time_wait, listeners, udp;
	uint32_t descriptors, neighbours, reassemblies;
};
TARN_API void tarn_usage(const struct tarn *t, struct tarn_usage *ret);
/* tarn_ends(): each connection, listener and datagram socket, tarn_ends.h */

/** tarn_ping() - Send one ICMP echo request
 * @seq:	echoed in the answer; the identifier is the stack's own
 *
 * Answers are taken with tarn_ping_reply().
 *
 * Return: 0, -ENETUNREACH, -EMSGSIZE (@len > 65507), -EACCES
 */
TARN_API int tarn_ping(struct tarn *t, const struct tarn_ip *peer, uint16_t seq,
                       const void *data, size_t len) TARN_CHECKED;

/** struct tarn_ping_reply - an echo reply, or the ICMP error that came instead */
struct tarn_ping_reply {
	struct tarn_ip from;
	uint16_t seq;
	uint8_t ttl;
	uint8_t icmp_type, icmp_code; /* 0/0: a reply */
	size_t len;                   /* octets of data that came back */
	uint64_t at_us;               /* when it arrived */
};
/** tarn_ping_reply() - Return: 1 and the oldest answer, or 0 */
TARN_API int tarn_ping_reply(struct tarn *t,
                             struct tarn_ping_reply *ret) TARN_CHECKED;

#ifdef __cplusplus
}
#endif

#include "tarn_ends.h"
#include "tarn_in_place.h"

#endif /* TARN_H */
