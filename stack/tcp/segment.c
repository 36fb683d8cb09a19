/* SPDX-License-Identifier: MIT */
/*
 * segment.c - building what leaves: ports, acknowledgment, window, options, sum
 *
 * Three ways out: segment_send() for a connection, segment_answer() for the
 * records without one (half-open, TIME-WAIT), segment_reset() for a segment
 * that belongs to nothing.
 *
 * The window (RFC 9293 3.8.6.2.2, RFC 7323 2.4): the right edge that was once
 * offered never moves left, and moves right only by a worthwhile step. A scaled
 * field is rounded up, or the rounding itself would move the edge left.
 */
#include "base/checksum.h"
#include "tcp/parts.h"

/* How far the edge could be now, in whole units of the scaled window. */
static uint32_t possible_window(const struct tcb *tcb)
{
	const uint32_t unit = 1u << tcb->rcv.wscale;
	const uint32_t held = tcb->rcv.ring.len;
	uint32_t room       = 0;

	if (held < tcb->settings.rcvbuf)
		room = tcb->settings.rcvbuf - held;

	return MIN(room / unit * unit, (uint32_t)UINT16_MAX << tcb->rcv.wscale);
}

/* MUST-39: worth telling is a full segment, or half of the buffer. */
static uint32_t worthwhile_step(const struct tcb *tcb)
{
	if (!rule_holds(tcb->tcp->env, RULE_SWS_AVOIDANCE))
		return 1;

	return MIN(tcb->settings.rcvbuf / 2, tcb->rcv.mss);
}

bool tcp_window_wants_update(const struct tcb *tcb)
{
	const uint32_t offered  = tcb->rcv.edge - tcb->rcv.nxt;
	const uint32_t possible = possible_window(tcb);
	const uint32_t step     = worthwhile_step(tcb);

	if (possible < offered + step ||
	    !rule_holds(tcb->tcp->env, RULE_WINDOW_UPDATE))
		return false;

	/* Unasked only when the peer may be waiting for it. */
	return offered < step || possible - offered >= tcb->settings.rcvbuf / 2;
}

uint16_t tcp_window_field(struct tcb *tcb, bool is_syn)
{
	const uint32_t unit    = 1u << tcb->rcv.wscale;
	const uint32_t offered = tcb->rcv.edge - tcb->rcv.nxt;
	uint32_t possible      = possible_window(tcb);
	uint32_t field;

	/* RFC7323-3 */
	if (is_syn && tcb->state != TCPS_SYN_SENT)
		return (uint16_t)MIN(offered, UINT16_MAX);
	if (is_syn)
		return (uint16_t)MIN(tcb->settings.rcvbuf, UINT16_MAX);

	/* SHLD-14, MAY-8, RFC7323-9 */
	if (possible < offered + worthwhile_step(tcb))
		possible = offered;
	field = MIN((possible + unit - 1) / unit, UINT16_MAX);
	if (field * unit > offered)
		tcb->rcv.edge = tcb->rcv.nxt + field * unit;

	return (uint16_t)field;
}

/* ---- Down to IP ---- */

/* A link that offloads sums the rest: it gets the pseudo-header's part, folded
 * and not complemented. */
static uint16_t sum_field(const struct tcp *tcp, struct pkt *pkt,
                          uint64_t pseudo)
{
	if (!env_link_offloads(tcp->env))
		return checksum_fold(pkt_checksum(pkt, tcp->env->sums, pseudo));

	pkt_leave_sum(pkt, TCP_SUM_OFFSET);

	return (uint16_t)~checksum_fold(pseudo);
}

static enum drop send_down(struct tcp *tcp, const struct conn_key *key,
                           struct pkt *pkt, const struct tcp_hdr *hdr,
                           const struct ip_tx *tx)
{
	uint8_t buf[TCP_HDR_LEN_MAX];
	struct tcp_hdr full = *hdr;
	uint64_t sum;
	size_t len;
	uint8_t *at;

	full.src_port = key->local_port;
	full.dst_port = key->peer_port;
	full.checksum = 0;
	len           = tcp_hdr_write(buf, &full);
	at            = pkt_push(pkt, len);
	memcpy(at, buf, len);
	tcp->last.hdr_len = (uint32_t)len;

	sum = ip4_pseudo_sum(&key->local_ip, &key->peer_ip, IP_PROTO_TCP,
	                     pkt_len(pkt));
	/* MUST-2 */
	put_be16(at + TCP_SUM_OFFSET, sum_field(tcp, pkt, sum));

	return ip_output(tcp->net, pkt, tx);
}

