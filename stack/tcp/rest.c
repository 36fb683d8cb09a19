/* SPDX-License-Identifier: MIT */
/*
 * rest.c - what a connection remembers while nothing happens
 *
 * Most connections of a busy server are silent most of the time. One that is
 * established, with nothing in flight, nothing held and nothing owed, needs no
 * working memory: its struct tcb is given back, and a small record takes its
 * place in the table, as happens in TIME-WAIT.
 *
 *	struct tcb  ---- silent for TCP_REST_US ---->  struct conn_rest
 *		    <--- segment, call, keep-alive --
 *
 * Nothing may be lost by it. So it is not said what is worth remembering (a
 * list that would have to follow every new field), but what is to be expected:
 * a connection as it was established, with nothing since. The record holds
 * where the truth differs, and that is little. To wake is to expect the same
 * once more and to apply the difference: octet by octet the same struct tcb.
 *
 * When to look costs the busy nothing: the timer that is left in the wheel when
 * the last ACK has come fires early, finds nothing due, and looks.
 *
 * Without memory to wake, a segment is dropped by name and will come again, a
 * call says -ENOBUFS, a keep-alive waits, and close() resets. While somebody
 * observes, nobody goes to rest: what is watched shall be there.
 */
#include "tcp/rest.h"

#define PACKED_FROM offsetof(struct tcb, number)
#define PACKED_LEN  (sizeof(struct tcb) - PACKED_FROM)
static_assert(PACKED_FROM % 8 == 0 && PACKED_LEN % 8 == 0, "whole words");
static_assert(PACK_LEN_MAX(PACKED_LEN) <= UINT16_MAX, "packed_len holds it");

static uint8_t *packed_part(struct tcb *tcb)
{
	return (uint8_t *)tcb + PACKED_FROM;
}

/* ---- What is to be expected ---- */

/* The handshake, and nothing since. Right or wrong costs octets, never truth. */
static void expect(const struct conn_rest *rest, struct tcb *tcb)
{
	const struct tcp *tcp = tcb->tcp;

	tcp_settings_init(tcp, &tcb->settings);
	tcb->number     = rest->number;
	tcb->is_passive = true;
	tcb->state      = TCPS_ESTABLISHED;
	tcb->iss        = rest->iss;
	tcb->irs        = rest->irs;

	tcb->snd.una       = rest->snd_una;
	tcb->snd.nxt       = rest->snd_una;
	tcb->snd.wl1       = rest->rcv_nxt;
	tcb->snd.wl2       = rest->snd_una;
	tcb->snd.mss       = tcp->env->config.mtu - 52u;
	tcb->snd.wscale    = tcp->env->config.wscale;
	tcb->snd.syn_acked = true;
	tcb->rcv.nxt       = rest->rcv_nxt;
	tcb->rcv.acked     = rest->rcv_nxt;
	tcb->rcv.edge      = rest->rcv_nxt + UINT16_MAX;
	tcb->rcv.wscale    = tcp->env->config.wscale;
	tcb->rcv.mss       = tcp->env->config.mtu - 40u;
	recovery_init(tcb);
	cc_init(tcb);
	tcb->has_timestamps = tcb->has_sack = tcb->has_wscale = true;
	tcb->path.mtu      = tcp->env->config.mtu;
	tcb->path.until_us = TARN_NEVER;
	tcb->path.peer_mss = (uint16_t)(tcp->env->config.mtu - 40u);

	tcb->count.born_us    = rest->born_us;
	tcb->count.ack_us     = rest->born_us;
	tcb->keep.heard_us    = rest->born_us;
	tcb->ts_recent_us     = rest->born_us;
	tcb->rtt.min_begin_us = rest->born_us;
}

void rest_view(struct tcp *tcp, const struct conn_rest *rest, struct tcb *ret)
{
	memset(ret, 0, sizeof(*ret));
	tcb_init(ret, tcp, &rest->conn.key);
	expect(rest, ret);
	pack_read(rest->packed, packed_part(ret), PACKED_LEN);
}

/* ---- Going to rest ---- */

static bool is_in_a_list(const struct tcb *tcb)
{
	return list_is_linked(&tcb->marked) || list_is_linked(&tcb->dead) ||
	       list_is_linked(&tcb->accept) || list_is_linked(&tcb->early);
}

