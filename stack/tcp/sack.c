/* SPDX-License-Identifier: MIT */
/*
 * sack.c - selective acknowledgment, both ends (RFC 2018, 2883, 6675)
 *
 * Receiver: what lies beyond a hole is told in blocks, the one that changed
 * last first, so that each block is told several times before it is pushed
 * out. A duplicate is told as the very first block (D-SACK).
 *
 * Sender: the scoreboard is the set of octets, as offsets from SND.UNA, that
 * the peer says it has. It may still throw them away, so nothing is released
 * before SND.UNA passes it, and RTO forgets the whole board.
 */
#include "tcp/parts.h"

/* ---- Receiver ---- */

void sack_note_block(struct tcb *tcb, uint32_t seq)
{
	uint32_t *recent = tcb->rcv.recent;
	uint8_t count    = MIN(tcb->rcv.recent_count + 1, TCP_SACK_BLOCKS_MAX);

	memmove(recent + 1, recent, (count - 1u) * sizeof(*recent));
	recent[0]             = seq;
	tcb->rcv.recent_count = count;
}

static uint8_t blocks_max(bool has_timestamps)
{
	return has_timestamps ? 3 : TCP_SACK_BLOCKS_MAX;
}

uint32_t sack_option_len(const struct tcb *tcb)
{
	uint32_t count = tcb->rcv.has_dsack;

	if (!tcb->has_sack)
		return 0;
	if (tcb->rcv.holes_after)
		count +=
		        MIN(tcb->rcv.holes_after->count, tcb->rcv.recent_count);
	count = MIN(count, blocks_max(tcb->has_timestamps));

	return count > 0 ? 4 + 8 * count : 0; /* NOP, NOP, kind, length */
}

/* The block of received text around @seq, if there is one. */
static bool find_block(const struct tcb *tcb, uint32_t seq,
                       struct tcp_sack_block *ret)
{
	const struct ranges *after = tcb->rcv.holes_after;
	const uint32_t at          = seq - tcb->rcv.nxt;

	for (uint32_t i = 0; i < after->count; i++) {
		const struct range *range = &after->at[i];

		if (at < range->start || at >= range->end)
			continue;
		ret->left  = tcb->rcv.nxt + range->start;
		ret->right = tcb->rcv.nxt + range->end;
		return true;
	}

	return false;
}

static bool is_told(const struct tcp_options *opt, uint8_t from,
                    const struct tcp_sack_block *block)
{
	for (uint8_t i = from; i < opt->sack_count; i++)
		if (opt->sack[i].left == block->left)
			return true;

	return false;
}

void sack_write(struct tcb *tcb, struct tcp_options *opt)
{
	const uint8_t max   = blocks_max(opt->has_timestamps);
	const uint8_t dsack = tcb->rcv.has_dsack;
	struct tcp_sack_block block;

	if (dsack)
		opt->sack[opt->sack_count++] = tcb->rcv.dsack;
	tcb->rcv.has_dsack = false;
	if (!tcb->rcv.holes_after)
		return;

	for (uint8_t i = 0; i < tcb->rcv.recent_count; i++) {
		if (opt->sack_count >= max)
			break;
		if (!find_block(tcb, tcb->rcv.recent[i], &block))
			continue;
		if (!is_told(opt, dsack, &block))
			opt->sack[opt->sack_count++] = block;
	}
}

/* ---- Sender ---- */

void sack_forget(struct tcb *tcb)
{
	memory_give(&tcb->tcp->env->memory, tcb->loss.sacked,
	            sizeof(struct ranges));
	tcb->loss.sacked = NULL;
}

/* Both edges must be numbers in flight; D-SACK and nonsense are not. */
static bool is_in_flight(const struct tcb *tcb, const struct tcp_sack_block *b)
{
	const uint32_t flight = snd_flight(tcb);
	const uint32_t left   = b->left - tcb->snd.una;
	const uint32_t right  = b->right - tcb->snd.una;

	return left < right && right <= flight;
}

uint32_t sack_read(struct tcb *tcb, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	struct tcp_loss *loss         = &tcb->loss;
	uint32_t before;

	if (!tcb->has_sack || opt->sack_count == 0 || snd_flight(tcb) == 0)
		return 0;
	if (!loss->sacked)
		loss->sacked = memory_take(&tcb->tcp->env->memory,
		                           sizeof(struct ranges));
	if (!loss->sacked)
		return 0;

	before = ranges_total(loss->sacked);
	for (uint8_t i = 0; i < opt->sack_count; i++)
		if (is_in_flight(tcb, &opt->sack[i]))
			ranges_add(loss->sacked,
			           opt->sack[i].left - tcb->snd.una,
			           opt->sack[i].right - tcb->snd.una);

	return ranges_total(loss->sacked) - before;
}

void sack_advance(struct tcb *tcb, uint32_t by)
{
	if (!tcb->loss.sacked)
		return;

	ranges_shift(tcb->loss.sacked, by);
	if (tcb->loss.sacked->count == 0)
		sack_forget(tcb);
}

/*
 * RFC 6675 section 4, IsLost(): a number is lost when three separate blocks, or
 * more than two segments' worth of octets, were SACKed above it. That holds for
 * everything below some edge, so the edge says it all.
 */
uint32_t sack_lost_edge(const struct tcb *tcb)
{
	const struct ranges *sacked = tcb->loss.sacked;
	uint32_t octets             = 0;

	if (!sacked)
		return tcb->snd.una;

	for (uint32_t i = sacked->count; i-- > 0;) {
		octets += sacked->at[i].end - sacked->at[i].start;
		if (octets > 2 * tcb->snd.mss || sacked->count - i >= 3)
			return tcb->snd.una + sacked->at[i].start;
	}

	return tcb->snd.una;
}
