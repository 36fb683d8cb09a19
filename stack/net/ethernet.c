/* SPDX-License-Identifier: MIT */
/*
 * ethernet.c - frames in and out (RFC 894, RFC 1122 section 2.3.3)
 *
 * The source address of a frame means nothing here: it can be forged, our own
 * included, so it opens no door. No multicast group is joined, hence a group
 * address other than broadcast is another station's.
 */
#include "base/bytes.h"
#include "net/net_state.h"

#define ETH_FRAME_LEN_MIN 60 /* without the FCS */

static enum drop check_address(const struct net *net,
                               const uint8_t dst[ETH_ADDR_LEN])
{
	if (!memcmp(dst, net->mac, ETH_ADDR_LEN) ||
	    !memcmp(dst, eth_broadcast, ETH_ADDR_LEN))
		return DROP_NONE;

	return env_verdict(net->env, DROP_ETH_NOT_ME);
}

/* Longer than the MTU may only be what the link calls a super-frame. */
static size_t frame_len_max(const struct net *net, const struct net_rx *rx)
{
	const size_t packet_len =
	        rx->offload.gso_size ? IP4_PACKET_LEN_MAX : net->mtu;

	return packet_len + ETH_HDR_LEN;
}

enum drop ethernet_input(struct net *net, const uint8_t *frame, size_t len,
                         struct net_rx *ret)
{
	const uint8_t *payload = frame + ETH_HDR_LEN;
	struct eth_hdr eth;
	int payload_len;
	enum drop drop;

	/* Before any narrowing: a driver may say a million. */
	if (len > frame_len_max(net, ret))
		return env_verdict(net->env, DROP_ETH_LONG);
	payload_len = eth_hdr_read(frame, len, &eth);
	if (payload_len < 0)
		return env_verdict(net->env, DROP_ETH_SHORT);
	drop = check_address(net, eth.dst);
	if (drop != DROP_NONE)
		return drop;

	ret->is_broadcast = eth_is_group(eth.dst);
	switch (eth.type) {
	case ETH_TYPE_IP4:
		return ip4_input(net, payload, (size_t)payload_len, ret);
	case ETH_TYPE_ARP:
		return arp_input(net, payload, (size_t)payload_len);
	case ETH_TYPE_IP6:
		return env_verdict(net->env, DROP_IP6_UNSUPPORTED);
	case ETH_TYPE_VLAN:
	case ETH_TYPE_QINQ:
		return env_verdict(net->env, DROP_ETH_VLAN);
	default:
		if (eth.type < ETH_TYPE_MIN)
			return env_verdict(net->env, DROP_ETH_LENGTH);
		return env_verdict(net->env, DROP_ETH_TYPE);
	}
}

static int hand_over(const struct tarn_config *config,
                     const struct tarn_slice *part, unsigned part_count,
                     const struct tarn_offload *offload)
{
	if (config->super_ops)
		return config->super_ops->transmit(config->link, part,
		                                   part_count, offload);

	return config->ops->transmit(config->link, part, part_count);
}

static enum drop transmit(struct net *net, const struct pkt *pkt,
                          const struct tarn_slice *part, unsigned part_count)
{
	const struct tarn_offload offload = pkt_offload(pkt);

	if (env_is_observed(net->env)) {
		struct tarn_event event = {
			.kind  = TARN_EVENT_FRAME_TX,
			.why   = pkt->note.why,
			.src   = pkt->note.src,
			.note  = pkt->note,
			.frame = { .part       = part,
			           .part_count = part_count,
			           .offload    = offload },
		};

		env_emit(net->env, &event);
	}
	if (hand_over(&net->env->config, part, part_count, &offload) < 0)
		return env_drop(net->env, DROP_IP4_LINK);

	return DROP_NONE;
}

enum drop ethernet_output(struct net *net, struct pkt *pkt,
                          const uint8_t dst[ETH_ADDR_LEN], uint16_t type)
{
	struct eth_hdr eth                = { .type = type };
	uint8_t padded[ETH_FRAME_LEN_MIN] = { 0 };
	struct tarn_slice part[3];
	enum drop drop;

	memcpy(eth.dst, dst, ETH_ADDR_LEN);
	memcpy(eth.src, net->mac, ETH_ADDR_LEN);
	eth_hdr_write(pkt_push(pkt, ETH_HDR_LEN), &eth);
	if (pkt_len(pkt) >= sizeof(padded)) {
		drop          = transmit(net, pkt, part, pkt_slices(pkt, part));
		pkt->has_left = drop == DROP_NONE;
		return drop;
	}

	/* Zeroes, not what happened to lie in memory (CVE-2003-0001). */
	pkt_copy(pkt, padded);
	part[0] = (struct tarn_slice){ padded, sizeof(padded) };
	return transmit(net, pkt, part, 1);
}

enum drop net_output_again(struct net *net, const struct pkt *pkt)
{
	struct tarn_slice part[3];

	return transmit(net, pkt, part, pkt_slices(pkt, part));
}

uint8_t *net_frame_room(struct net *net, size_t len)
{
	const struct tarn_config *config = &net->env->config;

	if (!config->lend_ops || !config->lend_ops->room)
		return NULL;

	return config->lend_ops->room(config->link, len);
}

enum drop net_frame_send(struct net *net, size_t len)
{
	const struct tarn_config *config = &net->env->config;

	if (config->lend_ops->send(config->link, len) < 0)
		return env_drop(net->env, DROP_IP4_LINK);

	return DROP_NONE;
}
