/* SPDX-License-Identifier: MIT */
/*
 * icmp.c - what an ICMP error means to a connection (RFC 9293 3.9.2.2)
 *
 * Anybody can send one, so it counts only if it quotes a number in flight
 * (RFC 5927 section 4.1). Soft errors are noted and told if the connection
 * gives up later; hard ones end a connection only while it is being opened
 * (RFC 5461), for afterwards the peer has proved that it can be reached.
 */
#include "tcp/parts.h"
#include <errno.h>

#define QUOTE_LEN_MIN 8 /* ports and sequence number */

static int error_of(const struct icmp_hdr *icmp)
{
	if (icmp->type != ICMP_UNREACHABLE)
		return EHOSTUNREACH;

	switch (icmp->code) {
	case ICMP_UNREACHABLE_NET:
		return ENETUNREACH;
	case ICMP_UNREACHABLE_PROTOCOL:
		return ENOPROTOOPT;
	case ICMP_UNREACHABLE_PORT:
		return ECONNREFUSED;
	case ICMP_UNREACHABLE_TOO_BIG:
		return EMSGSIZE;
	default:
		return EHOSTUNREACH;
	}
}

static bool is_hard(const struct icmp_hdr *icmp)
{
	return icmp->type == ICMP_UNREACHABLE &&
	       (icmp->code == ICMP_UNREACHABLE_PROTOCOL ||
	        icmp->code == ICMP_UNREACHABLE_PORT);
}

static enum drop tcb_error(struct tcb *tcb, const struct net_rx *rx)
{
	const uint32_t seq = get_be32(rx->data + 4);

	if (!seq_in(seq, tcb->snd.una, snd_flight(tcb)))
		return DROP_TCP_ICMP_SEQUENCE;
	if (rx->icmp.type == ICMP_UNREACHABLE &&
	    rx->icmp.code == ICMP_UNREACHABLE_TOO_BIG)
		return path_mtu_claim(tcb, seq, rx->quoted_len,
		                      (uint16_t)rx->icmp.word);
	if (is_hard(&rx->icmp) &&
	    tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED))) {
		tcb_end(tcb, error_of(&rx->icmp), WHY_ICMP_HARD);
		return DROP_NONE;
	}

	tcb->soft_error = error_of(&rx->icmp);

	return DROP_TCP_ICMP_SOFT;
}

enum drop tcp_icmp_error(struct tcp *tcp, const struct net_rx *rx)
{
	struct tarn_addr local = { .ip = rx->src };
	struct tarn_addr peer  = { .ip = rx->dst };
	struct conn_key key;
	struct conn *conn;

	if (rx->len < QUOTE_LEN_MIN)
		return DROP_ICMP_QUOTE;

	local.port = get_be16(rx->data);
	peer.port  = get_be16(rx->data + 2);
	key        = conn_key(&local, &peer);
	conn       = conn_find(tcp, &key);
	if (!conn)
		return DROP_ICMP_NO_USER;
	if (conn->kind != CONN_TCB)
		return DROP_TCP_ICMP_SOFT; /* its own timer decides */

	return tcb_error(CONTAINER_OF(conn, struct tcb, conn), rx);
}

void tcp_unreached(struct tcp *tcp, const struct tarn_ip *peer)
{
	LIST_FOR_EACH_SAFE(node, &tcp->tcbs) {
		struct tcb *tcb = CONTAINER_OF(node, struct tcb, all);

		if (!ip_equal(&tcb->conn.key.peer_ip, peer))
			continue;
		if (tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED)))
			tcb_end(tcb, EHOSTUNREACH, WHY_ARP_GAVE_UP);
		else
			tcb->soft_error = EHOSTUNREACH;
	}
}
