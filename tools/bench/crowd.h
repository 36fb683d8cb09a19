/* SPDX-License-Identifier: MIT */
/*
 * crowd.h - a link in memory with a million clients behind its gateway
 *
 *	holder 10.9.0.1 ----+---- talker 10.9.0.2, a whole stack
 *			    |
 *			gateway 10.9.0.254 ---- client i, 11.x.y.z:p
 *
 * A client is no record. It answers a SYN,ACK out of the numbers that stand in
 * it and says no more, so that however many there are, they hold no memory.
 */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "base/bytes.h"
#include "base/checksum.h"
#include "tarn.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/tcp.h"
#include <errno.h>
#include <string.h>

#define CROWD_GATEWAY   254
#define CROWD_FRAMES    4096u /* that wait for one end; then they are lost */
#define CROWD_FRAME_MAX 1514u
#define CROWD_PORTS     50000u /* of each client address, from 10000 on */

enum { CROWD_HOLDER, CROWD_TALKER };

/** struct crowd_queue - the frames that wait for one end */
struct crowd_queue {
	uint32_t first, count;
	struct crowd_frame {
		uint16_t len;
		uint8_t octet[CROWD_FRAME_MAX];
	} frame[CROWD_FRAMES];
};

struct crowd {
	struct crowd_queue to[2];
	uint8_t holder_mac[ETH_ADDR_LEN];
};

static const uint8_t crowd_mac[ETH_ADDR_LEN] = { 2, 0, 0, 0, 0, CROWD_GATEWAY };

static void crowd_init(struct crowd *crowd)
{
	const uint8_t mac[ETH_ADDR_LEN] = { 2, 0x54, 10, 9, 0, 1 };

	/* Touched now, or its pages would count as somebody else's later. */
	memset(crowd, 0xff, sizeof(*crowd));
	for (unsigned i = 0; i < 2; i++)
		crowd->to[i].first = crowd->to[i].count = 0;
	memcpy(crowd->holder_mac, mac, sizeof(mac));
}

/* Room for a frame that waits for @end; NULL: it is lost */
static struct crowd_frame *crowd_push(struct crowd *crowd, unsigned end)
{
	struct crowd_queue *queue = &crowd->to[end];

	if (queue->count == CROWD_FRAMES)
		return NULL;

	return &queue->frame[(queue->first + queue->count++) % CROWD_FRAMES];
}

static ssize_t crowd_pop(struct crowd *crowd, unsigned end, uint8_t *buf,
                         size_t size)
{
	struct crowd_queue *queue       = &crowd->to[end];
	const struct crowd_frame *frame = &queue->frame[queue->first];

	if (queue->count == 0)
		return 0;

	memcpy(buf, frame->octet, frame->len < size ? frame->len : size);
	queue->first = (queue->first + 1) % CROWD_FRAMES;
	queue->count--;

	return frame->len;
}

/* ---- The clients ---- */

/* A segment from a client to the holder. */
static void crowd_say(struct crowd *crowd, struct tarn_ip client,
                      const struct tcp_hdr *hdr)
{
	const struct tarn_ip holder = tarn_ip4(10, 9, 0, 1);
	const size_t tcp_len        = tcp_hdr_len(&hdr->opt);
	struct crowd_frame *frame   = crowd_push(crowd, CROWD_HOLDER);
	struct eth_hdr eth          = { .type = ETH_TYPE_IP4 };
	uint8_t *tcp;
	uint64_t sum;

	if (!frame)
		return;

	frame->len = (uint16_t)(ETH_HDR_LEN + IP4_HDR_LEN + tcp_len);
	memcpy(eth.dst, crowd->holder_mac, ETH_ADDR_LEN);
	memcpy(eth.src, crowd_mac, ETH_ADDR_LEN);
	eth_hdr_write(frame->octet, &eth);
	ip4_hdr_write(frame->octet + ETH_HDR_LEN,
	              &(struct ip4_hdr){
	                      .hdr_len   = IP4_HDR_LEN,
	                      .total_len = (uint16_t)(IP4_HDR_LEN + tcp_len),
	                      .dont_fragment = true,
	                      .ttl           = 64,
	                      .proto         = IP_PROTO_TCP,
	                      .src           = client,
	                      .dst           = holder,
	              });
	tcp = frame->octet + ETH_HDR_LEN + IP4_HDR_LEN;
	tcp_hdr_write(tcp, hdr);
	sum = ip4_pseudo_sum(&client, &holder, IP_PROTO_TCP, tcp_len);
	put_be16(tcp + TCP_SUM_OFFSET,
	         checksum_fold(checksum_add(sum, tcp, tcp_len)));
}

/** crowd_connects() - Client @i sends its SYN to @port */
static void crowd_connects(struct crowd *crowd, uint32_t i, uint16_t port)
{
	const struct tcp_hdr hdr = {
		.src_port = (uint16_t)(10000 + i % CROWD_PORTS),
		.dst_port = port,
		.seq      = i * 2654435761u,
		.syn      = true,
		.window   = 65535,
		.opt      = { .has_mss        = true,
		              .mss            = 1460,
		              .sack_permitted = true,
		              .has_wscale     = true,
		              .wscale         = 7,
		              .has_timestamps = true,
		              .tsval          = i },
	};

	crowd_say(crowd, ip4_from_u32((11u << 24) + 1 + i / CROWD_PORTS), &hdr);
}

