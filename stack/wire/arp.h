/* SPDX-License-Identifier: MIT */
/* arp.h - ARP for IPv4 over Ethernet (RFC 826) */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include "tarn.h"
#include "wire/eth.h"

#define ARP_LEN     28
#define ARP_REQUEST 1
#define ARP_REPLY   2

struct arp_hdr {
	uint16_t operation; /* any value; the reader only checks the form */
	uint8_t sender_mac[ETH_ADDR_LEN], target_mac[ETH_ADDR_LEN];
	struct tarn_ip sender_ip, target_ip;
};

/** arp_hdr_read() - Return: 0; -EBADMSG too short; -EPROTONOSUPPORT wrong types or lengths */
int arp_hdr_read(const uint8_t *buf, size_t len, struct arp_hdr *ret);
void arp_hdr_write(uint8_t *buf, const struct arp_hdr *hdr);

#endif
