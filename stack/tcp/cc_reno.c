/* SPDX-License-Identifier: MIT */
/*
 * cc_reno.c - Reno: additive increase, multiplicative decrease (RFC 5681)
 *
 *	cwnd < ssthresh	 slow start: + the octets acknowledged
 *	otherwise	 congestion avoidance: + SMSS per cwnd acknowledged
 *	loss		 ssthresh = max(FlightSize / 2, 2 SMSS)
 *
 * Counting octets makes an ACK that was split into many worth no more than one
 * (RFC 3465), and one that covers many segments worth no less.
 */
#include "tcp/parts.h"

/*
 * RFC5681-2
 *
 * Half of 11 segments are 5 1/2. But no more than 5 are ever out, and a sixth
 * would be waited for: a round trip would not be enough to grow by one.
 */
static uint32_t full_segments(const struct tcb *tcb)
{
	const uint32_t cwnd = tcb->cc.cwnd;

	return cwnd > tcb->snd.mss ? cwnd - cwnd % tcb->snd.mss : cwnd;
}

static struct reason acked(struct tcb *tcb, const struct cc_ack *ack)
{
	struct tcp_cc *cc   = &tcb->cc;
	const bool was_slow = cc_is_slow_start(tcb);
	uint32_t full;

	cc->counted += cc_slow_start(tcb, ack->acked);
	full = full_segments(tcb);
	if (!cc_is_slow_start(tcb) && cc->counted >= full) {
		cc->counted -= full;
		cc->cwnd += MIN(tcb->snd.mss, CC_CWND_MAX - cc->cwnd);
	}

	return was_slow ? BECAUSE(WHY_CC_SLOW_START)
	                : BECAUSE(WHY_CC_AVOIDANCE);
}

/* RFC5681-3 */
static uint32_t ssthresh(struct tcb *tcb, uint32_t flight)
{
	return MAX(flight / 2, 2 * tcb->snd.mss);
}

const struct cc_ops cc_reno = {
	.name     = "reno",
	.acked    = acked,
	.ssthresh = ssthresh,
};
