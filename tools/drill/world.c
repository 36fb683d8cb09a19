/* SPDX-License-Identifier: MIT */
/* world.c - the link, the clock and the memory of a stack under test; see world.h */
#include "tools/drill/world.h"
#include "base/bytes.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include <errno.h>
#include <stdlib.h>

/* Polls at one moment before the stack is said to spin. */
#define TURNS_MAX 100000
/* Not zero: nobody may rely on a clock that starts when the stack does. */
#define BORN_US UINT64_C(1000000000)

static const uint8_t peer_mac[6]  = { 0x02, 0x54, 0, 0, 0, 1 };
static const uint8_t stack_mac[6] = { 0x02, 0x54, 0, 0, 0, 2 };

/* ---- frames ---- */

static struct world_frame *new_frame(size_t len)
{
	struct world_frame *frame = malloc(sizeof(*frame) + len);

	if (frame) {
		frame->next = NULL;
		frame->len  = len;
	}

	return frame;
}

static void put(struct world_queue *queue, struct world_frame *frame)
{
	if (!queue->first)
		queue->last = &queue->first;
	*queue->last = frame;
	queue->last  = &frame->next;
}

static struct world_frame *take(struct world_queue *queue)
{
	struct world_frame *frame = queue->first;

	if (frame)
		queue->first = frame->next;

	return frame;
}

static void drain(struct world_queue *queue)
{
	struct world_frame *frame;

	while ((frame = take(queue)))
		free(frame);
}

/* ---- the link ---- */

static ssize_t link_receive(void *link, uint8_t *buf, size_t size)
{
	struct world *world       = link;
	struct world_frame *frame = take(&world->rx);
	size_t len;

	if (!frame)
		return 0;

	len = frame->len;
	memcpy(buf, frame->packet, MIN(len, size));
	free(frame);

	return (ssize_t)len;
}

/* Whoever the stack looks for lives at our end of the link, but itself. */
static int answer_arp(struct world *world, const uint8_t *octets, size_t len)
{
	struct world_frame *frame;
	struct arp_hdr ask, answer;
	struct eth_hdr head;

	if (arp_hdr_read(octets, len, &ask) < 0 ||
	    ask.operation != ARP_REQUEST ||
	    memcmp(&ask.target_ip, &world->config.ip, sizeof(ask.target_ip)) ==
	            0)
		return 0;
	frame = new_frame(ETH_HDR_LEN + ARP_LEN);
	if (!frame)
		return -ENOBUFS;

	answer = (struct arp_hdr){ .operation = ARP_REPLY };
	memcpy(answer.sender_mac, peer_mac, 6);
	memcpy(answer.target_mac, ask.sender_mac, 6);
	answer.sender_ip = ask.target_ip;
	answer.target_ip = ask.sender_ip;
	head             = (struct eth_hdr){ .type = ETH_TYPE_ARP };
	memcpy(head.dst, ask.sender_mac, 6);
	memcpy(head.src, peer_mac, 6);
	eth_hdr_write(frame->packet, &head);
	arp_hdr_write(frame->packet + ETH_HDR_LEN, &answer);
	put(&world->rx, frame);

	return 0;
}

/* Ethernet fills short frames up; the IP header knows better. */
static void trim_padding(struct world_frame *frame)
{
	if (frame->len >= IP4_HDR_LEN)
		frame->len = MIN(frame->len,
		                 MAX(get_be16(frame->packet + 2), IP4_HDR_LEN));
}

static int link_transmit(void *link, const struct tarn_slice *part,
                         unsigned part_count)
{
	struct world *world = link;
	struct world_frame *frame;
	uint8_t head[WORLD_FRAME_HEAD];
	size_t len = 0, at = 0;

	for (unsigned i = 0; i < part_count; i++)
		len += part[i].len;
	frame = len >= sizeof(head) ? new_frame(len) : NULL;
	if (!frame)
		return -ENOBUFS;
	for (unsigned i = 0; i < part_count; i++) {
		if (part[i].len)
			memcpy(frame->packet + at, part[i].data, part[i].len);
		at += part[i].len;
	}

	memcpy(head, frame->packet, sizeof(head));
	frame->len   = len - sizeof(head);
	frame->at_us = world->now_us;
	memmove(frame->packet, frame->packet + sizeof(head), frame->len);
	if (get_be16(head + 12) == ETH_TYPE_IP4) {
		trim_padding(frame);
		put(&world->tx, frame);
		return 0;
	}
	at = (size_t)answer_arp(world, frame->packet, frame->len);
	free(frame);

	return (int)at;
}

static const struct tarn_link_ops link_ops = { link_receive, link_transmit };

/* ---- memory ---- */

static void *resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
	struct world *world = context;
	void *block         = NULL;

	if (new_size == 0) {
		free(ptr);
	} else {
		block = realloc(ptr, new_size);
		if (!block)
			return NULL;
	}
	world->memory_held += new_size;
	world->memory_held -= ptr ? old_size : 0;

	return block;
}

/* ---- life ---- */

void world_config(struct world *world)
{
	*world = (struct world){ .born_us = BORN_US, .now_us = BORN_US };
	tarn_config_init(&world->config);
	world->config.ops    = &link_ops;
	world->config.link   = world;
	world->config.memory = (struct tarn_memory){ resize, world };
	memcpy(world->config.mac, stack_mac, 6);
	world->config.seed[0] = 0x6472696c6c;
	world->config.seed[1] = 1;
}

int world_open(struct world *world)
{
	const int rc = tarn_create(&world->config, world->now_us, &world->tarn);

	if (rc == 0)
		world_settle(world);

	return rc;
}

size_t world_close(struct world *world)
{
	if (world->tarn)
		tarn_destroy(world->tarn);
	world->tarn = NULL;
	drain(&world->rx);
	drain(&world->tx);

	return world->memory_held;
}

/* ---- time ---- */

void world_settle(struct world *world)
{
	for (unsigned turn = 0; turn < TURNS_MAX; turn++) {
		world->deadline_us = tarn_poll(world->tarn, world->now_us);
		if (!world->rx.first && world->deadline_us > world->now_us)
			return;
	}
	world->spins = true;
}

bool world_step(struct world *world, uint64_t limit_us)
{
	world_settle(world);
	if (world->spins || world->deadline_us > limit_us) {
		world->now_us = MAX(world->now_us, limit_us);
		return false;
	}
	world->now_us = world->deadline_us;
	world_settle(world);

	return true;
}

/* ---- packets ---- */

int world_inject(struct world *world, const uint8_t *packet, size_t len)
{
	struct world_frame *frame = new_frame(ETH_HDR_LEN + len);
	struct eth_hdr head       = { .type = ETH_TYPE_IP4 };

	if (!frame)
		return -ENOMEM;

	memcpy(head.dst, stack_mac, 6);
	memcpy(head.src, peer_mac, 6);
	eth_hdr_write(frame->packet, &head);
	memcpy(frame->packet + ETH_HDR_LEN, packet, len);
	put(&world->rx, frame);

	return 0;
}

struct world_frame *world_take(struct world *world)
{
	return take(&world->tx);
}
