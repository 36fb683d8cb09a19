/* SPDX-License-Identifier: MIT */
/*
 * capture_file.h - capture files made by hand, and what a reader makes of them
 *
 *	setup(); section(); interface(...); packet(...); read_file();
 */
#ifndef TESTS_UNIT_DRIVERS_CAPTURE_FILE_H
#define TESTS_UNIT_DRIVERS_CAPTURE_FILE_H

#include "drivers/capture_read.h"
#include "drivers/pcapng.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"

#define FILE_SIZE 8192

/* The file under construction. */
static uint8_t bytes[FILE_SIZE];
static size_t size, block_at;
static bool big_endian;
static char error[LINK_ERROR_LEN];

static inline void setup(void)
{
	size       = 0;
	big_endian = false;
	error[0]   = '\0';
}

static inline void put16(uint16_t value)
{
	bytes[size + big_endian]  = (uint8_t)value;
	bytes[size + !big_endian] = (uint8_t)(value >> 8);
	size += 2;
}

static inline void put32(uint32_t value)
{
	put16((uint16_t)(big_endian ? value >> 16 : value));
	put16((uint16_t)(big_endian ? value : value >> 16));
}

static inline void put_data(const void *data, size_t len)
{
	memcpy(bytes + size, data, len);
	size += len;
	while (size % 4)
		bytes[size++] = 0;
}

static inline void begin(uint32_t type)
{
	block_at = size;
	put32(type);
	put32(0);
}

static inline void end(void)
{
	const size_t stop  = size;
	const uint32_t len = (uint32_t)(stop - block_at + 4);

	size = block_at + 4;
	put32(len);
	size = stop;
	put32(len);
}

static inline void option(uint16_t code, const void *data, size_t len)
{
	put16(code);
	put16((uint16_t)len);
	put_data(data, len);
}

static inline void section(void)
{
	begin(PCAPNG_SECTION);
	put32(PCAPNG_MAGIC);
	put16(1);
	put16(0);
	put32(UINT32_MAX);
	put32(UINT32_MAX);
	end();
}

static inline void interface(uint16_t linktype, uint8_t tsresol)
{
	begin(PCAPNG_INTERFACE);
	put16(linktype);
	put16(0);
	put32(0);
	option(PCAPNG_OPT_IF_TSRESOL, &tsresol, 1);
	end();
}

static inline void packet(uint32_t number, uint64_t time, const void *data,
                          size_t len)
{
	begin(PCAPNG_ENHANCED_PACKET);
	put32(number);
	put32((uint32_t)(time >> 32));
	put32((uint32_t)time);
	put32((uint32_t)len);
	put32((uint32_t)len);
	put_data(data, len);
	end();
}

static inline void pcap_header(uint32_t magic, uint32_t linktype)
{
	put32(magic);
	put16(2);
	put16(4);
	put32(0);
	put32(0);
	put32(65535);
	put32(linktype);
}

static inline void pcap_record(uint32_t sec, uint32_t fraction,
                               const void *data, uint32_t len)
{
	put32(sec);
	put32(fraction);
	put32(len);
	put32(len);
	memcpy(bytes + size, data, len);
	size += len;
}

/* Read @len octets of the file. Return: what ended it; *ret_last: the last record */
static inline int read_cut(size_t len, struct capture_record *ret_last,
                           unsigned *ret_count, uint8_t *frame)
{
	FILE *file = fmemopen(bytes, len, "rb");
	struct capture_reader *reader;
	struct capture_record record;
	int rc;

	*ret_count = 0;
	ck_assert_ptr_nonnull(file);
	rc = capture_read_open(file, &reader, error);
	if (rc == 0) {
		while ((rc = capture_read_next(reader, &record, error)) > 0) {
			*ret_last = record;
			memcpy(frame, record.frame, record.len);
			(*ret_count)++;
		}
		capture_read_close(reader);
	}
	fclose(file);

	return rc;
}

static struct capture_record last;
static uint8_t last_frame[FILE_SIZE];
static unsigned count;

static inline int read_file(void)
{
	return read_cut(size, &last, &count, last_frame);
}

#endif
