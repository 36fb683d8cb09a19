/* SPDX-License-Identifier: MIT */
/*
 * icmp.c - the ICMP header, RFC 792
 *
 *	 0      1      2             4                           8
 *	|type  |code  |checksum     |word: depends on the type  |data...
 *
 * The checksum covers header and data; whoever holds both computes it.
 */
#include "wire/icmp.h"
#include "base/bytes.h"
#include <errno.h>

enum { ICMP_TYPE = 0, ICMP_CODE = 1, ICMP_CHECKSUM = 2, ICMP_WORD = 4 };

int icmp_hdr_read(const uint8_t *buf, size_t len, struct icmp_hdr *ret)
{
	if (len < ICMP_HDR_LEN)
		return -EBADMSG;

	*ret = (struct icmp_hdr){
		.type     = buf[ICMP_TYPE],
		.code     = buf[ICMP_CODE],
		.checksum = get_be16(buf + ICMP_CHECKSUM),
		.word     = get_be32(buf + ICMP_WORD),
	};

	return (int)(len - ICMP_HDR_LEN);
}

void icmp_hdr_write(uint8_t *buf, const struct icmp_hdr *hdr)
{
	buf[ICMP_TYPE] = hdr->type;
	buf[ICMP_CODE] = hdr->code;
	put_be16(buf + ICMP_CHECKSUM, hdr->checksum);
	put_be32(buf + ICMP_WORD, hdr->word);
}

/* RFC 1122 section 3.2.2 names the five types of error messages. */
bool icmp_is_error(uint8_t type)
{
	switch (type) {
	case ICMP_UNREACHABLE:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER_PROBLEM:
		return true;
	default:
		return false;
	}
}
