/* SPDX-License-Identifier: MIT */
/* acd.h - IPv4 address conflict detection (RFC 5227) */
#ifndef NET_ACD_H
#define NET_ACD_H

#include "wire/arp.h"
#include <stdbool.h>

struct net;

enum acd_state {
	ACD_PROBING, /* we have asked, or are about to */
	ACD_OURS,    /* nobody objected */
	ACD_LOST,    /* another station has the address */
};

struct acd {
	enum acd_state state;
	uint8_t probe_count;    /* sent so far */
	uint8_t announce_count; /* still to be sent */
	uint64_t deadline_us;   /* of the next probe or announcement */
	uint64_t conflict_us;   /* when the last one was seen, or TARN_NEVER */
};

/** acd_init() - Choose the time of the first probe, or take the address at once */
void acd_init(struct net *net);

/** acd_timeouts() - Send the probe or announcement that is due */
void acd_timeouts(struct net *net);

/** acd_is_conflict() - Does this packet of another station claim our address? */
bool acd_is_conflict(const struct net *net, const struct arp_hdr *arp);

/** acd_conflict() - Give the address up, or defend it
 * @mac:	the other station
 */
void acd_conflict(struct net *net, const uint8_t mac[ETH_ADDR_LEN]);

#endif
