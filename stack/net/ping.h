/* SPDX-License-Identifier: MIT */
/* ping.h - echo requests of our own, and what came back */
#ifndef NET_PING_H
#define NET_PING_H

#include "base/drop.h"
#include "base/limits.h"
#include "tarn.h"
#include "wire/icmp.h"

struct net;
struct net_rx;

/** struct ping_request - one that was sent and not answered; version NONE: free */
struct ping_request {
	struct tarn_ip peer;
	uint16_t seq;
};

struct ping {
	uint16_t id; /* the stack's own identifier */
	struct ping_request request[PING_REQUESTS_MAX]; /* in a circle */
	unsigned request_at;                            /* the next to use */
	struct tarn_ping_reply reply[PING_REPLIES_MAX]; /* in a circle */
	unsigned reply_at, reply_count;                 /* oldest, how many */
};

void ping_init(struct net *net);

/** ping_answered() - An echo reply arrived. Return: DROP_NONE or why it is ignored */
enum drop ping_answered(struct net *net, const struct net_rx *rx,
                        const struct icmp_hdr *icmp);

/** ping_failed() - An ICMP error quotes an echo request
 * @rx:		the error, with the quoted addresses
 * @echo:	the quoted ICMP header
 */
enum drop ping_failed(struct net *net, const struct net_rx *rx,
                      const struct icmp_hdr *echo);

#endif
