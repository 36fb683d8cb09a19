/* SPDX-License-Identifier: MIT */
/*
 * half.c - SYN-RECEIVED of a passive open: the SYN queue
 *
 * A SYN costs its sender nothing, so it gets a small record without buffers.
 * The record answers with SYN,ACK and repeats that; the ACK of our SYN turns
 * it into a struct tcb (establish.c), which takes that ACK through the eight
 * checks as any other connection does. Text on the SYN is not kept: it is not
 * acknowledged, so the peer sends it again (but see fastopen.c).
 *
 * cookie.c and fastopen.c begin with the same record, on the C stack and in no
 * queue: the one forgets it once the SYN,ACK has left, the other makes a
 * connection of it at once.
 */
#include "tcp/parts.h"

static void fill_note(const struct conn_half *half, struct tarn_note *ret)
{
	ret->has_conn     = true;
	ret->now          = (struct tarn_vars){ 0 };
	ret->conn         = half->number;
	ret->state        = TCPS_SYN_RECEIVED;
	ret->state_before = TCPS_SYN_RECEIVED;
	ret->now.snd_una  = half->iss;
	ret->now.snd_nxt  = half->iss + 1;
	ret->now.rcv_nxt  = half->irs + 1;
	ret->now.rcv_wnd  = half->wnd;
	ret->iss          = half->iss;
	ret->irs          = half->irs;
}

static void emit_state(const struct conn_half *half, enum tcp_state from,
                       enum tcp_state to, struct reason reason)
{
	struct tcp *tcp       = half->listener->tcp;
	struct tarn_note note = { 0 };

	if (!env_is_observed(tcp->env))
		return;

	fill_note(half, &note);
	note.state_before = (uint8_t)from;
	note.state        = (uint8_t)to;
	tcp_tell_state(tcp, &half->conn.key, &note, reason);
}

static void tell_queue(struct tcp_listener *listener, struct reason reason)
{
	const struct tarn_event_queue queue = {
		.name  = "SYN",
		.count = listener->half_count,
		.limit = listener->tcp->env->config.syn_queue_max,
		.who   = { listener->key.ip, listener->key.port },
	};

	if (env_is_observed(listener->tcp->env))
		env_emit_queue_at(listener->tcp->env, &queue, reason);
}

static void tell_timer(const struct conn_half *half, enum tarn_timer_act act,
                       struct reason reason)
{
	struct env *env         = half->listener->tcp->env;
	struct tarn_event event = {
		.kind  = TARN_EVENT_TCP_TIMER,
		.why   = reason.why,
		.src   = reason.src,
		.timer = { "SYN,ACK", act, half->timer.deadline_us },
	};

	fill_note(half, &event.note);
	env_emit(env, &event);
}

/* What every segment of a half-open connection has. */
static struct tcp_answer make_answer(const struct conn_half *half,
                                     struct reason reason)
{
	const struct tcp *tcp    = half->listener->tcp;
	struct tcp_answer answer = {
		.key         = half->conn.key,
		.hdr.seq     = half->iss + 1,
		.hdr.ack     = half->irs + 1,
		.hdr.ack_bit = true,
		.hdr.window  = half->wnd,
		.note.why    = (uint16_t)reason.why,
		.note.src    = reason.src,
		.ttl         = half->listener->settings.ttl,
		.tos         = half->listener->settings.tos,
	};

	if (half->has_timestamps) {
		answer.hdr.opt.has_timestamps = true;
		answer.hdr.opt.tsecr          = half->ts_recent;
		answer.hdr.opt.tsval =
		        tcp_ts_now(tcp, tcp_ts_offset(tcp, &half->conn.key));
	}
	fill_note(half, &answer.note);

	return answer;
}

/* LECTURE: three-way handshake, step 2 */
struct tcp_answer half_syn_ack(const struct conn_half *half,
                               struct reason reason)
{
	const struct tcp *tcp    = half->listener->tcp;
	struct tcp_answer answer = make_answer(half, reason);
	struct tcp_options *opt  = &answer.hdr.opt;

	answer.hdr.seq = half->iss;
	answer.hdr.syn = true;
	opt->has_mss   = true;
	opt->mss = tcp_own_mss(tcp, &half->conn.key, &half->listener->settings);
	opt->sack_permitted = half->has_sack;
	opt->has_wscale     = half->has_wscale;
	opt->wscale         = tcp->env->config.wscale;
	answer.hdr.ece      = half->has_ecn; /* RFC 3168 6.1.1 */

