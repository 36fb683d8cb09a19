/* SPDX-License-Identifier: MIT */
/*
 * ip4_input.c - is the packet sound, and for us? (RFC 1122 section 3.2.1)
 *
 * In this order: the header (wire/ip4.c), TTL, source, destination, fragments,
 * protocol. We are a host, so nothing is forwarded, and what is not for us is
 * dropped in silence. A packet that came to everybody on the link but names one
 * host is dropped too (section 3.3.6): answering it would answer for many.
 */
#include "net/net_state.h"
#include "wire/tcp.h"
#include "wire/udp.h"

/* RFC1122-4, RFC1122-5: and TTL is not looked at, MUST-63 */
/* No packet on the wire can come from ourselves: it is LAND (CVE-1999-0016). */
static enum drop check_addresses(const struct net *net,
                                 const struct ip4_hdr *hdr, bool is_link_group)
{
	const bool is_broadcast = net_is_broadcast(net, &hdr->dst);

	if (!net_is_unicast(net, &hdr->src) || net_is_local(net, &hdr->src))
		return env_verdict(net->env, DROP_IP4_MARTIAN);
	if (!is_broadcast && !net_is_local(net, &hdr->dst))
		return env_verdict(net->env, DROP_IP4_NOT_ME);
	if (is_link_group && !is_broadcast)
		return env_verdict(net->env, DROP_IP4_BROADCAST_MISMATCH);
	if (net->acd.state != ACD_OURS)
		return env_verdict(net->env, DROP_IP4_ADDRESS);

	return DROP_NONE;
}

/* What the link vouches for. A sum that is not complete yet was never on a wire
 * that could have damaged it; but it must be that of the header we look at. */
static bool has_good_sum(const struct tarn_offload *offload,
                         const struct ip4_hdr *hdr)
{
	const size_t sum_offset =
	        hdr->proto == IP_PROTO_TCP ? TCP_SUM_OFFSET : UDP_SUM_OFFSET;

	if (hdr->more_fragments || hdr->offset > 0)
		return false;
	if (offload->flags & TARN_OFFLOAD_SUM_VALID)
		return true;

	return offload->flags & TARN_OFFLOAD_NEEDS_SUM &&
	       offload->sum_start == (size_t)ETH_HDR_LEN + hdr->hdr_len &&
	       offload->sum_offset == sum_offset;
}

static void fill(const struct net *net, const uint8_t *buf,
                 const struct ip4_hdr *hdr, struct net_rx *rx)
{
	rx->src          = hdr->src;
	rx->dst          = hdr->dst;
	rx->proto        = hdr->proto;
	rx->ttl          = hdr->ttl;
	rx->tos          = hdr->tos;
	rx->has_good_sum = has_good_sum(&rx->offload, hdr);
	rx->is_broadcast = rx->is_broadcast || net_is_broadcast(net, &hdr->dst);
	rx->packet       = buf;
	rx->packet_len   = hdr->total_len;
	rx->data         = buf + hdr->hdr_len;
	rx->len          = (size_t)hdr->total_len - hdr->hdr_len;
}

static enum drop dispatch(struct net *net, struct net_rx *rx)
{
	static const struct icmp_hdr no_protocol = {
		.type = ICMP_UNREACHABLE, .code = ICMP_UNREACHABLE_PROTOCOL
	};

	switch (rx->proto) {
	case IP_PROTO_ICMP:
		return icmp_input(net, rx);
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
		rx->kind = NET_RX_DATAGRAM;
		return DROP_NONE;
	default:
		icmp_error(net, rx, &no_protocol, WHY_ICMP_UNREACHABLE);
		return env_verdict(net->env, DROP_IP4_PROTOCOL);
	}
}

enum drop ip4_input(struct net *net, const uint8_t *buf, size_t len,
                    struct net_rx *rx)
{
	struct ip4_hdr hdr;
	enum drop drop = ip4_hdr_read(buf, len, &hdr);

	if (drop != DROP_NONE)
		return env_verdict(net->env, drop);
	if (hdr.ttl == 0)
		return env_verdict(net->env, DROP_IP4_TTL);
	drop = check_addresses(net, &hdr, rx->is_broadcast);
	if (drop != DROP_NONE)
		return drop;

	fill(net, buf, &hdr, rx);
	if (hdr.more_fragments || hdr.offset > 0) {
		drop = reassembly_input(net, &hdr, rx);
		if (drop != DROP_NONE)
			return drop;
	}

	return dispatch(net, rx);
}
