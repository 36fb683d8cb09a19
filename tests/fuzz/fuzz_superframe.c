/* SPDX-License-Identifier: MIT */
/*
 * fuzz_superframe.c - a virtio header and a frame, cut into segments
 *
 * Whatever the header says, the segments end, and none is longer than the frame.
 */
#include "drivers/superframe.h"
#include "drivers/vnet.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tarn_offload offload;
	uint8_t *frame, *buf;
	uint32_t count = 0;
	size_t segment_len;

	if (len <= VNET_HDR_LEN || len > SUPERFRAME_LEN_MAX)
		return 0;

	vnet_hdr_read(data, &offload);
	len -= VNET_HDR_LEN;
	frame = fuzz_copy(data + VNET_HDR_LEN, len);
	buf   = fuzz_copy(frame, len);
	while ((segment_len = superframe_segment(frame, len, &offload, count,
	                                         buf)) > 0) {
		REQUIRE(segment_len <= len);
		count++;
		REQUIRE(count <= len);
	}
	REQUIRE(count > 0);
	free(frame);
	free(buf);

	return 0;
}
