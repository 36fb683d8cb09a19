/* SPDX-License-Identifier: MIT */
/*
 * orphan.c - connections that we closed and the peer did not
 *
 * After close() nobody looks at a connection any more, but it lives on: its
 * last text and its FIN must arrive (FIN-WAIT-1, CLOSING, LAST-ACK), and the
 * peer's FIN is still to come (FIN-WAIT-2). A peer that never answers, or
 * answers and never closes, could so pile up connections for ever (CERT
 * CA-2000-21, "NAPTHA"). Three bounds stand against it:
 *
 *	how many	config.orphans_max; the next one is reset
 *	how long	TCP_ORPHAN_RETRIES time-outs without an answer
 *	FIN-WAIT-2	config.fin_wait_2_us, or TCP_LINGER2 of the socket
 *
 * RFC 9293 knows no FIN-WAIT-2 time-out: it would cut off a peer that rightly
 * goes on sending to somebody who only shut his sending side down. For an
 * orphan that cannot be: what it is sent it can only answer with a reset.
 */
#include "tcp/parts.h"

void orphan_enter(struct tcb *tcb)
{
	CHECK(!tcb->is_orphan);
	tcb->is_orphan = true;
	tcb->tcp->usage.orphans++;
}

void orphan_leave(struct tcb *tcb)
{
	if (tcb->is_orphan)
		tcb->tcp->usage.orphans--;
}

bool orphan_is_one_too_many(const struct tcp *tcp)
{
	return tcp->usage.orphans > tcp->env->config.orphans_max;
}

void orphan_waits(struct tcb *tcb)
{
	const int32_t linger2_s = tcb->settings.linger2_s;
	uint64_t wait_us        = tcb->tcp->env->config.fin_wait_2_us;

	if (linger2_s < 0) {
		tcp_abort_now(tcb, 0, WHY_RST_LINGER2);
		return;
	}
	if (linger2_s > 0)
		wait_us = (uint32_t)linger2_s * USEC_PER_SEC;

	tcp_timer_arm(tcb, TCP_TIMER_FIN_WAIT_2,
	              tcb->tcp->env->now_us + wait_us, WHY_TIMER_FIN_WAIT_2);
}
