/* SPDX-License-Identifier: MIT */
/*
 * check.c - what is always true of a connection
 *
 * Read it as the exam question: why does each line hold after every segment,
 * timer and call? A connection for which one does not hold is ended with a
 * counted event in a release; a test build stops, so that the bug is seen.
 */
#include "tcp/parts.h"
#include <errno.h>

static const char *check_send(const struct tcb *tcb)
{
	const uint32_t end = snd_end(tcb) + tcb->snd.fin_queued;

	if (!tcb->snd.syn_acked && tcb->snd.una != tcb->iss)
		return "SND.UNA is ISS until our SYN is acknowledged";
	if (tcb->snd.fin_acked && tcb->snd.una != tcb->snd.nxt)
		return "our FIN is the last that can be acknowledged";
	if (!seq_leq(tcb->snd.una, tcb->snd.nxt))
		return "SND.UNA =< SND.NXT";
	if (tcb->state != TCPS_SYN_SENT && !seq_leq(tcb->snd.nxt, end))
		return "SND.NXT =< SND.UNA + ring + FIN";
	if (tcb->loss.state != LOSS_OPEN &&
	    !seq_leq(tcb->loss.recover, tcb->snd.nxt))
		return "recover =< SND.NXT";
	if (tcb->cc.cwnd < tcb->snd.mss)
		return "cwnd >= SMSS";

	return NULL;
}

/* A long table is looked at whole in test builds only, for it is checked after
 * each event. */
#ifdef TARN_TEST_BUILD
#define RANGES_CHECKED UINT32_MAX
#else
#define RANGES_CHECKED 8
#endif

static const char *check_sent(const struct tcb *tcb)
{
	const struct sent *sent = &tcb->sent;
	const uint32_t count    = sent->count;

	if (!tcb->snd.syn_acked)
		return NULL;
	if (sent->all.octets != snd_flight(tcb))
		return "the table of what was sent covers the flight";
	if (count > 0 && (sent_at(sent, 0)->start != tcb->snd.una ||
	                  sent_at(sent, count - 1)->end != tcb->snd.nxt))
		return "the table reaches from SND.UNA to SND.NXT";
	if (tcb->loss.state == LOSS_OPEN && sent->owed.octets > 0)
		return "what is lost is being repaired";

	return sent_check(sent, RANGES_CHECKED);
}

static const char *check_receive(const struct tcb *tcb)
{
	if (!seq_leq(tcb->rcv.nxt, tcb->rcv.edge))
		return "RCV.NXT =< RCV.NXT + RCV.WND";
	if (tcb->rcv.fin && tcb->rcv.holes_after)
		return "nothing follows the peer's FIN";

	return NULL;
}

static const char *check_state(const struct tcb *tcb)
{
	const bool has_closed =
	        tcp_in(tcb, IN(FIN_WAIT_1) | IN(FIN_WAIT_2) | IN(CLOSING) |
	                            IN(LAST_ACK) | IN(TIME_WAIT));
	const bool got_fin = tcp_in(tcb, IN(CLOSE_WAIT) | IN(CLOSING) |
	                                         IN(LAST_ACK) | IN(TIME_WAIT));

	if (has_closed && !tcb->snd.fin_queued)
		return "a state after CLOSE has a FIN queued";
	if (tcp_in(tcb, TCPS_MAY_SEND) && tcb->snd.fin_queued)
		return "a state before CLOSE has no FIN queued";
	if (got_fin && !tcb->rcv.fin)
		return "a state after the peer's FIN has seen it";
	if (tcp_in(tcb, TCPS_MAY_RECEIVE) && tcb->rcv.fin)
		return "a state before the peer's FIN has not seen it";

	return NULL;
}

static const char *check_timers(const struct tcb *tcb)
{
	if (!tcp_in(tcb, TCPS_SENDING) || tcp_owes(tcb, WHY_RESET))
		return NULL;
	if (snd_flight(tcb) > 0 &&
	    !tcp_timer_is_armed(tcb, TCP_TIMER_REORDER) &&
	    !tcp_timer_is_armed(tcb, TCP_TIMER_LOSS_PROBE) &&
	    !tcp_timer_is_armed(tcb, TCP_TIMER_RETRANSMIT))
		return "what is in flight has a timer";

	return NULL;
}

const char *tcb_check(const struct tcb *tcb)
{
	const char *broken = NULL;

	if (tcb->state == TCPS_CLOSED)
		return NULL;

	broken = check_send(tcb);
	if (!broken)
		broken = check_sent(tcb);
	if (!broken && tcb->state != TCPS_SYN_SENT)
		broken = check_receive(tcb);
	if (!broken)
		broken = check_state(tcb);
	if (!broken)
		broken = check_timers(tcb);

	return broken;
}

void tcb_verify(struct tcb *tcb)
{
	const char *broken = tcb_check(tcb);

	if (__builtin_expect(!broken, 1))
		return;

#ifdef TARN_TEST_BUILD
	check_failed(broken, __FILE__, __LINE__);
#endif
	env_drop(tcb->tcp->env, DROP_INVARIANT);
	tcp_abort_now(tcb, ECONNABORTED, WHY_RESET);
}
