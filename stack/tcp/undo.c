/* SPDX-License-Identifier: MIT */
/*
 * undo.c - it was no loss: Eifel and D-SACK (RFC 3522, 4015, 2883)
 *
 * A segment that was only late has been taken for lost, and sent again. Two
 * witnesses can tell:
 *
 *	Eifel	the first ACK after the retransmission echoes a timestamp that
 *		is older than it: the original was acknowledged
 *	D-SACK	the peer says that everything we sent again arrived twice
 *
 * Then the congestion window and ssthresh become what they were, nothing counts
 * as lost any more, and RTO no longer is backed off. F-RTO (frto.c) is the
 * third witness, for timeouts only. A peer that lies gains a window that it had
 * a moment ago.
 */
#include "tcp/parts.h"

void undo_arm(struct tcb *tcb)
{
	tcb->undo = (struct tcp_undo){
		.is_armed   = true,
		.is_timeout = tcb->loss.state == LOSS_TIMEOUT,
		.marker     = tcb->snd.una,
		.unproven   = tcb->sent.again.octets,
		.has_resent = tcb->sent.again.octets > 0,
	};
}

void undo_resent(struct tcb *tcb, uint32_t octets)
{
	struct tcp_undo *undo = &tcb->undo;

	if (!undo->is_armed)
		return;

	undo->unproven += octets;
	if (!undo->has_resent && tcb->has_timestamps) {
		undo->has_ts = true;
		undo->ts     = tcp_ts_now(tcb->tcp, tcb->ts_offset);
	}
	undo->has_resent = true;
}

/* RFC 3522 section 3.2 (4) to (6) */
static bool eifel_detects(struct tcb *tcb, const struct ack_news *news)
{
	const struct tcp_options *opt;

	if (!tcb->undo.has_ts || news->acked == 0)
		return false;

	opt              = &news->seg->hdr->opt;
	tcb->undo.has_ts = false; /* only the first ACK can tell */

	return opt->has_timestamps && opt->tsecr != 0 &&
	       seq_lt(opt->tsecr, tcb->undo.ts);
}

static bool dsack_detects(struct tcb *tcb, const struct ack_news *news)
{
	struct tcp_undo *undo = &tcb->undo;
	const uint32_t len    = news->dsack.right - news->dsack.left;

	if (!news->has_dsack || !undo->has_resent)
		return false;
	if (!seq_gt(news->dsack.right, undo->marker))
		return false; /* of something that was sent again before */

	undo->unproven -= MIN(undo->unproven, len);

	return undo->unproven == 0;
}

void undo_now(struct tcb *tcb)
{
	struct tcp_loss *loss = &tcb->loss;

	if (loss->state == LOSS_TIMEOUT) {
		tcb->rtt.backoff = 0;
		loss->timeouts   = 0;
	}
	if (loss->state != LOSS_OPEN)
		loss->recover = tcb->snd.una - 1; /* RFC 5682: allow the next */
	loss->state        = LOSS_OPEN;
	loss->frto         = FRTO_OFF;
	loss->rtx_now      = 0;
	tcb->undo.is_armed = false;
	scoreboard_unlose(tcb);
	tcp_emit_scoreboard(tcb, WHY_CC_UNDO);
	cc_undo(tcb);
	tcp_owe(tcb, WHY_DATA);
}

bool undo_ack(struct tcb *tcb, struct ack_news *news)
{
	bool is_spurious;

	if (!tcb->undo.is_armed)
		return false;

	is_spurious = eifel_detects(tcb, news);
	is_spurious |= dsack_detects(tcb, news);
	if (!is_spurious)
		return false;
	if (!tcb->undo.is_timeout)
		rack_overtaken(tcb, news, tcb->undo.marker);
	undo_now(tcb);

	return true;
}
