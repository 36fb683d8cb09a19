/* SPDX-License-Identifier: MIT */
/*
 * cc_validation.c - a congestion window is only as good as its use
 *
 *	cwnd		 what we believe the path can take
 *	flight_max	 what it was seen to take in this round trip
 *
 * The window grew because the path carried that much. If the application sends
 * less, an acknowledgment says nothing about more, and an old window says little
 * about now. So:
 *
 *	grow	 only if the flight reached cwnd in this round, or, in slow start,
 *		 more than half of it (RFC 7661 4.3 asks for a half, as Linux)
 *	decay	 a window that stayed unused for an RTO goes half of the way to
 *		 what was used (RFC 2861 3.2)
 *	restart	 nothing sent for an RTO: min(cwnd, IW) (RFC 5681 4.1)
 *
 * A round, and not the moment of an ACK, because several ACKs may arrive
 * between two outputs: at the second one less is out, and it was cwnd all the
 * same that held us back. Decay and restart keep 3/4 of the window in ssthresh,
 * so that slow start finds it again. docs/design/0018 says why not RFC 7661.
 */
#include "tcp/parts.h"

/* Has it been RTO since @since_us? Never, when the user switched it off. */
static bool is_stale(const struct tcb *tcb, uint64_t since_us)
{
	const struct env *env = tcb->tcp->env;

	return !env->config.no_idle_restart && since_us > 0 &&
	       env->now_us - since_us > rtt_rto(tcb);
}

static void shrink_to(struct tcb *tcb, uint32_t cwnd, struct reason reason)
{
	struct tcp_cc *cc = &tcb->cc;

	cc->ssthresh = MAX(cc->ssthresh, cc->cwnd - cc->cwnd / 4);
	cc->cwnd     = cwnd;
	cc->counted  = 0;
	if (cc->ops->reset)
		cc->ops->reset(tcb);
	tcp_emit_cc_at(tcb, reason);
}

static void start_watch(struct tcb *tcb)
{
	tcb->cc.round.used       = 0;
	tcb->cc.round.checked_us = MAX(tcb->tcp->env->now_us, 1);
}

/* LECTURE: an unused window decays. Return: it did */
static bool decay_if_unused(struct tcb *tcb)
{
	const struct tcp_cc *cc = &tcb->cc;
	const uint32_t used     = MAX(cc->round.used, cc_initial_window(tcb));

	if (cc->round.checked_us == 0) {
		start_watch(tcb);
		return false;
	}
	if (!is_stale(tcb, cc->round.checked_us))
		return false;

	start_watch(tcb);
	if (used >= cc->cwnd)
		return false;
	shrink_to(tcb, used + (cc->cwnd - used) / 2, BECAUSE(WHY_CC_UNUSED));

	return true;
}

bool cc_used(struct tcb *tcb, uint32_t flight, bool is_new_round)
{
	const struct tcp_cc *cc = &tcb->cc;
	struct cc_round *round  = &tcb->cc.round;
	const bool is_full      = cc->cwnd < flight + tcb->snd.mss;

	round->flight_max =
	        is_new_round ? flight : MAX(round->flight_max, flight);
	round->is_limited = is_full || (round->is_limited && !is_new_round);
	round->used       = MAX(round->used, flight);
	if (round->is_limited) {
		start_watch(tcb);
		return true;
	}
	if (decay_if_unused(tcb))
		return false;

	/* In slow start a window that is half used still doubles, as in Linux. */
	return cc_is_slow_start(tcb) && cc->cwnd / 2 < round->flight_max;
}

/* LECTURE: after a pause, nobody knows what the path can take
 * RFC5681-6 */
void cc_restart_if_idle(struct tcb *tcb)
{
	const uint32_t window = cc_initial_window(tcb);

	if (snd_flight(tcb) > 0)
		return;
	if (tcb->cc.ops->pause)
		tcb->cc.ops->pause(tcb); /* RFC 9438 5.8 */
	if (!is_stale(tcb, tcb->sent_us))
		return;

	start_watch(tcb);
	if (tcb->cc.cwnd > window)
		shrink_to(tcb, window, BECAUSE(WHY_CC_IDLE));
}
