/* SPDX-License-Identifier: MIT */
/*
 * timewait.c - TIME-WAIT: what remains of a connection for 2MSL
 *
 * Two reasons to wait (RFC 9293 section 3.6): the last ACK may be lost, then
 * the peer's FIN comes again and wants an answer; and old segments may still be
 * on their way and must not fall into a new connection with the same 4-tuple.
 *
 * It needs no buffers, so it is a small record. All wait equally long, so a
 * list in order of entry is a list in order of expiry. A new SYN that is
 * provably newer takes the place at once (RFC 6191), record, number space and
 * all, even when the SYN queue is full: its sender has shown where it lives. A
 * RST does not end it (RFC 1337, fix F1), unless config.rst_ends_time_wait says
 * so, as Linux does by default.
 *
 * What arrives is judged as on any connection (RFC 7323 5.3, RFC 5961 5.2):
 * only a FIN with the right numbers and no old timestamp restarts 2MSL.
 */
#include "tcp/parts.h"

static void fill_note(const struct conn_wait *wait, struct tarn_note *ret)
{
	ret->has_conn     = true;
	ret->now          = (struct tarn_vars){ 0 };
	ret->conn         = wait->number;
	ret->state        = TCPS_TIME_WAIT;
	ret->state_before = TCPS_TIME_WAIT;
	ret->now.snd_una  = wait->snd_nxt;
	ret->now.snd_nxt  = wait->snd_nxt;
	ret->now.rcv_nxt  = wait->rcv_nxt;
	ret->iss          = wait->iss;
	ret->irs          = wait->irs;
}

static void tell_timer(const struct conn_wait *wait, enum tarn_timer_act act,
                       struct reason reason)
{
	struct tarn_event event = {
		.kind  = TARN_EVENT_TCP_TIMER,
		.why   = reason.why,
		.src   = reason.src,
		.timer = { "2MSL", act, wait->deadline_us },
	};

	if (!env_is_observed(wait->tcp->env))
		return;

	fill_note(wait, &event.note);
	env_emit(wait->tcp->env, &event);
}

static void emit_end(const struct conn_wait *wait, struct reason reason)
{
	struct tarn_note note = { 0 };

	if (!env_is_observed(wait->tcp->env))
		return;

	tell_timer(wait,
	           reason.why == WHY_TIMEOUT_2MSL ? TARN_TIMER_FIRED
	                                          : TARN_TIMER_CANCELLED,
	           reason);
	fill_note(wait, &note);
	note.state = TCPS_CLOSED;
	tcp_tell_state(wait->tcp, &wait->conn.key, &note, reason);
}

/* (Re)start 2MSL: the newest expires last. */
static void restart(struct conn_wait *wait)
{
	const bool is_moved = list_is_linked(&wait->node);
	struct tcp *tcp     = wait->tcp;
	uint64_t wait_us    = 2 * tcp->env->config.msl_us;

	if (!rule_holds(tcp->env, RULE_TIME_WAIT))
		wait_us = 0;
	wait->deadline_us = tcp->env->now_us + wait_us;
	list_remove(&wait->node);
	list_append(&tcp->waits, &wait->node);
	tell_timer(wait, is_moved ? TARN_TIMER_MOVED : TARN_TIMER_ARMED,
	           BECAUSE(WHY_TIMER_2MSL));
}

void wait_free(struct conn_wait *wait)
{
	struct tcp *tcp = wait->tcp;

	list_remove(&wait->node);
	conn_remove(tcp, &wait->conn);
	tcp->usage.time_wait--;
	memory_give(&tcp->env->memory, wait, sizeof(*wait));
}

void wait_timeouts(struct tcp *tcp)
{
	struct list *node;

	while ((node = list_first(&tcp->waits))) {
		struct conn_wait *wait =
		        CONTAINER_OF(node, struct conn_wait, node);

		if (wait->deadline_us > tcp->env->now_us)
			return;
		emit_end(wait, BECAUSE(WHY_TIMEOUT_2MSL));
		wait_free(wait);
	}
}

/* ---- Entering ---- */

