/* SPDX-License-Identifier: MIT */
/* peer_link.c - the link between stack and scripted peer; see peer.h */
#include "tests/unit/lib/peer_state.h"
#include <string.h>

enum {
	ARP_TYPE_AT   = 12,
	ARP_OP_AT     = 20,
	ARP_SENDER_AT = 22,
	ARP_TARGET_AT = 32
};

static uint8_t owed_to[64][10]; /* MAC and IPv4 address of who asked */
static size_t owed_count;

static const uint8_t peer_ip[4] = { 10, 9, 0, 1 };

static bool is_arp(const struct frame *frame)
{
	return frame->len >= 42 && frame->octet[ARP_TYPE_AT] == 0x08 &&
	       frame->octet[ARP_TYPE_AT + 1] == 0x06;
}

static void take_arp(const struct frame *frame)
{
	const uint8_t *arp = frame->octet;

	if (arp[ARP_OP_AT + 1] != 1 ||
	    memcmp(arp + ARP_TARGET_AT + 6, peer_ip, 4) != 0)
		return;
	peer.arp_requests++;
	if (!peer.ignores_arp && owed_count < 64)
		memcpy(owed_to[owed_count++], arp + ARP_SENDER_AT, 10);
}

bool answer_arp(void)
{
	static const uint8_t head[] = { 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 2 };
	const bool was_owed         = owed_count > 0;

	while (owed_count > 0) {
		const uint8_t *to = owed_to[--owed_count];
		uint8_t frame[60] = { 0 };

		memcpy(frame, to, 6);
		memcpy(frame + 6, "\x02\x54\x0a\x09\x00\x01", 6);
		memcpy(frame + ARP_TYPE_AT, head, sizeof(head));
		memcpy(frame + ARP_SENDER_AT, frame + 6, 6);
		memcpy(frame + ARP_SENDER_AT + 6, peer_ip, 4);
		memcpy(frame + ARP_TARGET_AT, to, 10);
		peer_injects(frame, sizeof(frame));
	}

	return was_owed;
}

static ssize_t link_receive(void *link, uint8_t *buf, size_t size)
{
	const struct frame *frame;

	(void)link;
	if (peer.rx_at == peer.rx_count) {
		peer.rx_at = peer.rx_count = 0;
		return 0;
	}
	frame = &peer.rx[peer.rx_at++];
	memcpy(buf, frame->octet, frame->len < size ? frame->len : size);

	return (ssize_t)frame->len;
}

static int link_transmit(void *link, const struct tarn_slice *part,
                         unsigned part_count)
{
	static struct frame frame;

	(void)link;
	frame.len   = 0;
	frame.at_us = peer.now_us;
	for (unsigned i = 0; i < part_count; i++) {
		ck_assert_uint_le(frame.len + part[i].len, SEGMENT_FRAME_MAX);
		if (part[i].len)
			memcpy(frame.octet + frame.len, part[i].data,
			       part[i].len);
		frame.len += part[i].len;
	}

	if (is_arp(&frame)) {
		take_arp(&frame);
		return 0;
	}
	note_from_stack(&frame);
	if (peer.is_mute)
		return 0;
	if (peer.tx_at == peer.tx_count)
		peer.tx_at = peer.tx_count = 0;
	ck_assert_uint_lt(peer.tx_count, TX_MAX);
	peer.tx[peer.tx_count++] = frame;

	return 0;
}

const struct tarn_link_ops peer_link_ops = { link_receive, link_transmit };

void peer_injects(const uint8_t *octet, size_t len)
{
	struct frame *frame = &peer.rx[peer.rx_count];

	ck_assert_uint_lt(peer.rx_count, RX_MAX);
	ck_assert_uint_le(len, SEGMENT_FRAME_MAX);
	memcpy(frame->octet, octet, len);
	frame->len = len;
	peer.rx_count++;
}
