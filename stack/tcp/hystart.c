/* SPDX-License-Identifier: MIT */
/*
 * hystart.c - HyStart++: leave slow start before it overflows a queue (RFC 9406)
 *
 *	       delay grew by RttThresh
 *	slow ------------------------------> CSS: grows a quarter as fast
 *	start <-----------------------------  |
 *	       delay fell below the baseline   | five rounds, delay still high
 *				       v
 *			congestion avoidance, ssthresh = cwnd
 *
 * Slow start doubles until something is lost, and what is lost is as much as
 * the path can hold. But before a queue overflows it fills, and that is seen:
 * the shortest round trip of this round is longer than that of the last one.
 * The shortest of eight, because one may have been unlucky. A jump alone may be
 * jitter, so for five rounds growth is only slower (Conservative Slow Start).
 *
 * Only the first slow start needs it: later ones know ssthresh. Constants are
 * those of section 4.3, except L, the limit per ACK: none (see cc.c).
 */
#include "tcp/parts.h"

#define MIN_RTT_THRESH_US  4000u
#define MAX_RTT_THRESH_US  16000u
#define MIN_RTT_DIVISOR    8
#define N_RTT_SAMPLE       8
#define CSS_GROWTH_DIVISOR 4
#define CSS_ROUNDS         5

static bool is_in_css(const struct tcb *tcb)
{
	return tcb->cc.hystart.css_baseline_us > 0;
}

static bool applies(const struct tcb *tcb)
{
	return tcb->cc.ssthresh == CC_SSTHRESH_NONE &&
	       !tcb->tcp->env->config.no_hystart;
}

/* Delay stayed high: what is in flight now is what the path holds. */
static void leave_slow_start(struct tcb *tcb)
{
	tcb->cc.ssthresh = tcb->cc.cwnd;
	tcb->cc.hystart  = (struct hystart){ 0 };
	tcp_emit_cc(tcb, WHY_CC_HYSTART);
}

static void begin_round(struct tcb *tcb)
{
	struct hystart *hystart = &tcb->cc.hystart;

	hystart->last_min_us    = hystart->current_min_us;
	hystart->current_min_us = 0;
	hystart->samples        = 0;
	if (is_in_css(tcb) && ++hystart->css_rounds >= CSS_ROUNDS)
		leave_slow_start(tcb);
}

static void take_sample(struct hystart *hystart, uint64_t rtt_us)
{
	const uint32_t sample_us = (uint32_t)MIN(rtt_us, UINT32_MAX);

	if (sample_us == 0)
		return;

	if (hystart->current_min_us == 0 || sample_us < hystart->current_min_us)
		hystart->current_min_us = sample_us;
	if (hystart->samples < N_RTT_SAMPLE)
		hystart->samples++;
}

static bool has_delay_grown(const struct hystart *hystart)
{
	const uint32_t last_us = hystart->last_min_us;
	const uint32_t thresh_us =
	        MAX(MIN_RTT_THRESH_US, MIN(last_us / MIN_RTT_DIVISOR,
	                                   MAX_RTT_THRESH_US)); /* RttThresh */

	if (hystart->samples < N_RTT_SAMPLE || last_us == 0)
		return false;

	return hystart->current_min_us >= last_us &&
	       hystart->current_min_us - last_us >= thresh_us;
}

/* RFC9406-1 */
void hystart_acked(struct tcb *tcb, uint64_t rtt_us, bool is_new_round)
{
	struct hystart *hystart = &tcb->cc.hystart;

	if (!applies(tcb))
		return;
	if (is_new_round)
		begin_round(tcb);
	if (!applies(tcb))
		return;

	take_sample(hystart, rtt_us);
	if (!is_in_css(tcb)) {
		if (!has_delay_grown(hystart))
			return;
		hystart->css_baseline_us = hystart->current_min_us;
		hystart->css_rounds      = 0;
		tcp_emit_cc(tcb, WHY_CC_CSS);
		return;
	}
	if (hystart->samples >= N_RTT_SAMPLE &&
	    hystart->current_min_us < hystart->css_baseline_us) {
		hystart->css_baseline_us = 0;
		tcp_emit_cc(tcb, WHY_CC_CSS_SPURIOUS);
	}
}

uint32_t hystart_growth(const struct tcb *tcb, uint32_t acked)
{
	if (applies(tcb) && is_in_css(tcb))
		return acked / CSS_GROWTH_DIVISOR;

	return acked;
}
