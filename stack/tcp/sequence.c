/* SPDX-License-Identifier: MIT */
/*
 * sequence.c - first: check sequence number (RFC 9293 section 3.10.7.4)
 *
 *	SEG.LEN  RCV.WND  acceptable if
 *	   0	    0	  SEG.SEQ = RCV.NXT
 *	   0	   >0	  RCV.NXT =< SEG.SEQ < RCV.NXT+RCV.WND
 *	  >0	    0	  never - but its ACK, RST and URG count (MUST-66)
 *	  >0	   >0	  its first or its last octet lies in the window
 *
 * Then the segment is trimmed to what is new and fits, as the RFC's "idealized
 * segment". With timestamps, RFC 7323 section 5.3 comes before all this.
 */
#include "tcp/parts.h"

static uint32_t receive_window(const struct tcb *tcb)
{
	return tcb->rcv.edge - tcb->rcv.nxt;
}

void tcp_challenge(struct tcb *tcb)
{
	const uint64_t now_us = tcb->tcp->env->now_us;

	/* RFC5961-6 */
	if (now_us < tcb->challenge_us)
		return;

	tcb->challenge_us = now_us + TCP_CHALLENGE_INTERVAL_US;
	tcp_owe(tcb, WHY_CHALLENGE);
}

/*
 * Text and FIN are always answered: the peer lost our acknowledgment. Empty
 * segments are answered rarely, or two ends that disagree would answer each
 * other's answers for ever.
 */
void tcp_answer_stray(struct tcb *tcb, const struct tcp_seg *seg)
{
	const uint64_t now_us = tcb->tcp->env->now_us;

	if (seg->syn) {
		tcp_challenge(tcb);
		return;
	}
	if (seg->text_len == 0 && !seg->fin) {
		if (now_us < tcb->stray_us)
			return;
		tcb->stray_us = now_us + TCP_CHALLENGE_INTERVAL_US;
	}

	tcp_owe(tcb, WHY_ACK_AGAIN);
}

/* RFC 7323 section 5.3, R1: is this an old duplicate of a wrapped space? */
static enum drop check_timestamp(struct tcb *tcb, struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	const uint64_t now_us         = tcb->tcp->env->now_us;

	if (!tcb->has_timestamps || seg->rst)
		return DROP_NONE;
	if (!opt->has_timestamps)
		/* RFC7323-5 */
		return tcp_verdict(tcb, DROP_TCP_NO_TIMESTAMP);
	if (seq_geq(opt->tsval, tcb->ts_recent) ||
	    !rule_holds(tcb->tcp->env, RULE_PAWS))
		return DROP_NONE;
	/* RFC7323-8 */
	if (now_us - tcb->ts_recent_us > TCP_PAWS_IDLE_US)
		return DROP_NONE; /* the clock may have wrapped: section 5.5 */

	tcp_answer_stray(tcb, seg);

	/* RFC7323-7 */
	return tcp_verdict(tcb, DROP_TCP_PAWS);
}

/* RFC 7323 section 4.3, (2): only what touches the left edge counts. */
void tcp_remember_timestamp(struct tcb *tcb, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;

	if (!tcb->has_timestamps || !opt->has_timestamps || seg->rst)
		return;
	/* RFC7323-6 */
	if (!seq_leq(seg->seq, tcb->rcv.acked))
		return;
	if (seq_lt(opt->tsval, tcb->ts_recent) &&
	    tcb->tcp->env->now_us - tcb->ts_recent_us <= TCP_PAWS_IDLE_US)
		return;

	tcb->ts_recent    = opt->tsval;
	tcb->ts_recent_us = tcb->tcp->env->now_us;
}

/* The four cases of the table above. */
bool seq_acceptable(const struct tcp_seg *seg, uint32_t rcv_nxt, uint32_t wnd)
{
	const uint32_t len = seg_len(seg);

	if (len == 0)
		return wnd == 0 ? seg->seq == rcv_nxt
		                : seq_in(seg->seq, rcv_nxt, wnd);
	if (wnd == 0)
		return false;

	return seq_in(seg->seq, rcv_nxt, wnd) ||
	       seq_in(seg->seq + len - 1, rcv_nxt, wnd);
}

