/* SPDX-License-Identifier: MIT */
/*
 * tcp.c - the TCP header, RFC 9293 section 3.1; options in tcp_options.c
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-------------------------------+-------------------------------+
 *	|          Source Port          |       Destination Port        |  0
 *	+-------------------------------+-------------------------------+
 *	|                        Sequence Number                        |  4
 *	|                     Acknowledgment Number                     |  8
 *	+-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *	| Data  |       |C|E|U|A|P|R|S|F|                               |
 *	| Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             | 12
 *	|       |       |R|E|G|K|H|T|N|N|                               |
 *	+-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 *	|            Checksum           |         Urgent Pointer        | 16
 *	+-------------------------------+-------------------------------+
 *	|                    Options, 0 to 40 octets                    | 20
 */
#include "base/bytes.h"
#include "wire/tcp_options.h"

enum {
	TCP_SRC_PORT = 0,
	TCP_DST_PORT = 2,
	TCP_SEQ      = 4,
	TCP_ACK      = 8,
	TCP_OFFSET   = 12,
	TCP_FLAGS    = 13,
	TCP_WINDOW   = 14,
	TCP_CHECKSUM = 16,
	TCP_URGENT   = 18,
};

/* Bits of octet 13, from the right. */
enum { FIN, SYN, RST, PSH, ACK, URG, ECE, CWR };

static void read_flags(uint8_t flags, struct tcp_hdr *ret)
{
	ret->fin     = flags & BIT(FIN);
	ret->syn     = flags & BIT(SYN);
	ret->rst     = flags & BIT(RST);
	ret->psh     = flags & BIT(PSH);
	ret->ack_bit = flags & BIT(ACK);
	ret->urg     = flags & BIT(URG);
	ret->ece     = flags & BIT(ECE);
	ret->cwr     = flags & BIT(CWR);
}

static uint8_t flags_of(const struct tcp_hdr *hdr)
{
	return (uint8_t)(hdr->fin << FIN | hdr->syn << SYN | hdr->rst << RST |
	                 hdr->psh << PSH | hdr->ack_bit << ACK |
	                 hdr->urg << URG | hdr->ece << ECE | hdr->cwr << CWR);
}

/* The reserved bits are ignored, as section 3.1 asks of a receiver. */
enum drop tcp_hdr_read(const uint8_t *buf, size_t len, struct tcp_hdr *ret)
{
	struct tcp_hdr hdr;
	size_t hdr_len;

	if (len < TCP_HDR_LEN)
		return DROP_TCP_SHORT;

	hdr_len = 4u * (buf[TCP_OFFSET] >> 4);
	if (hdr_len < TCP_HDR_LEN || hdr_len > len)
		return DROP_TCP_OFFSET;

	hdr = (struct tcp_hdr){
		.src_port = get_be16(buf + TCP_SRC_PORT),
		.dst_port = get_be16(buf + TCP_DST_PORT),
		.seq      = get_be32(buf + TCP_SEQ),
		.ack      = get_be32(buf + TCP_ACK),
		.hdr_len  = (uint8_t)hdr_len,
		/* MUST-1 */
		.window   = get_be16(buf + TCP_WINDOW),
		.checksum = get_be16(buf + TCP_CHECKSUM),
		.urgent   = get_be16(buf + TCP_URGENT),
	};
	read_flags(buf[TCP_FLAGS], &hdr);
	/* MUST-5: on every segment, MUST-7 */
	if (!tcp_options_read(buf + TCP_HDR_LEN, buf + hdr_len, &hdr.opt))
		return DROP_TCP_OPTION;

	*ret = hdr;
	return DROP_NONE;
}

size_t tcp_hdr_len(const struct tcp_options *opt)
{
	uint8_t unused[TCP_OPTIONS_LEN_MAX];

	return TCP_HDR_LEN + tcp_options_write(unused, opt);
}

size_t tcp_hdr_write(uint8_t buf[TCP_HDR_LEN_MAX], const struct tcp_hdr *hdr)
{
	const size_t hdr_len =
	        TCP_HDR_LEN + tcp_options_write(buf + TCP_HDR_LEN, &hdr->opt);

	put_be16(buf + TCP_SRC_PORT, hdr->src_port);
	put_be16(buf + TCP_DST_PORT, hdr->dst_port);
	put_be32(buf + TCP_SEQ, hdr->seq);
	put_be32(buf + TCP_ACK, hdr->ack);
	buf[TCP_OFFSET] = (uint8_t)(hdr_len / 4 << 4);
	buf[TCP_FLAGS]  = flags_of(hdr);
	put_be16(buf + TCP_WINDOW, hdr->window);
	put_be16(buf + TCP_CHECKSUM, hdr->checksum);
	put_be16(buf + TCP_URGENT, hdr->urgent);

	return hdr_len;
}
