/* SPDX-License-Identifier: MIT */
/*
 * fuzz_tcp.c - TCP headers: read, write, read gives the same
 *
 * Our padding can need more room than the sender's, so SACK blocks at the end
 * may be lost once; what was written by us must come back whole.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/lib/tcp_equal.h"

/* Octets that our padding needs for these options, room or no room. */
static size_t padded_len(const struct tcp_options *opt)
{
	size_t len = 0;

	if (opt->has_mss)
		len += 4;
	if (opt->has_timestamps)
		len += 12;
	else if (opt->sack_permitted)
		len += 4;
	if (opt->has_wscale)
		len += 4;
	if (opt->sack_count)
		len += 4 + 8u * opt->sack_count;

	return len;
}

static void check_options(const struct tcp_options *read,
                          const struct tcp_options *again)
{
	struct tcp_options cut = *read;

	REQUIRE(again->sack_count <= read->sack_count);
	if (padded_len(read) <= TCP_OPTIONS_LEN_MAX)
		REQUIRE(again->sack_count == read->sack_count);
	cut.sack_count = again->sack_count;
	REQUIRE(tcp_options_equal(&cut, again));
}

static void check_round_trip(const struct tcp_hdr *tcp)
{
	const size_t hdr_len = tcp_hdr_len(&tcp->opt);
	uint8_t written[TCP_HDR_LEN_MAX], twice[TCP_HDR_LEN_MAX];
	struct tcp_hdr again;
	uint8_t *exact;

	REQUIRE(hdr_len % 4 == 0 && hdr_len <= TCP_HDR_LEN_MAX);
	REQUIRE(tcp_hdr_write(written, tcp) == hdr_len);
	exact = fuzz_copy(written, hdr_len);
	REQUIRE(tcp_hdr_read(exact, hdr_len, &again) == DROP_NONE);
	free(exact);

	REQUIRE(again.hdr_len == hdr_len);
	REQUIRE(tcp_fixed_equal(&again, tcp));
	check_options(&tcp->opt, &again.opt);
	REQUIRE(tcp_hdr_write(twice, &again) == hdr_len);
	REQUIRE(!memcmp(twice, written, hdr_len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tcp_hdr tcp;
	const enum drop drop = tcp_hdr_read(data, len, &tcp);

	REQUIRE((drop == DROP_TCP_SHORT) == (len < TCP_HDR_LEN));
	if (drop != DROP_NONE) {
		REQUIRE(drop == DROP_TCP_SHORT || drop == DROP_TCP_OFFSET ||
		        drop == DROP_TCP_OPTION);
		return 0;
	}

	REQUIRE(tcp.hdr_len >= TCP_HDR_LEN && tcp.hdr_len <= len);
	REQUIRE(tcp.opt.sack_count <= TCP_SACK_BLOCKS_MAX);
	check_round_trip(&tcp);

	return 0;
}
