/* SPDX-License-Identifier: MIT */
/* fuzz_udp.c - what is read of a UDP header is written back, and in bounds */
#include "tests/fuzz/fuzz.h"
#include "wire/udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t written[UDP_HDR_LEN];
	struct udp_hdr udp;
	const int data_len = udp_hdr_read(data, len, &udp);

	if (data_len < 0)
		return 0;

	REQUIRE((size_t)data_len + UDP_HDR_LEN == udp.length);
	REQUIRE(udp.length <= len);
	udp_hdr_write(written, &udp);
	REQUIRE(!memcmp(written, data, UDP_HDR_LEN));

	return 0;
}
