/* SPDX-License-Identifier: MIT */
/*
 * packet_build.c - what the script's peer sends, octet by octet
 *
 *	| IPv4 header, 20 | TCP header, 20 | options | payload |
 *	                  | UDP header, 8  | payload           |
 *	                  | ICMP header, 8 | echo's payload, or the quoted
 *	                                     IPv4 header and 8 octets behind it |
 *
 * The header of TCP is written here and not by wire/tcp.c, which can only
 * write what is right: options in a script's order, and lies.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tools/drill/option.h"
#include "tools/drill/packet.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include "wire/tcp.h"
#include "wire/udp.h"
#include <errno.h>

#define TTL_DEFAULT       255
#define QUOTE_LEN         (IP4_HDR_LEN + IP4_QUOTE_LEN_MIN)
#define WINDOW_DEFAULT    65535
#define IP4_TOTAL_LEN     2
#define IP4_HDR_CHECKSUM  10
#define TCP_HDR_CHECKSUM  16
#define UDP_HDR_CHECKSUM  6
#define ICMP_HDR_CHECKSUM 2

uint8_t drill_octet(uint32_t seq)
{
	return (uint8_t)(seq + seq / 251);
}

/* Source and destination of a packet, as the script or the flow says. */
struct ends {
	struct tarn_ip src, dst;
	uint16_t src_port, dst_port;
};

static struct ends ends_of(const struct drill_packet *packet,
                           const struct drill_flow *flow)
{
	const uint32_t src = packet->src_ip ? packet->src_ip : flow->remote_ip;
	const uint32_t dst = packet->dst_ip ? packet->dst_ip : flow->local_ip;
	struct ends ends   = { .src      = ip4_from_u32(src),
		               .dst      = ip4_from_u32(dst),
		               .src_port = flow->remote_port,
		               .dst_port = flow->local_port };

	if (packet->has_ports) {
		ends.src_port = packet->src_port;
		ends.dst_port = packet->dst_port;
	}
	return ends;
}

static void put_payload(uint8_t *to, const struct drill_packet *packet,
                        uint32_t first)
{
	if (packet->payload && packet->payload_len)
		memcpy(to, packet->payload, packet->payload_len);

	for (uint32_t i = 0; !packet->payload && i < packet->payload_len; i++)
		to[i] = drill_octet(first + i);
}

/* ---- TCP ---------------------------------------------------------------- */

static uint8_t flag_octet(const struct drill_packet *packet)
{
	return (uint8_t)(packet->cwr << 7 | packet->ece << 6 |
	                 packet->urg << 5 | packet->ack_bit << 4 |
	                 packet->psh << 3 | packet->rst << 2 |
	                 packet->syn << 1 | packet->fin);
}

static uint32_t live_ack(const struct drill_packet *packet,
                         const struct drill_flow *flow)
{
	return packet->has_ack ? packet->ack + flow_local_diff(flow, false) : 0;
}

static void put_tcp(uint8_t *p, const struct drill_packet *packet,
                    const struct drill_flow *flow, const struct ends *ends)
{
	const size_t hdr_len = TCP_HDR_LEN + options_len(packet);
	const int offset =
	        packet->lie_doff >= 0 ? packet->lie_doff : (int)(hdr_len / 4);
	const uint32_t diff =
	        packet->seq_is_live ? 0 : flow_remote_diff(flow, packet->syn);
	uint64_t sum;

	put_be16(p, ends->src_port);
	put_be16(p + 2, ends->dst_port);
	put_be32(p + 4, packet->seq + diff);
	put_be32(p + 8, live_ack(packet, flow));
	p[12] = (uint8_t)((unsigned)offset << 4 | packet->ae);
	p[13] = flag_octet(packet);
	put_be16(p + 14, packet->has_win ? packet->win : WINDOW_DEFAULT);
	put_be16(p + 18, packet->urg_ptr);
	options_put(p + TCP_HDR_LEN, packet, flow);
	put_payload(p + hdr_len, packet, packet->syn ? 1 : packet->seq);

	sum = ip4_pseudo_sum(&ends->src, &ends->dst, IP_PROTO_TCP,
	                     hdr_len + packet->payload_len);
	sum = checksum_add(sum, p, hdr_len + packet->payload_len);
	put_be16(p + TCP_HDR_CHECKSUM,
	         checksum_fold(sum) ^ packet->bad_checksum);
}

/* ---- UDP and ICMP ------------------------------------------------------- */

static void put_udp(uint8_t *p, const struct drill_packet *packet,
                    const struct ends *ends)
{
	const size_t len         = UDP_HDR_LEN + packet->payload_len;
	const struct udp_hdr hdr = { .src_port = ends->src_port,
		                     .dst_port = ends->dst_port,
		                     .length   = (uint16_t)len };
	uint64_t sum;
	uint16_t checksum;

	udp_hdr_write(p, &hdr);
	put_payload(p + UDP_HDR_LEN, packet, 0);
	sum      = ip4_pseudo_sum(&ends->src, &ends->dst, IP_PROTO_UDP, len);
	checksum = checksum_fold(checksum_add(sum, p, len));
	if (checksum == 0)
		checksum = 0xffff; /* 0 would say that there is none */
	put_be16(p + UDP_HDR_CHECKSUM, checksum ^ packet->bad_checksum);
}

