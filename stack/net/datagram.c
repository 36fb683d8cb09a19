/* SPDX-License-Identifier: MIT */
/*
 * datagram.c - the fragments of one datagram; see datagram.h
 *
 * They lie in an array sorted by start, so a fragment's place is found by
 * halving, in whatever order an attacker sends them (FragmentSmack). Ranges are
 * disjoint: the datagram is whole when the octets held make up the total.
 */
#include "net/datagram.h"
#include "base/bytes.h"
#include "base/limits.h"

#define FRAGMENT_ROOM_MIN 4

/* The first fragment that ends behind @start: the one there, or the next. */
static unsigned find_place(const struct datagram *datagram, uint32_t start)
{
	unsigned low = 0, high = datagram->count;

	while (low < high) {
		const unsigned middle = (low + high) / 2;

		if (datagram->fragment[middle].end > start)
			high = middle;
		else
			low = middle + 1;
	}

	return low;
}

/* The fragment that lies there, or behind: it must not be touched, unless it is
 * the same one again. The same range with another text is two stories. */
static enum drop check_next(const struct fragment *next,
                            const struct fragment *shape, const uint8_t *packet)
{
	if (next->start >= shape->end)
		return DROP_NONE;
	if (next->start != shape->start || next->end != shape->end ||
	    memcmp(next->packet + next->hdr_len, packet + shape->hdr_len,
	           shape->end - shape->start) != 0)
		return DROP_FRAGMENT_OVERLAP;
	if (next->is_last != shape->is_last)
		return DROP_FRAGMENT_INCONSISTENT;

	return DROP_FRAGMENT_DUPLICATE;
}

/* The last one ends the datagram: no other can, and none lies behind it. */
static bool ends_agree(const struct datagram *datagram,
                       const struct fragment *shape)
{
	const uint32_t held_end =
	        datagram->count ? datagram->fragment[datagram->count - 1].end
	                        : 0;

	if (shape->is_last)
		return !datagram->total_len && held_end <= shape->end;

	return !datagram->total_len || shape->end <= datagram->total_len;
}

enum drop datagram_check(const struct datagram *datagram,
                         const struct fragment *shape, const uint8_t *packet,
                         unsigned *ret_at)
{
	const unsigned at = find_place(datagram, shape->start);
	enum drop drop    = DROP_NONE;

	if (at < datagram->count)
		drop = check_next(&datagram->fragment[at], shape, packet);
	if (drop != DROP_NONE)
		return drop;
	if (!ends_agree(datagram, shape))
		return DROP_FRAGMENT_INCONSISTENT;
	if (datagram->count == REASM_FRAGMENTS_MAX)
		return DROP_FRAGMENT_COUNT;

	*ret_at = at;
	return DROP_NONE;
}

/* How many places the array has when one more is needed. */
static unsigned room_after(const struct datagram *datagram)
{
	if (datagram->count < datagram->room)
		return datagram->room;

	return datagram->room ? 2 * datagram->room : FRAGMENT_ROOM_MIN;
}

size_t datagram_cost(const struct datagram *datagram,
                     const struct fragment *shape)
{
	const unsigned more = room_after(datagram) - datagram->room;

	return fragment_len(shape) + more * sizeof(struct fragment);
}

static bool reserve(struct datagram *datagram, struct memory *memory)
{
	const unsigned room    = room_after(datagram);
	const size_t old_bytes = datagram->room * sizeof(struct fragment);
	const size_t new_bytes = room * sizeof(struct fragment);
	struct fragment *moved;

	if (room == datagram->room)
		return true;
	moved = memory_resize(memory, datagram->fragment, old_bytes, new_bytes);
	if (!moved)
		return false;

	datagram->fragment = moved;
	datagram->room     = room;
	datagram->bytes += new_bytes - old_bytes;

	return true;
}

enum drop datagram_insert(struct datagram *datagram, struct memory *memory,
                          unsigned at, const struct fragment *shape,
                          const uint8_t *packet)
{
	const size_t len = fragment_len(shape);
	uint8_t *copy;

	if (!reserve(datagram, memory))
		return DROP_FRAGMENT_MEMORY;
	copy = memory_take(memory, len);
	if (!copy)
		return DROP_FRAGMENT_MEMORY;

	memcpy(copy, packet, len);
	memmove(&datagram->fragment[at + 1], &datagram->fragment[at],
	        (datagram->count - at) * sizeof(struct fragment));
	datagram->fragment[at]        = *shape;
	datagram->fragment[at].packet = copy;
	datagram->count++;
	datagram->bytes += len;
	datagram->held_len += shape->end - shape->start;
	if (shape->is_last)
		datagram->total_len = shape->end;

	return DROP_NONE;
}

bool datagram_is_whole(const struct datagram *datagram)
{
	return datagram->total_len && datagram->held_len == datagram->total_len;
}

void datagram_copy(const struct datagram *datagram, uint8_t *buf)
{
	for (unsigned i = 0; i < datagram->count; i++) {
		const struct fragment *fragment = &datagram->fragment[i];

		memcpy(buf + fragment->start,
		       fragment->packet + fragment->hdr_len,
		       fragment->end - fragment->start);
	}
}

void datagram_empty(struct datagram *datagram, struct memory *memory)
{
	for (unsigned i = 0; i < datagram->count; i++)
		memory_give(memory, datagram->fragment[i].packet,
		            fragment_len(&datagram->fragment[i]));
	memory_give(memory, datagram->fragment,
	            datagram->room * sizeof(struct fragment));
	datagram->fragment  = NULL;
	datagram->count     = 0;
	datagram->room      = 0;
	datagram->held_len  = 0;
	datagram->total_len = 0;
	datagram->bytes     = sizeof(*datagram);
}
