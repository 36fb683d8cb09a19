/* SPDX-License-Identifier: MIT */
/*
 * tell.c - what a connection tells whoever observes
 *
 * Nothing here decides or changes anything, and without an observer nothing
 * here runs: every function is called where a decision has just fallen, and is
 * given the reason and the line of code together (struct reason). What only an
 * observer reads, where the decision behind each owed segment fell, is kept
 * here too, in a small table that forgets: then the line that sends stands in.
 */
#include "tcp/parts.h"

void tcp_vars(const struct tcb *tcb, struct tarn_vars *ret)
{
	*ret = (struct tarn_vars){
		.cwnd     = tcb->cc.cwnd,
		.ssthresh = tcb->cc.ssthresh,
		.flight   = snd_flight(tcb),
		.snd_wnd  = tcb->snd.wnd,
		.rcv_wnd  = tcb->rcv.edge - tcb->rcv.nxt,
		.srtt_us  = (uint32_t)tcb->rtt.srtt_us,
		.rto_us   = (uint32_t)rtt_rto(tcb),
		.snd_una  = tcb->snd.una,
		.snd_nxt  = tcb->snd.nxt,
		.rcv_nxt  = tcb->rcv.nxt,
	};
}

void tcp_note(const struct tcb *tcb, struct tarn_note *note)
{
	note->has_conn     = true;
	note->state_before = tcb->state;
	note->state        = tcb->state;
	note->conn         = tcb->number;
	note->iss          = tcb->iss;
	note->irs          = tcb->irs;
	tcp_vars(tcb, &note->now);
}

/* An event of this connection, as far as all of them are alike. */
static struct tarn_event make_event(const struct tcb *tcb,
                                    enum tarn_event_kind kind,
                                    struct reason reason)
{
	struct tarn_event event = {
		.kind = kind,
		.why  = reason.why,
		.src  = reason.src,
		.note = { .why = (uint16_t)reason.why, .src = reason.src },
	};

	tcp_note(tcb, &event.note);

	return event;
}

static void fill_ends(const struct conn_key *key, struct tarn_event *event)
{
	event->tcp.local = (struct tarn_addr){ key->local_ip, key->local_port };
	event->tcp.peer  = (struct tarn_addr){ key->peer_ip, key->peer_port };
}

/* ---- States ---- */

void tcp_tell_state(struct tcp *tcp, const struct conn_key *key,
                    const struct tarn_note *note, struct reason reason)
{
	struct tarn_event event = {
		.kind = TARN_EVENT_TCP_STATE,
		.why  = reason.why,
		.src  = reason.src,
		.note = *note,
	};

	event.note.why      = (uint16_t)reason.why;
	event.note.src      = reason.src;
	event.note.has_conn = true;
	fill_ends(key, &event);
	env_emit(tcp->env, &event);
}

/* ---- Decisions ---- */

/* Connections of the same poll, and their reasons, seldom meet in one slot. */
static struct tcp_decided *slot_of(struct tcp *tcp, uint32_t conn, enum why why)
{
	return &tcp->decided[(conn * 37 + why) % ARRAY_LEN(tcp->decided)];
}

void tcp_tell_decision(struct tcb *tcb, struct reason reason)
{
	struct tarn_event event;

	*slot_of(tcb->tcp, tcb->number, reason.why) =
	        (struct tcp_decided){ tcb->number, reason };
	if (reason.why == WHY_DATA)
		return; /* only asks output.c to look: that decides */

	event = make_event(tcb, TARN_EVENT_TCP_DECISION, reason);
	fill_ends(&tcb->conn.key, &event);
	env_emit(tcb->tcp->env, &event);
}

struct reason tcp_decided(const struct tcb *tcb, enum why why)
{
	const struct tcp_decided *slot = slot_of(tcb->tcp, tcb->number, why);

	if (env_is_observed(tcb->tcp->env) && slot->conn == tcb->number &&
	    slot->reason.why == why)
		return slot->reason;

	return (struct reason){ .why = why };
}

/* ---- Variables ---- */

