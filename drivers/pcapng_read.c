/* SPDX-License-Identifier: MIT */
/*
 * pcapng_read.c - the blocks of a pcapng file, for capture_read.c
 *
 * Options are read completely before any of their text is ended with a NUL,
 * because the NUL goes where the next option stands.
 */
#include "base/bytes.h"
#include "drivers/capture_reader.h"
#include "drivers/pcapng.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* Offsets in a pcapng block, from its first octet. */
enum {
	BLOCK_TYPE    = 0,
	BLOCK_LEN     = 4,
	BLOCK_BODY    = 8,
	SHB_MAGIC     = 8,
	SHB_MAJOR     = 12,
	SHB_OPTIONS   = 24,
	IDB_LINKTYPE  = 8,
	IDB_OPTIONS   = 16,
	EPB_INTERFACE = 8,
	EPB_TIME_HIGH = 12,
	EPB_TIME_LOW  = 16,
	EPB_CAPTURED  = 20,
	EPB_DATA      = 28,
	SPB_LEN       = 8,
	SPB_DATA      = 12,
};
#define NS_PER_SEC 1000000000u

struct option {
	uint16_t code, len;
	uint8_t *value;
};

/* Units of 10^-n or, with the high bit set, 2^-n seconds. */
static uint64_t to_ns(uint64_t time, uint8_t tsresol)
{
	const unsigned bits = tsresol & 0x3f;
	uint64_t fraction;

	if (!(tsresol & 0x80)) {
		for (unsigned n = tsresol; n < 9; n++)
			time *= 10;
		for (unsigned n = 9; n < tsresol && time; n++)
			time /= 10;
		return time;
	}

	fraction = time & ((1ull << bits) - 1);
	if (bits > 32)
		return (time >> bits) * NS_PER_SEC +
		       ((fraction >> (bits - 32)) * NS_PER_SEC >> 32);

	return (time >> bits) * NS_PER_SEC + (fraction * NS_PER_SEC >> bits);
}

/* Return: 1 and the option; 0 at the end of the list; -EBADMSG */
static int option_next(const struct capture_reader *reader, uint8_t **at,
                       uint8_t *end, struct option *ret)
{
	size_t padded;

	if (end - *at < 4)
		return 0;
	ret->code  = reader_get16(reader, *at);
	ret->len   = reader_get16(reader, *at + 2);
	ret->value = *at + 4;
	padded     = ((size_t)ret->len + 3) / 4 * 4;
	if (ret->code == PCAPNG_OPT_END)
		return 0;
	if (padded > (size_t)(end - ret->value))
		return -EBADMSG;
	*at = ret->value + padded;

	return 1;
}

static uint8_t *block_end(struct capture_reader *reader)
{
	return reader->block + reader->block_len - 4;
}

static int read_interface(struct capture_reader *reader,
                          char error[LINK_ERROR_LEN])
{
	uint8_t *at = reader->block + IDB_OPTIONS;
	struct capture_interface *interface;
	struct option option;
	int rc;

	if (reader->block_len < IDB_OPTIONS + 4)
		return reader_malformed(reader, "interface block is too short",
		                        error);
	if (reader->interface_count == CAPTURE_INTERFACES_MAX)
		return reader_malformed(reader, "more than 64 interfaces",
		                        error);

	interface  = &reader->interface[reader->interface_count++];
	*interface = (struct capture_interface){
		reader_get16(reader, reader->block + IDB_LINKTYPE), 6
	};
	while ((rc = option_next(reader, &at, block_end(reader), &option)) > 0)
		if (option.code == PCAPNG_OPT_IF_TSRESOL && option.len == 1)
			interface->tsresol = option.value[0];

	return rc < 0 ? reader_malformed(reader, "interface option", error) : 0;
}

static int read_packet_options(struct capture_reader *reader, uint8_t *at,
                               struct capture_record *ret)
{
	struct option option, comment[CAPTURE_COMMENTS_MAX];
	unsigned count = 0;
	int rc;

	while ((rc = option_next(reader, &at, block_end(reader), &option)) >
	       0) {
		if (option.code == PCAPNG_OPT_COMMENT &&
		    count < CAPTURE_COMMENTS_MAX)
			comment[count++] = option;
		if (option.code == PCAPNG_OPT_EPB_FLAGS && option.len == 4) {
			const uint32_t way =
			        reader_get32(reader, option.value) &
			        PCAPNG_DIRECTION_MASK;

			ret->has_direction = way != 0;
			ret->is_rx         = way == PCAPNG_INBOUND;
		}
	}
	ret->comment_count = count;
	while (count-- > 0)
		ret->comment[count] = reader_safe_text(comment[count].value,
		                                       comment[count].len);

