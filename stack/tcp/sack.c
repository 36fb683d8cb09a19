/* SPDX-License-Identifier: MIT */
/*
 * sack.c - selective acknowledgment, as a receiver (RFC 2018, 2883)
 *
 * What lies beyond a hole is told in blocks, the one that changed last first,
 * so that each block is told several times before it is pushed out. A
 * duplicate is told as the very first block (D-SACK). The sender's side of it
 * is scoreboard.c.
 */
#include "tcp/parts.h"

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
	struct range range;

	if (!ranges_around(tcb->rcv.holes_after, seq - tcb->rcv.nxt, &range))
		return false;

	ret->left  = tcb->rcv.nxt + range.start;
	ret->right = tcb->rcv.nxt + range.end;

	return true;
}

/* A block that grew keeps one place, so it pushes out no other (RFC 2018 4). */
void sack_note_block(struct tcb *tcb, uint32_t seq)
{
	uint32_t recent[TCP_SACK_BLOCKS_MAX] = { seq };
	struct tcp_sack_block grown          = { seq, seq }, other;
	uint8_t count                        = 1;

	find_block(tcb, seq, &grown);
	for (uint8_t i = 0; i < tcb->rcv.recent_count; i++) {
		if (count == TCP_SACK_BLOCKS_MAX)
			break;
		if (find_block(tcb, tcb->rcv.recent[i], &other) &&
		    other.left != grown.left)
			recent[count++] = tcb->rcv.recent[i];
	}
	memcpy(tcb->rcv.recent, recent, sizeof(recent));
	tcb->rcv.recent_count = count;
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

	/* RFC2883-1, RFC2018-2 */
	if (dsack)
		opt->sack[opt->sack_count++] = tcb->rcv.dsack;
	tcb->rcv.has_dsack = false;
	if (!tcb->rcv.holes_after)
		return;

	/* RFC2018-3 */
	for (uint8_t i = 0; i < tcb->rcv.recent_count; i++) {
		if (opt->sack_count >= max)
			break;
		if (!find_block(tcb, tcb->rcv.recent[i], &block))
			continue;
		if (!is_told(opt, dsack, &block))
			opt->sack[opt->sack_count++] = block;
	}
}
