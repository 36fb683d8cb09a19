/* SPDX-License-Identifier: MIT */
/*
 * rtt.c - how long a round trip takes, and how long to wait for one (RFC 6298)
 *
 *	first sample R:	 SRTT = R, RTTVAR = R/2
 *	every other one: RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|
 *			 SRTT	= 7/8 SRTT + 1/8 R
 *	RTO = SRTT + max(floor, 4 RTTVAR), doubled with each expiry
 *
 * One segment per round trip is measured, to the microsecond: the first that an
 * ACK newly covers. What was sent twice gives no sample, for nobody knows which
 * copy was acknowledged (Karn); then the echoed timestamp, which does know,
 * stands in (RFC 7323 section 4).
 *
 * min_us is the smallest RTT of the last two to five minutes: of the present
 * window and of the one before it, so that a path that became longer is
 * forgotten in time.
 */
#include "tcp/parts.h"

/* RFC6298-1 */
void rtt_init(struct tcb *tcb)
{
	tcb->rtt.rto_us = TCP_RTO_US_INITIAL;
}

uint64_t rtt_rto(const struct tcb *tcb)
{
	const struct tcp_rtt *rtt = &tcb->rtt;

	/* A SYN's RTO is not capped, so that its retries meet MUST-23. */
	if (tcb->state == TCPS_SYN_SENT)
		return rtt->rto_us << rtt->backoff;
	if (rtt->backoff > 16)
		return TCP_RTO_US_MAX;

	return MIN(rtt->rto_us << rtt->backoff, TCP_RTO_US_MAX);
}

/* RFC6298-2, RFC6298-3 */
void rtt_sample(struct tcb *tcb, uint64_t sample_us)
{
	const bool is_observed  = env_is_observed(tcb->tcp->env);
	struct tcp_rtt *rtt     = &tcb->rtt;
	struct tarn_vars before = { 0 };
	uint64_t error;

	if (is_observed)
		tcp_vars(tcb, &before);
	sample_us = MIN(MAX(sample_us, 1), TCP_RTO_US_MAX);
	if (rtt->srtt_us == 0) {
		rtt->srtt_us   = sample_us;
		rtt->rttvar_us = sample_us / 2;
	} else {
		error = sample_us > rtt->srtt_us ? sample_us - rtt->srtt_us
		                                 : rtt->srtt_us - sample_us;
		rtt->rttvar_us = (3 * rtt->rttvar_us + error) / 4;
		rtt->srtt_us   = MAX((7 * rtt->srtt_us + sample_us) / 8, 1);
	}

	/* MUST-18 */
	rtt->rto_us = rtt->srtt_us +
	              MAX(tcb->tcp->env->config.rto_us_min, 4 * rtt->rttvar_us);
	rtt->rto_us         = MIN(rtt->rto_us, TCP_RTO_US_MAX);
	rtt->backoff        = 0;
	tcb->tlp.has_sample = true;
	if (is_observed)
		tcp_tell_rtt(tcb, sample_us, &before, BECAUSE(WHY_RTT_SAMPLE));
}

void rtt_syn_sent(struct tcb *tcb)
{
	tcb->rtt.is_timing = true;
	tcb->rtt.timed_seq = tcb->snd.nxt;
	tcb->rtt.timed_us  = tcb->tcp->env->now_us;
}

/* RACK.min_RTT (RFC 8985 6.2 step 1) */
static void learn_min(struct tcb *tcb, uint64_t rtt_us)
{
	struct tcp_rtt *rtt   = &tcb->rtt;
	const uint64_t now_us = tcb->tcp->env->now_us;

	if (rtt->min_us == 0 ||
	    now_us - rtt->min_begin_us >= TCP_MIN_RTT_WINDOW_US) {
		rtt->min_us       = rtt->min_next_us;
		rtt->min_next_us  = rtt_us;
		rtt->min_begin_us = now_us;
		if (rtt->min_us == 0)
			rtt->min_us = rtt_us;
	}
	rtt->min_next_us = MIN(rtt->min_next_us, rtt_us);
	rtt->min_us      = MIN(rtt->min_us, rtt_us);
}

/* What the echoed timestamp says; 0: nothing */
static uint64_t echoed_rtt(const struct tcb *tcb, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	uint32_t echo_ms;

	if (!opt->has_timestamps || opt->tsecr == 0)
		return 0;

	echo_ms = tcp_ts_now(tcb->tcp, tcb->ts_offset) - opt->tsecr;

	return echo_ms < SEQ_HALF ? MAX(echo_ms * USEC_PER_MSEC, 1) : 0;
}

void rtt_syn_acked(struct tcb *tcb, const struct tcp_seg *seg)
{
	struct tcp_rtt *rtt = &tcb->rtt;
	uint64_t sample_us;

	if (!rtt->is_timing) {
		sample_us = echoed_rtt(tcb, seg);
		if (sample_us > 0)
			rtt_sample(tcb, sample_us);
		return;
	}
	rtt->is_timing = false;
	sample_us      = tcb->tcp->env->now_us - rtt->timed_us;
	learn_min(tcb, MAX(sample_us, 1));
	rtt_sample(tcb, sample_us);
}

/* RFC6298-6 */
void rtt_acked(struct tcb *tcb, const struct ack_news *news)
{
	struct tcp_rtt *rtt = &tcb->rtt;
	uint64_t sample_us  = news->first_rtt_us;

	if (news->rtt_us > 0)
		learn_min(tcb, news->rtt_us);
	if (news->acked == 0 || !seq_geq(tcb->snd.una, rtt->next_seq))
		return;

	rtt->next_seq = tcb->snd.una; /* it must not fall far behind */
	if (news->is_twice && rule_holds(tcb->tcp->env, RULE_KARN))
		sample_us = echoed_rtt(tcb, news->seg);
	if (sample_us == 0) {
		if (news->is_twice && env_is_observed(tcb->tcp->env))
			tcp_tell_rtt(tcb, 0, NULL, BECAUSE(WHY_RTT_KARN));
		return;
	}

	rtt->next_seq = tcb->snd.nxt;
	rtt_sample(tcb, sample_us);
}
