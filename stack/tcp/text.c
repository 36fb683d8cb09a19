/* SPDX-License-Identifier: MIT */
/*
 * text.c - seventh and eighth: segment text and FIN (RFC 9293 3.10.7.4)
 *
 * Every octet goes at once to its final place in the receive ring:
 *
 *	ring	|...for the application...|XXXX|....|XXXX|....|
 *					  ^RCV.NXT   ^ out of order
 *
 * holes_after remembers what is filled beyond RCV.NXT, in offsets from it. An
 * octet that was accepted is never written again, so a second copy with other
 * contents changes nothing.
 */
#include "tcp/parts.h"

/* Copy in what was not there before. */
static void write_gaps(struct tcb *tcb, uint32_t at, const struct tcp_seg *seg)
{
	const uint32_t end = at + seg->text_len;
	struct range gap   = { at, end };

	if (!tcb->rcv.holes_after) {
		ring_write_at(&tcb->rcv.ring, tcb->rcv.ring.len + at, seg->text,
		              seg->text_len);
		return;
	}
	while (ranges_gap(tcb->rcv.holes_after, at, end, &gap)) {
		ring_write_at(&tcb->rcv.ring, tcb->rcv.ring.len + gap.start,
		              seg->text + (gap.start - (end - seg->text_len)),
		              gap.end - gap.start);
		at = gap.end;
	}
}

/* Return: can one block more be remembered, or melt into those that are? */
static bool make_room_for_a_block(struct tcb *tcb)
{
	struct memory *memory = &tcb->tcp->env->memory;
	struct ranges *after  = tcb->rcv.holes_after;
	const uint32_t size   = after ? 2 * after->size : TCP_OUT_OF_ORDER_MIN;

	if (after &&
	    (after->count < after->size || after->size == TCP_OUT_OF_ORDER_MAX))
		return true;

	if (after)
		after = memory_resize(memory, after, ranges_octets(after->size),
		                      ranges_octets(size));
	else
		after = memory_take(memory, ranges_octets(size));
	if (!after)
		return tcb->rcv.holes_after != NULL;
	after->size          = size;
	tcb->rcv.holes_after = after;

	return true;
}

/* SHLD-31, MAY-13, RFC5681-7
 * Text beyond a hole: keep it, and say at once what is missing. */
static enum drop keep_out_of_order(struct tcb *tcb, const struct tcp_seg *seg)
{
	const uint32_t at  = seg->seq - tcb->rcv.nxt;
	const uint32_t end = at + seg->text_len;

	tcp_owe(tcb, WHY_ACK_HOLE);
	if (!rule_holds(tcb->tcp->env, RULE_OUT_OF_ORDER))
		return tcp_verdict(tcb, DROP_TCP_OUT_OF_ORDER_FULL);
	if (!make_room_for_a_block(tcb))
		return tcp_verdict(tcb, DROP_TCP_MEMORY);
	if (ranges_contain(tcb->rcv.holes_after, at, end)) {
		tcb->rcv.dsack =
		        (struct tcp_sack_block){ seg->seq,
			                         seg->seq + seg->text_len };
		tcb->rcv.has_dsack = true;
		return tcp_verdict(tcb, DROP_TCP_DUPLICATE);
	}

	write_gaps(tcb, at, seg);
	if (!ranges_add(tcb->rcv.holes_after, at, end))
		return tcp_verdict(tcb, DROP_TCP_OUT_OF_ORDER_FULL);
	tcb->count.out_of_order += seg_count(seg);
	sack_note_block(tcb, seg->seq);
	tcp_effect(tcb, WHY_NEW_TEXT_KEPT);
	tcp_emit_buffers(tcb, WHY_NEW_TEXT_KEPT);

	return DROP_NONE;
}

void tcp_forget_holes(struct tcb *tcb)
{
	struct ranges *after = tcb->rcv.holes_after;

	if (after)
		memory_give(&tcb->tcp->env->memory, after,
		            ranges_octets(after->size));
	tcb->rcv.holes_after  = NULL;
	tcb->rcv.recent_count = 0;
}

