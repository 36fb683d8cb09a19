/* SPDX-License-Identifier: MIT */
/* fuzz_icmp.c - what is read of an ICMP header is written back */
#include "tests/fuzz/fuzz.h"
#include "wire/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t written[ICMP_HDR_LEN];
	struct icmp_hdr icmp;
	const int data_len = icmp_hdr_read(data, len, &icmp);

	REQUIRE((data_len >= 0) == (len >= ICMP_HDR_LEN));
	if (data_len < 0)
		return 0;

	REQUIRE((size_t)data_len + ICMP_HDR_LEN == len);
	icmp_hdr_write(written, &icmp);
	REQUIRE(!memcmp(written, data, ICMP_HDR_LEN));

	return 0;
}
