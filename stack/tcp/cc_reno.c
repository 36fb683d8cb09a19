/* SPDX-License-Identifier: MIT */
/*
 * cc_reno.c - Reno: additive increase, multiplicative decrease (RFC 5681)
 *
 *	cwnd < ssthresh	 slow start: + the octets acknowledged
 *	otherwise	 congestion avoidance: + SMSS per cwnd acknowledged
 *	loss		 ssthresh = max(FlightSize / 2, 2 SMSS)
 *
 * Counting octets makes an ACK that was split into many worth no more than one
 * (RFC 3465), and one that covers many segments worth no less. There is no
 * limit per ACK: with it, a peer that acknowledges a whole batch at once would
 * be punished.
 */
#include "tcp/parts.h"

static void acked(struct tcb *tcb, const struct cc_ack *ack)
{
	struct tcp_cc *cc = &tcb->cc;
	uint32_t octets   = ack->acked;

	if (cc->cwnd < cc->ssthresh) {
		const uint32_t step = MIN(octets, cc->ssthresh - cc->cwnd);

		cc->cwnd += MIN(step, UINT32_MAX / 2 - cc->cwnd);
		octets -= step;
	}

	cc->counted += octets;
	if (cc->cwnd >= cc->ssthresh && cc->counted >= cc->cwnd) {
		cc->counted -= cc->cwnd;
		cc->cwnd += tcb->snd.mss;
	}
}

static uint32_t ssthresh(struct tcb *tcb, uint32_t flight)
{
	return MAX(flight / 2, 2 * tcb->snd.mss);
}

const struct cc_ops cc_reno = {
	.name     = "reno",
	.acked    = acked,
	.ssthresh = ssthresh,
};
