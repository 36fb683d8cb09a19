/* SPDX-License-Identifier: MIT */
/*
 * output.c - the one place that decides what leaves a connection
 *
 * Everybody else marks a connection with reasons (tcp_owe). tcp_output() asks,
 * in order, must I? may I? how much? and sends until the answer is no:
 *
 *	1  a reset				and nothing after it
 *	2  SYN or SYN,ACK			and nothing beside it
 *	3  acknowledgments that the peer counts, without text
 *	4  lost text again			recovery.c says which
 *	5  new text, and FIN behind the last	both windows, Nagle, SWS
 *	6  an acknowledgment, if none went along so far
 *
 * Then it looks whether the peer's window stands in the way, and arms PERSIST.
 */
#include "tcp/parts.h"
#include <errno.h>

#define OWED_ACKS                                                              \
	(BIT(WHY_HANDSHAKE_ACK) | BIT(WHY_ACK_SECOND) | BIT(WHY_ACK_QUICK) |   \
	 BIT(WHY_ACK_DELAYED) | BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_FILLED) |      \
	 BIT(WHY_ACK_AGAIN) | BIT(WHY_ACK_FIN) | BIT(WHY_WINDOW_UPDATE) |      \
	 BIT(WHY_CHALLENGE))
/* A duplicate acknowledgment counts only without text (RFC 5681 section 2). */
#define OWED_BARE (BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_AGAIN) | BIT(WHY_CHALLENGE))

/* The first of the reasons in @owed, in the order of why.def. */
static enum why first_reason(uint32_t owed)
{
	return (enum why)__builtin_ctz(owed);
}

static void arm_retransmission(struct tcb *tcb)
{
	if (!tcp_timer_is_armed(tcb, TCP_TIMER_RETRANSMIT))
		tcp_timer_arm(tcb, TCP_TIMER_RETRANSMIT,
		              tcb->tcp->env->now_us + rtt_rto(tcb));
}

static void send_reset(struct tcb *tcb)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.nxt, .rst = true };

	segment_send(tcb, &hdr, 0, 0, tcb->abort_why);
	tcb_end(tcb, tcb->error, tcb->abort_why);
}

/* LECTURE: three-way handshake, step 1 */
static void send_syn(struct tcb *tcb)
{
	const uint32_t reasons =
	        BIT(WHY_SYN) | BIT(WHY_SYN_ACK) | BIT(WHY_RETRANSMIT_SYN);
	struct tcp_hdr hdr  = { .seq = tcb->iss, .syn = true };
	const bool is_new   = tcb->snd.nxt == tcb->iss;
	const uint32_t text = is_new ? tcb->syn_text : 0; /* RFC 7413 4.2.2 */

	if (!(tcb->owed & reasons))
		return;

	segment_send(tcb, &hdr, 0, text, first_reason(tcb->owed & reasons));
	tcb->owed &= ~reasons;
	if (is_new) {
		rtt_sent(tcb, tcb->iss + 1);
		tcb->snd.nxt = tcb->iss + 1 + text;
		tcb->octets_sent += text;
	}
	arm_retransmission(tcb);
}

static void send_bare(struct tcb *tcb, enum why why)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.nxt };

	segment_send(tcb, &hdr, 0, 0, why);
}

/*
 * TCP_CORK and MSG_MORE: the application will say more, so a last short segment
 * waits for it; at most TCP_CORK_US, or until somebody pushes.
 */
static bool is_held(const struct tcb *tcb)
{
	return (tcb->snd.more || tcb->settings.cork) && !tcb->snd.has_push &&
	       !tcb->snd.fin_queued;
}

/* The application answers at once: the next answer will carry the ACK, so
 * quick ones would only be extra segments. */
static void note_answer(struct tcb *tcb)
{
	const struct env *env = tcb->tcp->env;

	if (tcb->rcv.text_us > 0 &&
	    env->now_us - tcb->rcv.text_us < env->config.delayed_ack_us)
		tcb->settings.quickack = false;
}

/* Text, PSH, FIN: what the octets from @seq on look like as a segment. */
static void send_text(struct tcb *tcb, uint32_t seq, uint32_t len, enum why why)
{
	const uint32_t at   = seq - snd_text_seq(tcb);
	const uint32_t text = MIN(len, tcb->snd.ring.len - at);
	const bool is_last  = at + text == tcb->snd.ring.len;
	struct tcp_hdr hdr  = { .seq = seq };

	hdr.fin = len > text;
	/* MUST-61; what is held back was not pushed, unless it has left. */
	hdr.psh = text > 0 && is_last &&
	          (!is_held(tcb) || seq_lt(seq, tcb->snd.nxt));
	segment_send(tcb, &hdr, at, text, why);
	tcb->octets_sent += text;
	if (text > 0)
		tcb->sent_us = MAX(tcb->tcp->env->now_us, 1);
}

