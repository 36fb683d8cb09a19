/* SPDX-License-Identifier: MIT */
/*
 * frto.c - F-RTO: was the timeout only impatience? (RFC 5682)
 *
 *	step 1	RTO: the first segment is sent again, and nothing else
 *	step 2	it is acknowledged: send two new segments, nothing old
 *	step 3	the next ACK: does it tell of something that was sent once, and
 *		before the timeout? Then it had only been late.
 *
 * After a real timeout the network is empty, so that the next ACK can only be
 * caused by the new segments, and is a duplicate. With SACK, the blocks say
 * what was caused by what (section 3); without, the kind of ACK does (2.1).
 */
#include "tcp/parts.h"

void frto_begin(struct tcb *tcb, enum loss_state before)
{
	const bool is_first = before == LOSS_OPEN;
	const bool is_same  = tcb->loss.timeouts > 1; /* the same segment */

	tcb->loss.frto = FRTO_OFF;
	if (tcb->tcp->env->config.no_frto)
		return;
	if (is_first || is_same)
		tcb->loss.frto = FRTO_STEP_2;
}

static bool has_new_text(const struct tcb *tcb)
{
	return tcp_unsent(tcb) > 0 && tcp_usable_window(tcb) > 0;
}

static void step_2(struct tcb *tcb, const struct ack_news *news)
{
	const bool is_partial = tcb->sent.count > 0 &&
	                        (sent_at(&tcb->sent, 0)->flags & SENT_AGAIN);

	if (news->acked == 0) {
		/* A duplicate ends it, unless SACK can say more (3.1 step 2) */
		if (!tcb->has_sack && news->is_duplicate)
			tcb->loss.frto = FRTO_OFF;
		return;
	}
	tcb->loss.frto = FRTO_OFF;
	if (seq_geq(tcb->snd.una, tcb->loss.recover) || is_partial)
		return; /* (a), or not even the whole of what was sent again */
	if (!has_new_text(tcb))
		return;

	tcb->loss.recover = tcb->snd.nxt;
	tcb->loss.frto    = FRTO_STEP_3;
}

/* Return: the timeout was spurious */
static bool step_3(struct tcb *tcb, const struct ack_news *news)
{
	const bool is_beyond = seq_gt(tcb->snd.una, tcb->loss.recover) ||
	                       seq_gt(tcb->rack.fack, tcb->loss.recover);

	if (news->acked == 0 && news->sacked == 0 && !news->is_duplicate)
		return false;

	tcb->loss.frto = FRTO_OFF;
	if (news->is_original && !is_beyond)
		return true; /* (b) */

	cc_set_cwnd(tcb, MIN(tcb->cc.cwnd, 3 * tcb->snd.mss), WHY_CC_TIMEOUT);

	return false;
}

/* RFC5682-1 */
bool frto_ack(struct tcb *tcb, const struct ack_news *news)
{
	switch ((enum frto)tcb->loss.frto) {
	case FRTO_OFF:
		return false;
	case FRTO_STEP_2:
		step_2(tcb, news);
		return false;
	case FRTO_STEP_3:
		if (!step_3(tcb, news))
			return false;
		undo_now(tcb);
		return true;
	}

	return false;
}
