/* SPDX-License-Identifier: MIT */
/*
 * capture_read.c - see capture_read.h
 *
 * A block or record is read with its header, so there are always octets in
 * front of the packet, and a packet of another link type gets its Ethernet
 * header there, in place.
 */
#include "base/bytes.h"
#include "drivers/capture_reader.h"
#include "drivers/pcapng.h"
#include "wire/eth.h"
#include <errno.h>
#include <stdlib.h>

/* Offsets in a classic file's header and in its records. */
enum {
	PCAP_LINKTYPE = 20,
	RECORD_SEC    = 0,
	RECORD_FRAC   = 4,
	RECORD_LEN    = 8,
};
#define LINKTYPE_MASK 0x0fffffffu /* above it: about the FCS */
#define NS_PER_SEC    1000000000ull
#define MAGIC_LEN     4

uint16_t reader_get16(const struct capture_reader *reader, const uint8_t *p)
{
	if (reader->is_big_endian)
		return get_be16(p);

	return (uint16_t)(p[1] << 8 | p[0]);
}

uint32_t reader_get32(const struct capture_reader *reader, const uint8_t *p)
{
	return reader->is_big_endian
	               ? get_be32(p)
	               : (uint32_t)reader_get16(reader, p + 2) << 16 |
	                         reader_get16(reader, p);
}

int reader_reserve(struct capture_reader *reader, size_t len,
                   char error[LINK_ERROR_LEN])
{
	uint8_t *grown;

	if (len + READER_ROOM <= reader->block_size)
		return 0;
	grown = realloc(reader->block, len + READER_ROOM);
	if (!grown) {
		snprintf(error, LINK_ERROR_LEN,
		         "no memory for a block of %zu octets", len);
		return -ENOMEM;
	}
	reader->block      = grown;
	reader->block_size = len + READER_ROOM;

	return 0;
}

int reader_malformed(const struct capture_reader *reader, const char *what,
                     char error[LINK_ERROR_LEN])
{
	snprintf(error, LINK_ERROR_LEN,
	         "malformed at octet %llu: %s; capture it again, or see what "
	         "`capinfos` says about it",
	         (unsigned long long)reader->at, what);

	return -EBADMSG;
}

/* ---- Link types --------------------------------------------------------- */

/* What stands before the IP packet, and where its EtherType is. */
static const struct link_form {
	uint32_t linktype;
	uint8_t hdr_len;
	int8_t type_at; /* -1: the IP version tells */
} link_forms[] = {
	{ 0, 4, -1 },  /* BSD loopback */
	{ 12, 0, -1 }, /* raw IP, three numbers for it */
	{ 14, 0, -1 },   { 101, 0, -1 }, { 228, 0, -1 }, /* raw IPv4 */
	{ 108, 4, -1 },                                  /* OpenBSD loopback */
	{ 113, 16, 14 },                                 /* Linux cooked */
	{ 276, 20, 0 }, /* Linux cooked, version 2 */
};

static uint16_t ethertype_of(const struct link_form *form, const uint8_t *data,
                             size_t len)
{
	if (form->type_at >= 0)
		return get_be16(data + form->type_at);

	return len > form->hdr_len && data[form->hdr_len] >> 4 == TARN_IP6
	               ? ETH_TYPE_IP6
	               : ETH_TYPE_IP4;
}

/* @data: in the block, at least ETH_HDR_LEN octets behind its start. */
int reader_as_ethernet(uint32_t linktype, uint8_t *data, size_t len,
                       struct capture_record *ret, char error[LINK_ERROR_LEN])
{
	const struct link_form *form = link_forms;
	const struct link_form *end  = link_forms + ARRAY_LEN(link_forms);
	struct eth_hdr eth           = { .type = 0 };

	ret->frame = data;
	ret->len   = len;
	if (linktype == LINKTYPE_ETHERNET)
		return 1;

	while (form < end && form->linktype != linktype)
		form++;
	if (form == end) {
		snprintf(error, LINK_ERROR_LEN,
		         "link type %u is not understood; capture on an "
		         "Ethernet interface",
		         (unsigned)linktype);
		return -EPROTONOSUPPORT;
	}
	if (len < form->hdr_len) {
		ret->len = 0;
		return 1;
	}

	eth.type   = ethertype_of(form, data, len);
	ret->frame = data + form->hdr_len - ETH_HDR_LEN;
	ret->len   = len - form->hdr_len + ETH_HDR_LEN;
	eth_hdr_write(data + form->hdr_len - ETH_HDR_LEN, &eth);

	return 1;
}

