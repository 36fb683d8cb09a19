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

void tcp_set_state_at(struct tcb *tcb, enum tcp_state to, struct reason reason)
{
	const uint8_t from    = tcb->state;
	struct tarn_note note = { 0 };

	CHECK(tcp_arrow_exists(from, to));
	tcb->state = (uint8_t)to;

	if (!env_is_observed(tcb->tcp->env))
		return;

	tcp_note(tcb, &note);
	note.state_before = from;
	tcp_tell_state(tcb->tcp, &tcb->conn.key, &note, reason);
}