static bool holds_nothing(const struct tcb *tcb)
{
	return !tcb->snd.ring.block && !tcb->rcv.ring.block &&
	       !tcb->rcv.holes_after && !tcb->rcv.fin_waits &&
	       tcb->sent.count == 0 && !tcb->sent.block;
}

/* Is there something that an application could be told? Then it is awake. */
static bool has_news(const struct tcb *tcb)
{
	return tcb->error || tcb->rcv.discard || tcb->rcv.is_urgent ||
	       tcb->snd.is_urgent;
}

static bool waits_for_a_timer(const struct tcb *tcb)
{
	for (enum tcp_timer which = 0; which < TCP_TIMER_COUNT; which++)
		if (which != TCP_TIMER_KEEPALIVE &&
		    tcp_timer_is_armed(tcb, which))
			return true;

	return false;
}

static bool is_silent(const struct tcb *tcb)
{
	return tcb->state == TCPS_ESTABLISHED && tcb->ready.user &&
	       !tcb->is_orphan && !tcb->listener && tcb->owed == 0 &&
	       snd_flight(tcb) == 0 && holds_nothing(tcb) && !has_news(tcb) &&
	       !is_in_a_list(tcb) && !waits_for_a_timer(tcb) &&
	       !env_is_observed(tcb->tcp->env);
}

static uint64_t patience_us(const struct tcb *tcb)
{
	const bool is_new = tcb->octets_received == 0 && tcb->octets_sent == 0;

	return is_new ? TCP_REST_NEW_US : TCP_REST_US;
}

void rest_look_later(struct tcb *tcb)
{
	if (!timer_is_set(&tcb->timer) && tcb->state == TCPS_ESTABLISHED)
		timer_set(&tcb->tcp->wheel, &tcb->timer,
		          tcb->tcp->env->now_us + patience_us(tcb));
}

/* When something was last sent or heard. */
static uint64_t active_us(const struct tcb *tcb)
{
	return MAX(MAX(tcb->sent_us, tcb->rcv.text_us),
	           MAX(tcb->count.ack_us, tcb->count.born_us));
}

void rest_look(struct tcb *tcb)
{
	struct tcp *tcp      = tcb->tcp;
	const uint64_t at_us = active_us(tcb) + patience_us(tcb);

	if (!is_silent(tcb) || list_is_linked(&tcb->quiet))
		return;

	if (tcp->env->now_us >= at_us)
		list_append(&tcp->quiet, &tcb->quiet);
	else if (!timer_is_set(&tcb->timer) || at_us < tcb->timer.deadline_us)
		timer_set(&tcp->wheel, &tcb->timer, at_us);
}

static size_t rest_size(size_t packed_len)
{
	return offsetof(struct conn_rest, packed) + packed_len;
}

static struct conn_rest summary(const struct tcb *tcb)
{
	return (struct conn_rest){
		.conn    = { .kind = CONN_REST, .key = tcb->conn.key },
		.user    = tcb->ready.user,
		.born_us = tcb->count.born_us,
		.number  = tcb->number,
		.iss     = tcb->iss,
		.irs     = tcb->irs,
		.snd_una = tcb->snd.una,
		.rcv_nxt = tcb->rcv.nxt,
	};
}

/* The small record, in no table yet. NULL: no memory for it */
static struct conn_rest *make_rest(struct tcb *tcb)
{
	const struct conn_rest plain = summary(tcb);
	uint8_t packed[PACK_LEN_MAX(PACKED_LEN)];
	struct tcb expected = { 0 };
	struct conn_rest *rest;
	size_t len;

	tcb_init(&expected, tcb->tcp, &plain.conn.key);
	expect(&plain, &expected);
	len  = pack_write(packed_part(tcb), packed_part(&expected), PACKED_LEN,
	                  packed);
	rest = memory_take(&tcb->tcp->env->memory, rest_size(len));
	if (!rest)
		return NULL;

	memcpy(rest, &plain, offsetof(struct conn_rest, packed));
	rest->packed_len = (uint16_t)len;
	memcpy(rest->packed, packed, len);
	timer_init(&rest->timer);

	return rest;
}

/* Until its user has been told what there was to tell, it must stay. */
static bool may_rest(const struct tcb *tcb)
{
	return is_silent(tcb) && !list_is_linked(&tcb->ready.node);
}

