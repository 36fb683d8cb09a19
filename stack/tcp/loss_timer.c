/* SPDX-License-Identifier: MIT */
/*
 * loss_timer.c - one of three timers waits for an acknowledgment (RFC 8985 8)
 *
 *	REORDER	    something was overtaken: wait for it a little
 *	LOSS_PROBE  all is well, but an ACK is overdue soon: PTO
 *	RETRANSMIT  otherwise: RTO (RFC 6298)
 *
 * They exclude each other, in this order. Each deadline is a moment that is
 * remembered plus an interval, so that whoever changes either only has to call
 * loss_timer_set(); called without a reason, it changes nothing.
 */
#include "tcp/parts.h"

void loss_timer_restart(struct tcb *tcb)
{
	tcb->loss.rto_from_us = tcb->tcp->env->now_us;
	tcb->loss.pto_from_us = tcb->tcp->env->now_us;
}

/* PTO, or RTO if that comes first (7.2) */
static uint64_t probe_deadline(const struct tcb *tcb)
{
	return MIN(tcb->loss.pto_from_us + tlp_pto(tcb),
	           tcb->loss.rto_from_us + rtt_rto(tcb));
}

static void run(struct tcb *tcb, enum tcp_timer which, uint64_t deadline_us,
                struct reason reason)
{
	for (enum tcp_timer i = TCP_TIMER_REORDER; i <= TCP_TIMER_RETRANSMIT;
	     i++)
		if (i != which)
			tcp_timer_cancel(tcb, i, WHY_TIMER_GIVES_WAY);
	tcp_timer_arm_at(tcb, which, deadline_us, reason);
}

/* RFC6298-7 */
void loss_timer_set(struct tcb *tcb)
{
	if (snd_flight(tcb) == 0) {
		for (enum tcp_timer i = TCP_TIMER_REORDER;
		     i <= TCP_TIMER_RETRANSMIT; i++)
			tcp_timer_cancel(tcb, i, WHY_TIMER_ALL_ACKED);
		return;
	}

	if (tcb->rack.reorder_until_us > tcb->tcp->env->now_us)
		run(tcb, TCP_TIMER_REORDER, tcb->rack.reorder_until_us,
		    BECAUSE(WHY_TIMER_REORDER));
	else if (tlp_is_wanted(tcb))
		run(tcb, TCP_TIMER_LOSS_PROBE, probe_deadline(tcb),
		    BECAUSE(WHY_TIMER_PROBE));
	else
		run(tcb, TCP_TIMER_RETRANSMIT,
		    MIN(tcb->loss.rto_from_us + rtt_rto(tcb),
		        give_up_deadline(tcb)),
		    BECAUSE(WHY_TIMER_RETRANSMIT));
}
