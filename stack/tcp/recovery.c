/* SPDX-License-Identifier: MIT */
/*
 * recovery.c - noticing a loss and repairing it: what all mechanisms share
 *
 *		      something counts as lost
 *	LOSS_OPEN ------------------------------------> LOSS_RECOVERY
 *	    ^  |						|
 *	    |  '------------- RTO ------> LOSS_TIMEOUT <--- RTO -'
 *	    |						  |
 *	    '------- recover is acknowledged, or undone --'
 *
 * Who notices: rack.c with SACK, newreno.c without, sack_loss.c for comparison,
 * RTO always. They mark ranges of the table (sent.h) as lost; here is decided
 * what follows from it. What is lost is sent again, lowest number first, while
 * the pipe is below cwnd:
 *
 *	pipe = sent and not acknowledged - SACKed - lost + sent again
 *
 * How cwnd moves meanwhile is prr.c's business, and whether it all was a
 * mistake undo.c's and frto.c's.
 */
#include "tcp/parts.h"

void recovery_init(struct tcb *tcb)
{
	tcb->loss = (struct tcp_loss){
		.recover    = tcb->iss,
		.rtx_hint   = tcb->iss,
		.reordering = DUP_THRESH,
	};
	tcb->rack = (struct tcp_rack){
		.end_seq      = tcb->iss,
		.fack         = tcb->iss,
		.reo_wnd_mult = 1,
	};
	tcb->rtt.next_seq = tcb->iss;
}

/* RFC6675-2, RFC3042-1 */
uint32_t recovery_pipe(const struct tcb *tcb)
{
	const struct sent *sent = &tcb->sent;
	const uint32_t pipe     = snd_flight(tcb) + sent->again.octets;
	uint32_t left           = sent->lost.octets;

	/* Without limited transmit (RFC 3042), who has left is not replaced. */
	if (tcb->loss.state != LOSS_OPEN ||
	    !tcb->tcp->env->config.no_limited_transmit)
		left += sent->sacked.octets + tcb->loss.gone;

	return pipe - MIN(pipe, left);
}

/* ---- Into recovery, and out of it ---- */

static void shrink(struct tcb *tcb, const struct ack_news *news,
                   struct reason reason)
{
	if (tcb->tcp->env->config.no_prr)
		tcb->cc.cwnd = tcb->cc.ssthresh;
	else
		prr_begin(tcb, news);
	tcp_emit_cc_at(tcb, reason);
}

static void enter_recovery(struct tcb *tcb, const struct ack_news *news)
{
	struct tcp_loss *loss = &tcb->loss;

	loss->state   = LOSS_RECOVERY;
	loss->recover = tcb->snd.nxt;
	loss->rescue  = RESCUE_NOT_YET;
	loss->rtx_now = 1; /* the first goes out whatever cwnd says */
	tlp_reset(tcb);

	/* RFC 5681 3.2 (2): what limited transmit sent is not counted. */
	undo_arm(tcb);
	cc_reduce(tcb, snd_flight(tcb) - loss->limited);
	shrink(tcb, news, BECAUSE(WHY_CC_RECOVERY));
}

/* RFC6582-2, RFC9937-2 */
static void leave_recovery(struct tcb *tcb)
{
	const uint32_t flight = MAX(snd_flight(tcb), tcb->snd.mss);
	uint32_t cwnd         = tcb->cc.ssthresh; /* RFC 9937 6.4 */

	/* RFC 6582 3.2 step 3, (1): no burst if little is in flight */
	if (tcb->tcp->env->config.no_prr)
		cwnd = MIN(cwnd, flight + tcb->snd.mss);
	if (tcb->loss.state != LOSS_TIMEOUT)
		cc_set_cwnd(tcb, cwnd, WHY_CC_RECOVERED);
	tcb->loss.state       = LOSS_OPEN;
	tcb->loss.frto        = FRTO_OFF;
	tcb->loss.rtx_now     = 0;
	tcb->loss.gone        = 0;
	tcb->loss.is_resizing = false;
}

/* ---- An acknowledgment ---- */

static void detect_loss(struct tcb *tcb, struct ack_news *news)
{
	if (!rule_holds(tcb->tcp->env, RULE_FAST_RETRANSMIT))
		return;
	if (!tcb->has_sack)
		newreno_detect_loss(tcb, news);
	else if (tcb->tcp->env->config.no_rack)
		sack_detect_loss(tcb, news);
	else
		rack_detect_loss(tcb, news);
	if (news->has_loss)
		tcp_emit_scoreboard(tcb, WHY_LOST);
}

