/* SPDX-License-Identifier: MIT */
/*
 * sack_loss.c - losses by SACK alone, without RACK (RFC 6675)
 *
 * A number is lost when three separate blocks, or more than two segments' worth
 * of octets, were SACKed above it: IsLost(). That holds for everything below
 * some edge. What is sent again and lost again is not seen; the timer sees it.
 *
 * RFC 8985 section 9.2 forbids to mix this with RACK, which is the default
 * (rack.c). It is here to be compared (tarn_config.no_rack).
 */
#include "tcp/parts.h"

/* Below it, what is not SACKed is lost. */
static uint32_t lost_edge(const struct tcb *tcb)
{
	const struct sent *sent = &tcb->sent;
	uint32_t octets = 0, blocks = 0;

	for (uint32_t i = sent->count; i-- > 0;) {
		const struct sent_range *range = sent_at(sent, i);

		if (!(range->flags & SENT_SACKED))
			continue;
		octets += range->end - range->start;
		blocks++; /* SACKed neighbours were joined */
		if (octets > 2 * tcb->snd.mss || blocks >= DUP_THRESH)
			return range->start;
	}

	return tcb->snd.una;
}

/* RFC6675-1 */
void sack_detect_loss(struct tcb *tcb, struct ack_news *news)
{
	const uint32_t edge = lost_edge(tcb);

	if (news->acked > 0 && tcb->loss.rescue == RESCUE_NOT_YET)
		tcb->loss.rescue = RESCUE_MAY;
	for (uint32_t i = 0; i < tcb->sent.count; i++) {
		const struct sent_range *range = sent_at(&tcb->sent, i);

		if (!seq_lt(range->start, edge))
			break;
		if (!(range->flags & (SENT_SACKED | SENT_LOST | SENT_AGAIN)))
			scoreboard_lose(tcb, news, i);
	}
}

/*
 * NextSeg() of section 4. Rule 3: a hole below what was SACKed although it is
 * not certainly lost. Rule 4, once per recovery: the end of the flight, which
 * no SACK can ever show as lost. It waits for a partial ACK: before that, a
 * round trip has not passed and the end may just be on its way.
 */
bool sack_last_resort(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len)
{
	const struct sent *sent = &tcb->sent;
	const uint32_t max      = segment_text_max(tcb);
	const struct sent_range *range;

	if (tcb->loss.state != LOSS_RECOVERY || !tcb->has_sack ||
	    !tcb->tcp->env->config.no_rack)
		return false;
	if (sent->count == 0 || recovery_pipe(tcb) + max > tcb->cc.cwnd)
		return false;

	for (uint32_t i = 0; i < sent->count; i++) {
		range = sent_at(sent, i);
		if (!seq_lt(range->start, tcb->rack.fack))
			break;
		if (range->flags & (SENT_SACKED | SENT_AGAIN))
			continue;
		*ret_seq = range->start;
		*ret_len = MIN(range->end - range->start, max);
		return true;
	}

	range = sent_at(sent, sent->count - 1);
	if (tcb->loss.rescue != RESCUE_MAY || (range->flags & SENT_SACKED))
		return false;
	tcb->loss.rescue = RESCUE_USED;
	*ret_len         = MIN(range->end - range->start, max);
	*ret_seq         = range->end - *ret_len;

	return true;
}
