/* SPDX-License-Identifier: MIT */
/*
 * world.h - one internet layer on a link that a test holds both ends of
 *
 *	us 10.9.0.2 ---- the link ---- 10.9.0.1 the peer
 *	                          '--- 10.9.0.254 the gateway
 *
 * What the layer sends is kept in world.sent; what it receives, and the time,
 * the test makes up. world_close() checks that all memory has come back.
 */
#ifndef TESTS_UNIT_NET_WORLD_H
#define TESTS_UNIT_NET_WORLD_H

#include "base/bytes.h"
#include "base/checksum.h"
#include "net/net_state.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>

#define WORLD_SENT_MAX 256
#define FRAME_MAX      2048

struct world_frame {
	uint8_t data[FRAME_MAX];
	size_t len;
	uint64_t at_us;
	struct tarn_note note;
};

struct world {
	struct env env;
	struct net *net;
	struct net_rx rx; /* of the last frame, which is kept for it */
	uint8_t *rx_frame;
	size_t rx_len;
	struct world_frame sent[WORLD_SENT_MAX];
	unsigned sent_count;
	int transmit_error; /* what the link answers */
	bool is_deaf;       /* what is sent is not kept */
	bool is_flood;      /* frames lie in fast[], not at a guard page */
	uint8_t fast[FRAME_MAX];
	unsigned event_count[TARN_EVENT_CALL + 1];
	char transitions[512]; /* of neighbours and address: "none>STALE ..." */
	long memory_left; /* allocations until memory is refused; -1: all */
	struct tarn_note note; /* of the last FRAME_TX */
};

static const uint8_t peer_mac[6]    = { 0x02, 0, 0, 0, 0, 0x01 };
static const uint8_t other_mac[6]   = { 0x02, 0, 0, 0, 0, 0x66 };
static const uint8_t gateway_mac[6] = { 0x02, 0, 0, 0, 0, 0xfe };
static const uint8_t our_mac[6]     = { 0x02, 0x54, 10, 9, 0, 2 };

#define US_IP      tarn_ip4(10, 9, 0, 2)
#define PEER_IP    tarn_ip4(10, 9, 0, 1)
#define GATEWAY_IP tarn_ip4(10, 9, 0, 254)
#define FAR_IP     tarn_ip4(192, 0, 2, 7)

/* ---- the link, the memory, the observer ---- */

static inline int world_transmit(void *link, const struct tarn_slice *part,
                                 unsigned part_count)
{
	struct world *w = link;
	struct world_frame *frame;

	if (w->transmit_error)
		return w->transmit_error;
	if (w->is_deaf)
		return 0;

	/* No ck_assert here: each costs a system call, and floods are long. */
	if (w->sent_count == WORLD_SENT_MAX)
		ck_abort_msg("more frames than world.sent holds");
	frame        = &w->sent[w->sent_count++];
	frame->len   = 0;
	frame->at_us = w->env.now_us;
	frame->note  = w->note;
	for (unsigned i = 0; i < part_count; i++) {
		if (frame->len + part[i].len > FRAME_MAX)
			ck_abort_msg("a frame of more than %d octets",
			             FRAME_MAX);
		memcpy(frame->data + frame->len, part[i].data, part[i].len);
		frame->len += part[i].len;
	}

	return 0;
}

static inline void *world_resize(void *context, void *ptr, size_t old_size,
                                 size_t new_size)
{
	struct world *w = context;
	void *moved;

	if (new_size > old_size && w->memory_left == 0)
		return NULL;
	if (new_size > old_size && w->memory_left > 0)
		w->memory_left--;
	if (new_size == 0) {
		memset(ptr, 0xa5, old_size); /* who still reads it will see */
		free(ptr);
		return NULL;
	}
	moved = malloc(new_size);
	if (!moved)
		ck_abort_msg("the test itself has no memory");
	memset(moved, 0xa5, new_size);
	if (ptr)
		memcpy(moved, ptr, MIN(old_size, new_size));
	free(ptr);

	return moved;
}

static inline void world_observe(void *observer, const struct tarn_event *event)
{
	struct world *w   = observer;
	const size_t used = strlen(w->transitions);

	w->event_count[event->kind]++;
	if (event->kind == TARN_EVENT_FRAME_TX)
		w->note = event->note;
	if (event->kind == TARN_EVENT_NEIGHBOUR ||
	    event->kind == TARN_EVENT_ADDRESS)
		snprintf(w->transitions + used, sizeof(w->transitions) - used,
		         "%s>%s ", event->neighbour.from, event->neighbour.to);
}

