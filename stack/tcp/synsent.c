/* SPDX-License-Identifier: MIT */
/*
 * synsent.c - SEGMENT ARRIVES in SYN-SENT (RFC 9293 section 3.10.7.3)
 *
 * We sent a SYN and know nothing of the peer yet; only the acknowledgment of
 * our ISS tells its answer from somebody else's.
 */
#include "tcp/parts.h"
#include <errno.h>

/* The MSS that both ends take, without regard to the path (MUST-15, MUST-16). */
static uint32_t peer_mss(const struct tcb *tcb, const struct tcp_hdr *hdr)
{
	const uint32_t mss = hdr->opt.has_mss ? hdr->opt.mss : TCP_MSS_DEFAULT;

	return MIN(MAX(mss, TCP_MSS_MIN), tcb->rcv.mss);
}

void tcp_learn_options(struct tcb *tcb, const struct tcp_hdr *hdr)
{
	const struct tcp_options *opt    = &hdr->opt;
	const struct tarn_config *config = &tcb->tcp->env->config;

	tcb->has_timestamps = opt->has_timestamps && !config->no_timestamps;
	tcb->has_sack   = opt->sack_permitted && tcp_agrees_to_sack(tcb->tcp);
	tcb->has_wscale = opt->has_wscale && tcp_agrees_to_wscale(tcb->tcp);
	tcb->snd.wscale = 0;
	/* RFC7323-1 */
	if (tcb->has_wscale)
		/* RFC7323-2 */
		tcb->snd.wscale = MIN(opt->wscale, TCP_WSCALE_MAX);
	else
		tcb->rcv.wscale = 0;
	if (tcb->has_timestamps) {
		tcb->ts_recent    = opt->tsval;
		tcb->ts_recent_us = tcb->tcp->env->now_us;
	}
	path_mtu_init(tcb, peer_mss(tcb, hdr));
	ecn_learn(tcb, hdr);
	cc_init(tcb);
}

/* first: check the ACK bit */
static enum drop check_ack(struct tcb *tcb, struct tcp_seg *seg)
{
	if (!seg->has_ack)
		return DROP_NONE;
	if (seq_lt(tcb->snd.una, seg->ack) && seq_leq(seg->ack, tcb->snd.nxt))
		return DROP_NONE;

	if (!seg->rst)
		segment_reset(tcb->tcp, seg, WHY_RST_SYN_SENT);

	return tcp_verdict(tcb, DROP_TCP_SYN_SENT_ACK);
}

/* second: check the RST bit; the ACK, if there is one, is acceptable */
static enum drop check_rst(struct tcb *tcb, struct tcp_seg *seg)
{
	if (!seg->rst)
		return DROP_NONE;
	if (!seg->has_ack)
		return tcp_verdict(tcb, DROP_TCP_SYN_SENT_RST);

	tcb_end(tcb, ECONNREFUSED, WHY_GOT_RST);

	return tcp_verdict(tcb, DROP_TCP_REFUSED);
}

/* Our SYN is acknowledged: the connection is open. */
static void become_established(struct tcb *tcb, const struct tcp_seg *seg)
{
	tcb->snd.una       = seg->ack;
	tcb->snd.syn_acked = true;
	tcb->snd.wnd       = seg->wnd; /* a SYN's window is not scaled */
	tcb->snd.max_wnd   = seg->wnd;
	tcb->snd.wl1       = seg->seq;
	tcb->snd.wl2       = seg->ack;
	rtt_syn_acked(tcb, seg);
	fastopen_answered(tcb, seg);
	if (tcb->loss.timeouts > 0 && tcb->rtt.srtt_us == 0)
		/* RFC6298-8 */
		tcb->rtt.rto_us = TCP_RTO_AFTER_SYN_LOSS_US;
	tcb->had_synack_loss = tcb->loss.timeouts > 0;
	tcb->loss.timeouts   = 0;
	tcb->rtt.backoff     = 0;
	loss_timer_set(tcb);

	tcp_learn_options(tcb, seg->hdr);
	tcp_set_state(tcb, TCPS_ESTABLISHED, WHY_GOT_SYN_ACK);
	keep_alive_heard(tcb);
	keep_alive_update(tcb);
	tcp_owe(tcb, WHY_HANDSHAKE_ACK);
	tcp_mark_ready(tcb->tcp, &tcb->ready);
}

/* LECTURE: simultaneous open: a SYN meets our SYN (MUST-10) */
static void become_syn_received(struct tcb *tcb, const struct tcp_seg *seg)
{
	tcb->snd.wnd     = seg->wnd;
	tcb->snd.max_wnd = seg->wnd;
	tcb->snd.wl1     = seg->seq;
	tcb->snd.wl2     = seg->ack;
	fastopen_met(tcb);
	tcp_learn_options(tcb, seg->hdr);
	tcp_set_state(tcb, TCPS_SYN_RECEIVED, WHY_GOT_SYN);
	tcp_owe(tcb, WHY_SYN_ACK);
}

/* Text or FIN came with the SYN: they follow it in the number space. */
static enum drop process_the_rest(struct tcb *tcb, struct tcp_seg *seg)
{
	if (tcb->state != TCPS_ESTABLISHED || (seg->text_len == 0 && !seg->fin))
		return DROP_NONE;

	seg->syn = false;
	seg->seq++;

	return tcp_other_states(tcb, seg);
}

enum drop tcp_syn_sent(struct tcb *tcb, struct tcp_seg *seg)
{
	enum drop drop = check_ack(tcb, seg);

	if (drop == DROP_NONE)
		drop = check_rst(tcb, seg);
	if (drop != DROP_NONE)
		return drop;
	if (!seg->syn) /* fifth; the third, security, is not looked at */
		return tcp_verdict(tcb, DROP_TCP_SYN_SENT_OTHER);

	/* fourth: check the SYN bit */
	tcb->irs       = seg->seq;
	tcb->rcv.nxt   = seg->seq + 1;
	tcb->rcv.acked = tcb->rcv.nxt;
	tcb->rcv.edge  = tcb->rcv.nxt + MIN(tcb->settings.rcvbuf, UINT16_MAX);
	if (seg->has_ack)
		become_established(tcb, seg);
	else
		become_syn_received(tcb, seg);

	return process_the_rest(tcb, seg);
}
