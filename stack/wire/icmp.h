/* SPDX-License-Identifier: MIT */
/* icmp.h - ICMP for IPv4 (RFC 792, RFC 1122 section 3.2.2) */
#ifndef WIRE_ICMP_H
#define WIRE_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICMP_HDR_LEN           8
#define ICMP_ECHO_REPLY        0
#define ICMP_UNREACHABLE       3
#define ICMP_SOURCE_QUENCH     4
#define ICMP_REDIRECT          5
#define ICMP_ECHO_REQUEST      8
#define ICMP_TIME_EXCEEDED     11
#define ICMP_PARAMETER_PROBLEM 12

/* Codes of ICMP_UNREACHABLE */
#define ICMP_UNREACHABLE_NET          0
#define ICMP_UNREACHABLE_HOST         1
#define ICMP_UNREACHABLE_PROTOCOL     2
#define ICMP_UNREACHABLE_PORT         3
#define ICMP_UNREACHABLE_TOO_BIG      4 /* DF set; word holds the next hop's MTU */
#define ICMP_UNREACHABLE_SOURCE_ROUTE 5
#define ICMP_TIME_EXCEEDED_REASSEMBLY 1

struct icmp_hdr {
	uint8_t type, code;
	uint16_t checksum;
	/* echo: identifier << 16 | sequence; errors: unused, MTU */
	uint32_t word;
};

/** icmp_hdr_read() - Return: octets after the header, or -EBADMSG */
int icmp_hdr_read(const uint8_t *buf, size_t len, struct icmp_hdr *ret);
/** icmp_hdr_write() - Write 8 octets with the checksum field as in @hdr */
void icmp_hdr_write(uint8_t *buf, const struct icmp_hdr *hdr);

/** icmp_is_error() - Must this type never be answered with an error? */
bool icmp_is_error(uint8_t type);

#endif
