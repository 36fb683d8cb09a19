/* SPDX-License-Identifier: MIT */
/*
 * ring.h - a byte queue in one block of memory, addressed by offset
 *
 * Offset 0 is the oldest octet. Octets can be written beyond the end of what
 * is held (out of order) and be claimed later, and be read at any offset
 * without taking them (a retransmission). The block is taken with the first
 * octet, grows by doubling up to a limit and is given back when empty, so an
 * idle connection holds none.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include "base/memory.h"
#include "base/sums.h"
#include "tarn.h"

struct ring {
	uint8_t *block; /* NULL: nothing held */
	uint32_t size;  /* octets in @block, a power of two */
	uint32_t start; /* index of offset 0 */
	uint32_t len;   /* octets held, from offset 0 */
};

/** ring_reserve() - Make sure that offsets below @end can be written
 *
 * Keeps what is there, octets beyond len included.
 *
 * Return: 0, or -ENOBUFS when no memory is to be had (the ring is unchanged)
 */
int ring_reserve(struct ring *ring, struct memory *memory, uint32_t end);

/** ring_write_at() - Copy in at @offset; reserved before; len is unchanged */
void ring_write_at(struct ring *ring, uint32_t offset, const void *data,
                   uint32_t len);

/** ring_write_sum_at() - The same, and sum the octets on the way
 *
 * Return: their sum (base/checksum.h), unfolded
 */
uint64_t ring_write_sum_at(struct ring *ring, uint32_t offset, const void *data,
                           uint32_t len, const struct sums *sums);

/** ring_claim() - @len octets that lie behind the end now belong to it */
void ring_claim(struct ring *ring, uint32_t len);

/** ring_read_at() - Copy out @len octets at @offset; all within len */
void ring_read_at(const struct ring *ring, uint32_t offset, void *data,
                  uint32_t len);

/** ring_read_sum_at() - The same, and sum the octets on the way
 *
 * Return: their sum (base/checksum.h), unfolded
 */
uint64_t ring_read_sum_at(const struct ring *ring, uint32_t offset, void *data,
                          uint32_t len, const struct sums *sums);

/** ring_slices() - @len octets at @offset in place; returns 0, 1 or 2 slices */
unsigned ring_slices(const struct ring *ring, uint32_t offset, uint32_t len,
                     struct tarn_slice ret[2]);

/** ring_room() - Where @len octets behind the end will lie; reserved before.
 * Returns 0, 1 or 2 pieces, which may be written and then be claimed */
unsigned ring_room(struct ring *ring, uint32_t len, struct tarn_iovec ret[2]);

/** ring_consume() - Drop the oldest @len octets (the block stays) */
void ring_consume(struct ring *ring, uint32_t len);

/** ring_release() - Give the block back, whatever it holds */
void ring_release(struct ring *ring, struct memory *memory);

#endif