/* The handshake's third step; anything else is heard and not answered. */
static void crowd_hears(struct crowd *crowd, const uint8_t *packet, size_t len)
{
	struct ip4_hdr ip;
	struct tcp_hdr heard, answer;

	if (ip4_hdr_read(packet, len, &ip) != DROP_NONE ||
	    tcp_hdr_read(packet + ip.hdr_len, len - ip.hdr_len, &heard) !=
	            DROP_NONE ||
	    !heard.syn)
		return;

	answer = (struct tcp_hdr){
		.src_port = heard.dst_port,
		.dst_port = heard.src_port,
		.seq      = heard.ack,
		.ack      = heard.seq + 1,
		.ack_bit  = true,
		.window   = 512,
		.opt      = { .has_timestamps = true,
		              .tsval          = heard.opt.tsecr,
		              .tsecr          = heard.opt.tsval },
	};
	crowd_say(crowd, ip.dst, &answer);
}

/* ---- The link ---- */

/* Somebody asks for the gateway's address. Return: it was so */
static bool crowd_answers_arp(struct crowd *crowd, const uint8_t *octet,
                              size_t len)
{
	const struct tarn_ip gateway = tarn_ip4(10, 9, 0, CROWD_GATEWAY);
	struct eth_hdr eth           = { .type = ETH_TYPE_ARP };
	struct crowd_frame *frame;
	struct arp_hdr arp;

	if (get_be16(octet + 12) != ETH_TYPE_ARP ||
	    arp_hdr_read(octet + ETH_HDR_LEN, len - ETH_HDR_LEN, &arp) < 0 ||
	    arp.operation != ARP_REQUEST || !ip_equal(&arp.target_ip, &gateway))
		return false;

	frame = crowd_push(crowd, CROWD_HOLDER);
	if (!frame)
		return true;
	memcpy(eth.dst, arp.sender_mac, ETH_ADDR_LEN);
	memcpy(eth.src, crowd_mac, ETH_ADDR_LEN);
	memcpy(arp.target_mac, arp.sender_mac, ETH_ADDR_LEN);
	memcpy(arp.sender_mac, crowd_mac, ETH_ADDR_LEN);
	arp.target_ip = arp.sender_ip;
	arp.sender_ip = gateway;
	arp.operation = ARP_REPLY;
	eth_hdr_write(frame->octet, &eth);
	arp_hdr_write(frame->octet + ETH_HDR_LEN, &arp);
	frame->len = ETH_HDR_LEN + ARP_LEN;

	return true;
}

static size_t crowd_gather(uint8_t *to, const struct tarn_slice *part,
                           unsigned part_count)
{
	size_t len = 0;

	for (unsigned i = 0; i < part_count; i++) {
		if (len + part[i].len > CROWD_FRAME_MAX)
			return 0;
		memcpy(to + len, part[i].data, part[i].len);
		len += part[i].len;
	}

	return len;
}

static int crowd_holder_sends(void *link, const struct tarn_slice *part,
                              unsigned part_count)
{
	struct crowd *crowd = link;
	uint8_t octet[CROWD_FRAME_MAX];
	const size_t len = crowd_gather(octet, part, part_count);
	struct crowd_frame *frame;

	if (len < ETH_HDR_LEN)
		return -EMSGSIZE;
	if (crowd_answers_arp(crowd, octet, len))
		return 0;
	if (memcmp(octet, crowd_mac, ETH_ADDR_LEN) == 0) {
		crowd_hears(crowd, octet + ETH_HDR_LEN, len - ETH_HDR_LEN);
		return 0;
	}

	frame = crowd_push(crowd, CROWD_TALKER);
	if (!frame)
		return -ENOBUFS;
	memcpy(frame->octet, octet, len);
	frame->len = (uint16_t)len;

	return 0;
}

static int crowd_talker_sends(void *link, const struct tarn_slice *part,
                              unsigned part_count)
{
	struct crowd_frame *frame = crowd_push(link, CROWD_HOLDER);

	if (!frame)
		return -ENOBUFS;
	frame->len = (uint16_t)crowd_gather(frame->octet, part, part_count);

	return 0;
}

static ssize_t crowd_holder_receives(void *link, uint8_t *buf, size_t size)
{
	return crowd_pop(link, CROWD_HOLDER, buf, size);
}

static ssize_t crowd_talker_receives(void *link, uint8_t *buf, size_t size)
{
	return crowd_pop(link, CROWD_TALKER, buf, size);
}

/** crowd_ops() - What an end's stack is given as its link's; the link is @crowd */
static const struct tarn_link_ops *crowd_ops(unsigned end)
{
	static const struct tarn_link_ops ops[] = {
		{ crowd_holder_receives, crowd_holder_sends },
		{ crowd_talker_receives, crowd_talker_sends },
	};

	return &ops[end];
}

#endif
