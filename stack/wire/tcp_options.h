/* SPDX-License-Identifier: MIT */
/* tcp_options.h - the options of a TCP header: for tcp.c and print_tcp.c */
#ifndef WIRE_TCP_OPTIONS_H
#define WIRE_TCP_OPTIONS_H

#include "wire/tcp.h"

/** tcp_options_read() - All options in [@at, @end), at most 40 octets
 *
 * Return: false when one is malformed
 */
bool tcp_options_read(const uint8_t *at, const uint8_t *end,
                      struct tcp_options *ret);

/** tcp_options_write() - As tcp_hdr_write() promises
 *
 * SACK blocks for which no room is left are not written.
 *
 * Return: octets written, a multiple of 4, at most TCP_OPTIONS_LEN_MAX
 */
size_t tcp_options_write(uint8_t *buf, const struct tcp_options *opt);

#endif
