/* SPDX-License-Identifier: MIT */
/*
 * recovery.c - noticing a loss and repairing it (RFC 5681, 6582, 6675)
 *
 *		      3 duplicates, or SACK says lost
 *	LOSS_OPEN ------------------------------------> LOSS_RECOVERY
 *	    ^  |						|
 *	    |  '------------- RTO ------> LOSS_TIMEOUT <--- RTO -'
 *	    |						  |
 *	    '------- recover is acknowledged -------------'
 *
 * All three ask the same two questions: which text below the lost edge was not
 * sent again yet (recovery_next), and how much is in the network
 * (recovery_pipe)? Sending is allowed while the pipe is below cwnd.
 *
 *	    SND.UNA		rtx_next	lost edge	SND.NXT
 *	-------|---sent again------|----lost-------|---in flight---|----
 *
 * Without SACK every duplicate says that one segment has left the network, but
 * not which. "gone" counts those octets, which is what RFC 6582's inflating of
 * cwnd does from the other side; cwnd itself stays at ssthresh.
 */
#include "tcp/parts.h"

#define DUP_THRESH 3

void recovery_init(struct tcb *tcb)
{
	tcb->loss = (struct tcp_loss){
		.recover  = tcb->iss,
		.rtx_next = tcb->iss,
	};
}

/* Below it, what is not SACKed counts as lost. */
static uint32_t lost_edge(const struct tcb *tcb)
{
	switch ((enum loss_state)tcb->loss.state) {
	case LOSS_TIMEOUT:
		return tcb->loss.recover;
	case LOSS_RECOVERY:
		return tcb->has_sack ? sack_lost_edge(tcb) : tcb->snd.una;
	case LOSS_OPEN:
		break;
	}

	return tcb->snd.una;
}

/* Octets of [from, to) that the peer has not SACKed. */
static uint32_t not_sacked(const struct tcb *tcb, uint32_t from, uint32_t to)
{
	const struct ranges *sacked = tcb->loss.sacked;
	uint32_t at                 = from - tcb->snd.una;
	const uint32_t end          = to - tcb->snd.una;
	uint32_t octets             = 0;
	struct range gap;

	if (!sacked)
		return end - at;

	while (at < end && ranges_gap(sacked, at, end, &gap)) {
		octets += gap.end - gap.start;
		at = gap.end;
	}

	return octets;
}

uint32_t recovery_pipe(const struct tcb *tcb)
{
	const uint32_t edge = lost_edge(tcb);
	const uint32_t next = seq_max(tcb->loss.rtx_next, tcb->snd.una);
	uint32_t pipe       = not_sacked(tcb, tcb->snd.una, tcb->snd.nxt);

	if (seq_lt(next, edge))
		pipe -= not_sacked(tcb, next, edge);

	return pipe - MIN(pipe, tcb->loss.gone);
}

static void enter_recovery(struct tcb *tcb)
{
	struct tcp_loss *loss = &tcb->loss;

	/* RFC 5681 3.2 (2): what limited transmit sent is not counted. */
	cc_reduce(tcb, snd_flight(tcb) - loss->limited);
	tcb->cc.cwnd   = tcb->cc.ssthresh;
	loss->state    = LOSS_RECOVERY;
	loss->recover  = tcb->snd.nxt;
	loss->rtx_next = tcb->snd.una;
	loss->rescue   = RESCUE_NOT_YET;
	loss->rtx_now  = 1; /* the first goes out whatever cwnd says */
	tcb->rtx_why   = WHY_RETRANSMIT_FAST;
	tcp_emit_cc(tcb, WHY_CC_RECOVERY);
}

/* RFC 6582 section 3.2 step 1, RFC 6675 section 5: not for an old loss again. */
static bool is_new_loss(const struct tcb *tcb)
{
	const struct tcp_loss *loss = &tcb->loss;

	if (tcb->has_sack)
		return seq_geq(tcb->snd.una, loss->recover);

	return seq_gt(tcb->snd.una, loss->recover);
}

