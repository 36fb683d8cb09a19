/* SPDX-License-Identifier: MIT */
/*
 * cc.c - congestion control: what all algorithms share (RFC 5681)
 *
 *	cc_acked()	new data acknowledged	 grow, as the algorithm says
 *	cc_reduce()	loss, or an ECN mark	 ssthresh, as the algorithm says
 *	cc_timeout()	RTO			 one segment
 *	cc_undo()	it was no loss		 back to what it was
 *
 * An algorithm is one struct cc_ops: cc_cubic.c (the default) and cc_reno.c.
 * Both begin with the same slow start, which hystart.c ends when the delay
 * grows, and both may grow only when the window was used: cc_validation.c.
 *
 * Octets acknowledged are counted, without a limit per ACK (RFC 9406 calls it
 * L): with one, a peer that acknowledges a whole batch at once would be
 * punished. Nothing is paced: docs/design/0018.
 */
#include "tcp/parts.h"

static const struct cc_ops *const algorithms[] = { &cc_cubic, &cc_reno };

const struct cc_ops *cc_find(const char *name)
{
	if (!name)
		return algorithms[0];

	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (strcmp(name, algorithms[i]->name) == 0)
			return algorithms[i];

	return NULL;
}

const char *tcp_congestion_name(const char *name)
{
	const struct cc_ops *ops = cc_find(name);

	return ops ? ops->name : NULL;
}

/* RFC6928-1, RFC6928-2 */
uint32_t cc_initial_window(const struct tcb *tcb)
{
	if (!rule_holds(tcb->tcp->env, RULE_SLOW_START))
		return TCP_LAB_CWND;
	if (tcb->had_synack_loss)
		return tcb->snd.mss; /* RFC 6928 section 2 */

	return tcb->tcp->env->config.initial_window * tcb->snd.mss;
}

void cc_init(struct tcb *tcb)
{
	tcb->cc = (struct tcp_cc){
		.ops       = cc_find(tcb->settings.congestion),
		.cwnd      = cc_initial_window(tcb),
		.ssthresh  = CC_SSTHRESH_NONE,
		.round.end = tcb->snd.nxt,
	};
	tcb->cc.told_cwnd     = tcb->cc.cwnd;
	tcb->cc.told_ssthresh = tcb->cc.ssthresh;
}

void cc_switch(struct tcb *tcb, const struct cc_ops *ops)
{
	struct tcp_cc *cc = &tcb->cc;

	if (cc->ops == ops)
		return;

	cc->ops         = ops;
	cc->counted     = 0;
	cc->cubic       = (struct cubic){ 0 };
	cc->prior_cubic = cc->cubic;
	tcp_emit_cc(tcb, WHY_CC_SWITCHED);
}

/*
 * RFC 9406 4.2: a round is over when windowEnd, which was SND.NXT, is
 * acknowledged: the octet of that number, the first that left later. At the ACK
 * before it, what that one allows has not left yet; a round that began there
 * would end too early, the next earlier still, and soon the shortest RTT of a
 * "round" would be that of the end of a burst.
 */
static bool begins_round(struct tcb *tcb)
{
	if (!seq_gt(tcb->snd.una, tcb->cc.round.end))
		return false;

	tcb->cc.round.end = tcb->snd.nxt;

	return true;
}

void cc_acked(struct tcb *tcb, const struct cc_ack *ack)
{
	const bool is_new_round = begins_round(tcb);
	const uint32_t before   = tcb->cc.cwnd;
	struct reason reason;

	hystart_acked(tcb, ack->rtt_us, is_new_round);
	if (!cc_used(tcb, ack->flight, is_new_round)) {
		if (tcb->cc.ops->pause)
			tcb->cc.ops->pause(tcb);
		return;
	}

	reason = tcb->cc.ops->acked(tcb, ack);
	if (tcb->cc.cwnd != before)
		tcp_emit_cc_at(tcb, reason);
}

