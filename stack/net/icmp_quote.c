/* SPDX-License-Identifier: MIT */
/*
 * icmp_quote.c - whom does an ICMP error concern? (RFC 1122 section 3.2.2)
 *
 * An error is believed only as far as the packet that it quotes: the header
 * must be sound, come from us, go to a single host, and be the first fragment,
 * for only there the ports are. The transport then decides whether it has sent
 * such a thing (RFC 5927). Errors about errors do not exist.
 */
#include "net/icmp.h"
#include "net/net_state.h"
#include <errno.h>

static int read_quote(const struct net *net, const struct net_rx *rx,
                      struct ip4_hdr *ret)
{
	const int len = ip4_quote_read(rx->data + ICMP_HDR_LEN,
	                               rx->len - ICMP_HDR_LEN, ret);

	if (len < 0 || ret->offset > 0 || rx->is_broadcast ||
	    !net_is_local(net, &ret->src) || !net_is_unicast(net, &ret->dst))
		return -EBADMSG;

	return len;
}

static enum drop quoted_ping(struct net *net, struct net_rx *rx)
{
	struct icmp_hdr echo;

	if (icmp_hdr_read(rx->data, rx->len, &echo) < 0 ||
	    echo.type != ICMP_ECHO_REQUEST)
		return env_verdict(net->env, DROP_ICMP_QUOTE);

	return ping_failed(net, rx, &echo);
}

enum drop icmp_quote_input(struct net *net, struct net_rx *rx,
                           const struct icmp_hdr *icmp)
{
	struct ip4_hdr quote;
	const int len = read_quote(net, rx, &quote);

	if (len < 0)
		return env_verdict(net->env, DROP_ICMP_QUOTE);

	rx->data += ICMP_HDR_LEN + quote.hdr_len;
	rx->len        = (size_t)len;
	rx->from       = rx->src;
	rx->src        = quote.src;
	rx->dst        = quote.dst;
	rx->proto      = quote.proto;
	rx->icmp       = *icmp;
	rx->quoted_len = quote.total_len;

	switch (quote.proto) {
	case IP_PROTO_TCP:
	case IP_PROTO_UDP:
		rx->kind = NET_RX_ERROR;
		return DROP_NONE;
	case IP_PROTO_ICMP:
		return quoted_ping(net, rx);
	default:
		return env_verdict(net->env, DROP_ICMP_NO_USER);
	}
}
