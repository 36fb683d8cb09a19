/* SPDX-License-Identifier: MIT */
/*
 * ecn.c - explicit congestion notification: slow down before a loss (RFC 3168)
 *
 *	   sender		   router		  receiver
 *	     |---- text, ECT(0) ----> queue is long ---- CE ---->|
 *	     |<------------------ ACK, ECE ----------------------|	until
 *	reduces once						 |	CWR
 *	     |---- new text, ECT(0), CWR ----------------------->|	comes
 *	     |<------------------ ACK ---------------------------|
 *
 * Both ends must agree: SYN with ECE and CWR asks, SYN,ACK with ECE alone says
 * yes (both bits there are a reflection by somebody who knows nothing of ECN).
 * A SYN that got no answer is sent again without asking, for the bits may be
 * why (6.1.1.1); after that this end marks nothing, whatever the answer says.
 *
 * The IP header says ECT(0) on new text only (6.1.4 to 6.1.6): an ACK is not
 * under congestion control, and a mark on a retransmission or on a probe could
 * be forged by anybody who may guess. On a connection without ECN the two bits
 * of the TCP header mean nothing and are not looked at.
 *
 * An echo counts once a window (6.1.2). During loss recovery the window was
 * reduced already; the receiver still wants to hear CWR. With one segment of
 * window left, the next one waits for RTO.
 */
#include "tcp/parts.h"

enum {
	ECN_MASK = 3, /* of the TOS octet */
	ECN_ECT0 = 2,
	ECN_CE   = 3,
};

/* ---- Agreeing ---- */

/* RFC3168-1, SHLD-8 */
bool ecn_agrees(const struct tcp *tcp, const struct tcp_hdr *syn)
{
	return tcp->env->config.ecn != TARN_ECN_OFF && syn->ece && syn->cwr;
}

void ecn_learn(struct tcb *tcb, const struct tcp_hdr *hdr)
{
	if (hdr->ack_bit)
		tcb->has_ecn = tcb->ecn.has_asked && hdr->ece && !hdr->cwr;
	else
		tcb->has_ecn = ecn_agrees(tcb->tcp, hdr);
}

/* RFC3168-2 */
static void fill_syn(struct tcb *tcb, struct tcp_hdr *hdr)
{
	const bool is_first = tcb->snd.nxt == tcb->iss;

	if (tcb->state != TCPS_SYN_SENT) {
		hdr->ece = tcb->has_ecn; /* SYN,ACK of a simultaneous open */
		return;
	}

	tcb->ecn.has_asked =
	        is_first && tcb->tcp->env->config.ecn == TARN_ECN_REQUEST;
	hdr->ece = tcb->ecn.has_asked;
	hdr->cwr = tcb->ecn.has_asked;
}

/* RFC3168-3, RFC3168-4, RFC3168-5: new text only */
uint8_t ecn_fill(struct tcb *tcb, struct tcp_hdr *hdr, uint32_t text_len)
{
	const bool is_new = text_len > 0 && hdr->seq == tcb->snd.nxt;

	if (hdr->syn) {
		fill_syn(tcb, hdr);
		return 0;
	}
	if (!tcb->has_ecn || hdr->rst)
		return 0;

	hdr->ece = tcb->ecn.must_echo;
	if (!is_new)
		return 0;

	hdr->cwr          = tcb->ecn.owes_cwr;
	tcb->ecn.owes_cwr = false;

	return ECN_ECT0;
}

/* ---- The receiver ---- */

/* RFC3168-6 */
void ecn_text_arrives(struct tcb *tcb, const struct tcp_seg *seg)
{
	if (!tcb->has_ecn)
		return;

	/* In this order: CE on the segment that says CWR is news (6.1.3). */
	if (seg->hdr->cwr)
		tcb->ecn.must_echo = false;
	if ((seg->rx->tos & ECN_MASK) == ECN_CE)
		tcb->ecn.must_echo = true;
}

/* ---- The sender ---- */

/* RFC 9438 4.6: ssthresh stays at two segments, cwnd may go to one. */
static void reduce(struct tcb *tcb, uint32_t flight)
{
	struct tcp_cc *cc  = &tcb->cc;
	const uint32_t mss = tcb->snd.mss;
	uint32_t cwnd;

	tcb->ecn.waits = cc->cwnd <= mss; /* RFC 3168 6.1.2: until RTO */
	cc_reduce(tcb, MIN(flight, cc->cwnd));
	cc->prior_cwnd = 0; /* a mark is no mistake: nothing to undo */
	cwnd = cc->ssthresh < cc->cwnd ? cc->ssthresh : MAX(cc->cwnd / 2, mss);
	cc_set_cwnd(tcb, cwnd, WHY_CC_ECN);
}

bool ecn_is_echo(const struct tcb *tcb, const struct tcp_seg *seg)
{
	return tcb->has_ecn && seg->hdr->ece;
}

/* LECTURE: a router says that its queue grows, and nothing is lost
 * RFC3168-7 */
void ecn_acked(struct tcb *tcb, const struct tcp_seg *seg, uint32_t una_before)
{
	struct tcp_ecn *ecn  = &tcb->ecn;
	const uint32_t acked = tcb->snd.una - una_before;

	if (!tcb->has_ecn || seg->ack != tcb->snd.una)
		return;
	/* Beyond, not at it: until CWR has arrived, the peer must echo. */
	if (ecn->is_reduced && seq_gt(tcb->snd.una, ecn->recover))
		ecn->is_reduced = false;
	if (!ecn_is_echo(tcb, seg)) {
		ecn->waits = false;
		return;
	}

	ecn->delivered_ce += (acked + tcb->snd.mss - 1) / tcb->snd.mss;
	if (ecn->is_reduced)
		return;
	if (tcb->loss.state == LOSS_OPEN)
		reduce(tcb, snd_flight(tcb) + acked);
	ecn->is_reduced = true;
	ecn->owes_cwr   = true;
	ecn->recover    = tcb->snd.nxt;
}