static uint32_t unsent_text(const struct tcb *tcb)
{
	const uint32_t end = snd_end(tcb);

	return seq_lt(tcb->snd.nxt, end) ? end - tcb->snd.nxt : 0;
}

static void send_again(struct tcb *tcb, uint32_t seq, uint32_t len,
                       enum why why)
{
	send_text(tcb, seq, len, why);
	tcb->retransmits++;
	tcb->rtt.is_timing = false; /* Karn */
	arm_retransmission(tcb);
}

static void retransmit(struct tcb *tcb)
{
	uint32_t seq, len;

	while (recovery_next(tcb, &seq, &len)) {
		const enum why why = tcb->rtx_why;

		send_again(tcb, seq, len, why);
		tcb->loss.rtx_next = seq + len;
		tcb->loss.rtx_now  = 0;
		if (tcb->loss.state == LOSS_RECOVERY)
			tcb->rtx_why = WHY_RETRANSMIT_SACK;
	}
}

static void retransmit_last_resort(struct tcb *tcb)
{
	uint32_t seq, len;

	while (unsent_text(tcb) == 0 && recovery_last_resort(tcb, &seq, &len))
		send_again(tcb, seq, len, WHY_RETRANSMIT_SACK);
}

/* ---- New text: may I? how much? ---- */

/* What the peer's window still takes. */
static uint32_t usable_window(const struct tcb *tcb)
{
	const uint32_t edge = tcb->snd.una + tcb->snd.wnd;

	return seq_lt(tcb->snd.nxt, edge) ? edge - tcb->snd.nxt : 0;
}

/*
 * Nagle (SHLD-7) as Minshall modified it: a short segment waits while another
 * short one is unacknowledged. Full ones in flight are no reason: the tail of a
 * large write leaves with it, instead of meeting a delayed acknowledgment.
 * docs/design/0021-short-segments.md
 */
static bool nagle_waits(const struct tcb *tcb)
{
	return !tcb->settings.nodelay && tcb->snd.has_small;
}

/* Remember where the last short segment ends, and where a push did its work. */
static void note_sent(struct tcb *tcb, bool is_small)
{
	if (is_small) {
		tcb->snd.has_small = true;
		tcb->snd.small_end = tcb->snd.nxt;
	}
	if (tcb->snd.has_push && seq_geq(tcb->snd.nxt, tcb->snd.push_end))
		tcb->snd.has_push = false;
}

/*
 * Sender's silly window avoidance and Nagle (RFC 9293 3.8.6.2.1): is a segment
 * of @len octets worth sending now? Full is also what fills the largest window
 * that the peer ever had: waiting for more would be in vain.
 */
static bool is_worthwhile(const struct tcb *tcb, uint32_t len)
{
	const bool is_all = len == unsent_text(tcb);

	if (len >= MIN(segment_text_max(tcb), tcb->snd.max_wnd))
		return true;
	if (is_all && (tcb->snd.fin_queued || tcb->snd.is_urgent))
		return true;
	if (is_all && !is_held(tcb) && !nagle_waits(tcb))
		return true;
	if (len >= tcb->snd.max_wnd / 2 && !is_all)
		return true;

	return tcb->snd.override;
}

/* min(D, U, what fits), or 0 when a window or good manners forbid it. */
static uint32_t segment_len(const struct tcb *tcb)
{
	const uint32_t want = MIN(unsent_text(tcb), segment_text_max(tcb));
	const uint32_t len  = MIN(want, usable_window(tcb));

	if (len == 0 || tcb->ecn.waits || !is_worthwhile(tcb, len))
		return 0;
	if (recovery_pipe(tcb) + len > tcb->cc.cwnd)
		return 0;

	return len;
}

/* Does a FIN follow @len octets of new text at once? */
static bool fin_follows(const struct tcb *tcb, uint32_t len)
{
	if (!tcb->snd.fin_queued || tcb->snd.fin_acked || snd_fin_is_sent(tcb))
		return false;

	return len == unsent_text(tcb) && usable_window(tcb) > len;
}

static enum why reason_to_send(const struct tcb *tcb, uint32_t len)
{
	if (len == 0)
		return WHY_FIN;
	if (tcb->snd.override)
		return WHY_SWS_OVERRIDE;
	if (tcb->loss.state == LOSS_OPEN && tcb->loss.dup_acks > 0)
		return WHY_LIMITED_TRANSMIT;

