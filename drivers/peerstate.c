/* SPDX-License-Identifier: MIT */
/*
 * peerstate.c - see peerstate.h
 *
 * A segment is looked at twice, in this order:
 *
 *	sent	what it proves about its sender
 *	arrived	what it does to its receiver (RFC 9293 section 3.10.7), if it
 *		follows on what came before
 */
#include "drivers/peerstate.h"
#include "base/bytes.h"
#include "base/event.h"
#include "base/list.h"
#include "wire/ip4.h"
#include "wire/seq.h"
#include <errno.h>
#include <stdlib.h>

struct entry {
	struct list recent;
	struct flow flow;
};

struct peerstate {
	struct list recent; /* the one seen last is at the end */
	unsigned entry_count;
	unsigned flow_count; /* ever */
};

/* ---- The table ---------------------------------------------------------- */

int peerstate_open(struct peerstate **ret)
{
	struct peerstate *peerstate = calloc(1, sizeof(*peerstate));

	if (!peerstate)
		return -ENOMEM;
	list_init(&peerstate->recent);
	*ret = peerstate;

	return 0;
}

void peerstate_close(struct peerstate *peerstate)
{
	if (!peerstate)
		return;
	LIST_FOR_EACH_SAFE(at, &peerstate->recent)
		free(CONTAINER_OF(at, struct entry, recent));
	free(peerstate);
}

unsigned peerstate_count(const struct peerstate *peerstate)
{
	return peerstate->flow_count;
}

static bool is_addr(const struct tarn_addr *a, const struct tarn_addr *b)
{
	return a->port == b->port && ip_equal(&a->ip, &b->ip);
}

/* Which end of @flow sent @segment; 2: neither. */
static unsigned which_end(const struct flow *flow, const struct glance *segment)
{
	for (unsigned from = 0; from < 2; from++)
		if (is_addr(&flow->end[from].addr, &segment->src) &&
		    is_addr(&flow->end[!from].addr, &segment->dst))
			return from;

	return 2;
}

static struct entry *entry_create(struct peerstate *peerstate)
{
	struct entry *entry;

	if (peerstate->entry_count == FLOWS_MAX)
		return CONTAINER_OF(list_take(&peerstate->recent), struct entry,
		                    recent);
	entry = malloc(sizeof(*entry));
	if (entry)
		peerstate->entry_count++;

	return entry;
}

static void flow_init(struct peerstate *peerstate, struct flow *flow,
                      const struct glance *segment, unsigned left)
{
	*flow = (struct flow){ .number = ++peerstate->flow_count };
	flow->end[left].addr  = segment->src;
	flow->end[!left].addr = segment->dst;
}

/* A SYN where a connection has ended is a new one between the same ends. */
static bool is_over(const struct flow *flow, unsigned from,
                    const struct glance *segment)
{
	const struct flow_end *end = flow->end;

	return segment->tcp.syn && !segment->tcp.ack_bit &&
	       end[from].is_known && segment->tcp.seq != end[from].iss &&
	       (end[0].state == TCPS_CLOSED || end[0].state == TCPS_TIME_WAIT ||
	        end[1].state == TCPS_CLOSED || end[1].state == TCPS_TIME_WAIT);
}

static struct flow *find(struct peerstate *peerstate,
                         const struct glance *segment, unsigned *ret_from)
{
	struct list *at = peerstate->recent.prev;

	for (; at != &peerstate->recent; at = at->prev) {
		struct flow *flow =
		        &CONTAINER_OF(at, struct entry, recent)->flow;

		*ret_from = which_end(flow, segment);
		if (*ret_from == 2)
			continue;
		list_remove(at);
		list_append(&peerstate->recent, at);
		return flow;
	}

	return NULL;
}

struct flow *peerstate_find(struct peerstate *peerstate,
                            const struct glance *segment, unsigned left,
                            bool create, unsigned *ret_from)
{
	struct flow *flow = find(peerstate, segment, ret_from);
	struct entry *entry;

	if (flow && create && is_over(flow, *ret_from, segment))
		flow_init(peerstate, flow, segment, *ret_from);
	if (flow || !create)
		return flow;

	entry = entry_create(peerstate);
	if (!entry)
		return NULL;
	flow_init(peerstate, &entry->flow, segment, left);
	list_append(&peerstate->recent, &entry->recent);
	*ret_from = left;

	return &entry->flow;
}

struct flow *peerstate_find_conn(struct peerstate *peerstate, uint32_t conn)
{
	struct list *at = peerstate->recent.prev;

	for (; conn && at != &peerstate->recent; at = at->prev) {
		struct flow *flow =
		        &CONTAINER_OF(at, struct entry, recent)->flow;

		if (flow->conn == conn)
			return flow;
	}

