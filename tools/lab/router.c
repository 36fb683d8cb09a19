/* SPDX-License-Identifier: MIT */
/*
 * router.c - a hop between the ends that can carry less than they can send
 *
 * What is too large and must not be cut (DF) is dropped and the sender told by
 * ICMP (RFC 1191 section 4), unless the router is silent: then it is the black
 * hole of RFC 2923. Without DF it is cut (RFC 791 section 3.2). The router
 * answers from 10.9.0.254, which no end has.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tools/lab/stage_state.h"
#include "wire/eth.h"
#include "wire/icmp.h"
#include "wire/ip4.h"

#define ICMP_LEN                  8
#define ICMP_TTL                  64
#define ICMP_UNREACHABLE          3
#define ICMP_FRAGMENTATION_NEEDED 4
#define QUOTE_LEN_MAX             (IP4_HDR_LEN + 8u)

/* Takes a number, and dies of @by. */
static void die(struct stage *stage, unsigned from, const uint8_t *frame,
                size_t len, const char *by)
{
	const struct tarn_slice whole = { frame, len };
	const struct wire_wish lost   = { .is_lost = true };

	stage->fate_by = by;
	(void)wire_send(stage->wire, from, &whole, 1, &lost);
	stage->fate_by = NULL;
}

static void put_headers(unsigned to, uint8_t *frame, size_t payload_len)
{
	struct eth_hdr eth       = { .type = ETH_TYPE_IP4 };
	const struct ip4_hdr ip4 = {
		.hdr_len   = IP4_HDR_LEN,
		.total_len = (uint16_t)(IP4_HDR_LEN + payload_len),
		.ttl       = ICMP_TTL,
		.proto     = IP_PROTO_ICMP,
		.src       = tarn_ip4(10, 9, 0, 254),
		.dst       = stage_ip(to),
	};

	stage_mac(to, eth.dst);
	stage_mac(!to, eth.src);
	eth_hdr_write(frame, &eth);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip4);
}

static void tell_sender(struct stage *stage, unsigned sender,
                        const uint8_t *packet, size_t packet_len)
{
	uint8_t frame[ETH_HDR_LEN + IP4_HDR_LEN + ICMP_LEN + QUOTE_LEN_MAX];
	uint8_t *icmp             = frame + ETH_HDR_LEN + IP4_HDR_LEN;
	const size_t quote_len    = MIN(packet_len, QUOTE_LEN_MAX);
	const struct icmp_hdr hdr = { .type = ICMP_UNREACHABLE,
		                      .code = ICMP_FRAGMENTATION_NEEDED,
		                      .word = stage->router_mtu };

	put_headers(sender, frame, ICMP_LEN + quote_len);
	icmp_hdr_write(icmp, &hdr);
	memcpy(icmp + ICMP_LEN, packet, quote_len);
	put_be16(icmp + 2, 0);
	put_be16(icmp + 2,
	         checksum_fold(checksum_add(0, icmp, ICMP_LEN + quote_len)));
	stage_inject(stage, !sender, "router", frame,
	             (size_t)(icmp - frame) + ICMP_LEN + quote_len);
}

static void send_fragment(struct stage *stage, unsigned from,
                          const uint8_t *frame, const struct ip4_hdr *ip4,
                          size_t at, size_t len)
{
	const size_t payload = (size_t)ip4->total_len - ip4->hdr_len;
	struct ip4_hdr piece = *ip4;
	uint8_t out[STAGE_FRAME_LEN_MAX];
	const struct tarn_slice whole = { out,
		                          ETH_HDR_LEN + IP4_HDR_LEN + len };

	piece.hdr_len        = IP4_HDR_LEN;
	piece.total_len      = (uint16_t)(IP4_HDR_LEN + len);
	piece.offset         = (uint16_t)(ip4->offset + at);
	piece.more_fragments = ip4->more_fragments || at + len < payload;
	memcpy(out, frame, ETH_HDR_LEN);
	ip4_hdr_write(out + ETH_HDR_LEN, &piece);
	memcpy(out + ETH_HDR_LEN + IP4_HDR_LEN,
	       frame + ETH_HDR_LEN + ip4->hdr_len + at, len);
	(void)wire_send(stage->wire, from, &whole, 1, NULL);
}

static void cut(struct stage *stage, unsigned from, const uint8_t *frame,
                const struct ip4_hdr *ip4)
{
	const size_t room    = (stage->router_mtu - IP4_HDR_LEN) & ~7u;
	const size_t payload = (size_t)ip4->total_len - ip4->hdr_len;

	for (size_t at = 0; at < payload; at += room)
		send_fragment(stage, from, frame, ip4, at,
		              MIN(room, payload - at));
}

bool router_passes(struct stage *stage, unsigned from, const uint8_t *frame,
                   size_t len)
{
	const uint8_t *packet = frame + ETH_HDR_LEN;
	struct ip4_hdr ip4;

	if (stage->router_mtu < IP4_HDR_LEN + 8 ||
	    len <= ETH_HDR_LEN + (size_t)stage->router_mtu ||
	    get_be16(frame + 12) != ETH_TYPE_IP4 ||
	    ip4_hdr_read(packet, len - ETH_HDR_LEN, &ip4) != DROP_NONE)
		return true;
	if (!ip4.dont_fragment) {
		die(stage, from, frame, len, "fragments");
		cut(stage, from, frame, &ip4);
		return false;
	}
	die(stage, from, frame, len, "mtu");
	if (!stage->is_router_silent)
		tell_sender(stage, from, packet, len - ETH_HDR_LEN);

	return false;
}
