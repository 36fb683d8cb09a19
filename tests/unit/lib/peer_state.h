/* SPDX-License-Identifier: MIT */
/* peer_state.h - what the files of the scripted peer share; see peer.h */
#ifndef TESTS_UNIT_LIB_PEER_STATE_H
#define TESTS_UNIT_LIB_PEER_STATE_H

#include "base/event.h"
#include "tests/unit/lib/peer.h"

#define FLOWS_MAX       128
#define RX_MAX          256  /* frames that wait for the stack */
#define TX_MAX          4096 /* frames that wait to be judged */
#define DESCRIPTORS_MAX 1024
#define PEER_IP         0x0a090001u
#define STACK_IP        0x0a090002u

struct frame {
	uint64_t at_us;
	size_t len;
	uint8_t octet[SEGMENT_FRAME_MAX];
};

/** struct flow - one 4-tuple; the peer's port tells which */
struct flow {
	uint16_t peer_port, stack_port; /* stack_port 0: the next SYN tells */
	uint32_t irs, iss;              /* the peer's ISS and the stack's */
	bool peer_offers_ts, stack_offers_ts;
	uint32_t stack_tsval;
	bool has_state;
	uint8_t state; /* enum tcp_state */
};

struct peer {
	struct tarn_config config;
	struct tarn *tarn; /* NULL: not made yet */
	int world;
	bool is_hasty;
	uint64_t born_us, now_us, deadline_us;

	struct flow flows[FLOWS_MAX];
	size_t flow_count;
	struct flow *flow; /* the present one */
	uint16_t window;
	bool has_tsval;
	uint32_t tsval;

	struct frame rx[RX_MAX], tx[TX_MAX];
	size_t rx_count, rx_at, tx_count, tx_at;
	struct segment last;
	enum drop drop;
	bool ignores_arp, is_mute, allows_fragments;
	unsigned arp_requests;

	size_t memory_at_birth;
	int listener;
	bool is_adopted[DESCRIPTORS_MAX];
	uint32_t sent[DESCRIPTORS_MAX], received[DESCRIPTORS_MAX];
};

extern struct peer peer;

/** find_flow() - The flow from a port of the peer's, or NULL */
struct flow *find_flow(uint16_t peer_port);
/** flow_of_port() - The flow from a port of the peer's, made if need be */
struct flow *flow_of_port(uint16_t peer_port);

/** note_sent(), note_received() - Look at a frame that passes: learn, trace */
void note_from_stack(const struct frame *frame);
void note_from_peer(const uint8_t *octet, size_t len);
/** write_down() - One line of the transcript, '<' from the peer, '>' to it */
void write_down(char direction, const char *text);
/** print_transcript() - The last lines of it, to standard error */
void print_transcript(void);

/** peer_link - What the stack is given as its link; peer_link.c */
extern const struct tarn_link_ops peer_link_ops;
/** answer_arp() - Queue the answers that are owed. Return: were there any? */
bool answer_arp(void);

#endif
