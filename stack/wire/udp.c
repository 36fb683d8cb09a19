/* SPDX-License-Identifier: MIT */
/*
 * udp.c - the UDP header, RFC 768
 *
 *	 0             2             4             6             8
 *	|source port  |dest. port   |length       |checksum     |payload...
 *
 * The length counts the header. What the packet holds beyond it is no part of
 * the datagram.
 */
#include "wire/udp.h"
#include "base/bytes.h"
#include <errno.h>

enum { UDP_SRC_PORT = 0, UDP_DST_PORT = 2, UDP_LENGTH = 4, UDP_CHECKSUM = 6 };

int udp_hdr_read(const uint8_t *buf, size_t len, struct udp_hdr *ret)
{
	uint16_t length;

	if (len < UDP_HDR_LEN)
		return -EBADMSG;

	length = get_be16(buf + UDP_LENGTH);
	if (length < UDP_HDR_LEN || length > len)
		return -EMSGSIZE;

	*ret = (struct udp_hdr){
		.src_port = get_be16(buf + UDP_SRC_PORT),
		.dst_port = get_be16(buf + UDP_DST_PORT),
		.length   = length,
		.checksum = get_be16(buf + UDP_CHECKSUM),
	};

	return length - UDP_HDR_LEN;
}

void udp_hdr_write(uint8_t *buf, const struct udp_hdr *hdr)
{
	put_be16(buf + UDP_SRC_PORT, hdr->src_port);
	put_be16(buf + UDP_DST_PORT, hdr->dst_port);
	put_be16(buf + UDP_LENGTH, hdr->length);
	put_be16(buf + UDP_CHECKSUM, hdr->checksum);
}
