/* SPDX-License-Identifier: MIT */
/*
 * neigh_queue.h - packets that wait for their neighbour's address
 *
 * Whole packets wait, not fragments of them: a datagram of many fragments
 * takes one place, and is cut when it can be sent (RFC 1122 section 2.3.2.2).
 */
#ifndef NET_NEIGH_QUEUE_H
#define NET_NEIGH_QUEUE_H

#include "base/drop.h"
#include "base/list.h"
#include "base/pkt.h"
#include "wire/eth.h"

struct net;

struct neigh_queue {
	struct list list; /* of struct waiting, oldest first */
	unsigned count;
};

void neigh_queue_init(struct neigh_queue *queue);

/** neigh_queue_add() - Keep a copy of @pkt; the oldest of three goes
 *
 * Return: DROP_NONE, or DROP_ARP_QUEUE_FULL (counted): no memory for it
 */
enum drop neigh_queue_add(struct net *net, struct neigh_queue *queue,
                          const struct pkt *pkt);

/** neigh_queue_send() - The address is known: send everything, oldest first */
void neigh_queue_send(struct net *net, struct neigh_queue *queue,
                      const uint8_t mac[ETH_ADDR_LEN]);

/** neigh_queue_drop() - Give everything up
 * @why:	counted once for each packet; on DROP_ARP_FAILED their
 *		destinations are remembered for net_unreached()
 */
#define neigh_queue_drop(net, queue, why)                                      \
	neigh_queue_drop_at((net), (queue), (why), SRC)
void neigh_queue_drop_at(struct net *net, struct neigh_queue *queue,
                         enum drop why, const char *src);

/** neigh_queue_tell() - For observers: packets for @ip came or went */
#define neigh_queue_tell(net, queue, ip, why)                                  \
	neigh_queue_tell_at((net), (queue), (ip), BECAUSE(why))
void neigh_queue_tell_at(struct net *net, const struct neigh_queue *queue,
                         const struct tarn_ip *ip, struct reason reason);

#endif
