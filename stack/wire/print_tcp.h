/* SPDX-License-Identifier: MIT */
/* print_tcp.h - a segment in packetdrill's notation, for print.c */
#ifndef WIRE_PRINT_TCP_H
#define WIRE_PRINT_TCP_H

#include "base/text.h"
#include "wire/print.h"

/** print_tcp_segment() - "S. 0:0(0) ack 1 win 65535"; @base NULL: absolute */
void print_tcp_segment(struct text *text, const struct tcp_hdr *hdr,
                       size_t text_len, const struct print_base *base);

/** print_tcp_options() - " <mss 1460,nop,wscale 7>"; nothing if there are none
 *
 * They must be well-formed, as tcp_hdr_read() has found.
 */
void print_tcp_options(struct text *text, const uint8_t *at, const uint8_t *end,
                       const struct print_base *base);

#endif
