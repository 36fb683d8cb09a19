/* SPDX-License-Identifier: MIT */
/*
 * fast.h - what the fast paths remember and do: fastpath.c, train.c
 *
 * Each is a page that says what it skips and why it may. What they remember
 * is of the layer, not of a connection: who does nothing pays nothing for it.
 */
#ifndef TCP_FAST_H
#define TCP_FAST_H

#include "base/pkt.h"

struct net_rx;
struct tcb;
struct tcp;
struct tcp_seg;

/** struct tcp_last - the connection and the segment that were last */
struct tcp_last {
	struct tcb *in; /* a segment came for it; in the table, or NULL */
	const struct tcb *out; /* whose segment ... */
	struct pkt pkt;        /* ... this is, as it left */
	uint32_t hdr_len;      /* octets of its TCP header */
};

/** fast_is_allowed() - Nobody looks, and no rule of TCP is left out */
bool fast_is_allowed(const struct tcp *tcp);
/** fast_path() - Is it the next text for the connection that the last segment
 * was for, and nothing else? Then take it (fastpath.c).
 * Return: it was, and nothing is left to do; otherwise nothing has happened */
bool fast_path(struct tcp *tcp, const struct net_rx *rx);

/** train_follow() - New text has just left: send the full segments behind it
 * that differ in nothing but number and text, as far as they may (train.c) */
void train_follow(struct tcb *tcb);

/* ---- What they take from the long ways ---- */

/** tcp_remember_timestamp() - TS.Recent, if it touches the left edge (sequence.c) */
void tcp_remember_timestamp(struct tcb *tcb, const struct tcp_seg *seg);
/** tcp_text_arrived() - Text in order is in its place in the ring: take it
 * (text.c) */
void tcp_text_arrived(struct tcb *tcb, const struct tcp_seg *seg);
/** tcp_note_sent() - New text left: was it short, has a push done its work?
 * (output.c) */
void tcp_note_sent(struct tcb *tcb, bool is_small);
/** push_ahead() - Octets of new text before a segment that must have PSH
 * (push.c) */
uint32_t push_ahead(const struct tcb *tcb);

#endif
