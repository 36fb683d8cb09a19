/* SPDX-License-Identifier: MIT */
/*
 * timeouts.c - what happens when nothing happens (RFC 9293 section 3.10.8)
 *
 *	timer	     armed by		   moved by	cancelled by	    expiry
 *	REORDER	     overtaken (RACK)	    -		it arrived	    it is lost (RFC 8985)
 *	LOSS_PROBE   new text, new ACK	    the same	all acknowledged    ask for an ACK (RFC 8985)
 *	RETRANSMIT   first octet in flight  new ACK	all acknowledged    send again, RTO x2 (RFC 6298)
 *	PERSIST	     text, but no window    -		window opens	    probe, or send what fits
 *	DELAYED_ACK  text in order	    -		any segment sent    acknowledge
 *	FIN_WAIT_2   FIN of an orphan acked -		the peer's FIN	    forget it
 *	KEEPALIVE    SO_KEEPALIVE	   itself	SO_KEEPALIVE off    probe, or give up: keepalive.c
 *	CORK	     short text is held	    -		it leaves, uncork   push it out
 *	(SYN-ACK: half.c; 2MSL: timewait.c)
 *
 * A connection has one timer in the wheel, set no later than its earliest
 * deadline. Moving a deadline back, which every ACK does, only writes a number;
 * the wheel then fires early once, and sets itself anew.
 */
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <errno.h>

/* What observers are told: the name, and why it did something when it fires */
static const struct {
	const char *name;
	struct reason expiry;
} told[] = {
	[TCP_TIMER_REORDER]    = { "reordering", { WHY_RETRANSMIT_RACK, SRC } },
	[TCP_TIMER_LOSS_PROBE] = { "loss probe", { WHY_TAIL_LOSS_PROBE, SRC } },
	[TCP_TIMER_RETRANSMIT] = { "retransmission",
	                           { WHY_RETRANSMIT_TIMEOUT, SRC } },
	[TCP_TIMER_PERSIST]    = { "persist", { WHY_WINDOW_PROBE, SRC } },
	[TCP_TIMER_DELAYED_ACK] = { "delayed ACK", { WHY_ACK_DELAYED, SRC } },
	[TCP_TIMER_FIN_WAIT_2]  = { "FIN-WAIT-2",
	                            { WHY_TIMEOUT_FIN_WAIT_2, SRC } },
	[TCP_TIMER_KEEPALIVE]   = { "keep-alive", { WHY_KEEP_ALIVE, SRC } },
	[TCP_TIMER_CORK]        = { "cork", { WHY_TIMER_CORK_ENDS, SRC } },
};
static_assert(ARRAY_LEN(told) == TCP_TIMER_COUNT, "one name per timer");

const char *tcp_timer_name(enum tcp_timer which)
{
	return told[which].name;
}

static void emit(struct tcb *tcb, enum tcp_timer which, enum tarn_timer_act act,
                 struct reason reason)
{
	const struct tarn_event_timer timer = {
		.name        = told[which].name,
		.act         = act,
		.deadline_us = tcb->deadline_us[which],
	};

	if (env_is_observed(tcb->tcp->env))
		tcp_tell_timer(tcb, &timer, reason);
}

void tcp_timer_arm_at(struct tcb *tcb, enum tcp_timer which,
                      uint64_t deadline_us, struct reason reason)
{
	const bool was_armed = tcp_timer_is_armed(tcb, which);

	if (tcb->deadline_us[which] == deadline_us)
		return;

	tcb->deadline_us[which] = deadline_us;
	if (!timer_is_set(&tcb->timer) || deadline_us < tcb->timer.deadline_us)
		timer_set(&tcb->tcp->wheel, &tcb->timer, deadline_us);
	emit(tcb, which, was_armed ? TARN_TIMER_MOVED : TARN_TIMER_ARMED,
	     reason);
}

void tcp_timer_cancel_at(struct tcb *tcb, enum tcp_timer which,
                         struct reason reason)
{
	if (!tcp_timer_is_armed(tcb, which))
		return;

	emit(tcb, which, TARN_TIMER_CANCELLED, reason);
	tcb->deadline_us[which] = TARN_NEVER;
}

/* ---- What each timer does ---- */