	return rc;
}

static int read_enhanced_packet(struct capture_reader *reader,
                                struct capture_record *ret,
                                char error[LINK_ERROR_LEN])
{
	uint8_t *block = reader->block;
	uint32_t number, captured, room;
	uint64_t time;

	if (reader->block_len < EPB_DATA + 4)
		return reader_malformed(reader, "packet block is too short",
		                        error);
	room     = reader->block_len - EPB_DATA - 4;
	number   = reader_get32(reader, block + EPB_INTERFACE);
	captured = reader_get32(reader, block + EPB_CAPTURED);
	if (number >= reader->interface_count)
		return reader_malformed(reader, "packet of no interface",
		                        error);
	if (captured > room || (captured + 3) / 4 * 4 > room)
		return reader_malformed(
		        reader, "packet is longer than its block", error);

	time = (uint64_t)reader_get32(reader, block + EPB_TIME_HIGH) << 32 |
	       reader_get32(reader, block + EPB_TIME_LOW);
	reader->last_ns = to_ns(time, reader->interface[number].tsresol);
	ret->time_ns    = reader->last_ns;
	if (read_packet_options(
	            reader, block + EPB_DATA + (captured + 3) / 4 * 4, ret) < 0)
		return reader_malformed(reader, "packet option", error);

	return reader_as_ethernet(reader->interface[number].linktype,
	                          block + EPB_DATA, captured, ret, error);
}

/* It has no time of its own; the one of the packet before will do. */
static int read_simple_packet(struct capture_reader *reader,
                              struct capture_record *ret,
                              char error[LINK_ERROR_LEN])
{
	uint8_t *data = reader->block + READER_ROOM;
	uint32_t len;

	if (reader->block_len < SPB_DATA + 4 || reader->interface_count == 0)
		return reader_malformed(reader, "simple packet block", error);
	len = MIN(reader_get32(reader, reader->block + SPB_LEN),
	          reader->block_len - SPB_DATA - 4);
	memmove(data, reader->block + SPB_DATA, len);
	ret->time_ns = reader->last_ns;

	return reader_as_ethernet(reader->interface[0].linktype, data, len, ret,
	                          error);
}

/* The fields of a journal entry that are ours to show. */
enum field { TIMESTAMP, MESSAGE, EVENT, STATE, CONN, FIELD_COUNT };
static const char *const field_names[] = {
	[TIMESTAMP] = "__REALTIME_TIMESTAMP=",
	[MESSAGE]   = "MESSAGE=",
	[EVENT]     = "TARN_EVENT=",
	[STATE]     = "TCP_STATE=",
	[CONN]      = "TCP_CONN=",
};
static_assert(ARRAY_LEN(field_names) == FIELD_COUNT, "a name each");

static void take_field(uint8_t *line, size_t len, const char *field[])
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const size_t name_len = strlen(field_names[i]);

		if (len >= name_len &&
		    memcmp(line, field_names[i], name_len) == 0) {
			field[i] = reader_safe_text(line + name_len,
			                            len - name_len);
			return;
		}
	}
}

static int read_journal(struct capture_reader *reader,
                        struct capture_record *ret)
{
	const char *field[FIELD_COUNT] = { "", "", "", "", "" };
	uint8_t *at = reader->block + BLOCK_BODY, *end = block_end(reader);

	while (at < end) {
		uint8_t *eol     = memchr(at, '\n', (size_t)(end - at));
		const size_t len = (size_t)((eol ? eol : end) - at);

		take_field(at, len, field);
		at += len + 1;
	}

	ret->kind    = CAPTURE_REMARK;
	ret->message = field[MESSAGE];
	ret->event   = field[EVENT];
	ret->state   = field[STATE];
	ret->conn    = (uint32_t)strtoul(field[CONN], NULL, 10);
	ret->time_ns = strtoull(field[TIMESTAMP], NULL, 10) * 1000;

	return 1;
}

