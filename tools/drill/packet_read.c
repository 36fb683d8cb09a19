/* SPDX-License-Identifier: MIT */
/*
 * packet_read.c - what the stack sent, in the script's terms
 *
 * The stack's packets have no excuse, so everything is checked that a receiver
 * could check: both checksums, all lengths, reserved bits. The first thing
 * that is wrong is the flaw; reading goes on while there is something to read.
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

#define TCP_RESERVED 0x0e /* of the octet with the data offset; AE is 0x01 */

struct reading {
	struct ip4_hdr ip;
	const uint8_t *at; /* behind the IP header */
	size_t len;        /* octets there */
	const struct drill_flow *flow;
	struct drill_packet *to;
	const char *flaw;
};

static void find_flaw(struct reading *r, bool is_wrong, const char *flaw)
{
	if (is_wrong && !r->flaw)
		r->flaw = flaw;
}

/* ---- TCP ---------------------------------------------------------------- */

static void read_flags(struct drill_packet *to, const struct tcp_hdr *hdr,
                       bool ae)
{
	to->fin     = hdr->fin;
	to->syn     = hdr->syn;
	to->rst     = hdr->rst;
	to->psh     = hdr->psh;
	to->ack_bit = hdr->ack_bit;
	to->urg     = hdr->urg;
	to->ece     = hdr->ece;
	to->cwr     = hdr->cwr;
	to->ae      = ae;
}

static void read_numbers(struct reading *r, const struct tcp_hdr *hdr)
{
	struct drill_packet *to = r->to;

	to->seq         = hdr->seq - flow_local_diff(r->flow, hdr->syn);
	to->payload     = r->at + hdr->hdr_len;
	to->payload_len = (uint32_t)(r->len - hdr->hdr_len);
	to->seq_end     = to->seq + to->payload_len;
	to->has_ack     = hdr->ack_bit;
	to->ack =
	        hdr->ack_bit ? hdr->ack - flow_remote_diff(r->flow, false) : 0;
	to->has_win     = true;
	to->win         = hdr->window;
	to->has_urg_ptr = hdr->urg || hdr->urgent;
	to->urg_ptr     = hdr->urgent;
	to->has_ports   = true;
	to->src_port    = hdr->src_port;
	to->dst_port    = hdr->dst_port;
}

static int read_tcp(struct reading *r)
{
	struct tcp_hdr hdr;
	const enum drop drop = tcp_hdr_read(r->at, r->len, &hdr);
	const uint64_t sum =
	        ip4_pseudo_sum(&r->ip.src, &r->ip.dst, IP_PROTO_TCP, r->len);

	find_flaw(r, drop != DROP_NONE, drop_sentence(drop));
	if (drop != DROP_NONE)
		return -EBADMSG;

	r->to->protocol = DRILL_TCP;
	find_flaw(r, checksum_fold(checksum_add(sum, r->at, r->len)) != 0,
	          "TCP checksum is wrong");
	find_flaw(r, (r->at[12] & TCP_RESERVED) != 0, "reserved bit is set");
	find_flaw(r, !hdr.ack_bit && hdr.ack != 0,
	          "acknowledgment number without ACK");
	read_flags(r->to, &hdr, (r->at[12] & 1) != 0);
	read_numbers(r, &hdr);
	(void)packet_options_read(r->at + TCP_HDR_LEN, r->at + hdr.hdr_len,
	                          r->flow, r->to);

	return 0;
}

/* ---- UDP and ICMP ------------------------------------------------------- */

static int read_udp(struct reading *r)
{
	struct udp_hdr hdr;
	const int len = udp_hdr_read(r->at, r->len, &hdr);
	const uint64_t sum =
	        ip4_pseudo_sum(&r->ip.src, &r->ip.dst, IP_PROTO_UDP, r->len);

	find_flaw(r, len < 0 || hdr.length != r->len, "UDP length is wrong");
	if (len < 0)
		return -EBADMSG;

	find_flaw(r,
	          hdr.checksum &&
	                  checksum_fold(checksum_add(sum, r->at, r->len)) != 0,
	          "UDP checksum is wrong");
	r->to->protocol    = DRILL_UDP;
	r->to->payload     = r->at + UDP_HDR_LEN;
	r->to->payload_len = (uint32_t)len;
	r->to->has_ports   = true;
	r->to->src_port    = hdr.src_port;
	r->to->dst_port    = hdr.dst_port;

	return 0;
}