	return answer;
}

static void send_syn_ack(struct conn_half *half, struct reason reason)
{
	struct tcp_answer answer = half_syn_ack(half, reason);

	segment_answer(half->listener->tcp, &answer);
}

static void arm(struct conn_half *half)
{
	struct tcp *tcp       = half->listener->tcp;
	const unsigned shift  = MIN(half->retries, 10u);
	const uint64_t rto_us = (uint64_t)TCP_RTO_US_INITIAL << shift;

	timer_set(&tcp->half_wheel, &half->timer,
	          tcp->env->now_us + MIN(rto_us, TCP_RTO_US_MAX));
	if (env_is_observed(tcp->env))
		tell_timer(half, TARN_TIMER_ARMED, BECAUSE(WHY_TIMER_SYN_ACK));
}

/* Out of both queues, but the 4-tuple stays where it is. */
static void leave_queue(struct conn_half *half, struct reason reason)
{
	struct tcp *tcp = half->listener->tcp;

	if (env_is_observed(tcp->env) && timer_is_set(&half->timer))
		tell_timer(half, TARN_TIMER_CANCELLED, reason);
	timer_cancel(&tcp->half_wheel, &half->timer);
	list_remove(&half->queue);
	half->listener->half_count--;
	tcp->usage.half_open--;
	tell_queue(half->listener, reason);
}

void half_free(struct conn_half *half)
{
	struct tcp *tcp = half->listener->tcp;

	leave_queue(half, BECAUSE(WHY_LEFT_QUEUE));
	conn_remove(tcp, &half->conn);
	memory_give(&tcp->env->memory, half, sizeof(*half));
}

void half_end_at(struct conn_half *half, struct reason reason)
{
	emit_state(half, TCPS_SYN_RECEIVED, TCPS_CLOSED, reason);
	half_free(half);
}

/* Without cookies, or beside them when TIME-WAIT vouches for the peer, a full
 * SYN queue gives up its oldest entry (RFC 4987 section 3.4). */
static void make_room(struct tcp_listener *listener)
{
	struct list *oldest = list_first(&listener->half);
	struct conn_half *half;

	if (listener->half_count < listener->tcp->env->config.syn_queue_max)
		return;

	half = CONTAINER_OF(oldest, struct conn_half, queue);
	env_drop(listener->tcp->env, DROP_TCP_SYN_QUEUE_FULL);
	emit_state(half, TCPS_SYN_RECEIVED, TCPS_CLOSED, BECAUSE(WHY_EVICTED));
	half_free(half);
}

static void learn(struct conn_half *half, const struct tcp_seg *seg)
{
	const struct tcp *tcp            = half->listener->tcp;
	const struct tarn_config *config = &tcp->env->config;
	const struct tcp_options *opt    = &seg->hdr->opt;

	half->irs            = seg->seq;
	half->peer_wnd       = seg->wnd;
	half->has_mss        = opt->has_mss;
	half->peer_mss       = opt->mss;
	half->peer_wscale    = opt->wscale;
	half->has_wscale     = opt->has_wscale && tcp_agrees_to_wscale(tcp);
	half->has_sack       = opt->sack_permitted && tcp_agrees_to_sack(tcp);
	half->has_timestamps = opt->has_timestamps && !config->no_timestamps;
	half->has_ecn        = ecn_agrees(tcp, seg->hdr);
	half->ts_recent      = opt->tsval;
}

void half_init(struct conn_half *half, struct tcp_listener *listener,
               const struct tcp_seg *seg, uint32_t iss)
{
	*half = (struct conn_half){
		.conn     = { .kind = CONN_HALF, .key = seg->key },
		.listener = listener,
		.iss      = iss,
		.wnd = (uint16_t)MIN(listener->settings.rcvbuf, UINT16_MAX),
	};
	timer_init(&half->timer);
	learn(half, seg);
}

void half_tell_birth_at(struct conn_half *half, struct reason reason)
{
	struct tcp *tcp = half->listener->tcp;

	half->number = ++tcp->last_number;
	emit_state(half, TCPS_LISTEN, TCPS_SYN_RECEIVED, reason);
	fill_note(half, &tcp->env->rx_note);
	tcp->env->rx_note.state_before = TCPS_LISTEN;
}

