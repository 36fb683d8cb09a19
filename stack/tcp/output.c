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
 *	4  a probe of the tail			once, whatever cwnd says
 *	5  lost text again			recovery.c says which
 *	6  new text, and FIN behind the last	both windows, Nagle, SWS
 *	7  an acknowledgment, if none went along so far
 *
 * Then it looks whether the peer's window stands in the way, and arms PERSIST.
 */
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <errno.h>

#define OWED_ACKS                                                              \
	(BIT(WHY_HANDSHAKE_ACK) | BIT(WHY_ACK_SECOND) | BIT(WHY_ACK_QUICK) |   \
	 BIT(WHY_ACK_DELAYED) | BIT(WHY_ACK_READ) | BIT(WHY_ACK_HOLE) |        \
	 BIT(WHY_ACK_FILLED) | BIT(WHY_ACK_AGAIN) | BIT(WHY_ACK_FIN) |         \
	 BIT(WHY_WINDOW_UPDATE) | BIT(WHY_CHALLENGE))
/* A duplicate acknowledgment counts only without text (RFC 5681 section 2). */
#define OWED_BARE (BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_AGAIN) | BIT(WHY_CHALLENGE))

/* The first of the reasons in @owed, in the order of why.def. */
static struct reason first_reason(const struct tcb *tcb, uint32_t owed)
{
	return tcp_decided(tcb, (enum why)__builtin_ctz(owed));
}

/* RFC 6298 (5.1): text is in flight, and the timer did not run. */
static void start_timer(struct tcb *tcb)
{
	if (!tcp_timer_is_armed(tcb, TCP_TIMER_RETRANSMIT) &&
	    !tcp_timer_is_armed(tcb, TCP_TIMER_LOSS_PROBE) &&
	    !tcp_timer_is_armed(tcb, TCP_TIMER_REORDER))
		loss_timer_restart(tcb);
	loss_timer_set(tcb);
}

static void send_reset(struct tcb *tcb)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.nxt, .rst = true };

	segment_send(tcb, &hdr, 0, 0, tcb->abort);
	tcb_end_at(tcb, tcb->error, tcb->abort);
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

	segment_send(tcb, &hdr, 0, text,
	             first_reason(tcb, tcb->owed & reasons));
	tcb->owed &= ~reasons;
	if (is_new) {
		rtt_syn_sent(tcb);
		tcb->snd.nxt = tcb->iss + 1 + text;
		tcb->octets_sent += text;
	}
	start_timer(tcb);
}

static void send_bare(struct tcb *tcb, struct reason reason)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.nxt };

	segment_send(tcb, &hdr, 0, 0, reason);
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

/* Text, PSH, FIN: what the octets from @seq on look like as a segment. */
static void send_text(struct tcb *tcb, uint32_t seq, uint32_t len,
                      struct reason reason)
{
	const uint32_t at   = seq - snd_text_seq(tcb);
	const uint32_t text = MIN(len, tcb->snd.ring.len - at);
	const bool is_last  = at + text == tcb->snd.ring.len;
	struct tcp_hdr hdr  = { .seq = seq };

	hdr.fin = len > text;
	/* What is held back was not pushed, unless it has left. */
	hdr.psh = text > 0 &&
	          (push_is_in(tcb, seq, text) ||
	           (is_last && (!is_held(tcb) || seq_lt(seq, tcb->snd.nxt))));
	segment_send(tcb, &hdr, at, text, reason);
	tcb->octets_sent += text;
	prr_sent(tcb, len);
	if (text > 0)
		tcb->sent_us = MAX(tcb->tcp->env->now_us, 1);
}

/* ---- Again ---- */

static void send_again(struct tcb *tcb, uint32_t seq, uint32_t len,
                       struct reason reason)
{
	sent_resend(&tcb->sent, &tcb->tcp->env->memory, seq, seq + len,
	            tcb->tcp->env->now_us);
	tcp_emit_scoreboard_at(tcb, reason);
	undo_resent(tcb, len);
	tcb->retransmits++;
	tcb->loss.octets_again += len;
	tcb->loss.rtx_now = 0;
	send_text(tcb, seq, len, reason);
	/* What holds everything up has left only now: RTO runs from here. */
	if (seq == tcb->snd.una)
		loss_timer_restart(tcb);
	start_timer(tcb);
}

