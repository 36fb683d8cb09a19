/* SPDX-License-Identifier: MIT */
/* udp.h - the UDP header (RFC 768) */
#ifndef WIRE_UDP_H
#define WIRE_UDP_H

#include <stddef.h>
#include <stdint.h>

#define UDP_SUM_OFFSET 6 /* of the checksum in the header */
#define UDP_HDR_LEN    8

struct udp_hdr {
	uint16_t src_port, dst_port;
	uint16_t length;   /* octets, header included */
	uint16_t checksum; /* 0: the sender did not compute one */
};

/** udp_hdr_read() - Return: octets of payload; -EBADMSG too short; -EMSGSIZE a length below 8 or beyond @len */
int udp_hdr_read(const uint8_t *buf, size_t len, struct udp_hdr *ret);
void udp_hdr_write(uint8_t *buf, const struct udp_hdr *hdr);

#endif
