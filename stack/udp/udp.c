/* SPDX-License-Identifier: MIT */
/* udp.c - the layer's birth and death, pcbs and their readiness; see udp.h */
#include "base/bytes.h"
#include "base/limits.h"
#include "udp/udp_state.h"
#include <errno.h>

int udp_create(struct env *env, struct net *net, struct udp **ret)
{
	struct udp *udp = memory_take(&env->memory, sizeof(*udp));

	if (!udp)
		return -ENOMEM;

	udp->env = env;
	udp->net = net;
	list_init(&udp->unbound);
	list_init(&udp->ready);
	for (size_t i = 0; i < ARRAY_LEN(udp->bound); i++)
		list_init(&udp->bound[i]);
	*ret = udp;

	return 0;
}

static void close_all(struct udp *udp, struct list *head)
{
	struct list *node;

	while ((node = list_first(head)))
		udp_close(udp, CONTAINER_OF(node, struct udp_pcb, node));
}

void udp_destroy(struct udp *udp)
{
	if (!udp)
		return;

	close_all(udp, &udp->unbound);
	for (size_t i = 0; i < ARRAY_LEN(udp->bound); i++)
		close_all(udp, &udp->bound[i]);
	memory_give(&udp->env->memory, udp, sizeof(*udp));
}

struct udp_pcb *udp_open(struct udp *udp)
{
	struct udp_pcb *pcb = memory_take(&udp->env->memory, sizeof(*pcb));

	if (!pcb)
		return NULL;

	list_append(&udp->unbound, &pcb->node);
	list_init(&pcb->ready);
	list_init(&pcb->queue);
	pcb->queue_bytes_max = UDP_QUEUE_BYTES_DEFAULT;
	udp->count++;

	return pcb;
}

void udp_close(struct udp *udp, struct udp_pcb *pcb)
{
	udp_queue_flush(udp, pcb);
	list_remove(&pcb->node);
	list_remove(&pcb->ready);
	memory_give(&udp->env->memory, pcb, sizeof(*pcb));
	udp->count--;
}

void udp_mark_ready(struct udp *udp, struct udp_pcb *pcb)
{
	if (!list_is_linked(&pcb->ready))
		list_append(&udp->ready, &pcb->ready);
}

struct udp_pcb *udp_take_ready(struct udp *udp)
{
	struct list *node = list_take(&udp->ready);

	return node ? CONTAINER_OF(node, struct udp_pcb, ready) : NULL;
}

void udp_set_error(struct udp *udp, struct udp_pcb *pcb, int error)
{
	pcb->error = error;
	udp_mark_ready(udp, pcb);
}

int udp_take_error(struct udp_pcb *pcb)
{
	const int error = pcb->error;

	pcb->error = 0;
	return error;
}

/* There is always room to send: a datagram goes out or is lost. */
uint32_t udp_readiness(const struct udp_pcb *pcb)
{
	uint32_t bits = TARN_POLLOUT;

	if (!list_is_empty(&pcb->queue))
		bits |= TARN_POLLIN;
	if (pcb->error)
		bits |= TARN_POLLERR;

	return bits;
}

uint32_t udp_count(const struct udp *udp)
{
	return udp->count;
}

void udp_ends(const struct udp *udp,
              void (*tell)(void *context, const struct tarn_end *end),
              void *context)
{
	for (unsigned i = 0; i < UDP_BUCKET_COUNT; i++)
		LIST_FOR_EACH(node, &udp->bound[i]) {
			const struct udp_pcb *pcb =
			        CONTAINER_OF(node, struct udp_pcb, node);
			const struct tarn_end end = {
				.kind          = TARN_END_DATAGRAM,
				.local         = pcb->local,
				.peer          = pcb->peer,
				.state_name    = "-",
				.receive_queue = pcb->queue_bytes,
			};

			tell(context, &end);
		}
}
