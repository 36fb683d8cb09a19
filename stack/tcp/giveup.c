/* SPDX-License-Identifier: MIT */
/*
 * giveup.c - how long an answer is waited for (RFC 9293 sections 3.8.3, 3.10.8)
 *
 *	sent	 RTO	RTO	 RTO			   the last RTO
 *	--|-------|------|--------|------- ... -------------|
 *	  '-- stuck since here	  R1: doubt the path	    R2: give up
 *	  '-------- or: the user timeout, to the millisecond -----|
 *
 * R1 is a number of timeouts in a row. At R1 the layer below is told that
 * nothing is heard of the peer, so that it asks whether the next hop is still
 * there (MUST-20 (a), MUST-22 for a SYN), and SO_SOFT_ERROR tells whoever wants
 * to know (SHLD-9).
 *
 * R2 is a number too, of its own for a SYN (MUST-23), a SYN,ACK, data, and what
 * a closed socket left behind; or the time that the user sets for a connection
 * (MUST-21, RFC 5482), whichever comes first. The timer that fires next is
 * moved to that time, or it would be looked at only when the next RTO is over.
 *
 * A peer that answers, but keeps its window closed, is alive, and is asked for
 * ever (MUST-37) - unless there is a user timeout: then it is also the longest
 * time for which data may wait to be sent, as in Linux. RFC 6429 explains why
 * somebody may want that.
 *
 * Giving up is silent: the peer has not heard what came before either.
 */
#include "tcp/parts.h"
#include <errno.h>

int give_up_error(const struct tcb *tcb)
{
	return tcb->soft_error ? tcb->soft_error : ETIMEDOUT; /* SHLD-25 */
}

/* SHLD-11 */
static uint8_t retry_limit(const struct tcb *tcb)
{
	const struct tarn_config *config = &tcb->tcp->env->config;

	if (tcb->state == TCPS_SYN_SENT)
		return tcb->settings.syn_retries;
	if (tcb->state == TCPS_SYN_RECEIVED)
		return config->synack_retries;
	if (tcb->is_orphan)
		return MIN(TCP_ORPHAN_RETRIES, config->data_retries);

	return config->data_retries;
}

/* MUST-21: When the user's patience is over for what waits since @since_us. */
static uint64_t user_deadline(const struct tcb *tcb, uint64_t since_us)
{
	const uint64_t limit_us = tcb->settings.user_timeout_ms * USEC_PER_MSEC;

	return limit_us > 0 ? since_us + limit_us : TARN_NEVER;
}

uint64_t give_up_deadline(const struct tcb *tcb)
{
	uint64_t deadline_us = TARN_NEVER;

	if (tcb->loss.timeouts > 0)
		deadline_us = user_deadline(tcb, tcb->loss.stuck_us);
	if (tcb->snd.wnd == 0 && tcb->snd.closed_us > 0)
		deadline_us = MIN(deadline_us,
		                  user_deadline(tcb, tcb->snd.closed_us));

	return deadline_us;
}

/* SHLD-9, SHLD-10 */
static void reached_r1(struct tcb *tcb)
{
	net_doubt(tcb->tcp->net, &tcb->conn.key.peer_ip);
	if (!tcb->soft_error)
		tcp_soft_error(tcb, ETIMEDOUT);
}

/* Is it the user's patience, and not the number of tries, that is over? */
static void tell_patience(struct tcb *tcb, uint64_t now_us)
{
	const uint64_t over_us = MIN(user_deadline(tcb, tcb->loss.stuck_us),
	                             give_up_deadline(tcb));
	const struct tarn_event_timer timer = { "user timeout",
		                                TARN_TIMER_FIRED, over_us };

	if (over_us <= now_us && env_is_observed(tcb->tcp->env))
		tcp_tell_timer(tcb, &timer, BECAUSE(WHY_TIMEOUT_USER));
}

/* MUST-20, MUST-22 */
bool give_up_or_try_again(struct tcb *tcb)
{
	struct tcp_loss *loss = &tcb->loss;
	const uint64_t now_us = tcb->tcp->env->now_us;

	if (loss->timeouts == 0)
		loss->stuck_us = now_us - MIN(now_us, rtt_rto(tcb));
	if (loss->timeouts >= retry_limit(tcb) ||
	    user_deadline(tcb, loss->stuck_us) <= now_us ||
	    give_up_deadline(tcb) <= now_us) {
		tell_patience(tcb, now_us);
		tcb_end(tcb, give_up_error(tcb), WHY_TIMEOUT_USER);
		return false;
	}
	loss->timeouts++;
	if (loss->timeouts == TCP_R1)
		reached_r1(tcb);

	return true;
}