static int read_section(struct capture_reader *reader,
                        char error[LINK_ERROR_LEN])
{
	if (reader->block_len < SHB_OPTIONS + 4)
		return reader_malformed(reader, "section header is too short",
		                        error);
	if (reader_get16(reader, reader->block + SHB_MAJOR) != 1)
		return reader_malformed(reader, "not version 1 of pcapng",
		                        error);
	reader->interface_count = 0;

	return 0;
}

static bool is_wanted(uint32_t type)
{
	return type == PCAPNG_SECTION || type == PCAPNG_INTERFACE ||
	       type == PCAPNG_ENHANCED_PACKET || type == PCAPNG_SIMPLE_PACKET ||
	       type == PCAPNG_JOURNAL;
}

/* Return: 0 handled; 1 and a record; -EBADMSG, -EPROTONOSUPPORT */
static int read_body(struct capture_reader *reader, uint32_t type,
                     struct capture_record *ret, char error[LINK_ERROR_LEN])
{
	switch (type) {
	case PCAPNG_SECTION:
		return read_section(reader, error);
	case PCAPNG_INTERFACE:
		return read_interface(reader, error);
	case PCAPNG_ENHANCED_PACKET:
		return read_enhanced_packet(reader, ret, error);
	case PCAPNG_SIMPLE_PACKET:
		return read_simple_packet(reader, ret, error);
	default:
		return read_journal(reader, ret);
	}
}

static bool pass_over(struct capture_reader *reader, size_t left)
{
	uint8_t piece[4096];

	while (left) {
		const size_t len = MIN(left, sizeof(piece));

		if (fread(piece, 1, len, reader->file) != len)
			return false;
		left -= len;
	}

	return true;
}

/* The first 12 octets of a block are here, byte order and all. */
static int begin_block(struct capture_reader *reader, uint32_t *ret_type,
                       char error[LINK_ERROR_LEN])
{
	uint32_t magic;

	*ret_type = reader_get32(reader, reader->block + BLOCK_TYPE);
	if (*ret_type == PCAPNG_SECTION) {
		magic                 = get_be32(reader->block + SHB_MAGIC);
		reader->is_big_endian = magic == PCAPNG_MAGIC;
		if (reader_get32(reader, reader->block + SHB_MAGIC) !=
		    PCAPNG_MAGIC)
			return reader_malformed(reader, "byte-order magic",
			                        error);
	}
	reader->block_len = reader_get32(reader, reader->block + BLOCK_LEN);
	if (reader->block_len < PCAPNG_BLOCK_OVERHEAD ||
	    reader->block_len % 4 != 0)
		return reader_malformed(reader, "block length", error);
	if (is_wanted(*ret_type) &&
	    reader->block_len > CAPTURE_BLOCK_OCTETS_MAX)
		return reader_malformed(reader, "a block above 1 MiB", error);

	return is_wanted(*ret_type)
	               ? reader_reserve(reader, reader->block_len, error)
	               : 0;
}

static int cut_off(const struct capture_reader *reader,
                   char error[LINK_ERROR_LEN])
{
	return reader_malformed(reader, "the file ends inside a block", error);
}

/* Return: as pcapng_read_next(), or 2: a block that holds no record */
static int next_block(struct capture_reader *reader, struct capture_record *ret,
                      char error[LINK_ERROR_LEN])
{
	size_t have = reader->peeked, rest;
	uint32_t type;
	int rc;

	reader->peeked = 0;
	have += fread(reader->block + have, 1, PCAPNG_BLOCK_OVERHEAD - have,
	              reader->file);
	if (have == 0)
		return 0;
	if (have < PCAPNG_BLOCK_OVERHEAD)
		return cut_off(reader, error);
	rc = begin_block(reader, &type, error);
	if (rc < 0)
		return rc;

	rest = reader->block_len - have;
	if (!is_wanted(type)) {
		reader->at += reader->block_len;
		return pass_over(reader, rest) ? 2 : cut_off(reader, error);
	}
	if (fread(reader->block + have, 1, rest, reader->file) != rest)
		return cut_off(reader, error);
	if (reader_get32(reader, block_end(reader)) != reader->block_len)
		return reader_malformed(reader, "a block's two lengths differ",
		                        error);
	rc = read_body(reader, type, ret, error);
	reader->at += reader->block_len;

	return rc == 0 ? 2 : rc;
}

int pcapng_read_next(struct capture_reader *reader, struct capture_record *ret,
                     char error[LINK_ERROR_LEN])
{
	int rc;

	do
		rc = next_block(reader, ret, error);
	while (rc == 2);

	return rc;
}
