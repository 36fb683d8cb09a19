/* SPDX-License-Identifier: MIT */
/*
 * state.c - the connection state diagram (RFC 9293 section 3.3.2, figure 5)
 *
 * The table below is the figure. tcp_set_state() is the only way along an
 * arrow: it checks that the arrow exists and tells the observer who went where
 * and why. An arrow that does not exist is a programmer's error.
 */
#include "tcp/parts.h"

/* clang-format off */
static const uint16_t arrows[] = {
	[TCPS_CLOSED]	    = IN(LISTEN) | IN(SYN_SENT) | IN(SYN_RECEIVED),
	[TCPS_LISTEN]	    = IN(SYN_SENT) | IN(SYN_RECEIVED) | IN(CLOSED),
	[TCPS_SYN_SENT]	    = IN(SYN_RECEIVED) | IN(ESTABLISHED) | IN(CLOSED),
	[TCPS_SYN_RECEIVED] = IN(ESTABLISHED) | IN(FIN_WAIT_1) | IN(LISTEN) |
			      IN(CLOSED),
	[TCPS_ESTABLISHED]  = IN(FIN_WAIT_1) | IN(CLOSE_WAIT) | IN(CLOSED),
	[TCPS_FIN_WAIT_1]   = IN(FIN_WAIT_2) | IN(CLOSING) | IN(TIME_WAIT) |
			      IN(CLOSED),
	[TCPS_FIN_WAIT_2]   = IN(TIME_WAIT) | IN(CLOSED),
	[TCPS_CLOSE_WAIT]   = IN(LAST_ACK) | IN(CLOSED),
	[TCPS_CLOSING]	    = IN(TIME_WAIT) | IN(CLOSED),
	[TCPS_LAST_ACK]	    = IN(CLOSED),
	[TCPS_TIME_WAIT]    = IN(CLOSED),
};
/* clang-format on */
static_assert(ARRAY_LEN(arrows) == TCPS_COUNT, "one row per state");

bool tcp_arrow_exists(enum tcp_state from, enum tcp_state to)
{
	return (arrows[from] >> to) & 1;
}

void tcp_note(const struct tcb *tcb, struct tarn_note *ret)
{
	*ret = (struct tarn_note){
		.why          = ret->why,
		.has_conn     = true,
		.state_before = tcb->state,
		.state        = tcb->state,
		.step         = ret->step,
		.conn         = tcb->number,
		.cwnd         = tcb->cc.cwnd,
		.ssthresh     = tcb->cc.ssthresh,
		.flight       = snd_flight(tcb),
		.snd_wnd      = tcb->snd.wnd,
		.rcv_wnd      = tcb->rcv.edge - tcb->rcv.nxt,
		.srtt_us      = (uint32_t)tcb->rtt.srtt_us,
		.rto_us       = (uint32_t)rtt_rto(tcb),
		.snd_una      = tcb->snd.una,
		.snd_nxt      = tcb->snd.nxt,
		.rcv_nxt      = tcb->rcv.nxt,
		.iss          = tcb->iss,
		.irs          = tcb->irs,
	};
}

static void fill_addresses(const struct conn_key *key,
                           struct tarn_event_tcp *ret)
{
	ret->local = (struct tarn_addr){ key->local_ip, key->local_port };
	ret->peer  = (struct tarn_addr){ key->peer_ip, key->peer_port };
}

void tcp_emit_state(struct tcp *tcp, const struct conn_key *key,
                    struct tarn_note *note, enum why why)
{
	struct tarn_event event = { .kind = TARN_EVENT_TCP_STATE, .why = why };

	if (!env_is_observed(tcp->env))
		return;

	note->why      = (uint16_t)why;
	note->has_conn = true;
	event.note     = *note;
	fill_addresses(key, &event.tcp);
	env_emit(tcp->env, &event);
}

void tcp_set_state(struct tcb *tcb, enum tcp_state to, enum why why)
{
	const uint8_t from    = tcb->state;
	struct tarn_note note = { 0 };

	CHECK(tcp_arrow_exists(from, to));
	tcb->state = (uint8_t)to;

	if (!env_is_observed(tcb->tcp->env))
		return;

	tcp_note(tcb, &note);
	note.state_before = from;
	tcp_emit_state(tcb->tcp, &tcb->conn.key, &note, why);
}

void tcp_emit_cc(struct tcb *tcb, enum why why)
{
	struct tarn_event event = { .kind = TARN_EVENT_TCP_CC, .why = why };

	if (!env_is_observed(tcb->tcp->env))
		return;

	tcp_note(tcb, &event.note);
	fill_addresses(&tcb->conn.key, &event.tcp);
	env_emit(tcb->tcp->env, &event);
}