/* RCV.NXT moves by @len, and over whatever was kept right behind that. */
static void claim(struct tcb *tcb, uint32_t len)
{
	struct ranges *after = tcb->rcv.holes_after;

	if (after) {
		ranges_shift(after, len);
		if (after->count > 0 && after->at[0].start == 0) {
			const uint32_t more = after->at[0].end;

			ranges_shift(after, more);
			len += more;
		}
		if (after->count == 0)
			tcp_forget_holes(tcb);
		tcp_owe(tcb, WHY_ACK_FILLED);
	}

	tcb->rcv.nxt += len;
	tcb->octets_received += len;
	if (tcb->rcv.discard)
		tcb->rcv.ring.start =
		        (tcb->rcv.ring.start + len) & (tcb->rcv.ring.size - 1);
	else
		ring_claim(&tcb->rcv.ring, len);
}

/*
 * When to acknowledge text that came in order (RFC 9293 3.8.6.3, RFC 5681 4.2).
 * MUST-58, MUST-59: what is owed is sent once, after all that waits.
 *
 * A delay is for an answer that takes the acknowledgment along, or for a second
 * segment. The sender will have neither of the two if its window is small: a
 * young one, or one after a timeout, which we notice as a pause longer than
 * RTO. It is told of each segment at once. And what it pushed ends what it had
 * to say: see after_receive() in calls.c.
 */
static void owe_ack(struct tcb *tcb, const struct tcp_seg *seg)
{
	const uint32_t unacked = tcb->rcv.nxt - tcb->rcv.acked;
	const uint64_t now_us  = tcb->tcp->env->now_us;
	const uint32_t count   = seg_count(seg);

	/* Not the super-frame's length: the peer's segments are no longer. */
	tcb->rcv.seg_max = MAX(tcb->rcv.seg_max, seg_text_max(seg));
	if (seg->psh || seg->text_len < tcb->rcv.seg_max)
		tcb->rcv.is_pushed = true;
	if (tcb->rcv.text_us > 0 && now_us - tcb->rcv.text_us > tcb->rtt.rto_us)
		tcb->rcv.quick = TCP_QUICK_ACKS;
	tcb->rcv.text_us = MAX(now_us, 1);
	if (tcb->settings.quickack && tcb->rcv.quick > 0) {
		tcb->rcv.quick -= (uint8_t)MIN(tcb->rcv.quick, count);
		tcp_owe(tcb, WHY_ACK_QUICK);
	} else if (unacked >= 2 * tcb->rcv.seg_max) {
		/* SHLD-19 */
		tcp_owe(tcb, WHY_ACK_SECOND);
	} else if (!rule_holds(tcb->tcp->env, RULE_DELAYED_ACK)) {
		tcp_owe(tcb, WHY_ACK_DELAYED); /* after no delay at all */
	} else if (!tcp_timer_is_armed(tcb, TCP_TIMER_DELAYED_ACK)) {
		/* SHLD-18, MUST-40 */
		tcp_timer_arm(tcb, TCP_TIMER_DELAYED_ACK,
		              now_us + tcb->tcp->env->config.delayed_ack_us,
		              WHY_TIMER_DELAYED_ACK);
	}
}

void tcp_text_arrived(struct tcb *tcb, const struct tcp_seg *seg)
{
	claim(tcb, seg->text_len);
	tcp_effect(tcb, WHY_NEW_TEXT);
	tcp_emit_buffers(tcb, WHY_NEW_TEXT);
	owe_ack(tcb, seg);
	autotune_text(tcb, seg);
	tcp_mark_ready(tcb->tcp, &tcb->ready);
}

static enum drop take_in_order(struct tcb *tcb, const struct tcp_seg *seg)
{
	write_gaps(tcb, 0, seg);
	tcp_text_arrived(tcb, seg);

	return DROP_NONE;
}

