/* SPDX-License-Identifier: MIT */
/*
 * peerstate.h - connections as somebody sees them who only sees the segments
 *
 * Nobody on a wire knows the state of an end. It is inferred here: what an end
 * sends proves what it had received (an ACK of a FIN: it has seen the FIN), and
 * what is sent to it is presumed to arrive, until it sends something that
 * proves the opposite (a SYN,ACK again: it is still in SYN-RECEIVED). So a
 * state shown from here is "presumed", and is wrong for a while when segments
 * are lost.
 *
 * Flows are numbered from 1 in the order in which they appear; a SYN that
 * takes the place of a finished connection starts a new one.
 */
#ifndef DRIVERS_PEERSTATE_H
#define DRIVERS_PEERSTATE_H

#include "drivers/glance.h"

#define FLOWS_MAX      1024 /* then the one that was silent the longest goes */
#define FLOW_HOLES_MAX 8

struct flow_hole {
	uint32_t start, end; /* sequence numbers not seen, [start, end) */
};

/** struct flow_end - what one end has shown of itself */
struct flow_end {
	struct tarn_addr addr;
	uint8_t state; /* enum tcp_state, presumed */
	bool is_known; /* iss and nxt mean something */
	bool has_fin;  /* it sent FIN; fin is the number after it */
	bool has_wscale;
	uint8_t wscale;
	uint32_t iss; /* from its SYN; else one below the first number seen */
	uint32_t nxt; /* after the highest number it sent */
	uint32_t fin;
	unsigned hole_count;
	struct flow_hole hole[FLOW_HOLES_MAX]; /* below nxt */
};

/** struct flow - one connection; which end is 0 is decided at its first segment */
struct flow {
	unsigned number; /* from 1 */
	uint32_t conn;   /* the stack's own number for it; 0: not known */
	bool is_shown;   /* for the ladder's use */
	struct flow_end end[2];
};

/** struct flow_step - what a segment did */
struct flow_step {
	uint8_t before[2], after[2]; /* states of the two ends */
	bool is_again;               /* all that it carries was sent before */
};

struct peerstate;

int peerstate_open(struct peerstate **ret);
void peerstate_close(struct peerstate *peerstate);

/**
 * peerstate_find() - The connection that a segment belongs to
 * @left:	which end of a new flow becomes end 0: the segment's source (0)
 *		or its destination (1)
 * @create:	false: only look; NULL when there is none
 *
 * Return: the flow, valid until FLOWS_MAX others have been seen; *ret_from is
 *	   the end that sent the segment
 */
struct flow *peerstate_find(struct peerstate *peerstate,
                            const struct glance *segment, unsigned left,
                            bool create, unsigned *ret_from);

/** peerstate_find_conn() - The flow with the stack's own number @conn, or NULL */
struct flow *peerstate_find_conn(struct peerstate *peerstate, uint32_t conn);

/** peerstate_count() - How many flows there have been */
unsigned peerstate_count(const struct peerstate *peerstate);

/** flow_segment() - End @from sent @segment: infer what it tells
 * @arrived:	false: it is known not to have been taken by the other end
 */
void flow_segment(struct flow *flow, unsigned from,
                  const struct glance *segment, bool arrived,
                  struct flow_step *ret);

#endif