static const struct tarn_link_ops world_ops = { .transmit = world_transmit };

/* ---- life ---- */

/** world_init() - Everything but the layer; a test may change env.config now */
static inline void world_init(struct world *w)
{
	static const uint64_t seed[2] = { 0x7461726e, 1 };
	const struct tarn_memory hook = { world_resize, w };

	memset(w, 0, sizeof(*w));
	w->memory_left = -1;
	w->env.now_us  = 1000 * USEC_PER_SEC;
	memory_init(&w->env.memory, &hook, 64u << 20);
	random_init(&w->env.random, seed);
	w->env.sums   = sums_best();
	w->env.config = (struct tarn_config){
		.ops        = &world_ops,
		.link       = w,
		.mtu        = 1500,
		.ip         = US_IP,
		.prefix_len = 24,
		.gateway    = GATEWAY_IP,
		.acd_off    = true,
		.observe    = world_observe,
		.observer   = w,
	};
}

/** world_run() - Let time pass, handling every deadline on the way */
static inline void world_run(struct world *w, uint64_t us)
{
	const uint64_t end_us = w->env.now_us + us;

	while (net_deadline(w->net) <= end_us) {
		w->env.now_us = MAX(net_deadline(w->net), w->env.now_us);
		net_timeouts(w->net);
	}
	w->env.now_us = end_us;
	net_timeouts(w->net);
}

/** world_start() - The layer, after the announcement of its address */
static inline void world_start(struct world *w)
{
	ck_assert_int_eq(net_create(&w->env, &w->net), 0);
	if (!w->env.config.acd_off)
		return;

	net_timeouts(w->net);
	ck_assert_uint_eq(w->sent_count, 1);
	w->sent_count = 0;
}

static inline void world_open(struct world *w)
{
	world_init(w);
	world_start(w);
}

static inline void world_forget_rx(struct world *w)
{
	if (w->rx_frame)
		guard_free(w->rx_frame, w->rx_len);
	w->rx_frame = NULL;
}

static inline void world_close(struct world *w)
{
	world_forget_rx(w);
	net_destroy(w->net);
	ck_assert_uint_eq(w->env.memory.used, 0);
}

/* ---- frames in ---- */

/** world_rx() - A frame, ending at a guard page; counts as stack.c does */
static inline enum drop world_rx(struct world *w, const void *frame, size_t len)
{
	world_forget_rx(w);
	if (w->is_flood) {
		memcpy(w->fast, frame, len);
		return env_count_drop(&w->env,
		                      net_input(w->net, w->fast, len, &w->rx));
	}
	w->rx_frame = guard_alloc(frame, len);
	w->rx_len   = len;

	return env_count_drop(&w->env,
	                      net_input(w->net, w->rx_frame, len, &w->rx));
}

static inline size_t put_eth(uint8_t *frame, const uint8_t dst[6],
                             const uint8_t src[6], uint16_t type)
{
	struct eth_hdr eth = { .type = type };

	memcpy(eth.dst, dst, 6);
	memcpy(eth.src, src, 6);
	eth_hdr_write(frame, &eth);

	return ETH_HDR_LEN;
}

/** rx_arp() - An ARP packet to everybody */
static inline enum drop rx_arp(struct world *w, uint16_t operation,
                               struct tarn_ip sender_ip,
                               const uint8_t sender_mac[6],
                               struct tarn_ip target_ip)
{
	uint8_t frame[60]  = { 0 };
	struct arp_hdr arp = { .operation = operation,
		               .sender_ip = sender_ip,
		               .target_ip = target_ip };
	size_t at;

	memcpy(arp.sender_mac, sender_mac, 6);
	at = put_eth(frame, eth_broadcast, sender_mac, ETH_TYPE_ARP);
	arp_hdr_write(frame + at, &arp);

	return world_rx(w, frame, sizeof(frame));
}

/** ip4_to_us() - A header from the peer to us; the lengths come later */
static inline struct ip4_hdr ip4_to_us(uint8_t proto)
{
	return (struct ip4_hdr){
		.id    = 0x1234,
		.ttl   = 64,
		.proto = proto,
		.src   = PEER_IP,
		.dst   = US_IP,
	};
}

/** rx_ip4() - A packet with this header, total_len filled in */
static inline enum drop rx_ip4(struct world *w, struct ip4_hdr hdr,
                               const void *payload, size_t len)
{
	uint8_t frame[FRAME_MAX];
	const uint8_t *dst =
	        ip4_u32(&hdr.dst) == 0xffffffff ? eth_broadcast : our_mac;
	size_t at = put_eth(frame, dst, peer_mac, ETH_TYPE_IP4);

	hdr.total_len = (uint16_t)(IP4_HDR_LEN + len);
	ip4_hdr_write(frame + at, &hdr);
	at += IP4_HDR_LEN;
	if (len)
		memcpy(frame + at, payload, len);

	return world_rx(w, frame, at + len);
}

