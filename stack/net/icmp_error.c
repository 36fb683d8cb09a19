/* SPDX-License-Identifier: MIT */
/*
 * icmp_error.c - telling a sender why its packet was not delivered
 *
 * RFC 1122 section 3.2.2 says when never to: about an ICMP error, about what
 * came to more than one host, about a fragment that is not the first, and to
 * who is no single host. Of these, ip4_input.c has dropped the last, and what
 * reassembly hands on always begins with the first fragment.
 *
 * The rate is bounded by a token bucket. An error costs one token, and up to
 * two more by chance: a bucket that empties by exactly one per error tells a
 * stranger, who probes ports under other names and then asks for an error of
 * his own, whether one of his probes met an open port (SAD DNS, CVE-2020-25705).
 */
#include "base/bytes.h"
#include "net/net_state.h"

#define TOKEN                  1000 /* millitokens */
#define BUCKET_MILLITOKENS_MAX (ICMP_RATE_BURST * TOKEN)
#define COST_MILLITOKENS_MAX   (3 * TOKEN)
#define QUOTE_LEN_MAX          (ICMP_ERROR_BYTES_MAX - IP4_HDR_LEN - ICMP_HDR_LEN)

void icmp_bucket_init(struct net *net)
{
	net->icmp_bucket.millitokens = BUCKET_MILLITOKENS_MAX;
	net->icmp_bucket.filled_us   = net->env->now_us;
}

static void refill(struct icmp_bucket *bucket, uint64_t now_us)
{
	const uint64_t us_per_millitoken =
	        USEC_PER_SEC / (ICMP_RATE_PER_SEC * TOKEN);
	const uint64_t earned =
	        (now_us - bucket->filled_us) / us_per_millitoken;

	bucket->filled_us += earned * us_per_millitoken;
	bucket->millitokens = (uint32_t)MIN(bucket->millitokens + earned,
	                                    BUCKET_MILLITOKENS_MAX);
}

static bool take_token(struct net *net)
{
	struct icmp_bucket *bucket = &net->icmp_bucket;
	const uint32_t cost =
	        TOKEN + random_below(&net->env->random,
	                             COST_MILLITOKENS_MAX - TOKEN + 1);

	refill(bucket, net->env->now_us);
	if (bucket->millitokens < cost)
		return false;

	bucket->millitokens -= cost;
	return true;
}

static bool is_icmp_error(const struct net_rx *rx)
{
	struct icmp_hdr icmp;

	return rx->proto == IP_PROTO_ICMP &&
	       (icmp_hdr_read(rx->data, rx->len, &icmp) < 0 ||
	        icmp_is_error(icmp.type));
}

void icmp_error(struct net *net, const struct net_rx *rx,
                const struct icmp_hdr *icmp, enum why why)
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
	pkt.note.why = (uint16_t)why;
	pkt_payload(&pkt, rx->packet, MIN(rx->packet_len, QUOTE_LEN_MAX));
	icmp_push(&pkt, icmp);
	(void)ip_output(net, &pkt, &tx);
}

void net_unreachable(struct net *net, const struct net_rx *rx, uint8_t code)
{
	const struct icmp_hdr icmp = { .type = ICMP_UNREACHABLE, .code = code };

	icmp_error(net, rx, &icmp, WHY_ICMP_UNREACHABLE);
}
