/* SPDX-License-Identifier: MIT */
/*
 * pkt.h - a packet on its way out
 *
 *	 room  .-------- headers -------.  part[0]      part[1]
 *	|.....|ETH|IP|TCP and options   |  |payload...| |...|
 *	      ^head_at                  ^PKT_ROOM
 *
 * Headers are pushed in front of each other into a small block; the payload
 * is at most two slices borrowed from a ring. It lives on the stack of
 * whoever sends, and is valid until the driver returns. A received frame needs
 * no such thing: it is one contiguous buffer that is borrowed down the page.
 */
#ifndef BASE_PKT_H
#define BASE_PKT_H

#include "base/event.h"
#include "base/sums.h"
#include "tarn.h"

#define PKT_ROOM 160 /* Ethernet 14 + IPv4 60 + TCP 60, rounded up */

struct pkt {
	uint16_t head_at;   /* index of the first header octet */
	uint8_t part_count; /* payload slices, 0..2 */
	uint16_t sum_at;    /* index where what is summed begins; 0: complete */
	uint16_t sum_offset; /* ... and from there, where the sum goes */
	uint16_t gso_size;   /* 0, or octets of text of each of its segments */
	bool has_left;       /* the link has taken it, as it is now */
	uint8_t head[PKT_ROOM];
	struct tarn_slice part[2];
	struct tarn_note note; /* who sends this and why */
};

/** pkt_init() - Empty: no headers, no payload, a blank note */
void pkt_init(struct pkt *pkt);

/** pkt_because() - Note why it is sent, and where that was decided */
#define pkt_because(pkt, why) pkt_because_at((pkt), BECAUSE(why))
static inline void pkt_because_at(struct pkt *pkt, struct reason reason)
{
	pkt->note.why = (uint16_t)reason.why;
	pkt->note.src = reason.src;
}

/** pkt_payload() - Add a slice; at most two; an empty one is not added */
void pkt_payload(struct pkt *pkt, const void *data, size_t len);

/** pkt_push() - Room for @len more header octets in front. Return: its start */
uint8_t *pkt_push(struct pkt *pkt, size_t len);

/** pkt_pull() - Take @len header octets off the front again */
void pkt_pull(struct pkt *pkt, size_t len);

/** pkt_leave_sum() - Somebody below completes the sum of all that is in it now
 * @offset:	of the sum, which holds the pseudo-header's part
 */
void pkt_leave_sum(struct pkt *pkt, uint16_t offset);

/** pkt_offload() - What is left to the link, for the frame as it is now */
struct tarn_offload pkt_offload(const struct pkt *pkt);

/** pkt_headers() - The headers so far; @ret_len may not be NULL */
uint8_t *pkt_headers(struct pkt *pkt, size_t *ret_len);

/** pkt_len() - Octets in headers and payload */
size_t pkt_len(const struct pkt *pkt);

/** pkt_slices() - All parts, headers first. Return: how many */
unsigned pkt_slices(const struct pkt *pkt, struct tarn_slice ret[3]);

/** pkt_checksum() - @sum plus headers and payload (RFC 1071), unfolded */
uint64_t pkt_checksum(const struct pkt *pkt, const struct sums *sums,
                      uint64_t sum);

/** pkt_copy() - Everything, in order, to @buf of at least pkt_len() octets */
void pkt_copy(const struct pkt *pkt, uint8_t *buf);

#endif
