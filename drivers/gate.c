/* SPDX-License-Identifier: MIT */
/*
 * gate.c - see gate.h
 *
 *	sent:	  stack --> held --(opens)--> link below
 *	received: link below --> held --(opens)--> freed --> stack
 */
#include "drivers/gate.h"
#include "base/list.h"
#include "base/memory.h"
#include "drivers/glance.h"
#include <errno.h>
#include <stdlib.h>

struct held {
	struct list list;
	size_t len;
	uint8_t octets[];
};

struct gate {
	struct link below;
	struct memory memory; /* of all that is held */
	unsigned count;
	uint64_t lost;
	struct list in, out; /* wait for the gate to open */
	struct list freed;   /* received: wait for the stack */
	bool (*holds)(void *context, const struct tarn_addr *local,
	              const struct tarn_addr *peer);
	void *context;
};

/* ---- what waits ---- */

static struct held *held_create(struct gate *gate, size_t len)
{
	struct held *held = NULL;

	if (gate->count < GATE_FRAMES_MAX)
		held = memory_take(&gate->memory, sizeof(*held) + len);
	if (!held) {
		gate->lost++;
		return NULL;
	}
	list_init(&held->list);
	held->len = len;
	gate->count++;

	return held;
}

static void held_destroy(struct gate *gate, struct held *held)
{
	list_remove(&held->list);
	memory_give(&gate->memory, held, sizeof(*held) + held->len);
	gate->count--;
}

/* The first octets suffice to see whose it is. */
static bool is_held(const struct gate *gate, bool is_in, const uint8_t *frame,
                    size_t len)
{
	struct glance glance;

	if (!gate->holds)
		return false;
	glance_at(frame, len, &glance);
	if (glance.kind != GLANCE_TCP && glance.kind != GLANCE_UDP)
		return false;

	return gate->holds(gate->context, is_in ? &glance.dst : &glance.src,
	                   is_in ? &glance.src : &glance.dst);
}

/* ---- the link ---- */

static int gate_transmit(void *state, const struct tarn_slice *part,
                         unsigned part_count)
{
	struct gate *gate = state;
	struct held *held;
	size_t len = 0, at = 0;

	if (!gate->holds)
		return gate->below.ops->transmit(gate->below.state, part,
		                                 part_count);
	for (unsigned i = 0; i < part_count; i++)
		len += part[i].len;
	held = held_create(gate, len);
	if (!held)
		return -ENOBUFS;
	for (unsigned i = 0; i < part_count; at += part[i++].len)
		if (part[i].len)
			memcpy(held->octets + at, part[i].data, part[i].len);
	if (is_held(gate, false, held->octets, len)) {
		list_append(&gate->out, &held->list);
		return 0;
	}
	held_destroy(gate, held);

	return gate->below.ops->transmit(gate->below.state, part, part_count);
}

static ssize_t take_freed(struct gate *gate, uint8_t *buf, size_t size)
{
	struct list *first = list_first(&gate->freed);
	struct held *held;
	ssize_t len;

	if (!first)
		return 0;
	held = CONTAINER_OF(first, struct held, list);
	len  = (ssize_t)held->len;
	memcpy(buf, held->octets, MIN(held->len, size));
	held_destroy(gate, held);

	return len;
}

static ssize_t gate_receive(void *state, uint8_t *buf, size_t size)
{
	struct gate *gate = state;
	struct held *held;
	ssize_t len;

	while ((len = take_freed(gate, buf, size)) == 0) {
		len = gate->below.ops->receive(gate->below.state, buf, size);
		if (len <= 0 || (size_t)len > size ||
		    !is_held(gate, true, buf, (size_t)len))
			return len;
		held = held_create(gate, (size_t)len);
		if (!held)
			continue;
		memcpy(held->octets, buf, (size_t)len);
		list_append(&gate->in, &held->list);
	}

	return len;
}

static void gate_advance(void *state, uint64_t now_us)
{
	struct gate *gate = state;

	if (gate->below.advance)
		gate->below.advance(gate->below.state, now_us);
}

static uint64_t gate_deadline(const void *state)
{
	const struct gate *gate = state;

	if (!list_is_empty(&gate->freed))
		return 0; /* at once */

	return gate->below.deadline ? gate->below.deadline(gate->below.state)
	                            : TARN_NEVER;
}

static void free_all(struct gate *gate, struct list *list)
{
	LIST_FOR_EACH_SAFE(at, list)
		held_destroy(gate, CONTAINER_OF(at, struct held, list));
}

static void gate_close(void *state)
{
	struct gate *gate = state;

	free_all(gate, &gate->in);
	free_all(gate, &gate->out);
	free_all(gate, &gate->freed);
	if (gate->below.close)
		gate->below.close(gate->below.state);
	free(gate);
}

static const struct tarn_link_ops gate_ops = {
	.receive  = gate_receive,
	.transmit = gate_transmit,
};

/* ---- opening and shutting ---- */

int gate_open(struct link *below, struct link *ret)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (!gate)
		return -ENOMEM;
	gate->below = *below;
	memory_init(&gate->memory, NULL, GATE_OCTETS_MAX);
	list_init(&gate->in);
	list_init(&gate->out);
	list_init(&gate->freed);
	*ret = (struct link){
		.ops       = &gate_ops,
		.state     = gate,
		.fd        = below->fd,
		.is_finite = below->is_finite,
		.advance   = gate_advance,
		.deadline  = gate_deadline,
		.close     = gate_close,
	};

	return 0;
}

static void let_out(struct gate *gate, struct held *held)
{
	const struct tarn_slice part = { held->octets, held->len };

	(void)gate->below.ops->transmit(gate->below.state, &part, 1);
	held_destroy(gate, held);
}

void gate_shut(struct gate *gate,
               bool (*holds)(void *context, const struct tarn_addr *local,
                             const struct tarn_addr *peer),
               void *context)
{
	gate->holds   = holds;
	gate->context = context;
	if (holds)
		return;
	LIST_FOR_EACH_SAFE(at, &gate->out)
		let_out(gate, CONTAINER_OF(at, struct held, list));
	LIST_FOR_EACH_SAFE(at, &gate->in) {
		list_remove(at);
		list_append(&gate->freed, at);
	}
}

unsigned gate_waiting(const struct gate *gate)
{
	return gate->count;
}

uint64_t gate_lost(const struct gate *gate)
{
	return gate->lost;
}
