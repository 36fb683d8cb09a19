/* SPDX-License-Identifier: MIT */
/*
 * ranges.c - a small sorted set of half-open ranges; see ranges.h
 *
 * One sorted array. It is short as a rule, and grows to some hundred entries
 * where a queue has dropped every second frame: whoever asks finds the place by
 * bisection, and only what changes the set moves memory.
 */
#include "base/ranges.h"
#include "base/bytes.h"

/* The first range that ends at or behind @offset; count when there is none. */
static uint32_t first_ending_from(const struct ranges *ranges, uint32_t offset)
{
	uint32_t low  = 0;
	uint32_t high = ranges->count;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (ranges->at[middle].end < offset)
			low = middle + 1;
		else
			high = middle;
	}

	return low;
}

/* Replace @taken ranges from @i on by @put ones, moving what is behind. */
static void splice(struct ranges *ranges, uint32_t i, uint32_t taken,
                   uint32_t put)
{
	memmove(&ranges->at[i + put], &ranges->at[i + taken],
	        (ranges->count - i - taken) * sizeof(ranges->at[0]));
	ranges->count = ranges->count - taken + put;
}

bool ranges_add(struct ranges *ranges, uint32_t start, uint32_t end)
{
	const uint32_t first = first_ending_from(ranges, start);
	uint32_t behind      = first;

	if (start >= end)
		return true;

	while (behind < ranges->count && ranges->at[behind].start <= end)
		behind++;
	if (first == behind && ranges->count == ranges->size)
		return false;

	/* [first, behind) touch the new one and melt into it. */
	if (first < behind) {
		start = MIN(start, ranges->at[first].start);
		end   = MAX(end, ranges->at[behind - 1].end);
	}
	splice(ranges, first, behind - first, 1);
	ranges->at[first] = (struct range){ start, end };

	return true;
}

bool ranges_overlap(const struct ranges *ranges, uint32_t start, uint32_t end)
{
	for (uint32_t i = first_ending_from(ranges, start); i < ranges->count;
	     i++) {
		if (ranges->at[i].start >= end)
			return false;
		if (MAX(ranges->at[i].start, start) <
		    MIN(ranges->at[i].end, end))
			return true;
	}

	return false;
}

bool ranges_contain(const struct ranges *ranges, uint32_t start, uint32_t end)
{
	struct range hole;

	return !ranges_gap(ranges, start, end, &hole);
}

bool ranges_around(const struct ranges *ranges, uint32_t offset,
                   struct range *ret)
{
	uint32_t i = first_ending_from(ranges, offset);

	if (i < ranges->count && ranges->at[i].end == offset)
		i++;
	if (i == ranges->count || ranges->at[i].start > offset)
		return false;

	*ret = ranges->at[i];
	return true;
}

uint32_t ranges_total(const struct ranges *ranges)
{
	uint32_t total = 0;

	for (uint32_t i = 0; i < ranges->count; i++)
		total += ranges->at[i].end - ranges->at[i].start;

	return total;
}

void ranges_shift(struct ranges *ranges, uint32_t by)
{
	uint32_t gone = 0;

	while (gone < ranges->count && ranges->at[gone].end <= by)
		gone++;
	splice(ranges, 0, gone, 0);

	for (uint32_t i = 0; i < ranges->count; i++) {
		struct range *range = &ranges->at[i];

		range->start = range->start > by ? range->start - by : 0;
		range->end -= by;
	}
}

bool ranges_gap(const struct ranges *ranges, uint32_t from, uint32_t end,
                struct range *ret)
{
	uint32_t gap_end = end;

	for (uint32_t i = first_ending_from(ranges, from); i < ranges->count;
	     i++) {
		if (ranges->at[i].end <= from)
			continue;
		if (ranges->at[i].start > from) {
			gap_end = MIN(end, ranges->at[i].start);
			break;
		}
		from = ranges->at[i].end;
	}
	if (from >= end)
		return false;

	*ret = (struct range){ from, gap_end };
	return true;
}
