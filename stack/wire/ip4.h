/* SPDX-License-Identifier: MIT */
/* ip4.h - the IPv4 header and its options (RFC 791) */
#ifndef WIRE_IP4_H
#define WIRE_IP4_H

#include "base/drop.h"
#include "tarn.h"

#define IP4_HDR_LEN        20
#define IP4_HDR_LEN_MAX    60
#define IP4_PACKET_LEN_MAX 65535

#define IP_PROTO_ICMP 1
#define IP_PROTO_TCP  6
#define IP_PROTO_UDP  17

struct ip4_hdr {
	uint8_t hdr_len;    /* octets, 20..60 */
	uint8_t tos;        /* DS field and ECN */
	uint16_t total_len; /* octets, header included */
	uint16_t id;
	bool dont_fragment, more_fragments;
	uint16_t offset; /* of the fragment, octets (a multiple of 8) */
	uint8_t ttl, proto;
	uint16_t checksum; /* as read; ip4_hdr_write() computes its own */
	struct tarn_ip src, dst;
};

/**
 * ip4_hdr_read() - Parse and check one packet's header, options included
 * @buf, @len:	what follows the Ethernet header; may be longer than the packet
 * @ret:	untouched unless DROP_NONE
 *
 * Checks in this order: length, version, IHL, checksum, total length, flags,
 * options (well-formed; no source route). Addresses and TTL are the caller's.
 *
 * Return: DROP_NONE or the first reason not to go on
 * RFC:    1122 3.2.1
 */
enum drop ip4_hdr_read(const uint8_t *buf, size_t len, struct ip4_hdr *ret);

#define IP4_QUOTE_LEN_MIN 8 /* octets that an ICMP error quotes at least */

/**
 * ip4_quote_read() - The header of a packet that an ICMP error quotes
 * @buf, @len:	the quote: a header and the first octets behind it
 *
 * The packet is cut off, and routers on its way may have changed the header
 * without mending the checksum: total length is checked against the quote's
 * minimum only, checksum, flags and options are not.
 *
 * Return: octets behind the header, at least 8; -EBADMSG
 * RFC:    792, 1122 3.2.2
 */
int ip4_quote_read(const uint8_t *buf, size_t len, struct ip4_hdr *ret);

/** ip4_hdr_write() - Write 20 octets without options, checksum included */
void ip4_hdr_write(uint8_t *buf, const struct ip4_hdr *hdr);

/** ip4_pseudo_sum() - The pseudo-header's part of a TCP or UDP checksum, unfolded */
uint64_t ip4_pseudo_sum(const struct tarn_ip *src, const struct tarn_ip *dst,
                        uint8_t proto, size_t len);

/** ip4_u32() - An IPv4 address as a number, 10.0.0.1 = 0x0a000001, and back */
uint32_t ip4_u32(const struct tarn_ip *ip);
struct tarn_ip ip4_from_u32(uint32_t value);

/** ip_equal() - The same address of the same family? */
bool ip_equal(const struct tarn_ip *a, const struct tarn_ip *b);

#endif
