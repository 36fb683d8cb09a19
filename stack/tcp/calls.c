/* SPDX-License-Identifier: MIT */
/*
 * calls.c - SEND, RECEIVE, CLOSE and ABORT (RFC 9293 sections 3.10.2 to 3.10.5)
 *
 * A call changes the connection and marks it; tcp_output() sends. An error of
 * the connection is told once, by whichever call comes first, and text that
 * arrived before it can still be read.
 */
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <errno.h>

int tcp_take_error(struct tcb *tcb)
{
	const int error = tcb->error;

	tcb->error = 0;

	return error;
}

int tcp_take_soft_error(struct tcb *tcb)
{
	const int error = tcb->soft_news;

	tcb->soft_news = 0;

	return error;
}

uint32_t tcp_unsent(const struct tcb *tcb)
{
	const uint32_t end = snd_end(tcb);

	return seq_lt(tcb->snd.nxt, end) ? end - tcb->snd.nxt : 0;
}

/* What the send buffer takes; with TCP_NOTSENT_LOWAT no more than is unsent
 * below that, but at least a segment: crumbs would help nobody. */
static uint32_t room_to_send(const struct tcb *tcb)
{
	const uint32_t held   = tcb->snd.ring.len;
	const uint32_t sndbuf = tcb->settings.sndbuf;
	const uint32_t lowat  = tcb->settings.notsent_lowat;
	const uint32_t unsent = tcp_unsent(tcb);

	if (held >= sndbuf || (lowat > 0 && unsent >= lowat))
		return 0;
	if (lowat == 0)
		return sndbuf - held;

	return MIN(sndbuf - held, MAX(lowat - unsent, tcb->snd.mss));
}

void tcp_push(struct tcb *tcb)
{
	if (!tcp_in(tcb, TCPS_MAY_SEND) || tcp_unsent(tcb) == 0)
		return;

	tcb->snd.has_push = true;
	tcb->snd.push_end = snd_end(tcb);
	push_note(tcb);
	tcp_owe(tcb, WHY_DATA);
}

void tcp_quick_ack(struct tcb *tcb, bool is_on)
{
	tcb->settings.quickack = is_on;
	if (!is_on)
		return;

	tcb->rcv.quick = TCP_QUICK_ACKS;
	if (tcp_timer_is_armed(tcb, TCP_TIMER_DELAYED_ACK))
		tcp_owe(tcb, WHY_ACK_QUICK);
}

/* Room in the ring for up to @len octets. Return: how many, or why not now */
static ssize_t make_room(struct tcb *tcb, size_t len)
{
	struct ring *ring = &tcb->snd.ring;
	uint32_t count;

	if (tcb->error)
		return -tcp_take_error(tcb);
	if (tcp_in(tcb, IN(SYN_SENT) | IN(SYN_RECEIVED)) && !tcp_is_early(tcb))
		return -EAGAIN;
	if (!tcp_in(tcb, TCPS_MAY_SEND) && !tcp_is_early(tcb))
		return -EPIPE;
	if (len == 0)
		return 0;
	count = (uint32_t)MIN(len, room_to_send(tcb));
	if (count == 0)
		return -EAGAIN;
	if (ring_reserve(ring, &tcb->tcp->env->memory, ring->len + count) < 0)
		return ring->len > 0 ? -EAGAIN : -ENOBUFS;

	return count;
}

/* @count octets behind the end of the ring are to be sent. */
static void queue_text(struct tcb *tcb, uint32_t count, bool more)
{
	ring_claim(&tcb->snd.ring, count);
	tcb->snd.more = more;
	if (!more && !tcb->settings.cork)
		push_note(tcb);
	tcp_emit_buffers(tcb, WHY_APP_WROTE);
	tcp_owe(tcb, WHY_DATA);
}

ssize_t tcp_send(struct tcb *tcb, const void *data, size_t len, bool more)
{
	struct ring *ring   = &tcb->snd.ring;
	const ssize_t count = make_room(tcb, len);

	if (count <= 0)
		return count;

	ring_write_at(ring, ring->len, data, (uint32_t)count);
	queue_text(tcb, (uint32_t)count, more);

	return count;
}

ssize_t tcp_reserve(struct tcb *tcb, size_t len, struct tarn_iovec ret[2])
{
	const ssize_t count = make_room(tcb, len);
	unsigned pieces     = 0;

	if (count < 0)
		return count;

	if (count > 0)
		pieces = ring_room(&tcb->snd.ring, (uint32_t)count, ret);
	while (pieces < 2)
		ret[pieces++] = (struct tarn_iovec){ NULL, 0 };

	return count;
}

ssize_t tcp_commit(struct tcb *tcb, size_t len, bool more)
{
	struct ring *ring = &tcb->snd.ring;

	if (tcb->error)
		return -tcp_take_error(tcb);
	if (!tcp_in(tcb, TCPS_MAY_SEND) && !tcp_is_early(tcb))
		return -EPIPE;
	if (len > room_to_send(tcb) || len > ring->size - ring->len)
		return -EINVAL;

	if (len > 0)
		queue_text(tcb, (uint32_t)len, more);
	else if (ring->len == 0)
		ring_release(ring, &tcb->tcp->env->memory);

	return (ssize_t)len;
}

/* The application made room: may the peer know? */
static void after_receive(struct tcb *tcb)
{
	struct ring *ring = &tcb->rcv.ring;

	if (ring->len == 0 && !tcb->rcv.holes_after)
		ring_release(ring, &tcb->tcp->env->memory);
	if (ring->len == 0 && tcb->rcv.is_pushed && tcb->settings.quickack &&
	    tcp_timer_is_armed(tcb, TCP_TIMER_DELAYED_ACK))
		tcp_owe(tcb, WHY_ACK_READ);
	if (tcp_in(tcb, TCPS_MAY_RECEIVE) && tcp_window_wants_update(tcb))
		tcp_owe(tcb, WHY_WINDOW_UPDATE);
	rest_look_later(tcb);
}