	return NULL;
}

/* ---- What was sent before ----------------------------------------------- */

static void remember_hole(struct flow_end *end, uint32_t start, uint32_t stop)
{
	if (end->hole_count == FLOW_HOLES_MAX) {
		memmove(end->hole, end->hole + 1,
		        (FLOW_HOLES_MAX - 1) * sizeof(end->hole[0]));
		end->hole_count--;
	}
	end->hole[end->hole_count++] = (struct flow_hole){ start, stop };
}

/* What is left of a hole without [start, stop), which overlaps it: the lower
 * part, or the upper one if there is no lower; *ret_above: the other. */
static struct flow_hole shrink(struct flow_hole hole, uint32_t start,
                               uint32_t stop, struct flow_hole *ret_above)
{
	if (seq_leq(start, hole.start))
		return (struct flow_hole){ seq_min(stop, hole.end), hole.end };
	if (seq_lt(stop, hole.end))
		*ret_above = (struct flow_hole){ stop, hole.end };

	return (struct flow_hole){ hole.start, start };
}

/* Take [start, stop) out of the holes. Return: did it fill any of them? */
static bool fill_holes(struct flow_end *end, uint32_t start, uint32_t stop)
{
	struct flow_hole above = { 0, 0 };
	unsigned kept          = 0;
	bool any               = false;

	for (unsigned i = 0; i < end->hole_count; i++) {
		struct flow_hole hole = end->hole[i];

		if (seq_lt(start, hole.end) && seq_lt(hole.start, stop)) {
			any  = true;
			hole = shrink(hole, start, stop, &above);
		}
		if (hole.start != hole.end)
			end->hole[kept++] = hole;
	}
	end->hole_count = kept;
	if (above.start != above.end)
		remember_hole(end, above.start, above.end);

	return any;
}

/* A SYN with a new ISN before anything was established. */
static bool is_other_attempt(const struct flow_end *end,
                             const struct glance *segment)
{
	return segment->tcp.syn && end->state == TCPS_SYN_SENT &&
	       segment->tcp.seq != end->iss;
}

/* Note what @end sent. Return: has all of it been sent before? */
static bool note_numbers(struct flow_end *end, const struct glance *segment)
{
	const uint32_t start = segment->tcp.seq;
	const uint32_t stop  = start + glance_seq_len(segment);

	if (segment->tcp.syn && segment->tcp.opt.has_wscale) {
		end->has_wscale = true;
		end->wscale     = (uint8_t)MIN(segment->tcp.opt.wscale, 14u);
	}
	if (!end->is_known || is_other_attempt(end, segment)) {
		end->is_known = true;
		end->iss      = segment->tcp.syn ? start : start - 1;
		end->nxt      = stop;
		return false;
	}
	if (start == stop)
		return false;
	if (seq_lt(end->nxt, start))
		remember_hole(end, end->nxt, start);
	if (seq_lt(end->nxt, stop)) {
		end->nxt = stop;
		return false;
	}

	return !fill_holes(end, start, stop);
}

/* ---- What it proves about its sender ------------------------------------ */

static bool acks_fin_of(const struct flow_end *other,
                        const struct glance *segment)
{
	return segment->tcp.ack_bit && other->has_fin &&
	       seq_geq(segment->tcp.ack, other->fin);
}

static uint8_t after_fin_received(uint8_t state)
{
	switch (state) {
	case TCPS_SYN_RECEIVED:
	case TCPS_ESTABLISHED:
		return TCPS_CLOSE_WAIT;
	case TCPS_FIN_WAIT_1:
		return TCPS_CLOSING;
	case TCPS_FIN_WAIT_2:
		return TCPS_TIME_WAIT;
	default:
		return state;
	}
}

static uint8_t after_fin_sent(uint8_t state)
{
	switch (state) {
	case TCPS_SYN_RECEIVED:
	case TCPS_ESTABLISHED:
	case TCPS_FIN_WAIT_2: /* sent again, so it was not acknowledged */
		return TCPS_FIN_WAIT_1;
	case TCPS_CLOSE_WAIT:
	case TCPS_CLOSED: /* the same */
		return TCPS_LAST_ACK;
	case TCPS_TIME_WAIT: /* the same */
		return TCPS_CLOSING;
	default:
		return state;
	}
}

static uint8_t after_syn_sent(const struct flow_end *end,
                              const struct flow_end *other,
                              const struct glance *segment)
{
	if (segment->tcp.ack_bit)
		return TCPS_SYN_RECEIVED;
	if (end->state == TCPS_SYN_RECEIVED && other->state == TCPS_SYN_SENT)
		return TCPS_SYN_RECEIVED;

	return TCPS_SYN_SENT;
}