bool cc_is_slow_start(const struct tcb *tcb)
{
	return tcb->cc.cwnd < tcb->cc.ssthresh;
}

/* LECTURE: slow start doubles the window in a round trip
 * RFC5681-1 */
uint32_t cc_slow_start(struct tcb *tcb, uint32_t acked)
{
	struct tcp_cc *cc = &tcb->cc;
	uint32_t step;

	if (!cc_is_slow_start(tcb))
		return acked;

	step = MIN(acked, cc->ssthresh - cc->cwnd);
	cc->cwnd += MIN(hystart_growth(tcb, step), CC_CWND_MAX - cc->cwnd);

	return acked - step;
}

/* As if nothing had been lost: PRR may have set cwnd lower meanwhile. */
static uint32_t keep_window(const struct tcp_cc *cc)
{
	if (cc->prior_ssthresh == CC_SSTHRESH_NONE)
		return cc->prior_cwnd;

	return MAX(cc->prior_cwnd, cc->prior_ssthresh);
}

/*
 * FlightSize of RFC 5681 (4), flight_size of RFC 9438 figure 5. What is out now
 * may be little by chance: the ACK that tells of the loss has covered several
 * segments, and those that follow have not left yet. The round shows what the
 * path has carried. And SND.NXT - SND.UNA may be much: in recovery it grows by
 * new text while SACKed text waits behind a hole; but no more counts than the
 * window that was allowed (docs/design/0018).
 */
static uint32_t flight_size(const struct tcb *tcb, uint32_t flight)
{
	const struct tcp_cc *cc = &tcb->cc;
	const uint32_t carried  = MIN(cc->cwnd, cc->round.flight_max);

	return MIN(MAX(flight, carried), MAX(cc->cwnd, cc->ssthresh));
}

void cc_reduce(struct tcb *tcb, uint32_t flight)
{
	struct tcp_cc *cc = &tcb->cc;

	cc->prior_cwnd     = cc->cwnd;
	cc->prior_ssthresh = cc->ssthresh;
	cc->ssthresh       = cc->ops->ssthresh(tcb, flight_size(tcb, flight));
	if (!rule_holds(tcb->tcp->env, RULE_CONGESTION_CONTROL))
		cc->ssthresh = keep_window(cc);
	cc->counted       = 0;
	tcb->ecn.owes_cwr = tcb->has_ecn; /* whatever the reason (RFC 3168
	                                    * 6.1.2) */
}

void cc_undo(struct tcb *tcb)
{
	struct tcp_cc *cc = &tcb->cc;

	if (cc->prior_cwnd == 0)
		return;

	if (cc->ops->undo)
		cc->ops->undo(tcb);
	cc->cwnd          = MAX(cc->cwnd, cc->prior_cwnd);
	cc->ssthresh      = MAX(cc->ssthresh, cc->prior_ssthresh);
	cc->prior_cwnd    = 0;
	tcb->ecn.owes_cwr = false;
	tcp_emit_cc(tcb, WHY_CC_UNDO);
}

static bool begins_anew(const struct tcb *tcb)
{
	return rule_holds(tcb->tcp->env, RULE_SLOW_START) &&
	       rule_holds(tcb->tcp->env, RULE_CONGESTION_CONTROL);
}

void cc_timeout(struct tcb *tcb)
{
	tcb->cc.cwnd    = begins_anew(tcb) ? tcb->snd.mss : tcb->cc.ssthresh;
	tcb->cc.counted = 0;
	if (tcb->cc.ops->reset)
		tcb->cc.ops->reset(tcb);
	tcp_emit_cc(tcb, WHY_CC_TIMEOUT);
}

void cc_set_cwnd_at(struct tcb *tcb, uint32_t cwnd, struct reason reason)
{
	if (tcb->cc.cwnd == cwnd)
		return;

	tcb->cc.cwnd = cwnd;
	tcp_emit_cc_at(tcb, reason);
}
