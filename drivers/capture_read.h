/* SPDX-License-Identifier: MIT */
/*
 * capture_read.h - read pcapng and classic pcap files, from any tool
 *
 * libpcap reads both but does not show pcapng's comments, which are what our
 * own captures are about; so this is a small reader of our own. A file may be
 * hostile: every length is checked, memory is bounded by one block, and text
 * is made safe to print on a terminal.
 *
 * Read: sections of both byte orders, any number of them; enhanced and simple
 * packet blocks; journal blocks; interfaces with Ethernet, raw IP, BSD
 * loopback and Linux cooked link types, which are all given as Ethernet.
 * Other blocks are skipped.
 */
#ifndef DRIVERS_CAPTURE_READ_H
#define DRIVERS_CAPTURE_READ_H

#include "drivers/link.h"
#include <stdio.h>

#define CAPTURE_COMMENTS_MAX     8  /* per frame; the rest is ignored */
#define CAPTURE_INTERFACES_MAX   64 /* per section; then the file is refused */
#define CAPTURE_BLOCK_OCTETS_MAX (1u << 20) /* of one that is not skipped */

enum capture_record_kind {
	CAPTURE_FRAME,
	CAPTURE_REMARK, /* a journal entry: what happened between frames */
};

/** struct capture_record - borrowed until the next call */
struct capture_record {
	enum capture_record_kind kind;
	uint64_t time_ns;
	bool has_direction, is_rx;
	const uint8_t *frame; /* from destination MAC (zeroes if it had none) */
	size_t len;           /* octets captured */
	unsigned comment_count;
	const char *comment[CAPTURE_COMMENTS_MAX];
	const char *message; /* REMARK: MESSAGE=, or "" */
	const char *event;   /* REMARK: TARN_EVENT=, or "" */
	const char *state;   /* REMARK: TCP_STATE=, or "" */
	uint32_t conn;       /* REMARK: TCP_CONN=, or 0 */
};

struct capture_reader;

/** capture_read_open() - Recognise a file; @file is borrowed until close
 * Return: 0, -ENOMEM, -EIO (cannot be read), -EBADMSG (neither
 *	   pcapng nor pcap)
 */
int capture_read_open(FILE *file, struct capture_reader **ret,
                      char error[LINK_ERROR_LEN]);

/** capture_read_next() - The next record
 * Return: 1 and the record; 0 at the end; -EBADMSG (malformed),
 *	   -EPROTONOSUPPORT (link type), then @error says what and where
 */
int capture_read_next(struct capture_reader *reader, struct capture_record *ret,
                      char error[LINK_ERROR_LEN]);

void capture_read_close(struct capture_reader *reader);

#endif