/* What the stack sent, as a router on the way saw it. */
static void put_quote(uint8_t *p, const struct drill_packet *packet,
                      const struct drill_flow *flow, const struct ends *ends)
{
	const bool is_tcp        = packet->quote_protocol == DRILL_TCP;
	const uint32_t len       = packet->quote_seq_end - packet->quote_seq;
	const size_t hdr_len     = is_tcp ? TCP_HDR_LEN : UDP_HDR_LEN;
	const struct ip4_hdr hdr = {
		.hdr_len   = IP4_HDR_LEN,
		.total_len = (uint16_t)(IP4_HDR_LEN + hdr_len + len),
		.ttl       = TTL_DEFAULT,
		.proto     = is_tcp ? IP_PROTO_TCP : IP_PROTO_UDP,
		.src       = ends->dst,
		.dst       = ends->src,
	};

	ip4_hdr_write(p, &hdr);
	p += IP4_HDR_LEN;
	put_be16(p, ends->dst_port);
	put_be16(p + 2, ends->src_port);
	if (is_tcp)
		put_be32(p + 4,
		         packet->quote_seq + flow_local_diff(flow, false));
	else
		put_be16(p + 4, (uint16_t)(UDP_HDR_LEN + len));
}

/* A router's error comes from another address: the quote is about the flow. */
static struct ends flow_ends(const struct drill_flow *flow)
{
	const struct drill_packet none = { .src_ip = 0 };

	return ends_of(&none, flow);
}

static void put_icmp(uint8_t *p, const struct drill_packet *packet,
                     const struct drill_flow *flow, size_t len)
{
	const struct ends quoted  = flow_ends(flow);
	const struct icmp_hdr hdr = {
		.type = packet->icmp_type,
		.code = packet->icmp_code,
		.word = packet->has_mtu ? packet->icmp_mtu
		                        : (uint32_t)packet->icmp_id << 16 |
		                                  packet->icmp_seq,
	};

	icmp_hdr_write(p, &hdr);
	if (packet->has_quote)
		put_quote(p + ICMP_HDR_LEN, packet, flow, &quoted);
	else
		put_payload(p + ICMP_HDR_LEN, packet, 0);
	put_be16(p + ICMP_HDR_CHECKSUM,
	         checksum_fold(checksum_add(0, p, len)) ^ packet->bad_checksum);
}

/* ---- IP ----------------------------------------------------------------- */

static uint8_t tos_of(const struct drill_packet *packet)
{
	static const uint8_t bits[] = { [DRILL_ECT0]  = 2,
		                        [DRILL_ECT1]  = 1,
		                        [DRILL_ECT01] = 2,
		                        [DRILL_CE]    = 3 };
	const unsigned tos = packet->tos >= 0 ? (unsigned)packet->tos : 0;

	if (packet->ecn == DRILL_ECN_ANY)
		return (uint8_t)tos;

	return (uint8_t)((tos & ~3u) | bits[packet->ecn]);
}

static void put_ip(uint8_t *p, const struct drill_packet *packet,
                   const struct ends *ends, size_t total_len)
{
	static const uint8_t protocols[] = { [DRILL_TCP]  = IP_PROTO_TCP,
		                             [DRILL_UDP]  = IP_PROTO_UDP,
		                             [DRILL_ICMP] = IP_PROTO_ICMP };
	const struct ip4_hdr hdr         = {
		        .hdr_len       = IP4_HDR_LEN,
		        .tos           = tos_of(packet),
		        .total_len     = (uint16_t)total_len,
		        .id            = packet->ip_id,
		        .dont_fragment = packet->df,
		        .ttl   = packet->ttl >= 0 ? (uint8_t)packet->ttl : TTL_DEFAULT,
		        .proto = protocols[packet->protocol],
		        .src   = ends->src,
		        .dst   = ends->dst,
	};
	uint16_t checksum;

	ip4_hdr_write(p, &hdr);
	if (packet->lie_total_len >= 0)
		put_be16(p + IP4_TOTAL_LEN, (uint16_t)packet->lie_total_len);
	if (packet->lie_ihl >= 0)
		*p = (uint8_t)(0x40 | packet->lie_ihl);

	put_be16(p + IP4_HDR_CHECKSUM, 0);
	checksum = checksum_fold(checksum_add(0, p, IP4_HDR_LEN));
	put_be16(p + IP4_HDR_CHECKSUM, checksum ^ packet->bad_ip_checksum);
}

/* Octets behind the IP header. */
static size_t body_len(const struct drill_packet *packet)
{
	if (packet->protocol == DRILL_UDP)
		return UDP_HDR_LEN + (size_t)packet->payload_len;
	if (packet->protocol == DRILL_ICMP)
		return ICMP_HDR_LEN + (packet->has_quote
		                               ? QUOTE_LEN
		                               : (size_t)packet->payload_len);

	return TCP_HDR_LEN + options_len(packet) + packet->payload_len;
}

int packet_build(const struct drill_packet *packet,
                 const struct drill_flow *flow, uint8_t *buf, size_t size)
{
	const struct ends ends = ends_of(packet, flow);
	const size_t len       = body_len(packet);

	if (len > DRILL_PACKET_LEN_MAX - IP4_HDR_LEN ||
	    IP4_HDR_LEN + len > size)
		return -EMSGSIZE;

	memset(buf, 0, IP4_HDR_LEN + len);
	if (packet->protocol == DRILL_TCP)
		put_tcp(buf + IP4_HDR_LEN, packet, flow, &ends);
	else if (packet->protocol == DRILL_UDP)
		put_udp(buf + IP4_HDR_LEN, packet, &ends);
	else
		put_icmp(buf + IP4_HDR_LEN, packet, flow, len);
	put_ip(buf, packet, &ends, IP4_HDR_LEN + len);

	return (int)(IP4_HDR_LEN + len);
}