/* The peer's packet that the stack complains about, cut off anywhere. */
static void read_quote(struct reading *r, const uint8_t *at, size_t len)
{
	struct drill_packet *to = r->to;
	struct ip4_hdr ip;
	const int left = ip4_quote_read(at, len, &ip);
	uint32_t body_len;

	if (left < 0)
		return;

	at += ip.hdr_len;
	body_len = (uint32_t)(ip.total_len - ip.hdr_len);
	if (ip.proto == IP_PROTO_UDP && body_len >= UDP_HDR_LEN) {
		to->has_quote      = true;
		to->quote_protocol = DRILL_UDP;
		to->quote_seq_end  = body_len - UDP_HDR_LEN;
	} else if (ip.proto == IP_PROTO_TCP) {
		const uint32_t hdr_len =
		        left > 12 ? at[12] / 16 * 4u : TCP_HDR_LEN;

		to->has_quote = true;
		to->quote_seq =
		        get_be32(at + 4) - flow_remote_diff(r->flow, false);
		to->quote_seq_end =
		        to->quote_seq + body_len - MIN(hdr_len, body_len);
	}
}

static int read_icmp(struct reading *r)
{
	struct drill_packet *to = r->to;
	struct icmp_hdr hdr;
	const int left = icmp_hdr_read(r->at, r->len, &hdr);

	find_flaw(r, left < 0, "packet is shorter than an ICMP header");
	if (left < 0)
		return -EBADMSG;

	find_flaw(r, checksum_fold(checksum_add(0, r->at, r->len)) != 0,
	          "ICMP checksum is wrong");
	to->protocol  = DRILL_ICMP;
	to->icmp_type = hdr.type;
	to->icmp_code = hdr.code;
	to->has_mtu   = hdr.type == ICMP_UNREACHABLE &&
	              hdr.code == ICMP_UNREACHABLE_TOO_BIG;
	to->icmp_mtu = to->has_mtu ? (uint16_t)hdr.word : 0;
	if (icmp_is_error(hdr.type)) {
		read_quote(r, r->at + ICMP_HDR_LEN, (size_t)left);
		return 0;
	}
	to->icmp_id     = (uint16_t)(hdr.word >> 16);
	to->icmp_seq    = (uint16_t)hdr.word;
	to->payload     = r->at + ICMP_HDR_LEN;
	to->payload_len = (uint32_t)left;

	return 0;
}

/* ---- IP ----------------------------------------------------------------- */

static void read_ip(struct reading *r)
{
	static const enum drill_ecn codes[] = { DRILL_NOECN, DRILL_ECT1,
		                                DRILL_ECT0, DRILL_CE };

	r->to->ecn       = codes[r->ip.tos & 3];
	r->to->tos       = r->ip.tos;
	r->to->ttl       = r->ip.ttl;
	r->to->has_ip_id = true;
	r->to->ip_id     = r->ip.id;
	r->to->has_df    = true;
	r->to->df        = r->ip.dont_fragment;
	r->to->src_ip    = ip4_u32(&r->ip.src);
	r->to->dst_ip    = ip4_u32(&r->ip.dst);
	find_flaw(r, r->ip.more_fragments || r->ip.offset,
	          "the packet is a fragment");
	find_flaw(r, r->ip.ttl == 0, "time to live is zero");
}

static int read_body(struct reading *r)
{
	switch (r->ip.proto) {
	case IP_PROTO_TCP:
		return read_tcp(r);
	case IP_PROTO_UDP:
		return read_udp(r);
	case IP_PROTO_ICMP:
		return read_icmp(r);
	default:
		find_flaw(r, true, "neither TCP nor UDP nor ICMP");
		return -EBADMSG;
	}
}

int packet_read(const uint8_t *ip, size_t len, const struct drill_flow *flow,
                struct drill_packet *ret, const char **flaw)
{
	struct drill_packet packet = { .lie_total_len = -1,
		                       .lie_ihl       = -1,
		                       .lie_doff      = -1 };
	struct reading r           = { .flow = flow, .to = &packet };
	const enum drop drop       = ip4_hdr_read(ip, len, &r.ip);

	*flaw = drop_sentence(drop);
	if (drop != DROP_NONE)
		return -EBADMSG;

	find_flaw(&r, r.ip.total_len != len,
	          "the frame is longer than the packet");
	r.at  = ip + r.ip.hdr_len;
	r.len = (size_t)r.ip.total_len - r.ip.hdr_len;
	read_ip(&r);
	if (read_body(&r) < 0) {
		*flaw = r.flaw;
		return -EBADMSG;
	}

	*flaw = r.flaw;
	*ret  = packet;
	return 0;
}
