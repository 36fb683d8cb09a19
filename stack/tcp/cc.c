/* SPDX-License-Identifier: MIT */
/*
 * cc.c - congestion control: what all algorithms share (RFC 5681)
 *
 * cwnd grows only when it was cwnd that held us back: an application that
 * sends little must not save up a window for a burst.
 */
#include "tcp/parts.h"

uint32_t cc_initial_window(const struct tcb *tcb)
{
	if (tcb->had_synack_loss)
		return tcb->snd.mss; /* RFC 6928 section 2 */

	return tcb->tcp->env->config.initial_window * tcb->snd.mss;
}

const struct cc_ops *cc_find(const char *name)
{
	return strcmp(name, cc_reno.name) == 0 ? &cc_reno : NULL;
}

void cc_init(struct tcb *tcb)
{
	tcb->cc.ops      = &cc_reno;
	tcb->cc.cwnd     = cc_initial_window(tcb);
	tcb->cc.ssthresh = UINT32_MAX; /* "arbitrarily high" */
	tcb->cc.counted  = 0;
}

static bool is_slow_start(const struct tcb *tcb)
{
	return tcb->cc.cwnd < tcb->cc.ssthresh;
}

/* In slow start a window that is half used still doubles, as in Linux. */
static bool was_limited(const struct tcb *tcb, uint32_t flight)
{
	if (is_slow_start(tcb))
		return tcb->cc.cwnd < 2 * flight;

	return tcb->cc.cwnd < flight + tcb->snd.mss;
}

void cc_acked(struct tcb *tcb, const struct cc_ack *ack)
{
	const uint32_t before = tcb->cc.cwnd;
	const enum why why =
	        is_slow_start(tcb) ? WHY_CC_SLOW_START : WHY_CC_AVOIDANCE;

	if (!was_limited(tcb, ack->flight))
		return;

	tcb->cc.ops->acked(tcb, ack);
	if (tcb->cc.cwnd != before)
		tcp_emit_cc(tcb, why);
}

void cc_reduce(struct tcb *tcb, uint32_t flight)
{
	struct tcp_cc *cc = &tcb->cc;

	cc->prior_cwnd     = cc->cwnd;
	cc->prior_ssthresh = cc->ssthresh;
	cc->ssthresh       = cc->ops->ssthresh(tcb, flight);
	cc->counted        = 0;
}

void cc_undo(struct tcb *tcb)
{
	struct tcp_cc *cc = &tcb->cc;

	if (cc->prior_cwnd == 0)
		return;

	cc->cwnd       = MAX(cc->cwnd, cc->prior_cwnd);
	cc->ssthresh   = MAX(cc->ssthresh, cc->prior_ssthresh);
	cc->prior_cwnd = 0;
	if (cc->ops->undo)
		cc->ops->undo(tcb);
	tcp_emit_cc(tcb, WHY_CC_UNDO);
}

void cc_timeout(struct tcb *tcb)
{
	tcb->cc.cwnd    = tcb->snd.mss;
	tcb->cc.counted = 0;
	if (tcb->cc.ops->reset)
		tcb->cc.ops->reset(tcb);
	tcp_emit_cc(tcb, WHY_CC_TIMEOUT);
}

void cc_set_cwnd(struct tcb *tcb, uint32_t cwnd, enum why why)
{
	if (tcb->cc.cwnd == cwnd)
		return;

	tcb->cc.cwnd = cwnd;
	tcp_emit_cc(tcb, why);
}

void cc_restart_if_idle(struct tcb *tcb)
{
	const uint64_t now_us = tcb->tcp->env->now_us;
	const uint32_t window = cc_initial_window(tcb);

	if (tcb->tcp->env->config.no_idle_restart || tcb->sent_us == 0)
		return;
	if (snd_flight(tcb) > 0 || now_us - tcb->sent_us <= rtt_rto(tcb))
		return;
	if (tcb->cc.cwnd <= window)
		return;

	tcb->cc.cwnd = window;
	tcp_emit_cc(tcb, WHY_CC_IDLE);
}
