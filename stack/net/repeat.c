/* SPDX-License-Identifier: MIT */
/*
 * repeat.c - a frame whose headers repeat those of the one before
 *
 *	|dst|src|type|ver TOS|len|id|frag TTL proto|sum|src dst|TCP ...
 *	 ============ =======         ==============     =======
 *
 * Frames of one connection differ, below TCP, in length, identifier and header
 * checksum. Where all the rest (=) is what it was in the last frame that was
 * accepted, what ethernet.c and ip4_input.c would find is known: for us, of a
 * known type, version 4, no options, no fragment, a TTL, sound addresses. What
 * is left are the three fields: the length is checked, the sum as well, and the
 * identifier of a packet that is no fragment means nothing (RFC 6864).
 *
 * Only whole datagrams of TCP for us alone are remembered. Our address is the
 * one thing that could have changed since; it is looked at (RFC 5227).
 * docs/design/0039
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "net/net_state.h"

enum {
	AT_IP    = ETH_HDR_LEN,
	AT_LEN   = AT_IP + 2,
	AT_FRAG  = AT_IP + 6,
	AT_ADDRS = AT_IP + 12,
	HEAD_LEN = AT_IP + IP4_HDR_LEN,
};
static_assert(HEAD_LEN == REPEAT_HEAD_LEN, "both headers, without options");

/* Equal in all but length, identifier and sum. */
static bool is_alike(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, AT_LEN) == 0 &&
	       memcmp(a + AT_FRAG, b + AT_FRAG, 4) == 0 &&
	       memcmp(a + AT_ADDRS, b + AT_ADDRS, 8) == 0;
}

static bool is_sum_right(const uint8_t *ip)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < IP4_HDR_LEN; i += 4)
		sum += get_be32(ip + i);

	return checksum_fold(sum) == 0;
}

bool repeat_input(const struct net *net, const uint8_t *frame, size_t len,
                  struct net_rx *ret)
{
	const struct repeat *last = &net->repeat;
	const uint8_t *ip         = frame + AT_IP;
	size_t packet_len;

	if (!last->is_there || len < HEAD_LEN ||
	    len > (size_t)net->mtu + ETH_HDR_LEN ||
	    !is_alike(frame, last->head) || net->acd.state != ACD_OURS)
		return false;
	packet_len = get_be16(frame + AT_LEN);
	if (packet_len < IP4_HDR_LEN || packet_len > len - AT_IP ||
	    !is_sum_right(ip))
		return false;

	*ret            = last->rx;
	ret->packet     = ip;
	ret->packet_len = packet_len;
	ret->data       = ip + IP4_HDR_LEN;
	ret->len        = packet_len - IP4_HDR_LEN;

	return true;
}

void repeat_remember(struct net *net, const uint8_t *frame,
                     const struct net_rx *rx)
{
	if (rx->kind != NET_RX_DATAGRAM || rx->proto != IP_PROTO_TCP ||
	    rx->packet != frame + AT_IP || rx->data != frame + HEAD_LEN ||
	    rx->is_broadcast || rx->offload.flags || rx->offload.gso_size)
		return;

	net->repeat.is_there = true;
	net->repeat.rx       = *rx;
	memcpy(net->repeat.head, frame, HEAD_LEN);
}
