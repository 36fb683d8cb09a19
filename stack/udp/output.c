/* SPDX-License-Identifier: MIT */
/*
 * output.c - datagrams out (RFC 768, RFC 1122 section 4.1)
 *
 * DF is not set: a datagram that the link does not carry whole is fragmented,
 * for its user cannot cut it. A sum of 0 is sent as 0xffff, its twin in one's
 * complement, because 0 says "not computed".
 */
#include "base/checksum.h"
#include "base/limits.h"
#include "udp/udp_state.h"
#include <errno.h>

/* What became of the packet, as the user of a socket knows it. */
static int output_error(enum drop drop)
{
	switch (drop) {
	case DROP_NONE:
		return 0;
	case DROP_IP4_NO_ROUTE:
	case DROP_IP6_UNSUPPORTED:
		return -ENETUNREACH;
	case DROP_IP4_ADDRESS:
		return -EADDRNOTAVAIL;
	case DROP_IP4_TOO_BIG:
		return -EMSGSIZE;
	case DROP_ARP_FAILED:
		return -EHOSTUNREACH;
	default:
		return -ENOBUFS;
	}
}

static void push_header(const struct udp *udp, struct pkt *pkt,
                        const struct udp_pcb *pcb, const struct tarn_addr *to,
                        const struct ip_tx *tx)
{
	const size_t length = pkt_len(pkt) + UDP_HDR_LEN;
	struct udp_hdr hdr  = {
		 .src_port = pcb->local.port,
		 .dst_port = to->port,
		 .length   = (uint16_t)length,
	};
	uint8_t *at = pkt_push(pkt, UDP_HDR_LEN);

	udp_hdr_write(at, &hdr);
	hdr.checksum = checksum_fold(pkt_checksum(
	        pkt, udp->env->sums,
	        ip4_pseudo_sum(&tx->src, &tx->dst, tx->proto, length)));
	if (hdr.checksum == 0)
		hdr.checksum = 0xffff;
	udp_hdr_write(at, &hdr);
}

/* Everything that can be wrong before a packet exists. */
static int prepare(struct udp *udp, struct udp_pcb *pcb,
                   const struct tarn_addr *to, struct ip_tx *tx)
{
	uint16_t mtu;
	int rc;

	if (to->port == 0)
		return -EINVAL;
	if (net_is_broadcast(udp->net, &to->ip) && !pcb->broadcast)
		return -EACCES;
	rc = net_source(udp->net, &to->ip, &tx->src, &mtu);
	if (rc == 0 && pcb->local.port == 0)
		rc = udp_bind_ephemeral(udp, pcb);
	if (rc == -EADDRINUSE)
		rc = -EADDRNOTAVAIL;
	if (rc < 0)
		return rc;

	tx->dst               = ip4_from_u32(ip4_u32(&to->ip));
	tx->proto             = IP_PROTO_UDP;
	tx->ttl               = pcb->ttl;
	tx->tos               = pcb->tos;
	tx->broadcast_allowed = pcb->broadcast;

	return 0;
}

ssize_t udp_send(struct udp *udp, struct udp_pcb *pcb, const void *data,
                 size_t len, const struct tarn_addr *peer)
{
	const struct tarn_addr *to = peer ? peer : &pcb->peer;
	const int error            = udp_take_error(pcb);
	struct ip_tx tx            = { .ttl = 0 };
	struct pkt pkt;
	int rc;

	if (error)
		return -error;
	if (len > UDP_PAYLOAD_MAX)
		return -EMSGSIZE;
	if (!peer && pcb->peer.port == 0)
		return -EDESTADDRREQ;
	rc = prepare(udp, pcb, to, &tx);
	if (rc < 0)
		return rc;

	pkt_init(&pkt);
	pkt_because(&pkt, WHY_UDP_DATAGRAM);
	pkt_payload(&pkt, data, len);
	push_header(udp, &pkt, pcb, to, &tx);
	rc = output_error(ip_output(udp->net, &pkt, &tx));

	return rc < 0 ? rc : (ssize_t)len;
}