static void evict_oldest(struct tcp *tcp)
{
	struct list *node = list_first(&tcp->waits);
	struct conn_wait *wait;

	if (!node)
		return;

	wait = CONTAINER_OF(node, struct conn_wait, node);
	env_drop(tcp->env, DROP_TCP_TIME_WAIT_FULL);
	emit_end(wait, BECAUSE(WHY_EVICTED));
	wait_free(wait);
}

static struct conn_wait *wait_create(struct tcp *tcp)
{
	struct conn_wait *wait;

	if (tcp->usage.time_wait >= TCP_TIME_WAIT_MAX)
		evict_oldest(tcp);

	wait = memory_take(&tcp->env->memory, sizeof(*wait));
	if (!wait) {
		evict_oldest(tcp);
		wait = memory_take(&tcp->env->memory, sizeof(*wait));
	}

	return wait;
}

static void inherit(struct conn_wait *wait, struct tcb *tcb)
{
	wait->tcp            = tcb->tcp;
	wait->conn.kind      = CONN_WAIT;
	wait->number         = tcb->number;
	wait->snd_nxt        = tcb->snd.nxt;
	wait->rcv_nxt        = tcb->rcv.nxt;
	wait->rcv_wnd_field  = tcp_window_field(tcb, false);
	wait->max_wnd        = tcb->snd.max_wnd;
	wait->iss            = tcb->iss;
	wait->irs            = tcb->irs;
	wait->ts_recent      = tcb->ts_recent;
	wait->ts_offset      = tcb->ts_offset;
	wait->has_timestamps = tcb->has_timestamps;
	list_init(&wait->node);
}

/* MUST-13 */
void wait_enter_at(struct tcb *tcb, struct reason reason)
{
	struct tcp *tcp        = tcb->tcp;
	struct conn_wait *wait = wait_create(tcp);

	tcp_set_state_at(tcb, TCPS_TIME_WAIT, reason);
	for (unsigned i = 0; i < TCP_TIMER_COUNT; i++)
		tcp_timer_cancel_at(tcb, i, reason);
	timer_cancel(&tcp->wheel, &tcb->timer);

	if (!wait) {
		/* No memory even for this: the peer's FIN would meet a RST. */
		env_drop(tcp->env, DROP_TCP_TIME_WAIT_FULL);
		conn_remove(tcp, &tcb->conn);
	} else {
		inherit(wait, tcb);
		conn_replace(tcp, &tcb->conn, &wait->conn);
		tcp->usage.time_wait++;
		restart(wait);
	}
	/* What @tcb owes is still sent, by the output of this very poll. */
	tcp_mark_ready(tcp, &tcb->ready);
	tcb_release_if_done(tcb);
}

/* ---- SEGMENT ARRIVES in TIME-WAIT ---- */

static void send_ack(struct conn_wait *wait, struct reason reason)
{
	struct tcp_answer answer = {
		.key         = wait->conn.key,
		.hdr.seq     = wait->snd_nxt,
		.hdr.ack     = wait->rcv_nxt,
		.hdr.ack_bit = true,
		.hdr.window  = (uint16_t)wait->rcv_wnd_field,
		.note.why    = (uint16_t)reason.why,
		.note.src    = reason.src,
	};

	if (wait->has_timestamps) {
		answer.hdr.opt.has_timestamps = true;
		answer.hdr.opt.tsecr          = wait->ts_recent;
		answer.hdr.opt.tsval = tcp_ts_now(wait->tcp, wait->ts_offset);
	}
	fill_note(wait, &answer.note);
	segment_answer(wait->tcp, &answer);
}

/* Empty segments out of place are answered rarely, or two ends could go on. */
static void answer_stray(struct conn_wait *wait)
{
	const uint64_t now_us = wait->tcp->env->now_us;

	if (now_us < wait->stray_us)
		return;

	wait->stray_us = now_us + TCP_CHALLENGE_INTERVAL_US;
	send_ack(wait, BECAUSE(WHY_TIME_WAIT_ACK));
}

/* RFC6191-1, SHLD-4, MAY-2
 * RFC 6191 section 2: is this SYN from after the old connection? */