static bool says_lost(const struct tcb *tcb)
{
	if (tcb->loss.dup_acks >= DUP_THRESH)
		return true;

	return tcb->has_sack && seq_gt(sack_lost_edge(tcb), tcb->snd.una);
}

/*
 * A duplicate says that one more segment has left. It cannot speak of more than
 * were out when the loss was noticed, or forged duplicates could pull text out
 * for ever (RFC 5681 section 3.2, the MAY at step 4).
 */
static void count_gone(struct tcb *tcb)
{
	const uint32_t end =
	        tcb->loss.state == LOSS_OPEN ? tcb->snd.nxt : tcb->loss.recover;

	tcb->loss.gone = MIN(tcb->loss.gone + tcb->snd.mss, end - tcb->snd.una);
}

void recovery_duplicate(struct tcb *tcb, uint32_t newly_sacked)
{
	struct tcp_loss *loss = &tcb->loss;

	if (loss->dup_acks < UINT8_MAX)
		loss->dup_acks++;
	if (newly_sacked == 0 && loss->state != LOSS_TIMEOUT)
		count_gone(tcb); /* after RTO it may be of the old flight */
	tcp_owe(tcb, WHY_DATA);  /* one has left: limited transmit (RFC 3042) */

	if (loss->state == LOSS_OPEN && says_lost(tcb) && is_new_loss(tcb))
		enter_recovery(tcb);
}

static void leave_recovery(struct tcb *tcb)
{
	const uint32_t flight = MAX(snd_flight(tcb), tcb->snd.mss);

	if (tcb->loss.state == LOSS_RECOVERY) {
		/* RFC 6582 3.2 step 3, (1): no burst if little is in flight */
		tcb->cc.cwnd = MIN(tcb->cc.ssthresh, flight + tcb->snd.mss);
		tcp_emit_cc(tcb, WHY_CC_RECOVERED);
	}
	tcb->loss.state   = LOSS_OPEN;
	tcb->loss.rtx_now = 0;
	tcb->loss.gone    = 0;
}

/* RFC 6582 3.2 step 3: not all, so the next hole begins at SND.UNA. */
static void partial_ack(struct tcb *tcb, uint32_t acked)
{
	struct tcp_loss *loss = &tcb->loss;
	const uint32_t mss    = tcb->snd.mss;

	if (acked > mss)
		loss->gone -= MIN(loss->gone, acked - mss);
	if (loss->rescue == RESCUE_NOT_YET)
		loss->rescue = RESCUE_MAY;
	if (tcb->has_sack || loss->rtx_next != tcb->snd.una)
		return; /* the board knows better; or it was sent again already */

	loss->rtx_now = 1;
	tcb->rtx_why  = WHY_RETRANSMIT_PARTIAL;
}

void recovery_advance(struct tcb *tcb, uint32_t acked)
{
	struct tcp_loss *loss = &tcb->loss;

	loss->dup_acks = 0;
	loss->limited  = 0;
	loss->rtx_next = seq_max(loss->rtx_next, tcb->snd.una);
	if (loss->state == LOSS_OPEN)
		loss->gone = 0;
	else if (seq_geq(tcb->snd.una, loss->recover))
		leave_recovery(tcb);
	else if (loss->state == LOSS_RECOVERY)
		partial_ack(tcb, acked);
}

void recovery_timeout(struct tcb *tcb)
{
	struct tcp_loss *loss = &tcb->loss;

	/* RFC 5681 (4): only the first expiry for this text halves. */
	if (loss->state != LOSS_TIMEOUT)
		cc_reduce(tcb, snd_flight(tcb));
	loss->state        = LOSS_TIMEOUT;
	loss->recover      = tcb->snd.nxt;
	loss->rtx_next     = tcb->snd.una;
	loss->rtx_now      = 1;
	loss->dup_acks     = 0;
	loss->gone         = 0;
	loss->limited      = 0;
	tcb->rtt.is_timing = false;
	tcb->rtx_why       = WHY_RETRANSMIT_TIMEOUT;
	sack_forget(tcb); /* RFC 2018 section 8: it may have reneged */
	cc_timeout(tcb);
}

