/* SPDX-License-Identifier: MIT */
/* neighbours.h - a peer that answers, for the tests of the neighbour cache */
#ifndef TESTS_UNIT_NET_NEIGHBOURS_H
#define TESTS_UNIT_NET_NEIGHBOURS_H

#include "tests/unit/net/world.h"

static struct world w;

static inline enum drop reply_of(struct tarn_ip ip, const uint8_t mac[6])
{
	return rx_arp(&w, ARP_REPLY, ip, mac, US_IP);
}

/* The peer is REACHABLE: asked, and it has answered. */
static inline void open_reachable(void)
{
	world_open(&w);
	ck_assert_drop(send_to(&w, PEER_IP, 100), DROP_NONE);
	ck_assert_drop(reply_of(PEER_IP, peer_mac), DROP_NONE);
	w.sent_count     = 0;
	w.transitions[0] = '\0';
}

/* Is the frame a question to this station? */
static inline void assert_asked(unsigned i, const uint8_t mac[6])
{
	static const uint8_t zero[6];
	const struct tarn_ip peer = PEER_IP;
	const struct arp_hdr arp  = sent_arp(&w, i);

	ck_assert_uint_eq(arp.operation, ARP_REQUEST);
	ck_assert(ip_equal(&arp.target_ip, &peer));
	ck_assert(sent_to(&w, i, mac));
	ck_assert_mem_eq(arp.target_mac, eth_is_group(mac) ? zero : mac, 6);
}

#endif
