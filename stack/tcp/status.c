/* SPDX-License-Identifier: MIT */
/*
 * status.c - STATUS: what a connection tells about itself (RFC 9293 3.10.6)
 */
#include "tcp/parts.h"
#include "tcp/rest.h"

/* As Linux: a writer is woken for a third of the buffer, not for an octet. */
static bool is_writable(const struct tcb *tcb)
{
	const uint32_t held  = tcb->snd.ring.len;
	const uint32_t lowat = tcb->settings.notsent_lowat;

	if (lowat > 0 && tcp_unsent(tcb) >= lowat)
		return false;

	if (!tcp_in(tcb, TCPS_MAY_SEND) && !tcp_is_early(tcb))
		return false;

	return held < tcb->settings.sndbuf &&
	       tcb->settings.sndbuf - held >= held / 2;
}

uint32_t tcp_readable(const struct tcb *tcb)
{
	return tcb->rcv.ring.len;
}

/* SO_RCVLOWAT, but never so much that the window closes before it is there. */
static bool is_readable(const struct tcb *tcb)
{
	const uint32_t lowat =
	        MIN(tcb->settings.rcvlowat, tcb->settings.rcvbuf / 2);

	return tcb->rcv.ring.len >= MAX(lowat, 1);
}

uint32_t tcp_readiness(const struct tcb *tcb)
{
	const bool is_dead     = tcb->state == TCPS_CLOSED;
	const bool no_more_in  = tcb->rcv.fin || tcb->rcv.discard;
	const bool no_more_out = tcb->snd.fin_queued;
	uint32_t bits          = 0;

	if (is_readable(tcb) || no_more_in || is_dead || tcb->error)
		bits |= TARN_POLLIN;
	if (tcb->rcv.is_urgent)
		bits |= TARN_POLLPRI; /* MUST-33 */
	if (no_more_in || is_dead)
		bits |= TARN_POLLRDHUP;
	if (is_writable(tcb) || is_dead || no_more_out)
		bits |= TARN_POLLOUT; /* a write would not block: it fails */
	if (tcb->error)
		bits |= TARN_POLLERR;
	if (is_dead || (no_more_in && no_more_out))
		bits |= TARN_POLLHUP;

	return bits;
}

enum tcp_state tcp_state(const struct tcb *tcb)
{
	return (enum tcp_state)tcb->state;
}

struct tcp_settings *tcp_settings(struct tcb *tcb)
{
	return &tcb->settings;
}

void tcp_settings_changed(struct tcb *tcb)
{
	/* A larger buffer is told with the next segment, unless the peer waits. */
	if (tcp_in(tcb, TCPS_MAY_RECEIVE) && tcb->rcv.edge == tcb->rcv.nxt &&
	    tcp_window_wants_update(tcb))
		tcp_owe(tcb, WHY_WINDOW_UPDATE);
	if (tcb->cc.ops) /* else the handshake has not come so far */
		cc_switch(tcb, cc_find(tcb->settings.congestion));
	if (tcp_in(tcb, TCPS_SENDING))
		tcp_owe(tcb, WHY_DATA);
	tcp_mark_ready(tcb->tcp, &tcb->ready); /* by SO_RCVLOWAT, perhaps */
	keep_alive_update(tcb);
}

void tcp_addresses(const struct tcb *tcb, struct tarn_addr *ret_local,
                   struct tarn_addr *ret_peer)
{
	const struct conn_key *key = &tcb->conn.key;

	*ret_local = (struct tarn_addr){ key->local_ip, key->local_port };
	*ret_peer  = (struct tarn_addr){ key->peer_ip, key->peer_port };
}

uint32_t tcp_unacked(const struct tcb *tcb)
{
	return tcb->snd.ring.len + (tcb->snd.fin_queued && !tcb->snd.fin_acked);
}

void tcp_set_user(struct tcb *tcb, void *user)
{
	tcb->ready.user = user;
	tcp_mark_ready(tcb->tcp, &tcb->ready);
	rest_look_later(tcb);
}

void tcp_count_in(struct tcb *tcb, const struct tcp_seg *seg)
{
	const uint32_t count = seg_count(seg);

	tcb->count.segs_in += count;
	tcb->count.data_segs_in += seg->text_len > 0 ? count : 0;
	if (seg->has_ack)
		tcb->count.ack_us = tcb->tcp->env->now_us;
}

/* The peer's full segment: the largest seen, before that what all may send. */
static uint32_t peer_segment(const struct tcb *tcb)
{
	if (tcb->rcv.seg_max)
		return tcb->rcv.seg_max;

	return MIN(TCP_MSS_DEFAULT, tcb->rcv.mss);
}

/* How long ago that was; if it never was, how old the connection is. */
static uint64_t since(const struct tcb *tcb, uint64_t then_us)
{
	return tcb->tcp->env->now_us - MAX(then_us, tcb->count.born_us);
}