/* Something counts as lost that did not before. */
static void react(struct tcb *tcb, const struct ack_news *news)
{
	switch ((enum loss_state)tcb->loss.state) {
	case LOSS_OPEN:
		if (tcb->sent.owed.octets > 0)
			enter_recovery(tcb, news);
		break;
	case LOSS_RECOVERY:
		if (news->has_loss && !tcb->has_sack)
			tcb->loss.rtx_now = 1; /* RFC 6582 3.2 step 3 */
		/* RFC 8985 9.3: PRR slows down by itself; without it, what is
		 * lost twice is a second sign of congestion. */
		if (!news->has_lost_again || !tcb->tcp->env->config.no_prr)
			break;
		tcb->loss.recover = tcb->snd.nxt;
		cc_reduce(tcb, recovery_pipe(tcb));
		shrink(tcb, news, BECAUSE(WHY_CC_RECOVERY));
		break;
	case LOSS_TIMEOUT:
		break;
	}
}

void recovery_ack(struct tcb *tcb, struct ack_news *news)
{
	struct tcp_loss *loss = &tcb->loss;
	bool has_recovered    = false;

	if (news->acked > 0)
		loss->limited = 0;
	if (!tcb->has_sack)
		newreno_count(tcb, news);

	if (!undo_ack(tcb, news) && loss->state == LOSS_TIMEOUT)
		frto_ack(tcb, news);
	if (loss->state != LOSS_OPEN && seq_geq(tcb->snd.una, loss->recover)) {
		leave_recovery(tcb);
		tcp_emit_scoreboard(tcb, WHY_CC_RECOVERED);
		has_recovered = true;
	}
	rack_dsack_round(tcb, news, has_recovered);
	tlp_ack(tcb, news);
	detect_loss(tcb, news);
	react(tcb, news);
	if (loss->state == LOSS_RECOVERY && !tcb->tcp->env->config.no_prr)
		prr_ack(tcb, news);
	if (news->delivered > 0)
		tcp_owe(tcb, WHY_DATA); /* some have left: room for others */
}

/* ---- Timers ---- */

/* RFC8985-4 */
void recovery_reorder_timeout(struct tcb *tcb)
{
	/* The window moves as if an ACK had told of one segment: time told it. */
	struct ack_news news = { .delivered = tcb->snd.mss };

	tcb->loss.rto_from_us = tcb->tcp->env->now_us;
	rack_detect_loss(tcb, &news);
	if (news.has_loss) {
		tcp_emit_scoreboard(tcb, WHY_LOST);
		react(tcb, &news);
		if (tcb->loss.state == LOSS_RECOVERY &&
		    !tcb->tcp->env->config.no_prr)
			prr_ack(tcb, &news);
		tcp_owe(tcb, WHY_DATA);
	}
	loss_timer_set(tcb);
}

/*
 * RFC2018-4
 *
 * What the peer SACKed it may throw away (RFC 2018 section 8). Only one thing
 * shows that it did: the first range outstanding is SACKed, and yet not
 * acknowledged. Then, and only then, RTO forgets what was SACKed (docs/design
 * 0017): otherwise the timeout would send again what has long arrived.
 */
static void forget_what_was_reneged(struct tcb *tcb)
{
	if (tcb->sent.count > 0 &&
	    (sent_at(&tcb->sent, 0)->flags & SENT_SACKED))
		scoreboard_renege(tcb);
}

/* RFC 8985 section 6.3; without RACK, everything counts as lost. */
static void lose_what_is_overdue(struct tcb *tcb)
{
	const bool has_rack  = tcb->has_sack && !tcb->tcp->env->config.no_rack;
	struct ack_news news = { 0 };

	for (uint32_t i = 0; i < tcb->sent.count; i++) {
		const struct sent_range *range = sent_at(&tcb->sent, i);

		if (range->flags & SENT_SACKED)
			continue;
		if (i == 0 || !has_rack || rack_is_overdue(tcb, range))
			scoreboard_lose(tcb, &news, i);
	}
}

/* RFC5681-4 */
void recovery_timeout(struct tcb *tcb)
{
	struct tcp_loss *loss        = &tcb->loss;
	const enum loss_state before = loss->state;

	loss->state = LOSS_TIMEOUT;
	/* RFC 5681 (4): only the first expiry for this text halves. */
	if (before != LOSS_TIMEOUT || loss->timeouts == 1) {
		cc_reduce(tcb, snd_flight(tcb));
		undo_arm(tcb);
	}
	loss->recover              = tcb->snd.nxt;
	loss->rtx_now              = 1;
	loss->dup_acks             = 0;
	loss->gone                 = 0;
	loss->limited              = 0;
	tcb->rack.reorder_until_us = 0;
	tlp_reset(tcb);
	forget_what_was_reneged(tcb);
	lose_what_is_overdue(tcb);
	tcp_emit_scoreboard(tcb, WHY_LOST);
	frto_begin(tcb, before);
	cc_timeout(tcb);
}