static void retransmit(struct tcb *tcb)
{
	uint32_t seq, len;

	while (recovery_next(tcb, &seq, &len)) {
		const uint32_t i = sent_find(&tcb->sent, seq);

		send_again(tcb, seq, len,
		           recovery_why(tcb, sent_at(&tcb->sent, i)));
	}
}

static void retransmit_last_resort(struct tcb *tcb)
{
	uint32_t seq, len;

	while (tcp_unsent(tcb) == 0 && sack_last_resort(tcb, &seq, &len))
		send_again(tcb, seq, len,
		           tcb->loss.rescue == RESCUE_USED
		                   ? BECAUSE(WHY_RETRANSMIT_RESCUE)
		                   : BECAUSE(WHY_RETRANSMIT_SACK));
}

/* ---- New text: may I? how much? ---- */

uint32_t tcp_usable_window(const struct tcb *tcb)
{
	const uint32_t edge = tcb->snd.una + tcb->snd.wnd;

	/* MUST-34, SHLD-15: negative counts as none */
	return seq_lt(tcb->snd.nxt, edge) ? edge - tcb->snd.nxt : 0;
}

/*
 * MUST-17, SHLD-7, MAY-16
 *
 * Nagle (SHLD-7) as Minshall modified it: a short segment waits while another
 * short one is unacknowledged. Full ones in flight are no reason: the tail of a
 * large write leaves with it, instead of meeting a delayed acknowledgment.
 * docs/design/0021-short-segments.md
 */
static bool nagle_waits(const struct tcb *tcb)
{
	return !tcb->settings.nodelay && tcb->snd.has_small &&
	       rule_holds(tcb->tcp->env, RULE_NAGLE);
}

/* Remember where the last short segment ends, and where a push did its work. */
void tcp_note_sent(struct tcb *tcb, bool is_small)
{
	if (is_small) {
		tcb->snd.has_small = true;
		tcb->snd.small_end = tcb->snd.nxt;
	}
	if (tcb->snd.has_push && seq_geq(tcb->snd.nxt, tcb->snd.push_end))
		tcb->snd.has_push = false;
}

/* All that waits ends in a short segment: may it leave? */
static bool end_may_leave(const struct tcb *tcb)
{
	if (tcb->snd.fin_queued || tcb->snd.is_urgent)
		return true;

	return !is_held(tcb) && !nagle_waits(tcb);
}

/*
 * MUST-38, SHLD-28
 *
 * Sender's silly window avoidance and Nagle (RFC 9293 3.8.6.2.1): is a segment
 * of @len octets worth sending now? Full is also what fills the largest window
 * that the peer ever had: waiting for more would be in vain.
 */
static bool is_worthwhile(const struct tcb *tcb, uint32_t len)
{
	const bool is_all = len == tcp_unsent(tcb);

	if (len >= MIN(segment_text_max(tcb), tcb->snd.max_wnd))
		return true;
	if (is_all && end_may_leave(tcb))
		return true;
	if (len >= tcb->snd.max_wnd / 2 && !is_all)
		return true;
	if (!is_all && !rule_holds(tcb->tcp->env, RULE_SWS_AVOIDANCE))
		return true;

	return tcb->snd.override;
}

/* At least one full segment of @may octets: how many in one super-frame? Whole
 * ones, and the short one behind them if it may leave as well. */
static uint32_t super_len(const struct tcb *tcb, uint32_t may)
{
	const uint32_t len = MIN(may, super_text_max(tcb));

	if (len == tcp_unsent(tcb) && end_may_leave(tcb))
		return len;

	return len - len % segment_text_max(tcb);
}

