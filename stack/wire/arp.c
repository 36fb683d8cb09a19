/* SPDX-License-Identifier: MIT */
/*
 * arp.c - ARP for IPv4 over Ethernet, RFC 826
 *
 *	 0      2      4    5    6
 *	|hrd 1 |pro   |hln |pln |op    |	hrd: Ethernet, pro: 0x0800
 *	 8                14         18                24         28
 *	|sender MAC      |sender IP |target MAC       |target IP |
 */
#include "wire/arp.h"
#include "base/bytes.h"
#include <errno.h>

enum {
	ARP_HRD        = 0,
	ARP_PRO        = 2,
	ARP_HLN        = 4,
	ARP_PLN        = 5,
	ARP_OP         = 6,
	ARP_SENDER_MAC = 8,
	ARP_SENDER_IP  = 14,
	ARP_TARGET_MAC = 18,
	ARP_TARGET_IP  = 24,
};

#define ARP_HRD_ETHERNET 1
#define IP4_ADDR_LEN     4

static struct tarn_ip get_ip4(const uint8_t *p)
{
	return tarn_ip4(p[0], p[1], p[2], p[3]);
}

int arp_hdr_read(const uint8_t *buf, size_t len, struct arp_hdr *ret)
{
	if (len < ARP_LEN)
		return -EBADMSG;
	if (get_be16(buf + ARP_HRD) != ARP_HRD_ETHERNET ||
	    get_be16(buf + ARP_PRO) != ETH_TYPE_IP4 ||
	    buf[ARP_HLN] != ETH_ADDR_LEN || buf[ARP_PLN] != IP4_ADDR_LEN)
		return -EPROTONOSUPPORT;

	ret->operation = get_be16(buf + ARP_OP);
	memcpy(ret->sender_mac, buf + ARP_SENDER_MAC, ETH_ADDR_LEN);
	memcpy(ret->target_mac, buf + ARP_TARGET_MAC, ETH_ADDR_LEN);
	ret->sender_ip = get_ip4(buf + ARP_SENDER_IP);
	ret->target_ip = get_ip4(buf + ARP_TARGET_IP);

	return 0;
}

void arp_hdr_write(uint8_t *buf, const struct arp_hdr *hdr)
{
	put_be16(buf + ARP_HRD, ARP_HRD_ETHERNET);
	put_be16(buf + ARP_PRO, ETH_TYPE_IP4);
	buf[ARP_HLN] = ETH_ADDR_LEN;
	buf[ARP_PLN] = IP4_ADDR_LEN;
	put_be16(buf + ARP_OP, hdr->operation);
	memcpy(buf + ARP_SENDER_MAC, hdr->sender_mac, ETH_ADDR_LEN);
	memcpy(buf + ARP_SENDER_IP, hdr->sender_ip.octet, IP4_ADDR_LEN);
	memcpy(buf + ARP_TARGET_MAC, hdr->target_mac, ETH_ADDR_LEN);
	memcpy(buf + ARP_TARGET_IP, hdr->target_ip.octet, IP4_ADDR_LEN);
}