/*
 * The path takes no segment as large as some that are in flight: those were
 * dropped, and leave again at once. LOSS_TIMEOUT, but nothing is reduced.
 */
void recovery_resize(struct tcb *tcb)
{
	const uint32_t max   = segment_text_max(tcb);
	struct ack_news news = { 0 };

	for (uint32_t i = 0; i < tcb->sent.count; i++) {
		const struct sent_range *range = sent_at(&tcb->sent, i);

		if (!(range->flags & SENT_SACKED) &&
		    range->end - range->start > range->segments * max)
			scoreboard_lose(tcb, &news, i);
	}
	if (!news.has_loss)
		return;

	tcp_emit_scoreboard(tcb, WHY_RETRANSMIT_PATH_MTU);
	if (tcb->loss.state != LOSS_RECOVERY) {
		tcb->loss.state   = LOSS_TIMEOUT;
		tcb->loss.recover = tcb->snd.nxt;
	}
	tcb->loss.frto        = FRTO_OFF;
	tcb->loss.rtx_now     = 1;
	tcb->loss.is_resizing = true;
	tlp_reset(tcb);
	loss_timer_set(tcb);
	tcp_owe(tcb, WHY_DATA);
}

/* ---- What is sent again ---- */

/* What of the range fits in a frame; a FIN needs no room. */
static uint32_t frame_len(const struct tcb *tcb, const struct sent_range *range)
{
	const uint32_t max = segment_text_max(tcb);
	const uint32_t len = range->end - range->start;
	const bool has_fin = snd_fin_is_sent(tcb) && range->end == tcb->snd.nxt;

	return len <= max + has_fin ? len : max;
}

static bool is_owed(const struct sent_range *range)
{
	return (range->flags & (SENT_LOST | SENT_AGAIN)) == SENT_LOST;
}

/* The @i-th range, and as many of the next as fit in the same frame; where the
 * frames of before are too long anyway, a part of the last one, too. */
static uint32_t gather(const struct tcb *tcb, uint32_t i)
{
	const struct sent *sent = &tcb->sent;
	struct sent_range all   = *sent_at(sent, i);
	uint32_t len            = frame_len(tcb, &all);

	while (len == all.end - all.start && ++i < sent->count) {
		const struct sent_range *next = sent_at(sent, i);

		if (!is_owed(next))
			break;
		all.end = next->end;
		if (frame_len(tcb, &all) == all.end - all.start ||
		    tcb->loss.is_resizing)
			len = frame_len(tcb, &all);
	}

	return len;
}

/* RFC6675-3, RFC6675-4, SHLD-16, MAY-7 */
bool recovery_next(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len)
{
	const struct sent *sent = &tcb->sent;
	struct tcp_loss *loss   = &tcb->loss;
	uint32_t i, len;

	if (sent->owed.octets == 0 || loss->frto == FRTO_STEP_3)
		return false;

	i = sent_find(sent, seq_max(loss->rtx_hint, tcb->snd.una));
	while (i < sent->count && !is_owed(sent_at(sent, i)))
		i++;
	CHECK(i < sent->count);
	loss->rtx_hint = sent_at(sent, i)->start;
	len            = gather(tcb, i);
	if (loss->rtx_now == 0 && recovery_pipe(tcb) + len > tcb->cc.cwnd)
		return false;

	*ret_seq = loss->rtx_hint;
	*ret_len = len;

	return true;
}

struct reason recovery_why(const struct tcb *tcb,
                           const struct sent_range *range)
{
	if (tcb->loss.is_resizing)
		return BECAUSE(WHY_RETRANSMIT_PATH_MTU);
	if (tcb->loss.state == LOSS_TIMEOUT)
		return BECAUSE(WHY_RETRANSMIT_TIMEOUT);
	if (!tcb->has_sack)
		return range->start == tcb->undo.marker
		               ? BECAUSE(WHY_RETRANSMIT_FAST)
		               : BECAUSE(WHY_RETRANSMIT_PARTIAL);
	if (tcb->tcp->env->config.no_rack)
		return BECAUSE(WHY_RETRANSMIT_SACK);

	return range->flags & SENT_TWICE ? BECAUSE(WHY_RETRANSMIT_LOST_AGAIN)
	                                 : BECAUSE(WHY_RETRANSMIT_RACK);
}
