/* SPDX-License-Identifier: MIT */
/* icmp.h - ICMP messages in and out (RFC 792, RFC 1122 section 3.2.2) */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include "net/net.h"

/** struct icmp_bucket - how many errors may still be sent
 * @size:	what it holds when full, until it is full again
 * @filled_us:	up to when the time has been credited
 */
struct icmp_bucket {
	uint32_t tokens, size;
	uint64_t filled_us;
};

void icmp_bucket_init(struct net *net);

/** icmp_input() - An ICMP message for us: answered, or in @rx as NET_RX_ERROR */
enum drop icmp_input(struct net *net, struct net_rx *rx);

/** icmp_push() - Push an ICMP header with the checksum over it and the payload
 * @icmp:	its checksum field is not looked at
 */
void icmp_push(struct pkt *pkt, const struct icmp_hdr *icmp);

/** icmp_error() - Report to the sender of @rx why it was not delivered
 * @why:	for the trace
 *
 * Sends nothing where RFC 1122 3.2.2 forbids it or the rate is exceeded.
 */
#define icmp_error(net, rx, icmp, why)                                         \
	icmp_error_at((net), (rx), (icmp), BECAUSE(why))
void icmp_error_at(struct net *net, const struct net_rx *rx,
                   const struct icmp_hdr *icmp, struct reason reason);

/** icmp_quote_input() - An ICMP error: whom does the packet that it quotes concern?
 * @icmp:	its header
 *
 * Return: DROP_NONE with @rx->kind NET_RX_ERROR, or NOTHING when it was about
 *	   our ping; else why it is ignored
 */
enum drop icmp_quote_input(struct net *net, struct net_rx *rx,
                           const struct icmp_hdr *icmp);

#endif
