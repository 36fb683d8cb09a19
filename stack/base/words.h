/* SPDX-License-Identifier: MIT */
/*
 * words.h - native words under one's complement addition, for the sums
 *
 * What checksum.c and sums_avx2.c have in common. Why octets may be added as
 * words of any width and order, checksum.c says.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/bytes.h"

static inline uint64_t load64(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* The carry comes in again at the other end. */
static inline uint64_t add64(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

/* The last 0 to 7 octets. A narrower word counts the same wherever it starts
 * at an even place; an odd octet at the end is padded with zero. */
static inline uint64_t load_tail(const uint8_t *p, size_t len)
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

/* Add the carries above 16 bits back in until none is left. */
static inline uint16_t fold16(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);

	return (uint16_t)sum;
}

/* A sum of native words as the big-endian one that checksum_add() returns. */
static inline uint16_t from_native(uint64_t native)
{
	const uint16_t folded = fold16(native);
	uint8_t octet[2];

	memcpy(octet, &folded, sizeof(octet));
	return get_be16(octet);
}

#endif
