/* SPDX-License-Identifier: MIT */
/*
 * icmp_error.c - telling a sender why its packet was not delivered
 *
 * RFC 1122 section 3.2.2 says when never to: about an ICMP error, about what
 * came to more than one host, about a fragment that is not the first, and to
 * who is no single host. Of these, ip4_input.c has dropped the last, and what
 * reassembly hands on always begins with the first fragment.
 *
 * The rate is bounded by a token bucket whose size is drawn anew each time it
 * is full. Were it always the same, a stranger could count with it: he probes as
 * many ports under another's name, asks for one error more under his own, and
 * learns whether a probe has met an open port (SAD DNS, CVE-2020-25705).
 */
#include "base/bytes.h"
#include "net/net_state.h"

#define QUOTE_LEN_MAX (ICMP_ERROR_BYTES_MAX - IP4_HDR_LEN - ICMP_HDR_LEN)
#define US_PER_TOKEN  (USEC_PER_SEC / ICMP_RATE_PER_SEC)

static void fill_up(struct net *net)
{
	net->icmp_bucket.tokens =
	        ICMP_RATE_BURST_MIN +
	        random_below(&net->env->random,
	                     ICMP_RATE_BURST - ICMP_RATE_BURST_MIN + 1);
	net->icmp_bucket.size      = net->icmp_bucket.tokens;
	net->icmp_bucket.filled_us = net->env->now_us;
}

void icmp_bucket_init(struct net *net)
{
	fill_up(net);
}

static void refill(struct net *net)
{
	struct icmp_bucket *bucket = &net->icmp_bucket;
	const uint64_t earned =
	        (net->env->now_us - bucket->filled_us) / US_PER_TOKEN;

	if (earned >= bucket->size - bucket->tokens) {
		fill_up(net);
		return;
	}

	bucket->tokens += (uint32_t)earned;
	bucket->filled_us += earned * US_PER_TOKEN;
}

static bool take_token(struct net *net)
{
	refill(net);
	if (net->icmp_bucket.tokens == 0)
		return false;

	net->icmp_bucket.tokens--;
	return true;
}

static bool is_icmp_error(const struct net_rx *rx)
{
	struct icmp_hdr icmp;

	return rx->proto == IP_PROTO_ICMP &&
	       (icmp_hdr_read(rx->data, rx->len, &icmp) < 0 ||
	        icmp_is_error(icmp.type));
}

/* RFC1122-8 */
void icmp_error_at(struct net *net, const struct net_rx *rx,
                   const struct icmp_hdr *icmp, struct reason reason)
{
	const struct ip_tx tx = {
		.src   = net->ip,
		.dst   = rx->src,
		.proto = IP_PROTO_ICMP,
	};
	struct pkt pkt;

	if (rx->is_broadcast || is_icmp_error(rx))
		return;
	if (!take_token(net)) {
		(void)env_drop(net->env, DROP_ICMP_RATE);
		return;
	}

	pkt_init(&pkt);
	pkt_because_at(&pkt, reason);
	pkt_payload(&pkt, rx->packet, MIN(rx->packet_len, QUOTE_LEN_MAX));
	icmp_push(&pkt, icmp);
	(void)ip_output(net, &pkt, &tx);
}

void net_unreachable(struct net *net, const struct net_rx *rx, uint8_t code)
{
	const struct icmp_hdr icmp = { .type = ICMP_UNREACHABLE, .code = code };

	icmp_error(net, rx, &icmp, WHY_ICMP_UNREACHABLE);
}
