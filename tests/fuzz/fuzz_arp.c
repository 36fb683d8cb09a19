/* SPDX-License-Identifier: MIT */
/* fuzz_arp.c - what is read of an ARP packet is written back */
#include "tests/fuzz/fuzz.h"
#include "wire/arp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t form[] = { 0, 1, 8, 0, 6, 4 };
	uint8_t written[ARP_LEN];
	struct arp_hdr arp;

	if (arp_hdr_read(data, len, &arp)) {
		REQUIRE(len < ARP_LEN || memcmp(data, form, sizeof(form)) != 0);
		return 0;
	}

	arp_hdr_write(written, &arp);
	REQUIRE(!memcmp(written, data, ARP_LEN));

	return 0;
}
