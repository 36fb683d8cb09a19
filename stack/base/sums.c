/* SPDX-License-Identifier: MIT */
/* sums.c - which way to compute sums, and the one that works everywhere */
#include "base/sums.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include <assert.h>

#define BLOCK_LEN 2048 /* small enough to stay in the first cache */
static_assert(BLOCK_LEN % 2 == 0, "each part but the last has an even length");

/* Copy a piece, then sum it while it is still in the cache. */
static uint64_t copy(uint64_t sum, void *to, const void *from, size_t len)
{
	const uint8_t *source = from;
	uint8_t *target       = to;

	for (size_t part; len > 0; len -= part) {
		part = MIN(len, BLOCK_LEN);
		memcpy(target, source, part);
		sum = checksum_add(sum, target, part);
		target += part;
		source += part;
	}

	return sum;
}

const struct sums sums_portable = { "portable", checksum_add, copy };

const struct sums *sums_best(void)
{
	const struct sums *avx2 = sums_avx2();

	return avx2 ? avx2 : &sums_portable;
}
