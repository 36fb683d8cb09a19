/* SPDX-License-Identifier: MIT */
/*
 * establish.c - a SYN's record becomes a connection
 *
 * Three come this way: a half-open record that waited in the SYN queue, one
 * that a SYN cookie brought back, and one whose Fast Open cookie spares it the
 * wait. What the SYN said is learnt now, as if it arrived at this moment.
 */
#include "tcp/parts.h"

/* The options as the SYN had them: what tcp_learn_options() wants to see. */
static struct tcp_hdr remembered_syn(const struct conn_half *half)
{
	return (struct tcp_hdr){
		.ece = half->has_ecn,
		.cwr = half->has_ecn,
		.opt = {
			.has_mss	= half->has_mss,
			.mss		= half->peer_mss,
			.has_wscale	= half->has_wscale,
			.wscale		= half->peer_wscale,
			.sack_permitted = half->has_sack,
			.has_timestamps = half->has_timestamps,
			.tsval		= half->ts_recent,
		},
	};
}

static void inherit(struct tcb *tcb, const struct conn_half *half)
{
	const struct tcp_hdr syn = remembered_syn(half);

	tcb->is_passive  = true;
	tcb->listener    = half->listener;
	tcb->number      = half->number;
	tcb->iss         = half->iss;
	tcb->irs         = half->irs;
	tcb->snd.una     = half->iss;
	tcb->snd.nxt     = half->iss + 1;
	tcb->snd.wnd     = half->peer_wnd;
	tcb->snd.max_wnd = half->peer_wnd;
	tcb->rcv.nxt     = half->irs + 1;
	tcb->rcv.acked   = tcb->rcv.nxt;
	tcb->rcv.edge    = tcb->rcv.nxt + half->wnd;
	tcb->rcv.wscale  = tcb->tcp->env->config.wscale;
	tcb->rcv.mss = tcp_own_mss(tcb->tcp, &half->conn.key, &tcb->settings);
	tcb->had_synack_loss = half->retries > 0;
	recovery_init(tcb);
	tcp_learn_options(tcb, &syn);
	tcb->state = TCPS_SYN_RECEIVED; /* where it was born; told long ago */
	if (half->retries > 0) {
		tcb->rtt.rto_us = TCP_RTO_AFTER_SYN_LOSS_US;
	} else if (half->sent_us > 0) {
		tcb->rtt.is_timing = true; /* the ACK in hand ends it */
		tcb->rtt.timed_seq = tcb->snd.nxt;
		tcb->rtt.timed_us  = half->sent_us;
	}
}

struct tcb *half_become_tcb(struct conn_half *half)
{
	struct tcp *tcp = half->listener->tcp;
	struct tcb *tcb =
	        tcb_create(tcp, &half->conn.key, &half->listener->settings);

	if (!tcb)
		return NULL;
	inherit(tcb, half);
	if (half->conn.is_in_table) {
		half_yield(half, tcb);
	} else if (conn_insert(tcp, &tcb->conn) < 0) {
		tcb_free(tcb);
		return NULL;
	}

	return tcb;
}

/* LECTURE: three-way handshake, step 3: the record becomes a connection */
enum drop half_establish(struct conn_half *half, struct tcp_seg *seg)
{
	struct tcp *tcp = half->listener->tcp;
	struct tcb *tcb;
	enum drop drop;

	if (listener_is_full(half->listener))
		return env_verdict(tcp->env, DROP_TCP_ACCEPT_QUEUE_FULL);
	tcb = half_become_tcb(half);
	if (!tcb)
		return env_verdict(tcp->env, DROP_TCP_MEMORY);

	tcp_count_in(tcb, seg);
	drop = tcp_other_states(tcb, seg);
	if (tcb->state == TCPS_SYN_RECEIVED) {
		/* Stopped before its fifth check: nobody would own it. */
		orphan_enter(tcb);
		tcb_end(tcb, 0, WHY_CALL_ABORT);
	}
	if (env_is_observed(tcp->env)) {
		tcp_note(tcb, &tcp->env->rx_note);
		tcp->env->rx_note.state_before = TCPS_SYN_RECEIVED;
	}

	return drop;
}
