/* SPDX-License-Identifier: MIT */
/*
 * memory_link.h - the link of memory.c: a queue of frames for each end
 *
 *	A -- transmit --> |slot|slot|slot| ... -- receive --> B
 *
 * A frame is copied once, into a slot, or not at all: both ends may be lent the
 * slots themselves.
 */
#ifndef BENCH_MEMORY_LINK_H
#define BENCH_MEMORY_LINK_H

#include "base/bytes.h"
#include "tarn.h"
#include <errno.h>
#include <string.h>

#define SLOTS 128u /* a power of two; more than a window */

struct queue {
	uint8_t *block; /* SLOTS of slot_len octets */
	size_t slot_len;
	size_t len[SLOTS];
	struct tarn_offload offload[SLOTS];
	unsigned first, count;
};

struct end {
	struct queue in;
	struct end *other;
	struct tarn *t;
	int fd;
};

static int transmit_super(void *link, const struct tarn_slice *part,
                          unsigned part_count,
                          const struct tarn_offload *offload)
{
	struct queue *queue  = &((struct end *)link)->other->in;
	const unsigned index = (queue->first + queue->count) % SLOTS;
	uint8_t *to          = queue->block + index * queue->slot_len;
	size_t len           = 0;

	if (queue->count == SLOTS)
		return -ENOBUFS;
	for (unsigned i = 0; i < part_count; i++) {
		memcpy(to + len, part[i].data, part[i].len);
		len += part[i].len;
	}
	queue->len[index]     = len;
	queue->offload[index] = *offload;
	queue->count++;

	return 0;
}

static int transmit(void *link, const struct tarn_slice *part,
                    unsigned part_count)
{
	static const struct tarn_offload none;

	return transmit_super(link, part, part_count, &none);
}

/* The slot stays as it is: the other end fills others before it comes round. */
static ssize_t lend(void *link, const uint8_t **ret,
                    struct tarn_offload *offload)
{
	struct queue *queue  = &((struct end *)link)->in;
	const unsigned index = queue->first;

	if (queue->count == 0)
		return 0;
	*ret         = queue->block + index * queue->slot_len;
	*offload     = queue->offload[index];
	queue->first = (index + 1) % SLOTS;
	queue->count--;

	return (ssize_t)queue->len[index];
}

static uint8_t *lend_room(void *link, size_t len)
{
	struct queue *queue  = &((struct end *)link)->other->in;
	const unsigned index = (queue->first + queue->count) % SLOTS;

	if (queue->count == SLOTS || len > queue->slot_len)
		return NULL;

	return queue->block + index * queue->slot_len;
}

static int send_room(void *link, size_t len)
{
	struct queue *queue  = &((struct end *)link)->other->in;
	const unsigned index = (queue->first + queue->count) % SLOTS;

	queue->len[index]     = len;
	queue->offload[index] = (struct tarn_offload){ 0 };
	queue->count++;

	return 0;
}

static ssize_t receive_super(void *link, uint8_t *buf, size_t size,
                             struct tarn_offload *ret)
{
	struct queue *queue  = &((struct end *)link)->in;
	const unsigned index = queue->first;
	size_t len;

	if (queue->count == 0)
		return 0;
	len = queue->len[index];
	memcpy(buf, queue->block + index * queue->slot_len, MIN(len, size));
	*ret         = queue->offload[index];
	queue->first = (index + 1) % SLOTS;
	queue->count--;

	return (ssize_t)len;
}

static ssize_t receive(void *link, uint8_t *buf, size_t size)
{
	struct tarn_offload unused;

	return receive_super(link, buf, size, &unused);
}

static const struct tarn_link_ops plain_ops  = { receive, transmit };
static const struct tarn_super_ops super_ops = { receive_super,
	                                         transmit_super };

static const struct tarn_lend_ops lend_ops = { lend, lend_room, send_room };

#endif