/* min(D, U, what fits), or 0 when a window or good manners forbid it. */
static uint32_t segment_len(const struct tcb *tcb)
{
	const uint32_t max  = segment_text_max(tcb);
	const uint32_t pipe = recovery_pipe(tcb);
	const uint32_t want = MIN(tcp_unsent(tcb), tcp_usable_window(tcb));
	const uint32_t len  = MIN(want, max);

	if (len == 0 || tcb->ecn.waits || !is_worthwhile(tcb, len))
		return 0;
	if (pipe + len > tcb->cc.cwnd)
		return 0;

	return len < max ? len : super_len(tcb, MIN(want, tcb->cc.cwnd - pipe));
}

/* Does a FIN follow @len octets of new text at once? */
static bool fin_follows(const struct tcb *tcb, uint32_t len)
{
	if (!tcb->snd.fin_queued || tcb->snd.fin_acked || snd_fin_is_sent(tcb))
		return false;

	return len == tcp_unsent(tcb) && tcp_usable_window(tcb) > len;
}

static struct reason reason_to_send(const struct tcb *tcb, uint32_t len)
{
	if (len == 0)
		return tcp_decided(tcb, WHY_FIN);
	if (tcb->snd.override)
		return tcp_decided(tcb, WHY_SWS_OVERRIDE);
	if (tcb->loss.state == LOSS_OPEN &&
	    snd_flight(tcb) + len > tcb->cc.cwnd)
		return BECAUSE(WHY_LIMITED_TRANSMIT); /* some have left */

	return BECAUSE(WHY_DATA);
}

/* @len octets of text from SND.NXT on, and the FIN. */
static void send_first_time(struct tcb *tcb, uint32_t len, bool fin,
                            struct reason reason)
{
	const uint32_t seq   = tcb->snd.nxt;
	const bool was_empty = snd_flight(tcb) == 0;
	const bool is_small  = len % segment_text_max(tcb) > 0;

	send_text(tcb, seq, len + fin, reason);
	scoreboard_sent(tcb, seq, seq + len + fin,
	                MAX(segment_count(tcb, len), 1));
	tcb->snd.nxt      = seq + len + fin;
	tcb->snd.override = false;
	tcp_note_sent(tcb, is_small);
	tcp_note_answer(tcb);
	tcb->loss.pto_from_us = tcb->tcp->env->now_us;
	if (was_empty)
		loss_timer_restart(tcb);
}

static void send_new(struct tcb *tcb)
{
	const uint32_t before = tcb->snd.nxt;

	if (tcp_unsent(tcb) > 0)
		cc_restart_if_idle(tcb);

	for (;;) {
		const uint32_t len = segment_len(tcb);
		const bool fin     = fin_follows(tcb, len);
		struct reason reason;

		if (len == 0 && !fin)
			break;
		reason = reason_to_send(tcb, len);
		if (reason.why == WHY_LIMITED_TRANSMIT)
			tcb->loss.limited += len;
		send_first_time(tcb, len, fin, reason);
		train_follow(tcb);
	}
	if (tcb->snd.nxt != before)
		loss_timer_set(tcb);
}

/* F-RTO waits for what new text tells (step 2 b); but none could leave. */
static void give_up_frto(struct tcb *tcb)
{
	if (tcb->loss.frto != FRTO_STEP_3 || tcb->snd.nxt != tcb->loss.recover)
		return;

	tcb->loss.frto = FRTO_OFF;
	retransmit(tcb);
}

/* RFC8985-6
 * TLP_send_probe() (RFC 8985 7.3): new text, or the end of the flight again */
static void send_loss_probe(struct tcb *tcb)
{
	const uint32_t flight = snd_flight(tcb);
	const uint32_t max    = segment_text_max(tcb);
	const uint32_t fresh =
	        MIN(MIN(tcp_unsent(tcb), max), tcp_usable_window(tcb));
	const bool fin             = fin_follows(tcb, fresh);
	const struct reason reason = tcp_decided(tcb, WHY_TAIL_LOSS_PROBE);
	uint32_t len;

	if (tcb->sent.count == 0)
		return;
	if (fresh > 0 || fin) {
		send_first_time(tcb, fresh, fin, reason);
	} else {
		const struct sent_range *last =
		        sent_at(&tcb->sent, tcb->sent.count - 1);

		len = MIN(last->end - last->start, max + snd_fin_is_sent(tcb));
		send_again(tcb, last->end - len, len, reason);
	}
	tlp_sent(tcb, fresh == 0 && !fin, flight);
	tcb->loss.rto_from_us = tcb->tcp->env->now_us;
	loss_timer_set(tcb);
}

