/* SPDX-License-Identifier: MIT */
/*
 * ip4_output.c - headers pushed, next hop chosen (RFC 1122 section 3.3.1)
 *
 * Identifiers (RFC 6864): a packet with DF is never fragmented, so its
 * identifier means nothing and is 0. Others need one that does not return soon
 * for the same destination and that nobody can predict, or an outsider counts
 * what we send (idle scan) or hits a fragment of somebody else's datagram
 * (CVE-2020-36516). So: a counter, through a permutation of the 16-bit numbers
 * that a secret and the destination choose. Within 65536 packets no identifier
 * returns, and one destination's tell nothing about another's.
 */
#include "base/bytes.h"
#include "net/net_state.h"
#include <errno.h>

#define FEISTEL_ROUNDS 4 /* enough for a secure pseudo-random permutation */

/* Luby and Rackoff's construction: half ^= F(other half), and swap. */
static uint16_t permute(const struct random_key *secret,
                        const struct tarn_ip *dst, uint16_t value)
{
	uint8_t left = (uint8_t)(value >> 8), right = (uint8_t)value;

	for (uint8_t round = 0; round < FEISTEL_ROUNDS; round++) {
		struct {
			uint8_t ip[sizeof(*dst)], round, half;
		} input            = { .round = round, .half = right };
		const uint8_t swap = right;

		memcpy(input.ip, dst, sizeof(input.ip));
		right = left ^ (uint8_t)siphash(secret, &input, sizeof(input));
		left  = swap;
	}

	return (uint16_t)(left << 8 | right);
}

static uint16_t choose_id(struct net *net, const struct ip_tx *tx)
{
	if (tx->dont_fragment)
		return 0;

	return permute(&net->id_secret, &tx->dst, net->id_count++);
}

static enum drop check_destination(const struct net *net,
                                   const struct ip_tx *tx)
{
	if (tx->dst.version == TARN_IP6)
		return DROP_IP6_UNSUPPORTED;
	if (net->acd.state == ACD_LOST)
		return DROP_IP4_ADDRESS;
	if (net_is_broadcast(net, &tx->dst)) {
		if (!tx->broadcast_allowed)
			return DROP_IP4_NO_ROUTE;
		/* To one host it waits for the address; to all it cannot. */
		return net->acd.state == ACD_OURS ? DROP_NONE
		                                  : DROP_IP4_ADDRESS;
	}
	if (!net_is_unicast(net, &tx->dst) || net_is_local(net, &tx->dst))
		return DROP_IP4_NO_ROUTE;

	return DROP_NONE;
}

/* The link cuts a super-frame into packets that fit. */
static enum drop check_len(const struct net *net, const struct pkt *pkt,
                           const struct ip_tx *tx)
{
	const size_t packet_len = pkt_len(pkt) + IP4_HDR_LEN;

	if (packet_len > IP4_PACKET_LEN_MAX)
		return DROP_IP4_TOO_BIG;
	if (packet_len > net->mtu && tx->dont_fragment && pkt->gso_size == 0)
		return DROP_IP4_TOO_BIG;

	return DROP_NONE;
}

static void push_header(struct net *net, struct pkt *pkt,
                        const struct ip_tx *tx)
{
	const struct ip4_hdr hdr = {
		.tos           = tx->tos,
		.total_len     = (uint16_t)(pkt_len(pkt) + IP4_HDR_LEN),
		.id            = choose_id(net, tx),
		.dont_fragment = tx->dont_fragment,
		.ttl           = tx->ttl ? tx->ttl : IP4_TTL_DEFAULT,
		.proto         = tx->proto,
		.src           = net->ip,
		.dst           = tx->dst,
	};

	ip4_hdr_write(pkt_push(pkt, IP4_HDR_LEN), &hdr);
}

enum drop ip_output(struct net *net, struct pkt *pkt, const struct ip_tx *tx)
{
	struct tarn_ip hop;
	enum drop drop = check_destination(net, tx);

	if (drop != DROP_NONE)
		return env_drop(net->env, drop);
	drop = check_len(net, pkt, tx);
	if (drop != DROP_NONE)
		return env_drop(net->env, drop);

	push_header(net, pkt, tx);
	if (net_is_broadcast(net, &tx->dst))
		return fragment_output(net, pkt, eth_broadcast);
	if (!route_next_hop(&net->routes, &tx->dst, &hop))
		return env_drop(net->env, DROP_IP4_NO_ROUTE);

	return neigh_output(net, &hop, pkt);
}
