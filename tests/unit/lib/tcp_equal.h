/* SPDX-License-Identifier: MIT */
/*
 * tcp_equal.h - two TCP headers, field by field
 *
 * memcmp() would compare padding and unused SACK blocks. Shared by unit tests
 * and fuzz targets, so it knows neither Check nor libFuzzer.
 */
#ifndef TESTS_UNIT_LIB_TCP_EQUAL_H
#define TESTS_UNIT_LIB_TCP_EQUAL_H

#include "wire/tcp.h"

/** tcp_options_equal() - All options; of SACK only the blocks that count */
static inline bool tcp_options_equal(const struct tcp_options *a,
                                     const struct tcp_options *b)
{
	for (unsigned i = 0; i < a->sack_count && i < b->sack_count; i++)
		if (a->sack[i].left != b->sack[i].left ||
		    a->sack[i].right != b->sack[i].right)
			return false;

	return a->has_mss == b->has_mss && a->has_wscale == b->has_wscale &&
	       a->sack_permitted == b->sack_permitted &&
	       a->has_timestamps == b->has_timestamps &&
	       a->wscale == b->wscale && a->sack_count == b->sack_count &&
	       a->mss == b->mss && a->tsval == b->tsval && a->tsecr == b->tsecr;
}

/** tcp_fixed_equal() - The fixed 20 octets, without the header's length */
static inline bool tcp_fixed_equal(const struct tcp_hdr *a,
                                   const struct tcp_hdr *b)
{
	return a->src_port == b->src_port && a->dst_port == b->dst_port &&
	       a->seq == b->seq && a->ack == b->ack && a->cwr == b->cwr &&
	       a->ece == b->ece && a->urg == b->urg &&
	       a->ack_bit == b->ack_bit && a->psh == b->psh &&
	       a->rst == b->rst && a->syn == b->syn && a->fin == b->fin &&
	       a->window == b->window && a->checksum == b->checksum &&
	       a->urgent == b->urgent;
}

#endif
