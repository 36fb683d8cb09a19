/* SPDX-License-Identifier: MIT */
/* capture_reader.h - what capture_read.c and pcapng_read.c share */
#ifndef DRIVERS_CAPTURE_READER_H
#define DRIVERS_CAPTURE_READER_H

#include "drivers/capture_read.h"

/* A packet that has less than this in front of it is moved back. */
#define READER_ROOM 32u

struct capture_interface {
	uint32_t linktype;
	uint8_t tsresol; /* as in the option; 6 when there is none */
};

/* One block (pcapng) or record (pcap) is in memory at a time, header included. */
struct capture_reader {
	FILE *file;
	bool is_pcapng;
	bool is_big_endian; /* the numbers of the section or file */
	uint64_t at;        /* where the block starts, for messages */
	size_t peeked;      /* octets of it that are here already */
	uint64_t last_ns;
	uint32_t fraction_ns; /* pcap: unit of the second number of a time */
	unsigned interface_count;
	struct capture_interface interface[CAPTURE_INTERFACES_MAX];
	uint32_t block_len; /* of the block in hand */
	uint8_t *block;     /* grows with the largest one so far */
	size_t block_size;  /* octets allocated */
};

uint16_t reader_get16(const struct capture_reader *reader, const uint8_t *p);
uint32_t reader_get32(const struct capture_reader *reader, const uint8_t *p);

/** reader_reserve() - Room for a block of @len and READER_ROOM. Return: 0, -ENOMEM */
int reader_reserve(struct capture_reader *reader, size_t len,
                   char error[LINK_ERROR_LEN]);

/** reader_malformed() - Say what is wrong and where. Return: -EBADMSG */
int reader_malformed(const struct capture_reader *reader, const char *what,
                     char error[LINK_ERROR_LEN]);

/** reader_as_ethernet() - Give a packet of any link type we know as a frame
 * @data:	in the reader's block, with ETH_HDR_LEN octets in front of it
 *		that may be overwritten
 * Return: 1, -EPROTONOSUPPORT
 */
int reader_as_ethernet(uint32_t linktype, uint8_t *data, size_t len,
                       struct capture_record *ret, char error[LINK_ERROR_LEN]);

/** reader_safe_text() - End @text with a NUL at @len; nothing in it commands a terminal */
const char *reader_safe_text(uint8_t *text, size_t len);

/** pcapng_read_next() - capture_read_next() for pcapng */
int pcapng_read_next(struct capture_reader *reader, struct capture_record *ret,
                     char error[LINK_ERROR_LEN]);

#endif
