/* SPDX-License-Identifier: MIT */
/*
 * udp.h - datagrams between ports (RFC 768, RFC 1122 section 4.1)
 *
 * A udp_pcb is what a datagram socket holds: its addresses, the datagrams that
 * wait, one pending error. Memory is bounded per pcb in datagrams and octets.
 */
#ifndef UDP_UDP_H
#define UDP_UDP_H

#include "base/list.h"
#include "net/net.h"

struct udp; /* the layer; one per stack */

struct udp_pcb {
	struct list node;       /* in the layer's list of its local port */
	struct list ready;      /* in udp->ready when something changed */
	struct tarn_addr local; /* ip NONE: any; port 0: not bound */
	struct tarn_addr peer;  /* port 0: not connected */
	struct list queue;      /* received datagrams, oldest first */
	uint32_t queue_count, queue_bytes, queue_bytes_max;
	int error; /* pending, positive errno; 0: none */
	uint8_t ttl, tos;
	bool reuse, broadcast;
	bool is_ip_routed; /* local.ip came with the peer, goes with it */
	void *user;        /* sock/'s own */
};

int udp_create(struct env *env, struct net *net, struct udp **ret);
void udp_destroy(struct udp *udp);

/** udp_open() - A new pcb, unbound. NULL: no memory */
struct udp_pcb *udp_open(struct udp *udp);
void udp_close(struct udp *udp, struct udp_pcb *pcb);

/** udp_bind() - port 0: an ephemeral one (RFC 6056)
 * Return: 0, -EINVAL (bound), -EADDRINUSE, -EADDRNOTAVAIL */
int udp_bind(struct udp *udp, struct udp_pcb *pcb,
             const struct tarn_addr *local);
/** udp_connect() - Only datagrams from and to @peer; binds; version NONE dissolves
 * Return: 0, -ENETUNREACH, -EINVAL, -EACCES, -EADDRNOTAVAIL */
int udp_connect(struct udp *udp, struct udp_pcb *pcb,
                const struct tarn_addr *peer);

/** udp_send() - One datagram from up to two slices... to @peer (NULL: connected one)
 * Return: @len, or -EMSGSIZE, -EDESTADDRREQ, -ENETUNREACH, -EHOSTUNREACH,
 *	   -EACCES, -EADDRNOTAVAIL, -ENOBUFS, the pending error */
ssize_t udp_send(struct udp *udp, struct udp_pcb *pcb, const void *data,
                 size_t len, const struct tarn_addr *peer);
/** struct udp_from - whose datagram was received, and how long it really is */
struct udp_from {
	struct tarn_addr peer;
	size_t len; /* octets of payload, even if not all were copied */
};

/** udp_recv() - The oldest datagram; @peek leaves it; @ret_from may be NULL
 * Return: octets copied, -EAGAIN, or the pending error */
ssize_t udp_recv(struct udp *udp, struct udp_pcb *pcb, void *data, size_t size,
                 bool peek, struct udp_from *ret_from);

/** udp_take_error() - The pending error (positive errno), cleared; 0: none */
int udp_take_error(struct udp_pcb *pcb);
/** udp_readiness() - TARN_POLLIN, TARN_POLLOUT, TARN_POLLERR */
uint32_t udp_readiness(const struct udp_pcb *pcb);
/** udp_take_ready() - The next pcb whose readiness may have changed, or NULL */
struct udp_pcb *udp_take_ready(struct udp *udp);

/** udp_input() - A datagram for us; port unreachable is answered here */
enum drop udp_input(struct udp *udp, const struct net_rx *rx);
/** udp_icmp_error() - An ICMP error that quotes a datagram of ours */
enum drop udp_icmp_error(struct udp *udp, const struct net_rx *rx);
/** udp_unreached() - A neighbour failed: EHOSTUNREACH for connected pcbs */
void udp_unreached(struct udp *udp, const struct tarn_ip *peer);

uint32_t udp_count(const struct udp *udp);
/** udp_ends() - Tell of each pcb that has a port */
void udp_ends(const struct udp *udp,
              void (*tell)(void *context, const struct tarn_end *end),
              void *context);

#endif