/* There is nothing to read: an error, the end, or not yet. */
static ssize_t nothing_to_read(struct tcb *tcb)
{
	if (tcb->error)
		return -tcp_take_error(tcb);
	/* MUST-12: the end is 0, an abort was the error above */
	if (tcb->rcv.fin || tcb->rcv.discard || tcb->state == TCPS_CLOSED)
		return 0;

	return -EAGAIN;
}

/* The application has taken @count octets. */
static void take(struct tcb *tcb, uint32_t count)
{
	ring_consume(&tcb->rcv.ring, count);
	tcp_emit_buffers(tcb, WHY_APP_READ);
	autotune_copied(tcb, count);
	urgent_read(tcb);
	after_receive(tcb);
}

ssize_t tcp_receive(struct tcb *tcb, void *data, size_t size, bool peek)
{
	const uint32_t count = (uint32_t)MIN(size, urgent_readable(tcb));

	if (tcb->rcv.ring.len == 0)
		return nothing_to_read(tcb);
	ring_read_at(&tcb->rcv.ring, 0, data, count);
	if (!peek)
		take(tcb, count);

	return count;
}

ssize_t tcp_peek(struct tcb *tcb, struct tarn_slice ret[2])
{
	const uint32_t count = urgent_readable(tcb);
	unsigned pieces;

	if (tcb->rcv.ring.len == 0)
		return nothing_to_read(tcb);
	pieces = ring_slices(&tcb->rcv.ring, 0, count, ret);
	while (pieces < 2)
		ret[pieces++] = (struct tarn_slice){ NULL, 0 };

	return count;
}

int tcp_consume(struct tcb *tcb, size_t len)
{
	if (len > urgent_readable(tcb))
		return -EINVAL;
	if (len > 0)
		take(tcb, (uint32_t)len);

	return 0;
}

/* CLOSE of our direction: FIN follows what is queued. */
static void queue_fin(struct tcb *tcb)
{
	tcb->snd.fin_queued = true;
	tcb->snd.more       = false;
	tcp_owe(tcb, WHY_FIN);
	if (tcb->state == TCPS_CLOSE_WAIT)
		tcp_set_state(tcb, TCPS_LAST_ACK, WHY_CALL_CLOSE);
	else
		tcp_set_state(tcb, TCPS_FIN_WAIT_1, WHY_CALL_CLOSE);
}

/* MAY-1 */
int tcp_shutdown_send(struct tcb *tcb)
{
	if (tcp_in(tcb, IN(CLOSED) | IN(SYN_SENT)))
		return -ENOTCONN;
	if (tcp_in(tcb, TCPS_MAY_SEND | IN(SYN_RECEIVED)))
		queue_fin(tcb);
	tcp_mark_ready(tcb->tcp, &tcb->ready);

	return 0;
}

int tcp_shutdown_receive(struct tcb *tcb)
{
	if (tcp_in(tcb, IN(CLOSED) | IN(SYN_SENT)))
		return -ENOTCONN;

	tcb->rcv.discard = true;
	if (tcb->rcv.ring.len > 0) {
		ring_consume(&tcb->rcv.ring, tcb->rcv.ring.len);
		after_receive(tcb);
	}
	urgent_read(tcb);
	tcp_mark_ready(tcb->tcp, &tcb->ready);

	return 0;
}

/* Its user lets go: nobody is told any more. */
static void disown(struct tcb *tcb)
{
	orphan_enter(tcb);
	tcb->ready.user = NULL;
	list_remove(&tcb->ready.node);
	ring_release(&tcb->rcv.ring, &tcb->tcp->env->memory);
	tcp_forget_holes(tcb);
}

/* RFC2525-1 */
void tcp_close(struct tcb *tcb)
{
	const bool has_unread = tcb->rcv.ring.len > 0;

	disown(tcb);
	if (tcb->state == TCPS_SYN_SENT)
		tcb_end(tcb, 0, WHY_CALL_CLOSE);
	else if (has_unread)
		tcp_abort_now(tcb, 0, WHY_RST_UNREAD); /* SHLD-3 */
	else if (orphan_is_one_too_many(tcb->tcp))
		tcp_abort_now(tcb, 0, WHY_RST_ORPHANS);
	else if (tcp_in(tcb, TCPS_MAY_SEND | IN(SYN_RECEIVED)))
		queue_fin(tcb);
	else if (tcb->state == TCPS_FIN_WAIT_2)
		orphan_waits(tcb);

	tcb_release_if_done(tcb);
}

void tcp_abort_at(struct tcb *tcb, struct reason reason)
{
	disown(tcb);
	tcp_abort_now_at(tcb, 0, reason);
	tcb_release_if_done(tcb);
}

void tcp_abort_now_at(struct tcb *tcb, int error, struct reason reason)
{
	const uint32_t wants_reset = IN(SYN_RECEIVED) | IN(ESTABLISHED) |
	                             IN(FIN_WAIT_1) | IN(FIN_WAIT_2) |
	                             IN(CLOSE_WAIT);

	if (tcp_in(tcb, IN(CLOSED) | IN(TIME_WAIT)))
		return;
	if (!tcp_in(tcb, wants_reset)) {
		tcb_end(tcb, error, WHY_CALL_ABORT);
		return;
	}

	tcb->error = error;
	tcb->abort = reason;
	tcp_owe(tcb, WHY_RESET);
}
