/* SPDX-License-Identifier: MIT */
/*
 * ring.c - a byte queue in one block; see ring.h
 *
 * Offset o lives at index (start + o) mod size. Growing keeps every octet of
 * the old block: the size at least doubles, so what had wrapped to the front
 * of the old block has room right behind its end.
 *
 *	old	|C D|A B|	start = 2
 *	new	|C D|A B|C D|. .|
 */
#include "base/ring.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/checksum.h"
#include "base/limits.h"
#include <errno.h>

#define RING_SIZE_MAX (1u << 30)

int ring_reserve(struct ring *ring, struct memory *memory, uint32_t end)
{
	uint32_t size = MAX(ring->size, TCP_BUF_MIN);
	uint8_t *block;

	if (end <= ring->size)
		return 0;
	if (end > RING_SIZE_MAX)
		return -ENOBUFS;

	while (size < end)
		size *= 2;
	block = memory_resize(memory, ring->block, ring->size, size);
	if (!block)
		return -ENOBUFS;

	memcpy(block + ring->size, block, ring->start);
	ring->block = block;
	ring->size  = size;

	return 0;
}

/* Where offset @offset is, and how many of @len octets lie there in a row. */
static uint32_t locate(const struct ring *ring, uint32_t offset, uint32_t len,
                       uint32_t *ret_index)
{
	*ret_index = (ring->start + offset) & (ring->size - 1);
	return MIN(len, ring->size - *ret_index);
}

void ring_write_at(struct ring *ring, uint32_t offset, const void *data,
                   uint32_t len)
{
	uint32_t index, row;

	CHECK(len <= ring->size && offset <= ring->size - len);
	if (!len)
		return;

	row = locate(ring, offset, len, &index);
	memcpy(ring->block + index, data, row);
	memcpy(ring->block, (const uint8_t *)data + row, len - row);
}

uint64_t ring_write_sum_at(struct ring *ring, uint32_t offset, const void *data,
                           uint32_t len, const struct sums *sums)
{
	uint32_t index, row;
	uint64_t sum;

	CHECK(len <= ring->size && offset <= ring->size - len);
	if (!len)
		return 0;

	row = locate(ring, offset, len, &index);
	sum = sums->copy(0, ring->block + index, data, row);
	if (row == len)
		return sum;

	return sum +
	       checksum_at(sums->copy(0, ring->block,
	                              (const uint8_t *)data + row, len - row),
	                   row);
}

void ring_claim(struct ring *ring, uint32_t len)
{
	CHECK(len <= ring->size - ring->len);
	ring->len += len;
}

void ring_read_at(const struct ring *ring, uint32_t offset, void *data,
                  uint32_t len)
{
	struct tarn_slice part[2];
	const unsigned count = ring_slices(ring, offset, len, part);
	uint8_t *to          = data;

	for (unsigned i = 0; i < count; i++) {
		memcpy(to, part[i].data, part[i].len);
		to += part[i].len;
	}
}

uint64_t ring_read_sum_at(const struct ring *ring, uint32_t offset, void *data,
                          uint32_t len, const struct sums *sums)
{
	struct tarn_slice part[2];
	const unsigned count = ring_slices(ring, offset, len, part);
	uint8_t *to          = data;
	uint64_t sum         = 0;

	for (unsigned i = 0; i < count; i++) {
		const size_t at = (size_t)(to - (uint8_t *)data);

		sum += checksum_at(sums->copy(0, to, part[i].data, part[i].len),
		                   at);
		to += part[i].len;
	}

	return sum;
}

unsigned ring_slices(const struct ring *ring, uint32_t offset, uint32_t len,
                     struct tarn_slice ret[2])
{
	uint32_t index, row;

	CHECK(len <= ring->len && offset <= ring->len - len);
	if (!len)
		return 0;

	row    = locate(ring, offset, len, &index);
	ret[0] = (struct tarn_slice){ ring->block + index, row };
	if (row == len)
		return 1;

	ret[1] = (struct tarn_slice){ ring->block, len - row };
	return 2;
}

unsigned ring_room(struct ring *ring, uint32_t len, struct tarn_iovec ret[2])
{
	uint32_t index, row;

	CHECK(len <= ring->size - ring->len);
	if (!len)
		return 0;

	row    = locate(ring, ring->len, len, &index);
	ret[0] = (struct tarn_iovec){ ring->block + index, row };
	if (row == len)
		return 1;

	ret[1] = (struct tarn_iovec){ ring->block, len - row };
	return 2;
}

/* An empty ring keeps its start: octets out of order may lie beyond its end. */
void ring_consume(struct ring *ring, uint32_t len)
{
	CHECK(len <= ring->len);
	if (!len)
		return;

	ring->start = (ring->start + len) & (ring->size - 1);
	ring->len -= len;
}

void ring_release(struct ring *ring, struct memory *memory)
{
	memory_give(memory, ring->block, ring->size);
	*ring = (struct ring){ 0 };
}
