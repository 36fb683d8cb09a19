/* SPDX-License-Identifier: MIT */
/*
 * cc_cubic.c - CUBIC: the window as a cubic function of time (RFC 9438)
 *
 *	cwnd				      .
 *	  |				     .
 *	W_max ------------------- . . . . .'	 convex: looks for more
 *	  |		   . '	  |
 *	  |	     . '	  |
 *	  |	 . '   concave:	  |
 *	  |    .'    back to it   |
 *	  |   '  cwnd_epoch	  |
 *	  +---|-------------------|----------> t
 *	      0			  K
 *
 *	W_cubic(t) = C (t - K)^3 + W_max	K = cbrt((W_max - cwnd_epoch) / C)
 *
 * After a loss the window returns fast to where the loss was, lingers there,
 * and then looks for more, faster and faster. What counts is the time since the
 * loss and not the number of round trips, so a long path is not at a
 * disadvantage. Where Reno would be faster (short paths, small windows) W_est
 * follows what Reno would have, and cwnd follows the larger of the two.
 *
 * Numbers. Windows are octets, so W_cubic is C * MSS octets per s^3. Time is
 * kept in microseconds and used in milliseconds:
 *
 *	K	 cbrt((W_max - cwnd) * 2.5 * 10^9 / MSS) ms, rounded down: then
 *		 W_cubic(0) is not below cwnd_epoch
 *	W_cubic	 d = |t - K| is at most CUBIC_MS_MAX, so d^3 < 2^63; d^3 / 10^6
 *		 is cut to a whole number, which is worth MSS / 2500 octets, and
 *		 times 2 MSS / 5000 is below 2^60
 *	growth	 (target - cwnd) * acked / cwnd and 9 MSS * acked / 17 cwnd: the
 *		 remainders are kept, so that a window acknowledged octet by
 *		 octet grows as much as one acknowledged at once
 */
#include "tcp/parts.h"

/* d^3 < 2^63. It is half an hour: with one octet of MSS, 2^31 octets. */
#define CUBIC_MS_MAX 2000000u

/* beta = 7/10, C = 2/5, alpha = 3 (1 - beta) / (1 + beta) = 9/17 */

/* RFC9438-1 */
static uint32_t beta_of(uint32_t window)
{
	return (uint32_t)((uint64_t)window * 7 / 10);
}

/* The largest r with r^3 <= @x, bit by bit: 2^21 cubed is 2^63. */
static uint32_t cube_root(uint64_t x)
{
	uint64_t root = 0;

	for (int bit = 21; bit >= 0; bit--) {
		const uint64_t tried = root | 1ull << bit;

		if (tried <= 2642245 && tried * tried * tried <= x)
			root = tried; /* 2642245^3 is the last below 2^64 */
	}

	return (uint32_t)root;
}

uint32_t cubic_k_ms(uint32_t w_max, uint32_t cwnd, uint32_t mss)
{
	if (w_max <= cwnd)
		return 0;

	return cube_root((uint64_t)(w_max - cwnd) * 2500000000u / mss);
}

/* RFC9438-2, MAY-18 */
uint32_t cubic_window(const struct cubic *cubic, uint64_t t_us, uint32_t mss)
{
	const uint64_t t_ms = t_us / USEC_PER_MSEC;
	const bool is_below = t_ms < cubic->k_ms;
	const uint64_t d_ms =
	        is_below ? cubic->k_ms - t_ms : t_ms - cubic->k_ms;
	const uint64_t d    = MIN(d_ms, CUBIC_MS_MAX);
	const uint64_t step = d * d * d / 1000000 * mss * 2 / 5000;

	if (is_below)
		return step < cubic->w_max ? cubic->w_max - (uint32_t)step : 0;

	return (uint32_t)MIN(cubic->w_max + step, CC_CWND_MAX);
}

/* ---- A stage of congestion avoidance ---- */

/* RFC 9438 4.2; 4.8 and 4.10 where there is no W_max: it is here, and K is 0. */
static void begin_stage(struct tcb *tcb)
{
	struct cubic *cubic = &tcb->cc.cubic;
	const uint32_t cwnd = tcb->cc.cwnd;

	if (cubic->cwnd_prior == 0)
		cubic->cwnd_prior = cwnd; /* HyStart++ ended slow start */
	cubic->w_max     = MAX(cubic->w_max, cwnd);
	cubic->k_ms      = cubic_k_ms(cubic->w_max, cwnd, tcb->snd.mss);
	cubic->w_est     = cwnd;
	cubic->t_us      = 0;
	cubic->clock_us  = MAX(tcb->tcp->env->now_us, 1);
	cubic->cwnd_rest = 0;
	cubic->est_rest  = 0;
}