/* Cut off what lies before RCV.NXT: it was here already (RFC 2883). */
static void trim_left(struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t excess = MIN(tcb->rcv.nxt - seg->seq, seg->text_len);

	if (!seq_lt(seg->seq, tcb->rcv.nxt))
		return;

	tcb->rcv.dsack = (struct tcp_sack_block){ seg->seq, seg->seq + excess };
	tcb->rcv.has_dsack = excess > 0;
	seg->text += excess;
	seg->text_len -= excess;
	seg->seq += excess;
}

/* Cut off what lies beyond the window, and with it a FIN. */
static void trim_right(struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t wnd   = receive_window(tcb);
	const uint32_t start = seg->seq - tcb->rcv.nxt;
	const uint32_t room  = start < wnd ? wnd - start : 0;

	if (seg->text_len + seg->fin <= room)
		return;

	seg->fin      = false;
	seg->text_len = MIN(seg->text_len, room);
	seg->was_cut  = true; /* answered if its ACK is acceptable */
}

/* The window is closed, and this is where it would open: its ACK, URG and RST
 * count (MUST-66). */
static bool is_probe_of_closed_window(const struct tcb *tcb,
                                      const struct tcp_seg *seg)
{
	return receive_window(tcb) == 0 && seg->seq == tcb->rcv.nxt &&
	       (!seg->syn || seg->rst);
}

/*
 * Simultaneous open (figure 7): the peer's SYN,ACK repeats the SYN that we have
 * and begins before RCV.NXT. What counts is its ACK.
 */
static void skip_known_syn(const struct tcb *tcb, struct tcp_seg *seg)
{
	if (tcb->state != TCPS_SYN_RECEIVED || seg->rst || !seg->has_ack)
		return;
	if (!seg->syn || seg->seq != tcb->irs)
		return;

	seg->syn = false;
	seg->seq++;
}

/* A Fast Open client whose SYN,ACK was lost calls again, without data. */
static bool is_repeated_syn(const struct tcb *tcb, const struct tcp_seg *seg)
{
	return tcb->state == TCPS_SYN_RECEIVED && tcb->is_passive && seg->syn &&
	       !seg->has_ack && seg->seq == tcb->irs;
}

static enum drop refuse(struct tcb *tcb, struct tcp_seg *seg)
{
	const bool has_something = seg->text_len > 0 || seg->fin;

	if (seg->rst)
		/* RFC5961-3 */
		return tcp_verdict(tcb, DROP_TCP_RST_OUTSIDE);
	if (is_repeated_syn(tcb, seg)) {
		tcp_owe(tcb, WHY_RETRANSMIT_SYN);
		return tcp_verdict(tcb, DROP_TCP_DUPLICATE);
	}

	if (seg->seq == tcb->rcv.nxt - 1 && seg->ack == tcb->snd.nxt)
		keep_alive_heard(tcb); /* the peer asks whether we are there */
	tcp_answer_stray(tcb, seg);
	if (!has_something || !seq_lt(seg->seq, tcb->rcv.nxt))
		return tcp_verdict(tcb, DROP_TCP_SEQUENCE);

	trim_left(tcb, seg); /* all of it: the answer says D-SACK */

	return tcp_verdict(tcb, DROP_TCP_DUPLICATE);
}

enum drop tcp_check_sequence(struct tcb *tcb, struct tcp_seg *seg)
{
	enum drop drop = check_timestamp(tcb, seg);

	if (drop != DROP_NONE)
		return drop;
	skip_known_syn(tcb, seg);

	if (!seq_acceptable(seg, tcb->rcv.nxt, receive_window(tcb))) {
		if (!is_probe_of_closed_window(tcb, seg))
			return refuse(tcb, seg);
	}
	tcp_remember_timestamp(tcb, seg);
	if (seg->rst || seg->syn)
		return DROP_NONE; /* their number is looked at as it came */

	trim_left(tcb, seg);
	trim_right(tcb, seg);

	return DROP_NONE;
}