static struct ip_tx make_tx(const struct conn_key *key, uint8_t ttl,
                            uint8_t tos)
{
	return (struct ip_tx){
		.src   = key->local_ip,
		.dst   = key->peer_ip,
		.proto = IP_PROTO_TCP,
		.ttl   = ttl,
		/* MUST-48, MUST-49, SHLD-21, SHLD-22 */
		.tos           = tos & 0xfc, /* the ECN bits are TCP's own */
		.dont_fragment = true,
	};
}

void segment_answer(struct tcp *tcp, struct tcp_answer *answer)
{
	const struct ip_tx tx = make_tx(&answer->key, answer->ttl, answer->tos);
	struct pkt pkt;

	tcp->last.out = NULL;
	pkt_init(&pkt);
	pkt.note = answer->note;
	send_down(tcp, &answer->key, &pkt, &answer->hdr, &tx);
}

void segment_reset_at(struct tcp *tcp, const struct tcp_seg *seg,
                      struct reason reason)
{
	struct tcp_answer answer = {
		.key      = seg->key,
		.hdr.rst  = true,
		.note.why = (uint16_t)reason.why,
		.note.src = reason.src,
	};

	CHECK(!seg->rst);
	if (seg->has_ack) {
		answer.hdr.seq = seg->ack; /* <SEQ=SEG.ACK><CTL=RST> */
	} else {
		answer.hdr.ack_bit = true; /* <SEQ=0><ACK=...><CTL=RST,ACK> */
		answer.hdr.ack     = seg->seq + seg_len(seg);
	}
	segment_answer(tcp, &answer);
}

/* ---- For a connection ---- */

bool tcp_agrees_to_sack(const struct tcp *tcp)
{
	return !tcp->env->config.no_sack && rule_holds(tcp->env, RULE_SACK);
}

bool tcp_agrees_to_wscale(const struct tcp *tcp)
{
	return !tcp->env->config.no_window_scale &&
	       rule_holds(tcp->env, RULE_WINDOW_SCALE);
}

static void fill_syn_options(const struct tcb *tcb, struct tcp_options *opt)
{
	const struct tarn_config *config = &tcb->tcp->env->config;
	const bool is_answer             = tcb->state != TCPS_SYN_SENT;

	/* MUST-65, SHLD-5, MAY-3, RFC2018-1 */
	opt->has_mss = true;
	opt->mss     = (uint16_t)tcb->rcv.mss;
	opt->sack_permitted =
	        is_answer ? tcb->has_sack : tcp_agrees_to_sack(tcb->tcp);
	opt->has_wscale =
	        is_answer ? tcb->has_wscale : tcp_agrees_to_wscale(tcb->tcp);
	opt->wscale = config->wscale;
	fastopen_write(tcb, opt);
}

uint32_t segment_text_max(const struct tcb *tcb)
{
	return tcb->snd.mss - sack_option_len(tcb);
}

/*
 * The link makes each segment of a super-frame from one header, so nothing in
 * that may concern one segment only: CWR is said once (RFC 3168 6.1.2), and the
 * urgent pointer counts from each segment. Without DF a packet has an identifier
 * of its own. Under limited transmit (RFC 3042) they leave one by one.
 */
uint32_t super_text_max(const struct tcb *tcb)
{
	const uint32_t max    = segment_text_max(tcb);
	const bool is_limited = tcb->loss.state == LOSS_OPEN &&
	                        tcb->sent.sacked.octets + tcb->loss.gone > 0;

	if (!env_link_offloads(tcb->tcp->env) || is_limited ||
	    tcb->ecn.owes_cwr || tcb->snd.is_urgent || !path_mtu_wants_df(tcb))
		return max;

	return TCP_SUPER_TEXT_MAX / max * max;
}

uint32_t segment_count(const struct tcb *tcb, uint32_t text_len)
{
	const uint32_t max = segment_text_max(tcb);

	if (text_len <= max || max == 0) /* not known yet: a SYN's */
		return text_len > 0;

	return (text_len + max - 1) / max;
}