void tcp_tell_cc(struct tcb *tcb, struct reason reason)
{
	struct tarn_event event = make_event(tcb, TARN_EVENT_TCP_CC, reason);

	event.note.has_before      = true;
	event.note.before          = event.note.now;
	event.note.before.cwnd     = tcb->cc.told_cwnd;
	event.note.before.ssthresh = tcb->cc.told_ssthresh;
	tcb->cc.told_cwnd          = tcb->cc.cwnd;
	tcb->cc.told_ssthresh      = tcb->cc.ssthresh;
	fill_ends(&tcb->conn.key, &event);
	env_emit(tcb->tcp->env, &event);
}

void tcp_tell_rtt(struct tcb *tcb, uint64_t sample_us,
                  const struct tarn_vars *before, struct reason reason)
{
	struct tarn_event event = make_event(tcb, TARN_EVENT_TCP_RTT, reason);

	fill_ends(&tcb->conn.key, &event);
	event.tcp.sample_us = sample_us;
	event.tcp.min_us    = tcb->rtt.min_us;
	event.tcp.var_us    = tcb->rtt.rttvar_us;
	if (before) {
		event.note.has_before = true;
		event.note.before     = *before;
	}
	env_emit(tcb->tcp->env, &event);
}

/* ---- Timers ---- */

void tcp_tell_timer(struct tcb *tcb, const struct tarn_event_timer *timer,
                    struct reason reason)
{
	struct tarn_event event = make_event(tcb, TARN_EVENT_TCP_TIMER, reason);

	event.timer = *timer;
	env_emit(tcb->tcp->env, &event);
}

/* ---- Buffers and the flight ---- */

static struct tarn_range relative(uint32_t start, uint32_t end, uint32_t from)
{
	return (struct tarn_range){ start - from, end - from };
}

void tcp_tell_buffers(struct tcb *tcb, struct reason reason)
{
	const struct ranges *after = tcb->rcv.holes_after;
	struct tarn_event event =
	        make_event(tcb, TARN_EVENT_TCP_BUFFERS, reason);
	struct tarn_event_buffers *told = &event.buffers;

	*told = (struct tarn_event_buffers){
		.snd_used = tcb->snd.ring.len,
		.snd_size = tcb->settings.sndbuf,
		.rcv_used = tcb->rcv.ring.len,
		.rcv_size = tcb->settings.rcvbuf,
		.count    = after ? after->count : 0,
	};
	for (unsigned i = 0; i < MIN(told->count, TARN_HOLES_MAX); i++)
		told->out_of_order[i] =
		        relative(tcb->rcv.nxt + after->at[i].start,
		                 tcb->rcv.nxt + after->at[i].end, tcb->irs);
	env_emit(tcb->tcp->env, &event);
}

/* One more range; touching ones are told as one. */
static void add_mark(struct tarn_range *mark, unsigned *count,
                     struct tarn_range range)
{
	if (*count > 0 && *count <= TARN_MARKS_MAX &&
	    mark[*count - 1].end == range.start) {
		mark[*count - 1].end = range.end;
		return;
	}
	if (*count < TARN_MARKS_MAX)
		mark[*count] = range;
	(*count)++;
}

void tcp_tell_scoreboard(struct tcb *tcb, struct reason reason)
{
	struct tarn_event event =
	        make_event(tcb, TARN_EVENT_TCP_SCOREBOARD, reason);
	struct tarn_event_scoreboard *told = &event.scoreboard;

	*told = (struct tarn_event_scoreboard){ 0 };
	for (uint32_t i = 0; i < tcb->sent.count; i++) {
		const struct sent_range *sent = sent_at(&tcb->sent, i);
		const struct tarn_range range =
		        relative(sent->start, sent->end, tcb->iss);

		if (sent->flags & SENT_SACKED)
			add_mark(told->sacked, &told->sacked_count, range);
		else if (sent->flags & SENT_AGAIN)
			add_mark(told->again, &told->again_count, range);
		else if (sent->flags & SENT_LOST)
			add_mark(told->lost, &told->lost_count, range);
	}
	env_emit(tcb->tcp->env, &event);
}
