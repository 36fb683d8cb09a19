/* SPDX-License-Identifier: MIT */
/*
 * glance.h - what a frame is, at first sight
 *
 * For who watches (ladder, log, faults) and judges nothing: no checksum is
 * verified, and a frame that a capture tool has cut short still tells what
 * its headers say. The stack's own, strict readers are in net/ and tcp/.
 */
#ifndef DRIVERS_GLANCE_H
#define DRIVERS_GLANCE_H

#include "tarn.h"
#include "wire/tcp.h"

enum glance_kind {
	GLANCE_OTHER, /* not IPv4, not ARP, or too short to say */
	GLANCE_ARP,
	GLANCE_IP4, /* another protocol, or a later fragment's middle */
	GLANCE_ICMP,
	GLANCE_UDP,
	GLANCE_TCP,
};

/** struct glance - valid fields depend on @kind */
struct glance {
	enum glance_kind kind;
	struct tarn_addr src, dst; /* IP4 and below; ports: UDP, TCP */
	size_t tcp_at;             /* TCP: offset of its header in the frame */
	struct tcp_hdr tcp;        /* TCP */
	uint32_t text_len;         /* TCP: octets of payload that were sent */
};

/** glance_at() - Look at a frame that starts with the destination MAC */
void glance_at(const uint8_t *frame, size_t len, struct glance *ret);

/** glance_seq_len() - SEG.LEN: the sequence numbers that a segment occupies */
uint32_t glance_seq_len(const struct glance *glance);

#endif