static void retransmission_timeout(struct tcb *tcb)
{
	if (!give_up_or_try_again(tcb))
		return;

	if (tcb->rtt.backoff < UINT8_MAX &&
	    rule_holds(tcb->tcp->env, RULE_BACKOFF))
		/* MUST-19, RFC6298-5 */
		tcb->rtt.backoff++; /* RFC 6298 (5.5) */
	tcb->rtt.is_timing = false;
	loss_timer_restart(tcb);
	if (tcb->snd.syn_acked) {
		path_mtu_timeout(tcb);
		recovery_timeout(tcb);
		tcp_owe(tcb, WHY_RETRANSMIT_TIMEOUT);
	} else {
		tcb->retransmits++;
		tcp_owe(tcb, WHY_RETRANSMIT_SYN);
	}
	loss_timer_set(tcb);
}

/* RFC 8985 7.3: whatever becomes of the probe, RTO is the next to come. */
static void probe_timeout(struct tcb *tcb)
{
	tcp_owe(tcb, WHY_TAIL_LOSS_PROBE);
	tcb->loss.rto_from_us = tcb->tcp->env->now_us;
	loss_timer_set(tcb);
}

/* SHLD-17: what lies beyond the edge is probed for, and not given up */
/* The window is closed: ask. It is open but small: stop waiting for more. */
static void persist_timeout(struct tcb *tcb)
{
	tcb->ecn.waits = false;
	if (tcb->snd.wnd > 0) {
		tcb->snd.override = true;
		tcp_owe(tcb, WHY_SWS_OVERRIDE);
		return;
	}
	if (!give_up_or_try_again(tcb))
		return;

	if (tcb->snd.probes < 10)
		tcb->snd.probes++;
	tcp_owe(tcb, WHY_WINDOW_PROBE);
}

static void expire(struct tcb *tcb, enum tcp_timer which)
{
	if (which == TCP_TIMER_KEEPALIVE && keep_alive_postpone(tcb))
		return;

	emit(tcb, which, TARN_TIMER_FIRED, told[which].expiry);
	tcb->deadline_us[which] = TARN_NEVER;

	switch (which) {
	case TCP_TIMER_REORDER:
		recovery_reorder_timeout(tcb);
		break;
	case TCP_TIMER_LOSS_PROBE:
		probe_timeout(tcb);
		break;
	case TCP_TIMER_RETRANSMIT:
		retransmission_timeout(tcb);
		break;
	case TCP_TIMER_PERSIST:
		persist_timeout(tcb);
		break;
	case TCP_TIMER_DELAYED_ACK:
		tcp_owe(tcb, WHY_ACK_DELAYED);
		break;
	case TCP_TIMER_FIN_WAIT_2:
		tcb_end(tcb, 0, WHY_TIMEOUT_FIN_WAIT_2);
		break;
	case TCP_TIMER_KEEPALIVE:
		keep_alive_timeout(tcb);
		break;
	case TCP_TIMER_CORK:
		tcp_push(tcb);
		break;
	case TCP_TIMER_COUNT:
		break;
	}
}

void tcb_timeouts(struct tcb *tcb)
{
	uint64_t next_us = TARN_NEVER;

	for (unsigned i = 0; i < TCP_TIMER_COUNT; i++) {
		if (tcb->deadline_us[i] <= tcb->tcp->env->now_us)
			expire(tcb, i);
		if (tcb->state == TCPS_CLOSED)
			return;
	}
	for (unsigned i = 0; i < TCP_TIMER_COUNT; i++)
		next_us = MIN(next_us, tcb->deadline_us[i]);
	if (next_us != TARN_NEVER)
		timer_set(&tcb->tcp->wheel, &tcb->timer, next_us);
	rest_look(tcb);
	tcb_verify(tcb);
}

void tcp_timeouts(struct tcp *tcp)
{
	struct timer *timer;

	wheel_advance(&tcp->wheel, tcp->env->now_us);
	while ((timer = wheel_take(&tcp->wheel)))
		tcb_timeouts(CONTAINER_OF(timer, struct tcb, timer));
	half_timeouts(tcp);
	rest_timeouts(tcp);
	wait_timeouts(tcp);
}
