/* SPDX-License-Identifier: MIT */
/*
 * print.h - a frame as one line of text, in packetdrill's notation for TCP
 *
 *	10.9.0.1:40000 > 10.9.0.2:80 S 1:1(0) win 64240 <mss 1460,sackOK,...>
 *	ARP who-has 10.9.0.2 tell 10.9.0.1
 */
#ifndef WIRE_PRINT_H
#define WIRE_PRINT_H

#include "wire/tcp.h"
#include <stddef.h>
#include <stdint.h>

#define PRINT_LINE_LEN 320

/** struct print_base - what to subtract, so that numbers are relative; zeros for absolute */
struct print_base {
	uint32_t seq, ack;
	bool is_signed; /* up to 16 MiB before the base are negative: old segments */
};

/** print_frame() - One line for an Ethernet frame, never more than @size - 1 octets; returns @text */
char *print_frame(char *text, size_t size, const uint8_t *frame, size_t len,
                  const struct print_base *base);

/** print_tcp() - The segment alone: "S. 0:0(0) ack 1 win 65535 <mss 1460,...>" */
char *print_tcp(char *text, size_t size, const struct tcp_hdr *hdr,
                size_t text_len, const struct print_base *base);

#endif
