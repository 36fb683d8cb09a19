/* SPDX-License-Identifier: MIT */
/*
 * neighbour.h - which station has an address on our link
 *
 * The cache of RFC 1122 section 2.3.2, with the states that RFC 4861 gave to
 * the same thing. Knows addresses, not ARP's format: that is arp.c's.
 */
#ifndef NET_NEIGHBOUR_H
#define NET_NEIGHBOUR_H

#include "base/drop.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/pkt.h"
#include "base/table.h"
#include "base/wheel.h"
#include "wire/eth.h"

struct net;
struct neighbour;

struct neighbours {
	struct table table; /* of struct neighbour, by address */
	struct wheel wheel;
	struct list idle;       /* that may be evicted, oldest first */
	struct neighbour *last; /* the one found last: the next is likely it */
	size_t pending_bytes;   /* true octets of packets that wait */
	/* Destinations that could not be reached, until net_unreached(). */
	struct tarn_ip unreached[NEIGH_UNREACHED_MAX];
	unsigned unreached_at, unreached_count;
};

void neigh_init(struct net *net);
/** neigh_flush() - Forget every neighbour
 * @drop:	why packets that wait are dropped
 * @why:	for the trace; WHY_NONE: nobody is told
 */
#define neigh_flush(net, drop, why) neigh_flush_at((net), (drop), BECAUSE(why))
void neigh_flush_at(struct net *net, enum drop drop, struct reason reason);

/** neigh_output() - Send an IP packet to a next hop, resolving its address first
 * @hop:	on the link
 * @pkt:	with its IPv4 header; copied if it must wait
 *
 * At most NEIGH_PENDING_MAX packets wait per neighbour; the oldest goes.
 *
 * Return: DROP_NONE if sent or queued, else why not (counted)
 * RFC:    1122 2.3.2
 */
enum drop neigh_output(struct net *net, const struct tarn_ip *hop,
                       struct pkt *pkt);

/** neigh_heard() - An ARP request says that @mac has @ip
 * @for_us:	it asks for our address, so we shall soon talk to its sender
 *
 * Return: DROP_NONE, or DROP_ARP_FLIP: it contradicts a live entry
 */
enum drop neigh_heard(struct net *net, const struct tarn_ip *ip,
                      const uint8_t mac[ETH_ADDR_LEN], bool for_us);

/** neigh_answered() - An ARP reply says that @mac has @ip
 * @for_us:	it is addressed to us
 *
 * Return: DROP_NONE, DROP_ARP_FLIP, or DROP_ARP_UNSOLICITED
 */
enum drop neigh_answered(struct net *net, const struct tarn_ip *ip,
                         const uint8_t mac[ETH_ADDR_LEN], bool for_us);

/** neigh_confirm() - A higher layer heard from this neighbour */
void neigh_confirm(struct net *net, const struct tarn_ip *hop);

/** neigh_doubt() - A higher layer hears nothing: ask a neighbour that we took for alive */
void neigh_doubt(struct net *net, const struct tarn_ip *hop);

/** neigh_address_usable() - Our address is ours: ask for those we wait for */
void neigh_address_usable(struct net *net);

void neigh_timeouts(struct net *net);

#endif
