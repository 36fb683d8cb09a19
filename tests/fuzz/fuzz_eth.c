/* SPDX-License-Identifier: MIT */
/* fuzz_eth.c - what is read of an Ethernet header is written back */
#include "tests/fuzz/fuzz.h"
#include "wire/eth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t written[ETH_HDR_LEN];
	struct eth_hdr eth;
	const int payload_len = eth_hdr_read(data, len, &eth);

	REQUIRE((payload_len >= 0) == (len >= ETH_HDR_LEN));
	if (payload_len < 0)
		return 0;

	REQUIRE((size_t)payload_len + ETH_HDR_LEN == len);
	eth_hdr_write(written, &eth);
	REQUIRE(!memcmp(written, data, ETH_HDR_LEN));

	return 0;
}