/* What the receiver knows. */
static void inform_receive(const struct tcb *tcb, struct tarn_tcp_info *ret)
{
	ret->rcv_mss          = peer_segment(tcb);
	ret->advertised_mss   = tcb->rcv.mss;
	ret->rcv_rtt_us       = tcb->tune.rtt_us;
	ret->rcv_space        = tcb->tune.space;
	ret->rcv_ssthresh     = tcb->settings.rcvbuf; /* no window beyond it */
	ret->ato_us           = tcb->tcp->env->config.delayed_ack_us;
	ret->rcv_out_of_order = tcb->count.out_of_order;
}

/* Sizes and times that Linux counts too. */
static void inform_counts(const struct tcb *tcb, struct tarn_tcp_info *ret)
{
	ret->notsent_octets        = tcp_unsent(tcb);
	ret->segs_in               = tcb->count.segs_in;
	ret->segs_out              = tcb->count.segs_out;
	ret->data_segs_in          = tcb->count.data_segs_in;
	ret->data_segs_out         = tcb->count.data_segs_out;
	ret->last_data_sent_us     = since(tcb, tcb->sent_us);
	ret->last_data_received_us = since(tcb, tcb->rcv.text_us);
	ret->last_ack_us           = since(tcb, tcb->count.ack_us);
	ret->congestion            = tcb->cc.ops ? tcb->cc.ops->name : "";
}

/* Linux's names for what the sender believes (enum tarn_ca_state) */
static uint8_t ca_state(const struct tcb *tcb)
{
	switch ((enum loss_state)tcb->loss.state) {
	case LOSS_OPEN:
		break;
	case LOSS_RECOVERY:
		return TARN_CA_RECOVERY;
	case LOSS_TIMEOUT:
		return TARN_CA_LOSS;
	}

	if (tcb->ecn.is_reduced)
		return TARN_CA_CWR;

	return tcb->sent.sacked.octets + tcb->loss.gone > 0 ? TARN_CA_DISORDER
	                                                    : TARN_CA_OPEN;
}

/* What became of the flight, in segments as Linux counts them */
static void tell_flight(const struct tcb *tcb, struct tarn_tcp_info *ret)
{
	const struct sent *sent     = &tcb->sent;
	const struct tcp_loss *loss = &tcb->loss;

	ret->ca_state = ca_state(tcb);
	ret->unacked  = sent->all.segments +
	               (!tcb->snd.syn_acked && tcb->snd.nxt != tcb->iss);
	ret->sacked               = sent->sacked.segments;
	ret->lost                 = sent->lost.segments;
	ret->retrans              = sent->again.segments;
	ret->reordering           = loss->reordering;
	ret->reord_seen           = loss->reord_seen;
	ret->dsack_dups           = loss->dsack_dups;
	ret->min_rtt_us           = tcb->rtt.min_us;
	ret->backoff              = tcb->rtt.backoff;
	ret->timeouts             = loss->timeouts;
	ret->delivered            = loss->delivered;
	ret->octets_retransmitted = loss->octets_again;
	if (!tcb->has_sack && tcb->snd.mss > 0)
		ret->sacked = loss->gone / tcb->snd.mss;
}

void tcp_info(const struct tcb *tcb, struct tarn_tcp_info *ret)
{
	*ret = (struct tarn_tcp_info){
		.state             = tcb->state,
		.state_name        = tarn_tcp_state_name(tcb->state),
		.snd_una           = tcb->snd.una,
		.snd_nxt           = tcb->snd.nxt,
		.snd_wnd           = tcb->snd.wnd,
		.iss               = tcb->iss,
		.rcv_nxt           = tcb->rcv.nxt,
		.rcv_wnd           = tcb->rcv.edge - tcb->rcv.nxt,
		.irs               = tcb->irs,
		.snd_mss           = tcb->snd.mss,
		.cwnd              = tcb->cc.cwnd,
		.ssthresh          = tcb->cc.ssthresh,
		.flight            = snd_flight(tcb),
		.srtt_us           = tcb->rtt.srtt_us,
		.rttvar_us         = tcb->rtt.rttvar_us,
		.rto_us            = rtt_rto(tcb),
		.retransmits       = tcb->retransmits,
		.path_mtu          = tcb->path.mtu,
		.probes            = MAX(tcb->snd.probes, tcb->keep.probes),
		.octets_sent       = tcb->octets_sent,
		.octets_acked      = tcb->octets_acked,
		.octets_received   = tcb->octets_received,
		.snd_wscale        = tcb->snd.wscale,
		.rcv_wscale        = tcb->rcv.wscale,
		.has_timestamps    = tcb->has_timestamps,
		.has_sack          = tcb->has_sack,
		.has_wscale        = tcb->has_wscale,
		.has_ecn           = tcb->has_ecn,
		.delivered_ce      = tcb->ecn.delivered_ce,
		.has_fastopen_data = tcb->has_fastopen_data,
		.number            = tcb->number,
	};
	inform_receive(tcb, ret);
	inform_counts(tcb, ret);
	tell_flight(tcb, ret);
}