struct conn_rest *tcp_rest_next(struct tcp *tcp, void **ret_user)
{
	struct list *node;

	while ((node = list_take(&tcp->quiet))) {
		struct tcb *tcb        = CONTAINER_OF(node, struct tcb, quiet);
		struct conn_rest *rest = may_rest(tcb) ? make_rest(tcb) : NULL;

		if (!rest)
			continue;
		if (tcp_timer_is_armed(tcb, TCP_TIMER_KEEPALIVE))
			timer_set(&tcp->rest_wheel, &rest->timer,
			          tcb->deadline_us[TCP_TIMER_KEEPALIVE]);
		*ret_user = rest->user;
		conn_replace(tcp, &tcb->conn, &rest->conn);
		timer_cancel(&tcp->wheel, &tcb->timer);
		list_remove(&tcb->all);
		memory_give(&tcp->env->memory, tcb, sizeof(*tcb));
		return rest;
	}

	return NULL;
}

/* ---- Waking ---- */

static void rest_free(struct tcp *tcp, struct conn_rest *rest)
{
	timer_cancel(&tcp->rest_wheel, &rest->timer);
	memory_give(&tcp->env->memory, rest, rest_size(rest->packed_len));
}

struct tcb *tcp_wake(struct tcp *tcp, struct conn_rest *rest)
{
	struct tcb *tcb = memory_take(&tcp->env->memory, sizeof(*tcb));

	if (!tcb)
		return NULL;

	rest_view(tcp, rest, tcb);
	tcb->ready.user = rest->user;
	conn_replace(tcp, &rest->conn, &tcb->conn);
	rest_free(tcp, rest);
	list_append(&tcp->tcbs, &tcb->all);
	/* Whoever woke it may come again: not at once, even if it is new. */
	timer_set(&tcp->wheel, &tcb->timer, tcp->env->now_us + TCP_REST_US);

	return tcb;
}

struct tcb *rest_wake(struct tcp *tcp, struct conn_rest *rest)
{
	struct tcb *tcb = tcp_wake(tcp, rest);

	if (tcb)
		list_append(&tcp->woken, &tcb->quiet);

	return tcb;
}

struct tcb *tcp_woken_next(struct tcp *tcp, void **ret_user)
{
	struct list *node = list_take(&tcp->woken);
	struct tcb *tcb;

	if (!node)
		return NULL;

	tcb       = CONTAINER_OF(node, struct tcb, quiet);
	*ret_user = tcb->ready.user;

	return tcb;
}

static void expire(struct tcp *tcp, struct conn_rest *rest)
{
	struct tcb *tcb = rest_wake(tcp, rest);

	if (tcb)
		tcb_timeouts(tcb);
	else
		timer_set(&tcp->rest_wheel, &rest->timer,
		          tcp->env->now_us + TCP_REST_RETRY_US);
}

void rest_timeouts(struct tcp *tcp)
{
	struct timer *timer;

	wheel_advance(&tcp->rest_wheel, tcp->env->now_us);
	while ((timer = wheel_take(&tcp->rest_wheel)))
		expire(tcp, CONTAINER_OF(timer, struct conn_rest, timer));
}

/* ---- The end ---- */

void tcp_rest_abort(struct tcp *tcp, struct conn_rest *rest)
{
	struct tcp_answer answer = {
		.key         = rest->conn.key,
		.hdr.seq     = rest->snd_una,
		.hdr.ack     = rest->rcv_nxt,
		.hdr.ack_bit = true,
		.hdr.rst     = true,
		.note.why    = WHY_RST_MEMORY,
		.note.src    = SRC,
	};

	segment_answer(tcp, &answer);
	conn_remove(tcp, &rest->conn);
	rest_free(tcp, rest);
	tcp->usage.connections--;
}

void rest_free_all(struct tcp *tcp)
{
	struct table_node *node = table_next(&tcp->conns, NULL);

	while (node) {
		struct conn *conn = CONTAINER_OF(node, struct conn, node);

		node = table_next(&tcp->conns, node);
		if (conn->kind != CONN_REST)
			continue;
		conn_remove(tcp, conn);
		rest_free(tcp, rest_of(conn));
	}
}