enum drop half_create(struct tcp_listener *listener, struct tcp_seg *seg,
                      uint32_t iss)
{
	struct tcp *tcp = listener->tcp;
	struct tcp_answer answer;
	struct conn_half *half;

	if (listener_is_full(listener))
		return env_verdict(tcp->env, DROP_TCP_ACCEPT_QUEUE_FULL);
	make_room(listener);

	half = memory_take(&tcp->env->memory, sizeof(*half));
	if (!half)
		return env_verdict(tcp->env, DROP_TCP_MEMORY);
	half_init(half, listener, seg, iss);
	if (conn_insert(tcp, &half->conn) < 0) {
		memory_give(&tcp->env->memory, half, sizeof(*half));
		return env_verdict(tcp->env, DROP_TCP_MEMORY);
	}
	half->sent_us = tcp->env->now_us;
	list_append(&listener->half, &half->queue);
	listener->half_count++;
	tcp->usage.half_open++;
	tell_queue(listener, BECAUSE(WHY_GOT_SYN));

	half_tell_birth(half, WHY_GOT_SYN);
	answer = half_syn_ack(half, BECAUSE(WHY_SYN_ACK));
	fastopen_judge(listener, seg, &answer.hdr.opt.fastopen);
	segment_answer(tcp, &answer);
	arm(half);

	return DROP_NONE;
}

/* TCP_DEFER_ACCEPT: the peer has acknowledged and only its data is missing. To
 * send SYN,ACK again is pointless until the last time, whose answer is taken. */
static bool waits_for_data(const struct conn_half *half)
{
	const uint8_t limit = half->listener->settings.defer_retries;

	return half->is_acked && half->retries < limit;
}

static bool is_given_up(const struct conn_half *half)
{
	const struct tcp_listener *listener = half->listener;

	if (half->is_acked && half->retries < listener->settings.defer_retries)
		return false;

	return half->retries >= listener->tcp->env->config.synack_retries;
}

static void expire(struct conn_half *half)
{
	if (env_is_observed(half->listener->tcp->env))
		tell_timer(half, TARN_TIMER_FIRED, BECAUSE(WHY_RETRANSMIT_SYN));
	if (is_given_up(half)) {
		emit_state(half, TCPS_SYN_RECEIVED, TCPS_CLOSED,
		           BECAUSE(WHY_TIMEOUT_USER));
		half_free(half);
		return;
	}
	half->retries++;
	if (!waits_for_data(half))
		send_syn_ack(half, BECAUSE(WHY_RETRANSMIT_SYN));
	arm(half);
}

void half_timeouts(struct tcp *tcp)
{
	struct timer *timer;

	wheel_advance(&tcp->half_wheel, tcp->env->now_us);
	while ((timer = wheel_take(&tcp->half_wheel)))
		expire(CONTAINER_OF(timer, struct conn_half, timer));
}

void half_yield(struct conn_half *half, struct tcb *heir)
{
	struct tcp *tcp = half->listener->tcp;

	conn_replace(tcp, &half->conn, &heir->conn);
	leave_queue(half, BECAUSE(WHY_GOT_ACK_OF_SYN));
	memory_give(&tcp->env->memory, half, sizeof(*half));
}

/* ---- SEGMENT ARRIVES: the checks that matter before there is a connection -- */

static bool may_answer(struct conn_half *half)
{
	const uint64_t now_us = half->listener->tcp->env->now_us;

	if (now_us < half->stray_us)
		return false;

	half->stray_us = now_us + TCP_CHALLENGE_INTERVAL_US;

	return true;
}

/* Not in the window: our SYN,ACK was lost, or it is a stray. */
static enum drop refuse(struct conn_half *half, const struct tcp_seg *seg)
{
	struct tcp_answer answer;

	if (seg->rst)
		return env_verdict(half->listener->tcp->env,
		                   DROP_TCP_RST_OUTSIDE);
	if (!may_answer(half))
		return env_verdict(half->listener->tcp->env, DROP_TCP_SEQUENCE);