/** put_icmp() - A message with a right checksum. Return: its length */
static inline size_t put_icmp(uint8_t *buf, uint8_t type, uint8_t code,
                              uint32_t word, const void *data, size_t len)
{
	struct icmp_hdr hdr = { .type = type, .code = code, .word = word };

	icmp_hdr_write(buf, &hdr);
	if (len)
		memcpy(buf + ICMP_HDR_LEN, data, len);
	hdr.checksum = checksum_fold(checksum_add(0, buf, ICMP_HDR_LEN + len));
	icmp_hdr_write(buf, &hdr);

	return ICMP_HDR_LEN + len;
}

/** rx_icmp() - A message from the peer to us */
static inline enum drop rx_icmp(struct world *w, uint8_t type, uint8_t code,
                                uint32_t word, const void *data, size_t len)
{
	uint8_t message[FRAME_MAX];
	const size_t message_len =
	        put_icmp(message, type, code, word, data, len);

	return rx_ip4(w, ip4_to_us(IP_PROTO_ICMP), message, message_len);
}

/** know() - The peer asks for us, so we know its address (STALE) */
static inline void know(struct world *w)
{
	ck_assert_int_eq(rx_arp(w, ARP_REQUEST, PEER_IP, peer_mac, US_IP),
	                 DROP_NONE);
	w->sent_count = 0;
}

/* ---- frames out ---- */

static inline uint16_t sent_type(const struct world *w, unsigned i)
{
	ck_assert_uint_lt(i, w->sent_count);
	return get_be16(w->sent[i].data + 12);
}

static inline struct arp_hdr sent_arp(const struct world *w, unsigned i)
{
	struct arp_hdr arp;

	ck_assert_uint_eq(sent_type(w, i), ETH_TYPE_ARP);
	ck_assert_int_eq(arp_hdr_read(w->sent[i].data + ETH_HDR_LEN,
	                              w->sent[i].len - ETH_HDR_LEN, &arp),
	                 0);

	return arp;
}

/** sent_ip4() - The header of a packet that we sent, checked; and its payload */
static inline struct ip4_hdr sent_ip4(const struct world *w, unsigned i,
                                      const uint8_t **ret_data)
{
	struct ip4_hdr hdr;

	ck_assert_uint_eq(sent_type(w, i), ETH_TYPE_IP4);
	ck_assert_int_eq(ip4_hdr_read(w->sent[i].data + ETH_HDR_LEN,
	                              w->sent[i].len - ETH_HDR_LEN, &hdr),
	                 DROP_NONE);
	ck_assert_uint_eq(hdr.hdr_len, IP4_HDR_LEN);
	*ret_data = w->sent[i].data + ETH_HDR_LEN + hdr.hdr_len;

	return hdr;
}

static inline bool sent_to(const struct world *w, unsigned i,
                           const uint8_t mac[6])
{
	return i < w->sent_count && !memcmp(w->sent[i].data, mac, 6) &&
	       !memcmp(w->sent[i].data + 6, our_mac, 6);
}

/** pattern() - 65536 octets that do not repeat soon */
static inline const uint8_t *pattern(void)
{
	static uint8_t octets[65536];

	if (octets[1] == 0)
		for (size_t i = 0; i < sizeof(octets); i++)
			octets[i] = (uint8_t)(i * 7 + i / 256);

	return octets;
}

/** send_to() - The first @len octets of the pattern as a packet's payload */
static inline enum drop send_to(struct world *w, struct tarn_ip dst, size_t len)
{
	const struct ip_tx tx = { .dst = dst, .proto = IP_PROTO_UDP };
	struct pkt pkt;

	pkt_init(&pkt);
	pkt_payload(&pkt, pattern(), len);

	return ip_output(w->net, &pkt, &tx);
}

/* enum drop, but a number: a ?: between two reasons is a fine argument. */
static inline void assert_drop(const char *what, unsigned drop,
                               unsigned expected)
{
	ck_assert_msg(drop == expected, "%s: dropped as %s, not %s", what,
	              drop ? drop_symbol((enum drop)drop) : "NONE",
	              expected ? drop_symbol((enum drop)expected) : "NONE");
}

#define ck_assert_drop(expression, expected)                                   \
	assert_drop(#expression, expression, expected)

#endif
