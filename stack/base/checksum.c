/* SPDX-License-Identifier: MIT */
/*
 * checksum.c - the Internet checksum, RFC 1071
 *
 * One's complement addition does not care about the width of the words nor
 * about their byte order, as long as the result is swapped back (RFC 1071
 * section 2 (B) and (C)). So the octets are added as native 64-bit words with
 * the carries counted aside, then folded to 16 bits and read as the two octets
 * that they are in memory. What comes out is a plain sum of big-endian words:
 * callers may add host integers to it, such as a pseudo-header's length.
 */
#include "base/checksum.h"
#include "base/words.h"

/* Two chains of additions run side by side: each waits for its carry only. */
static uint64_t native_sum(const uint8_t *p, size_t len)
{
	uint64_t even = 0, odd = 0;

	for (; len >= 32; p += 32, len -= 32) {
		even = add64(even, load64(p));
		odd  = add64(odd, load64(p + 8));
		even = add64(even, load64(p + 16));
		odd  = add64(odd, load64(p + 24));
	}
	for (; len >= 8; p += 8, len -= 8)
		even = add64(even, load64(p));
	odd = add64(odd, load_tail(p, len));

	return add64(even, odd);
}

uint64_t checksum_add(uint64_t sum, const void *data, size_t len)
{
	return sum + from_native(native_sum(data, len));
}

/* At an odd place every octet counts in the other half of its word. */
uint64_t checksum_at(uint64_t part, size_t offset)
{
	const uint16_t folded = fold16(part);

	if (offset & 1)
		return (uint16_t)(folded << 8 | folded >> 8);

	return part;
}

uint64_t checksum_add_at(uint64_t sum, const void *data, size_t len,
                         size_t offset)
{
	return sum + checksum_at(checksum_add(0, data, len), offset);
}

uint16_t checksum_fold(uint64_t sum)
{
	return (uint16_t)~fold16(sum);
}