	if (seg->syn && !seg->has_ack && seg->seq == half->irs) {
		/* RFC 3168 6.1.1: it asks no more, so it may mark no more. */
		if (!ecn_agrees(half->listener->tcp, seg->hdr))
			half->has_ecn = false;
		send_syn_ack(half, BECAUSE(WHY_SYN_ACK_AGAIN));
		arm(half); /* or the timer would say the same right after */
		return env_verdict(half->listener->tcp->env,
		                   DROP_TCP_DUPLICATE);
	}
	answer = make_answer(half, BECAUSE(WHY_ACK_AGAIN));
	segment_answer(half->listener->tcp, &answer);

	return env_verdict(half->listener->tcp->env, DROP_TCP_SEQUENCE);
}

static enum drop check_rst(struct conn_half *half, const struct tcp_seg *seg)
{
	struct tcp *tcp = half->listener->tcp; /* outlives @half */
	struct tcp_answer answer;

	if (!seg->rst)
		return DROP_NONE;
	if (seg->seq == half->irs + 1) {
		emit_state(half, TCPS_SYN_RECEIVED, TCPS_LISTEN,
		           BECAUSE(WHY_GOT_RST));
		half_free(half);
		return env_verdict(tcp->env, DROP_TCP_RST);
	}
	if (may_answer(half)) {
		answer = make_answer(half, BECAUSE(WHY_CHALLENGE));
		segment_answer(tcp, &answer);
	}

	return env_verdict(tcp->env, DROP_TCP_RST_CHALLENGED);
}

/* RFC 7323 sections 3.2 and 5.3: once agreed on, timestamps stay. */
static enum drop check_timestamp(const struct conn_half *half,
                                 const struct tcp_seg *seg)
{
	const struct tcp_options *opt = &seg->hdr->opt;

	if (!half->has_timestamps || seg->rst)
		return DROP_NONE;
	if (!opt->has_timestamps)
		return env_verdict(half->listener->tcp->env,
		                   DROP_TCP_NO_TIMESTAMP);

	if (seq_lt(opt->tsval, half->ts_recent))
		return env_verdict(half->listener->tcp->env, DROP_TCP_PAWS);

	return DROP_NONE;
}

/* A SYN is judged by its own number, so that one which comes again (with text
 * perhaps) is known as what it is; all else by RFC 9293's four cases. */
static bool is_acceptable(const struct conn_half *half,
                          const struct tcp_seg *seg)
{
	if (seg->syn)
		return seq_in(seg->seq, half->irs + 1, half->wnd);

	return seq_acceptable(seg, half->irs + 1, half->wnd);
}

/* TCP_DEFER_ACCEPT, as Linux has it: the bare ACK is passed over. */
static bool is_deferred(const struct conn_half *half, const struct tcp_seg *seg)
{
	return half->retries < half->listener->settings.defer_retries &&
	       seg->text_len == 0 && !seg->fin;
}

enum drop tcp_half_open(struct conn_half *half, struct tcp_seg *seg)
{
	struct tcp *tcp = half->listener->tcp; /* outlives @half */
	enum drop drop;

	fill_note(half, &tcp->env->rx_note);
	drop = check_timestamp(half, seg); /* first */
	if (drop == DROP_TCP_NO_TIMESTAMP && !seg->syn)
		return drop;
	if (drop == DROP_TCP_PAWS || !is_acceptable(half, seg))
		return refuse(half, seg);

	drop = check_rst(half, seg); /* second */
	if (drop != DROP_NONE)
		return drop;
	if (seg->syn) { /* fourth: back to LISTEN */
		emit_state(half, TCPS_SYN_RECEIVED, TCPS_LISTEN,
		           BECAUSE(WHY_GOT_SYN));
		half_free(half);
		return env_verdict(tcp->env, DROP_TCP_SYN_CHALLENGED);
	}
	if (!seg->has_ack) /* fifth */
		return env_verdict(tcp->env, DROP_TCP_NO_ACK);
	if (seg->ack != half->iss + 1) {
		segment_reset(tcp, seg, WHY_RST_SYN_RECEIVED);
		return env_verdict(tcp->env, DROP_TCP_ACK_SYN_RECEIVED);
	}

	if (is_deferred(half, seg)) {
		half->is_acked = true;
		return env_verdict(tcp->env, DROP_TCP_DEFERRED);
	}

	return half_establish(half, seg);
}