/* End @text here, and leave nothing in it that a terminal would obey. */
const char *reader_safe_text(uint8_t *text, size_t len)
{
	text[len] = '\0';
	for (size_t i = 0; i < len; i++) {
		const bool is_c1 = text[i] == 0xc2 && text[i + 1] >= 0x80 &&
		                   text[i + 1] < 0xa0;

		if (text[i] == '\n' || text[i] == '\t')
			text[i] = ' ';
		else if (text[i] < ' ' || text[i] == 0x7f || is_c1)
			text[i] = '?';
	}

	return (const char *)text;
}

/* ---- Classic pcap ------------------------------------------------------- */

/* Does the file start with @magic, in either byte order? */
static bool is_magic(struct capture_reader *reader, uint32_t magic)
{
	reader->is_big_endian = get_be32(reader->block) == magic;

	return reader_get32(reader, reader->block) == magic;
}

static int open_pcap(struct capture_reader *reader, char error[LINK_ERROR_LEN])
{
	const size_t rest = PCAP_FILE_HDR_LEN - MAGIC_LEN;

	if (fread(reader->block + MAGIC_LEN, 1, rest, reader->file) != rest)
		return reader_malformed(reader, "the file header is cut off",
		                        error);
	reader->interface[0].linktype =
	        reader_get32(reader, reader->block + PCAP_LINKTYPE) &
	        LINKTYPE_MASK;
	reader->at = PCAP_FILE_HDR_LEN;

	return 0;
}

static int pcap_next(struct capture_reader *reader, struct capture_record *ret,
                     char error[LINK_ERROR_LEN])
{
	const size_t have =
	        fread(reader->block, 1, PCAP_RECORD_HDR_LEN, reader->file);
	uint8_t *header, *data;
	uint32_t len;

	if (have == 0)
		return 0;
	if (have < PCAP_RECORD_HDR_LEN)
		return reader_malformed(reader, "the file ends inside a record",
		                        error);
	len = reader_get32(reader, reader->block + RECORD_LEN);
	if (len > CAPTURE_BLOCK_OCTETS_MAX)
		return reader_malformed(reader, "a packet above 1 MiB", error);
	if (reader_reserve(reader, PCAP_RECORD_HDR_LEN + len, error) < 0)
		return -ENOMEM;
	header = reader->block;
	data   = header + PCAP_RECORD_HDR_LEN;
	if (fread(data, 1, len, reader->file) != len)
		return reader_malformed(reader, "the file ends inside a packet",
		                        error);

	ret->time_ns = reader_get32(reader, header + RECORD_SEC) * NS_PER_SEC +
	               (uint64_t)reader_get32(reader, header + RECORD_FRAC) *
	                       reader->fraction_ns;
	reader->at += PCAP_RECORD_HDR_LEN + len;

	return reader_as_ethernet(reader->interface[0].linktype, data, len, ret,
	                          error);
}

/* ---- What is called ----------------------------------------------------- */

static int recognise(struct capture_reader *reader, char error[LINK_ERROR_LEN])
{
	const size_t have = fread(reader->block, 1, MAGIC_LEN, reader->file);

	if (have == MAGIC_LEN && is_magic(reader, PCAPNG_SECTION)) {
		reader->is_pcapng = true;
		reader->peeked    = MAGIC_LEN;
		return 0;
	}
	if (have == MAGIC_LEN && is_magic(reader, PCAP_MAGIC_US)) {
		reader->fraction_ns = 1000;
		return open_pcap(reader, error);
	}
	if (have == MAGIC_LEN && is_magic(reader, PCAP_MAGIC_NS)) {
		reader->fraction_ns = 1;
		return open_pcap(reader, error);
	}
	if (ferror(reader->file)) {
		snprintf(error, LINK_ERROR_LEN, "cannot be read: %s",
		         strerror(errno));
		return -EIO;
	}
	snprintf(error, LINK_ERROR_LEN,
	         "neither pcapng nor pcap; convert it with "
	         "`editcap -F pcapng IN OUT`");

	return -EBADMSG;
}

int capture_read_open(FILE *file, struct capture_reader **ret,
                      char error[LINK_ERROR_LEN])
{
	struct capture_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (!reader) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	reader->file = file;
	rc           = reader_reserve(reader, PCAP_FILE_HDR_LEN, error);
	if (rc == 0)
		rc = recognise(reader, error);
	if (rc < 0)
		capture_read_close(reader);
	else
		*ret = reader;

	return rc;
}

int capture_read_next(struct capture_reader *reader, struct capture_record *ret,
                      char error[LINK_ERROR_LEN])
{
	*ret = (struct capture_record){ .message = "",
		                        .event   = "",
		                        .state   = "" };

	return reader->is_pcapng ? pcapng_read_next(reader, ret, error)
	                         : pcap_next(reader, ret, error);
}

void capture_read_close(struct capture_reader *reader)
{
	if (!reader)
		return;
	free(reader->block);
	free(reader);
}
