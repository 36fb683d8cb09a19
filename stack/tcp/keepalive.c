/* SPDX-License-Identifier: MIT */
/*
 * keepalive.c - is the peer still there? (RFC 9293 section 3.8.4)
 *
 * A peer that lost its power says nothing, and neither does one that has
 * nothing to say. Who must tell the two apart asks for probes:
 *
 *	heard		   probe     probe     probe
 *	--|------ idle ------|-interval-|-interval-|-interval-| reset, ETIMEDOUT
 *	  '-- every acceptable segment begins anew
 *
 * A probe is an empty segment with a number that the peer acknowledged long
 * ago, SND.NXT-1: it must answer what it cannot accept. A peer that has
 * forgotten the connection answers with a reset, which ends it sooner.
 *
 * Probes are for idle connections only. While anything is unacknowledged or
 * waits to be sent, the retransmission timer or PERSIST asks the same question
 * and gives up by its own rules (R2, or the user timeout).
 *
 * The user timeout rules here as in Linux: if set, it replaces the number of
 * probes; no connection ends before one probe went unanswered.
 *
 * The timer is not moved by traffic. When it is due it looks how long the peer
 * has been silent, and is postponed by the rest: that alone is no expiry.
 *
 * Missing on purpose: the garbage octet of MAY-6, for a receiver that needs it
 * has not been seen for thirty years.
 */
#include "tcp/parts.h"
#include <errno.h>

/* MUST-27, MAY-5 */
static uint64_t idle_us(const struct tcb *tcb)
{
	return tcb->settings.keep_idle_s * USEC_PER_SEC;
}

/* An orphan has limits of its own. */
static bool is_wanted(const struct tcb *tcb)
{
	return tcb->settings.keep_alive && tcp_in(tcb, TCPS_SYNCHRONIZED) &&
	       !tcb->is_orphan;
}

/* Has everything been sent and acknowledged? In the states that wait for the
 * acknowledgment of our FIN it has not. */
static bool is_idle(const struct tcb *tcb)
{
	return snd_flight(tcb) == 0 && tcp_unacked(tcb) == 0;
}

void keep_alive_update(struct tcb *tcb)
{
	if (!is_wanted(tcb)) {
		tcb->keep.probes = 0;
		tcp_timer_cancel(tcb, TCP_TIMER_KEEPALIVE,
		                 WHY_TIMER_KEEP_ALIVE_OFF);
		return;
	}
	if (tcb->keep.probes == 0)
		tcp_timer_arm(tcb, TCP_TIMER_KEEPALIVE,
		              tcb->keep.heard_us + idle_us(tcb),
		              WHY_TIMER_KEEP_ALIVE);
}

void keep_alive_heard(struct tcb *tcb)
{
	tcb->keep.heard_us = tcb->tcp->env->now_us;
	tcb->keep.probes   = 0;
}

/* MUST-29: never because one probe, or its answer, was lost. */
static bool is_dead(const struct tcb *tcb)
{
	const uint64_t limit_us = tcb->settings.user_timeout_ms * USEC_PER_MSEC;

	if (tcb->keep.probes == 0)
		return false;
	if (limit_us > 0)
		return tcb->tcp->env->now_us - tcb->keep.heard_us >= limit_us;

	return tcb->keep.probes >= tcb->settings.keep_probes;
}

bool keep_alive_postpone(struct tcb *tcb)
{
	const uint64_t now_us = tcb->tcp->env->now_us;
	uint64_t due_us       = tcb->keep.heard_us + idle_us(tcb);

	if (!is_wanted(tcb))
		return false;
	if (!is_idle(tcb)) /* MUST-26 */
		due_us = now_us + idle_us(tcb);
	if (now_us >= due_us)
		return false;

	tcb->keep.probes = 0;
	tcp_timer_arm(tcb, TCP_TIMER_KEEPALIVE, due_us,
	              WHY_TIMER_KEEP_ALIVE_LATER);

	return true;
}

void keep_alive_timeout(struct tcb *tcb)
{
	const uint64_t now_us = tcb->tcp->env->now_us;

	if (!is_wanted(tcb))
		return;
	if (is_dead(tcb)) {
		tcp_abort_now(tcb, give_up_error(tcb), WHY_RST_TIMEOUT);
		return;
	}

	tcb->keep.probes++;
	tcp_owe(tcb, WHY_KEEP_ALIVE); /* SHLD-12: output.c adds no octet */
	tcp_timer_arm(tcb, TCP_TIMER_KEEPALIVE,
	              now_us + tcb->settings.keep_interval_s * USEC_PER_SEC,
	              WHY_TIMER_KEEP_ALIVE);
}
