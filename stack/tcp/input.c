/* SPDX-License-Identifier: MIT */
/*
 * input.c - SEGMENT ARRIVES (RFC 9293 section 3.10.7)
 *
 *	3.10.7.1  CLOSED	tcp_closed()
 *	3.10.7.2  LISTEN	tcp_listen()		listen.c
 *	3.10.7.3  SYN-SENT	tcp_syn_sent()		synsent.c
 *	3.10.7.4  other states	tcp_other_states(): the eight checks
 *
 * Nothing here sends for a connection: a step changes it and marks it, and
 * output.c decides what leaves.
 *
 * What deviates from the RFC's list, all of it:
 *	first	timestamps come before the window (RFC 7323 section 5.3)
 *	second	RST must hit RCV.NXT, else it is challenged (RFC 5961 section 3)
 *	third	security and compartment are not looked at: nobody sends them
 *	fourth	SYN is always challenged (RFC 5961 section 4)
 *	fifth	a very old ACK is challenged (RFC 5961 section 5)
 *	SYN-RECEIVED of a passive open and TIME-WAIT live in small records with
 *	their own short versions of the list: half.c and timewait.c
 */
#include "base/checksum.h"
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <errno.h>

/* What must not be merged: the peer counts these acknowledgments. */
#define OWED_COUNTED                                                           \
	(BIT(WHY_ACK_HOLE) | BIT(WHY_ACK_AGAIN) | BIT(WHY_CHALLENGE))

enum drop tcp_closed(struct tcp *tcp, struct tcp_seg *seg)
{
	if (seg->rst)
		return env_verdict(tcp->env, DROP_TCP_CLOSED_RST);

	segment_reset(tcp, seg, WHY_RST_CLOSED);

	return env_verdict(tcp->env, DROP_TCP_CLOSED);
}

/* ---- 3.10.7.4 other states: the eight checks ---- */

/* LECTURE: a reset, and why an off-path attacker cannot forge one (RFC 5961) */
static enum drop check_rst(struct tcb *tcb, struct tcp_seg *seg)
{
	int error = ECONNRESET;

	if (!seg->rst)
		return DROP_NONE;
	/* RFC5961-1, RFC5961-2, SHLD-2 */
	if (seg->seq != tcb->rcv.nxt &&
	    rule_holds(tcb->tcp->env, RULE_CHALLENGE_ACK)) {
		tcp_challenge(tcb);
		return tcp_verdict(tcb, DROP_TCP_RST_CHALLENGED);
	}

	if (tcb->state == TCPS_SYN_RECEIVED && !tcb->is_passive)
		error = ECONNREFUSED; /* active open: MUST-11 */
	if (tcp_in(tcb, IN(CLOSING) | IN(LAST_ACK) | IN(TIME_WAIT)))
		error = 0; /* both sides had closed: nothing was lost */
	tcb_end(tcb, error, WHY_GOT_RST);

	return tcp_verdict(tcb, DROP_TCP_RST);
}

static enum drop check_security(struct tcb *tcb, struct tcp_seg *seg)
{
	(void)tcb;
	(void)seg;

	return DROP_NONE;
}

static enum drop check_syn(struct tcb *tcb, struct tcp_seg *seg)
{
	if (!seg->syn)
		return DROP_NONE;

	/* RFC5961-4 */
	tcp_challenge(tcb);

	return tcp_verdict(tcb, DROP_TCP_SYN_CHALLENGED);
}

/* The numbered list of RFC 9293 3.10.7.4, in its order. */
static enum drop (*const other_states[])(struct tcb *, struct tcp_seg *) = {
	tcp_check_sequence, /* first   */
	check_rst,          /* second  */
	check_security,     /* third   */
	check_syn,          /* fourth  */
	tcp_check_ack,      /* fifth   */
	tcp_check_urg,      /* sixth   */
	tcp_process_text,   /* seventh */
	tcp_check_fin,      /* eighth  */
};

enum drop tcp_other_states(struct tcb *tcb, struct tcp_seg *seg)
{
	for (size_t step = 0; step < ARRAY_LEN(other_states); step++) {
		const enum drop drop = other_states[step](tcb, seg);

		if (drop != DROP_NONE) {
			tcb->tcp->env->rx_note.step = (uint8_t)(step + 1);
			return drop;
		}
		if (tcb->state == TCPS_CLOSED || tcp_owes(tcb, WHY_RESET))
			break;
	}

	return DROP_NONE;
}

/* ---- Whom the segment concerns ---- */

static enum drop tcb_arrives(struct tcb *tcb, struct tcp_seg *seg)
{
	const bool is_observed     = env_is_observed(tcb->tcp->env);
	struct tarn_note *note     = &tcb->tcp->env->rx_note;
	const uint8_t state_before = tcb->state;
	enum drop drop;

	tcb->tcp->last.in = tcb;
	if (tcp_owes(tcb, WHY_RESET))
		return tcp_verdict(tcb, DROP_TCP_CLOSING);
	if (is_observed) {
		note->has_before = true;
		tcp_vars(tcb, &note->before);
	}
	tcp_count_in(tcb, seg);
	if (tcb->owed & OWED_COUNTED)
		tcp_output(tcb);

