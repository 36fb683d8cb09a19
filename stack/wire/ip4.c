/* SPDX-License-Identifier: MIT */
/*
 * ip4.c - the IPv4 header and its options, RFC 791 section 3.1
 *
 *	 0                   1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-------+-------+---------------+-------------------------------+
 *	|Version|  IHL  |Type of Service|          Total Length         |  0
 *	+-------+-------+---------------+-----+-------------------------+
 *	|         Identification        |R D M|     Fragment Offset     |  4
 *	+---------------+---------------+-----+-------------------------+
 *	|  Time to Live |    Protocol   |         Header Checksum       |  8
 *	+---------------+---------------+-------------------------------+
 *	|                       Source Address                          | 12
 *	|                    Destination Address                        | 16
 *	|                    Options, 0 to 40 octets                    | 20
 *
 * Options are checked and then forgotten: none asks anything of an end host
 * that we want to do, and source routes are refused (RFC 7126 section 4.3). We
 * never send any.
 */
#include "wire/ip4.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include <errno.h>

enum {
	IP4_VERSION_IHL = 0,
	IP4_TOS         = 1,
	IP4_TOTAL_LEN   = 2,
	IP4_ID          = 4,
	IP4_FRAGMENT    = 6,
	IP4_TTL         = 8,
	IP4_PROTO       = 9,
	IP4_CHECKSUM    = 10,
	IP4_SRC         = 12,
	IP4_DST         = 16,
};

#define IP4_ADDR_LEN 4

/* The upper bits of the fragment word; the offset below is in 8 octets. */
#define IP4_RESERVED    0x8000
#define IP4_DF          0x4000
#define IP4_MF          0x2000
#define IP4_OFFSET_MASK 0x1fff

#define OPT_EOL          0
#define OPT_NOP          1
#define OPT_RECORD_ROUTE 7
#define OPT_TIMESTAMP    68
#define OPT_LOOSE_ROUTE  131
#define OPT_STRICT_ROUTE 137

/* The routes and the timestamp hold a pointer behind their length, counted
 * from 1: the first that points to data. One beyond the end means "full". */
static const struct {
	uint8_t kind, pointer_min;
} pointer_options[] = {
	{ OPT_RECORD_ROUTE, 4 },
	{ OPT_TIMESTAMP, 5 },
	{ OPT_LOOSE_ROUTE, 4 },
	{ OPT_STRICT_ROUTE, 4 },
};

/* @opt_len octets lie at @opt, kind and length included. */
static bool is_well_formed(const uint8_t *opt, size_t opt_len)
{
	for (size_t i = 0; i < ARRAY_LEN(pointer_options); i++)
		if (opt[0] == pointer_options[i].kind)
			return opt_len + 1 >= pointer_options[i].pointer_min &&
			       opt[2] >= pointer_options[i].pointer_min;

	return true;
}

/* MUST-50 */
static enum drop check_options(const uint8_t *at, const uint8_t *end)
{
	while (at < end && at[0] != OPT_EOL) {
		if (at[0] == OPT_NOP) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at ||
		    !is_well_formed(at, at[1]))
			return DROP_IP4_OPTION;
		if (at[0] == OPT_LOOSE_ROUTE || at[0] == OPT_STRICT_ROUTE)
			return DROP_IP4_SOURCE_ROUTE;
		at += at[1];
	}

	return DROP_NONE;
}

static bool flags_are_sane(uint16_t fragment)
{
	const bool is_fragment = fragment & (IP4_MF | IP4_OFFSET_MASK);

	return !(fragment & IP4_RESERVED) &&
	       !(fragment & IP4_DF && is_fragment);
}

/* RFC1122-3
 * The relations between the fields, in the order of RFC 1122 section 3.2.1. */
static enum drop check_header(const uint8_t *buf, size_t len)
{
	size_t hdr_len, total_len;

	if (len < IP4_HDR_LEN)
		return DROP_IP4_SHORT;
	if (buf[IP4_VERSION_IHL] >> 4 != TARN_IP4)
		return DROP_IP4_VERSION;

	hdr_len = 4u * (buf[IP4_VERSION_IHL] & 15);
	if (hdr_len < IP4_HDR_LEN || hdr_len > len)
		return DROP_IP4_IHL;
	if (checksum_fold(checksum_add(0, buf, hdr_len)) != 0)
		return DROP_IP4_CHECKSUM;

