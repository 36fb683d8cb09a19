/* SPDX-License-Identifier: MIT */
/* pkt.c - a packet on its way out; see pkt.h */
#include "base/pkt.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/checksum.h"

/* The head's octets are not cleared: whoever pushes writes all of them. */
void pkt_init(struct pkt *pkt)
{
	pkt->head_at    = PKT_ROOM;
	pkt->part_count = 0;
	pkt->sum_at     = 0;
	pkt->gso_size   = 0;
	pkt->has_left   = false;
	tarn_note_init(&pkt->note);
}

void pkt_payload(struct pkt *pkt, const void *data, size_t len)
{
	if (!len)
		return;

	CHECK(pkt->part_count < ARRAY_LEN(pkt->part));
	pkt->part[pkt->part_count++] = (struct tarn_slice){ data, len };
}

uint8_t *pkt_push(struct pkt *pkt, size_t len)
{
	CHECK(len <= pkt->head_at);
	pkt->head_at = (uint16_t)(pkt->head_at - len);

	return pkt->head + pkt->head_at;
}

void pkt_pull(struct pkt *pkt, size_t len)
{
	CHECK(len <= (size_t)PKT_ROOM - pkt->head_at);
	pkt->head_at = (uint16_t)(pkt->head_at + len);
}

void pkt_leave_sum(struct pkt *pkt, uint16_t offset)
{
	pkt->sum_at     = pkt->head_at;
	pkt->sum_offset = offset;
}

struct tarn_offload pkt_offload(const struct pkt *pkt)
{
	struct tarn_offload offload = { .gso_size = pkt->gso_size };

	if (pkt->sum_at == 0)
		return offload;

	offload.flags      = TARN_OFFLOAD_NEEDS_SUM;
	offload.hdr_len    = (uint16_t)(PKT_ROOM - pkt->head_at);
	offload.sum_start  = (uint16_t)(pkt->sum_at - pkt->head_at);
	offload.sum_offset = pkt->sum_offset;

	return offload;
}

uint8_t *pkt_headers(struct pkt *pkt, size_t *ret_len)
{
	*ret_len = (size_t)PKT_ROOM - pkt->head_at;
	return pkt->head + pkt->head_at;
}

size_t pkt_len(const struct pkt *pkt)
{
	size_t len = (size_t)PKT_ROOM - pkt->head_at;

	for (unsigned i = 0; i < pkt->part_count; i++)
		len += pkt->part[i].len;

	return len;
}

unsigned pkt_slices(const struct pkt *pkt, struct tarn_slice ret[3])
{
	const size_t head_len = (size_t)PKT_ROOM - pkt->head_at;
	unsigned count        = 0;

	if (head_len)
		ret[count++] = (struct tarn_slice){ pkt->head + pkt->head_at,
			                            head_len };
	for (unsigned i = 0; i < pkt->part_count; i++)
		ret[count++] = pkt->part[i];

	return count;
}

uint64_t pkt_checksum(const struct pkt *pkt, const struct sums *sums,
                      uint64_t sum)
{
	struct tarn_slice part[3];
	const unsigned count = pkt_slices(pkt, part);
	size_t offset        = 0;

	for (unsigned i = 0; i < count; i++) {
		const uint64_t plain = sums->add(0, part[i].data, part[i].len);

		sum += checksum_at(plain, offset);
		offset += part[i].len;
	}

	return sum;
}

void pkt_copy(const struct pkt *pkt, uint8_t *buf)
{
	struct tarn_slice part[3];
	const unsigned count = pkt_slices(pkt, part);

	for (unsigned i = 0; i < count; i++) {
		memcpy(buf, part[i].data, part[i].len);
		buf += part[i].len;
	}
}
