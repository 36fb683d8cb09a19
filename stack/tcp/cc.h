/* SPDX-License-Identifier: MIT */
/*
 * cc.h - congestion control: its variables, and what its files do
 *
 *	cc.c		 what all algorithms share; which one is in force
 *	cc_cubic.c	 CUBIC (RFC 9438)	cc_reno.c  Reno (RFC 5681)
 *	hystart.c	 HyStart++: the end of slow start (RFC 9406)
 *	cc_validation.c	 a window counts only when it was used
 *
 * For files in tcp/ (and tests) only; tcb.h includes it.
 */
#ifndef TCP_CC_H
#define TCP_CC_H

#include "base/why.h"
#include <stdbool.h>
#include <stdint.h>

struct tcb;

/** struct cc_round - how much of cwnd is used (cc_validation.c, RFC 7661) */
struct cc_round {
	uint32_t end;        /* the round is over when this is acknowledged */
	uint32_t flight_max; /* octets: the most that was out in this round */
	bool is_limited;     /* the flight reached cwnd in this round */
	uint32_t used;       /* octets: the most out since checked_us */
	uint64_t checked_us; /* cwnd was full or was cut to size; 0: never */
};

/** struct hystart - the end of the first slow start (RFC 9406 4.2) */
struct hystart {
	uint32_t last_min_us, current_min_us; /* {last,current}RoundMinRTT */
	uint32_t css_baseline_us;             /* in CSS; all: 0 is infinity */
	uint8_t samples;                      /* rttSampleCount */
	uint8_t css_rounds;                   /* rounds of CSS that are over */
};

/** struct cubic - RFC 9438 section 4.1.2; windows in octets */
struct cubic {
	uint32_t w_max, cwnd_prior, w_est;
	uint32_t cwnd_rest; /* growth below an octet, not yet paid */
	uint64_t est_rest;
	uint32_t k_ms;
	uint64_t t_us;     /* of this stage, without what does not count */
	uint64_t clock_us; /* until when t_us counts; 0: no stage has begun */
};

/** struct tcp_cc - congestion control: the variables of RFC 5681 */
struct tcp_cc {
	const struct cc_ops *ops;
	uint32_t cwnd, ssthresh; /* octets */
	uint32_t counted;        /* octets acknowledged since cwnd last grew */
	uint32_t prior_cwnd, prior_ssthresh; /* for cc_undo(); cwnd 0: none */
	uint32_t told_cwnd, told_ssthresh;   /* to whoever observes */
	struct cc_round round;
	struct hystart hystart;
	struct cubic cubic, prior_cubic;
};

#define CC_SSTHRESH_NONE UINT32_MAX /* "arbitrarily high": no loss so far */
#define CC_CWND_MAX      (UINT32_MAX / 2)

/** struct cc_ack - what an acknowledgment tells congestion control */
struct cc_ack {
	uint32_t acked;  /* octets of text that SND.UNA moved over */
	uint32_t flight; /* octets that were out before */
	uint64_t rtt_us; /* the round trip that it measured; 0: none */
};

/** struct cc_ops - all that an algorithm decides */
struct cc_ops {
	const char *name;
	/** Grow: outside of recovery, and cwnd was what limited us
	 * Return: how, for observers */
	struct reason (*acked)(struct tcb *tcb, const struct cc_ack *ack);
	/** Return: the new ssthresh, when @flight octets were out at a loss
	 * or at an ECN mark; may remember what the window was */
	uint32_t (*ssthresh)(struct tcb *tcb, uint32_t flight);
	/** Time up to now does not count: cwnd was not used; or NULL */
	void (*pause)(struct tcb *tcb);
	/** RTO, or idle for long: what was learnt of the path is stale; or NULL */
	void (*reset)(struct tcb *tcb);
	/** It was no loss: back to before the last ssthresh(); or NULL */
	void (*undo)(struct tcb *tcb);
};
extern const struct cc_ops cc_reno, cc_cubic;

/** cubic_k_ms() - K of RFC 9438 figure 2; windows and @mss in octets */
uint32_t cubic_k_ms(uint32_t w_max, uint32_t cwnd, uint32_t mss);
/** cubic_window() - W_cubic(t) of figure 1, octets; within 2 + mss/2500 */
uint32_t cubic_window(const struct cubic *cubic, uint64_t t_us, uint32_t mss);

/** cc_find() - The algorithm of this name (NULL: the default), or NULL */
const struct cc_ops *cc_find(const char *name);
/** cc_init() - IW and an ssthresh as high as can be */
void cc_init(struct tcb *tcb);
/** cc_switch() - Another algorithm from now on; cwnd and ssthresh stay */
void cc_switch(struct tcb *tcb, const struct cc_ops *ops);
/** cc_acked() - Grow, if cwnd was what limited us */
void cc_acked(struct tcb *tcb, const struct cc_ack *ack);
/** cc_slow_start() - What Reno and CUBIC have in common: grow up to ssthresh
 * Return: octets of @acked that are left for congestion avoidance */
uint32_t cc_slow_start(struct tcb *tcb, uint32_t acked);
/** cc_is_slow_start() - Is cwnd below ssthresh? */
bool cc_is_slow_start(const struct tcb *tcb);
/** cc_reduce() - A loss or a mark with @flight octets out: remember cwnd and
 * ssthresh for cc_undo() and set ssthresh. cwnd is the caller's: recovery has
 * its own way down (PRR), RTO goes to one segment */
void cc_reduce(struct tcb *tcb, uint32_t flight);
/** cc_undo() - The reduction was a mistake: take it back */
void cc_undo(struct tcb *tcb);
/** cc_timeout() - RTO: cwnd becomes one segment; after cc_reduce() */
void cc_timeout(struct tcb *tcb);
/** cc_set_cwnd() - From outside the algorithm; tells observers if it changed */
#define cc_set_cwnd(tcb, cwnd, why) cc_set_cwnd_at((tcb), (cwnd), BECAUSE(why))
void cc_set_cwnd_at(struct tcb *tcb, uint32_t cwnd, struct reason reason);
uint32_t cc_initial_window(const struct tcb *tcb);

/* ---- cc_validation.c: a window counts only when it was used ---- */

/** cc_used() - An acknowledgment shows how much of cwnd was out
 * @is_new_round: what was in flight at its last call is acknowledged now
 * Return: cwnd was the limit in this round, so it may grow */
bool cc_used(struct tcb *tcb, uint32_t flight, bool is_new_round);
/** cc_restart_if_idle() - Text is about to be sent: RFC 5681 4.1 */
void cc_restart_if_idle(struct tcb *tcb);

/* ---- hystart.c ---- */

/** hystart_acked() - In the first slow start: is the delay growing? */
void hystart_acked(struct tcb *tcb, uint64_t rtt_us, bool is_new_round);
/** hystart_growth() - What slow start may make of @acked octets */
uint32_t hystart_growth(const struct tcb *tcb, uint32_t acked);

#endif