static void fill_options(struct tcb *tcb, struct tcp_hdr *hdr)
{
	const struct tcp *tcp   = tcb->tcp;
	struct tcp_options *opt = &hdr->opt;
	const bool is_first     = tcb->state == TCPS_SYN_SENT;

	if (hdr->syn)
		fill_syn_options(tcb, opt);
	/* RFC7323-4 */
	if (is_first ? !tcp->env->config.no_timestamps : tcb->has_timestamps) {
		opt->has_timestamps = true;
		opt->tsval          = tcp_ts_now(tcp, tcb->ts_offset);
		opt->tsecr          = hdr->ack_bit ? tcb->ts_recent : 0;
	}
	if (tcb->has_sack && !hdr->syn && !hdr->rst)
		sack_write(tcb, opt);
}

/* What every segment that carries our ACK settles. */
static void settle_acks(struct tcb *tcb)
{
	tcb->owed &= ~(
	        BIT(WHY_HANDSHAKE_ACK) | BIT(WHY_ACK_SECOND) |
	        BIT(WHY_ACK_QUICK) | BIT(WHY_ACK_DELAYED) | BIT(WHY_ACK_READ) |
	        BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_FILLED) | BIT(WHY_ACK_AGAIN) |
	        BIT(WHY_ACK_FIN) | BIT(WHY_WINDOW_UPDATE) | BIT(WHY_CHALLENGE));
	tcb->rcv.acked     = tcb->rcv.nxt;
	tcb->rcv.is_pushed = false;
	tcp_timer_cancel(tcb, TCP_TIMER_DELAYED_ACK, WHY_TIMER_ACK_SENT);
}

/* For observers, of a segment about to leave: before and after, and when what
 * it repeats left first. */
static void fill_note(const struct tcb *tcb, const struct tcp_hdr *hdr,
                      uint32_t len, struct tarn_note *note)
{
	const uint32_t end = hdr->seq + len;
	const uint32_t i   = sent_find(&tcb->sent, hdr->seq);

	tcp_note(tcb, note);
	if (len > 0) {
		note->now.snd_nxt = seq_max(tcb->snd.nxt, end);
		note->now.flight  = note->now.snd_nxt - tcb->snd.una;
		note->is_again    = seq_lt(hdr->seq, tcb->snd.nxt);
	}
	if (note->is_again && i < tcb->sent.count)
		note->first_us = sent_at(&tcb->sent, i)->first_us;
	else if (note->is_again && hdr->syn)
		note->first_us = tcb->rtt.timed_us;
}

enum drop segment_send(struct tcb *tcb, struct tcp_hdr *hdr, uint32_t text_at,
                       uint32_t text_len, struct reason reason)
{
	struct ip_tx tx =
	        make_tx(&tcb->conn.key, tcb->settings.ttl, tcb->settings.tos);
	struct pkt *pkt = &tcb->tcp->last.pkt;
	struct tarn_slice text[2];
	unsigned count;

	pkt_init(pkt);
	if (env_is_observed(tcb->tcp->env)) {
		pkt->note.has_before = true;
		tcp_vars(tcb, &pkt->note.before);
	}
	hdr->ack_bit = tcb->state != TCPS_SYN_SENT;
	hdr->ack     = hdr->ack_bit ? tcb->rcv.nxt : 0;
	hdr->window  = hdr->rst ? 0 : tcp_window_field(tcb, hdr->syn);
	fill_options(tcb, hdr);
	urgent_write(tcb, hdr);
	tx.tos |= ecn_fill(tcb, hdr, text_len);

	count = ring_slices(&tcb->snd.ring, text_at, text_len, text);
	for (unsigned i = 0; i < count; i++)
		pkt_payload(pkt, text[i].data, text[i].len);
	if (segment_count(tcb, text_len) > 1 && !hdr->syn)
		pkt->gso_size = (uint16_t)segment_text_max(tcb);
	pkt->note.why = (uint16_t)reason.why;
	pkt->note.src = reason.src;
	if (env_is_observed(tcb->tcp->env))
		fill_note(tcb, hdr, text_len + hdr->syn + hdr->fin, &pkt->note);
	settle_acks(tcb);
	tcb->count.segs_out += MAX(segment_count(tcb, text_len), 1);
	tcb->count.data_segs_out += segment_count(tcb, text_len);
	tx.dont_fragment   = path_mtu_wants_df(tcb);
	tcb->tcp->last.out = tcb;

	return send_down(tcb->tcp, &tcb->conn.key, pkt, hdr, &tx);
}
