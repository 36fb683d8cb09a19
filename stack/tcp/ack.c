/* SPDX-License-Identifier: MIT */
/*
 * ack.c - fifth: check the ACK field (RFC 9293 section 3.10.7.4)
 *
 *	SND.UNA-MAX.SND.WND	SND.UNA		    SND.NXT
 *	--------|------------------|-------------------|-------->  SEG.ACK
 *	 old:	  duplicate, or a    acknowledges	 never sent:
 *	 challenge window update     something new	 ACK, drop
 *
 * An acknowledgment can do five things, in this order: finish our handshake,
 * move SND.UNA, tell what became of the flight (scoreboard.c, recovery.c),
 * update the window, finish our FIN.
 */
#include "tcp/parts.h"

static enum drop check_range(struct tcb *tcb, const struct tcp_seg *seg)
{
	uint32_t oldest = tcb->snd.una - tcb->snd.max_wnd;

	if (!rule_holds(tcb->tcp->env, RULE_CHALLENGE_ACK))
		oldest = tcb->snd.una - SEQ_HALF + 1; /* RFC 793: any old one */
	/* MAY-12, RFC5961-5 */
	if (seq_in(seg->ack, oldest, tcb->snd.nxt - oldest + 1))
		return DROP_NONE;

	tcp_challenge(tcb);

	if (seq_lt(seg->ack, oldest)) /* RFC 5961 5 */
		return tcp_verdict(tcb, DROP_TCP_ACK_OLD);

	return tcp_verdict(tcb, DROP_TCP_ACK_UNSENT);
}

/* SYN-RECEIVED: does it acknowledge our SYN? */
static enum drop finish_handshake(struct tcb *tcb, const struct tcp_seg *seg)
{
	if (!(seq_lt(tcb->snd.una, seg->ack) &&
	      seq_leq(seg->ack, tcb->snd.nxt))) {
		segment_reset(tcb->tcp, seg, WHY_RST_SYN_RECEIVED);
		return tcp_verdict(tcb, DROP_TCP_ACK_SYN_RECEIVED);
	}

	tcb->snd.wnd     = seg->wnd << tcb->snd.wscale;
	tcb->snd.max_wnd = tcb->snd.wnd;
	tcb->snd.wl1     = seg->seq;
	tcb->snd.wl2     = seg->ack;
	tcp_set_state(tcb, TCPS_ESTABLISHED, WHY_GOT_ACK_OF_SYN);
	keep_alive_heard(tcb);
	keep_alive_update(tcb);
	if (tcb->listener && !list_is_linked(&tcb->accept))
		listener_established(tcb);
	tcp_mark_ready(tcb->tcp, &tcb->ready);

	return DROP_NONE;
}

/* Let go of the text that is acknowledged; returns how much text that was. */
static uint32_t consume_text(struct tcb *tcb, uint32_t acked)
{
	struct ring *ring   = &tcb->snd.ring;
	const uint32_t syn  = !tcb->snd.syn_acked;
	const uint32_t text = MIN(acked - syn, ring->len);

	tcb->snd.syn_acked = true;
	fastopen_settle(tcb, false);
	ring_consume(ring, text);
	if (ring->len == 0)
		ring_release(ring, &tcb->tcp->env->memory);
	if (acked - syn > text)
		tcb->snd.fin_acked = true;

	return text;
}

/* The buffer has room again: tell a writer once it is worth the call. */
static void tell_writer(struct tcb *tcb)
{
	if (tcp_readiness(tcb) & TARN_POLLOUT)
		tcp_mark_ready(tcb->tcp, &tcb->ready);
}

/* SND.UNA < SEG.ACK =< SND.NXT: something new is acknowledged. */
static void advance(struct tcb *tcb, struct ack_news *news)
{
	const struct tcp_seg *seg = news->seg;
	const bool had_syn        = tcb->snd.syn_acked;
	uint32_t text;

	news->acked = seg->ack - tcb->snd.una;
	text        = consume_text(tcb, news->acked);
	scoreboard_acked(tcb, news);
	tcb->snd.una = seg->ack;
	urgent_acked(tcb);
	push_acked(tcb);
	tcb->octets_acked += text;
	if (seq_geq(tcb->snd.una, tcb->snd.small_end))
		tcb->snd.has_small = false;
	tcp_effect(tcb, WHY_NEW_ACK);
	if (text > 0)
		tcp_emit_buffers(tcb, WHY_NEW_ACK);
	path_mtu_acked(tcb, text);
	tcb->loss.timeouts = 0;
	tcb->soft_error    = 0; /* whatever it was, it has passed */
	if (had_syn)
		rtt_acked(tcb, news);
	else
		rtt_syn_acked(tcb, seg);

	loss_timer_restart(tcb); /* RFC 6298 (5.3) */
	net_confirm(tcb->tcp->net, &tcb->conn.key.peer_ip);
	tcp_owe(tcb, WHY_DATA);
}

