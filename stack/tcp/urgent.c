/* SPDX-License-Identifier: MIT */
/*
 * urgent.c - sixth: check the URG bit; and urgent data sent (RFC 9293 3.8.5, RFC 6093)
 *
 * The urgent pointer says: somewhere ahead in the stream is something that you
 * want to know of before you get there. It moves no octet. What is urgent
 * stays in line, and ends where the pointer points:
 *
 *	    consumed				 mark  pointer
 *	--read--|--------- waits to be read -----|octet|----------->
 *	        '------------ urgent mode -------------'
 *
 * The pointer is the number of the octet behind the urgent data (MUST-62). The
 * mark of sockatmark() is one before it, as 4.2BSD and everyone since had it:
 * the octet that a sender passed last with MSG_OOB, such as TELNET's DM, is the
 * first that a read from the mark on gives.
 *
 * Receiving. SEG.SEQ + the field, if that lies ahead of what the user has read
 * and of the last pointer, begins or extends urgent mode (MUST-32): POLLPRI,
 * until the octet at the mark is read (MUST-33), which may be long before the
 * octet itself arrives. A read stops at the mark, so that the user sees where
 * it is. However long the urgent data are (MUST-31), there is one mark: the
 * last. A pointer to nowhere costs nothing but a POLLPRI.
 *
 * Sending. SND.UP stands behind the last octet that SEND was told is urgent,
 * and every segment that begins before it says so, first or again, with text
 * or without, until it is acknowledged. A closed window does not stop the word,
 * only the octets. The field has 16 bits: a pointer that is further away is
 * told as the furthest that can be said, and comes nearer segment by segment,
 * as in 4.4BSD and Linux.
 *
 * New programs should not use any of this (SHLD-13): what it does to a
 * middlebox that inspects streams nobody knows.
 */
#include "tcp/parts.h"

/* ---- receiving ---- */

/* The number of the next octet that the user will read. */
static uint32_t consumed(const struct tcb *tcb)
{
	return tcb->rcv.nxt - tcb->rcv.fin - tcb->rcv.ring.len;
}

/* RFC6093-1, MUST-30 */
enum drop tcp_check_urg(struct tcb *tcb, struct tcp_seg *seg)
{
	const uint32_t up = seg->hdr->seq + seg->hdr->urgent; /* SEG.UP */

	if (!seg->hdr->urg || !tcp_in(tcb, TCPS_MAY_RECEIVE) ||
	    tcb->rcv.discard)
		return DROP_NONE;
	if (!seq_gt(up, consumed(tcb)))
		return DROP_NONE; /* that was read long ago */
	if (tcb->rcv.is_urgent && !seq_gt(up, tcb->rcv.up))
		return DROP_NONE; /* known; it cannot recede */

	tcb->rcv.is_urgent = true;
	tcb->rcv.up        = up;
	tcp_mark_ready(tcb->tcp, &tcb->ready); /* MUST-32 */

	return DROP_NONE;
}

void urgent_fin(struct tcb *tcb)
{
	if (seq_geq(tcb->rcv.up, tcb->rcv.nxt))
		tcb->rcv.is_urgent = false;
}

void urgent_read(struct tcb *tcb)
{
	if (tcb->rcv.discard || seq_geq(consumed(tcb), tcb->rcv.up))
		tcb->rcv.is_urgent = false;
}

uint32_t tcp_mark_distance(const struct tcb *tcb)
{
	return tcb->rcv.is_urgent ? tcb->rcv.up - 1 - consumed(tcb)
	                          : UINT32_MAX;
}

uint32_t urgent_readable(const struct tcb *tcb)
{
	const uint32_t ahead = tcp_mark_distance(tcb);

	return ahead == 0 ? tcb->rcv.ring.len : MIN(tcb->rcv.ring.len, ahead);
}

/* ---- sending ---- */

void tcp_send_urgent(struct tcb *tcb)
{
	if (!tcp_in(tcb, TCPS_MAY_SEND) || tcb->snd.ring.len == 0)
		return;

	tcb->snd.up        = snd_end(tcb); /* MUST-62 */
	tcb->snd.is_urgent = true;
	tcp_owe(tcb, WHY_URGENT);
}

void urgent_acked(struct tcb *tcb)
{
	if (seq_geq(tcb->snd.una, tcb->snd.up))
		tcb->snd.is_urgent = false;
}

void urgent_write(struct tcb *tcb, struct tcp_hdr *hdr)
{
	if (!tcb->snd.is_urgent || hdr->syn || hdr->rst ||
	    !seq_lt(hdr->seq, tcb->snd.up))
		return;

	hdr->urg    = true;
	hdr->urgent = (uint16_t)MIN(tcb->snd.up - hdr->seq, UINT16_MAX);
	tcb->owed &= ~BIT(WHY_URGENT);
}
