/* SPDX-License-Identifier: MIT */
/*
 * push.c - where the application paused, so that its peer need not guess
 *
 *	SEND(5000)	     SEND(2000)
 *	|------|------|------|------|---|     segments of 1460 octets
 *			    PSH	     PSH
 *
 * PSH says: more than this the sender has not been given, do not wait for it.
 * RFC 9293 3.9.1.2 asks for it at the end of what is queued; but what was the
 * end when the application wrote it, often is no more when a window lets it go,
 * and a receiver that delays its acknowledgment of a last odd segment would
 * wait where nothing comes. So the ends of writes are kept until they are
 * acknowledged, and a segment with such an end in it has PSH, each time it is
 * sent. MSG_MORE and a cork make no end.
 *
 * The list is short. Ends within a segment of each other count as one (SHLD-27:
 * successive pushes collapse); when it is more than half full only those that
 * lie well apart are added; when it is full, the newest one moves.
 */
#include "tcp/parts.h"

/* How far behind the last end a new one must lie to be one of its own. */
static uint32_t distance_min(const struct tcb *tcb)
{
	if (tcb->snd.push_count < TCP_PUSHES_MAX / 2)
		return tcb->snd.mss;

	return MAX(tcb->snd.mss, tcb->settings.sndbuf / TCP_PUSHES_MAX);
}

void push_note(struct tcb *tcb)
{
	const uint32_t end = snd_end(tcb);
	uint32_t *push     = tcb->snd.push;
	const uint8_t last = tcb->snd.push_count - 1;

	if (tcb->snd.push_count > 0 && (tcb->snd.push_count == TCP_PUSHES_MAX ||
	                                (seq_gt(push[last], tcb->snd.nxt) &&
	                                 end - push[last] < distance_min(tcb))))
		push[last] = end;
	else
		push[tcb->snd.push_count++] = end;
}

void push_acked(struct tcb *tcb)
{
	uint32_t *push = tcb->snd.push;
	uint8_t gone   = 0;

	while (gone < tcb->snd.push_count && seq_leq(push[gone], tcb->snd.una))
		gone++;
	if (gone == 0)
		return;

	tcb->snd.push_count -= gone;
	memmove(push, push + gone, tcb->snd.push_count * sizeof(*push));
}

/* MUST-61, SHLD-27 */
bool push_is_in(const struct tcb *tcb, uint32_t seq, uint32_t len)
{
	for (uint8_t i = 0; i < tcb->snd.push_count; i++)
		if (seq_in(tcb->snd.push[i] - 1, seq, len))
			return true;

	return false;
}

uint32_t push_ahead(const struct tcb *tcb)
{
	const uint32_t nxt = tcb->snd.nxt;

	for (uint8_t i = 0; i < tcb->snd.push_count; i++)
		if (seq_gt(tcb->snd.push[i], nxt))
			return tcb->snd.push[i] - nxt - 1;

	return UINT32_MAX;
}
