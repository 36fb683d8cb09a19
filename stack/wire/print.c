/* SPDX-License-Identifier: MIT */
/*
 * print.c - a frame as one line of text
 *
 * For people: what cannot be parsed is not an error here but a line that says
 * what is wrong, in the words of drop.def. TCP is in packetdrill's notation,
 * options as they stand in the segment, NOPs included. SACK blocks are in the
 * sequence space of the acknowledgment, so they are made relative by the same
 * base.
 */
#include "wire/print.h"
#include "base/bytes.h"
#include "base/text.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include "wire/print_tcp.h"
#include "wire/udp.h"

static void put_ip(struct text *text, const struct tarn_ip *ip)
{
	char ip_text[TARN_ADDR_TEXT_LEN];

	text_str(text, tarn_ip_text(ip, ip_text));
}

static void put_mac(struct text *text, const uint8_t mac[ETH_ADDR_LEN])
{
	for (int i = 0; i < ETH_ADDR_LEN; i++) {
		if (i > 0)
			text_char(text, ':');
		text_hex(text, mac[i], 2);
	}
}

/* "10.9.0.1 > 10.9.0.2 ", with ports unless there are none. */
static void put_ends(struct text *text, const struct ip4_hdr *ip,
                     const uint16_t *src_port, const uint16_t *dst_port)
{
	put_ip(text, &ip->src);
	if (src_port) {
		text_char(text, ':');
		text_u32(text, *src_port);
	}
	text_str(text, " > ");
	put_ip(text, &ip->dst);
	if (dst_port) {
		text_char(text, ':');
		text_u32(text, *dst_port);
	}
	text_char(text, ' ');
}

static void put_parens(struct text *text, size_t len)
{
	text_str(text, " (");
	text_u32(text, (uint32_t)len);
	text_char(text, ')');
}

static void put_malformed(struct text *text, enum drop drop)
{
	text_str(text, "[malformed: ");
	text_str(text, drop_sentence(drop));
	text_char(text, ']');
}

static void put_arp(struct text *text, const uint8_t *buf, size_t len)
{
	struct arp_hdr arp;
	const int error = arp_hdr_read(buf, len, &arp);

	text_str(text, "ARP ");
	if (error) {
		put_malformed(text,
		              len < ARP_LEN ? DROP_ARP_SHORT : DROP_ARP_FORM);
	} else if (arp.operation == ARP_REQUEST) {
		text_str(text, "who-has ");
		put_ip(text, &arp.target_ip);
		text_str(text, " tell ");
		put_ip(text, &arp.sender_ip);
	} else if (arp.operation == ARP_REPLY) {
		text_str(text, "reply ");
		put_ip(text, &arp.sender_ip);
		text_str(text, " is-at ");
		put_mac(text, arp.sender_mac);
	} else {
		text_str(text, "operation ");
		text_u32(text, arp.operation);
	}
}

/* RFC 792's words for codes of "destination unreachable". */
static const char *const unreachable_names[] = {
	[ICMP_UNREACHABLE_NET]          = "net unreachable",
	[ICMP_UNREACHABLE_HOST]         = "host unreachable",
	[ICMP_UNREACHABLE_PROTOCOL]     = "protocol unreachable",
	[ICMP_UNREACHABLE_PORT]         = "port unreachable",
	[ICMP_UNREACHABLE_TOO_BIG]      = "fragmentation needed",
	[ICMP_UNREACHABLE_SOURCE_ROUTE] = "source route failed",
};

static const char *const icmp_names[] = {
	[ICMP_ECHO_REPLY]        = "echo reply",
	[ICMP_UNREACHABLE]       = "unreachable",
	[ICMP_SOURCE_QUENCH]     = "source quench",
	[ICMP_REDIRECT]          = "redirect",
	[ICMP_ECHO_REQUEST]      = "echo request",
	[ICMP_TIME_EXCEEDED]     = "time exceeded",
	[ICMP_PARAMETER_PROBLEM] = "parameter problem",
};

static const char *icmp_name(const struct icmp_hdr *icmp)
{
	if (icmp->type == ICMP_UNREACHABLE &&
	    icmp->code < ARRAY_LEN(unreachable_names))
		return unreachable_names[icmp->code];
	if (icmp->type < ARRAY_LEN(icmp_names))
		return icmp_names[icmp->type];

	return NULL;
}