	total_len = get_be16(buf + IP4_TOTAL_LEN);
	if (total_len < hdr_len || total_len > len)
		return DROP_IP4_LENGTH;
	if (!flags_are_sane(get_be16(buf + IP4_FRAGMENT)))
		return DROP_IP4_FLAGS;

	return check_options(buf + IP4_HDR_LEN, buf + hdr_len);
}

/* The fields of a header whose form the caller has checked. */
static struct ip4_hdr get_header(const uint8_t *buf)
{
	const uint16_t fragment = get_be16(buf + IP4_FRAGMENT);

	return (struct ip4_hdr){
		.hdr_len        = (uint8_t)(4 * (buf[IP4_VERSION_IHL] & 15)),
		.tos            = buf[IP4_TOS],
		.total_len      = get_be16(buf + IP4_TOTAL_LEN),
		.id             = get_be16(buf + IP4_ID),
		.dont_fragment  = fragment & IP4_DF,
		.more_fragments = fragment & IP4_MF,
		.offset         = (uint16_t)(8 * (fragment & IP4_OFFSET_MASK)),
		.ttl            = buf[IP4_TTL],
		.proto          = buf[IP4_PROTO],
		.checksum       = get_be16(buf + IP4_CHECKSUM),
		.src            = ip4_from_u32(get_be32(buf + IP4_SRC)),
		.dst            = ip4_from_u32(get_be32(buf + IP4_DST)),
	};
}

enum drop ip4_hdr_read(const uint8_t *buf, size_t len, struct ip4_hdr *ret)
{
	const enum drop drop = check_header(buf, len);

	if (drop == DROP_NONE)
		*ret = get_header(buf);

	return drop;
}

int ip4_quote_read(const uint8_t *buf, size_t len, struct ip4_hdr *ret)
{
	size_t hdr_len;

	if (len < IP4_HDR_LEN || buf[IP4_VERSION_IHL] >> 4 != TARN_IP4)
		return -EBADMSG;

	hdr_len = 4u * (buf[IP4_VERSION_IHL] & 15);
	if (hdr_len < IP4_HDR_LEN || len < hdr_len + IP4_QUOTE_LEN_MIN ||
	    get_be16(buf + IP4_TOTAL_LEN) < hdr_len + IP4_QUOTE_LEN_MIN)
		return -EBADMSG;

	*ret = get_header(buf);
	return (int)(len - hdr_len);
}

void ip4_hdr_write(uint8_t *buf, const struct ip4_hdr *hdr)
{
	const int fragment = (hdr->dont_fragment ? IP4_DF : 0) |
	                     (hdr->more_fragments ? IP4_MF : 0) |
	                     hdr->offset / 8;

	buf[IP4_VERSION_IHL] = TARN_IP4 << 4 | IP4_HDR_LEN / 4;
	buf[IP4_TOS]         = hdr->tos;
	put_be16(buf + IP4_TOTAL_LEN, hdr->total_len);
	put_be16(buf + IP4_ID, hdr->id);
	put_be16(buf + IP4_FRAGMENT, (uint16_t)fragment);
	buf[IP4_TTL]   = hdr->ttl;
	buf[IP4_PROTO] = hdr->proto;
	put_be16(buf + IP4_CHECKSUM, 0);
	memcpy(buf + IP4_SRC, hdr->src.octet, IP4_ADDR_LEN);
	memcpy(buf + IP4_DST, hdr->dst.octet, IP4_ADDR_LEN);
	put_be16(buf + IP4_CHECKSUM,
	         checksum_fold(checksum_add(0, buf, IP4_HDR_LEN)));
}

/* RFC 9293 section 3.1, RFC 768: addresses, zero, protocol, length. */
uint64_t ip4_pseudo_sum(const struct tarn_ip *src, const struct tarn_ip *dst,
                        uint8_t proto, size_t len)
{
	return len + proto + (uint64_t)get_be32(src->octet) +
	       get_be32(dst->octet);
}

uint32_t ip4_u32(const struct tarn_ip *ip)
{
	return get_be32(ip->octet);
}

struct tarn_ip ip4_from_u32(uint32_t value)
{
	struct tarn_ip ip = { .version = TARN_IP4 };

	put_be32(ip.octet, value);
	return ip;
}

bool ip_equal(const struct tarn_ip *a, const struct tarn_ip *b)
{
	return a->version == b->version &&
	       !memcmp(a->octet, b->octet, sizeof(a->octet));
}
