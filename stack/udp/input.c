/* SPDX-License-Identifier: MIT */
/*
 * input.c - datagrams in, and errors about ours (RFC 768, RFC 1122 4.1)
 *
 * A broadcast goes to everybody who listens on its port, anything else to one
 * pcb. Where nobody listens the sender is told, except when it sent to many, or
 * from port 0, which means that it wants no answer.
 *
 * ICMP errors reach connected pcbs only: an unconnected one talks to many and
 * could not tell whom an error is about (as on Linux and the BSDs).
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "udp/udp_state.h"
#include <errno.h>

/* ---- datagrams ---- */

/* RFC1122-2
 * A sender that leaves the sum to its network card writes the pseudo-header's
 * part, not complemented; a veth or a TAP may hand that to us unfinished. */
static enum drop check_sum(struct udp *udp, const struct net_rx *rx,
                           const struct udp_hdr *hdr)
{
	const uint64_t pseudo =
	        ip4_pseudo_sum(&rx->src, &rx->dst, rx->proto, hdr->length);
	const uint16_t partial = (uint16_t)~checksum_fold(pseudo);

	if (hdr->checksum == 0)
		return DROP_NONE; /* the sender did not compute one */
	if (rx->has_good_sum)
		return DROP_NONE;
	if (checksum_fold(udp->env->sums->add(pseudo, rx->data, hdr->length)) ==
	            0 ||
	    !rule_holds(udp->env, RULE_CHECKSUM))
		return DROP_NONE;
	if (hdr->checksum == partial)
		return env_verdict(udp->env, DROP_UDP_CHECKSUM_PARTIAL);

	return env_verdict(udp->env, DROP_UDP_CHECKSUM);
}

static enum drop check_datagram(struct udp *udp, const struct net_rx *rx,
                                struct udp_hdr *ret)
{
	switch (udp_hdr_read(rx->data, rx->len, ret)) {
	case -EBADMSG:
		return env_verdict(udp->env, DROP_UDP_SHORT);
	case -EMSGSIZE:
		return env_verdict(udp->env, DROP_UDP_LENGTH);
	default:
		return check_sum(udp, rx, ret);
	}
}

static enum drop deliver(struct udp *udp, struct udp_pcb *pcb,
                         const struct net_rx *rx, const struct udp_hdr *hdr)
{
	const struct tarn_addr from = { rx->src, hdr->src_port };

	return udp_queue_add(udp, pcb, &from, rx->data + UDP_HDR_LEN,
	                     (size_t)hdr->length - UDP_HDR_LEN);
}

/* Everybody gets a copy; it is lost only if it is lost to all. */
static enum drop deliver_to_all(struct udp *udp, const struct net_rx *rx,
                                const struct udp_hdr *hdr)
{
	const struct tarn_addr local = { rx->dst, hdr->dst_port };
	const struct tarn_addr peer  = { rx->src, hdr->src_port };
	enum drop drop               = DROP_UDP_PORT;

	LIST_FOR_EACH(at, udp_bucket(udp, local.port)) {
		struct udp_pcb *pcb = CONTAINER_OF(at, struct udp_pcb, node);
		enum drop one;

		if (!udp_is_meant(pcb, &local, &peer))
			continue;
		one = deliver(udp, pcb, rx, hdr);
		if (drop != DROP_NONE)
			drop = one;
	}

	return env_verdict(udp->env, drop);
}

enum drop udp_input(struct udp *udp, const struct net_rx *rx)
{
	struct tarn_addr local, peer;
	struct udp_pcb *pcb;
	struct udp_hdr hdr;
	const enum drop drop = check_datagram(udp, rx, &hdr);

	if (drop != DROP_NONE)
		return drop;
	if (rx->is_broadcast)
		return deliver_to_all(udp, rx, &hdr);

	local = (struct tarn_addr){ rx->dst, hdr.dst_port };
	peer  = (struct tarn_addr){ rx->src, hdr.src_port };
	pcb   = udp_find(udp, &local, &peer);
	if (pcb)
		return deliver(udp, pcb, rx, &hdr);
	if (hdr.src_port != 0 && hdr.dst_port != 0 &&
	    rule_holds(udp->env, RULE_PORT_UNREACHABLE))
		net_unreachable(udp->net, rx, ICMP_UNREACHABLE_PORT);

	return env_verdict(udp->env, DROP_UDP_PORT);
}

/* ---- errors ---- */

/* RFC 792's and RFC 1122's codes, as Linux translates them. */
static int error_of(const struct icmp_hdr *icmp)
{
	static const int unreachable[] = {
		[ICMP_UNREACHABLE_NET]          = ENETUNREACH,
		[ICMP_UNREACHABLE_HOST]         = EHOSTUNREACH,
		[ICMP_UNREACHABLE_PROTOCOL]     = ENOPROTOOPT,
		[ICMP_UNREACHABLE_PORT]         = ECONNREFUSED,
		[ICMP_UNREACHABLE_TOO_BIG]      = EMSGSIZE,
		[ICMP_UNREACHABLE_SOURCE_ROUTE] = EOPNOTSUPP,
	};

	if (icmp->type == ICMP_TIME_EXCEEDED)
		return EHOSTUNREACH;
	if (icmp->type == ICMP_PARAMETER_PROBLEM)
		return EPROTO;

	return icmp->code < ARRAY_LEN(unreachable) ? unreachable[icmp->code]
	                                           : EHOSTUNREACH;
}

/* RFC1122-1 */
enum drop udp_icmp_error(struct udp *udp, const struct net_rx *rx)
{
	struct tarn_addr local, peer;
	struct udp_pcb *pcb;

	/* The quote is cut off, so the length in it says nothing. */
	if (rx->len < UDP_HDR_LEN)
		return env_verdict(udp->env, DROP_ICMP_QUOTE);

	local = (struct tarn_addr){ rx->src, get_be16(rx->data) };
	peer  = (struct tarn_addr){ rx->dst, get_be16(rx->data + 2) };
	pcb   = udp_find(udp, &local, &peer);
	if (!pcb || pcb->peer.port == 0)
		return env_verdict(udp->env, DROP_ICMP_NO_USER);

	udp_set_error(udp, pcb, error_of(&rx->icmp));
	return DROP_NONE;
}

static void tell_unreached(struct udp *udp, struct list *head,
                           const struct tarn_ip *peer)
{
	LIST_FOR_EACH(at, head) {
		struct udp_pcb *pcb = CONTAINER_OF(at, struct udp_pcb, node);

		if (ip_equal(&pcb->peer.ip, peer))
			udp_set_error(udp, pcb, EHOSTUNREACH);
	}
}

void udp_unreached(struct udp *udp, const struct tarn_ip *peer)
{
	for (size_t i = 0; i < ARRAY_LEN(udp->bound); i++)
		tell_unreached(udp, &udp->bound[i], peer);
}
