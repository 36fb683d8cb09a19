/* SPDX-License-Identifier: MIT */
/*
 * loose_peer.h - a link, a clock and a memory hook for programs of random octets
 *
 * What peer.h is for scripts, without expectations: frames that leave are
 * checked for form and text, and what they say is remembered per flow, so that
 * a random answer can be close to a right one. A violation aborts (fuzz.h).
 */
#ifndef TESTS_UNIT_LIB_LOOSE_PEER_H
#define TESTS_UNIT_LIB_LOOSE_PEER_H

#include "tarn.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/lib/segment.h"

#define LOOSE_FLOWS      4
#define LOOSE_FIRST_PORT 40000 /* the peer's, one per flow */
#define LOOSE_RX_MAX     256   /* frames that wait for the stack */

/** struct loose_flow - what the stack said last to one of the peer's ports */
struct loose_flow {
	uint16_t stack_port;
	uint32_t irs; /* where the peer's numbers begin */
	uint32_t iss, stack_ack, stack_nxt, tsval;
	bool has_iss;
};

struct loose_peer {
	struct tarn *tarn;
	uint64_t now_us, deadline_us;
	size_t held;                       /* octets of memory */
	unsigned long requests, refuse_at; /* which of them is refused */
	struct loose_flow flow[LOOSE_FLOWS];
	uint8_t rx[LOOSE_RX_MAX][SEGMENT_FRAME_MAX];
	size_t rx_len[LOOSE_RX_MAX], rx_count, rx_at;
	unsigned answers; /* frames that left since the last event */
	bool is_mute;     /* no answer to ARP */
};

extern struct loose_peer loose;

/** loose_begin() - A fresh stack with this seed, born at @now_us */
void loose_begin(uint64_t now_us, uint64_t seed);
/** loose_end() - Silence for two hours; then everything must be given back
 * @held_at_birth: loose.held right after loose_begin()
 */
void loose_end(size_t held_at_birth);

/** loose_queue() - A frame for the stack (dropped when too many wait) */
void loose_queue(const uint8_t *frame, size_t len);
/** loose_settle() - Let the stack do what is due, until it rests */
void loose_settle(void);
void loose_time_passes(uint64_t us);

/** loose_octet() - Text: the peer's by absolute number, the stack's by the
 * distance from its ISS */
uint8_t loose_octet(bool is_peers, uint32_t at);

#endif