static bool is_growing(const struct tcb *tcb)
{
	return tcb->loss.state == LOSS_OPEN || tcb->loss.state == LOSS_TIMEOUT;
}

/* RFC5681-8
 * What the acknowledgment tells, and what follows from it for the window. */
static void hear(struct tcb *tcb, struct ack_news *news)
{
	const struct tcp_seg *seg = news->seg;
	const uint32_t flight     = snd_flight(tcb);
	const bool was_growing    = is_growing(tcb);
	const uint64_t acked      = tcb->octets_acked;
	struct cc_ack ack         = { .flight = flight };

	news->is_pure = seg->ack == tcb->snd.una && seg->text_len == 0 &&
	                !seg->fin &&
	                seg->wnd << tcb->snd.wscale == tcb->snd.wnd;
	/* RFC 5681 section 2, the definition of a duplicate acknowledgment. */
	news->is_duplicate = news->is_pure && flight > 0;
	if (seq_lt(tcb->snd.una, seg->ack))
		advance(tcb, news);
	scoreboard_sacked(tcb, news);
	recovery_ack(tcb, news);

	/* What ends a recovery counts as far as it was not SACKed before. */
	ack.acked  = (uint32_t)(tcb->octets_acked - acked);
	ack.rtt_us = news->rtt_us;
	if (!was_growing)
		ack.acked = MIN(ack.acked, news->delivered);
	if (is_growing(tcb) && ack.acked > 0 && !ecn_is_echo(tcb, seg))
		cc_acked(tcb, &ack);
	loss_timer_set(tcb);
	if (news->acked > 0) {
		autotune_acked(tcb);
		tell_writer(tcb);
	}
}

/* The newest window wins; a probe's answer counts as a sign of life. */
static void update_window(struct tcb *tcb, const struct tcp_seg *seg)
{
	const uint32_t wnd = seg->wnd << tcb->snd.wscale;

	if (wnd == 0)
		tcb->loss.timeouts = 0; /* MUST-37: it lives, and says no */
	if (!seq_leq(tcb->snd.una, seg->ack))
		return;
	if (!(seq_lt(tcb->snd.wl1, seg->seq) ||
	      (tcb->snd.wl1 == seg->seq && seq_leq(tcb->snd.wl2, seg->ack))))
		return;

	if (wnd > tcb->snd.wnd)
		tcp_owe(tcb, WHY_DATA);
	if (wnd > 0 && tcb->snd.wnd == 0) {
		tcb->snd.probes = 0;
		tcp_timer_cancel(tcb, TCP_TIMER_PERSIST,
		                 WHY_TIMER_WINDOW_OPENED);
	}
	if (wnd != tcb->snd.wnd && tcb->tcp->env->rx_note.effect == WHY_NONE)
		tcp_effect(tcb, WHY_NEW_WINDOW);
	tcb->snd.wnd     = wnd;
	tcb->snd.max_wnd = MAX(tcb->snd.max_wnd, wnd);
	tcb->snd.wl1     = seg->seq;
	tcb->snd.wl2     = seg->ack;
}

/* LECTURE: four-way close, our half: the FIN is acknowledged */
static void finish_our_fin(struct tcb *tcb)
{
	if (!tcb->snd.fin_acked)
		return;

	switch ((enum tcp_state)tcb->state) {
	case TCPS_FIN_WAIT_1:
		tcp_set_state(tcb, TCPS_FIN_WAIT_2, WHY_GOT_ACK_OF_FIN);
		if (tcb->is_orphan)
			orphan_waits(tcb);
		break;
	case TCPS_CLOSING:
		wait_enter(tcb, WHY_GOT_ACK_OF_FIN);
		break;
	case TCPS_LAST_ACK:
		tcb_end(tcb, 0, WHY_GOT_ACK_OF_FIN);
		break;
	case TCPS_CLOSED:
	case TCPS_LISTEN:
	case TCPS_SYN_SENT:
	case TCPS_SYN_RECEIVED:
	case TCPS_ESTABLISHED:
	case TCPS_FIN_WAIT_2:
	case TCPS_CLOSE_WAIT:
	case TCPS_TIME_WAIT:
	case TCPS_COUNT:
		break;
	}
}

enum drop tcp_check_ack(struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t una_before = tcb->snd.una;
	struct ack_news news      = { .seg = seg };
	enum drop drop            = DROP_NONE;

	if (!seg->has_ack)
		return tcp_verdict(tcb, DROP_TCP_NO_ACK);
	if (tcb->state == TCPS_SYN_RECEIVED)
		drop = finish_handshake(tcb, seg);
	if (drop == DROP_NONE)
		drop = check_range(tcb, seg);
	if (drop != DROP_NONE)
		return drop;

	keep_alive_heard(tcb);
	hear(tcb, &news);
	ecn_acked(tcb, seg, una_before);
	update_window(tcb, seg);
	finish_our_fin(tcb);

	return DROP_NONE;
}