/* A FIN that waits for a hole to fill has told where the text ends. */
static void trim_to_fin(const struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t room = tcb->rcv.fin_seq - seg->seq;

	if (!tcb->rcv.fin_waits || seg->text_len == 0)
		return;
	if (!seq_lt(seg->seq, tcb->rcv.fin_seq))
		seg->text_len = 0;
	else
		seg->text_len = MIN(seg->text_len, room);
}

enum drop tcp_process_text(struct tcb *tcb, struct tcp_seg *seg)
{
	uint32_t end;

	if (seg->was_cut)
		tcp_owe(tcb, WHY_ACK_AGAIN);
	if (seg->text_len == 0)
		return DROP_NONE;
	ecn_text_arrives(tcb, seg);
	trim_to_fin(tcb, seg);
	if (seg->text_len == 0 || !tcp_in(tcb, TCPS_MAY_RECEIVE))
		return tcp_verdict(tcb, DROP_TCP_AFTER_FIN);
	if (tcb->is_orphan) {
		/* SHLD-3: nobody will ever read it, so the peer must know. */
		tcp_abort_now(tcb, 0, WHY_RST_AFTER_CLOSE);
		return tcp_verdict(tcb, DROP_TCP_AFTER_CLOSE);
	}

	end = tcb->rcv.ring.len + seg->seq - tcb->rcv.nxt + seg->text_len;
	if (ring_reserve(&tcb->rcv.ring, &tcb->tcp->env->memory, end) < 0)
		return tcp_verdict(tcb, DROP_TCP_MEMORY);

	if (seg->seq != tcb->rcv.nxt)
		return keep_out_of_order(tcb, seg);

	return take_in_order(tcb, seg);
}

/* LECTURE: four-way close, the peer's half */
static void got_fin(struct tcb *tcb)
{
	tcb->rcv.fin       = true;
	tcb->rcv.fin_waits = false;
	tcb->rcv.nxt++;
	urgent_fin(tcb);
	tcp_forget_holes(tcb);
	tcb->rcv.edge = seq_max(tcb->rcv.edge, tcb->rcv.nxt);
	tcp_owe(tcb, WHY_ACK_FIN);
	tcp_mark_ready(tcb->tcp, &tcb->ready);

	if (tcp_in(tcb, IN(ESTABLISHED)))
		tcp_set_state(tcb, TCPS_CLOSE_WAIT, WHY_GOT_FIN);
	else if (tcp_in(tcb, IN(FIN_WAIT_1)))
		tcp_set_state(tcb, TCPS_CLOSING, WHY_GOT_FIN);
	else
		wait_enter(tcb, WHY_GOT_FIN);
}

/* The FIN lies beyond a hole: remember it, unless text was kept beyond it. */
static void keep_fin(struct tcb *tcb, uint32_t fin_seq)
{
	const struct ranges *after = tcb->rcv.holes_after;
	const uint32_t at          = fin_seq - tcb->rcv.nxt;

	tcp_owe(tcb, WHY_ACK_HOLE);
	if (after && after->count > 0 && after->at[after->count - 1].end > at)
		return;

	tcb->rcv.fin_waits = true;
	tcb->rcv.fin_seq   = fin_seq;
}

enum drop tcp_check_fin(struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t fin_seq = seg->seq + seg->text_len;

	if (!tcp_in(tcb, TCPS_MAY_RECEIVE))
		return DROP_NONE;

	if ((seg->fin && fin_seq == tcb->rcv.nxt) ||
	    (tcb->rcv.fin_waits && tcb->rcv.fin_seq == tcb->rcv.nxt))
		got_fin(tcb);
	else if (seg->fin)
		keep_fin(tcb, fin_seq);

	return DROP_NONE;
}

/* The next answer will carry the ACK; quick ones would only be extra segments. */
void tcp_note_answer(struct tcb *tcb)
{
	const struct env *env = tcb->tcp->env;

	if (tcb->rcv.text_us > 0 &&
	    env->now_us - tcb->rcv.text_us < env->config.delayed_ack_us)
		tcb->settings.quickack = false;
}
