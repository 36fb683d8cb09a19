/* SPDX-License-Identifier: MIT */
/*
 * scoreboard.c - what became of what was sent (RFC 2018, 2883, 6675)
 *
 * An acknowledgment says two things of the flight: everything below SEG.ACK
 * has arrived, and so have the blocks of its SACK option. Both become marks in
 * the table of sent.h, range by range, in the order of sequence numbers, and
 * for each range that is news the observers of arrivals are told: RACK, the
 * RTT, F-RTO. Then recovery.c draws its conclusions.
 *
 * A block counts only if it lies in flight. The first one may be a D-SACK: it
 * tells of something that arrived twice, lies below SEG.ACK or inside of the
 * second block, and marks nothing. Whoever forges blocks can make us believe
 * that his own data arrived; nothing is released before SND.UNA passes it.
 */
#include "tcp/parts.h"

static struct memory *memory(struct tcb *tcb)
{
	return &tcb->tcp->env->memory;
}

void scoreboard_sent(struct tcb *tcb, uint32_t seq, uint32_t end,
                     uint32_t segments)
{
	sent_append(&tcb->sent, memory(tcb), seq, end, segments,
	            tcb->tcp->env->now_us);
}

/* A whole range is known to have arrived, and was not before. */
static void deliver(struct tcb *tcb, struct ack_news *news,
                    const struct sent_range *range)
{
	const struct env *env = tcb->tcp->env;
	const uint64_t now_us = env->now_us;
	const uint64_t rtt_us = now_us - MIN(now_us - 1, range->sent_us);

	news->delivered += range->end - range->start;
	tcb->loss.delivered += range->segments;
	rack_delivered(tcb, news, range);
	if (news->first_rtt_us == 0 &&
	    (!(range->flags & SENT_TWICE) || !rule_holds(env, RULE_KARN)))
		news->first_rtt_us = rtt_us;
	if (range->flags & SENT_TWICE)
		return;

	news->rtt_us = rtt_us;
	if (seq_leq(range->end, tcb->loss.recover))
		news->is_original = true;
}

void scoreboard_acked(struct tcb *tcb, struct ack_news *news)
{
	struct sent *sent  = &tcb->sent;
	const uint32_t ack = news->seg->ack;

	for (uint32_t i = 0; i < sent->count; i++) {
		const struct sent_range *range = sent_at(sent, i);

		if (!seq_lt(range->start, ack))
			break;
		if (range->flags & SENT_TWICE)
			news->is_twice = true;
		if (range->flags & SENT_SACKED)
			continue;
		if (seq_leq(range->end, ack))
			deliver(tcb, news, range);
		else
			news->delivered += ack - range->start;
	}
	sent_advance(sent, ack);
	if (sent->count == 0 && tcb->snd.ring.len == 0)
		sent_release(sent, memory(tcb));
}

/* ---- SACK ---- */

static bool is_in_flight(const struct tcb *tcb, const struct tcp_sack_block *b)
{
	const uint32_t flight = snd_flight(tcb);
	const uint32_t left   = b->left - tcb->snd.una;
	const uint32_t right  = b->right - tcb->snd.una;

	return left < right && right <= flight;
}

/* Let ranges end at @seq, unless that would cut off next to nothing. */
static void cut_at(struct tcb *tcb, uint32_t seq)
{
	struct sent *sent = &tcb->sent;
	const uint32_t i  = sent_find(sent, seq);

	if (i == sent->count)
		return;
	if (seq - sent_at(sent, i)->start < TCP_SENT_CUT_MIN ||
	    sent_at(sent, i)->end - seq < TCP_SENT_CUT_MIN)
		return;
	(void)sent_cut(sent, memory(tcb), seq); /* or it stays as it is */
}