void recovery_resize(struct tcb *tcb)
{
	struct tcp_loss *loss = &tcb->loss;

	loss->state        = LOSS_TIMEOUT; /* but nothing is reduced */
	loss->recover      = tcb->snd.nxt;
	loss->rtx_next     = tcb->snd.una;
	loss->rtx_now      = 1;
	loss->dup_acks     = 0;
	loss->gone         = 0;
	loss->limited      = 0;
	tcb->rtt.is_timing = false;
	tcb->rtx_why       = WHY_RETRANSMIT_PATH_MTU;
	tcp_owe(tcb, WHY_RETRANSMIT_PATH_MTU);
}

/* The next hole below @edge that was not sent again. */
static bool find_hole(const struct tcb *tcb, uint32_t edge, struct range *ret)
{
	const uint32_t from = seq_max(tcb->loss.rtx_next, tcb->snd.una);

	if (!seq_lt(from, edge))
		return false;

	*ret = (struct range){ from - tcb->snd.una, edge - tcb->snd.una };
	if (!tcb->loss.sacked)
		return true;

	return ranges_gap(tcb->loss.sacked, ret->start, ret->end, ret);
}

bool recovery_next(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len)
{
	const struct tcp_loss *loss = &tcb->loss;
	uint32_t edge               = lost_edge(tcb);
	struct range hole;
	uint32_t len;

	if (loss->state == LOSS_OPEN)
		return false;
	if (loss->rtx_now > 0)
		edge = seq_max(edge, seq_min(loss->rtx_next + tcb->snd.mss,
		                             tcb->snd.nxt));
	if (!find_hole(tcb, edge, &hole))
		return false;

	len = MIN(hole.end - hole.start, segment_text_max(tcb));
	if (loss->rtx_now == 0 && recovery_pipe(tcb) + len > tcb->cc.cwnd)
		return false;

	*ret_seq = tcb->snd.una + hole.start;
	*ret_len = len;

	return true;
}

/* One past the highest octet that was SACKed. */
static uint32_t sacked_end(const struct tcb *tcb)
{
	const struct ranges *sacked = tcb->loss.sacked;

	if (!sacked || sacked->count == 0)
		return tcb->snd.una;

	return tcb->snd.una + sacked->at[sacked->count - 1].end;
}

/*
 * RFC 6675 section 4, NextSeg(): rule 3, a hole below what was SACKed although
 * it is not certainly lost; rule 4, once per recovery, the end of the flight,
 * which no SACK can ever show as lost. We wait with rule 4 for a partial ACK:
 * before that, a round trip has not passed and the end may just be on its way.
 */
bool recovery_last_resort(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len)
{
	const uint32_t max = segment_text_max(tcb);
	const uint32_t end = sacked_end(tcb);
	struct range hole;

	if (tcb->loss.state != LOSS_RECOVERY || !tcb->has_sack)
		return false;
	if (recovery_pipe(tcb) + max > tcb->cc.cwnd)
		return false;

	if (find_hole(tcb, end, &hole)) {
		*ret_seq           = tcb->snd.una + hole.start;
		*ret_len           = MIN(hole.end - hole.start, max);
		tcb->loss.rtx_next = *ret_seq + *ret_len;
		return true;
	}
	if (tcb->loss.rescue != RESCUE_MAY || end == tcb->snd.nxt)
		return false;

	tcb->loss.rescue = RESCUE_USED;
	*ret_len         = MIN(tcb->snd.nxt - end, max);
	*ret_seq         = tcb->snd.nxt - *ret_len;

	return true;
}