	return WHY_DATA;
}

static void send_new(struct tcb *tcb)
{
	if (unsent_text(tcb) > 0)
		cc_restart_if_idle(tcb);

	for (;;) {
		const uint32_t len = segment_len(tcb);
		const bool fin     = fin_follows(tcb, len);
		const uint32_t seq = tcb->snd.nxt;
		enum why why;
		bool is_small;

		if (len == 0 && !fin)
			return;
		is_small = len > 0 && len < segment_text_max(tcb);
		why      = reason_to_send(tcb, len);
		send_text(tcb, seq, len + fin, why);
		if (why == WHY_LIMITED_TRANSMIT)
			tcb->loss.limited += len;
		tcb->snd.nxt      = seq + len + fin;
		tcb->snd.override = false;
		note_sent(tcb, is_small);
		note_answer(tcb);
		rtt_sent(tcb, tcb->snd.nxt);
		arm_retransmission(tcb);
	}
}

/* ---- The peer's window stands in the way ---- */

/* Without text, at SND.UNA-1, as Linux does: the peer must answer what it
 * cannot accept, and no octet is spent beyond its window. */
static void send_probe(struct tcb *tcb, enum why why)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.una - 1 };

	segment_send(tcb, &hdr, 0, 0, why);
}

/* A short segment is held back: not for ever (MUST-60). */
static void arm_cork(struct tcb *tcb)
{
	if (!is_held(tcb) || unsent_text(tcb) == 0 ||
	    !tcp_in(tcb, TCPS_MAY_SEND))
		tcp_timer_cancel(tcb, TCP_TIMER_CORK);
	else if (!tcp_timer_is_armed(tcb, TCP_TIMER_CORK))
		tcp_timer_arm(tcb, TCP_TIMER_CORK,
		              tcb->tcp->env->now_us + TCP_CORK_US);
}

static void arm_persist(struct tcb *tcb)
{
	const bool is_corked = tcp_timer_is_armed(tcb, TCP_TIMER_CORK);
	const bool has_more  = (unsent_text(tcb) > 0 && !is_corked) ||
	                      fin_follows(tcb, 0) ||
	                      (tcb->snd.fin_queued && !tcb->snd.fin_acked &&
	                       !snd_fin_is_sent(tcb));
	const uint64_t now_us = tcb->tcp->env->now_us;
	uint64_t wait_us;

	if (!has_more || snd_flight(tcb) > 0 || !tcp_in(tcb, TCPS_SENDING)) {
		tcp_timer_cancel(tcb, TCP_TIMER_PERSIST);
		return;
	}
	if (tcp_timer_is_armed(tcb, TCP_TIMER_PERSIST))
		return;
	if (tcb->snd.probes == 0)
		tcb->snd.closed_us = now_us;
	wait_us = MIN(rtt_rto(tcb) << tcb->snd.probes, TCP_RTO_US_MAX);
	tcp_timer_arm(tcb, TCP_TIMER_PERSIST,
	              MIN(now_us + wait_us, give_up_deadline(tcb)));
}

void tcp_output(struct tcb *tcb)
{
	list_remove(&tcb->marked);
	if (tcp_owes(tcb, WHY_RESET)) {
		send_reset(tcb);
		return;
	}
	if (tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED)) ||
	    !tcb->snd.syn_acked) {
		send_syn(tcb);
		if (tcb->state == TCPS_SYN_SENT)
			return;
	}

	if (tcb->owed & OWED_BARE)
		send_bare(tcb, first_reason(tcb->owed & OWED_BARE));
	if (tcp_owes(tcb, WHY_WINDOW_PROBE))
		send_probe(tcb, WHY_WINDOW_PROBE);
	if (tcp_owes(tcb, WHY_KEEP_ALIVE))
		send_probe(tcb, WHY_KEEP_ALIVE);
	if (tcp_in(tcb, TCPS_SENDING) && tcb->snd.syn_acked) {
		retransmit(tcb);
		send_new(tcb);
		retransmit_last_resort(tcb);
	} else if (tcp_is_early(tcb)) {
		send_new(tcb); /* RFC 7413 4.2.2: before our SYN is acked */
	}
	if (tcp_owes(tcb, WHY_URGENT))
		send_bare(tcb, WHY_URGENT);
	if (tcb->owed & OWED_ACKS)
		send_bare(tcb, first_reason(tcb->owed & OWED_ACKS));

	tcb->owed = 0;
	arm_cork(tcb);
	arm_persist(tcb);
}
