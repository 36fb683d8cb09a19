/* SPDX-License-Identifier: MIT */
/*
 * datagram.h - the fragments of one datagram, for reassembly.c only
 *
 *	0        1480      2960      4440	offset in the datagram
 *	|1st, MF=1|        |3rd, MF=1|		held, sorted by start
 *	                             |last|	MF=0: its end is the total
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include "base/drop.h"
#include "base/list.h"
#include "base/table.h"
#include "tarn.h"

/** struct fragment - one fragment as it came, so that an error can quote it
 * @start, @end: octets of the datagram's payload
 * @packet:	hdr_len octets of header and then end - start of payload
 */
struct fragment {
	uint32_t start, end;
	uint8_t hdr_len;
	bool is_last; /* MF is 0 */
	uint8_t *packet;
};

/** struct datagram_key - octets only, so that it has no padding */
struct datagram_key {
	struct tarn_ip src, dst;
	uint8_t proto, id[2];
};

struct datagram {
	struct table_node node;
	struct datagram_key key;
	struct list age;
	uint64_t deadline_us;
	size_t bytes;       /* true octets, this record included */
	uint32_t total_len; /* octets of payload; 0: the last has not come */
	uint32_t held_len;  /* octets of payload held */
	unsigned count, room;
	struct fragment *fragment; /* count of room, sorted by start */
	bool is_tombstone;         /* discarded: what comes is dropped */
	bool is_broadcast;
};

/** datagram_check() - Does a fragment fit to those that are here?
 * @shape:	its packet is not looked at
 * @packet:	borrowed
 * @ret_at:	its place among the others
 *
 * Return: DROP_NONE; DROP_FRAGMENT_DUPLICATE: it was here before; _OVERLAP,
 *	   _INCONSISTENT, _COUNT: the datagram is spoilt
 */
enum drop datagram_check(const struct datagram *datagram,
                         const struct fragment *shape, const uint8_t *packet,
                         unsigned *ret_at);

/** datagram_cost() - True octets that inserting the fragment will take */
size_t datagram_cost(const struct datagram *datagram,
                     const struct fragment *shape);

/** datagram_insert() - Keep a copy of a fragment at the place found by the check
 *
 * Return: DROP_NONE, or DROP_FRAGMENT_MEMORY (the datagram is unchanged)
 */
enum drop datagram_insert(struct datagram *datagram, struct memory *memory,
                          unsigned at, const struct fragment *shape,
                          const uint8_t *packet);

bool datagram_is_whole(const struct datagram *datagram);

/** datagram_copy() - The payload, whole, to @buf of total_len octets */
void datagram_copy(const struct datagram *datagram, uint8_t *buf);

/** datagram_empty() - Give back everything but the record itself */
void datagram_empty(struct datagram *datagram, struct memory *memory);

/** fragment_len() - Octets of a fragment's packet, header included */
static inline size_t fragment_len(const struct fragment *fragment)
{
	return fragment->hdr_len + (size_t)(fragment->end - fragment->start);
}

#endif
