/* SPDX-License-Identifier: MIT */
/*
 * newreno.c - losses without SACK: NewReno (RFC 6582, 5681 section 3.2)
 *
 * Without SACK every duplicate says that one segment has left the network, but
 * not which. Three in a row mean that the first one outstanding is lost. When
 * an ACK covers some of what was in flight then, but not all of it, the next
 * hole begins where it ends: a partial acknowledgment, one loss a round trip.
 *
 * "gone" counts what the duplicates say: RFC 6582 inflates cwnd by as much,
 * which comes to the same, for what may be sent is cwnd less what is out there.
 */
#include "tcp/parts.h"

/*
 * A duplicate cannot speak of more than was out when the loss was noticed, or
 * forged ones could pull text out for ever (RFC 5681 3.2, the MAY at step 4).
 */
static void count_duplicate(struct tcb *tcb, struct ack_news *news)
{
	struct tcp_loss *loss = &tcb->loss;
	const uint32_t end =
	        loss->state == LOSS_OPEN ? tcb->snd.nxt : loss->recover;
	const uint32_t gone =
	        MIN(loss->gone + tcb->snd.mss, end - tcb->snd.una);

	if (loss->dup_acks < UINT8_MAX)
		loss->dup_acks++;
	if (loss->state == LOSS_TIMEOUT)
		return; /* it may be of the flight before */

	news->delivered = gone - MIN(gone, loss->gone);
	loss->gone      = MAX(loss->gone, gone);
}

/* RFC 6582 3.2 step 3: deflate by what is acknowledged; the duplicates have
 * told of it already, but for the one that was sent again. */
static void deflate(struct tcb *tcb, struct ack_news *news)
{
	struct tcp_loss *loss = &tcb->loss;
	const uint32_t told =
	        news->acked > tcb->snd.mss ? news->acked - tcb->snd.mss : 0;
	const uint32_t gone = MIN(loss->gone, told);

	loss->dup_acks  = 0;
	news->delivered = news->acked - gone;
	loss->gone -= gone;
	if (loss->state == LOSS_OPEN)
		loss->gone = 0;
}

void newreno_count(struct tcb *tcb, struct ack_news *news)
{
	if (news->acked > 0)
		deflate(tcb, news);
	else if (news->is_duplicate)
		count_duplicate(tcb, news);
}

/* RFC6582-3
 * RFC 6582 section 3.2 step 1: not for what an old loss has caused. */
static bool is_new_loss(const struct tcb *tcb)
{
	return tcb->loss.state == LOSS_OPEN &&
	       tcb->loss.dup_acks >= DUP_THRESH &&
	       seq_gt(tcb->snd.una, tcb->loss.recover);
}

/* RFC5681-5, RFC6582-1 */
void newreno_detect_loss(struct tcb *tcb, struct ack_news *news)
{
	const bool is_partial =
	        tcb->loss.state == LOSS_RECOVERY && news->acked > 0;

	if (tcb->sent.count == 0 || !(is_partial || is_new_loss(tcb)))
		return;
	if (!(sent_at(&tcb->sent, 0)->flags & SENT_AGAIN))
		scoreboard_lose(tcb, news, 0);
}
