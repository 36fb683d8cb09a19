/* SPDX-License-Identifier: MIT */
/*
 * ranges.h - a small sorted set of half-open ranges of offsets
 *
 * Ranges never touch or overlap: adding merges. The owner decides how many
 * there is room for, takes ranges_octets() of memory, zeroed, and sets size; an
 * add that would need one more is refused. Offsets are plain 32-bit distances
 * from RCV.NXT, so nothing wraps.
 */
#ifndef BASE_RANGES_H
#define BASE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint32_t start, end; /* start < end */
};

struct ranges {
	uint32_t count, size;
	struct range at[];
};

/** ranges_octets() - The memory that a set of at most @size ranges takes */
static inline size_t ranges_octets(uint32_t size)
{
	return sizeof(struct ranges) + size * sizeof(struct range);
}

/** ranges_add() - Add [start, end). Return: false when the set is full */
bool ranges_add(struct ranges *ranges, uint32_t start, uint32_t end);

/** ranges_overlap() - Does any octet of [start, end) belong to the set? */
bool ranges_overlap(const struct ranges *ranges, uint32_t start, uint32_t end);

/** ranges_contain() - Does all of [start, end) belong to the set? */
bool ranges_contain(const struct ranges *ranges, uint32_t start, uint32_t end);

/** ranges_around() - The range that @offset belongs to
 *
 * Return: true and the range; false when there is none
 */
bool ranges_around(const struct ranges *ranges, uint32_t offset,
                   struct range *ret);

/** ranges_total() - How many offsets belong to the set */
uint32_t ranges_total(const struct ranges *ranges);

/** ranges_shift() - Forget everything below @by, then subtract @by from all */
void ranges_shift(struct ranges *ranges, uint32_t by);

/** ranges_gap() - The first hole at or after @from and below @end
 *
 * Return: true and the hole, cut at @end; false when there is none
 */
bool ranges_gap(const struct ranges *ranges, uint32_t from, uint32_t end,
                struct range *ret);

#endif
