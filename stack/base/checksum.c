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
#include "base/bytes.h"

/* Add the carries above 16 bits back in until none is left. */
static uint16_t fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);

	return (uint16_t)sum;
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* One's complement addition: the carry comes in again at the other end. */
static uint64_t add64(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

/* The last 0 to 7 octets. A narrower word counts the same wherever it starts
 * at an even place; an odd octet at the end is padded with zero. */
static uint64_t load_tail(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	uint32_t word;
	uint16_t half;

	if (len & 4) {
		memcpy(&word, p, sizeof(word));
		sum += word;
		p += sizeof(word);
	}
	if (len & 2) {
		memcpy(&half, p, sizeof(half));
		sum += half;
		p += sizeof(half);
	}
	if (len & 1) {
		half = 0;
		memcpy(&half, p, 1);
		sum += half;
	}

	return sum;
}

/* Two chains of additions run side by side: each waits for its carry only. */
static uint16_t native_sum(const uint8_t *p, size_t len)
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

	return fold(add64(even, odd));
}

uint64_t checksum_add(uint64_t sum, const void *data, size_t len)
{
	const uint16_t native = native_sum(data, len);
	uint8_t octet[2];

	memcpy(octet, &native, sizeof(octet));
	return sum + get_be16(octet);
}

/* At an odd place every octet counts in the other half of its word. */
uint64_t checksum_at(uint64_t part, size_t offset)
{
	const uint16_t folded = fold(part);

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
	return (uint16_t)~fold(sum);
}
