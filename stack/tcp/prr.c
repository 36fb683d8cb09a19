/* SPDX-License-Identifier: MIT */
/*
 * prr.c - proportional rate reduction: how much leaves during recovery (RFC 9937)
 *
 *	ssthresh				   out = delivered * ssthresh
 *	  |  \					   --------------------------
 *	  |   '-- inflight goes down to it	      RecoverFS
 *	  |	  over one round trip
 *
 * When the window is to shrink from RecoverFS to ssthresh, then of everything
 * that arrives the share ssthresh / RecoverFS is replaced: the clock of the
 * acknowledgments never stops, and there is no burst at its end. If losses have
 * emptied the network below ssthresh, as much leaves as arrives, and one
 * segment more with each acknowledgment that shows good progress (SafeACK).
 *
 * cwnd is only the way to say it: what is in flight plus SndCnt. Octets are
 * counted, so that a peer gains nothing by dividing its ACKs; but segments are
 * sent, so SndCnt is rounded up to whole ones, as the RFC's division is.
 */
#include "tcp/parts.h"

static uint32_t round_up(uint64_t octets, uint32_t unit)
{
	return (uint32_t)((octets + unit - 1) / unit * unit);
}

void prr_begin(struct tcb *tcb, const struct ack_news *news)
{
	const uint32_t flight = snd_flight(tcb) - tcb->sent.sacked.octets +
	                        news->sacked + news->acked;

	tcb->prr = (struct tcp_prr){ .recover_fs = MAX(flight, 1) };
}

/* inflight > ssthresh: the share of what was delivered */
static uint32_t proportion(const struct tcb *tcb)
{
	const struct tcp_prr *prr = &tcb->prr;
	const uint64_t product    = (uint64_t)prr->delivered * tcb->cc.ssthresh;
	const uint64_t out = (product + prr->recover_fs - 1) / prr->recover_fs;

	return out > prr->out ? round_up(out - prr->out, tcb->snd.mss) : 0;
}

/* Otherwise: PRR-CRB, or PRR-SSRB when recovery makes good progress */
static uint32_t conservation(const struct tcb *tcb, const struct ack_news *news,
                             uint32_t inflight)
{
	const struct tcp_prr *prr = &tcb->prr;
	const bool is_safe        = news->acked > 0 && !news->has_loss;
	uint32_t count            = news->delivered;

	if (prr->delivered > prr->out)
		count = MAX(prr->delivered - prr->out, count);
	if (is_safe)
		count += tcb->snd.mss;

	return MIN(tcb->cc.ssthresh - inflight, count);
}

/* RFC9937-1 */
void prr_ack(struct tcb *tcb, const struct ack_news *news)
{
	const uint32_t inflight = recovery_pipe(tcb);
	struct tcp_prr *prr     = &tcb->prr;
	uint32_t count;

	if (news->delivered == 0)
		return;

	prr->delivered += news->delivered;
	if (inflight > tcb->cc.ssthresh)
		count = proportion(tcb);
	else
		count = conservation(tcb, news, inflight);
	if (prr->out == 0 && count == 0)
		count = tcb->snd.mss;
	cc_set_cwnd(tcb, MAX(inflight + count, tcb->snd.mss), WHY_CC_PRR);
}

void prr_sent(struct tcb *tcb, uint32_t octets)
{
	tcb->prr.out += octets;
}
