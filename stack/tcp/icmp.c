/* SPDX-License-Identifier: MIT */
/*
 * icmp.c - what an ICMP error means to a connection (RFC 9293 3.9.2.2)
 *
 * Anybody can send one, so it counts only if it quotes a number in flight
 * (RFC 5927 section 4.1). The table below says what each is called above TCP;
 * the names are Linux's.
 *
 *	hard	ends a connection that is being opened (RFC 5461), and no other:
 *		afterwards the peer has proved that it can be reached
 *	soft	is noted. SO_SOFT_ERROR tells it (MUST-47), and so does the
 *		error with which we give up, if nothing was heard since (SHLD-25)
 *
 * "Too big" is pathmtu.c's. Source quench never comes so far (MUST-55): net/
 * drops it. An opening connection outlives soft errors (MUST-56), although a
 * user may rather hear at once that there is no route: icmp_ends_connect.
 */
#include "tcp/parts.h"
#include <errno.h>

#define QUOTE_LEN_MIN 8 /* ports and sequence number */

/* RFC 792; RFC 1122 3.2.2.1 from 6 on; RFC 1812 5.2.7.1 from 13 on. */
static const struct {
	int error;
	bool is_hard; /* SHLD-26 */
} unreachable[] = {
	[ICMP_UNREACHABLE_NET]          = { ENETUNREACH, false },
	[ICMP_UNREACHABLE_HOST]         = { EHOSTUNREACH, false },
	[ICMP_UNREACHABLE_PROTOCOL]     = { ENOPROTOOPT, true },
	[ICMP_UNREACHABLE_PORT]         = { ECONNREFUSED, true },
	[ICMP_UNREACHABLE_TOO_BIG]      = { EMSGSIZE, false },
	[ICMP_UNREACHABLE_SOURCE_ROUTE] = { EOPNOTSUPP, false },
	[6]  = { ENETUNREACH, false },  /* network unknown */
	[7]  = { EHOSTDOWN, false },    /* host unknown */
	[8]  = { ENONET, false },       /* source host isolated */
	[9]  = { ENETUNREACH, false },  /* network prohibited */
	[10] = { EHOSTUNREACH, false }, /* host prohibited */
	[11] = { ENETUNREACH, false },  /* network, for this TOS */
	[12] = { EHOSTUNREACH, false }, /* host, for this TOS */
	[13] = { EHOSTUNREACH, false }, /* communication prohibited */
	[14] = { EHOSTUNREACH, false }, /* precedence violation */
	[15] = { EHOSTUNREACH, false }, /* precedence cutoff */
};

static int error_of(const struct icmp_hdr *icmp)
{
	if (icmp->type == ICMP_PARAMETER_PROBLEM)
		return EPROTO;
	if (icmp->type == ICMP_UNREACHABLE &&
	    icmp->code < ARRAY_LEN(unreachable))
		return unreachable[icmp->code].error;

	return EHOSTUNREACH;
}

static bool is_hard(const struct icmp_hdr *icmp)
{
	return icmp->type == ICMP_UNREACHABLE &&
	       icmp->code < ARRAY_LEN(unreachable) &&
	       unreachable[icmp->code].is_hard;
}

static bool is_too_big(const struct icmp_hdr *icmp)
{
	return icmp->type == ICMP_UNREACHABLE &&
	       icmp->code == ICMP_UNREACHABLE_TOO_BIG;
}

static bool ends_opening(const struct tcb *tcb, const struct icmp_hdr *icmp)
{
	return is_hard(icmp) || (tcb->tcp->env->config.icmp_ends_connect &&
	                         icmp->type == ICMP_UNREACHABLE);
}

void tcp_soft_error(struct tcb *tcb, int error)
{
	tcb->soft_error = error;
	tcb->soft_news  = error;
}

/* RFC5461-1, RFC5927-1 */
static enum drop tcb_error(struct tcb *tcb, const struct net_rx *rx)
{
	const uint32_t seq = get_be32(rx->data + 4);

	if (!seq_in(seq, tcb->snd.una, snd_flight(tcb)))
		return tcp_verdict(tcb, DROP_TCP_ICMP_SEQUENCE);
	if (is_too_big(&rx->icmp)) /* the MTU is in the low half of the word */
		return path_mtu_claim(tcb, seq, rx->quoted_len,
		                      (uint16_t)rx->icmp.word);
	if (tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED)) &&
	    ends_opening(tcb, &rx->icmp)) {
		tcb_end(tcb, error_of(&rx->icmp), WHY_ICMP_HARD);
		return DROP_NONE;
	}

	tcp_soft_error(tcb, error_of(&rx->icmp)); /* MUST-56 */

	return tcp_verdict(tcb, DROP_TCP_ICMP_SOFT);
}

/* Our SYN,ACK met a closed door: the record goes, the listener stays. */
static enum drop half_error(struct conn_half *half, const struct net_rx *rx)
{
	struct env *env = half->listener->tcp->env;

	if (get_be32(rx->data + 4) != half->iss)
		return env_verdict(env, DROP_TCP_ICMP_SEQUENCE);
	if (!is_hard(&rx->icmp)) /* its own timer decides */
		return env_verdict(env, DROP_TCP_ICMP_SOFT);

	half_end(half, WHY_ICMP_HARD);

	return DROP_NONE;
}

enum drop tcp_icmp_error(struct tcp *tcp, const struct net_rx *rx)
{
	struct tarn_addr local = { .ip = rx->src };
	struct tarn_addr peer  = { .ip = rx->dst };
	struct conn_key key;
	struct conn *conn;

	if (rx->len < QUOTE_LEN_MIN)
		return env_verdict(tcp->env, DROP_ICMP_QUOTE);

	local.port = get_be16(rx->data);
	peer.port  = get_be16(rx->data + 2);
	key        = conn_key(&local, &peer);
	/* MUST-54 */
	conn = conn_find(tcp, &key);
	if (!conn)
		return env_verdict(tcp->env, DROP_ICMP_NO_USER);

	switch ((enum conn_kind)conn->kind) {
	case CONN_TCB:
		return tcb_error(CONTAINER_OF(conn, struct tcb, conn), rx);
	case CONN_HALF:
		return half_error(CONTAINER_OF(conn, struct conn_half, conn),
		                  rx);
	case CONN_REST: /* has nothing in flight, so none of it is quoted */
		return env_verdict(tcp->env, DROP_TCP_ICMP_SEQUENCE);
	case CONN_WAIT:
		break;
	}

	/* TIME-WAIT has nothing in flight. */
	return env_verdict(tcp->env, DROP_TCP_ICMP_SOFT);
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
			tcp_soft_error(tcb, EHOSTUNREACH);
	}
}
