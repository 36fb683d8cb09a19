/* SPDX-License-Identifier: MIT */
/*
 * tlp.c - tail loss probe: ask, before the timer gives up (RFC 8985 section 7)
 *
 *	P1 P2 P3 x		  the end of the flight is lost: nothing that
 *	|-- 2 SRTT --| P3'	  arrives later could show it
 *		     |-- RTT --|  SACK or ACK of P3': RACK sees what else is lost
 *
 * When nothing was heard for two round trips, one segment more is sent, whatever
 * cwnd says: new text if there is any, otherwise the last segment again. There
 * is one probe at a time, and RTO starts anew with it, so that the timer stays
 * the last resort.
 *
 * A probe that repairs a loss all by itself would hide that loss from
 * congestion control. So unless a D-SACK or a duplicate proves that the
 * original arrived as well, the window is reduced once the peer has
 * acknowledged something behind the probe.
 */
#include "tcp/parts.h"

void tlp_reset(struct tcb *tcb)
{
	tcb->tlp.is_out     = false;
	tcb->tlp.is_retrans = false;
}

bool tlp_is_wanted(const struct tcb *tcb)
{
	if (!tcb->has_sack || tcb->tcp->env->config.no_tlp ||
	    !rule_holds(tcb->tcp->env, RULE_FAST_RETRANSMIT))
		return false;
	if (!tcp_in(tcb, TCPS_SENDING) || tcb->sent.count == 0)
		return false;
	if (tcb->loss.state != LOSS_OPEN)
		return false;
	if (tcb->sent.sacked.octets > 0 || tcb->tlp.is_out ||
	    tcp_owes(tcb, WHY_TAIL_LOSS_PROBE))
		return false;

	/* 7.3 (2): probes must not keep us from measuring a longer RTT. Before
	 * the first measurement there is none that they could spoil. */
	return tcb->tlp.has_sample || tcb->rtt.srtt_us == 0;
}

/* RFC8985-5: TLP_calc_PTO(), without the bound that RTO sets */
uint64_t tlp_pto(const struct tcb *tcb)
{
	const uint64_t srtt_us = tcb->rtt.srtt_us;

	if (srtt_us == 0)
		return TCP_PTO_US_INITIAL;
	if (tcb->sent.all.segments == 1)
		return 2 * srtt_us + TCP_MAX_ACK_DELAY_US;

	return 2 * srtt_us;
}

void tlp_sent(struct tcb *tcb, bool is_retrans, uint32_t flight)
{
	tcb->tlp = (struct tcp_tlp){
		.is_out     = true,
		.is_retrans = is_retrans,
		.end_seq    = tcb->snd.nxt,
		.flight     = flight,
	};
}

/* RFC8985-7
 * The probe alone repaired a loss: what a fast recovery does to the window. */
static void repaired(struct tcb *tcb)
{
	tcb->tlp.is_out = false;
	if (tcb->loss.state != LOSS_OPEN)
		return;

	cc_reduce(tcb, tcb->tlp.flight);
	cc_set_cwnd(tcb, MIN(tcb->cc.cwnd, tcb->cc.ssthresh),
	            WHY_CC_PROBE_REPAIRED);
}

/* TLP_process_ack() */
void tlp_ack(struct tcb *tcb, const struct ack_news *news)
{
	struct tcp_tlp *tlp = &tcb->tlp;
	const uint32_t ack  = tcb->snd.una;

	if (!tlp->is_out || !seq_geq(ack, tlp->end_seq))
		return;

	if (!tlp->is_retrans)
		tlp->is_out = false; /* the probe was new text */
	else if (news->has_dsack && news->dsack.right == tlp->end_seq)
		tlp->is_out = false; /* Case 1 */
	else if (seq_gt(ack, tlp->end_seq))
		repaired(tcb);
	else if (news->acked == 0 && news->is_pure &&
	         news->seg->hdr->opt.sack_count == 0)
		tlp->is_out = false; /* Case 2 */
}
