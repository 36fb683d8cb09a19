/* SPDX-License-Identifier: MIT */
/* tcp.h - the TCP header and its options (RFC 9293 section 3.1, 7323, 2018) */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "base/drop.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_HDR_LEN         20
#define TCP_HDR_LEN_MAX     60
#define TCP_SUM_OFFSET      16 /* of the checksum in the header */
#define TCP_OPTIONS_LEN_MAX 40
#define TCP_SACK_BLOCKS_MAX 4

#define TCP_OPT_EOL            0
#define TCP_OPT_NOP            1
#define TCP_OPT_MSS            2
#define TCP_OPT_WSCALE         3
#define TCP_OPT_SACK_PERMITTED 4
#define TCP_OPT_SACK           5
#define TCP_OPT_TIMESTAMPS     8
#define TCP_OPT_FASTOPEN       34  /* RFC 7413 */
#define TCP_OPT_EXPERIMENT     254 /* RFC 6994: two octets say which */

#define TCP_FASTOPEN_COOKIE_MIN 4
#define TCP_FASTOPEN_COOKIE_MAX 16

struct tcp_sack_block {
	uint32_t left, right; /* [left, right), not checked against anything */
};

/** struct tcp_fastopen - a Fast Open cookie, or the wish for one (len 0) */
struct tcp_fastopen {
	bool is_there, is_experiment; /* kind 254 and 0xf989, as it once was */
	uint8_t len;                  /* 0, or 4..16 and even */
	uint8_t cookie[TCP_FASTOPEN_COOKIE_MAX];
};

/** struct tcp_options - the options that mean something to us; has_* tells which */
struct tcp_options {
	bool has_mss, has_wscale, sack_permitted, has_timestamps;
	uint8_t wscale;     /* as offered, 0..255 */
	uint8_t sack_count; /* 0..4 */
	uint16_t mss;       /* as offered, 0..65535 */
	uint32_t tsval, tsecr;
	struct tcp_sack_block sack[TCP_SACK_BLOCKS_MAX];
	struct tcp_fastopen fastopen;
};

/** struct tcp_hdr - a segment's header in host order */
struct tcp_hdr {
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t hdr_len; /* octets, 20..60, options included */
	bool cwr, ece, urg, ack_bit, psh, rst, syn, fin;
	uint16_t window; /* as on the wire, unscaled */
	uint16_t checksum;
	uint16_t urgent;
	struct tcp_options opt;
};

/**
 * tcp_hdr_read() - Parse a header with its options
 * @ret: untouched unless DROP_NONE
 *
 * Unknown options are skipped by their length; a length below 2 or beyond the
 * header makes the segment malformed. An option of a known kind with a wrong
 * length is ignored. MSS, window scale and SACK-permitted are read from any
 * segment; whether they mean something there is the caller's to know. Of an
 * option that occurs twice the first counts.
 *
 * Return: DROP_NONE, DROP_TCP_SHORT, DROP_TCP_OFFSET, DROP_TCP_OPTION
 */
enum drop tcp_hdr_read(const uint8_t *buf, size_t len, struct tcp_hdr *ret);

/** tcp_hdr_len() - Octets that tcp_hdr_write() will write for these options (a multiple of 4) */
size_t tcp_hdr_len(const struct tcp_options *opt);

/**
 * tcp_hdr_write() - Write header and options; hdr->hdr_len is not looked at
 *
 * Options in the order MSS, SACK-permitted, timestamps, NOP, window scale (a
 * SYN's), and NOP NOP timestamps, NOP NOP SACK on other segments (padding as
 * Linux puts it: SACK-permitted and timestamps share a word pair). A Fast Open
 * option follows the others of a SYN if there is room for it.
 *
 * Return: octets written, equal to tcp_hdr_len(&hdr->opt)
 */
size_t tcp_hdr_write(uint8_t buf[TCP_HDR_LEN_MAX], const struct tcp_hdr *hdr);

/** struct tcp_option - one option as it stands in the header */
struct tcp_option {
	uint8_t kind, len; /* octets of @data */
	const uint8_t *data;
};
/**
 * tcp_option_next() - The iterator that owns the only bounds check
 * @at:	moves past the option; start with the first option octet
 *
 * Skips NOP. Return: 1 and the option; 0 at the end or EOL; -EBADMSG
 */
int tcp_option_next(const uint8_t **at, const uint8_t *end,
                    struct tcp_option *ret);

#endif