/* Neither end's SYN was seen, so both must have been. */
static bool is_joined_late(const struct flow_end *end,
                           const struct glance *segment)
{
	return !end->is_known && !segment->tcp.syn && !segment->tcp.rst &&
	       segment->tcp.ack_bit && end->state == TCPS_CLOSED;
}

static void note_sender(struct flow_end *end, struct flow_end *other,
                        const struct glance *segment)
{
	if (segment->tcp.rst) {
		end->state = TCPS_CLOSED;
		return;
	}
	if (segment->tcp.syn) {
		end->state = after_syn_sent(end, other, segment);
		return;
	}
	if (segment->tcp.ack_bit && end->state == TCPS_SYN_SENT)
		end->state = TCPS_ESTABLISHED;
	if (acks_fin_of(other, segment))
		end->state = after_fin_received(end->state);
	else if (segment->tcp.fin && other->has_fin)
		end->state = TCPS_CLOSING; /* the FINs cross */
	if (segment->tcp.fin) {
		end->state   = after_fin_sent(end->state);
		end->has_fin = true;
		end->fin     = segment->tcp.seq + glance_seq_len(segment);
	}
}

/* ---- What it does to its receiver --------------------------------------- */

static void take_ack(struct flow_end *end, const struct glance *segment)
{
	if (end->is_known && seq_gt(segment->tcp.ack, end->iss) &&
	    end->state == TCPS_SYN_RECEIVED)
		end->state = TCPS_ESTABLISHED;
	if (!acks_fin_of(end, segment))
		return;
	if (end->state == TCPS_FIN_WAIT_1)
		end->state = TCPS_FIN_WAIT_2;
	else if (end->state == TCPS_CLOSING)
		end->state = TCPS_TIME_WAIT;
	else if (end->state == TCPS_LAST_ACK)
		end->state = TCPS_CLOSED;
}

static void take_syn(struct flow_end *end, const struct glance *segment)
{
	const bool acks_ours = segment->tcp.ack_bit && end->is_known &&
	                       segment->tcp.ack == end->iss + 1;

	if (acks_ours &&
	    (end->state == TCPS_SYN_SENT || end->state == TCPS_SYN_RECEIVED))
		end->state = TCPS_ESTABLISHED;
	else if (end->state == TCPS_SYN_SENT)
		end->state = TCPS_SYN_RECEIVED;
	else if (!segment->tcp.ack_bit &&
	         (end->state == TCPS_CLOSED || end->state == TCPS_LISTEN))
		end->state = TCPS_SYN_RECEIVED;
}

static void note_receiver(struct flow_end *receiver,
                          const struct flow_end *sender,
                          const struct glance *segment)
{
	if (segment->tcp.rst) {
		receiver->state = TCPS_CLOSED;
		return;
	}
	if (segment->tcp.syn) {
		take_syn(receiver, segment);
		return;
	}
	if (segment->tcp.ack_bit)
		take_ack(receiver, segment);
	/* A FIN behind a hole waits until the hole is filled. */
	if (sender->has_fin && sender->hole_count == 0 &&
	    (segment->tcp.fin || segment->text_len))
		receiver->state = after_fin_received(receiver->state);
}

/* Who is about to receive a first SYN has been listening. */
static void presume_listener(struct flow_end *end, const struct glance *segment)
{
	if (segment->tcp.syn && !segment->tcp.ack_bit && !end->is_known &&
	    end->state == TCPS_CLOSED)
		end->state = TCPS_LISTEN;
}

void flow_segment(struct flow *flow, unsigned from,
                  const struct glance *segment, bool arrived,
                  struct flow_step *ret)
{
	struct flow_end *end = &flow->end[from], *other = &flow->end[!from];

	if (arrived)
		presume_listener(other, segment);
	if (is_joined_late(end, segment)) {
		end->state = TCPS_ESTABLISHED;
		if (!other->is_known && other->state == TCPS_CLOSED)
			other->state = TCPS_ESTABLISHED;
	}
	for (unsigned i = 0; i < 2; i++)
		ret->before[i] = flow->end[i].state;

	ret->is_again = note_numbers(end, segment);
	note_sender(end, other, segment);
	if (!other->is_known && segment->tcp.ack_bit) {
		other->is_known = true;
		other->iss      = segment->tcp.ack - 1;
		other->nxt      = segment->tcp.ack;
	}
	if (arrived)
		note_receiver(other, end, segment);

	for (unsigned i = 0; i < 2; i++)
		ret->after[i] = flow->end[i].state;
}