	if (tcb->state == TCPS_SYN_SENT)
		drop = tcp_syn_sent(tcb, seg);
	else
		drop = tcp_other_states(tcb, seg);
	tcb_verify(tcb);

	if (drop == DROP_NONE && note->effect == WHY_NONE)
		tcp_effect(tcb, WHY_NOTHING_NEW);
	if (is_observed) {
		tcp_note(tcb, note);
		note->state_before = state_before;
	}

	return drop;
}

/* What was silent speaks again: it needs all of its memory. */
static enum drop rest_arrives(struct tcp *tcp, struct conn_rest *rest,
                              struct tcp_seg *seg)
{
	struct tcb *tcb = rest_wake(tcp, rest);

	if (!tcb)
		return env_verdict(tcp->env, DROP_TCP_MEMORY);

	return tcb_arrives(tcb, seg);
}

static enum drop conn_arrives(struct tcp *tcp, struct conn *conn,
                              struct tcp_seg *seg)
{
	switch ((enum conn_kind)conn->kind) {
	case CONN_TCB:
		return tcb_arrives(CONTAINER_OF(conn, struct tcb, conn), seg);
	case CONN_HALF:
		return tcp_half_open(CONTAINER_OF(conn, struct conn_half, conn),
		                     seg);
	case CONN_WAIT:
		return tcp_time_wait(CONTAINER_OF(conn, struct conn_wait, conn),
		                     seg);
	case CONN_REST:
		return rest_arrives(tcp, rest_of(conn), seg);
	}

	return DROP_TCP_CLOSED;
}

static enum drop segment_arrives(struct tcp *tcp, struct tcp_seg *seg)
{
	struct conn *conn = conn_find(tcp, &seg->key);
	struct tcp_listener *listener;

	if (conn)
		return conn_arrives(tcp, conn, seg);

	listener = listener_find(tcp, &seg->key);
	if (listener)
		return tcp_listen(listener, seg);

	return tcp_closed(tcp, seg);
}

/* ---- From the datagram to the segment ---- */

/*
 * A sender whose network card is to complete the sum leaves the pseudo-header's
 * part in the field. On a virtual pair no card ever does.
 */
static enum drop check_checksum(struct tcp *tcp, const struct net_rx *rx)
{
	const uint64_t pseudo =
	        ip4_pseudo_sum(&rx->src, &rx->dst, IP_PROTO_TCP, rx->len);
	const struct sums *sums = tcp->env->sums;
	uint16_t partial;

	if (rx->has_good_sum)
		return DROP_NONE;
	if (checksum_fold(sums->add(pseudo, rx->data, rx->len)) == 0 ||
	    !rule_holds(tcp->env, RULE_CHECKSUM))
		return DROP_NONE;

	partial = (uint16_t)~checksum_fold(pseudo);
	if (rx->len >= TCP_HDR_LEN &&
	    get_be16(rx->data + TCP_SUM_OFFSET) == partial)
		return env_verdict(tcp->env, DROP_TCP_CHECKSUM_PARTIAL);

	return env_verdict(tcp->env, DROP_TCP_CHECKSUM);
}

static struct tcp_seg make_segment(const struct net_rx *rx,
                                   const struct tcp_hdr *hdr)
{
	const struct tarn_addr local = { rx->dst, hdr->dst_port };
	const struct tarn_addr peer  = { rx->src, hdr->src_port };

	return (struct tcp_seg){
		.rx       = rx,
		.hdr      = hdr,
		.key      = conn_key(&local, &peer),
		.seq      = hdr->seq,
		.ack      = hdr->ack,
		.wnd      = hdr->window,
		.text     = rx->data + hdr->hdr_len,
		.text_len = (uint32_t)(rx->len - hdr->hdr_len),
		.gso_size = rx->offload.gso_size,
		.syn      = hdr->syn,
		.fin      = hdr->fin,
		.rst      = hdr->rst,
		.has_ack  = hdr->ack_bit,
		.psh      = hdr->psh,
	};
}

enum drop tcp_input(struct tcp *tcp, const struct net_rx *rx)
{
	struct tcp_hdr hdr;
	struct tcp_seg seg;
	enum drop drop;

	/* MUST-57 */
	if (rx->is_broadcast)
		return env_verdict(tcp->env, DROP_TCP_BROADCAST);
	if (rx->len < TCP_HDR_LEN)
		return env_verdict(tcp->env, DROP_TCP_SHORT);

	if (fast_path(tcp, rx))
		return DROP_NONE;
	drop = check_checksum(tcp, rx);
	if (drop != DROP_NONE)
		return drop;
	drop = tcp_hdr_read(rx->data, rx->len, &hdr);
	if (drop != DROP_NONE)
		return env_verdict(tcp->env, drop);
	if (hdr.src_port == 0 || hdr.dst_port == 0)
		return env_verdict(tcp->env, DROP_TCP_PORT);

	seg = make_segment(rx, &hdr);

	return segment_arrives(tcp, &seg);
}
