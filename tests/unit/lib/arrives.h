/* SPDX-License-Identifier: MIT */
/*
 * arrives.h - SEGMENT ARRIVES, written down a second time
 *
 * RFC 9293 3.10.7 with RFC 5961, RFC 1337 (F1) and RFC 6191 (without
 * timestamps) as a function from a state and one segment to the answer, the
 * next state and the octets delivered: the reference that tests hold the stack
 * against. It shares no line with stack/. Numbers are relative to both ISS.
 */
#ifndef TESTS_UNIT_LIB_ARRIVES_H
#define TESTS_UNIT_LIB_ARRIVES_H

#include "tcp/tcp.h"
#include <stdbool.h>
#include <stdint.h>

#define ARRIVES_WINDOW 65535u /* the largest SND.WND ever offered to us */

/** struct situation - a state and its numbers */
struct situation {
	enum tcp_state state;
	bool is_passive; /* SYN-RECEIVED came from LISTEN */
	uint32_t una, nxt, rcv_nxt;
	uint32_t edge; /* RCV.NXT+RCV.WND, where it stays */
};

/** struct seg - what arrives */
struct seg {
	bool fin, syn, rst, has_ack;
	bool psh, urg; /* change none of what is foretold */
	uint32_t seq, ack, len;
};

enum reply {
	NOTHING,
	ACK,
	ACK_OR_NOTHING, /* the RFC leaves it open */
	RST,            /* <SEQ=SEG.ACK> */
	RST_ACK,        /* <SEQ=0><ACK=SEG.SEQ+SEG.LEN> */
	SYN_ACK,
	SYN_ACK_OR_ACK,
};

struct outcome {
	enum reply reply;
	enum tcp_state state;
	uint32_t rcv_nxt, delivered;
};

/** seg_length() - SEG.LEN: text and the controls that consume a number */
uint32_t seg_length(const struct seg *seg);
/** foretell() - What @seg must lead to */
struct outcome foretell(const struct situation *at, const struct seg *seg);

#endif