static void advance_time(struct tcb *tcb)
{
	struct cubic *cubic = &tcb->cc.cubic;

	cubic->t_us += tcb->tcp->env->now_us - cubic->clock_us;
	cubic->clock_us = tcb->tcp->env->now_us;
}

/* RFC9438-6
 * RFC 9438 4.2 MUST: t does not include times at which cwnd was not used. */
static void pause(struct tcb *tcb)
{
	if (tcb->cc.cubic.clock_us > 0)
		tcb->cc.cubic.clock_us = MAX(tcb->tcp->env->now_us, 1);
}

/* RFC9438-3: Figure 4: what Reno would have by now. */
static void advance_w_est(struct tcb *tcb, uint32_t acked)
{
	struct cubic *cubic  = &tcb->cc.cubic;
	const uint32_t alpha = cubic->w_est < cubic->cwnd_prior ? 9 : 17;
	const uint64_t unit  = 17 * (uint64_t)tcb->cc.cwnd;
	const uint64_t sum =
	        (uint64_t)alpha * tcb->snd.mss * acked + cubic->est_rest;

	cubic->w_est    = (uint32_t)MIN(cubic->w_est + sum / unit, CC_CWND_MAX);
	cubic->est_rest = sum % unit;
}

/* 4.4 and 4.5, concave and convex: towards where the curve is in an RTT. */
static uint32_t grown(struct tcb *tcb, uint32_t acked)
{
	struct cubic *cubic   = &tcb->cc.cubic;
	const uint32_t cwnd   = tcb->cc.cwnd;
	const uint32_t limit  = cwnd + cwnd / 2;
	const uint64_t later  = cubic->t_us + tcb->rtt.srtt_us;
	const uint32_t curve  = cubic_window(cubic, later, tcb->snd.mss);
	const uint32_t target = MIN(MAX(curve, cwnd), limit);
	const uint64_t sum =
	        (uint64_t)(target - cwnd) * acked + cubic->cwnd_rest;

	cubic->cwnd_rest = (uint32_t)(sum % cwnd);

	return (uint32_t)MIN(cwnd + sum / cwnd, target);
}

static struct reason acked(struct tcb *tcb, const struct cc_ack *ack)
{
	struct tcp_cc *cc     = &tcb->cc;
	struct cubic *cubic   = &cc->cubic;
	const uint32_t octets = cc_slow_start(tcb, ack->acked);
	uint32_t window;

	if (cc_is_slow_start(tcb) || octets == 0)
		return BECAUSE(WHY_CC_SLOW_START);

	if (cubic->clock_us == 0)
		begin_stage(tcb);
	advance_time(tcb);
	advance_w_est(tcb, octets);
	window = cubic_window(cubic, cubic->t_us, tcb->snd.mss);
	if (window < cubic->w_est) {
		cc->cwnd = MAX(cc->cwnd, cubic->w_est);
		return BECAUSE(WHY_CC_RENO_FRIENDLY);
	}
	cc->cwnd = MIN(grown(tcb, octets), CC_CWND_MAX);

	return BECAUSE(WHY_CC_CUBIC);
}

/* ---- A congestion event ---- */

/* RFC9438-4
 * 4.6 and 4.7: W_max, lower still when the last one was not reached again. */
static uint32_t ssthresh(struct tcb *tcb, uint32_t flight)
{
	const uint32_t cwnd = tcb->cc.cwnd;
	struct cubic *cubic = &tcb->cc.cubic;

	tcb->cc.prior_cubic = *cubic;
	cubic->cwnd_prior   = cwnd;
	cubic->w_max        = cwnd < cubic->w_max
	                              ? (uint32_t)((uint64_t)cwnd * 17 / 20)
	                              : cwnd;
	cubic->clock_us     = 0;

	return MAX(beta_of(flight), 2 * tcb->snd.mss);
}

/* RFC9438-5: 4.8: the first stage afterwards has no W_max to return to. */
static void reset(struct tcb *tcb)
{
	tcb->cc.cubic.w_max    = 0;
	tcb->cc.cubic.clock_us = 0;
}

/* 4.9: unless cwnd has grown beyond it already */
static void undo(struct tcb *tcb)
{
	if (tcb->cc.cwnd >= tcb->cc.prior_cwnd)
		return;

	tcb->cc.cubic = tcb->cc.prior_cubic;
	pause(tcb);
}

const struct cc_ops cc_cubic = {
	.name     = "cubic",
	.acked    = acked,
	.ssthresh = ssthresh,
	.pause    = pause,
	.reset    = reset,
	.undo     = undo,
};
