/* SPDX-License-Identifier: MIT */
/* vnet.c - the virtio-net header; see vnet.h */
#include "drivers/vnet.h"

enum {
	VNET_FLAGS       = 0,
	VNET_GSO_TYPE    = 1,
	VNET_HDR_SIZE    = 2,
	VNET_GSO_SIZE    = 4,
	VNET_CSUM_START  = 6,
	VNET_CSUM_OFFSET = 8,
};

#define FLAG_NEEDS_CSUM 1
#define FLAG_DATA_VALID 2
#define GSO_NONE        0
#define GSO_TCPV4       1
#define GSO_ECN         0x80 /* one of its segments says CWR */

static uint16_t get_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void put_le16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

void vnet_hdr_read(const uint8_t hdr[VNET_HDR_LEN], struct tarn_offload *ret)
{
	*ret = (struct tarn_offload){ .flags = 0 };
	if (hdr[VNET_FLAGS] & FLAG_NEEDS_CSUM) {
		ret->flags |= TARN_OFFLOAD_NEEDS_SUM;
		ret->sum_start  = get_le16(hdr + VNET_CSUM_START);
		ret->sum_offset = get_le16(hdr + VNET_CSUM_OFFSET);
	}
	if (hdr[VNET_FLAGS] & FLAG_DATA_VALID)
		ret->flags |= TARN_OFFLOAD_SUM_VALID;
	if ((hdr[VNET_GSO_TYPE] & ~GSO_ECN) != GSO_TCPV4)
		return;

	ret->hdr_len  = get_le16(hdr + VNET_HDR_SIZE);
	ret->gso_size = get_le16(hdr + VNET_GSO_SIZE);
}

void vnet_hdr_write(uint8_t hdr[VNET_HDR_LEN],
                    const struct tarn_offload *offload)
{
	const bool is_super = offload->gso_size > 0;
	uint8_t flags       = 0;

	if (offload->flags & TARN_OFFLOAD_NEEDS_SUM)
		flags |= FLAG_NEEDS_CSUM;
	if (offload->flags & TARN_OFFLOAD_SUM_VALID)
		flags |= FLAG_DATA_VALID;

	hdr[VNET_FLAGS]    = flags;
	hdr[VNET_GSO_TYPE] = is_super ? GSO_TCPV4 : GSO_NONE;
	put_le16(hdr + VNET_HDR_SIZE, is_super ? offload->hdr_len : 0);
	put_le16(hdr + VNET_GSO_SIZE, offload->gso_size);
	put_le16(hdr + VNET_CSUM_START, offload->sum_start);
	put_le16(hdr + VNET_CSUM_OFFSET, offload->sum_offset);
}
