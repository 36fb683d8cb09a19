/* SPDX-License-Identifier: MIT */
/* neigh_queue.c - packets that wait for an address; see neigh_queue.h */
#include "net/neigh_queue.h"
#include "net/net_state.h"

struct waiting {
	struct list node;
	struct tarn_note note;
	struct tarn_offload offload; /* as of the packet, not of a frame */
	size_t len;                  /* octets of IP packet */
	uint8_t packet[];
};

void neigh_queue_init(struct neigh_queue *queue)
{
	list_init(&queue->list);
	queue->count = 0;
}

static struct waiting *take_oldest(struct neigh_queue *queue)
{
	struct list *node = list_take(&queue->list);

	if (!node)
		return NULL;

	queue->count--;
	return CONTAINER_OF(node, struct waiting, node);
}

static void release(struct net *net, struct waiting *waiting)
{
	const size_t size = sizeof(*waiting) + waiting->len;

	net->neighbours.pending_bytes -= size;
	memory_give(&net->env->memory, waiting, size);
}

/* The list is bounded: the oldest goes, its socket learns from a timeout. */
static void remember(struct neighbours *all, const struct tarn_ip *ip)
{
	const unsigned at = (all->unreached_at + all->unreached_count) %
	                    NEIGH_UNREACHED_MAX;

	all->unreached[at] = *ip;
	if (all->unreached_count < NEIGH_UNREACHED_MAX)
		all->unreached_count++;
	else
		all->unreached_at = (at + 1) % NEIGH_UNREACHED_MAX;
}

static bool give_up_oldest(struct net *net, struct neigh_queue *queue,
                           enum drop why, const char *src)
{
	struct waiting *waiting = take_oldest(queue);
	struct ip4_hdr hdr;

	if (!waiting)
		return false;

	if (why == DROP_ARP_FAILED &&
	    ip4_hdr_read(waiting->packet, waiting->len, &hdr) == DROP_NONE)
		remember(&net->neighbours, &hdr.dst);
	(void)env_drop_at(net->env, why, src);
	release(net, waiting);

	return true;
}

enum drop neigh_queue_add(struct net *net, struct neigh_queue *queue,
                          const struct pkt *pkt)
{
	struct neighbours *all = &net->neighbours;
	struct waiting *waiting;
	size_t size;

	if (queue->count == NEIGH_PENDING_MAX)
		(void)give_up_oldest(net, queue, DROP_ARP_QUEUE_FULL, SRC);

	size = sizeof(*waiting) + pkt_len(pkt);
	if (size > NEIGH_PENDING_BYTES_MAX - all->pending_bytes)
		return env_drop(net->env, DROP_ARP_QUEUE_FULL);
	waiting = memory_take(&net->env->memory, size);
	if (!waiting)
		return env_drop(net->env, DROP_ARP_QUEUE_FULL);

	waiting->note    = pkt->note;
	waiting->offload = pkt_offload(pkt);
	waiting->len     = pkt_len(pkt);
	pkt_copy(pkt, waiting->packet);
	list_append(&queue->list, &waiting->node);
	queue->count++;
	all->pending_bytes += size;

	return DROP_NONE;
}

/* As it was; what lies behind the IP header is payload now. */
static void pack(const struct waiting *waiting, struct pkt *ret)
{
	pkt_init(ret);
	ret->note     = waiting->note;
	ret->gso_size = waiting->offload.gso_size;
	if (waiting->offload.flags & TARN_OFFLOAD_NEEDS_SUM)
		pkt_leave_sum(ret, waiting->offload.sum_offset);
	memcpy(pkt_push(ret, IP4_HDR_LEN), waiting->packet, IP4_HDR_LEN);
	pkt_payload(ret, waiting->packet + IP4_HDR_LEN,
	            waiting->len - IP4_HDR_LEN);
}

void neigh_queue_send(struct net *net, struct neigh_queue *queue,
                      const uint8_t mac[ETH_ADDR_LEN])
{
	for (struct waiting *waiting; (waiting = take_oldest(queue));) {
		struct pkt pkt;

		pack(waiting, &pkt);
		(void)fragment_output(net, &pkt, mac);
		release(net, waiting);
	}
}

void neigh_queue_drop_at(struct net *net, struct neigh_queue *queue,
                         enum drop why, const char *src)
{
	while (give_up_oldest(net, queue, why, src))
		;
}

void neigh_queue_tell_at(struct net *net, const struct neigh_queue *queue,
                         const struct tarn_ip *ip, struct reason reason)
{
	const struct tarn_event_queue told = {
		.name  = "ARP",
		.count = queue->count,
		.limit = NEIGH_PENDING_MAX,
		.who   = { .ip = *ip },
	};

	if (env_is_observed(net->env))
		env_emit_queue_at(net->env, &told, reason);
}

bool net_unreached(struct net *net, struct tarn_ip *ret)
{
	struct neighbours *all = &net->neighbours;

	if (all->unreached_count == 0)
		return false;

	*ret              = all->unreached[all->unreached_at];
	all->unreached_at = (all->unreached_at + 1) % NEIGH_UNREACHED_MAX;
	all->unreached_count--;

	return true;
}