/* Every range that lies wholly inside of the block has arrived. */
static void mark_block(struct tcb *tcb, struct ack_news *news,
                       const struct tcp_sack_block *block)
{
	struct sent *sent = &tcb->sent;
	uint32_t i;

	if (block->right - block->left >= TCP_SENT_CUT_MIN) {
		cut_at(tcb, block->left);
		cut_at(tcb, block->right);
	}
	i = sent_find(sent, block->left);
	if (i < sent->count && seq_lt(sent_at(sent, i)->start, block->left))
		i++;

	while (i < sent->count) {
		const struct sent_range *range = sent_at(sent, i);

		if (!seq_leq(range->end, block->right))
			break;
		if (!(range->flags & SENT_SACKED)) {
			news->sacked += range->end - range->start;
			deliver(tcb, news, range);
			sent_mark(sent, i,
			          SENT_SACKED | (range->flags & SENT_TWICE));
		}
		if (i == 0 || !sent_join(sent, i - 1))
			i++;
	}
	if (i > 0)
		sent_join(sent, i - 1);
}

/*
 * RFC2883-2
 *
 * RFC 2883 section 4: the first block repeats what SEG.ACK or the second block
 * covers. It is believed only if it speaks of the window that just passed, and
 * if so much was sent again at all: a network may duplicate, too.
 */
static bool read_dsack(struct tcb *tcb, struct ack_news *news)
{
	const struct tcp_seg *seg          = news->seg;
	const struct tcp_sack_block *block = seg->hdr->opt.sack;
	const uint32_t oldest              = seg->ack - tcb->snd.max_wnd;
	const uint32_t len                 = block[0].right - block[0].left;

	if (!seq_lt(block[0].left, block[0].right) ||
	    !seq_leq(oldest, block[0].left))
		return false;
	if (!seq_leq(block[0].right, seg->ack) &&
	    !(seg->hdr->opt.sack_count > 1 &&
	      seq_leq(block[1].left, block[0].left) &&
	      seq_leq(block[0].right, block[1].right)))
		return false;

	tcb->loss.dsack_dups += (len + tcb->snd.mss - 1) / tcb->snd.mss;
	news->dsack     = block[0];
	news->has_dsack = tcb->loss.dsack_dups <= tcb->retransmits;

	return true;
}

/* In the order of sequence numbers: RACK looks at the order of arrival. */
static void sort(struct tcp_sack_block *block, unsigned count, uint32_t from)
{
	for (unsigned i = 1; i < count; i++)
		for (unsigned k = i; k > 0; k--) {
			const struct tcp_sack_block b = block[k];

			if (block[k - 1].left - from <= b.left - from)
				break;
			block[k]     = block[k - 1];
			block[k - 1] = b;
		}
}

void scoreboard_sacked(struct tcb *tcb, struct ack_news *news)
{
	const struct tcp_options *opt = &news->seg->hdr->opt;
	struct tcp_sack_block block[TCP_SACK_BLOCKS_MAX];
	unsigned count = 0;

	if (!tcb->has_sack || opt->sack_count == 0)
		return;
	for (uint8_t i = read_dsack(tcb, news); i < opt->sack_count; i++)
		if (is_in_flight(tcb, &opt->sack[i]))
			block[count++] = opt->sack[i];

	sort(block, count, tcb->snd.una);
	for (unsigned i = 0; i < count; i++)
		mark_block(tcb, news, &block[i]);
	if (news->sacked == 0)
		return;
	tcp_effect(tcb, WHY_NEW_SACK);
	tcp_emit_scoreboard(tcb, WHY_NEW_SACK);
}

/* ---- What others conclude ---- */

void scoreboard_lose(struct tcb *tcb, struct ack_news *news, uint32_t i)
{
	const struct sent_range *range = sent_at(&tcb->sent, i);
	const uint8_t flags            = range->flags;

	news->has_loss = true;
	if (flags & SENT_AGAIN)
		news->has_lost_again = true;
	tcb->loss.rtx_hint = seq_min(tcb->loss.rtx_hint, range->start);
	sent_mark(&tcb->sent, i, (uint8_t)((flags & ~SENT_AGAIN) | SENT_LOST));
}

void scoreboard_unlose(struct tcb *tcb)
{
	for (uint32_t i = 0; i < tcb->sent.count; i++)
		sent_mark(&tcb->sent, i,
		          sent_at(&tcb->sent, i)->flags & (uint8_t)~SENT_LOST);
}

void scoreboard_renege(struct tcb *tcb)
{
	for (uint32_t i = 0; i < tcb->sent.count; i++)
		sent_mark(&tcb->sent, i,
		          sent_at(&tcb->sent, i)->flags &
		                  (uint8_t)~SENT_SACKED);
}