static void put_icmp(struct text *text, const struct ip4_hdr *ip,
                     const uint8_t *buf, size_t len)
{
	struct icmp_hdr icmp;
	const int data_len = icmp_hdr_read(buf, len, &icmp);
	const char *name;

	put_ends(text, ip, NULL, NULL);
	text_str(text, "icmp ");
	if (data_len < 0) {
		put_malformed(text, DROP_ICMP_SHORT);
		return;
	}

	name = icmp_name(&icmp);
	if (name) {
		text_str(text, name);
	} else {
		text_str(text, "type ");
		text_u32(text, icmp.type);
		text_str(text, " code ");
		text_u32(text, icmp.code);
	}
	if (icmp.type == ICMP_ECHO_REQUEST || icmp.type == ICMP_ECHO_REPLY) {
		text_str(text, " id ");
		text_u32(text, icmp.word >> 16);
		text_str(text, " seq ");
		text_u32(text, icmp.word & 0xffff);
	}
	put_parens(text, (size_t)data_len);
}

static void put_udp(struct text *text, const struct ip4_hdr *ip,
                    const uint8_t *buf, size_t len)
{
	struct udp_hdr udp;
	const int data_len = udp_hdr_read(buf, len, &udp);

	if (data_len < 0) {
		put_ends(text, ip, NULL, NULL);
		text_str(text, "udp ");
		put_malformed(text, len < UDP_HDR_LEN ? DROP_UDP_SHORT
		                                      : DROP_UDP_LENGTH);
		return;
	}

	put_ends(text, ip, &udp.src_port, &udp.dst_port);
	text_str(text, "udp");
	put_parens(text, (size_t)data_len);
}

static void put_tcp(struct text *text, const struct ip4_hdr *ip,
                    const struct tarn_slice *segment,
                    const struct print_base *base)
{
	const uint8_t *buf = segment->data;
	struct tcp_hdr tcp;
	const enum drop drop = tcp_hdr_read(buf, segment->len, &tcp);

	if (drop != DROP_NONE) {
		put_ends(text, ip, NULL, NULL);
		text_str(text, "tcp ");
		put_malformed(text, drop);
		return;
	}

	put_ends(text, ip, &tcp.src_port, &tcp.dst_port);
	print_tcp_segment(text, &tcp, segment->len - tcp.hdr_len, base);
	print_tcp_options(text, buf + TCP_HDR_LEN, buf + tcp.hdr_len, base);
}

/* "10.9.0.1 > 10.9.0.2 proto 17 fragment 1480:2960+ id 7", + for more. */
static void put_fragment(struct text *text, const struct ip4_hdr *ip)
{
	put_ends(text, ip, NULL, NULL);
	text_str(text, "proto ");
	text_u32(text, ip->proto);
	text_str(text, " fragment ");
	text_u32(text, ip->offset);
	text_char(text, ':');
	text_u32(text, (uint32_t)(ip->offset + ip->total_len - ip->hdr_len));
	text_str(text, ip->more_fragments ? "+ id " : " id ");
	text_u32(text, ip->id);
}

static void put_ip4(struct text *text, const uint8_t *buf, size_t len,
                    const struct print_base *base)
{
	struct ip4_hdr ip;
	const enum drop drop = ip4_hdr_read(buf, len, &ip);
	struct tarn_slice inner;

	if (drop != DROP_NONE) {
		text_str(text, "IPv4 ");
		put_malformed(text, drop);
		return;
	}

	inner.data = buf + ip.hdr_len;
	inner.len  = (size_t)ip.total_len - ip.hdr_len;
	if (ip.more_fragments || ip.offset) {
		put_fragment(text, &ip);
	} else if (ip.proto == IP_PROTO_TCP) {
		put_tcp(text, &ip, &inner, base);
	} else if (ip.proto == IP_PROTO_UDP) {
		put_udp(text, &ip, inner.data, inner.len);
	} else if (ip.proto == IP_PROTO_ICMP) {
		put_icmp(text, &ip, inner.data, inner.len);
	} else {
		put_ends(text, &ip, NULL, NULL);
		text_str(text, "proto ");
		text_u32(text, ip.proto);
		put_parens(text, inner.len);
	}
}

static void put_other(struct text *text, const struct eth_hdr *eth, size_t len)
{
	put_mac(text, eth->src);
	text_str(text, " > ");
	put_mac(text, eth->dst);
	text_str(text, " type 0x");
	text_hex(text, eth->type, 4);
	put_parens(text, len);
}

char *print_frame(char *text, size_t size, const uint8_t *frame, size_t len,
                  const struct print_base *base)
{
	struct eth_hdr eth;
	struct text to;
	const int payload_len = eth_hdr_read(frame, len, &eth);

	text_init(&to, text, size);
	if (payload_len < 0) {
		text_str(&to, "Ethernet ");
		put_malformed(&to, DROP_ETH_SHORT);
	} else if (eth.type == ETH_TYPE_ARP) {
		put_arp(&to, frame + ETH_HDR_LEN, (size_t)payload_len);
	} else if (eth.type == ETH_TYPE_IP4) {
		put_ip4(&to, frame + ETH_HDR_LEN, (size_t)payload_len, base);
	} else {
		put_other(&to, &eth, (size_t)payload_len);
	}

	return text;
}
