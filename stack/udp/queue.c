/* SPDX-License-Identifier: MIT */
/*
 * queue.c - datagrams that wait for the user
 *
 * Bounded in number and in true octets, record included, so that empty
 * datagrams are not free. When it is full the newest is lost: the user reads
 * what came first.
 */
#include "base/bytes.h"
#include "base/limits.h"
#include "udp/udp_state.h"
#include <errno.h>

struct queued {
	struct list node;
	struct tarn_addr from;
	size_t len; /* octets of payload */
	uint8_t data[];
};

static size_t size_of(size_t len)
{
	return sizeof(struct queued) + len;
}

static void tell_queue(struct udp *udp, const struct udp_pcb *pcb,
                       struct reason reason)
{
	const struct tarn_event_queue queue = {
		.name  = "UDP",
		.count = pcb->queue_count,
		.limit = UDP_QUEUE_DATAGRAMS_MAX,
		.who   = pcb->local,
	};

	if (env_is_observed(udp->env))
		env_emit_queue_at(udp->env, &queue, reason);
}

enum drop udp_queue_add(struct udp *udp, struct udp_pcb *pcb,
                        const struct tarn_addr *from, const uint8_t *data,
                        size_t len)
{
	struct queued *queued;

	if (pcb->queue_count >= UDP_QUEUE_DATAGRAMS_MAX ||
	    pcb->queue_bytes + size_of(len) > pcb->queue_bytes_max)
		return env_verdict(udp->env, DROP_UDP_QUEUE_FULL);
	queued = memory_take(&udp->env->memory, size_of(len));
	if (!queued)
		return env_verdict(udp->env, DROP_UDP_MEMORY);

	queued->from = *from;
	queued->len  = len;
	memcpy(queued->data, data, len);
	list_append(&pcb->queue, &queued->node);
	pcb->queue_count++;
	pcb->queue_bytes += (uint32_t)size_of(len);
	env_note_effect(udp->env, WHY_UDP_QUEUED);
	tell_queue(udp, pcb, BECAUSE(WHY_UDP_QUEUED));
	udp_mark_ready(udp, pcb);

	return DROP_NONE;
}

static void release(struct udp *udp, struct udp_pcb *pcb, struct queued *queued)
{
	const size_t size = size_of(queued->len);

	list_remove(&queued->node);
	pcb->queue_count--;
	pcb->queue_bytes -= (uint32_t)size;
	memory_give(&udp->env->memory, queued, size);
}

void udp_queue_flush(struct udp *udp, struct udp_pcb *pcb)
{
	struct list *node;

	while ((node = list_first(&pcb->queue)))
		release(udp, pcb, CONTAINER_OF(node, struct queued, node));
}

/* The error comes before the data, as on Linux: it is told once. */
ssize_t udp_recv(struct udp *udp, struct udp_pcb *pcb, void *data, size_t size,
                 bool peek, struct udp_from *ret_from)
{
	const int error   = udp_take_error(pcb);
	struct list *node = list_first(&pcb->queue);
	struct queued *queued;
	size_t copied;

	if (error)
		return -error;
	if (!node)
		return -EAGAIN;

	queued = CONTAINER_OF(node, struct queued, node);
	copied = MIN(size, queued->len);
	if (copied > 0)
		memcpy(data, queued->data, copied);
	if (ret_from)
		*ret_from = (struct udp_from){ queued->from, queued->len };
	if (!peek) {
		release(udp, pcb, queued);
		tell_queue(udp, pcb, BECAUSE(WHY_APP_READ));
	}

	return (ssize_t)copied;
}
