/* SPDX-License-Identifier: MIT */
/*
 * ping.c - echo requests of our own (RFC 792, RFC 1122 section 3.2.2.6)
 *
 * The identifier is the stack's, drawn at birth; the sequence number is the
 * caller's. An answer counts once, and only for a request that is remembered:
 * right identifier, right sequence number, from the host that was asked.
 */
#include "net/ping.h"
#include "net/net_state.h"
#include <errno.h>

#define PING_PAYLOAD_MAX (IP4_PACKET_LEN_MAX - IP4_HDR_LEN - ICMP_HDR_LEN)

void ping_init(struct net *net)
{
	net->ping.id = (uint16_t)random_below(&net->env->random, 0x10000);
}

static uint32_t word(const struct ping *ping, uint16_t seq)
{
	return (uint32_t)ping->id << 16 | seq;
}

static void remember(struct ping *ping, const struct tarn_ip *peer,
                     uint16_t seq)
{
	ping->request[ping->request_at] =
	        (struct ping_request){ .peer = *peer, .seq = seq };
	ping->request_at = (ping->request_at + 1) % PING_REQUESTS_MAX;
}

/* Is the request to @peer with these four octets out? Then it is no longer. */
static bool settle(struct ping *ping, const struct tarn_ip *peer, uint32_t echo)
{
	for (unsigned i = 0; i < PING_REQUESTS_MAX; i++) {
		struct ping_request *request = &ping->request[i];

		if (word(ping, request->seq) == echo &&
		    ip_equal(&request->peer, peer)) {
			request->peer.version = TARN_IP_NONE;
			return true;
		}
	}

	return false;
}

static enum drop keep(struct net *net, const struct tarn_ping_reply *reply)
{
	struct ping *ping = &net->ping;
	const unsigned at =
	        (ping->reply_at + ping->reply_count) % PING_REPLIES_MAX;

	if (ping->reply_count == PING_REPLIES_MAX)
		return env_verdict(net->env, DROP_ICMP_PING_FULL);

	ping->reply[at] = *reply;
	ping->reply_count++;

	return DROP_NONE;
}

enum drop ping_answered(struct net *net, const struct net_rx *rx,
                        const struct icmp_hdr *icmp)
{
	const struct tarn_ping_reply reply = {
		.from  = rx->src,
		.seq   = (uint16_t)icmp->word,
		.ttl   = rx->ttl,
		.len   = rx->len - ICMP_HDR_LEN,
		.at_us = net->env->now_us,
	};

	if (!settle(&net->ping, &rx->src, icmp->word))
		return env_verdict(net->env, DROP_ICMP_UNSOLICITED);

	return keep(net, &reply);
}

enum drop ping_failed(struct net *net, const struct net_rx *rx,
                      const struct icmp_hdr *echo)
{
	const struct tarn_ping_reply reply = {
		.from      = rx->from,
		.seq       = (uint16_t)echo->word,
		.ttl       = rx->ttl,
		.icmp_type = rx->icmp.type,
		.icmp_code = rx->icmp.code,
		.at_us     = net->env->now_us,
	};

	if (!settle(&net->ping, &rx->dst, echo->word))
		return env_verdict(net->env, DROP_ICMP_UNSOLICITED);

	return keep(net, &reply);
}

/* What ip_output() says, as the caller of a ping knows it. */
static int output_error(enum drop drop)
{
	switch (drop) {
	case DROP_NONE:
		return 0;
	case DROP_ARP_FAILED:
		return -EHOSTUNREACH;
	case DROP_IP4_ADDRESS:
		return -EADDRNOTAVAIL;
	default:
		return -ENOBUFS;
	}
}

int net_ping(struct net *net, const struct tarn_ip *peer, uint16_t seq,
             const void *data, size_t len)
{
	const struct icmp_hdr icmp = { .type = ICMP_ECHO_REQUEST,
		                       .word = word(&net->ping, seq) };
	struct ip_tx tx            = { .dst = *peer, .proto = IP_PROTO_ICMP };
	struct pkt pkt;
	uint16_t mtu;
	int rc;

	if (len > PING_PAYLOAD_MAX)
		return -EMSGSIZE;
	if (net_is_broadcast(net, peer))
		return -EACCES;
	rc = net_source(net, peer, &tx.src, &mtu);
	if (rc < 0)
		return rc;

	pkt_init(&pkt);
	pkt_because(&pkt, WHY_ECHO_REQUEST);
	pkt_payload(&pkt, data, len);
	icmp_push(&pkt, &icmp);
	rc = output_error(ip_output(net, &pkt, &tx));
	if (rc == 0)
		remember(&net->ping, peer, seq);

	return rc;
}

int net_ping_reply(struct net *net, struct tarn_ping_reply *ret)
{
	struct ping *ping = &net->ping;

	if (ping->reply_count == 0)
		return 0;

	*ret           = ping->reply[ping->reply_at];
	ping->reply_at = (ping->reply_at + 1) % PING_REPLIES_MAX;
	ping->reply_count--;

	return 1;
}
