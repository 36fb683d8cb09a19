/* SPDX-License-Identifier: MIT */
/*
 * autotune.c - buffers that grow with the path (no RFC; "dynamic right-sizing")
 *
 * A window of W octets moves at most W octets a round trip. 128 KiB fill a
 * path of 100 Mbit/s and 10 ms, and a tenth of one with 100 ms; nobody knows
 * beforehand which it will be, and large buffers for everybody are no answer.
 * So each end watches itself and grows what is about to become the limit:
 *
 *	receiver	counts what the application took in one round trip.
 *			More than in any round before: the buffer becomes twice
 *			that (a sender in slow start doubles each round), and
 *			more by the ratio in which it grew.
 *	sender		keeps what is in flight and as much again, for it must
 *			have the next window at hand: 2 * cwnd.
 *
 * The receiver's round trip is not the sender's: who only receives never gets
 * an acknowledgment to time. With timestamps, the peer echoes ours on its data.
 * Without, a round ends when text arrives from beyond the window that was
 * offered at its beginning, which can only be late, so the smallest one counts.
 *
 *	|<------- RCV.WND ------->|
 *	RCV.NXT at the beginning  round_seq
 *
 * A larger buffer is a larger window, a promise: no memory is taken before the
 * octets come (base/ring.h). What was offered is never taken back, so buffers
 * only grow, and not while the stack's memory is tight. SO_RCVBUF and SO_SNDBUF
 * are the user's word, after which that buffer stays as it is.
 */
#include "tcp/parts.h"

static bool may_grow(const struct tcb *tcb)
{
	const struct env *env = tcb->tcp->env;

	return !env->config.no_autotune && !memory_is_tight(&env->memory);
}

/* ---- The receiver's round trip ---- */

/* An estimate as of RFC 6298's SRTT; @is_exact: no later than it happened. */
static void round_trip(struct tcb *tcb, uint64_t sample_us, bool is_exact)
{
	uint64_t *rtt_us = &tcb->tune.rtt_us;

	sample_us = MAX(sample_us, 1);
	if (*rtt_us == 0)
		*rtt_us = sample_us;
	else if (is_exact)
		*rtt_us = MAX((7 * *rtt_us + sample_us) / 8, 1);
	else
		*rtt_us = MIN(*rtt_us, sample_us);
}

/* The echo tells when we sent what the peer answers; each counts once, and only
 * on full segments, because a short one may have waited for its application. */
static void measure_by_timestamp(struct tcb *tcb, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	uint32_t echo_ms;

	if (!opt->has_timestamps || opt->tsecr == 0 ||
	    opt->tsecr == tcb->tune.echo || seg->text_len < tcb->rcv.seg_max)
		return;

	tcb->tune.echo = opt->tsecr;
	echo_ms        = tcp_ts_now(tcb->tcp, tcb->ts_offset) - opt->tsecr;
	if (echo_ms < SEQ_HALF)
		round_trip(tcb, MAX(echo_ms, 1) * USEC_PER_MSEC, true);
}

static void measure_by_window(struct tcb *tcb)
{
	struct tcp_autotune *tune = &tcb->tune;
	const uint64_t now_us     = tcb->tcp->env->now_us;

	if (tune->round_us == 0) {
		tune->round_seq = tcb->rcv.edge;
		tune->round_us  = now_us;
	}
	if (!seq_geq(tcb->rcv.nxt, tune->round_seq))
		return;

	round_trip(tcb, now_us - tune->round_us, false);
	tune->round_seq = tcb->rcv.edge;
	tune->round_us  = now_us;
}

void autotune_text(struct tcb *tcb, const struct tcp_seg *seg)
{
	if (tcb->has_timestamps)
		measure_by_timestamp(tcb, seg);
	else
		measure_by_window(tcb);
}

/* ---- The receive buffer ---- */

/* What the next rounds may bring, if this one brought @copied octets. */
static uint64_t receive_target(const struct tcb *tcb, uint32_t copied)
{
	const uint64_t before = tcb->tune.space;
	const uint64_t twice =
	        2 * (uint64_t)copied + 16 * (uint64_t)tcb->rcv.mss;

	return twice + 2 * twice * (copied - before) / before;
}

/* Windows beyond what the field can say would be of no use. */
static uint32_t receive_limit(const struct tcb *tcb)
{
	return MIN(tcb->tcp->env->config.rcvbuf_max,
	           (uint32_t)UINT16_MAX << tcb->rcv.wscale);
}

static void grow_receive(struct tcb *tcb, uint32_t copied)
{
	struct tcp_settings *settings = &tcb->settings;
	const uint64_t target =
	        MIN(receive_target(tcb, copied), receive_limit(tcb));

	if (settings->is_rcvbuf_fixed || !may_grow(tcb))
		return;
	if (target <= settings->rcvbuf)
		return;
	settings->rcvbuf = (uint32_t)target;
	tcp_emit_buffers(tcb, WHY_BUFFER_GROWS);
}

void autotune_copied(struct tcb *tcb, uint32_t len)
{
	struct tcp_autotune *tune = &tcb->tune;
	const uint64_t now_us     = tcb->tcp->env->now_us;

	if (tune->space == 0)
		tune->space = cc_initial_window(tcb);
	tune->copied += MIN(len, UINT32_MAX - tune->copied);
	if (tune->rtt_us == 0 || now_us - tune->copied_us < tune->rtt_us)
		return;

	if (tune->copied > tune->space) {
		grow_receive(tcb, tune->copied);
		tune->space = tune->copied;
	}
	tune->copied    = 0;
	tune->copied_us = now_us;
}

/* ---- The send buffer ---- */

void autotune_acked(struct tcb *tcb)
{
	struct tcp_settings *settings = &tcb->settings;
	const uint64_t target         = MIN(2 * (uint64_t)tcb->cc.cwnd,
	                                    tcb->tcp->env->config.sndbuf_max);

	if (target <= settings->sndbuf || settings->is_sndbuf_fixed)
		return;
	if (!may_grow(tcb))
		return;
	settings->sndbuf = (uint32_t)target;
	tcp_emit_buffers(tcb, WHY_BUFFER_GROWS);
}
