/* SPDX-License-Identifier: MIT */
/*
 * fuzz_ip4.c - IPv4 headers: bounds, and read, write, read gives the same
 *
 * Random octets hardly ever have a right checksum, so each input is tried a
 * second time with version, checksum and total length mended; otherwise no
 * option would ever be looked at.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/fuzz/fuzz.h"
#include "wire/ip4.h"

#define TOTAL_LEN_AT 2
#define CHECKSUM_AT  10

static void require_equal(const struct ip4_hdr *a, const struct ip4_hdr *b)
{
	REQUIRE(a->tos == b->tos && a->total_len == b->total_len);
	REQUIRE(a->id == b->id && a->offset == b->offset);
	REQUIRE(a->dont_fragment == b->dont_fragment);
	REQUIRE(a->more_fragments == b->more_fragments);
	REQUIRE(a->ttl == b->ttl && a->proto == b->proto);
	REQUIRE(ip_equal(&a->src, &b->src) && ip_equal(&a->dst, &b->dst));
}

static void check_form(const struct ip4_hdr *ip, size_t len)
{
	REQUIRE(ip->hdr_len >= IP4_HDR_LEN && ip->hdr_len <= IP4_HDR_LEN_MAX);
	REQUIRE(ip->hdr_len % 4 == 0);
	REQUIRE(ip->total_len >= ip->hdr_len && ip->total_len <= len);
	REQUIRE(ip->offset % 8 == 0);
	REQUIRE(!ip->dont_fragment || !(ip->more_fragments || ip->offset));
	REQUIRE(ip->src.version == TARN_IP4 && ip->dst.version == TARN_IP4);
}

/* Without options the octets are the same, but for the two zeroes of one's
 * complement: a sum that arrived as 0xffff leaves as 0. */
static void check_round_trip(const uint8_t *data, size_t len,
                             const struct ip4_hdr *ip)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ip4_hdr again;

	ip4_hdr_write(copy, ip);
	REQUIRE(ip4_hdr_read(copy, len, &again) == DROP_NONE);
	REQUIRE(again.hdr_len == IP4_HDR_LEN);
	require_equal(&again, ip);
	if (ip->hdr_len == IP4_HDR_LEN && ip->checksum != 0xffff)
		REQUIRE(!memcmp(copy, data, IP4_HDR_LEN));
	free(copy);
}

static void check_quote(const uint8_t *data, size_t len)
{
	struct ip4_hdr quoted, ip;
	const int rest = ip4_quote_read(data, len, &quoted);

	if (rest >= 0)
		REQUIRE((size_t)rest + quoted.hdr_len == len && rest >= 8);
	if (ip4_hdr_read(data, len, &ip) == DROP_NONE &&
	    ip.total_len >= ip.hdr_len + 8) {
		REQUIRE(rest >= 0);
		require_equal(&quoted, &ip);
	}
}

static void check(const uint8_t *data, size_t len)
{
	struct ip4_hdr ip;
	const enum drop drop = ip4_hdr_read(data, len, &ip);

	REQUIRE(drop == DROP_NONE ||
	        (drop >= DROP_IP4_SHORT && drop <= DROP_IP4_SOURCE_ROUTE));
	check_quote(data, len);
	if (drop != DROP_NONE)
		return;

	check_form(&ip, len);
	check_round_trip(data, len, &ip);
}

static void mend(uint8_t *data, size_t len)
{
	const size_t hdr_len = 4u * (data[0] & 15);

	if (hdr_len < IP4_HDR_LEN || hdr_len > len)
		return;

	data[0] = (uint8_t)(0x40 | hdr_len / 4);
	put_be16(data + TOTAL_LEN_AT, (uint16_t)MIN(len, UINT16_MAX));
	put_be16(data + CHECKSUM_AT, 0);
	put_be16(data + CHECKSUM_AT,
	         checksum_fold(checksum_add(0, data, hdr_len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *mended;

	check(data, len);
	if (len < IP4_HDR_LEN)
		return 0;

	mended = fuzz_copy(data, len);
	mend(mended, len);
	check(mended, len);
	free(mended);

	return 0;
}
