/* SPDX-License-Identifier: MIT */
/* eth.h - the Ethernet II header (RFC 894) */
#ifndef WIRE_ETH_H
#define WIRE_ETH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETH_HDR_LEN   14
#define ETH_ADDR_LEN  6
#define ETH_TYPE_IP4  0x0800
#define ETH_TYPE_ARP  0x0806
#define ETH_TYPE_VLAN 0x8100
#define ETH_TYPE_QINQ 0x88a8
#define ETH_TYPE_IP6  0x86dd
#define ETH_TYPE_MIN  0x0600 /* below: an 802.3 length */

struct eth_hdr {
	uint8_t dst[ETH_ADDR_LEN], src[ETH_ADDR_LEN];
	uint16_t type; /* host order, as all fields after *_read() */
};

/** eth_hdr_read() - Return: octets of payload, or -EBADMSG (too short) */
int eth_hdr_read(const uint8_t *buf, size_t len, struct eth_hdr *ret);
void eth_hdr_write(uint8_t *buf, const struct eth_hdr *hdr);

/** eth_is_group() - Broadcast or multicast? */
static inline bool eth_is_group(const uint8_t addr[ETH_ADDR_LEN])
{
	return addr[0] & 1;
}

extern const uint8_t eth_broadcast[ETH_ADDR_LEN];

#endif