/* ---- The peer's window stands in the way ---- */

/* Without text, at SND.UNA-1, as Linux does: the peer must answer what it
 * cannot accept, and no octet is spent beyond its window. */
static void send_probe(struct tcb *tcb, enum why why)
{
	struct tcp_hdr hdr = { .seq = tcb->snd.una - 1 };

	segment_send(tcb, &hdr, 0, 0, tcp_decided(tcb, why));
}

/* A short segment is held back: not for ever (MUST-60). */
static void arm_cork(struct tcb *tcb)
{
	if (!is_held(tcb) || tcp_unsent(tcb) == 0 ||
	    !tcp_in(tcb, TCPS_MAY_SEND))
		tcp_timer_cancel(tcb, TCP_TIMER_CORK, WHY_TIMER_CORK_OFF);
	else if (!tcp_timer_is_armed(tcb, TCP_TIMER_CORK))
		tcp_timer_arm(tcb, TCP_TIMER_CORK,
		              tcb->tcp->env->now_us + TCP_CORK_US,
		              WHY_TIMER_CORK);
}

/* MUST-35, MUST-36, SHLD-29, SHLD-30 */
static void arm_persist(struct tcb *tcb)
{
	const bool is_corked = tcp_timer_is_armed(tcb, TCP_TIMER_CORK);
	const bool has_more  = (tcp_unsent(tcb) > 0 && !is_corked) ||
	                      fin_follows(tcb, 0) ||
	                      (tcb->snd.fin_queued && !tcb->snd.fin_acked &&
	                       !snd_fin_is_sent(tcb));
	const bool may_probe =
	        tcb->snd.wnd > 0 || rule_holds(tcb->tcp->env, RULE_PERSIST);
	const uint64_t now_us = tcb->tcp->env->now_us;
	uint64_t wait_us;

	if (!has_more || snd_flight(tcb) > 0 || !tcp_in(tcb, TCPS_SENDING) ||
	    !may_probe) {
		tcp_timer_cancel(tcb, TCP_TIMER_PERSIST, WHY_TIMER_NOT_STUCK);
		return;
	}
	if (tcp_timer_is_armed(tcb, TCP_TIMER_PERSIST))
		return;
	if (tcb->snd.probes == 0)
		tcb->snd.closed_us = now_us;
	wait_us = MIN(rtt_rto(tcb) << tcb->snd.probes, TCP_RTO_US_MAX);
	tcp_timer_arm(tcb, TCP_TIMER_PERSIST,
	              MIN(now_us + wait_us, give_up_deadline(tcb)),
	              WHY_TIMER_PERSIST);
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
		send_bare(tcb, first_reason(tcb, tcb->owed & OWED_BARE));
	if (tcp_owes(tcb, WHY_WINDOW_PROBE))
		send_probe(tcb, WHY_WINDOW_PROBE);
	if (tcp_owes(tcb, WHY_KEEP_ALIVE))
		send_probe(tcb, WHY_KEEP_ALIVE);
	if (tcp_in(tcb, TCPS_SENDING) && tcb->snd.syn_acked) {
		if (tcp_owes(tcb, WHY_TAIL_LOSS_PROBE))
			send_loss_probe(tcb);
		retransmit(tcb);
		send_new(tcb);
		give_up_frto(tcb);
		retransmit_last_resort(tcb);
	} else if (tcp_is_early(tcb)) {
		send_new(tcb); /* RFC 7413 4.2.2: before our SYN is acked */
	}
	if (tcp_owes(tcb, WHY_URGENT))
		send_bare(tcb, tcp_decided(tcb, WHY_URGENT));
	if (tcb->owed & OWED_ACKS)
		send_bare(tcb, first_reason(tcb, tcb->owed & OWED_ACKS));

	tcb->owed = 0;
	arm_cork(tcb);
	arm_persist(tcb);
	rest_look_later(tcb);
}
