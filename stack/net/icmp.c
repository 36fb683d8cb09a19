/* SPDX-License-Identifier: MIT */
/*
 * icmp.c - ICMP messages for us (RFC 792, RFC 1122 section 3.2.2)
 *
 * Echo requests are answered at once, with the same octets and from the
 * address that was asked. Errors are taken apart in icmp_quote.c. Everything
 * else is ignored by name: redirects would let a stranger move our routes,
 * source quench is obsolete (RFC 6633), and timestamps, address masks and
 * router discovery tell or believe too much.
 */
#include "net/icmp.h"
#include "base/checksum.h"
#include "net/net_state.h"

/* ECN's two bits are not part of what a reply repeats (RFC 3168). */
#define TOS_ECN_MASK 3

void icmp_push(struct pkt *pkt, const struct icmp_hdr *icmp)
{
	struct icmp_hdr hdr = *icmp;
	uint8_t *at         = pkt_push(pkt, ICMP_HDR_LEN);

	hdr.checksum = 0;
	icmp_hdr_write(at, &hdr);
	hdr.checksum = checksum_fold(pkt_checksum(pkt, &sums_portable, 0));
	icmp_hdr_write(at, &hdr);
}

/* RFC1122-7 */
static enum drop echo_reply(struct net *net, const struct net_rx *rx,
                            const struct icmp_hdr *request)
{
	const struct icmp_hdr reply = { .type = ICMP_ECHO_REPLY,
		                        .word = request->word };
	const struct ip_tx tx       = {
		      .src   = net->ip,
		      .dst   = rx->src,
		      .proto = IP_PROTO_ICMP,
		      .tos   = rx->tos & (uint8_t)~TOS_ECN_MASK,
	};
	struct pkt pkt;

	if (rx->is_broadcast)
		return env_verdict(net->env, DROP_ICMP_BROADCAST);

	pkt_init(&pkt);
	pkt_because(&pkt, WHY_ECHO_REPLY);
	env_note_why(net->env, WHY_ECHO_REPLY);
	pkt_payload(&pkt, rx->data + ICMP_HDR_LEN, rx->len - ICMP_HDR_LEN);
	icmp_push(&pkt, &reply);
	(void)ip_output(net, &pkt, &tx);

	return DROP_NONE;
}

enum drop icmp_input(struct net *net, struct net_rx *rx)
{
	struct icmp_hdr hdr;

	if (icmp_hdr_read(rx->data, rx->len, &hdr) < 0)
		return env_verdict(net->env, DROP_ICMP_SHORT);
	if (checksum_fold(checksum_add(0, rx->data, rx->len)) != 0)
		return env_verdict(net->env, DROP_ICMP_CHECKSUM);

	switch (hdr.type) {
	case ICMP_ECHO_REQUEST:
		return echo_reply(net, rx, &hdr);
	case ICMP_ECHO_REPLY:
		return ping_answered(net, rx, &hdr);
	case ICMP_UNREACHABLE:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER_PROBLEM:
		return icmp_quote_input(net, rx, &hdr);
	case ICMP_SOURCE_QUENCH:
		return env_verdict(net->env, DROP_ICMP_SOURCE_QUENCH);
	case ICMP_REDIRECT:
		return env_verdict(net->env, DROP_ICMP_REDIRECT);
	default:
		return env_verdict(net->env, DROP_ICMP_TYPE);
	}
}
