/* SPDX-License-Identifier: MIT */
/*
 * sent.h - what was sent when: a bounded, sorted table of ranges
 *
 *	SND.UNA						    SND.NXT
 *	  |--------|--------|--------|--------|--------|--------|
 *	    lost     SACKed   SACKed   lost     in       in
 *	    sent              (joined) again    flight   flight
 *	    again
 *
 * One range is one frame or super-frame as it left; ranges touch, so that together they are
 * the flight: octets of text, and the FIN's number. A SACK that ends in the
 * middle of a range cuts it, and when the table is full, or no memory is to be
 * had, neighbours become one range. Then less is known of each octet, which
 * may cost a retransmission, but never more than that.
 *
 * Sums over the table are kept as it changes, so that the number of octets in
 * the network is known without looking at it.
 */
#ifndef TCP_SENT_H
#define TCP_SENT_H

#include "base/memory.h"
#include <stdbool.h>
#include <stdint.h>

#define SENT_SACKED 0x1u /* the peer says that it has this */
#define SENT_LOST   0x2u /* we believe that the network lost it ... */
#define SENT_AGAIN  0x4u /* ... or ask for its fate, and sent it again */
#define SENT_TWICE  0x8u /* was ever sent again: says nothing about time */

struct sent_range {
	uint32_t start, end; /* sequence numbers */
	uint64_t sent_us;    /* when it left last (RFC 8985: Segment.xmit_ts) */
	uint64_t first_us;   /* and when first; for observers */
	uint32_t segments;   /* how many frames that was; > 1 after joining */
	uint8_t flags;       /* SENT_* */
};

struct sent_sum {
	uint32_t octets, segments;
};

struct sent {
	struct sent_range *block; /* a circle of ranges; NULL: there is one */
	struct sent_range one;    /* ... at most, here */
	uint32_t size;            /* ranges that @block has room for */
	uint32_t first, count;
	bool is_stuck; /* full, and no two neighbours can be joined */
	struct sent_sum all, sacked, lost, again;
	struct sent_sum owed; /* lost, and not sent again yet */
};

/** sent_at() - The @i-th range, in the order of sequence numbers */
static inline const struct sent_range *sent_at(const struct sent *sent,
                                               uint32_t i)
{
	return sent->block ? &sent->block[(sent->first + i) & (sent->size - 1)]
	                   : &sent->one;
}

/** sent_append() - [start, end) left for the first time, behind everything
 * @segments:	1; more for a super-frame, which is one range all the same
 */
void sent_append(struct sent *sent, struct memory *memory, uint32_t start,
                 uint32_t end, uint32_t segments, uint64_t now_us);

/** sent_advance() - Everything below @una is acknowledged: forget it */
void sent_advance(struct sent *sent, uint32_t una);

/** sent_find() - Index of the range that holds @seq, or count if none does */
uint32_t sent_find(const struct sent *sent, uint32_t seq);

/** sent_cut() - Let a range begin at @seq. Indices change.
 *
 * Return: false if there was no room for one range more
 */
bool sent_cut(struct sent *sent, struct memory *memory, uint32_t seq);

/** sent_mark() - The @i-th range now has exactly these flags */
void sent_mark(struct sent *sent, uint32_t i, uint8_t flags);

/** sent_resend() - [start, end) left again, in one frame: it is one range now
 *
 * Without room for one more range, what surrounds it counts as sent again, too.
 */
void sent_resend(struct sent *sent, struct memory *memory, uint32_t start,
                 uint32_t end, uint64_t now_us);

/** sent_join() - Make one of the @i-th range and the next, if both are SACKed
 *
 * Return: were they?
 */
bool sent_join(struct sent *sent, uint32_t i);

/** sent_release() - Forget everything, and give the memory back */
void sent_release(struct sent *sent, struct memory *memory);

/** sent_check() - What is not true of the table that should be; NULL: nothing
 * @most:	how many ranges to look at
 */
const char *sent_check(const struct sent *sent, uint32_t most);

#endif
