/* SPDX-License-Identifier: MIT */
/*
 * eth.c - the Ethernet II header, RFC 894
 *
 *	 0           6          12    14
 *	|destination|  source   |type |payload...
 *
 * Neither preamble nor FCS: the hardware takes them off.
 */
#include "wire/eth.h"
#include "base/bytes.h"
#include <errno.h>

enum { ETH_DST = 0, ETH_SRC = 6, ETH_TYPE = 12 };

const uint8_t eth_broadcast[ETH_ADDR_LEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

int eth_hdr_read(const uint8_t *buf, size_t len, struct eth_hdr *ret)
{
	if (len < ETH_HDR_LEN)
		return -EBADMSG;

	memcpy(ret->dst, buf + ETH_DST, ETH_ADDR_LEN);
	memcpy(ret->src, buf + ETH_SRC, ETH_ADDR_LEN);
	ret->type = get_be16(buf + ETH_TYPE);

	return (int)(len - ETH_HDR_LEN);
}

void eth_hdr_write(uint8_t *buf, const struct eth_hdr *hdr)
{
	memcpy(buf + ETH_DST, hdr->dst, ETH_ADDR_LEN);
	memcpy(buf + ETH_SRC, hdr->src, ETH_ADDR_LEN);
	put_be16(buf + ETH_TYPE, hdr->type);
}