static bool is_newer(const struct conn_wait *wait, const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	const bool has_now =
	        opt->has_timestamps && !wait->tcp->env->config.no_timestamps;

	if (has_now && !wait->has_timestamps)
		return true;
	if (has_now && opt->tsval != wait->ts_recent)
		return seq_gt(opt->tsval, wait->ts_recent);

	return seq_geq(seg->seq, wait->rcv_nxt); /* beyond the old FIN */
}

static enum drop syn_arrives(struct conn_wait *wait, struct tcp_seg *seg)
{
	struct tcp *tcp               = wait->tcp;
	struct tcp_listener *listener = listener_find(tcp, &seg->key);
	uint32_t iss                  = tcp_isn(tcp, &seg->key);

	if (seg->has_ack || seg->fin || !listener || !is_newer(wait, seg)) {
		answer_stray(wait); /* RFC 5961 4.2 */
		return env_verdict(wait->tcp->env, DROP_TCP_TIME_WAIT_SYN);
	}

	/* Our numbers too must lie beyond everything that we ever sent. */
	if (!seq_gt(iss, wait->snd_nxt))
		iss = wait->snd_nxt + TCP_SNDBUF_DEFAULT;
	emit_end(wait, BECAUSE(WHY_TIME_WAIT_REUSED));
	wait_free(wait);

	return half_create(listener, seg, iss);
}

/* RFC1337-1
 * As Linux: an exact RST ends it (RFC 5961 3.2). By default none does. */
static enum drop rst_arrives(struct conn_wait *wait, const struct tcp_seg *seg)
{
	struct env *env = wait->tcp->env;

	if (!env->config.rst_ends_time_wait || seg->seq != wait->rcv_nxt)
		return env_verdict(env,
		                   DROP_TCP_TIME_WAIT_RST); /* RFC 1337 3, F1 */

	emit_end(wait, BECAUSE(WHY_GOT_RST));
	wait_free(wait);

	return env_verdict(env, DROP_TCP_RST);
}

/* RFC 7323 5.3 R1 and RFC 5961 5.2: can the peer have sent this? */
static enum drop check_origin(const struct conn_wait *wait,
                              const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;
	const uint32_t oldest         = wait->snd_nxt - wait->max_wnd;

	if (wait->has_timestamps && !opt->has_timestamps)
		return env_verdict(wait->tcp->env, DROP_TCP_NO_TIMESTAMP);
	if (wait->has_timestamps && seq_lt(opt->tsval, wait->ts_recent))
		return env_verdict(wait->tcp->env, DROP_TCP_PAWS);
	if (!seg->has_ack)
		return env_verdict(wait->tcp->env, DROP_TCP_NO_ACK);
	if (!seq_in(seg->ack, oldest, wait->max_wnd + 1))
		return env_verdict(wait->tcp->env, DROP_TCP_TIME_WAIT_ACK);

	return DROP_NONE;
}

enum drop tcp_time_wait(struct conn_wait *wait, struct tcp_seg *seg)
{
	const uint32_t end = seg->seq + seg->text_len + seg->fin;
	enum drop drop;

	fill_note(wait, &wait->tcp->env->rx_note);
	if (seg->rst)
		return rst_arrives(wait, seg);
	if (seg->syn)
		return syn_arrives(wait, seg);
	drop = check_origin(wait, seg);
	if (drop == DROP_TCP_PAWS || drop == DROP_TCP_TIME_WAIT_ACK)
		answer_stray(wait);
	if (drop != DROP_NONE)
		return drop;

	/* LECTURE: our last ACK was lost, so the FIN comes again */
	if (seg->fin && end == wait->rcv_nxt &&
	    rule_holds(wait->tcp->env, RULE_TIME_WAIT_ACK)) {
		send_ack(wait, BECAUSE(WHY_TIME_WAIT_ACK));
		restart(wait);
		return env_verdict(wait->tcp->env, DROP_TCP_TIME_WAIT);
	}
	if (end == wait->rcv_nxt && seg->text_len == 0) {
		/* An empty segment in its place. */
		env_note_effect(wait->tcp->env, WHY_NOTHING_NEW);
		return DROP_NONE;
	}

	answer_stray(wait);

	return env_verdict(wait->tcp->env, DROP_TCP_TIME_WAIT);
}
