/* SPDX-License-Identifier: MIT */
/*
 * rack.c - RACK: a segment is lost if one that left later has arrived (RFC 8985)
 *
 *	left at	   10	 11    12    13	   14		  now
 *	segment	   P1	 P2    P3    P4	   P5
 *			 x		   arrived ----> RACK.segment
 *
 * P2 left before P5, which has arrived: P2 is lost, or it was overtaken. Who
 * was overtaken shows up within the reordering window, so P2 is lost once
 *
 *	now >= xmit_ts(P2) + RACK.rtt + RACK.reo_wnd
 *
 * Time decides, not the number of duplicates, so that the last segments of a
 * flight and a retransmission that was lost itself are noticed as well. The
 * window is a quarter of the smallest RTT, grows with each round trip in which
 * a D-SACK proves that we were hasty, and is nothing at all on a path that was
 * never seen to reorder once three segments have arrived out of order: that is
 * the old rule of three duplicates.
 */
#include "tcp/parts.h"

/* RACK_sent_after() */
static bool is_after(uint64_t t1, uint32_t seq1, uint64_t t2, uint32_t seq2)
{
	return t1 > t2 || (t1 == t2 && seq_gt(seq1, seq2));
}

/* ---- Steps 2 and 3 ---- */

/* Does this ACK speak of the first transmission, so that it tells no time? */
static bool is_ambiguous(const struct tcb *tcb, const struct tcp_seg *seg,
                         const struct sent_range *range)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	const uint64_t now_us         = tcb->tcp->env->now_us;

	if (!(range->flags & SENT_TWICE))
		return false;
	if (opt->has_timestamps && opt->tsecr != 0 &&
	    seq_lt(opt->tsecr, tcp_ts_at(range->sent_us, tcb->ts_offset)))
		return true;

	return now_us - range->sent_us < tcb->rtt.min_us;
}

/* Something that began at @start has arrived behind RACK.fack. */
static void note_reordering(struct tcb *tcb, struct ack_news *news,
                            uint32_t start)
{
	struct tcp_loss *loss = &tcb->loss;
	const uint32_t distance =
	        (tcb->rack.fack - start + tcb->snd.mss - 1) / tcb->snd.mss;

	loss->reordering =
	        MIN(MAX(loss->reordering, distance), TCP_REORDERING_MAX);
	if (!news->is_reordered)
		loss->reord_seen++;
	news->is_reordered = true;
}

static void detect_reordering(struct tcb *tcb, struct ack_news *news,
                              const struct sent_range *range)
{
	if (!seq_lt(range->end, tcb->rack.fack)) {
		tcb->rack.fack = range->end;
		return;
	}
	if (!(range->flags & SENT_TWICE))
		note_reordering(tcb, news, range->start);
}

/*
 * Of what was sent again nobody can tell which copy has arrived, so step 3
 * passes it over. With a window of nothing, three segments behind a late one
 * have it sent again: the mechanism would never see what it waits for. But a
 * recovery that is undone has its witness: the original was overtaken.
 */
void rack_overtaken(struct tcb *tcb, struct ack_news *news, uint32_t start)
{
	if (seq_lt(start, tcb->rack.fack))
		note_reordering(tcb, news, start);
}

void rack_delivered(struct tcb *tcb, struct ack_news *news,
                    const struct sent_range *range)
{
	struct tcp_rack *rack = &tcb->rack;
	const uint64_t now_us = tcb->tcp->env->now_us;

	detect_reordering(tcb, news, range);
	if (is_ambiguous(tcb, news->seg, range))
		return;

	if (range->sent_us >= news->latest_us) {
		news->latest_us = range->sent_us;
		rack->rtt_us    = now_us - range->sent_us;
	}
	if (is_after(range->sent_us, range->end, rack->xmit_us,
	             rack->end_seq)) {
		rack->xmit_us = range->sent_us;
		rack->end_seq = range->end;
	}
}

/* ---- Step 4 ---- */

/*
 * RFC8985-3
 *
 * The D-SACK of a probe of the tail tells nothing about reordering: the probe
 * was sent without any sign of a loss. Such a one is passed over here.
 */
void rack_dsack_round(struct tcb *tcb, const struct ack_news *news,
                      bool has_recovered)
{
	struct tcp_rack *rack = &tcb->rack;
	const bool is_probes  = tcb->tlp.is_out && tcb->tlp.is_retrans &&
	                       news->dsack.right == tcb->tlp.end_seq;

	if (rack->has_dsack_round && seq_geq(tcb->snd.una, rack->dsack_round))
		rack->has_dsack_round = false;

	if (!rack->has_dsack_round && news->has_dsack && !is_probes) {
		rack->has_dsack_round = true;
		rack->dsack_round     = tcb->snd.nxt;
		rack->reo_wnd_persist = TCP_REO_WND_PERSIST;
		if (rack->reo_wnd_mult < UINT8_MAX)
			rack->reo_wnd_mult++;
	} else if (has_recovered) {
		if (rack->reo_wnd_persist > 0)
			rack->reo_wnd_persist--;
		if (rack->reo_wnd_persist == 0)
			rack->reo_wnd_mult = 1;
	}
}

/* RFC8985-2: RACK_update_reo_wnd(), its result */
static uint64_t reo_wnd(const struct tcb *tcb)
{
	const bool is_recovering = tcb->loss.state == LOSS_RECOVERY ||
	                           tcb->loss.state == LOSS_TIMEOUT;

	if (!rule_holds(tcb->tcp->env, RULE_REORDERING))
		return 0;
	if (tcb->loss.reord_seen == 0 &&
	    (is_recovering || tcb->sent.sacked.segments >= DUP_THRESH))
		return 0;

	return MIN(tcb->rack.reo_wnd_mult * tcb->rtt.min_us / 4,
	           tcb->rtt.srtt_us);
}

/* ---- Step 5 ---- */

/* When this range will have been away for too long. */
static uint64_t due_us(const struct tcb *tcb, const struct sent_range *range)
{
	return range->sent_us + tcb->rack.rtt_us + reo_wnd(tcb);
}

static bool is_owed(const struct sent_range *range)
{
	return (range->flags & (SENT_LOST | SENT_AGAIN)) == SENT_LOST;
}

/*
 * RFC8985-1
 *
 * Ranges are sorted by number, not by time. But what was sent once, behind
 * something that was sent once, left later, and so did each copy of it: the
 * first range that left only once, and after RACK.segment, ends the search.
 */
void rack_detect_loss(struct tcb *tcb, struct ack_news *news)
{
	struct tcp_rack *rack = &tcb->rack;
	struct sent *sent     = &tcb->sent;
	const uint64_t now_us = tcb->tcp->env->now_us;

	rack->reorder_until_us = 0;
	for (uint32_t i = 0; i < sent->count; i++) {
		const struct sent_range *range = sent_at(sent, i);

		if ((range->flags & SENT_SACKED) || is_owed(range))
			continue;
		if (!is_after(rack->xmit_us, rack->end_seq, range->sent_us,
		              range->end)) {
			if (!(range->flags & SENT_TWICE))
				break;
			continue;
		}
		if (due_us(tcb, range) <= now_us)
			scoreboard_lose(tcb, news, i);
		else
			rack->reorder_until_us =
			        MAX(rack->reorder_until_us, due_us(tcb, range));
	}
}

bool rack_is_overdue(const struct tcb *tcb, const struct sent_range *range)
{
	return due_us(tcb, range) <= tcb->tcp->env->now_us;
}
