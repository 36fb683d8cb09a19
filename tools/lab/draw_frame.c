/* SPDX-License-Identifier: MIT */
/*
 * draw_frame.c - see draw_frame.h
 *
 * Between two ends whose names stand at the top there is no need for
 * addresses, except where the frame is about one. What is not understood here
 * is left to wire/print.h.
 */
#include "tools/lab/draw_frame.h"
#include "base/bytes.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include "wire/print.h"
#include <stdio.h>

#define IP_LEN  16 /* "255.255.255.255" */
#define UDP_LEN 4  /* where the header's length field is */
#define UDP_HDR 8

static const char *put_ip(char ret[IP_LEN], const struct tarn_ip *ip)
{
	const uint32_t value = ip4_u32(ip);

	snprintf(ret, IP_LEN, "%u.%u.%u.%u", value >> 24, value >> 16 & 255,
	         value >> 8 & 255, value & 255);

	return ret;
}

static bool put_arp(const struct happening *row, char *ret, size_t size)
{
	char sender[IP_LEN], target[IP_LEN];
	struct arp_hdr arp;

	if (arp_hdr_read(row->head + ETH_HDR_LEN, row->head_len - ETH_HDR_LEN,
	                 &arp) < 0)
		return false;
	put_ip(sender, &arp.sender_ip);
	put_ip(target, &arp.target_ip);
	if (arp.operation == ARP_REQUEST)
		snprintf(ret, size, "ARP who has %s? tell %s", target, sender);
	else
		snprintf(ret, size, "ARP %s is at %02x:%02x:..:%02x", sender,
		         arp.sender_mac[0], arp.sender_mac[1],
		         arp.sender_mac[5]);

	return true;
}

static const char *protocol(const struct ip4_hdr *ip4)
{
	switch (ip4->proto) {
	case IP_PROTO_UDP:
		return "UDP";
	case IP_PROTO_ICMP:
		return "ICMP";
	case IP_PROTO_TCP:
		return "TCP";
	default:
		return "IP";
	}
}

/* The header's offset counts in eights; octets are what people count in. */
static void put_fragment(const struct ip4_hdr *ip4, char *ret, size_t size)
{
	const unsigned start = ip4->offset;
	const unsigned end   = start + ip4->total_len - ip4->hdr_len;

	snprintf(ret, size, "%s fragment %u..%u (offset %u%s)", protocol(ip4),
	         start, end - 1, start / 8,
	         ip4->more_fragments ? ", MF" : ", last");
}

static void put_udp(const struct glance *glance, const uint8_t *udp, char *ret,
                    size_t size)
{
	snprintf(ret, size, "UDP %u > %u, %d octets", glance->src.port,
	         glance->dst.port, get_be16(udp + UDP_LEN) - UDP_HDR);
}

static void put_icmp(const struct icmp_hdr *icmp, char *ret, size_t size)
{
	static const char *const unreachable[] = {
		[ICMP_UNREACHABLE_NET]      = "net",
		[ICMP_UNREACHABLE_HOST]     = "host",
		[ICMP_UNREACHABLE_PROTOCOL] = "protocol",
		[ICMP_UNREACHABLE_PORT]     = "port",
	};

	if (icmp->type == ICMP_ECHO_REQUEST || icmp->type == ICMP_ECHO_REPLY)
		snprintf(ret, size, "ICMP echo %s",
		         icmp->type == ICMP_ECHO_REPLY ? "reply" : "request");
	else if (icmp->type == ICMP_TIME_EXCEEDED)
		snprintf(ret, size, "ICMP time exceeded%s",
		         icmp->code == ICMP_TIME_EXCEEDED_REASSEMBLY
		                 ? ": reassembly"
		                 : "");
	else if (icmp->type == ICMP_UNREACHABLE &&
	         icmp->code == ICMP_UNREACHABLE_TOO_BIG)
		snprintf(ret, size, "ICMP too big, next MTU %u",
		         icmp->word & 0xffff);
	else if (icmp->type == ICMP_UNREACHABLE &&
	         icmp->code < ARRAY_LEN(unreachable))
		snprintf(ret, size, "ICMP %s unreachable",
		         unreachable[icmp->code]);
	else
		snprintf(ret, size, "ICMP type %u code %u", icmp->type,
		         icmp->code);
}

static bool put_ip4(const struct happening *row, char *ret, size_t size)
{
	const uint8_t *packet = row->head + ETH_HDR_LEN;
	const size_t len      = row->head_len - ETH_HDR_LEN;
	struct icmp_hdr icmp;
	struct ip4_hdr ip4;

	if (ip4_quote_read(packet, len, &ip4) < 0)
		return false;
	if (ip4.offset > 0 || ip4.more_fragments)
		put_fragment(&ip4, ret, size);
	else if (row->glance.kind == GLANCE_UDP)
		put_udp(&row->glance, packet + ip4.hdr_len, ret, size);
	else if (row->glance.kind == GLANCE_ICMP &&
	         icmp_hdr_read(packet + ip4.hdr_len, len - ip4.hdr_len,
	                       &icmp) >= 0)
		put_icmp(&icmp, ret, size);
	else
		return false;

	return true;
}

void draw_frame_text(const struct happening *row, char *ret, size_t size)
{
	static const struct print_base absolute;
	char line[PRINT_LINE_LEN];

	if (row->head_len > ETH_HDR_LEN &&
	    (row->glance.kind == GLANCE_ARP ? put_arp(row, ret, size)
	                                    : put_ip4(row, ret, size)))
		return;
	print_frame(line, sizeof(line), row->head, row->head_len, &absolute);
	snprintf(ret, size, "%.48s", line);
}
